package provenance_test

import (
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// opinion is belief, disbelief and uncertainty.
type opinion [3]float64

var (
	opinions = map[headwater.Certainty]opinion{
		headwater.Certain: {1, 0, 0}, headwater.Probable: {.7, 0, .3}, headwater.Possible: {.3, 0, .7}, headwater.Unknown: {.5, 0, .5},
		"": {.5, 0, .5},
	}
	trusts = map[headwater.Reliability]opinion{
		"A": {.90, 0, .10}, "B": {.75, .05, .20}, "C": {.50, .10, .40}, "D": {.25, .25, .50}, "E": {.05, .55, .40}, "F": {0, 0, 1},
		"": {0, 0, 1},
	}
)

func (x opinion) swapped() opinion { return opinion{x[1], x[0], x[2]} }

func (x opinion) discounted(trust opinion) opinion {
	return opinion{trust[0] * x[0], trust[0] * x[1], trust[1] + trust[2] + trust[0]*x[2]}
}

// fused with another opinion that is independent of it.
func (x opinion) fused(y opinion) opinion {
	k := x[2] + y[2] - x[2]*y[2]
	return opinion{(x[0]*y[2] + y[0]*x[2]) / k, (x[1]*y[2] + y[1]*x[2]) / k, x[2] * y[2] / k}
}

// voice is what one testimony says on one side.
type voice struct {
	opinion
	end  uuid.UUID
	with set // the end source and all that control it on its side
}

func (w *twin) voices(s *twinSide) []voice {
	var voices []voice
	for _, t := range s.testimonies {
		if t.withdrawn || s.isSetAside(t) || !s.origins[t.end()] {
			continue
		}
		x := opinions[t.Certainty]
		if s.denying {
			x = x.swapped()
		}
		for _, source := range slices.Backward(t.walk) {
			x = x.discounted(trusts[w.sources[source].Reliability])
		}
		voices = append(voices, voice{x, t.end(), with(s.above[t.end()], t.end())})
	}
	return voices
}

// support averages the opinions that depend on one another, and fuses the averages.
func (w *twin) support(sides ...*twinSide) opinion {
	var left []voice
	for _, s := range sides {
		left = append(left, w.voices(s)...)
	}
	slices.SortFunc(left, func(x, y voice) int { return compareIDs(x.end, y.end) })
	var averages []opinion
	for len(left) > 0 {
		var component []voice
		component, left = componentOf(left[0], left)
		averages = append(averages, average(component))
	}
	if len(averages) == 0 {
		return opinion{0, 0, 1}
	}
	sum := averages[0]
	for _, next := range averages[1:] {
		sum = sum.fused(next)
	}
	return sum
}

// componentOf splits voices into those that depend on the first, directly or through others, and the rest.
func componentOf(first voice, voices []voice) (component, rest []voice) {
	together := set{}
	for id := range first.with {
		together[id] = true
	}
	for range voices {
		component, rest = nil, nil
		for _, v := range voices {
			if !intersect(together, v.with) {
				rest = append(rest, v)
				continue
			}
			component = append(component, v)
			for id := range v.with {
				together[id] = true
			}
		}
	}
	return component, rest
}

func average(component []voice) opinion {
	var sum opinion
	var weights float64
	for _, v := range component {
		weights += 1 / v.opinion[2]
		sum[0] += v.opinion[0] / v.opinion[2]
		sum[1] += v.opinion[1] / v.opinion[2]
	}
	return opinion{sum[0] / weights, sum[1] / weights, float64(len(component)) / weights}
}
