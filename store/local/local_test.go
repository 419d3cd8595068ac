package local_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/store/local"
)

// folder is a temporary folder that the server's user can enter, which t.TempDir is not when root runs the tests.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "headwater-local-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func dataDir(t *testing.T) string { return filepath.Join(folder(t), "data") }

// open opens a server until the test ends; without programs, by those that make a cluster quickly.
func open(t *testing.T, o local.Options) *local.Server {
	t.Helper()
	o.Programs = cmp.Or(o.Programs, quickPrograms(t))
	server, err := local.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, server) })
	return server
}

func closed(t *testing.T, server *local.Server) {
	t.Helper()
	if err := server.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func query[T any](t *testing.T, address, sql string) T {
	t.Helper()
	conn := connect(t, address)
	defer conn.Close(context.Background())
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	value, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func exec(t *testing.T, address, sql string) {
	t.Helper()
	conn := connect(t, address)
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// startedAt tells one run of a server from another.
func startedAt(t *testing.T, address string) time.Time {
	t.Helper()
	return query[time.Time](t, address, startTime)
}

const startTime = `SELECT pg_postmaster_start_time()`

func mustNotRun(t *testing.T, server *local.Server) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server.ConnString("postgres"))
	if err == nil {
		conn.Close(t.Context())
		t.Fatal("the server still answers")
	}
	if _, err := os.Stat(pidFile(server)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("postmaster.pid is still there: %v", err)
	}
}

func pidFile(server *local.Server) string {
	return filepath.Join(server.DataDir(), "postgres", "postmaster.pid")
}

func TestOpenMakesAndKeepsADatabase(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"plain":  "data",
		"nested": "a/b/c",
		"spaces": "my data",
		"Arabic": "بيانات المنبع",
		"quotes": `it's, "so" %20`,
		"long":   strings.Repeat("a-long-folder-name/", 12) + "data",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := local.Options{DataDir: filepath.Join(folder(t), path)}
			server := open(t, o)
			exec(t, server.ConnString("headwater"), `CREATE TABLE kept AS SELECT 'محفوظ' AS word`)
			closed(t, server)
			mustNotRun(t, server)
			again := open(t, o)
			if got := query[string](t, again.ConnString("headwater"), `SELECT word FROM kept`); got != "محفوظ" {
				t.Errorf("after reopening: %q", got)
			}
			closed(t, again)
			mustNotRun(t, again)
		})
	}
}

func TestServerIsPrivateDurableAndKnowsArabic(t *testing.T) {
	t.Parallel()
	server := open(t, local.Options{DataDir: dataDir(t), Programs: installed(t), Database: `a "name" with سطر`,
		Settings: map[string]string{"work_mem": "5MB"}})
	address := server.ConnString(`a "name" with سطر`)
	exec(t, address, `CREATE EXTENSION pg_trgm`)
	for sql, want := range map[string]string{
		`SHOW server_encoding`:    "UTF8",
		`SHOW listen_addresses`:   "",
		`SHOW fsync`:              "on",
		`SHOW synchronous_commit`: "on",
		`SHOW full_page_writes`:   "on",
		`SHOW timezone`:           "UTC",
		`SHOW work_mem`:           "5MB",
		`SELECT current_user`:     "headwater",
		`SELECT (cardinality(show_trgm('قذيفة')) > 0)::text`: "true",
		`SELECT (upper('é') = 'É')::text`:                    "true",
	} {
		if got := query[string](t, address, sql); got != want {
			t.Errorf("%s: got %q, want %q", sql, got, want)
		}
	}
	socket, err := os.Stat(query[string](t, address, `SHOW unix_socket_directories`))
	if err != nil {
		t.Fatal(err)
	}
	if got := socket.Mode().Perm(); got != 0o700 {
		t.Errorf("the socket's folder has mode %o, want 700", got)
	}
}

func TestConcurrentFirstStarts(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	servers := make([]*local.Server, 4)
	var all sync.WaitGroup
	for i := range servers {
		all.Go(func() {
			server, err := local.Open(t.Context(), local.Options{DataDir: dir})
			if err != nil {
				t.Error(err)
			}
			servers[i] = server
		})
	}
	other := startHelper(t, dir)
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	want := startedAt(t, other.address)
	for _, server := range servers {
		if got := startedAt(t, server.ConnString("headwater")); !got.Equal(want) {
			t.Errorf("a second server was started at %v beside the one of %v", got, want)
		}
		closed(t, server)
	}
	other.finish(t)
	mustNotRun(t, servers[0])
}

