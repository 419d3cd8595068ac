package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// try asks for reports as if changes were made, and gives the comparison for each claim.
func (q *queue) try(claims, changes string) []map[string]any {
	q.t.Helper()
	status, _, answer := q.call("POST", "/v1/analyses", fmt.Sprintf(`{"claims": [%s], "changes": {%s}}`, claims, changes), q.rana...)
	if status != http.StatusOK {
		q.t.Fatalf("%s: %d %v", changes, status, answer)
	}
	var comparisons []map[string]any
	for i, comparison := range answer["comparisons"].([]any) {
		comparisons = append(comparisons, comparison.(map[string]any))
		after := comparisons[i]["after"].(map[string]any)
		if report := answer["items"].([]any)[i].(map[string]any); report["standing"] != after["standing"] {
			q.t.Errorf("the report says %v, the figures %v", report["standing"], after["standing"])
		}
	}
	return comparisons
}

// TestChangesThatAreTried: what a report would say after changes is what it says once they are made, and trying them makes none.
func TestChangesThatAreTried(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	desk := q.propose("/v1/sources", `{"kind": "outlet", "name": "The other desk"}`, q.administrator...)
	document := q.propose("/v1/documents", fmt.Sprintf(`{"kind": "article", "publisher": %q}`, desk), q.administrator...)
	both := fmt.Sprintf("%q, %q", q.toll, q.sailed)
	attribution := fmt.Sprintf(`{"claim": %q, "document": %q, "stance": "affirms", "chain": [{"source": %q, "act": "says"}]}`, q.sailed,
		document, desk)
	link := fmt.Sprintf(`{"kind": "refines", "from": %q, "to": %q}`, q.sailed, q.toll)
	wire := q.items("/v1/sources?key=oxbow-wire", q.rana...)[0].(map[string]any)["id"].(string)
	for _, c := range []struct {
		changes string
		make    [][2]string // what makes them: path and body
		undo    string
	}{
		{fmt.Sprintf(`"accept": [%q]`, q.links[1]), [][2]string{{"/v1/links/" + q.links[1] + "/accept", ""}}, ""},
		{fmt.Sprintf(`"accept": [%q]`, q.attribution), [][2]string{{"/v1/attributions/" + q.attribution + "/accept", ""}}, ""},
		{fmt.Sprintf(`"reject": [%q]`, q.links[1]), [][2]string{{"/v1/links/" + q.links[1] + "/reject", ""}}, ""},
		{fmt.Sprintf(`"attributions": [%s], "links": [%s]`, attribution, link),
			[][2]string{{"/v1/attributions", attribution}, {"/v1/links", link}}, ""},
		{fmt.Sprintf(`"withdraw": [{"resource": "document", "id": %q}]`, document),
			[][2]string{{"/v1/documents/" + document + "/retract", ""}}, ""},
		{fmt.Sprintf(`"withdraw": [{"resource": "source", "id": %q}]`, wire), [][2]string{{"/v1/sources/" + wire + "/retract", ""}},
			"/v1/sources/" + wire + "/restore"},
		{fmt.Sprintf(`"merges": [{"resource": "source", "id": %q, "into": %q}]`, desk, wire),
			[][2]string{{"/v1/sources/" + desk + "/merge", fmt.Sprintf(`{"into": %q}`, wire)}}, ""},
	} {
		before := q.try(both, "")
		foretold := q.try(both, c.changes)
		if again := q.try(both, ""); !cmp.Equal(before, again) {
			t.Errorf("%s was made, not tried: %s", c.changes, cmp.Diff(before, again))
		}
		for _, step := range c.make {
			status, _, answer := q.call("POST", step[0], step[1], append([]string{"If-Match", "*"}, q.administrator...)...)
			if status != http.StatusOK && status != http.StatusCreated {
				t.Fatalf("%s: %d %v", step[0], status, answer)
			}
		}
		for i, come := range q.try(both, "") {
			if diff := cmp.Diff(foretold[i]["after"], come["before"]); diff != "" {
				t.Errorf("%s, claim %d (-foretold +come):\n%s", c.changes, i, diff)
			}
			if diff := cmp.Diff(before[i]["before"], foretold[i]["before"]); diff != "" {
				t.Errorf("%s, claim %d before (-alone +with changes):\n%s", c.changes, i, diff)
			}
		}
		if c.undo != "" {
			q.call("POST", c.undo, "", append([]string{"If-Match", "*"}, q.administrator...)...)
		}
	}
}

