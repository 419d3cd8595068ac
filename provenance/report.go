package provenance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Report is what the analysis says about one claim.
type Report struct {
	Claim            string                             `json:"claim" doc:"The claim's key, or its id where it has none." example:"over-million-since-august"`
	ClaimID          uuid.UUID                          `json:"claim_id" format:"uuid" doc:"The claim's id." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Statement        headwater.Texts                    `json:"statement" doc:"The claim's statement by BCP 47 language tag." example:"{\"en\":\"About 7,000 containers were shipped.\"}"`
	AlgorithmVersion string                             `json:"algorithm_version" doc:"The rules that the report was made by; another version may say another thing about the same facts." example:"1"`
	FactsSHA256      string                             `json:"facts_sha256" minLength:"64" maxLength:"64" doc:"Hex SHA-256 of just the facts that it rests on, as canonical lines; what they are is in docs/analysis.md. The same facts and algorithm give the same report." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Standing         Standing                           `json:"standing" doc:"How the claim stands, in a word." example:"single_carrier"`
	Affirming        Side                               `json:"affirming" doc:"What speaks for it."`
	Denying          Side                               `json:"denying" doc:"What speaks against it."`
	Shared           Shared                             `json:"shared" doc:"What both sides have in common."`
	Questioning      Questioning                        `json:"questioning" doc:"What questions it; it counts on neither side."`
	Tensions         []Tension                          `json:"tensions" doc:"Claims that are hard to reconcile with it; listed, not counted."`
	Support          Support                            `json:"support" doc:"What all that was said comes to, by subjective logic."`
	Sources          map[uuid.UUID]headwater.SourceCard `json:"sources" doc:"Each source that the report names, by id."`
}

// Standing is a report in a word.
type Standing string

const (
	Contested            Standing = "contested"             // both sides have attributions
	Denied               Standing = "denied"                // only the denying side has
	Unattributed         Standing = "unattributed"          // neither has
	Circular             Standing = "circular"              // nobody is known to have it from anywhere but the others
	NoOriginLeft         Standing = "no_origin_left"        // what is left rests on what was withdrawn or set aside
	Corroborated         Standing = "corroborated"          // two or more independent origins over two or more lines
	SingleCarrier        Standing = "single_carrier"        // two or more independent origins over one line
	PossiblyCorroborated Standing = "possibly_corroborated" // two or more only if uncertain ones are independent
	SingleOrigin         Standing = "single_origin"         // one origin
)

// Values lists the standings.
func (Standing) Values() []string {
	return []string{
		string(Contested), string(Denied), string(Unattributed), string(Circular), string(NoOriginLeft), string(Corroborated),
		string(SingleCarrier), string(PossiblyCorroborated), string(SingleOrigin),
	}
}

// SideName says for or against.
type SideName string

const (
	Affirming SideName = "affirming"
	Denying   SideName = "denying"
)

// Values lists the sides.
func (SideName) Values() []string { return []string{string(Affirming), string(Denying)} }

// Side is what the attributions on one side come to.
type Side struct {
	Attributions       int                 `json:"attributions" minimum:"0" doc:"How many count, with those that links bring in." example:"12"`
	OwnAttributions    int                 `json:"own_attributions" minimum:"0" doc:"How many of them are the claim's own." example:"8"`
	Origins            []uuid.UUID         `json:"origins" doc:"The groups that it comes from, each named by the source that controls it." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	OriginDetails      []Origin            `json:"origin_details" doc:"The same groups in the same order: whether each is certain, and because of what."`
	IndependentOrigins Independence        `json:"independent_origins" doc:"How many of them are independent of one another."`
	Lines              int                 `json:"lines" minimum:"0" doc:"How many ways from a reader to an origin share no group: the least number of groups whose setting aside leaves none." example:"1"`
	CommonLinks        []uuid.UUID         `json:"common_links" doc:"The groups on every way from a reader to an origin." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Circular           [][]uuid.UUID       `json:"circular" doc:"Sets of two or more groups that have the claim from one another." example:"[[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\",\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]]"`
	Ungrounded         [][]uuid.UUID       `json:"ungrounded" doc:"Those of them that have it from nobody else." example:"[]"`
	Without            []Removal           `json:"without" doc:"The same figures with one group taken out, for each group that a reader can reach."`
	Groups             map[uuid.UUID]Group `json:"groups" doc:"The group of each source of the side, and what puts it there."`
	Evidence           []Testimony         `json:"evidence" doc:"The attributions behind the figures, with those that were withdrawn or set aside, which are marked so."`
	Anomalies          []Anomaly           `json:"anomalies" doc:"What does not fit together."`
	OpenQuestions      []OpenQuestion      `json:"open_questions" doc:"What could change the answer if somebody found it out, what could move the interval most first."`
}

