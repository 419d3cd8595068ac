package interchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// RecordReader reads a format of JSON records, holding one record at a time. Where each line holds one record, it counts
// lines, and a line that cannot be read costs no other; elsewhere it counts records.
type RecordReader struct {
	in        io.ReadSeeker
	namespace string
	days      DayOrder
	dialect   dialect
	byLine    bool // each line holds a record
	inPage    bool // the records stand in a web page
}

// Unit is "line" where each line holds one record, else "record".
func (r *RecordReader) Unit() string {
	if r.byLine {
		return "line"
	}
	return "record"
}

// dialect says how records are found and read in a format of JSON records.
type dialect struct {
	// lists are the fields that hold records.
	lists []string
	// isRecord reports whether an object is a record itself.
	isRecord func(node) bool
	// read adds to r what a record says.
	read func(r *record, at headwater.Pointer, n node)
	// recordName is what the format calls one.
	recordName string
	// inPages says that records may stand in web pages.
	inPages bool
}

// reader reads a file in the dialect.
func (d dialect) reader(in io.ReadSeeker, options TableOptions, namespace string) Things {
	return &RecordReader{in: in, namespace: namespace, days: options.Days, dialect: d}
}

// Items gives the things of all records in order, those of one record together. Its errors are those of bundle.Reader.
func (r *RecordReader) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		if err := r.read(yield); err != nil {
			yield(bundle.Item{}, err)
		}
	}
}

func (r *RecordReader) read(yield func(bundle.Item, error) bool) error {
	begins, err := r.start()
	if err != nil {
		return err
	}
	if r.dialect.inPages && begins.isPage() {
		r.inPage = true
		return r.readPage(yield)
	}
	if r.byLine = begins.isLines(r.dialect); r.byLine {
		return r.readLines(yield)
	}
	return r.readElements(r.in, &recordCounter{reader: r, yield: yield})
}

// fileStart is the first two lines of a file that are not empty.
type fileStart struct{ first, second []byte }

func (r *RecordReader) start() (fileStart, error) {
	if _, err := r.in.Seek(0, io.SeekStart); err != nil {
		return fileStart{}, fmt.Errorf("go to the start: %w", err)
	}
	lines, found := bundle.NewLines(r.in), [2][]byte{}
	for at := 0; at < len(found); {
		line, err := lines.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, bundle.ErrLineTooLong) {
			break
		}
		if err != nil {
			return fileStart{}, err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			found[at] = bytes.Clone(line)
			at++
		}
	}
	_, err := r.in.Seek(0, io.SeekStart)
	return fileStart{found[0], found[1]}, err
}

// isLines reports whether each line holds one record: the first two begin as objects do, and the first is complete.
func (b fileStart) isLines(d dialect) bool {
	if !bytes.HasPrefix(b.first, []byte("{")) || !bytes.HasPrefix(b.second, []byte("{")) ||
		bytes.ContainsAny(b.first[len(b.first)-1:], "{[,:") {
		return false
	}
	for _, line := range [][]byte{b.first, b.second} {
		new(controlReplacer).replace(line)
		if value, err := parseJSON(line); err == nil {
			object, _ := value.(map[string]any)
			return d.isRecord(object)
		}
	}
	return true
}

// readLines reads a record from each line.
func (r *RecordReader) readLines(yield func(bundle.Item, error) bool) error {
	lines := bundle.NewLines(r.in)
	for {
		line, err := lines.Next()
		record := newRecord(r.namespace, r.days, lines.Number())
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, bundle.ErrLineTooLong):
			record.fault("", headwater.FaultTooLong, nil, fmt.Sprintf("a line of at most %d bytes", bundle.MaxLine))
		case err != nil:
			return err
		case len(bytes.TrimSpace(line)) == 0:
			continue
		default:
			new(controlReplacer).replace(line)
			r.readRecord(record, "", line)
		}
		if !record.yield(yield) {
			return nil
		}
	}
}

// readRecord parses a record and reads it.
func (r *RecordReader) readRecord(record *record, at headwater.Pointer, raw []byte) {
	value, err := parseJSON(raw)
	object, isObject := value.(map[string]any)
	switch {
	case err != nil:
		fault := bundle.SyntaxFault(raw, err, false)
		fault.Pointer = at + fault.Pointer
		record.faults = append(record.faults, fault)
	case !isObject:
		record.fault(at, headwater.FaultFormat, string(raw), "an object: "+r.dialect.recordName)
	default:
		if r.inPage {
			unescapeHTML(object)
		}
		r.dialect.read(record, at, object)
	}
}

// recordCounter numbers records from 1 and yields them.
type recordCounter struct {
	reader *RecordReader
	yield  func(bundle.Item, error) bool
	count  int
	ended  bool
}

func (c *recordCounter) next(at headwater.Pointer, raw []byte) bool {
	if c.reader.inPage && at == "" && isOtherMarkup(raw) {
		return true
	}
	c.count++
	record := newRecord(c.reader.namespace, c.reader.days, c.count)
	c.reader.readRecord(record, at, raw)
	c.ended = !record.yield(c.yield)
	return !c.ended
}

// refuse ends the reading with a fault of the whole file, numbered after the last record.
func (c *recordCounter) refuse(fault headwater.Fault) {
	c.count++
	c.ended = !c.yield(bundle.Item{Line: c.count}, bundle.LineFaults{{Line: c.count, Fault: fault}})
}

// readElements reads the records in one JSON text.
func (r *RecordReader) readElements(in io.Reader, c *recordCounter) error {
	err := walkElements(in, r.dialect.lists, c.next)
	var syntax *jsontext.SyntacticError
	switch {
	case c.ended:
		return nil
	case errors.Is(err, errTooLarge):
		c.refuse(headwater.NewFault("", headwater.FaultTooLong, nil, fmt.Sprintf("records of at most %d bytes", maxRecord)))
		return nil
	case errors.As(err, &syntax):
		c.refuse(headwater.NewFault(headwater.Pointer(syntax.JSONPointer), headwater.FaultFormat, nil,
			fmt.Sprintf("JSON: at byte %d, %v; what follows was not read", syntax.ByteOffset+1, syntax.Err)))
		return nil
	}
	if err == nil && c.count == 0 && !r.inPage { // in a page, other scripts may follow
		c.refuse(headwater.NewFault("", headwater.FaultRequired, nil, r.dialect.recordName))
	}
	return err
}
