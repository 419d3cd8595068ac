package api_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

const demo = "../testdata/demo.ndjson"

// text sends a GET and gives the body as it is.
func (s service) text(path string, headers ...string) (int, http.Header, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
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
	return response.StatusCode, response.Header, string(text)
}

func factsOf(t *testing.T, path string) provenance.Facts {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	evidence, err := inmem.Read(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return evidence.All()
}

// TestReports: what the service says of each claim of the demo is what the analysis says of the bundle, with and
// without a source, one by one, all in one call, and of the bundle sent.
func TestReports(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile(demo)
	facts := factsOf(t, demo)
	analysis := provenance.New(facts)
	var keys []string
	var reports []any
	for _, claim := range facts.Claims {
		report, err := analysis.Report(t.Context(), claim.ID, provenance.Question{})
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, claim.Key)
		reports = append(reports, decoded(t, report))
		status, _, answer := s.call("GET", "/v1/claims/"+claim.ID.String()+"/corroboration", "")
		if diff := cmp.Diff(reports[len(reports)-1], any(answer)); status != http.StatusOK || diff != "" {
			t.Errorf("%s: %d (-bundle +service):\n%s", claim.Key, status, diff)
		}
		source := facts.Sources[len(keys)%len(facts.Sources)]
		without, err := analysis.Report(t.Context(), claim.ID, provenance.Question{Without: []uuid.UUID{source.ID}, AsOf: "2024-06"})
		if err != nil {
			t.Fatal(err)
		}
		_, _, answer = s.call("GET", "/v1/claims/"+claim.ID.String()+"/corroboration?as_of=2024-06&without="+source.Key, "")
		if diff := cmp.Diff(decoded(t, without), any(answer)); diff != "" {
			t.Errorf("%s without %s (-bundle +service):\n%s", claim.Key, source.Key, diff)
		}
	}
	asked, err := json.Marshal(map[string]any{"claims": keys})
	if err != nil {
		t.Fatal(err)
	}
	if status, _, answer := s.call("POST", "/v1/analyses", string(asked)); status != http.StatusOK || !cmp.Equal(answer["items"],
		any(reports)) {
		t.Errorf("all in one call: %d, the reports differ", status)
	}
	text, err := os.ReadFile(demo)
	if err != nil {
		t.Fatal(err)
	}
	empty := start(t)
	status, _, answer := empty.call("POST", "/v1/analyses", string(text), "Content-Type", "application/x-ndjson")
	if status != http.StatusOK || !cmp.Equal(answer["items"], any(reports)) {
		t.Errorf("the bundle sent: %d, the reports differ", status)
	}
	if n := len(empty.items("/v1/claims")); n != 0 {
		t.Errorf("%d claims were stored", n)
	}
}

