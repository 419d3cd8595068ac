package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// Common are the filters that every list has.
type Common struct {
	IDs       []uuid.UUID
	Key       string
	Namespace string // of the key; any if empty
	Status    []string
	Sort      string // one of the list's orders; "id" if empty
}

// order is one order of a list: by its columns, of which the last is the id.
type order[T any] struct {
	columns    []string // with the casts that read a cursor's text back
	types      []string
	descending bool
	values     func(T) []string
}

// where collects the conditions of a list. A ? in a condition stands for its argument.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, args ...any) {
	for _, arg := range args {
		condition = strings.Replace(condition, "?", w.arg(arg), 1)
	}
	w.conditions = append(w.conditions, condition)
}

func (w *where) arg(value any) string {
	w.args = append(w.args, value)
	return "$" + strconv.Itoa(len(w.args))
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// addIf adds a condition on one value where one is given.
func addIf[V comparable](w *where, condition string, value V) {
	var none V
	if value != none {
		w.add(condition, value)
	}
}

// common adds the filters that every list has.
func (w *where) common(c Common) {
	if len(c.IDs) > 0 {
		w.add("t.id = ANY (?)", c.IDs)
	}
	addIf(w, "t.key = ?", c.Key)
	addIf(w, "t.namespace = ?", c.Namespace)
	if len(c.Status) > 0 {
		w.add("t.status = ANY (?)", c.Status)
	}
}

// orders gives the orders that every list has.
func (t table[T, F]) orders() map[string]order[T] {
	id := func(thing T) string { return t.meta(thing).ID.String() }
	created := func(thing T) []string {
		return []string{t.meta(thing).CreatedAt.Format(time.RFC3339Nano), id(thing)}
	}
	columns, types := []string{"t.created_at", "t.id"}, []string{"timestamptz", "uuid"}
	orders := map[string]order[T]{
		"id":          {[]string{"t.id"}, []string{"uuid"}, false, func(thing T) []string { return []string{id(thing)} }},
		"created_at":  {columns, types, false, created},
		"-created_at": {columns, types, true, created},
	}
	maps.Copy(orders, t.sorts)
	return orders
}

// list gives one page of a table. question is the whole filter, to which the cursor is tied.
func list[T any, F fields](ctx context.Context, s *Store, t table[T, F], selected string, w *where, question any, sort string, p Paging) (Page[T], error) {
	l, err := listing(t, selected, w, question, sort, p)
	if err != nil {
		return Page[T]{Items: []T{}}, err
	}
	rows, err := s.pool.Query(ctx, l.sql, l.args...)
	if err != nil {
		return Page[T]{Items: []T{}}, interpret(err)
	}
	page, err := l.page(rows)
	return page, interpret(err)
}

// lister is a page that is to be read.
type lister[T any] struct {
	sql    string
	args   []any
	limit  int
	cursor func(last T) (string, error)
}

func listing[T any, F fields](t table[T, F], selected string, w *where, question any, sort string, p Paging) (l lister[T], err error) {
	if err := p.check(); err != nil {
		return l, err
	}
	orders := t.orders()
	if sort == "" {
		sort = "id"
	}
	by, known := orders[sort]
	if !known {
		return l, headwater.Faults{headwater.NewFault("/sort", headwater.FaultNotOneOf, sort, "one of "+strings.Join(slices.Sorted(maps.Keys(orders)), ", "))}
	}
	after, err := decodeCursor(question, p.Cursor, len(by.columns))
	if err != nil {
		return l, err
	}
	by.after(w, after)
	l.sql = fmt.Sprintf("SELECT %s FROM %s AS t%s ORDER BY %s LIMIT %d", selected, t.name, w, by.sql(), p.Limit+1)
	l.args, l.limit = w.args, p.Limit
	l.cursor = func(last T) (string, error) { return encodeCursor(question, by.values(last)) }
	return l, nil
}

// page reads the page; one more row says that there is another.
func (l lister[T]) page(rows pgx.Rows) (page Page[T], err error) {
	page.Items, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err == nil && len(page.Items) > l.limit {
		page.Items = page.Items[:l.limit]
		page.NextCursor, err = l.cursor(page.Items[l.limit-1])
	}
	return page, err
}

// after keeps what comes after a page's last entry.
func (o order[T]) after(w *where, values []string) {
	if values == nil {
		return
	}
	var at []string
	for i, value := range values {
		at = append(at, w.arg(value)+"::text::"+o.types[i])
	}
	comparison := ">"
	if o.descending {
		comparison = "<"
	}
	w.conditions = append(w.conditions, fmt.Sprintf("(%s) %s (%s)", strings.Join(o.columns, ", "), comparison, strings.Join(at, ", ")))
}

func (o order[T]) sql() string {
	if !o.descending {
		return strings.Join(o.columns, ", ")
	}
	return strings.Join(o.columns, " DESC, ") + " DESC"
}
