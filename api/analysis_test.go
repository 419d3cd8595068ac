package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/provenance"
)

const demo = "../testdata/demo.ndjson"

// text sends a GET and gives the answer as it is.
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

func demoFacts(t *testing.T) provenance.Facts {
	t.Helper()
	in, err := os.Open(demo)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	facts, err := bundle.Facts(in)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// TestReports: what the service says of each claim of the demo is what the analysis says of the bundle, with and
// without a source, one by one, all in one call, and of the bundle sent.
func TestReports(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile(demo)
	facts := demoFacts(t)
	analysis := provenance.New(facts)
	var keys []string
	var reports []any
	for _, claim := range facts.Claims {
		report, err := analysis.Report(claim.ID, provenance.Question{})
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
		without, err := analysis.Report(claim.ID, provenance.Question{Without: []uuid.UUID{source.ID}, AsOf: "2024-06"})
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
	if status, _, answer := s.call("POST", "/v1/analyses", string(asked)); status != http.StatusOK || !cmp.Equal(answer["items"], any(reports)) {
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

// TestReportsAreRemembered: a client that has the report is told so until something changes it.
func TestReportsAreRemembered(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile(demo)
	claim := s.items("/v1/claims?namespace=https://headwater.example/demo&key=harbour-blast-toll")[0].(map[string]any)["id"].(string)
	path := "/v1/claims/" + claim + "/corroboration"
	_, header, before := s.call("GET", path, "")
	known := header.Get("ETag")
	for range 2 {
		if status, header, text := s.text(path, "If-None-Match", known); status != http.StatusNotModified || text != "" || header.Get("ETag") != known {
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

func TestBadQuestions(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile(demo)
	claims := s.items("/v1/claims?limit=3")
	id := func(i int) string { return claims[i].(map[string]any)["id"].(string) }
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
		"an unknown source":       {"GET", "/v1/claims/" + id(0) + "/corroboration?without=nobody&without=nothing", "", "", 422, []string{"/without/0", "nobody", "/without/1", "nothing"}},
		"a day that is none":      {"GET", "/v1/claims/" + id(0) + "/corroboration?as_of=2024-13", "", "", 422, []string{"/as_of", "2024-13"}},
		"a merged claim":          {"GET", "/v1/claims/" + id(1) + "/corroboration", "", "", 409, []string{"merged", id(0)}},
		"a retracted claim":       {"GET", "/v1/claims/" + id(2) + "/provenance", "", "", 409, []string{"retracted"}},
		"no such claim":           {"GET", "/v1/claims/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/corroboration", "", "", 404, []string{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"no such source":          {"GET", "/v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/impact", "", "", 404, []string{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}},
		"no such form":            {"GET", "/v1/claims/" + id(0) + "/provenance?format=svg", "", "", 422, []string{"/format", "svg"}},
		"1,001 claims":            {"POST", "/v1/analyses", string(tooMany), "", 422, []string{"/claims", "1001", "1,000"}},
		"no claim":                {"POST", "/v1/analyses", `{"claims": []}`, "", 422, []string{"/claims"}},
		"unknown claims":          {"POST", "/v1/analyses", `{"claims": ["nothing", "nowhere"]}`, "", 422, []string{"/claims/0", "nothing", "/claims/1", "nowhere"}},
		"names that are no text":  {"POST", "/v1/analyses", `{"claims": ["a\u0000b"], "without": ["\u0000"]}`, "", 422, []string{"/claims/0"}},
		"a merged one of many":    {"POST", "/v1/analyses", `{"claims": ["` + id(1) + `"]}`, "", 409, []string{"merged", id(0)}},
		"an unknown field":        {"POST", "/v1/analyses", `{"claims": ["a"], "claim": "b"}`, "", 422, []string{"/claim", "unknown_field"}},
		"a field of another kind": {"POST", "/v1/analyses", `{"claims": "a"}`, "", 422, []string{"/claims", "bad_format"}},
		"no JSON":                 {"POST", "/v1/analyses", `{"claims"`, "", 422, []string{"JSON"}},
		"a bundle with faults": {"POST", "/v1/analyses", `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"source","key":"a","kind":"outlet","name":"A"}
{"type":"document","key":"d","publisher":"b","kind":"article"}
{"type":"claim","key":"c"}`, "application/x-ndjson", 422, []string{`"line":4`, "/statement"}},
		"a bundle that names what it lacks": {"POST", "/v1/analyses", `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
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
		"JSON":                {"", "", "application/json", `{"claim":"harbour-blast-toll"`},
		"Mermaid by name":     {"?format=mermaid", "", "text/vnd.mermaid", "flowchart LR\n"},
		"Mermaid by Accept":   {"", "text/html, text/vnd.mermaid;q=0.9", "text/vnd.mermaid", "flowchart LR\n"},
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
	facts := demoFacts(t)
	analysis := provenance.New(facts)
	for _, source := range facts.Sources {
		expected := map[string]any{}
		for _, claim := range facts.Claims {
			impact, err := analysis.Impact(claim.ID, source.ID)
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
	s := start(t)
	s.importFile(demo)
	facts := demoFacts(t)
	analysis := provenance.New(facts)
	standing := map[string]any{}
	for _, claim := range facts.Claims {
		report, err := analysis.Report(claim.ID, provenance.Question{})
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
		if diff := cmp.Diff(standing[claim["key"].(string)], claim["standing"]); diff != "" || claim["summary"] == nil {
			t.Errorf("%s (-want +got):\n%s", claim["key"], diff)
		}
	}
}
