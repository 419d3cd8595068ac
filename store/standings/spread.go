package standings

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/store/evidence"
	"github.com/headwater-project/headwater/store/pg"
)

// A change can move the report on a claim where it is made to something that the report rests on, or rested on. Each way between two
// things is broken or opened by a change to one of them, which names them both: of those that were changed, the one nearest to the
// claim leads to it by ways that are as they were. So it suffices to follow the ways that there are now, backwards.

const (
	// positionSQL reads how far the changes were followed, whether they can be followed from there, and the last there is. They cannot
	// where nobody has begun, or by other rules, and where the position is not of this history.
	positionSQL = `SELECT coalesce(at.seq, 0), coalesce(at.algorithm = $1 AND at.seq <= last.seq, false), last.seq
		FROM (SELECT coalesce(max(seq), 0) AS seq FROM sequenced) AS last LEFT JOIN standings_position AS at ON true`
	// beginAnewSQL lets all claims be worked out anew.
	beginAnewSQL = `WITH position AS (
			INSERT INTO standings_position (seq, algorithm) VALUES ($1, $2)
			ON CONFLICT (one) DO UPDATE SET (seq, algorithm) = (excluded.seq, excluded.algorithm)
		), before AS (
			DELETE FROM standings_spread
		)
		INSERT INTO standings_spread (kind, things, since, seq) VALUES ('all', '{}', 1, 0)`
)
const (
	// thingsAtOnce is how many things, and claimsOnPage how many claims that they lead to, one step looks at.
	thingsAtOnce = 50
	claimsOnPage = 500
)

// takeChangesSQL notes what the changes after one number and up to another were made to, a few things at a time. Nothing refers yet
// to a source or document that is new; what does later, has a change of its own.
var takeChangesSQL = fmt.Sprintf(`WITH taken AS MATERIALIZED (
			SELECT sequenced.seq, now.resource, now.resource_id, now.state AS now, before.state AS before, now.from_version > 0 AS is_old
			FROM sequenced JOIN LATERAL (
				SELECT * FROM changes WHERE changes.xid = sequenced.xid AND changes.id = sequenced.change LIMIT 1) AS now ON true
			LEFT JOIN LATERAL (
				SELECT state FROM changes WHERE changes.resource_id = now.resource_id AND changes.to_version = now.from_version
					AND changes.resource = now.resource LIMIT 1) AS before ON true
			WHERE sequenced.seq > $1 AND sequenced.seq <= $2
		), touched (kind, thing, since, seq) AS (
			SELECT CASE WHEN resource IN ('source', 'relation') THEN 'sources' WHEN resource = 'document' THEN 'documents'
				ELSE 'claims' END, thing, min(seq), max(seq)
			FROM taken, LATERAL unnest(CASE
				WHEN resource = 'attribution' THEN ARRAY[now ->> 'claim', before ->> 'claim']
				WHEN resource = 'link' THEN ARRAY[now ->> 'from', now ->> 'to', before ->> 'from', before ->> 'to']
				WHEN resource = 'claim' THEN ARRAY[resource_id::text, now ->> 'merged_into', before ->> 'merged_into']
				WHEN resource = 'source'
					THEN ARRAY[CASE WHEN is_old THEN resource_id::text END, now ->> 'merged_into', before ->> 'merged_into']
				WHEN resource = 'relation' THEN ARRAY[now ->> 'subject', before ->> 'subject']
				WHEN resource = 'document' THEN ARRAY[CASE WHEN is_old THEN resource_id::text END]
				END::uuid[]) AS thing
			WHERE thing IS NOT NULL GROUP BY 1, 2
		), spread AS (
			INSERT INTO standings_spread (kind, things, since, seq)
			SELECT kind, array_agg(thing), min(since), max(seq) FROM (
				SELECT *, row_number() OVER (PARTITION BY kind ORDER BY seq, thing) / %d AS part FROM touched) AS parts
			GROUP BY kind, part ORDER BY max(seq)
		)
		UPDATE standings_position SET seq = $2`, thingsAtOnce)

// step is a way from some things to claims, or to other things through which they lead to claims.
type step struct {
	id     int64
	kind   string
	things []uuid.UUID
	after  uuid.UUID
	since  int64 // the oldest of the changes that it stands for
	seq    int64 // the newest
}

// nextStepSQL selects the step to take next: of the newest changes, the one that came last, so that few wait.
const nextStepSQL = "SELECT id, kind, things, after, since, seq FROM standings_spread ORDER BY seq DESC, id DESC LIMIT 1"

// take takes the step. Where it leads to no more than a page, it is over; otherwise it goes on after what it led to last.
func (s *step) take(ctx context.Context, tx pgx.Tx) error {
	if s.kind == "sources" {
		if err := s.spread(ctx, tx); err != nil {
			return err
		}
		return s.end(ctx, tx)
	}
	args := []any{s.things, s.after, claimsOnPage, s.since, s.seq}
	if s.kind == "all" {
		args = args[1:]
	}
	var count int
	var last *uuid.UUID
	if err := tx.QueryRow(ctx, pageSQL[s.kind], args...).Scan(&count, &last); err != nil {
		return err
	}
	if s.kind == "claims" && s.after == uuid.Nil { // themselves, also those that are no longer active
		if _, err := tx.Exec(ctx, dueSQL("SELECT id FROM claims WHERE id = ANY ($1)", 2), s.things, s.since, s.seq); err != nil {
			return err
		}
	}
	if count < claimsOnPage {
		return s.end(ctx, tx)
	}
	_, err := tx.Exec(ctx, "UPDATE standings_spread SET after = $2 WHERE id = $1", s.id, last)
	return err
}

