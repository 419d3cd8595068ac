package provenance_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// owned makes a story of outlets that all say the same in their own voices, each owned by two or three of so many
// owners. Each owner shares an outlet with the next, so that all hang together.
func owned(random *rand.Rand, outlets, owners int) (s *story, ownersOf []uint) {
	s = newStory()
	ownersOf = make([]uint, outlets)
	for i := range ownersOf {
		ownersOf[i] = 1<<(i%owners) | 1<<((i+1)%owners)
		if i >= owners {
			ownersOf[i] = 1<<(i%owners) | 1<<((i+1+random.IntN(owners-1))%owners)
			ownersOf[i] |= 1 << random.IntN(owners)
		}
		name := fmt.Sprint("outlet ", i)
		s.affirm(name)
		for owner := range owners {
			if ownersOf[i]&(1<<owner) != 0 {
				s.partOf(name, fmt.Sprint("owner ", owner))
			}
		}
	}
	return s, ownersOf
}

// mostDisjoint is how many of these sets are disjoint at best, by trying for every set of owners that may still be used.
func mostDisjoint(ownersOf []uint, owners int) int {
	best := make([]int, 1<<owners)
	for free := range uint(len(best)) {
		for _, set := range ownersOf {
			if free&set == set {
				best[free] = max(best[free], 1+best[free&^set])
			}
		}
	}
	return best[len(best)-1]
}

// TestManyOwners: up to 32 origins with several topmost controllers are counted exactly, and more lie within the bounds
// that are given. It goes by all that was ever said, so that taking one of 33 out leaves bounds too.
func TestManyOwners(t *testing.T) {
	t.Parallel()
	const owners = 12
	for outlets := 24; outlets <= 48; outlets++ {
		t.Run(fmt.Sprint(outlets, " outlets"), func(t *testing.T) {
			t.Parallel()
			s, ownersOf := owned(rand.New(rand.NewPCG(4, uint64(outlets))), outlets, owners)
			side := s.report(t).Affirming
			check(t, "all", side.IndependentOrigins, mostDisjoint(ownersOf, owners), outlets <= 32)
			for i, left := range side.Without {
				rest := append(append([]uint{}, ownersOf[:i]...), ownersOf[i+1:]...)
				check(t, s.names[left.Source]+" out", left.IndependentOrigins, mostDisjoint(rest, owners), outlets <= 32)
			}
		})
	}
}

// check holds an interval to the number that it must hold. Where there are few it must be exact, and it is so where it says so.
func check(t *testing.T, what string, got provenance.Independence, want int, few bool) {
	t.Helper()
	if got.Exact != (got.Min == got.Max) || few && !got.Exact || got.Min > want || got.Max < want {
		t.Errorf("%s: %+v, want %d within, and exactly where there are few (%t)", what, got, want, few)
	}
}

// TestOneOfManyIsRetracted is where a bound could become exact, and so higher: 33 outlets in a ring, each owned by two
// owners of whom it shares one with the next. What is left of them packs as it did before.
func TestOneOfManyIsRetracted(t *testing.T) {
	t.Parallel()
	const outlets = 33
	s := newStory()
	for i := range outlets {
		name := fmt.Sprint("outlet ", i)
		s.affirm(name)
		s.partOf(name, fmt.Sprint("owner ", i))
		s.partOf(name, fmt.Sprint("owner ", (i+1)%outlets))
	}
	was := s.report(t).Affirming.IndependentOrigins
	if want := (provenance.Independence{Min: 16, Max: 16, Exact: true}); was != want {
		t.Errorf("%+v, want %+v", was, want)
	}
	for i := range outlets {
		s.Documents[i].Retracted = true
		is := s.report(t).Affirming.IndependentOrigins
		if left := outlets - i - 1; is.Min > was.Min || is.Max > was.Max || is.Min > (left+1)/2 || is.Max < (left+1)/2 {
			t.Errorf("%d outlets are left: %+v, with one more %+v", left, is, was)
		}
		was = is
	}
}

// TestWithdrawalOfManyOriginsNeverFlatters: whatever is retracted, and retracted further, raises neither end of the interval, nor the
// lines, also where more origins hang together than are packed exactly. The true number is within.
func TestWithdrawalOfManyOriginsNeverFlatters(t *testing.T) {
	t.Parallel()
	checkRandom(t, 5, func(t *rapid.T) {
		const owners = 10
		outlets := rapid.IntRange(20, 60).Draw(t, "outlets")
		s, ownersOf := newStory(), make([]uint, outlets)
		for i := range outlets {
			name := fmt.Sprint("outlet ", i)
			attribution := s.affirm(name)
			attribution.Evidence = oneOf(t, "evidence", headwater.Unstated, headwater.Unstated, headwater.Hearsay)
			for _, owner := range rapid.SliceOfNDistinct(rapid.IntRange(0, owners-1), 0, 4, rapid.ID).Draw(t, "owners") {
				ownersOf[i] |= 1 << owner
			}
			for owner := range owners {
				if ownersOf[i]&(1<<owner) != 0 {
					s.partOf(name, fmt.Sprint("owner ", owner))
				}
			}
		}
		side := func() provenance.Side {
			report, err := provenance.New(s.Facts).Report(t.Context(), s.claim, provenance.Question{})
			if err != nil {
				t.Fatal(err)
			}
			return report.Affirming
		}
		was := side()
		for len(ownersOf) > 0 {
			if most := mostApart(ownersOf, owners); was.IndependentOrigins.Max < most || was.IndependentOrigins.Min > most {
				t.Fatalf("%d outlets: %+v, want %d within", len(ownersOf), was.IndependentOrigins, most)
			}
			for range min(len(ownersOf), rapid.IntRange(1, 12).Draw(t, "retracted")) {
				standing := outlets - len(ownersOf)
				s.Documents[standing].Retracted = true
				ownersOf = ownersOf[1:]
			}
			is := side()
			if is.IndependentOrigins.Min > was.IndependentOrigins.Min || is.IndependentOrigins.Max > was.IndependentOrigins.Max ||
				is.Lines > was.Lines {
				t.Fatalf("%d outlets are left: %+v over %d lines, before %+v over %d", len(ownersOf), is.IndependentOrigins, is.Lines,
					was.IndependentOrigins, was.Lines)
			}
			was = is
		}
	})
}

// mostApart is mostDisjoint where outlets may have no owner, so that each of these speaks for itself, or one, with whom all of those
// speak that have no other.
func mostApart(ownersOf []uint, owners int) int {
	alone := 0
	var owned []uint
	for _, set := range ownersOf {
		if set == 0 {
			alone++
		} else {
			owned = append(owned, set)
		}
	}
	return alone + mostDisjoint(owned, owners)
}
