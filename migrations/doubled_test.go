package migrations_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
)

// changeVersions is the migration that gives each version of a thing to one change.
const changeVersions = 8

// doubles make three sources as imports beside other writers left them, and one as it should be: a is at a version that two
// states bear; b went back to version 2 while its history has 3; c has gone on since; d is well.
const doubles = `
	INSERT INTO sources (id, kind, name, version, created_at, updated_at, folded, terms) VALUES
		('00000000-0000-4000-8000-00000000000a', 'outlet', 'a by import', 2, '2024-01-01', '2024-01-02 12:00', '', ''),
		('00000000-0000-4000-8000-00000000000b', 'outlet', 'b by import', 2, '2024-01-01', '2024-01-02 12:00', '', ''),
		('00000000-0000-4000-8000-00000000000c', 'outlet', 'c later', 3, '2024-01-01', '2024-01-04', '', ''),
		('00000000-0000-4000-8000-00000000000d', 'outlet', 'd', 1, '2024-01-01', '2024-01-01', '', '');
	INSERT INTO changes (xid, at, actor, operation, resource, resource_id, from_version, to_version, state)
	SELECT xid::text::xid8, at::timestamptz, actor, CASE from_version WHEN 0 THEN 'create' ELSE 'update' END, 'source',
		('00000000-0000-4000-8000-00000000000' || which)::uuid, from_version, from_version + 1,
		jsonb_build_object('name', name, 'version', from_version + 1, 'updated_at', at::timestamptz)
	FROM (VALUES
		(1, '2024-01-01', 'cli:t', 'a', 0, 'a'),
		(3, '2024-01-02 12:00', 'cli:import', 'a', 1, 'a by import'),
		(4, '2024-01-03', 'key:patch', 'a', 1, 'a by patch'),
		(1, '2024-01-01', 'cli:t', 'b', 0, 'b'),
		(2, '2024-01-02 12:00', 'cli:import', 'b', 1, 'b by import'),
		(3, '2024-01-03', 'key:patch', 'b', 1, 'b by patch'),
		(4, '2024-01-03 01:00', 'key:patch', 'b', 2, 'b by second patch'),
		(1, '2024-01-01', 'cli:t', 'c', 0, 'c'),
		(2, '2024-01-02', 'cli:import', 'c', 1, 'c by import'),
		(3, '2024-01-03', 'key:patch', 'c', 1, 'c by patch'),
		(4, '2024-01-04', 'key:patch', 'c', 2, 'c later'),
		(1, '2024-01-01', 'cli:t', 'd', 0, 'd')
	) AS made (xid, at, actor, which, from_version, name)`

func lines(t *testing.T, conn *pgx.Conn, sql string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

const (
	historySQL = `SELECT right(resource_id::text, 1) || ' ' || from_version || '→' || to_version || ' ' ||
		(state ->> 'name') || ' ' || (state ->> 'version') || ' ' || reason
		FROM changes ORDER BY resource_id, to_version`
	rowsSQL  = `SELECT name || ' ' || version FROM sources ORDER BY id`
	asideSQL = `SELECT right(resource_id::text, 1) || ' ' || to_version || ' ' || (state ->> 'name') FROM changes_doubled ORDER BY ` +
		`resource_id, to_version`
)

func wantLines(t *testing.T, conn *pgx.Conn, sql string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, lines(t, conn, sql)); diff != "" {
		t.Errorf("%s\n%s", sql, diff)
	}
}

// TestDoubledVersionsAreMended is not parallel: it reads what is logged.
func TestDoubledVersionsAreMended(t *testing.T) {
	to := storetest.New(t)
	back := func() {
		t.Helper()
		downBefore(t, to, changeVersions)
	}
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	up := func() {
		t.Helper()
		log.Reset()
		if err := migrations.Up(t.Context(), to); err != nil {
			t.Fatal(err)
		}
	}
	back()
	conn := connect(t, to)
	if _, err := conn.Exec(t.Context(), doubles); err != nil {
		t.Fatal(err)
	}
	original := lines(t, conn, "SELECT c::text FROM changes AS c ORDER BY 1")
	mended := func() {
		t.Helper()
		wantLines(t, conn, rowsSQL, "a by import 3", "b by import 4", "c later 4", "d 1")
		wantLines(t, conn, historySQL,
			"a 0→1 a 1 ", "a 1→2 a by import 2 ", "a 2→3 a by import 3 version numbers mended",
			"b 0→1 b 1 ", "b 1→2 b by import 2 ", "b 2→3 b by second patch 3 ", "b 3→4 b by import 4 version numbers mended",
			"c 0→1 c 1 ", "c 1→2 c by patch 2 ", "c 2→3 c later 3 ", "c 3→4 c later 4 version numbers mended",
			"d 0→1 d 1 ")
		wantLines(t, conn, asideSQL, "a 2 a by patch", "b 2 b by patch", "c 2 c by import")
		wantLines(t, conn, `SELECT DISTINCT (sources.updated_at = changes.at AND (state ->> 'updated_at')::timestamptz = changes.at)::text
			FROM sources JOIN changes ON resource_id = sources.id AND to_version = version`, "true")
		for _, sql := range []string{"UPDATE changes SET actor = 'x'", "DELETE FROM changes", "TRUNCATE changes",
			"DELETE FROM changes_doubled"} {
			if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", sql, err)
			}
		}
		again := `INSERT INTO changes (actor, group_id, operation, resource, resource_id, from_version, to_version, state)
			SELECT actor, group_id, operation, resource, resource_id, from_version, to_version, state FROM changes LIMIT 1`
		if _, err := conn.Exec(t.Context(), again); err == nil || !strings.Contains(err.Error(), "changes_versions") {
			t.Errorf("a second change to one version: %v", err)
		}
	}
	up()
	said := "3 things had versions that two changes bore; 3 changes are kept aside in changes_doubled, and 3 things got a new version"
	if !strings.Contains(log.String(), said) {
		t.Errorf("it says %q", log.String())
	}
	mended()
	back()
	wantLines(t, conn, "SELECT c::text FROM changes AS c WHERE reason = '' ORDER BY 1", original...)
	up()
	if said := "3 changes are kept aside in changes_doubled, and 0 things got a new version"; !strings.Contains(log.String(), said) {
		t.Errorf("the second time it says %q", log.String())
	}
	mended()
}
