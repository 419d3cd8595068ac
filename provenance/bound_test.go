package provenance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// beyondBounds are facts where the links to examine are more than are granted on a side: each of many claims that refine claim 0 may be
// refined by claim 1, which is often said.
func beyondBounds() *grown {
	const links, said = 1_100, 1_000
	g := &grown{}
	g.sources(2)
	g.claims(2 + links + 2)
	g.tell(0, 0)
	for range said {
		g.tell(1, 0)
	}
	for i := range links {
		g.link(headwater.Refines, 2+i, 0)
		g.link(headwater.Refines, 1, 2+i)
		g.Links[len(g.Links)-1].Status = headwater.Proposed
	}
	return g
}

// TestLinkThatLeadsNowhereIsNeverUnexamined: a proposed link that bears on no side is no question, also where what is granted is spent:
// the service does not read it, as it leads nowhere, and whoever reads the whole base does.
func TestLinkThatLeadsNowhereIsNeverUnexamined(t *testing.T) {
	t.Parallel()
	g := beyondBounds()
	claim := largeID(claimID, 0)
	without, err := provenance.New(g.Facts).Report(t.Context(), claim, provenance.Question{})
	if err != nil {
		t.Fatal(err)
	}
	g.link(headwater.Corroborates, 0, len(g.Claims)-1) // what claim 0 corroborates says nothing about claim 0
	g.Links[len(g.Links)-1].Status = headwater.Proposed
	with, err := provenance.New(g.Facts).Report(t.Context(), claim, provenance.Question{})
	if err != nil {
		t.Fatal(err)
	}
	if without.FactsSHA256 != with.FactsSHA256 {
		t.Errorf("facts_sha256 %s, and with a link that leads nowhere %s", without.FactsSHA256, with.FactsSHA256)
	}
	if n, m := len(without.Affirming.OpenQuestions), len(with.Affirming.OpenQuestions); n != m {
		t.Errorf("%d open questions, and with a link that leads nowhere %d", n, m)
	}
	if n, m := len(without.Denying.OpenQuestions), len(with.Denying.OpenQuestions); n != m {
		t.Errorf("%d open questions of what denies it, and with a link that leads nowhere %d", n, m)
	}
}

