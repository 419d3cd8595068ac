package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
)

// TestDocumentationNeedsNoNetwork: everything that the page loads comes from the service itself.
func TestDocumentationNeedsNoNetwork(t *testing.T) {
	t.Parallel()
	s := start(t)
	status, header, page := s.text("/docs")
	if policy := header.Get("Content-Security-Policy"); status != http.StatusOK || !strings.Contains(policy, "default-src 'self'") ||
		regexp.MustCompile(`unsafe|\*|//`).MatchString(policy) {
		t.Fatalf("%d %v", status, header)
	}
	if regexp.MustCompile(`<script>|<style|style=|\son\w+=`).MatchString(page) {
		t.Errorf("the policy forbids what is within the page:\n%s", page)
	}
	_, _, start := s.text("/docs/start.js")
	base, err := url.Parse(s.url + "/docs/") // of what the page says, and of what its script asks for
	if err != nil {
		t.Fatal(err)
	}
	loaded := regexp.MustCompile(`(?:src=|href=|url: )"([^"]+)"`).FindAllStringSubmatch(page+start, -1)
	if len(loaded) != 5 {
		t.Errorf("the page loads %v", loaded)
	}
	for _, match := range loaded {
		address, err := base.Parse(match[1])
		if err != nil || address.Host != base.Host || strings.HasPrefix(match[1], "/") {
			t.Errorf("%s is not the service's, or not behind a prefix (%v)", match[1], err)
			continue
		}
		if status, _, _ := s.text(address.Path); status != http.StatusOK {
			t.Errorf("%s: %d", match[1], status)
		}
	}
	if status, header, _ := s.call("GET", "/docs/none", ""); status != http.StatusNotFound ||
		header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("what the page does not load: %d %v", status, header)
	}
}

func TestTheServedDocumentsAreTheCommittedOnes(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, file := range map[string]string{"/openapi.json": "../openapi/openapi.json",
		"/openapi-3.0.json": "../openapi/openapi-3.0.json"} {
		status, _, served := s.text(path)
		committed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if status != http.StatusOK || compact(t, served) != compact(t, string(committed)) {
			t.Errorf("%s (%d) is not %s", path, status, file)
		}
	}
	status, _, served := s.text("/openapi.yaml")
	asYAML, err := libopenapi.NewDocument([]byte(served))
	if status != http.StatusOK || err != nil {
		t.Fatalf("/openapi.yaml: %d %v", status, err)
	}
	asJSON, err := document()
	if err != nil {
		t.Fatal(err)
	}
	if changes, err := libopenapi.CompareDocuments(asJSON, asYAML); err != nil || changes != nil {
		t.Errorf("/openapi.yaml differs: %v %v", changes, err)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s := start(t)
	made := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	for name, test := range map[string]struct{ path, given, want string }{
		"a client's own":          {"/v1/claims", "desk-7.A_1", "desk-7.A_1"},
		"none":                    {"/v1/claims", "", ""},
		"a strange one":           {"/v1/claims", "a b<c>", ""},
		"a long one":              {"/v1/claims", strings.Repeat("a", 129), ""},
		"in a problem":            {"/v1/claims/none", "mine", "mine"},
		"in a problem of the mux": {"/nowhere", "mine", "mine"},
		"beside the document":     {"/metrics", "mine", "mine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			headers := []string{}
			if test.given != "" {
				headers = []string{"X-Request-Id", test.given}
			}
			status, header, answer := s.call("GET", test.path, "", headers...)
			id := header.Get("X-Request-Id")
			if id != test.want && (test.want != "" || !made.MatchString(id)) {
				t.Errorf("got %q, want %q", id, test.want)
			}
			if status >= 400 && answer["request_id"] != id {
				t.Errorf("the problem has %v, the answer %s", answer["request_id"], id)
			}
		})
	}
}

