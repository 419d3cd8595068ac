package transfer

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store/pg"
)

// stage is a temporary table that holds the lines of one resource until the whole bundle has been read and checked.
type stage interface {
	resource() headwater.Resource
	// lines is how many lines of the bundle it holds.
	lines() int
	// isFilled says whether a row was ever put into it: of a stage without one there is nothing to check or to write.
	isFilled() bool
	// takeStored says that a statement puts what is stored into it.
	takeStored()
	// hasOthers says whether it has more than so many rows that are new: those that may change what is stored.
	hasOthers(added int) bool
	// add makes a row of a thing, and says whether there are enough to be copied.
	add(item bundle.Item) (full bool, err error)
	// takeRows returns a function that copies the rows added since the last call.
	takeRows() copyFunc
	// pass counts a thing that is stored, and of which the lines say nothing that would change it: it is not staged.
	pass(id uuid.UUID)
	// leavePassed counts what was passed and what is staged too once.
	leavePassed(ctx context.Context, tx pgx.Tx) error
	// deduplicate keeps one of the lines that may describe the same thing, and reports each other line that says something
	// else, and whether the one that is kept is newer. unit is what the batch counts.
	deduplicate(ctx context.Context, tx pgx.Tx, unit string, report func(fault bundle.LineFault, outranked bool)) error

	// create creates the table. now is the time of the transaction, as PostgreSQL writes it in JSON.
	create(ctx context.Context, db *pg.DB, tx pgx.Tx, now json.RawMessage) error
	// drop removes the staged rows of which a condition is true.
	drop(ctx context.Context, tx pgx.Tx, condition string, args ...any) error
	analyzeSQL() string
	updateSQL() string
	goOnSQL() string
	recordSQL() string
	insertSQL() string
	checks() []string
	// carryStored completes what lines leave open with what is stored.
	carryStored(ctx context.Context, tx pgx.Tx, report func(bundle.Note)) error
	leaveEdited(ctx context.Context, tx pgx.Tx, report func(bundle.Note)) error
	returningSQL() string
	sayingAgainSQL() string
	retractedSQL() string
	lockSQL(ids string) string
	judgeSQL() string
	takeBackSQL() string
	giveBackSQL() string
	export(ctx context.Context, tx pgx.Tx, out interchange.ThingWriter, seq int64) error
	standIn(ctx context.Context, db *pg.DB, tx pgx.Tx, seq int64) error
}

// newStages makes a stage for each resource, in the order of references.
func newStages() []stage {
	return []stage{
		&tableStage[headwater.Source, headwater.SourceFields]{Table: pg.Sources, withTraits: pg.ValuesOfSource,
			references: []reference{{"merged_into", "/merged_into", headwater.ResourceSource}}},
		&tableStage[headwater.Relation, headwater.RelationFields]{Table: pg.Relations, newer: []string{"share", "until", "citation"},
			references: []reference{
				{"subject", "/subject", headwater.ResourceSource}, {"object", "/object", headwater.ResourceSource}}},
		&tableStage[headwater.Document, headwater.DocumentFields]{Table: pg.Documents,
			plainestFirst: "text = '', CASE WHEN text <> '' THEN line END, published IS NULL, length(url), url",
			references: []reference{
				{"publisher", "/publisher", headwater.ResourceSource}, {"derived_from", "/derived_from", headwater.ResourceDocument}}},
		&tableStage[headwater.Claim, headwater.ClaimFields]{Table: pg.Claims,
			references: []reference{{"merged_into", "/merged_into", headwater.ResourceClaim}}},
		&tableStage[headwater.Attribution, headwater.AttributionFields]{Table: pg.Attributions, immutable: []string{"claim_id"},
			references: []reference{
				{"claim_id", "/claim", headwater.ResourceClaim}, {"document_id", "/document", headwater.ResourceDocument},
				{"unnest(chain_sources(chain))", "/chain", headwater.ResourceSource}}},
		&tableStage[headwater.Link, headwater.LinkFields]{Table: pg.Links, immutable: []string{"kind", "claim_id", "to_id"},
			references: []reference{
				{"claim_id", "/from", headwater.ResourceClaim}, {"to_id", "/to", headwater.ResourceClaim}}},
		&tableStage[headwater.Review, headwater.ReviewFields]{Table: pg.Reviews, immutable: []string{"claim_id"},
			published: pg.PublishedAt, references: []reference{
				{"claim_id", "/claim", headwater.ResourceClaim}, {"author", "/author", headwater.ResourceSource}}},
		&tableStage[headwater.IdentityMatch, headwater.IdentityMatchFields]{Table: pg.Matches,
			immutable: []string{"kind", "a", "b"}, references: []reference{
				{"(CASE WHEN resource = 'source' THEN a END)", "/a", headwater.ResourceSource},
				{"(CASE WHEN resource = 'source' THEN b END)", "/b", headwater.ResourceSource},
				{"(CASE WHEN resource = 'document' THEN a END)", "/a", headwater.ResourceDocument},
				{"(CASE WHEN resource = 'document' THEN b END)", "/b", headwater.ResourceDocument}}},
	}
}

