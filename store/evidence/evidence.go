// Package evidence reads what the analysis rests on: the facts about claims, whether a report that was made from some is still
// valid, which claims depend on a source or on others, and which claims might be linked.
//
// It must not know what the analysis makes of the facts, how things are written or imported, or HTTP.
package evidence

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/pg"
)

// FactReader reads evidence from a database.
type FactReader struct {
	db      *pg.DB
	poller  poller
	sources sourceCache
}

// New gives the reader of a database.
func New(db *pg.DB) *FactReader { return &FactReader{db: db} }

// FactsRead are what the analysis of some claims rests on, from one snapshot.
type FactsRead struct {
	provenance.Facts
	asOf snapshot
}

// Facts reads all that reports about these claims can rest on, in one snapshot: the claims that links lead to, the attributions of
// all of them, their documents and what these derive from, and the sources with all that control them. without are further sources
// that the request wants set aside. With proposed, proposed links are followed as accepted ones are; otherwise at most one on each
// path is followed, so that the report can say what accepting it would change.
func (r *FactReader) Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (FactsRead, error) {
	var facts FactsRead
	err := r.InSnapshot(ctx, r.db.Pool, claims, without, proposed, func(_ pgx.Tx, read FactsRead) error {
		facts = read
		return nil
	})
	return facts, err
}

// MoreFacts are what reports could rest on, once what is stored was changed: the facts about these claims, the sources with all that
// control them, and the documents with what they derive from. With Proposed, all proposed links are followed.
type MoreFacts struct {
	Claims, Sources, Documents []uuid.UUID
	Proposed                   bool
}

// FactsWith reads them, as [FactReader.Facts] does.
func (r *FactReader) FactsWith(ctx context.Context, more MoreFacts) (FactsRead, error) {
	var facts FactsRead
	err := r.inSnapshot(ctx, r.db.Pool, more, func(_ pgx.Tx, read FactsRead) error {
		facts = read
		return nil
	})
	return facts, err
}

// InSnapshot reads facts as [FactReader.Facts] does, and goes on with them in the transaction that read them.
func (r *FactReader) InSnapshot(ctx context.Context, pool *pgxpool.Pool, claims, without []uuid.UUID, proposed bool,
	then func(pgx.Tx, FactsRead) error) error {
	return r.inSnapshot(ctx, pool, MoreFacts{Claims: claims, Sources: without, Proposed: proposed}, then)
}

func (r *FactReader) inSnapshot(ctx context.Context, pool *pgxpool.Pool, more MoreFacts, then func(pgx.Tx, FactsRead) error) error {
	return pg.Interpret(pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{BeginQuery: beginSnapshot}, func(tx pgx.Tx) error {
		facts, err := reading{more, forReports, r.cache()}.facts(ctx, tx)
		if err != nil {
			return err
		}
		return then(tx, facts)
	}))
}

// cache is the reader's cache, unless a snapshot there does not tell what is seen in it.
func (r *FactReader) cache() *sourceCache {
	if r.db.IsElsewhere() {
		return nil
	}
	return &r.sources
}

// FactsIn reads the facts about claims as [FactReader.Facts] does, in a transaction that reads one snapshot, without statements, names
// and what else figures do not depend on.
func FactsIn(ctx context.Context, tx pgx.Tx, claims []uuid.UUID) (FactsRead, error) {
	if _, err := tx.Exec(ctx, genericPlan); err != nil {
		return FactsRead{}, pg.Interpret(err)
	}
	facts, err := reading{MoreFacts: MoreFacts{Claims: claims}, shows: forFigures}.facts(ctx, tx)
	for _, reset := range []string{"SET LOCAL plan_cache_mode TO DEFAULT", "SET LOCAL enable_seqscan TO DEFAULT"} {
		if err == nil {
			_, err = tx.Exec(ctx, reset) // Citus plans what is written by the first
		}
	}
	return facts, pg.Interpret(err)
}

// reading says what facts are read for.
type reading struct {
	MoreFacts
	shows shown
	cache *sourceCache // that has some of the sources; all are read if nil
}

// shown are the columns of claims and sources that an answer depends on.
type shown struct{ claims, sources string }