// Removal is what is left of a side's figures without one group.
type Removal struct {
	Source             uuid.UUID    `json:"source" format:"uuid" doc:"The group, by the source that names it." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	IndependentOrigins Independence `json:"independent_origins" doc:"What is left of the independent origins."`
	Lines              int          `json:"lines" minimum:"0" doc:"What is left of the lines." example:"0"`
}

// Group says whom a source speaks with.
type Group struct {
	Group uuid.UUID   `json:"group" format:"uuid" doc:"Its topmost controller if there is just one, itself if there are several or none." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Via   []uuid.UUID `json:"via" doc:"The relations that put it under its topmost controllers." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	// ViaLeftOut says that Via is empty since the ways of all sources of the side are too long together.
	ViaLeftOut bool `json:"via_left_out,omitempty" doc:"True where via is empty since to list the ways up of all sources of the side would take more than a million steps, and 64 for each source." example:"false"`
}

// Testimony is an attribution, how it bears on the claim, and the way that it takes.
type Testimony struct {
	Attribution uuid.UUID        `json:"attribution" format:"uuid" doc:"The attribution." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Claim       uuid.UUID        `json:"claim" format:"uuid" doc:"The claim that it makes." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Document    uuid.UUID        `json:"document" format:"uuid" doc:"The document that it stands in." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Stance      headwater.Stance `json:"stance" doc:"What it does with that claim." example:"affirms"`
	Walk        []uuid.UUID      `json:"walk" doc:"The sources from the reader's side to the origin's: publishers of the document and of what it reprints, then the rest of the chain." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	GroupWalk   []uuid.UUID      `json:"group_walk" doc:"The same through groups." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Original    int              `json:"original" minimum:"0" doc:"Where in the walk the publisher of the original stands; up to there each step is a reprint. 0 where nothing is reprinted." example:"1"`
	Via         []uuid.UUID      `json:"via" doc:"The links that brought it in, from the claim in question outwards." example:"[]"`
	SetAside    bool             `json:"set_aside" doc:"True if its walk passes a group that the question takes out; then it does not count." example:"false"`
	Withdrawn   bool             `json:"withdrawn" doc:"True if its document was retracted, or a source that its walk passes: it does not count, and no reader comes by it, but who had the claim from whom stays a fact." example:"false"`
}

// Questioning is what questions the claim.
type Questioning struct {
	Attributions int         `json:"attributions" minimum:"0" doc:"How many question it." example:"1"`
	Evidence     []Testimony `json:"evidence" doc:"The attributions."`
}

