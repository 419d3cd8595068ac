package fold_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/internal/testenv"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"The U.S. lost 7,000 shells.":    {"The", "U.S", "lost", "7,000", "shells"},
		"«فُقِدَت» ٧٬٠٠٠ قذيفة، و7000":   {"فُقِدَت", "٧٬٠٠٠", "قذيفة", "و", "7000"},
		"Sana'a's 1,234,567 anti-tank 3": {"Sana'a's", "1,234,567", "anti", "tank", "3"},
		"7\u00a0000\u00a0shells":         {"7\u00a0000", "shells"},
		"٣٫٥ ﬁne ＮＡＴＯ":                   {"٣٫٥", "ﬁne", "ＮＡＴＯ"},
		"كبيـــرة𝐀 b":                    {"كبيـــرة𝐀", "b"},
		" … ":                            {},
	} {
		got := []string{}
		for _, word := range fold.Words(text) {
			got = append(got, string([]rune(text)[word.Start:word.End]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q has the words %q, want %q", text, got, want)
		}
	}
}

// TestWordsHaveTheTermsOfTheText: word by word, a text has the terms that it has as a whole.
func TestWordsHaveTheTermsOfTheText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`([وفبكل]?(ال)?[ء-ي]{1,8}[ً-ْـ]?[ .]|[0-9٠-٩٬,.٫\x{a0}]{1,8}|`+
			`[a-zA-Z'’.]{1,8}[ -]|[℃½ﷺ]){0,6}`)).Draw(t, "text")
		terms := []string{}
		end := 0
		for _, word := range fold.Words(text) {
			if word.Start < end || word.End <= word.Start || word.End > len([]rune(text)) {
				t.Fatalf("%q has a word from %d to %d after one that ends at %d", text, word.Start, word.End, end)
			}
			end = word.End
			terms = append(terms, word.Terms...)
		}
		if want := fold.Terms(text); !slices.Equal(terms, want) {
			t.Fatalf("%q has the terms %q, its words %q", text, want, terms)
		}
	})
}

// TestWordsGrowth: words are found in time that grows as the text does, whatever it repeats.
func TestWordsGrowth(t *testing.T) {
	t.Parallel()
	for _, repeated := range []string{"a ", "1,", "1,000,", "U.", "و7", "'a"} {
		t.Run(repeated, func(t *testing.T) {
			t.Parallel()
			testenv.CheckGrowth(t, 500, func(n int) func() {
				text := strings.Repeat(repeated, n)
				return func() { fold.Words(text) }
			})
		})
	}
}