// TestMetrics: requests are counted by operation; values that clients make up never become labels.
func TestMetrics(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.text("/v1/claims")
	s.text("/v1/claims/none")
	s.text("/made-up")
	s.call("BREW", "/v1/claims", "")
	_, _, measures := s.text("/metrics")
	for _, line := range []string{
		`headwater_http_requests_total{method="GET",operation="listClaims",status="200"} 1`,
		`headwater_http_requests_total{method="GET",operation="getClaim",status="422"} 1`,
		`headwater_http_requests_total{method="GET",operation="",status="404"} 1`,
		`headwater_http_requests_total{method="other",operation="",status="405"} 1`,
		`headwater_http_request_duration_seconds_count{operation="listClaims"} 1`, "headwater_db_connections_max 4", "go_goroutines",
	} {
		if !strings.Contains(measures, line) {
			t.Errorf("%s is not in\n%s", line, measures)
		}
	}
	if strings.Contains(measures, "made-up") || strings.Contains(measures, "BREW") {
		t.Error("what a client made up is in the measures")
	}
}

// TestBadBundlesOverHTTP: each is refused with its line, and nothing of it is stored.
func TestBadBundlesOverHTTP(t *testing.T) {
	t.Parallel()
	s := start(t)
	const header = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}` + "\n"
	const source = `{"type":"source","key":"a","kind":"outlet","name":"A"}` + "\n"
	for name, test := range map[string]struct {
		bundle string
		says   []string
	}{
		"a 40 MB line": {header + source + `{"type":"source","key":"b","kind":"outlet","name":"` + strings.Repeat("x", 40<<20) + `"}`,
			[]string{`"line":3`}},
		"cut in the middle": {header + source + `{"type":"source","key":"b","kind":"outl`, []string{`"line":3`}},
		"not UTF-8": {header + source + "{\"type\":\"source\",\"key\":\"b\",\"kind\":\"outlet\",\"name\":\"\xff\"}",
			[]string{`"line":3`}},
		"a NUL character": {header + source + `{"type":"source","key":"b","kind":"outlet","name":"a\u0000b"}`,
			[]string{`"line":3`, "/name"}},
		"an unknown field": {header + source + `{"type":"source","key":"b","kind":"outlet","name":"B","colour":"red"}`,
			[]string{`"line":3`, "/colour", "unknown_field"}},
		"no header": {source, []string{`"line":1`}},
		"nothing":   {"", []string{"headwater-bundle/1"}},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/imports", strings.NewReader(test.bundle))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/x-ndjson")
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			text := read(t, response)
			if response.StatusCode != http.StatusUnprocessableEntity || response.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %.500s", response.StatusCode, text)
			}
			for _, said := range test.says {
				if !strings.Contains(text, said) {
					t.Errorf("%q is not in %.500s", said, text)
				}
			}
		})
	}
	if sources := s.items("/v1/sources"); len(sources) != 0 {
		t.Errorf("kept: %v", sources)
	}
}

