package provenance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/provenance"
)

// tester is a test or a round of a property.
type tester interface {
	rapid.TB
	Context() context.Context
}

func draw(t tester, f provenance.Facts) *provenance.Drawing {
	t.Helper()
	drawing, err := provenance.New(f).Drawing(t.Context(), f.Claims[0].ID, provenance.Question{})
	if err != nil {
		t.Fatal(err)
	}
	return drawing
}

// drawnStory draws walks among many sources: a graph with circles, several layers and origins that tell.
func drawnStory(t *rapid.T) provenance.Facts {
	var g grown
	g.claims(1)
	sources := rapid.SampledFrom([]int{3, 8, 40, 150}).Draw(t, "sources")
	g.sources(sources)
	for range rapid.IntRange(1, 2*sources).Draw(t, "walks") {
		source := rapid.IntRange(0, sources-1)
		if rapid.Bool().Draw(t, "hub") {
			source = rapid.IntRange(0, min(3, sources-1)) // who is quoted by many
		}
		chain := append([]int{rapid.IntRange(0, sources-1).Draw(t, "publisher")}, rapid.SliceOfN(source, 0, 5).Draw(t, "chain")...)
		g.tell(0, chain...)
		last := &g.Attributions[len(g.Attributions)-1]
		last.Stance = rapid.SampledFrom([]headwater.Stance{headwater.Affirms, headwater.Affirms, headwater.Denies}).Draw(t, "stance")
		last.Evidence = rapid.SampledFrom([]headwater.Evidence{"", headwater.Firsthand}).Draw(t, "evidence")
	}
	return g.Facts
}

// TestLayoutLaws: no two cards share a place, every edge leads to a later layer but where it closes a circle, origins that nobody
// tells anything stand last and alone, and no more cards are drawn than there is room for.
func TestLayoutLaws(t *testing.T) {
	t.Parallel()
	checkRandom(t, 4, func(t *rapid.T) {
		drawing := draw(t, drawnStory(t))
		checkLayout(t, drawing, provenance.MostCards)
		most := rapid.IntRange(4, 40).Draw(t, "most")
		drawing.LayOut(most)
		checkLayout(t, drawing, most)
	})
}

func checkLayout(t rapid.TB, d *provenance.Drawing, most int) {
	t.Helper()
	drawn := 0
	for _, side := range []provenance.SideDrawing{d.Affirming, d.Denying} {
		checkPlaces(t, side)
		checkLayers(t, side)
		cards, _ := side.Cards()
		drawn += len(cards)
		checkFolds(t, side, cards)
	}
	if all := len(d.Affirming.Nodes) + len(d.Denying.Nodes); drawn > most || all <= most && drawn < all {
		t.Fatalf("%d cards are drawn of %d nodes, want at most %d, and folds only above", drawn, all, most)
	}
}

type place struct{ layer, order int }

// checkPlaces: each layer's places are numbered from 0 without a gap, so that none is taken twice.
func checkPlaces(t rapid.TB, side provenance.SideDrawing) {
	t.Helper()
	at := map[place]uuid.UUID{}
	counts := map[int]int{}
	for _, node := range side.Nodes {
		here := place{node.Layer, node.Order}
		if other, taken := at[here]; taken {
			t.Fatalf("%s and %s both stand at %v", node.Group, other, here)
		}
		at[here] = node.Group
		counts[node.Layer]++
	}
	for here := range at {
		if here.order >= counts[here.layer] || here.layer >= len(counts) {
			t.Fatalf("%v is taken, but there are %d layers, and %d nodes in this", here, len(counts), counts[here.layer])
		}
	}
}

