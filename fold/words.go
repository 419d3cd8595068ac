package fold

import (
	"slices"
	"strings"
	"unicode"
)

// Word is where a word stands in a text, in code points, and which terms it has. A word such as U.S. or 7,000 has one, one such as
// ½ several, and a particle alone none.
type Word struct {
	Start, End int
	Terms      []string
}

// Words are the words of a text in order. Their terms are those of the text.
func Words(text string) []Word {
	runes := []rune(text)
	var words []Word
	last := 0 // where the last part of the last word begins
	for _, part := range partsOf(runes) {
		part.Terms = Terms(string(runes[part.Start:part.End]))
		if n := len(words) - 1; n >= 0 && joined(runes, last, words[n].End, part) {
			words[n].End, words[n].Terms = part.End, nil // of the whole word, once it is known
		} else {
			words = append(words, part)
		}
		last = part.Start
	}
	for i, word := range words {
		if word.Terms == nil {
			words[i].Terms = Terms(string(runes[word.Start:word.End]))
		}
	}
	return words
}

// partsOf cuts a text into what nothing but letters, digits and the marks on them is in, and between an Arabic letter and a digit.
func partsOf(runes []rune) []Word {
	var parts []Word
	inside := false
	var before rune // the last one that was kept
	for i, r := range runes {
		if !isKept(r) {
			inside = inside && unseen(r)
			if inside {
				parts[len(parts)-1].End = i + 1
			}
			continue
		}
		if !inside || betweenArabicAndDigit(before, r) {
			parts = append(parts, Word{Start: i})
		}
		inside, before = true, r
		parts[len(parts)-1].End = i + 1
	}
	return parts
}

// isKept says whether something is left of a character once it is folded.
func isKept(r rune) bool {
	switch {
	case unseen(r):
		return false
	case unicode.IsLetter(r) || unicode.IsNumber(r):
		return true
	}
	return r >= 0x80 && Text(string(r)) != "" // such as ℃
}

func betweenArabicAndDigit(a, b rune) bool {
	_, first := digitOf(a)
	_, second := digitOf(b)
	return first && !second && unicode.Is(unicode.Arabic, b) || second && !first && unicode.Is(unicode.Arabic, a)
}

// joined says whether a part belongs to the word before it, of which the last part begins and ends at these places: whether both
// mean something else together. Only a single sign between two parts joins them.
func joined(runes []rune, start, end int, part Word) bool {
	between := slices.DeleteFunc(slices.Clone(runes[end:part.Start]), unseen)
	if len(between) != 1 || strings.ContainsRune(" \t\n\r", between[0]) {
		return false
	}
	apart := slices.Concat(Terms(string(runes[start:end])), part.Terms)
	return !slices.Equal(apart, Terms(string(runes[start:part.End])))
}
