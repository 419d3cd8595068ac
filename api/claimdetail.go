package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// End is the end of a link that it was asked from.
type End string

// Values lists the ends.
func (End) Values() []string { return []string{"from", "to"} }

// ClaimLink is a link as one of its claims sees it.
type ClaimLink struct {
	headwater.Link
	AskedFrom End `json:"asked_from" enum:"from,to" doc:"Which end the claim is that it was asked from." example:"from"`
}

// claimDetails adds what is listed below a claim.
func (h *handlers) claimDetails(api huma.API) {
	h.claimLinks(api, "listClaimLinks", "links", "Links of a claim, in both directions", "")
	h.claimLinks(api, "listClaimCorroborations", "corroborations", "What corroborates a claim, and what it corroborates", headwater.Corroborates)
	h.claimLinks(api, "listClaimContradictions", "contradictions", "What contradicts a claim", headwater.Contradicts)
	huma.Register(api, below("listClaimAttributions", "/v1/claims/{id}/attributions", "Attributions of a claim with their chains"),
		func(ctx context.Context, in *struct {
			ID
			ListQuery
		}) (*listAnswer[headwater.Attribution], error) {
			return h.attributionsOf(ctx, &in.ListQuery, store.AttributionFilter{Claim: in.ID.ID})
		})
	huma.Register(api, below("listDocumentAttributions", "/v1/documents/{id}/attributions", "Attributions in a document"),
		func(ctx context.Context, in *struct {
			ID
			ListQuery
		}) (*listAnswer[headwater.Attribution], error) {
			return h.attributionsOf(ctx, &in.ListQuery, store.AttributionFilter{Document: in.ID.ID})
		})
}

func below(id, path, summary string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"claims"},
		Errors: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable},
	}
}

func (h *handlers) attributionsOf(ctx context.Context, q *ListQuery, f store.AttributionFilter) (*listAnswer[headwater.Attribution], error) {
	common, err := q.common()
	if err != nil {
		return nil, fail(ctx, err)
	}
	f.Common = common
	page, err := h.store.Attributions(ctx, f, q.paging())
	return listed(ctx, h, &q.PageQuery, page, err, func(a headwater.Attribution) []uuid.UUID { return a.Sources() })
}

func (h *handlers) claimLinks(api huma.API, id, path, summary string, kind headwater.LinkKind) {
	huma.Register(api, below(id, "/v1/claims/{id}/"+path, summary), func(ctx context.Context, in *struct {
		ID
		ListQuery
	}) (*listAnswer[ClaimLink], error) {
		common, err := in.common()
		if err != nil {
			return nil, fail(ctx, err)
		}
		found, err := h.store.Links(ctx, store.LinkFilter{Common: common, Claim: in.ID.ID, Kind: string(kind)}, in.paging())
		page := store.Page[ClaimLink]{Items: []ClaimLink{}, NextCursor: found.NextCursor}
		for _, link := range found.Items {
			asked := End("from")
			if link.To == in.ID.ID {
				asked = "to"
			}
			page.Items = append(page.Items, ClaimLink{link, asked})
		}
		return listed(ctx, h, &in.PageQuery, page, err, nil)
	})
}
