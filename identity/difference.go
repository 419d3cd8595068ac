package identity

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/headwater-project/headwater/fold"
)

// Difference says what keeps two statements apart that a search takes for the same: the rationale of a proposed
// equivalent link, such as `They differ in a sign: "-2%" and "2%".` At most three places are shown. It is empty where the
// statements are one, and where even a search tells them apart.
func Difference(a, b string) string {
	if !fold.Same(a, b) {
		return ""
	}
	a, b = Statement(a), Statement(b)
	if a == b {
		return ""
	}
	pairs := differing(strings.Split(a, " "), strings.Split(b, " "))
	places := make([]string, 0, maxPlaces)
	for _, pair := range pairs[:min(len(pairs), maxPlaces)] {
		places = append(places, fmt.Sprintf("in %s: %q and %q", kindOfDifference(pair[0], pair[1]), shown(pair[0]), shown(pair[1])))
	}
	more := ""
	if len(pairs) > maxPlaces {
		more = fmt.Sprintf("; and in %d more", len(pairs)-maxPlaces)
	}
	return "They differ " + strings.Join(places, "; ") + more + "."
}

const (
	maxPlaces = 3
	maxShown  = 40 // characters of a place
)

func shown(text string) string {
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return text
}

// differing are the words that are not the same: each with its fellow where there are as many on both sides, else all
// from the first to the last that differ.
func differing(a, b []string) [][2]string {
	if len(a) == len(b) {
		var pairs [][2]string
		for i := range a {
			if a[i] != b[i] && !slices.Contains(pairs, [2]string{a[i], b[i]}) {
				pairs = append(pairs, [2]string{a[i], b[i]})
			}
		}
		return pairs
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return [][2]string{{strings.Join(a, " "), strings.Join(b, " ")}}
}

// differences are the kinds of characters in which two texts can differ, the first that does naming the difference.
var differences = []struct {
	name string
	is   func(runes []rune, i int) bool
}{
	{"a currency", func(runes []rune, i int) bool { return unicode.Is(unicode.Sc, runes[i]) }},
	{"a separator within a number", withinNumber},
	{"a sign", func(runes []rune, i int) bool {
		return unicode.In(runes[i], unicode.Sm, unicode.Pd) || strings.ContainsRune(signs, runes[i])
	}},
	{"a question or exclamation mark", func(runes []rune, i int) bool { return strings.ContainsRune("?!؟¿¡", runes[i]) }},
	{"a form of hamza or alef", func(runes []rune, i int) bool {
		return strings.ContainsRune(hamzas+"ءٱٲٳ", runes[i]) || i+1 < len(runes) && strings.ContainsRune(hamzas, runes[i+1])
	}},
	{"a voicing mark", func(runes []rune, i int) bool { return runes[i] == '\u3099' || runes[i] == '\u309a' }},
	{"an accent", func(runes []rune, i int) bool { return isMark(runes[i]) && hasAccents(runes, i) }},
	{"a vowel sign or other mark", func(runes []rune, i int) bool { return isMark(runes[i]) }},
	{"an apostrophe", func(runes []rune, i int) bool { return strings.ContainsRune("'’‘`ʼʻʽʾʿ", runes[i]) }},
	{"a letter", func(runes []rune, i int) bool { return unicode.In(runes[i], unicode.L, unicode.N) }},
	{"punctuation", func(runes []rune, i int) bool { return unicode.In(runes[i], unicode.P, unicode.S) }},
}

// signs are those that Unicode does not class as mathematical; the last strikes = to make ≠ of it.
const signs = "%‰٪؉#*&@°/\u0338"

// hamzas are the marks that make a letter one with hamza or madda.
const hamzas = "\u0653\u0654\u0655"

// kindOfDifference names the first kind of characters in which two texts differ.
func kindOfDifference(a, b string) string {
	left, right := []rune(norm.NFD.String(a)), []rune(norm.NFD.String(b))
	for _, difference := range differences {
		if !slices.Equal(only(left, difference.is), only(right, difference.is)) {
			return difference.name
		}
	}
	return "spacing"
}

// only are the characters of a kind.
func only(runes []rune, is func(runes []rune, i int) bool) []rune {
	var of []rune
	for i, r := range runes {
		if is(runes, i) {
			of = append(of, r)
		}
	}
	return of
}

// withinNumber says whether what stands at i is no digit, and stands between two.
func withinNumber(runes []rune, i int) bool {
	between := i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1])
	return between && !unicode.In(runes[i], unicode.L, unicode.N, unicode.Sc)
}

func isMark(r rune) bool { return unicode.Is(unicode.M, r) }

// hasAccents says whether the mark at i stands on a letter of an alphabet whose marks are accents.
func hasAccents(runes []rune, i int) bool {
	for i > 0 && isMark(runes[i]) {
		i--
	}
	return unicode.In(runes[i], unicode.Latin, unicode.Greek, unicode.Cyrillic)
}
