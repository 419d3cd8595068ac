package credit

import (
	"slices"
	"strings"
	"unicode"
)

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

var (
	// dateBegins are words that begin a line which says when a text was changed: Updated May 5, 2024 | Reuters.
	dateBegins = foldedSet("updated published posted modified update تحديث")
	// textBegins are words that begin a line which says from whom the text is, and perhaps from whom the pictures.
	textBegins = foldedSet("text story words report reporting النص نص الخبر خبر")
	// roles are what a reporter is called who writes for a wire, and fields what for: AP Sports Writer.
	roles  = foldedSet("writer writers reporter reporters correspondent correspondents editor")
	fields = foldedSet("sports business political politics science technology economics entertainment health medical education religion " +
		"legal national world international diplomatic staff special senior chief")
)

// ofText gives the wires from which the text is, of a line that says so: Text by Reuters, photos by our staff.
func (t reader) ofText(l line) []span {
	segments := t.segments(l)
	if len(segments) == 0 {
		return nil
	}
	words := t.words(segments[0].start, segments[0].end)
	switch {
	case !textBegins[words[0].folded] || t.hasPicture(line{segments[0].start, segments[0].end}):
	case len(words) > 2 && words[1].folded == "by":
		return t.only(words[2].start, segments[0].end)
	case len(words) == 1 && segments[0].after == ':' && len(segments) > 1:
		return t.only(segments[1].start, segments[1].end)
	}
	return nil
}

// isOfPicture says whether a line is the credit of a picture: REUTERS/Jane Doe.
func (t reader) isOfPicture(l line) bool {
	if t.hasPicture(l) {
		return true
	}
	segments := t.segments(l)
	if len(segments) != 2 || segments[1].before != '/' || len(t.only(segments[0].start, segments[0].end)) == 0 {
		return false
	}
	who := t.words(segments[1].start, segments[1].end)
	return len(who) > 1 && unicode.IsUpper(t.runes[who[0].start]) && len(t.only(segments[1].start, segments[1].end)) == 0 &&
		t.isPlaceOrName(segments[1], 4)
}

// byline gives the wires of a line above the text that says nothing but who wrote it, and where and when.
func (t reader) byline(l line, first bool) (spans []span) {
	words := t.words(l.start, l.end)
	if len(words) > 14 {
		return nil
	}
	if spans := t.ofText(l); len(spans) > 0 {
		return spans
	}
	if t.isOfPicture(l) {
		return nil
	}
	begins := words[0].folded
	if (begins == "last" || begins == "اخر") && len(words) > 1 { // Last updated, «آخر تحديث»
		begins = words[1].folded
	}
	begun := bylineBegins[words[0].folded] || dateBegins[begins] && t.hasDigit(l.start, l.end)
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
			named = slices.Concat(t.belonging(s), t.titled(s))
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
		if i > 0 && belongings[w.folded] && t.isPlaceOrName(segment{start: s.start, end: words[i-1].end}, 6) {
			return t.only(words[i+1].start, s.end)
		}
	}
	return nil
}

// titled is the wire whose reporter somebody is called, without anything between: By JANE DOE AP Sports Writer.
func (t reader) titled(s segment) []span {
	words := t.words(s.start, s.end)
	if !roles[words[len(words)-1].folded] {
		return nil
	}
	for i := 2; i < len(words)-1; i++ {
		if spans := t.only(words[i].start, s.end); len(spans) > 0 && t.isPlaceOrName(segment{start: s.start, end: words[i-1].end}, 6) {
			return spans
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
