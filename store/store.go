// Package store keeps everything in PostgreSQL, by pgx: one file for each resource, the SQL beside the method that
// runs it. It checks what only the database can know (that references exist, that nothing becomes its own ancestor,
// that a quote stands in its document) and records every change in the transaction that makes it.
//
// It must not know HTTP, nor how answers are shaped, nor what the analysis makes of the rows.
package store

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/exaring/otelpgx"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/migrations"
)

// DefaultNamespace is the namespace of keys that are given through the API of an instance that has not been given a
// name of its own.
const DefaultNamespace = "https://headwater.example/local"

// DefaultIdempotencyTTL is how long an answer is kept for who asks again with the same Idempotency-Key.
const DefaultIdempotencyTTL = 24 * time.Hour

// Options say which database to use, and how.
type Options struct {
	ConnString  string        // PostgreSQL URL or key=value string
	Namespace   string        // of keys given through the API; DefaultNamespace if empty
	MaxConns    int32         // connections at most; pgx's default if 0
	IdempotencyTTL time.Duration // how long answers are kept for who asks again; DefaultKeepAnswers if 0
	Statement   time.Duration // how long PostgreSQL works on one statement, imports and exports aside; no limit if 0
	Traced      bool          // queries are traced, by the tracer that OpenTelemetry has for the program
	Logger      *slog.Logger  // slog.Default if nil
}

// Store is a database with Headwater's schema.
type Store struct {
	pool      *pgxpool.Pool
	namespace string
	keep      time.Duration
	log       *slog.Logger
	looks     looks
}

