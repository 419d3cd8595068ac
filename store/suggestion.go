package store

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/suggest"
)

// maxNeighbours is how many claims a claim is compared with at most, of each way to find them.
const maxNeighbours = 200

// Neighbourhood reads a claim with the active ones that it may be linked to: those that share most words with it, of all
// and of those that count the same units, and those that it is linked to already; and the sources whose names they may
// hold.
func (s *Store) Neighbourhood(ctx context.Context, id uuid.UUID) (suggest.Neighbourhood, error) {
	claim, err := s.Claim(ctx, id)
	if err != nil {
		return suggest.Neighbourhood{}, err
	}
	n := suggest.Neighbourhood{Claim: claim}
	units, err := unitsOf(claim)
	if err != nil {
		return n, err
	}
	terms := anyTerm(claim)
	var batch pgx.Batch
	Queue(&batch, &n.Others, pgx.RowToStructByName[headwater.Claim], `
		WITH worded AS (SELECT id FROM (SELECT id, terms FROM claims WHERE terms @@ $2::text::tsquery AND status = 'active' LIMIT $4) AS candidates
			ORDER BY ts_rank(terms, $2::text::tsquery) DESC, id LIMIT $5),
		counting AS (SELECT id FROM (SELECT id, terms FROM claims WHERE quantities @> ANY ($3::text[]::jsonb[]) AND status = 'active' LIMIT $4) AS candidates
			ORDER BY ts_rank(terms, $2::text::tsquery) DESC, id LIMIT $5),
		linked AS (SELECT to_id AS id FROM links WHERE claim_id = $1 UNION SELECT claim_id FROM links WHERE to_id = $1)
		SELECT `+Claims.Selected("t")+` FROM claims AS t
		WHERE t.id <> $1 AND t.status = 'active' AND t.id IN (SELECT id FROM worded UNION SELECT id FROM counting UNION SELECT id FROM linked) ORDER BY t.id`,
		id, terms, units, MaxRanked, maxNeighbours)
	Queue(&batch, &n.Links, pgx.RowToStructByName[headwater.Link], `
		SELECT `+Links.Selected("")+` FROM links WHERE claim_id = $1 UNION ALL SELECT `+Links.Selected("")+` FROM links WHERE to_id = $1`, id)
	Queue(&batch, &n.Sources, pgx.RowToStructByName[headwater.Source], `
		SELECT `+Sources.Selected("t")+` FROM sources AS t WHERE t.id IN (
			SELECT id FROM (SELECT id, terms FROM sources WHERE terms @@ $1::text::tsquery AND status = 'active' LIMIT $2) AS candidates
			ORDER BY ts_rank(terms, $1::text::tsquery) DESC, id LIMIT $3)`, terms, MaxRanked, maxNeighbours)
	return n, Interpret(s.pool.SendBatch(ctx, &batch).Close())
}

// anyTerm asks for any of a claim's words.
func anyTerm(c headwater.Claim) string {
	var words []string
	for _, statement := range c.Statement {
		for _, term := range fold.Terms(statement) {
			words = append(words, QuoteTerm(term))
		}
	}
	return strings.Join(words, " | ")
}

// unitsOf are the patterns of quantities with a claim's units.
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
