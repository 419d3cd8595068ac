package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// enter makes a source, a document of two sentences and a claim, all by their keys.
func (s service) enter() {
	s.t.Helper()
	for path, body := range map[string]string{
		"sources": `{"key": "quay-post", "kind": "outlet", "name": "The Quay Post", "country": "كوريا الجنوبية"}`,
		"claims":  `{"key": "two-tugs", "statement": {"en": "Two tugs were alongside."}}`,
	} {
		if status, _, answer := s.call("POST", "/v1/"+path, body); status != http.StatusCreated {
			s.t.Fatalf("%s: %d %v", path, status, answer)
		}
	}
	if status, _, answer := s.call("POST", "/v1/documents", `{"key": "monday", "publisher": "quay-post", "kind": "article",
		"published": "2024-04/2024-08", "text": "Two tugs, he said. Two tugs, they added."}`); status != http.StatusCreated {
		s.t.Fatalf("document: %d %v", status, answer)
	}
}

// faults are those of an answer, each as its pointer and code.
func faultsIn(answer map[string]any) (list []string) {
	faults, _ := answer["errors"].([]any)
	for _, each := range faults {
		fault := each.(map[string]any)
		list = append(list, fmt.Sprintf("%s %s %v", fault["pointer"], fault["code"], fault["value"]))
	}
	return list
}

// TestWritingAsPeopleWrite: keys, names of countries, dates as one text, a verdict in a word, and quotes without a position are
// stored as what they mean.
func TestWritingAsPeopleWrite(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.enter()
	if source := s.items("/v1/sources?key=quay-post")[0].(map[string]any); source["country"] != "KR" {
		t.Errorf("a country by its Arabic name is %v", source["country"])
	}
	document := s.items("/v1/documents?key=monday")[0].(map[string]any)
	if at := document["published"].(map[string]any); at["earliest"] != "2024-04" || at["latest"] != "2024-08" {
		t.Errorf("an interval is %v", at)
	}
	status, _, review := s.call("POST", "/v1/reviews", `{"claim": "two-tugs", "author": "quay-post", "rating": "Mostly false"}`)
	if status != http.StatusCreated || review["rating"].(map[string]any)["label"] != "Mostly false" ||
		review["author"] != document["publisher"] {
		t.Errorf("a review: %d %v", status, review)
	}
	status, _, made := s.call("POST", "/v1/attributions", `{"claim": "two-tugs", "document": "monday", "stance": "affirms",
		"content": {"exact": "Two tugs", "suffix": ", they"}, "chain": [{"source": "quay-post", "said_at": "2024-05",
			"cue": {"start": 2, "end": 9, "exact": "he said"}}]}`)
	if status != http.StatusCreated {
		t.Fatalf("an attribution: %d %v", status, made)
	}
	if content := made["content"].(map[string]any); content["start"] != 19.0 || content["end"] != 27.0 {
		t.Errorf("a quote without a position stands at %v", content)
	}
	mended := fmt.Sprint(made["mended"])
	if mended != "[map[end:17 given_end:9 given_start:2 pointer:/chain/0/cue start:10]]" {
		t.Errorf("what was mended: %s", mended)
	}
	_, _, again := s.call("GET", "/v1/attributions/"+made["id"].(string), "")
	if again["mended"] != nil {
		t.Errorf("a reader is told of %v", again["mended"])
	}
	status, _, patched := s.call("PATCH", "/v1/documents/"+document["id"].(string),
		`{"published": "2024-06", "retrieved_at": "5 May 2024", "derived_from": null}`, "Content-Type", "application/merge-patch+json",
		"If-Match", "*")
	if at, _ := patched["published"].(map[string]any); status != http.StatusOK || at["earliest"] != "2024-06" ||
		patched["retrieved_at"] != "2024-05-05" {
		t.Errorf("a patch with dates: %d %v", status, patched)
	}
	_, _, patched = s.call("PATCH", "/v1/reviews/"+review["id"].(string),
		`{"rating": "True", "author": "quay-post", "published": "١٥ آب ٢٠٢٤"}`,
		"Content-Type", "application/merge-patch+json", "If-Match", "*")
	if rating := fmt.Sprint(patched["rating"]); rating != "map[label:True]" || patched["published"] != "2024-08-15" {
		t.Errorf("a review is patched to the rating %s and the date %v", rating, patched["published"])
	}
}

