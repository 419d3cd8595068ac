package api

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// minCompressed is the size in bytes from which a response is compressed. It is the one from which nginx compresses what the
// service did not, which makes a strong ETag weak, whatever Cache-Control says.
const minCompressed = 20

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

// lowerMediaTypes is the middleware that gives the media types of a request in small letters, in which all else compares them: their case
// means nothing (RFC 9110, section 8.3.1), and a list may come in several lines. The parameters of a Content-Type stay as they are.
func lowerMediaTypes(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := r.Header.Clone()
		if contentType := header.Get("Content-Type"); contentType != "" {
			mediaType, _, _ := strings.Cut(contentType, ";")
			header.Set("Content-Type", strings.ToLower(strings.TrimSpace(mediaType))+contentType[len(mediaType):])
		}
		if accepted := header.Values("Accept"); len(accepted) > 0 {
			header.Set("Accept", strings.ToLower(strings.Join(accepted, ", ")))
		}
		r = r.WithContext(r.Context())
		r.Header = header
		next.ServeHTTP(w, r)
	})
}
