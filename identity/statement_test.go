package identity_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
)

func TestStatement(t *testing.T) {
	t.Parallel()
	rows := golden(t, "statements.tsv", 4)
	if len(rows) < 60 {
		t.Errorf("there are only %d pairs", len(rows))
	}
	for _, row := range rows {
		kind, a, b, differs := row[0], row[1], row[2], row[3]
		if got, want := identity.Statement(a) == identity.Statement(b), kind == "one"; got != want {
			t.Errorf("%s: %q is %q and %q is %q", kind, a, identity.Statement(a), b, identity.Statement(b))
		}
		got := identity.Difference(a, b)
		switch {
		case kind == "one" || !fold.Same(a, b):
			if got != "" {
				t.Errorf("%q and %q: they are said to differ: %s", a, b, got)
			}
		case !strings.HasPrefix(got, "They differ in "+differs+": "):
			t.Errorf("%q and %q: %s, want a difference in %s", a, b, got, differs)
		}
	}
}

func TestDifferenceShowsThreePlaces(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ a, b, want string }{
		"one place": {"GDP grew by -2% in May", "GDP grew by 2% in May.", `They differ in a sign: "-2%" and "2%".`},
		"two places": {"$5m for papá", "€5m for papa",
			`They differ in a currency: "$5m" and "€5m"; in an accent: "papá" and "papa".`},
		"four places": {"é à ô ü", "e a o u",
			`They differ in an accent: "é" and "e"; in an accent: "à" and "a"; in an accent: "ô" and "o"; and in 1 more.`},
		"a word of no kind": {"the dam - leaks today", "the dam leaks today", `They differ in a sign: "-" and "".`},
		"one claim":         {"The dam leaks", "the dam leaks.", ""},
		"two for a search":  {"The dam leaks", "The dam holds", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := identity.Difference(test.a, test.b); got != test.want {
				t.Errorf("Difference(%q, %q) = %s, want %s", test.a, test.b, got, test.want)
			}
		})
	}
}

func TestStatementOfSignsAlone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", " ": "", ".": ".", `""`: `""`, "...": "...", `"."`: ".", "?": "?", " « x ». ": "x"} {
		if got := identity.Statement(text); got != want {
			t.Errorf("Statement(%q) = %q, want %q", text, got, want)
		}
	}
}

// statements are texts of the characters that the rules know.
func statements() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(),
		rapid.StringMatching(`["'“«]?[ء-يً-ْـa-zA-ZßİıΣς'’".,:;?!%‰$€+<>−\-0-9٠-٩२७٬٫ \x{a0}\x{202f}ﬁﻻ\x{200f}áपुバ]{0,24}["'”»]?[.。]?`))
}

func TestStatementTwiceIsOnceAndIsFoundByIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkStatement(t, statements().Draw(t, "text")) })
}

func TestOneStatementIsOneForASearch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := statements().Draw(t, "a"), statements().Draw(t, "b")
		if identity.Statement(a) == identity.Statement(b) && !fold.Same(a, b) {
			t.Fatalf("%q and %q are one claim, and two for a search", a, b)
		}
		if differs := identity.Difference(a, b); (differs != "") != (fold.Same(a, b) && identity.Statement(a) != identity.Statement(b)) {
			t.Fatalf("%q and %q: %s", a, b, differs)
		}
	})
}

func FuzzStatement(f *testing.F) {
	for _, seed := range []string{"", "«GDP −2%».", "7\u00a0000", "\u064b\u0654ا", "'a'b'", "\xff", "ﷺ", "İI\u0307"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkStatement(t, text) })
}

func checkStatement(t interface{ Fatalf(string, ...any) }, text string) {
	once := identity.Statement(text)
	if twice := identity.Statement(once); twice != once || !utf8.ValidString(once) {
		t.Fatalf("Statement(%q) = %q, of which it is %q", text, once, twice)
	}
	if a, b := fold.Text(text), fold.Text(once); a != b {
		t.Fatalf("%q folds to %q, its form %q to %q", text, a, once, b)
	}
}
