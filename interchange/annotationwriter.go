package interchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// AnnotatedAttribution is an attribution with all that it names.
type AnnotatedAttribution struct {
	headwater.Attribution
	// Claims are its claim and, where that is merged, those that it leads to: the last one is what it speaks as.
	Claims []headwater.Claim
	// Page is its document, without the text and what it reprints.
	Page headwater.Document
	// Sources are the document's publisher and all who speak in the chain, and those that they are merged into, each once.
	Sources []headwater.Source
}

// AnnotationWriter writes attributions as Web Annotations, one at a time.
type AnnotationWriter struct {
	listWriter
	namespace string
}

// carriedTerm is the member of an annotation, and its term in JSON-LD, that holds a bundle of what the annotation is made of.
const carriedTerm = "headwater"

// NewAnnotationWriter writes in a format that holds annotations. namespace is the instance's own.
func NewAnnotationWriter(w io.Writer, format Format, namespace string) (*AnnotationWriter, error) {
	codec, _ := codecOf(format)
	if codec.writeAnnotations == nil {
		return nil, fmt.Errorf("interchange: no annotations are written as %s", format)
	}
	return codec.writeAnnotations(w, namespace)
}

func newAnnotationWriter(w io.Writer, namespace string) (*AnnotationWriter, error) {
	type term struct {
		ID   string `json:"@id"`
		Type string `json:"@type"`
	}
	type collection struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	}
	begin, err := json.Marshal(struct {
		Context []any      `json:"@context"`
		ID      string     `json:"id"`
		Type    string     `json:"type"`
		PartOf  collection `json:"partOf"`
	}{
		[]any{"http://www.w3.org/ns/anno.jsonld", map[string]term{carriedTerm: {namespace + "#bundle", "@json"}}},
		namespace + "#page", "AnnotationPage", collection{namespace + "#attributions", "AnnotationCollection"},
	})
	if err != nil {
		return nil, err
	}
	list, err := newListWriter(w, strings.TrimSuffix(string(begin), "}")+`,"items":[`, "]}\n")
	return &AnnotationWriter{list, namespace}, err
}

// annotationMarkup is a Web Annotation. Its selectors are those of the attribution's content.
type annotationMarkup struct {
	ID         string            `json:"id"`
	Type       string            `json:"type"`
	Motivation string            `json:"motivation"`
	Creator    *makerMarkup      `json:"creator,omitempty"`
	Generator  *makerMarkup      `json:"generator,omitempty"`
	Body       []bodyMarkup      `json:"body"`
	Target     targetMarkup      `json:"target"`
	Carried    []json.RawMessage `json:"headwater"`
}

type makerMarkup struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Version string `json:"schema:softwareVersion,omitempty"`
}

type bodyMarkup struct {
	Type     string `json:"type"`
	Value    string `json:"value"`
	Language string `json:"language,omitempty"`
	Purpose  string `json:"purpose"`
}

type targetMarkup struct {
	Source   string           `json:"source"`
	Selector []selectorMarkup `json:"selector,omitempty"`
}

type selectorMarkup struct {
	Type   string `json:"type"`
	Exact  string `json:"exact,omitempty"`
	Prefix string `json:"prefix,omitempty"`
	Suffix string `json:"suffix,omitempty"`
	Start  *int   `json:"start,omitempty"`
	End    *int   `json:"end,omitempty"`
}

// Write writes an attribution.
func (w *AnnotationWriter) Write(a AnnotatedAttribution) error {
	markup := annotationMarkup{ID: a.ID.URN(), Type: "Annotation", Motivation: "describing", Body: a.bodies(), Target: a.target()}
	if a.Method != nil && a.Method.Name != "" {
		if a.Method.Kind == headwater.ByHuman {
			markup.Creator = &makerMarkup{Type: "Person", Name: a.Method.Name}
		} else {
			markup.Generator = &makerMarkup{"Software", a.Method.Name, a.Method.Version}
		}
	}
	var err error
	if markup.Carried, err = a.carried(w.namespace); err != nil {
		return err
	}
	return w.add(markup)
}

// bodies are the claim in words, and as tags its topics and how the attribution stands to it. What counts for nothing says so.
func (a AnnotatedAttribution) bodies() []bodyMarkup {
	claim := a.Claims[len(a.Claims)-1]
	var bodies []bodyMarkup
	for _, language := range slices.Sorted(maps.Keys(claim.Statement)) {
		body := bodyMarkup{"TextualBody", claim.Statement[language], language, "describing"}
		if language == unknownLanguage {
			body.Language = ""
		}
		bodies = append(bodies, body)
	}
	tags := append(slices.Clone(claim.Topics), string(a.Stance))
	if a.Status != headwater.Accepted {
		tags = append(tags, string(a.Status))
	}
	for _, tag := range tags {
		bodies = append(bodies, bodyMarkup{Type: "TextualBody", Value: tag, Purpose: "tagging"})
	}
	return bodies
}

// target is the page, by its address or else its id, with the words in it.
func (a AnnotatedAttribution) target() targetMarkup {
	target := targetMarkup{Source: a.Page.URL}
	if target.Source == "" {
		target.Source = a.Page.ID.URN()
	}
	if a.Content != nil {
		target.Selector = []selectorMarkup{
			{Type: "TextQuoteSelector", Exact: a.Content.Exact, Prefix: a.Content.Prefix, Suffix: a.Content.Suffix},
			{Type: "TextPositionSelector", Start: &a.Content.Start, End: &a.Content.End},
		}
	}
	return target
}

// carried are the lines of a bundle of the attribution and of all that it names.
func (a AnnotatedAttribution) carried(namespace string) ([]json.RawMessage, error) {
	var text bytes.Buffer
	out, err := bundle.NewWriter(&text, namespace)
	if err != nil {
		return nil, err
	}
	var things []any
	for _, source := range a.Sources {
		things = append(things, source)
	}
	things = append(things, a.Page)
	for _, claim := range a.Claims {
		things = append(things, claim)
	}
	for _, thing := range append(things, a.Attribution) {
		if err := out.Write(thing); err != nil {
			return nil, err
		}
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	var lines []json.RawMessage
	for line := range bytes.Lines(text.Bytes()) {
		lines = append(lines, json.RawMessage(line))
	}
	return lines, nil
}