// checkLayers holds the layers to the graph, whose circles are found by trying all ways.
func checkLayers(t rapid.TB, side provenance.SideDrawing) {
	t.Helper()
	layer, last := map[uuid.UUID]int{}, 0
	tells := map[uuid.UUID][]uuid.UUID{}
	for _, node := range side.Nodes {
		layer[node.Group] = node.Layer
		last = max(last, node.Layer)
	}
	for _, e := range side.Edges {
		tells[e.From] = append(tells[e.From], e.To)
	}
	leadsTo := func(from, to uuid.UUID) bool {
		seen, queue := map[uuid.UUID]bool{from: true}, []uuid.UUID{from}
		for ; len(queue) > 0 && !seen[to]; queue = queue[1:] {
			for _, next := range tells[queue[0]] {
				if !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
		return seen[to]
	}
	for _, e := range side.Edges {
		if layer[e.From] == layer[e.To] || layer[e.From] > layer[e.To] && !leadsTo(e.To, e.From) {
			t.Fatalf("%s in layer %d has it from %s in layer %d", e.From, layer[e.From], e.To, layer[e.To])
		}
	}
	var ends []uuid.UUID
	for _, node := range side.Nodes {
		if len(tells[node.Group]) == 0 { // who has it from nobody is an origin
			ends = append(ends, node.Group)
			if node.Layer != last {
				t.Fatalf("origin %s stands in layer %d of 0 to %d", node.Group, node.Layer, last)
			}
		}
	}
	for _, node := range side.Nodes {
		isOrigin := slices.Contains(node.Roles, provenance.OriginRole)
		if len(ends) > 0 && node.Layer == last && !isOrigin {
			t.Fatalf("%s is no origin, and stands among them", node.Group)
		}
	}
}

// checkFolds: those of a fold follow one another, and those that are alike look alike.
func checkFolds(t rapid.TB, side provenance.SideDrawing, cards []provenance.Card) {
	t.Helper()
	inFolds := 0
	for _, card := range cards {
		if card.Fold == nil {
			if len(card.Nodes) != 1 {
				t.Fatalf("%d nodes stand in one place without a fold", len(card.Nodes))
			}
			continue
		}
		inFolds++
		first := card.Nodes[0]
		if *card.Fold != (provenance.Fold{Kind: card.Fold.Kind, Layer: first.Layer, Order: first.Order, Nodes: len(card.Nodes)}) {
			t.Fatalf("fold %+v has %d nodes, the first at %d, %d", *card.Fold, len(card.Nodes), first.Layer, first.Order)
		}
		for i, node := range card.Nodes[1:] {
			before := card.Nodes[i]
			follows := node.Layer == before.Layer && node.Order == before.Order+1
			if alike := cmp.Equal(node.Roles, first.Roles) && node.Uncertain == first.Uncertain && node.SetAside == first.SetAside &&
				node.OutOfReach == first.OutOfReach && !node.CommonLink; card.Fold.Kind == provenance.Alike && (!follows || !alike) {
				t.Fatalf("%+v is folded with %+v", node, before)
			}
			if !follows && (node.Layer != before.Layer+1 || node.Order != 0) {
				t.Fatalf("of a fold, %d, %d stands after %d, %d", node.Layer, node.Order, before.Layer, before.Order)
			}
		}
	}
	if inFolds != len(side.Folds) {
		t.Fatalf("%d folds are drawn of %d", inFolds, len(side.Folds))
	}
}

// TestLayoutIsOneForAllOrders: the same facts in any order are drawn in the same bytes.
func TestLayoutIsOneForAllOrders(t *testing.T) {
	t.Parallel()
	checkRandom(t, 1, func(t *rapid.T) {
		facts := drawnStory(t)
		want := drawnBytes(t, facts)
		shuffled := provenance.Facts{
			Claims: facts.Claims, Sources: rapid.Permutation(facts.Sources).Draw(t, "sources"),
			Documents:    rapid.Permutation(facts.Documents).Draw(t, "documents"),
			Attributions: rapid.Permutation(facts.Attributions).Draw(t, "attributions"),
		}
		if got := drawnBytes(t, shuffled); got != want {
			t.Fatalf("in another order the facts are drawn as\n%s\nwant\n%s", got, want)
		}
	})
}

func drawnBytes(t tester, f provenance.Facts) string {
	t.Helper()
	drawing := draw(t, f)
	bytes, err := json.Marshal(drawing)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes) + drawing.Mermaid()
}

// TestLayout: publishers before those that pass it on, these before origins; a circle is broken where it comes back to
// where it was entered; an origin that has it from another as well stands before that one.
func TestLayout(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.affirm("gazette", "wire", "mayor")
	s.affirm("paper", "wire", "mayor")
	s.affirm("wire", "paper")
	s.affirm("blog", "paper")
	s.affirm("mayor", "insider").Evidence = headwater.Firsthand
	s.affirm("mayor").Evidence = headwater.Firsthand
	s.affirm("station")
	got := map[string]int{}
	drawing := draw(t, s.Facts)
	for _, node := range drawing.Affirming.Nodes {
		got[s.names[node.Group]] = node.Layer
	}
	want := map[string]int{"blog": 0, "gazette": 0, "wire": 1, "paper": 2, "mayor": 2, "insider": 3, "station": 3}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("layers (-want +got):\n%s", diff)
	}
	if drawing.Affirming.Folds == nil || len(drawing.Affirming.Folds) > 0 {
		t.Errorf("folds are %v, want none", drawing.Affirming.Folds)
	}
}