var (
	forFigures = shown{"id, status, merged_into", "id, kind, anonymous, reliability, control_reviewed_at, status, merged_into"}
	forReports = shown{forFigures.claims + ", key, statement, event_time", forFigures.sources + ", key, name, names, country"}
)

func (r reading) facts(ctx context.Context, tx pgx.Tx) (facts FactsRead, err error) {
	var counting, linked []uuid.UUID
	var changes sourceChanges
	var opening pgx.Batch
	opening.Queue(snapshotSQL).QueryRow(scanSnapshot(&facts.asOf))
	opening.Queue(reachSQL, r.Claims, r.Proposed).QueryRow(func(row pgx.Row) error { return row.Scan(&counting, &linked) })
	sources := newSourceState(snapshot{})
	if r.cache != nil {
		sources = r.cache.current()
	}
	asOf := sources.asOf.Load()
	if r.cache != nil {
		opening.Queue(sourceChangesSQL, asOf.next, asOf.open).QueryRow(func(row pgx.Row) error {
			return row.Scan(&changes.tooMany, &changes.things)
		})
	}
	if err := tx.SendBatch(ctx, &opening).Close(); err != nil {
		return facts, err
	}
	if r.cache != nil {
		sources = r.cache.advance(sources, asOf, changes, facts.asOf)
	}
	if err := facts.readClaims(ctx, tx, r.shows, counting, linked); err != nil {
		return facts, err
	}
	if err := facts.readDocuments(ctx, tx, r.Documents); err != nil {
		return facts, err
	}
	return facts, facts.readSources(ctx, tx, r, sources)
}

// ReadSet is what a report rests on that is made from these facts.
func (f *FactsRead) ReadSet() *ReadSet {
	set := &ReadSet{things: slices.Concat(
		idsOf(f.Claims, func(c *headwater.Claim) uuid.UUID { return c.ID }),
		idsOf(f.Links, func(l *headwater.Link) uuid.UUID { return l.ID }),
		idsOf(f.Attributions, func(a *provenance.Attribution) uuid.UUID { return a.ID }),
		idsOf(f.Documents, func(d *provenance.Document) uuid.UUID { return d.ID }),
		idsOf(f.Sources, func(s *headwater.Source) uuid.UUID { return s.ID }),
		idsOf(f.Relations, func(r *headwater.Relation) uuid.UUID { return r.ID }),
	)}
	slices.SortFunc(set.things, headwater.CompareIDs)
	asOf := f.asOf
	set.asOf.Store(&asOf)
	return set
}

func idsOf[T any](list []T, id func(*T) uuid.UUID) []uuid.UUID {
	ids := make([]uuid.UUID, len(list))
	for i := range list {
		ids[i] = id(&list[i])
	}
	return ids
}

const (
	// beginSnapshot begins a transaction that reads one snapshot. To plan a recursion anew for each list of ids would take longer
	// than it runs, and give the same plan.
	beginSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + genericPlan
	genericPlan   = "SET LOCAL plan_cache_mode = force_generic_plan"
	// indexesOnly is for statements that read the parts of a claim. Planned once for all claims, where one is what half of the database is
	// about, they would read whole tables for each.
	indexesOnly = "SET LOCAL enable_seqscan = off"
)

// reachSQL follows links as the analysis does, from the claims in question under the bearings that a report begins with. What is
// in tension leads no further than to what it is merged with. guessed says that a proposed link was followed; merges lead both
// ways under any bearing.
var reachSQL = fmt.Sprintf(`
	WITH RECURSIVE reach (claim, bearing, guessed) AS (
		SELECT claim, bearing, false FROM unnest($1::uuid[]) AS claim, (VALUES (%[1]d), (%[2]d)) AS start (bearing)
		UNION
		SELECT next.claim, next.bearing, next.guessed FROM reach, LATERAL (
			%[4]s
			UNION ALL
			%[5]s
			UNION ALL %[6]s
		) AS next (claim, bearing, guessed)
		WHERE next.bearing IS NOT NULL)
	SELECT coalesce(array_agg(DISTINCT claim) FILTER (WHERE bearing <> %[3]d), '{}'), coalesce(array_agg(DISTINCT claim), '{}') FROM reach`,
	provenance.Entailing, provenance.Entailed, provenance.InTension, forwards(provenance.FromEnd), forwards(provenance.ToEnd),
	pg.Claims.MergedSQL("claim", "bearing", "guessed"))

