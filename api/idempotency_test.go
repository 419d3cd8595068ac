package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// TestIdempotency: a request that is repeated with one key makes its change once, and gets the same response.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	s := start(t)
	const body = `{"kind": "outlet", "name": "The Paper"}`
	status, header, first := s.call("POST", "/v1/sources", body, "Idempotency-Key", "a")
	if status != http.StatusCreated || header.Get("Idempotency-Replayed") != "" {
		t.Fatalf("%d %v", status, first)
	}
	status, again, second := s.call("POST", "/v1/sources", body, "Idempotency-Key", "a")
	if status != http.StatusCreated || again.Get("Idempotency-Replayed") != "true" || again.Get("ETag") != header.Get("ETag") ||
		!cmp.Equal(first, second) {
		t.Errorf("repeated: %d %v, first %v", status, second, first)
	}
	if sources := s.items("/v1/sources"); len(sources) != 1 {
		t.Errorf("%d sources", len(sources))
	}
	if status, _, answer := s.call("POST", "/v1/sources", `{"kind": "wire", "name": "The Wire"}`, "Idempotency-Key",
		"a"); status != http.StatusUnprocessableEntity {
		t.Errorf("another request: %d %v", status, answer)
	}
	if status, _, answer := s.call("POST", "/v1/sources", body, "Idempotency-Key",
		"with space"); status != http.StatusUnprocessableEntity {
		t.Errorf("a key that is none: %d %v", status, answer)
	}
	// The response to a failed request is not stored: the request can be corrected and sent again.
	if status, _, _ := s.call("POST", "/v1/sources", `{"kind": "island", "name": "B"}`, "Idempotency-Key",
		"b"); status != http.StatusUnprocessableEntity {
		t.Errorf("a bad one: %d", status)
	}
	if status, _, _ := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "B"}`, "Idempotency-Key",
		"b"); status != http.StatusCreated {
		t.Errorf("mended: %d", status)
	}
	retract := "/v1/sources/" + first["id"].(string) + "/retract"
	for range 2 {
		if status, header, answer := s.call("POST", retract, "", "Idempotency-Key", "c", "If-Match",
			`"1"`); status != http.StatusOK || header.Get("ETag") != `"2"` {
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

// TestConcurrentRepeats: of fifty equal requests at once one makes the change; the others get its response, or a 409 that
// asks them to retry.
func TestConcurrentRepeats(t *testing.T) {
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
		if answer != fmt.Sprint(http.StatusCreated, sources[0].(map[string]any)["id"], "") && answer != fmt.Sprint(http.StatusConflict,
			nil, "1") {
			t.Errorf("answer %s", answer)
		}
	}
}

// TestTokensAreSealed: a repeated request gets the new key's token again only if it has the same token as the first; the
// database never holds it in clear.
func TestTokensAreSealed(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	opened, err := store.Open(t.Context(), store.Options{ConnString: database, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	s := serve(t, validated(t, handler(opened)))
	const body = `{"name": "desk", "scopes": ["admin"]}`
	as := func(token any) []string {
		return []string{"Authorization", fmt.Sprint("Bearer ", token), "Idempotency-Key", "a"}
	}
	_, _, admin := s.call("POST", "/v1/keys", body, "Idempotency-Key", "a")
	if status, _, answer := s.call("POST", "/v1/keys", body, "Idempotency-Key", "a"); status != http.StatusUnauthorized {
		t.Errorf("the first key again: %d %v", status, answer)
	}
	const second, third = `{"name": "second", "scopes": ["admin"]}`, `{"name": "third", "scopes": ["admin"]}`
	status, _, made := s.call("POST", "/v1/keys", second, as(admin["token"])...)
	_, header, again := s.call("POST", "/v1/keys", second, as(admin["token"])...)
	if status != http.StatusCreated || made["token"] == nil || !cmp.Equal(made, again) || header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%d %v, again %v", status, made, again)
	}
	// another API key has Idempotency-Keys of its own
	if status, _, other := s.call("POST", "/v1/keys", third,
		as(made["token"])...); status != http.StatusCreated || other["id"] == made["id"] {
		t.Errorf("asked with another key: %d %v", status, other)
	}
	rotate := "/v1/keys/" + admin["id"].(string) + "/rotate"
	_, _, rotated := s.call("POST", rotate, "", "Authorization", fmt.Sprint("Bearer ", made["token"]), "Idempotency-Key", "b")
	if status, _, answer := s.call("POST", "/v1/keys", second,
		as(rotated["token"])...); status != http.StatusConflict || strings.Contains(fmt.Sprint(answer), "hw_") {
		t.Errorf("asked with another token: %d %v", status, answer)
	}
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var stored, inClear int
	if err := conn.QueryRow(t.Context(), "SELECT count(*), count(*) FILTER (WHERE position('hw_' IN encode(body, 'escape')) > 0) "+
		"FROM kept_answers").Scan(&stored, &inClear); err != nil || stored != 4 || inClear != 0 {
		t.Errorf("%d of %d stored responses hold a token; %v", inClear, stored, err)
	}
}

// TestPublicReadStoresNothing: responses to clients without a key are not stored.
func TestPublicReadStoresNothing(t *testing.T) {
	t.Parallel()
	s := startWith(t, api.Options{PublicRead: true})
	_, _, claim := s.call("POST", "/v1/claims", `{"statement": {"en": "A ship left."}}`)
	s.call("POST", "/v1/keys", `{"name": "admin", "scopes": ["admin"]}`)
	for range 2 {
		status, header, answer := s.call("POST", "/v1/analyses", `{"claims": ["`+claim["id"].(string)+`"]}`, "Idempotency-Key", "a")
		if status != http.StatusOK || header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%d %v %v", status, header, answer)
		}
	}
}
