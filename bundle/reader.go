package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Reader reads a bundle, holding one line at a time.
type Reader struct{ in io.ReadSeeker }

// NewReader reads from where in stands. It goes over the bundle twice where a key is used and some object carries
// another id than its key's own, since the use may come before the object.
func NewReader(in io.ReadSeeker) *Reader { return &Reader{in: in} }

// Items gives every thing of the bundle in the order of its lines. The error of a line is its Faults, and the
// reading goes on with the next; after an error of any other type, or a fault in the header, nothing follows.
func (r *Reader) Items() iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		start, err := r.in.Seek(0, io.SeekCurrent)
		if err != nil {
			yield(Item{}, fmt.Errorf("bundle: %w", err))
			return
		}
		aliases, err := aliasesOf(r.in)
		if err == nil {
			_, err = r.in.Seek(start, io.SeekStart)
		}
		if err != nil {
			yield(Item{}, fmt.Errorf("bundle: %w", err))
			return
		}
		items(newLines(r.in), aliases, yield)
	}
}

func items(lines *lines, aliases map[uuid.UUID]uuid.UUID, yield func(Item, error) bool) {
	namespace, err := header(lines)
	if err != nil {
		yield(Item{}, err)
		return
	}
	r := &resolver{namespace: namespace, space: headwater.NamespaceOf(namespace), aliases: aliases}
	blankLine := 0
	for {
		line, err := lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.Is(err, errLineTooLong):
			if !yield(Item{}, at(lines.number, headwater.NewFault("", headwater.FaultTooLong, nil, fmt.Sprintf("a line of at most %d bytes", MaxLine)))) {
				return
			}
			continue
		case err != nil:
			yield(Item{}, fmt.Errorf("bundle: line %d: %w", lines.number+1, err))
			return
		case blank(line):
			blankLine = lines.number
			continue
		}
		item, faults := r.read(line, lines)
		if blankLine > 0 {
			faults = append(at(blankLine, headwater.NewFault("", headwater.FaultRequired, nil, "an object; empty lines may only end a bundle")), faults...)
			blankLine = 0
		}
		if len(faults) > 0 {
			err = faults
		}
		if !yield(item, err) {
			return
		}
	}
}

// header reads the first line and gives the namespace of the bundle's keys.
func header(lines *lines) (string, error) {
	const expected = `{"type":"bundle","format":"` + Format + `","namespace":"…"} as the first line`
	line, err := lines.next()
	if errors.Is(err, io.EOF) || errors.Is(err, errLineTooLong) {
		return "", at(1, headwater.NewFault("", headwater.FaultRequired, nil, expected))
	}
	if err != nil {
		return "", fmt.Errorf("bundle: %w", err)
	}
	var head struct {
		Type      string `json:"type"`
		Format    string `json:"format"`
		Namespace string `json:"namespace"`
	}
	var faults headwater.Faults
	if errors.As(decode(line, &head), &faults) {
		return "", at(1, append(faults, headwater.NewFault("", headwater.FaultRequired, nil, expected))...)
	}
	r := &resolver{}
	if head.Type != string(typeBundle) {
		r.fault("/type", headwater.FaultNotOneOf, head.Type, expected)
	}
	if head.Format != Format {
		r.fault("/format", headwater.FaultNotOneOf, head.Format, Format)
	}
	if head.Namespace == "" {
		r.fault("/namespace", headwater.FaultRequired, nil, "the URL that the bundle's keys belong to")
	}
	r.add("", headwater.CheckKey("", head.Namespace))
	if len(r.faults) > 0 {
		return "", at(1, r.faults...)
	}
	return head.Namespace, nil
}

// typeBundle is the type of the header line.
const typeBundle headwater.Resource = "bundle"

// read gives what a line says, or all that is wrong with it.
func (r *resolver) read(line []byte, lines *lines) (Item, Faults) {
	r.references, r.faults = nil, nil
	var head struct {
		Type headwater.Resource `json:"type"`
	}
	if err := json.Unmarshal(line, &head); err != nil && !json.Valid(line) {
		return Item{}, at(lines.number, broken(line, err, lines.ended))
	}
	object := newObject(head.Type)
	if object == nil {
		return Item{}, at(lines.number, headwater.NewFault("/type", headwater.FaultNotOneOf, head.Type, "one of "+strings.Join(head.Type.Values(), ", ")))
	}
	var faults headwater.Faults
	if errors.As(decode(line, object), &faults) {
		return Item{}, at(lines.number, faults...)
	}
	item := object.item(r)
	item.Line, item.Resource, item.References = lines.number, head.Type, r.references
	return item, at(lines.number, r.faults...)
}

// broken says why a line is not JSON: cut short, or wrong in the middle.
func broken(line []byte, err error, ended bool) headwater.Fault {
	tail := string(line[max(0, len(line)-40):])
	if ended {
		return headwater.NewFault("", headwater.FaultFormat, tail, "a whole JSON object; the bundle ends in the middle of this line")
	}
	expected := "a JSON object"
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		tail = string(line[max(0, int(syntax.Offset)-40):min(len(line), int(syntax.Offset))])
		expected = fmt.Sprintf("a JSON object; it breaks at byte %d", syntax.Offset)
	}
	return headwater.NewFault("", headwater.FaultFormat, tail, expected)
}

var loneSurrogate = regexp.MustCompile(`\\u[dD][89a-fA-F][0-9a-fA-F]{2}`)

