// Package pg is the ground that the store's packages stand on, and all of it that another database engine would change:
// the connection, the tables and how they are written, listed and paged, the history, and the SQL that several queries share
// (what is merged speaks as what, what closes a loop). Each table is described once, as data; the rest is made from that.
//
// It must not know the analysis, bundles, the formats of others, or HTTP.
package pg

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/exaring/otelpgx"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"github.com/headwater-project/headwater/migrations"
)

// DefaultNamespace is the namespace of the keys of things that are created through an instance that has no other configured.
const DefaultNamespace = "https://headwater.example/local"

// DefaultIdempotencyTTL is how long a stored response answers requests with its Idempotency-Key.
const DefaultIdempotencyTTL = 24 * time.Hour

// Options say which database to use, and how.
type Options struct {
	ConnString     string          // PostgreSQL URL or key=value string
	Namespace      string          // of the keys of things that are created here; DefaultNamespace if empty
	Pooled         bool            // a pooler stands between, which gives a connection for each transaction
	MaxConns       int32           // connections at most; pgx's default if 0
	MaxExports     int32           // connections for exports, beside those; exports take those if 0
	IdempotencyTTL time.Duration   // how long stored responses are valid; DefaultIdempotencyTTL if 0
	Statement      time.Duration   // how long PostgreSQL works on one statement, imports and exports aside; no limit if 0
	Traced         bool            // queries are traced, by the tracer that OpenTelemetry has for the program
	Tracer         pgx.QueryTracer // sees every statement, unless Traced; none if nil
}

// DB is a database with Headwater's schema.
type DB struct {
	Pool           *pgxpool.Pool
	ExportPool     *pgxpool.Pool // of those who read everything, for as long as their clients take; may be the same
	namespace      string
	idempotencyTTL time.Duration
	isStandby      bool // it was opened as a standby, which takes no writes
	isElsewhere    bool // its tables are on a node of Citus
}

