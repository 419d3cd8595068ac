package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// sample is one measurement.
type sample struct {
	value     float64         // in the case's unit
	latencies []time.Duration // of single requests, where there are any
	memory    int64           // peak of the resident memory in bytes; 0 where nobody looked
}

// sampler takes one sample.
type sampler func(ctx context.Context) (sample, error)

// comparison is a case: a figure, and the ceiling that it is compared with in the same run.
type comparison struct {
	name, unit      string
	goal            goal
	figure, ceiling sampler
	// before, if not nil, runs before each sample and is not measured.
	before func(ctx context.Context) error
}

// goal is a lower or upper bound of a ratio, or of how much a figure may exceed its ceiling.
type goal struct {
	operator string
	bound    float64
}

func atLeast(bound float64) goal   { return goal{"≥", bound} }
func atMost(bound float64) goal    { return goal{"≤", bound} }
func atMostOver(more float64) goal { return goal{"≤ ceiling +", more} }

func (g goal) String() string { return fmt.Sprintf("%s %g", g.operator, g.bound) }

func (g goal) met(r Result) bool {
	value := r.Figure
	if r.Ratio != nil {
		value = r.Ratio.Median
	}
	switch g {
	case atLeast(g.bound):
		return value >= g.bound
	case atMost(g.bound):
		return value <= g.bound
	}
	return r.Figure-r.Ceiling <= g.bound
}

// Spread summarizes the values of all rounds.
type Spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

func spreadOf(values []float64) Spread {
	return Spread{slices.Min(values), quantile(values, .5), slices.Max(values)}
}

// quantile is the value below which a share q of the values lies, by linear interpolation; 0 of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (sorted[high]-sorted[low])*(at-float64(low))
}

// Result is one line of the table.
type Result struct {
	Case         string  `json:"case"`
	Attributions int     `json:"attributions"`
	Figure       float64 `json:"figure"` // median of the rounds
	Unit         string  `json:"unit"`
	Ceiling      float64 `json:"ceiling,omitempty"`   // median; missing where the figure itself is bounded
	Ratio        *Spread `json:"ratio,omitempty"`     // figure to ceiling, round by round
	P50          float64 `json:"p50_ms,omitempty"`    // of single requests
	P99          float64 `json:"p99_ms,omitempty"`    // of single requests
	Memory       int64   `json:"memory_mb,omitempty"` // resident at most
	Goal         string  `json:"goal"`                // of the ratio's median, or of the figure
	Met          bool    `json:"met"`
	MeasuredOn   string  `json:"measured_on,omitzero"` // day
}

// compare takes samples of a case and of its ceiling in alternating order, so that other load on the machine affects both.
func compare(ctx context.Context, rounds int, c comparison) (Result, error) {
	var figures, ceilings, ratios, latencies []float64
	result := Result{Case: c.name, Unit: c.unit, Goal: c.goal.String()}
	for round := range rounds {
		var figure, ceiling sample
		turns := []turn{{c.figure, &figure}, {c.ceiling, &ceiling}}
		if round%2 == 1 {
			slices.Reverse(turns)
		}
		for _, turn := range turns {
			if err := turn.run(ctx, c.before); err != nil {
				return result, fmt.Errorf("%s: %w", c.name, err)
			}
		}
		figures, ceilings, ratios = append(figures, figure.value), append(ceilings, ceiling.value),
			append(ratios, figure.value/ceiling.value)
		for _, latency := range figure.latencies {
			latencies = append(latencies, milliseconds(latency))
		}
		result.Memory = max(result.Memory, megabytes(figure.memory))
	}
	spread := spreadOf(ratios)
	result.Ratio = &spread
	result.Figure, result.Ceiling = quantile(figures, .5), quantile(ceilings, .5)
	result.P50, result.P99 = quantile(latencies, .5), quantile(latencies, .99)
	result.Met = c.goal.met(result)
	return result, nil
}

// turn is one sample to take.
type turn struct {
	take sampler
	into *sample
}

func (t turn) run(ctx context.Context, before func(context.Context) error) (err error) {
	if before != nil {
		if err := before(ctx); err != nil {
			return err
		}
	}
	*t.into, err = t.take(ctx)
	return err
}

// withoutCeiling returns the result of a case that is compared with its goal alone.
func withoutCeiling(name, unit string, figure float64, g goal) Result {
	result := Result{Case: name, Unit: unit, Figure: figure, Goal: g.String()}
	result.Met = g.met(result)
	return result
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func megabytes(bytes int64) int64 { return int64(math.Ceil(float64(bytes) / (1 << 20))) }
