package store

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/headwater-project/headwater/interchange"
)

// Export writes what is stored in some form, as it is at one moment, in the order of the ids. The same things give the same
// bytes. Its error is headwater.Faults where the form is not valid, before anything is written.
func (s *Store) Export(ctx context.Context, w io.Writer, form interchange.ExportOptions) error {
	if err := form.Validate(); err != nil {
		return err
	}
	switch form.Format.Holds() {
	case interchange.Reviews:
		return s.exportFactChecks(ctx, w, form)
	case interchange.Rows:
		return s.exportTable(ctx, w, form)
	case interchange.Everything:
	}
	return s.exportEverything(ctx, w, form)
}

func (s *Store) exportEverything(ctx context.Context, w io.Writer, form interchange.ExportOptions) error {
	out, err := interchange.NewThingWriter(w, form.Format, s.namespace)
	if err != nil {
		return err
	}
	err = s.reading(ctx, func(tx pgx.Tx) error {
		for _, stage := range newStages() {
			if err := stage.export(ctx, tx, out); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return out.Close()
}

// reading runs a long reading as of one moment.
func (s *Store) reading(ctx context.Context, do func(tx pgx.Tx) error) error {
	return interpret(pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := unhurried(ctx, tx); err != nil {
			return err
		}
		return do(tx)
	}))
}

// eachBatch hands on what a query gives, some rows at a time.
func eachBatch[T any](ctx context.Context, tx pgx.Tx, each func([]T) error, sql string, args ...any) error {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	batch := gathered[T]{handOn: each}
	for rows.Next() {
		thing, err := pgx.RowToStructByName[T](rows)
		if err != nil {
			return err
		}
		size := 0
		for _, value := range rows.RawValues() {
			size += len(value)
		}
		if err := batch.add(thing, size); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return batch.flush()
}

// eachRow hands on what a query gives, one row at a time.
func eachRow[T any](ctx context.Context, tx pgx.Tx, each func(T) error, sql string, args ...any) error {
	return eachBatch(ctx, tx, eachOf(each), sql, args...)
}

// eachOf does something with each thing of a batch.
func eachOf[T any](do func(T) error) func([]T) error {
	return func(things []T) error {
		for _, thing := range things {
			if err := do(thing); err != nil {
				return err
			}
		}
		return nil
	}
}

// export writes all things of a resource, some while the next are read.
func (s *stageOf[T, F]) export(ctx context.Context, tx pgx.Tx, out interchange.ThingWriter) error {
	steps, working := errgroup.WithContext(ctx)
	batches := make(chan []T)
	steps.Go(surviving(func() error {
		defer close(batches)
		return eachBatch(working, tx, func(things []T) error { return send(working, batches, things) }, fmt.Sprintf("SELECT %s FROM %s ORDER BY id", s.selected(""), s.name))
	}))
	steps.Go(surviving(func() error {
		write := eachOf(func(thing T) error { return out.Write(thing) })
		for things := range batches {
			if err := write(things); err != nil {
				return err
			}
		}
		return nil
	}))
	return steps.Wait()
}
