package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

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
	// Versions lists the versions of a thing, also of one that was deleted, each with what makes it another than the one before.
	Versions(ctx context.Context, resource headwater.Resource, id uuid.UUID, descending bool, p store.Paging) (store.Page[store.Version],
		error)
	// LastSeq is the place of the last change in the order; 0 where there is none.
	LastSeq(ctx context.Context) (int64, error)
	// ChangesBetween lists changes with places after one and up to another, in their order, and says whether there are more.
	ChangesBetween(ctx context.Context, f store.ChangeFilter, after, upTo int64, limit int) ([]headwater.Change, bool, error)
	// NameClaims says of each of some changes which claims' figures it can move.
	NameClaims(ctx context.Context, changes []headwater.Change) error
	// SourceClaims lists, by id, the claims that a source tells in a position, also under sources that are merged into it.
	SourceClaims(ctx context.Context, source uuid.UUID, position store.Position, p store.Paging) (store.Page[headwater.Claim], error)
	// Timeline lists the accepted appearances of a claim, first to last, undated ones at the end.
	Timeline(ctx context.Context, claim uuid.UUID, order store.TimelineOrder, p store.Paging) (store.Page[store.TimelineEntry], error)
}

// historyStore lists what happened, with the cards of the sources that it names.
type historyStore interface {
	HistoryStore
	CardStore
	PastStore
}

// ClaimsQuery asks for the claims that changes can move.
type ClaimsQuery struct {
	Include []string `query:"include" enum:"claims" doc:"claims names the claims whose figures a change can move." example:"claims"`
}

func (q ClaimsQuery) claims() bool { return len(q.Include) > 0 }

// maxNamed is how many changes a list can have that names the claims of each.
const maxNamed = 100

// registerHistory adds the lists in the order of time, and the claims that a source tells.
func registerHistory(api huma.API, s historyStore, reports *reportHandlers) {
	changes := readOperation("listChanges", "/v1/changes", "The history of every change, in one order")
	changes.Description = "Every change has a place in one order, `seq`, some tenths of a second after it is made: version n of a thing " +
		"comes before n+1. The cursor `now` begins with what comes next. next_cursor is set on the last page too, unless the newest come " +
		"first: ask with it again to follow the history. Nothing that commits late is missed, and nothing comes twice. A place beyond " +
		"the order is a fault: the database that it is from was replaced by an older copy."
	changes.Tags = []string{"changes"}
	noNotFound(&changes)
	register(api, changes, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		PageQuery
		Order string `query:"order" enum:"asc,desc" default:"asc" doc:"desc lists the newest first." example:"desc"`
		ChangeQuery
		ClaimsQuery
		After int64 `query:"after" minimum:"0" doc:"A seq: the first page begins after it, or before it with order=desc." example:"1042"`
	}) (*listResponse[headwater.Change], error) {
		f := in.filter()
		f.Descending, f.After = in.Order == "desc", in.After
		if in.claims() && in.Limit > maxNamed {
			return nil, fail(ctx, headwater.Faults{headwater.NewFault("/limit", headwater.FaultRange, in.Limit,
				fmt.Sprintf("1 to %d with include=claims", maxNamed))})
		}
		page, err := s.Changes(ctx, f, in.paging())
		if err == nil && in.claims() {
			err = s.NameClaims(ctx, page.Items)
		}
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
	registerVersions(api, s)
}

// registerVersions adds the history of each thing.
func registerVersions(api huma.API, s HistoryStore) {
	for _, name := range headwater.Things() {
		of := headwater.Resource(name)
		versions := readOperation("list"+strings.ToUpper(name[:1])+name[1:]+"Versions", "/v1/"+of.Plural()+"/{id}/history",
			"The versions of "+withArticle(name)+", each with what makes it another than the one before")
		versions.Description = "Worked out when it is read, field by field, and word by word in texts. What was deleted has a history " +
			"too. A page at a time: next_cursor, and the Link header, ask for the next one."
		versions.Tags = []string{of.Plural()}
		register(api, versions, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
			ID
			PageQuery
			Order string `query:"order" enum:"asc,desc" default:"asc" doc:"desc lists the newest first." example:"desc"`
		}) (*listResponse[store.Version], error) {
			page, err := s.Versions(ctx, of, in.ID.ID, in.Order == "desc", in.paging())
			return writeList(ctx, &in.PageQuery, page, err)
		})
	}
}

// EvidenceQuery says what is on a timeline beyond what counts.
type EvidenceQuery struct {
	IncludeProposed  bool `query:"include_proposed" doc:"With scope=evidence, count proposed links and attributions as if they were accepted." example:"false"`
	IncludeWithdrawn bool `query:"include_withdrawn" doc:"With scope=evidence, list what was withdrawn too, as the report does." example:"false"`
}

// refuse refuses both where what the report counts is not asked for.
func (q EvidenceQuery) refuse() error {
	var faults headwater.Faults
	for name, present := range map[string]bool{"include_proposed": q.IncludeProposed, "include_withdrawn": q.IncludeWithdrawn} {
		if present {
			faults = append(faults, headwater.NewFault(headwater.Pointer("").Field(name), headwater.FaultConflict, nil, "scope=evidence"))
		}
	}
	if faults == nil {
		return nil
	}
	return sortedFaults(faults)
}

// registerTimeline adds the appearances of a claim, and of what its report counts.
func registerTimeline(api huma.API, s historyStore, reports *reportHandlers) {
	timeline := describedBy(pageNote, readOperation("getClaimTimeline", "/v1/claims/{id}/timeline",
		"The appearances of a claim, first to last; those that are not dated at the end"))
	timeline.Errors = append(timeline.Errors, http.StatusConflict)
	register(api, timeline, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		PageQuery
		RecordedQuery
		By string `query:"by" enum:"published,said_at" default:"published" doc:"What the order goes by: when the document came out, or when the origin said it." example:"published"`
		EvidenceQuery
		Scope string `query:"scope" enum:"claim,evidence" default:"claim" doc:"claim lists where the claim itself is made; evidence all that its report counts for it and against it, over links too." example:"evidence"`
	}) (*listResponse[store.TimelineEntry], error) {
		seq, err := in.place(ctx, s)
		if err != nil {
			return nil, fail(ctx, err)
		}
		var cards CardStore = s
		list := s.Timeline
		if seq > 0 {
			past := s.RecordedBy(seq)
			cards, list = past, past.Timeline
		}
		if in.Scope == "evidence" {
			list = func(ctx context.Context, claim uuid.UUID, order store.TimelineOrder, p store.Paging) (store.Page[store.TimelineEntry],
				error) {
				return reports.timeline(ctx, store.EvidenceTimeline{Claim: claim, Order: order, Proposed: in.IncludeProposed,
					Withdrawn: in.IncludeWithdrawn, At: seq}, p)
			}
		} else if err := in.refuse(); err != nil {
			return nil, fail(ctx, err)
		}
		page, err := list(ctx, in.ID.ID, store.TimelineOrder(in.By), in.paging())
		return writeListWithSources(ctx, cards, &in.PageQuery, page, err,
			func(e store.TimelineEntry) []uuid.UUID { return []uuid.UUID{e.Publisher, e.Origin} })
	})
}
