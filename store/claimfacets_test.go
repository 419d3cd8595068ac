package store_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/store"
)

// facetTwin counts by hand what [store.Store.ClaimFacets] counts in the database: from all claims that a list has, one by one.
type facetTwin struct {
	t      *testing.T
	s      *store.Store
	counts map[string]map[string]int
	total  int
}

func (twin *facetTwin) count(f store.ClaimFilter) {
	t, s := twin.t, twin.s
	twin.total, twin.counts = 0, map[string]map[string]int{"standing": {}, "topic": {}, "place": {}, "language": {}, "publisher": {},
		"origin": {}}
	var found []store.ClaimHit
	for cursor := ""; ; {
		page := must(s.Claims(t.Context(), f, store.Paging{Limit: 7, Cursor: cursor}))(t)
		found = append(found, page.Items...)
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	tags := map[string]bool{}
	for _, claim := range found {
		for tag := range claim.Statement {
			tags[primarySubtag(tag)] = true
		}
	}
	for _, claim := range found {
		if claim.Approximate {
			continue
		}
		twin.total++
		values := map[string]map[string]bool{"standing": {}, "topic": {}, "place": {}, "language": {}, "publisher": {}, "origin": {}}
		if standing, known := must(s.Standings(t.Context(), []uuid.UUID{claim.ID}))(t)[claim.ID]; known {
			values["standing"][string(standing.Standing)] = true
		}
		for _, topic := range claim.Topics {
			values["topic"][topic] = true
		}
		for _, place := range claim.Places {
			values["place"][place] = true
		}
		for tag := range tags {
			codes, _ := identity.Languages(tag)
			for own := range claim.Statement {
				if slices.Contains(codes, primarySubtag(own)) {
					values["language"][tag] = true
				}
			}
		}
		attributions := must(s.Attributions(t.Context(), store.AttributionFilter{Claim: claim.ID,
			Common: store.Common{Status: []string{"accepted"}}}, store.Paging{Limit: 1_000}))(t)
		for _, a := range attributions.Items {
			for facet, hop := range map[string]headwater.Hop{"publisher": a.Chain[0], "origin": a.Chain[len(a.Chain)-1]} {
				source := must(s.Source(t.Context(), hop.Source))(t)
				for source.MergedInto != nil {
					source = must(s.Source(t.Context(), *source.MergedInto))(t)
				}
				values[facet][source.ID.String()] = true
			}
		}
		for facet, has := range values {
			for value := range has {
				twin.counts[facet][value]++
			}
		}
	}
}

func primarySubtag(tag string) string {
	first, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return first
}

// facet is a facet as it is to be.
func (twin *facetTwin) facet(name string) store.Facet {
	f := store.Facet{Values: []store.FacetValue{}, Exact: true}
	for value, n := range twin.counts[name] {
		f.Values = append(f.Values, store.FacetValue{Value: value, Count: n})
	}
	slices.SortFunc(f.Values, func(x, y store.FacetValue) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Value, y.Value))
	})
	if len(f.Values) > 20 {
		f.Values, f.More = f.Values[:20], true
	}
	return f
}

// check compares the facets of a filter with those that are counted by hand, and gives them.
func (twin *facetTwin) check(f store.ClaimFilter) store.ClaimFacets {
	twin.t.Helper()
	twin.count(f)
	total, facets, err := twin.s.ClaimFacets(twin.t.Context(), f)
	if err != nil {
		twin.t.Fatal(err)
	}
	want := store.ClaimFacets{Standing: twin.facet("standing"), Topic: twin.facet("topic"), Place: twin.facet("place"),
		Language: twin.facet("language"), Publisher: twin.facet("publisher"), Origin: twin.facet("origin")}
	if diff := gocmp.Diff(want, facets); diff != "" {
		twin.t.Errorf("%+v: -by hand +facets:\n%s", f, diff)
	}
	exactly := store.Total{Count: twin.total, Exact: true}
	if alone := must(twin.s.CountClaims(twin.t.Context(), f))(twin.t); total != exactly || alone != exactly {
		twin.t.Errorf("%+v has %+v and %+v, and %d by hand", f, total, alone, twin.total)
	}
	return facets
}

