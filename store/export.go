package store

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/bundle"
)

// Export writes all that is stored as a bundle, as it is at one moment, in the order of the ids. The same things give
// the same bytes.
func (s *Store) Export(ctx context.Context, w io.Writer) error {
	out, err := bundle.NewWriter(w, s.namespace)
	if err != nil {
		return err
	}
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		if err := unhurried(ctx, tx); err != nil {
			return err
		}
		for _, stage := range newStages() {
			if err := stage.export(ctx, tx, out); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return interpret(err)
	}
	return out.Flush()
}

// export writes all things of a resource, one row at a time.
func (s *stageOf[T, F]) export(ctx context.Context, tx pgx.Tx, out *bundle.Writer) error {
	rows, err := tx.Query(ctx, fmt.Sprintf("SELECT %s FROM %s ORDER BY id", s.selected(""), s.name))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		thing, err := pgx.RowToStructByName[T](rows)
		if err != nil {
			return err
		}
		if err := out.Write(thing); err != nil {
			return err
		}
	}
	return rows.Err()
}
