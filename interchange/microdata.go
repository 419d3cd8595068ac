package interchange

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// itemReader reads the microdata of a page (https://html.spec.whatwg.org/multipage/microdata.html).
type itemReader struct {
	base pageBase
	byID map[string]*html.Node
	// left is how many more elements are read. Items can take elements from elsewhere by itemref, over and over.
	left  int
	depth int // of items within items
	// textLeft is how many more nodes are gone through for texts: each property that others stand in has theirs too.
	textLeft int
}

const (
	// maxItemRef is how many elements items can have beyond twice those of the page.
	maxItemRef = 10_000
	// maxItemDepth is how deep items are read within one another.
	maxItemDepth = 64
	// maxItemText is how many bytes of an element's text are read, more than any field takes.
	maxItemText = 1 << 17
)

func newItemReader(root *html.Node, base pageBase) *itemReader {
	m := &itemReader{base: base, byID: map[string]*html.Node{}, left: maxItemRef, textLeft: maxItemRef}
	for n := range root.Descendants() {
		m.left += 2
		m.textLeft += 10
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
	if m.depth++; m.depth <= maxItemDepth {
		m.children(object, n)
		for id := range strings.FieldsSeq(attribute(n, "itemref")) {
			if there := m.byID[id]; there != nil {
				m.element(object, there)
			}
		}
	}
	m.depth--
	return object
}

func (m *itemReader) children(object map[string]any, n *html.Node) {
	for child := range n.ChildNodes() {
		if child.Type == html.ElementNode {
			m.element(object, child)
		}
	}
}

// element adds what an element says of the item. What stands within another item belongs to that.
func (m *itemReader) element(object map[string]any, n *html.Node) {
	if m.left--; m.left < 0 {
		return
	}
	for i, name := range strings.Fields(attribute(n, "itemprop")) {
		if m.left -= i; m.left < 0 { // an item of several names is one for each
			return
		}
		value := m.value(n)
		if there, twice := object[name]; twice {
			value = append(listOf(there), value)
		}
		object[name] = value
	}
	if !has(n, "itemscope") {
		m.children(object, n)
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
		return m.base.link(attribute(n, addressedBy[n.DataAtom]))
	case n.DataAtom == atom.Time && has(n, "datetime"):
		return attribute(n, "datetime")
	case n.DataAtom == atom.Data || n.DataAtom == atom.Meter:
		return attribute(n, "value")
	}
	return textWithin(n, &m.textLeft)
}

// nodeText is how many bytes of text count as another node.
const nodeText = 256

// textWithin is the text of an element, in one line. Of the nodes that it goes through, no more than are left; long ones count for more.
func textWithin(n *html.Node, left *int) string {
	var text strings.Builder
	for child := range n.Descendants() {
		if *left--; *left < 0 || text.Len() >= maxItemText {
			break
		}
		if child.Type == html.TextNode {
			part := child.Data[:min(len(child.Data), maxItemText-text.Len())]
			*left -= len(part) / nodeText
			text.WriteString(part)
		}
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(text.String(), "")), " ")
}