// TestFaultsComeAtOnce: those of fields, of references and of rules are in one answer, and each shows what was written.
func TestFaultsComeAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.enter()
	for name, test := range map[string]struct {
		path, body string
		want       []string
	}{
		"an attribution": {"attributions", `{"claim": "no-such", "document": "monday", "stance": "affirm", "colour": 1,
			"content": {"exact": "Two tugs"}, "chain": [{"source": "quay-post", "cue": {"exact": "told me"}}, {"source": "a b"}]}`,
			[]string{"/chain/0/cue quote_mismatch told me", "/chain/1/source bad_format a b", "/claim unknown_reference no-such",
				"/colour unknown_field 1", "/content quote_mismatch Two tugs", "/stance not_one_of affirm"}},
		"values of other types": {"attributions", `{"claim": 1, "document": "monday", "stance": "affirms", "confidence": "high",
			"content": {"exact": "Two tugs"}, "chain": [{"source": "quay-post", "cue": {"exact": "told me"}}]}`,
			[]string{"/chain/0/cue quote_mismatch told me", "/claim bad_format 1", "/confidence bad_format high",
				"/content quote_mismatch Two tugs"}},
		"a chain of another type": {"attributions", `{"claim": "two-tugs", "document": "monday", "stance": "affirms",
			"content": {"exact": "Two tugs"}, "chain": "quay-post"}`,
			[]string{"/chain bad_format quay-post", "/content quote_mismatch Two tugs"}},
		"a chain of another": {"attributions", `{"claim": "two-tugs", "document": "monday", "stance": "affirms",
			"content": {"exact": "he said"}, "chain": [{"source": "nobody"}]}`,
			[]string{"/chain/0/source unknown_reference nobody"}},
		"a link": {"links", `{"kind": "refines", "from": "two-tugs", "to": "two-tugs", "confidence": 2}`,
			[]string{"/confidence out_of_range 2", "/to same_ends two-tugs"}},
		"a document": {"documents", `{"publisher": "nobody", "kind": "", "published": "last summer", "derived_from": "sunday"}`,
			[]string{"/derived_from unknown_reference sunday", "/kind required <nil>", "/published bad_format last summer",
				"/publisher unknown_reference nobody"}},
		"a review": {"reviews", `{"claim": "nothing", "author": "quay-post", "rating": "False", "published": "next week"}`,
			[]string{"/claim unknown_reference nothing", "/published bad_format next week"}},
		"a match": {"matches", `{"kind": "same_document", "a": "monday", "b": "quay-post"}`, []string{"/b unknown_reference quay-post"}},
	} {
		status, _, answer := s.call("POST", "/v1/"+test.path, test.body)
		if got := faultsIn(answer); status != http.StatusUnprocessableEntity || !slices.Equal(got, test.want) {
			t.Errorf("%s: %d %q, want %q", name, status, got, test.want)
		}
	}
	_, _, answer := s.call("POST", "/v1/attributions", `{"claim": "two-tugs", "document": "monday", "stance": "affirm",
		"content": {"exact": "Two tugs"}, "chain": [{"source": "quay-post"}]}`)
	said := fmt.Sprint(answer["errors"])
	for _, part := range []string{"one of affirms, denies, questions; perhaps affirms", "several places"} {
		if !strings.Contains(said, part) {
			t.Errorf("%q is not said: %s", part, said)
		}
	}
}

