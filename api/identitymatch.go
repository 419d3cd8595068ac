package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// MatchStore keeps matches.
type MatchStore interface {
	PastStore
	CardStore
	// IdentityMatch gives one match.
	IdentityMatch(ctx context.Context, id uuid.UUID) (headwater.IdentityMatch, error)
	// IdentityMatches lists matches.
	IdentityMatches(ctx context.Context, f store.MatchFilter, p store.Paging) (store.Page[headwater.IdentityMatch], error)
	// CreateMatch stores a new match, which is proposed. A pair that has one of its kind is a fault.
	CreateMatch(ctx context.Context, by store.Authorship, key string, f headwater.IdentityMatchFields) (headwater.IdentityMatch, error)
	// AcceptMatch makes one of the two, or a reprint of the one.
	AcceptMatch(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (headwater.IdentityMatch, error)
	// RejectMatch keeps the two apart.
	RejectMatch(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (headwater.IdentityMatch, error)
	// ReopenMatch takes a decision back.
	ReopenMatch(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (headwater.IdentityMatch, error)
}

// NewMatch is a match to propose.
type NewMatch struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"ntv-tr-np"`
	headwater.IdentityMatchFields
}

// registerMatches adds the operations on matches.
func registerMatches(api huma.API, s MatchStore) {
	r := resource[headwater.IdentityMatch, NewMatch, headwater.IdentityMatchFields]{
		name: "Match", path: "matches", get: s.IdentityMatch,
		create: func(ctx context.Context, by store.Authorship, body NewMatch) (headwater.IdentityMatch, error) {
			return s.CreateMatch(ctx, by, body.Key, body.IdentityMatchFields)
		},
		meta:   func(t headwater.IdentityMatch) headwater.Meta { return t.Meta },
		fields: func(t headwater.IdentityMatch) headwater.IdentityMatchFields { return t.IdentityMatchFields },
	}
	r.registerGet(api, s, store.Past.IdentityMatch, readTraits(headwater.ScopeRead))
	r.registerCreate(api, postTraits(headwater.ScopeWrite))
	r.registerStep(api, postTraits(headwater.ScopeReview), "accept",
		"Accept a match: b speaks as a, or is retracted once its attributions are with a; or a derives from b", s.AcceptMatch)
	r.registerStep(api, postTraits(headwater.ScopeReview), "reject",
		"Reject a match: the two are not one, whatever is imported or merged later", s.RejectMatch)
	r.registerStep(api, postTraits(headwater.ScopeReview), "reopen", "Propose a match again, and take back what accepting it did",
		s.ReopenMatch)
	list := describedBy(pageNote, r.operation("listMatches", http.MethodGet, "", "Find matches to decide, and those that are decided"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Status   []string  `query:"status" enum:"proposed,accepted,rejected" doc:"Only things with one of these statuses." example:"proposed"`
		Sort     string    `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		Of       uuid.UUID `query:"of" format:"uuid" doc:"A source or document at either end." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Resource string    `query:"resource" enum:"source,document" doc:"What the two are." example:"source"`
		Kind     string    `query:"kind" enum:"same_source,same_document,reprint" doc:"What the two may be to each other." example:"same_source"`
	}) (*listResponse[headwater.IdentityMatch], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		page, err := s.IdentityMatches(ctx, store.MatchFilter{Common: common, Of: in.Of, Resource: in.Resource, Kind: in.Kind}, in.paging())
		return writeListWithSources(ctx, s, &in.PageQuery, page, err, func(m headwater.IdentityMatch) []uuid.UUID {
			if m.Resource == headwater.ResourceSource {
				return []uuid.UUID{m.A, m.B}
			}
			return nil
		})
	})
}
