package migrations_test

import (
	"testing"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
)

// sequence is the migration that puts all changes in one order.
const sequence = 12

// unordered is a history as the version before left it: transaction 9 wrote b at last what 12 had written, and 12 what 14 had; an
// import (11) wrote what refers to what it wrote too. Two things have one id.
const unordered = `
	INSERT INTO changes (xid, actor, operation, resource, resource_id, from_version, to_version, state)
	SELECT xid::text::xid8, 'cli:t', CASE version WHEN 1 THEN 'create' ELSE 'update' END, resource,
		('00000000-0000-4000-8000-00000000000' || which)::uuid, version - 1, version, '{}'
	FROM (VALUES
		(7, 'source', 'a', 1), (8, 'source', 'b', 1), (7, 'claim', 'a', 1),
		(9, 'source', 'b', 4), (12, 'source', 'b', 3), (14, 'source', 'b', 2),
		(11, 'attribution', 'd', 1), (11, 'claim', 'c', 1), (11, 'source', 'e', 1),
		(13, 'source', 'a', 2)
	) AS made (xid, resource, which, version)`

const orderSQL = `SELECT seq || ' ' || resource || ' ' || right(resource_id::text, 1) || to_version
	FROM sequenced JOIN changes ON (changes.xid, changes.id) = (sequenced.xid, change) ORDER BY seq`

// TestTheHistoryIsSequenced migrates a history up, down and up: version n comes before n+1, what is referred to before what refers
// to it, and else transactions come by their numbers. What was written since is sequenced by the second migration.
func TestTheHistoryIsSequenced(t *testing.T) {
	t.Parallel()
	to := storetest.New(t)
	back := func() {
		t.Helper()
		downBefore(t, to, sequence)
	}
	back()
	conn := connect(t, to)
	if _, err := conn.Exec(t.Context(), unordered); err != nil {
		t.Fatal(err)
	}
	original := lines(t, conn, "SELECT c::text FROM changes AS c ORDER BY 1")
	up := func() {
		t.Helper()
		if err := migrations.Up(t.Context(), to); err != nil {
			t.Fatal(err)
		}
	}
	up()
	wantLines(t, conn, orderSQL, "1 source a1", "2 claim a1", "3 source b1", "4 source e1", "5 claim c1", "6 attribution d1",
		"7 source a2", "8 source b2", "9 source b3", "10 source b4")
	wantLines(t, conn, "SELECT DISTINCT group_id::text || coalesce(actor_id::text, '') FROM changes",
		"00000000-0000-0000-0000-000000000000")
	older := `INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, state)
		VALUES ('cli:older', 'create', 'source', gen_random_uuid(), 0, 1, '{}')`
	if _, err := conn.Exec(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	wantLines(t, conn, "SELECT place || ' ' || (SELECT operation FROM changes WHERE id = change) FROM unsequenced", "1 create")
	back()
	wantLines(t, conn, "SELECT c::text FROM changes AS c WHERE actor <> 'cli:older' ORDER BY 1", original...)
	up()
	wantLines(t, conn, "SELECT count(*) || ' of ' || max(seq) FROM sequenced", "11 of 11")
}
