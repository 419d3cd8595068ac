package headwater

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// textKind is what a string may hold beside letters and marks. A field names its kind in the tag text; without one it is a line.
type textKind string

const (
	lineText     textKind = ""         // a name, a title, a label: one line, no control characters
	proseText    textKind = "prose"    // statements and remarks: line breaks and tabs too
	verbatimText textKind = "verbatim" // what must be to the letter as it was published: everything but NUL
)

// The characters that turn the direction of what follows, and those that end it (Unicode UAX #9). The marks that Arabic and Hebrew
// are written with (U+200E, U+200F, U+061C) and the joiners turn nothing, and are characters like others.
const (
	popEmbedding = '\u202c' // ends U+202A, U+202B, U+202D and U+202E
	popIsolate   = '\u2069' // ends U+2066, U+2067 and U+2068
)

// popOf is the character that ends what r begins; 0 where r begins no other direction.
func popOf(r rune) rune {
	switch r {
	case '\u202a', '\u202b', '\u202d', '\u202e':
		return popEmbedding
	case '\u2066', '\u2067', '\u2068':
		return popIsolate
	}
	return 0
}

// isControl reports whether a terminal or a text editor may do something else with a character than show it.
func isControl(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029'
}

// controlCharacters finds the bytes at which a text has a character that can reach beyond it: a control character, a line break that is not
// allowed, a change of direction that does not end in its line, or an end of one that did not begin.
func controlCharacters(text string, kind textKind) map[int]rune {
	var found map[int]rune
	add := func(at int, r rune) {
		if found == nil {
			found = map[int]rune{}
		}
		found[at] = r
	}
	type initiator struct {
		at     int
		r, pop rune
	}
	var open []initiator
	endLine := func() {
		for _, o := range open {
			add(o.at, o.r)
		}
		open = open[:0]
	}
	for at, r := range text {
		switch pop := popOf(r); {
		case pop != 0:
			open = append(open, initiator{at, r, pop})
		case r == popEmbedding || r == popIsolate:
			if len(open) == 0 || open[len(open)-1].pop != r {
				add(at, r)
				continue
			}
			open = open[:len(open)-1]
		case kind == proseText && r == '\t':
		case kind == proseText && (r == '\n' || r == '\r' && strings.HasPrefix(text[at:], "\r\n")):
			endLine()
		case isControl(r):
			add(at, r)
		}
	}
	endLine()
	return found
}

// firstControl is the first of the control characters of a text.
func firstControl(text string, kind textKind) (r rune, found bool) {
	all := controlCharacters(text, kind)
	first := len(text)
	for at := range all {
		first = min(first, at)
	}
	return all[first], len(all) > 0
}

// blankSigns are characters that are signs to Unicode, and that fonts draw as nothing: a cell of Braille without dots, a head of a note
// that is none, and the blanks of hieroglyphs.
var blankSigns = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x2800, Hi: 0x2800, Stride: 1}},
	R32: []unicode.Range32{{Lo: 0x13441, Hi: 0x13442, Stride: 1}, {Lo: 0x1D159, Hi: 0x1D159, Stride: 1}},
}

// isUnseen reports whether a character shows nothing by itself. White space other than a space, which it looks like, counts as such.
func isUnseen(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, blankSigns) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r) || // signs of Arabic and others, which are drawn
		unicode.IsSpace(r) && r != ' '
}

// ShowsNothing reports whether a text is empty to who sees it: it has spaces and characters that show nothing by themselves, and no
// other. A control character is another fault.
func ShowsNothing(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && !isUnseen(r) })
}

// joins reports whether a joiner (U+200C, U+200D) between two characters is one that the scripts need that write letters together, as
// Persian and Indic names do. Between letters of the others it shows nothing.
func joins(before, after rune) bool {
	joined := func(r rune) bool {
		return unicode.In(r, unicode.L, unicode.M) && !isUnseen(r) && !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
	}
	return joined(before) && joined(after)
}

// firstUnseen is the first character of a line that nobody sees, so that two names would look the same.
func firstUnseen(text string) (r rune, found bool) {
	runes := []rune(text)
	for i, r := range runes {
		isJoiner := r == '\u200c' || r == '\u200d'
		stays := isJoiner && i > 0 && i < len(runes)-1 && joins(runes[i-1], runes[i+1])
		if isUnseen(r) && !stays {
			return r, true
		}
	}
	return 0, false
}

// Visible is a text of one or more lines as people may be shown it: what is stored can be older than the rules for it, and what is
// quoted follows none. Characters that could move the cursor, break out of the line or turn the direction of their neighbors stand
// as ␛ or \u{202E}. For a single line, see [VisibleLine].
func Visible(text string) string {
	found := controlCharacters(text, proseText)
	if len(found) == 0 && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for at, r := range text {
		width := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, width = utf8.DecodeRuneInString(text[at:])
		}
		_, hidden := found[at]
		switch {
		case r == utf8.RuneError && width == 1:
			fmt.Fprintf(&b, `\x{%02X}`, text[at])
		case !hidden:
			b.WriteRune(r)
		case r < ' ':
			b.WriteRune('␀' + r)
		case r == 0x7f:
			b.WriteRune('␡')
		default:
			fmt.Fprintf(&b, `\u{%04X}`, r)
		}
	}
	return b.String()
}

// VisibleLine is [Visible] for a text that is to stand in one line: what is white space in it becomes single spaces.
func VisibleLine(text string) string { return Visible(strings.Join(strings.Fields(text), " ")) }

// Isolated is [VisibleLine] between the characters that keep its writing direction from reordering the text around it (FSI and PDI
// of Unicode UAX #9). Nothing in the text can end that.
func Isolated(text string) string { return "\u2068" + VisibleLine(text) + "\u2069" }

// WithoutControls is a text of one or more lines without the characters that a field of prose refuses. A NUL stays, and is a fault:
// no text has one, but what was read in the wrong encoding does.
func WithoutControls(text string) string {
	found := controlCharacters(text, proseText)
	if len(found) == 0 {
		return text
	}
	var b strings.Builder
	for at, r := range text {
		if _, refused := found[at]; !refused || r == 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}
