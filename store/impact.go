package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/provenance"
)

// ClaimsThrough lists by id the claims, as attributions name them, whose way to a reader may pass a source or one under
// common control with it: told in chains, or in what reprints its documents. Dates of control are left to the analysis.
func (s *Store) ClaimsThrough(ctx context.Context, source uuid.UUID, p Paging) (Page[uuid.UUID], error) {
	if _, err := s.Source(ctx, source); err != nil {
		return Page[uuid.UUID]{}, err
	}
	return PageByID([]string{"claims through", source.String()}, p, func(after string, limit int) ([]uuid.UUID, error) {
		rows, err := s.pool.Query(ctx, claimsThroughSQL, source, after, limit)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	}, func(id uuid.UUID) uuid.UUID { return id })
}

const claimsThroughSQL = `
		WITH RECURSIVE above (id) AS (
			SELECT $1::uuid
			UNION
			SELECT next.id FROM above AS at, LATERAL (` + controllersSQL + `) AS next (id)),
		family (id) AS (
			SELECT id FROM above
			UNION
			SELECT next.id FROM family AS at, LATERAL (` + controlledSQL + `) AS next (id)),
		reprints (id) AS (
			SELECT reprint.id FROM family JOIN documents AS original ON original.publisher = family.id JOIN documents AS reprint ON reprint.derived_from = original.id
			UNION SELECT reprint.id FROM reprints JOIN documents AS reprint ON reprint.derived_from = reprints.id)
		SELECT claim_id FROM (
			SELECT told.claim_id FROM family, generate_series(0, 2) AS place, LATERAL (
				SELECT claim_id FROM appearances WHERE source_id = family.id AND appearances.place = place.place AND claim_id > $2 ORDER BY claim_id LIMIT $3) AS told
			UNION
			SELECT claim_id FROM reprints JOIN attributions ON document_id = reprints.id WHERE claim_id > $2 AND attributions.status = 'accepted'
		) AS told ORDER BY claim_id LIMIT $3`

// ClaimsBearingOn gives, by id, the active claims whose reports these claims' attributions may count in: the way that
// reports follow links, backwards.
func (s *Store) ClaimsBearingOn(ctx context.Context, told []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, bearingOnSQL, told)
	if err != nil {
		return nil, Interpret(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return ids, Interpret(err)
}

// bearingOnSQL begins with all bearings under which an attribution can count, and keeps what is reached under one that a report
// begins with.
var bearingOnSQL = fmt.Sprintf(`
		WITH RECURSIVE reach (claim, bearing) AS (
			SELECT claim, bearing FROM unnest($1::uuid[]) AS claim, generate_series(%[1]d, %[2]d) AS bearing
			UNION
			SELECT next.claim, next.bearing FROM reach, LATERAL (
				%[4]s
				UNION ALL
				%[5]s
				UNION ALL SELECT id, bearing FROM claims WHERE merged_into = claim
				UNION ALL SELECT merged_into, bearing FROM claims WHERE id = claim AND merged_into IS NOT NULL
			) AS next (claim, bearing)
			WHERE next.bearing IS NOT NULL)
		SELECT DISTINCT claims.id FROM reach JOIN claims ON claims.id = reach.claim WHERE bearing IN (%[1]d, %[3]d) AND status = 'active' ORDER BY claims.id`,
	provenance.Entailing, provenance.Contradicting, provenance.Entailed, backwards(provenance.FromEnd), backwards(provenance.ToEnd))

// backwards reads the claims from which links lead to the claim at one of their ends.
func backwards(end provenance.LinkEnd) string {
	step := step{end: end, backwards: true}
	at, other := step.columns()
	return fmt.Sprintf("SELECT %s, %s FROM links WHERE %s = claim AND status = 'accepted'", other, step.bearingSQL(), at)
}
