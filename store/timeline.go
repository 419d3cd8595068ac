package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/pg"
)

// TimelineEntry is one appearance of a claim.
type TimelineEntry struct {
	Attribution uuid.UUID        `json:"attribution" format:"uuid" doc:"Where the claim is made." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Document    uuid.UUID        `json:"document" format:"uuid" doc:"The document that it is made in." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Publisher   uuid.UUID        `json:"publisher" format:"uuid" doc:"The chain's first source." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Origin      uuid.UUID        `json:"origin" format:"uuid" doc:"The chain's last source." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Stance      headwater.Stance `json:"stance" doc:"The stance taken." example:"affirms"`
	Earliest    headwater.Moment `json:"earliest,omitempty" doc:"Not before; missing if that is not known." example:"2024-04-01"`
	Latest      headwater.Moment `json:"latest,omitempty" doc:"Not after; missing if that is not known." example:"2024-08-31"`
	FirstAt     *time.Time       `json:"-"`

	// Claim, Side, Via and Withdrawn are of what the report on a claim counts.
	Claim     uuid.UUID              `json:"claim,omitzero" format:"uuid" db:"-" doc:"With scope=evidence, the claim that is made there." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Side      provenance.CountedSide `json:"side,omitempty" db:"-" doc:"With scope=evidence, the side of the report that it counts on, or questioning." example:"denying"`
	Via       []uuid.UUID            `json:"via,omitzero" db:"-" doc:"With scope=evidence, the links that brought it in, from the claim in question outwards." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Withdrawn bool                   `json:"withdrawn,omitempty" db:"-" doc:"With include_withdrawn, true if its document was retracted, or a source that its walk passes: it does not count." example:"false"`
}

// EvidenceTimeline says which timeline of what the report on a claim counts is meant.
type EvidenceTimeline struct {
	Claim               uuid.UUID
	Order               TimelineOrder
	Proposed, Withdrawn bool  // whether what is only proposed, and what was withdrawn, is on it
	At                  int64 // a place of the order of changes; 0 is now
}

// TimelineOrder is what a timeline goes by.
type TimelineOrder string

const (
	ByPublication TimelineOrder = "published" // when the document came out
	BySaying      TimelineOrder = "said_at"   // when the origin said it
)

// Values lists the orders.
func (TimelineOrder) Values() []string { return []string{string(ByPublication), string(BySaying)} }

// timelineDates is where each order finds its dates.
var timelineDates = map[TimelineOrder]string{ByPublication: "d.published", BySaying: "a.chain -> -1 -> 'said_at'"}

// undatedLast sorts what is not dated last.
const undatedLast = "infinity"

// Timeline lists the accepted appearances of a claim, first to last, those that are not dated at the end.
func (s *Store) Timeline(ctx context.Context, claim uuid.UUID, order TimelineOrder, p Paging) (Page[TimelineEntry], error) {
	page := Page[TimelineEntry]{Items: []TimelineEntry{}}
	if _, err := s.Claim(ctx, claim); err != nil {
		return page, err
	}
	if err := p.Check(); err != nil {
		return page, err
	}
	question := []string{"timeline", claim.String(), string(order)}
	after, err := pg.DecodeCursor(question, p.Cursor, pg.TimeValue, pg.UUIDValue)
	if err != nil {
		return page, err
	}
	w := &pg.Where{}
	w.Add("a.claim_id = ? AND a.status = 'accepted'", claim)
	outer := &pg.Where{Args: w.Args}
	if after != nil {
		outer.Add("(coalesce(first_at, 'infinity'), attribution) > (?::text::timestamptz, ?::text::uuid)", after[0], after[1])
	}
	page.Items, err = pg.Many[TimelineEntry](ctx, s.Pool,
		strings.NewReplacer("{dates}", timelineDates[order]).Replace(fmt.Sprintf(`SELECT * FROM (
			SELECT a.id AS attribution, a.document_id AS document, a.publisher, a.source_ids[cardinality(a.source_ids)] AS origin, a.stance,
				coalesce({dates} ->> 'earliest', '') AS earliest, coalesce({dates} ->> 'latest', '') AS latest,
					moment_first({dates} ->> 'earliest') AS first_at
			FROM attributions AS a JOIN documents AS d ON d.id = a.document_id%s) AS dated%s
		ORDER BY coalesce(first_at, 'infinity'), attribution LIMIT %d`, w, outer, p.Limit+1)), outer.Args...)
	if err != nil {
		return page, pg.Interpret(err)
	}
	if len(page.Items) > p.Limit {
		page.Items = page.Items[:p.Limit]
		last := page.Items[p.Limit-1]
		at := undatedLast
		if last.FirstAt != nil {
			at = pg.FormatTime(*last.FirstAt)
		}
		page.NextCursor, err = pg.EncodeCursor(question, []string{at, last.Attribution.String()})
	}
	return page, err
}

// CountedTimeline is what the report on a claim counts, in the order that [Store.Timeline] has. What counts on both sides comes twice,
// the affirming side first.
func CountedTimeline(order TimelineOrder, counted []provenance.Counted) []TimelineEntry {
	entries := make([]TimelineEntry, len(counted))
	for i, c := range counted {
		dated := c.Published
		if order == BySaying {
			dated = c.LastSaid()
		}
		entries[i] = TimelineEntry{
			Attribution: c.ID, Document: c.Document, Publisher: c.Chain[0], Origin: c.Chain[len(c.Chain)-1], Stance: c.Stance,
			Claim: c.Claim, Side: c.Side, Via: c.Via, Withdrawn: c.Withdrawn,
		}
		entries[i].date(dated)
	}
	return inOrder(entries)
}

// date says when.
func (e *TimelineEntry) date(dated headwater.Interval) {
	e.Earliest, e.Latest = dated.Earliest, dated.Latest
	if at := dated.Earliest.Earliest(); !at.IsZero() {
		e.FirstAt = &at
	}
}

func inOrder(entries []TimelineEntry) []TimelineEntry {
	slices.SortFunc(entries, func(x, y TimelineEntry) int { return strings.Compare(x.place(), y.place()) })
	return entries
}

// Page gives a page of the entries of the timeline, whose cursors hold for no other one.
func (t EvidenceTimeline) Page(entries []TimelineEntry, p Paging) (Page[TimelineEntry], error) {
	names := []string{"timeline of evidence", t.Claim.String(), string(t.Order)}
	if t.Proposed {
		names = append(names, "with proposed")
	}
	if t.Withdrawn {
		names = append(names, "with withdrawn")
	}
	var question any = names
	if t.At > 0 {
		question = pastQuestion{question, t.At}
	}
	return pg.PageOf(question, p, entries, TimelineEntry.place)
}

// place is where an entry stands in a counted timeline, as text.
func (e TimelineEntry) place() string {
	return e.firstAt() + " " + e.Attribution.String() + " " + string(e.Side)
}

// Size is about how many bytes an entry takes.
func (e TimelineEntry) Size() int {
	fixed := unsafe.Sizeof(e) + unsafe.Sizeof(time.Time{})
	return int(fixed) + len(e.Earliest) + len(e.Latest) + len(e.Via)*int(unsafe.Sizeof(uuid.UUID{}))
}

// firstAt is FirstAt as text, which sorts as the times do.
func (e TimelineEntry) firstAt() string {
	if e.FirstAt == nil {
		return undatedLast
	}
	return e.FirstAt.UTC().Format("2006-01-02T15:04:05.000000000Z")
}
