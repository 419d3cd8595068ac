package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store/storetest"
)

// assistantOf is an assistant's client, with what the protocol's own library gives.
type assistantOf struct{ *mcp.ClientSession }

func connectAssistant(t *testing.T, transport mcp.Transport) assistantOf {
	t.Helper()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return assistantOf{session}
}

// bearing sends each request with a key.
type bearing string

func (k bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(k))
	return http.DefaultTransport.RoundTrip(r)
}

func assistantAt(t *testing.T, url, key string) assistantOf {
	t.Helper()
	transport := &mcp.StreamableClientTransport{Endpoint: url + "/mcp", DisableStandaloneSSE: true}
	if key != "" {
		transport.HTTPClient = &http.Client{Transport: bearing(key)}
	}
	return connectAssistant(t, transport)
}

// call calls a tool and reads what it answers; failed says whether the answer is an error.
func (a assistantOf) call(t *testing.T, tool string, arguments any) (answer any, failed bool) {
	t.Helper()
	result, err := a.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	text := result.Content[0].(*mcp.TextContent).Text
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		answer = text
	}
	return answer, result.IsError
}

// must is call of a tool that answers without an error.
func (a assistantOf) must(t *testing.T, tool string, arguments any) any {
	t.Helper()
	answer, failed := a.call(t, tool, arguments)
	if failed {
		t.Fatalf("%s: %v", tool, answer)
	}
	return answer
}

// at gives a member deep within JSON.
func at(t *testing.T, of any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			members, _ := of.(map[string]any)
			of = members[step]
		case int:
			list, _ := of.([]any)
			if step >= len(list) {
				t.Fatalf("no %v of %d", path, len(list))
			}
			of = list[step]
		}
	}
	return of
}

func (s *service) json(t *testing.T, path string) (answer any) {
	t.Helper()
	status, body := s.get(t, path)
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
		t.Fatalf("GET %s: %d, %v in %s", path, status, err, body)
	}
	return answer
}

// demoService serves the demo's story.
func demoService(t *testing.T) (s *service, database string) {
	t.Helper()
	database = storetest.New(t)
	ok(t, "import", "--database-url", database, filepath.Join("..", "..", "testdata", "demo.ndjson"))
	return startService(t, "--database-url", database), database
}