// wireStory are n sources: two wires, ten rewriters of each, and reprints of these, from five origins.
func wireStory(n int) provenance.Facts {
	var g grown
	g.claims(1)
	g.sources(n)
	const origins, wires, rewriters = 5, 2, 20
	for wire := range wires {
		for origin := range origins {
			g.tell(0, origins+wire, origin)
		}
	}
	for i := range n - origins - wires {
		source := origins + wires + i
		if i < rewriters {
			g.tell(0, source, origins+i%wires, i%origins)
		} else {
			g.tell(0, source, origins+wires+i%rewriters)
		}
	}
	return g.Facts
}

// TestWireStoryIsFolded: what 2,000 sources carry for two wires are some cards, each with what is alike, and no more of them in folds than
// there must be.
func TestWireStoryIsFolded(t *testing.T) {
	t.Parallel()
	drawing := draw(t, wireStory(2000))
	cards, edges := drawing.Affirming.Cards()
	if len(cards) > provenance.MostCards || len(cards) < provenance.MostCards/2 || len(edges) > 2*provenance.MostCards {
		t.Errorf("it is drawn as %d cards and %d edges", len(cards), len(edges))
	}
	for _, card := range cards {
		if card.Fold != nil && card.Fold.Kind != provenance.Alike {
			t.Errorf("%d nodes are folded as what is left", card.Fold.Nodes)
		}
	}
	if lines := strings.Count(drawing.Mermaid(), "\n"); lines > 200 {
		t.Errorf("Mermaid has %d lines", lines)
	}
}

// randomStory has no structure to fold: n sources, each with three ways to others anywhere.
func randomStory(n int) provenance.Facts {
	var g grown
	g.claims(1)
	g.sources(n)
	next := 1
	random := func() int {
		next = next * 48271 % 0x7fffffff
		return next % n
	}
	for i := range n {
		for range 3 {
			g.tell(0, i, random(), random())
		}
	}
	return g.Facts
}

// chainStory is one chain of n sources.
func chainStory(n int) provenance.Facts {
	var g grown
	g.claims(1)
	g.sources(n)
	for i := range n - 1 {
		g.tell(0, i, i+1)
	}
	return g.Facts
}

var largeStories = map[string]func(n int) provenance.Facts{"a wire": wireStory, "no structure": randomStory, "a chain": chainStory}

// TestLargeStoriesAreFolded whatever they are like.
func TestLargeStoriesAreFolded(t *testing.T) {
	t.Parallel()
	for name, story := range largeStories {
		for _, n := range []int{61, 500} {
			t.Run(fmt.Sprint(name, " of ", n), func(t *testing.T) {
				t.Parallel()
				drawing := draw(t, story(n))
				checkLayout(t, drawing, provenance.MostCards)
				drawing.LayOut(12)
				checkLayout(t, drawing, 12)
			})
		}
	}
}

// TestLayoutIsCheap: 2,000 nodes are folded and laid out within 0.2 s of processor time, twice that at most on a slow machine, and what
// it takes grows as they do.
func TestLayoutIsCheap(t *testing.T) {
	for name, story := range largeStories {
		t.Run(name, func(t *testing.T) {
			drawing := draw(t, story(2000))
			layOut := func() { drawing.LayOut(provenance.MostCards) }
			const budget = 400 * time.Millisecond
			if taken := testenv.CPUTime(t, layOut); taken > budget {
				t.Errorf("it takes %v, want at most %v", taken, budget)
			}
			testenv.CheckGrowth(t, 500, func(n int) func() {
				large := largeDrawings[name](n)
				return func() { large.LayOut(provenance.MostCards) }
			})
		})
	}
}

// largeDrawings are graphs of n nodes of the same shapes, without the facts that make them.
var largeDrawings = map[string]func(n int) *provenance.Drawing{
	"a wire": func(n int) *provenance.Drawing {
		return drawnEdges(n, func(i int) []int { return []int{i % 20, i % 7} })
	},
	"no structure": func(n int) *provenance.Drawing {
		return drawnEdges(n, func(i int) []int { return []int{i * 7919 % n, i * 104729 % n} })
	},
	"a chain": func(n int) *provenance.Drawing {
		return drawnEdges(n, func(i int) []int { return []int{min(i+1, n-1)} })
	},
}

// drawnEdges is a graph in which node i has the claim from the nodes that tell names.
func drawnEdges(n int, tell func(i int) []int) *provenance.Drawing {
	side := provenance.SideDrawing{Nodes: make([]provenance.Node, n)}
	for i := range n {
		role := provenance.OriginRole
		for _, from := range tell(i) {
			if from != i {
				role = provenance.PublisherRole
				side.Edges = append(side.Edges, provenance.Edge{From: largeID(sourceID, i), To: largeID(sourceID, from)})
			}
		}
		side.Nodes[i] = provenance.Node{Group: largeID(sourceID, i), Roles: []provenance.Role{role}, Attributions: 1}
	}
	return &provenance.Drawing{Affirming: side}
}
