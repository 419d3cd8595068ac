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
	page := Page[T]{Items: []T{}}
	if err := p.check(); err != nil {
		return page, err
	}
	orders := t.orders()
	if sort == "" {
		sort = "id"
	}
	by, known := orders[sort]
	if !known {
		return page, headwater.Faults{headwater.NewFault("/sort", headwater.FaultNotOneOf, sort, "one of "+strings.Join(slices.Sorted(maps.Keys(orders)), ", "))}
	}
	after, err := decodeCursor(question, p.Cursor, len(by.columns))
	if err != nil {
		return page, err
	}
	by.after(w, after)
	sql := fmt.Sprintf("SELECT %s FROM %s AS t%s ORDER BY %s LIMIT %d", selected, t.name, w, by.sql(), p.Limit+1)
	page.Items, err = many[T](ctx, s.pool, sql, w.args...)
	if err != nil {
		return page, interpret(err)
	}
	if len(page.Items) > p.Limit {
		page.Items = page.Items[:p.Limit]
		page.NextCursor, err = encodeCursor(question, by.values(page.Items[p.Limit-1]))
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
