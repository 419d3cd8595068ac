package store

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	Counts map[headwater.Resource]Count
	Made   []Made // the first MaxMade things that were added
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
	// MaxFaults is how many faults of a bundle are told; the rest is counted.
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

// Import stores a bundle, all or nothing. It is read twice where that is needed to tell what a faulty line names.
// progress, if not nil, is told how far the reading is, in bytes. Faults in the bundle give *ImportError.
func (s *Store) Import(ctx context.Context, by By, input io.ReadSeeker, progress func(position int64)) (ImportResult, error) {
	start, err := input.Seek(0, io.SeekCurrent)
	if err != nil {
		return ImportResult{}, fmt.Errorf("a bundle must be read from its start again: %w", err)
	}
	i := &importing{by: by, counts: map[headwater.Resource]Count{}, stages: newStages()}
	var result ImportResult
	err = once(ctx, s, by, &result, func(tx pgx.Tx) error {
		i.tx = tx
		if err := unhurried(ctx, tx); err != nil {
			return err
		}
		err := i.run(ctx, &watched{ReadSeeker: input, position: start, progress: progress})
		result = ImportResult{Counts: i.counts, Made: i.made}
		return err
	})
	if err == nil {
		return result, nil
	}
	if i.faults.total == 0 {
		return ImportResult{}, err
	}
	if _, seekErr := input.Seek(start, io.SeekStart); seekErr != nil {
		return ImportResult{}, errors.Join(err, seekErr)
	}
	return ImportResult{}, i.faults.explain(input)
}

// watched tells how far the reading of a bundle is.
type watched struct {
	io.ReadSeeker
	position int64
	progress func(int64)
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadSeeker.Read(p)
	w.position += int64(n)
	if w.progress != nil {
		w.progress(w.position)
	}
	return n, err
}

func (w *watched) Seek(offset int64, whence int) (int64, error) {
	position, err := w.ReadSeeker.Seek(offset, whence)
	w.position = position
	return position, err
}

// importing is one import on its way.
type importing struct {
	by     By
	tx     pgx.Tx
	stages []stage
	faults faults
	counts map[headwater.Resource]Count
	made   []Made
}

// errFaulty ends the transaction of a bundle with faults.
var errFaulty = errors.New("store: the bundle has faults")

func (i *importing) run(ctx context.Context, input io.ReadSeeker) error {
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return lockStructure(ctx, i.tx) },
		i.begin,
		func(ctx context.Context) error { return i.stage(ctx, input) },
		i.checkStaged,
		i.apply,
		i.checkLoops,
		i.nameMade,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (i *importing) begin(ctx context.Context) error {
	for _, stage := range i.stages {
		if _, err := i.tx.Exec(ctx, stage.createSQL()); err != nil {
			return err
		}
	}
	return nil
}

// stage reads the bundle into the temporary tables.
func (i *importing) stage(ctx context.Context, input io.ReadSeeker) error {
	at := map[headwater.Resource]stage{}
	for _, stage := range i.stages {
		at[stage.of()] = stage
	}
	for item, err := range bundle.NewReader(input).Items() {
		var faults bundle.Faults
		switch {
		case errors.As(err, &faults):
			i.faults.parsed(faults)
			continue
		case err != nil:
			return err
		}
		if err := at[item.Resource].add(ctx, i.tx, item); err != nil {
			return err
		}
	}
	for _, stage := range i.stages {
		if err := stage.flush(ctx, i.tx); err != nil {
			return err
		}
		if _, err := i.tx.Exec(ctx, stage.indexSQL()); err != nil {
			return err
		}
	}
	return nil
}

// apply writes what is staged, what is referred to first.
func (i *importing) apply(ctx context.Context) error {
	for _, stage := range i.stages {
		count := Count{}
		for _, write := range []struct {
			sql   string
			count *int
		}{{stage.updateSQL(), &count.Changed}, {stage.insertSQL(), &count.Added}} {
			if err := i.tx.QueryRow(ctx, write.sql, i.by.Actor, i.by.Reason).Scan(write.count); err != nil {
				return err
			}
		}
		count.Unchanged = max(0, stage.staged()-count.Added-count.Changed)
		i.counts[stage.of()] = count
	}
	return nil
}

// nameMade lists the first things that were added, in the order in which a bundle names them.
func (i *importing) nameMade(ctx context.Context) error {
	rows, err := i.tx.Query(ctx, `SELECT resource, resource_id AS id, coalesce(state ->> 'key', '') AS key FROM changes
		WHERE xid = pg_current_xact_id() AND operation = 'create' LIMIT $1`, MaxMade)
	if err != nil {
		return err
	}
	i.made, err = pgx.CollectRows(rows, pgx.RowToStructByName[Made])
	order := headwater.Resource("").Values()
	slices.SortStableFunc(i.made, func(a, b Made) int {
		if a.Resource != b.Resource {
			return slices.Index(order, string(a.Resource)) - slices.Index(order, string(b.Resource))
		}
		return slices.Compare(a.ID[:], b.ID[:])
	})
	return err
}
