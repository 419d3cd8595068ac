package provenance

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// Card is what is drawn in one place: a node, or the nodes of a fold, in the order in which they stand.
type Card struct {
	Fold  *Fold // nil for a node by itself
	Nodes []Node
}

// Layer is how far the card is drawn from the readers.
func (c Card) Layer() int { return c.Nodes[0].Layer }

// CardEdge says that nodes of one card have the claim from nodes of another. From and To are the cards' numbers.
type CardEdge struct {
	From, To     int
	Attributions int  // that go this way, each once
	InCircle     bool // all of them within a circle
	OutOfReach   bool // no reader goes this way
}

// Cards are what is drawn of a side, layer by layer, with the edges between them in the order of their ends.
func (s *SideDrawing) Cards() ([]Card, []CardEdge) {
	ordered := slices.Clone(s.Nodes)
	slices.SortFunc(ordered, func(x, y Node) int { return cmp.Or(cmp.Compare(x.Layer, y.Layer), cmp.Compare(x.Order, y.Order)) })
	var cards []Card
	cardOfFold := map[int]int{}
	cardOf := make(map[uuid.UUID]int, len(ordered))
	for _, node := range ordered {
		at := len(cards)
		if node.Fold != nil {
			if known, is := cardOfFold[*node.Fold]; is {
				at = known
			}
			cardOfFold[*node.Fold] = at
		}
		if at == len(cards) {
			cards = append(cards, Card{})
			if node.Fold != nil {
				cards[at].Fold = &s.Folds[*node.Fold]
			}
		}
		cards[at].Nodes = append(cards[at].Nodes, node)
		cardOf[node.Group] = at
	}
	return cards, s.cardEdges(cardOf)
}

// cardEdges joins the edges between two cards into one; those within a card are not drawn.
func (s *SideDrawing) cardEdges(cardOf map[uuid.UUID]int) []CardEdge {
	type ends struct{ from, to int }
	joined := map[ends][]Edge{}
	for _, e := range s.Edges {
		if between := (ends{cardOf[e.From], cardOf[e.To]}); between.from != between.to {
			joined[between] = append(joined[between], e)
		}
	}
	edges := make([]CardEdge, 0, len(joined))
	for between, parts := range joined {
		edge := CardEdge{From: between.from, To: between.to, InCircle: true, OutOfReach: true}
		attributions := map[uuid.UUID]bool{}
		for _, part := range parts {
			edge.InCircle, edge.OutOfReach = edge.InCircle && part.InCircle, edge.OutOfReach && part.OutOfReach
			for _, id := range part.Attributions {
				attributions[id] = true
			}
		}
		edge.Attributions = len(attributions)
		edges = append(edges, edge)
	}
	slices.SortFunc(edges, func(x, y CardEdge) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To)) })
	return edges
}
