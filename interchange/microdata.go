package interchange

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// itemReader reads the microdata of a page (https://html.spec.whatwg.org/multipage/microdata.html).
type itemReader struct {
	byID map[string]*html.Node
	// left is how many more elements items may take from elsewhere by itemref, which can go round in circles.
	left int
}

// maxItemRef bounds that.
const maxItemRef = 10_000

func newItemReader(root *html.Node) *itemReader {
	m := &itemReader{byID: map[string]*html.Node{}, left: maxItemRef}
	for n := range root.Descendants() {
		if id := attribute(n, "id"); id != "" && m.byID[id] == nil {
			m.byID[id] = n
		}
	}
	return m
}

// item is an item with all that it holds, as JSON-LD would have it.
func (m *itemReader) item(n *html.Node) map[string]any {
	object := map[string]any{}
	if types := strings.Fields(attribute(n, "itemtype")); len(types) > 0 {
		names := make([]any, len(types))
		for i, name := range types {
			names[i] = name
		}
		object["@type"] = names
	}
	if id := attribute(n, "itemid"); id != "" {
		object["@id"] = id
	}
	m.children(object, n, false)
	for id := range strings.FieldsSeq(attribute(n, "itemref")) {
		if there := m.byID[id]; there != nil {
			m.element(object, there, true)
		}
	}
	return object
}

func (m *itemReader) children(object map[string]any, n *html.Node, elsewhere bool) {
	for child := range n.ChildNodes() {
		if child.Type == html.ElementNode {
			m.element(object, child, elsewhere)
		}
	}
}

// element adds what an element says of the item. What stands within another item belongs to that.
func (m *itemReader) element(object map[string]any, n *html.Node, elsewhere bool) {
	if elsewhere {
		if m.left--; m.left < 0 {
			return
		}
	}
	if names := strings.Fields(attribute(n, "itemprop")); len(names) > 0 {
		value := m.value(n)
		for _, name := range names {
			if there, twice := object[name]; twice {
				object[name] = append(listOf(there), value)
			} else {
				object[name] = value
			}
		}
	}
	if !has(n, "itemscope") {
		m.children(object, n, elsewhere)
	}
}

// addressedBy is the attribute that holds the value of elements whose value is an address.
var addressedBy = map[atom.Atom]string{
	atom.A: "href", atom.Area: "href", atom.Link: "href", atom.Audio: "src", atom.Embed: "src", atom.Iframe: "src", atom.Img: "src",
	atom.Source: "src", atom.Track: "src", atom.Video: "src", atom.Object: "data",
}

// value is that of a property: an item, an attribute, or the text of the element.
func (m *itemReader) value(n *html.Node) any {
	switch {
	case has(n, "itemscope"):
		return m.item(n)
	case has(n, "content"):
		return attribute(n, "content")
	case addressedBy[n.DataAtom] != "":
		return attribute(n, addressedBy[n.DataAtom])
	case n.DataAtom == atom.Time && has(n, "datetime"):
		return attribute(n, "datetime")
	case n.DataAtom == atom.Data || n.DataAtom == atom.Meter:
		return attribute(n, "value")
	}
	var text strings.Builder
	for child := range n.Descendants() {
		if child.Type == html.TextNode {
			text.WriteString(child.Data)
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}
