package interchange

import (
	"bytes"
	"cmp"
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
		if texts := textsOf(n[name]); len(texts) > 0 {
			return texts[0].text
		}
	}
	return ""
}

// languageText is a text, and its language where the file says it.
type languageText struct{ text, language string }

// textsOf are the texts of a value that are not empty, as node.text has them.
func textsOf(value any) []languageText {
	switch value := value.(type) {
	case string:
		if text := headwater.WithoutControls(value); strings.TrimSpace(text) != "" {
			return []languageText{{text: text}}
		}
	case json.Number:
		return []languageText{{text: value.String()}}
	case []any:
		var texts []languageText
		for _, entry := range value {
			texts = append(texts, textsOf(entry)...)
		}
		return texts
	case map[string]any:
		for _, name := range []string{"@value", "name", "url", "@id"} {
			if texts := textsOf(value[name]); len(texts) > 0 {
				language, _ := value["@language"].(string)
				return []languageText{{texts[0].text, language}}
			}
		}
	}
	return nil
}

// addressesOf are the addresses in a value, an object's being its url or else its @id. One text may have several.
func addressesOf(value any) []string {
	switch value := value.(type) {
	case string:
		return splitAddresses(headwater.WithoutControls(value))
	case []any:
		var addresses []string
		for _, entry := range value {
			addresses = append(addresses, addressesOf(entry)...)
		}
		return addresses
	case map[string]any:
		for _, name := range []string{"@value", "url", "@id"} {
			if addresses := addressesOf(value[name]); len(addresses) > 0 && (name != "@id" || absoluteURL(addresses[0]) != "") {
				return addresses
			}
		}
		if texts := textsOf(value["name"]); len(texts) == 1 && absoluteURL(texts[0].text) != "" {
			return []string{texts[0].text}
		}
	}
	return nil
}

// nodes are the objects of a field that holds one or a list of them, in whatever lists. A text among them becomes an object with that name
// or, where it is a URL, that address.
func (n node) nodes(name string) []node {
	return nodesOf(n[name])
}

func nodesOf(value any) []node {
	switch value := value.(type) {
	case []any:
		var list []node
		for _, entry := range value {
			list = append(list, nodesOf(entry)...)
		}
		return list
	case map[string]any:
		return []node{value}
	case string:
		if isURL(value) {
			return []node{{"url": value}}
		} else if strings.TrimSpace(value) != "" {
			return []node{{"name": value}}
		}
	}
	return nil
}

// firstNodes are the objects of the first of these fields that has any.
func (n node) firstNodes(names ...string) []node {
	for _, name := range names {
		if list := n.nodes(name); len(list) > 0 {
			return list
		}
	}
	return nil
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
	written := n["@type"]
	if written == nil {
		written = n["type"]
	}
	var types []string
	for _, name := range textsOf(written) {
		types = append(types, localName(name.text))
	}
	return types
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}

// maxDepth is how deep values may stand within one another: more than in any record, and few enough for the place of each to be told.
const maxDepth = 100

var (
	errTooDeep = fmt.Errorf("values stand within one another more than %d times", maxDepth)
	errTooMany = fmt.Errorf("it has more than %d values", bundle.MaxValues)
)

// parseJSON reads one JSON value. Numbers keep their digits.
func parseJSON(raw []byte) (any, error) {
	switch values, depth := bundle.CountValues(raw); {
	case depth > maxDepth:
		return nil, errTooDeep
	case values > bundle.MaxValues:
		return nil, errTooMany
	}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true))
	value, err := decodeValue(decoder)
	if err != nil {
		return nil, err
	}
	if _, err = decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, cmp.Or(err, errMore)
	}
	return value, nil
}

var errMore = errors.New("a value follows another")

// decodeValue reads the next value. Of several members of one name the last counts.
func decodeValue(decoder *jsontext.Decoder) (any, error) {
	token, err := decoder.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '"':
		return token.String(), nil
	case '0':
		return json.Number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	case '[':
		list := []any{}
		for decoder.PeekKind() != ']' {
			entry, err := decodeValue(decoder)
			if err != nil {
				return nil, err
			}
			list = append(list, entry)
		}
		_, err := decoder.ReadToken()
		return list, err
	case '{':
		object := map[string]any{}
		for decoder.PeekKind() != '}' {
			name, err := decoder.ReadToken()
			if err != nil {
				return nil, err
			}
			field := name.String()
			if object[field], err = decodeValue(decoder); err != nil {
				return nil, err
			}
		}
		_, err := decoder.ReadToken()
		return object, err
	}
	return nil, nil //nolint:nilnil // as null is
}

// elementWalk visits the elements of a JSON text of any length, holding one at a time: the entries of the lists with one of
// these names and of lists that hold nothing else, and whole objects without such a list.
type elementWalk struct {
	lists []string
	// element gets the place of each, and says whether to go on.
	element func(at headwater.Pointer, raw []byte) bool
	// beside, if any, gets the fields that stand before a list.
	beside func(name string, raw []byte)
	// sawList says that there was a list, though it may have been empty.
	sawList bool

	decoder *jsontext.Decoder
}

