package pg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Fields is what a caller says about a thing of one resource.
type Fields interface {
	Validate() error
	References() []headwater.Reference
}

// Column is a column that a caller writes, and the name that a Go struct has for it.
type Column struct{ Name, As string }

// Table describes how a resource is stored: T is the thing, F what a caller says about it. All that is alike for the eight resources
// is made from it.
type Table[T any, F Fields] struct {
	Resource headwater.Resource
	Name     string
	Columns  []Column
	// Search are the columns that are derived from the fields, to search by.
	Search []Column
	// Sorts are orders that only this resource has.
	Sorts map[string]Order[T]
	// Same is the condition under which a stored thing is what is said again, as the natural key of bundles has it, with its arguments
	// from $1 on; nil where nothing but a key tells.
	Same func(F) (condition string, args []any)
	// Found is the statement that adds new things to the table by which they are found, of what selects them; nil where none is.
	Found func(rows string) string
	// Merges is true where a thing can be merged into another.
	Merges bool
	// Values gives the values of Columns and Search, in order.
	Values func(F) []any
	Fields func(T) F
	Meta   func(T) headwater.Meta
	// Status gives the thing's status, and what it is merged into if it is.
	Status func(T) (string, *uuid.UUID)
}

// cols makes columns; "claim_id>claim" is a column claim_id that the Go struct calls claim.
func cols(names string) []Column {
	var columns []Column
	for _, name := range strings.Fields(names) {
		name, as, renamed := strings.Cut(name, ">")
		if !renamed {
			as = name
		}
		columns = append(columns, Column{name, as})
	}
	return columns
}

// foundWith is Found as a part of a statement that has new things as stored; empty where there is none.
func (t Table[T, F]) foundWith() string {
	if t.Found == nil {
		return ""
	}
	return "found AS (" + t.Found("stored") + "), "
}

// Written names all columns that are made from the fields, those for search last.
func (t Table[T, F]) Written() []string {
	var names []string
	for _, c := range append(t.Columns[:len(t.Columns):len(t.Columns)], t.Search...) {
		names = append(names, c.Name)
	}
	return names
}

// Selected lists the columns of a thing, for pgx.RowToStructByName into T. The table's alias, if any, goes before each.
func (t Table[T, F]) Selected(alias string) string {
	if alias != "" {
		alias += "."
	}
	var list []string
	for _, name := range []string{"id", "key", "namespace", "version", "created_at", "updated_at", "status"} {
		list = append(list, alias+name)
	}
	if t.Merges {
		list = append(list, alias+"merged_into")
	}
	for _, c := range t.Columns {
		if c.Name == c.As {
			list = append(list, alias+c.Name)
		} else {
			list = append(list, fmt.Sprintf(`%s%s AS "%s"`, alias, c.Name, c.As))
		}
	}
	return strings.Join(list, ", ")
}

// ObjectSQL renders the thing of an alias as the JSON of its Go type, without its version, its times and the columns that are left out.
func (t Table[T, F]) ObjectSQL(alias string, without ...string) string {
	names := []string{"id", "key", "namespace", "status"}
	if t.Merges {
		names = append(names, "merged_into")
	}
	var members []string
	for _, name := range names {
		members = append(members, fmt.Sprintf("'%[1]s', %[2]s.%[1]s", name, alias))
	}
	for _, c := range t.Columns {
		if !slices.Contains(without, c.Name) {
			members = append(members, fmt.Sprintf("'%s', %s.%s", c.As, alias, c.Name))
		}
	}
	return "jsonb_build_object(" + strings.Join(members, ", ") + ")"
}

// Listed is Selected without what may be a megabyte: lists leave the texts of documents out.
func (t Table[T, F]) Listed(alias string) string {
	return strings.Replace(t.Selected(alias), alias+".text,", "'' AS text,", 1)
}

// Approximates says whether things are also found that have words spelled like those asked for, which long texts always do.
func (t Table[T, F]) Approximates() bool {
	return slices.ContainsFunc(t.Search, func(c Column) bool { return c.Name == "folded" })
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
