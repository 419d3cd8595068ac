// Package inmem reads a bundle into memory for the analysis, so that a report needs no database. It must not know a
// database, HTTP or how a report is made: it checks a bundle against itself and hands on what it holds as
// [provenance.Facts].
package inmem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/provenance"
)

// Bundle is a whole bundle in memory. It answers as the store does where a report on claims is asked for.
type Bundle struct {
	facts   provenance.Facts
	extract bundle.Extract
}

// Read reads a whole bundle, with nothing stored: every reference must be to something in the bundle itself. Its error is
// the [bundle.LineFaults] of all lines, or why the bundle could not be read. It stops between two lines once ctx has ended.
func Read(ctx context.Context, in io.ReadSeeker) (*Bundle, error) {
	c := contents{lines: map[named]int{}, documents: map[uuid.UUID]*headwater.Document{}, texts: map[uuid.UUID]*headwater.IndexedText{}}
	reader := bundle.NewExtractReader(in)
	for item, err := range reader.Items() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var faults bundle.LineFaults
		switch {
		case errors.As(err, &faults):
			c.faults = append(c.faults, faults...)
		case err != nil:
			return nil, err
		default:
			c.excerpts = reader.Extract().Excerpts
			c.add(item)
		}
	}
	if c.faults == nil {
		c.checkReferences()
	}
	if c.faults == nil {
		for _, attribution := range c.early {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			c.checkQuotes(attribution, c.documents[attribution.Document])
		}
		c.faults = c.misquoted
		c.checkAncestors()
	}
	if c.faults != nil {
		slices.SortStableFunc(c.faults, func(x, y bundle.LineFault) int { return x.Line - y.Line })
		return nil, c.faults
	}
	return &Bundle{c.facts, reader.Extract()}, nil
}

// ResolveClaims gives the ids of claims of the bundle that are named by id or key, in order, or all faults, each at its
// place below the pointer.
func (e *Bundle) ResolveClaims(_ context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	return e.facts.ResolveClaims(at, names)
}

// ResolveSources gives the ids of sources, as [Bundle.ResolveClaims] does.
func (e *Bundle) ResolveSources(_ context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	return e.facts.ResolveSources(at, names)
}

// Facts are all that the bundle holds, whichever claims are asked about: in memory already, the rest costs nothing.
func (e *Bundle) Facts(_ context.Context, _, _ []uuid.UUID, _ bool) (provenance.Facts, error) {
	return e.facts, nil
}

// All are the facts of the whole bundle.
func (e *Bundle) All() provenance.Facts { return e.facts }

// ActiveClaims are the ids of the claims that are to be reported on where none is named: of an extract, those that it was
// made for; otherwise all that stand for themselves, in the order of the bundle's lines.
func (e *Bundle) ActiveClaims() []uuid.UUID {
	if e.extract.Claims != nil {
		return e.extract.Claims
	}
	return e.facts.ActiveClaims()
}

// Question is what the reports on an extract are asked for.
func (e *Bundle) Question() provenance.Question {
	q := e.extract.Question
	return provenance.Question{Without: q.Without, AsOf: q.AsOf, IncludeProposed: q.IncludeProposed}
}

// contents is a bundle that is checked against itself. Of a line it keeps what the analysis needs, and what could not be checked yet:
// a large bundle has millions of references, nearly all of them to lines before them.
type contents struct {
	facts     provenance.Facts
	lines     map[named]int
	ahead     []referenceAhead
	documents map[uuid.UUID]*headwater.Document
	texts     map[uuid.UUID]*headwater.IndexedText // of the documents that have one and are quoted
	early     []*headwater.Attribution             // that stand before their documents
	excerpts  bool                                 // whether texts may be left out
	faults    bundle.LineFaults
	misquoted bundle.LineFaults // which are told only where nothing else is at fault, since that may be why
}

// named is a thing by what it is and its id: two of different resources may have one.
type named struct {
	resource headwater.Resource
	id       uuid.UUID
}

// referenceAhead is a reference to what no line before it describes.
type referenceAhead struct {
	line int
	bundle.LineReference
}

