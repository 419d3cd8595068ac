package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOnce: a request that is repeated with one key changes things once, and is answered alike.
func TestOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	const body = `{"kind": "outlet", "name": "The Paper"}`
	status, header, first := s.call("POST", "/v1/sources", body, "Idempotency-Key", "a")
	if status != http.StatusCreated || header.Get("Idempotency-Replayed") != "" {
		t.Fatalf("%d %v", status, first)
	}
	status, again, second := s.call("POST", "/v1/sources", body, "Idempotency-Key", "a")
	if status != http.StatusCreated || again.Get("Idempotency-Replayed") != "true" || again.Get("ETag") != header.Get("ETag") || !cmp.Equal(first, second) {
		t.Errorf("repeated: %d %v, first %v", status, second, first)
	}
	if sources := s.items("/v1/sources"); len(sources) != 1 {
		t.Errorf("%d sources", len(sources))
	}
	if status, _, answer := s.call("POST", "/v1/sources", `{"kind": "wire", "name": "The Wire"}`, "Idempotency-Key", "a"); status != http.StatusUnprocessableEntity {
		t.Errorf("another request: %d %v", status, answer)
	}
	if status, _, answer := s.call("POST", "/v1/sources", body, "Idempotency-Key", "with space"); status != http.StatusUnprocessableEntity {
		t.Errorf("a key that is none: %d %v", status, answer)
	}
	// A request that failed is not kept: it can be mended and sent again.
	if status, _, _ := s.call("POST", "/v1/sources", `{"kind": "island", "name": "B"}`, "Idempotency-Key", "b"); status != http.StatusUnprocessableEntity {
		t.Errorf("a bad one: %d", status)
	}
	if status, _, _ := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "B"}`, "Idempotency-Key", "b"); status != http.StatusCreated {
		t.Errorf("mended: %d", status)
	}
	retract := "/v1/sources/" + first["id"].(string) + "/retract"
	for range 2 {
		if status, header, answer := s.call("POST", retract, "", "Idempotency-Key", "c", "If-Match", `"1"`); status != http.StatusOK || header.Get("ETag") != `"2"` {
			t.Errorf("retracting: %d %v", status, answer)
		}
	}
	const bundle = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"source","key":"a","kind":"outlet","name":"A"}`
	_, _, imported := s.call("POST", "/v1/imports", bundle, "Content-Type", "application/x-ndjson", "Idempotency-Key", "d")
	_, _, replayed := s.call("POST", "/v1/imports", bundle, "Content-Type", "application/x-ndjson", "Idempotency-Key", "d")
	if !cmp.Equal(imported, replayed) || imported["counts"].(map[string]any)["source"].(map[string]any)["added"] != 1.0 {
		t.Errorf("imported %v, again %v", imported, replayed)
	}
}

// TestOnceAtOnce: of fifty requests at once one changes something, and each is told so, or to ask again as it is under way.
func TestOnceAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	answers := make([]string, 50)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			status, header, answer := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "The Paper"}`, "Idempotency-Key", "one")
			answers[i] = fmt.Sprint(status, answer["id"], header.Get("Retry-After"))
		})
	}
	group.Wait()
	sources := s.items("/v1/sources")
	if len(sources) != 1 {
		t.Fatalf("%d sources", len(sources))
	}
	slices.Sort(answers)
	for _, answer := range slices.Compact(answers) {
		if answer != fmt.Sprint(http.StatusCreated, sources[0].(map[string]any)["id"], "") && answer != fmt.Sprint(http.StatusConflict, nil, "1") {
			t.Errorf("answer %s", answer)
		}
	}
}
