package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"pgregory.net/rapid"
)

// internalText matches what no client must see: texts of the database, of Go, and file paths.
var internalText = regexp.MustCompile(
	`(?i)sqlstate|pgx|pq:|relation "|column "|violates|syntax error at or near|goroutine|runtime error|reflect\.|\.go:\d` +
		`|headwater\.\w+Fields|unmarshal|/usr/|/tmp/`)

// nasty are values that programs stumble over.
var nasty = []string{
	"", " ", "0", "-1", "1e400", "99999999999999999999", "NaN", "null", "true", "[]", "{}", "%", "%00", "\x00", "\xff\xfe",
	"\u202e\u2066ا\u0301", "𝕏\U0010ffff", "'; DROP TABLE claims; --",
	"../../etc/passwd", "2023-02-30", "9999", "-0001", "٢٠٢٣", "00000000-0000-0000-0000-000000000000",
	"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d", `"3"`, `W/"3"`, "*", "\"\n\"", "Bearer", "application/json",
	strings.Repeat("a", 3000), strings.Repeat("(", 500), strings.Repeat("\u0651",
		500), "eyJ4IjoxfQ", "a,b,,c", "=1+1", "<script>", "\\", "\"",
}

func nastyText(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.SampledFrom(nasty), rapid.String(), rapid.StringN(0, 40, -1)).Draw(t, label)
}

// nastyJSON is any JSON, with members that bodies have among its names.
func nastyJSON(depth int) *rapid.Generator[any] {
	plain := rapid.OneOf(
		rapid.Map(rapid.SampledFrom(nasty), func(s string) any { return strings.ToValidUTF8(s, "") }), rapid.Map(rapid.String(),
			func(s string) any { return s }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }), rapid.Map(rapid.Bool(),
			func(b bool) any { return b }), rapid.Just[any](nil), rapid.Just[any](json.Number("1e9999")),
	)
	if depth == 0 {
		return plain
	}
	name := rapid.SampledFrom([]string{"key", "kind", "name", "names", "statement", "chain", "source", "start", "end", "exact", "content",
		"published", "earliest", "share", "value", "rating", "claims", "into", "from", "to", "en", "ar", "x", "\u0000", "a/b~c"})
	return rapid.OneOf(plain, rapid.Map(rapid.MapOfN(name, nastyJSON(depth-1), 0, 5), func(m map[string]any) any { return m }),
		rapid.Map(rapid.SliceOfN(nastyJSON(depth-1), 0, 4), func(s []any) any { return s }))
}

// mutate replaces one value of an example, or removes or adds a member.
func mutate(t *rapid.T, example any) any {
	switch node := example.(type) {
	case map[string]any:
		if len(node) == 0 || rapid.IntRange(0, 9).Draw(t, "add") == 0 {
			node[nastyText(t, "name")] = nastyJSON(2).Draw(t, "added")
			return node
		}
		name := rapid.SampledFrom(keys(node)).Draw(t, "member")
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			delete(node, name)
		case 1:
			node[name] = nastyJSON(3).Draw(t, "replaced")
		default:
			node[name] = mutate(t, node[name])
		}
		return node
	case []any:
		if len(node) > 0 && rapid.Bool().Draw(t, "inside") {
			i := rapid.IntRange(0, len(node)-1).Draw(t, "entry")
			node[i] = mutate(t, node[i])
			return node
		}
	}
	return nastyJSON(2).Draw(t, "value")
}

