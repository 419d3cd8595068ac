// Package migrations holds the schema as numbered SQL files and brings a database to it, or back.
//
// It must not know what the tables are for: nothing here reads or writes a row of them.
package migrations

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	migratepgx "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// FS holds the migrations: NNNNNN_what.up.sql and its .down.sql.
//
//go:embed *.sql
var FS embed.FS

// lockTimeout is how long one process waits for another that is migrating the same database.
const lockTimeout = 10 * time.Minute

// Status says where a database stands.
type Status struct {
	Version uint // of the database; 0 for an empty one
	Latest  uint // of this program
}

// UpToDate says whether the database has just the schema that this program works with.
func (s Status) UpToDate() bool { return s.Version == s.Latest }

// Newer is the error of a program that is too old for a database.
func (s Status) Newer() error {
	return fmt.Errorf("the database's schema is version %d, newer than this program's %d; use a newer headwater", s.Version, s.Latest)
}

// Up brings the database to the latest version. Several processes may call it at once: one does the work.
func Up(ctx context.Context, connString string) error {
	return run(ctx, connString, func(m *migrate.Migrate, _ Status) error { return m.Up() })
}

// Down takes the database back by this many versions, which may not be more than it has.
func Down(ctx context.Context, connString string, steps int) error {
	return run(ctx, connString, func(m *migrate.Migrate, before Status) error {
		if uint(steps) > before.Version {
			return fmt.Errorf("the schema is version %d, and cannot be taken back by %d", before.Version, steps)
		}
		return m.Steps(-steps)
	})
}

// run does something to a database whose schema this program knows.
func run(ctx context.Context, connString string, do func(m *migrate.Migrate, before Status) error) error {
	before, err := StatusOf(ctx, connString)
	if err != nil {
		return err
	}
	if before.Version > before.Latest {
		return before.Newer()
	}
	m, err := open(connString)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { m.GracefulStop <- true })
	defer stop()
	err = do(m, before)
	if errors.Is(err, migrate.ErrNoChange) {
		err = nil
	}
	sourceErr, databaseErr := m.Close()
	return errors.Join(err, sourceErr, databaseErr, ctx.Err())
}

func open(connString string) (*migrate.Migrate, error) {
	config, err := pgx.ParseConfig(connString)
	if err != nil {
		return nil, fmt.Errorf("the database address cannot be read: %w", err)
	}
	driver, err := migratepgx.WithInstance(stdlib.OpenDB(*config), &migratepgx.Config{})
	if err != nil {
		return nil, fmt.Errorf("connect to migrate: %w", err)
	}
	files, err := iofs.New(FS, ".")
	if err != nil {
		return nil, err
	}
	m, err := migrate.NewWithInstance("iofs", files, "pgx5", &atomic{Driver: driver})
	if err != nil {
		return nil, err
	}
	m.LockTimeout = lockTimeout
	return m, nil
}

// atomic runs a migration and sets the version that it leads to in one transaction, so that a process killed in the
// middle leaves the database at one version or at the other, and never dirty.
type atomic struct {
	database.Driver
	target int
}

// SetVersion remembers the version that a migration leads to; Run sets it.
func (a *atomic) SetVersion(version int, dirty bool) error {
	if dirty {
		a.target = version
		return nil
	}
	return a.Driver.SetVersion(version, false)
}

// Run sends the migration and the new version as one simple query, which PostgreSQL runs as one transaction.
func (a *atomic) Run(migration io.Reader) error {
	statements, err := io.ReadAll(migration)
	if err != nil {
		return err
	}
	record := "\n;TRUNCATE schema_migrations;"
	if a.target >= 0 {
		record += fmt.Sprintf("INSERT INTO schema_migrations (version, dirty) VALUES (%d, false);", a.target)
	}
	return a.Driver.Run(strings.NewReader(string(statements) + record))
}

// StatusOf reads where the database stands, without changing it.
func StatusOf(ctx context.Context, connString string) (Status, error) {
	latest, err := Latest()
	if err != nil {
		return Status{}, err
	}
	conn, err := pgx.Connect(ctx, connString)
	if err != nil {
		return Status{}, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	version, err := VersionOf(ctx, conn)
	return Status{Version: version, Latest: latest}, err
}

// Querier is a connection, pool or transaction.
type Querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// VersionOf reads the database's version: 0 for an empty one.
func VersionOf(ctx context.Context, db Querier) (uint, error) {
	var known bool
	if err := db.QueryRow(ctx, "SELECT to_regclass('schema_migrations') IS NOT NULL").Scan(&known); err != nil || !known {
		return 0, err
	}
	var version uint
	err := db.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM schema_migrations").Scan(&version)
	return version, err
}

// Latest is the version that this program works with.
func Latest() (uint, error) {
	files, err := iofs.New(FS, ".")
	if err != nil {
		return 0, err
	}
	defer files.Close()
	latest, err := files.First()
	for err == nil {
		var next uint
		if next, err = files.Next(latest); err == nil {
			latest = next
		}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	return latest, nil
}

// Hash is the hex SHA-256 of all migrations, the name of the schema that they make.
func Hash() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := FS.ReadFile(path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(content), content)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}
