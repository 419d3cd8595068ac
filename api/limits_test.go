package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/headwater-project/headwater/api"
)

// TestRate: each client has a rate of its own, and headers that say what is left of it and when to go on.
func TestRate(t *testing.T) {
	t.Parallel()
	s := startWith(t, api.Options{Limits: api.Limits{Rate: 0.01, Burst: 3}})
	_, _, admin := s.call("POST", "/v1/keys", `{"name": "a", "scopes": ["admin"]}`) // counts against the address
	key := []string{"Authorization", "Bearer " + admin["token"].(string)}
	for i, want := range []struct {
		status    int
		remaining string
	}{{200, `"client";r=2;t=100`}, {200, `"client";r=1;t=200`}, {200, `"client";r=0;t=300`}, {429, `"client";r=0;t=300`}} {
		status, header, answer := s.call("GET", "/v1/sources", "", key...)
		if status != want.status || header.Get("RateLimit") != want.remaining || header.Get("RateLimit-Policy") != `"client";q=3;w=300` {
			t.Errorf("%d: %d %v %v", i, status, header, answer)
		}
		if (status == http.StatusTooManyRequests) != (header.Get("Retry-After") == "100") {
			t.Errorf("%d: Retry-After %q", i, header.Get("Retry-After"))
		}
	}
	wrong := []string{"Authorization", "Bearer guess"}
	for i, want := range []int{401, 401, 429, 429} { // guesses count against the address, which has used one
		if status, _, answer := s.call("GET", "/v1/sources", "", wrong...); status != want {
			t.Errorf("guess %d: %d %v", i, status, answer)
		}
	}
	if status, _, _ := s.call("GET", "/healthz", ""); status != http.StatusNoContent {
		t.Errorf("health: %d", status)
	}
}

// TestRateOfGuesses: who guesses keys or sessions where everybody may ask who they are is told no more once the rate is used up; who
// has a key, and who asks without one, is.
func TestRateOfGuesses(t *testing.T) {
	t.Parallel()
	s := startWith(t, api.Options{PublicRead: true, Limits: api.Limits{Rate: 0.01, Burst: 3}})
	_, _, admin := s.call("POST", "/v1/keys", `{"name": "a", "scopes": ["admin"]}`) // counts against the address
	for i, guess := range [][]string{{"Authorization", "Bearer guess"}, {"Cookie", "headwater-session=guess"},
		{"Authorization", "Bearer guess"}, {"Cookie", "headwater-session=guess"}} {
		status, header, answer := s.call("GET", "/v1/session", "", guess...)
		want := []int{200, 200, 429, 429}[i]
		if status != want || (want == http.StatusTooManyRequests) != (header.Get("Retry-After") == "100") {
			t.Errorf("guess %d: %d %v %v", i, status, header, answer)
		}
	}
	for range 5 {
		status, _, answer := s.call("GET", "/v1/session", "", "Authorization", "Bearer "+admin["token"].(string))
		if status != http.StatusOK || answer["signed_in"] != true {
			t.Errorf("%d %v", status, answer)
		}
	}
	if status, _, answer := s.call("GET", "/v1/session", ""); status != http.StatusOK || answer["signed_in"] != false {
		t.Errorf("%d %v", status, answer)
	}
}

// TestRateOfEndedSessions: ending what is no session is a guess as well; to end one that is takes none of the rate.
func TestRateOfEndedSessions(t *testing.T) {
	t.Parallel()
	s := startWith(t, api.Options{PublicRead: true, Limits: api.Limits{Rate: 0.01, Burst: 3}})
	_, _, admin := s.call("POST", "/v1/keys", `{"name": "a", "scopes": ["admin"]}`) // counts against the address
	_, header, _ := s.call("POST", "/v1/session", "", "Authorization", "Bearer "+admin["token"].(string))
	session, _, _ := strings.Cut(header.Get("Set-Cookie"), ";")
	for i, c := range []struct {
		cookie string
		want   int
	}{{"", 204}, {"headwater-session=guess", 204}, {"headwater-session=guess", 204}, {"headwater-session=guess", 429}, {session, 204},
		{"", 204}, {session, 429}} {
		status, header, answer := s.call("DELETE", "/v1/session", "", "Cookie", c.cookie)
		if status != c.want || (c.want == http.StatusTooManyRequests) != (header.Get("Retry-After") == "100") {
			t.Errorf("%d: %d %v %v", i, status, header, answer)
		}
	}
}

