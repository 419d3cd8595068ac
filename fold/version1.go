package fold

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lettersOfVersion1 are the letters that were written for one another in version 1.
var lettersOfVersion1 = map[rune]rune{
	'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ٱ': 'ا', 'ى': 'ي', 'ی': 'ي', 'ې': 'ي', 'ئ': 'ي', 'ؤ': 'و', 'ة': 'ه', 'ۀ': 'ه', 'ہ': 'ه', 'ھ': 'ه',
	'ک': 'ك', 'گ': 'ك', 'ڤ': 'ف', 'پ': 'ب', 'چ': 'ج', 'ı': 'i', 'ø': 'o', 'đ': 'd', 'ł': 'l',
}

// TextOfVersion1 folds a text as version 1 did, of which keys were made that are stored. It is for these alone.
func TextOfVersion1(s string) string {
	var b strings.Builder
	s = strings.ToValidUTF8(s, " ")
	s = ligatures.Replace(norm.NFKD.String(strings.ToLower(norm.NFKC.String(groupSpaces.Replace(s)))))
	runes := slices.DeleteFunc([]rune(s), unseen)
	space, last := true, ' '
	for i, r := range runes {
		folded, fate := foldRune(runes, i, r, lettersOfVersion1)
		if r > '۹' && isDigit(folded) {
			folded = r // digits of other scripts were letters
		}
		switch {
		case fate == drop:
		case fate == letter:
			if !space && (isDigit(folded) && unicode.Is(unicode.Arabic, last) || isDigit(last) && unicode.Is(unicode.Arabic, folded)) {
				b.WriteByte(' ')
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
