package provenance

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// selection is what a report rests on, each list in the order of ids: what an outsider needs to make the same report. To
// select from a selection gives the same selection, so that it does not depend on what else was read.
type selection struct {
	attributions []*Attribution
	claims       []*headwater.Claim
	documents    []*Document
	links        []*headwater.Link
	relations    []*headwater.Relation
	sources      []*headwater.Source
	step         func(int)
}

// FactsOf gives just the facts that the report rests on which answers a question about a claim. The question's day leaves
// none of them out, so that reports of all days rest on the same. It fails as [Analysis.Report] does.
func (a *Analysis) FactsOf(ctx context.Context, claim uuid.UUID, q Question) (facts Facts, err error) {
	defer endInterrupted(&err)
	examined, err := a.during(ctx).examine(claim, q)
	if err != nil {
		return Facts{}, err
	}
	s := examined.selection()
	return Facts{
		Claims: valuesOf(s.claims), Links: valuesOf(s.links), Attributions: valuesOf(s.attributions), Documents: valuesOf(s.documents),
		Sources: valuesOf(s.sources), Relations: valuesOf(s.relations),
	}, nil
}

func valuesOf[T any](pointers []*T) []T {
	values := make([]T, len(pointers))
	for i, p := range pointers {
		values[i] = *p
	}
	return values
}

// selector collects a selection.
type selector struct {
	*Analysis
	claims, sources map[int32]bool
	attributions    map[uuid.UUID]*testimony
}

func (e *examination) selection() selection {
	q, affirming, denying := e.question, e.affirming.testimonies, e.denying.testimonies
	if q.AsOf != "" {
		q.AsOf = ""
		affirming, denying = e.up.gather(q, e.hypothesis, affirmsThere), e.down.gather(q, e.hypothesis, deniesThere)
	}
	s := &selector{e.Analysis, map[int32]bool{e.claim: true}, map[int32]bool{}, make(map[uuid.UUID]*testimony, len(affirming))}
	s.takeReach(q, e.up, affirming, affirmsThere)
	s.takeReach(q, e.down, denying, deniesThere)
	s.takeTestimonies(e.up.gather(q, e.hypothesis, questionsThere))
	for _, t := range e.tensions() {
		s.claims[e.claimAt[t.Claim]] = true
	}
	without, _ := e.resolveWithout(e.question)
	for _, source := range without {
		s.takeSource(source)
	}
	claims := s.withMerged(s.claims, s.mergedClaims)
	sources := s.withMerged(s.sources, s.mergedSources)
	return selection{
		attributions: s.sortedAttributions(),
		claims:       pointers(claims, func(i int32) *headwater.Claim { return &s.Analysis.claims[i].Claim }),
		documents:    s.documentsOf(), links: s.linksAmong(claims), relations: s.relationsOf(sources),
		sources: pointers(sources, func(i int32) *headwater.Source { return s.Analysis.sources[i] }),
		step:    e.step,
	}
}

// takeReach takes the claims that links lead to, and what proposed links would bring.
func (s *selector) takeReach(q Question, r *reach, counted []countedTestimony, takes func(Bearing, headwater.Stance) bool) {
	s.takeTestimonies(counted)
	for _, here := range r.order {
		s.claims[here.claim] = true
	}
	proposals, passed := r.proposals(q, takes, counted, s.takeTestimony)
	for _, p := range proposals {
		for _, here := range p.beyond {
			s.claims[here.claim] = true
		}
		s.claims[p.link.from], s.claims[p.link.to] = true, true
	}
	for here, said := range passed { // which proposed links were not examined rests on all that was gone through
		s.claims[here.claim] = true
		for _, t := range said {
			s.takeTestimony(&s.testimonies[t])
		}
	}
}

func (s *selector) takeTestimonies(counted []countedTestimony) {
	for _, t := range counted {
		s.takeTestimony(t.testimony)
	}
}

func (s *selector) takeTestimony(t *testimony) {
	s.step(len(t.walk))
	if other := s.attributions[t.ID]; other == nil || t.before(other) {
		s.attributions[t.ID] = t
	}
	for _, source := range t.walk {
		s.takeSource(source)
	}
}

// before orders testimonies that have one id, which what is stored never has: the facts are the same in whatever order they come.
func (t *testimony) before(other *testimony) bool {
	var mine, theirs factLine
	return bytes.Compare(mine.attribution(t.Attribution).bytes, theirs.attribution(other.Attribution).bytes) < 0
}

// takeSource takes a source with all that control it, whenever they did.
func (s *selector) takeSource(source int32) {
	if s.sources[source] {
		return
	}
	s.step(1)
	s.sources[source] = true
	for _, edge := range s.relations[source] {
		s.takeSource(edge.object)
	}
}

// withMerged adds what is merged into the members, in order.
func (s *selector) withMerged(members map[int32]bool, merged map[int32][]int32) []int32 {
	all := make([]int32, 0, len(members))
	for member := range members {
		all = append(append(all, member), merged[member]...)
	}
	slices.Sort(all)
	return slices.Compact(all) // a loop of mergers would name a member twice
}

func (s *selector) sortedAttributions() []*Attribution {
	found := make([]*Attribution, 0, len(s.attributions))
	for _, t := range s.attributions {
		found = append(found, t.Attribution)
	}
	slices.SortFunc(found, func(x, y *Attribution) int { return headwater.CompareIDs(x.ID, y.ID) })
	return found
}

// documentsOf are the documents that the attributions stand in, and all that these derive from.
func (s *selector) documentsOf() []*Document {
	known := make(map[*Document]bool, len(s.attributions))
	found := make([]*Document, 0, len(s.attributions))
	for _, t := range s.attributions {
		for d := t.document; d != nil && !known[d]; d = s.original(d) {
			known[d] = true
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(x, y *Document) int { return headwater.CompareIDs(x.ID, y.ID) })
	return found
}

// linksAmong are those of which both ends are among the claims.
func (s *selector) linksAmong(claims []int32) []*headwater.Link {
	var at []int32
	for _, c := range claims {
		for _, l := range s.Analysis.claims[c].links {
			if s.claims[s.links[l].from] && s.claims[s.links[l].to] {
				at = append(at, l)
			}
		}
	}
	slices.Sort(at)
	return pointers(slices.Compact(at), func(i int32) *headwater.Link { return &s.links[i].Link })
}

func (s *selector) relationsOf(sources []int32) []*headwater.Relation {
	var found []*headwater.Relation
	for _, source := range sources {
		for _, edge := range s.relations[source] {
			found = append(found, edge.Relation)
		}
	}
	slices.SortFunc(found, func(x, y *headwater.Relation) int { return headwater.CompareIDs(x.ID, y.ID) })
	return found
}

func pointers[T any](at []int32, to func(int32) *T) []*T {
	found := make([]*T, len(at))
	for i, n := range at {
		found[i] = to(n)
	}
	return found
}
