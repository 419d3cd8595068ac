package interchange

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/dates"
)

// TableOptions says what the rows of a table are, and where their fields stand.
type TableOptions struct {
	// Of is one of the resources that tables are read of.
	Of headwater.Resource
	// Columns are the names of columns by field. A column with a field's own name holds that field, unless Columns or
	// Values says otherwise.
	Columns map[string]string
	// Values are the values that fields have in all rows.
	Values map[string]string
	// Days is the order of day, month and year where they are figures, in a format of any kind.
	Days DayOrder
}

// DayOrder is the order in which a file writes the parts of a day, since nothing tells 1/2/2023 from 2/1/2023.
type DayOrder string

// Values lists the orders.
func (DayOrder) Values() []string { return dates.Order("").Values() }

// sourceFields are the fields of a source that a table may hold. Those that end in a dot are groups, such as names.ar.
var sourceFields = []string{"id", "key", "namespace", "status", "merged_into", "kind", "name", "names.", "aliases", "country", "role.",
	"anonymous", "reliability", "external_ids.", "domains", "url", "control_reviewed_at", "notes"}

// relationFields are those of a relation. A source at one of its ends is named by its key or id, or described by the
// fields of a source.
var relationFields = []string{"id", "key", "namespace", "status", "subject", "subject.", "kind", "object", "object.", "share", "since",
	"until", "citation"}

// describedFields are the fields that describe a source at an end of a relation: all but its identity.
var describedFields = slices.DeleteFunc(slices.Clone(sourceFields), func(field string) bool {
	return slices.Contains([]string{"id", "namespace", "status", "merged_into"}, field)
})

func (t TableOptions) fields() []string {
	if t.Of == headwater.ResourceRelation {
		return relationFields
	}
	return sourceFields
}

// hasField reports whether a table of this kind may hold a field.
func (t TableOptions) hasField(field string) bool {
	end, below, dotted := strings.Cut(field, ".")
	if dotted && t.Of == headwater.ResourceRelation {
		return slices.Contains([]string{"subject", "object"}, end) && isField(describedFields, below)
	}
	return isField(t.fields(), field)
}

func isField(fields []string, field string) bool {
	group, below, dotted := strings.Cut(field, ".")
	if dotted {
		return below != "" && slices.Contains(fields, group+".")
	}
	return slices.Contains(fields, field)
}

// Validate gives all faults of the options at once, as headwater.Faults.
func (t TableOptions) Validate() error {
	var faults headwater.Faults
	add := func(at headwater.Pointer, value any, expected string) {
		faults = append(faults, headwater.NewFault(at, headwater.FaultNotOneOf, value, expected))
	}
	if !slices.Contains(readRows(), t.Of) {
		add("/of", t.Of, Either(readRows()))
		return faults
	}
	for _, part := range []struct {
		at     headwater.Pointer
		fields map[string]string
	}{{"/map", t.Columns}, {"/set", t.Values}} {
		for _, field := range slices.Sorted(maps.Keys(part.fields)) {
			if !t.hasField(field) {
				add(part.at, field, "a field of a "+string(t.Of)+": one of "+strings.Join(t.fields(),
					", ")+"; after a dot comes a language, a scheme or a field of a source")
			}
		}
	}
	if t.Days != "" && !slices.Contains(t.Days.Values(), string(t.Days)) {
		add("/days", t.Days, "one of "+strings.Join(t.Days.Values(), ", "))
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// TableReader reads a table, holding one row at a time. The text is in UTF-8, with or without a byte order mark, or in
// UTF-16 with one; cells are separated by commas, semicolons or tabs.
type TableReader struct {
	in        io.ReadSeeker
	table     TableOptions
	namespace string
}

// Unit is "line".
func (r *TableReader) Unit() string { return "line" }

// Items gives the things of all rows in order, those of one row together, each with the line that its row begins on. Its
// errors are those of bundle.Reader.
func (r *TableReader) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		if err := r.read(yield); err != nil {
			yield(bundle.Item{}, err)
		}
	}
}

