package history

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// ChangeFilter says which changes to list, and from which end. Cursors are tied to it as JSON: what a filter of an earlier version
// does not have is left out where it is empty.
type ChangeFilter struct {
	Resource   string
	ResourceID uuid.UUID
	Actor      string
	Operation  string
	Group      uuid.UUID `json:",omitzero"`
	Descending bool      `json:",omitzero"` // the newest first
}

// Now is the cursor of who wants to follow the history from now on.
const Now = "now"

// Changes lists the history in its order, as far as it has one: a follower that keeps NextCursor, which is set on the last page too,
// misses nothing that commits late. Newest first, the last page has none.
func (l *Log) Changes(ctx context.Context, f ChangeFilter, p pg.Paging) (pg.Page[headwater.Change], error) {
	page := pg.Page[headwater.Change]{Items: []headwater.Change{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	if p.Cursor == Now && !f.Descending {
		var last string
		err := l.db.Pool.QueryRow(ctx, "SELECT coalesce(max(seq), 0)::text FROM sequenced").Scan(&last)
		if err != nil {
			return page, pg.Interpret(err)
		}
		page.NextCursor, err = pg.EncodeCursor(f, []string{last})
		return page, err
	}
	w, earlier, err := f.where(p.Cursor)
	if err != nil {
		return page, err
	}
	order := "s.seq"
	if f.Descending {
		order = "s.seq DESC"
	}
	found, err := pg.Many[headwater.Change](ctx, l.db.Pool, fmt.Sprintf(`SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
		nullif(t.group_id, '%s') AS "group", t.operation, t.resource, t.resource_id, t.from_version, t.to_version, t.reason, t.state
		FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change%s ORDER BY %s LIMIT %d`,
		uuid.Nil, w, order, p.Limit+1), w.Args...)
	if err != nil {
		return page, pg.Interpret(err)
	}
	page.Items = found[:min(len(found), p.Limit)]
	switch {
	case len(page.Items) == 0:
		page.NextCursor = p.Cursor
	case !f.Descending || len(found) > p.Limit:
		page.NextCursor, err = pg.EncodeCursor(f, append([]string{fmt.Sprint(page.Items[len(page.Items)-1].Seq)}, earlier...))
	}
	return page, err
}

// where gives the conditions of a page. A cursor of the version before names the transaction and the change that a page ended with.
// What comes after them in that order was not given yet, wherever it stands in this one; so the cursors that follow name them too.
func (f ChangeFilter) where(cursor string) (w *pg.Where, earlier []string, err error) {
	w = &pg.Where{}
	pg.AddIf(w, "t.resource = ?", f.Resource)
	pg.AddIf(w, "t.resource_id = ?", f.ResourceID)
	pg.AddIf(w, "t.actor = ?", f.Actor)
	pg.AddIf(w, "t.operation = ?", f.Operation)
	if f.Group != uuid.Nil {
		w.Add(fmt.Sprintf("t.group_id = ? AND t.group_id <> '%s'", uuid.Nil), f.Group) // as the index says
	}
	if cursor == Now {
		return w, nil, nil
	}
	values, err := pg.DecodeCursor(f, cursor, pg.SeqValue)
	if err != nil {
		values, err = pg.DecodeCursor(f, cursor, pg.SeqValue, pg.NumberValue, pg.UUIDValue)
	}
	if err != nil && !f.Descending {
		values, err = pg.DecodeCursor(f, cursor, pg.NumberValue, pg.UUIDValue)
		values = slices.Concat([]string{"0"}, values)
	}
	if err != nil || values == nil {
		return w, nil, err
	}
	comparison := ">"
	if f.Descending {
		comparison = "<"
	}
	w.Add("s.seq "+comparison+" ?::text::bigint", values[0])
	if earlier = values[1:]; len(earlier) > 0 {
		w.Add("(s.xid, s.change) > (?::text::xid8, ?::text::uuid)", earlier[0], earlier[1])
	}
	return w, earlier, nil
}
