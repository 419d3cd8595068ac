package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/storetest"
)

// reprintedClaim is a bundle of one claim in so many documents, each a reprint of the one before it: its report is some thirty times
// as long.
func reprintedClaim(documents int) string {
	var bundle strings.Builder
	bundle.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://reprints.example/"}` + "\n" +
		`{"type":"claim","key":"c","statement":{"en":"A ship left."}}` + "\n")
	for i := range documents {
		fmt.Fprintf(&bundle, `{"type":"source","key":"s%d","kind":"outlet","name":"S%d"}`+"\n", i, i)
	}
	for i := range documents {
		from := ""
		if i > 0 {
			from = fmt.Sprintf(`,"derived_from":"d%d"`, i-1)
		}
		fmt.Fprintf(&bundle, `{"type":"document","key":"d%d","publisher":"s%d","kind":"article"%s}`+"\n", i, i, from)
	}
	for i := range documents {
		fmt.Fprintf(&bundle, `{"type":"attribution","key":"a%d","claim":"c","document":"d%d","stance":"affirms",`+
			`"chain":[{"source":"s%d","act":"publishes"}]}`+"\n", i, i, i)
	}
	return bundle.String()
}

// heldMemory is what the program holds that nothing can give back.
func heldMemory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools keep for one more
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestSlowReadersOfLargeAnswers hold no memory for what they do not take.
func TestSlowReadersOfLargeAnswers(t *testing.T) { //nolint:paralleltest // it looks at the memory of all
	limits := api.DefaultLimits
	limits.Memory = 4 << 30
	server := startSlow(t, api.Options{Limits: limits}, store.Options{MaxConns: 4})
	answer, err := http.Post(server.URL+"/v1/imports", "application/x-ndjson", strings.NewReader(reprintedClaim(1000)))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
	answer, err = http.Get(server.URL + "/v1/claims")
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Items []struct{ ID string } }
	err = json.NewDecoder(answer.Body).Decode(&list)
	answer.Body.Close()
	if err != nil || len(list.Items) != 1 {
		t.Fatal(err, list)
	}
	path := "/v1/claims/" + list.Items[0].ID + "/corroboration"
	answer, err = http.Get(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	length, err := io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	const readers = 8
	before := heldMemory()
	slowReaders(t, server, readers, path)
	if held := heldMemory() - before; held > length {
		t.Errorf("%d readers of an answer of %d MB hold %d MB", readers, length>>20, held>>20)
	}
	othersAreServed(t, server, fmt.Sprintf("%d slow readers of an answer of %d MB", readers, length>>20))
}

// heldStore keeps each analysis until it is let go.
type heldStore struct {
	api.Store
	made, letGo chan struct{}
}

func (s heldStore) StoreResponse(context.Context, store.Authorship, any) error {
	s.made <- struct{}{}
	<-s.letGo
	return nil
}

// TestMemoryOfAnswers: what is made of large answers at once is bounded, and so is what one address has of it. Small ones are made
// meanwhile.
func TestMemoryOfAnswers(t *testing.T) {
	t.Parallel()
	s := heldStore{open(t), make(chan struct{}), make(chan struct{})}
	server := httptest.NewServer(api.New(s, api.Options{Limits: api.Limits{Memory: 4 << 20, Share: 50}}))
	t.Cleanup(server.Close)
	large, small := reprintedClaim(300), reprintedClaim(3)
	ended := make(chan int)
	ask := func(address, body string) {
		t.Helper()
		go func() {
			got, _ := status(t, clientAt(address), "POST", server.URL+"/v1/analyses", "application/x-ndjson", strings.NewReader(body))
			ended <- got
		}()
		select {
		case <-s.made:
		case got := <-ended:
			t.Fatalf("one for which there is room: %d", got)
		}
	}
	refused := func(what, address string) {
		t.Helper()
		got, wait := status(t, clientAt(address), "POST", server.URL+"/v1/analyses", "application/x-ndjson", strings.NewReader(large))
		if got != http.StatusServiceUnavailable || wait == "" {
			t.Errorf("%s: %d with Retry-After %q", what, got, wait)
		}
	}
	served := service{t, server.URL}
	served.importText(large)
	load(t, server, 300)
	served.importText(largeCards())
	named := served.idOf("claims", "named")
	claim := "/v1/claims/" + served.idOf("claims", "c")
	read := func(address string, want int) {
		t.Helper()
		for _, path := range []string{claim + "/corroboration", claim + "/provenance", claim + "/provenance?format=mermaid",
			claim + "/provenance?format=dot", claim + "/card", claim + "/card?format=svg", claim + "?include=report",
			"/v1/sources?limit=1000", "/v1/sources?limit=1000&q=S", "/v1/attributions?claim=" + named,
			"/v1/claims/" + named + "?include=attributions", "/v1/links?claim=" + named, "/v1/claims/" + named + "?include=links"} {
			got, wait := status(t, clientAt(address), "GET", server.URL+path, "", nil)
			if got != want || (got == http.StatusServiceUnavailable) != (wait != "") {
				t.Errorf("%s of %s: %d with Retry-After %q, want %d", path, address, got, wait, want)
			}
		}
		if got, _ := status(t, clientAt(address), "GET", server.URL+"/v1/sources?limit=10", "", nil); got != http.StatusOK {
			t.Errorf("a small page: %d", got)
		}
	}
	ask("127.0.0.2", large)
	refused("a second of one address", "127.0.0.2")
	read("127.0.0.2", http.StatusServiceUnavailable)
	read("127.0.0.3", http.StatusOK)
	ask("127.0.0.3", large)
	refused("a third in all", "127.0.0.4")
	ask("127.0.0.2", small)
	close(s.letGo)
	for range 3 {
		if got := <-ended; got != http.StatusOK {
			t.Errorf("one for which there was room: %d", got)
		}
	}
	ask("127.0.0.2", large)
	if got := <-ended; got != http.StatusOK {
		t.Errorf("once there is room again: %d", got)
	}
}

