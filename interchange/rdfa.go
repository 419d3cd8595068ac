package interchange

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// rdfaReader reads the RDFa of a page (https://www.w3.org/TR/rdfa-lite/, and rel, about and datatype of RDFa Core), as JSON-LD would
// have it. Names of other vocabularies than schema.org are left out; those of none are taken to be of schema.org, as everywhere here.
//
// No library is used: those that there are make triples of a page, of which the objects and their order would have to be put together
// again.
type rdfaReader struct {
	base   pageBase
	items  []map[string]any // in the order of the page, without those that are within others
	byID   map[string]map[string]any
	listed map[string]bool // of those with a name
	// left is how many more texts are read. An element's text is also that of the elements around it.
	left int
}

// rdfaScope is what holds for an element and those within it.
type rdfaScope struct {
	prefixes   map[string]string // what they stand for
	vocabulary string
	language   string
	subject    map[string]any // nil outside of all objects
	hanging    []string       // names of which the next object is the value
}

// schemaOrg is the address that begins the names of schema.org.
const schemaOrg = "https://schema.org/"

// maxTextsOfElements is how many texts are read for each element of a page, on average.
const maxTextsOfElements = 32

// readRDFa gives the objects of a page.
func readRDFa(root *html.Node, base pageBase) []map[string]any {
	r := &rdfaReader{base: base, byID: map[string]map[string]any{}, listed: map[string]bool{}, left: maxItemRef}
	hasRDFa := false
	for n := range root.Descendants() {
		r.left += maxTextsOfElements
		hasRDFa = hasRDFa || has(n, "typeof")
	}
	if hasRDFa {
		r.children(root, rdfaScope{prefixes: map[string]string{"schema": schemaOrg, "sdo": schemaOrg}, vocabulary: schemaOrg})
	}
	return r.items
}

func (r *rdfaReader) children(n *html.Node, scope rdfaScope) {
	for child := range n.ChildNodes() {
		if child.Type == html.ElementNode {
			r.element(child, scope)
		}
	}
}

// element adds what an element says of the object that it is within, and reads what is within it.
func (r *rdfaReader) element(n *html.Node, scope rdfaScope) {
	scope = scope.with(n)
	properties, relations := scope.names(attribute(n, "property"), true), scope.names(attribute(n, "rel"), false)
	names := slices.Concat(properties, relations)
	about := r.resourceOf(n, "about")
	switch named := r.resourceOf(n, "resource", "href", "src", "data"); {
	case has(n, "typeof"):
		if about == "" || len(names) > 0 {
			about = cmp.Or(named, about)
		}
		object := r.object(about)
		types, _ := object["@type"].([]any)
		for _, name := range scope.names(attribute(n, "typeof"), true) {
			types = append(types, name)
		}
		object["@type"] = types
		if page := r.base.link(attribute(n, "href")); page != "" && object["url"] == nil {
			object["url"] = page
		}
		r.place(object, names, scope)
		if scope.language != "" && object["@language"] == nil {
			object["@language"] = scope.language
		}
		scope.subject, scope.hanging = object, nil
	case len(relations) > 0 && named == "":
		scope.hanging = relations // what follows within is the value
		r.addText(scope, properties, n)
	case len(names) > 0:
		if about != "" {
			scope.subject = r.object(about)
			r.list(scope.subject)
		}
		switch {
		case len(relations) > 0:
			r.addReference(scope, relations, n, named)
			r.addText(scope, properties, n)
		case named != "" && !has(n, "content") && !has(n, "datatype"):
			r.addReference(scope, properties, n, named)
		default:
			r.addText(scope, properties, n)
		}
	case about != "" || has(n, "resource"):
		object := r.object(cmp.Or(about, r.resourceOf(n, "resource")))
		r.place(object, nil, scope)
		scope.subject, scope.hanging = object, nil
	}
	r.children(n, scope)
}

// resourceOf is the address or name in the first of these attributes that an element has.
func (r *rdfaReader) resourceOf(n *html.Node, names ...string) string {
	for _, name := range names {
		if value := attribute(n, name); value != "" {
			value = strings.TrimSuffix(strings.TrimPrefix(value, "["), "]") // a safe CURIE
			if name == "about" || name == "resource" {
				return r.base.resolve(value)
			}
			return r.base.link(value)
		}
	}
	return ""
}

