package pg

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// Paging asks for one page of a list.
type Paging struct {
	Limit  int    // entries at most, 1 to MaxLimit
	Cursor string // the NextCursor of the page before; empty for the first
}

// MaxLimit is how many entries a page can have.
const MaxLimit = 1_000

// Page is one page of a list.
type Page[T any] struct {
	Items      []T
	NextCursor string // empty at the end
	Truncated  bool   // of a search: more things have the words than were ranked
	Bytes      int    // what was read for it, where things can be large
}

// MaxPageBytes is after how many bytes a page of large things ends, whatever its limit: each of them can be as large as a body.
const MaxPageBytes = 8 << 20

const (
	// AtOnce is up to which limit a page is read by one statement, whatever the size of its rows.
	AtOnce = 50
	// firstRows is how many rows of a longer page are asked for before it is known how large they are.
	firstRows = 16
)

// Read reads a page of what a statement selects, of which it asks for one row more than the limit. It says whether there are more than
// the page may have. Of large things little more is read than the page takes. After an error the page has what came before.
func (page *Page[T]) Read(ctx context.Context, db *DB, limit int, sql string, args ...any) (more bool, err error) {
	if limit <= AtOnce {
		more, err = page.readAll(ctx, db.Pool, limit, sql, args)
		return more, Interpret(err)
	}
	err = pgx.BeginTxFunc(ctx, db.Pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		more, err = page.ReadIn(ctx, tx, limit, sql, args...)
		return err
	})
	return more, Interpret(err)
}

// ReadIn is Read within a transaction.
func (page *Page[T]) ReadIn(ctx context.Context, tx pgx.Tx, limit int, sql string, args ...any) (more bool, err error) {
	if limit <= AtOnce {
		return page.readAll(ctx, tx, limit, sql, args)
	}
	var batch pgx.Batch
	batch.Queue("SET LOCAL cursor_tuple_fraction = 1") // all of it is wanted, as by the statement alone
	batch.Queue("DECLARE page NO SCROLL CURSOR FOR "+sql, args...)
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return false, err
	}
	for n, all := firstRows, false; !all && !more && err == nil; n = page.next(limit) {
		before := len(page.Items)
		// Not prepared: the next page that is read over this connection has other columns.
		more, err = page.readAll(ctx, tx, limit, fmt.Sprintf("FETCH %d FROM page", n), []any{pgx.QueryExecModeDescribeExec})
		all = len(page.Items) < before+n
	}
	_, closeErr := tx.Exec(ctx, "CLOSE page") // also where a row could not be read: who knows which one goes on after it
	return more, cmp.Or(err, closeErr)
}

func (page *Page[T]) readAll(ctx context.Context, db Queryer, limit int, sql string, args []any) (more bool, err error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return false, err
	}
	return page.readRows(rows, limit)
}

// next is how many rows to ask for next: as many as the page has room for if they are as large as those before. They may be larger, so
// that it is no more than twice these.
func (page *Page[T]) next(limit int) int {
	have := len(page.Items)
	room := max(0, MaxPageBytes-page.Bytes) / max(1, page.Bytes/max(1, have))
	return max(1, min(limit+1-have, 2*have, room+1))
}

// readRows reads rows into the page, by the names of their columns, until it has so many things or bytes as it may have. It says whether
// there are more.
func (page *Page[T]) readRows(rows pgx.Rows, limit int) (more bool, err error) {
	defer rows.Close()
	for rows.Next() {
		if len(page.Items) == limit || page.Bytes >= MaxPageBytes {
			return true, nil
		}
		for _, value := range rows.RawValues() {
			page.Bytes += len(value)
		}
		thing, err := pgx.RowToStructByName[T](rows)
		if err != nil {
			return false, err
		}
		page.Items = append(page.Items, thing)
	}
	return false, rows.Err()
}

// Check faults a limit that is out of range.
func (p Paging) Check() error {
	if p.Limit < 1 || p.Limit > MaxLimit {
		return headwater.Faults{headwater.NewFault("/limit", headwater.FaultRange, p.Limit, fmt.Sprintf("1 to %d", MaxLimit))}
	}
	return nil
}

// PageByID reads a page of a list in the order of ids. sql selects what comes after the id $1, $2 of it at most.
func PageByID[T any](ctx context.Context, db *DB, question any, p Paging, id func(T) uuid.UUID, sql string, args ...any) (Page[T], error) {
	page := Page[T]{Items: []T{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	after, err := DecodeCursor(question, p.Cursor, UUIDValue)
	if err != nil {
		return page, err
	}
	if after == nil {
		after = []string{uuid.Nil.String()}
	}
	more, err := page.Read(ctx, db, p.Limit, sql, slices.Concat([]any{after[0], p.Limit + 1}, args)...)
	if err == nil && more {
		page.NextCursor, err = EncodeCursor(question, []string{id(page.Items[len(page.Items)-1]).String()})
	}
	return page, err
}

// PageOf gives a page of a list that is in memory, in the order of its places as text. No two things have the same place.
func PageOf[T any](question any, p Paging, sorted []T, place func(T) string) (Page[T], error) {
	page := Page[T]{Items: []T{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	after, err := DecodeCursor(question, p.Cursor, TextValue)
	if err != nil {
		return page, err
	}
	from := 0
	if after != nil {
		var found bool
		if from, found = slices.BinarySearchFunc(sorted, after[0], func(thing T, text string) int {
			return strings.Compare(place(thing), text)
		}); found {
			from++
		}
	}
	to := min(from+p.Limit, len(sorted))
	page.Items = append(page.Items, sorted[from:to]...)
	if to < len(sorted) {
		page.NextCursor, err = EncodeCursor(question, []string{place(sorted[to-1])})
	}
	return page, err
}