// randomClaims are claims with topics, places and languages of a few, told by sources that speak as one another.
func randomClaims(t *testing.T, s *store.Store, chance *rand.Rand, claims int) {
	t.Helper()
	lines := []string{fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"%s"}`, changing)}
	for n := range 30 {
		merged := ""
		if n%5 == 1 {
			merged = fmt.Sprintf(`,"status":"merged","merged_into":"s%d"`, n-1)
		}
		lines = append(lines, fmt.Sprintf(`{"type":"source","key":"s%d","kind":"outlet","name":"One"%s}`, n, merged),
			fmt.Sprintf(`{"type":"document","key":"d%[1]d","kind":"article","publisher":"s%[1]d"}`, n))
	}
	some := func(from string, n int) string {
		values := []string{}
		for i := range n {
			if chance.IntN(3) == 0 {
				values = append(values, fmt.Sprintf("%q", fmt.Sprintf("%s %d", from, i)))
			}
		}
		return "[" + strings.Join(values, ",") + "]"
	}
	for n := range claims {
		statement := []string{fmt.Sprintf(`"en":"Ship %d sailed."`, n), fmt.Sprintf(`"ar-EG":"أبحرت السفينة %d."`, n),
			fmt.Sprintf(`"he":"%d"`, n), fmt.Sprintf(`"iw-IL":"%d"`, n), fmt.Sprintf(`"nb":"Skip %d"`, n), fmt.Sprintf(`"no":"Skip %d"`, n),
			fmt.Sprintf(`"nn":"Skip %d"`, n)}
		chance.Shuffle(len(statement), func(i, j int) { statement[i], statement[j] = statement[j], statement[i] })
		lines = append(lines, fmt.Sprintf(`{"type":"claim","key":"c%d","statement":{%s},"topics":%s,"places":%s}`, n,
			strings.Join(statement[:1+chance.IntN(3)], ","), some("topic", 25), some("Port", 3)))
		for a := range chance.IntN(4) {
			teller := chance.IntN(30)
			lines = append(lines, fmt.Sprintf(`{"type":"attribution","key":"a%d-%d","claim":"c%d","document":"d%d","stance":"%s",`+
				`"chain":[{"source":"s%d"},{"source":"s%d"}],"status":"%s"}`, n, a, n, teller,
				[]string{"affirms", "denies"}[chance.IntN(2)], teller, (teller+7)%30, []string{"accepted", "proposed"}[chance.IntN(2)]))
		}
	}
	must(importText(t, s, strings.Join(lines, "\n")))(t)
}

// TestFacetsCountWhatListsHave: the count of each value is what one counts by hand, and what a list has with it as a further filter.
func TestFacetsCountWhatListsHave(t *testing.T) {
	t.Parallel()
	s := open(t)
	chance := rand.New(rand.NewPCG(22, 1))
	randomClaims(t, s, chance, 60)
	id := func(n int) uuid.UUID {
		return headwater.NamespaceOf(changing).ID(headwater.ResourceClaim, fmt.Sprintf("c%d", n))
	}
	must(s.MergeClaim(t.Context(), tester, id(1), 0, id(2)))(t)
	must(s.RetractClaim(t.Context(), tester, id(3), 0, true))(t)
	settle(t, s)
	twin := &facetTwin{t: t, s: s}
	all := twin.check(store.ClaimFilter{})
	if !all.Topic.More || len(all.Publisher.Values) < 15 {
		t.Errorf("these facets show little: %+v", all)
	}
	narrowed := func(change func(f *store.ClaimFilter, value string), values []store.FacetValue) {
		t.Helper()
		for _, v := range values {
			f := store.ClaimFilter{}
			change(&f, v.Value)
			twin.check(f)
			if twin.total != v.Count {
				t.Errorf("%d claims are %q, and a list has %d", v.Count, v.Value, twin.total)
			}
		}
	}
	narrowed(func(f *store.ClaimFilter, v string) { f.Standings = []string{v} }, all.Standing.Values)
	narrowed(func(f *store.ClaimFilter, v string) { f.Topic = v }, all.Topic.Values[:3])
	narrowed(func(f *store.ClaimFilter, v string) { f.Place = v }, all.Place.Values)
	narrowed(func(f *store.ClaimFilter, v string) { f.Language = v }, all.Language.Values)
	narrowed(func(f *store.ClaimFilter, v string) { f.Publisher = uuid.MustParse(v) }, all.Publisher.Values[:3])
	narrowed(func(f *store.ClaimFilter, v string) { f.Origin = uuid.MustParse(v) }, all.Origin.Values[:3])
	twin.check(store.ClaimFilter{Proposals: true})
	waiting := map[uuid.UUID]bool{}
	for _, a := range must(s.Attributions(t.Context(), store.AttributionFilter{Common: store.Common{Status: []string{"proposed"}}},
		store.Paging{Limit: 1_000}))(t).Items {
		waiting[a.Claim] = true
	}
	one, other := id(10), id(11)
	must(s.CreateLink(t.Context(), tester, "", headwater.LinkFields{Kind: headwater.Refines, From: one, To: other}, headwater.Proposed))(t)
	waiting[one], waiting[other] = true, true
	for _, claim := range must(s.Claims(t.Context(), store.ClaimFilter{}, store.Paging{Limit: 1_000}))(t).Items {
		found := must(s.Claims(t.Context(), store.ClaimFilter{Proposals: true, Common: store.Common{IDs: []uuid.UUID{claim.ID}}},
			store.Paging{Limit: 1}))(t)
		if (len(found.Items) == 1) != waiting[claim.ID] {
			t.Errorf("claim %s has a proposal: %v, and is listed: %d", claim.ID, waiting[claim.ID], len(found.Items))
		}
	}
	for _, f := range []store.ClaimFilter{{MinWidth: 1}, {WidthBelow: 1}, {MinWidth: 1, WidthBelow: 2}} {
		twin.check(f)
	}
	twin.check(store.ClaimFilter{Q: "السفينة"})
	twin.check(store.ClaimFilter{Q: "shipp sailed", Common: store.Common{Sort: "-width"}})
	twin.check(store.ClaimFilter{Topic: "no such topic"})
	twin.check(store.ClaimFilter{Topic: "topic 1", Place: "Port 2", Stance: "affirms", Common: store.Common{Status: []string{"active"}}})
	for _, f := range []store.ClaimFilter{{Q: "…"}, {Language: "?"}, {From: "2024-02-30"}} {
		_, listed := s.Claims(t.Context(), f, store.Paging{Limit: 1})
		_, counted := s.CountClaims(t.Context(), f)
		if _, _, err := s.ClaimFacets(t.Context(), f); listed == nil || fmt.Sprint(err) != fmt.Sprint(listed) ||
			fmt.Sprint(counted) != fmt.Sprint(listed) {
			t.Errorf("%+v: %v, %v and %v", f, listed, counted, err)
		}
	}
}

// TestCountsStop: beyond 10,000 claims a total says that there are more, and facets are of as many.
func TestCountsStop(t *testing.T) {
	t.Parallel()
	s := open(t)
	lines := []string{fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"%s"}`, changing)}
	claim := func(n int) string {
		return fmt.Sprintf(`{"type":"claim","key":"c%d","statement":{"en":"It rained."},"topics":["rain"]}`, n)
	}
	for n := range store.MaxCounted {
		lines = append(lines, claim(n))
	}
	must(importText(t, s, strings.Join(lines, "\n")))(t)
	for _, exact := range []bool{true, false} {
		for _, f := range []store.ClaimFilter{{}, {Q: "rained"}, {Topic: "rain"}} {
			want := store.Total{Count: store.MaxCounted, Exact: exact}
			total, facets, err := s.ClaimFacets(t.Context(), f)
			if alone := must(s.CountClaims(t.Context(), f))(t); err != nil || total != want || alone != want {
				t.Errorf("%+v: %+v %+v %v", f, total, alone, err)
			}
			rain := store.Facet{Values: []store.FacetValue{{Value: "rain", Count: store.MaxCounted}}, Exact: exact}
			if diff := gocmp.Diff(rain, facets.Topic); diff != "" {
				t.Error(diff)
			}
		}
		must(importText(t, s, lines[0]+"\n"+claim(store.MaxCounted)))(t)
	}
}

// TestLongTopicsAndPlaces: what is as long as a text may be can be stored and found, whatever an index can hold.
func TestLongTopicsAndPlaces(t *testing.T) {
	t.Parallel()
	s := open(t)
	chance := rand.New(rand.NewPCG(22, 2))
	long := make([]rune, headwater.MaxString)
	for i := range long {
		long[i] = rune(0x4e00 + chance.IntN(20_000))
	}
	f := headwater.ClaimFields{Statement: headwater.Texts{"en": "It rained."}, Topics: []string{string(long)},
		Places: []string{string(long)}}
	claim := must(s.CreateClaim(t.Context(), tester, "long", f))(t)
	for _, f := range []store.ClaimFilter{{Topic: string(long)}, {Place: string(long)}} {
		if page := must(s.Claims(t.Context(), f, store.Paging{Limit: 2}))(t); len(page.Items) != 1 || page.Items[0].ID != claim.ID {
			t.Errorf("it finds %d", len(page.Items))
		}
	}
}