// TestAssistantGetsTheFiguresOfTheAPI asks 20 questions about the demo by tools, and compares each answer with the service's own.
func TestAssistantGetsTheFiguresOfTheAPI(t *testing.T) {
	t.Parallel()
	s, _ := demoService(t)
	a := assistantAt(t, s.url, "")
	listed := s.json(t, "/v1/attributions?limit=100")
	first := at(t, listed, "items", 0)
	var claims []string
	for _, attribution := range at(t, listed, "items").([]any) {
		if id := at(t, attribution, "claim").(string); !slices.Contains(claims, id) {
			claims = append(claims, id)
		}
	}
	claim := func(i int) string { return claims[i] }
	document, source := at(t, first, "document").(string), at(t, first, "chain", 0, "source").(string)
	id := func(id string) map[string]any { return map[string]any{"id": id} }
	questions := []struct {
		tool      string
		arguments map[string]any
		path      string
		part      []any
	}{
		{"search_claims", map[string]any{"limit": 3}, "/v1/claims?limit=3&include=summary", nil},
		{"search_claims", map[string]any{"q": "explosion"}, "/v1/claims?q=explosion&include=summary", []any{"items"}},
		{"search_claims", map[string]any{"source": source, "limit": 2}, "/v1/claims?limit=2&include=summary&source=" + source, nil},
		{"search_sources", map[string]any{"q": "مرجان", "limit": 3}, "/v1/sources?limit=3&q=%D9%85%D8%B1%D8%AC%D8%A7%D9%86", nil},
		{"search_documents", map[string]any{"publisher": source}, "/v1/documents?publisher=" + source, nil},
		{"get_claim", map[string]any{"id": claim(0), "include": []string{"attributions", "links"}},
			"/v1/claims/" + claim(0) + "?include=attributions,links", nil},
		{"get_source", id(source), "/v1/sources/" + source, nil},
		{"get_document", id(document), "/v1/documents/" + document, nil},
		{"list_document_attributions", id(document), "/v1/documents/" + document + "/attributions", nil},
		{"report", id(claim(0)), "/v1/claims/" + claim(0) + "/corroboration", nil},
		{"report", id(claim(1)), "/v1/claims/" + claim(1) + "/corroboration", nil},
		{"report", map[string]any{"id": claim(0), "without": []string{source}},
			"/v1/claims/" + claim(0) + "/corroboration?without=" + source, nil},
		{"report", map[string]any{"id": claim(2), "include_proposed": true},
			"/v1/claims/" + claim(2) + "/corroboration?include_proposed=true", nil},
		{"what_would_narrow_it", id(claim(0)), "/v1/claims/" + claim(0) + "/corroboration", []any{"affirming", "open_questions"}},
		{"provenance", id(claim(1)), "/v1/claims/" + claim(1) + "/provenance", nil},
		{"timeline", map[string]any{"id": claim(0), "scope": "evidence"}, "/v1/claims/" + claim(0) + "/timeline?scope=evidence", nil},
		{"contradictions", id(claim(0)), "/v1/claims/" + claim(0) + "/contradictions?include=standing,origins", nil},
		{"corroborations", id(claim(1)), "/v1/claims/" + claim(1) + "/corroborations?include=standing,origins", nil},
		{"control", map[string]any{"id": source, "at": "2025-03-12"}, "/v1/sources/" + source + "/control?at=2025-03-12", nil},
		{"impact", id(source), "/v1/sources/" + source + "/impact", nil},
	}
	for i, q := range questions {
		got, want := at(t, a.must(t, q.tool, q.arguments), q.part...), at(t, s.json(t, q.path), q.part...)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("question %d, %s %v:\n got %v\nwant %v", i+1, q.tool, q.arguments, got, want)
		}
	}
	reports := a.must(t, "compare", map[string]any{"claims": []string{claim(0), claim(1)}})
	for i := range 2 {
		want := s.json(t, "/v1/claims/"+claim(i)+"/corroboration")
		if got := at(t, reports, "items", i, "affirming"); !reflect.DeepEqual(got, at(t, want, "affirming")) {
			t.Errorf("compare: claim %d: got %v, want %v", i, got, at(t, want, "affirming"))
		}
	}
	for _, wrong := range []struct {
		tool      string
		arguments map[string]any
		says      string
	}{
		{"report", map[string]any{"id": claim(0), "Id": 1}, "has no argument Id"},
		{"report", map[string]any{}, "id is required"},
		{"report", map[string]any{"id": "0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}, "not_found"},
		{"search_claims", map[string]any{"limit": 0}, "/limit"},
	} {
		answer, failed := a.call(t, wrong.tool, wrong.arguments)
		if text := fmt.Sprint(answer); !failed || !strings.Contains(text, wrong.says) {
			t.Errorf("%s %v: %v, want an error that has %q", wrong.tool, wrong.arguments, answer, wrong.says)
		}
	}
}

// TestAssistantReadsByItsKey: an assistant may do what its key may, and decides nothing.
func TestAssistantReadsByItsKey(t *testing.T) {
	t.Parallel()
	s, database := demoService(t)
	key := func(scope string) string {
		made := ok(t, "key", "create", "--database-url", database, "--name", scope, "--scope", scope)
		return strings.Fields(made)[0]
	}
	reads, writes := key("read"), key("write")
	if _, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(),
		&mcp.StreamableClientTransport{Endpoint: s.url + "/mcp", DisableStandaloneSSE: true}, nil); err == nil {
		t.Error("an assistant without a key is let in")
	}
	a := assistantAt(t, s.url, reads)
	tools, err := a.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range tools.Tools {
		if proposes := strings.HasPrefix(tool.Name, "propose_"); proposes == tool.Annotations.ReadOnlyHint {
			t.Errorf("%s: read only is %t", tool.Name, tool.Annotations.ReadOnlyHint)
		}
	}
	claims := a.must(t, "search_claims", map[string]any{"limit": 2})
	links := map[string]any{"model": map[string]any{"name": "m"}, "links": []any{map[string]any{
		"kind": "corroborates", "from": at(t, claims, "items", 0, "id"), "to": at(t, claims, "items", 1, "id"), "rationale": "a test"}}}
	if answer, failed := a.call(t, "propose_links", links); !failed || !strings.Contains(fmt.Sprint(answer), "scope write") {
		t.Errorf("with the scope read it may propose: %v", answer)
	}
	writer := assistantAt(t, s.url, writes)
	made := writer.must(t, "propose_links", links)
	// what is proposed does not stand with the claim: a person decides on it first
	status := queried(t, database, fmt.Sprintf("SELECT status::text FROM links WHERE id = '%v'", at(t, made, "proposed", 0, "id")))
	if status != "proposed" {
		t.Errorf("the link is %q, want proposed", status)
	}
	links["links"].([]any)[0].(map[string]any)["status"] = "accepted"
	if answer, failed := writer.call(t, "propose_links", links); !failed || !strings.Contains(fmt.Sprint(answer), "/links/0/status") {
		t.Errorf("it may accept: %v", answer)
	}
	delete(links["links"].([]any)[0].(map[string]any), "status")
	// nobody's call is made with another's key, while both call at once
	var calling sync.WaitGroup
	defer calling.Wait()
	for who, caller := range map[string]assistantOf{"read": a, "write": writer} {
		calling.Go(func() {
			for range 10 {
				answer, err := caller.CallTool(t.Context(), &mcp.CallToolParams{Name: "propose_links", Arguments: links})
				if err != nil {
					t.Error(err)
				} else if text := answer.Content[0].(*mcp.TextContent).Text; strings.Contains(text, "scope write") != (who == "read") {
					t.Errorf("beside another, with the scope %s, it is answered %s", who, text)
				}
			}
		})
	}
}