// TestBadRequests: errors of HTTP itself are problems too, and change nothing.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	s := start(t)
	status, _, source := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "A"}`)
	if status != http.StatusCreated {
		t.Fatal(status, source)
	}
	one := "/v1/sources/" + source["id"].(string)
	number := func(value string) string {
		return `{"statement": {"en": "x"}, "quantities": [{"value": ` + value + `, "unit": "u", "comparator": "="}]}`
	}
	for name, test := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
	}{
		"broken JSON":        {"POST", "/v1/sources", `{"kind":`, nil, 400},
		"another media type": {"POST", "/v1/sources", "kind: outlet", []string{"Content-Type", "application/yaml"}, 415},
		"a packed body":      {"POST", "/v1/sources", "\x1f\x8b\x08", []string{"Content-Encoding", "gzip"}, 415},
		"a packed bundle": {"POST", "/v1/imports", "\x1f\x8b\x08",
			[]string{"Content-Type", "application/x-ndjson", "Content-Encoding", "zstd"}, 415},
		"a packed patch": {"PATCH", one, "\x1f\x8b\x08",
			[]string{"Content-Type", "application/merge-patch+json", "If-Match", "*", "Content-Encoding", "gzip"}, 415},
		"not a bundle's type":    {"POST", "/v1/imports", `{"type":"bundle"}`, nil, 415},
		"no body":                {"POST", "/v1/sources", "", nil, 400},
		"not UTF-8":              {"POST", "/v1/sources", "{\"kind\": \"outlet\", \"name\": \"\xff\"}", nil, 400},
		"a NUL character":        {"POST", "/v1/sources", `{"kind": "outlet", "name": "\u0000"}`, nil, 422},
		"half a character":       {"POST", "/v1/sources", `{"kind": "outlet", "name": "\ud83d"}`, nil, 400},
		"a field twice":          {"POST", "/v1/sources", `{"kind": "outlet", "name": "A", "name": "B"}`, nil, 400},
		"a field in capitals":    {"POST", "/v1/sources", `{"kind": "outlet", "name": "A", "Notes": "x"}`, nil, 422},
		"an unknown field":       {"POST", "/v1/sources", `{"kind": "outlet", "name": "A", "colour": "red"}`, nil, 422},
		"an unknown parameter":   {"GET", "/v1/sources?colour=red", "", nil, 422},
		"a number of 41 digits":  {"POST", "/v1/claims", number("1" + strings.Repeat("0", 40)), nil, 422},
		"a number beyond floats": {"POST", "/v1/claims", number("1e400"), nil, 400},
		"a NUL in the path":      {"GET", "/v1/feeds/a%00b", "", nil, 400},
		"a NUL parameter":        {"GET", "/v1/sources?domain=a%00", "", nil, 400},
		"a parameter of bytes":   {"GET", "/v1/sources?key=%ff", "", nil, 400},
		"half a percent sign":    {"GET", "/v1/sources?kind=%zz", "", nil, 400},
		"a reason of bytes": {"PUT", one, `{"kind": "outlet", "name": "B"}`, []string{"If-Match", "*", "X-Change-Reason", "\xff"},
			400},
		"a forged cursor":        {"GET", "/v1/sources?cursor=eyJ2IjpbIjEiXX0", "", nil, 422},
		"a limit of 0":           {"GET", "/v1/sources?limit=0", "", nil, 422},
		"no version":             {"PUT", one, `{"kind": "outlet", "name": "B"}`, nil, 428},
		"an outdated version":    {"PUT", one, `{"kind": "outlet", "name": "B"}`, []string{"If-Match", `"7"`}, 412},
		"a version that is none": {"PUT", one, `{"kind": "outlet", "name": "B"}`, []string{"If-Match", `seven`}, 412},
		"a big body":             {"POST", "/v1/sources", `{"kind": "outlet", "name": "` + strings.Repeat("x", 17<<20) + `"}`, nil, 413},
		"no such path":           {"GET", "/v2/sources", "", nil, 404},
		"no such method":         {"DELETE", one, "", nil, 405},
	} {
		t.Run(name, func(t *testing.T) {
			status, header, answer := s.call(test.method, test.path, test.body, test.headers...)
			if body := fmt.Sprint(answer); strings.Contains(body, " Go ") || strings.Contains(body, "json:") {
				t.Errorf("it shows something internal: %s", body)
			}
			if status != test.status || header.Get("Content-Type") != "application/problem+json" || answer["type"] == nil ||
				answer["request_id"] != header.Get("X-Request-Id") {
				t.Errorf("%d %s %v, want %d", status, header.Get("Content-Type"), answer, test.status)
			}
		})
	}
	if _, header, now := s.call("GET", one, ""); header.Get("ETag") != `"1"` || now["name"] != "A" || len(s.items("/v1/sources")) != 1 ||
		len(s.items("/v1/claims")) != 0 {
		t.Errorf("changed: %v", now)
	}
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(t *testing.T, response *http.Response) string {
	t.Helper()
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
