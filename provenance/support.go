package provenance

import (
	"cmp"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Opinion is a binomial opinion of subjective logic (A. Jøsang, Subjective Logic, Springer 2016, ch. 3): belief,
// disbelief and uncertainty are 0 to 1 and sum to 1.
type Opinion struct {
	Belief      float64 `json:"belief" minimum:"0" maximum:"1" doc:"What speaks for it." example:"0.63"`
	Disbelief   float64 `json:"disbelief" minimum:"0" maximum:"1" doc:"What speaks against it." example:"0"`
	Uncertainty float64 `json:"uncertainty" minimum:"0" maximum:"1" doc:"What nobody has said, or nobody trusted has." example:"0.37"`
}

// vacuous is the opinion of who has heard nothing.
var vacuous = Opinion{Uncertainty: 1}

// Probability is the projected probability at a base rate of one half (Jøsang 2016, §3.4.2). It is never called truth.
func (o Opinion) Probability() float64 { return o.Belief + o.Uncertainty/2 }

// Swapped is the opinion on the opposite (Jøsang 2016, §6.2).
func (o Opinion) Swapped() Opinion { return Opinion{o.Disbelief, o.Belief, o.Uncertainty} }

// DiscountedBy is what is left of an opinion that reaches us through somebody trusted like this, when distrust makes
// uncertain and does not turn the opinion round: trust discounting (Jøsang 2016, §14.3).
func (o Opinion) DiscountedBy(trust Opinion) Opinion {
	return Opinion{
		Belief:      trust.Belief * o.Belief,
		Disbelief:   trust.Belief * o.Disbelief,
		Uncertainty: trust.Disbelief + trust.Uncertainty + trust.Belief*o.Uncertainty,
	}
}

// Averaged is what opinions that depend on one another come to, all at once: averaging belief fusion (Jøsang 2016,
// §12.5), weighted by 1/uncertainty. No uncertainty may be 0; a discounted opinion's never is.
func Averaged(opinions []Opinion) Opinion {
	if len(opinions) == 0 {
		return vacuous
	}
	var weights float64
	var average Opinion
	for _, o := range opinions {
		weights += 1 / o.Uncertainty
		average.Belief += o.Belief / o.Uncertainty
		average.Disbelief += o.Disbelief / o.Uncertainty
	}
	return Opinion{average.Belief / weights, average.Disbelief / weights, float64(len(opinions)) / weights}
}

// FusedWith is what two independent opinions come to: cumulative belief fusion (Jøsang 2016, §12.3). Not both
// uncertainties may be 0.
func (o Opinion) FusedWith(p Opinion) Opinion {
	k := o.Uncertainty + p.Uncertainty - o.Uncertainty*p.Uncertainty
	return Opinion{
		Belief:      (o.Belief*p.Uncertainty + p.Belief*o.Uncertainty) / k,
		Disbelief:   (o.Disbelief*p.Uncertainty + p.Disbelief*o.Uncertainty) / k,
		Uncertainty: o.Uncertainty * p.Uncertainty / k,
	}
}

// OpinionOf is what somebody says who is this certain.
func OpinionOf(c headwater.Certainty) Opinion {
	switch c {
	case headwater.Certain:
		return Opinion{1, 0, 0}
	case headwater.Probable:
		return Opinion{.7, 0, .3}
	case headwater.Possible:
		return Opinion{.3, 0, .7}
	case headwater.Unknown:
	}
	return Opinion{.5, 0, .5}
}

// TrustIn is the trust in a source of this reliability on the Admiralty scale.
func TrustIn(r headwater.Reliability) Opinion {
	switch r {
	case "A":
		return Opinion{.90, 0, .10}
	case "B":
		return Opinion{.75, .05, .20}
	case "C":
		return Opinion{.50, .10, .40}
	case "D":
		return Opinion{.25, .25, .50}
	case "E":
		return Opinion{.05, .55, .40}
	}
	return vacuous
}

// Support is what all that was said comes to, by subjective logic.
type Support struct {
	Opinion
	// Graded is false while no source that an opinion passed is graded: then nobody is trusted or distrusted, and the numbers say nothing.
	Graded      bool    `json:"graded" doc:"Whether a source that an opinion passed has a grade of reliability. While none has, the numbers say nothing." example:"true"`
	Probability float64 `json:"probability" minimum:"0" maximum:"1" doc:"Belief and half the uncertainty; 0.5 where nothing is known. It is not called truth." example:"0.81"`
	Steps       []Step  `json:"steps" doc:"Each number on the way: the opinions, their averages by component, and what these are fused to, in this order."`
}

// StepKind says what a step does.
type StepKind string

const (
	// SaidStep is one attribution's opinion, discounted by each source of its walk.
	SaidStep StepKind = "said"
	// AverageStep is the average of one component's opinions.
	AverageStep StepKind = "average"
	// FuseStep fuses one more component's average into what came before.
	FuseStep StepKind = "fuse"
)

// Values lists the kinds.
func (StepKind) Values() []string {
	return []string{string(SaidStep), string(AverageStep), string(FuseStep)}
}

// Step is one number on the way to the support.
type Step struct {
	Kind      StepKind  `json:"kind" doc:"said: an attribution's opinion, discounted; average: of the opinions that depend on one another; fuse: with the components before." example:"said"`
	Component uuid.UUID `json:"component" format:"uuid" doc:"The component, by the least id of the sources that its opinions come from." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Opinion
	Opinions int   `json:"opinions,omitempty" doc:"How many opinions are averaged." example:"3"`
	Said     *Said `json:"said,omitempty" doc:"Of a step said: whose opinion, and how it came down to us."`
}

// Said is an attribution's opinion on its way from its end to the reader.
type Said struct {
	Side        SideName              `json:"side" doc:"The side that it counts on." example:"affirming"`
	Attribution uuid.UUID             `json:"attribution" format:"uuid" doc:"The attribution." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Source      uuid.UUID             `json:"source" format:"uuid" doc:"The source at the end of its walk." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Certainty   headwater.Certainty   `json:"certainty" doc:"How sure that source is." example:"probable"`
	Opinion     Opinion               `json:"opinion" doc:"What it says, before it is passed on."`
	Discounts   []Discount            `json:"discounts" doc:"What is left of it after each step of the walk, the end first."`
	Credibility int                   `json:"credibility" minimum:"1" maximum:"6" doc:"The Admiralty scale's grade of the information; shown, not counted." example:"2"`
	Confidence  *float64              `json:"confidence,omitempty" minimum:"0" maximum:"1" doc:"How sure the annotator is; shown, not counted." example:"0.9"`
	Endorsement headwater.Endorsement `json:"endorsement,omitempty" doc:"Whether the last teller stands behind it; shown, not counted." example:"neutral"`
}

// Discount is one source that an opinion passes.
type Discount struct {
	Source      uuid.UUID             `json:"source" format:"uuid" doc:"The source." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Reliability headwater.Reliability `json:"reliability" doc:"Its grade on the Admiralty scale." example:"B"`
	Opinion     Opinion               `json:"opinion" doc:"What is left of the opinion after it."`
}

// opinionStep is a step with the end of its walk.
type opinionStep struct {
	Step
	end int32 // in the analysis
}

// support fuses the opinions of both sides: those whose end sources are dependent are averaged, the averages are fused.
func support(sides ...*namedSide) Support {
	var opinions []opinionStep
	dependent := families{}
	for _, s := range sides {
		own := s.opinions()
		s.control.unite(dependent, own)
		opinions = append(opinions, own...)
	}
	components := connected(opinions, func(o opinionStep) []int32 { return []int32{dependent.of(o.end)} })
	least := func(component []opinionStep) int32 {
		return slices.MinFunc(component, func(x, y opinionStep) int { return cmp.Compare(x.end, y.end) }).end
	}
	slices.SortStableFunc(components, func(x, y []opinionStep) int { return cmp.Compare(least(x), least(y)) })

	steps := make([]Step, 0, len(opinions)+2*len(components))
	var averages []Step
	for _, component := range components {
		name := sides[0].analysis.sources[least(component)].ID
		discounted := make([]Opinion, len(component))
		for i, o := range component {
			o.Component = name
			discounted[i] = o.Opinion
			steps = append(steps, o.Step)
		}
		averages = append(averages, Step{Kind: AverageStep, Component: name, Opinion: Averaged(discounted), Opinions: len(component)})
	}
	steps = append(steps, averages...)
	total := vacuous
	for _, average := range averages {
		total = total.FusedWith(average.Opinion)
		steps = append(steps, Step{Kind: FuseStep, Component: average.Component, Opinion: total})
	}
	return Support{total, isGraded(steps), math.Min(total.Probability(), 1), steps}
}

// isGraded says whether somebody graded a source that one of the opinions passed.
func isGraded(steps []Step) bool {
	return slices.ContainsFunc(steps, func(s Step) bool {
		return s.Said != nil && slices.ContainsFunc(s.Said.Discounts, func(d Discount) bool {
			return d.Reliability != headwater.CannotBeJudged
		})
	})
}

// families are sets of sources of the analysis that hang together; one that is in none is its own.
type families map[int32]int32

// of names the family of a source.
func (f families) of(source int32) int32 {
	for {
		up, more := f[source]
		if !more {
			return source
		}
		if higher, more := f[up]; more {
			f[source] = higher
		}
		source = up
	}
}

func (f families) unite(source, other int32) {
	if source, other = f.of(source), f.of(other); source != other {
		f[source] = other
	}
}

// unite puts the end of each opinion into one family with all its controllers: those of which the sets of controllers meet are then
// in one, and those between which others do.
func (c *control) unite(families families, opinions []opinionStep) {
	known := make([]bool, len(c.sources))
	var found []int32
	find := func(v int32) {
		if !known[v] {
			known[v] = true
			found = append(found, v)
		}
	}
	for _, o := range opinions {
		find(c.at[o.end])
	}
	for len(found) > 0 {
		v := found[len(found)-1]
		found = found[:len(found)-1]
		for _, h := range c.up[v] {
			families.unite(c.sources[v], c.sources[h.object])
			find(h.object)
		}
	}
}

// opinions are those of the side's attributions that count and whose walks end at an origin source.
func (s *namedSide) opinions() []opinionStep {
	var opinions []opinionStep
	for i, t := range s.testimonies {
		s.analysis.step(len(t.walk))
		end := t.walk[len(t.walk)-1]
		if !s.counts(i) || !s.speaker(end).isOrigin() {
			continue
		}
		opinions = append(opinions, opinionStep{s.opinionOf(t), end})
	}
	return opinions
}

func (s *namedSide) opinionOf(t countedTestimony) Step {
	said := &Said{
		Side: s.name, Attribution: t.ID, Source: s.analysis.sources[t.walk[len(t.walk)-1]].ID,
		Certainty: cmp.Or(t.Certainty, headwater.Unknown),
		Opinion:   OpinionOf(t.Certainty), Credibility: t.Credibility, Confidence: t.Confidence, Endorsement: t.Endorsement,
	}
	if s.name == Denying {
		said.Opinion = said.Opinion.Swapped()
	}
	left := said.Opinion
	for _, v := range slices.Backward(t.walk) {
		source := s.analysis.sources[v]
		left = left.DiscountedBy(TrustIn(source.Reliability))
		said.Discounts = append(said.Discounts, Discount{source.ID, cmp.Or(source.Reliability, headwater.CannotBeJudged), left})
	}
	return Step{Kind: SaidStep, Opinion: left, Said: said}
}
