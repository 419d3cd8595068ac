package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/search"
)

// orderedClaim is a claim with what it can be ordered by.
type orderedClaim struct {
	ClaimHit
	Width     int
	Rank      int
	Contested int
	Appeared  *time.Time
}

// standingOrder is an order of claims by the table of standings, highest first unless it ascends.
type standingOrder struct {
	column, cast string
	value        pg.ValueType
	of           func(orderedClaim) string // the value as cursors have it
	ascends      bool
}

// contestedSQL is how many attributions the side of a claim has that has fewer; there is an index on it.
const contestedSQL = "least(s.affirming, s.denying)"

// standingRankSQL is the place of a standing among all, from what is disputed to what is founded best; there is an index on it.
const standingRankSQL = `coalesce(array_position(
				'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
				s.standing), 0)`

func rankOf(c orderedClaim) string { return strconv.Itoa(c.Rank) }

// standingOrders has the orders as lists of claims name them: by how they stand, by the width of the interval of independent origins, by
// how many attributions the side has that has fewer, and by the newest publication among what counts.
var standingOrders = map[string]standingOrder{
	"standing":   {standingRankSQL, "int", pg.IntValue, rankOf, true},
	"-standing":  {standingRankSQL, "int", pg.IntValue, rankOf, false},
	"-width":     {"s.width", "int", pg.IntValue, func(c orderedClaim) string { return strconv.Itoa(c.Width) }, false},
	"-contested": {contestedSQL, "int", pg.IntValue, func(c orderedClaim) string { return strconv.Itoa(c.Contested) }, false},
	"-appeared": {"coalesce(s.appeared, '-infinity')", "timestamptz", pg.TimeValue, func(c orderedClaim) string {
		if c.Appeared == nil {
			return "-infinity"
		}
		return pg.FormatTime(*c.Appeared)
	}, false},
}

// standsSQL is the condition on how claims stand, of their rows in the table of standings; nothing where any will do.
func (f ClaimFilter) standsSQL(w *pg.Where) string {
	stands := pg.Where{Args: w.Args}
	if len(f.Standings) > 0 {
		stands.Add("s.standing = ANY (?)", f.Standings)
	}
	pg.AddIf(&stands, "s.width >= ?", f.MinWidth)
	pg.AddIf(&stands, "s.width < ?", f.WidthBelow)
	w.Args = stands.Args
	return strings.Join(stands.Conditions, " AND ")
}

// claimsByStanding lists the active claims that meet the conditions, and have all the words of Q where there are any, in an order of the
// table of standings. What was not worked out yet is not among them.
func (s *Store) claimsByStanding(ctx context.Context, f ClaimFilter, order standingOrder, w *pg.Where, p Paging) (Page[ClaimHit], error) {
	page := Page[ClaimHit]{Items: []ClaimHit{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	after, err := pg.DecodeCursor(f, p.Cursor, order.value, pg.UUIDValue)
	if err != nil {
		return page, err
	}
	w.Add("t.status = 'active'")
	if stands := f.standsSQL(w); stands != "" {
		w.Add(stands)
	}
	with, truncated := "", "false"
	if f.Q != "" {
		candidates, err := search.CandidatesSQL(pg.Claims, w, f.Q)
		if err != nil {
			return page, err
		}
		with = "WITH candidates AS MATERIALIZED (" + candidates + ")"
		truncated = fmt.Sprintf("(SELECT count(*) > %d FROM candidates)", pg.MaxRanked)
		w.Add("t.id IN (SELECT id FROM candidates)")
	}
	beyond, direction := "<", "DESC"
	if order.ascends {
		beyond, direction = ">", "ASC"
	}
	if after != nil {
		w.Add(fmt.Sprintf("(%s, s.claim_id) %s (?::text::%s, ?::text::uuid)", order.column, beyond, order.cast), after[0], after[1])
	}
	sql := fmt.Sprintf(`%[1]s SELECT %[2]s, 0::real AS score, false AS approximate, %[3]s AS truncated, s.width, %[4]s AS contested,
			%[5]s AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id%[6]s
			ORDER BY %[7]s %[8]s, s.claim_id %[8]s LIMIT %[9]d`,
		with, pg.Claims.Selected("t"), truncated, contestedSQL, standingRankSQL, w, order.column, direction, p.Limit+1)
	var found Page[orderedClaim]
	more, err := found.Read(ctx, s.DB, p.Limit, sql, w.Args...)
	if err != nil {
		return page, err
	}
	page = hitsOf(found, func(c orderedClaim) ClaimHit { return c.ClaimHit })
	page.Truncated = slices.ContainsFunc(found.Items, func(c orderedClaim) bool { return c.Truncated })
	if more {
		last := found.Items[len(found.Items)-1]
		if page.NextCursor, err = pg.EncodeCursor(f, []string{order.of(last), last.ID.String()}); err != nil {
			return page, err
		}
	}
	search.MarkWords(page.Items, f.Q)
	return page, nil
}
