package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/migrations"
)

// hasCitus says whether the database has the extension Citus, which places desks on nodes and moves them.
func hasCitus(ctx context.Context, db migrations.Querier) (has bool, err error) {
	err = db.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')").Scan(&has)
	return has, err
}

// citusSettings are those without which Citus refuses a desk, or answers wrongly. Each node must have them.
var citusSettings = [][2]string{
	{"citus.enable_unsafe_triggers", "on"},
	{"citus.allow_nested_distributed_execution", "on"},
	{"citus.propagate_set_commands", "local"},
	{"wal_level", "logical"},
}

// nodeSQL names a node of Citus, a row of pg_dist_node, as HOST:PORT.
const nodeSQL = "nodename || ':' || nodeport"

// checkNodes refuses nodes of Citus that lack a setting. A plain PostgreSQL has none.
func checkNodes(ctx context.Context, db Querier) error {
	has, err := hasCitus(ctx, db)
	if err != nil || !has {
		return err
	}
	var wanted, ask []string
	for _, s := range citusSettings {
		wanted = append(wanted, s[0]+" = "+s[1])
		ask = append(ask, fmt.Sprintf("'%[1]s = ' || current_setting('%[1]s')", s[0]))
	}
	rows, err := db.Query(ctx, "SELECT "+nodeSQL+`, success, result FROM run_command_on_all_nodes($1)
		JOIN pg_dist_node USING (nodeid) ORDER BY 1`, "SELECT concat_ws(', ', "+strings.Join(ask, ", ")+")")
	if err != nil {
		return err
	}
	expected := strings.Join(wanted, ", ")
	var faults []error
	var node, said string
	var answered bool
	_, err = pgx.ForEachRow(rows, []any{&node, &answered, &said}, func() error {
		if !answered || said != expected {
			faults = append(faults, fmt.Errorf("the node %s of Citus has %s; expected %s", node, said, expected))
		}
		return nil
	})
	return errors.Join(append(faults, err)...)
}

// distribute lets Citus place the desk's tables, all on one node. On plain PostgreSQL it does nothing.
func distribute(ctx context.Context, conn *pgx.Conn, name string) error {
	has, err := hasCitus(ctx, conn)
	if err != nil || !has {
		return err
	}
	if _, err = conn.Exec(ctx, "SET client_min_messages = warning"); err != nil { // of each table that it copies
		return err
	}
	_, err = conn.Exec(ctx, `SELECT citus_schema_distribute($1::regnamespace)
		WHERE NOT EXISTS (SELECT FROM citus_schemas WHERE schema_name = $1::regnamespace)`, schema(name))
	return err
}

// Move has Citus move a desk to a node, while others read and write it.
func Move(ctx context.Context, database, name, host string, port int) error {
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
	node := fmt.Sprintf("%s:%d", host, port)
	if err == nil {
		err = checkNode(ctx, conn, node)
	}
	if err != nil {
		return err
	}
	nodes, err := Nodes(ctx, conn)
	if err != nil || nodes[name] == node {
		return err
	}
	// some tables have no key, by which logical replication would find what is updated: none of these is
	const move = "SELECT citus_schema_move($1::regnamespace, $2::text, $3::int, 'force_logical')"
	if _, err = conn.Exec(ctx, move, schema(name), host, port); err != nil {
		err = fmt.Errorf("the desk %q stays where it is: %w", name, err)
	}
	return err
}

// checkNode refuses what is no node that can have desks.
func checkNode(ctx context.Context, conn *pgx.Conn, node string) error {
	rows, err := conn.Query(ctx, "SELECT "+nodeSQL+` FROM pg_dist_node
		WHERE noderole = 'primary' AND isactive AND shouldhaveshards ORDER BY 1`)
	if err != nil {
		return err
	}
	nodes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err == nil && !slices.Contains(nodes, node) {
		err = fmt.Errorf("there is no node %s of Citus that takes desks; expected one of %s", node, strings.Join(nodes, ", "))
	}
	return err
}

// Nodes says which node of Citus has each desk; nothing on a plain PostgreSQL.
func Nodes(ctx context.Context, db Querier) (nodes map[string]string, err error) {
	has, err := hasCitus(ctx, db)
	if err != nil || !has {
		return nil, err
	}
	rows, err := db.Query(ctx, `SELECT DISTINCT substr(nspname, length($1::text) + 1), `+nodeSQL+`
		FROM pg_dist_schema JOIN pg_namespace ON pg_namespace.oid = schemaid
		JOIN pg_dist_partition USING (colocationid) JOIN pg_dist_shard USING (logicalrelid)
		JOIN pg_dist_placement USING (shardid) JOIN pg_dist_node USING (groupid)
		WHERE starts_with(nspname, $1) AND noderole = 'primary'`, schemaPrefix)
	if err != nil {
		return nil, err
	}
	nodes = map[string]string{}
	var name, node string
	_, err = pgx.ForEachRow(rows, []any{&name, &node}, func() error {
		nodes[name] = node
		return nil
	})
	return nodes, err
}
