// Package provenance says how many independent origins stand behind a claim, through whom it reached its readers, and
// what speaks against it. It is pure, values in and a [Report] out: it must not know a database, HTTP, files or the
// clock.
//
// [New] indexes what is known once; [Analysis.Report] answers for one claim at a time, so that a whole bundle costs one
// index. Whatever takes long takes a context, looks at it every so often, and fails with its error once it has ended.
//
// The analysis in short. Links say which attributions count for a claim and which against it (reach.go). The relations
// that held while those were published say who speaks for whom (control.go). Each attribution is a walk from the
// reader to an origin; the walks of a side make one graph, first of sources, then of the groups that they form
// (side.go). On it, one dominator tree, one maximum flow and one packing of origins give the figures, also for each
// group taken out (figures.go). Opinions are discounted and fused by subjective logic (support.go).
package provenance

import (
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// AlgorithmVersion names the rules that a report was made by. It changes whenever the same facts could give another
// report.
const AlgorithmVersion = "2"

// Facts are all that the analysis may look at. What is merged speaks as what it was merged into; a retracted claim or
// relation and what is rejected do not count, nor what is proposed unless the question says so. What a retracted source
// or document carried is withdrawn: no reader comes by it, but that others had the claim from it stays a fact. A
// reference to something that is not among the facts is as good as none.
type Facts struct {
	Claims       []headwater.Claim
	Links        []headwater.Link
	Attributions []Attribution
	Documents    []Document
	Sources      []headwater.Source
	Relations    []headwater.Relation
}

// Attribution is what the analysis needs of a [headwater.Attribution].
type Attribution struct {
	ID       uuid.UUID
	Claim    uuid.UUID
	Document uuid.UUID
	Stance   headwater.Stance
	Status   headwater.Decision
	// Chain is its sources, from the document's publisher to the origin.
	Chain []uuid.UUID
	// SaidAt is empty where no hop says when it was said; otherwise it is as long as Chain.
	SaidAt []headwater.Interval
	// Acts are the hops' speech acts, as long as Chain, or empty where nobody read them. Only graphs show them.
	Acts []headwater.Act
	// Certainty, Evidence and Endorsement are the last hop's.
	Certainty   headwater.Certainty
	Evidence    headwater.Evidence
	Endorsement headwater.Endorsement
	Credibility int
	Confidence  *float64
}

// AttributionOf takes what the analysis needs.
func AttributionOf(a headwater.Attribution) Attribution {
	taken := Attribution{
		ID: a.ID, Claim: a.Claim, Document: a.Document, Stance: a.Stance, Status: a.Status, Chain: a.Sources(),
		Credibility: a.Credibility, Confidence: a.Confidence,
	}
	if len(a.Chain) > 0 {
		last := a.Chain[len(a.Chain)-1]
		taken.Certainty, taken.Evidence, taken.Endorsement = last.Certainty, last.Evidence, last.Endorsement
	}
	taken.Acts = make([]headwater.Act, len(a.Chain))
	for i, hop := range a.Chain {
		taken.Acts[i] = hop.Act
		if hop.SaidAt == nil {
			continue
		}
		if taken.SaidAt == nil {
			taken.SaidAt = make([]headwater.Interval, len(a.Chain))
		}
		taken.SaidAt[i] = *hop.SaidAt
	}
	return taken
}

// Document is what the analysis needs of a [headwater.Document].
type Document struct {
	ID          uuid.UUID
	Publisher   uuid.UUID
	DerivedFrom uuid.UUID // uuid.Nil where it reprints nothing
	Published   headwater.Interval
	Altered     bool // its text is not the one that was hashed
	Retracted   bool
}

// DocumentOf takes what the analysis needs; it hashes the text.
func DocumentOf(d headwater.Document) Document {
	taken := Document{
		ID: d.ID, Publisher: d.Publisher, Retracted: d.Status == headwater.RecordRetracted,
		Altered: d.Text != "" && d.TextSHA256 != "" && headwater.TextSHA256(d.Text) != d.TextSHA256,
	}
	if d.DerivedFrom != nil {
		taken.DerivedFrom = *d.DerivedFrom
	}
	if d.Published != nil {
		taken.Published = d.Published.Interval
	}
	return taken
}

func (d Document) isUndated() bool { return d.Published == headwater.Interval{} }

// Question is what a report is asked for, beside the claim.
type Question struct {
	// Without names sources whose groups are taken out of the graphs.
	Without []uuid.UUID
	// AsOf, if not empty, leaves only documents that were certainly published by the end of this day. Undated ones never
	// were; links, relations and attributions are taken as they stand.
	AsOf headwater.Day
	// IncludeProposed counts proposed links and attributions as if they were accepted.
	IncludeProposed bool
}

// isCounted says whether a link or an attribution with this status counts.
func (q Question) isCounted(status headwater.Decision) bool {
	return status == headwater.Accepted || status == "" || q.IncludeProposed && status == headwater.Proposed
}

// isPublished says whether the document counts at the question's day.
func (q Question) isPublished(d *Document) bool {
	if q.AsOf == "" {
		return true
	}
	latest := d.Published.Latest.Latest()
	return !latest.IsZero() && !latest.After(headwater.Moment(q.AsOf).Latest())
}

// Analysis is an index over facts. It is not changed by reports, so that many can be made at once.
type Analysis struct {
	claims      []claim
	claimAt     map[uuid.UUID]int32
	links       []link
	testimonies []testimony
	sources     []*headwater.Source // of the facts, in the order of ids
	sourceAt    map[uuid.UUID]int32
	survivors   []int32         // the source that each speaks as, itself unless it is merged
	relations   [][]controlEdge // by subject, in the order of relation ids
	documents   map[uuid.UUID]*Document
	originals   map[uuid.UUID]*Document // the last that each derives from, once one reprints so many that it is needed

	mergedClaims, mergedSources map[int32][]int32 // what speaks as each, itself left out

	proposalWork int // mostProposalWork, or less in tests

	work *work // the answer that this copy of the analysis makes
}

// claim is a claim with what touches it, or what was merged into it.
type claim struct {
	headwater.Claim
	survivor    int32
	links       []int32 // in the order of link ids
	testimonies []int32 // in the order of attribution ids
}

// link is a link with its ends resolved through merges.
type link struct {
	headwater.Link
	from, to int32
}

// testimony is an attribution that may count, with its document, its claim and its walk. A report shows one as
// [Testimony].
type testimony struct {
	*Attribution
	document *Document
	claim    int32
	// walk leads from the reader's side to the origin's: the publishers of the document and of those that it derives
	// from, then the rest of the chain. A speaker quoting itself is no step.
	walk []int32
	// original is where in the walk the publisher of the original stands, 0 where nothing is reprinted.
	original int
	// withdrawn says that the document is retracted, or a source that the walk passes.
	withdrawn bool
}

// controlEdge is a control relation seen from its subject.
type controlEdge struct {
	*headwater.Relation
	object int32
}

// New indexes facts. It keeps the slices that it is given and changes none of them.
func New(facts Facts) *Analysis {
	a := &Analysis{proposalWork: mostProposalWork}
	a.indexSources(facts)
	a.indexClaims(facts)
	a.indexLinks(facts.Links)
	a.indexTestimonies(facts)
	return a
}

func (a *Analysis) indexSources(facts Facts) {
	a.sources = sortedByID(facts.Sources, func(s *headwater.Source) uuid.UUID { return s.ID })
	a.sourceAt = make(map[uuid.UUID]int32, len(a.sources))
	for i, source := range a.sources {
		a.sourceAt[source.ID] = int32(i)
	}
	a.survivors = followMerges(len(a.sources), func(i int32) (int32, bool) { return lookUp(a.sourceAt, a.sources[i].MergedInto) })

	a.mergedSources = mergedInto(a.survivors)

	a.relations = make([][]controlEdge, len(a.sources))
	for i := range facts.Relations {
		relation := &facts.Relations[i]
		subject, known := a.resolveSource(relation.Subject)
		object, alsoKnown := a.resolveSource(relation.Object)
		if known && alsoKnown && subject != object && relation.Status != headwater.RecordRetracted && relation.Controls() {
			a.relations[subject] = append(a.relations[subject], controlEdge{relation, object})
		}
	}
	for _, edges := range a.relations {
		slices.SortFunc(edges, func(x, y controlEdge) int { return headwater.CompareIDs(x.ID, y.ID) })
	}
}

// sortedByID is things in the order of ids. They stay where they are: they are large.
func sortedByID[T any](things []T, id func(*T) uuid.UUID) []*T {
	sorted := make([]*T, len(things))
	for i := range things {
		sorted[i] = &things[i]
	}
	slices.SortFunc(sorted, func(x, y *T) int { return headwater.CompareIDs(id(x), id(y)) })
	return sorted
}

// resolveSource is the source that the one with this id speaks as; false if there is none.
func (a *Analysis) resolveSource(id uuid.UUID) (int32, bool) {
	i, ok := a.sourceAt[id]
	if !ok {
		return 0, false
	}
	return a.survivors[i], true
}

func (a *Analysis) indexClaims(facts Facts) {
	ordered := sortedByID(facts.Claims, func(c *headwater.Claim) uuid.UUID { return c.ID })
	a.claims = make([]claim, len(ordered))
	a.claimAt = make(map[uuid.UUID]int32, len(ordered))
	for i, c := range ordered {
		a.claims[i].Claim = *c
		a.claimAt[c.ID] = int32(i)
	}
	into := followMerges(len(a.claims), func(i int32) (int32, bool) { return lookUp(a.claimAt, a.claims[i].MergedInto) })
	for i := range a.claims {
		a.claims[i].survivor = into[i]
	}
	a.mergedClaims = mergedInto(into)
}

// resolveClaim is the claim that the one with this id speaks as; false if there is none or it is retracted.
func (a *Analysis) resolveClaim(id uuid.UUID) (int32, bool) {
	i, ok := a.claimAt[id]
	if !ok {
		return 0, false
	}
	i = a.claims[i].survivor
	return i, a.claims[i].Status != headwater.EntityRetracted
}

func (a *Analysis) indexLinks(links []headwater.Link) {
	for _, l := range sortedByID(links, func(l *headwater.Link) uuid.UUID { return l.ID }) {
		from, known := a.resolveClaim(l.From)
		to, alsoKnown := a.resolveClaim(l.To)
		if !known || !alsoKnown || from == to || l.Status == headwater.Rejected {
			continue
		}
		n := int32(len(a.links))
		a.links = append(a.links, link{*l, from, to})
		a.claims[from].links = append(a.claims[from].links, n)
		a.claims[to].links = append(a.claims[to].links, n)
	}
}

// linkAt is the number of the link with this id, which is among those of the index.
func (a *Analysis) linkAt(id uuid.UUID) int32 {
	at, _ := slices.BinarySearchFunc(a.links, id, func(l link, id uuid.UUID) int { return headwater.CompareIDs(l.ID, id) })
	return int32(at)
}

func (a *Analysis) indexTestimonies(facts Facts) {
	a.documents = make(map[uuid.UUID]*Document, len(facts.Documents))
	for i := range facts.Documents {
		a.documents[facts.Documents[i].ID] = &facts.Documents[i]
	}
	a.testimonies = make([]testimony, 0, len(facts.Attributions))
	for _, attribution := range sortedByID(facts.Attributions, func(a *Attribution) uuid.UUID { return a.ID }) {
		document := a.documents[attribution.Document]
		claim, stands := a.resolveClaim(attribution.Claim)
		if document == nil || !stands || attribution.Status == headwater.Rejected {
			continue
		}
		walk, original, ok := a.walk(attribution, document)
		if !ok {
			continue
		}
		a.claims[claim].testimonies = append(a.claims[claim].testimonies, int32(len(a.testimonies)))
		withdrawn := document.Retracted || slices.ContainsFunc(walk, a.isRetracted)
		a.testimonies = append(a.testimonies, testimony{attribution, document, claim, walk, original, withdrawn})
	}
}

func (a *Analysis) isRetracted(source int32) bool {
	return a.sources[source].Status == headwater.EntityRetracted
}

// mostReprints is how many documents a walk passes from one reprint to the next. Of a longer way, the walk goes on from there to the
// original at its end: each reprint has all that follow in its walk, so that the walks of a long way would together be endless.
const mostReprints = 100

// walk is false where it passes a source that is not known. A derivation is a fact of the reprint, so that it also
// leads through documents that were retracted.
func (a *Analysis) walk(attribution *Attribution, document *Document) (walk []int32, original int, ok bool) {
	walk = make([]int32, 0, len(attribution.Chain)+1)
	step := func(id uuid.UUID) bool {
		source, known := a.resolveSource(id)
		if known && (len(walk) == 0 || walk[len(walk)-1] != source) {
			walk = append(walk, source)
		}
		return known
	}
	for turns := 0; document != nil && turns <= min(len(a.documents), mostReprints); turns++ {
		if turns == mostReprints {
			document = a.lastOriginal(document)
		}
		if !step(document.Publisher) {
			return nil, 0, false
		}
		original = len(walk) - 1
		document = a.original(document)
	}
	if len(attribution.Chain) == 0 {
		return nil, 0, false
	}
	for _, id := range attribution.Chain[1:] {
		if !step(id) {
			return nil, 0, false
		}
	}
	return walk, original, true
}

// original is the document that one reprints; nil if it reprints none.
func (a *Analysis) original(d *Document) *Document {
	if d.DerivedFrom == uuid.Nil {
		return nil
	}
	return a.documents[d.DerivedFrom]
}

// lastOriginal is the document at the end of all that one derives from. It is found once for each that is passed.
func (a *Analysis) lastOriginal(d *Document) *Document {
	if a.originals == nil {
		a.originals = map[uuid.UUID]*Document{}
	}
	var passed []*Document
	for {
		if last := a.originals[d.ID]; last != nil {
			d = last
			break
		}
		a.originals[d.ID] = d // where derivations made a loop, which they do not, it would end here
		passed = append(passed, d)
		next := a.original(d)
		if next == nil {
			break
		}
		d = next
	}
	for _, p := range passed {
		a.originals[p.ID] = d
	}
	return d
}

// followMerges follows merges to their end, each step once. Merges make no loops; were there one, it would be left where it closes.
func followMerges(n int, into func(int32) (int32, bool)) []int32 {
	found := filledSlice(n, -1)
	for i := range int32(n) {
		var path []int32
		at := i
		for found[at] < 0 {
			found[at] = at
			path = append(path, at)
			next, merged := into(at)
			if !merged {
				break
			}
			at = next
		}
		end := found[at]
		for _, passed := range path {
			found[passed] = end
		}
	}
	return found
}

// mergedInto is the way back: what speaks as each.
func mergedInto(survivors []int32) map[int32][]int32 {
	merged := map[int32][]int32{}
	for i, survivor := range survivors {
		if survivor != int32(i) {
			merged[survivor] = append(merged[survivor], int32(i))
		}
	}
	return merged
}

func lookUp(at map[uuid.UUID]int32, id *uuid.UUID) (int32, bool) {
	if id == nil {
		return 0, false
	}
	i, ok := at[*id]
	return i, ok
}
