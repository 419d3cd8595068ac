package suggest

import (
	"math/big"

	"github.com/headwater-project/headwater"
)

// tolerance is how far a number that is put as "about" may be off, as a part of it.
var tolerance = big.NewRat(1, 10)

// interval is the values that a quantity may have. A nil end is open without bounds.
type interval struct {
	low, high                 *big.Rat
	lowExcluded, highExcluded bool
}

func intervalOf(q headwater.Quantity) interval {
	value := rational(q.Value)
	switch q.Comparator {
	case headwater.About:
		off := new(big.Rat).Mul(new(big.Rat).Abs(value), tolerance)
		return interval{low: new(big.Rat).Sub(value, off), high: new(big.Rat).Add(value, off)}
	case headwater.Above:
		return interval{low: value, lowExcluded: true}
	case headwater.AtLeast:
		return interval{low: value}
	case headwater.Below:
		return interval{high: value, highExcluded: true}
	case headwater.AtMost:
		return interval{high: value}
	case headwater.Between:
		return interval{low: value, high: rational(*q.High)}
	case headwater.Exactly:
	}
	return interval{low: value, high: value}
}

func rational(d headwater.Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(d.String())
	return r
}

// overlaps says whether a value is in both.
func (i interval) overlaps(j interval) bool { return !i.isBelow(j) && !j.isBelow(i) }

// isBelow says that all of i is below all of j.
func (i interval) isBelow(j interval) bool {
	if i.high == nil || j.low == nil {
		return false
	}
	c := i.high.Cmp(j.low)
	return c < 0 || c == 0 && (i.highExcluded || j.lowExcluded)
}

// contains says whether all of j is in i.
func (i interval) contains(j interval) bool {
	lowFits := i.low == nil || j.low != nil && (i.low.Cmp(j.low) < 0 || i.low.Cmp(j.low) == 0 && (!i.lowExcluded || j.lowExcluded))
	highFits := i.high == nil || j.high != nil && (i.high.Cmp(j.high) > 0 || i.high.Cmp(j.high) == 0 && (!i.highExcluded || j.highExcluded))
	return lowFits && highFits
}

// quantityPair is two quantities of one unit.
type quantityPair struct {
	a, b          headwater.Quantity
	first, second interval
}

// comparableQuantities pairs the quantities of two claims that count the same unit of the same thing.
func comparableQuantities(a, b headwater.Claim) []quantityPair {
	var pairs []quantityPair
	for _, x := range a.Quantities {
		for _, y := range b.Quantities {
			if fold(x.Unit) == fold(y.Unit) && fold(x.Of) == fold(y.Of) {
				pairs = append(pairs, quantityPair{x, y, intervalOf(x), intervalOf(y)})
			}
		}
	}
	return pairs
}
