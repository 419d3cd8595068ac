package main

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/store/storetest"
)

// TestTheServiceNeedsNoOwner gives a service the role of docs/operations.md: it does all that it does, and cannot alter history.
func TestTheServiceNeedsNoOwner(t *testing.T) {
	t.Parallel()
	sql := blocks(t, "docs/operations.md", "sql")
	database := storetest.New(t)
	role := newRole(t, database)
	statements(t, database, strings.ReplaceAll(sql[0], "headwater_service", role))
	as := with(t, database, "role", role)
	works(t, as)
	key := filepath.Join(t.TempDir(), "log.key")
	service := startService(t, "--database-url", as, "--log-key", key)
	service.keepLog()
	if id := service.createNamedSource(t.Context(), "by the service"); id == "" {
		t.Error("it makes no source")
	}
	group := queried(t, database, "SELECT group_id::text FROM imports")
	text := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://many.example/"}` + "\n" +
		`{"type":"source","key":"p","kind":"outlet","name":"P"}` + "\n"
	const document = `{"type":"document","key":"d","publisher":"p","kind":"article","text":"%"}` + "\n"
	for _, version := range []string{"At first.", "In the end."} { // which keeps the text before
		ok(t, "import", "--database-url", as, bundleFile(t, text+strings.Replace(document, "%", version, 1)))
	}
	ok(t, "undo", "--database-url", as, queried(t, database, "SELECT group_id::text FROM imports ORDER BY at DESC LIMIT 1"))
	ok(t, "undo", "--database-url", as, group)
	ok(t, "key", "create", "--database-url", as, "--name", "desk", "--scope", "admin")
	wait(t, longestRecovery, "a checkpoint", func() bool {
		return queried(t, database, "SELECT ((SELECT max(size) FROM log_checkpoints) = count(*))::text FROM changes") == "true"
	})
	service.stop(t)
	rotated := filepath.Join(t.TempDir(), "other.key")
	service = startService(t, "--database-url", as, "--log-key", rotated)
	service.keepLog()
	if status, body := service.get(t, "/readyz"); status != http.StatusNoContent {
		t.Errorf("it is not ready: %d %s", status, body)
	}
	contains(t, ok(t, "verify", "--database-url", as, "--log-key", rotated), ", 0 findings")

	conn, err := pgx.Connect(t.Context(), as)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, sql := range []string{
		"DELETE FROM changes", "UPDATE changes SET actor = 'x'", "TRUNCATE changes", "ALTER TABLE changes DISABLE TRIGGER USER",
		"ALTER TABLE changes DISABLE TRIGGER changes_are_kept", "DROP TABLE changes", "DELETE FROM sequenced",
		"UPDATE sequenced SET seq = 0",
		"DELETE FROM log_entries", "UPDATE log_entries SET entry = ''", "DELETE FROM log_salts", "DELETE FROM log_tiles",
		"DELETE FROM log_checkpoints", "DELETE FROM log_keys", "DELETE FROM document_texts", "UPDATE document_texts SET text = ''",
		"DELETE FROM schema_migrations", "CREATE TABLE public.other ()",
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
