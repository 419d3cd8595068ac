package provenance

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Figures are a report in a few numbers.
type Figures struct {
	Standing           Standing     `json:"standing" doc:"How the claim stands, in a word." example:"single_carrier"`
	IndependentOrigins Independence `json:"independent_origins" doc:"How many origins that affirm it are independent of one another."`
	Lines              int          `json:"lines" minimum:"0" doc:"How many ways from a reader to an origin that affirms it share no group." example:"1"`
	Probability        float64      `json:"probability" minimum:"0" maximum:"1" doc:"Belief and half the uncertainty, by subjective logic; it is not called truth." example:"0.81"`
}

// Figures are the report's own.
func (r *Report) Figures() Figures {
	return Figures{r.Standing, r.Affirming.IndependentOrigins, r.Affirming.Lines, r.Support.Probability}
}

// AllFigures are a report's figures, those of the side that denies the claim and the opinion included.
type AllFigures struct {
	Figures
	Attributions int         `json:"attributions" minimum:"0" doc:"How many attributions affirm it." example:"12"`
	Denying      SideFigures `json:"denying" doc:"The same figures of what denies it."`
	Questioning  int         `json:"questioning" minimum:"0" doc:"How many attributions question it." example:"0"`
	Opinion      Opinion     `json:"opinion" doc:"What all that was said comes to, by subjective logic."`
}

// SideFigures are one side in a few numbers.
type SideFigures struct {
	Attributions       int          `json:"attributions" minimum:"0" doc:"How many count." example:"3"`
	IndependentOrigins Independence `json:"independent_origins" doc:"How many origins are independent of one another."`
	Lines              int          `json:"lines" minimum:"0" doc:"How many ways from a reader to an origin share no group." example:"1"`
}

// AllFigures are the report's own.
func (r *Report) AllFigures() AllFigures {
	return AllFigures{
		Figures: r.Figures(), Attributions: r.Affirming.Attributions, Questioning: r.Questioning.Attributions, Opinion: r.Support.Opinion,
		Denying: SideFigures{r.Denying.Attributions, r.Denying.IndependentOrigins, r.Denying.Lines},
	}
}

// Impact is what the report on a claim says once a source or a document is retracted.
type Impact struct {
	Claim       string      `json:"claim" doc:"The claim's key, or its id where it has none." example:"over-million-since-august"`
	ClaimID     uuid.UUID   `json:"claim_id" format:"uuid" doc:"The claim's id." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Before      AllFigures  `json:"before" doc:"How it stands; as in after where only what proposed links would bring in changes."`
	After       AllFigures  `json:"after" doc:"How it stands once the source or document is retracted: to the last figure what the report then says."`
	LostOrigins []uuid.UUID `json:"lost_origins" doc:"The origins on either side that no reader reaches any more." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	// Way is the least of those by which the retraction bears on this claim.
	Way Way `json:"-"`
}

// Way is a way by which a retraction bears on a claim: through an attribution that has what is retracted in its chain, or stands in it;
// or else through a reprint.
type Way struct {
	// Through is the claim that the attribution names, or the document of the retracted source that is reprinted.
	Through uuid.UUID
	Reprint bool
}

// ImpactOfSource compares a claim's report with the one once this source alone is retracted; of a merged source, once
// the one is that speaks for it. It is nil where the report stays as it is: where no further attribution is withdrawn that counts or that
// a proposed link would bring in, and for a source that is not among the facts. It fails as [Analysis.Report] does.
func (a *Analysis) ImpactOfSource(ctx context.Context, claim, source uuid.UUID) (*Impact, error) {
	retracted, known := a.resolveSource(source)
	return a.impact(ctx, claim, retraction{
		withdraws: func(t *testimony) bool { return known && slices.Contains(t.walk, retracted) },
		inChain: func(t *testimony) bool {
			return slices.ContainsFunc(t.Chain, func(id uuid.UUID) bool { return a.speaksAs(id, retracted) })
		},
		publishes: func(d *Document) bool { return a.speaksAs(d.Publisher, retracted) },
	})
}

