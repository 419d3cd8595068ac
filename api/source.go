package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// NewSource is a source to create.
type NewSource struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"nis"`
	headwater.SourceFields
}

func (h *handlers) sources(api huma.API) {
	r := resource[headwater.Source, NewSource, headwater.SourceFields]{
		name: "Source", path: "sources", get: h.store.Source, update: h.store.UpdateSource,
		create: func(ctx context.Context, by store.Authorship, body NewSource) (headwater.Source, error) {
			return h.store.CreateSource(ctx, by, body.Key, body.SourceFields)
		},
		meta:   func(t headwater.Source) headwater.Meta { return t.Meta },
		fields: func(t headwater.Source) headwater.SourceFields { return t.SourceFields },
	}
	r.registerGet(api, readTraits(headwater.ScopeRead))
	r.registerCreate(api, postTraits(headwater.ScopeWrite))
	r.registerUpdate(api, editTraits(headwater.ScopeWrite))
	r.registerPatch(api, editTraits(headwater.ScopeWrite))
	r.registerStep(api, postTraits(headwater.ScopeWrite), "retract", "Retract a source; it stays, but does not count", statusStep(h.store.RetractSource, true))
	r.registerStep(api, postTraits(headwater.ScopeWrite), "restore", "Restore a retracted source", statusStep(h.store.RetractSource, false))
	r.registerMerge(api, postTraits(headwater.ScopeWrite), h.store.MergeSource)
	r.registerUnmerge(api, postTraits(headwater.ScopeWrite), h.store.UnmergeSource)
	list := describedBy(pageNote, r.operation("listSources", http.MethodGet, "", "Find sources"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Status     []string `query:"status" enum:"active,merged,retracted" doc:"Only things with one of these statuses." example:"active"`
		Sort       string   `query:"sort" enum:"id,created_at,-created_at,name,-name" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		Q          string   `query:"q" maxLength:"500" doc:"Words of a name or alias, in any script." example:"intelligence"`
		Domain     string   `query:"domain" maxLength:"253" doc:"A host name that it publishes under." example:"news.example.org"`
		ExternalID string   `query:"external_id" pattern:"^[^:]+:.+$" doc:"scheme:value of an identifier elsewhere." example:"wikidata:Q7184"`
		Kind       string   `query:"kind" enum:"person,organization,government,agency,party,military,outlet,wire,social_account,record,group,other" doc:"A kind of source." example:"agency"`
		Country    string   `query:"country" pattern:"^[A-Z]{2}$" doc:"ISO 3166-1 alpha-2." example:"KR"`
	}) (*listAnswer[store.SourceHit], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		page, err := h.store.Sources(ctx, store.SourceFilter{Common: common, Q: in.Q, Domain: in.Domain, ExternalID: externalID(in.ExternalID), Kind: in.Kind, Country: in.Country}, in.paging())
		return listed(ctx, h, &in.PageQuery, page, err, nil)
	})
}

// externalID reads scheme:value.
func externalID(given string) map[string]string {
	scheme, value, ok := strings.Cut(given, ":")
	if !ok {
		return nil
	}
	return map[string]string{scheme: value}
}
