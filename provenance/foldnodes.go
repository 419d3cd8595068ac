package provenance

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Fold is one card that is drawn for several nodes of a side that is too large to be drawn whole.
type Fold struct {
	Kind  FoldKind `json:"kind" doc:"What the nodes have in common: alike, they do the same and have the claim from the same; rest, they are those of a layer, or of layers that follow one another, without which the figures change least." example:"alike"`
	Layer int      `json:"layer" minimum:"0" doc:"The layer that it stands in." example:"0"`
	Order int      `json:"order" minimum:"0" doc:"Its place in the layer, among nodes and folds." example:"3"`
	Nodes int      `json:"nodes" minimum:"2" doc:"How many nodes it stands for: those whose fold is its number." example:"37"`
}

// FoldKind says what the nodes of a fold have in common.
type FoldKind string

const (
	Alike FoldKind = "alike" // they do the same, and have the claim from the same cards
	Rest  FoldKind = "rest"  // they carry least of their layer, or of layers that follow one another
)

// Values lists the kinds.
func (FoldKind) Values() []string { return []string{string(Alike), string(Rest)} }

// foldRounds is how often cards that became alike, since those that they have the claim from were folded, are folded in turn: reprints
// of what rewriters made of a wire.
const foldRounds = 12

// foldAlike folds cards that do the same and have the claim from the same cards, the largest classes first, until no more than most
// cards remain or none are alike. Common links and circles stay apart: they are what one looks for.
func (l *layout) foldAlike(most int) {
	if len(l.nodes) <= most {
		return
	}
	apart := l.apart()
	for range foldRounds {
		cards := l.cards()
		classes := l.alike(cards, apart)
		if len(cards) <= most || len(classes) == 0 {
			return
		}
		into := make([]int32, len(l.nodes))
		for i := range into {
			into[i] = int32(i)
		}
		left := len(cards)
		for _, class := range classes {
			if left <= most {
				break
			}
			left -= len(class) - 1
			for _, card := range class {
				into[card] = class[0]
			}
		}
		for i, card := range l.cardOf {
			l.cardOf[i] = into[card]
		}
	}
}

// apart says which nodes are never folded with those that are alike.
func (l *layout) apart() []bool {
	of, count := newDigraph(len(l.nodes), l.edges).components()
	sizes := make([]int, count)
	for _, component := range of {
		sizes[component]++
	}
	apart := make([]bool, len(l.nodes))
	for i, node := range l.nodes {
		apart[i] = node.CommonLink || sizes[of[i]] > 1
	}
	return apart
}

// alike are the classes of two or more cards that are alike, the largest first, each in order.
func (l *layout) alike(cards []int32, apart []bool) [][]int32 {
	away := newDigraph(len(l.nodes), l.edgesBetween(func(node int32) int32 { return l.cardOf[node] }))
	back := away.reversed()
	classOf := map[string]int{}
	var classes [][]int32
	var key []byte
	for _, card := range cards {
		if apart[card] {
			continue
		}
		key = append(key[:0], l.nodes[card].looks())
		for _, w := range away.next(card) {
			key = binary.BigEndian.AppendUint32(key, uint32(w))
		}
		if l.isOrigin(card) { // origins have the claim from nobody: those that tell the same are alike
			for _, w := range back.next(card) {
				key = binary.BigEndian.AppendUint32(append(key, '<'), uint32(w))
			}
		}
		class, known := classOf[string(key)]
		if !known {
			class = len(classes)
			classOf[string(key)] = class
			classes = append(classes, nil)
		}
		classes[class] = append(classes[class], card)
	}
	classes = slices.DeleteFunc(classes, func(class []int32) bool { return len(class) < 2 })
	slices.SortStableFunc(classes, func(x, y []int32) int { return cmp.Compare(len(y), len(x)) })
	return classes
}

