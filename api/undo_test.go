package api_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
)

// TestUndoOfEveryWrite undoes, after each call of an operation that the history records, what the call did, which restores each byte of
// an export, and does it again. That every operation has a call is shown by TestEveryOperationAndStatus.
func TestUndoOfEveryWrite(t *testing.T) {
	t.Parallel()
	w := startWalk(t)
	promised := documentedOperations(t)
	exported := func() string {
		t.Helper()
		status, _, text := w.send("GET", "/v1/exports", "", w.as("admin")...)
		if status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
		return string(text)
	}
	undo := func(id, group string) (undone string) {
		t.Helper()
		status, header, text := w.send("POST", "/v1/changes/undo", `{"group": "`+group+`"}`, w.as("admin")...)
		if status != http.StatusOK || !strings.Contains(string(text), header.Get("X-Headwater-Group")) {
			t.Fatalf("undo of %s: %d %v %s", id, status, header, text)
		}
		return header.Get("X-Headwater-Group")
	}
	tried := 0
	for _, v := range w.calls() {
		p := promised[v.id]
		before := exported()
		body := v.body
		if v.id == "makeDecisions" { // it names the version that it decides on, and each undo made another
			link := ids.FindString(body)
			_, _, now := w.call("GET", "/v1/links/"+link, "", w.as("admin")...)
			body = regexp.MustCompile(`"version": [0-9]+`).ReplaceAllString(body, fmt.Sprintf(`"version": %v`, now["version"]))
		}
		status, header, text := w.send(p.method, v.path, body, w.headers(v)...)
		if status >= http.StatusMultipleChoices {
			t.Fatalf("%s: %d %s", v.id, status, text)
		}
		group := header.Get("X-Headwater-Group")
		ofKeys := strings.HasSuffix(v.id, "Key")
		if records := isUndone(p.operation) || ofKeys; records != (group != "") {
			t.Errorf("%s, which needs %q, has the group %q", v.id, p.scope, group)
		}
		if group == "" || ofKeys { // of which nothing is undone
			continue
		}
		tried++
		after := exported()
		if after == before {
			t.Errorf("%s changes nothing that is exported, so that its undo shows nothing", v.id)
		}
		undone := undo(v.id, group)
		if exported() != before {
			t.Errorf("undone, %s leaves something", v.id)
		}
		undo(v.id, undone)
		if exported() != after {
			t.Errorf("done again, %s does something else", v.id)
		}
	}
	want := 0
	for _, p := range promised {
		if isUndone(p.operation) {
			want++
		}
	}
	if tried != want {
		t.Errorf("%d operations were undone, of %d that write", tried, want)
	}
}

