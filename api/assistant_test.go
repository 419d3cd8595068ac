package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/assistant"
)

// withAssistant are the options of a service that assistants can call.
var withAssistant = api.Options{Assistant: func(service http.Handler, document []byte) (http.Handler, error) {
	a, err := assistant.New(document, "1")
	if err != nil {
		return nil, err
	}
	return a.Handler(service), nil
}}

// message calls /mcp.
func (s service) message(body string) (status int, answer string) {
	s.t.Helper()
	status, _, text := s.send(http.MethodPost, "/mcp", body, "Content-Type", "application/json",
		"Accept", "application/json, text/event-stream")
	return status, string(text)
}

// TestHostileMessages: what is no call of a tool is refused in the words of the protocol, and in few of them, whatever it holds.
func TestHostileMessages(t *testing.T) {
	t.Parallel()
	s := startWith(t, withAssistant)
	const list = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	if status, answer := s.message(list); status != http.StatusOK || !strings.Contains(answer, "search_claims") {
		t.Fatalf("%d %.300s", status, answer)
	}
	call := func(params string) string {
		return `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":` + params + `}`
	}
	for name, test := range map[string]struct{ body, want string }{
		"a batch":        {"[" + repeated(10_000, ",", list) + "]", "expected one message in each request"},
		"a batch of one": {" [" + list + "]", "expected one message in each request"},
		"an empty batch": {"[]", "expected one message in each request"},
		"too long": {call(`{"name":"search_claims","arguments":{"q":"` + strings.Repeat("x", 5<<20) + `"}}`),
			"expected at most"},
		"no JSON":               {`{"jsonrpc":`, "expected one message of JSON-RPC"},
		"a text":                {`"x"`, "expected an object"},
		"null":                  {`null`, "expected"},
		"another version":       {`{"jsonrpc":2,"id":1,"method":"ping"}`, "/jsonrpc: number; expected a text"},
		"an id that is a list":  {`{"jsonrpc":"2.0","id":[1],"method":"ping"}`, "expected"},
		"an id beyond numbers":  {`{"jsonrpc":"2.0","id":1e9999,"method":"ping"}`, "a text or a number"},
		"a fraction as an id":   {`{"jsonrpc":"2.0","id":1.5,"method":"ping"}`, ""},
		"a method of no text":   {`{"jsonrpc":"2.0","id":1,"method":{}}`, "/method: object; expected a text"},
		"an unknown method":     {`{"jsonrpc":"2.0","id":1,"method":"x"}`, "x"},
		"params that are none":  {call(`[1]`), "params of tools/call: array; expected an object"},
		"params that are text":  {call(`"x"`), "params of tools/call: string; expected an object"},
		"params that are null":  {call(`null`), "params"},
		"a name of no text":     {call(`{"name":5}`), "params of tools/call at /name: number; expected a text"},
		"arguments of no shape": {call(`{"name":"search_claims","arguments":[]}`), "no JSON object"},
		"many arguments": {call(`{"name":"search_claims","arguments":{` + repeated(30_000, ",", `"a{i}":1`) + `}}`),
			"and 29900 more"},
		"capabilities of no shape": {`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":3}}`,
			"params of initialize at /capabilities: number; expected an object"},
	} {
		status, answer := s.message(test.body)
		if !strings.Contains(answer, test.want) || status >= http.StatusInternalServerError || len(answer) > 4_000 ||
			strings.Contains(answer, "mcp.") || strings.Contains(answer, "unmarshal") {
			t.Errorf("%s: %d %d bytes %.500s", name, status, len(answer), answer)
		}
	}
	if _, answer := s.message(call(`{"name":5}`)); !strings.Contains(answer, `"id":7`) {
		t.Errorf("a refusal does not say of which call: %s", answer)
	}
}

// messages are calls of an assistant that can be made of any size.
var messages = []sizedBody{
	{"a batch to mcp", "POST", "/mcp", "application/json", func(n int) string {
		return "[" + repeated(n, ",", `{"jsonrpc":"2.0","id":{i},"method":"tools/list"}`) + "]"
	}},
	{"arguments to mcp", "POST", "/mcp", "application/json", func(n int) string {
		return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_claims","arguments":{` +
			repeated(n, ",", `"{word}{i}":{i}`) + `}}}`
	}},
	{"proposed links to mcp", "POST", "/mcp", "application/json", func(n int) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"propose_links","arguments":{"model":`+
			`{"name":"m"},"links":[%s]}}}`, repeated(n, ",", `{"kind":"refines","from":"{word}","to":"{i}"}`))
	}},
}