// forwards reads the claims that links lead to from the claim at one of their ends.
func forwards(end provenance.LinkEnd) string {
	step := step{end: end}
	at, other := step.columns()
	return fmt.Sprintf(`SELECT %s, %s, guessed OR (status = 'proposed' AND NOT $2)
			FROM links WHERE %s = claim AND bearing <> %d AND (status = 'accepted' OR status = 'proposed' AND NOT guessed)`,
		other, step.bearingSQL(), at, provenance.InTension)
}

// readClaims reads all claims that links lead to, with their links, and the attributions of those that count.
func (f *FactsRead) readClaims(ctx context.Context, tx pgx.Tx, shows shown, counting, linked []uuid.UUID) error {
	var batch pgx.Batch
	pg.Queue(&batch, &f.Claims, pgx.RowToStructByNameLax[headwater.Claim],
		"SELECT "+shows.claims+" FROM claims WHERE id = ANY ($1)", linked)
	batch.Queue(indexesOnly)
	if len(linked) > 1 {
		pg.Queue(&batch, &f.Links, pgx.RowToStructByNameLax[headwater.Link], `
		SELECT id, kind, claim_id AS "from", to_id AS "to", degree, rationale, status FROM links
		WHERE status <> 'rejected' AND claim_id = ANY ($1) AND to_id = ANY ($1)`, linked)
	}
	pg.Queue(&batch, &f.Attributions, scanAttribution, `
		SELECT id, claim_id, document_id, stance, status, source_ids, chain #>> '{-1,certainty}', chain #>> '{-1,evidence}',
			chain #>> '{-1,endorsement}',
			CASE WHEN chain @? '$[*].said_at' THEN (SELECT json_agg(coalesce(hop -> 'said_at', '{}') ORDER BY place)
				FROM jsonb_array_elements(chain) WITH ORDINALITY AS hops (hop, place)) END,
			CASE WHEN chain @? '$[*].act' THEN ARRAY (SELECT coalesce(hop ->> 'act', '')
				FROM jsonb_array_elements(chain) WITH ORDINALITY AS hops (hop, place) ORDER BY place) END,
			credibility, confidence
		FROM attributions WHERE claim_id = ANY ($1) AND status <> 'rejected'`, counting)
	return tx.SendBatch(ctx, &batch).Close()
}

// readDocuments reads the documents of the attributions, other documents, and all that these derive from.
func (f *FactsRead) readDocuments(ctx context.Context, tx pgx.Tx, others []uuid.UUID) error {
	var ids frontier[uuid.UUID]
	ids.reach(others...)
	for i := range f.Attributions {
		ids.reach(f.Attributions[i].Document)
	}
	rows, err := tx.Query(ctx, documentsSQL, ids.next)
	if err == nil {
		f.Documents, err = pgx.CollectRows(rows, scanDocument)
	}
	return err
}

const documentsSQL = `
	WITH RECURSIVE documented (id, publisher, derived_from, earliest, latest, altered, status) AS (
		SELECT id, publisher, derived_from, published ->> 'earliest', published ->> 'latest', text_altered, status FROM documents
			WHERE id = ANY ($1)
		UNION
		SELECT d.id, d.publisher, d.derived_from, d.published ->> 'earliest', d.published ->> 'latest', d.text_altered, d.status
			FROM documented JOIN documents AS d ON d.id = documented.derived_from)
	SELECT * FROM documented`

func scanAttribution(row pgx.CollectableRow) (provenance.Attribution, error) {
	var a provenance.Attribution
	var certainty, evidence, endorsement *string
	var saidAt []byte
	err := row.Scan(&a.ID, &a.Claim, &a.Document, &a.Stance, &a.Status, &a.Chain, &certainty, &evidence, &endorsement, &saidAt, &a.Acts,
		&a.Credibility, &a.Confidence)
	if err == nil && saidAt != nil {
		err = json.Unmarshal(saidAt, &a.SaidAt)
	}
	if err != nil {
		return a, fmt.Errorf("read an attribution: %w", err)
	}
	a.Certainty, a.Evidence, a.Endorsement = headwater.Certainty(orEmpty(certainty)), headwater.Evidence(orEmpty(evidence)),
		headwater.Endorsement(orEmpty(endorsement))
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
