package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/interchange"
)

// TestMediaTypesInAnyCase: every operation reads a body of each media type that it takes, in whatever letters the type is written
// (RFC 9110, section 8.3.1), and with a charset or without.
func TestMediaTypesInAnyCase(t *testing.T) {
	t.Parallel()
	s := serve(t, api.New(open(t), api.Options{}))
	s.importFile("../testdata/demo.ndjson")
	const broken = "[" // so that nothing is changed
	tried := 0
	expect := func(method, path, media, body string) {
		t.Helper()
		tried++
		answers := map[string]bool{}
		for _, written := range []string{media, strings.ToUpper(media), strings.ToUpper(media[:4]) + media[4:] + "; Charset=UTF-8",
			media + " ;CHARSET=utf-8"} {
			status, _, answer := s.call(method, path, body, "Content-Type", written, "If-Match", "*")
			if status == http.StatusUnsupportedMediaType {
				t.Errorf("%s %s takes no %s: %v", method, path, written, answer)
			}
			delete(answer, "request_id")
			answers[fmt.Sprint(status, answer)] = true
		}
		if len(answers) != 1 {
			t.Errorf("%s %s answers %s otherwise in other letters: %v", method, path, media, answers)
		}
	}
	document, err := model()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range operations(t) {
		described := document.Model.Paths.PathItems.GetOrZero(o.path).GetOperations().GetOrZero(strings.ToLower(o.method))
		if described.RequestBody == nil || o.id == "importBundle" {
			continue
		}
		for media := range described.RequestBody.Content.KeysFromOldest() {
			expect(o.method, s.pathOf(o.path), media, broken)
		}
	}
	for _, name := range interchange.Format("").Values() {
		format := interchange.Format(name)
		options := map[interchange.Format]string{interchange.CSV: "&of=sources", interchange.TrustText: "&set=domains%3Da.example"}[format]
		for _, media := range format.MediaTypes() {
			body := broken
			switch { // of nothing
			case media == interchange.WebPage:
				body = "<html></html>"
			case strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "/json"):
				body = "[]"
			}
			expect("POST", "/v1/imports?format="+string(format)+options, media, body)
			if interchange.FormatOf(media) == format {
				expect("POST", "/v1/imports?keep_going="+fmt.Sprint(format != interchange.Bundle)+options, media, body)
			}
		}
	}
	if tried < 50 {
		t.Errorf("%d media types of operations were tried", tried)
	}
}

// TestOtherMediaTypes: what would be read as JSON in UTF-8 and is said to be something else is refused.
func TestOtherMediaTypes(t *testing.T) {
	t.Parallel()
	s := start(t)
	const body = `{"kind": "outlet", "name": "The Paper"}`
	for media, want := range map[string]int{
		"application/json; charset=utf-16": http.StatusUnsupportedMediaType,
		"application/merge-patch+json":     http.StatusUnsupportedMediaType,
		"application/problem+json":         http.StatusUnsupportedMediaType,
		"application/json; charset=UTF-8":  http.StatusCreated,
	} {
		if status, _, answer := s.call("POST", "/v1/sources", body, "Content-Type", media); status != want {
			t.Errorf("%s: %d %v", media, status, answer)
		}
	}
	if status, _, answer := s.call("POST", "/v1/analyses", reprintedClaim(2), "Content-Type",
		"application/x-ndjson; charset=utf-16"); status != http.StatusUnsupportedMediaType {
		t.Errorf("lines in UTF-16: %d %v", status, answer)
	}
}

// TestAcceptInAnyCase: so are the media types that a client takes.
func TestAcceptInAnyCase(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile("../testdata/demo.ndjson")
	claim := s.items("/v1/claims?limit=1")[0].(map[string]any)["id"].(string)
	for _, c := range []struct{ path, accept, want string }{
		{"/v1/claims/" + claim + "/provenance", "Text/Vnd.Mermaid", "text/vnd.mermaid"},
		{"/v1/claims/" + claim + "/provenance", "APPLICATION/JSON;Q=0.1, TEXT/VND.GRAPHVIZ;Q=0.9", "text/vnd.graphviz"},
		{"/v1/exports?of=relations", "TEXT/CSV;Q=0.9", "text/csv"},
		{"/v1/exports", "Application/LD+JSON", "application/ld+json"},
		{"/v1/sources", "Application/JSON", "application/json"},
	} {
		status, header, text := s.send("GET", c.path, "", "Accept", c.accept)
		if got := header.Get("Content-Type"); status != http.StatusOK || got != c.want {
			t.Errorf("%s as %s: %d %s %.200s", c.path, c.accept, status, got, text)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/v1/claims/"+claim+"/provenance", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header["Accept"] = []string{"image/png", "text/vnd.mermaid"}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if got := answer.Header.Values("Content-Type"); !slices.Equal(got, []string{"text/vnd.mermaid"}) {
		t.Errorf("what is accepted in two lines: %v", got)
	}
}
