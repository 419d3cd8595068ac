package history

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Now is the cursor of who wants to follow the history from now on.
const Now = "now"

// Changes lists the history in its order, as far as it has one: a follower that keeps NextCursor, which is set on the last page too,
// misses nothing that commits late. Newest first, the last page has none.
func (l *Log) Changes(ctx context.Context, f headwater.ChangeFilter, p pg.Paging) (pg.Page[headwater.Change], error) {
	page := pg.Page[headwater.Change]{Items: []headwater.Change{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	if p.Cursor == Now && !f.Descending {
		last, err := l.LastSeq(ctx)
		if err != nil {
			return page, err
		}
		page.NextCursor, err = pg.EncodeCursor(f, []string{fmt.Sprint(last)})
		return page, err
	}
	w, place, err := where(f, p.Cursor)
	if err != nil {
		return page, err
	}
	order := "s.seq"
	if f.Descending {
		order = "s.seq DESC"
	}
	more, err := page.Read(ctx, l.db, p.Limit, changesSQL(w, order, p.Limit+1), w.Args...)
	if err != nil {
		return page, err
	}
	if len(place) > 0 && (f.Descending || len(page.Items) == 0) {
		if err := l.reached(ctx, p.Cursor, place[0], f.Descending); err != nil {
			return page, err
		}
	}
	switch {
	case len(page.Items) == 0 && (p.Cursor != "" || f.Descending):
		page.NextCursor = p.Cursor
	case more || !f.Descending:
		seq := f.After // of a first page, of what was not done yet
		if n := len(page.Items); n > 0 {
			seq = page.Items[n-1].Seq
		}
		page.NextCursor, err = pg.EncodeCursor(f, append([]string{fmt.Sprint(seq)}, place[min(1, len(place)):]...))
	}
	return page, err
}

// reached refuses a page after a place that the order has not come to. Newest first, the next place is one: all changes come after it.
func (l *Log) reached(ctx context.Context, cursor, place string, descending bool) error {
	field := headwater.Pointer("/after")
	if cursor != "" {
		field = "/cursor"
	}
	seq, err := strconv.ParseInt(place, 10, 64)
	if err != nil {
		return err
	}
	last, err := l.LastSeq(ctx)
	if err != nil || descending && seq == last+1 {
		return err
	}
	return CheckPlace(field, seq, last)
}

// CheckPlace refuses a place that the order has not come to: the database that it is from was replaced by an older copy, and who goes on
// from there would take one history for another.
func CheckPlace(field headwater.Pointer, place, last int64) error {
	if place <= last {
		return nil
	}
	return headwater.Faults{headwater.NewFault(field, headwater.FaultRange, place,
		fmt.Sprintf("0 to %d, the place of the last change", last))}
}

// readableState is the state of a change as all may read it: that of a key, which is for its administrators, says whose it is.
var readableState = fmt.Sprintf("CASE t.resource WHEN '%s' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name') "+
	"ELSE t.state END AS state", headwater.ResourceKey)

// changesSQL selects changes that fulfill some conditions.
func changesSQL(w *pg.Where, order string, limit int) string {
	return fmt.Sprintf(`SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
		nullif(t.group_id, '%s') AS "group", t.operation, t.resource, t.resource_id, t.from_version, t.to_version, t.reason, %s
		FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change%s ORDER BY %s LIMIT %d`,
		uuid.Nil, readableState, w, order, limit)
}

// LastSeq is the place of the last change in the order; 0 where there is none.
func (l *Log) LastSeq(ctx context.Context) (seq int64, err error) {
	err = l.db.Pool.QueryRow(ctx, "SELECT coalesce(max(seq), 0) FROM sequenced").Scan(&seq)
	return seq, pg.Interpret(err)
}

// ChangesBetween lists changes with places after one and up to another, in their order, and says whether there are more of them than it
// lists. It looks at a bounded part of the history, however rare what the filter includes is in it.
func (l *Log) ChangesBetween(ctx context.Context, f headwater.ChangeFilter, after, upTo int64, limit int) (changes []headwater.Change,
	more bool, err error) {
	w := conditions(f)
	w.Add("s.seq > ? AND s.seq <= ?", after, upTo)
	var page pg.Page[headwater.Change]
	more, err = page.Read(ctx, l.db, limit, changesSQL(w, "s.seq", limit+1), w.Args...)
	return page.Items, more, err
}

// conditions are those of a filter; headwater.ChangeFilter has them in Go.
func conditions(f headwater.ChangeFilter) *pg.Where {
	w := &pg.Where{}
	pg.AddIf(w, "t.resource = ?", f.Resource)
	pg.AddIf(w, "t.resource_id = ?", f.ResourceID)
	pg.AddIf(w, "t.actor = ?", f.Actor)
	pg.AddIf(w, "t.operation = ?", f.Operation)
	if f.Group != uuid.Nil {
		w.Add(fmt.Sprintf("t.group_id = ? AND t.group_id <> '%s'", uuid.Nil), f.Group) // as the index says
	}
	return w
}

// where gives the conditions of a page, and the place after which it begins, if any. A cursor of the version before names the transaction
// and the change that a page ended with. What comes after them in that order was not given yet, wherever it stands in this one; so the
// cursors that follow name them too, and so do the values.
func where(f headwater.ChangeFilter, cursor string) (w *pg.Where, values []string, err error) {
	w = conditions(f)
	if cursor == Now {
		return w, nil, nil
	}
	values, err = pg.DecodeCursor(f, cursor, pg.SeqValue)
	if err != nil {
		values, err = pg.DecodeCursor(f, cursor, pg.SeqValue, pg.NumberValue, pg.UUIDValue)
	}
	if err != nil && !f.Descending {
		values, err = pg.DecodeCursor(f, cursor, pg.NumberValue, pg.UUIDValue)
		values = slices.Concat([]string{"0"}, values)
	}
	if err == nil && values == nil && f.After > 0 {
		values = []string{fmt.Sprint(f.After)}
	}
	if err != nil || values == nil {
		return w, nil, err
	}
	comparison := ">"
	if f.Descending {
		comparison = "<"
	}
	w.Add("s.seq "+comparison+" ?::text::bigint", values[0])
	if len(values) > 1 {
		w.Add("(s.xid, s.change) > (?::text::xid8, ?::text::uuid)", values[1], values[2])
	}
	return w, values, nil
}
