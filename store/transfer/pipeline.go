package transfer

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
)

// copyFunc copies rows into their temporary table.
type copyFunc func(ctx context.Context, tx pgx.Tx) error

// parsedLine is a line of the batch, or what is wrong with it.
type parsedLine struct {
	item bundle.Item
	err  error
}

// stage reads the batch into the temporary tables, without the lines to skip. What the things of its lines are that have no ids of
// their own is found in all of it and what is stored: lines that have one which is something else than they alone say are read again.
func (j *job) stage(ctx context.Context) error {
	batch, isBindable := j.batch.(bindable)
	if !isBindable {
		if err := j.readInto(ctx, nil, nil); err != nil {
			return err
		}
		return j.analyzeStages(ctx)
	}
	batch.Bind(interchange.Bindings{}) // to read what the records alone say
	s := j.newSurvey()
	if err := j.readInto(ctx, s, nil); err != nil {
		return err
	}
	if err := s.resolve(ctx); err != nil {
		return err
	}
	again, err := s.takeBound(ctx)
	if err != nil {
		return err
	}
	if again == nil || len(again) > 0 {
		bindings := s.bindings
		bindings.Only = again
		batch.Bind(bindings)
		if j.edition == nil { // whose feed says what its lines mention
			j.known = s.known
		}
		if err := j.readInto(ctx, nil, again); err != nil {
			return err
		}
		if err := j.stageOf(headwater.ResourceSource).leavePassed(ctx, j.tx); err != nil {
			return err
		}
		slices.SortStableFunc(j.notes, func(a, b bundle.Note) int { return a.Line - b.Line })
		slices.SortStableFunc(j.partFaults.list, func(a, b bundle.LineFault) int { return a.Line - b.Line })
	}
	batch.Bind(s.bindings)
	if err := j.propose(ctx, s.matches...); err != nil {
		return err
	}
	return j.analyzeStages(ctx)
}

func (j *job) analyzeStages(ctx context.Context) error {
	for _, stage := range j.stages {
		if !stage.isFilled() {
			continue
		}
		if _, err := j.tx.Exec(ctx, stage.analyzeSQL()); err != nil {
			return err
		}
	}
	return nil
}

// readInto reads the lines of only, or all where that is nil, into the temporary tables, and shows them to a survey if there is one.
// It is a pipeline: while some lines are read, those before them are made into rows, and others are copied.
func (j *job) readInto(ctx context.Context, s *survey, only map[int]bool) error {
	steps, working := errgroup.WithContext(ctx)
	lines, copies := make(chan []parsedLine), make(chan copyFunc)
	steps.Go(catchPanic(func() error {
		defer close(lines)
		return j.read(working, lines, only)
	}))
	steps.Go(catchPanic(func() error {
		defer close(copies)
		return j.makeRows(working, lines, copies, s)
	}))
	steps.Go(catchPanic(func() error {
		for copy := range copies {
			if err := copy(ctx, j.tx); err != nil {
				return err
			}
		}
		return nil
	}))
	return steps.Wait()
}

// read sends the lines of only, or all of the batch where that is nil, some at a time.
func (j *job) read(ctx context.Context, lines chan<- []parsedLine, only map[int]bool) error {
	pending := buffer[parsedLine]{flushTo: func(some []parsedLine) error { return send(ctx, lines, some) }}
	for item, err := range j.batch.Items() {
		if only != nil && item.Line > 0 && !only[item.Line] {
			continue
		}
		if err := pending.add(parsedLine{item, err}, item.Size); err != nil {
			return err
		}
	}
	return pending.flush()
}

// makeRows sends the rows of a resource to be copied whenever there are enough, and in the end the rest. What a survey looks up takes its
// turn among them.
func (j *job) makeRows(ctx context.Context, lines <-chan []parsedLine, copies chan<- copyFunc, s *survey) error {
	var record recordProgress
	row := forEach(func(line parsedLine) error { return j.makeRow(ctx, &record, line, copies, s) })
	for some := range lines {
		if err := row(some); err != nil {
			return err
		}
	}
	j.endRecord(record)
	for _, stage := range j.stages {
		if err := send(ctx, copies, stage.takeRows()); err != nil {
			return err
		}
	}
	if s == nil {
		return nil
	}
	return send(ctx, copies, s.takeItems())
}

func (j *job) makeRow(ctx context.Context, record *recordProgress, line parsedLine, copies chan<- copyFunc, s *survey) error {
	kept, err := j.count(record, line)
	if err != nil || !kept {
		return err
	}
	if s != nil {
		if s.isFull(line.item) {
			if err := send(ctx, copies, s.takeItems()); err != nil {
				return err
			}
		}
		if s.add(line.item) {
			return nil
		}
	}
	stage := j.stageOf(line.item.Resource)
	if j.changesNothing(line.item) {
		stage.pass(line.item.Meta.ID)
		return nil
	}
	full, err := stage.add(line.item)
	if full && err == nil {
		err = send(ctx, copies, stage.takeRows())
	}
	return err
}

// changesNothing says whether a line only mentions a source of which it is known that it is stored: what is stored stays.
func (j *job) changesNothing(item bundle.Item) bool {
	return j.known != nil && item.Resource == headwater.ResourceSource && item.Assertion == bundle.Mentions && j.known.isThere(item.Meta.ID)
}

// count counts a line towards its record, and says whether it is kept.
func (j *job) count(record *recordProgress, line parsedLine) (kept bool, err error) {
	var faults bundle.LineFaults
	switch {
	case errors.As(line.err, &faults):
		j.partFaults.add(faults...)
		if line.item.Itself == uuid.Nil {
			j.unreadUnknown = true
		} else {
			j.unread = append(j.unread, line.item.Itself.String())
		}
		j.unreadDocument = j.unreadDocument || line.item.Resource == headwater.ResourceDocument
		j.endRecord(record.next(faults[0].Line))
		record.faulty = true
		return false, nil
	case line.err != nil:
		return false, line.err
	}
	j.note(line.item.Notes)
	if line.item.Thing == nil {
		return false, nil // what is above the records, or an empty one
	}
	j.endRecord(record.next(line.item.Line))
	if j.skipped[line.item.Line] {
		record.faulty = true
		return false, nil
	}
	record.kept = true
	return true, nil
}

// buffer collects things until there are enough to pass on, since passing on each alone costs more than making it.
type buffer[T any] struct {
	flushTo func([]T) error
	things  []T
	size    int
}

// A buffer is flushed when it has so many things or bytes.
const (
	bufferedItems = 256
	bufferedBytes = 256 << 10
)

func (b *buffer[T]) add(thing T, bytes int) error {
	b.things, b.size = append(b.things, thing), b.size+bytes
	if len(b.things) < bufferedItems && b.size < bufferedBytes {
		return nil
	}
	return b.flush()
}

func (b *buffer[T]) flush() error {
	things := b.things
	b.things, b.size = nil, 0
	return b.flushTo(things)
}

// send sends a value, unless an error elsewhere has ended the work.
func send[T any](ctx context.Context, to chan<- T, value T) error {
	select {
	case to <- value:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// catchPanic turns a panic into an error: in a goroutine of its own, nobody else recovers it, and it would end the program.
func catchPanic(do func() error) func() error {
	return func() (err error) {
		defer func() {
			if reason := recover(); reason != nil {
				err = fmt.Errorf("store: panic: %v\n%s", reason, debug.Stack())
			}
		}()
		return do()
	}
}
