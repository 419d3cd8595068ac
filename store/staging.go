package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/headwater-project/headwater/bundle"
)

// copyFunc copies rows that are ready into their table.
type copyFunc func(ctx context.Context, tx pgx.Tx) error

// parsedLine is what a batch gives for a line.
type parsedLine struct {
	item bundle.Item
	err  error
}

// stage reads the batch into the temporary tables, all but the lines that are left out. Some lines are read while those
// before them become rows, and others are copied.
func (i *job) stage(ctx context.Context) error {
	steps, working := errgroup.WithContext(ctx)
	lines, copies := make(chan []parsedLine), make(chan copyFunc)
	steps.Go(catchPanic(func() error {
		defer close(lines)
		return i.read(working, lines)
	}))
	steps.Go(catchPanic(func() error {
		defer close(copies)
		return i.makeRows(working, lines, copies)
	}))
	steps.Go(catchPanic(func() error {
		for copy := range copies {
			if err := copy(ctx, i.tx); err != nil {
				return err
			}
		}
		return nil
	}))
	if err := steps.Wait(); err != nil {
		return err
	}
	for _, stage := range i.stages {
		if _, err := i.tx.Exec(ctx, stage.analyzeSQL()); err != nil {
			return err
		}
	}
	return nil
}

// read hands on what the batch gives, some lines at a time.
func (i *job) read(ctx context.Context, lines chan<- []parsedLine) error {
	together := buffer[parsedLine]{flushTo: func(some []parsedLine) error { return send(ctx, lines, some) }}
	for item, err := range i.batch.Items() {
		if err := together.add(parsedLine{item, err}, item.Size); err != nil {
			return err
		}
	}
	return together.flush()
}

// makeRows hands on rows to be copied whenever there are enough of a resource, and in the end the rest.
func (i *job) makeRows(ctx context.Context, lines <-chan []parsedLine, copies chan<- copyFunc) error {
	var record recordProgress
	row := forEach(func(line parsedLine) error { return i.makeRow(ctx, &record, line, copies) })
	for together := range lines {
		if err := row(together); err != nil {
			return err
		}
	}
	i.records.add(record)
	for _, stage := range i.stages {
		if err := send(ctx, copies, stage.takeRows()); err != nil {
			return err
		}
	}
	return nil
}

func (i *job) makeRow(ctx context.Context, record *recordProgress, line parsedLine, copies chan<- copyFunc) error {
	kept, err := i.count(record, line)
	if err != nil || !kept {
		return err
	}
	stage := i.stageOf(line.item.Resource)
	full, err := stage.add(line.item)
	if full && err == nil {
		err = send(ctx, copies, stage.takeRows())
	}
	return err
}

// count counts a line towards its record, and says whether it is kept.
func (i *job) count(record *recordProgress, line parsedLine) (kept bool, err error) {
	var faults bundle.Faults
	switch {
	case errors.As(line.err, &faults):
		i.partFaults.add(faults...)
		i.records.add(record.next(faults[0].Line))
		record.faulty = true
		return false, nil
	case line.err != nil:
		return false, line.err
	}
	i.records.add(record.next(line.item.Line))
	if i.skipped[line.item.Line] {
		record.faulty = true
		return false, nil
	}
	record.kept = true
	return true, nil
}

// buffer are things that are handed on together, since to hand on each alone costs more than to make it.
type buffer[T any] struct {
	flushTo func([]T) error
	things []T
	size   int
}

// Things are handed on once there are so many of them or of their bytes.
const (
	bufferedItems = 256
	bufferedBytes  = 256 << 10
)

func (g *buffer[T]) add(thing T, bytes int) error {
	g.things, g.size = append(g.things, thing), g.size+bytes
	if len(g.things) < bufferedItems && g.size < bufferedBytes {
		return nil
	}
	return g.flush()
}

func (g *buffer[T]) flush() error {
	things := g.things
	g.things, g.size = nil, 0
	return g.flushTo(things)
}

// send hands on a value, unless the work is ended by an error elsewhere.
func send[T any](ctx context.Context, to chan<- T, value T) error {
	select {
	case to <- value:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// catchPanic makes an error of a panic, which would end the program: nobody stands above a goroutine.
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
