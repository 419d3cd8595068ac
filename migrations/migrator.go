package migrations

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/golang-migrate/migrate/v4/database"
	"github.com/golang-migrate/migrate/v4/source"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// longestWait is how long one process waits for another that is migrating the same database.
	longestWait = 10 * time.Minute
	// longestTableWait is how long a migration waits for each table. Whoever wants to read the table waits behind it.
	longestTableWait = time.Minute
	// mostTries is how often a migration is tried that ends in deadlocks. Each takes PostgreSQL's deadlock_timeout, a second, to find.
	mostTries = 10
)

// migrator brings a database from version to version. Each migration is one transaction, in which it takes the lock of who
// migrates, runs, and writes the version that it leads to. A process that is killed leaves the database at one version or at
// the other, and since nothing is left to the session, a pooler may stand between.
//
// The files, the table of the version and the lock are golang-migrate's. Its own way is not used: it takes the lock for the
// session, and waits for it without end and without being told to stop.
type migrator struct {
	conn    *pgx.Conn
	files   source.Driver
	latest  uint
	longest time.Duration // to wait for another who migrates
}

// run does something to a database whose schema this program knows.
func run(ctx context.Context, connString string, longest time.Duration, do func(ctx context.Context, m *migrator) error) error {
	conn, err := Connect(ctx, connString)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	files, err := iofs.New(FS, ".")
	if err != nil {
		return err
	}
	latest, err := Latest()
	if err != nil {
		return errors.Join(err, files.Close())
	}
	return errors.Join(do(ctx, &migrator{conn: conn, files: files, latest: latest, longest: longest}), files.Close())
}

// Connect connects as migrations do: by the simple protocol, for which nothing is prepared, so that a pooler may stand between.
func Connect(ctx context.Context, connString string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(connString)
	if err != nil {
		return nil, fmt.Errorf("the database address cannot be read: %w", err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) {
		if notice.Code == raised {
			slog.WarnContext(ctx, "migration: "+notice.Message)
		}
	}
	return pgx.ConnectConfig(ctx, config)
}

// raised is the code of what a migration itself tells by RAISE NOTICE; PostgreSQL's own notices have others.
const raised = "00000"

func (m *migrator) up(ctx context.Context, target uint) error {
	before, err := VersionOf(ctx, m.conn)
	for err == nil && before < target {
		before, err = m.step(ctx, func(version uint) (*migration, error) {
			if version >= target {
				return nil, nil
			}
			return m.upFrom(version)
		})
	}
	if err == nil && before > m.latest {
		err = Status{Version: before, Latest: m.latest}.Newer()
	}
	return err
}

func (m *migrator) down(ctx context.Context, steps int) error {
	before, err := VersionOf(ctx, m.conn)
	if err != nil {
		return err
	}
	if before > m.latest {
		return Status{Version: before, Latest: m.latest}.Newer()
	}
	if uint(steps) > before {
		return fmt.Errorf("the schema is version %d, and cannot be taken back by %d", before, steps)
	}
	target := before - uint(steps)
	for err == nil && before > target {
		before, err = m.step(ctx, func(version uint) (*migration, error) {
			if version <= target {
				return nil, nil
			}
			return m.downFrom(version)
		})
	}
	return err
}

// migration is one file and the version that it leads to.
type migration struct {
	name, sql string
	leadsTo   uint
}

func (m *migrator) upFrom(version uint) (*migration, error) {
	next, err := m.files.First()
	if version > 0 {
		next, err = m.files.Next(version)
	}
	if err != nil {
		return nil, err
	}
	file, name, err := m.files.ReadUp(next)
	return read(file, name, next, err)
}

func (m *migrator) downFrom(version uint) (*migration, error) {
	previous, err := m.files.Prev(version)
	if errors.Is(err, fs.ErrNotExist) {
		previous, err = 0, nil
	}
	if err != nil {
		return nil, err
	}
	file, name, err := m.files.ReadDown(version)
	return read(file, name, previous, err)
}

func read(file io.ReadCloser, name string, leadsTo uint, err error) (*migration, error) {
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sql, err := io.ReadAll(file)
	return &migration{name: name, sql: string(sql), leadsTo: leadsTo}, err
}

// step runs the migration that is due, if any, and gives the version that the database has then. One that PostgreSQL ended for the
// sake of a service, which used tables in another order, is tried again; its transaction left nothing.
func (m *migrator) step(ctx context.Context, due func(version uint) (*migration, error)) (version uint, err error) {
	for range mostTries {
		version, err = m.try(ctx, due)
		if refusal, ok := errors.AsType[*pgconn.PgError](err); !ok || refusal.Code != deadlockDetected {
			break
		}
	}
	return version, err
}

// try is one try of a step. What is due is asked once nobody else migrates.
func (m *migrator) try(ctx context.Context, due func(version uint) (*migration, error)) (version uint, err error) {
	err = pgx.BeginFunc(ctx, m.conn, func(tx pgx.Tx) error {
		if err := m.lock(ctx, tx); err != nil {
			return err
		}
		if version, err = m.lockedVersion(ctx, tx); err != nil {
			return err
		}
		next, err := due(version)
		if err != nil || next == nil {
			return err
		}
		if err := prepare(ctx, tx); err != nil {
			return err
		}
		if err := next.run(ctx, tx); err != nil {
			return err
		}
		version = next.leadsTo
		return record(ctx, tx, version)
	})
	return version, err
}

// lock waits until nobody else migrates this schema, golang-migrate included. The lock ends with the transaction.
func (m *migrator) lock(ctx context.Context, tx pgx.Tx) error {
	var name string
	var schema *string
	if err := tx.QueryRow(ctx, "SELECT current_database(), current_schema()").Scan(&name, &schema); err != nil {
		return err
	}
	if schema == nil {
		return errors.New("the search_path names no schema that exists and that this role may use; create it, or name another")
	}
	lock, err := database.GenerateAdvisoryLockId(name, *schema, "schema_migrations")
	if err != nil {
		return err
	}
	var locked bool
	if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock("+lock+")").Scan(&locked); err != nil || locked {
		return err
	}
	slog.InfoContext(ctx, "waiting for another process that is migrating the database", "at_most", m.longest)
	waiting, cancel := context.WithTimeout(ctx, m.longest)
	defer cancel()
	_, err = tx.Exec(waiting, "SELECT pg_advisory_xact_lock("+lock+")")
	if err != nil && ctx.Err() == nil && waiting.Err() != nil {
		return fmt.Errorf("another process has been migrating the database for %s, or a killed one left its lock: "+
			"look for advisory locks in pg_locks; nothing was changed", m.longest)
	}
	return err
}

