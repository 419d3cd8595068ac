// Package fold makes texts comparable for search: letters that Arabic and English writers take for the same become
// the same, and words lose the endings and attached particles that do not change what they are about. It is the one
// way to fold, for what is stored and for what is asked.
//
// English words are stemmed by the Snowball project's stemmer. Arabic ones are not: under Snowball's Arabic stemmer a
// noun with its article and without do not meet (الأقمار, أقمار), and the light10 stemmer that the bleve search engine
// has takes off one prefix only (وزير, الوزير; وللحكومة) and leaves the particles ب and ل on. See stemArabic.
//
// It must not know what the texts are, nor how they are searched.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are letters that are written for one another: those of Arabic by Persian, Kurdish, Urdu and Maghrebi keyboards,
// and those that Latin alphabets have beside the letter with which others write their names. The seats of hamza are not
// among them: see seatHamza.
var letters = map[rune]rune{
	'إ': 'ا', 'ٱ': 'ا', 'ٲ': 'ا', 'ٳ': 'ا',
	'ى': 'ي', 'ی': 'ي', 'ې': 'ي', 'ێ': 'ي', 'ے': 'ي', 'ۍ': 'ي', 'ۑ': 'ي', 'ؠ': 'ي',
	'ۆ': 'و', 'ۇ': 'و', 'ۈ': 'و', 'ۋ': 'و', 'ۅ': 'و', 'ۉ': 'و', 'ۏ': 'و', 'ۄ': 'و',
	'ة': 'ه', 'ۃ': 'ه', 'ە': 'ه', 'ہ': 'ه', 'ھ': 'ه',
	'ک': 'ك', 'ڪ': 'ك', 'گ': 'ك', 'ڭ': 'ك', 'ݣ': 'ك', 'ڤ': 'ف', 'ڥ': 'ف', 'ڢ': 'ف', 'ڧ': 'ق', 'ڨ': 'ق',
	'پ': 'ب', 'چ': 'ج', 'ژ': 'ز', 'ڕ': 'ر', 'ڑ': 'ر', 'ڵ': 'ل', 'ں': 'ن', 'ٹ': 'ت', 'ڈ': 'د',
	'ı': 'i', 'ø': 'o', 'đ': 'd', 'ł': 'l', 'ς': 'σ',
}

// groupSpaces keeps the spaces that group digits apart from those between words, before they become the same.
var groupSpaces = strings.NewReplacer("\u00a0", "٬", "\u202f", "٬", "\u2009", "٬")

// ligatures are letters that are written for two.
var ligatures = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe")

// Version counts the ways in which texts have been folded. It rises whenever a text is folded otherwise than before, since
// what is stored must then be folded anew.
const Version = 2

// Text folds case, compatibility forms, diacritics of both scripts, tatweel, Arabic letter forms, seats of hamza and
// digits; drops marks without width and the separators within numbers; and leaves one space where there was anything
// else. Folding twice is folding once.
func Text(s string) string {
	runes := foldable(s)
	folded := make([]rune, 0, len(runes))
	last := ' '
	for i, r := range runes {
		switch r, fate := foldRune(runes, i, r, letters); fate {
		case letter:
			if isDigit(r) && unicode.Is(unicode.Arabic, last) || isDigit(last) && unicode.Is(unicode.Arabic, r) {
				folded = append(folded, ' ') // a particle or a noun written to a number: و7000
			}
			folded = append(folded, r)
			last = r
		case gap:
			if last != ' ' {
				folded = append(folded, ' ')
				last = ' '
			}
		}
	}
	return seatHamzas(strings.TrimRight(string(folded), " "))
}

// foldable are the characters of a text that are folded, in lower case and normal form D. A text of ASCII has no other form.
func foldable(s string) []rune {
	if !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		return []rune(strings.ToLower(s))
	}
	s = strings.ToValidUTF8(s, " ") // normal forms are not to be relied on after a broken character
	return seen(ligatures.Replace(norm.NFKD.String(strings.ToLower(norm.NFKC.String(groupSpaces.Replace(s))))))
}

// seen are the characters of a text in normal form D that readers do not miss, with each hamza on its seat.
func seen(s string) []rune {
	runes := make([]rune, 0, len(s))
	for _, r := range s {
		switch {
		case !unseen(r):
			runes = append(runes, r)
		case len(runes) > 0:
			runes[len(runes)-1] = seated(r, runes[len(runes)-1])
		}
	}
	return runes
}

// unseen says whether r is a mark or a letter that readers do not miss: diacritics, marks without width, tatweel, and
// the letters that transliterations write for hamza and ayn.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || strings.ContainsRune("ـʼʻʽʾʿ", r)
}

type fate int

const (
	drop fate = iota
	letter
	gap
)

func foldRune(runes []rune, i int, r rune, letters map[rune]rune) (rune, fate) {
	switch { // most of what is folded
	case r >= 'a' && r <= 'z':
		return r, letter
	case r == ' ':
		return 0, gap
	}
	if digit, ok := digitOf(r); ok {
		return digit, letter
	}
	if withinNumber(runes, i) {
		switch {
		case decimalPoint(r):
			return '.', letter
		case groupSeparator(r) && groupOfThree(runes, i):
			return 0, drop
		}
	}
	if withinWord(runes, i) && (apostrophe(r) || r == '.' && ofInitials(runes, i)) {
		return 0, drop
	}
	if same, ok := letters[r]; ok {
		return same, letter
	}
	if unicode.IsLetter(r) || unicode.IsNumber(r) {
		return r, letter
	}
	return 0, gap
}

// Digits writes the decimal digits of a text, of whatever script, as 0 to 9, and leaves all else as it is.
func Digits(text string) string {
	return strings.Map(func(r rune) rune {
		if digit, ok := digitOf(r); ok {
			return digit
		}
		return r
	}, text)
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
	case r < '\u0700' || !unicode.Is(unicode.Nd, r): // of the scripts up to Arabic there are no others
		return 0, false
	}
	zero := r
	for unicode.Is(unicode.Nd, zero-1) {
		zero-- // digits stand in rows of ten, some rows one after the other
	}
	return '0' + (r-zero)%10, true
}

func withinNumber(runes []rune, i int) bool {
	if i == 0 || i+1 == len(runes) {
		return false
	}
	_, before := digitOf(runes[i-1])
	_, after := digitOf(runes[i+1])
	return before && after
}

func isDigit(folded rune) bool { return folded >= '0' && folded <= '9' }

func withinWord(runes []rune, i int) bool {
	return i > 0 && i+1 < len(runes) && unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1])
}

// apostrophe says whether r is one of the signs that stand within names and contractions: Sana'a, don't.
func apostrophe(r rune) bool { return strings.ContainsRune("'’‘`", r) }

// ofInitials says whether the letters on both sides stand alone, as in U.S.
func ofInitials(runes []rune, i int) bool {
	return (i < 2 || !unicode.IsLetter(runes[i-2])) && (i+2 == len(runes) || !unicode.IsLetter(runes[i+2]))
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

// Same says whether a search takes two texts for the same.
func Same(a, b string) bool { return Text(a) == Text(b) }
