package interchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	// Charset is the name of the encoding, in a format of any kind; empty where the file says it, or is in UTF-8.
	Charset string
	// Days is the order of day, month and year where they are figures, in a format of any kind.
	Days DayOrder
	// SafeCells takes off the apostrophes that a table was written with.
	SafeCells bool
	// Feed is the feed that a file is an edition of; empty where it is of none. Ids of which nobody says who gave them are the feed's.
	Feed string
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

// validate gives all faults of the options at once, as headwater.Faults.
func (t TableOptions) validate(of codec) error {
	var faults headwater.Faults
	add := func(at headwater.Pointer, value any, expected string) {
		faults = append(faults, headwater.NewFault(at, headwater.FaultNotOneOf, value, expected))
	}
	if of.holds == HoldsRows {
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
	}
	if of.validate != nil {
		faults = append(faults, of.validate(t)...)
	}
	if t.Days != "" && !slices.Contains(t.Days.Values(), string(t.Days)) {
		add("/days", t.Days, headwater.OneOf(string(t.Days), t.Days.Values()))
	}
	if _, known := encodingOf(t.Charset); t.Charset != "" && !known {
		add("/charset", t.Charset, "the name of an encoding as web pages have it, such as windows-1256 or iso-8859-6")
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// TableReader reads a table, holding one row at a time. The text is in UTF-8, with or without a byte order mark, in UTF-16
// with one, or in the encoding that the options name; cells are separated by commas, semicolons, tabs or bars, and lines end in LF,
// CR or both. Lines above the names of the columns are told, and left out.
type TableReader struct {
	in        io.ReadSeeker
	table     TableOptions
	namespace string
	bindings  Bindings
}

// Bind says what the things of the file are. It is known to Items from then on.
func (r *TableReader) Bind(bindings Bindings) { r.bindings = bindings }

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
	if err := toStart(r.in); err != nil {
		return err
	}
	rows, titles, err := r.newRowReader()
	if err != nil {
		return err
	}
	head := newRecord(r.namespace, r.table.Days, 1)
	for range titles {
		r.skipTitle(head, rows)
	}
	header := r.readHeader(head, rows)
	if len(head.faults) > 0 {
		head.yield(yield)
		return nil
	}
	if len(head.notes) > 0 && !head.yield(yield) {
		return nil
	}
	for {
		cells, err := rows.read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		record := newRecord(r.namespace, r.table.Days, head.line).bound(r.bindings)
		if len(cells) > 0 {
			record.line = rows.line()
		}
		head.line = record.line + 1 // where the next row begins at the earliest
		var syntax *csv.ParseError
		switch {
		case errors.As(err, &syntax):
			record.line = rows.hidden + syntax.StartLine
			record.fault("", headwater.FaultFormat, nil,
				fmt.Sprintf("a row as RFC 4180 has it: in column %d, %v", syntax.Column, syntax.Err))
		case errors.Is(err, errTooLarge):
			record.fault("", headwater.FaultTooLong, nil, fmt.Sprintf("rows of at most %d bytes; what follows was not read", maxRecord))
			record.yield(yield)
			return nil
		case errors.Is(err, errTooManyCells):
			record.fault("", headwater.FaultTooLong, nil, fmt.Sprintf("rows of at most %d cells; what follows was not read", maxCells))
			record.yield(yield)
			return nil
		case err != nil:
			return err
		case areBlank(cells) || !r.bindings.wants(record.line):
			continue
		case header.isRepeatedIn(cells):
			record.note("", strings.ToValidUTF8(strings.Join(header.names, " "), "\uFFFD"), "the names of the columns again; left out")
		case len(cells) < len(header.names) || !areBlank(cells[len(header.names):]):
			record.fault("", headwater.FaultFormat, len(cells), fmt.Sprintf("%d cells, as many as there are columns", len(header.names)))
		case !areText(cells):
			record.fault("", headwater.FaultText, nil, expectedEncoding)
		default:
			r.emit(&row{record: record, table: r.table, header: header, cells: cells})
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
	in     *recordLimit
	hidden int // lines that the csv.Reader does not see
}

func (r rowReader) read() ([]string, error) {
	r.in.read, r.in.separators = 0, 0
	return r.Read()
}

// line is the line on which the row begins that was read last.
func (r rowReader) line() int {
	line, _ := r.FieldPos(0)
	return r.hidden + line
}

const (
	// separators are what stands between cells, the likeliest first.
	separators = ",;\t|"
	// maxTitles is how many rows above the names of columns are passed over.
	maxTitles = 20
	// headBytes is how much of a table is looked at for the names of its columns.
	headBytes = 1 << 16
	// maxCells is how many cells a row may have.
	maxCells = 500_000
)

// newRowReader finds the separator, and how many rows stand above the names of the columns.
func (r *TableReader) newRowReader() (rows rowReader, titles int, err error) {
	limit := &recordLimit{Reader: decodeText(r.in, r.table.Charset)}
	text := bufio.NewReaderSize(readLines(limit), headBytes)
	start, err := text.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return rowReader{}, 0, err
	}
	rows = rowReader{in: limit}
	separator, said := declaredSeparator(start)
	if said {
		line := bytes.IndexByte(start, '\n') + 1
		if _, err := text.Discard(line); err != nil {
			return rowReader{}, 0, err
		}
		start, rows.hidden = start[line:], 1
	} else {
		separator, titles = r.findHeader(start)
	}
	if separator < utf8.RuneSelf {
		limit.separator = byte(separator)
	}
	rows.Reader = csv.NewReader(text)
	rows.Comma, rows.FieldsPerRecord, rows.ReuseRecord = separator, -1, true
	rows.LazyQuotes = false
	if said {
		titles, _ = r.titlesAbove(start, separator)
	}
	return rows, titles, nil
}

// declaredSeparator is the separator that a first line names for spreadsheets, as "sep=;" does.
func declaredSeparator(start []byte) (separator rune, said bool) {
	line, _, found := bytes.Cut(start, []byte("\n"))
	text := strings.Trim(strings.TrimSuffix(string(line), "\r"), `"`)
	if name, isSep := strings.CutPrefix(strings.ToLower(text), "sep="); isSep && found {
		if separator, size := utf8.DecodeRuneInString(name); size == len(name) && size > 0 && separator != '"' {
			return separator, true
		}
	}
	return 0, false
}

// findHeader is the separator with which the names of the columns are found first, and how many rows stand above them. Where
// none is found, it is the first separator in the first line.
func (r *TableReader) findHeader(start []byte) (separator rune, titles int) {
	best := 0
	first, _, _ := bytes.Cut(start, []byte("\n"))
	for _, candidate := range separators {
		if separator == 0 && bytes.ContainsRune(first, candidate) {
			separator = candidate
		}
	}
	if separator == 0 {
		separator = ','
	}
	for _, candidate := range separators {
		if above, named := r.titlesAbove(start, candidate); named > best {
			separator, titles, best = candidate, above, named
		}
	}
	return separator, titles
}

// titlesAbove is how many rows stand above the first that names as many columns as any of the first rows does, and how many
// those are.
func (r *TableReader) titlesAbove(start []byte, separator rune) (titles, named int) {
	reader := csv.NewReader(bytes.NewReader(start))
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes = separator, -1, true
	for row := range maxTitles + 1 {
		cells, err := reader.Read()
		if err != nil {
			break
		}
		if found := r.countNamed(cells); found > named {
			titles, named = row, found
		}
	}
	return titles, named
}

// countNamed is how many of the cells name a column that is read.
func (r *TableReader) countNamed(cells []string) int {
	count := 0
	mapped := map[string]bool{}
	for _, column := range r.table.Columns {
		mapped[columnName(column)] = true
	}
	for _, cell := range cells {
		name := columnName(cell)
		if r.table.hasField(name) || name != "" && mapped[name] {
			count++
		}
	}
	return count
}

// columnName is a name as it is compared: without padding, and marks that nobody sees.
func columnName(cell string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, cell)), " ")
}

