package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/headwater-project/headwater/api"
)

// sendAs sends a request under a Host of its own, with exactly these headers.
func (s service) sendAs(method, path, host, body string, headers ...string) (int, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Host = host
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, read(s.t, response)
}

const (
	aKey    = `{"name": "mine now", "scopes": ["admin"]}`
	aSource = `{"kind": "outlet", "name": "The Gazette"}`
)

// TestForeignPages: what a web page of another site can make a browser send neither reads nor changes anything in a service
// without keys, so that no page can lock its owner out.
func TestForeignPages(t *testing.T) {
	t.Parallel()
	from := func(headers ...string) []string {
		return append([]string{"Content-Type", "application/json"}, headers...)
	}
	desk := []string{"https://desk.example"}
	const aRetraction = "/v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/retract"
	for name, c := range map[string]struct {
		origins, hosts           []string
		method, path, host, body string
		headers                  []string
		want                     int
	}{
		"a form's request":             {nil, nil, "POST", "/v1/keys", "127.0.0.1", aKey, nil, 415},
		"a form's text":                {nil, nil, "POST", "/v1/keys", "", aKey, []string{"Content-Type", "text/plain"}, 415},
		"an import without a type":     {nil, nil, "POST", "/v1/imports", "", `{"type":"bundle"}`, nil, 415},
		"an import named in the query": {nil, nil, "POST", "/v1/imports?format=bundle", "", `{"type":"bundle"}`, nil, 415},
		"questions without a type":     {nil, nil, "POST", "/v1/analyses", "", `{"claims": []}`, nil, 415},
		"another origin":               {nil, nil, "POST", "/v1/keys", "", aKey, from("Origin", "http://evil.example"), 403},
		"another port":                 {nil, nil, "POST", "/v1/keys", "", aKey, from("Origin", "http://localhost:1"), 403},
		"an opaque origin":             {nil, nil, "POST", "/v1/keys", "", aKey, from("Origin", "null"), 403},
		"another site":                 {nil, nil, "POST", "/v1/keys", "", aKey, from("Sec-Fetch-Site", "cross-site"), 403},
		"a change without a body":      {nil, nil, "POST", aRetraction, "", "", []string{"Origin", "http://evil.example"}, 403},
		"another name":                 {nil, nil, "POST", "/v1/keys", "evil.example", aKey, from(), 403},
		"another name of one origin":   {nil, nil, "POST", "/v1/keys", "evil.example", aKey, from("Origin", "http://evil.example"), 403},
		"a name that begins as ours":   {nil, nil, "GET", "/v1/sources", "localhost.evil.example", "", nil, 403},
		"another name reads":           {nil, nil, "GET", "/v1/sources", "evil.example:8080", "", nil, 403},
		"another name reads as Google": {nil, nil, "GET", "/v1alpha1/claims:search?query=a", "evil.example", "", nil, 403},
		"another name, and a key":      {nil, nil, "GET", "/v1/sources", "evil.example", "", []string{"Authorization", "Bearer a"}, 401},
		"where all origins may call":   {[]string{"*"}, nil, "POST", "/v1/keys", "", aKey, from("Origin", "http://evil.example"), 403},
		"another than the one named":   {desk, nil, "POST", "/v1/keys", "", aKey, from("Origin", "http://evil.example"), 403},
		"the origin that was named":    {desk, nil, "POST", "/v1/keys", "", aKey, from("Origin", "https://desk.example"), 201},
		"a program":                    {nil, nil, "POST", "/v1/keys", "", aKey, from(), 201},
		"a page of the service":        {nil, nil, "POST", "/v1/keys", "localhost:80", aKey, from("Origin", "http://localhost:80"), 201},
		"a page that reads":            {nil, nil, "GET", "/v1/sources", "", "", []string{"Origin", "http://evil.example"}, 200},
		"localhost":                    {nil, nil, "GET", "/v1/sources", "LOCALHOST", "", nil, 200},
		"version six":                  {nil, nil, "GET", "/v1/sources", "[::1]:80", "", nil, 200},
		"a name that is allowed":       {nil, []string{"desk.example"}, "GET", "/v1/sources", "desk.example:80", "", nil, 200},
		"a name beside the allowed":    {nil, []string{"desk.example"}, "GET", "/v1/sources", "evil.example", "", nil, 403},
		"health under another name":    {nil, nil, "GET", "/healthz", "evil.example", "", nil, 204},
		"no body, and no type":         {nil, nil, "POST", "/v1/keys", "", "", nil, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := service{t, startUnvalidated(t, api.Options{Origins: c.origins, Hosts: c.hosts}).URL}
			if status, text := s.sendAs(c.method, c.path, c.host, c.body, c.headers...); status != c.want {
				t.Errorf("%d instead of %d: %s", status, c.want, text)
			}
			if status, _, answer := s.call("GET", "/v1/keys", ""); c.want >= 400 && status != http.StatusOK {
				t.Errorf("the owner then gets %d %v", status, answer)
			}
		})
	}
}

