package provenance

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Mermaid draws the graph as a Mermaid flowchart, card by card in the order of the layout, so that Mermaid's own comes near to it: it
// refuses to draw some hundred nodes. Arrows lead from who tells to whom they have it from, dotted within a circle. Origins are
// rounded, dashed if uncertain; what is on every way has a thick line; folds have double sides; what a reader does not come to is pale.
func (d *Drawing) Mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	var pale []string // edges, which Mermaid numbers as they come
	drawn := 0
	for _, side := range d.sides() {
		if len(side.Nodes) == 0 {
			continue
		}
		cards, edges := side.Cards()
		fmt.Fprintf(&b, "  subgraph %s[\"%s\"]\n", side.name, side.name)
		for i, card := range cards {
			open, closing := mermaidShape(card)
			fmt.Fprintf(&b, "    %s%d%s\"%s\"%s%s\n", side.prefix, i, open, mermaidText(d.cardLabel(card)), closing,
				mermaidClass(card.Nodes[0]))
		}
		for _, e := range edges {
			if e.OutOfReach {
				pale = append(pale, strconv.Itoa(drawn))
			}
			drawn++
			fmt.Fprintf(&b, "    %s%d %s|%d| %s%d\n", side.prefix, e.From, mermaidArrow(e), e.Attributions, side.prefix, e.To)
		}
		b.WriteString("  end\n")
	}
	b.WriteString("  classDef uncertain stroke-dasharray: 4 3\n  classDef common stroke-width: 4px\n  classDef aside opacity: 0.35\n")
	if pale != nil {
		fmt.Fprintf(&b, "  linkStyle %s opacity: 0.35\n", strings.Join(pale, ","))
	}
	return b.String()
}

func mermaidShape(c Card) (string, string) {
	switch {
	case c.Fold != nil:
		return "[[", "]]"
	case slices.Contains(c.Nodes[0].Roles, OriginRole):
		return "([", "])"
	case slices.Contains(c.Nodes[0].Roles, PublisherRole):
		return "[", "]"
	}
	return "(", ")"
}

func mermaidClass(n Node) string {
	switch {
	case n.SetAside || n.OutOfReach:
		return ":::aside"
	case n.CommonLink:
		return ":::common"
	case n.Uncertain:
		return ":::uncertain"
	}
	return ""
}

// mermaidArrow is dotted between those who have it from one another.
func mermaidArrow(e CardEdge) string {
	if e.InCircle {
		return "-.->"
	}
	return "-->"
}

// mermaidEscapes are Mermaid's entity codes for what means something inside quotes, and for what begins a directive anywhere.
var mermaidEscapes = strings.NewReplacer("#", "#35;", "%", "#37;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "&", "#amp;", "`", "#96;")

func mermaidText(lines []string) string {
	escaped := make([]string, len(lines))
	for i, line := range lines {
		escaped[i] = mermaidEscapes.Replace(line)
	}
	return strings.Join(escaped, "<br/>")
}

// DOT draws the graph in Graphviz's language, as [Drawing.Mermaid] does, but whole: Graphviz draws thousands of nodes.
func (d *Drawing) DOT() string {
	var b strings.Builder
	b.WriteString("digraph provenance {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n")
	for _, side := range d.sides() {
		if len(side.Nodes) == 0 {
			continue
		}
		fmt.Fprintf(&b, "  subgraph cluster_%s {\n    label=\"%s\";\n", side.name, side.name)
		for i, node := range side.Nodes {
			fmt.Fprintf(&b, "    %s%d [label=\"%s\"%s];\n", side.prefix, i, dotText(d.label(node)), dotStyle(node))
		}
		for _, e := range side.Edges {
			fmt.Fprintf(&b, "    %s%d -> %s%d [label=\"%d\"%s];\n", side.prefix, side.at[e.From], side.prefix, side.at[e.To],
				len(e.Attributions), dotLine(e))
		}
		b.WriteString("  }\n")
	}
	b.WriteString("}\n")
	return b.String()
}

func dotStyle(n Node) string {
	var style string
	switch {
	case slices.Contains(n.Roles, OriginRole):
		style = ", shape=ellipse"
	case !slices.Contains(n.Roles, PublisherRole):
		style = ", style=rounded"
	}
	if n.Uncertain {
		style += ", style=dashed"
	}
	if n.CommonLink {
		style += ", penwidth=3"
	}
	if n.SetAside || n.OutOfReach {
		style += ", color=gray, fontcolor=gray"
	}
	return style
}

// dotLine is dotted between those who have it from one another, and pale where it is out of reach.
func dotLine(e Edge) string {
	var style string
	if e.InCircle {
		style = ", style=dotted"
	}
	if e.OutOfReach {
		style += ", color=gray, fontcolor=gray"
	}
	return style
}

// dotEscapes: Graphviz reads HTML's entities inside quotes too.
var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")

func dotText(lines []string) string {
	escaped := make([]string, len(lines))
	for i, line := range lines {
		escaped[i] = dotEscapes.Replace(line)
	}
	return strings.Join(escaped, `\n`)
}

// drawnSide is a side with what its drawing calls it and its nodes.
type drawnSide struct {
	SideDrawing
	name   SideName
	prefix string
	at     map[uuid.UUID]int
}

func (d *Drawing) sides() []drawnSide {
	sides := []drawnSide{{d.Affirming, Affirming, "a", nil}, {d.Denying, Denying, "d", nil}}
	for i, side := range sides {
		sides[i].at = make(map[uuid.UUID]int, len(side.Nodes))
		for n, node := range side.Nodes {
			sides[i].at[node.Group] = n
		}
	}
	return sides
}

// namedOfFold is how many nodes of a fold its card names.
const namedOfFold = 3

// cardLabel is that of a node, or some names of a fold and how many more there are.
func (d *Drawing) cardLabel(c Card) []string {
	if c.Fold == nil {
		return d.label(c.Nodes[0])
	}
	var lines []string
	for _, node := range c.Nodes[:min(namedOfFold, len(c.Nodes))] {
		lines = append(lines, headwater.Isolated(d.Sources[node.Group].Name))
	}
	if more := len(c.Nodes) - len(lines); more > 0 {
		lines = append(lines, "+"+strconv.Itoa(more))
	}
	return lines
}

// label is a group's name, its names in other languages, and the members that it hides. Each line is isolated (Unicode
// UAX #9, FSI … PDI), so that a line in one direction does not turn its neighbour round.
func (d *Drawing) label(n Node) []string {
	card := d.Sources[n.Group]
	lines := []string{headwater.Isolated(card.Name)}
	for _, language := range slices.Sorted(maps.Keys(card.Names)) {
		if name := card.Names[language]; name != card.Name {
			lines = append(lines, headwater.Isolated(name))
		}
	}
	var hidden []string
	for _, member := range n.Members {
		if member != n.Group {
			hidden = append(hidden, headwater.Isolated(d.Sources[member].Name))
		}
	}
	if len(hidden) > 0 {
		lines = append(lines, "("+strings.Join(hidden, ", ")+")")
	}
	return lines
}
