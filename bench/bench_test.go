package main

import (
	"bytes"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// read gives what a made bundle holds, and fails on any fault.
func read(t *testing.T, write func(io.Writer) error) map[headwater.Resource][]any {
	t.Helper()
	var text bytes.Buffer
	if err := write(&text); err != nil {
		t.Fatal(err)
	}
	things := map[headwater.Resource][]any{}
	for item, err := range bundle.NewReader(bytes.NewReader(text.Bytes())).Items() {
		if err != nil {
			t.Fatal(err)
		}
		things[item.Resource] = append(things[item.Resource], item.Thing)
	}
	return things
}

func TestWorldIsABundleWithoutFaults(t *testing.T) {
	t.Parallel()
	w := world{3_000}
	things := read(t, w.writeTo)
	counts := map[headwater.Resource]int{
		headwater.ResourceSource: w.sources(), headwater.ResourceRelation: w.sources() * 3 / 4, headwater.ResourceClaim: w.claims(),
		headwater.ResourceAttribution: w.attributions, headwater.ResourceLink: w.claims() / 20, headwater.ResourceReview: w.claims() / 100,
	}
	for resource, want := range counts {
		if got := len(things[resource]); got != want {
			t.Errorf("%d of %s, want %d", got, resource, want)
		}
	}
	documents := map[uuid.UUID]*headwater.Document{}
	languages := map[string]int{}
	for _, thing := range things[headwater.ResourceDocument] {
		document := thing.(*headwater.Document)
		documents[document.ID] = document
		languages[document.Language]++
	}
	if math.Abs(float64(languages[arabic]-languages[english])) > 1 {
		t.Errorf("documents by language: %v, want as many of each", languages)
	}
	ids := map[uuid.UUID]bool{}
	for _, thing := range things[headwater.ResourceAttribution] {
		a := thing.(*headwater.Attribution)
		document := documents[a.Document]
		if document == nil || ids[a.ID] {
			t.Fatalf("attribution %s stands in no document, or comes twice", a.Key)
		}
		ids[a.ID] = true
		content := *a.Content
		if _, err := a.AnchorIn(document.Publisher, headwater.NewIndexedText(document.Text)); err != nil || *a.Content != content {
			t.Fatalf("attribution %s does not stand in its document as it says: %v", a.Key, err)
		}
	}
}

func TestWorldIsSkewed(t *testing.T) {
	t.Parallel()
	w := world{20_000}
	perClaim := map[uuid.UUID]int{}
	chains := map[int]int{}
	hops := 0
	for thing := range w.things {
		a, ok := thing.(headwater.Attribution)
		if !ok {
			continue
		}
		perClaim[a.Claim]++
		hops += len(a.Chain)
		for _, speaker := range []int{ubiquitous, seldom} {
			if slices.Contains(a.Sources(), idOf(headwater.ResourceSource, speaker)) {
				chains[speaker]++
			}
		}
	}
	typical := 0
	for _, n := range perClaim {
		if n >= 10 && n <= 30 {
			typical++
		}
	}
	if typical < w.typical()*3/4 {
		t.Errorf("%d claims with 10 to 30 attributions, want most of %d", typical, w.typical())
	}
	if share := float64(chains[ubiquitous]) / float64(w.attributions); share < .45 || share > .55 {
		t.Errorf("the ubiquitous source is in %.2f of all chains, want half", share)
	}
	if chains[seldom] != 2 {
		t.Errorf("the seldom source is in %d chains, want 2", chains[seldom])
	}
	if mean := float64(hops) / float64(w.attributions); mean < 2.7 || mean > 3.3 {
		t.Errorf("%.2f hops on average, want about 3", mean)
	}
}

func TestSameWorldTwice(t *testing.T) {
	t.Parallel()
	var first, second bytes.Buffer
	for _, to := range []io.Writer{&first, &second} {
		if err := (world{1_000}).writeTo(to); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two worlds of one size differ")
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values []float64
		q      float64
		want   float64
	}{
		"none":            {nil, .5, 0},
		"one":             {[]float64{7}, .99, 7},
		"median of two":   {[]float64{4, 2}, .5, 3},
		"median of three": {[]float64{9, 1, 2}, .5, 2},
		"least":           {[]float64{9, 1, 2}, 0, 1},
		"most":            {[]float64{9, 1, 2}, 1, 9},
	} {
		if got := quantile(c.values, c.q); got != c.want {
			t.Errorf("%s: %g, want %g", name, got, c.want)
		}
	}
}

func TestFiguresKeepTheLastOfEachCaseAndSize(t *testing.T) {
	t.Parallel()
	f := Figures{Cases: []Result{{Case: "a", Attributions: 10, Figure: 1}, {Case: "a", Attributions: 20, Figure: 2}}}
	f.merge([]Result{{Case: "a", Attributions: 20, Figure: 3}, {Case: "b", Attributions: 10, Figure: 4}})
	want := []Result{{Case: "a", Attributions: 10, Figure: 1}, {Case: "b", Attributions: 10, Figure: 4},
		{Case: "a", Attributions: 20, Figure: 3}}
	if !slices.Equal(f.Cases, want) {
		t.Errorf("%v, want %v", f.Cases, want)
	}
	page := f.page()
	for _, heading := range []string{"## 10 attributions", "## 20 attributions"} {
		if strings.Count(page, heading+"\n") != 1 {
			t.Errorf("the page has not just one heading %q", heading)
		}
	}
}
