package credit

import "strings"

// ofAuthor gives the wires of an author's name.
func (t reader) ofAuthor() (spans []span) {
	all := line{0, len(t.runes)}
	if t.hasPicture(all) {
		return nil
	}
	for i, s := range t.segments(all) {
		spans = append(spans, t.named(s, i)...)
		spans = append(spans, t.besideWriters(s, true)...)
		words := t.words(s.start, s.end)
		for i, w := range words[:max(0, len(words)-1)] {
			if i > 0 && belongings[w.folded] {
				spans = append(spans, t.only(words[i+1].start, s.end)...)
			}
		}
	}
	return spans
}

// isParagraph says whether a line is one of the text itself, before which bylines stand.
func (t reader) isParagraph(l line) bool {
	words := len(t.words(l.start, l.end))
	return words >= 8 || words >= 4 && l.end < len(t.runes) && strings.ContainsRune(".!?؟", t.runes[l.end])
}

// bylineBegins are words that begin a line which says from whom the text is.
var bylineBegins = foldedSet(`by from source sources credit via story written compiled copyright quelle fuente
	بقلم كتب كتبت المصدر مصدر المصادر نقلا عن إعداد وكالات متابعة بتصرف`)

// byline gives the wires of a line above the text that says nothing but who wrote it, and where and when.
func (t reader) byline(l line, first bool) (spans []span) {
	words := t.words(l.start, l.end)
	if len(words) > 14 || t.hasPicture(l) {
		return nil
	}
	begun := bylineBegins[words[0].folded]
	mostWords := 3
	if first && !begun {
		mostWords = 2 // a headline may stand there: طهران تستأنف المحادثات - رويترز
	}
	if begun {
		mostWords = 6
	}
	for i, s := range t.segments(l) {
		named := t.named(s, i)
		if len(named) == 0 && begun {
			named = t.belonging(s)
		}
		if len(named) == 0 {
			named = t.dated(s)
		}
		if len(named) == 0 {
			named = t.besideWriters(s, begun)
		}
		if len(named) == 0 && !t.isPlaceOrName(s, mostWords) {
			return nil
		}
		if len(named) > 0 && s.after == ':' && (!begun || i > 0) {
			return nil // whoever says what follows
		}
		spans = append(spans, named...)
	}
	return spans
}

// belonging is the wire for which somebody writes: By Jane Doe of The Associated Press.
func (t reader) belonging(s segment) []span {
	words := t.words(s.start, s.end)
	for i, w := range words[:max(0, len(words)-1)] {
		if i > 0 && belongings[w.folded] {
			return t.only(words[i+1].start, s.end)
		}
	}
	return nil
}

// dated is the wire that stands after a place and a date, without anything between: الرياض 05 مايو 2024 واس.
func (t reader) dated(s segment) []span {
	words := t.words(s.start, s.end)
	last := len(words) - 1
	if last < 2 || !t.hasDigit(s.start, words[last].start) ||
		!t.isPlaceOrName(segment{start: s.start, end: words[last-1].end}, 5) {
		return nil
	}
	return t.only(words[last].start, s.end)
}
