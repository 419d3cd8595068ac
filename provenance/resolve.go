package provenance

import (
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// ResolveSources gives the ids of sources that are named by id or key, in order, or all faults, each at its place below
// the pointer.
func (f Facts) ResolveSources(at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	known := make(map[string]uuid.UUID, 2*len(f.Sources))
	for _, source := range f.Sources {
		known[source.ID.String()] = source.ID
		if source.Key != "" {
			known[source.Key] = source.ID
		}
	}
	return resolve(known, at, names, "the id or key of a source in the bundle")
}

// ResolveClaims gives the ids of claims that are named by id or key, as [Facts.ResolveSources] does.
func (f Facts) ResolveClaims(at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	known := make(map[string]uuid.UUID, 2*len(f.Claims))
	for _, claim := range f.Claims {
		known[claim.ID.String()] = claim.ID
		if claim.Key != "" {
			known[claim.Key] = claim.ID
		}
	}
	return resolve(known, at, names, "the id or key of a claim in the bundle")
}

// ActiveClaims are the ids of the claims that stand for themselves, in the order in which they were given.
func (f Facts) ActiveClaims() []uuid.UUID {
	var ids []uuid.UUID
	for _, claim := range f.Claims {
		if claim.Status == headwater.EntityActive {
			ids = append(ids, claim.ID)
		}
	}
	return ids
}

func resolve(known map[string]uuid.UUID, at headwater.Pointer, names []string, expected string) ([]uuid.UUID, error) {
	var faults headwater.Faults
	ids := make([]uuid.UUID, len(names))
	for i, name := range names {
		id, ok := known[name]
		if !ok {
			faults = append(faults, headwater.NewFault(at.Index(i), headwater.FaultUnknownReference, name, expected))
		}
		ids[i] = id
	}
	if faults != nil {
		return nil, faults
	}
	return ids, nil
}
