package interchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/identity"
)

// webAnnotation is the W3C's Web Annotation (https://www.w3.org/TR/annotation-model/), and what the API of Hypothes.is answers, which has
// the same targets.
var webAnnotation = dialect{
	lists:         []string{"items", "rows", "annotations", "@graph"}, // the third as the sidebar of Hypothes.is saves them
	isRecord:      isAnnotation,
	isEmpty:       func(n node) bool { return n.hasType(annotationLists...) && n["first"] == nil },
	read:          readAnnotations,
	recordName:    "an annotation with a target",
	standsInPages: true,
}

// annotationLists are the types of the objects that hold annotations.
var annotationLists = []string{"AnnotationCollection", "AnnotationPage"}

// isAnnotation says whether an object is an annotation, of either kind.
func isAnnotation(n node) bool { return n.hasType("Annotation") || isAnnotationRow(n) }

// isAnnotationRow says whether an object is an annotation as Hypothes.is has it.
func isAnnotationRow(n node) bool { return n["uri"] != nil && !n.hasType("Annotation") }

// readAnnotations reads an annotation, or those of a collection that holds its first page.
func readAnnotations(r *record, at headwater.Pointer, n node) {
	if !n.hasType("AnnotationCollection") {
		r.readAnnotation(at, n)
		return
	}
	first, isThere := n["first"].(map[string]any)
	if !isThere || first["items"] == nil {
		r.fault(at.Field("first"), headwater.FaultRequired, n.text("first"), "the first page with its items; nothing is fetched")
		return
	}
	for i, item := range listOf(first["items"]) {
		at := at.Field("first").Field("items").Index(i)
		annotation, isObject := item.(map[string]any)
		if !isObject {
			r.fault(at, headwater.FaultFormat, item, "an object: an annotation with a target")
			continue
		}
		r.readAnnotation(at, annotation)
	}
	if next := node(first).text("next"); next != "" {
		r.note(at.Field("first").Field("next"), next, "not read; nothing is fetched")
	}
}

// addressOfResource is the address of what an annotation is about. One that is written as a text alone is that.
func addressOfResource(n node) string { return n.text("id", "@id", "url", "name") }

// comment is what an annotation says of what it is about.
type comment struct {
	id           string
	text         fieldText
	language     string
	translations headwater.Texts
	topics       []string
	stance       headwater.Stance
	note         string // who made it, and when
}

// readAnnotation reads an annotation: the bundle that it carries, where it was written by AnnotationWriter, and else what it says, of each
// of its targets.
func (r *record) readAnnotation(at headwater.Pointer, n node) {
	if lines, isCarried := n[carriedTerm].([]any); isCarried {
		r.readCarried(at.Field(carriedTerm), lines)
		return
	}
	if before := textsOf(n["references"]); isAnnotationRow(n) && len(before) > 0 {
		r.note(at.Field("references"), before[len(before)-1].text, "left out; it is a reply to this annotation")
		return
	}
	for _, motivation := range textsOf(n["motivation"]) {
		if strings.TrimPrefix(motivation.text, "oa:") == "replying" {
			r.note(at.Field("motivation"), motivation.text, "left out; it is a reply to another annotation")
			return
		}
	}
	targets := n.nodes("target")
	if len(targets) == 0 {
		r.fault(at.Field("target"), headwater.FaultRequired, nil, "what is annotated")
		return
	}
	c := r.readComment(at, n)
	for i, target := range targets {
		place := placeOf(n, at.Field("target"), i)
		source := target.node("source")
		address, addressAt := addressOfResource(source), place.Field("source")
		if address == "" {
			address, addressAt = addressOfResource(target), place
		}
		if address == "" && isAnnotationRow(n) {
			address, addressAt = n.text("uri"), at.Field("uri")
		}
		p := page{at: addressAt, kind: headwater.OtherDocument, url: r.parseAddress(addressAt, address),
			language: languageOf(source.text("language"))}
		if p.url == "" {
			if strings.TrimSpace(address) == "" {
				r.fault(addressAt, headwater.FaultRequired, nil, "the address of the page that is annotated")
			}
			continue
		}
		if isAnnotationRow(n) {
			p.title = r.optionalText(at.Field("document").Field("title"), n.node("document").text("title"), maxTitle)
		}
		quote := quoteOf(target.nodes("selector"), true)
		if quote != nil && isAnnotationRow(n) {
			quote.Prefix, quote.Suffix = besideQuote(quote.Prefix, quote.Suffix)
		}
		r.addAnnotation(i, c, p, fieldQuote{quote, place.Field("selector")})
	}
}

