package storetest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
)

// withoutMain leaves storetest.Main out, as a package may by mistake.
const withoutMain = "HEADWATER_TEST_WITHOUT_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(withoutMain) != "" {
		os.Exit(m.Run())
	}
	storetest.Main(m)
}

func TestNewHasTheSchema(t *testing.T) {
	t.Parallel()
	status, err := migrations.StatusOf(t.Context(), storetest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	if !status.UpToDate() {
		t.Errorf("the database is at version %d of %d", status.Version, status.Latest)
	}
}

func TestNewEmptyHasNothing(t *testing.T) {
	t.Parallel()
	status, err := migrations.StatusOf(t.Context(), storetest.NewEmpty(t))
	if err != nil {
		t.Fatal(err)
	}
	if status.Version != 0 {
		t.Errorf("the database is at version %d", status.Version)
	}
}

func TestEachHasItsOwn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"one", "another", "a third", "a fourth"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := pgx.Connect(t.Context(), storetest.New(t))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			if _, err := conn.Exec(t.Context(), `CREATE TABLE mine ()`); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDatabaseGoesWithItsTest(t *testing.T) {
	t.Parallel()
	var address string
	t.Run("a test", func(t *testing.T) {
		address = storetest.NewEmpty(t)
		if _, err := pgx.Connect(t.Context(), address); err != nil { // left open: the drop ends it
			t.Fatal(err)
		}
	})
	_, err := pgx.Connect(t.Context(), address)
	if refused, ok := errors.AsType[*pgconn.PgError](err); !ok || refused.Code != "3D000" {
		t.Errorf("got %v, want that there is no such database", err)
	}
}

func TestMainIsAskedFor(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^TestNewHasTheSchema$")
	cmd.Env = append(os.Environ(), withoutMain+"=yes")
	output, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(output), "storetest.Main(m)") {
		t.Errorf("got %v and %q, want a failure that asks for storetest.Main", err, output)
	}
}

// TestTemplateLeftHalfMade starts two test processes on a server where a third was killed while it made the template.
func TestTemplateLeftHalfMade(t *testing.T) {
	dir, err := os.MkdirTemp("", "headwater-storetest-") // t.TempDir is closed to the server's user when root runs the tests
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	t.Setenv("HEADWATER_TEST_DATA_DIR", dir)
	server, err := storetest.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	hash, err := migrations.Hash()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), server.ConnString("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE template_"+hash[:16]); err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if output, err := exec.Command(program, "-test.run=^TestNewHasTheSchema$").CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, output)
			}
		})
	}
	both.Wait()
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		storetest.New(b)
	}
}
