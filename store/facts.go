package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// Facts are what the analysis of some claims rests on, as of one moment.
type Facts struct {
	provenance.Facts
	asOf snapshot
}

// Facts reads all that reports about these claims can rest on, in one snapshot: what links lead to, the attributions
// there, their documents and what these derive from, and the sources with all that control them. Without are further
// sources whose groups are asked for. With proposed, proposed links lead on as accepted ones do; otherwise one on each
// way is followed, to say what it would bring.
func (s *Store) Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (Facts, error) {
	var facts Facts
	err := Interpret(pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{BeginQuery: beginSnapshot}, func(tx pgx.Tx) error {
		var told, named []uuid.UUID
		var opening pgx.Batch
		opening.Queue(snapshotSQL).QueryRow(scanSnapshot(&facts.asOf))
		opening.Queue(reachSQL, claims, proposed).QueryRow(func(row pgx.Row) error { return row.Scan(&told, &named) })
		if err := tx.SendBatch(ctx, &opening).Close(); err != nil {
			return err
		}
		if err := facts.readAttributions(ctx, tx, told, named); err != nil {
			return err
		}
		return facts.readSources(ctx, tx, without)
	}))
	return facts, err
}

// ReadSet are what an answer rests on that is made of these facts.
func (f *Facts) ReadSet() *ReadSet {
	g := &ReadSet{things: slices.Concat(
		idsOf(f.Claims, func(c *headwater.Claim) uuid.UUID { return c.ID }),
		idsOf(f.Links, func(l *headwater.Link) uuid.UUID { return l.ID }),
		idsOf(f.Attributions, func(a *provenance.Attribution) uuid.UUID { return a.ID }),
		idsOf(f.Documents, func(d *provenance.Document) uuid.UUID { return d.ID }),
		idsOf(f.Sources, func(s *headwater.Source) uuid.UUID { return s.ID }),
		idsOf(f.Relations, func(r *headwater.Relation) uuid.UUID { return r.ID }),
	)}
	slices.SortFunc(g.things, headwater.CompareIDs)
	asOf := f.asOf
	g.asOf.Store(&asOf)
	return g
}

func idsOf[T any](list []T, id func(*T) uuid.UUID) []uuid.UUID {
	ids := make([]uuid.UUID, len(list))
	for i := range list {
		ids[i] = id(&list[i])
	}
	return ids
}

const (
	// beginSnapshot begins a snapshot. To plan a recursion anew for each list of ids would take longer than it runs, and lead to
	// the same plan.
	beginSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + genericPlan
	// genericPlan and plannedEach say how statements are planned from here on. Those that read what tells a claim depend on which
	// claim it is: one that is told a few times, or the one that half of the database is about.
	genericPlan = "SET LOCAL plan_cache_mode = force_generic_plan"
	customPlan = "SET LOCAL plan_cache_mode = force_custom_plan"
)

// reachSQL follows links as the analysis does, from the claims in question under the bearings that a report begins with. What is
// in tension leads no further than to what it is merged with. guessed says that a proposed link was followed; merges lead both
// ways under any bearing.
var reachSQL = fmt.Sprintf(`
	WITH RECURSIVE reach (claim, bearing, guessed) AS (
		SELECT claim, bearing, false FROM unnest($1::uuid[]) AS claim, (VALUES (%[1]d), (%[2]d)) AS asked (bearing)
		UNION
		SELECT next.claim, next.bearing, next.guessed FROM reach, LATERAL (
			%[4]s
			UNION ALL
			%[5]s
			UNION ALL SELECT id, bearing, guessed FROM claims WHERE merged_into = claim
			UNION ALL SELECT merged_into, bearing, guessed FROM claims WHERE id = claim AND merged_into IS NOT NULL
		) AS next (claim, bearing, guessed)
		WHERE next.bearing IS NOT NULL)
	SELECT coalesce(array_agg(DISTINCT claim) FILTER (WHERE bearing <> %[3]d), '{}'), coalesce(array_agg(DISTINCT claim), '{}') FROM reach`,
	provenance.Entailing, provenance.Entailed, provenance.InTension, forwards(provenance.FromEnd), forwards(provenance.ToEnd))

// forwards reads the claims that links lead to from the claim at one of their ends.
func forwards(end provenance.LinkEnd) string {
	step := step{end: end}
	at, other := step.columns()
	return fmt.Sprintf(`SELECT %s, %s, guessed OR (status = 'proposed' AND NOT $2)
			FROM links WHERE %s = claim AND bearing <> %d AND (status = 'accepted' OR status = 'proposed' AND NOT guessed)`,
		other, step.bearingSQL(), at, provenance.InTension)
}