// readComment reads what an annotation says. Tags that are a stance say it; the others are topics.
func (r *record) readComment(at headwater.Pointer, n node) comment {
	c := comment{id: n.text("id", "@id"), stance: headwater.Affirms, text: fieldText{at: at.Field("body")}}
	var texts []languageText
	tags := textsOf(n["tags"])
	if isAnnotationRow(n) {
		c.text.at, texts = at.Field("text"), textsOf(n["text"])
	} else {
		texts = textsOf(n["bodyValue"])
	}
	for _, body := range n.nodes("body") {
		said := languageText{body.text("value", "@value", "name"), body.text("language", "@language")}
		if body.text("format") == "text/html" {
			said.text = r.contentText(c.text.at, said.text)
		}
		switch {
		case said.text == "":
			r.note(c.text.at, body.text("id", "@id", "source", "url", "type"), "left out; the words of an annotation are a TextualBody")
		case body.text("purpose") == "tagging":
			tags = append(tags, said)
		default:
			texts = append(texts, said)
		}
	}
	for _, tag := range tags {
		label := oneLine(strings.TrimSpace(tag.text))
		switch {
		case isStance(label):
			c.stance = headwater.Stance(strings.ToLower(label))
		case slices.Contains(c.topics, label):
		case len(c.topics) == maxTopics || utf8.RuneCountInString(label) > headwater.MaxString:
			r.note(c.text.at, label, fmt.Sprintf("left out; a claim has %d topics of %d characters at most",
				maxTopics, headwater.MaxString))
		default:
			c.topics = append(c.topics, label)
		}
	}
	var words statement
	r.word(&words, c.text.at, texts)
	c.text, c.language, c.translations = words.text, words.language, words.translations
	creator := n.node("creator")
	c.note = citation(firstOf(creator.text("name", "nickname", "id"), creator.text("url"), n.text("user")), n.text("created"))
	return c
}

// isStance says whether a tag is a stance.
func isStance(tag string) bool {
	return slices.Contains(headwater.Affirms.Values(), strings.ToLower(tag))
}

// fieldQuote is what an annotation quotes, with its place in the record; nil where it quotes nothing.
type fieldQuote struct {
	*headwater.Selector
	at headwater.Pointer
}

// quoteOf is the quote that selectors of one place give, with its position where one gives that too. What refines another selector counts
// from there, so that its position says nothing of the whole text.
func quoteOf(selectors []node, ofWhole bool) *headwater.Selector {
	var quote *headwater.Selector
	start, end := headwater.Nowhere, headwater.Nowhere
	for _, selector := range selectors {
		exact, _ := selector["exact"].(string)
		switch {
		case selector.hasType("TextQuoteSelector") && exact != "" && quote == nil:
			prefix, _ := selector["prefix"].(string)
			suffix, _ := selector["suffix"].(string)
			quote = &headwater.Selector{Exact: exact, Prefix: prefix, Suffix: suffix}
		case selector.hasType("TextPositionSelector") && ofWhole:
			start, end = positionOf(selector["start"]), positionOf(selector["end"])
		}
	}
	for _, selector := range selectors {
		if quote != nil {
			break
		}
		if quote = quoteOf(selector.nodes("refinedBy"), false); quote != nil {
			return quote
		}
	}
	if quote == nil {
		return nil
	}
	length := utf8.RuneCountInString(quote.Exact)
	if quote.Start, quote.End = start, end; end-start != length { // in other units, or not there
		quote.Start, quote.End = headwater.Nowhere, headwater.Nowhere+length
	}
	return quote
}

// positionOf is an offset; Nowhere where it is none.
func positionOf(value any) int {
	number, isNumber := value.(json.Number)
	if !isNumber {
		return headwater.Nowhere
	}
	offset, err := strconv.Atoi(number.String())
	if err != nil || offset < 0 || offset > headwater.Nowhere {
		return headwater.Nowhere
	}
	return offset
}

// besideQuote is what stands in one line with a quote, before and after it. Annotations of pages have the blanks of their markup around
// quotes, which the text of a document does not.
func besideQuote(prefix, suffix string) (before, after string) {
	breaks := func(text string) (first, last int) {
		first, last = len(text), 0
		for _, gap := range []string{"\n", "\r", "\t", "  "} {
			if at := strings.Index(text, gap); at >= 0 {
				first, last = min(first, at), max(last, strings.LastIndex(text, gap)+len(gap))
			}
		}
		return first, last
	}
	_, from := breaks(prefix)
	to, _ := breaks(suffix)
	return prefix[from:], suffix[:to]
}

