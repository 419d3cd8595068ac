package interchange

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
)

// repeats are what the records of a file said of the things that it names, so that one that says otherwise of the same thing does not
// vanish behind the first. It is the same whenever the file is read.
type repeats struct{ said map[uuid.UUID]firstSaid }

type firstSaid struct {
	line    int
	content [8]byte
}

// maxRepeats is how many things of a file are kept track of.
const maxRepeats = 500_000

func newRepeats() *repeats { return &repeats{map[uuid.UUID]firstSaid{}} }

// otherwise is the record that first said something of a thing, where it said something else than this one does; else 0.
func (x *repeats) otherwise(line int, thing uuid.UUID, content any) int {
	if x == nil {
		return 0
	}
	text, err := json.Marshal(content)
	if err != nil {
		return 0
	}
	sum := sha256.Sum256(text)
	said := firstSaid{line, [8]byte(sum[:])}
	first, known := x.said[thing]
	switch {
	case !known && len(x.said) < maxRepeats:
		x.said[thing] = said
	case known && first.line != line && first.content != said.content:
		return first.line
	}
	return 0
}

// tellRepeat tells of a document of which an earlier record of the file has another title, text, date or authors.
func (r *record) tellRepeat(document uuid.UUID, p page, text string) {
	known, what := p.url, "address"
	if known == "" {
		known, what = p.title, "title, and no address"
	}
	first := r.repeats.otherwise(r.line, document, []any{p.title, hash(text), p.published, p.updated, p.authors})
	if first > 0 {
		r.note(p.at, known, fmt.Sprintf("record %d has the same %s, and says otherwise; the first with a text counts, or else with a date",
			first, what))
	}
}
