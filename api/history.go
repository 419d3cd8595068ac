package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// history adds what is listed in the order of time, and the way back from a source.
func (h *handlers) history(api huma.API) {
	changes := below("listChanges", "/v1/changes", "The history of every change, oldest first")
	changes.Description = "next_cursor is set on the last page too: ask with it again to follow the history. Nothing that commits late is missed."
	changes.Tags = []string{"changes"}
	changes.Errors = slices.DeleteFunc(changes.Errors, func(status int) bool { return status == http.StatusNotFound })
	register(api, changes, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		PageQuery
		Resource   string    `query:"resource" enum:"source,relation,document,claim,attribution,link,review" doc:"A kind of thing." example:"claim"`
		ResourceID uuid.UUID `query:"resource_id" format:"uuid" doc:"One thing." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Actor      string    `query:"actor" maxLength:"200" doc:"Who made the change." example:"cli:rana"`
		Operation  string    `query:"operation" enum:"create,update,merge,unmerge,retract,restore,accept,reject" doc:"What was done." example:"merge"`
	}) (*listAnswer[headwater.Change], error) {
		f := store.ChangeFilter{Resource: in.Resource, ResourceID: in.ResourceID, Actor: in.Actor, Operation: in.Operation}
		page, err := h.store.Changes(ctx, f, in.paging())
		return listed(ctx, h, &in.PageQuery, page, err, nil)
	})
	told := describedBy(pageNote,
		below("listSourceClaims", "/v1/sources/{id}/claims", "The claims that a source tells, also under names that are merged into it"))
	told.Tags = []string{"sources"}
	register(api, told, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		PageQuery
		Position string `query:"position" enum:"any,publisher,relay,origin" default:"any" doc:"Its place in the chain." example:"origin"`
	}) (*listAnswer[headwater.Claim], error) {
		page, err := h.store.SourceClaims(ctx, in.ID.ID, store.Position(in.Position), in.paging())
		return listed(ctx, h, &in.PageQuery, page, err, nil)
	})
	timeline := describedBy(pageNote,
		below("getClaimTimeline", "/v1/claims/{id}/timeline", "The appearances of a claim, first to last; those that are not dated at the end"))
	register(api, timeline, readTraits(headwater.ScopeRead),
		func(ctx context.Context, in *struct {
			ID
			PageQuery
			By string `query:"by" enum:"published,said_at" default:"published" doc:"What the order goes by: when the document came out, or when the origin said it." example:"published"`
		}) (*listAnswer[store.TimelineEntry], error) {
			page, err := h.store.Timeline(ctx, in.ID.ID, store.TimelineOrder(in.By), in.paging())
			return listed(ctx, h, &in.PageQuery, page, err, func(e store.TimelineEntry) []uuid.UUID { return []uuid.UUID{e.Publisher, e.Origin} })
		})
}