func keys(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// describedOperation is an operation with what the document says can be sent to it.
type describedOperation struct {
	operation
	parameters []*v3.Parameter
	example    json.RawMessage
}

func describedOperations(t *testing.T) []describedOperation {
	t.Helper()
	document, err := model()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("examples.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples map[string]struct{ Request json.RawMessage }
	if err := json.Unmarshal(text, &examples); err != nil {
		t.Fatal(err)
	}
	var all []describedOperation
	for _, o := range operations(t) {
		described := document.Model.Paths.PathItems.GetOrZero(o.path).GetOperations().GetOrZero(strings.ToLower(o.method))
		all = append(all, describedOperation{o, described.Parameters, examples[o.id].Request})
	}
	return all
}

// drawRequest is a request as an attacker or a broken program would send it.
func drawRequest(t *rapid.T, base string, o describedOperation, ids []string) *http.Request {
	path, query, header := o.path, url.Values{}, http.Header{"Content-Type": {"application/json"}, "If-Match": {"*"}}
	for _, p := range o.parameters {
		value := func() string {
			if p.In == "path" && rapid.Bool().Draw(t, "known") {
				return rapid.SampledFrom(ids).Draw(t, "id")
			}
			return nastyText(t, p.Name)
		}
		switch {
		case p.In == "path":
			path = strings.Replace(path, "{"+p.Name+"}", strings.NewReplacer(".", "%2E", "/", "%2F").Replace(url.PathEscape(value())), 1)
		case rapid.IntRange(0, 3).Draw(t, "give") > 0:
		case p.In == "query":
			for range rapid.IntRange(1, 3).Draw(t, "times") {
				query.Add(p.Name, value())
			}
		default:
			header.Set(p.Name, strings.Map(func(r rune) rune {
				if r < ' ' || r == 0x7f {
					return -1
				}
				return r
			}, value()))
		}
	}
	asked := query.Encode()
	if rapid.IntRange(0, 9).Draw(t, "raw") == 0 {
		asked = strings.Map(func(r rune) rune {
			if r <= ' ' || r == '#' || r >= 0x7f {
				return -1
			}
			return r
		}, nastyText(t, "query"))
	}
	request, err := http.NewRequest(o.method, base+path+"?"+asked, strings.NewReader(hostileBody(t, o)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	if o.method == http.MethodPatch {
		header.Set("Content-Type", "application/merge-patch+json")
	}
	return request
}

func hostileBody(t *rapid.T, o describedOperation) string {
	if o.method == http.MethodGet {
		return ""
	}
	var example any
	if err := json.Unmarshal(o.example, &example); err != nil || rapid.IntRange(0, 4).Draw(t, "unlike") == 0 {
		example = nastyJSON(4).Draw(t, "body")
	} else {
		example = mutate(t, example)
	}
	if lines, ok := example.(string); ok {
		return lines + nastyText(t, "line")
	}
	text, err := json.Marshal(example)
	if err != nil {
		return nastyText(t, "text")
	}
	switch body := string(text); rapid.IntRange(0, 9).Draw(t, "break") {
	case 0:
		return body[:rapid.IntRange(0, len(body)).Draw(t, "cut")]
	case 1:
		return strings.Replace(body, "{", `{"name":"a","name":"b",`, 1)
	case 2:
		return strings.Replace(body, `"`, "\"\xff", 1)
	default:
		return body
	}
}

// TestHostileRequests: whatever is sent, the service answers as its document says, without failing and without showing
// anything internal.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	s := startWith(t, withAssistant)
	s.importFile("../testdata/demo.ndjson")
	var ids []string
	for _, list := range []string{"sources", "relations", "documents", "claims", "attributions", "links", "reviews"} {
		ids = append(ids, s.items("/v1/" + list + "?limit=1")[0].(map[string]any)["id"].(string))
	}
	all := slices.DeleteFunc(describedOperations(t),
		func(o describedOperation) bool { return strings.HasPrefix(o.path, "/v1/keys") }) // the first key would close the service
	known := map[string][]string{}
	for _, hidden := range hiddenOperations {
		all, known[hidden.id] = append(all, hidden.describedOperation), hidden.known
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 10 {
			o := rapid.SampledFrom(all).Draw(t, "operation")
			request := drawRequest(t, s.url, o, slices.Concat(ids, known[o.id]))
			request.Header.Set("Accept", "application/json, text/event-stream, */*")
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatalf("%s %q: %v", request.Method, request.URL, err)
			}
			text, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err != nil || answer.StatusCode >= http.StatusInternalServerError {
				t.Fatalf("%s %q: %s %s %v", request.Method, request.URL, answer.Status, text, err)
			}
			if answer.StatusCode >= http.StatusBadRequest {
				if shown := internalText.Find(withoutValues(text)); shown != nil {
					t.Fatalf("%s %q shows %q: %s", request.Method, request.URL, shown, text)
				}
			}
		}
	})
}

// withoutValues removes the values that the client itself has sent.
func withoutValues(problem []byte) []byte {
	var p map[string]any
	if err := json.Unmarshal(problem, &p); err != nil {
		return problem
	}
	faults, _ := p["errors"].([]any)
	for _, fault := range faults {
		delete(fault.(map[string]any), "value")
		delete(fault.(map[string]any), "pointer")
	}
	text, err := json.Marshal(p)
	if err != nil {
		return problem
	}
	return text
}

// pathOf is a path with the id of the first thing of its kind in it.
func (s service) pathOf(path string) string {
	resource, _, below := strings.Cut(strings.TrimPrefix(path, "/v1/"), "/{id}")
	if !below {
		return path
	}
	return strings.Replace(path, "{id}", s.items("/v1/" + resource + "?limit=1")[0].(map[string]any)["id"].(string), 1)
}

// exampleRequest is a request that takes one object, as the document has it for an example.
type exampleRequest struct {
	id, method, path, media string
	body                    map[string]any
}

// exampleRequests are those of all operations that take one object, but for those on one key or one webhook, of which there is none.
func (s service) exampleRequests() (requests []exampleRequest) {
	s.t.Helper()
	for _, o := range describedOperations(s.t) {
		var body map[string]any
		if o.method == http.MethodGet || strings.HasPrefix(o.path, "/v1/keys/{id}") || strings.HasPrefix(o.path, "/v1/webhooks/{id}") ||
			json.Unmarshal(o.example, &body) != nil {
			continue
		}
		media := "application/json"
		if o.method == http.MethodPatch {
			media = "application/merge-patch+json"
		}
		requests = append(requests, exampleRequest{o.id, o.method, s.pathOf(o.path), media, body})
	}
	return requests
}
