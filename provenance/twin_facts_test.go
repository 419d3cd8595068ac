package provenance_test

import (
	"cmp"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// twin is the analysis once more, from the definitions alone: sets, closures and trying everything, for facts so small
// that they bear it. It shares no algorithm with the package, and is compared with it on random facts.
type twin struct {
	question    provenance.Question
	links       []headwater.Link // that count, with their ends resolved
	testimonies []testimony      // that count
	relations   []headwater.Relation
	sources     map[uuid.UUID]headwater.Source
	claims      map[uuid.UUID]headwater.Claim
	documents   map[uuid.UUID]provenance.Document
}

// testimony is an attribution with what it comes to.
type testimony struct {
	provenance.Attribution
	document provenance.Document
	claim    uuid.UUID
	walk     []uuid.UUID
	original int // where in the walk the publisher of the original stands
	via      []uuid.UUID
	// withdrawn says that it stands in a retracted document, or that its walk passes a retracted source.
	withdrawn bool
}

func newTwin(facts provenance.Facts, question provenance.Question) *twin {
	w := &twin{
		question: question, sources: map[uuid.UUID]headwater.Source{}, claims: map[uuid.UUID]headwater.Claim{},
		documents: map[uuid.UUID]provenance.Document{},
	}
	for _, source := range facts.Sources {
		w.sources[source.ID] = source
	}
	for _, claim := range facts.Claims {
		w.claims[claim.ID] = claim
	}
	for _, document := range facts.Documents {
		w.documents[document.ID] = document
	}
	for _, relation := range facts.Relations {
		w.addRelation(relation)
	}
	for _, link := range facts.Links {
		w.addLink(link)
	}
	for _, attribution := range facts.Attributions {
		w.addTestimony(attribution)
	}
	return w
}

// resolveSource is the source that speaks where id is named; nobody does for one that is not known.
func (w *twin) resolveSource(id uuid.UUID) (uuid.UUID, bool) {
	source, known := w.sources[id]
	if source.Status == headwater.EntityMerged {
		return w.resolveSource(*source.MergedInto)
	}
	return id, known
}

// resolveClaim is the claim that is meant where id is named.
func (w *twin) resolveClaim(id uuid.UUID) (uuid.UUID, bool) {
	claim, known := w.claims[id]
	if claim.Status == headwater.EntityMerged {
		return w.resolveClaim(*claim.MergedInto)
	}
	return id, known && claim.Status != headwater.EntityRetracted
}

func (w *twin) addRelation(r headwater.Relation) {
	subject, known := w.resolveSource(r.Subject)
	object, alsoKnown := w.resolveSource(r.Object)
	controls := r.Kind == headwater.PartOf || r.Kind == headwater.ControlledBy || r.Kind == headwater.SpeaksFor ||
		r.Kind == headwater.OwnedBy && r.Share != nil && *r.Share > 0.5
	if known && alsoKnown && subject != object && controls && r.Status != headwater.RecordRetracted {
		r.Subject, r.Object = subject, object
		w.relations = append(w.relations, r)
	}
}

func (w *twin) isCounted(status headwater.Decision) bool {
	return status == headwater.Accepted || status == "" || status == headwater.Proposed && w.question.IncludeProposed
}

func (w *twin) addLink(l headwater.Link) {
	from, known := w.resolveClaim(l.From)
	to, alsoKnown := w.resolveClaim(l.To)
	if known && alsoKnown && from != to && w.isCounted(l.Status) {
		l.From, l.To = from, to
		w.links = append(w.links, l)
	}
}

func (w *twin) addTestimony(a provenance.Attribution) {
	document, known := w.documents[a.Document]
	claim, stated := w.resolveClaim(a.Claim)
	if !known || !w.isPublished(document) || !stated || !w.isCounted(a.Status) {
		return
	}
	sources := []uuid.UUID{document.Publisher}
	for d, derives := w.documents[document.DerivedFrom]; derives; d, derives = w.documents[d.DerivedFrom] {
		sources = append(sources, d.Publisher)
	}
	publishers := len(sources)
	sources = append(sources, a.Chain[1:]...)
	var walk []uuid.UUID
	withdrawn := document.Retracted
	for _, id := range sources {
		source, speaks := w.resolveSource(id)
		if !speaks {
			return
		}
		walk = append(walk, source)
		withdrawn = withdrawn || w.sources[source].Status == headwater.EntityRetracted
	}
	original := len(slices.Compact(slices.Clone(walk[:publishers]))) - 1
	w.testimonies = append(w.testimonies, testimony{
		Attribution: a, document: document, claim: claim, walk: slices.Compact(walk), original: original, withdrawn: withdrawn,
	})
}

// isPublished by the end of the day asked for.
func (w *twin) isPublished(d provenance.Document) bool {
	if w.question.AsOf == "" {
		return true
	}
	nextDay := w.question.AsOf.Last().AddDate(0, 0, 1)
	return d.Published.Latest != "" && d.Published.Latest.Latest().Before(nextDay)
}

// paths are the shortest paths to each of some things; of several, the one with the least ids.
type paths map[uuid.UUID][]uuid.UUID

func (p paths) offer(to uuid.UUID, via []uuid.UUID) {
	best, found := p[to]
	if !found || cmp.Or(cmp.Compare(len(via), len(best)), slices.CompareFunc(via, best, compareIDs)) < 0 {
		p[to] = via
	}
}

// linkStep is a link between two claims, gone from the one to the other.
type linkStep func(l headwater.Link, from, to uuid.UUID) bool

func upwards(l headwater.Link, from, to uuid.UUID) bool {
	return l.Kind == headwater.Equivalent || l.Kind == headwater.Refines && l.To == from && l.From == to
}

func downwards(l headwater.Link, from, to uuid.UUID) bool { return upwards(l, to, from) }

func corroborated(l headwater.Link, from, to uuid.UUID) bool {
	return l.Kind == headwater.Corroborates && l.To == from && l.From == to
}

func contradicted(l headwater.Link, _, _ uuid.UUID) bool {
	return l.Kind == headwater.Contradicts && l.Degree != headwater.DegreeTension
}

// oneStep goes one step from each claim.
func (w *twin) oneStep(from paths, may linkStep) paths {
	to := paths{}
	for claim, via := range from {
		for _, l := range w.links {
			for _, end := range [][2]uuid.UUID{{l.From, l.To}, {l.To, l.From}} {
				if end[0] == claim && may(l, end[0], end[1]) {
					to.offer(end[1], append(slices.Clone(via), l.ID))
				}
			}
		}
	}
	return to
}

// anySteps goes any number of steps; there are fewer claims between two than there are claims.
func (w *twin) anySteps(from paths, may linkStep) paths {
	reached := maps.Clone(from)
	for range w.claims {
		for claim, via := range w.oneStep(reached, may) {
			reached.offer(claim, via)
		}
	}
	return reached
}

// withStance gives the testimonies that take this stance on claims that were reached.
func (w *twin) withStance(stance headwater.Stance, reached paths) []testimony {
	var found []testimony
	for _, t := range w.testimonies {
		if via, ok := reached[t.claim]; ok && t.Stance == stance {
			t.via = via
			found = append(found, t)
		}
	}
	return found
}

func (w *twin) affirming(claim uuid.UUID) []testimony {
	entailing := w.anySteps(paths{claim: {}}, upwards)
	counting := maps.Clone(entailing)
	for corroborating, via := range w.anySteps(w.oneStep(entailing, corroborated), upwards) {
		counting.offer(corroborating, via)
	}
	return w.withStance(headwater.Affirms, counting)
}

func (w *twin) denying(claim uuid.UUID) []testimony {
	entailed := w.anySteps(paths{claim: {}}, downwards)
	contradicting := w.anySteps(w.oneStep(entailed, contradicted), upwards)
	return slices.Concat(w.withStance(headwater.Denies, entailed), w.withStance(headwater.Affirms, contradicting))
}

func (w *twin) questioning(claim uuid.UUID) []testimony {
	return w.withStance(headwater.Questions, w.anySteps(paths{claim: {}}, upwards))
}

// tensions are the links of tension that touch what the claim entails, itself included.
func (w *twin) tensions(claim uuid.UUID) []uuid.UUID {
	entailed, found := w.anySteps(paths{claim: {}}, downwards), set{}
	for _, l := range w.links {
		_, from := entailed[l.From]
		_, to := entailed[l.To]
		if (from || to) && l.Kind == headwater.Contradicts && l.Degree == headwater.DegreeTension {
			found[l.ID] = true
		}
	}
	return found.sorted()
}
