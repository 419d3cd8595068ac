// Package suggest finds links that might hold between two claims, by rule: from their words and from their numbers. What
// it finds are proposals; a human accepts or rejects them, and none counts before. It is pure, claims in and a proposal
// out: it must not know where claims are stored, nor what was judged already.
package suggest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// RuleVersion is the version of the rules, which stands in each proposal's method.
const RuleVersion = "1"

// The bases that proposals name: what the two claims were compared by.
const (
	Polarity  = "polarity"  // the same statement, denied
	Amount    = "quantity"  // numbers of the same unit
	Statement = "statement" // nearly the same words
	Detail    = "detail"    // the same words and more
)

const (
	// sameStatement is how much of the words of two statements must be common for these to say the same.
	sameStatement = 0.85
	// sameStatementNegated is the same where one of them is negated, which changes the form of Arabic verbs.
	sameStatementNegated = 0.7
	// sameTopic is how much must be common for two numbers to be about the same thing.
	sameTopic = 0.25
	// sameSubject is the same for one number to entail another.
	sameSubject = 0.6
	// leastWords is how many words a statement needs before others are called more detailed.
	leastWords = 3
)

// LinkBetween proposes a link between two claims, the one that says most: an opposition before an equality, and that before
// support. It is false where no rule finds one.
func LinkBetween(a, b headwater.Claim, names Names) (headwater.LinkFields, bool) {
	words := compareStatements(a, b, names)
	for _, rule := range []func(x, y headwater.Claim, w likeness) (headwater.LinkFields, bool){byPolarity, byContradiction, byStatement,
		byDetail, byAgreement} {
		if link, found := rule(a, b, words); found {
			link.Method.Version = RuleVersion
			link.Normalize()
			return link, true
		}
	}
	return headwater.LinkFields{}, false
}

func propose(kind headwater.LinkKind, from, to uuid.UUID, basis string, confidence float64, rationale string,
	args ...any) headwater.LinkFields {
	confidence = math.Round(100*confidence) / 100
	return headwater.LinkFields{
		Kind: kind, From: from, To: to, Basis: basis, Rationale: fmt.Sprintf(rationale, args...),
		Method: &headwater.Method{Kind: headwater.ByRule, Name: "headwater/" + basis}, Confidence: &confidence,
	}
}

// byPolarity: the same statement, one of the two negated.
func byPolarity(a, b headwater.Claim, w likeness) (headwater.LinkFields, bool) {
	if !w.opposed || w.common < sameStatementNegated || atDifferentTimes(a, b) {
		return headwater.LinkFields{}, false
	}
	return propose(headwater.Contradicts, a.ID, b.ID, Polarity, w.common, "One denies what the other states, in much the same words."), true
}

// byStatement: nearly the same words, in the same sense, with the same numbers.
func byStatement(a, b headwater.Claim, w likeness) (headwater.LinkFields, bool) {
	if w.opposed || w.common < sameStatement || !w.sameNumbers || atDifferentTimes(a, b) {
		return headwater.LinkFields{}, false
	}
	return propose(headwater.Equivalent, a.ID, b.ID, Statement, w.common, "Both say the same in nearly the same words."), true
}

// byDetail: all words of one, and more.
func byDetail(a, b headwater.Claim, w likeness) (headwater.LinkFields, bool) {
	if w.opposed || atDifferentTimes(a, b) {
		return headwater.LinkFields{}, false
	}
	switch {
	case w.containsSecond:
		return propose(headwater.Refines, a.ID, b.ID, Detail, w.common, "One says all that the other says, and more."), true
	case w.containsFirst:
		return propose(headwater.Refines, b.ID, a.ID, Detail, w.common, "One says all that the other says, and more."), true
	}
	return headwater.LinkFields{}, false
}

