package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
)

// stage is a temporary table in which one resource waits until the whole bundle has been read and checked.
type stage interface {
	of() headwater.Resource
	// staged is how many lines of the bundle it holds.
	staged() int
	// add makes a row of a thing, and says whether there are enough to be copied.
	add(item bundle.Item) (full bool, err error)
	// take gives the copying of the rows that were made since it was called before.
	take() copying
	// settle keeps one of those that may tell of the same thing, and says which of the others tell otherwise. unit is
	// what the batch counts.
	settle(ctx context.Context, tx pgx.Tx, unit string, contrary func(bundle.Fault)) error

	// create makes the table, for an import that began at a time in JSON.
	create(ctx context.Context, tx pgx.Tx, begun json.RawMessage) error
	analyzeSQL() string
	updateSQL() string
	recordSQL() string
	insertSQL() string
	checks() []string
	export(ctx context.Context, tx pgx.Tx, out interchange.ThingWriter) error
}

// newStages makes one for each resource, what is referred to first.
func newStages() []stage {
	return []stage{
		&stageOf[headwater.Source, headwater.SourceFields]{table: sources, references: []refers{{"merged_into", "/merged_into", headwater.ResourceSource}}},
		&stageOf[headwater.Relation, headwater.RelationFields]{table: relations, references: []refers{
			{"subject", "/subject", headwater.ResourceSource}, {"object", "/object", headwater.ResourceSource}}},
		&stageOf[headwater.Document, headwater.DocumentFields]{table: documents, references: []refers{
			{"publisher", "/publisher", headwater.ResourceSource}, {"derived_from", "/derived_from", headwater.ResourceDocument}}},
		&stageOf[headwater.Claim, headwater.ClaimFields]{table: claims, references: []refers{{"merged_into", "/merged_into", headwater.ResourceClaim}}},
		&stageOf[headwater.Attribution, headwater.AttributionFields]{table: attributions, fixed: []string{"claim_id"}, references: []refers{
			{"claim_id", "/claim", headwater.ResourceClaim}, {"document_id", "/document", headwater.ResourceDocument},
			{"unnest(chain_sources(chain))", "/chain", headwater.ResourceSource}}},
		&stageOf[headwater.Link, headwater.LinkFields]{table: links, fixed: []string{"kind", "claim_id", "to_id"}, references: []refers{
			{"claim_id", "/from", headwater.ResourceClaim}, {"to_id", "/to", headwater.ResourceClaim}}},
		&stageOf[headwater.Review, headwater.ReviewFields]{table: reviews, fixed: []string{"claim_id"}, age: strings.ReplaceAll(publishedAt, "{r}.", ""), references: []refers{
			{"claim_id", "/claim", headwater.ResourceClaim}, {"author", "/author", headwater.ResourceSource}}},
	}
}

// refers is a column that names things of a resource.
type refers struct {
	expression string
	pointer    headwater.Pointer
	to         headwater.Resource
}

type stageOf[T any, F fields] struct {
	table[T, F]
	// fixed are columns that make a thing what it is and cannot change.
	fixed      []string
	references []refers
	// age orders what is told of one thing, so that the newest counts; empty where the first does.
	age string

	// begun is when the import began, as the history writes it.
	begun json.RawMessage
	rows  [][]any
	bytes int
	total int
	// loose says that several lines may tell of one thing.
	loose bool
}

const (
	fullRows  = 2_000
	fullBytes = 8 << 20
)

func (s *stageOf[T, F]) of() headwater.Resource { return s.resource }

func (s *stageOf[T, F]) staged() int { return s.total }

func (s *stageOf[T, F]) add(item bundle.Item) (full bool, err error) {
	thing, ok := item.Thing.(*T)
	if !ok {
		return false, fmt.Errorf("store: line %d holds a %T as a %s", item.Line, item.Thing, s.resource)
	}
	words := s.fields(*thing)
	status, into := s.status(*thing)
	state, err := firstState(words, addition{item.Meta.ID, 1, s.begun, s.begun, status, item.Meta.Key, item.Meta.Namespace, into})
	if err != nil {
		return false, err
	}
	row := []any{item.Line, string(item.At), item.Assertion, item.StatusNamed, false, state, item.Meta.ID, item.Meta.Key, item.Meta.Namespace, status}
	if s.merges {
		row = append(row, into)
	}
	s.rows = append(s.rows, append(row, s.values(words)...))
	s.bytes += len(state)
	if document, ok := any(words).(headwater.DocumentFields); ok {
		s.bytes += len(document.Text)
	}
	s.total++
	s.loose = s.loose || item.Assertion != bundle.Defines
	return len(s.rows) >= fullRows || s.bytes >= fullBytes, nil
}

