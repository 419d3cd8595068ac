package evidence

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/pg"
)

// ClaimsThrough lists, by id, the claims that may reach a reader through a source, or one that speaks as it: they are in its chains,
// or in reprints of its documents. Claims are those that attributions name.
func (r *FactReader) ClaimsThrough(ctx context.Context, source uuid.UUID, p pg.Paging) (pg.Page[uuid.UUID], error) {
	if _, err := pg.Get(ctx, r.db, pg.Sources, source); err != nil {
		return pg.Page[uuid.UUID]{}, err
	}
	return r.claimPage(ctx, "claims through", claimsThroughSQL, source, p)
}

// ClaimsIn lists, by id, the claims that attributions in a document name.
func (r *FactReader) ClaimsIn(ctx context.Context, document uuid.UUID, p pg.Paging) (pg.Page[uuid.UUID], error) {
	if _, err := pg.Get(ctx, r.db, pg.Documents, document); err != nil {
		return pg.Page[uuid.UUID]{}, err
	}
	return r.claimPage(ctx, "claims in", claimsInSQL, document, p)
}

// claimPage reads a page of what a statement selects about a thing, after an id and up to a limit.
func (r *FactReader) claimPage(ctx context.Context, list, sql string, about uuid.UUID, p pg.Paging) (pg.Page[uuid.UUID], error) {
	return pg.PageByID([]string{list, about.String()}, p, func(after string, limit int) ([]uuid.UUID, error) {
		rows, err := r.db.Pool.Query(ctx, sql, about, after, limit)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	}, func(id uuid.UUID) uuid.UUID { return id })
}

var claimsThroughSQL = `
		WITH RECURSIVE voice (id) AS (
			SELECT $1::uuid
			UNION
			SELECT next.id FROM voice AS at, LATERAL (` + pg.Sources.MergedSQL("at.id") + `) AS next (id)),
		reprints (id) AS (
			SELECT reprint.id FROM voice JOIN documents AS original ON original.publisher = voice.id
				JOIN documents AS reprint ON reprint.derived_from = original.id
			UNION SELECT reprint.id FROM reprints JOIN documents AS reprint ON reprint.derived_from = reprints.id)
		SELECT claim_id FROM (
			SELECT found.claim_id FROM voice, generate_series(0, 2) AS place, LATERAL (
				SELECT claim_id FROM appearances WHERE source_id = voice.id AND appearances.place = place.place AND claim_id > $2
					ORDER BY claim_id LIMIT $3) AS found
			UNION
			SELECT claim_id FROM reprints JOIN attributions ON document_id = reprints.id WHERE claim_id > $2
				AND attributions.status = 'accepted'
		) AS dependent ORDER BY claim_id LIMIT $3`

const claimsInSQL = `
		SELECT DISTINCT claim_id FROM attributions WHERE document_id = $1 AND status = 'accepted' AND claim_id > $2
		ORDER BY claim_id LIMIT $3`

// ClaimsBearingOn lists, by id, the active claims in whose reports the attributions of these claims may count. It follows links as
// reports do, backwards.
func (r *FactReader) ClaimsBearingOn(ctx context.Context, attributed []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := r.db.Pool.Query(ctx, bearingOnSQL, attributed)
	if err != nil {
		return nil, pg.Interpret(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return ids, pg.Interpret(err)
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
				UNION ALL %[6]s
			) AS next (claim, bearing)
			WHERE next.bearing IS NOT NULL)
		SELECT DISTINCT claims.id FROM reach JOIN claims ON claims.id = reach.claim WHERE bearing IN (%[1]d, %[3]d)
			AND status = 'active' ORDER BY claims.id`,
	provenance.Entailing, provenance.Contradicting, provenance.Entailed, backwards(provenance.FromEnd), backwards(provenance.ToEnd),
	pg.Claims.MergedSQL("claim", "bearing"))

// backwards reads the claims from which links lead to the claim at one of their ends.
func backwards(end provenance.LinkEnd) string {
	step := step{end: end, backwards: true}
	at, other := step.columns()
	return fmt.Sprintf("SELECT %s, %s FROM links WHERE %s = claim AND status = 'accepted'", other, step.bearingSQL(), at)
}
