package headwater_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/internal/testenv"
)

func TestAnchor(t *testing.T) {
	t.Parallel()
	text := headwater.NewIndexedText("قال النائب إن السفينة 🚢 أبحرت، وقال إن السفينة عادت.")
	for name, test := range map[string]struct {
		given headwater.Selector
		want  headwater.Selector
		found bool
	}{
		"as it stands": {headwater.Selector{Start: 22, End: 23, Exact: "🚢"}, headwater.Selector{Start: 22, End: 23,
			Exact: "🚢"}, true},
		"the second of two": {headwater.Selector{Start: 39, End: 46, Exact: "السفينة"}, headwater.Selector{Start: 39, End: 46,
			Exact: "السفينة"}, true},
		"moved, found once": {headwater.Selector{Start: 0, End: 5, Exact: "أبحرت"}, headwater.Selector{Start: 24, End: 29,
			Exact: "أبحرت"}, true},
		"moved, found twice": {headwater.Selector{Start: 0, End: 7, Exact: "السفينة"}, headwater.Selector{Start: 0, End: 7,
			Exact: "السفينة"}, false},
		"moved, once with its prefix": {headwater.Selector{Start: 0, End: 7, Exact: "السفينة", Prefix: "وقال إن "},
			headwater.Selector{Start: 39, End: 46, Exact: "السفينة", Prefix: "وقال إن "}, true},
		"moved, once with its suffix": {headwater.Selector{Start: 0, End: 7, Exact: "السفينة", Suffix: " عادت"},
			headwater.Selector{Start: 39, End: 46, Exact: "السفينة", Suffix: " عادت"}, true},
		"not there": {headwater.Selector{Start: 0, End: 5, Exact: "غرقت "}, headwater.Selector{Start: 0, End: 5, Exact: "غرقت "},
			false},
		"past the end": {headwater.Selector{Start: 900, End: 903, Exact: "قال"}, headwater.Selector{Start: 900, End: 903, Exact: "قال"},
			false},
		"nothing quoted": {headwater.Selector{Start: 900, End: 900}, headwater.Selector{Start: 900, End: 900}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, found := text.Anchor(test.given)
			if diff := cmp.Diff(test.want, got); found != test.found || diff != "" {
				t.Errorf("%t %s", found, diff)
			}
		})
	}
}

// TestAnchorAgainstTrying holds anchoring to trying each place of the text.
func TestAnchorAgainstTrying(t *testing.T) {
	t.Parallel()
	words := rapid.StringOfN(rapid.SampledFrom([]rune("ab🚢ن ")), 0, 200, -1)
	rapid.Check(t, func(t *rapid.T) {
		text := words.Draw(t, "text")
		s := headwater.Selector{
			Start: rapid.IntRange(0, 20).Draw(t, "start"), Exact: rapid.StringOfN(rapid.SampledFrom([]rune("ab🚢ن ")), 1, 4, -1).Draw(t,
				"exact"),
			Prefix: rapid.SampledFrom([]string{"", "a", "🚢"}).Draw(t, "prefix"), Suffix: rapid.SampledFrom([]string{"", "ن"}).Draw(t,
				"suffix"),
		}
		s.End = s.Start + len([]rune(s.Exact))
		want, found := tryEachPlace([]rune(text), s)
		got, ok := headwater.NewIndexedText(text).Anchor(s)
		if ok != found || got != want {
			t.Fatalf("%v %+v, want %v %+v", ok, got, found, want)
		}
	})
}

// TestAnchorManyQuotes: a text that so many quotes are looked for in that its words are indexed answers as one does that is gone through.
func TestAnchorManyQuotes(t *testing.T) {
	t.Parallel()
	some := func(least, most int) *rapid.Generator[string] {
		return rapid.StringOfN(rapid.SampledFrom([]rune("ab🚢ن ")), least, most, -1)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := some(0, 300).Draw(t, "text")
		many := headwater.NewIndexedText(text)
		for range 120 {
			many.Anchor(headwater.Selector{Start: 1000, End: 1001, Exact: "a"})
		}
		for range 10 {
			s := headwater.Selector{Start: 1000, Exact: some(1, 5).Draw(t, "exact"), Prefix: some(0, 2).Draw(t, "prefix")}
			s.End = s.Start + len([]rune(s.Exact))
			want, found := headwater.NewIndexedText(text).Anchor(s)
			got, ok := many.Anchor(s)
			if ok != found || got != want {
				t.Fatalf("%v %+v, want %v %+v", ok, got, found, want)
			}
		}
	})
}