// Open connects, and checks that the database can hold Headwater: its version, encoding and extensions, and that its
// schema is the one that this program works with. The history of a dump that was restored counts on from then.
func Open(ctx context.Context, options Options) (*DB, error) {
	config, err := configure(options)
	if err != nil {
		return nil, err
	}
	if err := findTrigrams(ctx, config.ConnConfig, options.Pooled); err != nil {
		return nil, err
	}
	db, err := newDB(ctx, config, options)
	if err != nil {
		return nil, err
	}
	err = db.check(ctx)
	if err == nil && options.Pooled {
		err = db.checkTimeZone(ctx)
	}
	if err == nil {
		err = db.alignChangeNumbers(ctx)
	}
	if err == nil {
		err = db.findNodes(ctx)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// configure says how connections are made.
func configure(options Options) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(options.ConnString)
	if err != nil {
		return nil, fmt.Errorf("the database address cannot be read: %w", err)
	}
	if options.MaxConns > 0 {
		config.MaxConns = options.MaxConns
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC" // which poolers too keep for each client
	if options.Pooled {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe // prepares nothing that has a name
	} else {
		setSession(config.ConnConfig.RuntimeParams, options.Statement)
	}
	config.ConnConfig.Tracer = options.Tracer
	if options.Traced {
		config.ConnConfig.Tracer = otelpgx.NewTracer()
	}
	config.MaxConnIdleTime = 5 * time.Minute
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		pgxuuid.Register(conn.TypeMap())
		// half of what a read costs the service is decoding these
		conn.TypeMap().RegisterType(&pgtype.Type{Name: "jsonb", OID: pgtype.JSONBOID,
			Codec: &pgtype.JSONBCodec{Marshal: json.Marshal, Unmarshal: decodeJSON}})
		return nil
	}
	return config, nil
}

// newDB makes the pools, which connect when they are first asked for a connection.
func newDB(ctx context.Context, config *pgxpool.Config, options Options) (*DB, error) {
	var pool, exports *pgxpool.Pool
	keepOpen := config.ConnConfig.OnPgError
	config.ConnConfig.OnPgError = func(conn *pgconn.PgConn, pgErr *pgconn.PgError) bool {
		if isStale(pgErr) { // so is what the other connections have prepared
			pool.Reset()
			exports.Reset()
		}
		return pgErr.Code != readOnly && keepOpen(conn, pgErr) // the next connection may find who takes writes now
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	exports = pool
	if options.MaxExports > 0 {
		config = config.Copy()
		config.MaxConns, config.MinConns, config.MinIdleConns = options.MaxExports, 0, 0
		if exports, err = pgxpool.NewWithConfig(ctx, config); err != nil {
			pool.Close()
			return nil, fmt.Errorf("connect to the database: %w", err)
		}
	}
	return &DB{
		Pool:           pool,
		ExportPool:     exports,
		namespace:      cmp.Or(options.Namespace, DefaultNamespace),
		idempotencyTTL: cmp.Or(options.IdempotencyTTL, DefaultIdempotencyTTL),
	}, nil
}

// setSession sets what holds for a session. Behind a pooler, which refuses it, the role has to set it.
func setSession(parameters map[string]string, statement time.Duration) {
	parameters["application_name"] = "headwater"
	// compiling the statement of an analysis takes seconds, running it milliseconds: its cost is guessed far too high
	parameters["jit"] = "off"
	// idle sessions in a transaction are a crash of ours; they must not hold locks for long
	parameters["idle_in_transaction_session_timeout"] = "10min"
	parameters["statement_timeout"] = strconv.FormatInt(statement.Milliseconds(), 10)
}

// decodeJSON reads what the database holds, which was checked when it was written.
func decodeJSON(text []byte, into any) error { return jsonv2.Unmarshal(text, into) }

// Close gives the connections back.
func (db *DB) Close() {
	db.ExportPool.Close()
	db.Pool.Close() // which may be the same; closing it twice does nothing
}

// Namespace is the namespace of the keys of things that are created here.
func (db *DB) Namespace() string { return db.namespace }

// Ping reports whether the database can be reached, has the schema that this program works with, and what search needs.
func (db *DB) Ping(ctx context.Context) error { return db.checkSchema(ctx) }

func (db *DB) check(ctx context.Context) error {
	if err := CheckServer(ctx, db.Pool); err != nil {
		return err
	}
	return db.checkSchema(ctx)
}

// checkTimeZone says whether a pooler passes on the time zone, in which days are compared.
func (db *DB) checkTimeZone(ctx context.Context) error {
	var zone, role string
	err := db.Pool.QueryRow(ctx, "SELECT current_setting('timezone'), quote_ident(current_user)").Scan(&zone, &role)
	if err == nil && zone != "UTC" {
		err = fmt.Errorf("the pooler does not pass on the time zone, and the role has %s; set it for the role: ALTER ROLE %s SET "+
			"timezone = 'UTC'", zone, role)
	}
	return Interpret(err)
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
		return fmt.Errorf("the database server lacks the extension pg_trgm; install PostgreSQL's contrib package (Debian's "+
			"postgresql-%d has it)", version/10000)
	case noTemp:
		return fmt.Errorf("the role %[1]s may not make temporary tables in the database %[2]s, which imports and migrations need; "+
			"its owner can allow it: GRANT TEMPORARY ON DATABASE %[2]s TO %[1]s", role, name)
	}
	return nil
}

func (db *DB) checkSchema(ctx context.Context) error {
	latest, err := migrations.Latest()
	if err != nil {
		return err
	}
	version, err := migrations.VersionOf(ctx, db.Pool)
	switch {
	case err != nil:
		return Interpret(err)
	case version < latest:
		return fmt.Errorf("the database's schema is version %d, this program needs %d; run: headwater migrate up", version, latest)
	case version > latest:
		return migrations.Status{Version: version, Latest: latest}.Newer()
	}
	return db.checkTrigrams(ctx)
}

// WithoutStatementTimeout lifts the limit on statements for a transaction that reads or writes everything.
func WithoutStatementTimeout(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0")
	return err
}
