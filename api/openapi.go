package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"
	"github.com/klauspost/compress/gzhttp"

	"github.com/headwater-project/headwater/store"
)

// documents make the OpenAPI document in its three forms, each once it is asked for.
type documents struct{ v31, v30, yaml func() ([]byte, error) }

// OpenAPIDocument gives the OpenAPI document, of version 3.1, as the service serves it.
func OpenAPIDocument() ([]byte, error) { return describeUnserved().v31() }

// OpenAPIDocument30 gives the same of version 3.0.3.
func OpenAPIDocument30() ([]byte, error) { return describeUnserved().v30() }

// describeUnserved describes a service that there is not: that needs no database.
func describeUnserved() documents {
	return describe(newAPI(http.NewServeMux(), (*store.Store)(nil), Options{}, newLimiter(Limits{}), &access{}))
}

func describe(api huma.API) documents {
	document := sync.OnceValue(func() *huma.OpenAPI { return showWritten(api.OpenAPI()) })
	return documents{
		v31:  sync.OnceValues(func() ([]byte, error) { return document().MarshalJSON() }),
		v30:  sync.OnceValues(func() ([]byte, error) { return downgrade(document()) }),
		yaml: sync.OnceValues(func() ([]byte, error) { return document().YAML() }),
	}
}

// downgrade makes the document of version 3.0.3, which knows no webhooks.
func downgrade(document *huma.OpenAPI) ([]byte, error) {
	before31 := *document
	before31.Webhooks = nil
	v30, err := before31.Downgrade()
	if err != nil {
		return nil, err
	}
	var older struct {
		Components struct {
			Schemas map[string]struct{ Type string }
		}
	}
	var whole any
	if err := errors.Join(json.Unmarshal(v30, &older), json.Unmarshal(v30, &whole)); err != nil {
		return nil, err
	}
	return json.Marshal(downgradeSchema(whole, func(reference string) string {
		return older.Components.Schemas[strings.TrimPrefix(reference, "#/components/schemas/")].Type
	}))
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

// serveDocuments adds the documents, each of which is made when it is first requested.
func serveDocuments(mux *http.ServeMux, d documents) {
	for path, form := range map[string]struct {
		mediaType string
		of        func() ([]byte, error)
	}{
		"/openapi.json":     {"application/openapi+json", d.v31},
		"/openapi-3.0.json": {"application/openapi+json", d.v30},
		"/openapi.yaml":     {"application/openapi+yaml", d.yaml},
	} {
		packed := sync.OnceValues(func() ([]byte, error) { // once, and not for each client: nothing bounds how often it is asked for
			text, err := form.of()
			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			if err == nil {
				_, err = w.Write(text)
			}
			err = errors.Join(err, w.Close())
			return packed.Bytes(), err
		})
		tag := sync.OnceValues(func() (string, error) {
			text, err := form.of()
			return hashTag(text), err
		})
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			etag, err := tag()
			if err == nil && matchesETag(r.Header.Get("If-None-Match"), etag) {
				w.Header().Set("ETag", etag)
				w.WriteHeader(http.StatusNotModified)
				return
			}
			of, encoding := form.of, ""
			if negotiation.SelectQValue(r.Header.Get("Accept-Encoding"), []string{"identity", "gzip"}) == "gzip" {
				of, encoding = packed, "gzip"
			}
			text, bodyErr := of()
			if err := errors.Join(err, bodyErr); err != nil {
				slog.ErrorContext(r.Context(), "the document cannot be made", "error", err)
				writeProblem(w, r, internal())
				return
			}
			w.Header().Set("Content-Type", form.mediaType)
			w.Header().Set("ETag", etag)
			if encoding != "" {
				w.Header().Set("Content-Encoding", encoding)
			} else {
				w.Header().Set(gzhttp.HeaderNoCompression, "as it is")
			}
			_, _ = w.Write(text) // it fails only where the client left
		})
	}
}
