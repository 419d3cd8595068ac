// Package fold makes texts comparable for search: letters that Arabic and English writers take for the same become
// the same, and words lose the endings and attached particles that do not change what they are about. It is the one
// way to fold, for what is stored and for what is asked.
//
// It must not know what the texts are, nor how they are searched.
package fold

import (
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/ar"
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"golang.org/x/text/unicode/norm"
)

// letters are letters that are written for one another.
var letters = map[rune]rune{
	'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ٱ': 'ا', 'ى': 'ي', 'ی': 'ي', 'ې': 'ي', 'ئ': 'ي', 'ؤ': 'و', 'ة': 'ه', 'ۀ': 'ه', 'ہ': 'ه', 'ھ': 'ه',
	'ک': 'ك', 'گ': 'ك', 'ڤ': 'ف', 'پ': 'ب', 'چ': 'ج', 'ß': 's', 'ı': 'i', 'ø': 'o', 'đ': 'd', 'ł': 'l',
}

// groupSpaces keeps the spaces that group digits apart from those between words, before they become the same.
var groupSpaces = strings.NewReplacer("\u00a0", "٬", "\u202f", "٬", "\u2009", "٬")

const tatweel = 'ـ'

// Text folds case, compatibility forms, diacritics of both scripts, tatweel, Arabic letter forms and digits; drops
// marks without width and the separators within numbers; and leaves one space where there was anything else.
// Folding twice is folding once.
func Text(s string) string {
	var b strings.Builder
	runes := []rune(norm.NFKD.String(strings.ToLower(norm.NFKC.String(groupSpaces.Replace(s)))))
	space, last := true, ' '
	for i, r := range runes {
		switch folded, keep := foldRune(runes, i, r); {
		case keep == drop:
		case keep == letter:
			if !space && unicode.IsDigit(folded) && unicode.Is(unicode.Arabic, last) {
				b.WriteByte(' ') // a particle written to a number: و7000
			}
			b.WriteRune(folded)
			space, last = false, folded
		case !space:
			b.WriteByte(' ')
			space = true
		}
	}
	return strings.TrimRight(b.String(), " ")
}

type fate int

const (
	drop fate = iota
	letter
	gap
)

func foldRune(runes []rune, i int, r rune) (rune, fate) {
	if digit, ok := digitOf(r); ok {
		return digit, letter
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || r == tatweel {
		return 0, drop
	}
	if withinNumber(runes, i) {
		switch {
		case decimalPoint(r):
			return '.', letter
		case groupSeparator(r) && groupOfThree(runes, i):
			return 0, drop
		}
	}
	if same, ok := letters[r]; ok {
		return same, letter
	}
	if unicode.IsLetter(r) || unicode.IsNumber(r) {
		return r, letter
	}
	return 0, gap
}

// digitOf reads a decimal digit of any script.
func digitOf(r rune) (rune, bool) {
	switch {
	case r >= '0' && r <= '9':
		return r, true
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0', true
	case r >= '۰' && r <= '۹':
		return r - '۰' + '0', true
	}
	return 0, false
}

func withinNumber(runes []rune, i int) bool {
	if i == 0 || i+1 == len(runes) {
		return false
	}
	_, before := digitOf(runes[i-1])
	_, after := digitOf(runes[i+1])
	return before && after
}

func decimalPoint(r rune) bool { return r == '.' || r == '٫' }

func groupSeparator(r rune) bool {
	switch r {
	case ',', '٬', '،', '\'', '’':
		return true
	}
	return false
}

// groupOfThree says whether just three digits follow, so that 7,000 is one number and 3,4 is two.
func groupOfThree(runes []rune, i int) bool {
	n := 0
	for _, r := range runes[i+1:] {
		if _, ok := digitOf(r); !ok {
			break
		}
		n++
	}
	return n == 3
}

// Terms gives the words of a text in order, folded and stemmed: English by Porter's second stemmer, Arabic by a light
// one (light10: Larkey, Ballesteros and Connell, 2007), under which a noun with and without its article meet, as they
// do not under Snowball's Arabic stemmer.
func Terms(s string) []string {
	words := strings.Fields(Text(s))
	for i, word := range words {
		words[i] = stem(word)
	}
	return words
}

func stem(word string) string {
	for _, r := range word {
		switch {
		case unicode.Is(unicode.Arabic, r):
			return stemArabic(word)
		case r >= 'a' && r <= 'z':
			return stemEnglish(word)
		}
	}
	return word
}

func stemEnglish(word string) string {
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	return env.Current()
}

var light10 = ar.NewArabicStemmerFilter()

func stemArabic(word string) string {
	tokens := light10.Filter(analysis.TokenStream{{Term: []byte(word)}})
	return string(tokens[0].Term)
}
