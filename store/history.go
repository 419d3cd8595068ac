package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// ChangeFilter says which changes to list.
type ChangeFilter struct {
	Resource   string
	ResourceID uuid.UUID
	Actor      string
	Operation  string
}

// Changes lists the history, oldest first, as far as no transaction can still add to it: a follower that keeps
// NextCursor, which is set on the last page too, misses nothing that commits late.
func (s *Store) Changes(ctx context.Context, f ChangeFilter, p Paging) (Page[headwater.Change], error) {
	page := Page[headwater.Change]{Items: []headwater.Change{}, NextCursor: p.Cursor}
	if err := p.Check(); err != nil {
		return page, err
	}
	after, err := pg.DecodeCursor(f, p.Cursor, pg.NumberValue, pg.UUIDValue)
	if err != nil {
		return page, err
	}
	w := &pg.Where{Conditions: []string{"t.xid < (SELECT change_number(pg_snapshot_xmin(pg_current_snapshot())))"}}
	pg.AddIf(w, "t.resource = ?", f.Resource)
	pg.AddIf(w, "t.resource_id = ?", f.ResourceID)
	pg.AddIf(w, "t.actor = ?", f.Actor)
	pg.AddIf(w, "t.operation = ?", f.Operation)
	if after != nil {
		w.Add("(t.xid, t.id) > (?::text::xid8, ?::text::uuid)", after[0], after[1])
	}
	type row struct {
		headwater.Change
		XID string
	}
	rows, err := pg.Many[row](ctx, s.Pool, fmt.Sprintf(`SELECT id, at, actor, operation, resource, resource_id, from_version,
		to_version, reason, state, xid::text AS xid
		FROM changes AS t%s ORDER BY t.xid, t.id LIMIT %d`, w, p.Limit), w.Args...)
	if err != nil {
		return page, pg.Interpret(err)
	}
	for _, r := range rows {
		page.Items = append(page.Items, r.Change)
	}
	if len(rows) > 0 {
		last := rows[len(rows)-1]
		page.NextCursor, err = pg.EncodeCursor(f, []string{last.XID, last.ID.String()})
	}
	return page, err
}

// ClaimSummary counts what stands behind a claim: accepted attributions and links only.
type ClaimSummary struct {
	Attributions int `json:"attributions" doc:"Places where somebody takes a stance to it." example:"12"`
	Publishers   int `json:"publishers" doc:"Different sources that published these." example:"7"`
	Equivalent   int `json:"equivalent" doc:"Claims that say the same." example:"1"`
	Refines      int `json:"refines" doc:"Links that say which claim is the sharper form." example:"2"`
	Corroborates int `json:"corroborates" doc:"Corroborations, in both directions." example:"3"`
	Contradicts  int `json:"contradicts" doc:"Contradictions and tensions." example:"1"`
}

// ClaimSummaries gives the summary of each of these claims, with one query.
func (s *Store) ClaimSummaries(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]ClaimSummary, error) {
	type row struct {
		ID uuid.UUID
		ClaimSummary
	}
	rows, err := s.Pool.Query(ctx, `
		SELECT wanted.id, attributed.attributions, attributed.publishers, linked.equivalent, linked.refines, linked.corroborates,
			linked.contradicts
		FROM unnest($1::uuid[]) AS wanted (id),
		LATERAL (SELECT count(*) AS attributions, count(DISTINCT publisher) AS publishers FROM attributions WHERE claim_id = wanted.id
			AND status = 'accepted') AS attributed,
		LATERAL (SELECT count(*) FILTER (WHERE kind = 'equivalent') AS equivalent, count(*) FILTER (WHERE kind = 'refines') AS refines,
				count(*) FILTER (WHERE kind = 'corroborates') AS corroborates, count(*) FILTER (WHERE kind = 'contradicts') AS contradicts
			FROM links WHERE (claim_id = wanted.id OR to_id = wanted.id) AND status = 'accepted') AS linked`, ids)
	if err != nil {
		return nil, pg.Interpret(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	summaries := make(map[uuid.UUID]ClaimSummary, len(found))
	for _, r := range found {
		summaries[r.ID] = r.ClaimSummary
	}
	return summaries, pg.Interpret(err)
}
