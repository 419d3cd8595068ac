package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// Count says what an import did with the things of one resource.
type Count struct {
	Added     int `json:"added" doc:"New things." example:"14"`
	Changed   int `json:"changed" doc:"Things that were there and said something else." example:"2"`
	Unchanged int `json:"unchanged" doc:"Things that were there and said the same." example:"3"`
}

// Made is one thing that an import added.
type Made struct {
	Resource headwater.Resource `json:"resource" doc:"What kind of thing it is." example:"claim"`
	ID       uuid.UUID          `json:"id" format:"uuid" doc:"Its identity." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Key      string             `json:"key,omitempty" doc:"Its key." example:"million-shells"`
}

// ImportResult says what an import did.
type ImportResult struct {
	Counts  map[headwater.Resource]Count
	Made    []Made // the first MaxMade things that were added
	Records Records
	Refused []bundle.Fault // the first ones, by line, if it kept going
	Faults  int            // how many there are in all
}

// Records counts what a file is made of: lines or, in a format that is not made of lines, records.
type Records struct {
	Read    int `json:"read" doc:"Records of the file." example:"831"`
	Kept    int `json:"kept" doc:"Those that were kept whole." example:"826"`
	Partly  int `json:"partly" doc:"Those of which a part was refused." example:"3"`
	Refused int `json:"refused" doc:"Those of which nothing was kept." example:"2"`
}

func (r *Records) add(ended recordProgress) {
	if ended.line == 0 {
		return
	}
	r.Read++
	switch {
	case ended.kept && ended.faulty:
		r.Partly++
	case ended.faulty:
		r.Refused++
	default:
		r.Kept++
	}
}

// recordProgress is the record that is being read.
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
		if count.Added+count.Changed > 0 {
			return true
		}
	}
	return false
}

const (
	// MaxMade is how many of the things that it added an import names.
	MaxMade = 1_000
	// MaxFaults is how many faults of a bundle are told unless more are asked for; the rest is counted.
	MaxFaults = 100
)

// ImportError lists what is wrong with a bundle, of which nothing was kept.
type ImportError struct {
	Faults []bundle.Fault // the first MaxFaults, by line
	Total  int
}

// Error gives one fault a line.
func (e *ImportError) Error() string {
	text := bundle.Faults(e.Faults).Error()
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
	return &headwater.Error{Code: headwater.CodeInvalid, Detail: fmt.Sprintf("the bundle has %s; nothing of it was kept", e.Count())}
}

// Batch is what is imported together.
type Batch interface {
	// Items gives everything in the order of its lines, as often as it is called. The error of a line is its
	// bundle.Faults, and reading goes on after it; nothing follows any other error.
	Items() iter.Seq2[bundle.Item, error]
	// Unit is what the numbers of items and faults count, once they have been read: "line" or "record".
	Unit() string
}

// ImportOptions says how a batch is imported.
type ImportOptions struct {
	// KeepGoing keeps what is not at fault; otherwise a fault in the batch leaves nothing of it.
	KeepGoing bool
	// MaxFaults is how many faults are told at most; MaxFaults if it is 0.
	MaxFaults int
	// ProposeDuplicates proposes that claims which are new are equivalent to those that say nearly the same.
	ProposeDuplicates bool
}

// Import stores a batch: all of it or, if it is to keep going, all lines that are not at fault. The batch is read again
// for each time that lines are left out, and where that is needed to tell what a faulty line names. Faults give
// *ImportError unless it is to keep going.
func (s *Store) Import(ctx context.Context, by Authorship, batch Batch, manner ImportOptions) (ImportResult, error) {
	var result ImportResult
	most := cmp.Or(manner.MaxFaults, MaxFaults)
	refused := newFaults(most)
	err := Write(ctx, s, by, &result, func(tx pgx.Tx) error {
		if err := WithoutStatementTimeout(ctx, tx); err != nil {
			return err
		}
		for {
			i := &job{by: by, namespace: s.namespace, batch: batch, options: manner, skipped: refused.lines, partFaults: newFaults(most), faults: newFaults(most), counts: map[headwater.Resource]Count{}, stages: newStages()}
			err := pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
				i.tx = tx
				return i.run(ctx)
			})
			refused.join(i.faults)
			if errors.Is(err, errFaulty) && manner.KeepGoing {
				continue // without the lines that were found at fault
			}
			refused.join(i.partFaults)
			if err == nil {
				result = ImportResult{Counts: i.counts, Made: i.created, Records: i.records, Refused: refused.explain(batch), Faults: refused.total}
			}
			return err
		}
	})
	switch {
	case err == nil:
		return result, nil
	case refused.total == 0 || manner.KeepGoing:
		return ImportResult{}, err
	}
	return ImportResult{}, &ImportError{Faults: refused.explain(batch), Total: refused.total}
}

// job is one import on its way.
type job struct {
	by        Authorship
	namespace string
	batch     Batch
	options    ImportOptions
	skipped      map[int]bool // lines that are left out
	tx        pgx.Tx
	stages    []stage
	partFaults     faults // of parts of lines, which alone are left out
	faults     faults // that all lines together have
	records   Records
	counts    map[headwater.Resource]Count
	created      []Made
}

// stageOf is the stage of a resource.
func (i *job) stageOf(resource headwater.Resource) stage {
	return i.stages[slices.IndexFunc(i.stages, func(s stage) bool { return s.resource() == resource })]
}

// faulty says whether the import ends here.
func (i *job) faulty() bool {
	return i.faults.total > 0 || i.partFaults.total > 0 && !i.options.KeepGoing
}

// errFaulty ends the transaction of a bundle with faults.
var errFaulty = errors.New("store: the bundle has faults")

func (i *job) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return LockStructure(ctx, i.tx) },
		i.begin,
		i.stage,
		i.deduplicate,
		i.checkStaged,
		i.proposeDuplicates,
		i.apply,
		i.checkLoops,
		i.listCreated,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (i *job) begin(ctx context.Context) error {
	var begun json.RawMessage
	if err := i.tx.QueryRow(ctx, "SELECT to_jsonb(now())").Scan(&begun); err != nil {
		return err
	}
	for _, stage := range i.stages {
		if err := stage.create(ctx, i.tx, begun); err != nil {
			return err
		}
	}
	return nil
}

// skipPart counts a part of a line that is left out.
func (i *job) skipPart(fault bundle.Fault) {
	if !i.partFaults.lines[fault.Line] {
		i.records.Kept--
		i.records.Partly++
	}
	i.partFaults.add(fault)
}

// deduplicate keeps one of those that may tell of the same thing. Those that tell otherwise are at fault in this.
func (i *job) deduplicate(ctx context.Context) error {
	for _, stage := range i.stages {
		if err := stage.deduplicate(ctx, i.tx, i.batch.Unit(), i.skipPart); err != nil {
			return err
		}
	}
	return nil
}

// apply writes what is staged, what is referred to first.
func (i *job) apply(ctx context.Context) error {
	for _, stage := range i.stages {
		count, err := i.write(ctx, stage)
		if err != nil {
			return err
		}
		i.counts[stage.resource()] = count
	}
	return nil
}

func (i *job) write(ctx context.Context, stage stage) (count Count, err error) {
	if err := i.tx.QueryRow(ctx, stage.updateSQL(), i.by.Actor, i.by.Reason).Scan(&count.Changed); err != nil {
		return count, err
	}
	recorded, err := i.tx.Exec(ctx, stage.recordSQL(), i.by.Actor, i.by.Reason)
	if err != nil {
		return count, err
	}
	added, err := i.tx.Exec(ctx, stage.insertSQL())
	if err == nil && added.RowsAffected() != recorded.RowsAffected() { // somebody made one of them in between
		err = &headwater.Error{Code: headwater.CodeConflict, Detail: "somebody changed the same things at the same time; try again"}
	}
	count.Added = int(added.RowsAffected())
	count.Unchanged = max(0, stage.lines()-count.Added-count.Changed)
	return count, err
}

// listCreated lists the first things that were added, in the order in which a bundle names them.
func (i *job) listCreated(ctx context.Context) error {
	rows, err := i.tx.Query(ctx, `SELECT resource, resource_id AS id, coalesce(state ->> 'key', '') AS key FROM changes
		WHERE xid = (SELECT change_number(pg_current_xact_id())) AND operation = 'create' ORDER BY changes.xid, changes.id LIMIT $1`, MaxMade)
	if err != nil {
		return err
	}
	i.created, err = pgx.CollectRows(rows, pgx.RowToStructByName[Made])
	order := headwater.Resource("").Values()
	slices.SortStableFunc(i.created, func(a, b Made) int {
		if a.Resource != b.Resource {
			return slices.Index(order, string(a.Resource)) - slices.Index(order, string(b.Resource))
		}
		return headwater.CompareIDs(a.ID, b.ID)
	})
	return err
}
