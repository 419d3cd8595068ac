package identity

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/headwater-project/headwater/fold"
)

// Statement is the form in which two statements are one claim. It is in Unicode's normal form C, with presentation forms
// and ligatures decomposed, and without marks of direction and of no width, tatweel and Arabic vowel signs (harakat);
// digits of all scripts are 0 to 9, white space is one space, letters are in lower case, and quotes around the whole and
// a final full stop are left out.
//
// All else stays, since it can make another claim: signs (- − + < > ± ≠ ~ % ‰ and of currencies), what separates digits
// within a number (7,000; 2:1; a no-break space), accents, the marks that are letters in their scripts (Devanagari,
// Thai, Vietnamese, kana), hamza and the forms of alef and yeh.
//
// Its form is its own, and search finds a text by it: Statement(Statement(s)) is Statement(s), and
// fold.Text(Statement(s)) is fold.Text(s). A text of which nothing would be left keeps its signs. Bytes that are not
// UTF-8 become U+FFFD.
func Statement(text string) string {
	if isPlain(text) { // as most names are; the same is soon done
		return unwrapped(strings.Join(strings.Fields(strings.ToLower(text)), " "))
	}
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	text = norm.NFC.String(strings.Map(unmarked, norm.NFC.String(decomposed(text))))
	text = norm.NFC.String(strings.Map(lower, fold.Digits(text)))
	return unwrapped(spaced(text))
}

// isPlain says whether a text is ASCII, of which nothing is to be decomposed.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}

// presentation are the blocks of letters in the shape that they have beside others, in a width, or tied to another: Latin
// digraphs and ligatures, Arabic and Hebrew presentation forms, vertical, small, full and half width forms.
var presentation = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0132, Hi: 0x0133, Stride: 1}, {Lo: 0x01C4, Hi: 0x01CC, Stride: 1}, {Lo: 0x01F1, Hi: 0x01F3, Stride: 1},
	{Lo: 0xFB00, Hi: 0xFDFF, Stride: 1}, {Lo: 0xFE10, Hi: 0xFE19, Stride: 1}, {Lo: 0xFE30, Hi: 0xFEFE, Stride: 1},
	{Lo: 0xFF01, Hi: 0xFFEE, Stride: 1},
}}

