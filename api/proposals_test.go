package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// queue is a service with the demo and its own proposals: links that would corroborate, contradict and make one, and an attribution.
type queue struct {
	service
	toll, sailed  string // claims
	links         []string
	attribution   string
	desk          string   // a source
	document      string   // of the desk
	rana, tarek   []string // headers of two people who may decide
	administrator []string
}

func startQueue(t *testing.T) *queue {
	t.Helper()
	q := &queue{service: start(t)}
	q.importFile(demo)
	claim := func(key string) string {
		return q.items("/v1/claims?namespace=https://headwater.example/demo&key=" + key)[0].(map[string]any)["id"].(string)
	}
	q.toll, q.sailed = claim("harbour-blast-toll"), claim("petrel-sailed")
	for _, kind := range []string{"corroborates", "contradicts"} {
		q.links = append(q.links, q.propose("/v1/links", fmt.Sprintf(
			`{"kind": %q, "from": %q, "to": %q, "status": "proposed", "confidence": 0.4, "method": {"kind": "rule", "name": "desk/%[1]s"}}`,
			kind, q.sailed, q.toll)))
	}
	q.desk = q.propose("/v1/sources", `{"kind": "outlet", "name": "The desk"}`)
	q.document = q.propose("/v1/documents", fmt.Sprintf(`{"kind": "article", "publisher": %q}`, q.desk))
	q.attribution = q.propose("/v1/attributions", fmt.Sprintf(
		`{"claim": %q, "document": %q, "stance": "affirms", "status": "proposed", "confidence": 0.9, `+
			`"chain": [{"source": %q, "act": "says"}]}`, q.sailed, q.document, q.desk))
	q.administrator = q.key("admin")
	q.rana, q.tarek = q.key("rana"), q.key("tarek")
	return q
}

// propose creates a thing and gives its id.
func (q *queue) propose(path, body string, headers ...string) string {
	q.t.Helper()
	status, _, made := q.call("POST", path, body, headers...)
	if status != http.StatusCreated {
		q.t.Fatalf("%d %v", status, made)
	}
	return made["id"].(string)
}

// key makes a key and gives the headers that use it.
func (q *queue) key(name string) []string {
	q.t.Helper()
	scope := "review"
	if name == "admin" {
		scope = name
	}
	status, _, made := q.call("POST", "/v1/keys", fmt.Sprintf(`{"name": %q, "scopes": [%q]}`, name, scope), q.administrator...)
	if status != http.StatusCreated {
		q.t.Fatalf("%d %v", status, made)
	}
	return []string{"Authorization", "Bearer " + made["token"].(string)}
}

func (q *queue) list(query string) []map[string]any {
	q.t.Helper()
	var items []map[string]any
	for path := "/v1/proposals?" + query; path != ""; {
		status, _, page := q.call("GET", path, "", q.rana...)
		if status != http.StatusOK {
			q.t.Fatalf("%s: %d %v", path, status, page)
		}
		for _, item := range page["items"].([]any) {
			items = append(items, item.(map[string]any))
		}
		path = ""
		if next, more := page["next_cursor"].(string); more {
			path = "/v1/proposals?" + query + "&cursor=" + next
		}
	}
	return items
}

func (q *queue) ids(query string) map[string]bool {
	found := map[string]bool{}
	for _, item := range q.list(query) {
		id := item["id"].(string)
		if found[id] {
			q.t.Errorf("%s is on two pages of %s", id, query)
		}
		found[id] = true
	}
	return found
}