// TestAnchorGrowth: n moved quotes in a text of n words take n times as long as one in one, found or not.
func TestAnchorGrowth(t *testing.T) {
	t.Parallel()
	for name, quote := range map[string]string{"found": "word %d ", "not there": "no word %d "} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testenv.CheckGrowth(t, 1000, func(n int) func() {
				var b strings.Builder
				for i := range n {
					fmt.Fprintf(&b, "word %d ", i)
				}
				return func() {
					text := headwater.NewIndexedText(b.String())
					for i := range n {
						exact := fmt.Sprintf(quote, i)
						text.Anchor(headwater.Selector{Start: 1, End: 1 + len(exact), Exact: exact})
					}
				}
			})
		})
	}
}

func tryEachPlace(text []rune, s headwater.Selector) (headwater.Selector, bool) {
	if s.End <= len(text) && string(text[s.Start:s.End]) == s.Exact {
		return s, true
	}
	var places []int
	for i := range text {
		if strings.HasPrefix(string(text[i:]), s.Prefix+s.Exact+s.Suffix) {
			places = append(places, i+len([]rune(s.Prefix)))
		}
	}
	if len(places) != 1 {
		return s, false
	}
	s.Start, s.End = places[0], places[0]+len([]rune(s.Exact))
	return s, true
}