// lockedVersion is VersionOf, and makes the table where it is missing.
func (m *migrator) lockedVersion(ctx context.Context, tx pgx.Tx) (uint, error) {
	version, err := VersionOf(ctx, tx)
	if err != nil || version > 0 {
		return version, err
	}
	var may bool
	var role, schema string
	const ask = "SELECT quote_ident(current_user), quote_ident(current_schema()), has_schema_privilege(current_schema(), 'CREATE')"
	if err := tx.QueryRow(ctx, ask).Scan(&role, &schema, &may); err != nil {
		return 0, err
	}
	if !may {
		return 0, fmt.Errorf("the role %[1]s may not make tables in the schema %[2]s; its owner can allow it: GRANT CREATE ON SCHEMA "+
			"%[2]s TO %[1]s",
			role, schema)
	}
	_, err = tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS "+schema+
		".schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)")
	if err != nil {
		return 0, err
	}
	// while we waited for the lock another may have made the table, which PostgreSQL's cache of names need not have told yet
	return storedVersion(ctx, tx)
}

// prepare frees a migration of what the session or the role may have set, and gives it what it needs.
func prepare(ctx context.Context, tx pgx.Tx) error {
	waits := fmt.Sprint("lock_timeout = ", longestTableWait.Milliseconds())
	for _, setting := range []string{waits, "statement_timeout = 0", "timezone = 'UTC'"} {
		if _, err := tx.Exec(ctx, "SET LOCAL "+setting); err != nil {
			return err
		}
	}
	return findTrigrams(ctx, tx)
}

// PostgreSQL's SQLSTATEs.
const (
	lockNotAvailable      = "55P03"
	deadlockDetected      = "40P01"
	insufficientPrivilege = "42501"
)

// run runs the statements one by one. They go by the extended protocol, in which PostgreSQL refuses a message with several.
func (n *migration) run(ctx context.Context, tx pgx.Tx) error {
	for _, one := range split(n.sql) {
		if _, err := tx.Conn().PgConn().ExecParams(ctx, one.sql, nil, nil, nil, nil).Close(); err != nil {
			return n.explain(one, err)
		}
	}
	return nil
}

// explain says where in the file an error is, and what to do.
func (n *migration) explain(failed statement, err error) error {
	var refusal *pgconn.PgError
	if !errors.As(err, &refusal) {
		return err
	}
	if refusal.Code == lockNotAvailable {
		return fmt.Errorf("migration %s waited %s for a table that others use; stop the services and whatever else works on the database, "+
			"and try again; nothing was changed: %w", n.name, longestTableWait, err)
	}
	before := n.sql[:failed.at] + string([]rune(failed.sql)[:max(refusal.Position-1, 0)])
	line := 1 + strings.Count(before, "\n")
	return fmt.Errorf("migration %s, line %d: %w%s", n.name, line, err, aside(refusal))
}

// aside is what else PostgreSQL says of an error.
func aside(refusal *pgconn.PgError) string {
	var text strings.Builder
	for _, more := range []string{refusal.Detail, refusal.Hint, refusal.Where} {
		if more != "" {
			text.WriteString("; " + more)
		}
	}
	return text.String()
}

// record writes the version that a migration led to. A version is read without waiting meanwhile, as TRUNCATE would have it.
func record(ctx context.Context, tx pgx.Tx, version uint) error {
	_, err := tx.Exec(ctx, "DELETE FROM schema_migrations")
	if err == nil && version > 0 {
		_, err = tx.Exec(ctx, "INSERT INTO schema_migrations (version, dirty) VALUES ($1, false)", version)
	}
	return err
}