// TestWhatChangedNothingNamesNoGroup: a group is named where there is something to undo, also by the answer that was stored, and else none.
func TestWhatChangedNothingNamesNoGroup(t *testing.T) {
	t.Parallel()
	w := startWalk(t)
	admin := w.as("admin")
	group := func(method, path, body string, headers ...string) string {
		t.Helper()
		status, header, text := w.send(method, path, body, append(headers, admin...)...)
		if status >= http.StatusMultipleChoices {
			t.Fatalf("%s %s: %d %s", method, path, status, text)
		}
		return header.Get("X-Headwater-Group")
	}
	const source = `{"kind": "outlet", "name": "A"}`
	made := group("POST", "/v1/sources", source, "Idempotency-Key", "made-once")
	if again := group("POST", "/v1/sources", source, "Idempotency-Key", "made-once"); made == "" || again != made {
		t.Errorf("the group is %q, and then %q", made, again)
	}
	_, _, replayed := w.call("POST", "/v1/sources", source, append(admin, "Idempotency-Key", "made-once")...)
	id := replayed["id"].(string)
	const lines = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://twice.example/"}` + "\n" +
		`{"type":"source","key":"twice","kind":"outlet","name":"Twice"}` + "\n"
	imports := func(query string) string {
		return group("POST", "/v1/imports"+query, lines, "Content-Type", "application/x-ndjson")
	}
	puts := func() string {
		return group("PUT", "/v1/sources/"+id, `{"kind": "outlet", "name": "B"}`, "If-Match", "*")
	}
	patches := func() string {
		return group("PATCH", "/v1/sources/"+id, `{"name": "C"}`, "Content-Type", "application/merge-patch+json", "If-Match", "*")
	}
	for name, groups := range map[string][2]string{
		"a source": {puts(), puts()}, "a patch": {patches(), patches()}, "an import": {imports(""), imports("")},
	} {
		if groups[0] == "" || groups[1] != "" {
			t.Errorf("%s, written twice, has the groups %q", name, groups)
		}
	}
	if tried := imports("?dry_run=true"); tried != "" {
		t.Errorf("an import that is only tried has the group %q", tried)
	}
	edition := imports("?feed=twice") // which changed nothing, and can be undone
	if edition == "" {
		t.Error("an edition of a feed has no group")
	}
	group("POST", "/v1/changes/undo", `{"group": "`+edition+`"}`)
	status, header, problem := w.call("POST", "/v1/keys", `{"name": "short", "scopes": ["read"]}`,
		append(admin, "X-Change-Reason", "A trial.")...)
	if status != http.StatusCreated || header.Get("X-Headwater-Group") == "" {
		t.Fatalf("%d %v %v", status, header, problem)
	}
	status, _, problem = w.call("POST", "/v1/changes/undo", `{"group": "`+header.Get("X-Headwater-Group")+`"}`, admin...)
	if status != http.StatusConflict || problem["code"] != "changed_since" {
		t.Errorf("the undo of a key: %d %v", status, problem)
	}
}

// TestUndoNeedsAScope: who may undo decisions may not undo the writing of others, nor the other way round.
func TestUndoNeedsAScope(t *testing.T) {
	t.Parallel()
	w := startWalk(t)
	_, header, _ := w.call("POST", "/v1/sources", `{"kind": "outlet", "name": "A"}`, w.as("admin")...)
	body := `{"group": "` + header.Get("X-Headwater-Group") + `"}`
	for _, scope := range []string{"read", "review", "write"} {
		status, _, problem := w.call("POST", "/v1/changes/undo", body, w.as(scope)...)
		if want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[scope == "write"]; status != want {
			t.Errorf("%s: %d %v", scope, status, problem)
		}
	}
	status, _, problem := w.call("POST", "/v1/changes/undo", body, w.as("write")...)
	if status != http.StatusConflict || problem["code"] != "already_undone" {
		t.Errorf("undone twice: %d %v", status, problem)
	}
	status, header, _ = w.call("GET", "/v1/imports", "", w.as("read")...)
	if status != http.StatusOK || header.Get("X-Headwater-Group") != "" {
		t.Errorf("%d %v", status, header)
	}
}

