package provenance

import (
	"slices"

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

// Impact is what a claim would lose without a source.
type Impact struct {
	Claim       string      `json:"claim" doc:"The claim's key, or its id where it has none." example:"over-million-since-august"`
	ClaimID     uuid.UUID   `json:"claim_id" format:"uuid" doc:"The claim's id." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Before      Figures     `json:"before" doc:"How it stands."`
	After       Figures     `json:"after" doc:"How it would stand if the source's group were set aside."`
	LostOrigins []uuid.UUID `json:"lost_origins" doc:"The origins on either side that no reader would reach any more." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	// Through is the least of the claims, as attributions name them, by which the source bears on this one.
	Through uuid.UUID `json:"-"`
}

// Impact compares a claim's report with the one without a source. It is nil where neither the standing changes nor an
// origin is lost. It fails as [Analysis.Report] does.
func (a *Analysis) Impact(claim, source uuid.UUID) (*Impact, error) {
	before, err := a.Report(claim, Question{})
	if err != nil {
		return nil, err
	}
	examined, err := a.examine(claim, Question{Without: []uuid.UUID{source}})
	if err != nil {
		return nil, err
	}
	after := examined.report()
	lost := append(missing(before.Affirming.Origins, after.Affirming.Origins), missing(before.Denying.Origins, after.Denying.Origins)...)
	if before.Standing == after.Standing && len(lost) == 0 {
		return nil, nil
	}
	slices.SortFunc(lost, headwater.CompareIDs)
	return &Impact{
		Claim: before.Claim, ClaimID: claim, Before: before.Figures(), After: after.Figures(), LostOrigins: slices.Compact(lost),
		Through: examined.through(),
	}, nil
}

func missing(before, after []uuid.UUID) []uuid.UUID {
	return slices.DeleteFunc(append([]uuid.UUID{}, before...), func(id uuid.UUID) bool { return slices.Contains(after, id) })
}

func (e *examination) through() uuid.UUID {
	least := uuid.Max
	for _, side := range []*namedSide{e.affirming, e.denying} {
		for i, t := range side.testimonies {
			if side.isSetAside(i) && headwater.CompareIDs(t.Claim, least) < 0 {
				least = t.Claim
			}
		}
	}
	return least
}
