// Package card draws the provenance of a claim on one page that can be shared and printed: the claim, how it stands in whole
// sentences, who has it from whom, and what it rests on. A card asks nobody for anything, and holds no script.
//
// It must not know HTTP, where facts come from, nor the clock.
package card

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/bidi"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// MostBoxes is how many boxes a card draws, of both sides together.
const MostBoxes = 12

// Card is what is drawn.
type Card struct {
	Report   *provenance.Report
	Drawing  *provenance.Drawing // it is laid out anew
	Language Language
	AsOf     headwater.Day // that the report was asked for; empty for all there is
	Made     headwater.Day
	Address  string // where the card, as it is then, can be had; empty where nobody serves it
	Page     string // where the claim is worked on; empty where nobody serves it
}

// Language is one that cards speak.
type Language string

const (
	English Language = "en"
	Arabic  Language = "ar"
)

//go:embed card.html.tmpl card.svg.tmpl drawing.tmpl style.css
var files embed.FS

// style is the only style sheet of a card, which its policy names by its hash.
var style = strings.TrimSpace(readFile("style.css"))

func readFile(name string) string {
	text, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"style":    func() template.CSS { return template.CSS(style) }, //nolint:gosec // it is ours
	"isolated": headwater.Isolated,
}).
	ParseFS(files, "*.tmpl"))

// Policy is the Content-Security-Policy of every card: nothing is loaded or run, and only the pages of these origins may frame it.
func Policy(frames []string) string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; " +
		"form-action 'none'; frame-ancestors " + strings.Join(append([]string{"'self'"}, frames...), " ")
}

// HTML is the card as a page.
func (c Card) HTML() ([]byte, error) { return c.render("card.html.tmpl", c.page()) }

// SVG is the card as a picture of fixed size, for print: whoever writes it cannot measure text, so that its boxes are fixed and clipped.
func (c Card) SVG() ([]byte, error) {
	body, err := c.render("card.svg.tmpl", c.sheet())
	return append([]byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), body...), err
}

func (c Card) render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, name, data)
	return b.Bytes(), err
}

// page is what both forms of a card show.
type page struct {
	Words         *words
	Language      Language
	Direction     string
	Statement     string
	StatementTag  string
	Standing      string
	Sides         []side
	Notes         []string
	Address       string
	Page          string
	FactsSHA256   string
	Algorithm     string
	IsRightToLeft bool
}

// side is what speaks for the claim, or against it.
type side struct {
	Heading   string
	Sentences []string
	Outline   []outlined
	Drawing   *drawing // nil where there is nothing to draw
}

// outlined is a box of the drawing in words.
type outlined struct {
	Names []string
	More  string   // how many more names there are; empty where all are named
	Does  []string // what it does
	From  []string // the names of whom it has the claim from
}

func (c Card) page() page {
	w := wordsIn[c.Language]
	c.Drawing.LayOut(MostBoxes)
	tag, statement := c.statement()
	p := page{
		Words: w, Language: c.Language, Direction: w.direction, IsRightToLeft: w.direction == rightToLeft, Statement: statement,
		StatementTag: tag, Standing: w.standing[c.Report.Standing], Address: c.Address, Page: c.Page,
		FactsSHA256: c.Report.FactsSHA256, Algorithm: fill(w.algorithm, leftToRight(c.Report.AlgorithmVersion)),
	}
	p.Sides = []side{
		c.side("for", w.For, w.attributionsFor, &c.Report.Affirming, &c.Drawing.Affirming),
		c.side("against", w.Against, w.attributionsAgainst, &c.Report.Denying, &c.Drawing.Denying),
	}
	if c.AsOf != "" {
		p.Notes = append(p.Notes, fill(w.asOf, leftToRight(string(c.AsOf))))
	}
	p.Notes = append(p.Notes, fill(w.made, leftToRight(string(c.Made))), w.NoVerdict)
	return p
}

// leftToRight isolates what is read from left to right in every text, such as a date (LRI … PDI of Unicode UAX #9).
func leftToRight(text string) string { return "\u2066" + headwater.VisibleLine(text) + "\u2069" }

// statement is the claim's in the language of the card, or else in the first that it has.
func (c Card) statement() (tag, text string) {
	tags := slices.Sorted(maps.Keys(c.Report.Statement))
	if len(tags) == 0 {
		return "und", headwater.VisibleLine(c.Report.Claim)
	}
	tag = tags[0]
	for _, candidate := range tags {
		if sameBase(candidate, c.Language) {
			tag = candidate
			break
		}
	}
	return tag, headwater.VisibleLine(c.Report.Statement[tag])
}

