package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// NewLink is a link to create.
type NewLink struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"nis"`
	headwater.LinkFields
	Status headwater.Decision `json:"status,omitempty" doc:"accepted by default." example:"accepted"`
}

func (h *handlers) links(api huma.API) {
	r := resource[headwater.Link, NewLink, headwater.LinkFields]{
		name: "Link", path: "links", get: h.store.Link, update: h.store.UpdateLink,
		create: func(ctx context.Context, by store.Authorship, body NewLink) (headwater.Link, error) {
			return h.store.CreateLink(ctx, by, body.Key, body.LinkFields, body.Status)
		},
		meta:   func(t headwater.Link) headwater.Meta { return t.Meta },
		fields: func(t headwater.Link) headwater.LinkFields { return t.LinkFields },
	}
	r.registerGet(api, readTraits(headwater.ScopeRead))
	r.registerCreate(api, postTraits(headwater.ScopeWrite))
	r.registerUpdate(api, editTraits(headwater.ScopeWrite))
	r.registerPatch(api, editTraits(headwater.ScopeWrite))
	r.registerStep(api, postTraits(headwater.ScopeReview), "accept", "Accept a link, so that it counts", statusStep(h.store.DecideLink, true))
	r.registerStep(api, postTraits(headwater.ScopeReview), "reject", "Reject a link; it stays, so that nobody proposes it again", statusStep(h.store.DecideLink, false))
	list := describedBy(pageNote, r.operation("listLinks", http.MethodGet, "", "Find links"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Status []string  `query:"status" enum:"proposed,accepted,rejected" doc:"Only things with one of these statuses." example:"accepted"`
		Sort   string    `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		Claim  uuid.UUID `query:"claim" format:"uuid" doc:"A claim at either end." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Kind   string    `query:"kind" enum:"equivalent,refines,corroborates,contradicts" doc:"A kind of link." example:"contradicts"`
		Degree string    `query:"degree" enum:"direct,tension" doc:"direct or tension." example:"tension"`
	}) (*listAnswer[headwater.Link], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		page, err := h.store.Links(ctx, store.LinkFilter{Common: common, Claim: in.Claim, Kind: in.Kind, Degree: in.Degree}, in.paging())
		return linked(ctx, h, &in.PageQuery, page, page.Items, err)
	})
}
