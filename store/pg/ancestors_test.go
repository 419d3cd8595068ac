package pg

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater/internal/testenv"
)

// ancestries are n things, each the child of the one that parent names, or of none where that is negative.
func ancestries(n int, parent func(i int) int) []ancestry {
	lines := make([]ancestry, n)
	for i := range lines {
		lines[i] = ancestry{ID: uuid.New(), Wanted: i%3 > 0}
	}
	for i := range lines {
		if p := parent(i); p >= 0 {
			lines[i].Parent = &lines[p].ID
		}
	}
	return lines
}

// TestEndlessAgainstWalking holds what is found to walking on from each until more steps are taken than there are things.
func TestEndlessAgainstWalking(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(18, 7))
	for range 300 {
		n := 1 + chance.IntN(12)
		lines := ancestries(n, func(int) int { return chance.IntN(n+2) - 2 })
		parents := map[uuid.UUID]*uuid.UUID{}
		for _, l := range lines {
			parents[l.ID] = l.Parent
		}
		var want []uuid.UUID
		for _, l := range lines {
			at, steps := &l.ID, 0
			for ; at != nil && steps <= n; steps++ {
				at = parents[*at]
			}
			if l.Wanted && at != nil {
				want = append(want, l.ID)
			}
		}
		if got := endless(lines); !slices.Equal(got, want) {
			t.Fatalf("%v gives %v, want %v", lines, got, want)
		}
	}
}

func TestEndlessGrowth(t *testing.T) {
	t.Parallel()
	testenv.CheckGrowth(t, 1000, func(n int) func() {
		lines := ancestries(n, func(i int) int { return i - 1 })
		return func() { endless(lines) }
	})
}