// TestWhatIsThereIsNamed: a POST of what is there already is answered with its id; what is like another is told.
func TestWhatIsThereIsNamed(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.enter()
	const reviewed = `{"claim": "two-tugs", "author": "quay-post", "rating": "False"}`
	_, _, review := s.call("POST", "/v1/reviews", reviewed)
	status, _, answer := s.call("POST", "/v1/reviews", reviewed)
	if status != http.StatusConflict || answer["code"] != "already_exists" || answer["existing"] != review["id"] {
		t.Errorf("a review again: %d %v, want that %v is there", status, answer, review["id"])
	}
	paper := s.items("/v1/sources?key=quay-post")[0].(map[string]any)
	status, _, answer = s.call("POST", "/v1/sources", `{"key": "quay-post", "kind": "outlet", "name": "Another"}`)
	if status != http.StatusConflict || answer["existing"] != paper["id"] {
		t.Errorf("a key again: %d %v", status, answer)
	}
	status, _, answer = s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "The Quay Post", "country": "KR"}`)
	matches, _ := answer["matches"].([]any)
	if status != http.StatusCreated || len(matches) != 1 || matches[0].(map[string]any)["a"] != paper["id"] {
		t.Errorf("a source of the same name: %d %v", status, answer)
	}
}

// TestListsBelowAClaimGiveWhatCounts: what is proposed or rejected is there for those who ask for it.
func TestListsBelowAClaimGiveWhatCounts(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.enter()
	s.call("POST", "/v1/claims", `{"key": "no-tugs", "statement": {"en": "No tug was there."}}`)
	claim := s.items("/v1/claims?key=two-tugs")[0].(map[string]any)["id"].(string)
	for i, status := range []string{"accepted", "proposed", "rejected"} {
		quote := []string{"Two tugs, he", "Two tugs, they", "they added"}[i]
		for path, body := range map[string]string{
			"attributions": fmt.Sprintf(`{"claim": "two-tugs", "document": "monday", "stance": "affirms", "status": %q,
				"content": {"exact": %q}, "chain": [{"source": "quay-post"}]}`, status, quote),
			"links": fmt.Sprintf(`{"kind": %q, "from": "two-tugs", "to": "no-tugs", "status": %q}`,
				[]string{"contradicts", "corroborates", "refines"}[i], status),
		} {
			if code, _, answer := s.call("POST", "/v1/"+path, body); code != http.StatusCreated {
				t.Fatalf("%s: %d %v", path, code, answer)
			}
		}
	}
	for list, want := range map[string]int{"attributions": 1, "attributions?status=all": 3, "attributions?status=proposed,rejected": 2,
		"links": 1, "links?status=all": 3, "contradictions": 1, "corroborations": 0, "corroborations?status=all": 1} {
		if got := len(s.items("/v1/claims/" + claim + "/" + list)); got != want {
			t.Errorf("%s lists %d, want %d", list, got, want)
		}
	}
	_, _, detail := s.call("GET", "/v1/claims/"+claim+"?include=attributions,links,report", "")
	for _, part := range []string{"attributions", "links"} {
		if items := detail[part].(map[string]any)["items"].([]any); len(items) != 1 {
			t.Errorf("the claim's %s are %d, want what counts", part, len(items))
		}
	}
	report := detail["report"].(map[string]any)
	if side := report["affirming"].(map[string]any); side["own_attributions"] != 1.0 || side["attributions"] != 1.0 {
		t.Errorf("of its own: %v of %v", side["own_attributions"], side["attributions"])
	}
	if report["support"].(map[string]any)["graded"] != false {
		t.Errorf("nobody is graded, and the support is %v", report["support"])
	}
	s.call("PATCH", "/v1/sources/"+s.items("/v1/sources?key=quay-post")[0].(map[string]any)["id"].(string), `{"reliability": "B"}`,
		"Content-Type", "application/merge-patch+json", "If-Match", "*")
	if _, _, graded := s.call("GET", "/v1/claims/"+claim+"/corroboration", ""); graded["support"].(map[string]any)["graded"] != true {
		t.Errorf("one is graded, and the support is %v", graded["support"])
	}
}
