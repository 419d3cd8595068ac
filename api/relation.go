package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// RelationStore keeps relations.
type RelationStore interface {
	PastStore
	CardStore
	// Relation gives one relation.
	Relation(ctx context.Context, id uuid.UUID) (headwater.Relation, error)
	// Relations lists relations.
	Relations(ctx context.Context, f store.RelationFilter, p store.Paging) (store.Page[headwater.Relation], error)
	// CreateRelation stores a new relation. A key that is taken is CodeAlreadyExists.
	CreateRelation(ctx context.Context, by store.Authorship, key string, f headwater.RelationFields) (headwater.Relation, error)
	// UpdateRelation replaces all fields of a relation.
	UpdateRelation(ctx context.Context, by store.Authorship, id uuid.UUID, version int,
		f headwater.RelationFields) (headwater.Relation, error)
	// RetractRelation retracts a relation, or restores it.
	RetractRelation(ctx context.Context, by store.Authorship, id uuid.UUID, version int, retracted bool) (headwater.Relation, error)
}

// NewRelation is a relation to create.
type NewRelation struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"nis"`
	headwater.RelationFields
}

// registerRelations adds the operations on relations.
func registerRelations(api huma.API, s RelationStore) {
	r := resource[headwater.Relation, NewRelation, headwater.RelationFields]{
		name: "Relation", path: "relations", get: s.Relation, update: s.UpdateRelation,
		create: func(ctx context.Context, by store.Authorship, body NewRelation) (headwater.Relation, error) {
			return s.CreateRelation(ctx, by, body.Key, body.RelationFields)
		},
		meta:   func(t headwater.Relation) headwater.Meta { return t.Meta },
		fields: func(t headwater.Relation) headwater.RelationFields { return t.RelationFields },
	}
	r.registerGet(api, s, store.Past.Relation, readTraits(headwater.ScopeRead))
	r.registerCreate(api, postTraits(headwater.ScopeWrite))
	r.registerUpdate(api, editTraits(headwater.ScopeWrite))
	r.registerPatch(api, editTraits(headwater.ScopeWrite))
	r.registerRetraction(api, postTraits(headwater.ScopeWrite), s.RetractRelation)
	list := describedBy(pageNote, r.operation("listRelations", http.MethodGet, "", "Find relations"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Status []string  `query:"status" enum:"active,retracted" doc:"Only things with one of these statuses." example:"active"`
		Sort   string    `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		Source uuid.UUID `query:"source" format:"uuid" doc:"A source at either end." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Kind   string    `query:"kind" enum:"part_of,controlled_by,speaks_for,owned_by,member_of" doc:"A kind of relation." example:"part_of"`
	}) (*listResponse[headwater.Relation], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		page, err := s.Relations(ctx, store.RelationFilter{Common: common, Source: in.Source, Kind: in.Kind}, in.paging())
		return writeListWithSources(ctx, s, &in.PageQuery, page, err,
			func(r headwater.Relation) []uuid.UUID { return []uuid.UUID{r.Subject, r.Object} })
	})
}