func decoded(t *testing.T, thing any) any {
	t.Helper()
	text, err := json.Marshal(thing)
	if err != nil {
		t.Fatal(err)
	}
	var answer any
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// TestReportsAreCached: a client that has the report gets 304 until something changes it.
func TestReportsAreCached(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile(demo)
	claim := s.items("/v1/claims?namespace=https://headwater.example/demo&key=harbour-blast-toll")[0].(map[string]any)["id"].(string)
	path := "/v1/claims/" + claim + "/corroboration"
	_, header, before := s.call("GET", path, "")
	known := header.Get("ETag")
	for range 2 {
		if status, header, text := s.text(path, "If-None-Match", known); status != http.StatusNotModified || text != "" ||
			header.Get("ETag") != known {
			t.Errorf("asked again: %d, ETag %s, %d bytes", status, header.Get("ETag"), len(text))
		}
	}
	s.call("POST", "/v1/claims", `{"statement": {"en": "The moon rose at nine."}}`)
	if status, _, _ := s.text(path, "If-None-Match", known); status != http.StatusNotModified {
		t.Errorf("after a change elsewhere: %d", status)
	}
	evidence := before["affirming"].(map[string]any)["evidence"].([]any)[0].(map[string]any)["attribution"].(string)
	if status, _, answer := s.call("POST", "/v1/attributions/"+evidence+"/reject", "", "If-Match", "*"); status != http.StatusOK {
		t.Fatalf("rejecting: %d %v", status, answer)
	}
	status, header, after := s.call("GET", path, "", "If-None-Match", known)
	if status != http.StatusOK || header.Get("ETag") == known || cmp.Equal(before, after) {
		t.Errorf("after a change: %d, ETag %s", status, header.Get("ETag"))
	}
}

// countingStore counts how often facts are read for an analysis, and of how many claims together at most.
type countingStore struct {
	*store.Store
	analyses, most atomic.Int32
}

func (c *countingStore) Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (store.FactsRead, error) {
	c.analyses.Add(1)
	c.most.Store(max(c.most.Load(), int32(len(claims))))
	return c.Store.Facts(ctx, claims, without, proposed)
}

// TestReportsChangeWithWhatTheyRestOn: each change of something in the read set gives the report another ETag. In between,
// and after changes of other things, the response comes from the cache.
func TestReportsChangeWithWhatTheyRestOn(t *testing.T) {
	t.Parallel()
	counted := &countingStore{Store: open(t)}
	s := serve(t, validated(t, handler(counted)))
	s.importText(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/local"}
{"type":"source","key":"gazette","kind":"outlet","name":"The Gazette","reliability":"B"}
{"type":"source","key":"old-gazette","kind":"outlet","name":"Gazette"}
{"type":"source","key":"engineer","kind":"person","name":"The engineer","reliability":"C"}
{"type":"source","key":"city","kind":"government","name":"The city"}
{"type":"document","key":"page","publisher":"gazette","kind":"article","published":{"earliest":"2024-05-06","latest":"2024-05-06"}}
{"type":"document","key":"leaflet","publisher":"old-gazette","kind":"article","published":{"earliest":"2024-05-06","latest":"2024-05-06"}}
{"type":"claim","key":"safe","statement":{"en":"The bridge is safe."}}
{"type":"claim","key":"sound","statement":{"en":"The bridge is sound."}}
{"type":"attribution","key":"told","claim":"safe","document":"page","stance":"affirms","chain":[{"source":"gazette"},{"source":"engineer"}]}
{"type":"attribution","key":"also-told","claim":"sound","document":"leaflet","stance":"affirms","chain":[{"source":"old-gazette"}]}
{"type":"link","key":"sharper","kind":"refines","from":"sound","to":"safe","status":"proposed"}
{"type":"relation","key":"bought","subject":"gazette","kind":"controlled_by","object":"city","since":"2024-05-07"}
{"type":"relation","key":"employed","subject":"engineer","kind":"owned_by","share":0.5,"object":"city"}
`)
	id := s.idOf
	engineer, oldGazette := id("sources", "engineer"), id("sources", "old-gazette")
	leaflet, employed := id("documents", "leaflet"), id("relations", "employed")
	report := "/v1/claims/" + id("claims", "safe") + "/corroboration"
	_, header, _ := s.call("GET", report, "")
	known := header.Get("ETag")
	for _, change := range []struct{ name, method, path, body string }{
		{"a link is accepted", "POST", "/v1/links/" + id("links", "sharper") + "/accept", ""},
		{"a relation is changed", "PATCH", "/v1/relations/" + employed, `{"share": 0.6}`},
		{"a relation is retracted", "POST", "/v1/relations/" + employed + "/retract", ""},
		{"a relation is made", "POST", "/v1/relations",
			`{"subject": "` + engineer + `", "kind": "speaks_for", "object": "` + id("sources", "city") + `", "until": "2024-05-06"}`},
		{"a document is dated otherwise", "PATCH", "/v1/documents/" + leaflet,
			`{"published": {"earliest": "2024-05-07", "latest": "2024-05-07"}}`},
		{"a document is no longer dated", "PATCH", "/v1/documents/" + leaflet, `{"published": null}`},
		{"a document reprints another", "PATCH", "/v1/documents/" + leaflet, `{"derived_from": "` + id("documents", "page") + `"}`},
		{"a source is graded", "PATCH", "/v1/sources/" + engineer, `{"reliability": "A"}`},
		{"a source is renamed", "PATCH", "/v1/sources/" + id("sources", "city"), `{"name": "City hall"}`},
		{"control of a source is looked up", "PATCH", "/v1/sources/" + id("sources", "gazette"), `{"control_reviewed_at": "2026"}`},
		{"sources are merged", "POST", "/v1/sources/" + oldGazette + "/merge", `{"into": "` + id("sources", "gazette") + `"}`},
		{"they are parted", "POST", "/v1/sources/" + oldGazette + "/unmerge", ""},
		{"a claim is dated", "PATCH", "/v1/claims/" + id("claims", "safe"), `{"event_time": {"start": "2025"}}`},
		{"claims are merged", "POST", "/v1/claims/" + id("claims", "sound") + "/merge", `{"into": "` + id("claims", "safe") + `"}`},
		{"an attribution is rejected", "POST",
			"/v1/attributions/" + s.items("/v1/claims/" + id("claims", "sound") + "/attributions")[0].(map[string]any)["id"].(string) +
				"/reject", ""},
		{"a document is retracted", "POST", "/v1/documents/" + id("documents", "page") + "/retract", ""},
	} {
		headers := []string{"If-Match", "*"}
		if change.method == "PATCH" {
			headers = append(headers, "Content-Type", "application/merge-patch+json")
		}
		if status, _, answer := s.call(change.method, change.path, change.body, headers...); status >= 300 {
			t.Fatalf("%s: %d %v", change.name, status, answer)
		}
		status, header, _ := s.call("GET", report, "", "If-None-Match", known)
		if status != http.StatusOK || header.Get("ETag") == known {
			t.Errorf("%s: %d, ETag %s as before", change.name, status, header.Get("ETag"))
		}
		known = header.Get("ETag")
		before := counted.analyses.Load()
		s.call("POST", "/v1/claims", `{"statement": {"en": "The moon rose at nine."}}`)
		if status, _, _ := s.text(report, "If-None-Match", known); status != http.StatusNotModified {
			t.Errorf("%s, asked again: %d", change.name, status)
		}
		if status, header, _ := s.text(report); status != http.StatusOK || header.Get("ETag") != known {
			t.Errorf("%s, asked again by who has no answer: %d, ETag %s instead of %s", change.name, status, header.Get("ETag"), known)
		}
		if n := counted.analyses.Load() - before; n > 0 {
			t.Errorf("%s, asked again: %d analyses", change.name, n)
		}
	}
}

// TestSharedReports: of the shared bundles the service says what the analysis says of each
// claim, which the analysis's own test holds to what is expected.
func TestSharedReports(t *testing.T) {
	t.Parallel()
	paths := testenv.Shared(t, "*/*.ndjson")
	s := start(t)
	for _, path := range paths {
		s.importFile(path)
	}
	for _, path := range paths {
		facts := factsOf(t, path)
		analysis := provenance.New(facts)
		for i, claim := range facts.Claims {
			without := facts.Sources[i%len(facts.Sources)]
			for query, question := range map[string]provenance.Question{"": {},
				"?without=" + without.ID.String(): {Without: []uuid.UUID{without.ID}}} {
				report, err := analysis.Report(t.Context(), claim.ID, question)
				if err != nil {
					t.Fatal(err)
				}
				_, _, answer := s.call("GET", "/v1/claims/"+claim.ID.String()+"/corroboration"+query, "")
				if diff := cmp.Diff(decoded(t, report), any(answer)); diff != "" {
					t.Errorf("%s %s%s (-bundle +service):\n%s", filepath.Base(path), claim.Key, query, diff)
				}
			}
		}
	}
}

func TestBadQuestions(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile(demo)
	claims := s.items("/v1/claims?limit=3")
	id := func(i int) string { return claims[i].(map[string]any)["id"].(string) }
	source := s.items("/v1/sources?limit=1")[0].(map[string]any)["id"].(string)
	s.call("POST", "/v1/claims/"+id(1)+"/merge", `{"into": "`+id(0)+`"}`, "If-Match", "*")
	s.call("POST", "/v1/claims/"+id(2)+"/retract", "", "If-Match", "*")
	tooMany, err := json.Marshal(map[string]any{"claims": strings.Split(strings.Repeat(id(0)+" ", 1000)+id(0), " ")})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		method, path, body, kind string
		status                   int
		says                     []string
	}{
		"an unknown source": {"GET", "/v1/claims/" + id(0) + "/corroboration?without=nobody&without=nothing", "", "", 422,
			[]string{"/without/0", "nobody", "/without/1", "nothing"}},
		"a day that is none": {"GET", "/v1/claims/" + id(0) + "/corroboration?as_of=2024-13", "", "", 422,
			[]string{"/as_of", "2024-13"}},
		"a day of no claim": {"POST", "/v1/analyses?as_of=2024-13",
			`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}`, "application/x-ndjson", 422,
			[]string{"/as_of", "2024-13"}},
		"a merged claim":    {"GET", "/v1/claims/" + id(1) + "/corroboration", "", "", 409, []string{"merged", id(0)}},
		"a retracted claim": {"GET", "/v1/claims/" + id(2) + "/provenance", "", "", 409, []string{"retracted"}},
		"no such claim": {"GET", "/v1/claims/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/corroboration", "", "", 404,
			[]string{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"no such source": {"GET", "/v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/impact", "", "", 404,
			[]string{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"a merged claim's standing":     {"GET", "/v1/claims/" + id(1) + "?include=standing", "", "", 409, []string{"merged", id(0)}},
		"a retracted claim with report": {"GET", "/v1/claims/" + id(2) + "?include=report", "", "", 409, []string{"retracted"}},
		"an include that is none": {"GET", "/v1/claims/" + id(0) + "?include=standing,effects", "", "", 422,
			[]string{"/include", "effects", "report"}},
		"an include of a list that is none": {"GET", "/v1/claims?include=report", "", "", 422, []string{"/include", "report", "standing"}},
		"an include of contradictions that is none": {"GET", "/v1/claims/" + id(0) + "/contradictions?include=report", "", "", 422,
			[]string{"/include", "report", "origins"}},
		"an include of corroborations that is none": {"GET", "/v1/claims/" + id(0) + "/corroborations?include=side", "", "", 422,
			[]string{"/include", "side", "origins"}},
		"contradictions of no claim": {"GET", "/v1/claims/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/contradictions?include=standing", "", "",
			404,
			[]string{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"a bundle of a merged claim":    {"GET", "/v1/claims/" + id(1) + "/bundle", "", "", 409, []string{"merged", id(0)}},
		"a bundle of a retracted claim": {"GET", "/v1/claims/" + id(2) + "/bundle?texts=true", "", "", 409, []string{"retracted"}},
		"a bundle of no claim": {"GET", "/v1/claims/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/bundle", "", "", 404,
			[]string{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"a bundle without unknown sources": {"GET", "/v1/claims/" + id(0) + "/bundle?without=nobody&without=nothing", "", "", 422,
			[]string{"/without/0", "nobody", "/without/1", "nothing"}},
		"a bundle for a day that is none": {"GET", "/v1/claims/" + id(0) + "/bundle?as_of=2024-13", "", "", 422,
			[]string{"/as_of", "2024-13"}},
		"texts that are neither": {"GET", "/v1/claims/" + id(0) + "/bundle?texts=some", "", "", 422, []string{"/texts", "some"}},
		"evidence of a merged claim": {"GET", "/v1/claims/" + id(1) + "/timeline?scope=evidence", "", "", 409,
			[]string{"merged", id(0)}},
		"evidence of a retracted claim": {"GET", "/v1/claims/" + id(2) + "/timeline?scope=evidence", "", "", 409, []string{"retracted"}},
		"evidence of no claim": {"GET", "/v1/claims/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/timeline?scope=evidence", "", "", 404,
			[]string{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"a scope that is none": {"GET", "/v1/claims/" + id(0) + "/timeline?scope=all", "", "", 422, []string{"/scope", "all", "evidence"}},
		"a cursor of another scope": {"GET", "/v1/claims/" + id(0) + "/timeline?scope=evidence&cursor=Zm9yZ2Vk", "", "", 422,
			[]string{"/cursor", "Zm9yZ2Vk"}},
		"control on a day that is none": {"GET", "/v1/sources/" + source + "/control?at=2024-02-30", "", "", 422,
			[]string{"/at", "2024-02-30"}},
		"control of no source": {"GET", "/v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/control", "", "", 404,
			[]string{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"no such document": {"GET", "/v1/documents/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/impact", "", "", 404,
			[]string{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"a drawing of a day that is none": {"GET", "/v1/claims/" + id(0) + "/provenance?as_of=2024-00", "", "", 422,
			[]string{"/as_of", "2024-00"}},
		"no such form": {"GET", "/v1/claims/" + id(0) + "/provenance?format=svg", "", "", 422, []string{"/format", "svg"}},
		"1,001 claims": {"POST", "/v1/analyses", string(tooMany), "", 422,
			[]string{"/claims", "1001 entries", "1000 entries at most"}},
		"no claim": {"POST", "/v1/analyses", `{"claims": []}`, "", 422, []string{"/claims"}},
		"unknown claims": {"POST", "/v1/analyses", `{"claims": ["nothing", "nowhere"]}`, "", 422,
			[]string{"/claims/0", "nothing", "/claims/1", "nowhere"}},
		"names that are no text": {"POST", "/v1/analyses", `{"claims": ["a\u0000b"], "without": ["\u0000"]}`, "", 422,
			[]string{"/claims/0"}},
		"a merged one of many": {"POST", "/v1/analyses", `{"claims": ["` + id(1) + `"]}`, "", 409, []string{"merged", id(0)}},
		"an unknown field": {"POST", "/v1/analyses", `{"claims": ["a"], "claim": "b"}`, "", 422,
			[]string{"/claim", "unknown_field"}},
		"a field of another kind": {"POST", "/v1/analyses", `{"claims": "a"}`, "", 422, []string{"/claims", "bad_format"}},
		"no JSON":                 {"POST", "/v1/analyses", `{"claims"`, "", 400, []string{"JSON"}},
		"a bundle with faults": {"POST", "/v1/analyses", `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"source","key":"a","kind":"outlet","name":"A"}
{"type":"document","key":"d","publisher":"b","kind":"article"}
{"type":"claim","key":"c"}`, "application/x-ndjson", 422, []string{`"line":4`, "/statement"}},
		"a bundle that names what it lacks": {"POST", "/v1/analyses",
			`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"document","key":"d","publisher":"b","kind":"article"}`, "application/x-ndjson", 422, []string{`"line":2`, "/publisher", `"b"`}},
		"neither": {"POST", "/v1/analyses", "claims: all", "text/plain", 415, []string{"application/x-ndjson"}},
	} {
		t.Run(name, func(t *testing.T) {
			headers := []string{}
			if test.kind != "" {
				headers = []string{"Content-Type", test.kind}
			}
			status, header, answer := s.call(test.method, test.path, test.body, headers...)
			text, _ := json.Marshal(answer)
			if status != test.status || header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %s %s", status, header.Get("Content-Type"), text)
			}
			for _, said := range test.says {
				if !strings.Contains(string(text), said) {
					t.Errorf("%q is not in %s", said, text)
				}
			}
		})
	}
}

func TestDrawings(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile(demo)
	claim := s.items("/v1/claims?namespace=https://headwater.example/demo&key=harbour-blast-toll")[0].(map[string]any)["id"].(string)
	path := "/v1/claims/" + claim + "/provenance"
	for name, test := range map[string]struct{ query, accept, kind, begins string }{
		"JSON":              {"", "", "application/json", `{"claim":"harbour-blast-toll"`},
		"Mermaid by name":   {"?format=mermaid", "", "text/vnd.mermaid", "flowchart LR\n"},
		"Mermaid by Accept": {"", "text/html, text/vnd.mermaid;q=0.9", "text/vnd.mermaid", "flowchart LR\n"},
		"what is liked best": {"", "text/vnd.graphviz;q=0.1, text/vnd.mermaid;q=0.5, application/json;q=0.2", "text/vnd.mermaid",
			"flowchart LR\n"},
		"anything":            {"", "*/*", "application/json", `{"claim":"harbour-blast-toll"`},
		"anything but":        {"", "text/vnd.mermaid;q=0, */*", "application/json", `{"claim":"harbour-blast-toll"`},
		"DOT by name":         {"?format=dot", "application/json", "text/vnd.graphviz", "digraph provenance {\n"},
		"DOT by Accept":       {"", "text/vnd.graphviz", "text/vnd.graphviz", "digraph provenance {\n"},
		"with a source aside": {"?format=mermaid&without=oxbow-wire", "", "text/vnd.mermaid", "flowchart LR\n"},
	} {
		t.Run(name, func(t *testing.T) {
			headers := []string{}
			if test.accept != "" {
				headers = []string{"Accept", test.accept}
			}
			status, header, text := s.text(path+test.query, headers...)
			if status != http.StatusOK || header.Get("Content-Type") != test.kind || !strings.HasPrefix(text, test.begins) {
				t.Errorf("%d %s %.80s", status, header.Get("Content-Type"), text)
			}
		})
	}
}

// TestImpact: over all pages, setting a source aside changes just the claims that a comparison of all reports finds.
func TestImpact(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile(demo)
	facts := factsOf(t, demo)
	analysis := provenance.New(facts)
	for _, source := range facts.Sources {
		expected := map[string]any{}
		for _, claim := range facts.Claims {
			impact, err := analysis.ImpactOfSource(t.Context(), claim.ID, source.ID)
			if err != nil {
				t.Fatal(err)
			}
			if impact != nil {
				expected[claim.Key] = decoded(t, impact)
			}
		}
		found := map[string]any{}
		for path := "/v1/sources/" + source.ID.String() + "/impact?limit=3"; path != ""; {
			_, _, page := s.call("GET", path, "")
			for _, item := range page["items"].([]any) {
				key := item.(map[string]any)["claim"].(string)
				if found[key] != nil {
					t.Errorf("%s is on two pages of %s", key, source.Key)
				}
				found[key] = item
			}
			next, more := page["next_cursor"].(string)
			path = ""
			if more {
				path = "/v1/sources/" + source.ID.String() + "/impact?limit=3&cursor=" + next
			}
		}
		if diff := cmp.Diff(expected, found); diff != "" {
			t.Errorf("%s (-all reports +pages):\n%s", source.Key, diff)
		}
	}
}

// TestStandingsInAList: a page of claims says how each stands.
func TestStandingsInAList(t *testing.T) {
	t.Parallel()
	stored := open(t)
	s := serve(t, api.New(stored, api.Options{}))
	s.importFile(demo)
	settle(t, stored)
	facts := factsOf(t, demo)
	analysis := provenance.New(facts)
	standing := map[string]any{}
	for _, claim := range facts.Claims {
		report, err := analysis.Report(t.Context(), claim.ID, provenance.Question{})
		if err != nil {
			t.Fatal(err)
		}
		standing[claim.Key] = decoded(t, report.Figures())
	}
	items := s.items("/v1/claims?include=standing,summary&limit=100")
	if len(items) != len(standing) {
		t.Fatalf("%d claims, want %d", len(items), len(standing))
	}
	for _, item := range items {
		claim := item.(map[string]any)
		listed, _ := claim["standing"].(map[string]any)
		if listed["as_of"] == nil || listed["behind"] != nil {
			t.Errorf("%s is listed as %v; expected as of which change it is right, and that it is", claim["key"], listed)
		}
		for _, more := range []string{"as_of", "algorithm_version", "appeared", "attributions", "denials"} { // which lists alone say
			delete(listed, more)
		}
		if diff := cmp.Diff(standing[claim["key"].(string)], any(listed)); diff != "" || claim["summary"] == nil {
			t.Errorf("%s (-want +got):\n%s", claim["key"], diff)
		}
	}
}
