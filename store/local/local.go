// Package local runs a private PostgreSQL server in a data directory, for whoever has no server of their own: the
// demo, a laptop, tests. All processes that open one directory share one server: the first starts it, the last stops it, and one
// that a killed process left running is taken over by the next. One that is killed itself is brought back by those who watch it.
//
// It knows how to make, start, find and stop a server. It must not know what is stored there: no table, no migration.
package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// role is the only role of a private server, and owns all of it.
const role = "headwater"

// Options say where the server lives and how it runs. The zero value is a durable server in DefaultDataDir.
type Options struct {
	// DataDir is the folder for the cluster, its log and its locks: a new one, an empty one, or one made by Open before. By
	// default DefaultDataDir.
	DataDir string

	// Database is made where it is missing. By default "headwater".
	Database string

	// Programs is the folder of initdb and postgres. By default they are looked for on PATH, by pg_config, and where
	// distributions put them.
	Programs string

	// Settings are PostgreSQL's parameters by name, for the server that this call may start. One that runs already keeps its own.
	Settings map[string]string

	// Disposable makes a cluster for tests: it is never synced to disk, and is deleted when its last user closes it.
	Disposable bool

	// Logger gets a line when a server is made, started, joined or stopped. By default nothing is logged.
	Logger *slog.Logger
}

// Server is a running private PostgreSQL that this process uses. Close it when done.
type Server struct {
	dir     *dataDir
	address pidFile
	program program // that the server was running when it was joined
	users   *flock.Flock
	options Options
	close   func() error
}

// DefaultDataDir is headwater in the user's data folder, $XDG_DATA_HOME or ~/.local/share; for root without the former
// /var/lib/headwater, since root's home is closed to the user that the server runs as.
func DefaultDataDir() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "headwater"), nil
	}
	if os.Geteuid() == 0 {
		return "/var/lib/headwater", nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no folder for the database: %w; name one with --data-dir", err)
	}
	return filepath.Join(home, ".local", "share", "headwater"), nil
}

// Open returns the data directory's server, starting it, and making its cluster, where it does not run. It waits until the
// server answers, as long as recovery from a crash may take, or until ctx is done.
//
// It fails with a *NotInstalledError where no PostgreSQL is installed, and with a *VersionError where the cluster was made
// by a version that is not.
func Open(ctx context.Context, o Options) (*Server, error) {
	if o.DataDir == "" {
		dir, err := DefaultDataDir()
		if err != nil {
			return nil, err
		}
		o.DataDir = dir
	}
	o.Database = cmp.Or(o.Database, "headwater")
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	dir, err := openDataDir(ctx, o.DataDir, o.Disposable)
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, users: dir.lock(usersLock), options: o}
	s.close = sync.OnceValue(s.release)
	start := dir.lock(startLock)
	if _, err := start.TryLockContext(ctx, retry); err != nil {
		return nil, errors.Join(fmt.Errorf("wait for another start or stop in %s: %w", dir.path, err), dir.root.Close())
	}
	err = s.open(ctx)
	err = errors.Join(err, start.Unlock())
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// open is called with the start lock held.
func (s *Server) open(ctx context.Context) error {
	if err := s.users.RLock(); err != nil {
		return err
	}
	if err := s.reach(ctx); err != nil {
		return err
	}
	return s.ensureDatabase(ctx)
}

// ConnString is the address of a database of this server as a URL, for pgx and for psql.
func (s *Server) ConnString(database string) string {
	return s.address.connString(database)
}

func (f pidFile) connString(database string) string {
	address := url.URL{
		Scheme:   "postgres",
		User:     url.User(role),
		Host:     "",
		Path:     "/" + database,
		RawQuery: url.Values{"host": {f.socketDir}, "port": {f.port}}.Encode(),
	}
	return address.String()
}

// DataDir is the absolute path of the server's data directory.
func (s *Server) DataDir() string { return s.dir.path }

// Close gives up this process's use of the server, and stops the server if nobody else uses it, ending the connections
// that are left. A second call does nothing and returns what the first did.
func (s *Server) Close() error { return s.close() }

func (s *Server) release() error {
	defer s.dir.root.Close()
	start := s.dir.lock(startLock)
	if err := start.Lock(); err != nil {
		return err
	}
	defer start.Unlock()
	if err := s.users.Unlock(); err != nil {
		return err
	}
	last, err := s.users.TryLock()
	if err != nil || !last {
		return err
	}
	defer s.users.Unlock()
	return s.stop()
}

// ensureDatabase makes the database where it is missing. Where others have all connections, it waits for one.
func (s *Server) ensureDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.ConnString("postgres"))
	for began := time.Now(); isCrowded(err) && time.Since(began) < longestSilence; {
		if err := pause(ctx); err != nil {
			return err
		}
		conn, err = pgx.Connect(ctx, s.ConnString("postgres"))
	}
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	const find = `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`
	if err := conn.QueryRow(ctx, find, s.options.Database).Scan(&exists); err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{s.options.Database}.Sanitize())
	return err
}

// answers connects to the server whose address the pid file gives, and fails unless it is the one of this cluster.
func (d *dataDir) answers(ctx context.Context) (pidFile, error) {
	address, err := d.readPidFile()
	if err != nil {
		return address, err
	}
	ctx, cancel := context.WithTimeout(ctx, longestAnswer)
	defer cancel()
	conn, err := pgx.Connect(ctx, address.connString("postgres"))
	if err != nil {
		return address, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var cluster string
	if err := conn.QueryRow(ctx, `SHOW data_directory`).Scan(&cluster); err != nil {
		return address, err
	}
	answered, err := os.Stat(cluster)
	if err != nil {
		return address, err
	}
	if own, err := os.Stat(d.clusterPath()); err != nil || !os.SameFile(answered, own) {
		return address, fmt.Errorf("the server at %s serves %s", address.socketDir, cluster)
	}
	return address, nil
}

// isBusy says whether a server answered that it is starting, recovering or stopping (SQLSTATE cannot_connect_now).
func isBusy(err error) bool { return hasCode(err, "57P03") }

// isCrowded says whether a server that runs answered that others have all its connections (SQLSTATE too_many_connections).
func isCrowded(err error) bool { return hasCode(err, "53300") }

func hasCode(err error, code string) bool {
	var refusal *pgconn.PgError
	return errors.As(err, &refusal) && refusal.Code == code
}

// isRefused says whether a server that runs answered that it does not take us, whoever else it takes.
func isRefused(err error) bool {
	var refusal *pgconn.PgError
	return errors.As(err, &refusal) && !isBusy(err) && !isCrowded(err)
}