// byContradiction: numbers of one unit over the same scope that cannot both be right.
func byContradiction(a, b headwater.Claim, w likeness) (headwater.LinkFields, bool) {
	if w.common < sameTopic || atDifferentTimes(a, b) || fold(a.Scope) != fold(b.Scope) {
		return headwater.LinkFields{}, false
	}
	for _, p := range comparableQuantities(a, b) {
		if p.first.overlaps(p.second) {
			continue
		}
		link := propose(headwater.Contradicts, a.ID, b.ID, Amount, (1+w.common)/2, "%s against %s%s.", quantityText(p.a), quantityText(p.b),
			overlapText(a, b))
		link.Degree = headwater.DegreeDirect
		if p.a.Comparator == headwater.About || p.b.Comparator == headwater.About || !sameTime(a, b) || w.common < sameSubject {
			link.Degree = headwater.DegreeTension
		}
		return link, true
	}
	return headwater.LinkFields{}, false
}

// byAgreement: numbers of one unit that can both be right. The narrower one entails the wider where the statements are
// alike otherwise, and else supports it.
func byAgreement(a, b headwater.Claim, w likeness) (headwater.LinkFields, bool) {
	if w.opposed || w.common < sameTopic || atDifferentTimes(a, b) || fold(a.Scope) != fold(b.Scope) {
		return headwater.LinkFields{}, false
	}
	pairs := comparableQuantities(a, b)
	if len(pairs) == 0 {
		return headwater.LinkFields{}, false
	}
	p := pairs[0]
	within, around := p.second.contains(p.first), p.first.contains(p.second)
	from, to, narrower, wider := a, b, p.a, p.b
	if !within && around {
		from, to, narrower, wider = b, a, p.b, p.a
	}
	kind := headwater.Corroborates
	switch {
	case w.common >= sameSubject && within && around:
		kind = headwater.Equivalent
	case w.common >= sameSubject && (within || around):
		kind = headwater.Refines
	}
	return propose(kind, from.ID, to.ID, Amount, (1+w.common)/2, "%s agrees with %s%s.", quantityText(narrower), quantityText(wider),
		overlapText(a, b)), true
}

func quantityText(q headwater.Quantity) string {
	value := q.Value.String()
	switch q.Comparator {
	case headwater.Between:
		value += " to " + q.High.String()
	case headwater.Exactly:
	case headwater.About:
		value = "about " + value
	case headwater.Above:
		value = "more than " + value
	case headwater.AtLeast:
		value = "at least " + value
	case headwater.Below:
		value = "less than " + value
	case headwater.AtMost:
		value = "at most " + value
	}
	words := []string{value, q.Unit}
	if q.Of != "" {
		words = append(words, "of", q.Of)
	}
	return strings.Join(words, " ")
}

func overlapText(a, b headwater.Claim) string {
	if a.EventTime == nil || b.EventTime == nil {
		return ""
	}
	return ", at overlapping times"
}

// atDifferentTimes says that the two are certainly about different times.
func atDifferentTimes(a, b headwater.Claim) bool {
	return a.EventTime != nil && b.EventTime != nil && (endsBefore(*a.EventTime, *b.EventTime) || endsBefore(*b.EventTime, *a.EventTime))
}

func endsBefore(x, y headwater.Period) bool {
	end, start := x.End.Last(), y.Start.First()
	return !end.IsZero() && !start.IsZero() && end.Before(start)
}

func sameTime(a, b headwater.Claim) bool {
	return a.EventTime != nil && b.EventTime != nil && *a.EventTime == *b.EventTime
}

// sortByConfidence orders suggestions, those without a confidence last, then by the other claim.
func sortByConfidence(suggestions []Suggestion) {
	confidence := func(s Suggestion) float64 {
		if s.Confidence == nil {
			return 0
		}
		return *s.Confidence
	}
	slices.SortFunc(suggestions, func(x, y Suggestion) int {
		return cmp.Or(cmp.Compare(confidence(y), confidence(x)), slices.Compare(x.Other.ID[:], y.Other.ID[:]))
	})
}
