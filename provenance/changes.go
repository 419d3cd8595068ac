package provenance

import (
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Changes are what facts would be changed by, to see what a report would say then. They are taken as they are: whether anybody may
// make them is not asked.
type Changes struct {
	Accepted, Rejected []uuid.UUID             // links and attributions
	Sources            []headwater.Source      // new ones
	Links              []headwater.Link        // new ones
	Attributions       []Attribution           // new ones
	Merged             map[uuid.UUID]uuid.UUID // sources and claims, and what each speaks as
	Withdrawn          map[uuid.UUID]bool      // sources and documents
}

// With are the facts after some changes. The facts themselves stay as they are.
func (f Facts) With(c Changes) Facts {
	status := map[uuid.UUID]headwater.Decision{}
	for _, id := range c.Accepted {
		status[id] = headwater.Accepted
	}
	for _, id := range c.Rejected {
		status[id] = headwater.Rejected
	}
	f.Links = changed(f.Links, c.Links, func(l *headwater.Link) { l.Status = decided(status, l.ID, l.Status) })
	f.Attributions = changed(f.Attributions, c.Attributions, func(a *Attribution) { a.Status = decided(status, a.ID, a.Status) })
	f.Claims = changed(f.Claims, nil, func(claim *headwater.Claim) {
		if into, merged := c.Merged[claim.ID]; merged {
			claim.Status, claim.MergedInto = headwater.EntityMerged, &into
		}
	})
	f.Sources = changed(f.Sources, c.Sources, func(source *headwater.Source) {
		if into, merged := c.Merged[source.ID]; merged {
			source.Status, source.MergedInto = headwater.EntityMerged, &into
		} else if c.Withdrawn[source.ID] && source.Status == headwater.EntityActive {
			source.Status = headwater.EntityRetracted
		}
	})
	f.Documents = changed(f.Documents, nil, func(d *Document) { d.Retracted = d.Retracted || c.Withdrawn[d.ID] })
	return f
}

// changed is a copy of things, each changed, with more at its end.
func changed[T any](things, more []T, change func(*T)) []T {
	things = slices.Concat(things, more)
	for i := range things {
		change(&things[i])
	}
	return things
}

func decided(status map[uuid.UUID]headwater.Decision, id uuid.UUID, was headwater.Decision) headwater.Decision {
	if is, known := status[id]; known {
		return is
	}
	return was
}
