package provenance

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// A drawing is read from the readers' side to the origins': each card stands in a layer, and in a place within it. Cycles are broken
// by a depth-first search, layers are longest paths, places come from barycenters (Sugiyama, Tagawa and Toda, "Methods for visual
// understanding of hierarchical system structures", IEEE Trans. SMC 11, 1981). All of it is in integers and in the order of ids, so
// that the same facts give the same bytes on every machine.

// MostCards is how many cards a drawing has at first, both sides together. More cannot be read: a claim that 2,000 sources carry would
// fill a drawing of 72,000 pixels.
const MostCards = 60

// barycenterRounds is how often the places are gone through, from the readers to the origins and back.
const barycenterRounds = 12

// LayOut gives each node its layer and its place, and folds nodes where both sides together have more than most, which is at least 4.
func (d *Drawing) LayOut(most int) {
	affirming, denying := shares(len(d.Affirming.Nodes), len(d.Denying.Nodes), most)
	d.Affirming.layOut(affirming)
	d.Denying.layOut(denying)
}

// shares divides the cards among two sides: each may have half, and what the other leaves.
func shares(one, other, most int) (ofOne, ofOther int) {
	ofOne = max(most/2, most-other)
	return ofOne, max(most/2, most-one)
}

func (s *SideDrawing) layOut(most int) {
	l := newLayout(s.Nodes, s.edgesByNumber())
	l.foldAlike(most)
	l.findLayers()
	l.foldRest(most)
	l.findOrder()
	s.Folds = l.place()
}

// edgesByNumber are the edges between nodes by their numbers in Nodes.
func (s *SideDrawing) edgesByNumber() []edge {
	at := make(map[uuid.UUID]int32, len(s.Nodes))
	for i, node := range s.Nodes {
		at[node.Group] = int32(i)
	}
	edges := make([]edge, len(s.Edges))
	for i, e := range s.Edges {
		edges[i] = edge{at[e.From], at[e.To]}
	}
	return edges
}

// layout is the drawing of one side in the making. A card is numbered by its first node, so that cards are in the order of ids.
type layout struct {
	nodes  []Node
	edges  []edge  // between nodes
	cardOf []int32 // by node: the card of those that are alike
	layer  []int32 // by card
	last   int32   // the layer of the origins
	restOf []int32 // by card: the card that stands for the rest that it is of, itself where it is drawn
	order  []int32 // the cards that are drawn, layer by layer, each in the order of its places
}

func newLayout(nodes []Node, edges []edge) *layout {
	l := &layout{nodes: nodes, edges: edges, cardOf: make([]int32, len(nodes)), restOf: make([]int32, len(nodes))}
	for i := range nodes {
		l.cardOf[i], l.restOf[i] = int32(i), int32(i)
	}
	return l
}

// cards lists the cards of those that are alike.
func (l *layout) cards() []int32 {
	var cards []int32
	for i, card := range l.cardOf {
		if card == int32(i) {
			cards = append(cards, card)
		}
	}
	return cards
}

// edgesBetween are the distinct edges between cards, each node being of the card that of names.
func (l *layout) edgesBetween(of func(node int32) int32) []edge {
	edges := make([]edge, 0, len(l.edges))
	for _, e := range l.edges {
		if from, to := of(e.from), of(e.to); from != to {
			edges = append(edges, edge{from, to})
		}
	}
	return distinct(edges)
}

// findLayers puts each card one layer after the last of those that have the claim from it. Origins that have it from nobody stand in
// the last layer, alone as far as there are any; other origins stand as late as those allow that they have it from.
func (l *layout) findLayers() {
	cards := l.cards()
	graph := newDigraph(len(l.nodes), l.edgesBetween(func(node int32) int32 { return l.cardOf[node] }))
	forward, order := graph.withoutCycles(l.roots(cards, graph))
	l.layer = make([]int32, len(l.nodes))
	for _, v := range order {
		for _, w := range forward.next(v) {
			l.layer[w] = max(l.layer[w], l.layer[v]+1)
		}
	}
	last := int32(-1) // of what is no origin that ends a way
	isEnd := func(v int32) bool { return l.isOrigin(v) && len(forward.next(v)) == 0 }
	for _, v := range cards {
		if !isEnd(v) {
			last = max(last, l.layer[v])
		}
	}
	l.last = last
	if slices.ContainsFunc(cards, isEnd) {
		l.last++
	}
	for _, v := range slices.Backward(order) {
		if !l.isOrigin(v) {
			continue
		}
		l.layer[v] = l.last
		for _, w := range forward.next(v) {
			l.layer[v] = min(l.layer[v], l.layer[w]-1)
		}
	}
}

func (l *layout) isOrigin(card int32) bool { return slices.Contains(l.nodes[card].Roles, OriginRole) }