// reference is a column, or an expression, that refers to things of a resource.
type reference struct {
	expression string
	pointer    headwater.Pointer
	to         headwater.Resource
}

// tableStage is the stage of the resource that a table stores.
type tableStage[T any, F pg.Fields] struct {
	pg.Table[T, F]
	// immutable are the columns that cannot change.
	immutable  []string
	references []reference
	// published gives an expression for when the thing of an alias was published: of several lines, and of what is stored, the
	// newest counts. It is nil where things are not published.
	published func(alias string) string
	// withTraits are the values of a thing's columns where its reader found its traits; nil where things have none.
	withTraits func(fields F, traits []string) []any
	// newer are the columns in which a later line about a thing says how it went on. What it leaves open stays.
	newer []string
	// plainestFirst is an expression by which the least of several lines that mention one thing counts: of documents the first with
	// a text, which is never passed over untold, or else the plainest, in whatever order they stand. It is empty where the first counts.
	plainestFirst string

	now    json.RawMessage // of the transaction
	rows   [][]any
	bytes  int
	total  int
	passed map[uuid.UUID]bool
	// replaced are the places of staged rows of which others are among the rows.
	replaced []string
	// filled is true if a row was ever put into it.
	filled bool
	// stored is true if there are rows of what is stored, which no line is about.
	stored bool
	// restated is true if several lines may describe one thing.
	restated bool
	// leavesOpen is true if some line says nothing of some fields.
	leavesOpen bool
}

const (
	fullRows  = 2_000
	fullBytes = 8 << 20
)

func (s *tableStage[T, F]) resource() headwater.Resource { return s.Resource }

func (s *tableStage[T, F]) lines() int { return s.total }

func (s *tableStage[T, F]) isFilled() bool { return s.filled }

func (s *tableStage[T, F]) takeStored() { s.filled, s.stored = true, true }

func (s *tableStage[T, F]) hasOthers(added int) bool { return s.stored || added < s.total }

func (s *tableStage[T, F]) add(item bundle.Item) (full bool, err error) {
	thing, ok := item.Thing.(*T)
	if !ok {
		return false, fmt.Errorf("store: line %d holds a %T as a %s", item.Line, item.Thing, s.Resource)
	}
	fields := s.Fields(*thing)
	status, into := s.Status(*thing)
	state, err := pg.CreatedState(s.Table, *thing, s.now)
	if err != nil {
		return false, err
	}
	row := []any{item.Line, string(item.At), item.Assertion, item.StatusNamed, false, 1, item.Open, item.Blank, state,
		item.Meta.ID, item.Meta.Key, item.Meta.Namespace, status}
	if s.Merges {
		row = append(row, into)
	}
	if item.Features != nil {
		row = append(row, s.withTraits(fields, item.Features.Traits())...)
	} else {
		row = append(row, s.Values(fields)...)
	}
	s.rows = append(s.rows, row)
	s.bytes += len(state)
	if document, ok := any(fields).(headwater.DocumentFields); ok {
		s.bytes += len(document.Text)
	}
	s.total++
	s.filled = true
	s.restated = s.restated || item.Assertion != bundle.Defines
	s.leavesOpen = s.leavesOpen || item.Open != nil
	return len(s.rows) >= fullRows || s.bytes >= fullBytes, nil
}

func (s *tableStage[T, F]) pass(id uuid.UUID) {
	if s.passed == nil {
		s.passed = map[uuid.UUID]bool{}
	}
	s.passed[id] = true
}

func (s *tableStage[T, F]) leavePassed(ctx context.Context, tx pgx.Tx) error {
	if len(s.passed) == 0 {
		return nil
	}
	staged, err := storedIDs(ctx, tx, "SELECT id FROM "+s.stageName()+" WHERE id = ANY ($1)", slices.Collect(maps.Keys(s.passed)))
	s.total += len(s.passed) - len(staged)
	return err
}