func TestAttributionFaults(t *testing.T) {
	t.Parallel()
	valid := func() headwater.AttributionFields {
		return headwater.AttributionFields{
			Claim: one, Document: two, Stance: headwater.Affirms, Content: &headwater.Selector{Start: 1, End: 3, Exact: "نص"},
			Chain: []headwater.Hop{{Source: one, Act: "publishes", Mode: "own_voice", Certainty: headwater.Certain, Endorsement: "neutral",
				Evidence: headwater.Firsthand, SaidAt: &headwater.Interval{Earliest: "2024"}}},
		}
	}
	for name, test := range map[string]struct {
		change func(*headwater.AttributionFields)
		want   wanted
	}{
		"none": {func(*headwater.AttributionFields) {}, wanted{}},
		"all at once": {func(a *headwater.AttributionFields) {
			*a = headwater.AttributionFields{Stance: "likes", Content: &headwater.Selector{}, Credibility: 7, Confidence: &over,
				Method: &headwater.Method{Kind: "magic"}}
		}, wanted{"/claim": "required", "/document": "required", "/stance": "not_one_of", "/content/exact": "required",
			"/chain": "required", "/credibility": "out_of_range", "/confidence": "out_of_range", "/method/kind": "not_one_of"}},
		"a chain of 51": {func(a *headwater.AttributionFields) { a.Chain = make([]headwater.Hop, 51) }, func() wanted {
			faults := wanted{"/chain": "too_long"}
			for i := range 51 {
				faults[headwater.Pointer("/chain").Index(i).Field("source")] = "required"
			}
			return faults
		}()},
		"a hop": {func(a *headwater.AttributionFields) {
			a.Chain = append(a.Chain, headwater.Hop{Source: two, Act: "sings", Mode: "loud", Certainty: "sure", Endorsement: "loves",
				Evidence: "gut", SaidAt: &headwater.Interval{Earliest: "2023-13"}, Cue: &headwater.Selector{Start: -1, End: 1,
					Exact: "ab"}})
		}, wanted{"/chain/1/act": "not_one_of", "/chain/1/mode": "not_one_of", "/chain/1/certainty": "not_one_of",
			"/chain/1/endorsement": "not_one_of", "/chain/1/evidence": "not_one_of", "/chain/1/said_at/earliest": "bad_format",
			"/chain/1/cue/start": "out_of_range"}},
		"an end in bytes, not in code points": {func(a *headwater.AttributionFields) {
			a.Content.End = 5
		}, wanted{"/content/end": "out_of_range"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := valid()
			test.change(&a)
			if diff := cmp.Diff(test.want, codes(t, a.Validate())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAttributionsAreHeldToTheirDocument: the chain begins with the publisher, and spans quote the text.
func TestAttributionsAreHeldToTheirDocument(t *testing.T) {
	t.Parallel()
	text := headwater.NewIndexedText("شحنت ٧٠٠٠ حاوية، قال المكتب.")
	for name, test := range map[string]struct {
		attribution headwater.AttributionFields
		text        *headwater.IndexedText
		want        wanted
	}{
		"a quote": {headwater.AttributionFields{Content: &headwater.Selector{Start: 5, End: 9, Exact: "٧٠٠٠"},
			Chain: []headwater.Hop{{Source: one}}}, text, wanted{}},
		"all at once": {headwater.AttributionFields{Content: &headwater.Selector{Start: 5, End: 9, Exact: "7000"},
			Chain: []headwater.Hop{{Source: two, Cue: &headwater.Selector{Start: 0, End: 3, Exact: "زعم"}}}}, text,
			wanted{"/chain/0/source": "chain_start", "/content": "quote_mismatch", "/chain/0/cue": "quote_mismatch"}},
		"no quote from a text": {headwater.AttributionFields{Chain: []headwater.Hop{{Source: one}}}, text,
			wanted{"/content": "required"}},
		"no quote, and no text": {headwater.AttributionFields{Chain: []headwater.Hop{{Source: one}}}, nil, wanted{}},
		"a quote, and no text": {headwater.AttributionFields{Content: &headwater.Selector{Start: 0, End: 1, Exact: "x"},
			Chain: []headwater.Hop{{Source: one}}}, nil, wanted{"/content": "quote_mismatch"}},
		"a moved quote is mended": {headwater.AttributionFields{Content: &headwater.Selector{Start: 0, End: 4, Exact: "٧٠٠٠"},
			Chain: []headwater.Hop{{Source: one}}}, text, wanted{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := test.attribution.AnchorIn(one, test.text)
			if diff := cmp.Diff(test.want, codes(t, err)); diff != "" {
				t.Error(diff)
			}
			if c := test.attribution.Content; len(test.want) == 0 && c != nil && c.Start != 5 {
				t.Errorf("content %+v", c)
			}
		})
	}
}

// TestUndirectedLinksHaveOneOrder: whichever way round they are given, and directed ones keep theirs.
func TestUndirectedLinksHaveOneOrder(t *testing.T) {
	t.Parallel()
	for _, kind := range headwater.LinkKind("").Values() {
		there := headwater.LinkFields{Kind: headwater.LinkKind(kind), From: one, To: two}
		back := headwater.LinkFields{Kind: headwater.LinkKind(kind), From: two, To: one}
		there.Normalize()
		back.Normalize()
		if same := there == back; same == there.Kind.Directed() {
			t.Errorf("%s: %v and %v", kind, there, back)
		}
		if same := there.NaturalKey() == back.NaturalKey(); same == there.Kind.Directed() {
			t.Errorf("%s: one key for both ways: %t", kind, same)
		}
	}
}

// TestWhatStandsThere: the fault of a quote that stands nowhere names the words of the text that are most like it.
func TestWhatStandsThere(t *testing.T) {
	t.Parallel()
	text := "The Lock Office said all four gates were shut by midnight. " +
		"وسبق أن استنكرت كوريا\u00a0الجنوبية ذلك يومَ الأحد، ونفته بيونغيانغ."
	for quote, want := range map[string]string{
		"كوريا الجنوبية":                        `"كوريا\u00a0الجنوبية"`,
		"all the four gates were shut":          `"all four gates were shut"`,
		"ALL FOUR GATES":                        `"all four gates"`,
		"ذلك يوم الأحد":                         `"ذلك يومَ الأحد"`,
		"by midnight, all four gates were shut": `"all four gates were shut by midnight"`,
		"nobody wrote anything like it":         "",
		"؟!":                                    "",
	} {
		a := headwater.AttributionFields{Content: &headwater.Selector{Start: headwater.Nowhere, End: headwater.Nowhere, Exact: quote}}
		_, err := a.AnchorIn(uuid.Nil, headwater.NewIndexedText(text))
		want = strings.TrimSuffix("words that stand in the document's text, to the letter; most like them is "+want, "; most like them is ")
		if err == nil || !strings.HasSuffix(err.Error(), "expected "+want) {
			t.Errorf("%q: %v, want %s", quote, err, want)
		}
	}
}
