package provenance

import (
	"cmp"
	"math/bits"
	"slices"
)

// exactLimit is the largest number of sets, connected by common elements, for which the exact search runs: they are the bits of a
// uint32, and the search may take twice the time with each set more.
const exactLimit = 32

// packing is how many of some sets are pairwise disjoint at best: between least and most.
type packing struct {
	least, most int
	inexact     int // parts for which least and most differ
}

func (p packing) plus(o packing) packing {
	return packing{p.least + o.least, p.most + o.most, p.inexact + o.inexact}
}

func (p packing) minus(o packing) packing {
	return packing{p.least - o.least, p.most - o.most, p.inexact - o.inexact}
}

// packer says of some sets how many are pairwise disjoint at best, and how many of those that are left where some are gone: a maximum
// independent set of origins, where each is the set of its topmost controllers and two are dependent if theirs meet.
//
// What it does is decided by all sets, whichever are gone. So neither least nor most is ever larger where more are gone, also where
// they are bounds: otherwise a withdrawal could make a bound exact, and so flatter.
type packer struct {
	sets  [][]int32
	parts []packable
}

// packable are sets that hang together through common elements.
type packable struct {
	kept, left []int   // numbers of the sets that are packed exactly, and of those that are only bounded
	clique     []int32 // of each of kept and then of left: an element by which it is covered
}

func newPacker(sets [][]int32) packer {
	p := packer{sets: sets}
	all := make([]int, len(sets))
	for i := range all {
		all[i] = i
	}
	for _, part := range connected(all, func(i int) []int32 { return sets[i] }) {
		p.parts = append(p.parts, p.packable(part))
	}
	return p
}

// packable leaves sets out until the others fall into components of up to exactLimit sets of several elements. Those that a greedy
// choice takes are never left out.
func (p packer) packable(part []int) packable {
	var found packable
	node := map[int32]int{}
	for _, i := range part {
		for _, e := range p.sets[i] {
			if _, known := node[e]; !known {
				node[e] = len(node)
			}
		}
	}
	component, size := newDisjoint(len(node)), make([]int, len(node))
	for _, i := range p.greedyFirst(part) {
		roots := make([]int, len(p.sets[i]))
		for n, e := range p.sets[i] {
			roots[n] = component.find(node[e])
		}
		slices.Sort(roots)
		roots = slices.Compact(roots)
		together := min(1, len(p.sets[i])-1)
		for _, root := range roots {
			together += size[root]
		}
		if together > exactLimit {
			found.left = append(found.left, i)
			continue
		}
		found.kept = append(found.kept, i)
		for _, root := range roots {
			component.union(root, roots[0])
		}
		size[component.find(roots[0])] = together
	}
	if found.left != nil {
		found.clique = p.cover(slices.Concat(found.kept, found.left))
	}
	return found
}

// greedyFirst orders sets: first those that a greedy choice takes, the small ones first, as long as they meet none that is taken.
func (p packer) greedyFirst(part []int) []int {
	taken := map[int32]bool{}
	var first, later []int
	smallFirst := slices.SortedStableFunc(slices.Values(part), func(x, y int) int { return cmp.Compare(len(p.sets[x]), len(p.sets[y])) })
	for _, i := range smallFirst {
		if slices.ContainsFunc(p.sets[i], func(e int32) bool { return taken[e] }) {
			later = append(later, i)
			continue
		}
		first = append(first, i)
		for _, e := range p.sets[i] {
			taken[e] = true
		}
	}
	return append(first, later...)
}

// cover gives each set one of its elements, few in all and common ones first. The sets with the same one are a clique, of which a packing
// takes at most one.
func (p packer) cover(part []int) []int32 {
	holders := map[int32][]int{}
	for n, i := range part {
		for _, e := range p.sets[i] {
			holders[e] = append(holders[e], n)
		}
	}
	elements := make([]int32, 0, len(holders))
	for e := range holders {
		elements = append(elements, e)
	}
	slices.SortFunc(elements, func(x, y int32) int {
		return cmp.Or(cmp.Compare(len(holders[y]), len(holders[x])), cmp.Compare(x, y))
	})
	covered := filledSlice(len(part), -1)
	for _, e := range elements {
		for _, n := range holders[e] {
			if covered[n] < 0 {
				covered[n] = e
			}
		}
	}
	return covered
}

// pack packs the sets that are there.
func (p packer) pack(there func(set int) bool) packing {
	var whole packing
	for _, part := range p.parts {
		whole = whole.plus(p.packPart(part, there))
	}
	return whole
}