// decomposed writes presentation forms as the letters that they stand for.
func decomposed(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.Is(presentation, r) {
			b.WriteString(norm.NFKC.String(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// dropped are marks that a reader does not see, tatweel, and the vowel signs of Arabic with those of the Quran. The
// hamzas and the vowels of Kashmiri (U+0653 to U+065F) are letters, and the tags of flags make one flag another.
var dropped = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x00AD, Hi: 0x00AD, Stride: 1}, {Lo: 0x061C, Hi: 0x061C, Stride: 1}, {Lo: 0x0640, Hi: 0x0640, Stride: 1},
	{Lo: 0x064B, Hi: 0x0652, Stride: 1}, {Lo: 0x0670, Hi: 0x0670, Stride: 1}, {Lo: 0x06D6, Hi: 0x06DC, Stride: 1},
	{Lo: 0x06DF, Hi: 0x06E4, Stride: 1}, {Lo: 0x06E7, Hi: 0x06E8, Stride: 1}, {Lo: 0x06EA, Hi: 0x06ED, Stride: 1},
	{Lo: 0x08F0, Hi: 0x08F2, Stride: 1}, {Lo: 0x180E, Hi: 0x180E, Stride: 1}, {Lo: 0x200B, Hi: 0x200F, Stride: 1},
	{Lo: 0x202A, Hi: 0x202E, Stride: 1}, {Lo: 0x2060, Hi: 0x2064, Stride: 1}, {Lo: 0x2066, Hi: 0x206F, Stride: 1},
	{Lo: 0xFE00, Hi: 0xFE0F, Stride: 1}, {Lo: 0xFEFF, Hi: 0xFEFF, Stride: 1},
}, LatinOffset: 1}

func unmarked(r rune) rune {
	if unicode.Is(dropped, r) {
		return -1
	}
	return r
}

// lower folds the case of a letter. The dotless i stays itself.
func lower(r rune) rune {
	switch r {
	case 'ς':
		return 'σ'
	case 'µ': // the sign for micro
		return 'μ'
	}
	return unicode.ToLower(r)
}

// groupSpace is what is written between the groups of one number's digits so that a line does not break there.
const groupSpace = '\u00a0'

// spaced leaves one space where there was white space, none at the ends, and a no-break space between digits.
func spaced(text string) string {
	runes := []rune(text)
	var b strings.Builder
	for i := 0; i < len(runes); i++ {
		if !unicode.IsSpace(runes[i]) {
			b.WriteRune(runes[i])
			continue
		}
		first := i
		for i+1 < len(runes) && unicode.IsSpace(runes[i+1]) {
			i++
		}
		switch {
		case first == 0 || i+1 == len(runes):
		case first == i && unbroken(runes[i]) && numeric(runes[i-1]) && numeric(runes[i+1]):
			b.WriteRune(groupSpace)
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// unbroken says whether r is one of the spaces that group digits.
func unbroken(r rune) bool { return r == groupSpace || r == '\u202f' || r == '\u2009' }

// numeric says whether r is written for a digit, such as ² and ½ are.
func numeric(r rune) bool {
	if r <= unicode.MaxASCII {
		return '0' <= r && r <= '9'
	}
	return strings.ContainsFunc(norm.NFKC.String(string(r)), unicode.IsDigit)
}

// quotes are the pairs of quotes that open and close a text.
var quotes = map[rune]string{
	'"': "\"”", '\'': "'’", '“': "”\"“", '”': "”", '„': "“”\"", '‘': "’'‘", '‚': "‘’", '’': "’", '«': "»", '»': "«", '‹': "›",
	'›': "‹", '`': "`'",
	'「': "」", '『': "』", '〝': "〞〟", '《': "》", '〈': "〉",
}

// stops are the full stops of the scripts.
const stops = ".。۔।॥։።။᠃᠉"

// unwrapped leaves out quotes around the whole and a final full stop, as long as something else is left.
func unwrapped(text string) string {
	for {
		rest := strings.TrimSpace(withoutQuotes(text))
		if rest == text || rest == "" {
			rest = strings.TrimSpace(withoutStop(text))
		}
		if rest == text || rest == "" {
			return text
		}
		text = rest
	}
}

// withoutStop leaves out a full stop at the end. Several are an ellipsis, and stay.
func withoutStop(text string) string {
	stop, size := utf8.DecodeLastRuneInString(text)
	rest := text[:len(text)-size]
	before, _ := utf8.DecodeLastRuneInString(rest)
	if !strings.ContainsRune(stops, stop) || strings.ContainsRune(stops, before) {
		return text
	}
	return rest
}

// withoutQuotes leaves out quotes that open before the first character and close after the last. Where others of their
// kind stand between, each pair may be around a part only, and all stay. An apostrophe within a word is none.
func withoutQuotes(text string) string {
	first, a := utf8.DecodeRuneInString(text)
	last, b := utf8.DecodeLastRuneInString(text)
	closing, opens := quotes[first]
	if !opens || a+b > len(text) || !strings.ContainsRune(closing, last) {
		return text
	}
	inner := []rune(text[a : len(text)-b])
	for i, r := range inner {
		within := i > 0 && i+1 < len(inner) && unicode.IsLetter(inner[i-1]) && unicode.IsLetter(inner[i+1])
		if (r == first || r == last) && (!within || r != '\'' && r != '’') {
			return text
		}
	}
	return string(inner)
}

// Name is the form in which two names are one: that of statements, and nothing else is left out, so that Canal+ and
// Canal, AJ+ and AJ, Nguyễn Văn Hưng and Nguyễn Văn Hùng are two each. A name of marks that nobody sees is itself.
func Name(name string) string { return cmp.Or(Statement(name), name) }
