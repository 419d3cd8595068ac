package interchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// node is a JSON object in a file of somebody else's: a field may be missing, or of another type than it should be.
type node map[string]any

// text is a field's text: of a number its digits, of a list its first entry, of a JSON-LD value or a thing its name.
func (n node) text(names ...string) string {
	for _, name := range names {
		if text := textOf(n[name]); strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}

func textOf(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	case []any:
		for _, entry := range value {
			if text := textOf(entry); text != "" {
				return text
			}
		}
	case map[string]any:
		return node(value).text("@value", "name", "url", "@id")
	}
	return ""
}

// nodes are the objects of a field that holds one or a list of them. A text among them is an object with that name or,
// where it is one, that address.
func (n node) nodes(name string) []node {
	var list []node
	entries, many := n[name].([]any)
	if !many {
		entries = []any{n[name]}
	}
	for _, entry := range entries {
		switch entry := entry.(type) {
		case map[string]any:
			list = append(list, entry)
		case string:
			if isURL(entry) {
				list = append(list, node{"url": entry})
			} else if strings.TrimSpace(entry) != "" {
				list = append(list, node{"name": entry})
			}
		}
	}
	return list
}

// node is the first object of a field; empty where there is none.
func (n node) node(name string) node {
	if list := n.nodes(name); len(list) > 0 {
		return list[0]
	}
	return node{}
}

// hasType says whether an object has one of some types of schema.org.
func (n node) hasType(types ...string) bool {
	return slices.ContainsFunc(n.types(), func(name string) bool { return slices.Contains(types, name) })
}

// types are the names of an object's types, which may be written as addresses or with a prefix.
func (n node) types() []string {
	list, many := n["@type"].([]any)
	if !many {
		list = []any{n["@type"]}
	}
	var types []string
	for _, entry := range list {
		name := textOf(entry)
		types = append(types, name[strings.LastIndexAny(name, "/:#")+1:])
	}
	return types
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}

// parseJSON reads one JSON value. Numbers keep their digits.
func parseJSON(raw []byte) (any, error) {
	strict := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true))
	_, err := strict.ReadValue()
	if err == nil {
		_, err = strict.ReadToken()
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	return value, decoder.Decode(&value)
}

// walkElements goes over a JSON text of any length, holding one element at a time: the entries of the lists with one of these
// names, of lists that hold nothing else, and objects without such a list, whole. It gives each with where it stands.
func walkElements(in io.Reader, lists []string, yield func(at headwater.Pointer, raw []byte) bool) error {
	bounded := &recordLimit{Reader: decodeText(in)}
	// what is no text is at fault in its own record, which is read strictly, and costs no other
	decoder := jsontext.NewDecoder(&controlReplacer{in: bounded}, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	each := func(at headwater.Pointer, raw []byte) bool {
		bounded.read = 0
		return yield(at, raw)
	}
	for {
		switch _, more, err := walkValue(decoder, "", lists, each); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil || !more:
			return err
		}
	}
}

// walkValue reads the next value. found says whether there were elements in it.
func walkValue(decoder *jsontext.Decoder, at headwater.Pointer, lists []string, yield func(headwater.Pointer, []byte) bool) (found, more bool, err error) {
	switch decoder.PeekKind() {
	case '[':
		return walkEntries(decoder, at, lists, yield)
	case '{':
	default:
		raw, err := decoder.ReadValue()
		return false, err == nil && yield(at, raw), err
	}
	if _, err := decoder.ReadToken(); err != nil {
		return false, false, err
	}
	whole := []byte{'{'}
	for decoder.PeekKind() == '"' {
		name, err := decoder.ReadToken()
		if err != nil {
			return found, false, err
		}
		field := name.String()
		if slices.Contains(lists, field) && decoder.PeekKind() == '[' {
			if _, more, err := walkEntries(decoder, at.Field(field), lists, yield); err != nil || !more {
				return true, false, err
			}
			found = true
			continue
		}
		raw, err := decoder.ReadValue()
		if err != nil {
			return found, false, err
		}
		if whole, err = appendMember(whole, field, raw); err != nil {
			return found, false, err
		}
	}
	if _, err := decoder.ReadToken(); err != nil {
		return found, false, err
	}
	if found {
		return true, true, nil // what stands beside a list is about the list
	}
	return false, yield(at, append(whole, '}')), nil
}

// maxRecord is how many bytes a record may have.
const maxRecord = bundle.MaxLine

var errTooLarge = fmt.Errorf("a record of more than %d bytes (%d MiB)", maxRecord, maxRecord>>20)

// recordLimit ends the reading of a record that has no end.
type recordLimit struct {
	io.Reader
	read int // since the last record
}

func (b *recordLimit) Read(p []byte) (int, error) {
	if b.read > maxRecord {
		return 0, errTooLarge
	}
	n, err := b.Reader.Read(p)
	b.read += n
	return n, err
}

// controlReplacer reads line breaks, tabs and other control characters in the strings of JSON as spaces. JSON forbids them, and the
// markup of many pages has them. A NUL stays: it is no text.
type controlReplacer struct {
	in              io.Reader
	within, escaped bool // a string, and a backslash before
}

func (b *controlReplacer) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	b.replace(p[:n])
	return n, err
}

func (b *controlReplacer) replace(text []byte) {
	for i, c := range text {
		switch {
		case b.escaped:
			b.escaped = false
		case c == '"':
			b.within = !b.within
		case b.within && c == '\\':
			b.escaped = true
		case b.within && c > 0 && c < ' ':
			text[i] = ' '
		}
	}
}

func appendMember(object []byte, name string, value []byte) ([]byte, error) {
	if len(object) > 1 {
		object = append(object, ',')
	}
	object, err := jsontext.AppendQuote(object, name)
	return append(append(object, ':'), value...), err
}

func walkEntries(decoder *jsontext.Decoder, at headwater.Pointer, lists []string, yield func(headwater.Pointer, []byte) bool) (found, more bool, err error) {
	if _, err := decoder.ReadToken(); err != nil {
		return true, false, err
	}
	index := 0
	for ; decoder.PeekKind() != ']'; index++ {
		if _, more, err := walkValue(decoder, at.Index(index), lists, yield); err != nil || !more {
			return true, false, err
		}
	}
	if _, err := decoder.ReadToken(); err != nil {
		return true, false, err
	}
	return true, index > 0 || !isListEntry(at) || yield(at, []byte("[]")), nil
}

// isListEntry says whether a value stands in a list.
func isListEntry(at headwater.Pointer) bool {
	last := at[strings.LastIndex(string(at), "/")+1:]
	return last != "" && strings.Trim(string(last), "0123456789") == ""
}
