package migrations

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// SearchPath is the search_path under which the operators of pg_trgm are found: the one that is set, and behind it the schema
// that the extension is in, which a provider or another tenant of the database may have chosen. It is empty where they are found
// as it is, and where there is no extension.
func SearchPath(ctx context.Context, db Querier) (path string, err error) {
	err = db.QueryRow(ctx, `SELECT CASE WHEN nspname = ANY (current_schemas(true)) THEN ''
			ELSE concat_ws(', ', nullif(current_setting('search_path'), ''), quote_ident(nspname)) END
		FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm'`).Scan(&path)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return path, err
}

// TrigramSchema is where pg_trgm is once a database has desks: a schema that has no table. So the search_path of a desk names no schema
// but its own in which a table could be found, also once the desk is dropped.
const TrigramSchema = "headwater_trigrams"

// findTrigrams makes the extension where there is none, and lets the transaction find it.
func findTrigrams(ctx context.Context, tx pgx.Tx) error {
	var exists bool
	var role, name string
	const ask = `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm'), quote_ident(current_user), ` +
		`quote_ident(current_database())`
	if err := tx.QueryRow(ctx, ask).Scan(&exists, &role, &name); err != nil {
		return err
	}
	if !exists {
		_, err := tx.Exec(ctx, "CREATE EXTENSION pg_trgm")
		var refusal *pgconn.PgError
		if errors.As(err, &refusal) && refusal.Code == insufficientPrivilege {
			return fmt.Errorf("the role %[1]s may not make the extension pg_trgm in the database %[2]s; its owner can make it, by: "+
				"CREATE EXTENSION pg_trgm; "+
				"or allow it, by: GRANT CREATE ON DATABASE %[2]s TO %[1]s: %[3]w", role, name, err)
		}
		if err != nil {
			return err
		}
	}
	path, err := SearchPath(ctx, tx)
	if err == nil && path != "" {
		_, err = tx.Exec(ctx, "SET LOCAL search_path = "+path)
	}
	return err
}
