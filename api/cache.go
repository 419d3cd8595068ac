package api

import (
	"net/http"
	"slices"
	"strings"
)

// setCaching tells caches and proxies what they may do with a response. What has a version must arrive as it was sent: whoever
// compresses it on the way makes its ETag weak, which If-Match never matches (RFC 9110 §13.1.1). What was asked for with a key,
// or a session, is for nobody else, and the same request without one may get another response. What nobody may store says all already.
func setCaching(header http.Header, r *http.Request) {
	directives := header.Values("Cache-Control")
	if !slices.Contains(directives, noStore) {
		if header.Get("ETag") != "" {
			directives = append(directives, "no-transform")
		}
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			directives = append(directives, "private")
		}
	}
	if len(directives) > 0 {
		header.Set("Cache-Control", strings.Join(directives, ", "))
	}
	info := requestOf(r.Context())
	if info.operation == "" {
		return
	}
	header.Add("Vary", "Authorization")
	header.Add("Vary", "Cookie")
	if info.google {
		header.Add("Vary", googleKeyHeader)
	}
}
