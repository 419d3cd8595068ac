package provenance

import (
	"cmp"
	"slices"
)

// mostTallied is how many contenders, with their topmost controllers, are tallied again to say what is left without one group.
// Where so many hang together that it would take more, what is left is a bound.
const mostTallied = 1 << 20

// removals works out for each group what changes without it: how many contenders of which component it dominates.
//
// On the way up the dominator tree, what a component has left changes only where it has a group, or where two ways up meet. The change
// is put down there, less that of the place above, so that the sum of what is put down in a subtree is the change without its root.
type removals struct {
	step   func(int)
	tree   dominators
	heads  []int32
	change []tally
	left   int // of what may be tallied
}

// removalPlace is a vertex of the dominator tree at which what is left of a component changes.
type removalPlace struct {
	vertex int32
	above  int   // the next place on the way up, -1 if there is none
	cut    tally // the contenders that begin in its subtree, each by itself
}

// add adds what changes of a component that comes to base.
func (r *removals) add(component contenders, base tally) {
	places := r.places(slices.DeleteFunc(slices.Clone(component.list), func(c contender) bool { return !c.reached }))
	size := sizeOf(component.list)
	for _, p := range places {
		var change tally
		switch {
		case p.above < 0: // it is above all of the component
			change = change.minus(base)
		case len(component.list) > exactLimit && r.left < size:
			change = base.bounded(p.cut, places[0].cut).minus(base)
		default:
			r.step(size)
			if len(component.list) > exactLimit {
				r.left -= size
			}
			change = component.tally(func(c contender) bool { return r.tree.cuts(p.vertex, c.groups) }).minus(base)
		}
		r.change[p.vertex] = r.change[p.vertex].plus(change)
		if p.above >= 0 {
			above := places[p.above].vertex
			r.change[above] = r.change[above].minus(change)
		}
	}
}

// sizeOf is what is gone through to tally contenders.
func sizeOf(contenders []contender) int {
	size := 0
	for _, c := range contenders {
		size += len(c.groups) + len(c.topmost)
	}
	return size
}

// bounded is a tally without some of its contenders: of those packed all may be among them, or none.
func (t tally) bounded(cut, all tally) tally {
	without := func(whole packing, cut, all int) packing {
		return packing{least: max(0, whole.least-cut), most: min(whole.most, all-cut), inexact: whole.inexact + 1}
	}
	return tally{t.origins - cut.origins, without(t.certain, cut.certain.most, all.certain.most),
		without(t.all, cut.all.most, all.all.most)}
}

// places are those of a component in preorder.
func (r *removals) places(component []contender) []removalPlace {
	var vertices []int32
	for _, c := range component {
		vertices = append(vertices, c.groups...)
	}
	inPreorder := func(v, w int32) int { return cmp.Compare(r.tree.enter[v], r.tree.enter[w]) }
	slices.SortFunc(vertices, inPreorder)
	for i := range len(vertices) - 1 {
		vertices = append(vertices, r.meeting(vertices[i], vertices[i+1]))
	}
	slices.SortFunc(vertices, inPreorder)
	vertices = slices.Compact(vertices)

	at := make(map[int32]int, len(vertices))
	places := make([]removalPlace, len(vertices))
	var path []int
	for i, v := range vertices {
		for len(path) > 0 && r.tree.leave[vertices[path[len(path)-1]]] <= r.tree.enter[v] {
			path = path[:len(path)-1]
		}
		places[i] = removalPlace{vertex: v, above: -1}
		if len(path) > 0 {
			places[i].above = path[len(path)-1]
		}
		path = append(path, i)
		at[v] = i
	}
	for _, c := range component {
		cut := &places[at[c.groups[0]]].cut
		cut.all.most++
		if c.origin {
			cut.origins++
		}
		if c.certain {
			cut.certain.most++
		}
	}
	for _, p := range slices.Backward(places) {
		if p.above >= 0 {
			places[p.above].cut = places[p.above].cut.plus(p.cut)
		}
	}
	return places
}

// sums are the changes by vertex.
func (r *removals) sums() []tally {
	for _, v := range slices.Backward(r.tree.preorder()) {
		if above := r.tree.parent[v]; above >= 0 {
			r.change[above] = r.change[above].plus(r.change[v])
		}
	}
	return r.change
}

// preorder is what the root reaches, by the numbers at which it is entered.
func (t dominators) preorder() []int32 {
	order := make([]int32, 0, len(t.enter))
	for v, enter := range t.enter {
		if enter >= 0 {
			order = append(order, int32(v))
		}
	}
	slices.SortFunc(order, func(v, w int32) int { return cmp.Compare(t.enter[v], t.enter[w]) })
	return order
}

// heads parts the tree into ways down that each go on to the largest subtree, and names the way of each vertex by its head: no vertex
// has more than log n ways above it (Sleator and Tarjan, "A data structure for dynamic trees", J. Comput. Syst. Sci. 26, 1983).
func (t dominators) heads() []int32 {
	order := t.preorder()
	size := func(v int32) int32 { return t.leave[v] - t.enter[v] }
	heavy := filledSlice(len(t.parent), -1)
	for _, v := range order {
		if above := t.parent[v]; above >= 0 && (heavy[above] < 0 || size(v) > size(heavy[above])) {
			heavy[above] = v
		}
	}
	heads := filledSlice(len(t.parent), -1)
	for _, v := range order {
		heads[v] = v
		if above := t.parent[v]; above >= 0 && heavy[above] == v {
			heads[v] = heads[above]
		}
	}
	return heads
}

// meeting is the lowest vertex that both are below, or one of them.
func (r *removals) meeting(v, w int32) int32 {
	for r.heads[v] != r.heads[w] {
		if r.tree.enter[r.heads[v]] > r.tree.enter[r.heads[w]] {
			v = r.tree.parent[r.heads[v]]
		} else {
			w = r.tree.parent[r.heads[w]]
		}
	}
	if r.tree.enter[v] < r.tree.enter[w] {
		return v
	}
	return w
}

// cuts says whether one of the groups is out of reach without v.
func (t dominators) cuts(v int32, groups []int32) bool {
	return slices.ContainsFunc(groups, func(g int32) bool { return t.enter[v] <= t.enter[g] && t.enter[g] < t.leave[v] })
}