func (r *TableReader) read(yield func(bundle.Item, error) bool) error {
	if _, err := r.in.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("go to the start: %w", err)
	}
	rows, err := newRowReader(&recordLimit{Reader: r.in})
	if err != nil {
		return err
	}
	head := newRecord(r.namespace, r.table.Days, 1)
	columns, names := r.readHeader(head, rows)
	share, mapped := columns["share"]
	percents := mapped && strings.ContainsAny(names[share], "%٪")
	if len(head.faults) > 0 {
		head.yield(yield)
		return nil
	}
	for {
		cells, err := rows.read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		record := newRecord(r.namespace, r.table.Days, head.line)
		if len(cells) > 0 {
			record.line, _ = rows.FieldPos(0)
		}
		head.line = record.line + 1 // where the next row begins at the earliest
		var syntax *csv.ParseError
		switch {
		case errors.As(err, &syntax):
			record.line = syntax.StartLine
			record.fault("", headwater.FaultFormat, nil,
				fmt.Sprintf("a row as RFC 4180 has it: in column %d, %v", syntax.Column, syntax.Err))
		case errors.Is(err, errTooLarge):
			record.fault("", headwater.FaultTooLong, nil, fmt.Sprintf("rows of at most %d bytes; what follows was not read", maxRecord))
			record.yield(yield)
			return nil
		case err != nil:
			return err
		case areBlank(cells):
			continue
		case len(cells) != len(names):
			record.fault("", headwater.FaultFormat, len(cells), fmt.Sprintf("%d cells, as many as there are columns", len(names)))
		case !areText(cells):
			record.fault("", headwater.FaultText, nil, expectedEncoding)
		default:
			r.emit(&row{record: record, table: r.table, columns: columns, cells: cells, percents: percents})
		}
		if !record.yield(yield) {
			return nil
		}
	}
}

func (r *TableReader) emit(current *row) {
	if r.table.Of == headwater.ResourceRelation {
		current.emitRelation()
		return
	}
	current.emitSource()
}

// rowReader reads rows, each within the limit of a record.
type rowReader struct {
	*csv.Reader
	in *recordLimit
}

func (r rowReader) read() ([]string, error) {
	r.in.read = 0
	return r.Read()
}

// newRowReader detects the encoding by the byte order mark, and the separator by the first line.
func newRowReader(in *recordLimit) (rowReader, error) {
	text := bufio.NewReaderSize(decodeText(in), 1<<16)
	start, err := text.Peek(1 << 12)
	if err != nil && !errors.Is(err, io.EOF) {
		return rowReader{}, err
	}
	first, _, _ := strings.Cut(string(start), "\n")
	reader := csv.NewReader(text)
	reader.FieldsPerRecord, reader.ReuseRecord = -1, true
	for _, separator := range ";\t" {
		if !strings.Contains(first, ",") && strings.ContainsRune(first, separator) {
			reader.Comma = separator
		}
	}
	return rowReader{reader, in}, nil
}

// readHeader finds the column of each field.
func (r *TableReader) readHeader(record *record, rows rowReader) (columns map[string]int, names []string) {
	cells, err := rows.read()
	switch {
	case err != nil:
		record.fault("", headwater.FaultRequired, nil, "a first line that names the columns")
		return nil, nil
	case !areText(cells):
		record.fault("", headwater.FaultText, nil, expectedEncoding)
		return nil, nil
	}
	columns, at := map[string]int{}, map[string]int{}
	for i, cell := range cells {
		name := strings.TrimSpace(cell)
		names = append(names, name)
		at[name] = i
		if _, isSet := r.table.Values[name]; r.table.hasField(name) && !isSet {
			columns[name] = i
		}
	}
	known := strings.Join(slices.Sorted(maps.Keys(at)), ", ")
	for _, field := range slices.Sorted(maps.Keys(r.table.Columns)) {
		column, found := at[r.table.Columns[field]]
		if !found {
			record.fault(headwater.Pointer("/map").Field(field), headwater.FaultNotOneOf, r.table.Columns[field],
				"a column of the table: one of "+known)
		}
		columns[field] = column
	}
	if len(columns) == 0 && len(record.faults) == 0 {
		record.fault("", headwater.FaultRequired, known,
			"columns that are named as fields, or a map of fields to columns; the fields are "+strings.Join(r.table.fields(), ", "))
	}
	return columns, names
}

// decodeText strips a byte order mark, and turns UTF-16 that has one into UTF-8.
func decodeText(in io.Reader) io.Reader {
	return transform.NewReader(in, unicode.BOMOverride(transform.Nop))
}

// expectedEncoding is what faults of the encoding expect.
const expectedEncoding = "text in UTF-8, or in UTF-16 with a byte order mark; other encodings, such as Windows-1256, have to be converted"

// areText reports whether all cells are text. No text holds a NUL, but UTF-16 without a byte order mark does.
func areText(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) })
}

func areBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}
