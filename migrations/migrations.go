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
	"io/fs"
	"time"

	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/jackc/pgx/v5"
)

// FS holds the migrations: NNNNNN_what.up.sql and its .down.sql.
//
//go:embed *.sql
var FS embed.FS

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

// Up brings the database to the latest version. Several processes may call it at once: one does the work. Where nothing is to
// be done, it waits for nobody.
func Up(ctx context.Context, connString string) error { return up(ctx, connString, longestWait) }

func up(ctx context.Context, connString string, longest time.Duration) error {
	return run(ctx, connString, longest, func(ctx context.Context, m *migrator) error { return m.up(ctx, m.latest) })
}

// UpTo brings the database to a version that it has not reached, for rows that were written under that version.
func UpTo(ctx context.Context, connString string, version uint) error {
	return run(ctx, connString, longestWait, func(ctx context.Context, m *migrator) error { return m.up(ctx, min(version, m.latest)) })
}

// Down takes the database back by this many versions, which may not be more than it has.
func Down(ctx context.Context, connString string, steps int) error {
	return run(ctx, connString, longestWait, func(ctx context.Context, m *migrator) error { return m.down(ctx, steps) })
}

// StatusOf reads where the database stands, without changing it.
func StatusOf(ctx context.Context, connString string) (Status, error) {
	latest, err := Latest()
	if err != nil {
		return Status{}, err
	}
	conn, err := Connect(ctx, connString)
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

// VersionOf reads the database's version: 0 for an empty one. What stands in a schema that is further on in the search_path
// belongs to somebody else.
func VersionOf(ctx context.Context, db Querier) (uint, error) {
	var known bool
	const find = "SELECT to_regclass(quote_ident(current_schema()) || '.schema_migrations') IS NOT NULL"
	if err := db.QueryRow(ctx, find).Scan(&known); err != nil || !known {
		return 0, err
	}
	return storedVersion(ctx, db)
}

// storedVersion reads the version from its table, which is there.
func storedVersion(ctx context.Context, db Querier) (uint, error) {
	var version uint
	var dirty bool
	const read = "SELECT coalesce(max(version), 0), coalesce(bool_or(dirty), false) FROM schema_migrations"
	err := db.QueryRow(ctx, read).Scan(&version, &dirty)
	if err == nil && dirty {
		err = fmt.Errorf("the database's schema_migrations is marked dirty: a migration to version %d by another program stopped "+
			"half-way; "+
			"look what is there, mend it, and set dirty to false", version)
	}
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
