package api_test

import (
	"bytes"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/api"
)

// TestCaching: what has a version is not to be transformed, what was asked for with a key is private, and with another key, or
// none, the answer may be another one.
func TestCaching(t *testing.T) {
	t.Parallel()
	s := startWith(t, api.Options{PublicRead: true})
	_, _, admin := s.call("POST", "/v1/keys", `{"name": "a", "scopes": ["admin"]}`)
	key := []string{"Authorization", "Bearer " + admin["token"].(string)}
	_, _, source := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "A"}`, key...)
	path := "/v1/sources/" + source["id"].(string)
	for _, c := range []struct {
		path    string
		headers []string
		want    string
	}{
		{path, nil, "no-transform"},
		{path, key, "no-transform, private"},
		{path, append(key, "If-None-Match", `"1"`), "no-transform, private"},
		{"/v1/sources", nil, ""},
		{"/v1/sources", key, "private"},
		{"/v1alpha1/claims:search?query=a", []string{"X-Goog-Api-Key", admin["token"].(string)}, "private"},
		{"/v1alpha1/claims:search?query=a&key=" + admin["token"].(string), nil, "private"},
	} {
		_, header, _ := s.call("GET", c.path, "", c.headers...)
		vary := strings.Join(header.Values("Vary"), ", ")
		if header.Get("Cache-Control") != c.want || !strings.Contains(vary, "Authorization") {
			t.Errorf("%s %v: Cache-Control %q, want %q; Vary %q", c.path, c.headers, header.Get("Cache-Control"), c.want, vary)
		}
	}
}

// TestClientsOfTrustedProxies: rates and the log go by what a trusted proxy says.
func TestClientsOfTrustedProxies(t *testing.T) {
	logged := captureLog(t)
	for name, c := range map[string]struct {
		proxies []netip.Prefix
		want    int
	}{
		"trusted":   {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, http.StatusOK},
		"untrusted": {nil, http.StatusTooManyRequests},
	} {
		t.Run(name, func(t *testing.T) {
			s := startWith(t, api.Options{Proxies: c.proxies, LogClients: true, Limits: api.Limits{Rate: 0.01, Burst: 1}})
			if status, _, answer := s.call("GET", "/v1/sources", "", "X-Forwarded-For", "203.0.113.1"); status != http.StatusOK {
				t.Fatalf("the first: %d %v", status, answer)
			}
			status, _, answer := s.call("GET", "/v1/sources", "", "X-Forwarded-For", "203.0.113.2")
			if status != c.want {
				t.Errorf("another client: %d %v, want %d", status, answer, c.want)
			}
		})
	}
	if n := bytes.Count(logged.Bytes(), []byte(`"client":"203.0.113.2"`)); n != 1 {
		t.Errorf("the log names the client %d times:\n%s", n, logged)
	}
}
