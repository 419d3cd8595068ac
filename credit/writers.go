package credit

import (
	"slices"
	"strings"
	"unicode"

	"github.com/headwater-project/headwater/fold"
)

// desks are words for who wrote a text without a name: Staff and agencies, «فريق التحرير ووكالات».
var desks = foldedSet(`staff desk newsroom team editor editors editorial reporter reporters correspondent correspondents writer writers
	bureau web online our monitoring
	فريق هيئة تحرير التحرير المحرر محرر المحررون المحررين محررون متابعة متابعات خاص قسم غرفة رصد مواقع المواقع صحف الصحف مراسل مراسلون
	مراسلو المراسل مراسلنا`)

// besideWriters gives the wires that a segment names beside who wrote the text, joined by a word: Jane Doe and Reuters. Of a text in a
// script without capitals, in which a headline looks like a name, a person counts as a writer where isByline says that the line is one.
func (t reader) besideWriters(s segment, isByline bool) []span {
	words := t.words(s.start, s.end)
	if len(words) > 12 {
		return nil
	}
	for i := 1; i < len(words); i++ {
		start := words[i].start
		switch w := words[i]; {
		case (connectors[w.folded] || w.folded == "و") && i+1 < len(words):
			start = words[i+1].start
		case strings.HasPrefix(w.folded, "و") && w.end-w.start > 1: // written to the name
			start++
		default:
			continue
		}
		before, after := line{s.start, words[i-1].end}, line{start, s.end}
		if spans := t.only(after.start, after.end); len(spans) > 0 && t.isWriter(before, isByline) {
			return spans
		}
		if spans := t.only(before.start, before.end); len(spans) > 0 && t.isWriter(after, isByline) {
			return spans
		}
	}
	return nil
}

// isWriter says whether some words are who wrote a text: a desk, the publisher, or a person.
func (t reader) isWriter(l line, isByline bool) bool {
	words := t.words(l.start, l.end)
	for len(words) > 1 && introductions[words[0].folded] {
		words = words[1:]
	}
	if len(words) > 5 {
		return false
	}
	written := t.text(words[0].start, l.end)
	isLower := func(w word) bool {
		return unicode.IsLower(t.runes[w.start]) && !desks[w.folded] && !smallWords[w.folded]
	}
	isCapital := unicode.IsUpper(t.runes[words[0].start])
	switch {
	case slices.ContainsFunc(t.publisher, func(name string) bool { return fold.Same(name, written) }):
		return true
	case slices.ContainsFunc(words, isLower):
		return false
	case isLatin(t.runes[words[0].start]) && slices.ContainsFunc(words, func(w word) bool { return desks[w.folded] }):
		return true
	case desks[words[0].folded]:
		return len(words) <= 3
	}
	return (isByline || isCapital) && len(words) > 1 && t.isPlaceOrName(segment{start: words[0].start, end: l.end}, 4)
}
