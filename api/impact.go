package api

import (
	"context"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

// impactStore reads what rests on a source, and the cards of the sources that an impact names.
type impactStore interface {
	EvidenceStore
	CardStore
}

// registerImpact adds what rests on a source.
func registerImpact(api huma.API, s impactStore) {
	operation := readOperation("getSourceImpact", "/v1/sources/{id}/impact",
		"The claims that would change their standing or lose an origin without a source")
	operation.Description = "A page examines as many claims that the source, or one of its group, tells; it can hold fewer or none. " +
		"Follow next_cursor until it is missing."
	operation.Tags = []string{"analysis"}
	register(api, operation, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		PageQuery
	}) (*listResponse[provenance.Impact], error) {
		through, err := s.ClaimsThrough(ctx, in.ID.ID, in.paging())
		if err != nil {
			return nil, fail(ctx, err)
		}
		impacts, err := readImpacts(ctx, s, in.ID.ID, through.Items)
		page := store.Page[provenance.Impact]{Items: impacts, NextCursor: through.NextCursor}
		return writeListWithSources(ctx, s, &in.PageQuery, page, err, func(i provenance.Impact) []uuid.UUID { return i.LostOrigins })
	})
}

// readImpacts gives the impact of a source on each claim in whose report attributions of the through claims may count. A claim
// that several of these bear on is reported only with the least of them, so that it is on one page only.
func readImpacts(ctx context.Context, s EvidenceStore, source uuid.UUID, through []uuid.UUID) ([]provenance.Impact, error) {
	claims, err := s.ClaimsBearingOn(ctx, through)
	if err != nil {
		return nil, err
	}
	facts, err := s.Facts(ctx, claims, []uuid.UUID{source}, false)
	if err != nil {
		return nil, err
	}
	impacts := []provenance.Impact{}
	analysis := provenance.New(facts.Facts)
	for _, claim := range claims {
		impact, err := analysis.ImpactOfSource(claim, source)
		if err != nil {
			return nil, err
		}
		if impact != nil && slices.Contains(through, impact.Through) {
			impacts = append(impacts, *impact)
		}
	}
	return impacts, nil
}
