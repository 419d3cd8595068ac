package standings

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/pg"
)

// StandingInterval is a standing with the interval of independent origins that affirm the claim.
type StandingInterval struct {
	Standing           provenance.Standing     `json:"standing" doc:"How the claim stands, in a word." example:"single_carrier"`
	IndependentOrigins provenance.Independence `json:"independent_origins" doc:"How many origins that affirm it are independent of one another."`
}

// StandingChange says that a claim came to stand otherwise.
type StandingChange struct {
	Seq              int64             `json:"seq" minimum:"1" doc:"Its place in the order of these entries, which has no gap; another order than that of changes." example:"317"`
	At               time.Time         `json:"at" doc:"When it was worked out." example:"2026-01-02T03:04:05Z"`
	Claim            uuid.UUID         `json:"claim" format:"uuid" doc:"The claim." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Before           *StandingInterval `json:"before,omitempty" doc:"How it stood; missing for a claim that had no standing, such as a new one."`
	After            *StandingInterval `json:"after,omitempty" doc:"How it stands; missing for a claim that has no standing any more, such as a retracted one."`
	AsOf             int64             `json:"as_of" minimum:"0" doc:"The seq of a change: all changes up to this one are taken into account." example:"1042"`
	AlgorithmVersion string            `json:"algorithm_version" doc:"The rules that it was worked out by; other rules can move a claim that nobody changed." example:"2"`
}

// ChangeFilter says which of these entries somebody wants to see.
type ChangeFilter struct {
	Claim uuid.UUID
	After int64 `json:"-"` // the place after which a list without a cursor begins
}

// Includes says whether an entry is one of them. StandingChangesBetween says the same in SQL.
func (f ChangeFilter) Includes(c StandingChange) bool {
	return f.Claim == uuid.Nil || f.Claim == c.Claim
}

const (
	// noteChangesSQL notes which of the claims that were worked on come to stand otherwise. It runs before their rows are written. Since
	// followers take turns, and the newest entry is never deleted, numbers have no gap.
	noteChangesSQL = `INSERT INTO standing_changes (seq, at, claim_id, as_of, algorithm, standing_before, min_before, max_before,
			exact_before, standing_after, min_after, max_after, exact_after)
		SELECT (SELECT coalesce(max(seq), 0) FROM standing_changes) + row_number() OVER (ORDER BY claim_id), $9::timestamptz,
			claim_id, $7::bigint, $8::text,
			before.standing, before.origins_min, before.origins_max, before.origins_exact,
			now.standing, now.origins_min, now.origins_max, now.origins_exact
		FROM (SELECT * FROM standings WHERE claim_id = ANY ($1::uuid[])) AS before
		FULL JOIN unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::boolean[])
			AS now (claim_id, standing, origins_min, origins_max, origins_exact) USING (claim_id)
		WHERE (before.standing, before.origins_min, before.origins_max, before.origins_exact)
			IS DISTINCT FROM (now.standing, now.origins_min, now.origins_max, now.origins_exact)`
	// forgetChangesSQL deletes the oldest entries, faster than a round makes new ones.
	forgetChangesSQL = `DELETE FROM standing_changes WHERE seq < (SELECT max(seq) FROM standing_changes) AND seq IN (
			SELECT seq FROM (SELECT seq, at FROM standing_changes ORDER BY seq LIMIT 1000) AS oldest WHERE at < now() - interval '30 days')`
)

// KeptStandingChanges gives the place after which all entries are kept, and that of the last one; 0 and 0 where there was none.
func (f *Follower) KeptStandingChanges(ctx context.Context) (after, last int64, err error) {
	err = f.db.Pool.QueryRow(ctx, "SELECT coalesce(min(seq) - 1, 0), coalesce(max(seq), 0) FROM standing_changes").Scan(&after, &last)
	return after, last, pg.Interpret(err)
}

// LastStandingChange is the place of the last entry; 0 where there is none.
func (f *Follower) LastStandingChange(ctx context.Context) (int64, error) {
	_, last, err := f.KeptStandingChanges(ctx)
	return last, err
}

// StandingChangesBetween lists entries with places after one and up to another, in their order, and says whether there are more of them
// than it lists.
func (f *Follower) StandingChangesBetween(ctx context.Context, filter ChangeFilter, after, upTo int64, limit int) (changes []StandingChange,
	more bool, err error) {
	w := &pg.Where{}
	w.Add("seq > ? AND seq <= ?", after, upTo)
	if filter.Claim != uuid.Nil {
		w.Add("claim_id = ?", filter.Claim)
	}
	var page pg.Page[changeRow]
	more, err = page.Read(ctx, f.db, limit, fmt.Sprintf(
		`SELECT seq, at, claim_id, as_of, algorithm, standing_before, min_before, max_before,
		exact_before, standing_after, min_after, max_after, exact_after FROM standing_changes%s ORDER BY seq LIMIT %d`, w, limit+1),
		w.Args...)
	changes = make([]StandingChange, len(page.Items))
	for i, r := range page.Items {
		changes[i] = StandingChange{r.Seq, r.At, r.ClaimID, intervalOf(r.StandingBefore, r.MinBefore, r.MaxBefore, r.ExactBefore),
			intervalOf(r.StandingAfter, r.MinAfter, r.MaxAfter, r.ExactAfter), r.AsOf, r.Algorithm}
	}
	return changes, more, err
}

// changeRow is a row of the table of these entries.
type changeRow struct {
	Seq                                      int64
	At                                       time.Time
	ClaimID                                  uuid.UUID
	AsOf                                     int64
	Algorithm                                string
	StandingBefore, StandingAfter            *provenance.Standing
	MinBefore, MaxBefore, MinAfter, MaxAfter *int
	ExactBefore, ExactAfter                  *bool
}

// intervalOf is a standing of a row, of which all is null or nothing.
func intervalOf(standing *provenance.Standing, least, most *int, exact *bool) *StandingInterval {
	if standing == nil {
		return nil
	}
	return &StandingInterval{*standing, provenance.Independence{Min: *least, Max: *most, Exact: *exact}}
}

// StandingChanges lists the entries that are kept, in their order. NextCursor is set on the last page too, for who follows them. Who
// comes back after so long that some are gone gets a fault.
func (f *Follower) StandingChanges(ctx context.Context, filter ChangeFilter, p pg.Paging) (page pg.Page[StandingChange], err error) {
	if err := p.Check(); err != nil {
		return page, err
	}
	after, last, err := f.KeptStandingChanges(ctx)
	if err != nil {
		return page, err
	}
	values, err := pg.DecodeCursor(filter, p.Cursor, pg.SeqValue)
	if err != nil {
		return page, err
	}
	place, field := filter.After, headwater.Pointer("/after")
	if values != nil {
		field = "/cursor"
		if _, err := fmt.Sscan(values[0], &place); err != nil {
			return page, err
		}
	}
	if place, err = StandingChangesAfter(field, place, after, last); err != nil {
		return page, err
	}
	var more bool
	if page.Items, more, err = f.StandingChangesBetween(ctx, filter, place, last, p.Limit); err != nil {
		return page, err
	}
	end := last // looked through up to here
	if more {
		end = page.Items[len(page.Items)-1].Seq
	}
	page.NextCursor, err = pg.EncodeCursor(filter, []string{fmt.Sprint(end)})
	return page, err
}

// StandingChangesAfter is the place after which to list the entries for who asks for those after a place, of which 0 is all that are kept.
// It refuses a place after which some are gone, and one beyond the last.
func StandingChangesAfter(field headwater.Pointer, place, kept, last int64) (int64, error) {
	if place == 0 {
		return kept, nil
	}
	if place < kept || place > last {
		return 0, headwater.Faults{headwater.NewFault(field, headwater.FaultRange, place,
			fmt.Sprintf("0 for all that are kept, or %d to %d: entries are kept for 30 days", max(1, kept), last))}
	}
	return place, nil
}
