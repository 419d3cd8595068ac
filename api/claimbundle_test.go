package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/report"
)

// TestClaimBundleGivesTheReport: from the bundle of each claim, with and without texts, the report is made that the service
// makes, to the byte.
func TestClaimBundleGivesTheReport(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"../testdata/demo.ndjson", "../testdata/withdrawal.ndjson"} {
		s := serveStore(t, file)
		for id := range s.reports() {
			path := "/v1/claims/" + id.String()
			_, _, want := s.send("GET", path+"/corroboration", "")
			for _, query := range []string{"", "?texts=true"} {
				status, header, text := s.send("GET", path+"/bundle"+query, "")
				if status != http.StatusOK || header.Get("Content-Type") != "application/x-ndjson" {
					t.Fatalf("%s/bundle%s: %d %s", path, query, status, header)
				}
				if query == "" && bytes.Contains(text, []byte(`"text":`)) {
					t.Errorf("%s/bundle has texts", path)
				}
				if got := reportFrom(t, text); !bytes.Equal(got, want) {
					t.Errorf("%s/bundle%s gives\n%s, want\n%s", path, query, got, want)
				}
			}
		}
	}
}

// reportFrom makes the report that an extract is for.
func reportFrom(t *testing.T, text []byte) []byte {
	t.Helper()
	evidence, err := inmem.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	analysis, err := report.Analyze(t.Context(), evidence, evidence.ActiveClaims(), report.Request{})
	if err != nil {
		t.Fatal(err)
	}
	reports, err := analysis.Reports(t.Context())
	if err != nil || len(reports) != 1 {
		t.Fatalf("%d reports, want 1 (%v)", len(reports), err)
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(reports[0]); err != nil {
		t.Fatal(err)
	}
	return encoded.Bytes()
}

// TestExcerptsAreNotImported: a bundle without texts would take them from what is stored.
func TestExcerptsAreNotImported(t *testing.T) {
	t.Parallel()
	s := serveStore(t, "../testdata/withdrawal.ndjson")
	for id := range s.reports() {
		_, _, text := s.send("GET", "/v1/claims/"+id.String()+"/bundle", "")
		status, _, problem := s.call("POST", "/v1/imports", string(text), "Content-Type", "application/x-ndjson")
		if status != http.StatusUnprocessableEntity || !strings.Contains(encodedJSON(t, problem), `"/texts"`) {
			t.Errorf("an import of excerpts: %d %v", status, problem)
		}
	}
}

func encodedJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
