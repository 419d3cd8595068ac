package headwater

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Cut gives the part of a text between two offsets, as selectors have them: in code points from 0, the end exclusive.
func Cut(text string, start, end int) (string, error) {
	from := offset(text, start)
	if from >= 0 {
		if length := offset(text[from:], end-start); length >= 0 {
			return text[from : from+length], nil
		}
	}
	return "", fmt.Errorf("headwater: the span is %d to %d; expected one within the %d code points of the text", start, end,
		utf8.RuneCountInString(text))
}

// offset is how many bytes some code points take; -1 where the text has fewer.
func offset(text string, points int) int {
	met := 0
	for at := range text {
		if met == points {
			return at
		}
		met++
	}
	if met == points {
		return len(text)
	}
	return -1
}

// Select makes the selector of words that stand once in a text.
func Select(text, words string) (*Selector, error) {
	at := strings.Index(text, words)
	if words == "" || at < 0 {
		return nil, fmt.Errorf("headwater: %q is not in the text", words)
	}
	_, width := utf8.DecodeRuneInString(words)
	if strings.Contains(text[at+width:], words) {
		return nil, fmt.Errorf("headwater: %q is in the text more than once", words)
	}
	start := utf8.RuneCountInString(text[:at])
	return &Selector{Start: start, End: start + utf8.RuneCountInString(words), Exact: words}, nil
}

// New is the selector as a request has it, where the service finds the position of words that stand once by itself.
func (s *Selector) New() *NewSelector {
	return &NewSelector{Start: &s.Start, End: &s.End, Exact: s.Exact, Prefix: s.Prefix, Suffix: s.Suffix}
}
