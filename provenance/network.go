package provenance

import "math"

// unbounded is a capacity that no cut goes through.
const unbounded = math.MaxInt32

// network is a flow network; edges stand in pairs, each the other's residual.
type network struct {
	arcs []arc
	at   [][]int32 // arcs from each vertex
	step func(int)
}

type arc struct{ to, left int32 }

func newNetwork(n int) *network { return &network{at: make([][]int32, n)} }

// add gives the arc's number.
func (w *network) add(from, to, capacity int32) int32 {
	n := int32(len(w.arcs))
	w.at[from] = append(w.at[from], n)
	w.at[to] = append(w.at[to], n+1)
	w.arcs = append(w.arcs, arc{to, capacity}, arc{from, 0})
	return n
}

func (w *network) saturated(arc int32) bool { return w.arcs[arc].left == 0 }

// maximum sends as much as it can from source to sink, by Dinic's algorithm: on unit vertex capacities O(m √n)
// (Even and Tarjan, "Network flow and testing graph connectivity", SIAM J. Comput. 4, 1975).
func (w *network) maximum(source, sink int32) int {
	var flow int
	for {
		w.step(len(w.at))
		level := w.levels(source)
		if level[sink] < 0 {
			return flow
		}
		next := make([]int32, len(w.at))
		for w.augment(source, sink, level, next) {
			flow++
		}
	}
}

func (w *network) levels(source int32) []int32 {
	level := filledSlice(len(w.at), -1)
	level[source] = 0
	queue := []int32{source}
	for i := 0; i < len(queue); i++ {
		v := queue[i]
		for _, a := range w.at[v] {
			if to := w.arcs[a].to; w.arcs[a].left > 0 && level[to] < 0 {
				level[to] = level[v] + 1
				queue = append(queue, to)
			}
		}
	}
	return level
}

// augment sends one unit along a way that goes one level down at each step; next is the first arc of each vertex that
// may still lead on. The way is kept on an explicit stack, since chains can be very long.
func (w *network) augment(source, sink int32, level, next []int32) bool {
	var way []int32
	v := source
	for v != sink {
		if int(next[v]) == len(w.at[v]) {
			if v == source {
				return false
			}
			back := way[len(way)-1]
			way = way[:len(way)-1]
			v = w.arcs[back^1].to
			next[v]++
			continue
		}
		a := w.at[v][next[v]]
		if to := w.arcs[a].to; w.arcs[a].left > 0 && level[to] == level[v]+1 {
			way = append(way, a)
			v = to
		} else {
			next[v]++
		}
	}
	for _, a := range way {
		w.arcs[a].left--
		w.arcs[a^1].left++
	}
	return true
}

// residual is the graph of the arcs that could still carry something.
func (w *network) residual() digraph {
	edges := make([]edge, 0, len(w.arcs))
	for v := range int32(len(w.at)) {
		for _, a := range w.at[v] {
			if w.arcs[a].left > 0 {
				edges = append(edges, edge{v, w.arcs[a].to})
			}
		}
	}
	return newDigraph(len(w.at), edges)
}
