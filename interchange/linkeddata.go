package interchange

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/headwater-project/headwater/bundle"
)

// JSON-LD is read by the small part of it that pages have: names with prefixes, aliases of a context in the file, expanded
// names, value objects, lists and references by @id. Contexts elsewhere are never fetched: what a file names is taken to be
// of schema.org. A library would expand all of it, and lose the place of each value, which faults have to name.

// vocabulary is what contexts say about the names in their objects and below.
type vocabulary struct {
	context  *context // the nearest
	language string   // of texts
}

// context is what one context says, beside those of the objects around it.
type context struct {
	around   *context
	prefixes map[string]bool   // that stand for schema.org
	terms    map[string]string // names of schema.org by other names
}

// newContext is one that says nothing yet.
func newContext(around *context) *context {
	return &context{around, map[string]bool{}, map[string]string{}}
}

// schemaContext has the prefixes that files use without saying what they stand for.
func schemaContext() *context {
	return &context{nil, map[string]bool{"schema": true, "sdo": true}, map[string]string{}}
}

// term is the name of schema.org that another stands for; empty if none does.
func (c *context) term(name string) string {
	for ; c != nil; c = c.around {
		if meant := c.terms[name]; meant != "" {
			return meant
		}
	}
	return ""
}

func (c *context) isPrefix(name string) bool {
	for ; c != nil; c = c.around {
		if c.prefixes[name] {
			return true
		}
	}
	return false
}

// schemaName matches an expanded name of schema.org.
var schemaName = regexp.MustCompile(`^https?://(?:www\.)?schema\.org/(?:#)?`)

// name is a name as schema.org has it.
func (v vocabulary) name(name string) string {
	if strings.HasPrefix(name, "@") {
		return name
	}
	if meant := v.context.term(name); meant != "" {
		return meant
	}
	if name == "type" || name == "id" { // as schema.org's own context has it
		return "@" + name
	}
	prefix, local, prefixed := strings.Cut(name, ":")
	switch {
	case !prefixed:
		return name
	case v.context.isPrefix(prefix):
		return local
	}
	return schemaName.ReplaceAllString(name, "")
}

// within is the vocabulary of an object that has a context.
func (v vocabulary) within(said any) vocabulary {
	v.context = newContext(v.context)
	v.add(said)
	return v
}

// add adds what a context says, or each of a list of them.
func (v *vocabulary) add(said any) {
	switch said := said.(type) {
	case []any:
		for _, entry := range said {
			v.add(entry)
		}
	case map[string]any:
		if language, isText := said["@language"].(string); isText {
			v.language = language
		}
		for _, term := range slices.Sorted(maps.Keys(said)) {
			meaning, isText := said[term].(string)
			if definition, isObject := said[term].(map[string]any); isObject {
				meaning, isText = definition["@id"].(string)
			}
			switch name := v.name(meaning); {
			case !isText || strings.HasPrefix(term, "@"):
			case name == "" && meaning != "": // the whole of schema.org
				v.context.prefixes[term] = true
			case name != meaning || strings.HasPrefix(name, "@"):
				v.context.terms[term] = name
			}
		}
	}
}

// simplify rewrites a value in the names of schema.org, without value objects and lists that say nothing more than what is
// in them. The language of a context stands in its object as @language.
func (v vocabulary) simplify(value any) any {
	switch value := value.(type) {
	case []any:
		for i, entry := range value {
			value[i] = v.simplify(entry)
		}
	case map[string]any:
		return v.simplifyObject(value)
	}
	return value
}

func (v vocabulary) simplifyObject(object map[string]any) any {
	if context, has := object["@context"]; has {
		if v = v.within(context); v.language != "" {
			object["@language"] = v.language
		}
		delete(object, "@context")
	}
	for _, wrapper := range []string{"@list", "@set"} {
		if inner, wraps := object[wrapper]; wraps {
			return v.simplify(inner)
		}
	}
	if text, isValue := object["@value"]; isValue && object["@language"] == nil {
		return text
	}
	var renamed []string
	for name, entry := range object {
		if v.name(name) != name {
			renamed = append(renamed, name)
			continue
		}
		object[name] = v.simplify(entry)
	}
	slices.Sort(renamed)
	for _, old := range renamed {
		name, entry := v.name(old), v.simplify(object[old])
		delete(object, old)
		if there, twice := object[name]; twice {
			entry = append(listOf(there), listOf(entry)...)
		}
		object[name] = entry
	}
	return object
}

