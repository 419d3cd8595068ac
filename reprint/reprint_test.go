package reprint_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/reprint"
)

func words(first, count int) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, "w%d ", first+i)
	}
	return text.String()
}

func TestWhatTwoTextsShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b                 string
		na, nb, shared       int
		jaccard, containment float64
		is                   bool
		passage              string
	}{
		{a: words(0, 24), b: words(0, 24), na: 20, nb: 20, shared: 20, jaccard: 1, containment: 1, is: true, passage: "w0 w1 w2 w3 w4 w5"},
		{a: words(0, 104), b: words(50, 54), na: 100, nb: 50, shared: 50, jaccard: 0.5, containment: 1, is: true,
			passage: "w50 w51 w52 w53 w54 w55"},
		{a: words(0, 204), b: words(50, 24), na: 200, nb: 20, shared: 20, jaccard: 0.1, containment: 1, is: true,
			passage: "w50 w51 w52 w53 w54 w55"},
		{a: words(0, 104), b: words(60, 104), na: 100, nb: 100, shared: 40, jaccard: 0.25, containment: 0.4,
			passage: "w60 w61 w62 w63 w64 w65"},
		{a: words(0, 14), b: words(0, 14), na: 10, nb: 10, shared: 10, jaccard: 1, containment: 1, passage: "w0 w1 w2 w3 w4 w5"},
		{a: "", b: words(0, 30), nb: 26},
		{a: "one two three four", b: "one two three four"},
		{a: "المسؤولون قالوا إنّ ٧٬٠٠٠ طن نُقلت", b: "المسئولون قالوا ان 7000 طن نقلت", na: 2, nb: 2, shared: 2, jaccard: 1, containment: 1,
			passage: "المسوولون قالوا ان 7000 طن نقلت"},
	} {
		a, b := reprint.Of(c.a), reprint.Of(c.b)
		o := reprint.Compare(a, b)
		if o != (reprint.Overlap{A: c.na, B: c.nb, Shared: c.shared}) || math.Abs(o.Jaccard()-c.jaccard) > 0.001 ||
			o.Containment() != c.containment || o.IsReprint() != c.is {
			t.Errorf("%.20q and %.20q: %+v, Jaccard %.2f, containment %.2f, %t", c.a, c.b, o, o.Jaccard(), o.Containment(), o.IsReprint())
		}
		if passage := reprint.Passage(a, b, 6); passage != c.passage {
			t.Errorf("%.20q and %.20q: the passage %q, want %q", c.a, c.b, passage, c.passage)
		}
	}
}

func TestRareWordsRaiseTheScore(t *testing.T) {
	t.Parallel()
	o, before := reprint.Overlap{A: 100, B: 100, Shared: 70}, 0.0
	for rare := range 8 {
		score := o.Score(rare)
		if score > 1 || score < before || (rare <= 5) != (score > before) {
			t.Errorf("%d rare words: %f after %f", rare, score, before)
		}
		before = score
	}
}

// TestSketchesStayWhatTheyAre: they are stored. Where this has to change, so has pg.indexVersion.
func TestSketchesStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	sketch := reprint.Of(words(0, 40)).Sketch()
	if len(sketch) != reprint.Bands || sketch[0] != firstBand || sketch[31] != lastBand {
		t.Errorf("the sketch is %d … %d", sketch[0], sketch[len(sketch)-1])
	}
	if short := reprint.Of(words(0, 19)).Sketch(); short != nil {
		t.Errorf("a short text has the sketch %d", short)
	}
}

const firstBand, lastBand = 9028872472845761239, 8386695923886458509

// TestSketchesMeet: of texts that share half of their sequences, at least 98 % have a band in common, and of those that share a
// twentieth hardly any.
func TestSketchesMeet(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(24, 24))
	const pairs = 3_000
	for _, c := range []struct {
		shared, own int // sequences that both have, and that each has alone
		least, most float64
	}{{150, 75, 0.98, 1}, {200, 50, 0.995, 1}, {20, 190, 0, 0.02}} {
		met := 0
		for range pairs {
			var a, b reprint.Text
			for i := range c.shared + 2*c.own {
				x := random.Uint64()
				if i < c.shared+c.own {
					a.Sequences = append(a.Sequences, x)
				}
				if i < c.shared || i >= c.shared+c.own {
					b.Sequences = append(b.Sequences, x)
				}
			}
			slices.Sort(a.Sequences)
			slices.Sort(b.Sequences)
			of := a.Sketch()
			if slices.ContainsFunc(b.Sketch(), func(band int64) bool { return slices.Contains(of, band) }) {
				met++
			}
		}
		if part := float64(met) / pairs; part < c.least || part > c.most {
			t.Errorf("of texts with %d of %d in common, %.3f meet", c.shared, c.shared+2*c.own, part)
		}
	}
}

func TestWorkIsLinear(t *testing.T) {
	testenv.CheckGrowth(t, 500, func(n int) func() {
		text := words(0, n)
		return func() {
			a := reprint.Of(text)
			a.Sketch()
			reprint.Passage(a, a, 20)
		}
	})
}
