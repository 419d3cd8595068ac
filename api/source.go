package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// SourceStore keeps sources.
type SourceStore interface {
	PastStore
	// Source gives one source.
	Source(ctx context.Context, id uuid.UUID) (headwater.Source, error)
	// Sources lists sources: those that have the words of Q, first those with a name that begins so, or all by Sort.
	Sources(ctx context.Context, f store.SourceFilter, p store.Paging) (store.Page[store.SourceHit], error)
	// CreateSource stores a new source. A key that is taken is CodeAlreadyExists.
	CreateSource(ctx context.Context, by store.Authorship, key string, f headwater.SourceFields) (headwater.Source, error)
	// UpdateSource replaces all fields of a source.
	UpdateSource(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.SourceFields) (headwater.Source, error)
	// RetractSource retracts a source, or restores it.
	RetractSource(ctx context.Context, by store.Authorship, id uuid.UUID, version int, retracted bool) (headwater.Source, error)
	// MergeSource lets a source speak as another. A merge that would close a loop is a fault.
	MergeSource(ctx context.Context, by store.Authorship, id uuid.UUID, version int, into uuid.UUID) (headwater.Source, error)
	// UnmergeSource lets a merged source speak for itself again.
	UnmergeSource(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (headwater.Source, error)
}

// NewSource is a source to create.
type NewSource struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"nis"`
	headwater.SourceFields
}

// registerSources adds the operations on sources.
func registerSources(api huma.API, s SourceStore) {
	r := resource[headwater.Source, NewSource, headwater.SourceFields]{
		name: "Source", path: "sources", get: s.Source, update: s.UpdateSource,
		create: func(ctx context.Context, by store.Authorship, body NewSource) (headwater.Source, error) {
			return s.CreateSource(ctx, by, body.Key, body.SourceFields)
		},
		meta:   func(t headwater.Source) headwater.Meta { return t.Meta },
		fields: func(t headwater.Source) headwater.SourceFields { return t.SourceFields },
	}
	r.registerGet(api, s, store.Past.Source, readTraits(headwater.ScopeRead))
	r.registerCreate(api, postTraits(headwater.ScopeWrite))
	r.registerUpdate(api, editTraits(headwater.ScopeWrite))
	r.registerPatch(api, editTraits(headwater.ScopeWrite))
	r.registerRetraction(api, postTraits(headwater.ScopeWrite), s.RetractSource)
	r.registerMerge(api, postTraits(headwater.ScopeWrite), s.MergeSource)
	r.registerUnmerge(api, postTraits(headwater.ScopeWrite), s.UnmergeSource)
	list := describedBy(pageNote, r.operation("listSources", http.MethodGet, "", "Find sources"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Status     []string `query:"status" enum:"active,merged,retracted" doc:"Only things with one of these statuses." example:"active"`
		Sort       string   `query:"sort" enum:"id,created_at,-created_at,name,-name" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		Q          string   `query:"q" maxLength:"500" doc:"Words of a name or alias, in any script; the last may be a word's beginning. What has a name that begins so comes first." example:"intelligence"`
		Domain     string   `query:"domain" maxLength:"253" doc:"A host name that it publishes under." example:"news.example.org"`
		ExternalID string   `query:"external_id" pattern:"^[^:]+:.+$" doc:"scheme:value of an identifier elsewhere." example:"wikidata:Q7184"`
		Kind       string   `query:"kind" enum:"person,organization,government,agency,party,military,outlet,wire,social_account,record,group,other" doc:"A kind of source." example:"agency"`
		Country    string   `query:"country" pattern:"^[A-Z]{2}$" doc:"ISO 3166-1 alpha-2." example:"KR"`
	}) (*listResponse[store.SourceHit], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		filter := store.SourceFilter{
			Common: common, Q: in.Q, Domain: in.Domain, ExternalID: externalID(in.ExternalID), Kind: in.Kind, Country: in.Country,
		}
		page, err := s.Sources(ctx, filter, in.paging())
		return writeList(ctx, &in.PageQuery, page, err)
	})
}

// externalID reads scheme:value.
func externalID(text string) map[string]string {
	scheme, value, ok := strings.Cut(text, ":")
	if !ok {
		return nil
	}
	return map[string]string{scheme: value}
}