// TestOpenOperationsAreBounded: what needs no key ends in time too where the database does not answer.
func TestOpenOperationsAreBounded(t *testing.T) {
	t.Parallel()
	opened, other := openBeside(t, 4)
	s := serve(t, validated(t, api.New(opened, api.Options{Limits: api.Limits{Request: time.Second}})))
	const lock = `DO $$ DECLARE name text; BEGIN
		FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() LOOP
			EXECUTE 'LOCK TABLE ' || name || ' IN ACCESS EXCLUSIVE MODE';
		END LOOP; END $$`
	if _, err := other.Exec(t.Context(), "BEGIN; "+lock); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, path string }{{"GET", "/readyz"}, {"GET", "/v1/session"}, {"DELETE", "/v1/session"}} {
		status, _, answer := s.call(c.method, c.path, "", "Cookie", "headwater-session=guess")
		if status != http.StatusServiceUnavailable && status != http.StatusGatewayTimeout {
			t.Errorf("%s %s: %d %v", c.method, c.path, status, answer)
		}
	}
}

// TestWorkIsBounded: a request that waits too long for the database is ended, and one beyond the limit of concurrent requests
// is refused at once.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	opened, other := openBeside(t, 4)
	s := serve(t, validated(t, api.New(opened, api.Options{Limits: api.Limits{Concurrent: 1, Request: 3 * time.Second}})))
	if _, err := other.Exec(t.Context(), "BEGIN; LOCK TABLE sources IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	first := make(chan int)
	go func() {
		status, _, _ := s.call("GET", "/v1/sources", "")
		first <- status
	}()
	for waiting := 0; waiting == 0; {
		if err := other.QueryRow(t.Context(),
			"SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'sources'::regclass").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if status, header, answer := s.call("GET", "/v1/claims", ""); status != http.StatusServiceUnavailable ||
		header.Get("Retry-After") == "" {
		t.Errorf("while the service is at work: %d %v %v", status, header, answer)
	}
	if status := <-first; status != http.StatusServiceUnavailable {
		t.Errorf("after its time: %d", status)
	}
	if err := other.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, _, answer := s.call("GET", "/v1/sources", ""); status != http.StatusOK {
		t.Errorf("afterwards: %d %v", status, answer)
	}
}

// startUnvalidated runs a service without response validation, for tests that use its connections themselves.
func startUnvalidated(t *testing.T, options api.Options) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(api.New(open(t), options))
	t.Cleanup(server.Close)
	return server
}

