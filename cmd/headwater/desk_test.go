package main

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/headwater-project/headwater/internal/testenv"
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
	refused("nodes of Citus", "desk", "move", "beirut", "--to", "10.0.0.5:5432")
	refused("there is no such desk", "desk", "move", "nowhere", "--to", "10.0.0.5:5432")
	refused("expected a host and a port", "desk", "move", "beirut", "--to", "10.0.0.5")
	refused("expected a host and a port", "desk", "move", "beirut")
	file := t.TempDir() + "/beirut.backup"
	if said := ok(t, "backup", "--desk", "beirut", "--database-url", database, file); strings.Contains(said, "not in it") {
		t.Errorf("the backup of a desk says: %s", said)
	}
	contains(t, ok(t, "backup", "--database-url", database, t.TempDir()+"/main.backup"), "the desk beirut is not in it: headwater backup "+
		"--desk beirut FILE", "the desk tunis-2 is not in it")
	contains(t, desk("backup", "-").stderr, "written to standard output", "the desk half is not in it")
	ok(t, "desk", "drop", "beirut", "--yes", "--database-url", database)
	ok(t, "desk", "create", "beirut", "--namespace", "https://beirut.example", "--database-url", database)
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
	if r.code != 1 || strings.Count(r.stdout, "up to date") != 3 ||
		!strings.Contains(r.stderr, "desk b: the database's schema_migrations is marked dirty") {
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

// TestDesksAreServed at their paths and hosts: the API, its document, the page, cards, assistants, streams, logs and measures.
func TestDesksAreServed(t *testing.T) {
	t.Parallel()
	database, keys, measures := storetest.New(t), t.TempDir(), testenv.FreeAddress(t)
	token := makeDesk(t, database, "beirut")
	s := startService(t, "--database-url", database, "--log-key", keys+"/log.key", "--log-origin", "claims.example/log",
		"--desk-host", "Beirut.Example=beirut", "--desk-host", "nowhere.example=nowhere", "--desks", "2", "--metrics-addr", measures,
		"--public-read")
	log := s.keepLog()
	s.awaitDesk(t, "beirut")
	desk := caller{s, "/desks/beirut", token, nil}
	toll := sharedIDs["claims"]
	status, header, text := desk.call(t, "GET", "", "", "")
	if !strings.Contains(text, "<html") || status != http.StatusOK {
		t.Errorf("the page of the desk: %d %v %.100s", status, header, text)
	}
	for path, says := range map[string]string{
		"/openapi.json": `"url":"."`, "/docs/": "swagger", "/en/claims": `src="./../assets/`, "/v1/claims/" + toll: `"toll-31"`,
		"/v1/claims/" + toll + "/card?lang=en": "/desks/beirut/v1/claims/" + toll + "/card",
		"/v1/sources?limit=1":                  `"next_cursor"`,
		"/v1/claims?q=kiled+peple&limit=1":     `"items":[{`,
	} {
		status, _, text := desk.call(t, "GET", path, "", "")
		if status != http.StatusOK || !strings.Contains(text, says) {
			t.Errorf("%s: %d, without %s: %.300s", path, status, says, text)
		}
	}
	assistant := caller{s, desk.desk, token, []string{"Accept", "application/json, text/event-stream"}}
	status, _, text = assistant.call(t, "POST", "/mcp", "application/json", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`)
	if status != http.StatusOK || !strings.Contains(text, "search_claims") {
		t.Errorf("assistants: %d %.300s", status, text)
	}
	status, header, text = desk.call(t, "POST", "/v1/sources", "application/json", `{"kind": "outlet", "name": "A paper", "key": "paper"}`)
	if status != http.StatusCreated || !strings.Contains(text, `"namespace":"https://same.example"`) {
		t.Errorf("created: %d %v %s", status, header, text)
	}
	wait(t, 20*time.Second, "a signed checkpoint", func() bool {
		_, note := s.get(t, "/desks/beirut/v1/log/checkpoint")
		return strings.HasPrefix(note, "claims.example/log/desks/beirut\n")
	})
	if _, err := os.Stat(keys + "/desks/beirut/log.key"); err != nil {
		t.Error(err)
	}
	wait(t, 20*time.Second, "standings are worked out", func() bool {
		_, text := s.get(t, "/desks/beirut/v1/claims?standing=contested&limit=1")
		return strings.Contains(text, `"items":[{`)
	})

	byHost := func(host, path string) (int, string) {
		status, _, text := s.asks(t, http.MethodGet, path, "", "Host", host)
		return status, text
	}
	for _, host := range []string{"beirut.example", "BEIRUT.example:8080", "beirut.example."} {
		if status, text := byHost(host, "/v1/sources?key=paper"); status != http.StatusOK || !strings.Contains(text, "A paper") {
			t.Errorf("%s: %d %s", host, status, text)
		}
	}
	if status, text := byHost("beirut.example", "/v1/claims/"+toll+"/card?lang=en"); !strings.Contains(text,
		"http://beirut.example/v1/claims/") {
		t.Error(status, text)
	}
	if status, text := byHost("beirut.example", "/desks/beirut/v1/sources"); status != http.StatusNotFound {
		t.Error(status, text)
	}
	if status, text := byHost("nowhere.example", "/v1/sources"); status != http.StatusNotFound || !strings.Contains(text, "unknown desk") {
		t.Error(status, text)
	}
	for _, path := range []string{"/desks/nowhere/v1/sources", "/desks/%62eirut", "/desks/beirut%2Fv1", "/desks/Beirut/"} {
		if status, text := s.get(t, path); status != http.StatusNotFound || !strings.Contains(text, "unknown desk") ||
			!strings.Contains(text, `"request_id"`) {
			t.Error(path, status, text)
		}
	}
	contains(t, ok(t, "search", "--server", s.url, "--desk", "beirut", "paper"), "A paper")

	_, _, page := (&service{url: "http://" + measures}).asks(t, "GET", "/metrics", "")
	contains(t, page, `headwater_http_requests_total{desk="beirut",method="GET",operation="getClaim",status="200"}`, "go_goroutines ",
		`headwater_http_requests_total{method="GET",operation="",status="404"}`)
	statements(t, database, "ALTER EXTENSION pg_trgm SET SCHEMA public") // beside the tables of the main service
	contains(t, invoke(t, "export", "--desk", "beirut", "--database-url", database).stderr, "headwater desk create moves it")
	wait(t, 20*time.Second, "it is no longer served", func() bool {
		status, text := s.get(t, "/desks/beirut/v1/sources")
		return status == http.StatusServiceUnavailable && strings.Contains(text, "pg_trgm is in the schema public")
	})
	ok(t, "desk", "create", "amman", "--database-url", database)
	s.awaitDesk(t, "amman")
	s.awaitDesk(t, "beirut")
	ok(t, "desk", "create", "aden", "--database-url", database)
	wait(t, 20*time.Second, "one desk is too many", func() bool {
		status, text := s.get(t, "/desks/aden/v1/sources")
		return status == http.StatusServiceUnavailable && strings.Contains(text, "as many desks as it may, 2 (--desks)")
	})
	ok(t, "desk", "drop", "amman", "--yes", "--database-url", database)
	s.awaitDesk(t, "aden")
	s.stop(t)
	contains(t, log(), "desk=beirut path=/desks/beirut", "desk=aden path=/desks/aden", "a desk is no longer served")
}

// TestDeskNeedsAKeyWhereOthersReachIt: as the service itself does. It is served once it has one.
func TestDeskNeedsAKeyWhereOthersReachIt(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "key", "create", "--name", "admin", "--scope", "admin", "--database-url", database)
	ok(t, "desk", "create", "open", "--database-url", database)
	s := startServiceWith(t, nil, "--database-url", database, "--addr", "0.0.0.0:0", "--public-read")
	s.url = "http://127.0.0.1:" + s.url[strings.LastIndex(s.url, ":")+1:]
	log := s.keepLog()
	wait(t, 20*time.Second, "it is not served", func() bool {
		status, text := s.get(t, "/desks/open/v1/sources")
		return status == http.StatusServiceUnavailable && strings.Contains(text, "cannot be opened")
	})
	ok(t, "key", "create", "--desk", "open", "--name", "admin", "--scope", "admin", "--database-url", database)
	wait(t, 20*time.Second, "it is served", func() bool {
		status, _ := s.get(t, "/desks/open/v1/sources")
		return status == http.StatusOK
	})
	s.stop(t)
	contains(t, log(), "until a key is made")
}