// largeCards is a bundle of small things that name a source and a claim with large cards.
func largeCards() string {
	texts := map[string]string{}
	for _, language := range strings.Fields("ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu") {
		texts[language] = strings.Repeat("a long text ", 800)
	}
	long, _ := json.Marshal(texts)
	return fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://cards.example/"}
{"type":"source","key":"named","kind":"outlet","name":"Named","names":%s}
{"type":"claim","key":"named","statement":{"en":"A train left."}}
{"type":"claim","key":"long","statement":%[1]s}
{"type":"document","key":"named","publisher":"named","kind":"article"}
{"type":"attribution","claim":"named","document":"named","stance":"affirms","chain":[{"source":"named"}]}
{"type":"link","kind":"corroborates","from":"named","to":"long"}
`, long)
}

// TestBodiesWithoutAKey: where everybody may read, who has no key sends less.
func TestBodiesWithoutAKey(t *testing.T) {
	t.Parallel()
	s := serve(t, api.New(open(t), api.Options{PublicRead: true}))
	_, _, key := s.call("POST", "/v1/keys", `{"name": "admin", "scopes": ["admin"]}`)
	body := reprintedClaim(3) + strings.Repeat("\n", 1<<20)
	for name, c := range map[string]struct {
		want    int
		headers []string
	}{
		"without a key": {http.StatusRequestEntityTooLarge, nil},
		"with one":      {http.StatusOK, []string{"Authorization", fmt.Sprint("Bearer ", key["token"])}},
	} {
		status, _, answer := s.call("POST", "/v1/analyses", body, append(c.headers, "Content-Type", "application/x-ndjson")...)
		if status != c.want {
			t.Errorf("%s: %d %.300v", name, status, answer)
		}
	}
}

// TestLargeAnswersAreNotKept: an analysis with an Idempotency-Key is answered, and its answer is kept only where it is small and its
// client has few.
func TestLargeAnswersAreNotKept(t *testing.T) {
	t.Parallel()
	opened, conn := openBeside(t, 4)
	s := serve(t, api.New(opened, api.Options{}))
	expect := func(name, key, body string, want int) {
		t.Helper()
		for range 2 {
			status, _, answer := s.send("POST", "/v1/analyses", body, "Content-Type", "application/x-ndjson", "Idempotency-Key", key)
			if status != http.StatusOK {
				t.Fatalf("%s: %d %.300s", name, status, answer)
			}
		}
		var kept int
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM kept_answers WHERE key = $1",
			key).Scan(&kept); err != nil || kept != want {
			t.Errorf("%s: %d answers are kept, want %d; %v", name, kept, want, err)
		}
	}
	expect("a large one", "large", reprintedClaim(200), 0)
	expect("a small one", "small", reprintedClaim(2), 1)
	if _, err := conn.Exec(t.Context(), "INSERT INTO kept_answers (actor, key, request, status, headers, body) SELECT actor, n::text, "+
		"request, status, headers, body FROM kept_answers, generate_series(1, 255) n"); err != nil {
		t.Fatal(err)
	}
	expect("one of very many", "more", reprintedClaim(2), 0)
}

// TestPagesOfLargeThings end before they hold more than what a page may, and the next one goes on.
func TestPagesOfLargeThings(t *testing.T) {
	t.Parallel()
	opened := open(t)
	s := serve(t, api.New(opened, api.Options{}))
	languages := strings.Fields("ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km " +
		"kn ko lo lt lv mk ml mn mr ms my nb ne nl pa pl")
	role := map[string]string{} // which no search looks at
	for _, language := range languages {
		role[language] = strings.Repeat("ملاحظة ", 1_400)
	}
	roles, err := json.Marshal(role)
	if err != nil {
		t.Fatal(err)
	}
	const things = 20 // of nearly 1 MB each
	var bundle strings.Builder
	bundle.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://large.example/"}` + "\n")
	for i := range things {
		fmt.Fprintf(&bundle, `{"type":"source","key":"s%d","kind":"outlet","name":"Large %[1]d","role":%[2]s}`+"\n", i, roles)
	}
	s.importText(bundle.String())
	if _, err := storetest.Sequence(t.Context(), opened, opened.Pool); err != nil {
		t.Fatal(err)
	}
	const followed = "/v1/changes?limit=1000" // which has a next page for ever
	for _, path := range []string{"/v1/sources?limit=1000", "/v1/sources?limit=1000&sort=-created_at", "/v1/sources?limit=1000&q=large",
		"/v1/sources?limit=1000&q=larg3", followed, "/v1/changes?limit=1000&order=desc"} {
		seen, pages := map[string]bool{}, 0
		for next := path; next != ""; pages++ {
			status, header, text := s.send("GET", next, "")
			var page struct{ Items []struct{ ID string } }
			if err := json.Unmarshal(text, &page); err != nil || status != http.StatusOK {
				t.Fatalf("%s: %d %v", next, status, err)
			}
			if len(page.Items) == 0 {
				if path != followed {
					t.Errorf("a page of %s is empty", path)
				}
				break
			}
			if len(text) > pg.MaxPageBytes+2<<20 {
				t.Errorf("a page of %s has %d bytes", path, len(text))
			}
			for _, item := range page.Items {
				if seen[item.ID] {
					t.Errorf("%s is on two pages of %s", item.ID, path)
				}
				seen[item.ID] = true
			}
			next = nextPage(t, next, header)
		}
		if len(seen) != things || pages < 2 {
			t.Errorf("%s: %d things on %d pages", path, len(seen), pages)
		}
	}
}