// decode reads one object strictly: UTF-8, no NUL character, no member twice, none that the object does not know.
func decode(line []byte, into any) error {
	if !utf8.Valid(line) {
		return headwater.Faults{headwater.NewFault("", headwater.FaultText, firstInvalid(line), "UTF-8")}
	}
	if loneSurrogate.Match(line) && hasLoneSurrogate(line) {
		return headwater.Faults{headwater.NewFault("", headwater.FaultText, nil, "surrogate escapes in pairs")}
	}
	if err := distinctMembers(line); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return decodeFault(err)
	}
	if decoder.More() {
		return headwater.Faults{headwater.NewFault("", headwater.FaultFormat, nil, "one object on a line")}
	}
	return nil
}

func firstInvalid(line []byte) string {
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && size == 1 {
			return fmt.Sprintf("byte %#x at offset %d", line[i], i)
		}
		i += size
	}
	return ""
}

// hasLoneSurrogate says whether a \u escape of half a character stands without its other half.
func hasLoneSurrogate(line []byte) bool {
	var strings any
	if json.Unmarshal(line, &strings) != nil {
		return false
	}
	return bytes.Count(line, []byte("\uFFFD"))+bytes.Count(line, []byte(`\ufffd`))+bytes.Count(line, []byte(`\uFFFD`)) < countReplacements(strings)
}

func countReplacements(v any) int {
	n := 0
	switch v := v.(type) {
	case string:
		n = strings.Count(v, "\uFFFD")
	case []any:
		for _, entry := range v {
			n += countReplacements(entry)
		}
	case map[string]any:
		for name, member := range v {
			n += strings.Count(name, "\uFFFD") + countReplacements(member)
		}
	}
	return n
}

// decodeFault turns what the JSON decoder says into a fault that names the field.
func decodeFault(err error) error {
	var typeError *json.UnmarshalTypeError
	var faults headwater.Faults
	switch {
	case errors.As(err, &faults):
		return err
	case errors.As(err, &typeError):
		return headwater.Faults{headwater.NewFault(pointerOf(typeError.Field), headwater.FaultFormat, typeError.Value, kindOf(typeError.Type.Kind().String()))}
	}
	if name, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		name = strings.Trim(name, `"`)
		return headwater.Faults{headwater.NewFault(headwater.Pointer("").Field(name), headwater.FaultUnknownField, name, "a field of the format")}
	}
	return headwater.Faults{headwater.NewFault("", headwater.FaultFormat, nil, "values of the format's types: "+strings.TrimPrefix(err.Error(), "json: "))}
}

// pointerOf reads the dotted path that the decoder gives.
func pointerOf(path string) headwater.Pointer {
	var at headwater.Pointer
	for _, name := range strings.Split(path, ".") {
		if name != "" && (name[0] < 'A' || name[0] > 'Z') { // embedded types are part of the path, but not of the format
			at = at.Field(name)
		}
	}
	return at
}

func kindOf(kind string) string {
	switch kind {
	case "string":
		return "a string"
	case "slice", "array":
		return "a list"
	case "map", "struct":
		return "an object"
	case "bool":
		return "true or false"
	}
	return "a number"
}

// distinctMembers faults a member that an object has twice, of which the decoder would silently take the last.
func distinctMembers(line []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	type level struct {
		seen map[string]bool // nil in a list
		name bool            // the next string is a member's name
	}
	var levels []level
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil //nolint:nilerr // what is no JSON is faulted where it is decoded
		}
		top := len(levels) - 1
		switch token := token.(type) {
		case json.Delim:
			switch token {
			case '{':
				levels = append(levels, level{seen: map[string]bool{}, name: true})
				continue
			case '[':
				levels = append(levels, level{})
				continue
			}
			levels = levels[:top]
			top--
		case string:
			if top >= 0 && levels[top].name {
				if levels[top].seen[token] {
					return headwater.Faults{headwater.NewFault(headwater.Pointer("").Field(token), headwater.FaultDuplicate, token, "each field once")}
				}
				levels[top].seen[token] = true
				levels[top].name = false
				continue
			}
		}
		if top >= 0 && levels[top].seen != nil {
			levels[top].name = true
		}
	}
}

// referable are the resources that others name.
var referable = map[headwater.Resource]bool{headwater.ResourceSource: true, headwater.ResourceDocument: true, headwater.ResourceClaim: true}

// aliasesOf reads the bundle for objects that carry another id than their key's own, and gives the ids that
// references to their keys lead to.
func aliasesOf(in io.Reader) (map[uuid.UUID]uuid.UUID, error) {
	lines := newLines(in)
	namespace, err := header(lines)
	if err != nil {
		return nil, nil //nolint:nilerr // a faulty header is told where the items are read
	}
	aliases := map[uuid.UUID]uuid.UUID{}
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return aliases, nil
		}
		if err != nil && !errors.Is(err, errLineTooLong) {
			return nil, err
		}
		if !bytes.Contains(line, []byte(`"id"`)) {
			continue
		}
		var given identity
		if json.Unmarshal(line, &given) != nil || !referable[headwater.Resource(given.Type)] || given.ID == nil || given.Key == "" || given.Namespace != "" && given.Namespace != namespace {
			continue
		}
		if own := headwater.NamespaceOf(namespace).ID(headwater.Resource(given.Type), given.Key); own != *given.ID {
			aliases[own] = *given.ID
		}
	}
}
