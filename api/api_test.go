package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/events"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

var update = flag.Bool("update", false, "write the OpenAPI documents anew")

func TestMain(m *testing.M) {
	slog.SetLogLoggerLevel(slog.LevelWarn) // a line for each answer would hide what fails
	storetest.Main(m)
}

// service is a running service over a fresh database.
type service struct {
	t   *testing.T
	url string
}

func start(t *testing.T) service {
	t.Helper()
	return startWith(t, api.Options{})
}

func startWith(t *testing.T, options api.Options) service {
	t.Helper()
	if options.Limits.StreamTime == 0 {
		options.Limits.StreamTime = streamTime
	}
	if options.Webhooks == nil {
		options.Webhooks = webhooks
	}
	return serve(t, validated(t, api.New(open(t), options)))
}

// serve runs what is served until the test ends.
func serve(t *testing.T, served http.Handler) service {
	t.Helper()
	server := httptest.NewServer(served)
	t.Cleanup(server.Close)
	return service{t, server.URL}
}

func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	sequence(t, s)
	return s
}

// openBeside opens a store of its own with so many connections, and one to its database beside them. Nothing puts changes in order.
func openBeside(t *testing.T, connections int32) (*store.Store, *pgx.Conn) {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: connections})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	beside, err := pgx.Connect(t.Context(), opened.Pool.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = beside.Close(context.WithoutCancel(t.Context())) })
	return opened, beside
}

// sequence puts changes in order until the test ends, as the service does.
func sequence(t *testing.T, s *store.Store) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { s.KeepLog(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
}

// settle works out how all claims stand, as the service does by itself.
func settle(t *testing.T, s *store.Store) {
	t.Helper()
	if _, err := storetest.Sequence(t.Context(), s, s.Pool); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SettleStandings(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// handler is the API as production builds it.
func handler(s api.Store) http.Handler {
	return api.New(s, api.Options{Limits: api.Limits{StreamTime: streamTime}, Webhooks: webhooks})
}

// webhooks takes every name for that of a public address, and may go to receivers of tests.
var webhooks = events.NewWebhooks(make(events.WebhookKey, 32), events.Networks{
	Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
	Lookup: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("203.0.113.7")}, nil
	}})

// streamTime is how long streams last in tests of all operations, which read answers to their end.
const streamTime = 50 * time.Millisecond

// call sends a request and gives the answer's status, headers and JSON.
func (s service) call(method, path, body string, headers ...string) (int, http.Header, map[string]any) {
	s.t.Helper()
	status, header, text := s.send(method, path, body, headers...)
	var answer map[string]any
	if len(text) > 0 && json.Valid(text) {
		if err := json.Unmarshal(text, &answer); err != nil {
			s.t.Fatalf("%s %s answers %s", method, path, text)
		}
	}
	return status, header, answer
}

func (s service) send(method, path, body string, headers ...string) (int, http.Header, []byte) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, response.Header, text
}

// nextPage is the page that the Link of another names, relative to it; empty on the last.
func nextPage(t *testing.T, page string, header http.Header) string {
	t.Helper()
	link, _, _ := strings.Cut(strings.TrimPrefix(header.Get("Link"), "<"), ">")
	if link == "" {
		return ""
	}
	base, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	next, err := base.Parse(link)
	if err != nil || link[0] != '?' {
		t.Fatalf("Link is %q (%v); expected a query, which holds behind any prefix", link, err)
	}
	return next.String()
}

func (s service) items(path string, headers ...string) []any {
	s.t.Helper()
	status, _, answer := s.call("GET", path, "", headers...)
	if status != http.StatusOK {
		s.t.Fatalf("GET %s: %d %v", path, status, answer)
	}
	return answer["items"].([]any)
}

func (s service) importFile(path string) {
	s.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if status, _, answer := s.call("POST", "/v1/imports", string(text), "Content-Type", "application/x-ndjson"); status != http.StatusOK {
		s.t.Fatalf("importing %s: %d %v", path, status, answer)
	}
}

