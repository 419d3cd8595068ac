package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/search"
)

// pagedList is a list, and the question that its cursors are tied to: with it, anybody can forge one.
type pagedList struct {
	operation, path string
	question        any
}

// pagedLists are all lists, each in every order of values that its cursors hold, over the demo's story.
func pagedLists(s service) []pagedList {
	ofDemo := "&namespace=" + url.QueryEscape("https://headwater.example/demo")
	named := func(resource, key string) (text string, id uuid.UUID) {
		text = s.items("/v1/" + resource + "?key=" + key + ofDemo)[0].(map[string]any)["id"].(string)
		return text, uuid.MustParse(text)
	}
	claimText, claim := named("claims", "harbour-blast-toll")
	sourceText, source := named("sources", "oxbow-wire")
	document := s.items("/v1/attributions?limit=1")[0].(map[string]any)["document"].(string)
	by := func(sort string) store.Common { return store.Common{Sort: sort} }
	lists := []pagedList{
		{"listLinks", "/v1/links?", store.LinkFilter{Common: by("id")}},
		{"listRelations", "/v1/relations?", store.RelationFilter{Common: by("id")}},
		{"listMatches", "/v1/matches?", store.MatchFilter{Common: by("id")}},
		{"listReviews", "/v1/reviews?", store.ReviewFilter{Common: by("id")}},
		{"listAttributions", "/v1/attributions?", store.AttributionFilter{Common: by("id")}},
		{"listSources", "/v1/sources?q=marjan", store.SourceFilter{Common: by("id"), Q: "marjan"}},
		{"listClaims", "/v1/claims?q=the", store.ClaimFilter{Common: by("id"), Q: "the"}},
		{"listDocuments", "/v1/documents?q=the", store.DocumentFilter{Common: by("id"), Q: "the"}},
		{"listClaims", "/v1/claims?source=" + sourceText, store.ClaimFilter{Common: by("id"), Source: source}},
		{"listClaimAttributions", "/v1/claims/" + claimText + "/attributions?status=all",
			store.AttributionFilter{Common: by("id"), Claim: claim}},
		{"listClaimLinks", "/v1/claims/" + claimText + "/links?status=all", store.LinkFilter{Common: by("id"), Claim: claim}},
		{"listClaimCorroborations", "/v1/claims/" + claimText + "/corroborations?status=all",
			store.LinkFilter{Common: by("id"), Claim: claim, Kind: "corroborates"}},
		{"listClaimContradictions", "/v1/claims/" + claimText + "/contradictions?status=all",
			store.LinkFilter{Common: by("id"), Claim: claim, Kind: "contradicts"}},
		{"listDocumentAttributions", "/v1/documents/" + document + "/attributions?",
			store.AttributionFilter{Common: by(store.ReadingOrder), Document: uuid.MustParse(document)}},
		{"getClaimTimeline", "/v1/claims/" + claimText + "/timeline?by=published", []string{"timeline", claimText, "published"}},
		{"getClaimTimeline", "/v1/claims/" + claimText + "/timeline?by=said_at", []string{"timeline", claimText, "said_at"}},
		{"getClaimTimeline", "/v1/claims/" + claimText + "/timeline?scope=evidence",
			[]string{"timeline of evidence", claimText, "published"}},
		{"listSourceClaims", "/v1/sources/" + sourceText + "/claims?", []string{"source claims", sourceText, "any"}},
		{"getSourceImpact", "/v1/sources/" + sourceText + "/impact?", []string{"dependents", sourceText}},
		{"getDocumentImpact", "/v1/documents/" + document + "/impact?", []string{"dependents", document}},
		{"listChanges", "/v1/changes?", store.ChangeFilter{}},
		{"listStandingChanges", "/v1/standings/changes?", store.StandingChangeFilter{}},
		{"listImports", "/v1/imports?", "imports"},
		{"listFeeds", "/v1/feeds?", []string{"feeds", uuid.Nil.String()}},
		{"listFeedEditions", "/v1/feeds/a/editions?", []string{"feed editions", "a"}},
		{"listProposals", "/v1/proposals?", store.ProposalFilter{}},
		{"listKeys", "/v1/keys?", "keys"},
		{"listWebhooks", "/v1/webhooks?", "webhooks"},
		{"searchFactChecks", searchPath("query", "silo"), search.FactCheckFilter{Q: "silo"}},
		{"searchFactChecks", searchPath("reviewPublisherSiteFilter", "checks.example"), search.FactCheckFilter{Site: "checks.example"}},
	}
	type versions struct { // as the list of versions has it
		Resource   headwater.Resource
		ID         uuid.UUID
		Descending bool
	}
	for _, resource := range changedTwice {
		id := s.items("/v1/" + resource.Plural() + "?limit=1")[0].(map[string]any)["id"].(string)
		name := string(resource)
		lists = append(lists, pagedList{"list" + strings.ToUpper(name[:1]) + name[1:] + "Versions", "/v1/" + resource.Plural() + "/" + id +
			"/history?", versions{Resource: resource, ID: uuid.MustParse(id)}})
	}
	for _, sort := range []string{"id", "created_at", "-created_at", "name", "-name"} {
		lists = append(lists, pagedList{"listSources", "/v1/sources?sort=" + sort, store.SourceFilter{Common: by(sort)}})
	}
	for _, sort := range []string{"id", "-created_at"} {
		lists = append(lists, pagedList{"listClaims", "/v1/claims?sort=" + sort, store.ClaimFilter{Common: by(sort)}})
	}
	for _, sort := range []string{"id", "published", "-published"} {
		lists = append(lists, pagedList{"listDocuments", "/v1/documents?sort=" + sort, store.DocumentFilter{Common: by(sort)}})
	}
	return lists
}

