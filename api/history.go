package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// HistoryStore lists what happened, and where.
type HistoryStore interface {
	// Changes lists the history in its order, as far as it has one. Its NextCursor is set on the last page too: who follows it
	// misses nothing that commits late. Newest first, the last page has none.
	Changes(ctx context.Context, f store.ChangeFilter, p store.Paging) (store.Page[headwater.Change], error)
	// SourceClaims lists, by id, the claims that a source tells in a position, also under sources that are merged into it.
	SourceClaims(ctx context.Context, source uuid.UUID, position store.Position, p store.Paging) (store.Page[headwater.Claim], error)
	// Timeline lists the accepted appearances of a claim, first to last, undated ones at the end.
	Timeline(ctx context.Context, claim uuid.UUID, order store.TimelineOrder, p store.Paging) (store.Page[store.TimelineEntry], error)
}

// historyStore lists what happened, with the cards of the sources that it names.
type historyStore interface {
	HistoryStore
	CardStore
}

// registerHistory adds the lists in the order of time, and the claims that a source tells.
func registerHistory(api huma.API, s historyStore, reports *reportHandlers) {
	changes := readOperation("listChanges", "/v1/changes", "The history of every change, in one order")
	changes.Description = "Every change has a place in one order, `seq`, some tenths of a second after it is made: version n of a thing " +
		"comes before n+1. The cursor `now` begins with what comes next. next_cursor is set on the last page too, unless the newest come " +
		"first: ask with it again to follow the history. Nothing that commits late is missed, and nothing comes twice."
	changes.Tags = []string{"changes"}
	noNotFound(&changes)
	register(api, changes, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		PageQuery
		Order      string    `query:"order" enum:"asc,desc" default:"asc" doc:"desc lists the newest first." example:"desc"`
		Resource   string    `query:"resource" enum:"source,relation,document,claim,attribution,link,review,match" doc:"A kind of thing." example:"claim"`
		ResourceID uuid.UUID `query:"resource_id" format:"uuid" doc:"One thing." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Actor      string    `query:"actor" maxLength:"200" doc:"Who made the change." example:"cli:rana"`
		Operation  string    `query:"operation" enum:"create,update,merge,unmerge,retract,restore,accept,reject,reopen" doc:"What was done." example:"merge"`
		Group      uuid.UUID `query:"group" format:"uuid" doc:"What one request, import or command did." example:"4a1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	}) (*listResponse[headwater.Change], error) {
		f := store.ChangeFilter{Resource: in.Resource, ResourceID: in.ResourceID, Actor: in.Actor, Operation: in.Operation,
			Group: in.Group, Descending: in.Order == "desc"}
		page, err := s.Changes(ctx, f, in.paging())
		return writeList(ctx, &in.PageQuery, page, err)
	})
	sourceClaims := describedBy(pageNote,
		readOperation("listSourceClaims", "/v1/sources/{id}/claims",
			"The claims that a source tells, also under names that are merged into it"))
	sourceClaims.Tags = []string{"sources"}
	register(api, sourceClaims, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		PageQuery
		Position string `query:"position" enum:"any,publisher,relay,origin" default:"any" doc:"Its place in the chain." example:"origin"`
	}) (*listResponse[headwater.Claim], error) {
		page, err := s.SourceClaims(ctx, in.ID.ID, store.Position(in.Position), in.paging())
		return writeList(ctx, &in.PageQuery, page, err)
	})
	registerTimeline(api, s, reports)
}

// registerTimeline adds the appearances of a claim, and of what its report counts.
func registerTimeline(api huma.API, s historyStore, reports *reportHandlers) {
	timeline := describedBy(pageNote, readOperation("getClaimTimeline", "/v1/claims/{id}/timeline",
		"The appearances of a claim, first to last; those that are not dated at the end"))
	timeline.Errors = append(timeline.Errors, http.StatusConflict)
	register(api, timeline, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		PageQuery
		By    string `query:"by" enum:"published,said_at" default:"published" doc:"What the order goes by: when the document came out, or when the origin said it." example:"published"`
		Scope string `query:"scope" enum:"claim,evidence" default:"claim" doc:"claim lists where the claim itself is made; evidence all that its report counts for it and against it, over links too." example:"evidence"`
	}) (*listResponse[store.TimelineEntry], error) {
		list := s.Timeline
		if in.Scope == "evidence" {
			list = reports.timeline
		}
		page, err := list(ctx, in.ID.ID, store.TimelineOrder(in.By), in.paging())
		return writeListWithSources(ctx, s, &in.PageQuery, page, err,
			func(e store.TimelineEntry) []uuid.UUID { return []uuid.UUID{e.Publisher, e.Origin} })
	})
}
