package provenance

import (
	"context"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Counted is an attribution that a report counts, with the side that it counts on, or would count on if it were not withdrawn.
type Counted struct {
	*Attribution
	Claim     uuid.UUID // that it makes; of a merged one, the claim that speaks for it
	Side      CountedSide
	Withdrawn bool
	Published headwater.Interval // when its document was
	Via       []uuid.UUID        // the links that brought it in, from the claim in question outwards
}

// CountedSide says for or against, as [SideName] does, or neither.
type CountedSide string

const (
	CountedAffirming   CountedSide = CountedSide(Affirming)
	CountedDenying     CountedSide = CountedSide(Denying)
	CountedQuestioning CountedSide = "questioning" // it speaks for neither side
)

// Values lists the sides.
func (CountedSide) Values() []string {
	return []string{string(CountedAffirming), string(CountedDenying), string(CountedQuestioning)}
}

// Counted lists what the report counts that answers a question about a claim: first what affirms it, then what denies it, then what
// questions it, each by id. It is as long as the attributions of all three together, since one attribution may count on both sides. With
// withdrawn, what the report names as withdrawn is among them. It fails as [Analysis.Report] does.
func (a *Analysis) Counted(ctx context.Context, claim uuid.UUID, q Question, withdrawn bool) (found []Counted, err error) {
	defer endInterrupted(&err)
	e, err := a.during(ctx).examine(claim, q)
	if err != nil {
		return nil, err
	}
	found = []Counted{}
	for _, counted := range []struct {
		*side
		as CountedSide
	}{{e.affirming.side, CountedAffirming}, {e.denying.side, CountedDenying}, {e.questioningSide(), CountedQuestioning}} {
		for i, t := range counted.testimonies {
			e.step(1)
			if counted.counts(i) || (withdrawn && t.withdrawn && !counted.aside[i]) {
				found = append(found, Counted{t.Attribution, a.claims[t.claim].ID, counted.as, t.withdrawn, t.document.Published,
					counted.reach.path(t.arrival)})
			}
		}
	}
	return found, nil
}

// LastSaid is when the end of the chain said it.
func (c Counted) LastSaid() headwater.Interval {
	if len(c.SaidAt) == 0 {
		return headwater.Interval{}
	}
	return c.SaidAt[len(c.SaidAt)-1]
}
