package api

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
	"github.com/rs/cors"
)

// minCompressed is the size in bytes from which a response is compressed: a smaller one fits a packet as it is.
const minCompressed = 1400

// compress is the middleware that answers in gzip where the client takes it. ETags stay as they are: they name the version of
// what is sent, which is the same in either form.
func compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(minCompressed), gzhttp.CompressionLevel(1), gzhttp.ContentTypes([]string{
		"application/json", "application/problem+json", ndjson, "application/ld+json",
		"application/openapi+json", "application/openapi+yaml",
		"text/html", "text/css", "text/javascript", "text/csv", "text/plain", "text/vnd.mermaid", "text/vnd.graphviz",
	}))
	if err != nil {
		panic(err) // only where the options contradict one another
	}
	return wrap(next)
}

// allowOrigins is the middleware that lets pages of some origins call the service from a browser (CORS of the Fetch standard).
// Without origins, only the service's own pages can.
func allowOrigins(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowedHeaders: []string{"Authorization", "Content-Type", "If-Match", "If-None-Match", idempotencyHeader, "X-Change-Reason",
			"X-Request-Id", "Traceparent", "Tracestate", googleKeyHeader, "X-Goog-Api-Client"},
		ExposedHeaders: []string{"ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate",
			replayedHeader, "X-Request-Id"},
		MaxAge: 600,
	}).Handler(next)
}
