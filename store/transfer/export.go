package transfer

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

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
	case interchange.HoldsAnnotations:
		return e.exportAnnotations(ctx, w, options)
	case interchange.HoldsEverything, interchange.HoldsOwnership, interchange.HoldsDocuments:
		// of these only the first is written
	}
	return e.exportEverything(ctx, w, options)
}

func (e *Exporter) exportEverything(ctx context.Context, w io.Writer, options interchange.ExportOptions) error {
	out, err := interchange.NewThingWriter(w, options.Format, e.db.Namespace())
	if err != nil {
		return err
	}
	err = e.snapshot(ctx, pgx.ReadOnly, func(tx pgx.Tx) error {
		for _, stage := range newStages() {
			if err := stage.export(ctx, tx, out, options.RecordedBy); err != nil {
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
func (e *Exporter) snapshot(ctx context.Context, access pgx.TxAccessMode, do func(tx pgx.Tx) error) error {
	return pg.Interpret(pgx.BeginTxFunc(ctx, e.db.ExportPool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: access},
		func(tx pgx.Tx) error {
			if err := pg.WithoutStatementTimeout(ctx, tx); err != nil {
				return err
			}
			return do(tx)
		}))
}

// standInPrefix is what the names of temporary tables begin with that stand in for tables as they were. Statements that join tables need
// their indexes.
const standInPrefix = "past_"

// snapshotAt runs a reading of tables in one snapshot: with what their names begin with, which is nothing or, where they are wanted as
// they were by a place of the order, that of those that stand in for them.
func (e *Exporter) snapshotAt(ctx context.Context, seq int64, do func(tx pgx.Tx, prefix string) error) error {
	if seq == 0 {
		return e.snapshot(ctx, pgx.ReadOnly, func(tx pgx.Tx) error { return do(tx, "") })
	}
	return e.snapshot(ctx, pgx.ReadWrite, func(tx pgx.Tx) error {
		for _, stage := range newStages() {
			if err := stage.standIn(ctx, e.db, tx, seq); err != nil {
				return err
			}
		}
		if err := do(tx, standInPrefix); err != nil {
			return err
		}
		return e.db.DropTemporary(ctx, tx)
	})
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

// export writes all things of a resource, or all that there were by a place of the order, some while the next are read.
func (s *tableStage[T, F]) export(ctx context.Context, tx pgx.Tx, out interchange.ThingWriter, seq int64) error {
	table, args := s.Table, []any{}
	if seq > 0 {
		var err error
		if table, err = s.At("$1", ""); err != nil {
			return err
		}
		args = append(args, seq)
	}
	steps, working := errgroup.WithContext(ctx)
	batches := make(chan []T)
	steps.Go(catchPanic(func() error {
		defer close(batches)
		return eachBatch(working, tx, func(things []T) error { return send(working, batches, things) },
			fmt.Sprintf("SELECT %s FROM %s AS t ORDER BY id", table.Selected("t"), table.Name), args...)
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

// standIn makes a temporary table that stands in for the stage's as it was by a place of the order. What is derived to search by stays
// empty, and so do texts of documents: the formats that join tables have neither.
func (s *tableStage[T, F]) standIn(ctx context.Context, db *pg.DB, tx pgx.Tx, seq int64) error {
	was, err := s.At("$1", "")
	if err != nil {
		return err
	}
	name := standInPrefix + s.Name
	indexes := []string{"id"}
	into, from := []string{"id", "key", "namespace", "version", "created_at", "updated_at", "status"}, ""
	if s.Merges {
		into = append(into, "merged_into")
		indexes = append(indexes, "merged_into")
	}
	into = append(into, s.Written()...)
	if slices.Contains(into, "claim_id") {
		indexes = append(indexes, "claim_id")
	}
	var none F
	args := append([]any{seq}, s.Values(none)[len(s.Columns):]...)
	for i := range s.Search {
		from += fmt.Sprintf(", $%d", i+2)
	}
	const like = "CREATE TEMP TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP"
	if _, err := tx.Exec(ctx, fmt.Sprintf(db.Temporary(like), name, s.Name)); err != nil {
		return err
	}
	// all of it first, since Citus cannot plan an INSERT that reads tables and JSON
	const fill = "WITH was AS MATERIALIZED (SELECT %s FROM %s AS t) INSERT INTO %s (%s) SELECT was.*%s FROM was"
	if _, err := tx.Exec(ctx, fmt.Sprintf(fill, strings.Replace(was.Selected("t"), "t.text,", "'',", 1), was.Name, name,
		strings.Join(into, ", "), from), args...); err != nil {
		return err
	}
	for _, column := range indexes {
		if err := execEach(ctx, tx, fmt.Sprintf("CREATE INDEX ON %s (%s)", name, column)); err != nil {
			return err
		}
	}
	return execEach(ctx, tx, "ANALYZE "+name)
}
