package headwater

import (
	"index/suffixarray"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Selector points to words in a document's text: a W3C TextPositionSelector and TextQuoteSelector in one (Web
// Annotation Data Model §4.2.4 and §4.2.5). Offsets count Unicode code points from 0; the end is exclusive.
type Selector struct {
	Start  int    `json:"start" minimum:"0" doc:"Offset of the first character, in Unicode code points from 0." example:"546"`
	End    int    `json:"end" minimum:"1" doc:"Offset after the last character, in Unicode code points." example:"618"`
	Exact  string `text:"verbatim" json:"exact" minLength:"1" maxLength:"100000" doc:"The words, exactly as they stand in the text." example:"more than a million shells"`
	Prefix string `text:"verbatim" json:"prefix,omitempty" maxLength:"1000" doc:"Words just before, to find the quote again if the text has moved." example:"the agency believes "`
	Suffix string `text:"verbatim" json:"suffix,omitempty" maxLength:"1000" doc:"Words just after, to find the quote again if the text has moved." example:" since August"`
}

// Nowhere is a position that no text has: a quote that stands there is looked for.
const Nowhere = 1 << 30

func (s *Selector) check(c *checker, at Pointer) {
	if s == nil {
		return
	}
	length := utf8.RuneCountInString(s.Exact)
	switch {
	case s.Exact == "":
		c.add(at.Field("exact"), FaultRequired, nil, "the words at that place")
	case s.Start < 0:
		c.add(at.Field("start"), FaultRange, s.Start, "0 or more")
	case s.End-s.Start != length:
		c.add(at.Field("end"), FaultRange, s.End, "start plus the length of exact in code points, "+strconv.Itoa(s.Start+length))
	}
}

// IndexedText is a document's text with an index of code points, so that slicing it many times is cheap. It is for one goroutine at a
// time, since an index of its words is made once many quotes have been looked for.
type IndexedText struct {
	text string
	// offsets[i] is the byte offset of code point i*offsetEvery.
	offsets  []int
	length   int
	searches int // that went through the text
	hints    int // how often it was gone through for what is most like a quote
	words    *suffixarray.Index
}

const offsetEvery = 64

// NewIndexedText indexes a text.
func NewIndexedText(text string) *IndexedText {
	t := &IndexedText{text: text}
	for offset := range text {
		if t.length%offsetEvery == 0 {
			t.offsets = append(t.offsets, offset)
		}
		t.length++
	}
	return t
}

// Len is the length in code points.
func (t *IndexedText) Len() int { return t.length }

// Slice returns the text from start to end, in code points, and whether both lie within the text.
func (t *IndexedText) Slice(start, end int) (string, bool) {
	if start < 0 || end < start || end > t.length {
		return "", false
	}
	return t.text[t.byteAt(start):t.byteAt(end)], true
}

func (t *IndexedText) byteAt(point int) int {
	if point == t.length {
		return len(t.text)
	}
	offset := t.offsets[point/offsetEvery]
	for range point % offsetEvery {
		_, size := utf8.DecodeRuneInString(t.text[offset:])
		offset += size
	}
	return offset
}

// Anchor returns the selector as it is if its words are at its position, and with a corrected position if the quote with its
// prefix and suffix is found exactly once elsewhere. ok is false if neither holds.
func (t *IndexedText) Anchor(s Selector) (anchored Selector, ok bool) {
	anchored, found := t.anchor(s)
	return anchored, found == once
}

// occurrences is how often a quote stands in a text.
type occurrences int

const (
	never occurrences = iota
	once
	often
)

// anchor is Anchor, with how often the quote was found.
func (t *IndexedText) anchor(s Selector) (anchored Selector, found occurrences) {
	if words, within := t.Slice(s.Start, s.End); within && words == s.Exact {
		return s, once
	}
	if s.Exact == "" {
		return s, never
	}
	at, found := t.find(s.Prefix + s.Exact + s.Suffix)
	if found == once {
		s.Start = t.pointAt(at + len(s.Prefix))
		s.End = s.Start + utf8.RuneCountInString(s.Exact)
	}
	return s, found
}

// maxSearches is how many times a text is gone through for quotes that have moved. To index its words takes about as long.
const maxSearches = 100

// find is how often a quote stands in the text, and its byte offset where that is once.
func (t *IndexedText) find(quote string) (at int, found occurrences) {
	if t.searches < maxSearches {
		t.searches++
		at = strings.Index(t.text, quote)
		switch {
		case at < 0:
			return 0, never
		case strings.Contains(t.text[at+firstRune(quote):], quote):
			return 0, often
		}
		return at, once
	}
	if t.words == nil {
		t.words = suffixarray.New([]byte(t.text))
	}
	places := t.words.Lookup([]byte(quote), int(often))
	if len(places) != int(once) {
		return 0, occurrences(len(places))
	}
	return places[0], once
}

// pointAt is how many code points stand before a byte offset.
func (t *IndexedText) pointAt(offset int) int {
	after, _ := slices.BinarySearch(t.offsets, offset+1)
	block := after - 1
	return block*offsetEvery + utf8.RuneCountInString(t.text[t.offsets[block]:offset])
}

// firstRune is the size of the first character: the search goes on behind it, to find overlapping occurrences too.
func firstRune(s string) int {
	_, size := utf8.DecodeRuneInString(s)
	return size
}

// maxHints is for how many quotes that stand nowhere a text is gone through for what is most like them.
const maxHints = 10

// nearest is the stretch of the text that has the most words of a quote, which stands nowhere, among as many words as the quote has;
// empty if that is not half of them. Letter case, marks and what stands between words do not count.
func (t *IndexedText) nearest(quote string) string {
	if t.hints++; t.hints > maxHints {
		return ""
	}
	missing, length := map[string]int{}, 0 // how often each word of the quote is not in the window
	for w := range wordsOf(quote) {
		missing[w.folded]++
		length++
	}
	var window []word
	var from, to int // of the best window
	common, most := 0, (length-1)/2
	for w := range wordsOf(t.text) {
		if window = append(window, w); len(window) > length {
			if left, asked := missing[window[0].folded]; asked {
				missing[window[0].folded]++
				if left >= 0 {
					common--
				}
			}
			window = window[1:]
		}
		if left, asked := missing[w.folded]; asked {
			missing[w.folded]--
			if left > 0 {
				common++
			}
		}
		if common > most {
			most, from, to = common, window[0].start, w.end
		}
	}
	start, end := to, to
	for w := range wordsOf(t.text[from:to]) {
		if _, asked := missing[w.folded]; asked {
			start, end = min(start, from+w.start), from+w.end
		}
	}
	return t.text[start:end]
}

// word is one word of a text: where it stands, in bytes, and its small letters without marks.
type word struct {
	start, end int
	folded     string
}

// wordsOf gives the words of a text: the runs of letters, digits and marks.
func wordsOf(text string) iter.Seq[word] {
	return func(yield func(word) bool) {
		for at := 0; at < len(text); {
			start := strings.IndexFunc(text[at:], isOfWord)
			if start < 0 {
				return
			}
			start += at
			end := strings.IndexFunc(text[start:], func(r rune) bool { return !isOfWord(r) })
			if end < 0 {
				end = len(text) - start
			}
			at = start + end
			folded := strings.Map(func(r rune) rune {
				if unicode.IsMark(r) {
					return -1
				}
				return unicode.ToLower(r)
			}, text[start:at])
			if !yield(word{start, at, folded}) {
				return
			}
		}
	}
}

func isOfWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
