package interchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// metaColumns are the first columns of all tables that are written.
var metaColumns = strings.Fields("id key namespace version created_at updated_at status")

// Width says which columns a table needs beyond those that all things of its resource have.
type Width struct {
	Languages []string // of names, or of statements
	Roles     []string // languages of roles
	Schemes   []string // of external ids
	Hops      int      // of the longest chain
}

// TableWriter writes things of one resource as a table (RFC 4180).
type TableWriter struct {
	to        *bufio.Writer
	row       bytes.Buffer
	cells     *csv.Writer // to the row
	width     Width
	safeCells bool
}

// NewTableWriter writes the column names. With a byte order mark, spreadsheets know that the text is in UTF-8.
func NewTableWriter(w io.Writer, options ExportOptions, width Width) (*TableWriter, error) {
	out := bufio.NewWriterSize(w, 1<<16)
	if options.BOM {
		if _, err := out.WriteString("\uFEFF"); err != nil {
			return nil, err
		}
	}
	t := &TableWriter{to: out, width: width, safeCells: options.SafeCells}
	t.cells = csv.NewWriter(&t.row)
	columns := slices.Clone(metaColumns)
	switch options.Of {
	case headwater.ResourceSource:
		columns = append(columns, strings.Fields("merged_into kind name")...)
		columns = append(columns, dottedColumns("names", width.Languages)...)
		columns = append(columns, strings.Fields("aliases country")...)
		columns = append(columns, dottedColumns("role", width.Roles)...)
		columns = append(columns, strings.Fields("anonymous reliability")...)
		columns = append(columns, dottedColumns("external_ids", width.Schemes)...)
		columns = append(columns, strings.Fields("domains url control_reviewed_at notes")...)
	case headwater.ResourceRelation:
		columns = append(columns, strings.Fields("subject subject_name kind object object_name share since until citation")...)
	case headwater.ResourceClaim:
		columns = append(columns, "merged_into")
		columns = append(columns, dottedColumns("statement", width.Languages)...)
		columns = append(columns, strings.Fields("quantities event_time.start event_time.end places topics scope")...)
	case headwater.ResourceLink:
		columns = append(columns, strings.Fields(
			"kind from to degree basis rationale method.kind method.name method.version confidence")...)
	case headwater.ResourceAttribution:
		columns = append(columns, strings.Fields("claim document stance content.start content.end content.exact credibility method.kind "+
			"method.name method.version confidence note")...)
		for hop := range width.Hops {
			columns = append(columns, fmt.Sprintf("hop.%d", hop+1))
		}
		for hop := range width.Hops {
			columns = append(columns, fmt.Sprintf("hop.%d.source", hop+1))
		}
	default:
		return nil, fmt.Errorf("interchange: no table is written of a %s", options.Of)
	}
	return t, t.write(columns)
}

func dottedColumns(group string, names []string) []string {
	var columns []string
	for _, name := range names {
		columns = append(columns, group+"."+name)
	}
	return columns
}

// write writes a row. It ends as RFC 4180 has it, and its cells hold what they hold: a csv.Writer that is told to end rows so also
// changes the line breaks within cells, and leaves out those that are a CR alone.
func (t *TableWriter) write(cells []string) error {
	if t.safeCells {
		for i, cell := range cells {
			if isFormula(cell) {
				cells[i] = "'" + cell
			}
		}
	}
	t.row.Reset()
	err := t.cells.Write(cells)
	t.cells.Flush()
	if err = errors.Join(err, t.cells.Error()); err != nil {
		return err
	}
	t.row.Truncate(t.row.Len() - 1) // the LF
	t.row.WriteString("\r\n")
	_, err = t.row.WriteTo(t.to)
	return err
}

// isFormula says whether a spreadsheet would take a cell for a formula, and run what somebody put into a name, or whether the cell
// looks like one that was kept from it.
func isFormula(cell string) bool {
	cell = strings.TrimLeft(cell, "'")
	first, _ := utf8.DecodeRuneInString(cell)
	return cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first)
}

// originalCell is what was written as a safe cell.
func originalCell(cell string) string {
	if isFormula(cell) {
		return strings.TrimPrefix(cell, "'")
	}
	return cell
}

// Close writes what is still held back. The writer below stays open.
func (t *TableWriter) Close() error { return t.to.Flush() }

func (t *TableWriter) metaCells(m headwater.Meta, status string) []string {
	const layout = "2006-01-02T15:04:05.999999Z07:00"
	return []string{m.ID.String(), m.Key, m.Namespace, strconv.Itoa(m.Version), m.CreatedAt.Format(layout), m.UpdatedAt.Format(layout),
		status}
}

