package credit

import (
	"strings"
	"unicode"

	"github.com/headwater-project/headwater/fold"
)

// reader reads a text by the names that it knows.
type reader struct {
	*Names
	publisher []string // its names
	runes     []rune
}

func newReader(n *Names, publisher []string, runes []rune) reader { return reader{n, publisher, runes} }

// segment is what stands between separators, without the blanks around it, and the separators before and after it; 0 at an end of the
// line.
type segment struct {
	start, end    int
	before, after rune
}

// line is where a line stands.
type line struct{ start, end int }

const (
	// headLines and tailLines are how many lines that are not empty are looked at above and below.
	headLines, tailLines = 3, 4
	// maxDateline is how many characters a dateline has at most.
	maxDateline = 160
)

// firstLines are those that may hold a dateline or a byline, without the title.
func (t reader) firstLines(title string) []line {
	var lines []line
	for at := 0; at < len(t.runes) && len(lines) < headLines; {
		end := at
		for end < len(t.runes) && t.runes[end] != '\n' {
			end++
		}
		l := t.trimmed(at, end)
		if at = end + 1; l.start == l.end || title != "" && l.end-l.start < maxDateline && fold.Same(t.text(l.start, l.end), title) {
			continue
		}
		lines = append(lines, l)
	}
	return lines
}

// lastLines are those that may hold what closes a text, from the end.
func (t reader) lastLines() []line {
	var lines []line
	for end := len(t.runes); end > 0 && len(lines) < tailLines; {
		at := end
		for at > 0 && t.runes[at-1] != '\n' {
			at--
		}
		if l := t.trimmed(at, end); l.start < l.end {
			lines = append(lines, l)
		}
		end = at - 1
	}
	return lines
}

func (t reader) text(start, end int) string { return string(t.runes[start:end]) }

// trimmed leaves out blanks at both ends, and the dots, quotes and marks of direction that are no part of a name.
func (t reader) trimmed(start, end int) line {
	isAround := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`.*"'“”‘’`, r)
	}
	for start < end && isAround(t.runes[start]) {
		start++
	}
	for start < end && isAround(t.runes[end-1]) && !t.isInitial(start, end) {
		end--
	}
	return line{start, end}
}

// isInitial says whether what ends here is an initial with its dot, as in U.P.I.
func (t reader) isInitial(start, end int) bool {
	return t.runes[end-1] == '.' && end-start >= 4 && t.runes[end-3] == '.'
}

const (
	dashes     = "-–—―‒−"
	separators = dashes + "ـ|/\\()[]{}<>«»,،;؛:：•·+&*…"
)

// segments cuts a line at its separators.
func (t reader) segments(l line) []segment {
	var list []segment
	start, before := l.start, rune(0)
	for i := l.start; i <= l.end; i++ {
		if i < l.end && !t.separates(l, i) {
			continue
		}
		after := rune(0)
		if i < l.end {
			after = t.runes[i]
		}
		if s := t.trimmed(start, i); s.start < s.end {
			list = append(list, segment{s.start, s.end, before, after})
			before = after
		} else if n := len(list) - 1; n >= 0 && after != 0 {
			list[n].after, before = stronger(list[n].after, after), after
		} else {
			before = after
		}
		start = i + 1
	}
	return list
}

// stronger is which of two separators in a row counts: a dash or a colon after a bracket.
func stronger(a, b rune) rune {
	if isClosing(a) && (isDash(b) || b == ':') {
		return b
	}
	return a
}

func isDash(r rune) bool    { return r != 0 && (strings.ContainsRune(dashes, r) || r == 'ـ') }
func isOpening(r rune) bool { return strings.ContainsRune("([{<«/", r) }
func isClosing(r rune) bool { return strings.ContainsRune(")]}>»/", r) }

// separates says whether the character at i ends what stands before it. A hyphen does not within a Latin name, nor a stroke within
// an Arabic word.
func (t reader) separates(l line, i int) bool {
	r := t.runes[i]
	if !strings.ContainsRune(separators, r) {
		return false
	}
	if i == l.start || i+1 == l.end {
		return true
	}
	before, after := t.runes[i-1], t.runes[i+1]
	switch r {
	case 'ـ':
		return unicode.IsSpace(before) || unicode.IsSpace(after)
	case '-', '‒', '–':
		return !isLatin(before) || !isLatin(after)
	}
	return true
}

func isLatin(r rune) bool { return unicode.Is(unicode.Latin, r) || unicode.IsDigit(r) }

// word is where a word stands, and its folded letters.
type word struct {
	start, end int
	folded     string
}

func (t reader) words(start, end int) []word {
	var words []word
	for i := start; i < end; {
		if unicode.IsSpace(t.runes[i]) {
			i++
			continue
		}
		from := i
		for i < end && !unicode.IsSpace(t.runes[i]) {
			i++
		}
		words = append(words, word{from, i, fold.Text(t.text(from, i))})
	}
	return words
}
