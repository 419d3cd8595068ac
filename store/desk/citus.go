package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/migrations"
)

// hasCitus says whether the database has the extension Citus, which places desks on nodes and moves them.
func hasCitus(ctx context.Context, db migrations.Querier) (has bool, err error) {
	err = db.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')").Scan(&has)
	return has, err
}

// distribute lets Citus place the desk's tables, all on one node. On plain PostgreSQL it does nothing.
func distribute(ctx context.Context, conn *pgx.Conn, name string) error {
	has, err := hasCitus(ctx, conn)
	if err != nil || !has {
		return err
	}
	_, err = conn.Exec(ctx, `SELECT citus_schema_distribute($1::regnamespace)
		WHERE NOT EXISTS (SELECT FROM citus_schemas WHERE schema_name = $1::regnamespace)`, schema(name))
	return err
}

// Move has Citus move a desk to a node, while others read it.
func Move(ctx context.Context, database, name, node string, port int) error {
	conn, err := migrations.Connect(ctx, database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := Named(ctx, conn, name); err != nil {
		return err
	}
	has, err := hasCitus(ctx, conn)
	if err == nil && !has {
		err = errors.New("the database is a plain PostgreSQL, which has all desks; desks are moved between the nodes of Citus")
	}
	if err != nil {
		return err
	}
	if _, err = conn.Exec(ctx, "SELECT citus_schema_move($1::regnamespace, $2::text, $3::int)", schema(name), node, port); err != nil {
		err = fmt.Errorf("the desk %q stays where it is: %w", name, err)
	}
	return err
}
