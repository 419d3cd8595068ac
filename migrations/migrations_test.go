package migrations_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// shape lists all that a schema consists of: columns, constraints, indexes, functions and triggers.
func shape(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
				coalesce(column_default, '') || coalesce(generation_expression, '')
			FROM information_schema.columns WHERE table_schema = 'public'
		UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
			FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL SELECT 'function ' || p.oid::regprocedure FROM pg_proc AS p WHERE pronamespace = 'public'::regnamespace
		UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func connect(t *testing.T, to string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// downBefore takes a database back to the schema before a migration.
func downBefore(t *testing.T, to string, migration uint) {
	t.Helper()
	latest, err := migrations.Latest()
	if err == nil {
		err = migrations.Down(t.Context(), to, int(latest-migration+1))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestUpDownUp(t *testing.T) {
	t.Parallel()
	to := storetest.NewEmpty(t)
	conn := connect(t, to)
	latest, err := migrations.Latest()
	if err != nil {
		t.Fatal(err)
	}
	version := func(want uint) {
		t.Helper()
		if got, err := migrations.VersionOf(t.Context(), conn); err != nil || got != want {
			t.Fatalf("version %d (%v), want %d", got, err, want)
		}
	}
	version(0)
	empty := shape(t, conn)
	if err := migrations.Up(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	version(latest)
	full := shape(t, conn)
	if err := migrations.Down(t.Context(), to, int(latest)); err != nil {
		t.Fatal(err)
	}
	version(0)
	if _, err := conn.Exec(t.Context(), "DROP TABLE schema_migrations"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(empty, shape(t, conn)); diff != "" {
		t.Errorf("down leaves something behind:\n%s", diff)
	}
	if err := migrations.Up(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(full, shape(t, conn)); diff != "" {
		t.Errorf("up again differs:\n%s", diff)
	}
}

func TestUpByManyAtOnce(t *testing.T) {
	t.Parallel()
	to := storetest.NewEmpty(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := migrations.Up(t.Context(), to); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	status, err := migrations.StatusOf(t.Context(), to)
	if err != nil || !status.UpToDate() {
		t.Errorf("got %+v, %v", status, err)
	}
}

func TestEveryTableAndOpaqueColumnIsCommented(t *testing.T) {
	t.Parallel()
	conn := connect(t, storetest.New(t))
	var bare []string
	err := conn.QueryRow(t.Context(), `SELECT coalesce(array_agg(relname::text), '{}') FROM pg_class
		WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'schema_migrations'
			AND obj_description(oid) IS NULL`).Scan(&bare)
	if err != nil || len(bare) > 0 {
		t.Errorf("tables without a comment: %v (%v)", bare, err)
	}
	// a name does not say what an object holds, what is computed, or where a reference leads
	err = conn.QueryRow(t.Context(),
		`SELECT coalesce(array_agg(attrelid::regclass || '.' || attname), '{}') FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
		WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND col_description(attrelid, attnum) IS NULL
		AND (atttypid IN ('jsonb'::regtype, 'bytea'::regtype, 'xid8'::regtype, 'tsvector'::regtype) OR attgenerated <> '')`).Scan(&bare)
	if err != nil || len(bare) > 0 {
		t.Errorf("columns without a comment: %v (%v)", bare, err)
	}
}

// TestReferencesHaveIndexes: whatever is deleted is looked for in what may refer to it, each time by reading all of that where no index
// begins with the reference.
func TestReferencesHaveIndexes(t *testing.T) {
	t.Parallel()
	without := lines(t, connect(t, storetest.New(t)), `SELECT conname FROM pg_constraint
		JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
		WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND NOT EXISTS (
			SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = attnum
				AND (indpred IS NULL OR pg_get_expr(indpred, indrelid) = format('(%I IS NOT NULL)', attname)))
		ORDER BY conname`)
	if len(without) > 0 {
		t.Errorf("without an index are %v", without)
	}
}

func TestHistoryCannotBeRewritten(t *testing.T) {
	t.Parallel()
	conn := connect(t, storetest.New(t))
	for _, sql := range []string{"UPDATE changes SET actor = 'x'", "DELETE FROM changes", "TRUNCATE changes"} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s was done", sql)
		}
	}
}
