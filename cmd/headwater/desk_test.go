package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// deskPath is the search_path of a desk, which is what statements need to see its tables.
func deskPath(name string) string { return `"desk_` + name + `"` }

// TestDeskCommands makes, lists and drops desks, also where a making was stopped, and works in them.
func TestDeskCommands(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	desk := func(args ...string) result { return invoke(t, append(args, "--database-url", database)...) }
	refused := func(says string, args ...string) {
		t.Helper()
		if r := desk(args...); r.code != 1 || !strings.Contains(r.stderr, says) {
			t.Errorf("%q ended with %d: %s; want %q", args, r.code, r.stderr, says)
		}
	}
	contains(t, ok(t, "desk", "create", "beirut", "--namespace", "https://beirut.example", "--database-url", database),
		"the desk beirut is made, with the namespace https://beirut.example")
	refused(`there is a desk "beirut" already, with the namespace https://beirut.example`, "desk", "create", "beirut")
	for _, name := range []string{"Beirut", "", "1a", "a_b", "a.b", "a/b", "بيروت", strings.Repeat("a", 41)} {
		refused("expected a small letter", "desk", "create", name)
	}
	contains(t, ok(t, "desk", "create", "tunis-2", "--database-url", database), "https://headwater.example/local/desks/tunis-2")
	statements(t, database, `CREATE SCHEMA desk_foreign`)
	refused("may be there and no desk's", "desk", "create", "foreign")
	list := ok(t, "desk", "list", "--database-url", database)
	contains(t, list, "beirut ", "tunis-2", "up to date", "https://beirut.example")
	if strings.Contains(list, "foreign") {
		t.Errorf("a schema that is no desk's is listed:\n%s", list)
	}
	statements(t, database, `CREATE SCHEMA desk_half`, `COMMENT ON SCHEMA desk_half IS 'headwater desk, being made: https://half.example'`)
	contains(t, ok(t, "desk", "list", "--database-url", database), "not made to the end")
	refused("go on with: headwater desk create half", "key", "list", "--desk", "half")
	refused("was begun with --namespace https://half.example", "desk", "create", "half")
	ok(t, "desk", "create", "half", "--namespace", "https://half.example", "--database-url", database)

	ok(t, "import", "--desk", "beirut", "--database-url", database, bundleFile(t, string(testdata.Demo)))
	contains(t, ok(t, "search", "--desk", "beirut", "--database-url", database, "kiled peple"), "toll")
	for _, elsewhere := range [][]string{{}, {"--desk", "half"}} {
		if exported := ok(t, append(elsewhere, "export", "--database-url", database)...); strings.Count(exported, "\n") > 1 {
			t.Errorf("%q has what was imported into beirut", elsewhere)
		}
	}
	contains(t, ok(t, "export", "--desk", "beirut", "--database-url", database), `"namespace":"https://beirut.example"`)
	refused(`"https://other.example", and that of the desk beirut is "https://beirut.example"`, "export", "--desk", "beirut", "--namespace",
		"https://other.example")
	refused("headwater desk list lists them", "export", "--desk", "nowhere")
	refused("--pooler transaction", "export", "--desk", "beirut", "--pooler", "transaction")

	refused("nothing is dropped without --yes, which drops the desk beirut", "desk", "drop", "beirut")
	refused("there is no such desk", "desk", "drop", "foreign", "--yes")
	refused("nodes of Citus", "desk", "move", "beirut", "10.0.0.5:5432")
	refused("expected a host and a port", "desk", "move", "beirut", "10.0.0.5")
	file := t.TempDir() + "/beirut.backup"
	ok(t, "backup", "--desk", "beirut", "--database-url", database, file)
	ok(t, "desk", "drop", "beirut", "--yes", "--database-url", database)
	ok(t, "desk", "create", "beirut", "--namespace", "https://beirut.example", "--database-url", database)
	ok(t, "migrate", "down", "--steps", "1", "--desk", "beirut", "--database-url", database)
	statements(t, with(t, database, "search_path", deskPath("beirut")), "DROP SCHEMA desk_beirut CASCADE", "CREATE SCHEMA desk_beirut",
		"COMMENT ON SCHEMA desk_beirut IS 'headwater desk: https://beirut.example'")
	ok(t, "restore", "--desk", "beirut", "--database-url", database, file)
	contains(t, ok(t, "search", "--desk", "beirut", "--database-url", database, "kiled peple"), "toll")
	contains(t, ok(t, "migrate", "status", "--database-url", database), "up to date")
}

// TestMigrateAllDesks: each for itself, and one that fails keeps no other from it. A service leaves out what is of another version.
func TestMigrateAllDesks(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	for _, name := range []string{"a", "b", "c"} {
		ok(t, "desk", "create", name, "--database-url", database)
		ok(t, "migrate", "down", "--steps", "1", "--desk", name, "--database-url", database)
	}
	s := startService(t, "--database-url", database)
	log := s.keepLog()
	wait(t, 20*time.Second, "what the service says of the desk", func() bool {
		status, body := s.get(t, "/desks/c/v1/claims")
		return status == http.StatusServiceUnavailable && strings.Contains(body, "migrate up --all-desks")
	})
	statements(t, database, `UPDATE desk_b.schema_migrations SET dirty = true`)
	if r := invoke(t, "desk", "list", "--database-url", database); r.code != 0 {
		t.Error(r.stderr)
	}
	r := invoke(t, "migrate", "up", "--all-desks", "--database-url", database)
	if r.code != 1 || strings.Count(r.stdout, "up to date") != 3 || !strings.Contains(r.stderr, "desk b: the database's schema_migrations is "+
		"marked dirty") {
		t.Errorf("%d: %s%s", r.code, r.stdout, r.stderr)
	}
	served := func(name string) func() bool {
		return func() bool { status, _ := s.get(t, "/desks/"+name+"/v1/claims"); return status == http.StatusOK }
	}
	wait(t, 20*time.Second, "the desk c is served", served("c"))
	if status, body := s.get(t, "/desks/b/v1/claims"); status != http.StatusServiceUnavailable {
		t.Error(status, body)
	}
	statements(t, database, `UPDATE desk_b.schema_migrations SET dirty = false`)
	contains(t, ok(t, "migrate", "up", "--all-desks", "--database-url", database), "desk b: schema version")
	wait(t, 20*time.Second, "the desk b is served", served("b"))
	s.stop(t)
	if latest, err := migrations.Latest(); err != nil || !regexp.MustCompile(`a desk is not served.*desk=b`).MatchString(log()) {
		t.Error(latest, err, log())
	}
}