func TestOptionsDisposable(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	durable := open(t, local.Options{DataDir: dir})
	exec(t, durable.ConnString("headwater"), `CREATE TABLE kept ()`)
	closed(t, durable)

	server := open(t, local.Options{DataDir: dir, Disposable: true})
	if got := query[string](t, server.ConnString("headwater"), `SHOW fsync`); got != "off" {
		t.Errorf("fsync is %s in a disposable cluster", got)
	}
	exec(t, server.ConnString("headwater"), `CREATE TABLE lost ()`)
	closed(t, server)

	const tables = `SELECT string_agg(relname, ',') FROM pg_class WHERE relname IN ('kept', 'lost')`
	again := open(t, local.Options{DataDir: dir})
	if got := query[string](t, again.ConnString("headwater"), tables); got != "kept" {
		t.Errorf("the durable cluster beside a disposable one holds %q, want kept", got)
	}
	closed(t, again)
	fresh := open(t, local.Options{DataDir: dir, Disposable: true})
	if got := query[*string](t, fresh.ConnString("headwater"), tables); got != nil {
		t.Errorf("a fresh disposable cluster holds %q", *got)
	}
}

func TestCloseTwice(t *testing.T) {
	t.Parallel()
	server := open(t, local.Options{DataDir: dataDir(t), Disposable: true})
	closed(t, server)
	closed(t, server)
}

func TestNotInstalled(t *testing.T) {
	t.Parallel()
	_, err := local.Open(t.Context(), local.Options{DataDir: dataDir(t), Programs: folder(t)})
	missing, ok := errors.AsType[*local.NotInstalledError](err)
	if !ok {
		t.Fatalf("got %v, want a NotInstalledError", err)
	}
	if missing.Install == "" || !strings.Contains(err.Error(), missing.Install) {
		t.Errorf("the error does not say what to do: %v", err)
	}
}

func TestClusterOfAnotherVersion(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	closed(t, open(t, local.Options{DataDir: dir}))
	version := filepath.Join(dir, "postgres", "PG_VERSION")
	made, err := os.ReadFile(version)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(version, []byte("11\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = local.Open(t.Context(), local.Options{DataDir: dir})
	refused, ok := errors.AsType[*local.VersionError](err)
	if !ok {
		t.Fatalf("got %v, want a VersionError", err)
	}
	installed := strings.TrimSpace(string(made))
	if refused.Major != 11 || !slices.ContainsFunc(refused.Installed, func(major int) bool { return fmt.Sprint(major) == installed }) {
		t.Errorf("got %+v, want major 11 beside %s", refused, installed)
	}
	for _, step := range []string{"PostgreSQL 11", "PostgreSQL " + installed, "export", "import", dir} {
		if !strings.Contains(err.Error(), step) {
			t.Errorf("the error does not mention %q: %v", step, err)
		}
	}
	if err := os.WriteFile(version, made, 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, local.Options{DataDir: dir})
}

func TestFailedStartTellsTheLog(t *testing.T) {
	t.Parallel()
	_, err := local.Open(t.Context(), local.Options{
		DataDir: dataDir(t), Disposable: true, Settings: map[string]string{"shared_buffers": "plenty"},
	})
	if err == nil || !strings.Contains(err.Error(), `invalid value for parameter "shared_buffers": "plenty"`) {
		t.Errorf("got %v, want what the server logged", err)
	}
}

func TestLargeLogIsSetAside(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	closed(t, open(t, local.Options{DataDir: dir, Disposable: true}))
	log := filepath.Join(dir, "postgres.log")
	if err := os.Truncate(log, 9<<20); err != nil {
		t.Fatal(err)
	}
	open(t, local.Options{DataDir: dir, Disposable: true})
	info, err := os.Stat(log)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 1<<20 {
		t.Errorf("the log still has %d bytes", info.Size())
	}
	if info, err := os.Stat(log + ".1"); err != nil || info.Size() != 9<<20 {
		t.Errorf("the old log: %v, %v", info, err)
	}
}

func TestCancelledOpenLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]time.Duration{
		"at once": 0, "making the cluster": 200 * time.Millisecond, "starting": 700 * time.Millisecond,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := dataDir(t)
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			server, err := local.Open(ctx, local.Options{DataDir: dir})
			switch {
			case err == nil:
				closed(t, server)
			case !errors.Is(err, context.DeadlineExceeded):
				t.Errorf("got %v, want that the time was over", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "postgres", "postmaster.pid")); err == nil {
				t.Error("a server was left running")
			}
			open(t, local.Options{DataDir: dir})
		})
	}
}

func TestForeignFolderIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := local.Open(t.Context(), local.Options{DataDir: dir}); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v, want an error that names %s", err, dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("the folder now holds %v", entries)
	}
}

func TestClosedFolderIsNamed(t *testing.T) {
	t.Parallel()
	shut := filepath.Join(folder(t), "shut")
	if err := os.Mkdir(shut, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 { // root's is closed to the server's user as it is
		if err := os.Chmod(shut, 0o500); err != nil {
			t.Fatal(err)
		}
	}
	_, err := local.Open(t.Context(), local.Options{DataDir: filepath.Join(shut, "deep", "data")})
	if err == nil || !strings.Contains(err.Error(), shut) {
		t.Errorf("got %v, want an error that names %s", err, shut)
	}
	if _, err := os.Stat(filepath.Join(shut, "deep", "data")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that no folder was made", err)
	}
}