// Open connects, and checks that the database can hold Headwater: its version, encoding and extensions, and that its
// schema is the one that this program works with. The history of a dump that was restored counts on from then.
func Open(ctx context.Context, options Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(options.ConnString)
	if err != nil {
		return nil, fmt.Errorf("the database address cannot be read: %w", err)
	}
	if options.MaxConns > 0 {
		config.MaxConns = options.MaxConns
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["application_name"] = "headwater"
	// compiling the statement of an analysis takes seconds, running it milliseconds: its cost is guessed far too high
	config.ConnConfig.RuntimeParams["jit"] = "off"
	// idle sessions in a transaction are a crash of ours; they must not hold locks for long
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "10min"
	config.ConnConfig.RuntimeParams["statement_timeout"] = strconv.FormatInt(options.Statement.Milliseconds(), 10)
	if options.Traced {
		config.ConnConfig.Tracer = otelpgx.NewTracer()
	}
	config.MaxConnIdleTime = 5 * time.Minute
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		pgxuuid.Register(conn.TypeMap())
		// half of what a read costs the service is decoding these
		conn.TypeMap().RegisterType(&pgtype.Type{Name: "jsonb", OID: pgtype.JSONBOID, Codec: &pgtype.JSONBCodec{Marshal: json.Marshal, Unmarshal: decodeJSON}})
		return nil
	}
	if err := findTrigrams(ctx, config.ConnConfig); err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	s := &Store{pool: pool, namespace: options.Namespace, keep: options.IdempotencyTTL, log: options.Logger}
	if s.keep == 0 {
		s.keep = DefaultIdempotencyTTL
	}
	if s.namespace == "" {
		s.namespace = DefaultNamespace
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	err = s.check(ctx)
	if err == nil {
		err = s.goOnCounting(ctx)
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// decodeJSON reads what the database holds, which was checked when it was written.
func decodeJSON(text []byte, into any) error { return jsonv2.Unmarshal(text, into) }

// Close gives the connections back.
func (s *Store) Close() { s.pool.Close() }

// Namespace is the namespace of keys that are given through the API.
func (s *Store) Namespace() string { return s.namespace }

// Ping says whether the database can be reached, has the schema that this program works with, and what search needs.
func (s *Store) Ping(ctx context.Context) error { return s.checkSchema(ctx) }

func (s *Store) check(ctx context.Context) error {
	if err := CheckServer(ctx, s.pool); err != nil {
		return err
	}
	return s.checkSchema(ctx)
}

// goOnCounting lets the history count on from a dump that was restored into a cluster with lower numbers than those of the
// one that it came from. Within one cluster, what can be seen is never newer than what sees it. All that was restored gets
// older than any transaction that is open.
func (s *Store) goOnCounting(ctx context.Context) error {
	const newestAndHere = `(SELECT xid::text::bigint AS number FROM changes ORDER BY xid DESC LIMIT 1) AS newest,
		(SELECT pg_snapshot_xmin(seen)::text::bigint AS oldest, pg_snapshot_xmax(seen)::text::bigint AS next FROM pg_current_snapshot() AS seen) AS here`
	var behind bool
	err := s.pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM numbering, "+newestAndHere+" WHERE number >= next + ahead)").Scan(&behind)
	if err == nil && behind {
		_, err = s.pool.Exec(ctx, "UPDATE numbering SET ahead = number - oldest + 1 FROM "+newestAndHere+" WHERE number >= next + ahead")
	}
	if err != nil {
		return fmt.Errorf("let the history count on: %w", interpret(err))
	}
	return nil
}

// MinServerVersion is the oldest PostgreSQL that will do, as server_version_num gives it.
const MinServerVersion = 150000

const createdb = "createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0 headwater"

// CheckServer says whether a database can hold Headwater at all, before any migration.
func CheckServer(ctx context.Context, db migrations.Querier) error {
	var version int
	var shown, encoding string
	var trigrams, plain, noTemp bool
	var role, name string
	err := db.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_version'),
		current_setting('server_encoding'), EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'),
		(SELECT datctype IN ('C', 'POSIX') FROM pg_database WHERE datname = current_database()),
		NOT has_database_privilege(current_database(), 'TEMPORARY'), quote_ident(current_user), quote_ident(current_database())`).
		Scan(&version, &shown, &encoding, &trigrams, &plain, &noTemp, &role, &name)
	switch {
	case err != nil:
		return fmt.Errorf("the database cannot be reached: %w", err)
	case version < MinServerVersion:
		return fmt.Errorf("the database is PostgreSQL %s; version 15 or later is needed", shown)
	case encoding != "UTF8":
		return fmt.Errorf("the database's encoding is %s; create one with: %s", encoding, createdb)
	case plain:
		return fmt.Errorf("the database's LC_CTYPE is plain C, under which pg_trgm knows no Arabic letters; create one with: %s", createdb)
	case !trigrams:
		return fmt.Errorf("the database server lacks the extension pg_trgm; install PostgreSQL's contrib package (Debian's postgresql-%d has it)", version/10000)
	case noTemp:
		return fmt.Errorf("the role %[1]s may not make temporary tables in the database %[2]s, which imports and migrations need; "+
			"its owner can allow it: GRANT TEMPORARY ON DATABASE %[2]s TO %[1]s", role, name)
	}
	return nil
}

func (s *Store) checkSchema(ctx context.Context) error {
	latest, err := migrations.Latest()
	if err != nil {
		return err
	}
	version, err := migrations.VersionOf(ctx, s.pool)
	switch {
	case err != nil:
		return interpret(err)
	case version < latest:
		return fmt.Errorf("the database's schema is version %d, this program needs %d; run: headwater migrate up", version, latest)
	case version > latest:
		return migrations.Status{Version: version, Latest: latest}.Newer()
	}
	return s.checkTrigrams(ctx)
}

// inTx runs do in one transaction, which is committed if do gives no error.
func (s *Store) inTx(ctx context.Context, do func(tx pgx.Tx) error) error {
	return interpret(pgx.BeginFunc(ctx, s.pool, do))
}

// Authorship says who makes a change, and why.
type Authorship struct {
	Actor  string // cli:<user>, key:<name>, or anonymous for a request without a key
	Reason string // as the actor gave it; may be empty
	Idempotency   *Idempotency  // if not nil, the change is made once, however often it is asked for
}

// notFound is the error for an identity that nothing has.
func notFound(resource headwater.Resource, id any) error {
	return &headwater.Error{Code: headwater.CodeNotFound, Detail: fmt.Sprintf("no %s has the id %s", resource, id)}
}

// unhurried lets the statements of a transaction that reads or writes everything take as long as they do.
func unhurried(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0")
	return err
}
