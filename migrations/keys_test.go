package migrations_test

import (
	"testing"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
)

// keysHistory is the migration that gives keys a history.
const keysHistory = 26

// TestKeysFromBeforeGetAHistory migrates keys up, down and up: each gets one change that says what it is, and another one only where it
// was changed while the schema was the one before.
func TestKeysFromBeforeGetAHistory(t *testing.T) {
	t.Parallel()
	to := storetest.New(t)
	back := func() {
		t.Helper()
		downBefore(t, to, keysHistory)
	}
	up := func() {
		t.Helper()
		if err := migrations.Up(t.Context(), to); err != nil {
			t.Fatal(err)
		}
	}
	back()
	conn := connect(t, to)
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec(`INSERT INTO api_keys (id, name, scopes, prefix, hash, created_at, created_by, revoked_at)
		SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'desk ' || n, '{read}', 'hw_' || n, sha256('x'),
		'2026-01-02 03:04:05.6+02', 'cli:rana', CASE n WHEN 2 THEN timestamptz '2026-01-02 03:04:05Z' END FROM generate_series(1, 2) AS n`)
	up()
	const history = `SELECT concat_ws(' ', operation, from_version, to_version, api_keys.version, actor, state ->> 'name',
		state ->> 'created_at', state ->> 'revoked_at', place)
		FROM changes JOIN api_keys ON api_keys.id = resource_id JOIN unsequenced ON change = changes.id
		WHERE resource = 'key' ORDER BY resource_id, to_version`
	first := "create 0 1 1 cli:rana desk 1 2026-01-02T01:04:05.6+00:00 9"
	wantLines(t, conn, history, first, "create 0 1 1 cli:rana desk 2 2026-01-02T01:04:05.6+00:00 2026-01-02T03:04:05+00:00 9")
	back()
	exec("UPDATE api_keys SET revoked_at = NULL WHERE name = 'desk 2'")
	up()
	wantLines(t, conn, history, first, "create 0 1 2 cli:rana desk 2 2026-01-02T01:04:05.6+00:00 2026-01-02T03:04:05+00:00 9",
		"update 1 2 2 cli:rana desk 2 2026-01-02T01:04:05.6+00:00 9")
}
