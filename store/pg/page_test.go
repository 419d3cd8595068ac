package pg_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/storetest"
)

// row is a row of a size; each that PostgreSQL makes is counted.
type row struct {
	N      int
	Text   string
	Number int64
}

const (
	small = "10"
	large = "900000"
)

// TestPagesReadWhatTheyTake: a page that ends early does not have the rest of its rows made.
func TestPagesReadWhatTheyTake(t *testing.T) {
	t.Parallel()
	db := openDB(t)
	const smallAt11 = "CASE WHEN n = 11 THEN " + small + " ELSE " + large + " END"
	after := func(n int) string { return fmt.Sprintf("CASE WHEN n <= %d THEN %s ELSE %s END", n, small, large) }
	for name, test := range map[string]struct {
		size                           string
		rows, limit, items, madeAtMost int
		more                           bool
	}{
		"a short page of small ones":      {size: small, rows: 100, limit: 50, items: 50, more: true, madeAtMost: 51},
		"a long page of small ones":       {size: small, rows: 2_000, limit: 1_000, items: 1_000, more: true, madeAtMost: 1_001},
		"as many as the limit":            {size: small, rows: 1_000, limit: 1_000, items: 1_000, madeAtMost: 1_000},
		"fewer than the limit":            {size: small, rows: 16, limit: 1_000, items: 16, madeAtMost: 16},
		"none":                            {size: small, limit: 1_000},
		"a long page of large ones":       {size: large, rows: 2_000, limit: 1_000, items: 10, more: true, madeAtMost: 16},
		"large ones after a few":          {size: after(16), rows: 2_000, limit: 1_000, items: 26, more: true, madeAtMost: 48},
		"large ones after many":           {size: after(40), rows: 2_000, limit: 1_000, items: 50, more: true, madeAtMost: 144},
		"large ones, and a small at last": {size: smallAt11, rows: 11, limit: 1_000, items: 10, more: true, madeAtMost: 11},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := pgx.BeginFunc(t.Context(), db.Pool, func(tx pgx.Tx) error {
				if _, err := tx.Exec(t.Context(), "CREATE TEMP SEQUENCE made"); err != nil {
					return err
				}
				var page pg.Page[row]
				more, err := page.ReadIn(t.Context(), tx, test.limit, fmt.Sprintf("SELECT n, repeat('x', %s) AS text, "+
					"nextval('made') AS number FROM generate_series(1, $1) AS n LIMIT %d", test.size, test.limit+1), test.rows)
				if err != nil {
					return err
				}
				if len(page.Items) != test.items || more != test.more {
					t.Errorf("%d items, more: %t", len(page.Items), more)
				}
				for i, item := range page.Items {
					if item.N != i+1 {
						t.Fatalf("row %d is the %dth", item.N, i+1)
					}
				}
				var made int
				err = tx.QueryRow(t.Context(), "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM made").Scan(&made)
				if made > test.madeAtMost {
					t.Errorf("%d rows were made for %d", made, test.items)
				}
				_, dropErr := tx.Exec(t.Context(), "DROP SEQUENCE made")
				return errors.Join(err, dropErr)
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestPagesUpToWhatCannotBeRead have what comes before it, and the transaction goes on.
func TestPagesUpToWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	db := openDB(t)
	for _, limit := range []int{50, 1_000} {
		for bad := 1; bad <= 49; bad += 24 {
			err := pgx.BeginFunc(t.Context(), db.Pool, func(tx pgx.Tx) error {
				for range 2 {
					var other pg.Page[struct{ Other string }] // with other columns over the same connection
					if _, err := other.ReadIn(t.Context(), tx, limit, "SELECT 'x' AS other"); err != nil {
						return err
					}
					var page pg.Page[row]
					_, err := page.ReadIn(t.Context(), tx, limit, "SELECT n, CASE WHEN n <> $1 THEN '' END AS text, 0::bigint AS number "+
						"FROM generate_series(1, 60) AS n", bad)
					cell, ok := errors.AsType[pgx.ScanArgError](err)
					if !ok || cell.FieldName != "text" || len(page.Items) != bad-1 {
						t.Errorf("limit %d, a bad row %d: %d items, %v", limit, bad, len(page.Items), err)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func openDB(t *testing.T) *pg.DB {
	t.Helper()
	db, err := pg.Open(context.WithoutCancel(t.Context()), pg.Options{ConnString: storetest.New(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Pool.Close)
	return db
}
