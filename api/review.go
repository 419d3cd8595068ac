package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// NewReview is a review to create.
type NewReview struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"nis"`
	headwater.ReviewFields
}

func (h *handlers) reviews(api huma.API) {
	r := resource[headwater.Review, NewReview, headwater.ReviewFields]{
		name: "Review", path: "reviews", get: h.store.Review, update: h.store.UpdateReview,
		create: func(ctx context.Context, by store.Authorship, body NewReview) (headwater.Review, error) {
			return h.store.CreateReview(ctx, by, body.Key, body.ReviewFields)
		},
		meta:   func(t headwater.Review) headwater.Meta { return t.Meta },
		fields: func(t headwater.Review) headwater.ReviewFields { return t.ReviewFields },
	}
	r.registerGet(api, readTraits(headwater.ScopeRead))
	r.registerCreate(api, postTraits(headwater.ScopeReview))
	r.registerUpdate(api, editTraits(headwater.ScopeReview))
	r.registerPatch(api, editTraits(headwater.ScopeReview))
	r.registerStep(api, postTraits(headwater.ScopeReview), "retract", "Retract a review; it stays, but does not count", statusStep(h.store.RetractReview, true))
	r.registerStep(api, postTraits(headwater.ScopeReview), "restore", "Restore a retracted review", statusStep(h.store.RetractReview, false))
	list := describedBy(pageNote, r.operation("listReviews", http.MethodGet, "", "Find reviews"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Status []string  `query:"status" enum:"active,retracted" doc:"Only things with one of these statuses." example:"active"`
		Sort   string    `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		Claim  uuid.UUID `query:"claim" format:"uuid" doc:"The claim that was reviewed." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Author uuid.UUID `query:"author" format:"uuid" doc:"Who reviewed it." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	}) (*listAnswer[headwater.Review], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		page, err := h.store.Reviews(ctx, store.ReviewFilter{Common: common, Claim: in.Claim, Author: in.Author}, in.paging())
		return listed(ctx, h, &in.PageQuery, page, err, func(r headwater.Review) []uuid.UUID { return []uuid.UUID{r.Author} })
	})
}
