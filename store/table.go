package store

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// fields is what a caller says about one resource.
type fields interface {
	Validate() error
	References() []headwater.Reference
}

// column is a column that holds what a caller says, and the name that rows give it if it is another.
type column struct{ name, as string }

// table says how one resource lies in the database: T is the stored thing, F what a caller says about it.
type table[T any, F fields] struct {
	resource headwater.Resource
	name     string
	columns  []column
	// search names the columns that are made for search from what the caller says.
	search []column
	// sorts are orders that only this resource has.
	sorts map[string]order[T]
	// merges is true where a thing can be merged into another.
	merges bool
	// values gives the columns' values in order, those for search last.
	values func(F) []any
	fields func(T) F
	meta   func(T) headwater.Meta
	// status gives the thing's status, and what it is merged into if it is.
	status func(T) (string, *uuid.UUID)
}

// cols makes columns; "claim_id>claim" is a column claim_id that rows call claim.
func cols(names string) []column {
	var columns []column
	for _, name := range strings.Fields(names) {
		name, as, renamed := strings.Cut(name, ">")
		if !renamed {
			as = name
		}
		columns = append(columns, column{name, as})
	}
	return columns
}

// names lists all columns that a caller's words go to.
func (t table[T, F]) names() []string {
	var names []string
	for _, c := range append(t.columns[:len(t.columns):len(t.columns)], t.search...) {
		names = append(names, c.name)
	}
	return names
}

// selected lists the columns of a whole thing, for pgx.RowToStructByName into T. The table's alias, if any, goes
// before each.
func (t table[T, F]) selected(alias string) string {
	if alias != "" {
		alias += "."
	}
	var list []string
	for _, name := range []string{"id", "key", "namespace", "version", "created_at", "updated_at", "status"} {
		list = append(list, alias+name)
	}
	if t.merges {
		list = append(list, alias+"merged_into")
	}
	for _, c := range t.columns {
		if c.name == c.as {
			list = append(list, alias+c.name)
		} else {
			list = append(list, fmt.Sprintf(`%s%s AS "%s"`, alias, c.name, c.as))
		}
	}
	return strings.Join(list, ", ")
}

// state is the thing as the history keeps it: the caller's words, without what the database adds.
func state(f any) ([]byte, error) {
	if document, ok := f.(headwater.DocumentFields); ok {
		document.Text = ""
		f = document
	}
	return json.Marshal(f)
}

// orNull gives the database null for a list or map with nothing in it, so that "none" has one form.
func orNull[E any](list []E) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

func mapOrNull[V any, M ~map[string]V](m M) any {
	if len(m) == 0 {
		return nil
	}
	return m
}
