package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/store/pg"
)

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