// TestSourcesThatAreTried: with a source that is not stored, a report says what it says once that is stored, and names it.
func TestSourcesThatAreTried(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	const id = "3d2c1b52-6a5e-4f0e-9d0e-3f1f6a1b2c3d"
	told := func(source string) string {
		return fmt.Sprintf(`{"claim": %q, "document": %q, "stance": "affirms", "chain": [{"source": %q}, {"source": %q, "act": "says"}]}`,
			q.sailed, q.document, q.desk, source)
	}
	for name, fields := range map[string]string{
		"named":     `"kind": "person", "name": "Whom nobody stored yet"`,
		"anonymous": `"kind": "other", "name": "Sources close to the harbor", "anonymous": true`,
	} {
		foretold := q.try(fmt.Sprintf("%q", q.sailed),
			fmt.Sprintf(`"sources": [{"id": %q, %s}], "attributions": [%s]`, id, fields, told(id)))
		_, _, answer := q.call("POST", "/v1/analyses", fmt.Sprintf(`{"claims": [%q], "changes": {"sources": [{"id": %q, %s}], `+
			`"attributions": [%s]}}`, q.sailed, id, fields, told(id)), q.rana...)
		if card, _ := answer["items"].([]any)[0].(map[string]any)["sources"].(map[string]any)[id].(map[string]any); card["name"] == nil {
			t.Errorf("%s: the report does not name it: %v", name, answer["items"])
		}
		if status, _, _ := q.call("GET", "/v1/sources/"+id, "", q.rana...); status != http.StatusNotFound {
			t.Errorf("%s: it was stored: %d", name, status)
		}
		source := q.propose("/v1/sources", "{"+fields+"}", q.administrator...)
		q.propose("/v1/attributions", told(source), q.administrator...)
		come := q.try(fmt.Sprintf("%q", q.sailed), "")
		if diff := cmp.Diff(foretold[0]["after"], come[0]["before"]); diff != "" {
			t.Errorf("%s (-foretold +come):\n%s", name, diff)
		}
		if cmp.Equal(foretold[0]["before"], foretold[0]["after"]) {
			t.Errorf("%s: it changes nothing", name)
		}
	}
}

// TestFaultsOfChanges: what changes name and is not there is a fault at its place, and so is what could not be stored.
func TestFaultsOfChanges(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	const unknown = "6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"
	for pointer, changes := range map[string]string{
		"/changes/links/0/to": fmt.Sprintf(`"links": [{"kind": "refines", "from": %q, "to": %q}]`, q.toll, unknown),
		"/changes/attributions/0/chain/1/source": fmt.Sprintf(`"attributions": [{"claim": %q, "document": %q, "stance": "affirms", `+
			`"chain": [{"source": %q, "act": "says"}, {"source": %q, "act": "says"}]}]`, q.toll, q.document, q.desk, unknown),
		"/changes/merges/0/resource":   fmt.Sprintf(`"merges": [{"resource": "document", "id": %q, "into": %q}]`, q.toll, q.sailed),
		"/changes/merges/0/into":       fmt.Sprintf(`"merges": [{"resource": "claim", "id": %q, "into": %[1]q}]`, q.toll),
		"/changes/withdraw/0/id":       fmt.Sprintf(`"withdraw": [{"resource": "document", "id": %q}]`, unknown),
		"/changes/withdraw/0/resource": fmt.Sprintf(`"withdraw": [{"resource": "claim", "id": %q}]`, q.toll),
		"/changes/links/0/degree": fmt.Sprintf(`"links": [{"kind": "refines", "from": %q, "to": %q, "degree": "tension"}]`, q.toll,
			q.sailed),
		"/changes/sources/0/id": fmt.Sprintf(`"sources": [{"id": %q, "kind": "person", "name": "It is there"}]`, q.desk),
		"/changes/attributions/0/claim": fmt.Sprintf(`"attributions": [{"claim": %q, "document": %q, "stance": "affirms", `+
			`"chain": [{"source": %[1]q, "act": "says"}]}]`, q.desk, q.document),
	} {
		status, _, problem := q.call("POST", "/v1/analyses", fmt.Sprintf(`{"claims": [%q], "changes": {%s}}`, q.toll, changes), q.rana...)
		if status != http.StatusUnprocessableEntity || problem["errors"].([]any)[0].(map[string]any)["pointer"] != pointer {
			t.Errorf("%s: %d %v", pointer, status, problem)
		}
	}
	_, _, problem := q.call("POST", "/v1/analyses", fmt.Sprintf(`{"claims": [%q], "changes": {"sources": [{"id": %q, "kind": "person", `+
		`"name": "A captain", "country": "?"}, {"id": %[2]q, "kind": "person", "name": " "}], `+
		`"links": [{"kind": "refines", "from": %[1]q, "to": %[1]q}]}}`, q.toll, unknown), q.rana...)
	var pointers []any
	for _, fault := range problem["errors"].([]any) {
		pointers = append(pointers, fault.(map[string]any)["pointer"])
	}
	want := []any{"/changes/sources/0/country", "/changes/sources/1/name", "/changes/sources/1/id", "/changes/links/0/to"}
	if diff := cmp.Diff(want, pointers); diff != "" {
		t.Errorf("faults of two sources (-want +got):\n%s\n%v", diff, problem)
	}
}

// TestClaimsOfADocument: a document's attributions come with the cards of the claims that they make.
func TestClaimsOfADocument(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	_, _, page := q.call("GET", "/v1/documents/"+q.document+"/attributions", "", q.rana...)
	if card, _ := page["claims"].(map[string]any)[q.sailed].(map[string]any); card["statement"] == nil {
		t.Errorf("the claims are %v", page["claims"])
	}
}
