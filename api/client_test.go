package api

import (
	"net/http"
	"net/netip"
	"testing"
)

// TestClientBehindProxies: what proxies say of a request's client counts, and what the client says itself does not.
func TestClientBehindProxies(t *testing.T) {
	t.Parallel()
	trusted := proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for name, c := range map[string]struct {
		remote string
		header http.Header
		want   string
	}{
		"no proxy":            {"192.0.2.1:5", http.Header{}, "192.0.2.1"},
		"not a trusted one":   {"192.0.2.1:5", http.Header{"X-Forwarded-For": {"203.0.113.9"}}, "192.0.2.1"},
		"one that says it":    {"10.0.0.1:5", http.Header{"X-Forwarded-For": {"203.0.113.9"}}, "203.0.113.9"},
		"one that says none":  {"10.0.0.1:5", http.Header{}, "10.0.0.1"},
		"a client that lies":  {"10.0.0.1:5", http.Header{"X-Forwarded-For": {"198.51.100.7, 203.0.113.9"}}, "203.0.113.9"},
		"lies in a line":      {"10.0.0.1:5", http.Header{"X-Forwarded-For": {"198.51.100.7", "203.0.113.9"}}, "203.0.113.9"},
		"two proxies":         {"10.0.0.1:5", http.Header{"X-Forwarded-For": {"198.51.100.7, 203.0.113.9, 10.0.0.2"}}, "203.0.113.9"},
		"a request of theirs": {"10.0.0.1:5", http.Header{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
		"nonsense":            {"10.0.0.1:5", http.Header{"X-Forwarded-For": {"203.0.113.9, unknown"}}, "10.0.0.1"},
		"with a port":         {"10.0.0.1:5", http.Header{"X-Forwarded-For": {"203.0.113.9:77"}}, "203.0.113.9"},
		"mapped":              {"[::ffff:10.0.0.1]:5", http.Header{"X-Forwarded-For": {"::ffff:203.0.113.9"}}, "203.0.113.9"},
		"Forwarded": {"10.0.0.1:5", http.Header{"Forwarded": {`for=198.51.100.7;proto=https, For="[2001:db8::17]:47"`}},
			"2001:db8::17"},
		"Forwarded, hidden": {"10.0.0.1:5", http.Header{"Forwarded": {"for=203.0.113.9, for=_hidden"}}, "10.0.0.1"},
		"Forwarded, quoted": {"[::1]:5", http.Header{"Forwarded": {`for="a, for=203.0.113.9;by=10.0.0.1`}}, "203.0.113.9"},
		"both, alike": {"10.0.0.1:5", http.Header{"X-Forwarded-For": {"203.0.113.9"}, "Forwarded": {"for=203.0.113.9"}},
			"203.0.113.9"},
		"both, a lie": {"10.0.0.1:5", http.Header{"X-Forwarded-For": {"203.0.113.9"}, "Forwarded": {"for=198.51.100.7"}},
			"10.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := trusted.clientOf(&http.Request{RemoteAddr: c.remote, Header: c.header})
			if got.String() != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	for address, want := range map[string]string{"203.0.113.9": "203.0.113.9", "2001:db8::17": "2001:db8::/64"} {
		if got := ClientName(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s counts as %s, want %s", address, got, want)
		}
	}
}