// readAttributions reads the claims by name, and what touches or tells those that count.
func (f *Facts) readAttributions(ctx context.Context, tx pgx.Tx, told, named []uuid.UUID) error {
	var batch pgx.Batch
	batch.Queue(customPlan)
	Queue(&batch, &f.Claims, pgx.RowToStructByNameLax[headwater.Claim], `
		SELECT id, key, statement, event_time, status, merged_into FROM claims WHERE id = ANY ($1)`, named)
	Queue(&batch, &f.Links, pgx.RowToStructByNameLax[headwater.Link], `
		SELECT id, kind, claim_id AS "from", to_id AS "to", degree, rationale, status FROM links
		WHERE status <> 'rejected' AND claim_id = ANY ($1) AND to_id = ANY ($1)`, named)
	Queue(&batch, &f.Attributions, scanAttribution, `
		SELECT id, claim_id, document_id, stance, status, source_ids, chain #>> '{-1,certainty}', chain #>> '{-1,evidence}', chain #>> '{-1,endorsement}',
			CASE WHEN chain @? '$[*].said_at' THEN (SELECT json_agg(coalesce(hop -> 'said_at', '{}') ORDER BY place) FROM jsonb_array_elements(chain) WITH ORDINALITY AS hops (hop, place)) END,
			credibility, confidence
		FROM attributions WHERE claim_id = ANY ($1) AND status <> 'rejected'`, told)
	Queue(&batch, &f.Documents, scanDocument, `
		WITH RECURSIVE told (id) AS (
			SELECT document_id FROM attributions WHERE claim_id = ANY ($1) AND status <> 'rejected'
			UNION SELECT documents.derived_from FROM told JOIN documents USING (id) WHERE documents.derived_from IS NOT NULL)
		SELECT id, publisher, derived_from, published ->> 'earliest', published ->> 'latest', text_altered, status FROM told JOIN documents USING (id)`, told)
	batch.Queue(genericPlan)
	return tx.SendBatch(ctx, &batch).Close()
}

// readSources reads the sources that are told of, what is merged into them or they into, and all that control them.
func (f *Facts) readSources(ctx context.Context, tx pgx.Tx, without []uuid.UUID) error {
	known := map[uuid.UUID]bool{}
	var ids []uuid.UUID
	add := func(sources ...uuid.UUID) {
		for _, id := range sources {
			if !known[id] {
				known[id] = true
				ids = append(ids, id)
			}
		}
	}
	add(without...)
	for _, attribution := range f.Attributions {
		add(attribution.Chain...)
	}
	for _, document := range f.Documents {
		add(document.Publisher)
	}
	// As an array, since the planner takes what a recursion gives for thousands of rows.
	var above []uuid.UUID
	if err := tx.QueryRow(ctx, aboveSQL, ids).Scan(&above); err != nil {
		return err
	}
	var batch pgx.Batch
	Queue(&batch, &f.Sources, pgx.RowToStructByNameLax[headwater.Source], `
		SELECT id, key, name, names, kind, country, anonymous, reliability, control_reviewed_at, status, merged_into FROM sources WHERE id = ANY ($1)`, above)
	Queue(&batch, &f.Relations, pgx.RowToStructByNameLax[headwater.Relation], `
		SELECT id, subject, kind, object, share, since, until, status FROM relations WHERE subject = ANY ($1) AND controls AND status = 'active'`, above)
	return tx.SendBatch(ctx, &batch).Close()
}

const (
	// controllersSQL are the sources that control the one called at, and those that it is merged with, either way.
	controllersSQL = `SELECT object FROM relations WHERE subject = at.id AND controls AND status = 'active' UNION ALL ` + mergedWith
	// controlledSQL are the sources that the one called at controls, and those that it is merged with, either way.
	controlledSQL = `SELECT subject FROM relations WHERE object = at.id AND controls AND status = 'active' UNION ALL ` + mergedWith
	mergedWith    = `SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL UNION ALL SELECT id FROM sources WHERE merged_into = at.id`

	// aboveSQL follows control upwards.
	aboveSQL = `
	WITH RECURSIVE above (id) AS (
		SELECT unnest($1::uuid[])
		UNION
		SELECT next.id FROM above AS at, LATERAL (` + controllersSQL + `) AS next (id))
	SELECT coalesce(array_agg(id), '{}') FROM above`
)

// Queue adds a query whose rows go to a list.
func Queue[T any](batch *pgx.Batch, into *[]T, scan pgx.RowToFunc[T], sql string, args ...any) {
	batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, scan)
		*into = list
		return err
	})
}

func scanAttribution(row pgx.CollectableRow) (provenance.Attribution, error) {
	var a provenance.Attribution
	var certainty, evidence, endorsement *string
	var saidAt []byte
	err := row.Scan(&a.ID, &a.Claim, &a.Document, &a.Stance, &a.Status, &a.Chain, &certainty, &evidence, &endorsement, &saidAt, &a.Credibility, &a.Confidence)
	if err == nil && saidAt != nil {
		err = json.Unmarshal(saidAt, &a.SaidAt)
	}
	if err != nil {
		return a, fmt.Errorf("read an attribution: %w", err)
	}
	a.Certainty, a.Evidence, a.Endorsement = headwater.Certainty(orEmpty(certainty)), headwater.Evidence(orEmpty(evidence)), headwater.Endorsement(orEmpty(endorsement))
	return a, nil
}

func scanDocument(row pgx.CollectableRow) (provenance.Document, error) {
	var d provenance.Document
	var derivedFrom *uuid.UUID
	var earliest, latest *string
	var status headwater.RecordStatus
	if err := row.Scan(&d.ID, &d.Publisher, &derivedFrom, &earliest, &latest, &d.Altered, &status); err != nil {
		return d, fmt.Errorf("read a document: %w", err)
	}
	if derivedFrom != nil {
		d.DerivedFrom = *derivedFrom
	}
	d.Published = headwater.Interval{Earliest: headwater.Moment(orEmpty(earliest)), Latest: headwater.Moment(orEmpty(latest))}
	d.Retracted = status == headwater.RecordRetracted
	return d, nil
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
