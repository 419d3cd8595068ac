package transfer

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store/pg"
)

// Exporter exports from a database.
type Exporter struct{ db *pg.DB }

// NewExporter gives the exporter of a database.
func NewExporter(db *pg.DB) *Exporter { return &Exporter{db} }

// Export writes what is stored in some format, from one snapshot, in the order of ids. The same things give the same bytes. Options
// that are not valid give headwater.Faults before anything is written.
func (e *Exporter) Export(ctx context.Context, w io.Writer, options interchange.ExportOptions) error {
	if err := options.Validate(); err != nil {
		return err
	}
	switch options.Format.Holds() {
	case interchange.HoldsReviews:
		return e.exportFactChecks(ctx, w, options)
	case interchange.HoldsRows:
		return e.exportCSV(ctx, w, options)
	case interchange.HoldsEverything, interchange.HoldsOwnership, interchange.HoldsDocuments: // only the first is written
	}
	return e.exportEverything(ctx, w, options)
}

func (e *Exporter) exportEverything(ctx context.Context, w io.Writer, options interchange.ExportOptions) error {
	out, err := interchange.NewThingWriter(w, options.Format, e.db.Namespace())
	if err != nil {
		return err
	}
	err = e.snapshot(ctx, func(tx pgx.Tx) error {
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

// snapshot runs a long reading in one snapshot.
func (e *Exporter) snapshot(ctx context.Context, do func(tx pgx.Tx) error) error {
	return pg.Interpret(pgx.BeginTxFunc(ctx, e.db.ExportPool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly},
		func(tx pgx.Tx) error {
			if err := pg.WithoutStatementTimeout(ctx, tx); err != nil {
				return err
			}
			return do(tx)
		}))
}

// eachBatch passes on the rows of a query, some at a time.
func eachBatch[T any](ctx context.Context, tx pgx.Tx, each func([]T) error, sql string, args ...any) error {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	pending := buffer[T]{flushTo: each}
	for rows.Next() {
		thing, err := pgx.RowToStructByName[T](rows)
		if err != nil {
			return err
		}
		size := 0
		for _, value := range rows.RawValues() {
			size += len(value)
		}
		if err := pending.add(thing, size); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return pending.flush()
}

// eachRow passes on the rows of a query, one at a time.
func eachRow[T any](ctx context.Context, tx pgx.Tx, each func(T) error, sql string, args ...any) error {
	return eachBatch(ctx, tx, forEach(each), sql, args...)
}

// forEach makes a function for a batch from one for each thing.
func forEach[T any](do func(T) error) func([]T) error {
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
func (s *tableStage[T, F]) export(ctx context.Context, tx pgx.Tx, out interchange.ThingWriter) error {
	steps, working := errgroup.WithContext(ctx)
	batches := make(chan []T)
	steps.Go(catchPanic(func() error {
		defer close(batches)
		return eachBatch(working, tx, func(things []T) error { return send(working, batches, things) },
			fmt.Sprintf("SELECT %s FROM %s ORDER BY id", s.Selected(""), s.Name))
	}))
	steps.Go(catchPanic(func() error {
		write := forEach(func(thing T) error { return out.Write(thing) })
		for things := range batches {
			if err := write(things); err != nil {
				return err
			}
		}
		return nil
	}))
	return steps.Wait()
}