// roots are the cards in the order in which a search for cycles begins at them: first those that nobody has the claim from, then the
// publishers, so that a cycle is broken where it leads back to the readers.
func (l *layout) roots(cards []int32, graph digraph) []int32 {
	told := make([]bool, len(l.nodes))
	for _, w := range graph.heads {
		told[w] = true
	}
	rank := func(v int32) int {
		switch {
		case !told[v]:
			return 0
		case slices.Contains(l.nodes[v].Roles, PublisherRole):
			return 1
		}
		return 2
	}
	roots := slices.Clone(cards)
	slices.SortStableFunc(roots, func(x, y int32) int { return cmp.Compare(rank(x), rank(y)) })
	return roots
}

// withoutCycles leaves out the edges that lead back to where a depth-first search from the roots is, and gives what remains with its
// vertices in an order in which every edge leads forward.
func (d digraph) withoutCycles(roots []int32) (forward digraph, order []int32) {
	const unmet, open, done = 0, 1, 2
	state := make([]int8, d.size())
	type frame struct{ v, at int32 }
	var path []frame
	var edges []edge
	for _, root := range roots {
		if state[root] != unmet {
			continue
		}
		state[root] = open
		for path = append(path, frame{root, d.first[root]}); len(path) > 0; {
			top := &path[len(path)-1]
			if top.at == d.first[top.v+1] {
				state[top.v] = done
				order = append(order, top.v)
				path = path[:len(path)-1]
				continue
			}
			w := d.heads[top.at]
			top.at++
			if state[w] == open {
				continue // it leads back
			}
			edges = append(edges, edge{top.v, w})
			if state[w] == unmet {
				state[w] = open
				path = append(path, frame{w, d.first[w]})
			}
		}
	}
	slices.Reverse(order)
	return newDigraph(d.size(), edges), order
}

// findOrder orders the cards that are drawn within their layers, each by the mean place of its neighbours in other layers: now of
// those that it has the claim from, now of those that have it from it. The rest stands last.
func (l *layout) findOrder() {
	layers := make([][]int32, l.last+1)
	for _, card := range l.cards() {
		if l.restOf[card] == card {
			layers[l.layer[card]] = append(layers[l.layer[card]], card)
		}
	}
	isRest := l.isRest()
	away := newDigraph(len(l.nodes), l.edgesBetween(l.drawnAs))
	back := away.reversed()
	place := make([]int64, len(l.nodes))
	number := func(cards []int32) {
		const height = 1 << 20
		for i, card := range cards {
			place[card] = (2*int64(i) + 1) * height / (2 * int64(len(cards)))
		}
	}
	for _, cards := range layers {
		number(cards)
	}
	wanted := make([]int64, len(l.nodes))
	sweep := func(cards []int32, neighbours digraph) {
		for _, card := range cards {
			wanted[card] = place[card]
			if near := neighbours.next(card); len(near) > 0 {
				var sum int64
				for _, w := range near {
					sum += place[w]
				}
				wanted[card] = sum / int64(len(near))
			}
		}
		slices.SortStableFunc(cards, func(x, y int32) int {
			return cmp.Or(compareBools(isRest[x], isRest[y]), cmp.Compare(wanted[x], wanted[y]))
		})
		number(cards)
	}
	for range barycenterRounds {
		for _, cards := range slices.Backward(layers) {
			sweep(cards, away)
		}
		for _, cards := range layers {
			sweep(cards, back)
		}
	}
	l.order = slices.Concat(layers...)
}

// drawnAs is the card that a node is drawn in.
func (l *layout) drawnAs(node int32) int32 { return l.restOf[l.cardOf[node]] }

// isRest says which cards stand for others that are not alike.
func (l *layout) isRest() []bool {
	is := make([]bool, len(l.nodes))
	for card, rest := range l.restOf {
		is[rest] = is[rest] || rest != int32(card)
	}
	return is
}

// compareBools puts what is not so first.
func compareBools(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

// place gives the nodes their layers and orders, and lists the folds in the order in which they stand. Those of a card follow one another.
func (l *layout) place() []Fold {
	members := make([][]int32, len(l.nodes)) // by the card that is drawn
	for i := range l.nodes {
		card := l.drawnAs(int32(i))
		members[card] = append(members[card], int32(i))
	}
	isRest := l.isRest()
	folds := []Fold{}
	next := make([]int, l.last+1)
	for _, card := range l.order {
		nodes := members[card]
		if isRest[card] {
			slices.SortStableFunc(nodes, l.compareWeights)
		}
		var fold *int
		if len(nodes) > 1 {
			fold = new(len(folds))
			layer := int(l.layer[card])
			kind := Alike
			if isRest[card] {
				kind = Rest
			}
			folds = append(folds, Fold{Kind: kind, Layer: layer, Order: next[layer], Nodes: len(nodes)})
		}
		for _, i := range nodes {
			layer := l.layer[l.cardOf[i]]
			node := &l.nodes[i]
			node.Layer, node.Order, node.Fold = int(layer), next[layer], fold
			next[layer]++
		}
	}
	return folds
}
