package interchange

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// RecordReader reads a format of JSON records, holding one record at a time, and what records refer to. Where each line
// holds one record, it counts lines, and a line that cannot be read costs no other; elsewhere it counts records.
type RecordReader struct {
	in        io.ReadSeeker
	namespace string
	days      DayOrder
	charset   string
	bindings  Bindings
	dialect   dialect
	byLine    bool // each line holds a record
	inPage    bool // the records stand in a web page
	linked    *linkedNodes
	language  string // of the page
	base      pageBase
	repeats   *repeats
	told      map[string]int // the fields of which nothing is made, and the record that tells of each
}

// Bind says what the things of the file are. It is known to Items from then on.
func (r *RecordReader) Bind(bindings Bindings) { r.bindings = bindings }

// StandsInPages says that the records quote pages, which an import looks for among the stored documents.
func (r *RecordReader) StandsInPages() bool { return r.dialect.standsInPages }

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
	// isEmpty reports whether an object is a whole file without records.
	isEmpty func(node) bool
	// read adds to r what a record says.
	read func(r *record, at headwater.Pointer, n node)
	// join adds to a record the one after it, and says whether that is a part of the same. It is nil where each record is whole.
	join func(whole, part node) bool
	// recordName is what the format calls one.
	recordName string
	// isLinked says that the records are linked data: they may stand in web pages, and refer to one another.
	isLinked bool
	// standsInPages says that the records quote pages that may be stored.
	standsInPages bool
}

// reader reads a file in the dialect.
func (d dialect) reader(in io.ReadSeeker, options TableOptions, namespace string) Things {
	return &RecordReader{in: in, namespace: namespace, days: options.Days, charset: options.Charset, dialect: d}
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
	r.linked, r.language = newLinkedNodes(), ""
	if r.told == nil {
		r.told, r.repeats = map[string]int{}, newRepeats()
	}
	c := &recordCounter{recordJoiner: recordJoiner{reader: r, yield: yield}}
	if r.dialect.isLinked && begins.isPage() {
		r.inPage = true
		return r.readPage(c)
	}
	if r.byLine = begins.isLines(r.dialect); !r.byLine {
		if err := r.link(); err != nil {
			return err
		}
	}
	in, err := r.open()
	if err != nil {
		return err
	}
	if r.byLine {
		return r.readLines(in, &c.recordJoiner)
	}
	return r.readElements(in, c)
}

// open goes to the start of the file and reads it as UTF-8.
func (r *RecordReader) open() (io.Reader, error) { return openText(r.in, r.charset) }

// openText goes to the start of a file and reads it as UTF-8; charset names its encoding where it is another.
func openText(in io.ReadSeeker, charset string) (io.Reader, error) {
	if err := toStart(in); err != nil {
		return nil, err
	}
	return decodeText(in, charset), nil
}

func toStart(in io.Seeker) error {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("go to the start: %w", err)
	}
	return nil
}

// readWhole reads a file from its start, unless it is larger than a page may be.
func readWhole(in io.ReadSeeker) (raw []byte, tooLarge bool, err error) {
	size, err := in.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, false, fmt.Errorf("go to the end: %w", err)
	}
	if size > maxPage {
		return nil, true, nil
	}
	if err := toStart(in); err != nil {
		return nil, false, err
	}
	raw = make([]byte, size)
	n, err := io.ReadFull(in, raw)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return raw[:n], false, err
}

// fileStart is the first two lines of a file that are not empty. One that is too long is passed over; where one line is left, it is both.
type fileStart struct{ first, second []byte }

