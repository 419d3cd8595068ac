package pg

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// findNodes learns whether the schema's tables are on a node of Citus, which another server has been asked for.
func (db *DB) findNodes(ctx context.Context) error {
	var hasCitus bool
	err := db.Pool.QueryRow(ctx, "SELECT to_regclass('pg_catalog.pg_dist_schema') IS NOT NULL").Scan(&hasCitus)
	if err == nil && hasCitus {
		const placed = "SELECT EXISTS (SELECT FROM pg_dist_schema WHERE schemaid = current_schema()::regnamespace)"
		err = db.Pool.QueryRow(ctx, placed).Scan(&db.isElsewhere)
	}
	return Interpret(err)
}

// IsElsewhere says whether the tables are on a node of Citus, and statements go through another server. What that one has in its snapshots
// as committed may be seen a moment later only.
func (db *DB) IsElsewhere() bool { return db.isElsewhere }

// Temporary gives the statement that makes a temporary table in the form in which it can be joined with the tables. Citus joins only what
// is on one node: there it is a table like all others, without a log, which [DB.DropTemporary] drops.
func (db *DB) Temporary(sql string) string {
	if !db.isElsewhere {
		return sql
	}
	return strings.NewReplacer("CREATE TEMP TABLE", "CREATE UNLOGGED TABLE", " ON COMMIT DROP", "").Replace(sql)
}

// DropTemporary drops the tables that the transaction made by what [DB.Temporary] gave. Others that make such wait until it has ended.
func (db *DB) DropTemporary(ctx context.Context, tx pgx.Tx) error {
	if !db.isElsewhere {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT relname::text FROM pg_class
		WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relpersistence = 'u'`)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) == 0 {
		return err
	}
	_, err = tx.Exec(ctx, "DROP TABLE "+strings.Join(names, ", "))
	return err
}
