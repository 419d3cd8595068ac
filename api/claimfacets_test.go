package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// TestFacetsOfAList: each value of each facet narrows the list to as many claims as it says, on whichever page it was said, and
// publishers have their cards.
func TestFacetsOfAList(t *testing.T) {
	t.Parallel()
	s := serveStore(t, demo)
	if _, err := storetest.Sequence(t.Context(), s.store, s.store.Pool); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.SettleStandings(t.Context()); err != nil {
		t.Fatal(err)
	}
	page := func(query string) (p api.ListedClaimPage) {
		t.Helper()
		status, _, answer := s.call("GET", "/v1/claims?"+query, "")
		if err := json.Unmarshal([]byte(encodedJSON(t, answer)), &p); status != http.StatusOK || err != nil {
			t.Fatalf("%s: %d %v %v", query, status, answer, err)
		}
		return p
	}
	first := page("include=facets&limit=2")
	if first.Total == nil || first.Total.Count != len(page("limit=1000").Items) || !first.Total.Exact || first.Facets == nil {
		t.Fatalf("the first page has %+v", first)
	}
	second := page("include=facets,summary&limit=2&cursor=" + url.QueryEscape(first.NextCursor))
	if *second.Total != *first.Total || len(second.Facets.Topic.Values) != len(first.Facets.Topic.Values) {
		t.Errorf("another page has %+v", second)
	}
	if plain := page("limit=2"); plain.Total != nil || plain.Facets != nil {
		t.Errorf("what was not asked for: %+v", plain)
	}
	for name, facet := range map[string]*store.Facet{"standing": &first.Facets.Standing, "topic": &first.Facets.Topic,
		"place": &first.Facets.Place, "language": &first.Facets.Language, "publisher": &first.Facets.Publisher} {
		if len(facet.Values) == 0 {
			t.Errorf("nothing is counted by %s", name)
		}
		for _, v := range facet.Values {
			narrowed := page("include=total&limit=1000&" + name + "=" + url.QueryEscape(v.Value))
			if narrowed.Total.Count != v.Count || len(narrowed.Items) != v.Count {
				t.Errorf("%s %s: %d by the facet, %+v in total, %d listed", name, v.Value, v.Count, narrowed.Total, len(narrowed.Items))
			}
			if _, known := first.Sources[v.Value]; known != (name == "publisher") {
				t.Errorf("the card of %s %s: %t", name, v.Value, known)
			}
		}
	}
	if none := page("include=facets&q=zzzz"); none.Total.Count != 0 || len(none.Facets.Standing.Values) != 0 {
		t.Errorf("nothing is counted as %+v", none)
	}
	for _, bad := range []string{"include=total&q=%E2%80%A6", "include=facets&language=%3F"} {
		if status, _, problem := s.call("GET", "/v1/claims?"+bad, ""); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %v", bad, status, problem)
		}
	}
}