// addAnnotation adds what an annotation says: a claim in its words, and that the page makes it, which is for people to accept. In a page
// whose text is stored, the quote is looked for; without a text it can only be told.
func (r *record) addAnnotation(number int, c comment, p page, quote fieldQuote) {
	if c.text.text == "" && quote.Selector != nil {
		c.text, c.language = fieldText{r.cut(quote.at, quote.Exact, headwater.MaxString), quote.at}, p.language
	}
	if c.text.text == "" {
		r.fault(c.text.at, headwater.FaultRequired, nil, "the claim in words: a text, or the words that are quoted")
		return
	}
	claim, ok := r.addClaim(c.text, c.language, c.translations, c.topics...)
	if !ok {
		return
	}
	stored, ok := r.annotatedPage(p, claim)
	if !ok {
		return
	}
	if stored.HasText && quote.Selector == nil {
		r.note(p.at, p.url, "kept as a claim alone; the text of the page is stored, and the annotation quotes none of it")
		return
	}
	a := &headwater.Attribution{Status: headwater.Proposed}
	a.Claim, a.Stance, a.Note = claim.id, c.stance, c.note
	a.Method = &headwater.Method{Kind: headwater.ByRule, Name: "headwater/interchange", Version: "1"}
	a.Document, a.Chain = stored.ID, []headwater.Hop{{Source: stored.Publisher}}
	switch {
	case quote.Selector == nil:
	case stored.HasText:
		a.Content = quote.Selector
	default:
		r.keepAsNote(quote.at, a, quote.Selector)
	}
	a.Normalize()
	a.Meta = headwater.Meta{Key: annotationKey(number, c.id, *a), Namespace: r.namespace}
	a.ID = r.ids.AttributionID(claim.id, a.Key)
	r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceAttribution, Thing: a, Meta: &a.Meta},
		func(field headwater.Pointer) headwater.Pointer {
			if strings.HasPrefix(string(field), "/content") {
				return quote.at
			}
			return p.at
		})
}

// keepAsNote keeps in the note what an attribution quotes of a document without a text.
func (r *record) keepAsNote(at headwater.Pointer, a *headwater.Attribution, quote *headwater.Selector) {
	r.note(at, quote.Exact, "kept as a note; the text of the page is not stored, so that nothing can be quoted of it")
	a.Note = firstWords(citation(fmt.Sprintf("“%s”", quote.Exact), a.Note), headwater.MaxString)
}

// readCarried reads the lines of the bundle that an annotation carries. What is stored of its things stays, as it does where annotations
// of others name them.
func (r *record) readCarried(at headwater.Pointer, lines []any) {
	var text bytes.Buffer
	to := json.NewEncoder(&text)
	for _, line := range lines {
		if err := to.Encode(line); err != nil {
			r.fault(at, headwater.FaultFormat, nil, "lines of a bundle")
			return
		}
	}
	place := func(line int) headwater.Pointer { return at.Index(line - 1) }
	hasText := map[uuid.UUID]bool{}
	for item, err := range bundle.NewReader(bytes.NewReader(text.Bytes())).Items() {
		var faults bundle.LineFaults
		switch {
		case errors.As(err, &faults):
			for _, fault := range faults {
				fault.Pointer = place(fault.Line) + fault.Pointer
				r.faults = append(r.faults, fault.Fault)
			}
			continue
		case err != nil:
			r.fault(at, headwater.FaultFormat, nil, "a bundle: "+err.Error())
			return
		case item.Thing == nil || r.emitted[item.Meta.ID]:
			continue
		}
		at := place(item.Line)
		switch thing := item.Thing.(type) {
		case *headwater.Document:
			hasText[thing.ID] = thing.Text != ""
		case *headwater.Attribution:
			if !hasText[thing.Document] && !r.bindings.Texts[thing.Document] {
				r.dropSpans(at, thing)
			}
		}
		for i := range item.References {
			item.References[i].Pointer = at + item.References[i].Pointer
		}
		item.Assertion, item.Line, item.At, item.Size = bundle.Mentions, r.line, at, 0
		r.emitted[item.Meta.ID] = true
		r.items = append(r.items, item)
	}
}

// dropSpans takes off an attribution what it points to in a text that is not there; the words that make the claim stay in its note.
func (r *record) dropSpans(at headwater.Pointer, a *headwater.Attribution) {
	if a.Content != nil {
		r.keepAsNote(at.Field("content"), a, a.Content)
	}
	a.Content, a.EventTimeSpan = nil, nil
	for i := range a.Chain {
		a.Chain[i].Cue, a.Chain[i].EvidenceSpan, a.Chain[i].Setting = nil, nil, nil
	}
}

// annotationKey is the key of what an annotation says of one of its targets.
func annotationKey(number int, id string, a headwater.Attribution) string {
	if id == "" {
		return a.NaturalKey()
	}
	return "annotation:" + hash(id, strconv.Itoa(number))
}

// maxTopics is how many topics a claim can have.
const maxTopics = 200

// annotatedPage is the document of a page: the stored one that has its address, or else one of its site.
func (r *record) annotatedPage(p page, claim named) (StoredDocument, bool) {
	if stored, isStored := r.bindings.Documents[identity.Address(p.url)]; isStored {
		return stored, true
	}
	p.publisher = publisherByAddress(p)
	publisher, ok := r.addSource(p.publisher)
	if !ok {
		return StoredDocument{}, false
	}
	id, ok := r.addDocument(publisher, p, claim, "")
	return StoredDocument{ID: id, Publisher: publisher.id}, ok
}