// TestEffectOfALinkThatOneSideDidNotExamine: a proposed link that one side examines, and the other does not any more, has the same effect
// in the report of all facts and of its own, which have one hash.
func TestEffectOfALinkThatOneSideDidNotExamine(t *testing.T) {
	t.Parallel()
	const links, said = 1_100, 1_000
	g := &grown{}
	g.sources(2)
	g.claims(3 + links)
	g.tell(0, 0)
	tell := func(stance headwater.Stance, claim, source int) {
		g.tell(claim, source)
		g.Attributions[len(g.Attributions)-1].Stance = stance
	}
	for range said {
		tell(headwater.Denies, 1, 0)
	}
	for i := range links { // what follows from claim 0, and from which claim 1 may follow: only the denying side is led there
		g.link(headwater.Refines, 0, 3+i)
		g.link(headwater.Refines, 3+i, 1)
		g.Links[len(g.Links)-1].Status = headwater.Proposed
	}
	g.link(headwater.Equivalent, 0, 2) // the last of them bears on both sides
	g.Links[len(g.Links)-1].Status = headwater.Proposed
	tell(headwater.Affirms, 2, 1)
	tell(headwater.Denies, 2, 1)
	claim, question := largeID(claimID, 0), provenance.Question{}
	whole := provenance.New(g.Facts)
	just, err := whole.FactsOf(t.Context(), claim, question)
	if err != nil {
		t.Fatal(err)
	}
	reportOf := func(a *provenance.Analysis) *provenance.Report {
		report, err := a.Report(t.Context(), claim, question)
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	ofAll, ofItsOwn := reportOf(whole), reportOf(provenance.New(just))
	if ofAll.FactsSHA256 != ofItsOwn.FactsSHA256 {
		t.Errorf("facts_sha256 %s, of its own %s", ofAll.FactsSHA256, ofItsOwn.FactsSHA256)
	}
	if diff := cmp.Diff(ofAll.Affirming.OpenQuestions, ofItsOwn.Affirming.OpenQuestions); diff != "" {
		t.Errorf("-of all facts +of its own:\n%s", diff)
	}
}

// linkedFacts draws claims that many links tie, half of them proposed, with what was said on some days.
func linkedFacts(t *rapid.T) *grown {
	g := &grown{}
	g.sources(4)
	claims := rapid.IntRange(4, 10).Draw(t, "claims")
	g.claims(claims)
	for i := range g.Documents {
		g.Documents[i].Published = oneOf(t, "published", headwater.Interval{}, headwater.Interval{Earliest: "2023", Latest: "2023"},
			headwater.Interval{Earliest: "2024-05-06", Latest: "2024-05-06"})
		g.Documents[i].Retracted = oneOf(t, "retracted", false, false, false, true)
	}
	for i := 1; i < claims; i++ {
		if oneOf(t, "merged", false, false, false, true) {
			into := largeID(claimID, rapid.IntRange(0, i-1).Draw(t, "into"))
			g.Claims[i].Status, g.Claims[i].MergedInto = headwater.EntityMerged, &into
		}
	}
	for range rapid.IntRange(0, 25).Draw(t, "attributions") {
		g.tell(rapid.IntRange(0, claims-1).Draw(t, "claim"), rapid.IntRange(0, 3).Draw(t, "publisher"),
			rapid.IntRange(0, 3).Draw(t, "origin"))
		a := &g.Attributions[len(g.Attributions)-1]
		a.Stance = oneOf(t, "stance", headwater.Affirms, headwater.Affirms, headwater.Denies, headwater.Questions)
		a.Status = oneOf(t, "decision", headwater.Accepted, headwater.Accepted, headwater.Proposed)
	}
	links := rapid.IntRange(4, 25).Draw(t, "links")
	order := rapid.Permutation(numbers(links)).Draw(t, "order")
	for i := range links {
		kind := oneOf(t, "kind", headwater.Refines, headwater.Equivalent, headwater.Corroborates, headwater.Contradicts)
		g.link(kind, rapid.IntRange(0, claims-1).Draw(t, "from"), rapid.IntRange(0, claims-1).Draw(t, "to"))
		l := &g.Links[len(g.Links)-1]
		l.ID = largeID(linkID, order[i])
		if kind == headwater.Contradicts {
			l.Degree = oneOf(t, "degree", headwater.DegreeDirect, headwater.DegreeTension)
		}
		if oneOf(t, "proposed", false, true, true) {
			l.Status = headwater.Proposed
		}
	}
	return g
}

func numbers(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// TestBoundRestsOnTheFacts: wherever the bound of proposed links runs out, a report is the same of all facts, of those that it rests on,
// and of these with what else somebody read; and to select from a selection gives the same selection.
func TestBoundRestsOnTheFacts(t *testing.T) {
	t.Parallel()
	checkRandom(t, 3, func(t *rapid.T) {
		g := linkedFacts(t)
		limit := rapid.IntRange(0, 13).Draw(t, "limit")
		analysis := func(facts provenance.Facts) *provenance.Analysis {
			return provenance.New(facts).LimitProposalWork(limit)
		}
		factsOf := func(a *provenance.Analysis, claim uuid.UUID, q provenance.Question) provenance.Facts {
			facts, err := a.FactsOf(t.Context(), claim, q)
			if err != nil {
				t.Fatal(err)
			}
			return facts
		}
		whole := analysis(g.Facts)
		active := g.ActiveClaims()
		claim, other := oneOf(t, "asked", active...), oneOf(t, "beside", active...)
		question := provenance.Question{IncludeProposed: oneOf(t, "include proposed", false, false, true)}
		if rapid.Bool().Draw(t, "without") {
			question.Without = []uuid.UUID{g.Sources[0].ID}
		}
		just := factsOf(whole, claim, question)
		part := analysis(just)
		if diff := cmp.Diff(just, factsOf(part, claim, question)); diff != "" {
			t.Fatalf("selected again (-once +twice):\n%s", diff)
		}
		together := analysis(joined(just, factsOf(whole, other, question)))
		for _, question.AsOf = range []headwater.Day{"", "2023", "2024-06"} {
			want := jsonOf(t, whole, claim, question)
			if got := jsonOf(t, part, claim, question); got != want {
				t.Fatalf("as of %q, of all facts\n%s\nof its own\n%s", question.AsOf, want, got)
			}
			if got := jsonOf(t, together, claim, question); got != want {
				t.Fatalf("as of %q, of all facts\n%s\nread with those of another claim\n%s", question.AsOf, want, got)
			}
		}
	})
}

// joined are the facts of two selections, each once.
func joined(a, b provenance.Facts) provenance.Facts {
	return provenance.Facts{
		Claims:       union(a.Claims, b.Claims, func(c headwater.Claim) uuid.UUID { return c.ID }),
		Links:        union(a.Links, b.Links, func(l headwater.Link) uuid.UUID { return l.ID }),
		Attributions: union(a.Attributions, b.Attributions, func(x provenance.Attribution) uuid.UUID { return x.ID }),
		Documents:    union(a.Documents, b.Documents, func(d provenance.Document) uuid.UUID { return d.ID }),
		Sources:      union(a.Sources, b.Sources, func(s headwater.Source) uuid.UUID { return s.ID }),
		Relations:    union(a.Relations, b.Relations, func(r headwater.Relation) uuid.UUID { return r.ID }),
	}
}

func union[T any](a, b []T, id func(T) uuid.UUID) (all []T) {
	known := map[uuid.UUID]bool{}
	for _, each := range append(append([]T{}, a...), b...) {
		if !known[id(each)] {
			known[id(each)] = true
			all = append(all, each)
		}
	}
	return all
}