// Source writes a source.
func (t *TableWriter) Source(s headwater.Source) error {
	cells := append(t.metaCells(s.Meta, string(s.Status)), idOrNone(s.MergedInto), string(s.Kind), s.Name)
	cells = append(cells, cellsIn(s.Names, t.width.Languages)...)
	cells = append(cells, joinList(s.Aliases), s.Country)
	cells = append(cells, cellsIn(s.Role, t.width.Roles)...)
	cells = append(cells, yesOrNone(s.Anonymous), string(s.Reliability))
	cells = append(cells, cellsIn(s.ExternalIDs, t.width.Schemes)...)
	return t.write(append(cells, joinList(s.Domains), s.URL, string(s.ControlReviewedAt), s.Notes))
}

// NamedRelation is a relation with the names of its ends.
type NamedRelation struct {
	headwater.Relation
	SubjectName, ObjectName string
}

// Relation writes a relation.
func (t *TableWriter) Relation(r NamedRelation) error {
	return t.write(append(t.metaCells(r.Meta, string(r.Status)), r.Subject.String(), r.SubjectName, string(r.Kind), r.Object.String(),
		r.ObjectName, numberOrNone(r.Share),
		string(r.Since), string(r.Until), r.Citation))
}

// Claim writes a claim. Its quantities are written as JSON.
func (t *TableWriter) Claim(c headwater.Claim) error {
	cells := append(t.metaCells(c.Meta, string(c.Status)), idOrNone(c.MergedInto))
	cells = append(cells, cellsIn(c.Statement, t.width.Languages)...)
	quantities, period := "", headwater.Period{}
	if len(c.Quantities) > 0 {
		written, err := json.Marshal(c.Quantities)
		if err != nil {
			return err
		}
		quantities = string(written)
	}
	if c.EventTime != nil {
		period = *c.EventTime
	}
	return t.write(append(cells, quantities, string(period.Start), string(period.End), joinList(c.Places), joinList(c.Topics), c.Scope))
}

// Link writes a link.
func (t *TableWriter) Link(l headwater.Link) error {
	cells := append(t.metaCells(l.Meta, string(l.Status)), string(l.Kind), l.From.String(), l.To.String(), string(l.Degree), l.Basis,
		l.Rationale)
	return t.write(append(append(cells, methodCells(l.Method)...), numberOrNone(l.Confidence)))
}

// NamedAttribution is an attribution with the names of the sources in its chain.
type NamedAttribution struct {
	headwater.Attribution
	Names []string
}

// Attribution writes an attribution, with a column for each hop's name and one for its id.
func (t *TableWriter) Attribution(a NamedAttribution) error {
	content := headwater.Selector{}
	start, end := "", ""
	if a.Content != nil {
		content = *a.Content
		start, end = strconv.Itoa(content.Start), strconv.Itoa(content.End)
	}
	cells := append(t.metaCells(a.Meta, string(a.Status)), a.Claim.String(), a.Document.String(), string(a.Stance), start, end,
		content.Exact, strconv.Itoa(a.Credibility))
	cells = append(append(cells, methodCells(a.Method)...), numberOrNone(a.Confidence), a.Note)
	names, sources := make([]string, t.width.Hops), make([]string, t.width.Hops)
	copy(names, a.Names)
	for i, source := range a.Sources() {
		sources[i] = source.String()
	}
	return t.write(append(append(cells, names...), sources...))
}

func cellsIn(texts map[string]string, columns []string) []string {
	cells := make([]string, len(columns))
	for i, column := range columns {
		cells[i] = texts[column]
	}
	return cells
}

// joinList writes a list in a cell. An entry in which a separator stands, or that would be read otherwise, is quoted.
func joinList(entries []string) string {
	written := make([]string, len(entries))
	for i, entry := range entries {
		if written[i] = entry; strings.ContainsAny(entry, listSeparators) || strings.HasPrefix(entry, `"`) ||
			strings.TrimSpace(entry) != entry {
			written[i] = `"` + strings.ReplaceAll(entry, `"`, `""`) + `"`
		}
	}
	return strings.Join(written, "; ")
}

func idOrNone(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

func yesOrNone(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}

func numberOrNone(number *float64) string {
	if number == nil {
		return ""
	}
	return strconv.FormatFloat(*number, 'g', -1, 64)
}

func methodCells(m *headwater.Method) []string {
	if m == nil {
		return make([]string, 3)
	}
	return []string{string(m.Kind), m.Name, m.Version}
}