// Tension is a claim that is hard to reconcile with this one, or with what this one entails.
type Tension struct {
	Link      uuid.UUID       `json:"link" format:"uuid" doc:"The link." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Claim     uuid.UUID       `json:"claim" format:"uuid" doc:"The other claim." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Key       string          `json:"key,omitempty" doc:"The other claim's key." example:"about-12-dead"`
	Statement headwater.Texts `json:"statement" doc:"The other claim's statement by BCP 47 language tag." example:"{\"en\":\"About 12 people were killed.\"}"`
	With      uuid.UUID       `json:"with" format:"uuid" doc:"What it is in tension with: this claim, or one that it entails." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Via       []uuid.UUID     `json:"via" doc:"The links that lead there." example:"[]"`
	Rationale string          `json:"rationale,omitempty" doc:"Why." example:"The shipments start in August in one account and in July in the other."`
}

// namedSide is a side with its name, and what is worked out of it once.
type namedSide struct {
	*side
	name      SideName
	published publications
	solved    *sideResult
	asItIs    *sideOutcome
}

// figures are worked out once.
func (s *namedSide) figures() *sideResult {
	if s.solved == nil {
		f := s.side.figures()
		s.solved = &f
	}
	return s.solved
}

// Report answers a question about a claim. It fails with [headwater.Faults] where the question names a source that is
// not among the facts or a day that is none, and with a [headwater.Error] where the claim is unknown, merged or
// retracted.
func (a *Analysis) Report(ctx context.Context, id uuid.UUID, q Question) (report *Report, err error) {
	defer endInterrupted(&err)
	examined, err := a.during(ctx).examine(id, q)
	if err != nil {
		return nil, err
	}
	return examined.report(), nil
}

// Length is about how many bytes the report has as JSON: its walks may be many times as long as the facts that they are made of.
func (r *Report) Length() int {
	length := 0
	for _, evidence := range [][]Testimony{r.Affirming.Evidence, r.Denying.Evidence, r.Questioning.Evidence} {
		for _, t := range evidence {
			length += evidenceLength(len(t.Walk) + len(t.GroupWalk) + len(t.Via))
		}
	}
	return length
}

// ReportLength is about how long a report on one of the claims can be at most, before there is one.
func (a *Analysis) ReportLength() int {
	length := 0
	for i := range a.testimonies {
		length += evidenceLength(2 * len(a.testimonies[i].walk)) // through sources, and through groups
	}
	return length
}

// evidenceLength is about how many bytes an attribution has as JSON whose walks have so many steps.
func evidenceLength(steps int) int {
	const each, step = 500, 39 // an attribution without its walks, and an id
	return each + step*steps
}

// examination is a claim with both of its sides.
type examination struct {
	*Analysis
	question           Question
	hypothesis         hypothesis
	claim              int32
	up, down           *reach
	affirming, denying *namedSide
}

func (a *Analysis) examine(id uuid.UUID, q Question) (*examination, error) {
	return a.examineIf(id, q, hypothesis{})
}

// examineIf examines a claim as if a hypothesis were a fact.
func (a *Analysis) examineIf(id uuid.UUID, q Question, h hypothesis) (*examination, error) {
	at, ok := a.claimAt[id]
	if !ok {
		return nil, headwater.NotFound(headwater.ResourceClaim, id)
	}
	if err := CheckActive(a.claims[at].Claim); err != nil {
		return nil, err
	}
	without, err := a.resolveWithout(q)
	if err != nil {
		return nil, err
	}
	usable := func(l int32) bool { return q.isCounted(a.links[l].Status) || h.accepts(l) }
	e := &examination{Analysis: a, question: q, hypothesis: h, claim: at}
	e.up, e.down = a.reach(place{at, Entailing}, usable), a.reach(place{at, Entailed}, usable)
	e.affirming = a.namedSide(Affirming, e.up, e.up.gather(q, h, affirmsThere), without)
	e.denying = a.namedSide(Denying, e.down, e.down.gather(q, h, deniesThere), without)
	return e, nil
}

func (a *Analysis) namedSide(name SideName, r *reach, testimonies []countedTestimony, without []int32) *namedSide {
	published := publicationsOf(testimonies)
	return &namedSide{side: a.side(r, testimonies, without, published.period()), name: name, published: published}
}

// CheckActive refuses a claim that does not count: it says which other speaks for it, if one does.
func CheckActive(c headwater.Claim) error {
	switch c.Status {
	case headwater.EntityMerged:
		return &headwater.Error{Code: headwater.CodeConflict,
			Detail: fmt.Sprintf("claim %s is merged into %s, which speaks for it", c.ID, c.MergedInto)}
	case headwater.EntityRetracted:
		return &headwater.Error{Code: headwater.CodeConflict, Detail: fmt.Sprintf("claim %s is retracted and does not count", c.ID)}
	case headwater.EntityActive:
	}
	return nil
}

const dayExpected = "an EDTF date: a year, month or day such as 2023, 2023-08 or 2023-08-15"

// Check says what is wrong with a question, whatever it is asked about, as headwater.Faults.
func (a *Analysis) Check(q Question) error {
	_, err := a.resolveWithout(q)
	return err
}

// CheckDay says what is wrong with the day of a question, as headwater.Faults.
func (q Question) CheckDay() error {
	if q.AsOf.IsValid() {
		return nil
	}
	return headwater.Faults{headwater.NewFault("/as_of", headwater.FaultFormat, q.AsOf, dayExpected)}
}

// resolveWithout resolves the sources of a question through merges.
func (a *Analysis) resolveWithout(q Question) ([]int32, error) {
	var faults headwater.Faults
	if err := q.CheckDay(); err != nil {
		errors.As(err, &faults)
	}
	var without []int32
	for i, id := range q.Without {
		if at, ok := a.sourceAt[id]; ok {
			without = append(without, a.survivors[at])
		} else {
			faults = append(faults,
				headwater.NewFault(headwater.Pointer("/without").Index(i), headwater.FaultUnknownReference, id, "a source that exists"))
		}
	}
	if faults != nil {
		return nil, faults
	}
	slices.Sort(without)
	return slices.Compact(without), nil
}

func (e *examination) report() *Report {
	c := e.claims[e.claim]
	r := &Report{Claim: keyOrID(c.Claim), ClaimID: c.ID, Statement: c.Statement, AlgorithmVersion: AlgorithmVersion,
		Sources: make(map[uuid.UUID]headwater.SourceCard, len(e.affirming.speakers)+len(e.denying.speakers))}
	r.FactsSHA256 = e.selection().sha256()
	up, _ := e.up.proposals(e.question, affirmsThere, e.affirming.testimonies, func(*testimony) {})
	down, _ := e.down.proposals(e.question, deniesThere, e.denying.testimonies, func(*testimony) {})
	unexamined := map[uuid.UUID]bool{} // on either side
	for _, p := range slices.Concat(up, down) {
		if p.unexamined {
			unexamined[p.link.ID] = true
		}
	}
	r.Affirming = e.side(e.affirming, up, unexamined)
	r.Denying = e.side(e.denying, down, unexamined)
	r.Shared = sharedBy(r.Affirming, r.Denying)
	r.Standing = e.outcomes().standing()
	r.Questioning = e.questioning()
	r.Tensions = e.tensions()
	r.Support = support(e.affirming, e.denying)
	e.addSourceCards(r)
	return r
}

func (o outcomes) standing() Standing {
	affirming, denying := o[0], o[1]
	switch {
	case affirming.attributions > 0 && denying.attributions > 0:
		return Contested
	case denying.attributions > 0:
		return Denied
	case affirming.attributions == 0:
		return Unattributed
	case affirming.Max == 0:
		return NoOriginLeft
	case affirming.Min == 0:
		return Circular
	case affirming.Min >= 2 && affirming.lines >= 2:
		return Corroborated
	case affirming.Min >= 2:
		return SingleCarrier
	case affirming.Max >= 2:
		return PossiblyCorroborated
	}
	return SingleOrigin
}

func (e *examination) side(s *namedSide, proposals []proposal, unexamined map[uuid.UUID]bool) Side {
	f := *s.figures()
	report := Side{
		Attributions: s.countAttributions(), Origins: s.originIDs(), OriginDetails: s.origins(f), IndependentOrigins: f.independence,
		Lines: f.lines, CommonLinks: s.ids(f.common),
		Circular: s.circular(f, false), Ungrounded: s.circular(f, true), Without: make([]Removal, len(f.without)),
		Groups: make(map[uuid.UUID]Group, len(s.speakers)), Evidence: make([]Testimony, len(s.testimonies)),
	}
	for i, removed := range f.without {
		report.Without[i] = Removal{s.id(removed.group), removed.independence, removed.lines}
	}
	for _, v := range slices.Sorted(maps.Keys(s.speakers)) {
		via, listed := s.control.via(v)
		report.Groups[s.source(v).ID] = Group{s.id(s.speakers[v].group), via, !listed}
	}
	for i, t := range s.testimonies {
		e.step(2 * len(t.walk))
		report.Evidence[i] = s.evidence(i)
		if s.counts(i) && len(report.Evidence[i].Via) == 0 {
			report.OwnAttributions++
		}
	}
	report.Anomalies = s.anomalies()
	report.OpenQuestions = s.openQuestions(f, proposals)
	e.workOut(s, report.OpenQuestions, unexamined)
	return report
}

// circular are the circles, or only the ungrounded ones, all of whose groups a reader still reaches.
func (s *side) circular(f sideResult, ungrounded bool) [][]uuid.UUID {
	circles := [][]uuid.UUID{}
	for _, c := range s.circles {
		if f.reachesAll(c.groups) && (c.ungrounded || !ungrounded) {
			circles = append(circles, s.ids(c.groups))
		}
	}
	return circles
}

func (s *side) ids(groups []int32) []uuid.UUID {
	ids := make([]uuid.UUID, len(groups))
	for i, g := range groups {
		ids[i] = s.id(g)
	}
	return ids
}

func (s *side) evidence(i int) Testimony {
	t := s.testimonies[i]
	e := s.reach.evidence(t)
	e.GroupWalk, e.SetAside = s.ids(s.walks[i]), s.aside[i]
	return e
}

// evidence is an attribution before it is given groups.
func (r *reach) evidence(t countedTestimony) Testimony {
	walk := make([]uuid.UUID, len(t.walk))
	for i, source := range t.walk {
		walk[i] = r.analysis.sources[source].ID
	}
	return Testimony{
		Attribution: t.ID, Claim: r.analysis.claims[t.claim].ID, Document: t.document.ID, Stance: t.Stance, Walk: walk,
		Original: t.original,
		Via:      r.path(t.arrival), Withdrawn: t.withdrawn,
	}
}

// questioningSide groups its sources by relations of its own period, as a side does.
func (e *examination) questioningSide() *side {
	without, _ := e.resolveWithout(e.question)
	testimonies := e.up.gather(e.question, e.hypothesis, questionsThere)
	return e.Analysis.side(e.up, testimonies, without, publicationsOf(testimonies).period())
}

func (e *examination) questioning() Questioning {
	s := e.questioningSide()
	q := Questioning{Attributions: s.countAttributions(), Evidence: make([]Testimony, len(s.testimonies))}
	for i := range s.testimonies {
		q.Evidence[i] = s.evidence(i)
	}
	return q
}

func (e *examination) tensions() []Tension {
	tensions := []Tension{}
	for at, here := range e.down.order {
		e.step(1)
		if here.bearing != Entailed {
			continue
		}
		for _, l := range e.claims[here.claim].links {
			tension := &e.links[l]
			if tension.Kind != headwater.Contradicts || tension.Degree != headwater.DegreeTension || !e.down.usable(l) {
				continue
			}
			other := &e.claims[tension.from]
			if tension.from == here.claim {
				other = &e.claims[tension.to]
			}
			tensions = append(tensions, Tension{
				Link: tension.ID, Claim: other.ID, Key: other.Key, Statement: other.Statement, With: e.claims[here.claim].ID,
				Via: e.down.path(int32(at)), Rationale: tension.Rationale,
			})
		}
	}
	slices.SortStableFunc(tensions, func(x, y Tension) int { return headwater.CompareIDs(x.Link, y.Link) })
	return slices.CompactFunc(tensions, func(x, y Tension) bool { return x.Link == y.Link })
}

// addSourceCards gives each source that the report names once.
func (e *examination) addSourceCards(r *Report) {
	for _, side := range []Side{r.Affirming, r.Denying} {
		for source, group := range side.Groups {
			e.addCards(r.Sources, source, group.Group)
		}
		for _, anomaly := range side.Anomalies {
			e.addCards(r.Sources, anomaly.Params.Sources...)
		}
	}
	for _, evidence := range r.Questioning.Evidence {
		e.addCards(r.Sources, evidence.Walk...)
		e.addCards(r.Sources, evidence.GroupWalk...)
	}
}

func (a *Analysis) addCards(sources map[uuid.UUID]headwater.SourceCard, ids ...uuid.UUID) {
	for _, id := range ids {
		sources[id] = a.sources[a.sourceAt[id]].Card()
	}
}
