package api

import (
	"net/http"

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
