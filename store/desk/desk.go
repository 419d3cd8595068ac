// Package desk keeps desks apart: each is a schema of the database, with all tables of its own, which a pool has as its search_path. The
// schemas are the registry; the comment on each has what else there is to know of a desk.
//
// It must not know what the tables are for, nor how a desk is served.
package desk

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/headwater-project/headwater/migrations"
)

// Max is how many desks a database has at most, so that all of them can be listed at once.
const Max = 1000

// Desk is one of the desks of a database.
type Desk struct {
	Name      string
	Namespace string // of the keys of things that are created there
	IsMade    bool   // it was made to the end
	Version   uint   // of its schema
	ID        uint32 // of its schema: a desk that is made anew under a name has another
}

// Querier is a connection, pool or transaction.
type Querier interface {
	migrations.Querier
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// CheckName refuses what cannot be the name of a desk.
func CheckName(name string) error {
	if !namePattern.MatchString(name) {
		return fmt.Errorf("the desk is %q; expected a small letter and up to 39 small letters, digits and hyphens, such as beirut", name)
	}
	return nil
}

const schemaPrefix = "desk_"

// schema is the desk's schema, as SQL names it.
func schema(name string) string { return pgx.Identifier{schemaPrefix + name}.Sanitize() }

// How the comment on a desk's schema begins. Its namespace follows.
const (
	made      = "headwater desk: "
	beingMade = "headwater desk, being made: "
)

// ErrUnknown is the error of a desk that there is not.
var ErrUnknown = errors.New("there is no such desk; headwater desk list lists them")

// List gives all desks in the order of their names.
func List(ctx context.Context, db Querier) ([]Desk, error) { return list(ctx, db, "") }

// list gives all desks, or the one of a name.
func list(ctx context.Context, db Querier, only string) ([]Desk, error) {
	type row struct {
		Desk
		About string
		Bare  bool // it has no table of its version yet
	}
	const sql = `SELECT substr(nspname, length($1::text) + 1) AS name, oid AS id, obj_description(oid, 'pg_namespace') AS about,
			to_regclass(quote_ident(nspname) || '.schema_migrations') IS NULL AS bare
		FROM pg_namespace WHERE starts_with(nspname, $1) AND has_schema_privilege(oid, 'USAGE') AND ($2::text = '' OR nspname = $1 || $2)
			AND obj_description(oid, 'pg_namespace') LIKE 'headwater desk%' ORDER BY nspname COLLATE "C" LIMIT $3`
	rows, err := db.Query(ctx, sql, schemaPrefix, only, Max)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[row])
	if err != nil {
		return nil, err
	}
	desks, versions := []Desk{}, []string{}
	for _, r := range found {
		var isBeingMade bool
		if r.Namespace, r.IsMade = strings.CutPrefix(r.About, made); !r.IsMade {
			if r.Namespace, isBeingMade = strings.CutPrefix(r.About, beingMade); !isBeingMade {
				continue // somebody else's
			}
		}
		if !r.Bare {
			versions = append(versions, fmt.Sprintf("SELECT %d, (SELECT coalesce(max(version), 0) FROM %s.schema_migrations)", len(desks),
				schema(r.Name)))
		}
		desks = append(desks, r.Desk)
	}
	if len(versions) == 0 {
		return desks, nil
	}
	if rows, err = db.Query(ctx, strings.Join(versions, " UNION ALL ")); err != nil {
		return nil, err
	}
	var place, version int
	_, err = pgx.ForEachRow(rows, []any{&place, &version}, func() error {
		desks[place].Version = uint(version)
		return nil
	})
	return desks, err
}

// Sizes gives how many bytes each desk takes, by name.
func Sizes(ctx context.Context, db Querier) (map[string]int64, error) {
	rows, err := db.Query(ctx, `SELECT substr(nspname, length($1::text) + 1), sum(pg_total_relation_size(c.oid))::bigint
		FROM pg_namespace AS n JOIN pg_class AS c ON relnamespace = n.oid
		WHERE starts_with(nspname, $1) AND relkind IN ('r', 'm') GROUP BY nspname`, schemaPrefix)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int64{}
	var name string
	var size int64
	_, err = pgx.ForEachRow(rows, []any{&name, &size}, func() error {
		sizes[name] = size
		return nil
	})
	return sizes, err
}

// Find gives the desk of a name, which was made to the end.
func Find(ctx context.Context, db Querier, name string) (Desk, error) {
	desk, err := Named(ctx, db, name)
	if err == nil && !desk.IsMade {
		err = fmt.Errorf("the desk %q is not made to the end; go on with: headwater desk create %s", name, name)
	}
	if err == nil {
		err = Check(ctx, db)
	}
	return desk, err
}

// Named gives the desk of a name, be it made to the end or not.
func Named(ctx context.Context, db Querier, name string) (Desk, error) {
	if err := CheckName(name); err != nil {
		return Desk{}, err
	}
	found, err := list(ctx, db, name)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("desk %q: %w", name, ErrUnknown)
	}
	if err != nil {
		return Desk{}, err
	}
	return found[0], nil
}

// Check refuses a database in which the schema of pg_trgm, that every desk has in its search_path, has tables of Headwater's too: who
// asks a desk that was just dropped would find these.
func Check(ctx context.Context, db Querier) error {
	where, shared, err := trigrams(ctx, db)
	if err == nil && shared {
		err = fmt.Errorf("the extension pg_trgm is in the schema %s, beside tables that are no desk's; headwater desk create moves it, "+
			"and its owner can: %s", where, moveTrigrams)
	}
	return err
}

