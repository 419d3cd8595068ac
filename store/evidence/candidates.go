package evidence

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/suggest"
)

// maxNeighbours is how many claims a claim is compared with at most, for each way to find them, and how many proposals are read with it.
const maxNeighbours = 200

// Neighbourhood reads a claim with the active ones that might be linked to it: those that share most words with it, of all claims
// and of those that count the same units, and those that somebody proposed, the most confident first; how these are linked to it
// already; and the sources that they may name. Links of claims that are merged count as those of what they are merged into.
func (r *FactReader) Neighbourhood(ctx context.Context, id uuid.UUID) (suggest.Neighbourhood, error) {
	claim, err := pg.Get(ctx, r.db, pg.Claims, id)
	if err != nil {
		return suggest.Neighbourhood{}, err
	}
	n := suggest.Neighbourhood{Claim: claim, SpeaksAs: map[uuid.UUID]uuid.UUID{}}
	units, err := unitsOf(claim)
	if err != nil {
		return n, err
	}
	terms := anyTerm(claim)
	ours := "WITH RECURSIVE " + pg.Claims.TogetherSQL("ours", "SELECT $1::uuid")
	var batch pgx.Batch
	pg.Queue(&batch, &n.Others, pgx.RowToStructByName[headwater.Claim], ours+`,
		proposed AS MATERIALIZED (SELECT claim_id, to_id FROM links WHERE status = 'proposed'
			AND (claim_id IN (SELECT id FROM ours) OR to_id IN (SELECT id FROM ours))
			ORDER BY coalesce(confidence, 0) DESC, id LIMIT $5),
		worded AS (SELECT id FROM (SELECT id, terms FROM claims WHERE terms @@ $2::text::tsquery AND status = 'active'
			LIMIT $4) AS candidates
			ORDER BY ts_rank(terms, $2::text::tsquery) DESC, id LIMIT $5),
		counting AS (SELECT id FROM (SELECT id, terms FROM claims WHERE quantities @> ANY ($3::text[]::jsonb[]) AND status = 'active'
			LIMIT $4) AS candidates
			ORDER BY ts_rank(terms, $2::text::tsquery) DESC, id LIMIT $5),
		linked AS (SELECT `+pg.MergeTargetOfClaimSQL("claims")+` AS id FROM claims
			WHERE id IN (SELECT claim_id FROM proposed UNION SELECT to_id FROM proposed))
		SELECT `+pg.Claims.Selected("t")+` FROM claims AS t
		WHERE t.id NOT IN (SELECT id FROM ours) AND t.status = 'active' AND t.id IN (SELECT id FROM worded UNION SELECT id FROM counting
			UNION SELECT id FROM linked WHERE id IS NOT NULL) ORDER BY t.id`,
		id, terms, units, pg.MaxRanked, maxNeighbours)
	pg.Queue(&batch, &n.Sources, pgx.RowToStructByName[headwater.Source], `
		SELECT `+pg.Sources.Selected("t")+` FROM sources AS t WHERE t.id IN (
			SELECT id FROM (SELECT id, terms FROM sources WHERE terms @@ $1::text::tsquery AND status = 'active' LIMIT $2) AS candidates
			ORDER BY ts_rank(terms, $1::text::tsquery) DESC, id LIMIT $3)`, terms, pg.MaxRanked, maxNeighbours)
	if err := r.db.Pool.SendBatch(ctx, &batch).Close(); err != nil {
		return n, pg.Interpret(err)
	}
	return n, r.readLinks(ctx, &n)
}

// readLinks reads how the others of a neighbourhood are linked to the claim, and which claims speak as these.
func (r *FactReader) readLinks(ctx context.Context, n *suggest.Neighbourhood) error {
	others := make([]uuid.UUID, len(n.Others))
	for i := range n.Others {
		others[i] = n.Others[i].ID
	}
	theirs := "WITH RECURSIVE " + pg.Claims.TogetherSQL("theirs", "SELECT unnest($1::uuid[])")
	type merged struct{ ID, Target uuid.UUID }
	var speaking []merged
	var batch pgx.Batch
	pg.Queue(&batch, &n.Links, pgx.RowToStructByName[headwater.Link], theirs+", "+pg.Claims.TogetherSQL("ours", "SELECT $2::uuid")+`
		SELECT `+pg.Links.Selected("")+` FROM links WHERE claim_id IN (SELECT id FROM ours) AND to_id IN (SELECT id FROM theirs)
		UNION ALL SELECT `+pg.Links.Selected("")+` FROM links WHERE to_id IN (SELECT id FROM ours) AND claim_id IN (SELECT id FROM theirs)`,
		others, n.Claim.ID)
	pg.Queue(&batch, &speaking, pgx.RowToStructByName[merged], theirs+`
		SELECT id, claim_speaks_as(id) AS target FROM theirs JOIN claims USING (id)
		WHERE status = 'merged' AND claim_speaks_as(id) IS NOT NULL`, others)
	err := r.db.Pool.SendBatch(ctx, &batch).Close()
	for _, m := range speaking {
		n.SpeaksAs[m.ID] = m.Target
	}
	return pg.Interpret(err)
}

// anyTerm matches what has any of a claim's words.
func anyTerm(c headwater.Claim) string {
	var terms []string
	for _, statement := range c.Statement {
		terms = append(terms, fold.Terms(statement)...)
	}
	return pg.TermQuery(terms, "|")
}

// unitsOf gives JSON patterns that quantities in a claim's units contain.
func unitsOf(c headwater.Claim) ([]string, error) {
	units := []string{}
	for _, q := range c.Quantities {
		pattern, err := json.Marshal([]map[string]string{{"unit": q.Unit}})
		if err != nil {
			return nil, err
		}
		units = append(units, string(pattern))
	}
	return units, nil
}