// addition is what the history adds to the words of a thing that is new; stateOf is its twin in SQL.
type addition struct {
	ID         uuid.UUID       `json:"id"`
	Version    int             `json:"version"`
	CreatedAt  json.RawMessage `json:"created_at"`
	UpdatedAt  json.RawMessage `json:"updated_at"`
	Status     string          `json:"status"`
	Key        string          `json:"key,omitempty"`
	Namespace  string          `json:"namespace,omitempty"`
	MergedInto *uuid.UUID      `json:"merged_into,omitempty"`
}

// firstState is the state that the history keeps of a new thing.
func firstState(words any, added addition) ([]byte, error) {
	said, err := state(words)
	if err != nil {
		return nil, err
	}
	rest, err := json.Marshal(added)
	if err != nil {
		return nil, err
	}
	return append(append(said[:len(said)-1], ','), rest[1:]...), nil
}

func (s *stageOf[T, F]) take() copying {
	rows := s.rows
	s.rows, s.bytes = nil, 0
	return func(ctx context.Context, tx pgx.Tx) error {
		if len(rows) == 0 {
			return nil
		}
		_, err := tx.CopyFrom(ctx, pgx.Identifier{s.stageName()}, append([]string{"line", "at", "manner", "named", "kept", "words"}, s.stored()...), pgx.CopyFromRows(rows))
		return err
	}
}

func (s *stageOf[T, F]) settle(ctx context.Context, tx pgx.Tx, unit string, contrary func(bundle.Fault)) error {
	if !s.loose {
		return nil
	}
	// one that tells goes before those that mention; then the newest counts, or else one that says more; and then the first
	order, counts := "NOT named, key = '', line, ctid", ""
	if s.age != "" {
		order, counts = s.age+" DESC, line, ctid", "; what was published last counts, or else what came first"
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`DELETE FROM %[1]s AS again
		USING (SELECT DISTINCT ON (id) id, ctid, line, at, named, words FROM %[1]s ORDER BY id, manner = %[2]d, %[3]s) AS first
		WHERE first.id = again.id AND again.manner <> %[4]d AND again.ctid <> first.ctid
		RETURNING again.line, again.at, first.line, first.at, again.manner = %[5]d AND first.words - %[6]s <> again.words - %[6]s`,
		s.stageName(), bundle.Mentions, order, bundle.Defines, bundle.Restates, mayDiffer))
	if err != nil {
		return err
	}
	var line, first int
	var at, firstAt headwater.Pointer
	var differs bool
	gone, err := pgx.ForEachRow(rows, []any{&line, &at, &first, &firstAt, &differs}, func() error {
		if differs {
			expected := strings.TrimSpace(fmt.Sprintf("what %s %d tells of the same %s %s", unit, first, s.resource, firstAt)) + counts
			contrary(bundle.Fault{Line: line, Fault: headwater.NewFault(at, headwater.FaultDuplicate, nil, expected)})
		}
		return nil
	})
	s.total -= int(gone.RowsAffected())
	return err
}

// mayDiffer is what two lines need not tell alike of one thing: a key that the other lacks, and a status that one does not name.
const mayDiffer = `(ARRAY ['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.named AND again.named) THEN '{status,merged_into}'::text[] END)`

func (s *stageOf[T, F]) stageName() string { return "staged_" + s.name }

// own are the columns that identify a thing and say its status.
func (s *stageOf[T, F]) own() []string {
	own := []string{"id", "key", "namespace", "status"}
	if s.merges {
		own = append(own, "merged_into")
	}
	return own
}

// stored are the columns that a line gives to the table, in order.
func (s *stageOf[T, F]) stored() []string { return append(s.own(), s.names()...) }

func (s *stageOf[T, F]) create(ctx context.Context, tx pgx.Tx, begun json.RawMessage) error {
	s.begun = begun
	var columns []string
	for _, name := range s.stored() {
		if name == "terms" {
			name = "''::text AS terms"
		}
		columns = append(columns, name)
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`CREATE TEMP TABLE %s ON COMMIT DROP AS
		SELECT 0 AS line, '' AS at, 0 AS manner, false AS named, false AS kept, '{}'::jsonb AS words, %s FROM %s WITH NO DATA`,
		s.stageName(), strings.Join(columns, ", "), s.name))
	return err
}

