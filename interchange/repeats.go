package interchange

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// repeats are what the records of a file said of the things that it names, so that one that says otherwise of the same thing does not
// vanish behind the first. It is the same whenever the file is read.
type repeats struct{ said map[[16]byte]firstSaid }

type firstSaid struct {
	line    int
	content [8]byte
}

// maxRepeats is how many things of a file are kept track of.
const maxRepeats = 500_000

func newRepeats() *repeats { return &repeats{map[[16]byte]firstSaid{}} }

// otherwise is the record that first said something of the thing with a key, where it said something else than this one does; else 0.
func (x *repeats) otherwise(line int, key string, content any) int {
	if x == nil {
		return 0
	}
	text, err := json.Marshal(content)
	if err != nil {
		return 0
	}
	sum, name := sha256.Sum256(text), sha256.Sum256([]byte(key))
	said := firstSaid{line, [8]byte(sum[:])}
	first, known := x.said[[16]byte(name[:])]
	switch {
	case !known && len(x.said) < maxRepeats:
		x.said[[16]byte(name[:])] = said
	case known && first.line != line && first.content != said.content:
		return first.line
	}
	return 0
}

// tellRepeat tells of a document of which an earlier record of the file has another title, text, date or authors.
func (r *record) tellRepeat(p page, text string) {
	key, what := p.url, "address"
	if key == "" {
		key, what = p.title, "title, and no address"
	}
	first := r.repeats.otherwise(r.line, hash(p.publisher.host, p.publisher.name.text, pageAddress(key)),
		[]any{p.title, hash(text), p.published, p.updated, p.authors})
	if first > 0 {
		r.note(p.at, key, fmt.Sprintf("record %d has the same %s, and says otherwise; the first with a text counts, or else with a date",
			first, what))
	}
}