func (s *tableStage[T, F]) takeRows() copyFunc {
	rows := s.rows
	s.rows, s.bytes = nil, 0
	return func(ctx context.Context, tx pgx.Tx) error {
		if len(rows) == 0 {
			return nil
		}
		_, err := tx.CopyFrom(ctx, pgx.Identifier{s.stageName()},
			slices.Concat(strings.Fields("line at assertion status_named kept version open blank state"), s.columnNames()),
			pgx.CopyFromRows(rows))
		return err
	}
}

func (s *tableStage[T, F]) deduplicate(ctx context.Context, tx pgx.Tx, unit string, report func(bundle.LineFault, bool)) error {
	if !s.restated {
		return nil
	}
	if err := s.carryOn(ctx, tx); err != nil {
		return err
	}
	if err := s.carryWithin(ctx, tx); err != nil {
		return err
	}
	// What differs is reported of what lines restate, and of sources with an id in the file, each of which has one record.
	// Which line is kept: one that describes the thing before one that only mentions it; of reviews the newest; then one that names
	// a status, then one with a key, then the first.
	order, counts, outranked := "NOT status_named, key = '', line, ctid", "", "false"
	switch {
	case s.plainestFirst != "":
		order = s.plainestFirst + ", line, ctid"
	case s.published != nil:
		order, counts = s.published(s.stageName())+" DESC, line, ctid", "; what was published last counts, or else what came first"
		outranked = "true"
	case s.newer != nil:
		order, counts = "NOT status_named, key = '', line DESC, ctid DESC", "; the later counts"
		same := fmt.Sprintf("%s - '{%s}'::text[]", mayDifferSQL, strings.Join(s.newer, ","))
		outranked = fmt.Sprintf("first.state - %[1]s = again.state - %[1]s", same)
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`DELETE FROM %[1]s AS again
		USING (SELECT DISTINCT ON (id) id, ctid, line, at, status_named, state FROM %[1]s
			WHERE id IN (SELECT id FROM %[1]s GROUP BY id HAVING count(*) > 1) ORDER BY id, assertion = %[2]d, %[3]s) AS first
		WHERE first.id = again.id AND again.assertion <> %[4]d AND again.ctid <> first.ctid
		RETURNING again.line, again.at, first.line, first.at, %[7]s, (again.assertion = %[5]d OR %[8]s)
			AND NOT first.state - %[6]s @> again.state - %[6]s - coalesce(again.open, '{}')`,
		s.stageName(), bundle.Mentions, order, bundle.Defines, bundle.Restates, mayDifferSQL, outranked, hasOwnIDSQL("again.key")))
	if err != nil {
		return err
	}
	var line, first int
	var at, firstAt headwater.Pointer
	var differs, isOutranked bool
	gone, err := pgx.ForEachRow(rows, []any{&line, &at, &first, &firstAt, &isOutranked, &differs}, func() error {
		if differs {
			expected := strings.TrimSpace(fmt.Sprintf("what %s %d tells of the same %s %s", unit, first, s.Resource, firstAt)) + counts
			report(bundle.LineFault{Line: line, Fault: headwater.NewFault(at, headwater.FaultDuplicate, nil, expected)}, isOutranked)
		}
		return nil
	})
	s.total -= int(gone.RowsAffected())
	if err != nil || s.published == nil {
		return err
	}
	return s.leaveNewer(ctx, tx, report)
}

