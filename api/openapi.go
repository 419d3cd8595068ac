package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater/store"
)

// documents are the OpenAPI document in its three forms.
type documents struct{ v31, v30, yaml []byte }

// OpenAPIDocuments gives the OpenAPI documents, 3.1 and 3.0.3, as the service serves them.
func OpenAPIDocuments() (v31, v30 []byte, err error) {
	api := newAPI(http.NewServeMux(), (*store.Store)(nil), Options{}, newLimiter(Limits{})) // describing it needs no database
	described, err := describe(api.OpenAPI())
	return described.v31, described.v30, err
}

func describe(document *huma.OpenAPI) (documents, error) {
	var d documents
	var err error
	if d.v31, err = document.MarshalJSON(); err != nil {
		return d, err
	}
	if d.yaml, err = document.YAML(); err != nil {
		return d, err
	}
	if d.v30, err = document.Downgrade(); err != nil {
		return d, err
	}
	var older struct {
		Components struct {
			Schemas map[string]struct{ Type string }
		}
	}
	var whole any
	if err := errors.Join(json.Unmarshal(d.v30, &older), json.Unmarshal(d.v30, &whole)); err != nil {
		return d, err
	}
	d.v30, err = json.Marshal(downgradeSchema(whole, func(reference string) string {
		return older.Components.Schemas[strings.TrimPrefix(reference, "#/components/schemas/")].Type
	}))
	return d, err
}

// downgradeSchema rewrites what OpenAPI 3.0 cannot say as 3.1 does: siblings of a reference, which it ignores, and a reference
// or null. typeOf gives the type of the component that is referred to.
func downgradeSchema(node any, typeOf func(reference string) string) any {
	switch node := node.(type) {
	case []any:
		for i := range node {
			node[i] = downgradeSchema(node[i], typeOf)
		}
	case map[string]any:
		for name := range node {
			node[name] = downgradeSchema(node[name], typeOf)
		}
		if either, ok := node["anyOf"].([]any); ok && len(either) == 2 && reflect.DeepEqual(either[1], map[string]any{"type": "null"}) {
			delete(node, "anyOf")
			node["allOf"], node["nullable"] = either[:1], true
			node["type"] = typeOf(either[0].(map[string]any)["$ref"].(string))
		}
		if reference, ok := node["$ref"].(string); ok && len(node) > 1 {
			delete(node, "$ref")
			node["allOf"] = []any{map[string]any{"$ref": reference}}
		}
	}
	return node
}

// serveDocuments adds the documents, which are made when the first of them is requested.
func serveDocuments(mux *http.ServeMux, describeOnce func() (documents, error)) {
	for path, form := range map[string]struct {
		mediaType string
		of        func(documents) []byte
	}{
		"/openapi.json":     {"application/openapi+json", func(d documents) []byte { return d.v31 }},
		"/openapi-3.0.json": {"application/openapi+json", func(d documents) []byte { return d.v30 }},
		"/openapi.yaml":     {"application/openapi+yaml", func(d documents) []byte { return d.yaml }},
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			described, err := describeOnce()
			if err != nil {
				slog.ErrorContext(r.Context(), "the document cannot be made", "error", err)
				writeProblem(w, r, internal())
				return
			}
			text := form.of(described)
			w.Header().Set("Content-Type", form.mediaType)
			w.Header().Set("ETag", hashTag(text))
			if matchesETag(r.Header.Get("If-None-Match"), hashTag(text)) {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = w.Write(text) // it fails only where the client left
		})
	}
}