const (
	makeSchema = "CREATE SCHEMA IF NOT EXISTS " + migrations.TrigramSchema + "; GRANT USAGE ON SCHEMA " + migrations.TrigramSchema +
		" TO PUBLIC; "
	moveTrigrams = makeSchema + "ALTER EXTENSION pg_trgm SET SCHEMA " + migrations.TrigramSchema
	makeTrigrams = makeSchema + "CREATE EXTENSION pg_trgm SCHEMA " + migrations.TrigramSchema
)

// trigrams says where pg_trgm is, empty where it is not there yet, and whether tables of Headwater's are there, or will be.
func trigrams(ctx context.Context, db Querier) (where string, shared bool, err error) {
	err = db.QueryRow(ctx, `SELECT quote_ident(nspname), nspname = current_schema()
			OR to_regclass(quote_ident(nspname) || '.schema_migrations') IS NOT NULL
		FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm'`).Scan(&where, &shared)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return where, shared, err
}

// Address is the address of a database with the desk's schema as search_path.
func (d Desk) Address(database string) string {
	path := schema(d.Name)
	scheme, _, isURL := strings.Cut(database, "://")
	if !isURL || strings.ContainsAny(scheme, " =") {
		return database + " search_path='" + path + "'" // the last counts
	}
	server, parameters, _ := strings.Cut(database, "?")
	query, err := url.ParseQuery(parameters)
	if err != nil {
		return database // which pgx cannot read either, and says so
	}
	query.Set("search_path", path)
	return server + "?" + query.Encode()
}

// Create makes a desk and brings its schema to this program's version. Where that was begun before, it goes on. A desk that is there is
// refused, and so is a schema that is not a desk's.
func Create(ctx context.Context, database, name, namespace string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	conn, err := migrations.Connect(ctx, database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := checkNodes(ctx, conn); err != nil {
		return err
	}
	if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return begin(ctx, tx, name, namespace) }); err != nil {
		return err
	}
	if err := migrations.Up(ctx, Desk{Name: name}.Address(database)); err != nil {
		return fmt.Errorf("the desk %q is not made to the end; the same command goes on: %w", name, err)
	}
	if err := distribute(ctx, conn, name); err != nil {
		return err
	}
	return comment(ctx, conn, name, made+namespace)
}

// begin makes the schema of a desk, unless that was begun, and has pg_trgm where no tables are.
func begin(ctx context.Context, tx pgx.Tx, name, namespace string) error {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('headwater desks', 0))"); err != nil {
		return err
	}
	begun, err := Named(ctx, tx, name)
	switch {
	case err == nil && begun.IsMade:
		return fmt.Errorf("there is a desk %q already, with the namespace %s", name, begun.Namespace)
	case err == nil && begun.Namespace != namespace:
		return fmt.Errorf("the desk %q was begun with --namespace %s; expected the same", name, begun.Namespace)
	case err == nil:
		return placeTrigrams(ctx, tx)
	case !errors.Is(err, ErrUnknown):
		return err
	}
	all, err := List(ctx, tx)
	if err == nil && len(all) == Max {
		err = fmt.Errorf("the database has %d desks; expected fewer", Max)
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "CREATE SCHEMA "+schema(name)); err != nil {
		return fmt.Errorf("the schema %s cannot be made, which may be there and no desk's: %w", schema(name), err)
	}
	if err := comment(ctx, tx, name, beingMade+namespace); err != nil {
		return err
	}
	return placeTrigrams(ctx, tx)
}

// placeTrigrams has pg_trgm in a schema without tables. Services find it there at once: see [migrations.TrigramSchema].
func placeTrigrams(ctx context.Context, tx pgx.Tx) error {
	where, shared, err := trigrams(ctx, tx)
	if err != nil || where != "" && !shared {
		return err
	}
	sql := moveTrigrams
	if where == "" {
		sql = makeTrigrams
	}
	if _, err = tx.Exec(ctx, sql); err != nil {
		err = fmt.Errorf("the extension pg_trgm cannot be put into a schema of its own; its owner can: %s: %w", sql, err)
	}
	return err
}

// execer is a connection or transaction.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// comment says on a desk's schema how far it is made, and its namespace.
func comment(ctx context.Context, db execer, name, text string) error {
	// a comment takes no parameter; what is doubled ends no literal, whatever standard_conforming_strings is
	literal := strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(text)
	_, err := db.Exec(ctx, "COMMENT ON SCHEMA "+schema(name)+" IS E'"+literal+"'")
	return err
}

const (
	// longestWait is how long a desk that is dropped waits for those who use its tables.
	longestWait = time.Minute
	// mostTries is how often that is tried, where it met others in a deadlock.
	mostTries        = 10
	deadlockDetected = "40P01"
	lockNotAvailable = "55P03"
)

// Drop drops a desk with all that it holds. Whoever asks it then finds nothing, nor anything of another.
func Drop(ctx context.Context, database, name string) error {
	conn, err := migrations.Connect(ctx, database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for range mostTries {
		err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := Named(ctx, tx, name); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = 0; DROP SCHEMA %s CASCADE",
				longestWait.Milliseconds(), schema(name)))
			return err
		})
		refusal, refused := errors.AsType[*pgconn.PgError](err)
		if refused && refusal.Code == lockNotAvailable {
			err = fmt.Errorf("something works on the desk %q for more than %s, such as an export; nothing is dropped; try again once it "+
				"has ended: %w", name, longestWait, err)
		}
		if !refused || refusal.Code != deadlockDetected {
			break
		}
	}
	return err
}