// analyzeSQL gives the checks statistics of what they look at.
func (s *stageOf[T, F]) analyzeSQL() string {
	looked := []string{"line", "manner", "kept", "id", "key", "namespace"}
	for _, r := range s.references {
		if !strings.Contains(r.expression, "(") {
			looked = append(looked, r.expression)
		}
	}
	return fmt.Sprintf("ANALYZE %[1]s (%[2]s)", s.stageName(), strings.Join(looked, ", "))
}

// said lists the columns of the caller's words with an alias before each.
func (s *stageOf[T, F]) said(alias string, columns []column) string {
	var list []string
	for _, c := range columns {
		name := alias + "." + c.name
		if c.name == "terms" {
			name += "::tsvector"
		}
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}

// updateSQL writes what is staged of things that are there and say something else. A status counts only where the
// line names one.
func (s *stageOf[T, F]) updateSQL() string {
	state := []string{"status"}
	if s.merges {
		state = append(state, "merged_into")
	}
	var set, differ []string
	for _, name := range state {
		set = append(set, fmt.Sprintf("%[1]s = CASE WHEN staged.named THEN staged.%[1]s ELSE before.%[1]s END", name))
		differ = append(differ, fmt.Sprintf("staged.named AND before.%[1]s IS DISTINCT FROM staged.%[1]s", name))
	}
	differ = append(differ, fmt.Sprintf("ROW (%s) IS DISTINCT FROM ROW (%s)", s.said("before", s.columns), s.said("staged", s.columns)))
	return fmt.Sprintf(`WITH stored AS (
		UPDATE %[1]s AS now SET (%[2]s) = ROW (%[3]s), %[4]s, version = before.version + 1, updated_at = now()
		FROM %[5]s AS staged JOIN %[1]s AS before ON before.id = staged.id
		WHERE now.id = staged.id AND staged.manner <> %[10]d AND (%[6]s)
		RETURNING now.*, before.status AS status_before, staged.words
	), recorded AS (
		INSERT INTO changes (xid, actor, operation, resource, resource_id, from_version, to_version, reason, state)
		SELECT %[11]s, $1, %[7]s, '%[8]s', stored.id, stored.version - 1, stored.version, $2, %[9]s FROM stored
	) SELECT count(*) FROM stored`,
		s.name, strings.Join(s.names(), ", "), s.said("staged", append(s.columns[:len(s.columns):len(s.columns)], s.search...)), strings.Join(set, ", "),
		s.stageName(), strings.Join(differ, " OR "), operationOfStatus, s.resource, stateOf("stored.words", s.table), bundle.Mentions, numberOnce)
}

// numberOnce is the number of this transaction's changes; the column's default would ask for it again for each.
const numberOnce = "(SELECT change_number(pg_current_xact_id()))"

// operationOfStatus names a change by what it did to the status.
const operationOfStatus = `CASE
	WHEN stored.status = stored.status_before THEN 'update'
	WHEN stored.status = 'merged' THEN 'merge'
	WHEN stored.status = 'retracted' THEN 'retract'
	WHEN stored.status = 'accepted' THEN 'accept'
	WHEN stored.status = 'rejected' THEN 'reject'
	WHEN stored.status_before = 'merged' THEN 'unmerge'
	WHEN stored.status_before = 'retracted' THEN 'restore'
	ELSE 'update' END`

// recordSQL keeps in the history what is staged of things that are not there yet, as insertSQL makes them. The two are not one
// statement, since what an INSERT returns is stored once more, and whole.
func (s *stageOf[T, F]) recordSQL() string {
	return fmt.Sprintf(`INSERT INTO changes (xid, actor, operation, resource, resource_id, from_version, to_version, reason, state)
		SELECT %s, $1, 'create', '%s', staged.id, 0, 1, $2, staged.words FROM %s AS staged WHERE %s`, numberOnce, s.resource, s.stageName(), s.missing())
}

// insertSQL writes what is staged of things that are not there yet.
func (s *stageOf[T, F]) insertSQL() string {
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT staged.%s, %s FROM %s AS staged WHERE %s ORDER BY staged.id",
		s.name, strings.Join(s.stored(), ", "), strings.Join(s.own(), ", staged."),
		s.said("staged", append(s.columns[:len(s.columns):len(s.columns)], s.search...)), s.stageName(), s.missing())
}

func (s *stageOf[T, F]) missing() string {
	return fmt.Sprintf("NOT EXISTS (SELECT FROM %s AS there WHERE there.id = staged.id)", s.name)
}
