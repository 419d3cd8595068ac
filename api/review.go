package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// ReviewStore keeps reviews.
type ReviewStore interface {
	PastStore
	CardStore
	// Review gives one review.
	Review(ctx context.Context, id uuid.UUID) (headwater.Review, error)
	// Reviews lists reviews.
	Reviews(ctx context.Context, f store.ReviewFilter, p store.Paging) (store.Page[headwater.Review], error)
	// CreateReview stores a new review. A key that is taken is CodeAlreadyExists.
	CreateReview(ctx context.Context, by store.Authorship, key string, f headwater.ReviewFields) (headwater.Review, error)
	// UpdateReview replaces all fields of a review.
	UpdateReview(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.ReviewFields) (headwater.Review, error)
	// RetractReview retracts a review, or restores it.
	RetractReview(ctx context.Context, by store.Authorship, id uuid.UUID, version int, retracted bool) (headwater.Review, error)
}

// NewReview is a review to create.
type NewReview struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"nis"`
	headwater.ReviewFields
}

// registerReviews adds the operations on reviews.
func registerReviews(api huma.API, s ReviewStore) {
	r := resource[headwater.Review, NewReview, headwater.ReviewFields]{
		name: "Review", path: "reviews", get: s.Review, update: s.UpdateReview,
		create: func(ctx context.Context, by store.Authorship, body NewReview) (headwater.Review, error) {
			return s.CreateReview(ctx, by, body.Key, body.ReviewFields)
		},
		meta:   func(t headwater.Review) headwater.Meta { return t.Meta },
		fields: func(t headwater.Review) headwater.ReviewFields { return t.ReviewFields },
	}
	r.registerGet(api, s, store.Past.Review, readTraits(headwater.ScopeRead))
	r.registerCreate(api, postTraits(headwater.ScopeReview))
	r.registerUpdate(api, editTraits(headwater.ScopeReview))
	r.registerPatch(api, editTraits(headwater.ScopeReview))
	r.registerRetraction(api, postTraits(headwater.ScopeReview), s.RetractReview)
	list := describedBy(pageNote, r.operation("listReviews", http.MethodGet, "", "Find reviews"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Status []string  `query:"status" enum:"active,retracted" doc:"Only things with one of these statuses." example:"active"`
		Sort   string    `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		Claim  uuid.UUID `query:"claim" format:"uuid" doc:"The claim that was reviewed." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Author uuid.UUID `query:"author" format:"uuid" doc:"Who reviewed it." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	}) (*listResponse[headwater.Review], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		page, err := s.Reviews(ctx, store.ReviewFilter{Common: common, Claim: in.Claim, Author: in.Author}, in.paging())
		return writeListWithSources(ctx, s, &in.PageQuery, page, err,
			func(r headwater.Review) []uuid.UUID { return []uuid.UUID{r.Author} })
	})
}