// skipTitle tells of a row above the names of the columns.
func (r *TableReader) skipTitle(head *record, rows rowReader) {
	cells, err := rows.read()
	if err == nil && len(cells) > 0 {
		head.line = rows.line()
	}
	if title := strings.Join(strings.Fields(strings.Join(cells, " ")), " "); title != "" || err != nil {
		head.note("", strings.ToValidUTF8(title, "\uFFFD"), "a line above the names of the columns; left out")
	}
}

// tableHeader says where the fields stand.
type tableHeader struct {
	columns map[string]int
	names   []string
	// percents says that shares are percentages.
	percents bool
	// own says that the export wrote the table, so that every cell is meant to the letter.
	own bool
}

// isRepeatedIn says whether a row is the names of the columns again, as at the head of each page that was printed.
func (h tableHeader) isRepeatedIn(cells []string) bool {
	if len(cells) < len(h.names) || !areBlank(cells[len(h.names):]) || h.own {
		return false
	}
	for i, name := range h.names {
		if columnName(cells[i]) != name {
			return false
		}
	}
	return true
}

// readHeader finds the column of each field.
func (r *TableReader) readHeader(record *record, rows rowReader) tableHeader {
	header := tableHeader{columns: map[string]int{}}
	cells, err := rows.read()
	switch {
	case err != nil:
		record.fault("", headwater.FaultRequired, nil, "a first line that names the columns")
		return header
	case !areText(cells):
		record.fault("", headwater.FaultText, nil, expectedEncoding)
		return header
	}
	record.line = rows.line()
	at, times := map[string]int{}, map[string]int{}
	for i, cell := range cells {
		name := columnName(cell)
		header.names = append(header.names, name)
		times[name]++
		if times[name] > 1 {
			continue
		}
		at[name] = i
		if _, isSet := r.table.Values[name]; r.table.hasField(name) && !isSet {
			header.columns[name] = i
		}
	}
	header.own = strings.HasPrefix(strings.Join(header.names, " ")+" ", strings.Join(metaColumns, " ")+" ")
	known := strings.Join(slices.Sorted(maps.Keys(at)), ", ")
	for _, field := range slices.Sorted(maps.Keys(r.table.Columns)) {
		column, found := at[columnName(r.table.Columns[field])]
		if !found {
			record.fault(headwater.Pointer("/map").Field(field), headwater.FaultNotOneOf, r.table.Columns[field],
				"a column of the table: one of "+known)
		}
		header.columns[field] = column
	}
	for _, field := range slices.Sorted(maps.Keys(header.columns)) {
		if name := header.names[header.columns[field]]; times[name] > 1 {
			record.fault(headwater.Pointer("").Field(field), headwater.FaultDuplicate, name,
				fmt.Sprintf("a column of its own: %d have this name, and one of them has to be called otherwise", times[name]))
		}
	}
	if len(header.columns) == 0 && len(record.faults) == 0 {
		record.fault("", headwater.FaultRequired, known,
			"columns that are named as fields, or a map of fields to columns; the fields are "+strings.Join(r.table.fields(), ", "))
	}
	if share, mapped := header.columns["share"]; mapped && len(header.names) > share {
		header.percents = strings.ContainsAny(header.names[share], "%٪")
	}
	return header
}

// expectedEncoding is what faults of the encoding expect.
const expectedEncoding = "text in UTF-8, or in UTF-16 with a byte order mark; other encodings have to be named, such as windows-1256 " +
	"by the option charset"

// areText reports whether all cells are text. No text holds a NUL, but UTF-16 without a byte order mark does.
func areText(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) })
}

func areBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}