func dial(t *testing.T, server *httptest.Server, request string) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	if _, err := io.WriteString(connection, strings.ReplaceAll(request, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	return connection
}

// TestSlowClients: a client that stops sending gets 408, and one that stops reading is cut off.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	const some = 2 * time.Second // so that a key is looked up in it on a busy machine
	server := startUnvalidated(t, api.Options{Limits: api.Limits{Request: some, Stall: some}})
	patient := startUnvalidated(t, api.Options{Limits: api.Limits{Stall: some}})
	for name, request := range map[string]string{
		"an import": "POST /v1/imports HTTP/1.1\nHost: localhost\nContent-Type: application/x-ndjson\nContent-Length: 100\n\n{",
		"a body":    "POST /v1/sources HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 100\n\n{",
		"a key":     "POST /v1/keys HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 100\n\n{",
		"a patch": "PATCH /v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d HTTP/1.1\nHost: localhost\nIf-Match: *\nContent-Type: " +
			"application/merge-patch+json\nContent-Length: 100\n\n{",
		"questions": "POST /v1/analyses HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 100\n\n{",
		"once": "POST /v1/sources HTTP/1.1\nHost: localhost\nIdempotency-Key: a\nContent-Type: application/json\nContent-Length: " +
			"100\n\n{",
	} {
		for limit, server := range map[string]*httptest.Server{"in all": server, "at once": patient} {
			t.Run(name+" "+limit, func(t *testing.T) {
				t.Parallel()
				connection := dial(t, server, request)
				// longer than the limits, shorter than any other timeout
				if err := connection.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
					t.Fatal(err)
				}
				answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer answer.Body.Close()
				text, err := io.ReadAll(answer.Body)
				if err != nil || answer.StatusCode != http.StatusRequestTimeout || !bytes.Contains(text, []byte("request_timeout")) {
					t.Errorf("%d %s %v", answer.StatusCode, text, err)
				}
			})
		}
	}
	const ample = 8 * time.Second // so that half of it is time to answer on a busy machine
	unread := map[string]*httptest.Server{
		"in all":  startUnvalidated(t, api.Options{Limits: api.Limits{Request: ample, Stall: ample}}),
		"at once": startUnvalidated(t, api.Options{Limits: api.Limits{Stall: ample}}),
	}
	for _, server := range unread {
		load(t, server, 3)
	}
	for name, c := range map[string]struct {
		request string
		want    int
	}{
		"a list":    {"GET /v1/sources HTTP/1.1\nHost: localhost\nContent-Length: 1\n\n", 200},
		"an export": {"GET /v1/exports HTTP/1.1\nHost: localhost\nContent-Length: 1\n\n", 200},
		"no path":   {"POST /none HTTP/1.1\nHost: localhost\nContent-Length: 10\n\n", 404},
		"health":    {"GET /healthz HTTP/1.1\nHost: localhost\nContent-Length: 10\n\n", 204},
		"no body wanted": {"POST /v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/retract HTTP/1.1\nHost: localhost\nIf-Match: " +
			"*\nContent-Length: 10\n\n", 404},
		"no body, once": {"POST /v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d/retract HTTP/1.1\nHost: localhost\nIf-Match: " +
			"*\nIdempotency-Key: b\nContent-Length: 10\n\n", 404},
		"a compressed body": {"POST /v1/sources HTTP/1.1\nHost: localhost\nContent-Encoding: gzip\nContent-Type: " +
			"application/json\nContent-Length: 10\n\n", 415},
		"compressed, hidden": {"POST /v1/sources HTTP/1.1\nHost: localhost\nContent-Encoding: identity\nContent-Encoding: " +
			"gzip\nContent-Type: application/json\nContent-Length: 10\n\n", 415},
	} {
		for limit, server := range unread {
			t.Run("a body that nobody reads: "+name+" "+limit, func(t *testing.T) {
				t.Parallel()
				connection := dial(t, server, c.request)
				if err := connection.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
					t.Fatal(err)
				}
				answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if answer.StatusCode != c.want {
					t.Errorf("%s instead of %d", answer.Status, c.want)
				}
			})
		}
	}
	t.Run("a taker", func(t *testing.T) {
		t.Parallel()
		load(t, server, 3_000)
		connection := dial(t, server, "GET /v1/exports HTTP/1.1\nHost: localhost\n\n")
		time.Sleep(2 * some) // longer than the service waits
		if text, err := io.ReadAll(connection); err == nil && bytes.HasSuffix(text, []byte("\r\n0\r\n\r\n")) {
			t.Errorf("all %d bytes were sent to who took none", len(text))
		}
	})
}

