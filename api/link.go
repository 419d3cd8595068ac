package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// LinkStore keeps links.
type LinkStore interface {
	PastStore
	CardStore
	// Link gives one link.
	Link(ctx context.Context, id uuid.UUID) (headwater.Link, error)
	// Links lists links.
	Links(ctx context.Context, f store.LinkFilter, p store.Paging) (store.Page[headwater.Link], error)
	// CreateLink stores a new link. A key that is taken is CodeAlreadyExists.
	CreateLink(ctx context.Context, by store.Authorship, key string, f headwater.LinkFields,
		status headwater.Decision) (headwater.Link, error)
	// UpdateLink replaces all fields of a link.
	UpdateLink(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.LinkFields) (headwater.Link, error)
	// DecideLink accepts a link, or rejects it.
	DecideLink(ctx context.Context, by store.Authorship, id uuid.UUID, version int, accepted bool) (headwater.Link, error)
	// ReopenLink proposes a link again that was decided.
	ReopenLink(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (headwater.Link, error)
}

// NewLink is a link to create.
type NewLink struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"nis"`
	headwater.LinkFields
	Status headwater.Decision `json:"status,omitempty" doc:"accepted by default." example:"accepted"`
}

// registerLinks adds the operations on links.
func registerLinks(api huma.API, s LinkStore) {
	r := resource[headwater.Link, NewLink, headwater.LinkFields]{
		name: "Link", path: "links", get: s.Link, update: s.UpdateLink,
		create: func(ctx context.Context, by store.Authorship, body NewLink) (headwater.Link, error) {
			return s.CreateLink(ctx, by, body.Key, body.LinkFields, body.Status)
		},
		meta:   func(t headwater.Link) headwater.Meta { return t.Meta },
		fields: func(t headwater.Link) headwater.LinkFields { return t.LinkFields },
	}
	r.registerGet(api, s, store.Past.Link, readTraits(headwater.ScopeRead))
	r.registerCreate(api, postTraits(headwater.ScopeWrite))
	r.registerUpdate(api, editTraits(headwater.ScopeWrite))
	r.registerPatch(api, editTraits(headwater.ScopeWrite))
	r.registerDecisions(api, postTraits(headwater.ScopeReview), s.DecideLink, s.ReopenLink)
	list := describedBy(pageNote, r.operation("listLinks", http.MethodGet, "", "Find links"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Status []string  `query:"status" enum:"proposed,accepted,rejected" doc:"Only things with one of these statuses." example:"accepted"`
		Sort   string    `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		Claim  uuid.UUID `query:"claim" format:"uuid" doc:"A claim at either end." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Kind   string    `query:"kind" enum:"equivalent,refines,corroborates,contradicts" doc:"A kind of link." example:"contradicts"`
		Degree string    `query:"degree" enum:"direct,tension" doc:"direct or tension." example:"tension"`
	}) (*listResponse[headwater.Link], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		page, err := s.Links(ctx, store.LinkFilter{Common: common, Claim: in.Claim, Kind: in.Kind, Degree: in.Degree}, in.paging())
		return writeLinks(ctx, s, &in.PageQuery, page, page.Items, err)
	})
}
