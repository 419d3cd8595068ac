package bundle

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// Facts reads a whole bundle into memory for the analysis, with nothing stored: every reference must be to something
// in the bundle itself. Its error is the Faults of all lines, or why the bundle could not be read.
func Facts(in io.ReadSeeker) (provenance.Facts, error) {
	c := contents{lines: map[uuid.UUID]int{}, documents: map[uuid.UUID]*headwater.Document{}}
	for item, err := range NewReader(in).Items() {
		var faults Faults
		switch {
		case errors.As(err, &faults):
			c.faults = append(c.faults, faults...)
		case err != nil:
			return provenance.Facts{}, err
		default:
			c.add(item)
		}
	}
	if c.faults == nil {
		c.checkReferences()
	}
	if c.faults == nil {
		c.checkAttributions()
		c.checkAncestors()
	}
	if c.faults != nil {
		slices.SortStableFunc(c.faults, func(x, y Fault) int { return x.Line - y.Line })
		return provenance.Facts{}, c.faults
	}
	return c.facts, nil
}

// contents is a bundle in memory, held against itself.
type contents struct {
	facts        provenance.Facts
	items        []Item
	lines        map[uuid.UUID]int
	documents    map[uuid.UUID]*headwater.Document
	attributions []*headwater.Attribution
	faults       Faults
}

func (c *contents) add(item Item) {
	if first, twice := c.lines[item.Meta.ID]; twice {
		shown := item.Meta.Key
		if shown == "" {
			shown = item.Meta.ID.String()
		}
		c.faults = append(c.faults, at(item.Line, headwater.NewFault("/key", headwater.FaultDuplicate, shown,
			fmt.Sprintf("a %s that no other line of the bundle describes; line %d does", item.Resource, first)))...)
		return
	}
	c.lines[item.Meta.ID] = item.Line
	switch thing := item.Thing.(type) {
	case *headwater.Source:
		c.facts.Sources = append(c.facts.Sources, *thing)
	case *headwater.Relation:
		c.facts.Relations = append(c.facts.Relations, *thing)
	case *headwater.Document:
		c.documents[thing.ID] = thing
		c.facts.Documents = append(c.facts.Documents, provenance.DocumentOf(*thing))
	case *headwater.Claim:
		c.facts.Claims = append(c.facts.Claims, *thing)
	case *headwater.Link:
		c.facts.Links = append(c.facts.Links, *thing)
	case *headwater.Attribution:
		c.attributions = append(c.attributions, thing)
		c.facts.Attributions = append(c.facts.Attributions, provenance.AttributionOf(*thing))
	}
	item.Thing = nil
	c.items = append(c.items, item)
}

func (c *contents) checkReferences() {
	for _, item := range c.items {
		for _, reference := range item.References {
			if _, known := c.lines[reference.ID]; !known {
				c.faults = append(c.faults, at(item.Line, headwater.NewFault(reference.Pointer, headwater.FaultUnknownReference, reference.Given,
					fmt.Sprintf("the key or id of a %s in this bundle", reference.Resource)))...)
			}
		}
	}
}

func (c *contents) checkAttributions() {
	texts := map[uuid.UUID]*headwater.Text{}
	for _, attribution := range c.attributions {
		document := c.documents[attribution.Document]
		text, known := texts[document.ID]
		if !known && document.Text != "" {
			text = headwater.NewText(document.Text)
			texts[document.ID] = text
		}
		var faults headwater.Faults
		if errors.As(attribution.CheckIn(document.Publisher, text), &faults) {
			c.faults = append(c.faults, at(c.lines[attribution.ID], faults...)...)
		}
	}
}

// checkAncestors refuses derivations and merges that lead back to where they began.
func (c *contents) checkAncestors() {
	derived, merged := map[uuid.UUID]uuid.UUID{}, map[uuid.UUID]uuid.UUID{}
	for id, document := range c.documents {
		if document.DerivedFrom != nil {
			derived[id] = *document.DerivedFrom
		}
	}
	for _, source := range c.facts.Sources {
		if source.MergedInto != nil {
			merged[source.ID] = *source.MergedInto
		}
	}
	for _, claim := range c.facts.Claims {
		if claim.MergedInto != nil {
			merged[claim.ID] = *claim.MergedInto
		}
	}
	c.checkLoops(derived, "/derived_from", "a document that does not derive from this one")
	c.checkLoops(merged, "/merged_into", "one that is not merged into this one")
}

// checkLoops takes each step once: a walk that meets itself has found a loop.
func (c *contents) checkLoops(next map[uuid.UUID]uuid.UUID, pointer headwater.Pointer, expected string) {
	met := map[uuid.UUID]uuid.UUID{} // by which walk, named by its start
	for start := range next {
		here, more := start, true
		for more && met[here] == uuid.Nil {
			met[here] = start
			if _, more = next[here]; more {
				here = next[here]
			}
		}
		if more && met[here] == start {
			c.faultLoop(next, here, pointer, expected)
		}
	}
}

func (c *contents) faultLoop(next map[uuid.UUID]uuid.UUID, start uuid.UUID, pointer headwater.Pointer, expected string) {
	for here := start; ; {
		c.faults = append(c.faults, at(c.lines[here], headwater.NewFault(pointer, headwater.FaultLoop, next[here], expected))...)
		if here = next[here]; here == start {
			return
		}
	}
}
