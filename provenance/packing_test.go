package provenance_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

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
// that are given. Taking one of 33 out leaves 32.
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
				check(t, s.names[left.Source]+" out", left.IndependentOrigins, mostDisjoint(rest, owners), outlets <= 33)
			}
		})
	}
}

func check(t *testing.T, what string, got provenance.Independence, want int, exact bool) {
	t.Helper()
	if got.Exact != exact || got.Min > want || got.Max < want || exact && got.Min != got.Max {
		t.Errorf("%s: %+v, want exact %t and %d within", what, got, exact, want)
	}
}
