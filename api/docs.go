package api

import (
	"embed"
	"net/http"

	"github.com/swaggest/swgui/v5emb"
)

//go:embed docs
var docs embed.FS

// docsPolicy lets the documentation load from the service and ask the service, and nobody else. The style sheet holds
// its icons as data.
const docsPolicy = "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"

// serveDocs adds Swagger UI for the service's own document. The page is ours, since that of the library has an inline script,
// which docsPolicy refuses.
func serveDocs(mux *http.ServeMux) {
	add := func(path string, content http.Handler) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", docsPolicy)
			w.Header().Set("X-Content-Type-Options", "nosniff")
			content.ServeHTTP(w, r)
		})
	}
	ours := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, docs, name) }
	}
	library := v5emb.New("Headwater", "/openapi.json", "/docs/")
	add("/docs/{$}", ours("docs/index.html"))
	add("/docs/start.js", ours("docs/start.js"))
	for _, asset := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"} {
		add("/docs/"+asset, library)
	}
	mux.HandleFunc("GET /docs", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "docs/") // relative, which http.Redirect would not leave it
		w.WriteHeader(http.StatusMovedPermanently)
	})
}