// TestDetailsOfLargeThings: with a claim little more is read of its parts than what a page takes, and where they are small all of them.
func TestDetailsOfLargeThings(t *testing.T) {
	t.Parallel()
	proxy, address := newCutter(t, storetest.New(t))
	opened, err := store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	s := serve(t, api.New(opened, api.Options{}))
	const parts = 220
	hop := `{"source":"s","note":"` + strings.Repeat("a note ", 1_400) + `"}`
	var bundle strings.Builder
	bundle.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://large.example/"}` + "\n" +
		`{"type":"source","key":"s","kind":"outlet","name":"S"}` + "\n")
	for claim, chain := range map[string]string{"large": strings.Repeat(hop+",", 9) + hop, "small": `{"source":"s"}`} {
		fmt.Fprintf(&bundle, `{"type":"claim","key":"%s","statement":{"en":"A %[1]s claim."}}`+"\n", claim)
		for i := range parts {
			fmt.Fprintf(&bundle, `{"type":"document","key":"%s%d","publisher":"s","kind":"article"}`+"\n", claim, i)
			fmt.Fprintf(&bundle, `{"type":"attribution","claim":"%s","document":"%[1]s%d","stance":"affirms","chain":[%s]}`+"\n",
				claim, i, chain)
		}
	}
	s.importText(bundle.String())
	for claim, all := range map[string]bool{"large": false, "small": true} {
		path := "/v1/claims/" + s.idOf("claims", claim)
		proxy.cutAfter(2 * pg.MaxPageBytes)
		status, _, detail := s.call("GET", path+"?include=documents", "")
		proxy.cutAfter(-1)
		if status != http.StatusOK {
			t.Fatalf("the %s claim: %d %v", claim, status, detail)
		}
		page, cards := detail["attributions"].(map[string]any), detail["documents"].(map[string]any)
		first, seen := len(page["items"].([]any)), map[any]bool{}
		if first <= 50 || (first == parts) != all {
			t.Errorf("the %s claim comes with %d attributions", claim, first)
		}
		for page != nil {
			for _, item := range page["items"].([]any) {
				attribution := item.(map[string]any)
				if cards[attribution["document"].(string)] == nil && len(seen) < first {
					t.Errorf("the %s claim: no card of the document of its attribution %d", claim, len(seen))
				}
				seen[attribution["id"]] = true
			}
			next, more := page["next_cursor"].(string)
			if page = nil; more {
				_, _, page = s.call("GET", path+"/attributions?limit=1000&cursor="+url.QueryEscape(next), "")
			}
		}
		if len(seen) != parts {
			t.Errorf("the %s claim: %d attributions on all pages", claim, len(seen))
		}
	}
}