// TestNamesWithKeys: once there are keys, the service answers under any name, since a key is asked for; and where all origins
// may call, their pages may change something with a key.
func TestNamesWithKeys(t *testing.T) {
	t.Parallel()
	s := service{t, startUnvalidated(t, api.Options{Origins: []string{"*"}}).URL}
	_, _, made := s.call("POST", "/v1/keys", aKey)
	key := []string{"Authorization", "Bearer " + made["token"].(string), "Content-Type", "application/json",
		"Origin", "https://other.example"}
	if status, text := s.sendAs("GET", "/v1/sources", "headwater.example", "", key...); status != http.StatusOK {
		t.Errorf("a read: %d %s", status, text)
	}
	if status, text := s.sendAs("POST", "/v1/sources", "headwater.example", aSource, key...); status != http.StatusCreated {
		t.Errorf("a change: %d %s", status, text)
	}
}

// TestForeignNamesReadNothingWithoutAKey: on its own machine, or where names are given, a service that everybody may read from is
// read by these names alone, since a web page can let its own name mean any address. A key opens it by any.
func TestForeignNamesReadNothingWithoutAKey(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		loopback bool
		hosts    []string
		host     string
		want     int
	}{
		"everywhere":             {false, nil, "evil.example", 200},
		"loopback":               {true, nil, "evil.example", 401},
		"loopback by its name":   {true, nil, "localhost:80", 200},
		"loopback behind a name": {true, []string{"desk.example"}, "desk.example", 200},
		"names are given":        {false, []string{"desk.example"}, "evil.example", 401},
		"a name that is given":   {false, []string{"desk.example"}, "desk.example", 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := service{t, startUnvalidated(t, api.Options{PublicRead: true, Loopback: c.loopback, Hosts: c.hosts}).URL}
			_, _, made := s.call("POST", "/v1/keys", aKey)
			if status, text := s.sendAs("GET", "/v1/sources", c.host, ""); status != c.want {
				t.Errorf("%d instead of %d: %s", status, c.want, text)
			}
			key := []string{"Authorization", "Bearer " + made["token"].(string)}
			if status, text := s.sendAs("GET", "/v1/sources", c.host, "", key...); status != http.StatusOK {
				t.Errorf("with a key: %d %s", status, text)
			}
			if status, text := s.sendAs("GET", "/metrics", c.host, ""); status != http.StatusUnauthorized {
				t.Errorf("measures: %d %s", status, text)
			}
		})
	}
	for host, want := range map[string]int{"evil.example": 403, "127.0.0.1:9000": 200} {
		recorded := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
		request.Host = host
		if api.MetricsHandler(prometheus.NewRegistry(), nil, true).ServeHTTP(recorded, request); recorded.Code != want {
			t.Errorf("measures at an address of their own, as %s: %d", host, recorded.Code)
		}
	}
}
