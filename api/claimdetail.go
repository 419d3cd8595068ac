package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
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

// ListedClaim is a claim in a list.
type ListedClaim struct {
	store.ClaimHit
	Summary  *store.ClaimSummary `json:"summary,omitempty" doc:"Counts, with include=summary."`
	Standing *provenance.Figures `json:"standing,omitempty" doc:"How it stands, with include=standing; missing for a claim that is merged or retracted."`
}

// including gives the claims of a page with their counts and standings, if they are wanted.
func (h *handlers) including(ctx context.Context, page store.Page[store.ClaimHit], include []string) (store.Page[ListedClaim], error) {
	claims := store.Page[ListedClaim]{Items: make([]ListedClaim, len(page.Items)), NextCursor: page.NextCursor, Truncated: page.Truncated}
	ids := make([]uuid.UUID, len(page.Items))
	for i, hit := range page.Items {
		claims.Items[i].ClaimHit, ids[i] = hit, hit.ID
	}
	if slices.Contains(include, "summary") {
		summaries, err := h.store.ClaimSummaries(ctx, ids)
		if err != nil {
			return claims, err
		}
		for i, id := range ids {
			summary := summaries[id]
			claims.Items[i].Summary = &summary
		}
	}
	if slices.Contains(include, "standing") {
		return claims, h.standings(ctx, claims.Items)
	}
	return claims, nil
}

// ClaimDetail is a claim with what was asked to be included: the first page of each, and each source once.
type ClaimDetail struct {
	headwater.Claim
	Attributions *List[headwater.Attribution]    `json:"attributions,omitempty" doc:"The first 1,000 attributions, with include=attributions; next_cursor goes on at /v1/claims/{id}/attributions?limit=1000."`
	Links        *List[ClaimLink]                `json:"links,omitempty" doc:"The first 1,000 links in both directions, with include=links; next_cursor goes on at /v1/claims/{id}/links?limit=1000."`
	Reviews      *List[headwater.Review]         `json:"reviews,omitempty" doc:"The first 1,000 reviews, with include=reviews; next_cursor goes on at /v1/reviews?claim={id}&limit=1000."`
	Sources      map[string]headwater.SourceCard `json:"sources,omitempty" doc:"Each source that is named, once, by id."`
	Claims       map[string]headwater.ClaimCard  `json:"claims,omitempty" doc:"Each claim that the links name, once, by id, with include=links."`
}

// detail reads a claim and what is to be included.
func (h *handlers) detail(ctx context.Context, id uuid.UUID, include []string) (*ClaimDetail, error) {
	whole, err := h.store.ClaimDetail(ctx, id, store.Parts{
		Attributions: slices.Contains(include, "attributions"), Links: slices.Contains(include, "links"), Reviews: slices.Contains(include, "reviews"),
	})
	if err != nil {
		return nil, err
	}
	out := &ClaimDetail{Claim: whole.Claim, Attributions: listOf(whole.Attributions), Reviews: listOf(whole.Reviews), Sources: named(whole.Sources), Claims: named(whole.Claims)}
	if whole.Links != nil {
		out.Links = &List[ClaimLink]{Items: askedFrom(id, whole.Links.Items), NextCursor: whole.Links.NextCursor}
	}
	return out, nil
}

// listOf is a page as it is included in something else, if it is.
func listOf[T any](page *store.Page[T]) *List[T] {
	if page == nil {
		return nil
	}
	return &List[T]{Items: page.Items, NextCursor: page.NextCursor}
}

// askedFrom says of each link which end the claim is.
func askedFrom(claim uuid.UUID, links []headwater.Link) []ClaimLink {
	list := make([]ClaimLink, len(links))
	for i, link := range links {
		list[i] = ClaimLink{link, "from"}
		if link.To == claim {
			list[i].AskedFrom = "to"
		}
	}
	return list
}

