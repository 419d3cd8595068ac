// Package storetest gives every test a PostgreSQL database of its own, on a private server that all test processes of a
// user share: the first starts it, the last stops it. A database is cloned from a template that holds the schema, made once
// for each state of the migrations, so that it costs some hundredths of a second.
//
// A package whose tests ask for databases has this beside them:
//
//	func TestMain(m *testing.M) { storetest.Main(m) }
//
// The server's files are in a temporary folder, in memory where there is room, or in the one that HEADWATER_TEST_DATA_DIR
// names, and vanish with it. A test process that is killed or panics leaves it running; the next one to end stops it.
//
// The package knows the migrations. It must not know what the store does with the tables that they create.
package storetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sys/unix"

	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/local"
)

// Sequencer gives changes their places in the order.
type Sequencer interface {
	Sequence(ctx context.Context) (total int, err error)
}

// Sequence gives a place to each change that is committed, and says to how many. A change gets none as long as a transaction runs that is
// older, in whatever database of the server: tests beside this one have such.
func Sequence(ctx context.Context, s Sequencer, pool *pgxpool.Pool) (total int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		sequenced, err := s.Sequence(ctx)
		total += sequenced
		var waiting bool
		if err == nil {
			err = pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM unsequenced)").Scan(&waiting)
		}
		if err != nil || !waiting {
			return total, err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Open returns the server that tests share, starting it where it does not run.
func Open(ctx context.Context) (*local.Server, error) {
	return local.Open(ctx, local.Options{
		DataDir:    cmp.Or(os.Getenv("HEADWATER_TEST_DATA_DIR"), defaultDataDir()),
		Disposable: true,
		Settings: map[string]string{
			"max_connections": "300",
			"max_wal_size":    "256MB",
			"shared_buffers":  "32MB", // each dropped database is looked for in all of it
			"autovacuum":      "off",  // or it might stand in the way of a clone
			"jit":             "off",
		},
	})
}

const (
	memory = "/dev/shm" // where Linux keeps files in memory
	room   = 1 << 30    // bytes that must be free there
)

// defaultDataDir is in memory where there is room: cloning and dropping databases makes and deletes files by the hundred,
// and a file system that puts off reusing what was deleted (ext4 without a journal) slows that down thirtyfold.
func defaultDataDir() string {
	parent := os.TempDir()
	var disk unix.Statfs_t
	if err := unix.Statfs(memory, &disk); err == nil && disk.Bavail*uint64(disk.Bsize) >= room {
		parent = memory
	}
	return filepath.Join(parent, fmt.Sprintf("headwater-test-%d", os.Geteuid()))
}

// Main runs a package's tests, gives up the server that they used, and exits.
func Main(m *testing.M) {
	shared.begun = true
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-stopped
		shared.close()
		os.Exit(1)
	}()
	untouched, err := testenv.HideUserData()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := max(m.Run(), shared.close())
	if err := untouched(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// New returns the address of a fresh database with the schema, which is dropped when the test ends.
func New(t testing.TB) string {
	t.Helper()
	return fresh(t, (*process).template)
}

// NewEmpty returns the address of a fresh database with nothing in it, which is dropped when the test ends.
func NewEmpty(t testing.TB) string {
	t.Helper()
	return fresh(t, func(*process) (string, error) { return "template1", nil })
}

// process is what this test process holds of the server.
type process struct {
	begun bool // Main runs

	mutex    sync.Mutex
	server   *local.Server
	admin    *pgxpool.Pool
	schema   string // the template's name, once it is there
	fileCopy string // asks for the way to clone that is fastest without fsync, where CREATE DATABASE knows another (15 and up)
}

var shared process

func fresh(t testing.TB, template func(*process) (string, error)) string {
	t.Helper()
	if !shared.begun {
		t.Fatal("a package that asks storetest for databases needs: func TestMain(m *testing.M) { storetest.Main(m) }")
	}
	address, drop, err := shared.clone(t.Context(), template)
	if err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return address
}

// clone makes a database and returns its address and what drops it.
func (p *process) clone(ctx context.Context, template func(*process) (string, error)) (address string, drop func() error, err error) {
	if err := p.open(); err != nil {
		return "", nil, err
	}
	from, err := template(p)
	if err != nil {
		return "", nil, err
	}
	name := "test_" + strings.ToLower(rand.Text())
	if _, err := p.admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+from+p.fileCopy); err != nil {
		return "", nil, err
	}
	drop = func() error {
		_, err := p.admin.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
		return err
	}
	return p.server.ConnString(name), drop, nil
}

// open opens the server at the first call. It is not bound to the test that happens to come first.
func (p *process) open() error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.server != nil {
		return nil
	}
	ctx := context.Background()
	server, err := Open(ctx)
	if err != nil {
		return err
	}
	admin, err := pgxpool.New(ctx, server.ConnString("postgres"))
	if err != nil {
		return errors.Join(err, server.Close())
	}
	var version int
	if err := admin.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		admin.Close()
		return errors.Join(err, server.Close())
	}
	if version >= 150000 {
		p.fileCopy = " STRATEGY file_copy"
	}
	p.server, p.admin = server, admin
	return nil
}

// close gives up the server and returns the exit code that this deserves.
func (p *process) close() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.server == nil {
		return 0
	}
	p.admin.Close()
	if err := p.server.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "close the test server:", err)
		return 1
	}
	return 0
}

// template returns the name of the database that New clones, which the first of all test processes makes.
func (p *process) template() (string, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.schema != "" {
		return p.schema, nil
	}
	hash, err := migrations.Hash()
	if err != nil {
		return "", err
	}
	name := "template_" + hash[:16]
	ctx := context.Background()
	err = p.admin.AcquireFunc(ctx, func(conn *pgxpool.Conn) error { return p.makeTemplate(ctx, conn.Conn(), name) })
	if err != nil {
		return "", fmt.Errorf("the template database %s: %w", name, err)
	}
	p.schema = name
	return name, nil
}

// templateLock is the advisory lock of the one who makes a template.
const templateLock = 0x68656164

// makeTemplate migrates a new database and marks it as a template, so that one without the mark was left half made.
func (p *process) makeTemplate(ctx context.Context, conn *pgx.Conn, name string) (err error) {
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, templateLock); err != nil {
		return err
	}
	defer func() {
		_, unlockErr := conn.Exec(ctx, `SELECT pg_advisory_unlock($1)`, templateLock)
		err = errors.Join(err, unlockErr)
	}()
	const find = `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)`
	var made bool
	if err := conn.QueryRow(ctx, find, name).Scan(&made); err != nil || made {
		return err
	}
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)", "CREATE DATABASE " + name} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := migrations.Up(ctx, p.server.ConnString(name)); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+name+" IS_TEMPLATE true")
	return err
}