func (a *Analysis) speaksAs(source uuid.UUID, other int32) bool {
	speaks, known := a.resolveSource(source)
	return known && speaks == other
}

// ImpactOfDocument is to a document what [Analysis.ImpactOfSource] is to a source.
func (a *Analysis) ImpactOfDocument(ctx context.Context, claim, document uuid.UUID) (*Impact, error) {
	withdraws := func(t *testimony) bool { return t.document.ID == document }
	return a.impact(ctx, claim, retraction{withdraws: withdraws, inChain: withdraws})
}

// retraction says what the retraction of a thing withdraws, and by which way: what has it in its chain, or stands in it, or else what
// reprints a document that it publishes.
type retraction struct {
	withdraws, inChain func(*testimony) bool
	publishes          func(*Document) bool
}

func (a *Analysis) impact(ctx context.Context, claim uuid.UUID, r retraction) (impact *Impact, err error) {
	defer endInterrupted(&err)
	a = a.during(ctx)
	after, err := a.examineIf(claim, Question{}, hypothesis{withdrawn: r.withdraws})
	if err != nil {
		return nil, err
	}
	withdrawn := after.onlyIf()
	if len(withdrawn) == 0 {
		return nil, nil
	}
	before, err := a.examine(claim, Question{})
	if err != nil {
		return nil, err
	}
	c := a.claims[before.claim]
	lost := append(missing(before.affirming.originIDs(), after.affirming.originIDs()),
		missing(before.denying.originIDs(), after.denying.originIDs())...)
	slices.SortFunc(lost, headwater.CompareIDs)
	return &Impact{
		Claim: keyOrID(c.Claim), ClaimID: c.ID, Before: before.allFigures(), After: after.allFigures(), LostOrigins: slices.Compact(lost),
		Way: a.leastWay(withdrawn, r),
	}, nil
}

// allFigures are those of the report, without making it.
func (e *examination) allFigures() AllFigures {
	both, said := e.outcomes(), support(e.affirming, e.denying)
	affirming, denying := both[0], both[1]
	return AllFigures{
		Figures:      Figures{both.standing(), affirming.Independence, affirming.lines, said.Probability},
		Attributions: affirming.attributions, Questioning: e.questioning().Attributions, Opinion: said.Opinion,
		Denying: SideFigures{denying.attributions, denying.Independence, denying.lines},
	}
}

// Ways are the groups that what affirms a claim comes from, and those on every way to them.
type Ways struct{ Origins, Carriers []uuid.UUID }

// FiguresOf are the figures of the report that answers a question about a claim, and the groups that it names where what affirms it comes
// from, for less than the report costs. It fails as [Analysis.Report] does.
func (a *Analysis) FiguresOf(ctx context.Context, claim uuid.UUID, q Question) (figures AllFigures, ways Ways, err error) {
	defer endInterrupted(&err)
	examined, err := a.during(ctx).examine(claim, q)
	if err != nil {
		return AllFigures{}, Ways{}, err
	}
	affirming := examined.affirming
	return examined.allFigures(), Ways{affirming.originIDs(), affirming.ids(affirming.figures().common)}, nil
}

// FiguresIfAccepted are the figures of the report on a claim once a proposed link or attribution is accepted, and no other. They are as
// they are now where it does not bear on the claim. It fails as [Analysis.Report] does.
func (a *Analysis) FiguresIfAccepted(ctx context.Context, claim, proposed uuid.UUID) (figures AllFigures, err error) {
	defer endInterrupted(&err)
	examined, err := a.during(ctx).examineIf(claim, Question{}, hypothesis{
		accepted: func(l int32) bool { return a.links[l].ID == proposed },
		admitted: func(t *testimony) bool { return t.ID == proposed },
	})
	if err != nil {
		return AllFigures{}, err
	}
	return examined.allFigures(), nil
}

