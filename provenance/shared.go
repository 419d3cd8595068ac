package provenance

import (
	"slices"

	"github.com/google/uuid"
)

// Shared is what both sides have in common: a claim and its denial that come from the same place, or by the same hands,
// are to be looked at there first.
type Shared struct {
	Origins  []uuid.UUID `json:"origins" doc:"The groups that are origins on both sides." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Carriers []uuid.UUID `json:"carriers" doc:"The groups that are common links of both sides." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
}

func sharedBy(affirming, denying Side) Shared {
	return Shared{inBoth(affirming.Origins, denying.Origins), inBoth(affirming.CommonLinks, denying.CommonLinks)}
}

// inBoth keeps of the first those that are among the second.
func inBoth(x, y []uuid.UUID) []uuid.UUID {
	among := setOf(y)
	return slices.DeleteFunc(append([]uuid.UUID{}, x...), func(id uuid.UUID) bool { return !among[id] })
}

func setOf(ids []uuid.UUID) map[uuid.UUID]bool {
	set := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}
