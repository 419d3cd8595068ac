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
	inexact     int // parts for which least and most are bounds
}

func (p packing) plus(o packing) packing {
	return packing{p.least + o.least, p.most + o.most, p.inexact + o.inexact}
}

func (p packing) minus(o packing) packing {
	return packing{p.least - o.least, p.most - o.most, p.inexact - o.inexact}
}

// pack finds the largest number of pairwise disjoint sets: a maximum independent set of origins, where each is the set
// of its topmost controllers and two are dependent if theirs meet.
//
// A set of one is always worth taking: whatever meets it holds that one element, so that at most one of those could be
// in a packing (the vertex is simplicial). Where control is a forest that is all there is, and the answer counts the
// roots. What is left falls into components. One of up to exactLimit sets is packed exactly. A larger one lies between a
// greedy choice and a cover by cliques, and the report says that it is not exact.
func pack(sets [][]int32) packing {
	taken := map[int32]bool{}
	for _, set := range sets {
		if len(set) == 1 {
			taken[set[0]] = true
		}
	}
	p := packing{least: len(taken), most: len(taken)}
	left := slices.DeleteFunc(slices.Clone(sets), func(set []int32) bool {
		return slices.ContainsFunc(set, func(e int32) bool { return taken[e] })
	})
	for _, component := range connected(left, func(set []int32) []int32 { return set }) {
		p = p.plus(packConnected(component))
	}
	return p
}

func packConnected(sets [][]int32) packing {
	if len(sets) > exactLimit {
		return packing{least: greedy(sets), most: cliqueCover(sets), inexact: 1}
	}
	meets := make([]uint32, len(sets))
	for i, x := range sets {
		for j, y := range sets[:i] {
			if intersect(x, y) {
				meets[i] |= 1 << j
				meets[j] |= 1 << i
			}
		}
	}
	n := largest(meets, uint32(1)<<len(sets)-1)
	return packing{least: n, most: n}
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

// greedy takes small sets first, as long as they meet none that is taken.
func greedy(sets [][]int32) int {
	var size int
	taken := map[int32]bool{}
	smallFirst := slices.SortedStableFunc(slices.Values(sets), func(x, y []int32) int { return cmp.Compare(len(x), len(y)) })
	for _, set := range smallFirst {
		if slices.ContainsFunc(set, func(e int32) bool { return taken[e] }) {
			continue
		}
		size++
		for _, e := range set {
			taken[e] = true
		}
	}
	return size
}

// cliqueCover is an upper bound: the sets that hold one element are a clique, of which a packing takes at most one.
// Common elements first.
func cliqueCover(sets [][]int32) int {
	holders := map[int32][]int{}
	for i, set := range sets {
		for _, e := range set {
			holders[e] = append(holders[e], i)
		}
	}
	elements := make([]int32, 0, len(holders))
	for e := range holders {
		elements = append(elements, e)
	}
	slices.SortFunc(elements, func(x, y int32) int {
		return cmp.Or(cmp.Compare(len(holders[y]), len(holders[x])), cmp.Compare(x, y))
	})
	covered := make([]bool, len(sets))
	var cliques int
	for _, e := range elements {
		adds := false
		for _, i := range holders[e] {
			adds = adds || !covered[i]
			covered[i] = true
		}
		if adds {
			cliques++
		}
	}
	return cliques
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