// TestQueue lists what waits for a decision by every filter, page by page.
func TestQueue(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	all := q.ids("limit=100")
	for _, id := range append(q.links, q.attribution) {
		if !all[id] {
			t.Errorf("%s is not in the queue", id)
		}
	}
	if diff := cmp.Diff(all, q.ids("limit=2")); diff != "" {
		t.Errorf("-at once +in pages:\n%s", diff)
	}
	set := func(ids ...string) map[string]bool {
		s := map[string]bool{}
		for _, id := range ids {
			s[id] = true
		}
		return s
	}
	for query, want := range map[string]map[string]bool{
		"rule=desk/contradicts":                                    set(q.links[1]),
		"resource=attribution":                                     set(q.attribution),
		"resource=link&rule=desk/nothing":                          {},
		"min_confidence=0.9&claim=" + q.sailed:                     set(q.attribution),
		"kind=corroborates&rule=desk/corroborates&claim=" + q.toll: set(q.links[0]),
	} {
		if diff := cmp.Diff(want, q.ids(query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	for _, query := range []string{"resource=review", "limit=101", "min_confidence=2", "cursor=bm9uZQ"} {
		if status, _, answer := q.call("GET", "/v1/proposals?"+query, "", q.rana...); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %v", query, status, answer)
		}
	}
}

// TestEffectsAreWhatComes: the figures that the queue foretells are those of the report once the proposal is accepted.
func TestEffectsAreWhatComes(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	moved := -1
	for _, item := range q.list("limit=100") {
		id := item["id"].(string)
		effects := item["effects"].([]any)
		if item["resource"] == "match" {
			continue
		}
		if len(effects) == 0 {
			t.Errorf("%s %s has no effects", item["resource"], id)
		}
		first := effects[0].(map[string]any)
		if cmp.Equal(first["before"], first["after"]) && moved < 0 {
			moved = 0
		} else if !cmp.Equal(first["before"], first["after"]) && moved == 0 && len(effects) == 1 {
			t.Errorf("%s, which moves figures, comes after what moves none", id)
		}
		path := fmt.Sprintf("/v1/%ss/%s/", item["resource"], id)
		if status, _, answer := q.call("POST", path+"accept", "", append(q.rana, "If-Match", "*")...); status != http.StatusOK {
			t.Fatalf("%d %v", status, answer)
		}
		for _, effect := range effects {
			effect := effect.(map[string]any)
			_, _, report := q.call("GET", "/v1/claims/"+effect["claim"].(string)+"/corroboration", "", q.rana...)
			if diff := cmp.Diff(effect["after"].(map[string]any)["independent_origins"],
				report["affirming"].(map[string]any)["independent_origins"]); diff != "" || report["standing"] !=
				effect["after"].(map[string]any)["standing"] {
				t.Errorf("%s on %s (-foretold +come): %s, %v", id, effect["claim"], diff, report["standing"])
			}
		}
		decide := fmt.Sprintf(`{"items": [{"resource": %q, "id": %q, "decision": "reopen", "version": %v}]}`, item["resource"], id,
			item["version"].(float64)+1)
		if status, _, answer := q.call("POST", "/v1/decisions", decide, q.rana...); status != http.StatusOK || answer["done"] != true {
			t.Fatalf("%d %v", status, answer)
		}
	}
}

// TestLostAnswersOfDecisions: whoever asks again for decisions whose answer was lost gets that answer, however many others were kept for
// the same key, as those of leases are twice a minute.
func TestLostAnswersOfDecisions(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	for i := range 257 {
		if status, _, answer := q.call("POST", "/v1/proposals/lease", fmt.Sprintf(`{"ids": [%q], "window": "one"}`, q.attribution),
			append(q.rana, "Idempotency-Key", fmt.Sprint("lease-", i))...); status != http.StatusOK {
			t.Fatalf("%d %v", status, answer)
		}
	}
	for _, request := range []struct{ path, body string }{
		{"/v1/decisions", fmt.Sprintf(`{"mode": "each", "items": [
			{"resource": "attribution", "id": %q, "decision": "reject", "version": 1}]}`, q.attribution)},
		{"/v1/suggestions", `{}`},
	} {
		headers := slices.Concat(q.rana, []string{"Idempotency-Key", request.path})
		_, _, first := q.call("POST", request.path, request.body, headers...)
		_, _, again := q.call("POST", request.path, request.body, headers...)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("%s (-first +again):\n%s", request.path, diff)
		}
	}
}

// TestOneOfTwoDecides: of two who decide one thing at once one is kept; the other learns who was first, and when.
func TestOneOfTwoDecides(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	for _, mode := range []string{"all", "each"} {
		link := q.links[map[string]int{"all": 0, "each": 1}[mode]]
		var racing sync.WaitGroup
		outcomes := make([]map[string]any, 2)
		for i, who := range [][]string{q.rana, q.tarek} {
			racing.Go(func() {
				body := fmt.Sprintf(`{"mode": %q, "items": [{"resource": "link", "id": %q, "decision": %q, "version": 1}]}`, mode, link,
					[]string{"accept", "reject"}[i])
				status, _, answer := q.call("POST", "/v1/decisions", body, who...)
				if status != http.StatusOK {
					t.Errorf("%d %v", status, answer)
					return
				}
				outcomes[i] = answer["items"].([]any)[0].(map[string]any)
				if answer["done"] != outcomes[i]["done"] {
					t.Errorf("done is %v, of its only decision %v", answer["done"], outcomes[i]["done"])
				}
			})
		}
		racing.Wait()
		winner := 0
		if outcomes[1]["done"] == true {
			winner = 1
		}
		lost := outcomes[1-winner]
		name := []string{"key:rana", "key:tarek"}[winner]
		status := []string{"accepted", "rejected"}[winner]
		if outcomes[winner]["done"] != true || outcomes[winner]["status"] != status || lost["done"] != false ||
			lost["code"] != "version_mismatch" || lost["by"] != name || lost["at"] == nil || lost["status"] != status ||
			lost["version"] != float64(2) {
			t.Errorf("%s: %v and %v", mode, outcomes[winner], lost)
		}
		_, _, stored := q.call("GET", "/v1/links/"+link, "", q.rana...)
		if stored["status"] != status || stored["version"] != float64(2) {
			t.Errorf("stored is %v at version %v", stored["status"], stored["version"])
		}
	}
}

// TestDecisionsAllOrEach: where one is refused, all are, or that one; each has its own reason in the history.
func TestDecisionsAllOrEach(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	body := func(mode string) string {
		return fmt.Sprintf(`{"mode": %q, "items": [
			{"resource": "attribution", "id": %q, "decision": "accept", "version": 1, "reason": "نعم، هذا ما كُتب"},
			{"resource": "link", "id": %q, "decision": "reject", "version": 7},
			{"resource": "link", "id": %q, "decision": "reject", "version": 1},
			{"resource": "match", "id": "6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d", "decision": "accept", "version": 1}]}`,
			mode, q.attribution, q.links[0], q.links[1])
	}
	codes := func(answer map[string]any) (codes []string) {
		for _, item := range answer["items"].([]any) {
			code, _ := item.(map[string]any)["code"].(string)
			codes = append(codes, code)
		}
		return codes
	}
	_, _, answer := q.call("POST", "/v1/decisions", body("all"), q.rana...)
	if got := codes(answer); answer["done"] != false || strings.Count(strings.Join(got, " "), "conflict") != 3 {
		t.Errorf("all: %v %v", answer["done"], got)
	}
	for _, path := range []string{"/v1/attributions/" + q.attribution, "/v1/links/" + q.links[1]} {
		if _, _, thing := q.call("GET", path, "", q.rana...); thing["status"] != "proposed" || thing["version"] != float64(1) {
			t.Errorf("%s is %v at version %v", path, thing["status"], thing["version"])
		}
	}
	_, _, answer = q.call("POST", "/v1/decisions", body("each"), q.rana...)
	if diff := cmp.Diff([]string{"", "version_mismatch", "", "not_found"}, codes(answer)); diff != "" || answer["done"] != false {
		t.Errorf("each, %v (-want +got):\n%s", answer["done"], diff)
	}
	_, _, history := q.call("GET", "/v1/changes?order=desc&limit=10&resource_id="+q.attribution, "", q.rana...)
	for len(history["items"].([]any)) < 2 { // until it is in order
		_, _, history = q.call("GET", "/v1/changes?order=desc&limit=10&resource_id="+q.attribution, "", q.rana...)
	}
	change := history["items"].([]any)[0].(map[string]any)
	if change["reason"] != "نعم، هذا ما كُتب" || change["actor"] != "key:rana" || change["operation"] != "accept" {
		t.Errorf("the history has %v", change)
	}
	for fault, body := range map[string]string{
		"/items/0/resource": `{"items": [{"resource": "claim", "id": "` + q.toll + `", "decision": "accept", "version": 1}]}`,
		"/items/0/decision": `{"items": [{"resource": "link", "id": "` + q.links[0] + `", "decision": "merge", "version": 1}]}`,
		"/items/0/reason": `{"items": [{"resource": "link", "id": "` + q.links[0] + `", "decision": "accept", "version": 1,
			"reason": "a\u0000"}]}`,
		"/items/1/id": `{"items": [{"resource": "link", "id": "` + q.links[0] + `", "decision": "accept", "version": 1},
			{"resource": "link", "id": "` + q.links[0] + `", "decision": "reject", "version": 1}]}`,
	} {
		status, _, problem := q.call("POST", "/v1/decisions", body, q.rana...)
		if status != http.StatusUnprocessableEntity || problem["errors"].([]any)[0].(map[string]any)["pointer"] != fault {
			t.Errorf("%s: %d %v", fault, status, problem)
		}
	}
}

// TestLeases: who is on a proposal is seen by others, who do not get it until it is given up.
func TestLeases(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	lease := func(who []string, more string) map[string]any {
		t.Helper()
		status, _, answer := q.call("POST", "/v1/proposals/lease", fmt.Sprintf(`{"ids": [%q, %q]%s}`, q.links[0], q.toll, more), who...)
		if status != http.StatusOK {
			t.Fatalf("%d %v", status, answer)
		}
		items := answer["items"].([]any)
		if len(items) != 1 { // a claim is no proposal
			return nil
		}
		return items[0].(map[string]any)
	}
	first := lease(q.rana, "")
	if first["mine"] != true || first["actor"] != "key:rana" {
		t.Errorf("the first got %v", first)
	}
	if renewed := lease(q.rana, ""); renewed["mine"] != true || renewed["until"].(string) < first["until"].(string) {
		t.Errorf("renewed, it is %v", renewed)
	}
	for _, other := range []map[string]any{lease(q.tarek, ""), lease(q.rana, `, "window": "another"`)} {
		if other["mine"] != false || other["actor"] != "key:rana" {
			t.Errorf("the second got %v", other)
		}
	}
	for _, item := range q.list("resource=link&rule=desk/corroborates") {
		if on, _ := item["lease"].(map[string]any); on["actor"] != "key:rana" {
			t.Errorf("the queue says %v", item["lease"])
		}
	}
	lease(q.tarek, `, "release": true`) // which is not his to end
	if still := lease(q.tarek, ""); still["mine"] != false {
		t.Errorf("after a foreign release: %v", still)
	}
	if left := lease(q.rana, `, "release": true`); left != nil {
		t.Errorf("given up, it is %v", left)
	}
	if taken := lease(q.tarek, ""); taken["mine"] != true || taken["actor"] != "key:tarek" {
		t.Errorf("taken over, it is %v", taken)
	}
}
