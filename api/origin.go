package api

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/rs/cors"

	"github.com/headwater-project/headwater/store/standby"
)

// origins say from which pages a browser may call the service. Without any, only the service's own pages can.
type origins struct {
	*cors.Cors
	named []string
}

func newOrigins(named []string) origins {
	return origins{cors.New(cors.Options{
		AllowedOrigins: named,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowedHeaders: []string{"Authorization", "Content-Type", "If-Match", "If-None-Match", idempotencyHeader, preferHeader,
			"X-Change-Reason", standby.Header,
			"X-Request-Id", "Traceparent", "Tracestate", googleKeyHeader, "X-Goog-Api-Client"},
		ExposedHeaders: []string{"ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate",
			replayedHeader, "X-Request-Id", groupHeader, appliedHeader, standby.Header},
		MaxAge: 600,
	}), named}
}

// allow is the middleware that lets pages of the origins call the service (CORS of the Fetch standard).
func (o origins) allow(next http.Handler) http.Handler {
	if len(o.named) == 0 {
		return next
	}
	return o.Handler(next)
}

// refuseForeign is the middleware that refuses what a page of another origin makes a browser send to change something: CORS
// keeps such a page from reading the response, not from sending the request. Where all origins are named, or all of a pattern, the
// requests pass, but are marked as foreign: [access] refuses them as long as no key is asked for.
func (o origins) refuseForeign(next http.Handler) http.Handler {
	var protection http.CrossOriginProtection
	all := slices.ContainsFunc(o.named, func(name string) bool { return strings.Contains(name, "*") })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if protection.Check(r) != nil {
			if len(o.named) == 0 || !o.OriginAllowed(r) {
				writeProblem(w, r, problem(http.StatusForbidden, codeOf(http.StatusForbidden), foreignDetail))
				return
			}
			requestOf(r.Context()).foreign = all
		}
		next.ServeHTTP(w, r)
	})
}

const foreignDetail = "a page of another origin sent this, and the service was not told to let it (--cors-origin)"

// localHosts are the names under which a machine calls itself.
var localHosts = []string{"localhost", "127.0.0.1", "::1"}

// isHost says whether the Host of a request is one of these, on any port.
func isHost(host string, names []string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(strings.Trim(name, "[]"), host) })
}
