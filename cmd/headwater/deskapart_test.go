package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// deskOperation is an operation of the document.
type deskOperation struct {
	method, path string
	media, body  string // of its example
	query        []string
	scope        string // that its key must have
}

// deskOperations are all of the document.
func deskOperations(t *testing.T) (all []deskOperation) {
	t.Helper()
	text, err := os.ReadFile("../../openapi/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]struct {
			Scope       string `json:"x-scope"`
			Parameters  []struct{ Name, In string }
			RequestBody struct {
				Content map[string]struct{ Example json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		for method, described := range document.Paths[path] {
			operation := deskOperation{method: strings.ToUpper(method), path: path, scope: described.Scope}
			for _, parameter := range described.Parameters {
				if parameter.In == "query" {
					operation.query = append(operation.query, parameter.Name)
				}
			}
			for media, content := range described.RequestBody.Content {
				if operation.body == "" && content.Example != nil {
					operation.media, operation.body = media, string(content.Example)
				}
			}
			all = append(all, operation)
		}
	}
	return all
}

// caller asks one desk, as the holder of one key.
type caller struct {
	*service
	desk, key string
	headers   []string
}

// call sends a request. What has no end is read for a moment.
func (c caller) call(t *testing.T, method, path, media, body string) (status int, header http.Header, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	if strings.Contains(path, "/stream") {
		ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
	}
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, c.url+c.desk+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", media)
	}
	if c.key != "" {
		request.Header.Set("Authorization", "Bearer "+c.key)
	}
	for i := 0; i < len(c.headers); i += 2 {
		request.Header.Set(c.headers[i], c.headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil && ctx.Err() == nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return response.StatusCode, response.Header, string(answer)
}

// makeDesk makes a desk with the demo's story, and gives the token of its first key.
func makeDesk(t *testing.T, database, name string) (token string) {
	t.Helper()
	ok(t, "desk", "create", name, "--namespace", "https://same.example", "--database-url", database)
	ok(t, "import", "--desk", name, "--database-url", database, bundleFile(t, string(testdata.Demo)))
	made := ok(t, "key", "create", "--desk", name, "--name", "admin", "--scope", "admin", "--database-url", database)
	token, _, _ = strings.Cut(made, "\n")
	return token
}

// awaitDesk waits until a desk is served.
func (s *service) awaitDesk(t *testing.T, name string) {
	t.Helper()
	wait(t, 30*time.Second, "the desk "+name+" is served", func() bool {
		status, _ := s.get(t, "/desks/"+name+"/readyz")
		return status == http.StatusNoContent
	})
}

// rowsOf has all rows of a desk by table, the bookkeeping apart of when keys were used and webhooks are tried again.
func rowsOf(t *testing.T, database, name string) map[string]string {
	t.Helper()
	rows := map[string]string{}
	at := with(t, database, "search_path", deskPath(name))
	tables := queried(t, at, "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = current_schema()")
	for table := range strings.FieldsSeq(tables) {
		row := "to_jsonb(t)"
		switch table {
		case "api_keys":
			row += " - 'last_used_at'"
		case "webhooks":
			row += " - '{next_at,failures,failing_since,last_failure}'::text[]"
		}
		rows[table] = queried(t, at, fmt.Sprintf(`SELECT coalesce(string_agg(row, E'\n' ORDER BY row), '')
			FROM (SELECT (%s)::text AS row FROM %q AS t) AS rows`, row, table))
	}
	return rows
}

// marker is in what one desk alone has.
const marker = "Zzmarker"

// TestDesksAreApart has two desks with the same things, of which one has some more. Every operation is called on the other with what the
// first gave out: ids, keys, cursors, Idempotency-Keys, tokens and sessions. It learns nothing of the first, which stays as it is.
func TestDesksAreApart(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	tokenA, tokenB := makeDesk(t, database, "aleph"), makeDesk(t, database, "beth")
	ok(t, "import", "--desk", "aleph", "--feed", marker, "--database-url", database, bundleFile(t, `{"type": "bundle", "format": `+
		`"headwater-bundle/1", "namespace": "https://same.example"}`+"\n"+
		`{"type": "source", "key": "feed-source", "kind": "outlet", "name": "`+marker+` of a feed"}`+"\n"))
	s := startService(t, "--database-url", database, "--log-key", t.TempDir()+"/log.key", "--webhook-key", t.TempDir()+"/webhook.key")
	s.keepLog()
	s.awaitDesk(t, "aleph")
	s.awaitDesk(t, "beth")
	a := caller{s, "/desks/aleph", tokenA, []string{"Idempotency-Key", "of-aleph-", "X-Change-Reason", marker}}
	operations := deskOperations(t)
	only := storedOnlyIn(t, a, operations)
	status, header, _ := caller{s, a.desk, a.key, nil}.call(t, "POST", "/v1/session", "", "")
	name, session, _ := strings.Cut(strings.Split(header.Get("Set-Cookie"), ";")[0], "=")
	if status != http.StatusOK || name != "headwater-session-aleph" {
		t.Fatal(status, header)
	}
	settled := func() bool {
		return queried(t, with(t, database, "search_path", deskPath("aleph")), `SELECT (NOT EXISTS (SELECT FROM unsequenced) AND
			(SELECT max(size) FROM log_checkpoints) = (SELECT count(*) FROM changes))::text`) == "true"
	}
	wait(t, time.Minute, "the log of aleph", settled)
	cursors := map[string]string{}
	for _, operation := range operations {
		if operation.method == "GET" && slices.Contains(operation.query, "cursor") && !strings.Contains(operation.path, "{") {
			_, _, text := a.call(t, "GET", operation.path+"?limit=1", "", "")
			var page struct {
				Next string `json:"next_cursor"`
			}
			if err := json.Unmarshal([]byte(text), &page); err != nil {
				t.Fatal(operation.path, text)
			}
			cursors[operation.path] = page.Next
		}
	}
	export := ok(t, "export", "--desk", "aleph", "--database-url", database)
	before := stable(t, database, "aleph")

	b := caller{s, "/desks/beth", tokenB, []string{"Idempotency-Key", "", "If-Match", "*", "X-Headwater-Seen", strings.Repeat("01", 21)}}
	again := caller{s, a.desk, a.key, nil}
	shown, changed := 0, 0
	stranger := caller{s, "/desks/beth", tokenA, nil}
	visitor := caller{s, "/desks/beth", "", []string{"Cookie", name + "=" + session + "; headwater-session-beth=" + session}}
	for _, operation := range operations {
		for _, ids := range []map[string]string{only, sharedIDs} {
			path := withIDs(operation.path, ids)
			if operation.path == "/v1/session" {
				continue
			}
			for _, query := range queriesOf(operation, only, cursors) {
				asked := path
				if query != "" {
					asked += "?" + query
				}
				if operation.method == "GET" {
					if _, _, text := again.call(t, "GET", asked, "", ""); strings.Contains(text, marker) {
						shown++
					}
				}
				b.headers[1] = "of-aleph-" + strings.TrimPrefix(operation.path, "/v1/")
				status, _, text := b.call(t, operation.method, asked, operation.media, operation.body)
				if operation.method != "GET" && status/100 == 2 {
					changed++
				}
				if strings.Contains(text, marker) && !strings.Contains(query, marker) && !strings.Contains(path, marker) {
					t.Errorf("%s %s: %d, with what aleph alone has: %s", operation.method, asked, status, text)
				}
				if status >= http.StatusInternalServerError && !strings.Contains(operation.path, "log/witness") {
					t.Errorf("%s %s: %d %s", operation.method, asked, status, text)
				}
			}
			if operation.scope == "" || operation.scope == "none" {
				continue
			}
			for _, other := range []caller{stranger, visitor} {
				status, _, text := other.call(t, operation.method, path, operation.media, operation.body)
				if status != http.StatusUnauthorized {
					t.Errorf("%s %s as a key or session of aleph: %d %s", operation.method, path, status, text)
				}
			}
		}
	}
	if shown < 50 || changed < 20 {
		t.Errorf("aleph shows the marker %d times, and beth is changed %d times: too few to see anything", shown, changed)
	}
	_, _, said := visitor.call(t, "GET", "/v1/session", "", "")
	contains(t, said, `"signed_in":false`)
	if diff := cmp.Diff(before, stable(t, database, "aleph")); diff != "" {
		t.Errorf("aleph changed:\n%s", diff)
	}
	if ok(t, "export", "--desk", "aleph", "--database-url", database) != export {
		t.Error("aleph is exported differently")
	}
	for _, list := range []string{"/v1/sources", "/v1/claims", "/v1/changes", "/v1/feeds", "/v1/keys"} {
		if status, text := s.get(t, list); status != http.StatusOK || !strings.Contains(text, `"items":[]`) {
			t.Errorf("the main service has %s: %d %s", list, status, text)
		}
	}
}

// stable are the rows of a desk once nothing works on them any more.
func stable(t *testing.T, database, name string) (rows map[string]string) {
	t.Helper()
	wait(t, time.Minute, "a desk at rest", func() bool {
		before := rows
		rows = rowsOf(t, database, name)
		return cmp.Equal(before, rows)
	})
	return rows
}

// storedOnlyIn stores what the examples of the document create, with the marker, and gives the ids by kinds.
func storedOnlyIn(t *testing.T, a caller, operations []deskOperation) map[string]string {
	t.Helper()
	ids := map[string]string{"name": marker, "suggestion": headwater.NewID().String()}
	for _, kind := range []string{"sources", "relations", "documents", "claims", "attributions", "links", "reviews", "matches", "webhooks",
		"keys"} {
		at := slices.IndexFunc(operations, func(o deskOperation) bool { return o.method == "POST" && o.path == "/v1/"+kind })
		body := operations[at].body
		for _, word := range []string{"Quay Observer", "Two tugs", "Tugs that", "tells the news desk", "Both are", "dashboard"} {
			body = strings.ReplaceAll(body, `"`+word, `"`+marker+" "+word)
		}
		if kind == "matches" {
			body = strings.ReplaceAll(body, sourceOf("quay-observer"), ids["sources"])
			body = uuids.ReplaceAllStringFunc(body, func(id string) string {
				if id == sourceOf("galeway-gazette") {
					return id
				}
				return ids["sources"]
			})
		}
		headers := slices.Clone(a.headers)
		headers[1] += kind
		status, _, text := caller{a.service, a.desk, a.key, headers}.call(t, "POST", "/v1/"+kind, "application/json", body)
		var made struct{ ID string }
		if err := json.Unmarshal([]byte(text), &made); err != nil || status != http.StatusCreated {
			t.Fatalf("%s: %d %s %s", kind, status, text, body)
		}
		ids[kind] = made.ID
	}
	return ids
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// sharedIDs are of what both desks have.
var sharedIDs = map[string]string{"sources": sourceOf("oxbow-wire"),
	"claims": headwater.NamespaceOf("https://headwater.example/demo").ID(headwater.ResourceClaim, "toll-31").String()}

// withIDs puts ids into a path, where there are such, and else one of nothing.
func withIDs(path string, ids map[string]string) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(path, "/v1/"), "/")
	for name, id := range map[string]string{"{id}": ids[kind], "{name}": ids["name"], "{suggestion}": ids["suggestion"]} {
		if id == "" {
			id = "019cec2a-7c1e-7d3a-9f00-1b2c3d4e5f60"
		}
		path = strings.ReplaceAll(path, name, id)
	}
	return path
}

// queriesOf are those of an operation with what aleph gave out.
func queriesOf(operation deskOperation, ids, cursors map[string]string) []string {
	if operation.method != "GET" {
		return []string{""}
	}
	queries := []string{""}
	kind, _, _ := strings.Cut(strings.TrimPrefix(operation.path, "/v1/"), "/")
	for name, value := range map[string]string{"cursor": cursors[operation.path], "id": ids[kind], "feed": marker, "claim": ids["claims"],
		"source": ids["sources"], "resource_id": ids["sources"], "document": ids["documents"], "group": headwater.NewID().String(),
		"thing": ids["sources"], "q": "Observer", "query": "tugs", "actor": "admin", "include": "state", "of": ids["sources"]} {
		if value != "" && slices.Contains(operation.query, name) {
			queries = append(queries, name+"="+value)
		}
	}
	switch operation.path {
	case "/v1/log/consistency":
		return []string{"from=1&to=2"}
	case "/v1/log/inclusion":
		return []string{"change=" + headwater.NewID().String()}
	case "/v1alpha1/claims:search":
		return []string{"query=tugs"}
	}
	return queries
}

// TestDeskIsDroppedWhileItIsUsed: each request gets an answer or its problem, nothing of another desk, and the service goes on.
func TestDeskIsDroppedWhileItIsUsed(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "import", "--database-url", database, bundleFile(t, string(testdata.Demo)))
	before := ok(t, "export", "--database-url", database)
	for _, name := range []string{"gone", "stays"} {
		ok(t, "desk", "create", name, "--database-url", database)
	}
	s := startService(t, "--database-url", database, "--log-key", t.TempDir()+"/log.key")
	s.keepLog()
	s.awaitDesk(t, "gone")
	s.awaitDesk(t, "stays")
	var working sync.WaitGroup
	var mutex sync.Mutex
	met := map[int]int{}
	stopped := make(chan struct{})
	for worker := range 4 {
		working.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stopped:
					return
				default:
				}
				method, path, body := "GET", "/desks/gone/v1/sources", ""
				if worker%2 == 0 {
					method, body = "POST", fmt.Sprintf(`{"kind": "outlet", "name": "Paper %d of %d"}`, n, worker)
				}
				status, header, text := s.asks(t, method, path, body)
				mutex.Lock()
				met[status]++
				mutex.Unlock()
				if status/100 != 2 && header.Get("Content-Type") != "application/problem+json" || strings.Contains(text, "oxbow") {
					t.Errorf("%s %s: %d %s", method, path, status, text)
				}
			}
		})
	}
	wait(t, 20*time.Second, "writes", func() bool { mutex.Lock(); defer mutex.Unlock(); return met[http.StatusCreated] > 20 })
	ok(t, "desk", "drop", "gone", "--yes", "--database-url", database)
	wait(t, 20*time.Second, "the desk is unknown", func() bool { mutex.Lock(); defer mutex.Unlock(); return met[http.StatusNotFound] > 20 })
	close(stopped)
	working.Wait()
	for status := range met {
		if !slices.Contains([]int{200, 201, 404, 409, 503}, status) {
			t.Errorf("%d answers were %d", met[status], status)
		}
	}
	t.Log(met)
	_, text := s.get(t, "/desks/gone/v1/sources")
	contains(t, text, `unknown desk: the service has no desk \"gone\"`, `"code":"not_found"`)
	if status, _ := s.get(t, "/desks/stays/v1/sources"); status != http.StatusOK {
		t.Error("the other desk answers", status)
	}
	if ok(t, "export", "--database-url", database) != before {
		t.Error("the main service's things have changed")
	}
	ok(t, "desk", "create", "gone", "--database-url", database)
	wait(t, 20*time.Second, "it is made anew", func() bool {
		status, text := s.get(t, "/desks/gone/v1/sources")
		return status == http.StatusOK && strings.Contains(text, `"items":[]`)
	})
	s.stop(t)
}