func (r *RecordReader) start() (fileStart, error) {
	in, err := r.open()
	if err != nil {
		return fileStart{}, err
	}
	lines, found, tooLong := bundle.NewLines(in), [2][]byte{}, false
	for at := 0; at < len(found); {
		line, err := lines.Next()
		if errors.Is(err, bundle.ErrLineTooLong) {
			tooLong = true
			continue
		}
		if errors.Is(err, io.EOF) {
			if tooLong {
				found[1] = bytes.Clone(found[0])
			}
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
	return fileStart{found[0], found[1]}, nil
}

// isLines reports whether each line holds one record: the first two begin as objects do, and the first is complete, or the second is a
// record by itself and the first is broken.
func (b fileStart) isLines(d dialect) bool {
	if _, broken := parseJSON(b.first); broken != nil && !bytes.HasPrefix(b.first, []byte("[")) &&
		!bytes.HasSuffix(b.first, []byte("[")) && d.isRecordLine(b.second) {
		return true
	}
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

// isRecordLine says whether a line is a record.
func (d dialect) isRecordLine(line []byte) bool {
	line = bytes.Clone(line)
	new(controlReplacer).replace(line)
	value, err := parseJSON(line)
	object, isObject := value.(map[string]any)
	return err == nil && isObject && d.isRecord(object)
}

// link reads what records may refer to, where anything in the file has an @id or a context is more than a name.
func (r *RecordReader) link() error {
	if !r.dialect.isLinked {
		return nil
	}
	in, err := r.open()
	if err != nil {
		return err
	}
	if links, err := refersOrDefines(in); err != nil || !links {
		return err
	}
	if in, err = r.open(); err != nil {
		return err
	}
	_ = r.linkElements(in) // what is no JSON is told when the records are read
	return nil
}

// linkElements reads what the elements of one JSON text say of what others refer to.
func (r *RecordReader) linkElements(in io.Reader) error {
	walk := elementWalk{lists: r.dialect.lists, element: func(_ headwater.Pointer, raw []byte) bool {
		if value, err := parseJSON(raw); err == nil {
			if r.inPage {
				value = r.base.resolveIn(unescapeHTML(value))
			}
			r.linked.add(r.linked.vocabulary.simplify(value), sizeOf(raw))
		}
		return true
	}, beside: func(name string, raw []byte) {
		if context, err := parseJSON(raw); err == nil && name == "@context" {
			r.linked.vocabulary.add(context)
		}
	}}
	return walk.run(in)
}

var (
	// bareReference is what follows the name of the member by which an object does no more than name another.
	bareReference = regexp.MustCompile(`^\s*:\s*"[^"]*"\s*(?:,\s*"@?type"\s*:\s*"[^"]*"\s*)?\}`)
	// ownContext is what follows the name of a context that says something itself.
	ownContext = regexp.MustCompile(`^\s*:\s*[\[{]`)
)

// refersOrDefines reports whether objects in a file refer to others, or a context gives names a meaning. It is a quick look
// that most files need, and that may find too much.
func refersOrDefines(in io.Reader) (bool, error) {
	const longest = 1 << 12 // bytes of a reference
	buffer := make([]byte, 0, 1<<16)
	for {
		n, err := in.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		if len(buffer) < cap(buffer) && err == nil {
			continue
		}
		if follows(buffer, `id"`, bareReference) || follows(buffer, `@context"`, ownContext) {
			return true, nil
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return false, err
		}
		kept := copy(buffer[:longest], buffer[len(buffer)-longest:])
		buffer = buffer[:kept]
	}
}

// follows reports whether a pattern matches anywhere what follows a name.
func follows(text []byte, name string, pattern *regexp.Regexp) bool {
	const most = 1 << 12
	for {
		at := bytes.Index(text, []byte(name))
		if at < 0 {
			return false
		}
		text = text[at+len(name):]
		if pattern.Match(text[:min(len(text), most)]) {
			return true
		}
	}
}

// readLines reads a record from each line.
func (r *RecordReader) readLines(in io.Reader, j *recordJoiner) error {
	lines := bundle.NewLines(in)
	for {
		line, err := lines.Next()
		record := newRecord(r.namespace, r.days, lines.Number()).bound(r.bindings)
		var more bool
		switch {
		case errors.Is(err, io.EOF):
			j.flush()
			return nil
		case errors.Is(err, bundle.ErrLineTooLong):
			record.fault("", headwater.FaultTooLong, nil, fmt.Sprintf("a line of at most %d bytes", bundle.MaxLine))
			more = j.whole(record)
		case err != nil:
			return err
		case len(bytes.TrimSpace(line)) == 0 || !r.bindings.wants(record.line):
			continue
		default:
			new(controlReplacer).replace(line)
			more = j.read(record, "", line)
		}
		if !more {
			return nil
		}
	}
}

// recordJoiner reads records, those that are parts of one as one, and yields what they say in order.
type recordJoiner struct {
	reader *RecordReader
	yield  func(bundle.Item, error) bool
	// record is the last one, of which more parts may follow; nil without one. object is what is known of it, of some bytes and values.
	record        *record
	at            headwater.Pointer
	object        map[string]any
	bytes, values int
}

// read reads a record, and says whether to go on.
func (j *recordJoiner) read(record *record, at headwater.Pointer, raw []byte) bool {
	object := j.reader.parseRecord(record, at, raw)
	join := j.reader.dialect.join
	switch {
	case object == nil:
		return j.whole(record)
	case join == nil:
		j.reader.readObject(record, at, object)
		return j.whole(record)
	}
	values, _ := bundle.CountValues(raw)
	if j.record != nil && j.bytes+len(raw) <= maxRecord && j.values+values <= bundle.MaxValues && join(j.object, object) {
		j.bytes, j.values = j.bytes+len(raw), j.values+values
		return true
	}
	more := j.flush()
	j.record, j.at, j.object, j.bytes, j.values = record, at, object, len(raw), values
	return more
}

// whole yields a record that is read, after the one before it.
func (j *recordJoiner) whole(record *record) bool { return j.flush() && record.yield(j.yield) }

// flush reads the record of which more parts could have followed.
func (j *recordJoiner) flush() bool {
	record := j.record
	if record == nil {
		return true
	}
	j.record = nil
	j.reader.readObject(record, j.at, j.object)
	return record.yield(j.yield)
}

// parseRecord parses a record; nil where it is none, which is told.
func (r *RecordReader) parseRecord(record *record, at headwater.Pointer, raw []byte) map[string]any {
	value, err := parseJSON(raw)
	object, isObject := value.(map[string]any)
	switch {
	case errors.Is(err, errTooMany):
		record.fault(at, headwater.FaultTooLong, nil, fmt.Sprintf("a record of at most %d values", bundle.MaxValues))
	case err != nil:
		fault := bundle.SyntaxFault(raw, err, false)
		fault.Pointer = at + fault.Pointer
		record.faults = append(record.faults, fault)
	case !isObject:
		record.fault(at, headwater.FaultFormat, string(raw), "an object: "+r.dialect.recordName)
	default:
		if r.inPage {
			r.base.resolveIn(unescapeHTML(object))
		}
		return object
	}
	return nil
}

// readObject reads what a parsed record says.
func (r *RecordReader) readObject(record *record, at headwater.Pointer, object map[string]any) {
	record.told, record.repeats = r.told, r.repeats
	if r.dialect.isLinked {
		record.linked, record.language = r.linked, cmp.Or(r.linked.vocabulary.language, r.language)
		if simple, isObject := r.linked.vocabulary.simplify(object).(map[string]any); isObject {
			object = simple
		}
	}
	r.dialect.read(record, at, object)
}

// recordCounter numbers records from 1 and yields them.
type recordCounter struct {
	recordJoiner
	count int
	ended bool
	// hasEmpty says that there was a whole answer without records.
	hasEmpty bool
}

func (c *recordCounter) next(at headwater.Pointer, raw []byte) bool {
	if c.reader.inPage && at == "" && isOtherMarkup(raw) {
		return true
	}
	if at == "" && c.reader.isEmptyFile(raw) {
		c.hasEmpty = true
		return true
	}
	c.count++
	if !c.reader.bindings.wants(c.count) {
		return true
	}
	record := newRecord(c.reader.namespace, c.reader.days, c.count).bound(c.reader.bindings)
	c.ended = !c.read(record, at, raw)
	return !c.ended
}

// nextObject counts a record that is parsed already, and yields what it says.
func (c *recordCounter) nextObject(object map[string]any) bool {
	c.count++
	if !c.reader.bindings.wants(c.count) {
		return true
	}
	record := newRecord(c.reader.namespace, c.reader.days, c.count).bound(c.reader.bindings)
	c.reader.readObject(record, "", object)
	c.ended = !c.whole(record)
	return !c.ended
}

// refuse ends the reading with a fault of the whole file, numbered after the last record.
func (c *recordCounter) refuse(fault headwater.Fault) {
	c.count++
	c.ended = !c.yield(bundle.Item{Line: c.count}, bundle.LineFaults{{Line: c.count, Fault: fault}})
}

// readElements reads the records in one JSON text.
func (r *RecordReader) readElements(in io.Reader, c *recordCounter) error {
	walk := elementWalk{lists: r.dialect.lists, element: c.next}
	err := walk.run(in)
	c.ended = c.ended || !c.flush()
	var syntax *jsontext.SyntacticError
	switch {
	case c.ended:
		return nil
	case errors.Is(err, errTooLarge):
		c.refuse(headwater.NewFault("", headwater.FaultTooLong, nil,
			fmt.Sprintf("records of at most %d bytes; what follows was not read", maxRecord)))
		return nil
	case errors.As(err, &syntax):
		c.refuse(headwater.NewFault(headwater.Pointer(syntax.JSONPointer), headwater.FaultFormat, nil,
			fmt.Sprintf("JSON: at byte %d, %v; what follows was not read", syntax.ByteOffset+1, syntax.Err)))
		return nil
	}
	if err == nil && c.count == 0 && !walk.sawList && !c.hasEmpty && !r.inPage { // in a page, other scripts may follow
		c.refuse(headwater.NewFault("", headwater.FaultRequired, nil, r.dialect.recordName))
	}
	return err
}

// isEmptyFile says whether a value is a whole file without records.
func (r *RecordReader) isEmptyFile(raw []byte) bool {
	if r.dialect.isEmpty == nil || len(raw) > maxEmpty {
		return false
	}
	value, err := parseJSON(raw)
	object, isObject := value.(map[string]any)
	return err == nil && isObject && r.dialect.isEmpty(object)
}

// maxEmpty is more bytes than an answer without records has.
const maxEmpty = 1 << 10