func TestTheCommittedDocumentsAreTheServices(t *testing.T) {
	t.Parallel()
	for path, made := range map[string]func() ([]byte, error){
		"../openapi/openapi.json": api.OpenAPIDocument, "../openapi/openapi-3.0.json": api.OpenAPIDocument30,
	} {
		document, err := made()
		if err != nil {
			t.Fatal(err)
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, document, "", " "); err != nil {
			t.Fatal(err)
		}
		indented.WriteByte('\n')
		if *update {
			if err := os.WriteFile(path, indented.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if committed, err := os.ReadFile(path); err != nil || !bytes.Equal(committed, indented.Bytes()) {
			t.Errorf("%s is not what the service says (%v); run: go test ./api -run Documents -update", path, err)
		}
	}
}

func TestASourceOverHTTP(t *testing.T) {
	t.Parallel()
	s := start(t)
	status, header, made := s.call("POST", "/v1/sources", `{"key":"paper","kind":"outlet","name":"الصحيفة","names":{"en":"The Paper"}}`)
	if status != http.StatusCreated || header.Get("ETag") != `"1"` || made["reliability"] != "F" {
		t.Fatalf("created: %d %v", status, made)
	}
	path := "/v1/sources/" + made["id"].(string)
	const words = `{"kind":"wire","name":"The Paper"}`
	for _, step := range []struct {
		name, method, path, body, ifMatch string
		status                            int
		etag                              string
	}{
		{"get", "GET", path, "", "", 200, `"1"`},
		{"a second time", "POST", "/v1/sources", `{"key":"paper","kind":"outlet","name":"x"}`, "", 409, ""},
		{"no If-Match", "PUT", path, words, "", 428, ""},
		{"an outdated ETag", "PUT", path, words, `"7"`, 412, `"1"`},
		{"an ETag that is none", "PUT", path, words, `7`, 412, ""},
		{"update", "PUT", path, words, `"1"`, 200, `"2"`},
		{"retract", "POST", path + "/retract", "", "*", 200, `"3"`},
		{"restore", "POST", path + "/restore", "", `"3"`, 200, `"4"`},
		{"a list without the version", "PUT", path, words, `"7", "3"`, 412, `"4"`},
		{"a weak ETag", "PUT", path, words, `W/"4"`, 412, ""},
		{"a list of weak ETags", "PUT", path, words, `W/"4", "9",`, 412, `"4"`},
		{"a list", "PUT", path, `{"kind":"wire","name":"B"}`, `"9", x, "4" ,"1"`, 200, `"5"`},
		{"a list for a step", "POST", path + "/retract", "", `"1","5"`, 200, `"6"`},
		{"a list for the way back", "POST", path + "/restore", "", `"1","2","6"`, 200, `"7"`},
		{"a list for what is not there", "POST", "/v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/retract", "", `"1","2"`, 404, ""},
		{"an unknown field", "POST", "/v1/sources", `{"kind":"outlet","name":"x","colour":"red"}`, "", 422, ""},
		{"a NUL character", "POST", "/v1/sources", `{"kind":"outlet","name":"x\u0000"}`, "", 422, ""},
		{"a kind that is none", "POST", "/v1/sources", `{"kind":"island","name":"x"}`, "", 422, ""},
		{"an unknown parameter", "GET", "/v1/sources?colour=red", "", "", 422, ""},
		{"a forged cursor", "GET", "/v1/sources?cursor=Zm9yZ2Vk", "", "", 422, ""},
		{"an unknown id", "GET", "/v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d", "", "", 404, ""},
		{"a path that is none", "GET", "/v1/rumours", "", "", 404, ""},
		{"a method that is none", "DELETE", "/v1/claims", "", "", 405, ""},
		{"an id that is none", "GET", "/v1/sources/paper", "", "", 422, ""},
		{"a day that is none", "POST", "/v1/claims", `{"statement":{"en":"x"},"event_time":{"start":"2023-13"}}`, "", 422, ""},
	} {
		status, header, answer := s.call(step.method, step.path, step.body, "If-Match", step.ifMatch)
		if status != step.status || header.Get("ETag") != step.etag {
			t.Errorf("%s: got %d, ETag %s, %v", step.name, status, header.Get("ETag"), answer)
		}
		if status >= 400 && (header.Get("Content-Type") != "application/problem+json" || answer["code"] == nil || answer["type"] == nil) {
			t.Errorf("%s is no problem: %s %v", step.name, header.Get("Content-Type"), answer)
		}
	}
	for tags, want := range map[string]int{
		`"7"`: 304, `W/"7"`: 304, `"1", "7"`: 304, `"1",W/"7" , "2"`: 304, `*`: 304,
		`"1"`: 200, `"1", "2"`: 200, `7`: 200, `W/*`: 200, `"*"`: 200, `w/"7"`: 200,
	} {
		if status, header, _ := s.call("GET", path, "", "If-None-Match", tags); status != want || header.Get("ETag") != `"7"` {
			t.Errorf("If-None-Match %s: %d, want %d", tags, status, want)
		}
	}
}

// TestListsInSeveralLines: a list counts as a whole, also where a client or a proxy sends it as several headers.
func TestListsInSeveralLines(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, _, made := s.call("POST", "/v1/sources", `{"kind":"outlet","name":"A"}`)
	path := s.url + "/v1/sources/" + made["id"].(string)
	for _, step := range []struct {
		method, path, header string
		status               int
	}{
		{"GET", path, "If-None-Match", 304},
		{"POST", path + "/retract", "If-Match", 200},
	} {
		request, err := http.NewRequestWithContext(t.Context(), step.method, step.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header[step.header] = []string{`"7"`, `"8", "1"`}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != step.status {
			t.Errorf("%s %s: %s, want %d", step.method, step.header, response.Status, step.status)
		}
	}
}

func TestPagesWalkEverythingOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile("../testdata/demo.ndjson")
	for _, sort := range []string{"id", "created_at", "-created_at"} {
		seen := map[string]bool{}
		path := "/v1/sources?limit=7&sort=" + sort
		for path != "" {
			status, header, page := s.call("GET", path, "")
			if status != http.StatusOK {
				t.Fatalf("GET %s: %d %v", path, status, page)
			}
			for _, item := range page["items"].([]any) {
				id := item.(map[string]any)["id"].(string)
				if seen[id] {
					t.Fatalf("%s stands on two pages", id)
				}
				seen[id] = true
			}
			link := nextPage(t, path, header)
			if (link == "") != (page["next_cursor"] == nil) {
				t.Errorf("Link is %q and next_cursor %v", link, page["next_cursor"])
			}
			path = link
		}
		if len(seen) != 44 {
			t.Errorf("by %s: %d sources", sort, len(seen))
		}
	}
	_, _, first := s.call("GET", "/v1/sources?limit=7", "")
	if status, _, _ := s.call("GET", "/v1/sources?limit=7&kind=outlet&cursor="+first["next_cursor"].(string),
		""); status != http.StatusUnprocessableEntity {
		t.Errorf("a cursor of another question: %d", status)
	}
}

func TestAFaultyBundleIsRefusedByLine(t *testing.T) {
	t.Parallel()
	s := start(t)
	status, _, answer := s.call("POST", "/v1/imports",
		`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/t"}`+"\n"+
			`{"type":"document","kind":"article","publisher":"nobody"}`, "Content-Type", "application/x-ndjson")
	if status != http.StatusUnprocessableEntity {
		t.Fatalf("got %d %v", status, answer)
	}
	fault := answer["errors"].([]any)[0].(map[string]any)
	if fault["line"] != 2.0 || fault["pointer"] != "/publisher" || fault["value"] != "nobody" || fault["code"] != "unknown_reference" {
		t.Errorf("got %v", fault)
	}
}

// TestTheArticle asks what a reader of the real article asks.
func TestTheArticle(t *testing.T) {
	t.Parallel()
	article := testenv.Shared(t, "seed/article.ndjson")[0]
	s := start(t)
	s.importFile(article)
	claim := func(key string) string {
		found := s.items("/v1/claims?key=" + key)
		if len(found) != 1 {
			t.Fatalf("%s: %v", key, found)
		}
		return found[0].(map[string]any)["id"].(string)
	}
	over, containers := claim("over-million-since-august"), claim("7000-containers")

	_, _, answer := s.call("GET", "/v1/claims/"+over+"/attributions", "")
	cards := answer["sources"].(map[string]any)
	var chain []string
	for _, hop := range answer["items"].([]any)[0].(map[string]any)["chain"].([]any) {
		card := cards[hop.(map[string]any)["source"].(string)].(map[string]any)
		chain = append(chain, card["key"].(string))
		if names := card["names"].(map[string]any); names["ar"] == "" || names["en"] == "" {
			t.Errorf("names of %s: %v", card["key"], names)
		}
	}
	if got := strings.Join(chain, " → "); got != "outlet → media → yoo → nis" {
		t.Errorf("the chain is %s", got)
	}
	for from, to := range map[string]string{over: containers, containers: over} {
		_, _, answer := s.call("GET", "/v1/claims/"+from+"/contradictions", "")
		link := answer["items"].([]any)[0].(map[string]any)
		other := link["to"]
		if link["asked_from"] == "to" {
			other = link["from"]
		}
		if other != to || link["degree"] != "tension" || link["rationale"] == nil {
			t.Errorf("the contradiction of %s is %v", from, link)
		}
		if card, named := answer["claims"].(map[string]any)[to].(map[string]any); !named || card["statement"] == nil ||
			card["key"] != map[string]string{over: "over-million-since-august", containers: "7000-containers"}[to] {
			t.Errorf("what contradicts %s is not told: %v", from, answer["claims"])
		}
	}
	for question, key := range map[string]string{
		"قذيفه": "million-shells", "shells": "million-shells", "٧٠٠٠": "7000-containers", "7000": "7000-containers",
		"7,000":          "7000-containers",
		"اقمار اصطناعيه": "military-help-in-return",
	} {
		found := false
		for _, item := range s.items("/v1/claims?q=" + url.QueryEscape(question)) {
			found = found || item.(map[string]any)["key"] == key
		}
		if !found {
			t.Errorf("%s does not find %s", question, key)
		}
	}
}

func TestHistoryTimelineAndTheWayBack(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile("../testdata/demo.ndjson")
	ofDemo := "&namespace=" + url.QueryEscape("https://headwater.example/demo")
	claim := s.items("/v1/claims?key=harbour-blast-toll" + ofDemo)[0].(map[string]any)["id"].(string)
	wire := s.items("/v1/sources?key=oxbow-wire" + ofDemo)[0].(map[string]any)["id"].(string)

	_, _, whole := s.call("GET", "/v1/claims/"+claim+"?include=documents,links,reviews", "")
	cards := whole["sources"].(map[string]any)
	for part, n := range map[string]int{"attributions": 12, "links": 7, "reviews": 2} {
		if items := whole[part].(map[string]any)["items"].([]any); len(items) != n {
			t.Errorf("%d %s with the claim, want %d", len(items), part, n)
		}
	}
	for _, a := range whole["attributions"].(map[string]any)["items"].([]any) {
		for _, hop := range a.(map[string]any)["chain"].([]any) {
			if cards[hop.(map[string]any)["source"].(string)] == nil {
				t.Errorf("no card for %v", hop)
			}
		}
		id := a.(map[string]any)["document"].(string)
		card := whole["documents"].(map[string]any)[id].(map[string]any)
		_, _, document := s.call("GET", "/v1/documents/"+id, "")
		for field := range card {
			if !reflect.DeepEqual(card[field], document[field]) {
				t.Errorf("the card of document %s has as %s %v, and the document %v", id, field, card[field], document[field])
			}
		}
		if card["title"] == nil || card["publisher"] == nil || cards[card["publisher"].(string)] == nil {
			t.Errorf("the card of document %s is %v", id, card)
		}
	}
	for _, link := range whole["links"].(map[string]any)["items"].([]any) {
		for _, end := range []string{"from", "to"} {
			if id := link.(map[string]any)[end].(string); whole["claims"].(map[string]any)[id] == nil {
				t.Errorf("no card for the claim %s", id)
			}
		}
	}
	summary := s.items("/v1/claims?include=summary&id=" + claim)[0].(map[string]any)["summary"].(map[string]any)
	if summary["attributions"] != 12.0 || summary["publishers"].(float64) < 2 {
		t.Errorf("the summary is %v", summary)
	}

	var dates []string
	path := "/v1/claims/" + claim + "/timeline?limit=3"
	for path != "" {
		status, header, page := s.call("GET", path, "")
		if status != http.StatusOK {
			t.Fatalf("GET %s: %d %v", path, status, page)
		}
		for _, item := range page["items"].([]any) {
			earliest, dated := item.(map[string]any)["earliest"].(string)
			if !dated {
				earliest = "never"
			}
			dates = append(dates, earliest)
		}
		path = nextPage(t, path, header)
	}
	byDay := func(a, b string) int { return strings.Compare(a[:min(10, len(a))], b[:min(10, len(b))]) }
	if len(dates) != 12 || !slices.IsSortedFunc(dates, byDay) {
		t.Errorf("the timeline is %v", dates)
	}

	count := func(position string) int { return len(s.items("/v1/sources/" + wire + "/claims?position=" + position)) }
	anywhere, published, relayed, begun := count("any"), count("publisher"), count("relay"), count("origin")
	if anywhere == 0 || anywhere < max(published, relayed, begun) || anywhere > published+relayed+begun {
		t.Errorf("claims of the wire: %d anywhere, %d published, %d relayed, %d begun", anywhere, published, relayed, begun)
	}

	made, cursor := s.follow(195, "")
	if made[0].(map[string]any)["operation"] != "create" {
		t.Errorf("the first change is %v", made[0])
	}
	if _, _, retracted := s.call("POST", "/v1/claims/"+claim+"/retract", "", "If-Match", "*", "X-Change-Reason",
		"told twice"); retracted["status"] != "retracted" {
		t.Fatalf("retracted: %v", retracted)
	}
	next, _ := s.follow(1, cursor)
	change := next[0].(map[string]any)
	if change["operation"] != "retract" || change["reason"] != "told twice" || change["actor"] != "anonymous" ||
		change["state"].(map[string]any)["status"] != "retracted" {
		t.Errorf("the change is %v", change)
	}
}

// follow reads the history until n more changes have come. Each comes once it has its place in the order.
func (s service) follow(n int, cursor string) (changes []any, next string) {
	s.t.Helper()
	for s.t.Context().Err() == nil && len(changes) < n {
		_, _, page := s.call("GET", "/v1/changes?limit=100&cursor="+cursor, "")
		changes = append(changes, page["items"].([]any)...)
		if given, ok := page["next_cursor"].(string); ok {
			cursor = given
		}
	}
	if len(changes) != n {
		s.t.Fatalf("%d changes, want %d", len(changes), n)
	}
	return changes, cursor
}

// TestFaultsNameFieldValueAndWhatWasExpected: all faults of a body are reported at once, whoever finds them.
func TestFaultsNameFieldValueAndWhatWasExpected(t *testing.T) {
	t.Parallel()
	s := start(t)
	for name, test := range map[string]struct {
		method, path, body string
		want               []string
	}{
		"a source wrong in many ways": {"POST", "/v1/sources",
			`{"kind":"island","name":"","country":"UK","names":{"e_n":"x"},"aliases":["a","a"],"control_reviewed_at":"2023-13",` +
				`"colour":"red"}`, []string{
				"/aliases/1 duplicate a", "/colour unknown_field red", "/control_reviewed_at bad_format 2023-13", "/country bad_format UK",
				"/kind not_one_of island", "/name required", "/names/e_n bad_format e_n"}},
		"a claim that says nothing": {"POST", "/v1/claims", `{}`, []string{"/statement required"}},
		"numbers that are none": {"POST", "/v1/claims",
			`{"statement":{"en":"x"},"quantities":[{"unit":"u","comparator":"="},{"value":"7","unit":"u","comparator":"?"}]}`,
			[]string{"/quantities/0/value required", "/quantities/1/comparator not_one_of ?", "/quantities/1/value bad_format 7"}},
		"a chain of nobody": {"POST", "/v1/attributions",
			`{"claim":"x","document":"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d","stance":"affirms","chain":[],"confidence":2}`,
			[]string{"/chain required", "/claim unknown_reference x", "/confidence out_of_range 2",
				"/document unknown_reference 6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"a link from a claim to none": {"POST", "/v1/links",
			`{"kind":"refines","from":"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d","to":"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d",` +
				`"degree":"direct","nature":1}`, []string{"/degree conflict direct",
				"/from unknown_reference 6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d", "/nature unknown_field 1",
				"/to same_ends 6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d", "/to unknown_reference 6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"an id that is none": {"GET", "/v1/claims/x", "", []string{"/id bad_format x"}},
		"parameters": {"GET", "/v1/claims?limit=0&stance=x", "",
			[]string{"/limit out_of_range 0", "/stance not_one_of x"}},
		"a parameter that is none": {"GET", "/v1/claims?colour=red", "", []string{"/colour unknown_field red"}},
		"days the wrong way round": {"GET", "/v1/claims?from=2024&to=2023", "", []string{"/to out_of_range 2023"}},
		"not an object":            {"POST", "/v1/claims", `[]`, []string{" bad_format []"}},
	} {
		status, _, answer := s.call(test.method, test.path, test.body)
		var got []string
		for _, each := range answer["errors"].([]any) {
			fault := each.(map[string]any)
			line := fault["pointer"].(string) + " " + fault["code"].(string)
			if value, given := fault["value"].(string); given {
				line += " " + value
			}
			got = append(got, line)
			if expected := fault["expected"].(string); expected == "" || strings.HasPrefix(expected, "expected") ||
				strings.Contains(line+expected, "map[") {
				t.Errorf("%s: %v", name, fault)
			}
		}
		if diff := cmp.Diff(test.want, got); status != http.StatusUnprocessableEntity || diff != "" {
			t.Errorf("%s: %d (-want +got):\n%s", name, status, diff)
		}
	}
}