func sameBase(tag string, l Language) bool {
	base, _ := language.Make(tag).Base()
	return base.String() == string(l)
}

// name is a source's in the language of the card, or else the one to display.
func (c Card) name(card headwater.SourceCard) string {
	for _, tag := range slices.Sorted(maps.Keys(card.Names)) {
		if sameBase(tag, c.Language) {
			return card.Names[tag]
		}
	}
	return card.Name
}

func (c Card) side(id, heading string, attributions counted, s *provenance.Side, d *provenance.SideDrawing) side {
	w := wordsIn[c.Language]
	out := side{Heading: heading, Sentences: []string{w.count(attributions, s.Attributions)}}
	if s.Attributions > 0 {
		out.Sentences = append(out.Sentences, w.origins(s.IndependentOrigins))
		if !s.IndependentOrigins.Exact {
			out.Sentences = append(out.Sentences, w.bounds)
		}
		out.Sentences = append(out.Sentences, w.count(w.lines, s.Lines))
	}
	for _, group := range s.CommonLinks[:min(mostNamed, len(s.CommonLinks))] {
		out.Sentences = append(out.Sentences, fill(w.commonLink, headwater.Isolated(c.name(c.Report.Sources[group]))))
	}
	if len(d.Nodes) > 0 {
		out.Outline = c.outline(d)
		out.Drawing = c.draw("tip-"+id, d)
	}
	return out
}

// mostNamed is how many common links, and nodes of a fold, are named.
const mostNamed = 3

func (c Card) outline(d *provenance.SideDrawing) []outlined {
	cards, edges := d.Cards()
	list := make([]outlined, len(cards))
	for i, card := range cards {
		list[i].Names, list[i].More = c.named(card)
		list[i].Does = c.does(card)
	}
	for _, e := range edges {
		list[e.From].From = append(list[e.From].From, list[e.To].Names...)
		if more := list[e.To].More; more != "" {
			list[e.From].From = append(list[e.From].From, more)
		}
	}
	return list
}

// named are the names of a box, and how many more nodes it stands for.
func (c Card) named(card provenance.Card) (names []string, more string) {
	for _, node := range card.Nodes[:min(mostNamed, len(card.Nodes))] {
		names = append(names, headwater.VisibleLine(c.name(c.Drawing.Sources[node.Group])))
	}
	if left := len(card.Nodes) - len(names); left > 0 {
		w := wordsIn[c.Language]
		more = w.count(w.others, left)
	}
	return names, more
}

// does says what the nodes of a box do: what one of them does.
func (c Card) does(card provenance.Card) []string {
	w := wordsIn[c.Language]
	is := looksOf(card)
	var list []string
	for _, does := range []struct {
		is   bool
		word string
	}{
		{is.publisher, w.publishes}, {is.relay, w.relays}, {is.origin && !is.uncertain, w.origin}, {is.uncertain, w.uncertain},
		{is.commonLink, w.onEveryWay}, {is.outOfReach, w.outOfReach},
	} {
		if does.is {
			list = append(list, does.word)
		}
	}
	return list
}

// looks are what a box shows of its nodes.
type looks struct{ publisher, relay, origin, uncertain, commonLink, outOfReach bool }

func looksOf(card provenance.Card) looks {
	is := looks{uncertain: true, outOfReach: true}
	for _, node := range card.Nodes {
		is.publisher = is.publisher || slices.Contains(node.Roles, provenance.PublisherRole)
		is.relay = is.relay || slices.Contains(node.Roles, provenance.RelayRole)
		is.origin = is.origin || slices.Contains(node.Roles, provenance.OriginRole)
		is.commonLink = is.commonLink || node.CommonLink
		is.uncertain, is.outOfReach = is.uncertain && node.Uncertain, is.outOfReach && node.OutOfReach
	}
	return is
}

const rightToLeft = "rtl"

// directionOf is that of the first letter that has one.
func directionOf(text string) string {
	for _, r := range text {
		switch properties, _ := bidi.LookupRune(r); properties.Class() {
		case bidi.L:
			return "ltr"
		case bidi.R, bidi.AL:
			return rightToLeft
		default:
		}
	}
	return "ltr"
}