// TestAssistantProposesTheArticle enters the article of the folder shared, and its first five attributions, by an assistant's tools over
// standard input and output.
func TestAssistantProposesTheArticle(t *testing.T) {
	t.Parallel()
	folder := filepath.Dir(testenv.Shared(t, "seed/article.ndjson")[0])
	text, err := os.ReadFile(filepath.Join(folder, "article.ar.txt"))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := os.ReadFile(filepath.Join(folder, "article.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	things := map[string][]map[string]any{}
	for line := range strings.Lines(string(lines)) {
		var thing map[string]any
		if err := json.Unmarshal([]byte(line), &thing); err != nil {
			t.Fatal(err)
		}
		things[thing["type"].(string)] = append(things[thing["type"].(string)], thing)
	}
	database := storetest.New(t)
	process := command(t, "mcp", "--database-url", database)
	process.Stderr = os.Stderr
	a := connectAssistant(t, &mcp.CommandTransport{Command: process})
	by := map[string]any{"name": "reader", "version": "2"}
	document := things["document"][0]
	sources, claims := map[string]map[string]any{}, map[string]map[string]any{}
	for _, source := range things["source"] {
		sources[source["key"].(string)] = source
	}
	for _, claim := range things["claim"] {
		claims[claim["key"].(string)] = claim
	}
	own := func(thing map[string]any, handled string) map[string]any {
		out := map[string]any{"handle": handled}
		for name, value := range thing {
			if !slices.Contains([]string{"type", "key", "method", "status", "reliability", "control_reviewed_at", "text_sha256",
				"credibility"}, name) {
				out[name] = value
			}
		}
		return out
	}
	publisher := own(sources[document["publisher"].(string)], "publisher")
	entered := own(document, "article")
	entered["publisher"], entered["text"] = "publisher", string(text)
	made := a.must(t, "propose_document", map[string]any{"model": by, "sources": []any{publisher}, "document": entered})
	ids := map[string]any{"publisher": at(t, made, "proposed", 0, "id"), "article": at(t, made, "proposed", 1, "id")}

	proposal := map[string]any{"model": by}
	var newSources, newClaims, attributions []any
	named := map[string]string{document["publisher"].(string): ids["publisher"].(string)}
	for _, attribution := range things["attribution"][:5] {
		one := own(attribution, "")
		delete(one, "handle")
		one["document"] = ids["article"]
		if key := one["claim"].(string); named["claim "+key] == "" {
			named["claim "+key] = fmt.Sprintf("c%d", len(newClaims))
			newClaims = append(newClaims, own(claims[key], named["claim "+key]))
		}
		one["claim"] = named["claim "+one["claim"].(string)]
		for _, hop := range one["chain"].([]any) {
			hop := hop.(map[string]any)
			key := hop["source"].(string)
			if named[key] == "" {
				named[key] = fmt.Sprintf("s%d", len(newSources))
				newSources = append(newSources, own(sources[key], named[key]))
			}
			hop["source"] = named[key]
		}
		if content, is := one["content"].(map[string]any); is { // an assistant gives words, and no positions
			delete(content, "start")
			delete(content, "end")
		}
		attributions = append(attributions, one)
	}
	proposal["sources"], proposal["claims"], proposal["attributions"] = newSources, newClaims, attributions
	first := attributions[0].(map[string]any)
	words := first["content"]
	stands := words.(map[string]any)["exact"].(string)
	first["content"] = map[string]any{"exact": strings.Replace(stands, " ", " قد ", 1)}
	answer, failed := a.call(t, "propose_attributions", proposal)
	if !failed || !strings.Contains(fmt.Sprint(answer), "/attributions/0/content") || !strings.Contains(fmt.Sprint(answer), stands) {
		t.Errorf("a paraphrase of %q is taken, or refused without what stands there: %v", stands, answer)
	}
	claim := first["claim"]
	first["content"], first["claim"] = words, "no-handle-and-no-id"
	answer, failed = a.call(t, "propose_attributions", proposal)
	if !failed || !strings.Contains(fmt.Sprint(answer), "the id of a stored one, or the handle of one of this call") {
		t.Errorf("a claim by a name that is no handle: %v", answer)
	}
	first["claim"] = claim
	chain := first["chain"]
	handle := newSources[0].(map[string]any)["handle"]
	first["chain"] = []any{map[string]any{"source": handle}}
	answer, failed = a.call(t, "propose_attributions", proposal)
	if !failed || !strings.Contains(fmt.Sprint(answer), fmt.Sprintf("value:%v", handle)) {
		t.Errorf("a chain that begins with another than the publisher, %v: %v", handle, answer)
	}
	first["chain"] = chain
	a.must(t, "propose_attributions", proposal)

	listed := a.must(t, "list_document_attributions", map[string]any{"id": ids["article"], "status": "proposed"})
	spans := map[string]bool{}
	for _, item := range at(t, listed, "items").([]any) {
		spans[fmt.Sprint(at(t, item, "content", "start"), "-", at(t, item, "content", "end"), " ", at(t, item, "method", "name"))] = true
		exact, start := at(t, item, "content", "exact").(string), int(at(t, item, "content", "start").(float64))
		if found, within := headwater.NewIndexedText(string(text)).Slice(start, start+len([]rune(exact))); !within || found != exact {
			t.Errorf("at %d stands %q, not %q", start, found, exact)
		}
	}
	want, counted := map[string]bool{}, 0
	for line := range strings.Lines(string(lines)) {
		var thing map[string]any
		if json.Unmarshal([]byte(line), &thing) == nil && thing["type"] == "attribution" && counted < 5 {
			counted++
			want[fmt.Sprint(at(t, thing, "content", "start"), "-", at(t, thing, "content", "end"), " reader")] = true
		}
	}
	if !reflect.DeepEqual(spans, want) {
		t.Errorf("proposed are %v, want %v", spans, want)
	}
	source := a.must(t, "get_source", map[string]any{"id": ids["publisher"]})
	if at(t, source, "status") != "active" || at(t, source, "method", "kind") != "model" {
		t.Errorf("the publisher is %v", source)
	}
	report := a.must(t, "report", map[string]any{"id": at(t, listed, "items", 0, "claim")})
	if at(t, report, "standing") != "unattributed" {
		t.Errorf("what is proposed counts: %v", at(t, report, "standing"))
	}
	read, err := a.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "headwater://documents/" + ids["article"].(string)})
	if err != nil || !strings.Contains(read.Contents[0].Text, ids["article"].(string)) {
		t.Errorf("the document as a resource: %v", err)
	}
	if prompt, err := a.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: "read_article"}); err == nil ||
		!strings.Contains(err.Error(), "document is missing") {
		t.Errorf("the prompt without a document: %v %v", prompt, err)
	}
	prompt, err := a.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: "read_article", Arguments: map[string]string{"document": "D"}})
	if err != nil || !strings.Contains(prompt.Messages[0].Content.(*mcp.TextContent).Text, "document D") {
		t.Errorf("the prompt: %v, %v", prompt, err)
	}
}