// packPart packs what is kept exactly, which is the least of what can be packed. The most is the least of three bounds: what is kept and a
// set of each clique among those left out; a set of each clique; and half of the elements, where those that are a set of their own
// count twice. Each of these numbers falls or stays where a set goes.
func (p packer) packPart(part packable, there func(set int) bool) packing {
	var kept [][]int32
	for _, i := range part.kept {
		if there(i) {
			kept = append(kept, p.sets[i])
		}
	}
	exact := packExactly(kept)
	if part.left == nil {
		return packing{least: exact, most: exact}
	}
	cliques, cliquesLeft, elements, own := map[int32]bool{}, map[int32]bool{}, map[int32]bool{}, map[int32]bool{}
	for n, i := range slices.Concat(part.kept, part.left) {
		if !there(i) {
			continue
		}
		cliques[part.clique[n]] = true
		if n >= len(part.kept) {
			cliquesLeft[part.clique[n]] = true
		}
		for _, e := range p.sets[i] {
			elements[e] = true
			own[e] = own[e] || len(p.sets[i]) == 1
		}
	}
	halves := len(elements)
	for _, is := range own {
		if is {
			halves++
		}
	}
	found := packing{least: max(exact, min(1, len(cliques))), most: min(exact+len(cliquesLeft), len(cliques), halves/2)}
	if found.least < found.most {
		found.inexact = 1
	}
	return found
}

// packExactly finds the largest number of pairwise disjoint sets, where those of several elements hang together in components of up to
// exactLimit.
//
// A set of one is always worth taking: whatever meets it holds that one element, so that at most one of those could be
// in a packing (the vertex is simplicial). Where control is a forest that is all there is, and the answer counts the
// roots.
func packExactly(sets [][]int32) int {
	taken := map[int32]bool{}
	for _, set := range sets {
		if len(set) == 1 {
			taken[set[0]] = true
		}
	}
	left := slices.DeleteFunc(slices.Clone(sets), func(set []int32) bool {
		return slices.ContainsFunc(set, func(e int32) bool { return taken[e] })
	})
	n := len(taken)
	for _, component := range connected(left, func(set []int32) []int32 { return set }) {
		n += packConnected(component)
	}
	return n
}

func packConnected(sets [][]int32) int {
	meets := make([]uint32, len(sets))
	for i, x := range sets {
		for j, y := range sets[:i] {
			if intersect(x, y) {
				meets[i] |= 1 << j
				meets[j] |= 1 << i
			}
		}
	}
	return largest(meets, uint32(1)<<len(sets)-1)
}

// largest is the size of a maximum independent set among the vertices left, by branch and bound: a vertex with at most
// one neighbour is always worth taking; otherwise the one with most neighbours is either in or out.
func largest(meets []uint32, left uint32) int {
	var size int
	for left != 0 {
		most, branch := -1, 0
		forced := false
		for rest := left; rest != 0; rest &= rest - 1 {
			v := bits.TrailingZeros32(rest)
			degree := bits.OnesCount32(meets[v] & left)
			if degree <= 1 {
				left &^= meets[v] | 1<<v
				size++
				forced = true
				break
			}
			if degree > most {
				most, branch = degree, v
			}
		}
		if forced {
			continue
		}
		with := 1 + largest(meets, left&^(meets[branch]|1<<branch))
		return size + max(with, largest(meets, left&^(1<<branch)))
	}
	return size
}

// intersect says whether two sets in order have an element in common.
func intersect(x, y []int32) bool {
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			return true
		case x[i] < y[j]:
			i++
		default:
			j++
		}
	}
	return false
}

// connected parts things into those that hang together through common elements, in the order of each part's first.
func connected[T any](things []T, elements func(T) []int32) [][]T {
	sets := newDisjoint(len(things))
	holder := map[int32]int{}
	for i, thing := range things {
		for _, e := range elements(thing) {
			if other, ok := holder[e]; ok {
				sets.union(i, other)
			} else {
				holder[e] = i
			}
		}
	}
	var parts [][]T
	partOf := map[int]int{}
	for i, thing := range things {
		root := sets.find(i)
		part, ok := partOf[root]
		if !ok {
			part = len(parts)
			partOf[root] = part
			parts = append(parts, nil)
		}
		parts[part] = append(parts[part], thing)
	}
	return parts
}

// disjoint is a union-find structure with path halving.
type disjoint []int

func newDisjoint(n int) disjoint {
	d := make(disjoint, n)
	for i := range d {
		d[i] = i
	}
	return d
}

func (d disjoint) find(v int) int {
	for d[v] != v {
		d[v] = d[d[v]]
		v = d[v]
	}
	return v
}

func (d disjoint) union(v, w int) { d[d.find(v)] = d.find(w) }