// carryOn fills in what the last of several lines about one thing leaves open, with what the lines before it say.
func (s *tableStage[T, F]) carryOn(ctx context.Context, tx pgx.Tx) error {
	if s.newer == nil {
		return nil
	}
	var last, set, state []string
	for _, name := range s.newer {
		said := fmt.Sprintf("nullif(state ->> '%s', '')", name)
		last = append(last, fmt.Sprintf("(array_agg(%[1]s ORDER BY line DESC, ctid DESC) FILTER (WHERE %[2]s IS NOT NULL))[1] AS %[1]s",
			name, said))
		state = append(state, fmt.Sprintf("'%[1]s', said.%[1]s", name))
		set = append(set, fmt.Sprintf("%[1]s = coalesce(said.%[1]s, staged.%[1]s)", name))
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE %[1]s AS staged
		SET %[3]s, state = staged.state || said.added
		FROM (SELECT *, jsonb_strip_nulls(jsonb_build_object(%[4]s)) AS added FROM (
			SELECT id, (array_agg(ctid ORDER BY line DESC, ctid DESC))[1] AS last, %[2]s FROM %[1]s WHERE assertion = %[5]d
				AND id IN (SELECT id FROM %[1]s WHERE assertion = %[5]d GROUP BY id HAVING count(*) > 1) GROUP BY id) AS said
			OFFSET 0) AS said
		WHERE staged.ctid = said.last`,
		s.stageName(), strings.Join(last, ", "), strings.Join(set, ", "), strings.Join(state, ", "), bundle.Restates))
	return err
}

// leaveNewer takes off the stage what is stored with a later date of publication, so that files can come in any order.
func (s *tableStage[T, F]) leaveNewer(ctx context.Context, tx pgx.Tx, report func(bundle.LineFault, bool)) error {
	rows, err := tx.Query(ctx, fmt.Sprintf(`DELETE FROM %[1]s AS staged USING %[2]s AS now
		WHERE now.id = staged.id AND staged.assertion = %[3]d AND %[4]s < %[5]s
		RETURNING staged.line, staged.at, ROW (%[6]s) IS DISTINCT FROM ROW (%[7]s)`,
		s.stageName(), s.Name, bundle.Restates, s.published("staged"), s.published("now"), s.fieldColumns("now", s.Columns),
		s.fieldColumns("staged", s.Columns)))
	if err != nil {
		return err
	}
	var line int
	var at headwater.Pointer
	var differs bool
	gone, err := pgx.ForEachRow(rows, []any{&line, &at, &differs}, func() error {
		if differs {
			report(bundle.LineFault{Line: line, Fault: headwater.NewFault(at, headwater.FaultDuplicate, nil,
				fmt.Sprintf("a later date than that of the same %s, which is stored and counts", s.Resource))}, true)
		}
		return nil
	})
	s.total -= int(gone.RowsAffected())
	return err
}

func (s *tableStage[T, F]) drop(ctx context.Context, tx pgx.Tx, condition string, args ...any) error {
	if s.total == 0 {
		return nil
	}
	gone, err := tx.Exec(ctx, fmt.Sprintf("DELETE FROM %s AS staged WHERE %s", s.stageName(), condition), args...)
	s.total -= int(gone.RowsAffected())
	return err
}

// mayDifferSQL is what may differ between two lines about one thing: a key that one lacks, and a status that one does not name.
const mayDifferSQL = `(ARRAY ['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END)`

func (s *tableStage[T, F]) stageName() string { return "staged_" + s.Name }

// identityColumns are the columns that identify a thing and say its status.
func (s *tableStage[T, F]) identityColumns() []string {
	columns := []string{"id", "key", "namespace", "status"}
	if s.Merges {
		columns = append(columns, "merged_into")
	}
	return columns
}

// columnNames are the columns of the resource's table that a line fills, in order.
func (s *tableStage[T, F]) columnNames() []string { return append(s.identityColumns(), s.Written()...) }

func (s *tableStage[T, F]) create(ctx context.Context, db *pg.DB, tx pgx.Tx, now json.RawMessage) error {
	s.now = now
	var columns []string
	for _, name := range s.columnNames() {
		if name == "terms" {
			name = "''::text AS terms"
		}
		columns = append(columns, name)
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(db.Temporary(`CREATE TEMP TABLE %s ON COMMIT DROP AS
		SELECT 0 AS line, '' AS at, 0 AS assertion, false AS status_named, false AS kept, 1 AS version,
			'{}'::text[] AS open, '{}'::text[] AS blank, '{}'::jsonb AS state, %s FROM %s WITH NO DATA`),
		s.stageName(), strings.Join(columns, ", "), s.Name))
	return err
}

// analyzeSQL gives the planner statistics of the columns that the checks read.
func (s *tableStage[T, F]) analyzeSQL() string {
	columns := []string{"line", "assertion", "kept", "id", "key", "namespace"}
	for _, r := range s.references {
		if !strings.Contains(r.expression, "(") {
			columns = append(columns, r.expression)
		}
	}
	return fmt.Sprintf("ANALYZE %[1]s (%[2]s)", s.stageName(), strings.Join(columns, ", "))
}

// fieldColumns lists columns with an alias before each.
func (s *tableStage[T, F]) fieldColumns(alias string, columns []pg.Column) string {
	var list []string
	for _, c := range columns {
		name := alias + "." + c.Name
		if c.Name == "terms" {
			name += "::tsvector"
		}
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}

// updateSQL writes what is staged of things that are stored already and differ. A status counts only where the line names one.
// Rows are locked in the order of their ids, like everywhere, so that nobody waits in a circle. What is locked is read anew where
// another transaction wrote it meanwhile; now is the row as it is then, and nothing is taken from any other copy of it. What this
// transaction itself inserted is as it is staged, and passed over.
func (s *tableStage[T, F]) updateSQL() string {
	state := []string{"status"}
	if s.Merges {
		state = append(state, "merged_into")
	}
	var set, differ []string
	for _, name := range state {
		set = append(set, fmt.Sprintf("%[1]s = CASE WHEN staged.status_named THEN staged.%[1]s ELSE now.%[1]s END", name))
		differ = append(differ, fmt.Sprintf("staged.status_named AND now.%[1]s IS DISTINCT FROM staged.%[1]s", name))
	}
	differ = append(differ, fmt.Sprintf("ROW (%s) IS DISTINCT FROM ROW (%s)", s.fieldColumns("now", s.Columns),
		s.fieldColumns("staged", s.Columns)))
	return fmt.Sprintf(`WITH locked AS MATERIALIZED (
		SELECT now.id, now.status AS status_before FROM %[5]s AS staged JOIN %[1]s AS now ON now.id = staged.id
		WHERE staged.assertion <> %[6]d AND now.xmin <> pg_current_xact_id()::xid AND (%[7]s) ORDER BY now.id FOR NO KEY UPDATE OF now
	), stored AS (
		UPDATE %[1]s AS now SET (%[2]s) = ROW (%[3]s), %[4]s, version = now.version + 1, updated_at = now()
		FROM locked JOIN %[5]s AS staged USING (id)
		WHERE now.id = locked.id AND staged.assertion <> %[6]d
		RETURNING now.*, locked.status_before, staged.state
	), %[8]s SELECT count(*) FROM stored`,
		s.Name, strings.Join(s.Written(), ", "), s.fieldColumns("staged", s.fieldsAndSearch()), strings.Join(set, ", "),
		s.stageName(), bundle.Mentions, strings.Join(differ, " OR "), pg.StoredEntry(s.Table,
			pg.OperationSQL("stored.status_before", "stored.status"), "stored.state", 1).With())
}

// fieldsAndSearch are all columns that are made from the fields.
func (s *tableStage[T, F]) fieldsAndSearch() []pg.Column { return slices.Concat(s.Columns, s.Search) }

// goOnSQL lets what was deleted go on with the versions that it had. The version of a new thing has a column of its own beside the state,
// which would be parsed for each of them.
func (s *tableStage[T, F]) goOnSQL() string {
	return fmt.Sprintf("UPDATE %[1]s AS staged SET version = next.version, state = state || next.said "+
		"FROM (SELECT id, version, jsonb_build_object('version', version) AS said FROM "+
		"(SELECT id, %[2]s AS version FROM %[1]s AS staged WHERE id IN (SELECT resource_id FROM changes "+
		"WHERE operation = '%[3]s' AND resource = '%[4]s' AND resource_id IN (SELECT id FROM %[1]s))) AS gone OFFSET 0) AS next "+
		"WHERE next.id = staged.id",
		s.stageName(), s.NextVersionSQL("staged.id"), headwater.OpDelete, s.Resource)
}

// recordSQL records in the history what is staged of things that are not stored yet, as insertSQL writes them. They are two
// statements, since what an INSERT returns is kept in full until its statement ends. In the order of their ids, the indexes of the
// history are filled from one end to the other.
func (s *tableStage[T, F]) recordSQL() string {
	return pg.Entry{
		Resource: s.Resource, Rows: s.stageName() + " AS staged WHERE " + s.notStoredSQL() + " ORDER BY staged.id",
		ID: "staged.id", Operation: "'create'", Version: "staged.version", State: "staged.state", By: 1,
	}.SQL()
}

// insertSQL writes what is staged of things that are not stored yet, at the time $1. What an INSERT that selects leaves to a column's
// default must not be the time: Citus then adds to the query what nobody can read.
func (s *tableStage[T, F]) insertSQL() string {
	found := ""
	if s.Found != nil {
		found = "WITH found AS (" + s.Found("(SELECT * FROM "+s.stageName()+" AS staged WHERE "+s.notStoredSQL()+") AS new") + ") "
	}
	return fmt.Sprintf(`%sINSERT INTO %s (version, created_at, updated_at, %s)
		SELECT staged.version, $1::timestamptz, $1::timestamptz, staged.%s, %s FROM %s AS staged WHERE %s ORDER BY staged.id`,
		found, s.Name, strings.Join(s.columnNames(), ", "), strings.Join(s.identityColumns(), ", staged."),
		s.fieldColumns("staged", s.fieldsAndSearch()), s.stageName(), s.notStoredSQL())
}

func (s *tableStage[T, F]) notStoredSQL() string {
	return fmt.Sprintf("NOT EXISTS (SELECT FROM %s AS there WHERE there.id = staged.id)", s.Name)
}