func listOf(value any) []any {
	if list, many := value.([]any); many {
		return list
	}
	return []any{value}
}

// linkedNodes are the objects of a file that others refer to by their @id.
type linkedNodes struct {
	vocabulary vocabulary
	byID       map[string]node
	bytes      int
	left       int // how many values the records of the file may still refer to, beside some for each
	// missed are the references of the last object that may be to something for which there was no room.
	missed []string
}

func newLinkedNodes() *linkedNodes {
	return &linkedNodes{vocabulary: vocabulary{context: schemaContext()}, left: mostReferred, byID: map[string]node{}}
}

const (
	// maxLinked is how many bytes of elements are kept for others to refer to, and valueSize what each value takes beside its text.
	maxLinked = 3 * maxRecord
	valueSize = 128
)

// sizeOf is what the value of a JSON text takes.
func sizeOf(raw []byte) int {
	values, _ := bundle.CountValues(raw)
	return len(raw) + values*valueSize
}

// add keeps the objects in an element that have an @id and say something, as long as there is room for what it takes.
func (l *linkedNodes) add(value any, size int) {
	if l.isFull() {
		return
	}
	before := len(l.byID)
	l.collect(value)
	if len(l.byID) > before {
		l.bytes += size
	}
}

func (l *linkedNodes) isFull() bool { return l.bytes > maxLinked }

func (l *linkedNodes) collect(value any) {
	switch value := value.(type) {
	case []any:
		for _, entry := range value {
			l.collect(entry)
		}
	case map[string]any:
		n := node(value)
		if id, named := value["@id"].(string); named && !n.isReference() && !n.hasType("ClaimReview") {
			l.define(id, n)
		}
		for _, entry := range value {
			l.collect(entry)
		}
	}
}

// define keeps an object, or what it adds to one of the same @id.
func (l *linkedNodes) define(id string, n node) {
	known := l.byID[id]
	if known == nil {
		l.byID[id] = n
		return
	}
	for name, entry := range n {
		if _, has := known[name]; !has {
			known[name] = entry
		}
	}
}

// isReference says whether an object does nothing but name another by its @id.
func (n node) isReference() bool {
	_, named := n["@id"].(string)
	for name := range n {
		if name != "@id" && name != "@type" {
			return false
		}
	}
	return named
}

const (
	// maxReferenceDepth is how many references are followed from one to the next: from a review to what it reviews, where
	// that appeared, who published it, and who owns that.
	maxReferenceDepth = 5
	// maxReferred is how many values one record may refer to.
	maxReferred = 100_000
	// mostReferred is how many values all records of a file may refer to beyond freeReferred each: many can refer to one that says much.
	mostReferred = 10_000_000
	freeReferred = 1_000
)

// resolve is an object with those in the place of references that these name. It is false if they say too much.
func (l *linkedNodes) resolve(n node) (resolved node, ok bool) {
	if len(l.byID) == 0 {
		return n, true
	}
	most := min(maxReferred, freeReferred+l.left)
	left := most
	l.missed = nil
	whole, _ := l.follow(map[string]any(n), 0, &left).(map[string]any)
	l.left = max(0, l.left-max(0, most-left-freeReferred))
	return whole, left >= 0
}

func (l *linkedNodes) follow(value any, depth int, left *int) any {
	if depth > 0 {
		if *left--; *left < 0 {
			return nil
		}
	}
	switch value := value.(type) {
	case []any:
		list := make([]any, len(value))
		for i := 0; i < len(value) && *left >= 0; i++ {
			list[i] = l.follow(value[i], depth, left)
		}
		return list
	case map[string]any:
		if n := node(value); n.isReference() {
			id, _ := value["@id"].(string)
			there, known := l.byID[id]
			if !known && l.isFull() {
				l.missed = append(l.missed, id)
			}
			if !known || depth == maxReferenceDepth {
				return value
			}
			value, depth = there, depth+1
		}
		object := make(map[string]any, len(value))
		for name, entry := range value {
			object[name] = l.follow(entry, depth, left)
		}
		return object
	}
	return value
}
