package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
)

// TestClaimBundleGivesTheReport: from the bundle of each claim, with and without texts, the report is made that the service
// makes, to the byte: also where the text is not the one that was hashed, and with what is merged, proposed or retracted.
func TestClaimBundleGivesTheReport(t *testing.T) {
	t.Parallel()
	for _, file := range append(testenv.SharedToo(t, "seed/article.ndjson"), demo, "../testdata/withdrawal-after.ndjson") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			s := serveUnvalidated(t, file)
			s.checkBundles()
			if file == demo {
				s.mergeSome()
				s.checkBundles()
			}
		})
	}
}

// mergeSome merges a claim and a source, and retracts a source and a document.
func (s storeService) mergeSome() {
	s.t.Helper()
	id := func(kind, key string) string {
		return "/v1/" + kind + "/" + s.idOf(kind, key+"&namespace=https://headwater.example/demo")
	}
	for path, into := range map[string]string{
		id("claims", "thirty-or-more-dead"): id("claims", "harbour-blast-toll"),
		id("claims", "shift-of-25"):         id("claims", "morgue-full"),
		id("sources", "galeway-gazette"):    id("sources", "ebbtide-post"),
	} {
		_, target, _ := strings.Cut(strings.TrimPrefix(into, "/v1/"), "/")
		if status, _, problem := s.call("POST", path+"/merge", `{"into": "`+target+`"}`, "If-Match", "*"); status != http.StatusOK {
			s.t.Fatalf("POST %s/merge: %d %v", path, status, problem)
		}
	}
	s.step(id("sources", "saltmarsh-courier") + "/retract")
	s.step(id("documents", "ebbtide-wednesday") + "/retract")
}

// checkBundles makes the report on each claim from its bundle.
func (s storeService) checkBundles() {
	s.t.Helper()
	source := s.items("/v1/sources?limit=1&status=active")[0].(map[string]any)["id"].(string)
	for id := range s.reports() {
		path := "/v1/claims/" + id.String()
		for _, query := range []string{"?", "?include_proposed=true&", "?without=" + source + "&", "?as_of=2024-05-07&",
			"?as_of=2024-05&include_proposed=true&without=" + source + "&"} {
			_, _, want := s.send("GET", path+"/corroboration"+query[:len(query)-1], "")
			for _, texts := range []string{"texts=false", "texts=true"} {
				status, header, text := s.send("GET", path+"/bundle"+query+texts, "")
				if status != http.StatusOK || header.Get("Content-Type") != "application/x-ndjson" {
					s.t.Fatalf("%s/bundle%s%s: %d %s", path, query, texts, status, header)
				}
				if texts == "texts=false" && bytes.Contains(text, []byte(`"text":`)) {
					s.t.Errorf("%s/bundle%s has texts", path, query)
				}
				if got := reportFrom(s.t, text); !bytes.Equal(got, want) {
					s.t.Errorf("%s/bundle%s%s gives\n%s, want\n%s", path, query, texts, got, want)
				}
			}
		}
	}
}

// TestAlteredTextShowsInExcerpts: an extract without the texts still says that one is not the one that was hashed.
func TestAlteredTextShowsInExcerpts(t *testing.T) {
	t.Parallel()
	s := serveStore(t, demo)
	claim := s.idOf("claims", "harbour-blast-toll&namespace=https://headwater.example/demo")
	_, _, text := s.send("GET", "/v1/claims/"+claim+"/bundle", "")
	if n := bytes.Count(text, []byte(`"text_found_sha256":`)); n != 1 || bytes.Contains(text, []byte(`"text":`)) {
		t.Errorf("%d documents have the hash of the text as found, want 1", n)
	}
	if made := reportFrom(t, text); !bytes.Contains(made, []byte(`"code":"text_hash_mismatch"`)) {
		t.Errorf("the report from the excerpts lacks the altered text: %s", made)
	}
}

// TestExcerptsHaveLittleOfTheText: however much of the text was stored with a quote, its excerpt has the words around it alone.
func TestExcerptsHaveLittleOfTheText(t *testing.T) {
	t.Parallel()
	s := start(t)
	before, after := strings.Repeat("b", 600), strings.Repeat("a", 580)
	text := before + "The dam held." + after
	status, _, answer := s.send("POST", "/v1/imports", strings.Join([]string{
		`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://excerpts.example"}`,
		`{"type":"source","key":"paper","kind":"outlet","name":"Paper"}`,
		`{"type":"document","key":"article","kind":"article","publisher":"paper","text":"` + text + `"}`,
		`{"type":"claim","key":"held","statement":{"en":"The dam held."}}`,
		`{"type":"attribution","claim":"held","document":"article","stance":"affirms","chain":[{"source":"paper","act":"says"}],` +
			`"content":{"exact":"The dam held.","start":600,"end":613,"prefix":"` + before + `","suffix":"` + after + `"}}`,
	}, "\n"), "Content-Type", "application/x-ndjson")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	_, _, excerpts := s.send("GET", "/v1/claims/"+s.idOf("claims", "held&namespace=https://excerpts.example")+"/bundle", "")
	want := `"prefix":"` + before[:32] + `","suffix":"` + after[:32] + `"`
	if !bytes.Contains(excerpts, []byte(want)) {
		t.Errorf("want %s in:\n%s", want, excerpts)
	}
}

// reportFrom makes the report that an extract is for, asked for what its header says.
func reportFrom(t *testing.T, text []byte) []byte {
	t.Helper()
	evidence, err := inmem.Read(t.Context(), bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	analysis, err := report.Analyze(t.Context(), evidence, evidence.ActiveClaims(), report.Request{}.Or(evidence.Question()))
	if err != nil {
		t.Fatal(err)
	}
	reports, err := analysis.Reports(t.Context(), nil)
	if err != nil || len(reports) != 1 {
		t.Fatalf("%d reports, want 1 (%v)", len(reports), err)
	}
	return []byte(encodedReport(t, reports[0]))
}

// encodedReport is a report as the service and the command write it.
func encodedReport(t *testing.T, r *provenance.Report) string {
	t.Helper()
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil {
		t.Fatal(err)
	}
	return encoded.String()
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

// TestClaimRecordFormats: what is known of a claim comes in the formats of others, and in no other.
func TestClaimRecordFormats(t *testing.T) {
	t.Parallel()
	s := serveUnvalidated(t, demo)
	path := "/v1/claims/" + s.idOf("claims", "harbour-blast-toll") + "/record"
	for format, want := range map[string]struct{ mediaType, holds string }{
		"prov-json": {"application/json", `"prov:PrimarySource"`}, "stix": {"application/stix+json", `"type":"bundle"`},
	} {
		status, header, text := s.send("GET", path+"?format="+format, "")
		if status != http.StatusOK || header.Get("Content-Type") != want.mediaType || !bytes.Contains(text, []byte(want.holds)) ||
			!json.Valid(text) {
			t.Errorf("as %s: %d %s %.200s", format, status, header.Get("Content-Type"), text)
		}
	}
	for _, query := range []string{"", "?format=bundle", "?format=stix&as_of=x"} {
		if status, _, _ := s.send("GET", path+query, ""); status != http.StatusUnprocessableEntity && status != http.StatusBadRequest {
			t.Errorf("%s%s gives %d", path, query, status)
		}
	}
}