func (c *contents) add(item bundle.Item) {
	itself := named{item.Resource, item.Meta.ID}
	if first, twice := c.lines[itself]; twice {
		shown := item.Meta.Key
		if shown == "" {
			shown = item.Meta.ID.String()
		}
		c.faults = append(c.faults, onLine(item.Line, headwater.NewFault("/key", headwater.FaultDuplicate, shown,
			fmt.Sprintf("a %s that no other line of the bundle describes; line %d does", item.Resource, first)))...)
		return
	}
	c.lines[itself] = item.Line
	for _, reference := range item.References {
		if _, known := c.lines[named{reference.Resource, reference.ID}]; !known {
			c.ahead = append(c.ahead, referenceAhead{item.Line, reference})
		}
	}
	switch thing := item.Thing.(type) {
	case *headwater.Source:
		c.facts.Sources = append(c.facts.Sources, *thing)
	case *headwater.Relation:
		c.facts.Relations = append(c.facts.Relations, *thing)
	case *headwater.Document:
		c.documents[thing.ID] = thing
		document := provenance.DocumentOf(*thing)
		document.Altered = document.Altered || item.TextFoundSHA256 != "" && item.TextFoundSHA256 != thing.TextSHA256
		c.facts.Documents = append(c.facts.Documents, document)
	case *headwater.Claim:
		c.facts.Claims = append(c.facts.Claims, *thing)
	case *headwater.Link:
		c.facts.Links = append(c.facts.Links, *thing)
	case *headwater.Attribution:
		c.facts.Attributions = append(c.facts.Attributions, provenance.AttributionOf(*thing))
		if document := c.documents[thing.Document]; document != nil {
			c.checkQuotes(thing, document)
		} else {
			c.early = append(c.early, thing)
		}
	}
}

func (c *contents) checkReferences() {
	for _, reference := range c.ahead {
		if _, known := c.lines[named{reference.Resource, reference.ID}]; !known {
			c.faults = append(c.faults,
				onLine(reference.line, headwater.NewFault(reference.Pointer, headwater.FaultUnknownReference, reference.Given,
					fmt.Sprintf("the key or id of a %s in this bundle", reference.Resource)))...)
		}
	}
}

// checkQuotes checks an attribution against its document, and its quotes where there is a text. In an extract it may be left out.
func (c *contents) checkQuotes(attribution *headwater.Attribution, document *headwater.Document) {
	text, known := c.texts[document.ID]
	if !known && document.Text != "" {
		text = headwater.NewIndexedText(document.Text)
		c.texts[document.ID] = text
	}
	_, err := attribution.AnchorIn(document.Publisher, text)
	var faults headwater.Faults
	if errors.As(err, &faults) {
		if c.excerpts && text == nil {
			faults = slices.DeleteFunc(faults, func(f headwater.Fault) bool { return f.Code == headwater.FaultQuote })
		}
		c.misquoted = append(c.misquoted, onLine(c.lines[named{headwater.ResourceAttribution, attribution.ID}], faults...)...)
	}
}

// checkAncestors refuses derivations and merges that lead back to where they began.
func (c *contents) checkAncestors() {
	derived, sources, claims := map[uuid.UUID]uuid.UUID{}, map[uuid.UUID]uuid.UUID{}, map[uuid.UUID]uuid.UUID{}
	for id, document := range c.documents {
		if document.DerivedFrom != nil {
			derived[id] = *document.DerivedFrom
		}
	}
	for _, source := range c.facts.Sources {
		if source.MergedInto != nil {
			sources[source.ID] = *source.MergedInto
		}
	}
	for _, claim := range c.facts.Claims {
		if claim.MergedInto != nil {
			claims[claim.ID] = *claim.MergedInto
		}
	}
	c.checkLoops(headwater.ResourceDocument, derived, "/derived_from", "a document that does not derive from this one")
	c.checkLoops(headwater.ResourceSource, sources, "/merged_into", "one that is not merged into this one")
	c.checkLoops(headwater.ResourceClaim, claims, "/merged_into", "one that is not merged into this one")
}

// checkLoops takes each step once: a walk that meets itself has found a loop, all of whose things are at fault.
func (c *contents) checkLoops(of headwater.Resource, next map[uuid.UUID]uuid.UUID, pointer headwater.Pointer, expected string) {
	met := map[uuid.UUID]uuid.UUID{} // by which walk, named by its start
	for start := range next {
		here, more := start, true
		for more && met[here] == uuid.Nil {
			met[here] = start
			if _, more = next[here]; more {
				here = next[here]
			}
		}
		if !more || met[here] != start {
			continue
		}
		for first := here; ; {
			fault := headwater.NewFault(pointer, headwater.FaultLoop, next[here], expected)
			c.faults = append(c.faults, onLine(c.lines[named{of, here}], fault)...)
			if here = next[here]; here == first {
				break
			}
		}
	}
}

// onLine gives faults the number of their line.
func onLine(line int, faults ...headwater.Fault) bundle.LineFaults {
	placed := make(bundle.LineFaults, len(faults))
	for i, f := range faults {
		placed[i] = bundle.LineFault{Line: line, Fault: f}
	}
	return placed
}