// changedTwice are the kinds of things that have versions.
var changedTwice = []headwater.Resource{headwater.ResourceSource, headwater.ResourceRelation, headwater.ResourceDocument,
	headwater.ResourceClaim, headwater.ResourceAttribution, headwater.ResourceLink, headwater.ResourceReview, headwater.ResourceMatch}

// changeFirst gives the first thing of each kind another version.
func changeFirst(s service) {
	s.t.Helper()
	patches := map[headwater.Resource]string{
		headwater.ResourceSource: `{"role": {"en": "of this test"}}`, headwater.ResourceReview: `{"title": "Of this test"}`,
		headwater.ResourceDocument: `{"title": "Of this test"}`, headwater.ResourceClaim: `{"topics": ["test"]}`,
		headwater.ResourceAttribution: `{"note": "Of this test."}`, headwater.ResourceLink: `{"confidence": 0.31}`,
	}
	for _, resource := range changedTwice {
		path := "/v1/" + resource.Plural() + "/" + s.items("/v1/" + resource.Plural() + "?limit=1")[0].(map[string]any)["id"].(string)
		method, body, headers := "POST", "", []string{"If-Match", "*"}
		switch patch, ok := patches[resource]; {
		case ok:
			method, body, headers = "PATCH", patch, append(headers, "Content-Type", "application/merge-patch+json")
		case resource == headwater.ResourceRelation:
			path += "/retract"
		default:
			path += "/reject"
		}
		status, _, answer := s.call(method, path, body, headers...)
		if status != http.StatusOK {
			s.t.Fatal(path, status, answer)
		}
	}
}