// load imports sources with long notes.
func load(t *testing.T, server *httptest.Server, sources int) {
	t.Helper()
	var bundle strings.Builder
	bundle.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://load.example/"}` + "\n")
	for i := range sources {
		fmt.Fprintf(&bundle, `{"type":"source","key":"s%d","kind":"outlet","name":"S%d","notes":"%s"}`+"\n", i, i,
			strings.Repeat("ملاحظة ", 1000))
	}
	answer, err := http.Post(server.URL+"/v1/imports", "application/x-ndjson", strings.NewReader(bundle.String()))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
}

// TestSizes: bodies that are too large or too deep are refused, and nothing of them is stored.
func TestSizes(t *testing.T) {
	t.Parallel()
	s := startWith(t, api.Options{Limits: api.Limits{ImportBytes: 1000}})
	for _, c := range []struct {
		name, path, body, media string
		want                    int
	}{
		{"an import of few bytes", "/v1/imports", `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}`,
			"application/x-ndjson", 200},
		{"an import of many bytes", "/v1/imports",
			`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}` + strings.Repeat("\n",
				1000), "application/x-ndjson", 413},
		{"a large source", "/v1/sources", `{"kind": "outlet", "name": "` + strings.Repeat("a", 17<<20) + `"}`, "application/json", 413},
		{"large questions", "/v1/analyses", `{"claims": ["` + strings.Repeat("a", 17<<20) + `"]}`, "application/json", 413},
		{"a deep source", "/v1/sources", `{"kind": "outlet", "name": "a", "names": ` + strings.Repeat(`{"a":`,
			20_000) + "1" + strings.Repeat("}", 20_001), "application/json", 400},
		{"deep lists", "/v1/analyses", `{"claims": ` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}", "application/json",
			400},
		{"long lists", "/v1/sources", `{"kind": "outlet", "name": "a", "aliases": [` + strings.Repeat(`"a",`, 201) + `"a"]}`,
			"application/json", 422},
	} {
		status, _, answer := s.call("POST", c.path, c.body, "Content-Type", c.media)
		if status != c.want {
			t.Errorf("%s: %d %.500v", c.name, status, answer)
		}
	}
	if kept := s.items("/v1/sources"); len(kept) > 0 {
		t.Errorf("kept %v", kept)
	}
}

