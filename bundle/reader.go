package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Reader reads a bundle, holding one line at a time.
type Reader struct {
	in            io.ReadSeeker
	takesExcerpts bool
	extract       Extract
}

// NewReader reads from the start of in. It reads the bundle twice, since a key may be used before the line that gives
// its object an id other than the key's own.
func NewReader(in io.ReadSeeker) *Reader { return &Reader{in: in} }

// Unit is "line".
func (r *Reader) Unit() string { return "line" }

// Items gives the things of the bundle in the order of its lines, each time it is called. The error of a line is its
// Faults, and reading goes on with the next line. Faults in the header, and all other errors, end it.
func (r *Reader) Items() iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		if err := r.read(yield); err != nil {
			yield(Item{}, err)
		}
	}
}

func (r *Reader) read(yield func(Item, error) bool) error {
	if _, err := r.in.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("bundle: go to the start: %w", err)
	}
	resolver, err := newResolver(NewLines(r.in), r.takesExcerpts)
	if err != nil {
		return err
	}
	r.extract = resolver.extract
	if _, err := r.in.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("bundle: go back to the start: %w", err)
	}
	lines := NewLines(r.in)
	if _, err := lines.Next(); err != nil {
		return fmt.Errorf("bundle: read: %w", err)
	}
	return readItems(lines, resolver, yield)
}

// newResolver reads the header, and then finds the keys whose objects have other ids than the keys make.
func newResolver(l *Lines, takesExcerpts bool) (*resolver, error) {
	namespace, extract, err := readHeader(l, takesExcerpts)
	if err != nil {
		return nil, err
	}
	r := &resolver{namespace: namespace, extract: extract, space: headwater.NamespaceOf(namespace), aliases: make(map[uuid.UUID]uuid.UUID)}
	for {
		line, err := l.Next()
		switch {
		case errors.Is(err, io.EOF):
			return r, nil
		case errors.Is(err, ErrLineTooLong):
			continue
		case err != nil:
			return nil, fmt.Errorf("bundle: read: %w", err)
		}
		if values, _ := CountValues(line); values <= MaxValues && mayCarryID(line) {
			r.recordAlias(line)
		}
	}
}

// referableResources are the resources that lines refer to.
var referableResources = []headwater.Resource{headwater.ResourceSource, headwater.ResourceDocument, headwater.ResourceClaim}

// mayCarryID is a quick check: most bundles are written by hand or by a program that knows keys alone, and have no ids.
func mayCarryID(line []byte) bool {
	return bytes.Contains(line, []byte(`"id"`)) || bytes.Contains(line, []byte(`\u006`)) // an i or d that is escaped
}

// recordAlias records the id of a line's object if its key would make another, and lines refer to such objects by key.
// Faults of the line are reported later.
func (r *resolver) recordAlias(line []byte) {
	if typ, _ := typeOf(line, false); !slices.Contains(referableResources, headwater.Resource(typ)) {
		return
	}
	var ident identity
	if err := json.Unmarshal(line, &ident); err != nil || ident.ID == nil || ident.Key == "" {
		return
	}
	if ident.Namespace != "" && ident.Namespace != r.namespace {
		return
	}
	id, err := headwater.ParseID(string(*ident.ID))
	if own := r.space.ID(headwater.Resource(ident.Type), ident.Key); err == nil && own != id {
		r.aliases[own] = id
	}
}

// typeBundle is the type of the header line.
const typeBundle headwater.Resource = "bundle"

const headerExpected = `{"type":"bundle","format":"` + FormatName + `","namespace":…} on the first line`

func readHeader(l *Lines, takesExcerpts bool) (namespace string, extract Extract, err error) {
	line, err := l.Next()
	switch {
	case errors.Is(err, io.EOF):
		return "", Extract{}, at(1, headwater.NewFault("", headwater.FaultRequired, nil, headerExpected))
	case errors.Is(err, ErrLineTooLong):
		return "", Extract{}, at(l.number, lineTooLong)
	case err != nil:
		return "", Extract{}, fmt.Errorf("bundle: read: %w", err)
	}
	var h header
	typ, faults := typeOf(line, l.cutOff)
	if len(faults) == 0 && typ == string(typeBundle) {
		faults = decode(line, &h, l.cutOff)
	}
	switch {
	case len(faults) > 0:
	case typ != string(typeBundle):
		faults = headwater.Faults{headwater.NewFault("/type", headwater.FaultNotOneOf, typ, headerExpected)}
	case h.Format != FormatName:
		faults = headwater.Faults{headwater.NewFault("/format", headwater.FaultNotOneOf, h.Format, FormatName)}
	case h.Namespace == "":
		faults = headwater.Faults{headwater.NewFault("/namespace", headwater.FaultRequired, nil,
			"the namespace of the bundle's keys, a URL")}
	case h.Texts != "" && (h.Texts != Excerpts || !takesExcerpts):
		faults = headwater.Faults{headwater.NewFault("/texts", headwater.FaultConflict, h.Texts,
			"a bundle with the texts of its documents, which texts=true exports; without them it can only be reported on")}
	case h.Question != nil && !h.Question.AsOf.IsValid():
		faults = headwater.Faults{headwater.NewFault("/question/as_of", headwater.FaultFormat, h.Question.AsOf,
			"a day such as 2023-08-15, or nothing")}
	default:
		errors.As(headwater.CheckKey("", h.Namespace), &faults)
	}
	if len(faults) > 0 {
		return "", Extract{}, at(l.number, faults...)
	}
	extract = Extract{Claims: h.Claims, Excerpts: h.Texts == Excerpts}
	if h.Question != nil {
		extract.Question = *h.Question
	}
	return h.Namespace, extract, nil
}

