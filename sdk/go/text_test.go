package headwater_test

import (
	"strings"
	"testing"

	headwater "github.com/headwater-project/headwater/sdk/go"
)

func TestCut(t *testing.T) {
	t.Parallel()
	const text = "قتل ٣٠ شخصا 🚢 at least"
	for name, c := range map[string]struct {
		start, end int
		want       string
		wrong      bool
	}{
		"Arabic":                    {0, 3, "قتل", false},
		"Arabic-Indic digits":       {4, 6, "٣٠", false},
		"beyond the first plane":    {12, 13, "🚢", false},
		"after it":                  {14, 16, "at", false},
		"to the end":                {17, 22, "least", false},
		"nothing at the start":      {0, 0, "", false},
		"nothing at the end":        {22, 22, "", false},
		"all":                       {0, 22, text, false},
		"past the end":              {17, 23, "", true},
		"wholly past the end":       {23, 24, "", true},
		"an end before the start":   {3, 2, "", true},
		"a start before the start":  {-1, 2, "", true},
		"an end before everything":  {0, -1, "", true},
		"both before, and the same": {-1, -1, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := headwater.Cut(text, c.start, c.end); got != c.want || (err != nil) != c.wrong {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	if got, err := headwater.Cut("", 0, 0); got != "" || err != nil {
		t.Errorf("nothing of nothing is %q, %v", got, err)
	}
}

// FuzzCut holds it to the runes of the text, and to Select.
func FuzzCut(f *testing.F) {
	f.Add("قتل ٣٠ شخصا 🚢 at least", 4, 6)
	f.Add("a\xffb", 0, 2)
	f.Add("أأأ", 1, 2)
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		got, err := headwater.Cut(text, start, end)
		runes := []rune(text)
		within := start >= 0 && start <= end && end <= len(runes)
		if within != (err == nil) {
			t.Fatalf("Cut(%q, %d, %d): %v", text, start, end, err)
		}
		if err != nil || strings.ContainsRune(text, '\uFFFD') {
			return
		}
		if want := string(runes[start:end]); got != want {
			t.Errorf("Cut(%q, %d, %d) is %q, want %q", text, start, end, got, want)
		}
		if words, err := headwater.Select(text, got); err == nil && (words.Start != start || words.End != end) {
			t.Errorf("%q of %q is selected at %d to %d, and was cut at %d to %d", got, text, words.Start, words.End, start, end)
		}
	})
}

func TestSelectRefuses(t *testing.T) {
	t.Parallel()
	for name, words := range map[string]string{"nothing": "", "what is not there": "قتيل", "what is there twice": "no",
		"what overlaps itself": "aa"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := headwater.Select("no, no; aaa", words); err == nil {
				t.Errorf("%+v", got)
			}
		})
	}
}
