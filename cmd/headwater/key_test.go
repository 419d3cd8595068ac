package main

import (
	"strings"
	"testing"

	"github.com/headwater-project/headwater/store/storetest"
)

// TestKeysByCommands: what a command does to a key has a place in the history, with who did it and why.
func TestKeysByCommands(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	key := func(args ...string) string {
		t.Helper()
		return ok(t, append([]string{"key", "--database-url", database}, args...)...)
	}
	key("create", "--name", "night desk", "--scope", "read", "--reason", "For the night.")
	id := queried(t, database, "SELECT id::text FROM api_keys")
	key("rotate", id, "--reason", "It was lost.")
	key("revoke", id, "--reason", "The night is over.")
	const history = `SELECT string_agg(concat_ws(' ', operation, to_version, reason), '; ' ORDER BY to_version) FROM changes
		WHERE resource = 'key' AND starts_with(actor, 'cli:') AND group_id <> '00000000-0000-0000-0000-000000000000'`
	want := []string{"create 1 For the night.", "rotate 2 It was lost.", "revoke 3 The night is over."}
	if got := queried(t, database, history); got != strings.Join(want, "; ") {
		t.Errorf("the history says %q, want %q", got, want)
	}
}