// object is the object of a name, or a new one without.
func (r *rdfaReader) object(id string) map[string]any {
	if id == "" {
		return map[string]any{}
	}
	if r.byID[id] == nil {
		r.byID[id] = map[string]any{"@id": id}
	}
	return r.byID[id]
}

// place makes an object the value of names of the object around it, or one of the page's own. What stands within itself is named
// there.
func (r *rdfaReader) place(object map[string]any, names []string, scope rdfaScope) {
	if names = append(names, scope.hanging...); scope.subject != nil && len(names) > 0 {
		var value any = object
		if id, isNamed := object["@id"]; isNamed {
			value = map[string]any{"@id": id}
			r.list(object)
		}
		for _, name := range names {
			add(scope.subject, name, value)
		}
		return
	}
	r.list(object)
}

// list adds an object to those of the page, each once.
func (r *rdfaReader) list(object map[string]any) {
	if id, named := object["@id"].(string); named {
		if r.listed[id] {
			return
		}
		r.listed[id] = true
	}
	r.items = append(r.items, object)
}

func add(object map[string]any, name string, value any) {
	if there, twice := object[name]; twice {
		value = append(listOf(there), value)
	}
	object[name] = value
}

// addReference adds the address or the object that an element leads to.
func (r *rdfaReader) addReference(scope rdfaScope, names []string, n *html.Node, to string) {
	if scope.subject == nil {
		return
	}
	var value any = to
	if has(n, "resource") || strings.HasPrefix(to, "#") || strings.HasPrefix(to, "_:") || r.byID[to] != nil {
		value = map[string]any{"@id": to}
	}
	for _, name := range names {
		add(scope.subject, name, value)
	}
}

// addText adds the text of an element, or what it has in place of one.
func (r *rdfaReader) addText(scope rdfaScope, names []string, n *html.Node) {
	if scope.subject == nil || len(names) == 0 {
		return
	}
	var value any
	switch {
	case has(n, "content"):
		value = attribute(n, "content")
	case has(n, "datetime"):
		value = attribute(n, "datetime")
	case n.DataAtom == atom.Data || n.DataAtom == atom.Meter:
		value = attribute(n, "value")
	default:
		value = textWithin(n, &r.left)
	}
	if language := attribute(n, "lang"); language != "" {
		value = map[string]any{"@value": value, "@language": language}
	}
	for _, name := range names {
		add(scope.subject, name, value)
	}
}

// with is the scope as the attributes of an element change it.
func (s rdfaScope) with(n *html.Node) rdfaScope {
	if has(n, "vocab") {
		s.vocabulary = cmp.Or(attribute(n, "vocab"), schemaOrg)
	}
	if words := strings.Fields(attribute(n, "prefix")); len(words) > 1 {
		prefixes := maps.Clone(s.prefixes)
		for i := 0; i+1 < len(words); i += 2 {
			prefixes[strings.ToLower(strings.TrimSuffix(words[i], ":"))] = words[i+1]
		}
		s.prefixes = prefixes
	}
	if n.DataAtom == atom.Html {
		return s // the language of the page is that of all in it
	}
	for _, name := range []string{"lang", "xml:lang"} {
		if language := attribute(n, name); language != "" {
			s.language = language
		}
	}
	return s
}

// names are those of schema.org in an attribute. terms says whether a word without a prefix is one: in rel it is one of HTML.
func (s rdfaScope) names(attribute string, terms bool) []string {
	var names []string
	for word := range strings.FieldsSeq(attribute) {
		full := word
		switch prefix, local, prefixed := strings.Cut(word, ":"); {
		case prefixed && s.prefixes[strings.ToLower(prefix)] != "":
			full = s.prefixes[strings.ToLower(prefix)] + local
		case prefixed:
		case !terms:
			continue
		default:
			full = s.vocabulary + word
		}
		if name := schemaName.ReplaceAllString(full, ""); name != full && name != "" {
			names = append(names, name)
		}
	}
	return names
}
