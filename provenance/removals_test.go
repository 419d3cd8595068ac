package provenance

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// randomRemovals is a random graph with its dominator tree, and contenders of which many hang together.
func randomRemovals(chance *rand.Rand) (tree dominators, parts [][]contender) {
	n := 2 + chance.IntN(80)
	edges := make([]edge, 0, 2*n)
	for v := 1; v < n; v++ {
		edges = append(edges, edge{int32(chance.IntN(v)), int32(v)})
		if chance.IntN(3) == 0 {
			edges = append(edges, edge{int32(chance.IntN(n)), int32(v)})
		}
	}
	tree = newDigraph(n, edges).dominators(0)
	tops := 1 + chance.IntN(n)
	var contenders []contender
	for v := range int32(n) {
		c := contender{groups: []int32{v}, origin: true, certain: chance.IntN(2) == 0}
		for range 1 + chance.IntN(3) {
			c.topmost = append(c.topmost, int32(chance.IntN(tops)))
		}
		slices.Sort(c.topmost)
		c.topmost = slices.Compact(c.topmost)
		switch chance.IntN(10) {
		case 0: // a circle
			c.origin, c.certain = false, false
			c.groups = append(c.groups, int32(chance.IntN(n)))
			slices.Sort(c.groups)
			c.groups = slices.Compact(c.groups)
		case 1:
			c.topmost = nil
		}
		c.reached = chance.IntN(8) > 0
		if v > 0 && chance.IntN(4) > 0 {
			contenders = append(contenders, c)
		}
	}
	return tree, connected(contenders, func(c contender) []int32 { return c.topmost })
}

// TestRemovalsAgainstEach holds what changes without each group to a tally of what is left without it.
func TestRemovalsAgainstEach(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(18, 1))
	for range 500 {
		tree, parts := randomRemovals(chance)
		exact := removals{step: func(int) {}, tree: tree, heads: tree.heads(), change: make([]tally, len(tree.parent)), left: 1 << 40}
		bound := exact
		bound.change, bound.left = make([]tally, len(tree.parent)), 0
		var whole tally
		for _, part := range parts {
			component := newContenders(part)
			base := component.tally(none)
			whole = whole.plus(base)
			exact.add(component, base)
			bound.add(component, base)
		}
		exactly, bounds := exact.sums(), bound.sums()
		for v := int32(1); int(v) < len(tree.parent); v++ {
			var want tally
			for _, part := range parts {
				want = want.plus(newContenders(part).tally(func(c contender) bool { return tree.cuts(v, c.groups) }))
			}
			if got := whole.plus(exactly[v]); got != want {
				t.Fatalf("without %d: %+v, want %+v", v, got, want)
			}
			got := whole.plus(bounds[v])
			if got.origins != want.origins || got.certain.least > want.certain.most || got.all.most < want.all.least {
				t.Fatalf("without %d: %+v, which does not hold %+v", v, got, want)
			}
		}
	}
}