var (
	lineTooLong = headwater.NewFault("", headwater.FaultTooLong, nil,
		fmt.Sprintf("a line of at most %d bytes (%d MiB), its newline included", MaxLine, MaxLine>>20))
	tooManyValues = headwater.NewFault("", headwater.FaultTooLong, nil, fmt.Sprintf("a line of at most %d values", MaxValues))
	lineEmpty     = headwater.NewFault("", headwater.FaultRequired, nil, "a JSON object: lines may be empty only after the last")
)

// readItems reads the lines after the header.
func readItems(l *Lines, r *resolver, yield func(Item, error) bool) error {
	empty := 0 // the first of the empty lines just before, a fault if anything follows
	for {
		line, err := l.Next()
		tooLong := errors.Is(err, ErrLineTooLong)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !tooLong:
			return fmt.Errorf("bundle: read: %w", err)
		case !tooLong && isBlank(line):
			if empty == 0 {
				empty = l.number
			}
			continue
		}
		if empty > 0 && !yield(Item{Line: empty}, at(empty, lineEmpty)) {
			return nil
		}
		empty = 0
		if tooLong {
			if !yield(Item{Line: l.number}, at(l.number, lineTooLong)) {
				return nil
			}
			continue
		}
		item, faults := r.item(line, l.cutOff)
		item.Line, item.Size = l.number, len(line)
		if !yield(item, asError(at(l.number, faults...))) {
			return nil
		}
	}
}

// asError turns empty faults into a nil error.
func asError(faults LineFaults) error {
	if len(faults) == 0 {
		return nil
	}
	return faults
}

// item reads one line. cutOff says that the file ends within it.
func (r *resolver) item(line []byte, cutOff bool) (Item, headwater.Faults) {
	r.references, r.faults = nil, nil
	if values, _ := CountValues(line); values > MaxValues {
		return Item{}, headwater.Faults{tooManyValues}
	}
	typ, faults := typeOf(line, cutOff)
	if len(faults) > 0 {
		return Item{}, faults
	}
	resource := headwater.Resource(typ)
	object := newObject(resource)
	if object == nil {
		expected := headwater.OneOf(typ, headwater.Things())
		if typ == string(typeBundle) {
			expected += "; a bundle has one header, its first line"
		}
		return Item{}, headwater.Faults{headwater.NewFault("/type", headwater.FaultNotOneOf, typ, expected)}
	}
	r.faults = decode(line, object, cutOff)
	if slices.ContainsFunc(r.faults, func(f headwater.Fault) bool { return f.Code != headwater.FaultUnknownField }) {
		return Item{Resource: resource}, r.faults
	}
	item := object.item(r)
	item.Resource, item.References = resource, r.references
	return item, r.faults
}

// typeOf finds the type of a line without reading the rest.
func typeOf(line []byte, cutOff bool) (string, headwater.Faults) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(line))
	token, err := dec.ReadToken()
	if err == nil && token.Kind() != '{' {
		return "", headwater.Faults{headwater.NewFault("", headwater.FaultFormat, excerpt(line, 0), "a JSON object")}
	}
	for err == nil && dec.PeekKind() == '"' {
		if token, err = dec.ReadToken(); err != nil {
			break
		}
		if token.String() != "type" {
			err = dec.SkipValue()
			continue
		}
		if token, err = dec.ReadToken(); err == nil && token.Kind() != '"' {
			return "", headwater.Faults{headwater.NewFault("/type", headwater.FaultFormat, token.String(), "a text in quotes")}
		}
		if err == nil {
			return token.String(), nil
		}
	}
	if err == nil {
		_, err = dec.ReadToken()
	}
	if err != nil {
		return "", headwater.Faults{SyntaxFault(line, err, cutOff)}
	}
	return "", headwater.Faults{headwater.NewFault("/type", headwater.FaultRequired, nil,
		"one of "+strings.Join(headwater.ResourceSource.Values(), ", "))}
}
