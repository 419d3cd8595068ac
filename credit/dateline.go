package credit

import (
	"slices"
	"strings"
	"unicode"
)

// regions have the short form of a wire, and stand after the name of a town: HYDERABAD, AP is in Andhra Pradesh. The wires have theirs in
// brackets.
var regions = map[string]bool{"AP": true, "PA": true}

// dateline gives the wires of a dateline at the begin of a line.
func (t reader) dateline(l line) []span {
	end := min(l.end, l.start+maxDateline)
	segments := t.segments(line{l.start, end})
	var spans []span
	for i, s := range segments {
		if s.end == end && end < l.end {
			break // cut
		}
		named := t.named(s, i)
		if s.before == ',' && regions[t.text(s.start, s.end)] {
			named = nil
		}
		if len(named) == 0 && isDash(s.after) {
			named = t.dated(s)
		}
		if i == 0 && len(named) > 0 && isOpening(s.after) && s.after != '/' {
			break // a wire and its short form: the sentence is about it
		}
		if len(named) == 0 {
			if len(spans) > 0 || i >= 5 || !t.isPlaceOrName(s, 5) {
				break
			}
			continue
		}
		spans = append(spans, named...)
		if t.endsDateline(segments, i, l) {
			return spans
		}
	}
	return nil
}

// endsDateline says whether a dateline ends with the segment i, which names a wire, and the text follows.
func (t reader) endsDateline(segments []segment, i int, l line) bool {
	s := segments[i]
	if i+1 == len(segments) {
		return false // a line of its own is a byline
	}
	next := segments[i+1]
	words := t.words(next.start, next.end)
	if len(words) < 2 && next.after != 0 && len(t.only(next.start, next.end)) > 0 {
		return false // another wire
	}
	if len(words) > 0 && explanations[words[0].folded] && !unicode.IsUpper(t.runes[words[0].start]) && !isOpening(s.before) {
		return false
	}
	switch {
	case isDash(s.after):
		return true
	case s.after == ':':
		return i > 0
	case isClosing(s.after) && i == 0:
		return isOpening(s.before) && len(words) > 0 && !unicode.IsLower(t.runes[words[0].start])
	case isClosing(s.after):
		return t.isCapital(segments[0].start, segments[0].end) || t.hasDigit(segments[0].start, segments[i-1].end)
	}
	return i > 0 && s.after == '|'
}

// hasDigit says whether a digit stands there, as in a date.
func (t reader) hasDigit(start, end int) bool {
	return slices.ContainsFunc(t.runes[start:end], unicode.IsDigit)
}

// isCapital says whether Latin letters stand there, and all are capitals.
func (t reader) isCapital(start, end int) bool {
	text := t.text(start, end)
	return text == strings.ToUpper(text) && text != strings.ToLower(text)
}