// run reads to the end, unless an element says otherwise.
func (w *elementWalk) run(in io.Reader) error {
	bounded := &recordLimit{Reader: in}
	// text that is not Unicode is a fault of its own record, which is parsed strictly later, and costs no other record
	w.decoder = jsontext.NewDecoder(&controlReplacer{in: bounded}, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	element := w.element
	w.element = func(at headwater.Pointer, raw []byte) bool {
		bounded.read = 0
		return element(at, raw)
	}
	for {
		switch _, more, err := w.value(""); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil || !more:
			return err
		}
	}
}

// value reads the next value. found says whether there were elements in it.
func (w *elementWalk) value(at headwater.Pointer) (found, more bool, err error) {
	if w.decoder.StackDepth() > maxDepth {
		return false, false, &jsontext.SyntacticError{ByteOffset: w.decoder.InputOffset(), Err: errTooDeep}
	}
	switch w.decoder.PeekKind() {
	case '[':
		return w.entries(at)
	case '{':
	default:
		raw, err := w.decoder.ReadValue()
		return false, err == nil && w.element(at, raw), err
	}
	if _, err := w.decoder.ReadToken(); err != nil {
		return false, false, err
	}
	whole := []byte{'{'}
	for w.decoder.PeekKind() == '"' {
		name, err := w.decoder.ReadToken()
		if err != nil {
			return found, false, err
		}
		field := name.String()
		if slices.Contains(w.lists, localName(field)) && w.decoder.PeekKind() == '[' {
			if _, more, err := w.entries(below(at, field)); err != nil || !more {
				return true, false, err
			}
			found = true
			continue
		}
		raw, err := w.decoder.ReadValue()
		if err != nil {
			return found, false, err
		}
		if w.beside != nil {
			w.beside(field, raw)
		}
		if whole, err = appendMember(whole, field, raw); err != nil {
			return found, false, err
		}
	}
	if _, err := w.decoder.ReadToken(); err != nil {
		return found, false, err
	}
	if found {
		return true, true, nil // fields beside a list describe the list
	}
	return false, w.element(at, append(whole, '}')), nil
}

// localName is a field's name without the prefix or address that it may be written with.
func localName(field string) string { return field[strings.LastIndexAny(field, "/:#")+1:] }

// maxRecord is how many bytes a record may have.
const maxRecord = bundle.MaxLine

var errTooLarge = fmt.Errorf("a record of more than %d bytes (%d MiB)", maxRecord, maxRecord>>20)

var errTooManyCells = fmt.Errorf("a row of more than %d cells", maxCells)

// recordLimit stops reading within a record that is too large, so that it cannot fill the memory.
type recordLimit struct {
	io.Reader
	read       int  // bytes since the last record
	separator  byte // of the cells of a table; else no text has it
	separators int  // since the last row
}

func (b *recordLimit) Read(p []byte) (int, error) {
	switch {
	case b.read > maxRecord:
		return 0, errTooLarge
	case b.separators > maxCells:
		return 0, errTooManyCells
	}
	n, err := b.Reader.Read(p)
	b.read += n
	if b.separator != 0 {
		b.separators += bytes.Count(p[:n], []byte{b.separator})
	}
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

// maxPlaceName is how many bytes of a name stand in the place of what is below it: each of many values has it in its own.
const maxPlaceName = 200

// below is the place of a field, whose name may be of any length.
func below(at headwater.Pointer, name string) headwater.Pointer {
	if len(name) > maxPlaceName {
		name = strings.ToValidUTF8(name[:maxPlaceName], "") + "…"
	}
	return at.Field(name)
}

func appendMember(object []byte, name string, value []byte) ([]byte, error) {
	if len(object) > 1 {
		object = append(object, ',')
	}
	object, err := jsontext.AppendQuote(object, name)
	return append(append(object, ':'), value...), err
}

func (w *elementWalk) entries(at headwater.Pointer) (found, more bool, err error) {
	if _, err := w.decoder.ReadToken(); err != nil {
		return true, false, err
	}
	w.sawList = true
	index := 0
	for ; w.decoder.PeekKind() != ']'; index++ {
		if _, more, err := w.value(at.Index(index)); err != nil || !more {
			return true, false, err
		}
	}
	if _, err := w.decoder.ReadToken(); err != nil {
		return true, false, err
	}
	return true, index > 0 || !isListEntry(at) || w.element(at, []byte("[]")), nil
}

// isListEntry reports whether a place is that of an entry of a list.
func isListEntry(at headwater.Pointer) bool {
	last := at[strings.LastIndex(string(at), "/")+1:]
	return last != "" && strings.Trim(string(last), "0123456789") == ""
}
