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

// node is a JSON object in a file that others wrote: a field may be missing, or of the wrong type.
type node map[string]any

// text is the text of the first of these fields that has any: a number gives its digits, a list its first entry, a JSON-
// LD value or an object its name. Control characters, which no field takes, are left out.
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
		return headwater.WithoutControls(value)
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

// nodes are the objects of a field that holds one or a list of them. A text among them becomes an object with that name
// or, where it is a URL, that address.
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

// hasType reports whether an object has one of these types of schema.org.
func (n node) hasType(types ...string) bool {
	return slices.ContainsFunc(n.types(), func(name string) bool { return slices.Contains(types, name) })
}

// types are the names of an object's types, without the address or prefix that they may be written with.
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

// walkElements visits the elements of a JSON text of any length, holding one at a time: the entries of the lists with
// one of these names and of lists that hold nothing else, and whole objects without such a list. yield gets the place of
// each.
func walkElements(in io.Reader, lists []string, yield func(at headwater.Pointer, raw []byte) bool) error {
	bounded := &recordLimit{Reader: decodeText(in)}
	// text that is not Unicode is a fault of its own record, which is parsed strictly later, and costs no other record
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
func walkValue(decoder *jsontext.Decoder, at headwater.Pointer, lists []string, yield func(headwater.Pointer, []byte) bool) (found,
	more bool, err error) {
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
		return true, true, nil // fields beside a list describe the list
	}
	return false, yield(at, append(whole, '}')), nil
}

// maxRecord is how many bytes a record may have.
const maxRecord = bundle.MaxLine

var errTooLarge = fmt.Errorf("a record of more than %d bytes (%d MiB)", maxRecord, maxRecord>>20)

// recordLimit stops reading within a record that is too large, so that it cannot fill the memory.
type recordLimit struct {
	io.Reader
	read int // bytes since the last record
}

func (b *recordLimit) Read(p []byte) (int, error) {
	if b.read > maxRecord {
		return 0, errTooLarge
	}
	n, err := b.Reader.Read(p)
	b.read += n
	return n, err
}

// controlReplacer replaces line breaks, tabs and other control characters in the strings of JSON by spaces. JSON forbids
// them, but the markup of many pages has them. A NUL stays, since no text may hold it.
type controlReplacer struct {
	in              io.Reader
	within, escaped bool // in a string, after a backslash
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

func walkEntries(decoder *jsontext.Decoder, at headwater.Pointer, lists []string, yield func(headwater.Pointer, []byte) bool) (found,
	more bool, err error) {
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

// isListEntry reports whether a place is that of an entry of a list.
func isListEntry(at headwater.Pointer) bool {
	last := at[strings.LastIndex(string(at), "/")+1:]
	return last != "" && strings.Trim(string(last), "0123456789") == ""
}