// TestRecordedBy: whatever can be asked as it was recorded by a place in the order, one thing of each kind, all parts of a claim and
// exports, is what was given then, and what names no place is refused.
func TestRecordedBy(t *testing.T) {
	t.Parallel()
	w := startWalk(t)
	demo := headwater.NamespaceOf("https://headwater.example/demo")
	claim := "/v1/claims/" + demo.ID(headwater.ResourceClaim, "harbour-blast-toll").String()
	newest := func() string {
		return fmt.Sprint(w.items("/v1/changes?limit=1&order=desc", w.as("read")...)[0].(map[string]any)["seq"])
	}
	wire, post := demo.ID(headwater.ResourceSource, "oxbow-wire"), demo.ID(headwater.ResourceSource, "ebbtide-post")
	status, _, text := w.send("POST", "/v1/matches", fmt.Sprintf(`{"kind": "same_source", "a": "%s", "b": "%s"}`, wire, post),
		append(w.as("write"), "Prefer", "wait=sealed")...) // so that the demo has its places in the order
	if status != http.StatusCreated {
		t.Fatalf("%d %s", status, text)
	}
	place := newest()
	first := map[headwater.Resource]string{}
	var paths []string
	for _, name := range headwater.Things() {
		list := "/v1/" + headwater.Resource(name).Plural()
		first[headwater.Resource(name)] = list + "/" + w.items(list+"?limit=1", w.as("read")...)[0].(map[string]any)["id"].(string)
		paths = append(paths, first[headwater.Resource(name)])
	}
	for _, part := range []string{"", "?include=documents,links,reviews,standing,report", "/attributions?limit=1000",
		"/attributions?status=all&sort=-created_at", "/links?status=all", "/corroborations?include=standing,origins,carriers",
		"/contradictions?include=standing,origins,carriers", "/timeline", "/timeline?by=said_at", "/timeline?scope=evidence&limit=1000",
		"/corroboration", "/card", "/card?format=svg&lang=ar", "/provenance", "/provenance?format=mermaid", "/bundle",
		"/bundle?texts=true"} {
		paths = append(paths, claim+part)
	}
	paths = append(paths, "/v1/exports", "/v1/exports?format=claimreview", "/v1/exports?format=factcheck")
	for _, of := range interchange.TableOf("").Values() {
		paths = append(paths, "/v1/exports?format=csv&of="+of)
	}
	given := map[string]string{}
	for _, path := range paths {
		status, _, text := w.send("GET", path, "", w.as("read")...)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, text)
		}
		given[path] = string(text)
	}
	said := w.items(claim+"/attributions?limit=1", w.as("read")...)[0].(map[string]any)["id"].(string)
	changes := []string{"/v1/sources/" + wire.String() + "/retract", claim + "/retract", "/v1/attributions/" + said + "/reject"}
	for resource, step := range map[headwater.Resource]string{headwater.ResourceSource: "retract", headwater.ResourceRelation: "retract",
		headwater.ResourceDocument: "retract", headwater.ResourceClaim: "retract", headwater.ResourceAttribution: "reject",
		headwater.ResourceLink: "reopen", headwater.ResourceReview: "retract", headwater.ResourceMatch: "reject"} {
		changes = append(changes, first[resource]+"/"+step)
	}
	for _, path := range changes {
		if status, _, text := w.send("POST", path, "", append(w.as("admin"), "If-Match", "*")...); status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, text)
		}
	}
	at := func(path, place string) string {
		return path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "recorded_by=" + place
	}
	for _, path := range paths {
		if _, _, text := w.send("GET", path, "", w.as("read")...); string(text) == given[path] {
			t.Errorf("%s is what it was, so that it shows nothing", path)
		}
		status, header, text := w.send("GET", at(path, place), "", w.as("read")...)
		was := strings.ReplaceAll(string(text), "&amp;recorded_by="+place, "") // a card says where it is
		if status != http.StatusOK || was != given[path] {
			t.Errorf("%s recorded by %s: %d %s\nwas %s", path, place, status, text, given[path])
		}
		if etag := header.Get("ETag"); etag != "" && !strings.Contains(path, "include=") {
			if status, _, _ := w.send("GET", at(path, place), "", append(w.as("read"), "If-None-Match", etag)...); status !=
				http.StatusNotModified {
				t.Errorf("%s asked again: %d", path, status)
			}
		}
		for _, unknown := range []string{"0", "100000", "2001-01-01T00:00:00Z", "soon"} {
			status, _, text := w.send("GET", at(path, unknown), "", w.as("read")...)
			if status != http.StatusUnprocessableEntity || !strings.Contains(string(text), `"/recorded_by"`) {
				t.Errorf("%s recorded by %s: %d %s", path, unknown, status, text)
			}
		}
	}
	if status, _, text := w.send("GET", at(claim, "1"), "", w.as("read")...); status != http.StatusNotFound {
		t.Errorf("before it was made: %d %s", status, text)
	}
	for _, path := range []string{"/v1/claims", "/v1/sources?q=a", "/v1/links"} {
		status, _, text := w.send("GET", at(path, place), "", w.as("read")...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(string(text), "recorded_by") {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
}

// isUndone says whether an operation makes changes of the history. A lease is none: it passes by itself.
func isUndone(o operation) bool {
	return o.id != "leaseProposals" && (o.scope == "write" || o.scope == "review" || o.scope == "write or review")
}
