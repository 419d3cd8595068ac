// Package credit finds the news agencies that an article credits as where it has its text from: in its metadata, its dateline, its
// byline and its closing lines, in Arabic and English, and by their common forms in French, German and Spanish. A wire that the
// article quotes or writes about is not credited, nor is one whose picture it shows, nor the publisher itself.
//
// It must not know where articles and sources are stored, nor what follows from a credit.
package credit

import (
	"fmt"
	"slices"
)

// Article is what is looked at of a document.
type Article struct {
	Title, Text string
	Authors     []string
	Publisher   []string // its names
}

// Place is where in an article a credit stands.
type Place string

const (
	Metadata Place = "metadata" // a name of an author
	Dateline Place = "dateline" // before the first sentence: LONDON (Reuters) -
	Byline   Place = "byline"   // a line above the text
	Closing  Place = "closing"  // a line below the text, or what ends it
)

// Credit is one wire that an article credits, and where.
type Credit struct {
	Wire       string // its first name in the table, or of the source; Unnamed where agencies are credited without their names
	Written    string // as the article writes it; of Reuters' note of who wrote and edited, the note
	Place      Place
	Author     int // the number of the author in the list, from 0, where it is in the metadata
	Start, End int // where that is, in code points: of the text, or of the author's name
}

// String says in words what is credited where.
func (c Credit) String() string {
	where := fmt.Sprintf("in its %s, characters %d to %d", c.Place, c.Start, c.End)
	if c.Place == Metadata {
		where = fmt.Sprintf("as author %d", c.Author+1)
	}
	return fmt.Sprintf("credits %s %s (“%s”)", c.Wire, where, c.Written)
}

// Find gives the credits of an article: of each wire the first in each place.
func (n *Names) Find(a Article) []Credit {
	found := []Credit{}
	keep := func(place Place, author int, runes []rune, spans []span) {
		for _, s := range spans {
			again := slices.ContainsFunc(found, func(c Credit) bool { return c.Wire == s.wire && c.Place == place })
			if !again && !n.IsCalled(s.wire, a.Publisher) {
				found = append(found, Credit{s.wire, string(runes[s.start:s.end]), place, author, s.start, s.end})
			}
		}
	}
	for i, author := range a.Authors {
		t := newReader(n, a.Publisher, []rune(author))
		keep(Metadata, i, t.runes, t.ofAuthor())
	}
	t := newReader(n, a.Publisher, []rune(a.Text))
	body := 0 // where the first paragraph begins
	for i, line := range t.firstLines(a.Title) {
		body = line.start
		if spans := t.dateline(line); len(spans) > 0 {
			keep(Dateline, 0, t.runes, spans)
			break
		}
		spans := t.byline(line, i == 0)
		if keep(Byline, 0, t.runes, spans); len(spans) == 0 && t.isParagraph(line) {
			break
		}
	}
	for i, line := range t.lastLines() {
		if line.start >= body {
			keep(Closing, 0, t.runes, t.closing(line, i == 0))
		}
	}
	return found
}
