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

// impactStore reads what rests on a source or a document, and the cards of the sources that an impact names.
type impactStore interface {
	EvidenceStore
	CardStore
}

// registerImpact adds what rests on a source or a document.
func registerImpact(api huma.API, s impactStore) {
	const differs = "The claims whose reports would differ without a "
	ofSource := readOperation("getSourceImpact", "/v1/sources/{id}/impact", differs+"source")
	ofSource.Description = "What the reports say once this source alone is retracted, to the last figure. " + impactNote
	dependents := []dependentsOf{
		{ofSource, s.ClaimsThrough, (*provenance.Analysis).ImpactOfSource},
	}
	ofDocument := readOperation("getDocumentImpact", "/v1/documents/{id}/impact", differs+"document")
	ofDocument.Description = "What the reports say once this document alone is retracted, to the last figure; reprints of it stand. " +
		impactNote
	dependents = append(dependents, dependentsOf{ofDocument, s.ClaimsIn, (*provenance.Analysis).ImpactOfDocument})
	for _, d := range dependents {
		d.operation.Tags = []string{"analysis"}
		register(api, d.operation, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
			ID
			PageQuery
		}) (*listResponse[provenance.Impact], error) {
			through, err := d.claims(ctx, in.ID.ID, in.paging())
			if err != nil {
				return nil, fail(ctx, err)
			}
			impacts, err := d.readImpacts(ctx, s, in.ID.ID, through.Items)
			page := store.Page[provenance.Impact]{Items: impacts, NextCursor: through.NextCursor}
			return writeListWithSources(ctx, s, &in.PageQuery, page, err, func(i provenance.Impact) []uuid.UUID { return i.LostOrigins })
		})
	}
}

const impactNote = "A page examines as many claims that attributions through it name; it can hold fewer or none. Follow next_cursor " +
	"until it is missing."

// dependentsOf says how what rests on a thing is found, and what it comes to.
type dependentsOf struct {
	operation huma.Operation
	claims    func(ctx context.Context, id uuid.UUID, p store.Paging) (store.Page[uuid.UUID], error)
	impact    func(a *provenance.Analysis, ctx context.Context, claim, id uuid.UUID) (*provenance.Impact, error)
}

// readImpacts gives the impact of a thing on each claim in whose report attributions of the through claims may count. A claim
// that several of these bear on is reported only with the least of them, so that it is on one page only.
func (d dependentsOf) readImpacts(ctx context.Context, s EvidenceStore, id uuid.UUID, through []uuid.UUID) ([]provenance.Impact, error) {
	impacts := []provenance.Impact{}
	claims, err := s.ClaimsBearingOn(ctx, through)
	if err != nil {
		return nil, err
	}
	asked := make(map[uuid.UUID]bool, len(through))
	for _, claim := range through {
		asked[claim] = true
	}
	for some := range slices.Chunk(claims, examinedAtOnce) {
		facts, err := s.Facts(ctx, some, nil, false)
		if err != nil {
			return nil, err
		}
		analysis := provenance.New(facts.Facts)
		for _, claim := range some {
			impact, err := d.impact(analysis, ctx, claim, id)
			if err != nil && !hasNoReport(err) {
				return nil, err
			}
			if impact != nil && asked[impact.Through] {
				impacts = append(impacts, *impact)
			}
		}
	}
	return impacts, nil
}

// examinedAtOnce bounds the claims whose facts are in memory together.
const examinedAtOnce = 100
