package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/events"
	"github.com/headwater-project/headwater/store"
)

// StandingChangeQuery says whose standing to follow.
type StandingChangeQuery struct {
	Claim uuid.UUID `query:"claim" format:"uuid" doc:"One claim." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
}

// registerStandingChanges adds what tells when claims come to stand otherwise: a list and a stream.
func registerStandingChanges(api huma.API, s StandingStore, streams streaming) {
	list := readOperation("listStandingChanges", "/v1/standings/changes", "When claims came to stand otherwise, with before and after")
	list.Description = "An entry is made when the standing of a claim or the interval of its independent origins changes, some seconds " +
		"at most after what moved it was changed. Entries are in one order of their own and kept for 30 days. next_cursor is set on the " +
		"last page too: ask with it again to follow them. A place after which some are no longer kept is a fault: read how claims stand " +
		"anew then."
	list.Tags = []string{"claims"}
	noNotFound(&list)
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		PageQuery
		StandingChangeQuery
		After int64 `query:"after" minimum:"0" doc:"A seq of these entries: the first page begins after it, and without it with the oldest." example:"317"`
	}) (*listResponse[store.StandingChange], error) {
		page, err := s.StandingChanges(ctx, store.StandingChangeFilter{Claim: in.Claim, After: in.After}, in.paging())
		return writeList(ctx, &in.PageQuery, page, err)
	})
	feed := events.NewFeed(events.History[store.StandingChange, store.StandingChangeFilter]{
		Last: s.LastStandingChange, Between: s.StandingChangesBetween}, renderStandingChange)
	operation := readOperation("streamStandingChanges", "/v1/standings/stream", "How claims come to stand otherwise, as server-sent events")
	operation.Description = "Each event has the type standing, the seq of the entry as its id, and the entry, as listStandingChanges has " +
		"it, as its data. Otherwise it is as streamChanges: who comes back with Last-Event-ID, or with after, misses nothing and gets " +
		"nothing twice, as long as what they lack is kept. 0 begins with the oldest that is."
	operation.Tags = []string{"claims"}
	answersEvents(&operation)
	register(api, operation, streamTraits, func(ctx context.Context, in *struct {
		StandingChangeQuery
		PlaceQuery
	}) (*huma.StreamResponse, error) {
		kept, last, err := s.KeptStandingChanges(ctx)
		if err != nil {
			return nil, fail(ctx, err)
		}
		place := last
		if in.place != nil {
			if place, err = store.StandingChangesAfter("/after", *in.place, kept, last); err != nil {
				return nil, fail(ctx, err)
			}
		}
		return joinFeed(ctx, streams, feed, store.StandingChangeFilter{Claim: in.Claim}, place)
	})
}

// renderStandingChange makes the event of an entry.
func renderStandingChange(c store.StandingChange) (events.Event[store.StandingChange], error) {
	text, err := eventText("standing", c.Seq, c)
	return events.Event[store.StandingChange]{Seq: c.Seq, Entry: c, Text: text}, err
}
