package fold_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/headwater-project/headwater/fold"
)

func TestText(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ in, want string }{
		"case and diacritics":             {"Déjà VU", "deja vu"},
		"harakat, tatweel and alef forms": {"أُرْسِلَـــت آلاف إلى", "ارسلت الاف الي"},
		"teh marbuta and alef maqsura":    {"قذيفة كبرى", "قذيفه كبري"},
		"Arabic-Indic digits":             {"٧٠٠٠ و ۱۲", "7000 و 12"},
		"thousands in Arabic":             {"٧٬٠٠٠", "7000"},
		"thousands in English":            {"7,000", "7000"},
		"thousands with a narrow space":   {"7\u202f000", "7000"},
		"two thousands":                   {"1,234,567", "1234567"},
		"a decimal":                       {"٣٫٥ 3.5", "3.5 3.5"},
		"a list of numbers":               {"3,4 1, 2", "3 4 1 2"},
		"a particle before a number":      {"و7000", "و 7000"},
		"bidi marks":                      {"\u200fنص\u200e text", "نص text"},
		"punctuation":                     {"«نص»، ثم: end.", "نص ثم end"},
		"nothing":                         {" … ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := fold.Text(test.in); got != test.want {
				t.Errorf("Text(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestTermsMeet(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"قذيفة", "قذيفه"}, {"shells", "shell"}, {"اقمار اصطناعيه", "الأقمار الاصطناعية"}, {"والحكومة", "حكومة"},
		{"للحكومة", "الحكومة"}, {"shipped", "shipping"}, {"أسلحة", "الأسلحة"}, {"٧٬٠٠٠", "7,000"},
	} {
		if a, b := fold.Terms(pair[0]), fold.Terms(pair[1]); !slices.Equal(a, b) {
			t.Errorf("%q gives %q and %q gives %q", pair[0], a, pair[1], b)
		}
	}
}

func TestTermsDiffer(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"قذيفة", "سفينة"}, {"shell", "ship"}, {"7000", "700"}, {"3.5", "35"}} {
		if a, b := fold.Terms(pair[0]), fold.Terms(pair[1]); slices.Equal(a, b) {
			t.Errorf("%q and %q both give %q", pair[0], pair[1], a)
		}
	}
}

func FuzzTextTwiceIsOnce(f *testing.F) {
	for _, seed := range []string{"", "٧٬٠٠٠ قذيفة", "Ǆ ﷺ ﬁ", "İI\u0307", "1,234.5", "\u0640\u0301", "ß"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := fold.Text(s)
		if twice := fold.Text(once); twice != once {
			t.Errorf("Text(%q) = %q, folded again %q", s, once, twice)
		}
		fold.Terms(s)
	})
}

func TestTextTwiceIsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := fold.Text(rapid.String().Draw(t, "text"))
		if twice := fold.Text(once); twice != once {
			t.Fatalf("%q folded again is %q", once, twice)
		}
	})
}
