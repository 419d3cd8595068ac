package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
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
	ofDocument := readOperation("getDocumentImpact", "/v1/documents/{id}/impact", differs+"document")
	ofDocument.Description = "What the reports say once this document alone is retracted, to the last figure; reprints of it stand. " +
		impactNote
	for _, d := range []dependentsOf{
		{ofSource, s.DependentsOfSource, (*provenance.Analysis).ImpactOfSource},
		{ofDocument, s.DependentsOfDocument, (*provenance.Analysis).ImpactOfDocument},
	} {
		d.operation.Tags = []string{"analysis"}
		register(api, d.operation, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
			ID
			PageQuery
		}) (*listResponse[provenance.Impact], error) {
			dependents, err := d.claims(ctx, in.ID.ID, in.paging())
			if err != nil {
				return nil, fail(ctx, err)
			}
			impacts, err := d.readImpacts(ctx, s, in.ID.ID, dependents)
			page := store.Page[provenance.Impact]{Items: impacts, NextCursor: dependents.NextCursor}
			return writeListWithSources(ctx, s, &in.PageQuery, page, err, func(i provenance.Impact) []uuid.UUID { return i.LostOrigins })
		})
	}
}

const impactNote = "A page examines as many claims as limit says, and holds those whose reports change: it can hold fewer, or none. " +
	"Follow next_cursor until it is missing: each claim is on one page. Before and after are alike where only what a proposed link would " +
	"bring in changes."

// dependentsOf says how what rests on a thing is found, and what it comes to.
type dependentsOf struct {
	operation huma.Operation
	claims    func(ctx context.Context, id uuid.UUID, p store.Paging) (store.Dependents, error)
	impact    func(a *provenance.Analysis, ctx context.Context, claim, id uuid.UUID) (*provenance.Impact, error)
}

// readImpacts gives the impact of a thing on each claim of a page that is to be reported there.
func (d dependentsOf) readImpacts(ctx context.Context, s EvidenceStore, id uuid.UUID,
	page store.Dependents) ([]provenance.Impact, error) {
	impacts := []provenance.Impact{}
	err := analyzeEach(ctx, &storedEvidence{EvidenceStore: s}, page.Claims, func(i int, a *report.Answer) error {
		impact, err := d.impact(a.Analysis, ctx, page.Claims[i], id)
		if impact != nil && page.Includes(impact.Way) {
			impacts = append(impacts, *impact)
		}
		return err
	})
	return impacts, err
}