// looks are what a card shows of a node besides its name: nodes that look different are not alike.
func (n *Node) looks() (bits byte) {
	for i, is := range []bool{
		slices.Contains(n.Roles, PublisherRole), slices.Contains(n.Roles, RelayRole), slices.Contains(n.Roles, OriginRole),
		n.Uncertain, n.SetAside, n.OutOfReach,
	} {
		if is {
			bits |= 1 << i
		}
	}
	return bits
}

// foldRest folds, of what remains, the cards that carry least until no more than most are drawn. The rest of a layer is one card;
// layers of which nothing else is drawn have one together, except the origins', which is drawn by itself.
func (l *layout) foldRest(most int) {
	cards := l.cards()
	if len(cards) <= most {
		return
	}
	heaviest := slices.Clone(cards)
	weights := l.weightsOfCards()
	slices.SortStableFunc(heaviest, func(x, y int32) int { return weights[x].compare(weights[y]) })
	for kept := most; kept >= 0; kept-- { // at the latest with a third of most there are as many rests as there is room for
		if rests := l.rests(cards, heaviest[:kept]); kept+rests.count <= most {
			l.restOf = rests.of
			return
		}
	}
}

// rests are which card stands for each that is not kept.
type rests struct {
	of    []int32
	count int
}

func (l *layout) rests(cards, kept []int32) rests {
	isKept, keeps := make([]bool, len(l.nodes)), make([]bool, l.last+1)
	for _, card := range kept {
		isKept[card] = true
		keeps[l.layer[card]] = true
	}
	// The layers of a rest: each that keeps a card has its own, those between share one.
	restAt, n := make([]int, l.last+1), 0
	for layer := range keeps {
		if layer > 0 && (keeps[layer] || keeps[layer-1] || layer == int(l.last)) {
			n++
		}
		restAt[layer] = n
	}
	r := rests{of: make([]int32, len(l.nodes))}
	for i := range r.of {
		r.of[i] = int32(i)
	}
	first := filledSlice(n+1, -1)
	for _, card := range cards { // a rest is numbered by the first card of its first layer
		rest := &first[restAt[l.layer[card]]]
		if !isKept[card] && (*rest < 0 || l.layer[card] < l.layer[*rest]) {
			*rest = card
		}
	}
	for _, card := range cards {
		if !isKept[card] {
			r.of[card] = first[restAt[l.layer[card]]]
		}
	}
	for _, card := range first {
		if card >= 0 {
			r.count++
		}
	}
	return r
}

// weight is what a card carries.
type weight struct {
	setAside     bool // nobody may lose sight of it
	isGone       bool // no reader gets there
	remains      int  // of the figures without it: origins at least and at most, and lines
	attributions int
}

// compare puts the heavier first.
func (w weight) compare(other weight) int {
	return cmp.Or(compareBools(other.setAside, w.setAside), compareBools(w.isGone, other.isGone), cmp.Compare(w.remains, other.remains),
		cmp.Compare(other.attributions, w.attributions))
}

func (n *Node) weight() weight {
	w := weight{setAside: n.SetAside, isGone: n.Without == nil, attributions: n.Attributions}
	if n.Without != nil {
		w.remains = n.Without.IndependentOrigins.Min + n.Without.IndependentOrigins.Max + n.Without.Lines
	}
	return w
}

// weightsOfCards are those of the heaviest node of each card, with the attributions of all.
func (l *layout) weightsOfCards() []weight {
	weights := make([]weight, len(l.nodes))
	for i := range l.nodes {
		card, own := l.cardOf[i], l.nodes[i].weight()
		if card == int32(i) {
			weights[card] = own
			continue
		}
		sum := weights[card].attributions + own.attributions
		if own.compare(weights[card]) < 0 {
			weights[card] = own
		}
		weights[card].attributions = sum
	}
	return weights
}

// compareWeights puts the heavier of two nodes first.
func (l *layout) compareWeights(x, y int32) int {
	return l.nodes[x].weight().compare(l.nodes[y].weight())
}
