package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
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

// TestTokensOnce: a key that is made once is told alike to who asks again with the same token, and to nobody else; what is
// stored does not hold it.
func TestTokensOnce(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	opened, err := store.Open(t.Context(), store.Options{ConnString: database, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	server := httptest.NewServer(judged(t, handler(opened)))
	t.Cleanup(server.Close)
	s := service{t, server.URL}
	const body = `{"name": "desk", "scopes": ["admin"]}`
	as := func(token any) []string {
		return []string{"Authorization", fmt.Sprint("Bearer ", token), "Idempotency-Key", "a"}
	}
	_, _, admin := s.call("POST", "/v1/keys", body, "Idempotency-Key", "a")
	if status, _, answer := s.call("POST", "/v1/keys", body, "Idempotency-Key", "a"); status != http.StatusUnauthorized {
		t.Errorf("the first key again: %d %v", status, answer)
	}
	status, _, made := s.call("POST", "/v1/keys", body, as(admin["token"])...)
	_, header, again := s.call("POST", "/v1/keys", body, as(admin["token"])...)
	if status != http.StatusCreated || made["token"] == nil || !cmp.Equal(made, again) || header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%d %v, again %v", status, made, again)
	}
	// another key of the same name has Idempotency-Keys of its own
	if status, _, other := s.call("POST", "/v1/keys", body, as(made["token"])...); status != http.StatusCreated || other["id"] == made["id"] {
		t.Errorf("asked with another key: %d %v", status, other)
	}
	rotate := "/v1/keys/" + admin["id"].(string) + "/rotate"
	_, _, rotated := s.call("POST", rotate, "", "Authorization", fmt.Sprint("Bearer ", made["token"]), "Idempotency-Key", "b")
	if status, _, answer := s.call("POST", "/v1/keys", body, as(rotated["token"])...); status != http.StatusConflict || strings.Contains(fmt.Sprint(answer), "hw_") {
		t.Errorf("asked with another token: %d %v", status, answer)
	}
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var kept, told int
	if err := conn.QueryRow(t.Context(), "SELECT count(*), count(*) FILTER (WHERE position('hw_' IN encode(body, 'escape')) > 0) FROM kept_answers").Scan(&kept, &told); err != nil || kept != 4 || told != 0 {
		t.Errorf("%d of %d kept answers hold a token; %v", told, kept, err)
	}
}

// TestReadersFillNothing: who reads without a key is answered, and nothing of it is kept.
func TestReadersFillNothing(t *testing.T) {
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
