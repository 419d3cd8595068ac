package pg

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

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
	Feed      string `json:",omitempty"` // that says it now
	Sort      string // one of the list's orders; "id" if empty
}

// Order is one order of a list: by its columns, of which the last is the id.
type Order[T any] struct {
	columns    []string
	types      []ValueType // of the columns, by which a cursor's text is read back
	descending bool
	values     func(T) []string
}

// Where collects conditions and their arguments.
type Where struct {
	Conditions []string
	Args       []any
}

// Add adds a condition, in which each ? stands for the next argument.
func (w *Where) Add(condition string, args ...any) {
	for _, arg := range args {
		condition = strings.Replace(condition, "?", w.Arg(arg), 1)
	}
	w.Conditions = append(w.Conditions, condition)
}

// Arg adds an argument and gives its placeholder.
func (w *Where) Arg(value any) string {
	w.Args = append(w.Args, value)
	return "$" + strconv.Itoa(len(w.Args))
}

// String is the WHERE clause; empty if there is no condition.
func (w *Where) String() string {
	if len(w.Conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.Conditions, " AND ")
}

// AddIf adds a condition on a value, unless the value is zero.
func AddIf[V comparable](w *Where, condition string, value V) {
	var none V
	if value != none {
		w.Add(condition, value)
	}
}

// Common adds the filters that every list has.
func (w *Where) Common(c Common) {
	if len(c.IDs) > 0 {
		w.Add("t.id = ANY (?)", c.IDs)
	}
	AddIf(w, "t.key = ?", c.Key)
	AddIf(w, "t.namespace = ?", c.Namespace)
	if len(c.Status) > 0 {
		w.Add("t.status = ANY (?)", c.Status)
	}
	AddIf(w, "t.id IN (SELECT thing FROM feed_things AS row JOIN feeds ON name = feed WHERE feed = ? AND "+
		FeedSaysSQL("row", "edition")+")", c.Feed)
}

// FeedSaysSQL is the condition under which a row of feed_things counts while an edition does.
func FeedSaysSQL(row, edition string) string {
	return fmt.Sprintf("%[1]s.first <= %[2]s AND (%[1]s.last IS NULL OR %[1]s.last >= %[2]s)", row, edition)
}

// FeedSaidSQL is the condition under which an edition that counts said a row of feed_things, be it the newest or one before.
func FeedSaidSQL(row string) string {
	return fmt.Sprintf("EXISTS (SELECT FROM feed_editions AS counted WHERE counted.feed = %[1]s.feed AND NOT counted.undone "+
		"AND counted.n BETWEEN %[1]s.first AND coalesce(%[1]s.last, counted.n))", row)
}

// TookBackSQL is the condition under which a change is one by which an edition of a feed took back what it did not say, or by which it
// was taken back since an edition or another import that said it does not count any more. A state in which a person had it is that
// person's.
func TookBackSQL(change string) string {
	return fmt.Sprintf(`((%[1]s.state ->> 'status' IN ('retracted', 'rejected') OR %[1]s.state ->> 'until' <> '')
		AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = %[1]s.group_id
				UNION ALL SELECT feed, CASE WHEN undos.n %% 2 = 0 THEN edition.n ELSE %[3]s END
				FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = %[1]s.group_id) AS took
			WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = %[1]s.resource_id AND said.feed = took.feed AND %[2]s))
		OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
				WHERE undos.group_id = %[1]s.group_id AND undos.n %% 2 = 1)
			AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = %[1]s.resource_id AND %[4]s)
			AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = %[1]s.resource_id AND hand.resource = %[1]s.resource
				AND hand.to_version < %[1]s.to_version AND hand.state -> 'status' = %[1]s.state -> 'status'
				AND hand.state -> 'until' IS NOT DISTINCT FROM %[1]s.state -> 'until' AND NOT %[5]s)))`,
		change, FeedSaysSQL("said", "took.n"), EditionBeforeSQL("edition"), FeedSaidSQL("past"), ImportedSQL("hand.group_id"))
}

// SilentGroupsSQL selects the groups of changes by which nobody but a feed says anything: editions of feeds and their undos, what is
// undone, and what undoes.
const SilentGroupsSQL = `SELECT group_id FROM feed_editions
	UNION ALL SELECT undos.group_id FROM undos JOIN feed_editions ON feed_editions.group_id = original
	UNION ALL SELECT original FROM undos GROUP BY original HAVING max(n) % 2 = 1
	UNION ALL SELECT group_id FROM undos WHERE n % 2 = 1 OR (SELECT max(n) FROM undos AS of WHERE of.original = undos.original) % 2 = 1`

// EditionBeforeSQL is the number of the edition of a feed that counts if one and all later ones do not; 0 without one.
func EditionBeforeSQL(edition string) string {
	return fmt.Sprintf("(SELECT coalesce(max(before.n), 0) FROM feed_editions AS before WHERE before.feed = %[1]s.feed "+
		"AND before.n < %[1]s.n AND NOT before.undone)", edition)
}

