package pg

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/migrations"
)

// findTrigrams lets connections find pg_trgm where it is: in a schema of the provider's, or in that of another tenant; and where it will
// be, once the first desk is made while the service runs.
func findTrigrams(ctx context.Context, config *pgx.ConnConfig, pooled bool) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil && !pooled && strings.Contains(err.Error(), "unsupported startup parameter") { // as PgBouncer has it
		return fmt.Errorf("a pooler stands before the database; try: --pooler transaction: %w", err)
	}
	if err != nil {
		return fmt.Errorf("the database cannot be reached: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	path, err := migrations.SearchPath(ctx, conn)
	if err != nil {
		return Interpret(err)
	}
	if path != "" && pooled {
		return fmt.Errorf("the extension pg_trgm is in a schema that the role's search_path does not name, and a pooler stands between; "+
			"set it for the role: ALTER ROLE … SET search_path = %s", path)
	}
	if pooled {
		return nil
	}
	err = conn.QueryRow(ctx, "SELECT concat_ws(', ', coalesce(nullif($1, ''), nullif(current_setting('search_path'), '')), $2::text)",
		path, migrations.TrigramSchema).Scan(&path)
	config.RuntimeParams["search_path"] = path
	return Interpret(err)
}

// checkTrigrams says whether the operators that search by likeness is made of are found.
func (db *DB) checkTrigrams(ctx context.Context) error {
	var found bool
	if err := db.Pool.QueryRow(ctx, "SELECT to_regoperator('<%(text,text)') IS NOT NULL").Scan(&found); err != nil {
		return Interpret(err)
	}
	if !found {
		return errors.New("the operators of the extension pg_trgm are not found, which search needs: " +
			"the extension is gone, or this role may not use its schema (GRANT USAGE ON SCHEMA), or it was moved since the start")
	}
	return nil
}
