package evidence

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

const (
	// namedClaims is how many claims a change names whose figures it can move.
	namedClaims = 20
	// countedClaims is up to how many are counted.
	countedClaims = 1_000
)

// NameClaims says of each of some changes which claims' figures it can move, as links, control and reprints stand now.
func (r *FactReader) NameClaims(ctx context.Context, changes []headwater.Change) error {
	seqs, at := make([]int64, len(changes)), make(map[int64]*headwater.Change, len(changes))
	for i := range changes {
		seqs[i] = changes[i].Seq
		at[seqs[i]] = &changes[i]
	}
	type moved struct {
		Seq    int64
		Claims []uuid.UUID
		Count  int
	}
	found, err := pg.Many[moved](ctx, r.db.Pool, movedSQL, seqs)
	for _, m := range found {
		at[m.Seq].Claims, at[m.Seq].MoreClaims = m.Claims, m.Count-len(m.Claims)
	}
	return pg.Interpret(err)
}

// movedSQL selects the active claims that changes bear on: those that attributions in what was changed name, and those in whose reports
// these count. A change bears on what its thing says and on what it said before. A source bears on what those tell whom it controls,
// and on reprints of what they publish. Each step has a limit, so that a source that is quoted everywhere costs no more than others.
var movedSQL = fmt.Sprintf(`
	WITH looked AS (
		SELECT s.seq, array_agg(DISTINCT touched.id) FILTER (WHERE kind = 'source') AS sources,
			array_agg(DISTINCT touched.id) FILTER (WHERE kind = 'document') AS documents,
			array_agg(DISTINCT touched.id) FILTER (WHERE kind = 'claim') AS claims
		FROM unnest($1::bigint[]) AS wanted (seq) JOIN sequenced AS s USING (seq) JOIN changes AS t ON t.xid = s.xid AND t.id = s.change,
		LATERAL (
			SELECT t.state
			UNION ALL
			SELECT state FROM changes AS before WHERE before.resource_id = t.resource_id AND before.to_version = t.from_version
				AND before.resource = t.resource
		) AS said (state), LATERAL (VALUES
			('source', 'source', t.resource_id), ('source', 'source', (said.state ->> 'merged_into')::uuid),
			('relation', 'source', (said.state ->> 'subject')::uuid),
			('document', 'document', t.resource_id),
			('claim', 'claim', t.resource_id), ('claim', 'claim', (said.state ->> 'merged_into')::uuid),
			('attribution', 'claim', (said.state ->> 'claim')::uuid),
			('link', 'claim', (said.state ->> 'from')::uuid), ('link', 'claim', (said.state ->> 'to')::uuid)
		) AS touched (resource, kind, id)
		WHERE touched.resource = t.resource AND touched.id IS NOT NULL
		GROUP BY s.seq)
	SELECT looked.seq, moved.claims, moved.count FROM looked, LATERAL (
		WITH RECURSIVE below (id) AS (
			SELECT unnest(looked.sources)
			UNION
			SELECT next.id FROM below AS at, LATERAL (
				SELECT subject FROM relations WHERE object = at.id AND controls AND status = 'active'
				UNION ALL %[1]s) AS next (id)
		), speaking AS (SELECT id FROM below LIMIT %[2]d),
		texts (id) AS (
			SELECT unnest(looked.documents)
			UNION
			SELECT id FROM (
				SELECT original.id FROM speaking, LATERAL (
					SELECT id FROM documents WHERE publisher = speaking.id
						AND EXISTS (SELECT FROM documents AS reprint WHERE reprint.derived_from = documents.id)
					ORDER BY id LIMIT %[2]d) AS original
				LIMIT %[2]d) AS originals
			UNION
			SELECT reprint.id FROM texts JOIN documents AS reprint ON reprint.derived_from = texts.id
		), direct (claim) AS (
			SELECT unnest(looked.claims)
			UNION
			(SELECT claim_id FROM texts JOIN attributions ON document_id = texts.id WHERE status = 'accepted' LIMIT %[2]d)
			UNION
			(SELECT found.claim_id FROM speaking, generate_series(0, 2) AS place, LATERAL (
				SELECT claim_id FROM appearances WHERE source_id = speaking.id AND appearances.place = place.place ORDER BY claim_id
				LIMIT %[2]d) AS found LIMIT %[2]d)
		), %[3]s
		SELECT coalesce((array_agg(id ORDER BY id))[:%[4]d], '{}') AS claims, count(*)::int FROM (
			SELECT DISTINCT claims.id FROM reach JOIN claims ON claims.id = reach.claim WHERE %[5]s AND status = 'active'
			ORDER BY claims.id LIMIT %[2]d) AS counted
	) AS moved ORDER BY looked.seq`,
	pg.Sources.MergedSQL("at.id"), countedClaims, reachBackSQL("SELECT claim FROM direct", false), namedClaims, inQuestionSQL)