// Moved is how far the figures of two reports on a claim are apart: the ends of both intervals, both numbers of lines, and one more where
// the claim stands otherwise.
func (f AllFigures) Moved(to AllFigures) int {
	moved := distance(f.Lines, to.Lines) + distance(f.Denying.Lines, to.Denying.Lines)
	for _, side := range [][2]Independence{{f.IndependentOrigins, to.IndependentOrigins},
		{f.Denying.IndependentOrigins, to.Denying.IndependentOrigins}} {
		moved += distance(side[0].Min, side[1].Min) + distance(side[0].Max, side[1].Max)
	}
	if f.Standing != to.Standing {
		moved++
	}
	return moved
}

// Summary is what lists say of a report.
type Summary struct {
	AllFigures
	Appeared time.Time // when the newest document was published in which an attribution counts; zero where none has a date
}

// SummaryOf sums up the report on a claim, for less than the report costs. It fails as [Analysis.Report] does.
func (a *Analysis) SummaryOf(ctx context.Context, claim uuid.UUID, q Question) (s Summary, err error) {
	defer endInterrupted(&err)
	examined, err := a.during(ctx).examine(claim, q)
	if err != nil {
		return Summary{}, err
	}
	s.AllFigures = examined.allFigures()
	for _, side := range []*namedSide{examined.affirming, examined.denying} {
		for i, t := range side.testimonies {
			if published := t.document.Published.Earliest.Earliest(); side.counts(i) && published.After(s.Appeared) {
				s.Appeared = published
			}
		}
	}
	return s, nil
}

// originIDs name the groups that are origins and within reach.
func (s *namedSide) originIDs() []uuid.UUID {
	ids := []uuid.UUID{}
	for g, origin := range s.origin {
		if origin && s.figures().reached[g] {
			ids = append(ids, s.id(int32(g)))
		}
	}
	return ids
}

// missing keeps of before what is not in after.
func missing(before, after []uuid.UUID) []uuid.UUID {
	left := setOf(after)
	return slices.DeleteFunc(append([]uuid.UUID{}, before...), func(id uuid.UUID) bool { return left[id] })
}

// onlyIf are the testimonies that only the hypothesis withdraws. Each of them was counted before, or among those that a proposed link
// would bring in, so that a report changes just where there is one.
func (e *examination) onlyIf() []*testimony {
	var found []*testimony
	take := func(t *testimony) {
		if e.hypothesis.withdraws(t) && !t.withdrawn {
			found = append(found, t)
		}
	}
	questioning := e.up.gather(e.question, e.hypothesis, questionsThere)
	for _, testimonies := range [][]countedTestimony{e.affirming.testimonies, e.denying.testimonies, questioning} {
		for _, t := range testimonies {
			take(t.testimony)
		}
	}
	e.up.proposals(e.question, affirmsThere, e.affirming.testimonies, take)
	e.down.proposals(e.question, deniesThere, e.denying.testimonies, take)
	return found
}

// leastWay is the way with the least id by which these testimonies are withdrawn. Only where all of them are reprints it is a reprint.
func (a *Analysis) leastWay(withdrawn []*testimony, r retraction) Way {
	var least Way
	take := func(through uuid.UUID) {
		if least.Through == uuid.Nil || headwater.CompareIDs(through, least.Through) < 0 {
			least.Through = through
		}
	}
	for _, t := range withdrawn {
		if r.inChain(t) {
			take(t.Claim)
		}
	}
	if least.Through != uuid.Nil {
		return least
	}
	least.Reprint = true
	seen := map[*Document]bool{}
	for _, t := range withdrawn {
		for d := a.original(t.document); d != nil && !seen[d]; d = a.original(d) {
			seen[d] = true
			if r.publishes(d) {
				take(d.ID)
			}
		}
	}
	return least
}
