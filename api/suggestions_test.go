package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

// TestSuggestions: what the rules find counts only once it is accepted, and a rejected pair is not suggested again.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	s := start(t)
	create := func(body string) string {
		t.Helper()
		status, _, claim := s.call("POST", "/v1/claims", body)
		if status != http.StatusCreated {
			t.Fatalf("%d %v", status, claim)
		}
		return claim["id"].(string)
	}
	closed := create(`{"statement": {"en": "The port authority closed the northern gate."}}`)
	open := create(`{"statement": {"en": "The port authority did not close the northern gate."}}`)
	monday := create(`{"statement": {"en": "The port authority closed the northern gate on Monday."}}`)
	create(`{"statement": {"en": "Shares of the shipping line fell."}}`)

	path := "/v1/claims/" + closed + "/suggestions"
	found := map[string]map[string]any{}
	for _, item := range s.items(path) {
		suggestion := item.(map[string]any)
		found[suggestion["other"].(map[string]any)["id"].(string)] = suggestion
		if suggestion["status"] != "proposed" || suggestion["stored"] != false || suggestion["rationale"] == "" ||
			suggestion["method"].(map[string]any)["kind"] != "rule" {
			t.Errorf("suggestion %v", suggestion)
		}
	}
	if len(found) != 2 || found[open]["kind"] != "contradicts" || found[monday]["kind"] != "refines" || found[monday]["from"] != monday {
		t.Fatalf("suggestions %v", found)
	}
	if links := s.items("/v1/claims/" + closed + "/links"); len(links) != 0 {
		t.Errorf("asking stored %v", links)
	}

	id := found[open]["id"].(string)
	status, _, link := s.call("POST", path+"/"+id+"/accept", "")
	if status != http.StatusOK || link["id"] != id || link["status"] != "accepted" || link["basis"] != "polarity" {
		t.Errorf("accepting: %d %v", status, link)
	}
	if status, _, answer := s.call("POST", path+"/"+id+"/reject", ""); status != http.StatusNotFound {
		t.Errorf("deciding again: %d %v", status, answer)
	}
	if contradictions := s.items("/v1/claims/" + closed + "/contradictions"); len(contradictions) != 1 {
		t.Errorf("contradictions %v", contradictions)
	}
	status, _, link = s.call("POST", "/v1/claims/"+monday+"/suggestions/"+found[monday]["id"].(string)+"/reject", "", "X-Change-Reason",
		"another Monday")
	if status != http.StatusOK || link["status"] != "rejected" {
		t.Errorf("rejecting from the other end: %d %v", status, link)
	}
	if left := s.items(path); len(left) != 0 {
		t.Errorf("suggested again: %v", left)
	}

	// A link that somebody proposed is a suggestion too.
	status, _, proposed := s.call("POST", "/v1/links",
		`{"kind": "corroborates", "from": "`+open+`", "to": "`+monday+`", "status": "proposed"}`)
	if status != http.StatusCreated {
		t.Fatalf("%d %v", status, proposed)
	}
	stored := s.items("/v1/claims/" + monday + "/suggestions")
	if len(stored) != 1 || stored[0].(map[string]any)["id"] != proposed["id"] || stored[0].(map[string]any)["stored"] != true {
		t.Fatalf("suggestions %v", stored)
	}
	if status, _, link := s.call("POST", "/v1/claims/"+monday+"/suggestions/"+proposed["id"].(string)+"/accept",
		""); status != http.StatusOK || link["status"] != "accepted" {
		t.Errorf("accepting: %d %v", status, link)
	}
	if status, _, _ := s.call("GET", "/v1/claims/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/suggestions", ""); status != http.StatusNotFound {
		t.Errorf("suggestions for no claim: %d", status)
	}
}

// TestRulesRun: a run proposes what rules find, page by page and once; nothing of it counts before it is decided.
func TestRulesRun(t *testing.T) {
	t.Parallel()
	s := start(t)
	const pairs = 60
	ids := make([]string, 0, 2*pairs)
	for i := range pairs {
		for _, verb := range []string{"closed", "did not close"} {
			status, _, claim := s.call("POST", "/v1/claims", fmt.Sprintf(`{"statement": {"en": "The harbour office of ward%d %s gate%d."}}`,
				i, verb, i))
			if status != http.StatusCreated {
				t.Fatalf("%d %v", status, claim)
			}
			ids = append(ids, claim["id"].(string))
		}
	}
	run := func(body string) map[string]any {
		t.Helper()
		status, _, answer := s.call("POST", "/v1/suggestions", body)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %v", body, status, answer)
		}
		return answer
	}
	waiting := func() float64 {
		t.Helper()
		_, _, total := s.call("GET", "/v1/proposals/count?resource=link", "")
		return total["count"].(float64)
	}
	named := run(`{"claims": ["` + ids[0] + `"]}`)
	if items := named["items"].([]any); named["claims"] != 1.0 || len(items) == 0 || named["next_cursor"] != nil ||
		items[0].(map[string]any)["status"] != "proposed" || items[0].(map[string]any)["method"].(map[string]any)["kind"] != "rule" {
		t.Fatalf("one claim: %v", named)
	}
	found, looked := len(named["items"].([]any)), 0.0
	for cursor, runs := "", 1; ; runs++ {
		answer := run(`{"cursor": "` + cursor + `"}`)
		looked += answer["claims"].(float64)
		found += len(answer["items"].([]any))
		next, more := answer["next_cursor"].(string)
		if !more {
			break
		}
		if cursor = next; runs > 2*pairs {
			t.Fatal("the runs do not end")
		}
	}
	if looked != 2*pairs || found < pairs || float64(found) != waiting() {
		t.Errorf("%v claims were looked at, %d links found, %v wait", looked, found, waiting())
	}
	if again := run(`{}`); len(again["items"].([]any)) != 0 {
		t.Errorf("a second run finds %v", again["items"])
	}
	if links := s.items("/v1/claims/" + ids[0] + "/links"); len(links) != 0 {
		t.Errorf("these count before anybody decided: %v", links)
	}
	for body, want := range map[string]int{
		`{"claims": ["` + ids[0] + `"], "cursor": "x"}`: 422, `{"cursor": "x"}`: 422,
		`{"claims": ["6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"]}`: 404,
	} {
		if status, _, problem := s.call("POST", "/v1/suggestions", body); status != want {
			t.Errorf("%s: %d %v", body, status, problem)
		}
	}
	key := []string{"Idempotency-Key", "rules-1"}
	_, _, once := s.call("POST", "/v1/suggestions", `{}`, key...)
	if _, _, twice := s.call("POST", "/v1/suggestions", `{}`, key...); encodedJSON(t, once) != encodedJSON(t, twice) {
		t.Errorf("repeated with its key: %v, then %v", once, twice)
	}
}