// FeedMadeSQL is the condition under which a group of changes is an edition of a feed, or an undo of one.
func FeedMadeSQL(group string) string {
	return fmt.Sprintf(`(EXISTS (SELECT FROM feed_editions WHERE feed_editions.group_id = %[1]s) OR EXISTS (SELECT FROM undos
		JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = %[1]s))`, group)
}

// ImportedSQL is the condition under which a group of changes is an import, or an undo of one. An edition of a feed is one also where it
// changed nothing: its undo can.
func ImportedSQL(group string) string {
	return fmt.Sprintf(`(EXISTS (SELECT FROM imports WHERE imports.group_id = %[1]s)
		OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = %[1]s) OR %[2]s)`,
		group, FeedMadeSQL(group))
}

// orders gives the orders that every list has.
func (t Table[T, F]) orders() map[string]Order[T] {
	id := func(thing T) string { return t.Meta(thing).ID.String() }
	created := func(thing T) []string {
		return []string{FormatTime(t.Meta(thing).CreatedAt), id(thing)}
	}
	columns, types := []string{"t.created_at", "t.id"}, []ValueType{TimeValue, UUIDValue}
	orders := map[string]Order[T]{
		"id":          {[]string{"t.id"}, []ValueType{UUIDValue}, false, func(thing T) []string { return []string{id(thing)} }},
		"created_at":  {columns, types, false, created},
		"-created_at": {columns, types, true, created},
	}
	maps.Copy(orders, t.Sorts)
	return orders
}

// ListPage reads one page of a table. question is the whole filter, to which the cursor is tied.
func ListPage[T any, F Fields](ctx context.Context, db *DB, t Table[T, F], selected string, w *Where, question any, sort string,
	p Paging) (Page[T], error) {
	l, err := NewListing(t, selected, w, question, sort, p)
	if err != nil {
		return Page[T]{Items: []T{}}, err
	}
	page := Page[T]{Items: []T{}}
	err = l.ReadOn(ctx, db, &page)
	return page, err
}

// Listing is the statement for one page, and what reads the page from its rows.
type Listing[T any] struct {
	SQL    string
	Args   []any
	limit  int
	cursor func(last T) (string, error)
}

// NewListing makes the statement for one page, for those who send it with others.
func NewListing[T any, F Fields](t Table[T, F], selected string, w *Where, question any, sort string, p Paging) (l Listing[T], err error) {
	if err := p.Check(); err != nil {
		return l, err
	}
	orders := t.orders()
	if sort == "" {
		sort = "id"
	}
	by, known := orders[sort]
	if !known {
		return l, headwater.Faults{headwater.NewFault("/sort", headwater.FaultNotOneOf, sort,
			headwater.OneOf(sort, slices.Sorted(maps.Keys(orders))))}
	}
	after, err := DecodeCursor(question, p.Cursor, by.types...)
	if err != nil {
		return l, err
	}
	by.after(w, after)
	l.SQL = fmt.Sprintf("SELECT %s FROM %s AS t%s ORDER BY %s LIMIT %d", selected, t.Name, w, by.sql(), p.Limit+1)
	l.Args, l.limit = w.Args, p.Limit
	l.cursor = func(last T) (string, error) { return EncodeCursor(question, by.values(last)) }
	return l, nil
}

// ReadOn adds what the statement selects to a page of which it may have the beginning, up to the limit.
func (l Listing[T]) ReadOn(ctx context.Context, db *DB, page *Page[T]) error {
	page.NextCursor = ""
	more, err := page.Read(ctx, db, l.limit, l.SQL, l.Args...)
	return l.end(page, more, err)
}

// Read reads the page from the rows, of which one more than the limit says that there is another page.
func (l Listing[T]) Read(rows pgx.Rows) (page Page[T], err error) {
	page.Items = []T{}
	more, err := page.readRows(rows, l.limit)
	err = l.end(&page, more, err)
	return page, err
}

// end says where the next page begins, if there is one.
func (l Listing[T]) end(page *Page[T], more bool, err error) error {
	if err == nil && more {
		page.NextCursor, err = l.cursor(page.Items[len(page.Items)-1])
	}
	return err
}

// after adds the condition that keeps what comes after a page's last entry (keyset).
func (o Order[T]) after(w *Where, values []string) {
	if values == nil {
		return
	}
	var at []string
	for i, value := range values {
		at = append(at, w.Arg(value)+"::text::"+o.types[i].name)
	}
	comparison := ">"
	if o.descending {
		comparison = "<"
	}
	w.Conditions = append(w.Conditions, fmt.Sprintf("(%s) %s (%s)", strings.Join(o.columns, ", "), comparison, strings.Join(at, ", ")))
}

func (o Order[T]) sql() string {
	if !o.descending {
		return strings.Join(o.columns, ", ")
	}
	return strings.Join(o.columns, " DESC, ") + " DESC"
}

// Clone copies the conditions, so that two statements can add to them.
func (w *Where) Clone() *Where {
	return &Where{Conditions: w.Conditions[:len(w.Conditions):len(w.Conditions)], Args: w.Args[:len(w.Args):len(w.Args)]}
}
