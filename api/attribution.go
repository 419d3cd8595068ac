package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// AttributionStore keeps attributions.
type AttributionStore interface {
	PastStore
	CardStore
	// Attribution gives one attribution.
	Attribution(ctx context.Context, id uuid.UUID) (headwater.Attribution, error)
	// Attributions lists attributions.
	Attributions(ctx context.Context, f store.AttributionFilter, p store.Paging) (store.Page[headwater.Attribution], error)
	// CreateAttribution stores a new attribution. A key that is taken is CodeAlreadyExists.
	CreateAttribution(ctx context.Context, by store.Authorship, key string, f headwater.AttributionFields,
		status headwater.Decision) (headwater.Attribution, error)
	// UpdateAttribution replaces all fields of an attribution.
	UpdateAttribution(ctx context.Context, by store.Authorship, id uuid.UUID, version int,
		f headwater.AttributionFields) (headwater.Attribution, error)
	// DecideAttribution accepts an attribution, or rejects it.
	DecideAttribution(ctx context.Context, by store.Authorship, id uuid.UUID, version int, accepted bool) (headwater.Attribution, error)
	// ReopenAttribution proposes an attribution again that was decided.
	ReopenAttribution(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (headwater.Attribution, error)
}

// NewAttribution is an attribution to create.
type NewAttribution struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"nis"`
	headwater.AttributionFields
	Status headwater.Decision `json:"status,omitempty" doc:"accepted by default." example:"accepted"`
}

// registerAttributions adds the operations on attributions.
func registerAttributions(api huma.API, s AttributionStore) {
	r := resource[headwater.Attribution, NewAttribution, headwater.AttributionFields]{
		name: "Attribution", path: "attributions", get: s.Attribution, update: s.UpdateAttribution,
		create: func(ctx context.Context, by store.Authorship, body NewAttribution) (headwater.Attribution, error) {
			return s.CreateAttribution(ctx, by, body.Key, body.AttributionFields, body.Status)
		},
		meta:   func(t headwater.Attribution) headwater.Meta { return t.Meta },
		fields: func(t headwater.Attribution) headwater.AttributionFields { return t.AttributionFields },
	}
	r.registerGet(api, s, store.Past.Attribution, readTraits(headwater.ScopeRead))
	r.registerCreate(api, postTraits(headwater.ScopeWrite))
	r.registerUpdate(api, editTraits(headwater.ScopeWrite))
	r.registerPatch(api, editTraits(headwater.ScopeWrite))
	r.registerDecisions(api, postTraits(headwater.ScopeReview), s.DecideAttribution, s.ReopenAttribution)
	list := describedBy(pageNote, r.operation("listAttributions", http.MethodGet, "", "Find attributions"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Status   []string  `query:"status" enum:"proposed,accepted,rejected" doc:"Only things with one of these statuses." example:"accepted"`
		Sort     string    `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		Claim    uuid.UUID `query:"claim" format:"uuid" doc:"The claim that is made." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Document uuid.UUID `query:"document" format:"uuid" doc:"The document that it is made in." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Stance   string    `query:"stance" enum:"affirms,denies,questions" doc:"A stance." example:"denies"`
	}) (*listResponse[headwater.Attribution], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		filter := store.AttributionFilter{Common: common, Claim: in.Claim, Document: in.Document, Stance: in.Stance}
		page, err := s.Attributions(ctx, filter, in.paging())
		return writeListWithSources(ctx, s, &in.PageQuery, page, err, headwater.Attribution.Sources)
	})
}
