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
// that they bear it. It shares no algorithm with the package, and is held against it by chance.
type twin struct {
	question  provenance.Question
	links     []headwater.Link // that count, with their ends resolved
	tellings  []telling        // that count
	relations []headwater.Relation
	sources   map[uuid.UUID]headwater.Source
	claims    map[uuid.UUID]headwater.Claim
	documents map[uuid.UUID]provenance.Document
}

// telling is an attribution with what it comes to.
type telling struct {
	provenance.Attribution
	document provenance.Document
	claim    uuid.UUID
	walk     []uuid.UUID
	original int // where in the walk the publisher of the original stands
	via      []uuid.UUID
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
		w.addTelling(attribution)
	}
	return w
}

// speaker is the source that speaks where id is named; nobody does for one that is retracted or not known.
func (w *twin) speaker(id uuid.UUID) (uuid.UUID, bool) {
	source, known := w.sources[id]
	if source.Status == headwater.EntityMerged {
		return w.speaker(*source.MergedInto)
	}
	return id, known && source.Status != headwater.EntityRetracted
}

// claim is the claim that is meant where id is named.
func (w *twin) claim(id uuid.UUID) (uuid.UUID, bool) {
	claim, known := w.claims[id]
	if claim.Status == headwater.EntityMerged {
		return w.claim(*claim.MergedInto)
	}
	return id, known && claim.Status != headwater.EntityRetracted
}

func (w *twin) addRelation(r headwater.Relation) {
	subject, known := w.speaker(r.Subject)
	object, alsoKnown := w.speaker(r.Object)
	controls := r.Kind == headwater.PartOf || r.Kind == headwater.ControlledBy || r.Kind == headwater.SpeaksFor ||
		r.Kind == headwater.OwnedBy && r.Share != nil && *r.Share > 0.5
	if known && alsoKnown && subject != object && controls && r.Status != headwater.RecordRetracted {
		r.Subject, r.Object = subject, object
		w.relations = append(w.relations, r)
	}
}

func (w *twin) decided(status headwater.Decision) bool {
	return status == headwater.Accepted || status == "" || status == headwater.Proposed && w.question.IncludeProposed
}

func (w *twin) addLink(l headwater.Link) {
	from, known := w.claim(l.From)
	to, alsoKnown := w.claim(l.To)
	if known && alsoKnown && from != to && w.decided(l.Status) {
		l.From, l.To = from, to
		w.links = append(w.links, l)
	}
}

func (w *twin) addTelling(a provenance.Attribution) {
	document, known := w.documents[a.Document]
	claim, stated := w.claim(a.Claim)
	if !known || document.Retracted || !w.published(document) || !stated || !w.decided(a.Status) {
		return
	}
	tellers := []uuid.UUID{document.Publisher}
	for d, derives := w.documents[document.DerivedFrom]; derives; d, derives = w.documents[d.DerivedFrom] {
		tellers = append(tellers, d.Publisher)
	}
	publishers := len(tellers)
	tellers = append(tellers, a.Chain[1:]...)
	var walk []uuid.UUID
	for _, teller := range tellers {
		source, speaks := w.speaker(teller)
		if !speaks {
			return
		}
		walk = append(walk, source)
	}
	original := len(slices.Compact(slices.Clone(walk[:publishers]))) - 1
	w.tellings = append(w.tellings, telling{Attribution: a, document: document, claim: claim, walk: slices.Compact(walk), original: original})
}

// published by the end of the day asked for.
func (w *twin) published(d provenance.Document) bool {
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

// step is a link between two claims, gone from the one to the other.
type step func(l headwater.Link, from, to uuid.UUID) bool

func upwards(l headwater.Link, from, to uuid.UUID) bool {
	return l.Kind == headwater.Equivalent || l.Kind == headwater.Refines && l.To == from && l.From == to
}

func downwards(l headwater.Link, from, to uuid.UUID) bool { return upwards(l, to, from) }

func corroborated(l headwater.Link, from, to uuid.UUID) bool {
	return l.Kind == headwater.Corroborates && l.To == from && l.From == to
}

func contradicted(l headwater.Link, _, _ uuid.UUID) bool {
	return l.Kind == headwater.Contradicts && l.Degree != headwater.Tension
}

// once goes one step from each claim.
func (w *twin) once(from paths, may step) paths {
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

// any goes any number of steps; there are fewer claims between two than there are claims.
func (w *twin) any(from paths, may step) paths {
	reached := maps.Clone(from)
	for range w.claims {
		for claim, via := range w.once(reached, may) {
			reached.offer(claim, via)
		}
	}
	return reached
}

// told gives the tellings that take this stance on claims that were reached.
func (w *twin) told(stance headwater.Stance, reached paths) []telling {
	var told []telling
	for _, t := range w.tellings {
		if via, ok := reached[t.claim]; ok && t.Stance == stance {
			t.via = via
			told = append(told, t)
		}
	}
	return told
}

func (w *twin) affirming(claim uuid.UUID) []telling {
	entailing := w.any(paths{claim: {}}, upwards)
	counting := maps.Clone(entailing)
	for corroborating, via := range w.any(w.once(entailing, corroborated), upwards) {
		counting.offer(corroborating, via)
	}
	return w.told(headwater.Affirms, counting)
}

func (w *twin) denying(claim uuid.UUID) []telling {
	entailed := w.any(paths{claim: {}}, downwards)
	contradicting := w.any(w.once(entailed, contradicted), upwards)
	return slices.Concat(w.told(headwater.Denies, entailed), w.told(headwater.Affirms, contradicting))
}

func (w *twin) questioning(claim uuid.UUID) []telling {
	return w.told(headwater.Questions, w.any(paths{claim: {}}, upwards))
}

// tensions are the links of tension that touch what the claim entails, itself included.
func (w *twin) tensions(claim uuid.UUID) []uuid.UUID {
	entailed, found := w.any(paths{claim: {}}, downwards), set{}
	for _, l := range w.links {
		_, from := entailed[l.From]
		_, to := entailed[l.To]
		if (from || to) && l.Kind == headwater.Contradicts && l.Degree == headwater.Tension {
			found[l.ID] = true
		}
	}
	return found.sorted()
}
