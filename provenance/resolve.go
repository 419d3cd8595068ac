package provenance

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// ResolveSources gives the ids of sources that are named by id or key, in order, or all faults, each at its place below
// the pointer.
func (f Facts) ResolveSources(at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	known := make(named, 2*len(f.Sources))
	for _, source := range f.Sources {
		known.add(source.ID, source.Key)
	}
	return known.resolve(at, names, "the id or key of a source in the bundle")
}

// ResolveClaims gives the ids of claims that are named by id or key, as [Facts.ResolveSources] does.
func (f Facts) ResolveClaims(at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	known := make(named, 2*len(f.Claims))
	for _, claim := range f.Claims {
		known.add(claim.ID, claim.Key)
	}
	return known.resolve(at, names, "the id or key of a claim in the bundle")
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

// named holds the ids of things by what they can be named by. Keys of two namespaces may be alike.
type named map[string][]uuid.UUID

func (n named) add(id uuid.UUID, key string) {
	n[id.String()] = []uuid.UUID{id}
	if key != "" {
		n[key] = append(n[key], id)
	}
}

func (n named) resolve(at headwater.Pointer, names []string, expected string) ([]uuid.UUID, error) {
	var faults headwater.Faults
	ids := make([]uuid.UUID, len(names))
	for i, name := range names {
		switch found := n[name]; len(found) {
		case 0:
			faults = append(faults, headwater.NewFault(at.Index(i), headwater.FaultUnknownReference, name, expected))
		case 1:
			ids[i] = found[0]
		default:
			faults = append(faults, headwater.NewFault(at.Index(i), headwater.FaultUnknownReference, name,
				fmt.Sprintf("an id, since %d things of the bundle have this key", len(found))))
		}
	}
	if faults != nil {
		return nil, faults
	}
	return ids, nil
}