// claimDetails adds a claim with what is asked to be included, and what is listed below it.
func (h *handlers) claimDetails(api huma.API, get huma.Operation) {
	register(api, get, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		GetQuery
		FieldsQuery
		Include []string `query:"include" enum:"attributions,links,reviews" doc:"What to give with the claim, in one call." example:"attributions,links"`
	}) (*answer[*ClaimDetail], error) {
		detail, err := h.detail(ctx, in.ID.ID, in.Include)
		if err != nil {
			return nil, fail(ctx, err)
		}
		out := &answer[*ClaimDetail]{ETag: etag(detail.Version), Body: detail}
		if len(in.Include) > 0 {
			return out, nil // what is included may have changed though the claim has not
		}
		return out, in.known(out.ETag)
	})
	register(api, describedBy(pageNote, below("listClaimLinks", "/v1/claims/{id}/links", "Links of a claim, in both directions")), readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		LinksQuery
		Kind string `query:"kind" enum:"equivalent,refines,corroborates,contradicts" doc:"A kind of link." example:"contradicts"`
	}) (*listAnswer[ClaimLink], error) {
		return h.linksOf(ctx, in.ID.ID, &in.LinksQuery, headwater.LinkKind(in.Kind))
	})
	h.claimLinks(api, "listClaimCorroborations", "corroborations", "What corroborates a claim, and what it corroborates", headwater.Corroborates)
	h.claimLinks(api, "listClaimContradictions", "contradictions", "What contradicts a claim", headwater.Contradicts)
	register(api, describedBy(pageNote, below("listClaimAttributions", "/v1/claims/{id}/attributions", "Attributions of a claim with their chains")), readTraits(headwater.ScopeRead),
		func(ctx context.Context, in *struct {
			ID
			ListQuery
			Status []string `query:"status" enum:"proposed,accepted,rejected" doc:"Only things with one of these statuses." example:"accepted"`
			Sort   string   `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		}) (*listAnswer[headwater.Attribution], error) {
			common, err := in.common(in.Status, in.Sort)
			out, err := h.attributionsOf(ctx, &in.ListQuery, store.AttributionFilter{Common: common, Claim: in.ID.ID}, err)
			return listedBelow(ctx, out, err, in.ID.ID, h.store.Claim)
		})
	register(api, describedBy(pageNote, below("listDocumentAttributions", "/v1/documents/{id}/attributions", "Attributions in a document, in reading order")), readTraits(headwater.ScopeRead),
		func(ctx context.Context, in *struct {
			ID
			ListQuery
			Status []string `query:"status" enum:"proposed,accepted,rejected" doc:"Only things with one of these statuses." example:"accepted"`
		}) (*listAnswer[headwater.Attribution], error) {
			common, err := in.common(in.Status, store.ReadingOrder)
			out, err := h.attributionsOf(ctx, &in.ListQuery, store.AttributionFilter{Common: common, Document: in.ID.ID}, err)
			return listedBelow(ctx, out, err, in.ID.ID, h.store.Document)
		})
}

func below(id, path, summary string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"claims"},
		Errors: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable},
	}
}

// listedBelow gives a list of what belongs to a thing, unless there is no such thing. A list with entries shows that it is
// there, so that only an empty one costs a look.
func listedBelow[T, Whole any](ctx context.Context, out *listAnswer[T], err error, id uuid.UUID, whole func(context.Context, uuid.UUID) (Whole, error)) (*listAnswer[T], error) {
	if err != nil || len(out.Body.Items) > 0 {
		return out, err
	}
	if _, err := whole(ctx, id); err != nil {
		return nil, fail(ctx, err)
	}
	return out, nil
}

func (h *handlers) attributionsOf(ctx context.Context, q *ListQuery, f store.AttributionFilter, err error) (*listAnswer[headwater.Attribution], error) {
	if err != nil {
		return nil, fail(ctx, err)
	}
	page, err := h.store.Attributions(ctx, f, q.paging())
	return listed(ctx, h, &q.PageQuery, page, err, func(a headwater.Attribution) []uuid.UUID { return a.Sources() })
}

// claimLinks adds a list of the links of a claim that are of one kind.
func (h *handlers) claimLinks(api huma.API, id, path, summary string, kind headwater.LinkKind) {
	register(api, describedBy(pageNote, below(id, "/v1/claims/{id}/"+path, summary)), readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		LinksQuery
	}) (*listAnswer[ClaimLink], error) {
		return h.linksOf(ctx, in.ID.ID, &in.LinksQuery, kind)
	})
}

// LinksQuery is what the links of a claim can be asked.
type LinksQuery struct {
	ListQuery
	Status []string `query:"status" enum:"proposed,accepted,rejected" doc:"Only things with one of these statuses." example:"accepted"`
	Sort   string   `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
}

func (h *handlers) linksOf(ctx context.Context, claim uuid.UUID, q *LinksQuery, kind headwater.LinkKind) (*listAnswer[ClaimLink], error) {
	common, err := q.common(q.Status, q.Sort)
	if err != nil {
		return nil, fail(ctx, err)
	}
	found, err := h.store.Links(ctx, store.LinkFilter{Common: common, Claim: claim, Kind: string(kind)}, q.paging())
	out, err := linked(ctx, h, &q.PageQuery, found, askedFrom(claim, found.Items), err)
	return listedBelow(ctx, out, err, claim, h.store.Claim)
}
