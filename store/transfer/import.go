// Package transfer moves everything in and out: it imports batches of lines, all or nothing or all that is not at fault, and
// exports what is stored as a bundle or in the formats of others.
//
// It must not know how reports are made, how single things are created and changed, or HTTP. Of the analysis it knows the lines of
// facts that an export writes.
package transfer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/store/pg"
)

// Count says what an import did with the things of one resource.
type Count struct {
	Added     int `json:"added" doc:"New things." example:"14"`
	Changed   int `json:"changed" doc:"Things that were there and said something else." example:"2"`
	Unchanged int `json:"unchanged" doc:"Things that were there and said the same." example:"3"`
	TakenBack int `json:"taken_back,omitempty" doc:"Things that the feed said and no longer says, and that were ended or retracted." example:"1"`
}

// Made names one thing that an import added.
type Made struct {
	Resource headwater.Resource `json:"resource" doc:"What kind of thing it is." example:"claim"`
	ID       uuid.UUID          `json:"id" format:"uuid" doc:"Its identity." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Key      string             `json:"key,omitempty" doc:"Its key." example:"million-shells"`
}

// ImportResult says what an import did.
type ImportResult struct {
	Group   uuid.UUID // of the changes that it made
	Counts  map[headwater.Resource]Count
	Made    []Made // the first MaxMade things that were added
	Records Records
	Refused []bundle.LineFault // the first ones, by line, if it kept going
	Faults  int                // how many there are in all
	Notes   []bundle.Note      // the first ones, by line
	Noted   int                // how many there are in all
	Assumed Assumed
	Edition *EditionResult // of a feed
}

// Records counts what a file is made of: lines or, in a format that is not made of lines, records.
type Records struct {
	Read    int `json:"read" doc:"Records of the file." example:"831"`
	Kept    int `json:"kept" doc:"Those that were kept whole." example:"826"`
	Partly  int `json:"partly" doc:"Those of which a part was refused." example:"3"`
	Refused int `json:"refused" doc:"Those of which nothing was kept." example:"2"`
}

// count counts a record, or with -1 takes back that it was counted.
func (r *Records) count(ended recordProgress, by int) {
	r.Read += by
	switch {
	case ended.kept && ended.faulty:
		r.Partly += by
	case ended.faulty:
		r.Refused += by
	default:
		r.Kept += by
	}
}

// recordProgress is what is known of the record that is being read.
type recordProgress struct {
	line         int
	kept, faulty bool
}

// next begins another record, and gives the one that has ended, if one has.
func (r *recordProgress) next(line int) (ended recordProgress) {
	if line != r.line {
		ended, *r = *r, recordProgress{line: line}
	}
	return ended
}

// Changed says whether the import changed anything at all.
func (r ImportResult) Changed() bool {
	for _, count := range r.Counts {
		if count.Added+count.Changed+count.TakenBack > 0 {
			return true
		}
	}
	return false
}

const (
	// MaxMade is how many of the things that it added an import lists.
	MaxMade = 1_000
	// MaxFaults is how many faults of a bundle are listed unless the options say otherwise; the rest is counted.
	MaxFaults = 100
)

// ImportError lists what is wrong with a bundle, of which nothing was kept.
type ImportError struct {
	Faults []bundle.LineFault // the first MaxFaults, by line
	Total  int
}

// Error gives one fault a line.
func (e *ImportError) Error() string {
	text := bundle.LineFaults(e.Faults).Error()
	if more := e.Total - len(e.Faults); more > 0 {
		text += fmt.Sprintf("\nand %d more", more)
	}
	return text
}

// Count says how many faults there are, in words.
func (e *ImportError) Count() string {
	if e.Total == 1 {
		return "a fault"
	}
	return fmt.Sprintf("%d faults", e.Total)
}

// Unwrap makes CodeOf give CodeInvalid.
func (e *ImportError) Unwrap() error {
	return &headwater.Error{Code: headwater.CodeInvalid, Detail: fmt.Sprintf("the file has %s; nothing of it was kept", e.Count())}
}

// Batch is what is imported together: all of it or nothing.
type Batch interface {
	// Items gives everything in the order of its lines, as often as it is called. The error of a line is its
	// bundle.LineFaults, and reading goes on after it; nothing follows any other error.
	Items() iter.Seq2[bundle.Item, error]
	// Unit is what the numbers of items and faults count, once they have been read: "line" or "record".
	Unit() string
}

// ImportOptions says how a batch is imported.
type ImportOptions struct {
	// KeepGoing keeps what is not at fault; otherwise a fault in the batch leaves nothing of it.
	KeepGoing bool
	// MaxFaults is how many faults are listed at most; the constant MaxFaults if 0.
	MaxFaults int
	// Strict refuses records whose sources are taken for others by their names alone.
	Strict bool
	// ProposeDuplicates proposes that new claims are equivalent to those that say nearly the same.
	ProposeDuplicates bool
	// ProposeReprints proposes that documents of the batch are reprints of others, or others of them. Either proposes that new documents
	// are those that have their addresses.
	ProposeReprints bool
	// MaxCompared is how many new claims are compared for that at most, the first of the batch; the constant maxCompared if 0.
	MaxCompared int
	// Edition says of which feed the batch is an edition; it has no feed where it is of none.
	Edition Edition
	// DryRun finds out what the import would do, and does nothing.
	DryRun bool
	// Step, where there is one, is told of each step before it is taken, and how many there are; StagingStep reads the batch.
	Step func(step, steps int)
}

// StagingStep is the step that reads the batch whole, which takes a part of the time of a large import that its reader sees.
const StagingStep = 3

// Importer imports into a database.
type Importer struct{ db *pg.DB }

// NewImporter gives the importer of a database.
func NewImporter(db *pg.DB) *Importer { return &Importer{db} }

// Import stores a batch: all of it or, with KeepGoing, all lines that are not at fault. The batch is read again each time that
// lines have to be skipped, and where that is needed to say what a faulty line refers to. Faults give *ImportError, unless with
// KeepGoing.
func (i *Importer) Import(ctx context.Context, by pg.Authorship, batch Batch, options ImportOptions) (ImportResult, error) {
	var result ImportResult
	if by.Group == uuid.Nil {
		by.Group = headwater.NewID()
	}
	if err := options.Edition.Validate(); err != nil {
		return ImportResult{}, err
	}
	most := cmp.Or(options.MaxFaults, MaxFaults)
	refused := newFaults(most)
	err := pg.Write(ctx, i.db, by, &result, func(tx pgx.Tx) error {
		if err := pg.WithoutStatementTimeout(ctx, tx); err != nil {
			return err
		}
		for {
			j := &job{
				db: i.db, by: by, namespace: i.db.Namespace(), batch: batch, options: options, skipped: refused.lines,
				partFaults: newFaults(max(most, maxHeld)), faults: newFaults(most), outranked: newFaults(most),
				counts: map[headwater.Resource]Count{}, stages: newStages(), partly: map[int]bool{},
				assumed: Assumed{Counts: map[AssumedBy]int{}}, named: map[uuid.UUID]string{},
			}
			err := pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
				j.tx = tx
				return j.run(ctx)
			})
			refused.join(j.faults)
			if errors.Is(err, errFaulty) && options.KeepGoing {
				continue // without the lines that were found at fault
			}
			refused.join(j.partFaults)
			if err == nil {
				err = j.list(ctx, tx)
			}
			if err == nil {
				refused.join(j.outranked)
				result = ImportResult{Group: by.Group, Counts: j.counts, Made: j.created,
					Records: j.records, Refused: refused.explain(batch),
					Faults: refused.total, Notes: j.notes[:min(len(j.notes), most)], Noted: j.noted, Assumed: j.assumed, Edition: j.edition}
			}
			if err == nil && options.DryRun {
				err = errDryRun
			}
			return err
		}
	})
	switch {
	case errors.Is(err, errDryRun):
		return result, nil
	case err == nil:
		i.analyzeTables(ctx, result)
		return result, nil
	case refused.total == 0 || options.KeepGoing:
		return ImportResult{}, err
	}
	return ImportResult{}, &ImportError{Faults: refused.explain(batch), Total: refused.total}
}

// analyzeFrom is from how many added things on an import renews the planner's statistics.
const analyzeFrom = 1_000

// analyzeTables renews the planner's statistics of what a large import filled and did not renew on its way.
func (i *Importer) analyzeTables(ctx context.Context, result ImportResult) {
	added := 0
	for _, count := range result.Counts {
		added += count.Added
	}
	if added < analyzeFrom {
		return
	}
	tables := []string{"appearances", "changes", "feed_things", "source_traits"}
	for _, stage := range newStages() {
		if count := result.Counts[stage.resource()]; count.Added > 0 && count.Added < analyzeFrom {
			tables = append(tables, stage.resource().Plural())
		}
	}
	for _, table := range tables {
		err := pgx.BeginFunc(ctx, i.db.Pool, func(tx pgx.Tx) error {
			if err := pg.WithoutStatementTimeout(ctx, tx); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, smallSampleSQL); err != nil {
				return err
			}
			return analyze(ctx, tx, table)
		})
		if err != nil {
			slog.WarnContext(ctx, "the statistics of a table were not renewed after an import", "table", table, "error", err)
		}
	}
}

// smallSampleSQL makes ANALYZE look at some thousand rows of a table until the transaction ends.
const smallSampleSQL = "SET LOCAL default_statistics_target = 10"

// analyze renews the planner's statistics of a table from a small sample. PostgreSQL does so by itself within a minute or more; until then
// each statement would be planned for what the table was: an empty one, after a large import that failed. The columns are named, since
// PostgreSQL then takes the table for one that it has still to look at whole, and leaves the expressions of indexes to that. A table
// at which it is just looking is passed over.
func analyze(ctx context.Context, tx pgx.Tx, table string) error {
	var columns string
	err := tx.QueryRow(ctx, `SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
		WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`, table).Scan(&columns)
	if err == nil {
		_, err = tx.Exec(ctx, fmt.Sprintf("ANALYZE (SKIP_LOCKED) %s (%s)", table, columns))
	}
	return err
}

// job is one attempt at an import, from the first line to the last step.
type job struct {
	db         *pg.DB
	by         pg.Authorship
	namespace  string
	batch      Batch
	options    ImportOptions
	skipped    map[int]bool // lines that an attempt before this one found at fault
	tx         pgx.Tx
	now        time.Time // of the transaction
	stages     []stage
	partFaults faults // of parts of lines, which are skipped alone
	// unreadDocument says that one of these is the line of a document.
	unreadDocument bool
	unread         []string // ids of what lines at fault describe
	unreadUnknown  bool     // of some nobody can tell
	faults         faults   // of all lines together
	outranked      faults   // of parts of lines of which another tells something newer; they refuse nothing
	notes          []bundle.Note
	noted          int
	records        Records
	partly         map[int]bool // records that were kept in part when they were read
	counts         map[headwater.Resource]Count
	created        []Made
	assumed        Assumed
	known          *knownSources        // what was found of the sources of the file, once that is known
	taken          []taken              // what sources of the file are newly taken for
	named          map[uuid.UUID]string // stored sources that had a host for a name, and what a record calls them
	edition        *EditionResult       // of the feed, if it is of one
	standing       int                  // the edition of the feed that counted until now; 0 without
	returning      int                  // how many things of the file a feed took back
}

// stageOf is the stage of a resource.
func (j *job) stageOf(resource headwater.Resource) stage {
	return j.stages[slices.IndexFunc(j.stages, func(s stage) bool { return s.resource() == resource })]
}

// isFilled says whether anything of a resource was staged.
func (j *job) isFilled(resource headwater.Resource) bool { return j.stageOf(resource).isFilled() }

// faulty says whether the attempt ends here.
func (j *job) faulty() bool {
	return j.faults.total > 0 || j.partFaults.total > 0 && !j.options.KeepGoing
}

// errDryRun ends the transaction of an import that is only tried.
var errDryRun = errors.New("store: the import was only tried")

// errFaulty ends the transaction of an attempt that found faults.
var errFaulty = errors.New("store: the file has faults")

func (j *job) run(ctx context.Context) error {
	steps := []func(context.Context) error{
		func(ctx context.Context) error { return pg.LockImports(ctx, j.tx) },
		j.begin,
		j.stage,
		j.noteSaid,
		j.deduplicate,
		j.carryStored,
		j.leaveEdited,
		j.tellOtherNames,
		j.proposeMatches,
		j.checkStaged,
		j.proposeDuplicates,
		j.apply,
		j.bringUpToDate,
		j.nameSources,
		j.fillDocuments,
		j.rememberTaken,
		j.proposeReprints,
		j.checkLoops,
		j.listCreated,
	}
	for i, step := range steps {
		if j.options.Step != nil {
			j.options.Step(i+1, len(steps))
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) begin(ctx context.Context) error {
	var now json.RawMessage
	if err := j.tx.QueryRow(ctx, "SELECT to_jsonb(now()), now()").Scan(&now, &j.now); err != nil {
		return err
	}
	if _, err := j.tx.Exec(ctx, smallSampleSQL); err != nil {
		return err
	}
	for _, stage := range j.stages {
		if err := stage.create(ctx, j.db, j.tx, now); err != nil {
			return err
		}
	}
	return j.beginEdition(ctx)
}

// skipPart counts a part of a line that is skipped since another line, or what is stored, tells of the same thing. Where that
// one is newer, the part is outranked and not at fault.
func (j *job) skipPart(fault bundle.LineFault, outranked bool) {
	if !j.partFaults.lines[fault.Line] && !j.outranked.lines[fault.Line] {
		j.records.Kept--
		j.records.Partly++
	}
	if outranked {
		j.outranked.add(fault)
		return
	}
	j.partFaults.add(fault)
}

// maxHeld is how much of what is told of lines is held at least, so that it can be forgotten of those that are read again.
const maxHeld = 10_000

// note keeps the first of what is to be told.
func (j *job) note(notes []bundle.Note) {
	j.noted += len(notes)
	j.notes = append(j.notes, notes[:min(len(notes), max(0, j.partFaults.most-len(j.notes)))]...)
}

// endRecord counts the record that has ended, if one has.
func (j *job) endRecord(ended recordProgress) {
	if ended.line == 0 {
		return
	}
	j.records.count(ended, 1)
	if ended.kept && ended.faulty {
		j.partly[ended.line] = true
	}
}

// forgetRead forgets what was counted and told of the lines that were read.
func (j *job) forgetRead() {
	j.records, j.notes, j.noted, j.partFaults, j.unreadDocument = Records{}, nil, 0, newFaults(j.partFaults.most), false
	j.unread, j.unreadUnknown, j.partly = nil, false, map[int]bool{}
}

// deduplicate keeps one of the lines that may describe the same thing.
func (j *job) deduplicate(ctx context.Context) error {
	for _, stage := range j.stages {
		if err := stage.deduplicate(ctx, j.tx, j.batch.Unit(), j.skipPart); err != nil {
			return err
		}
	}
	return nil
}

// carryStored lets what is stored stay where the batch leaves it open. An edition of a feed leaves nothing open: it says all.
func (j *job) carryStored(ctx context.Context) error {
	if j.edition != nil {
		return nil
	}
	for _, stage := range j.stages {
		if err := stage.carryStored(ctx, j.tx, func(note bundle.Note) { j.note([]bundle.Note{note}) }); err != nil {
			return err
		}
	}
	return nil
}

// apply writes what is staged, in the order of references.
func (j *job) apply(ctx context.Context) error {
	for _, stage := range j.stages {
		count, err := j.write(ctx, stage)
		if err != nil {
			return err
		}
		j.counts[stage.resource()] = count
	}
	return nil
}

// write makes what is new before it changes what is there: what somebody else makes in between is seen by the change, and no line is
// lost.
func (j *job) write(ctx context.Context, stage stage) (count Count, err error) {
	if !stage.isFilled() {
		return Count{Unchanged: stage.lines()}, nil // those that were passed
	}
	if _, err = j.tx.Exec(ctx, stage.goOnSQL()); err != nil {
		return count, err
	}
	recorded, err := j.tx.Exec(ctx, stage.recordSQL(), j.by.Args()...)
	if err != nil {
		return count, err
	}
	added, err := j.tx.Exec(ctx, stage.insertSQL(), j.now)
	if err == nil && added.RowsAffected() != recorded.RowsAffected() { // another transaction created one of them in between
		err = pg.Contended()
	}
	if err != nil {
		return count, err
	}
	count.Added = int(added.RowsAffected())
	if count.Added >= analyzeFrom { // before anything is planned that reads the table, such as a trigger of the next
		if err := analyze(ctx, j.tx, stage.resource().Plural()); err != nil {
			return count, err
		}
	}
	if stage.hasOthers(count.Added) {
		err = j.tx.QueryRow(ctx, stage.updateSQL(), j.by.Args()...).Scan(&count.Changed)
	}
	count.Unchanged = max(0, stage.lines()-count.Added-count.Changed)
	return count, err
}

// list puts an import that changed something on the list of imports.
func (j *job) list(ctx context.Context, tx pgx.Tx) error {
	if !(ImportResult{Counts: j.counts}).Changed() {
		return nil
	}
	_, err := tx.Exec(ctx, "INSERT INTO imports (group_id, actor, reason, counts) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		j.by.Group, j.by.Actor, j.by.Reason, j.counts)
	return err
}

// listCreated lists the first things that were added, in the order of a bundle.
func (j *job) listCreated(ctx context.Context) error {
	number, err := pg.CurrentChangeNumber(ctx, j.tx)
	if err != nil {
		return err
	}
	rows, err := j.tx.Query(ctx, `SELECT resource, resource_id AS id, coalesce(state ->> 'key', '') AS key FROM changes
		WHERE xid = $1::bigint::text::xid8 AND operation = 'create' ORDER BY changes.xid, changes.id LIMIT $2`, number, MaxMade)
	if err != nil {
		return err
	}
	j.created, err = pgx.CollectRows(rows, pgx.RowToStructByName[Made])
	order := headwater.Things()
	slices.SortStableFunc(j.created, func(a, b Made) int {
		if a.Resource != b.Resource {
			return slices.Index(order, string(a.Resource)) - slices.Index(order, string(b.Resource))
		}
		return headwater.CompareIDs(a.ID, b.ID)
	})
	return err
}
