package provenance

import "slices"

// digraph is a directed graph over 0 … n-1 in compressed sparse rows: the heads of v's edges are
// heads[first[v]:first[v+1]].
type digraph struct {
	first []int32
	heads []int32
}

// edge goes from a speaker to the one that it has the claim from.
type edge struct{ from, to int32 }

// newDigraph keeps the edges that it is given in their order, tail by tail.
func newDigraph(n int, edges []edge) digraph {
	d := digraph{first: make([]int32, n+1), heads: make([]int32, len(edges))}
	for _, e := range edges {
		d.first[e.from+1]++
	}
	for v := range n {
		d.first[v+1] += d.first[v]
	}
	free := slices.Clone(d.first)
	for _, e := range edges {
		d.heads[free[e.from]] = e.to
		free[e.from]++
	}
	return d
}

func (d digraph) size() int            { return len(d.first) - 1 }
func (d digraph) next(v int32) []int32 { return d.heads[d.first[v]:d.first[v+1]] }

// distinct sorts edges and drops what stands twice.
func distinct(edges []edge) []edge {
	slices.SortFunc(edges, func(x, y edge) int {
		if x.from != y.from {
			return int(x.from - y.from)
		}
		return int(x.to - y.to)
	})
	return slices.Compact(edges)
}

// components numbers the strongly connected components by Tarjan's algorithm (SIAM J. Comput. 1, 1972): an edge
// between two components leads to the smaller number. The stack is explicit, since chains can be very long.
func (d digraph) components() (of []int32, count int) {
	n := d.size()
	of = filledSlice(n, -1)
	index, low := filledSlice(n, -1), make([]int32, n)
	var met int32
	var open []int32 // met, and not yet in a component
	type frame struct{ v, at int32 }
	var path []frame
	enter := func(v int32) {
		index[v], low[v] = met, met
		met++
		open = append(open, v)
		path = append(path, frame{v, d.first[v]})
	}
	for root := range int32(n) {
		if index[root] >= 0 {
			continue
		}
		for enter(root); len(path) > 0; {
			top := &path[len(path)-1]
			if top.at < d.first[top.v+1] {
				w := d.heads[top.at]
				top.at++
				if index[w] < 0 {
					enter(w)
				} else if of[w] < 0 {
					low[top.v] = min(low[top.v], index[w])
				}
				continue
			}
			v := top.v
			path = path[:len(path)-1]
			if len(path) > 0 {
				parent := path[len(path)-1].v
				low[parent] = min(low[parent], low[v])
			}
			if low[v] != index[v] {
				continue
			}
			for {
				w := open[len(open)-1]
				open = open[:len(open)-1]
				of[w] = int32(count)
				if w == v {
					break
				}
			}
			count++
		}
	}
	return of, count
}

func filledSlice(n int, value int32) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = value
	}
	return s
}

// dominators is the tree of immediate dominators of what can be reached from a root: taking v out cuts off just v's
// subtree.
type dominators struct {
	parent []int32 // -1 for the root and for what cannot be reached
	// enter and leave number a walk around the tree: w is in v's subtree if enter[v] <= enter[w] < leave[v]. enter is -1
	// for what cannot be reached.
	enter, leave []int32
}

func (t dominators) reached(v int32) bool { return t.enter[v] >= 0 }

// lengauerTarjan is the state of [digraph.dominators].
type lengauerTarjan struct {
	preorder                         []int32 // vertices in the order of a depth-first search
	number, parent, semi, best, link []int32 // all but number by preorder number
}

// dominators is the simple variant of Lengauer and Tarjan, "A fast algorithm for finding dominators in a flowgraph"
// (TOPLAS 1, 1979), O(m log n).
func (d digraph) dominators(root int32) dominators {
	lt := lengauerTarjan{number: filledSlice(d.size(), -1)}
	lt.search(d, root)
	n := len(lt.preorder)
	lt.semi, lt.best, lt.link = make([]int32, n), make([]int32, n), filledSlice(n, -1)
	for i := range lt.semi {
		lt.semi[i], lt.best[i] = int32(i), int32(i)
	}
	tails := d.reversed()
	idom := make([]int32, n)
	waiting := make([][]int32, n) // by semidominator
	for w := int32(n) - 1; w > 0; w-- {
		for _, tail := range tails.next(lt.preorder[w]) {
			if v := lt.number[tail]; v >= 0 {
				lt.semi[w] = min(lt.semi[w], lt.semi[lt.least(v)])
			}
		}
		waiting[lt.semi[w]] = append(waiting[lt.semi[w]], w)
		above := lt.parent[w]
		lt.link[w] = above
		for _, v := range waiting[above] {
			idom[v] = above
			if u := lt.least(v); lt.semi[u] < lt.semi[v] {
				idom[v] = u
			}
		}
		waiting[above] = nil
	}
	for w := int32(1); w < int32(n); w++ {
		if idom[w] != lt.semi[w] {
			idom[w] = idom[idom[w]]
		}
	}
	return lt.tree(idom)
}

func (d digraph) reversed() digraph {
	edges := make([]edge, 0, len(d.heads))
	for v := range int32(d.size()) {
		for _, w := range d.next(v) {
			edges = append(edges, edge{w, v})
		}
	}
	return newDigraph(d.size(), edges)
}

// search numbers in preorder what the root reaches.
func (lt *lengauerTarjan) search(d digraph, root int32) {
	type frame struct{ v, at int32 }
	var path []frame
	enter := func(v, parent int32) {
		lt.number[v] = int32(len(lt.preorder))
		lt.preorder = append(lt.preorder, v)
		lt.parent = append(lt.parent, parent)
		path = append(path, frame{v, d.first[v]})
	}
	for enter(root, -1); len(path) > 0; {
		top := &path[len(path)-1]
		if top.at == d.first[top.v+1] {
			path = path[:len(path)-1]
			continue
		}
		w := d.heads[top.at]
		top.at++
		if lt.number[w] < 0 {
			enter(w, lt.number[top.v])
		}
	}
}

// least is the vertex with the least semidominator on the path above v that is linked so far, compressing the path.
func (lt *lengauerTarjan) least(v int32) int32 {
	if lt.link[v] < 0 {
		return v
	}
	var path []int32
	for u := v; lt.link[lt.link[u]] >= 0; u = lt.link[u] {
		path = append(path, u)
	}
	for _, u := range slices.Backward(path) {
		above := lt.link[u]
		if lt.semi[lt.best[above]] < lt.semi[lt.best[u]] {
			lt.best[u] = lt.best[above]
		}
		lt.link[u] = lt.link[above]
	}
	return lt.best[v]
}

// tree gives the result by vertex. Parents come before their children in preorder, so that sizes add up backwards and
// places forwards.
func (lt *lengauerTarjan) tree(idom []int32) dominators {
	vertices := len(lt.number)
	t := dominators{parent: filledSlice(vertices, -1), enter: filledSlice(vertices, -1), leave: filledSlice(vertices, -1)}
	n := len(lt.preorder)
	size := filledSlice(n, 1)
	for w := n - 1; w > 0; w-- {
		size[idom[w]] += size[w]
	}
	free := make([]int32, n) // where the next child's subtree begins
	for w, v := range lt.preorder {
		at := int32(0)
		if w > 0 {
			t.parent[v] = lt.preorder[idom[w]]
			at = free[idom[w]]
			free[idom[w]] += size[w]
		}
		t.enter[v], t.leave[v] = at, at+size[w]
		free[w] = at + 1
	}
	return t
}