// twiceReviewed are two claims that one search for fact checks finds.
const twiceReviewed = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/checked"}
{"type":"source","key":"checks","kind":"outlet","name":"Checks","domains":["checks.example"]}
{"type":"source","key":"czechs","kind":"outlet","name":"Czechs"}
{"type":"match","kind":"same_source","a":"checks","b":"czechs","rationale":"A letter."}
{"type":"match","kind":"same_source","a":"checks","b":"cheques","rationale":"Some letters."}
{"type":"source","key":"cheques","kind":"outlet","name":"Cheques"}
{"type":"claim","key":"empty","statement":{"en":"The silo is empty."}}
{"type":"claim","key":"full","statement":{"en":"The silo is full."}}
{"type":"review","claim":"empty","author":"checks","rating":{"label":"false"},"published":"2024-05"}
{"type":"review","claim":"full","author":"checks","rating":{"label":"true"}}
`

// get asks for a page of the list.
func (l pagedList) get(s service, cursor, size string) (status int, text string, next string) {
	asked := url.Values{"cursor": {cursor}, "limit": {size}}
	if l.operation == "searchFactChecks" {
		asked = url.Values{"pageToken": {cursor}, "pageSize": {size}}
	}
	status, _, body := s.send("GET", l.path+"&"+asked.Encode(), "")
	var answer struct {
		Next  string `json:"next_cursor"`
		Token string `json:"nextPageToken"`
	}
	_ = json.Unmarshal(body, &answer) // a problem has neither
	return status, string(body), answer.Next + answer.Token
}

// TestLongNamesInCursors: a page may end with a name as long as names may be.
func TestLongNamesInCursors(t *testing.T) {
	t.Parallel()
	s := start(t)
	want := []string{}
	for i, letter := range []string{"a", "ب", "\U00010348"} {
		want = append(want, fmt.Sprint(i))
		body := fmt.Sprintf(`{"kind": "other", "key": "%d", "name": "%s"}`, i, strings.Repeat(letter, 1000))
		if status, _, answer := s.call("POST", "/v1/sources", body); status != http.StatusCreated {
			t.Fatal(status, answer)
		}
	}
	if got := s.walk("/v1/sources?sort=name"); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// cursorValues takes a cursor apart.
func cursorValues(t *testing.T, cursor string) []string {
	t.Helper()
	var parts struct {
		Values []string `json:"v"`
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, &parts)
	}
	if err != nil {
		t.Fatal(cursor, err)
	}
	return parts.Values
}

// forgedValues are values that no cursor holds, or that another holds.
var forgedValues = []string{"", " ", "x", "\x00", "a\x00b", "0", "-1", "1", "1e400", "NaN", "Infinity", "-Infinity", "infinity", "1e-46",
	"0x1p-2", "99999999999999999999", "18446744073709551615", "2147483648", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z",
	"9999-12-31T23:59:59Z",
	"2024-02-30T00:00:00Z", "2024-01-01T00:00:00+99:00", "2024-01-01", "now", "epoch", "exact", "near",
	"00000000-0000-0000-0000-000000000000", "{6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d}", "6f1c0a52", "'; DROP TABLE claims; --", "\u202e",
	strings.Repeat("9", 400), "null"}

// TestForgedCursors: whatever a cursor holds, its list either goes on from there or says that it is none of its own.
func TestForgedCursors(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile("../testdata/demo.ndjson")
	s.importText(twiceReviewed)
	changeFirst(s)
	for _, kind := range []string{"change", "standing"} {
		s.call("POST", "/v1/webhooks", fmt.Sprintf(`{"url": "https://desk.example/", "kind": %q}`, kind))
	}
	for _, feed := range []string{"a", "a", "b"} { // of what is stored, so that nothing changes
		s.call("POST", "/v1/imports?feed="+feed, sample(t, "demo.ndjson"), "Content-Type", "application/x-ndjson")
	}
	s.follow(204+len(changedTwice), "") // until the list of changes has something to give
	lists := pagedLists(s)
	genuine := map[string]string{}
	for _, l := range lists {
		if status, text, next := l.get(s, "", "1"); status != http.StatusOK {
			t.Fatal(l.path, status, text)
		} else if next != "" {
			genuine[l.path] = next
			if same, err := pg.EncodeCursor(l.question, cursorValues(t, next)); err != nil || same != next {
				t.Errorf("%s: the question of the cursor is not %#v: %v", l.path, l.question, err)
			}
		} else if l.operation != "listKeys" { // the first key would end the open access that the others need
			t.Errorf("%s has one page only", l.path)
		}
	}
	for _, o := range describedOperations(t) {
		for _, p := range o.parameters {
			known := slices.ContainsFunc(lists, func(l pagedList) bool { return l.operation == o.id })
			if (p.Name == "cursor" || p.Name == "pageToken") && !known {
				t.Errorf("%s has cursors, which are not forged here", o.id)
			}
		}
	}
	refused, taken := 0, 0
	check := func(l pagedList, cursor string) {
		status, text, _ := l.get(s, cursor, "2")
		switch {
		case status == http.StatusOK:
			taken++
		case status == http.StatusBadRequest && l.operation == "searchFactChecks" && strings.Contains(text, "pageToken"),
			status == http.StatusUnprocessableEntity && strings.Contains(text, `"/cursor"`):
			refused++
		default:
			t.Errorf("%s with %q: %d %s", l.path, cursor, status, text)
		}
	}
	forge := func(l pagedList, values []string) string {
		cursor, err := pg.EncodeCursor(l.question, values)
		if err != nil {
			t.Fatal(err)
		}
		return cursor
	}
	for _, l := range lists {
		values := []string{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}
		if cursor, given := genuine[l.path]; given {
			values = cursorValues(t, cursor)
			check(l, cursor[:len(cursor)/2])
			check(l, cursor[:len(cursor)-1]+"!")
			check(l, forge(l, append(slices.Clone(values), "x")))
		}
		check(l, forge(l, nil))
		check(l, forge(l, values[1:]))
		for _, other := range lists {
			if cursor := genuine[other.path]; cursor != "" {
				check(l, forge(l, cursorValues(t, cursor)))
			}
		}
		for i := range values {
			for _, value := range forgedValues {
				forged := slices.Clone(values)
				forged[i] = value
				check(l, forge(l, forged))
			}
		}
	}
	if refused < 500 || taken < 50 || t.Failed() {
		t.Fatalf("%d cursors were refused, %d taken", refused, taken)
	}
	rapid.Check(t, func(rt *rapid.T) {
		l := rapid.SampledFrom(lists).Draw(rt, "list")
		value := rapid.OneOf(rapid.SampledFrom(forgedValues), rapid.String(), rapid.StringMatching(`[0-9:T.Z+-]{1,30}`))
		check(l, forge(l, rapid.SliceOfN(value, 0, 4).Draw(rt, "values")))
	})
}