// TestSizesWithIdempotencyKey: the limit holds also with an Idempotency-Key, and a body that no operation reads is ignored.
func TestSizesWithIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := start(t)
	large := `{"kind": "outlet", "name": "` + strings.Repeat("a", 17<<20) + `"}`
	if status, _, answer := s.call("POST", "/v1/sources", large, "Idempotency-Key", "large"); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large source: %d %v", status, answer["detail"])
	}
	s.importText(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/local"}
{"type":"source","key":"gazette","kind":"outlet","name":"The Gazette"}
`)
	if status, _, answer := s.call("POST", "/v1/sources/"+s.idOf("sources", "gazette")+"/retract", `{"name": "no"}`, "Idempotency-Key",
		"retract", "If-Match", "*"); status != http.StatusOK {
		t.Errorf("a body that is not asked for: %d %v", status, answer["detail"])
	}
}

// TestMethods: HEAD is GET without the body, and OPTIONS lists the methods of a path.
func TestMethods(t *testing.T) {
	t.Parallel()
	server := startUnvalidated(t, api.Options{Limits: api.DefaultLimits})
	for _, c := range []struct {
		method, path string
		status       int
		header       map[string]string
	}{
		{"GET", "/v1/sources", 200, map[string]string{"Content-Type": "application/json", "Allow": ""}},
		{"HEAD", "/v1/sources", 200, map[string]string{"Content-Type": "application/json"}},
		{"HEAD", "/v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d", 404, map[string]string{"Content-Type": "application/problem+json"}},
		{"OPTIONS", "/v1/sources", 204, map[string]string{"Allow": "GET, HEAD, POST, OPTIONS", "Content-Type": "",
			"X-Content-Type-Options": ""}},
		{"OPTIONS", "/v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d", 204, map[string]string{"Allow": "GET, HEAD, PATCH, PUT, OPTIONS"}},
		{"OPTIONS", "/nowhere", 404, nil},
		{"DELETE", "/v1/sources", 405, map[string]string{"Allow": "GET, HEAD, POST", "Content-Type": "application/problem+json"}},
	} {
		request, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != c.status || answer.Header.Get("X-Request-Id") == "" || len(body) > 0 && c.method == "HEAD" {
			t.Errorf("%s %s: %s %q %v", c.method, c.path, answer.Status, body, err)
		}
		for name, want := range c.header {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", c.method, c.path, name, got, want)
			}
		}
	}
}

// TestOrigins: only pages of the origins that were named may call the service.
func TestOrigins(t *testing.T) {
	t.Parallel()
	preflight := map[string]string{"Origin": "https://desk.example", "Access-Control-Request-Method": "PATCH",
		"Access-Control-Request-Headers": "authorization,if-match"}
	for name, c := range map[string]struct {
		named   []string
		origin  string
		allowed bool
	}{
		"none named":    {nil, "https://desk.example", false},
		"named":         {[]string{"https://desk.example"}, "https://desk.example", true},
		"another named": {[]string{"https://desk.example"}, "https://other.example", false},
		"all":           {[]string{"*"}, "https://other.example", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startUnvalidated(t, api.Options{Origins: c.named})
			for _, method := range []string{"GET", "OPTIONS"} {
				request, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/v1/sources", nil)
				if err != nil {
					t.Fatal(err)
				}
				for header, value := range preflight {
					request.Header.Set(header, value)
				}
				request.Header.Set("Origin", c.origin)
				answer, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if allowed := answer.Header.Get("Access-Control-Allow-Origin") != ""; allowed != c.allowed {
					t.Errorf("%s: %s %v", method, answer.Status, answer.Header)
				}
				if exposed := answer.Header.Get("Access-Control-Expose-Headers"); method == "GET" && c.allowed &&
					!strings.Contains(strings.ToLower(exposed), "etag") {
					t.Errorf("exposed: %q", exposed)
				}
			}
		})
	}
}

// TestCompression: a large response comes in gzip where the client accepts it, and holds the same.
func TestCompression(t *testing.T) {
	t.Parallel()
	server := startUnvalidated(t, api.Options{})
	load(t, server, 3)
	get := func(path, encoding string, headers ...string) (int, http.Header, []byte) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Encoding", encoding)
		for i := 0; i < len(headers); i += 2 {
			request.Header.Set(headers[i], headers[i+1])
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, answer.Header, text
	}
	for _, path := range []string{"/v1/sources", "/v1/exports", "/openapi.json"} {
		_, plain, text := get(path, "identity")
		_, small, packed := get(path, "gzip")
		if plain.Get("Content-Encoding") != "" || small.Get("Content-Encoding") != "gzip" || len(packed) > len(text)/2 {
			t.Fatalf("%s: %v %v, %d of %d bytes", path, plain, small, len(packed), len(text))
		}
		reader, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		if unpacked, err := io.ReadAll(reader); err != nil || !bytes.Equal(unpacked, text) {
			t.Errorf("%s says something else in gzip (%v)", path, err)
		}
		if tag := small.Get("ETag"); tag != "" {
			if status, _, _ := get(path, "gzip", "If-None-Match", tag); status != http.StatusNotModified {
				t.Errorf("%s with %s: %d", path, tag, status)
			}
		}
	}
	if _, tiny, _ := get("/v1/claims", "gzip"); tiny.Get("Content-Encoding") != "" {
		t.Error("a tiny answer was compressed")
	}
}

// TestTraceparent: log lines of a request have the trace id of its Traceparent header.
func TestTraceparent(t *testing.T) {
	logged := captureLog(t)
	server := startUnvalidated(t, api.Options{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/sources", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	server.Close() // which waits until the request is logged
	if !strings.Contains(logged.String(), `"trace_id":"0af7651916cd43dd8448eb211c80319c"`) {
		t.Errorf("logged %s", logged)
	}
}