func (s *step) end(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "DELETE FROM standings_spread WHERE id = $1", s.id)
	return err
}

// spread makes the steps that one from sources leads to.
func (s *step) spread(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, sourcesSQL, s.things)
	if err != nil {
		return err
	}
	parts, err := pgx.CollectRows(rows, pgx.RowTo[[]uuid.UUID])
	if err != nil {
		return err
	}
	var batch pgx.Batch
	for _, part := range parts {
		batch.Queue("INSERT INTO standings_spread (kind, things, since, seq) VALUES ('publishers', $1, $2, $3), ('tellers', $1, $2, $3)",
			part, s.since, s.seq)
	}
	return tx.SendBatch(ctx, &batch).Close()
}

// sourcesSQL follows control and mergers down from some sources: whoever is below, speaks in groups that they decide on.
var sourcesSQL = fmt.Sprintf(`WITH RECURSIVE below (id) AS (
		SELECT unnest($1::uuid[])
		UNION
		SELECT next.id FROM below AS at, LATERAL (
			SELECT subject FROM relations WHERE object = at.id AND controls AND status = 'active'
			UNION ALL %s) AS next (id)
	)
	SELECT array_agg(id) FROM (SELECT id, row_number() OVER (ORDER BY id) / %d AS part FROM below) AS numbered GROUP BY part`,
	pg.Sources.MergedSQL("at.id"), thingsAtOnce)

// pageSQL has the statement of each kind of step. It takes the things, where the page begins, its size and the numbers of the
// oldest and newest change, and gives how much is on the page, and the last of it.
var pageSQL = map[string]string{
	"all":        pageOf(allSQL, dueSQL("SELECT id FROM page", 3)),
	"claims":     pageOf(strings.TrimSpace(evidence.BearingOnSQL), dueSQL("SELECT id FROM page", 4)),
	"tellers":    pageOf(tellersSQL, noteSQL("claims")),
	"publishers": pageOf(publishersSQL, noteSQL("documents")),
	"documents":  pageOf(documentsSQL, noteSQL("claims")),
}

const (
	allSQL = "SELECT id FROM claims WHERE status = 'active' AND id > $1 ORDER BY id LIMIT $2"
	// tellersSQL selects the claims in whose chains some sources are.
	tellersSQL = `SELECT DISTINCT found.claim_id AS id FROM unnest($1::uuid[]) AS source, generate_series(0, 2) AS place, LATERAL (
			SELECT claim_id FROM appearances WHERE source_id = source AND appearances.place = place.place AND claim_id > $2
			ORDER BY claim_id LIMIT $3) AS found
		ORDER BY id LIMIT $3`
	// publishersSQL selects the documents of some sources that others reprint.
	publishersSQL = `SELECT original.id FROM unnest($1::uuid[]) AS source, LATERAL (
			SELECT id FROM documents WHERE publisher = source AND id > $2
				AND EXISTS (SELECT FROM documents AS reprint WHERE reprint.derived_from = documents.id)
			ORDER BY id LIMIT $3) AS original
		ORDER BY id LIMIT $3`
	// documentsSQL selects the claims of what stands in some documents, or in what reprints them.
	documentsSQL = `WITH RECURSIVE copies (id) AS (
			SELECT unnest($1::uuid[])
			UNION SELECT reprint.id FROM copies JOIN documents AS reprint ON reprint.derived_from = copies.id)
		SELECT DISTINCT claim_id AS id FROM copies JOIN attributions ON document_id = copies.id
		WHERE status = 'accepted' AND claim_id > $2 ORDER BY id LIMIT $3`
)

// pageOf renders the statement that does something with a page.
func pageOf(page, do string) string {
	return fmt.Sprintf(`WITH page (id) AS MATERIALIZED (
		%s
	), done AS (
		%s
	)
	SELECT count(*), (SELECT id FROM page ORDER BY id DESC LIMIT 1) FROM page`, page, do)
}

// dueSQL puts claims on the list of what is to be worked out. The numbers of the oldest and the newest change are the argument of this
// number and the next.
func dueSQL(claims string, since int) string {
	return fmt.Sprintf(`INSERT INTO standings_due AS due (claim_id, since, seq)
		SELECT id, $%[2]d::bigint, $%[3]d::bigint FROM (%[1]s) AS claims
		ON CONFLICT (claim_id) DO UPDATE SET since = least(due.since, excluded.since), seq = greatest(due.seq, excluded.seq), failures = 0`,
		claims, since, since+1)
}

// noteSQL notes the things on the page, from which the next steps lead on.
func noteSQL(kind string) string {
	return fmt.Sprintf(`INSERT INTO standings_spread (kind, things, since, seq) SELECT '%s', array_agg(id), $4::bigint, $5::bigint FROM (
			SELECT id, row_number() OVER (ORDER BY id) / %d AS part FROM page) AS parts GROUP BY part`, kind, claimsOnPage)
}
