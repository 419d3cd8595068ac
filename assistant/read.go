package assistant

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// reader is a tool that reads: one operation of the service, with some of its parameters.
type reader struct {
	name, title, operation string
	says                   string   // what it is for
	takes                  []string // the operation's parameters and members of its body that it has as arguments
	always                 url.Values
	shorten                func(body []byte) ([]byte, error) // gives a part of what the service answers; all if nil

	tool mcp.Tool
	op   operation
	args map[string]parameter // of path and query, by name
	body []string             // members of the body
}

// readers are the tools that read. Their arguments are described by the document.
var readers = []reader{
	{name: "search_claims", title: "Search claims", operation: "listClaims",
		says:   "Finds claims by words of their statements in any language, by topic, or by who said or published them.",
		takes:  []string{"q", "topic", "language", "source", "origin", "publisher", "stance", "from", "to", "status", "limit", "cursor"},
		always: url.Values{"include": {"summary"}}},
	{name: "search_sources", title: "Search sources", operation: "listSources",
		says:  "Finds who can say something (people, agencies, outlets, wires, accounts) by name, domain or identifier.",
		takes: []string{"q", "domain", "external_id", "kind", "country", "limit", "cursor"}},
	{name: "search_documents", title: "Search documents", operation: "listDocuments",
		says:  "Finds published texts by address, publisher or day. The texts themselves are got by get_document.",
		takes: []string{"url", "sha256", "kind", "language", "publisher", "from", "to", "limit", "cursor"}},
	{name: "get_claim", title: "Read a claim", operation: "getClaim",
		says:  "Gives a claim and, as include asks, its attributions with their chains, its links and its reviews.",
		takes: []string{"id", "include"}},
	{name: "get_source", title: "Read a source", operation: "getSource", says: "Gives a source.", takes: []string{"id"}},
	{name: "get_document", title: "Read a document", operation: "getDocument", says: "Gives a document with its text.",
		takes: []string{"id"}},
	{name: "list_document_attributions", title: "What a document says", operation: "listDocumentAttributions",
		says:  "Lists the claims that a document makes, in the order of its text, each with its words and its chain.",
		takes: []string{"id", "status", "limit", "cursor"}},
	{name: "report", title: "Report on a claim", operation: "getClaimCorroboration",
		says: "The report on a claim: how many independent origins stand behind it at least and at most, who they all pass through, " +
			"what speaks against it, and how sure one can be.",
		takes: []string{"id", "without", "as_of", "include_proposed"}},
	{name: "what_would_narrow_it", title: "What to find out next", operation: "getClaimCorroboration",
		says:  "The open questions about a claim, those first that could move its figures most, each with the figures under either answer.",
		takes: []string{"id", "without", "as_of", "include_proposed"}, shorten: openQuestions},
	{name: "provenance", title: "Who told whom", operation: "getClaimProvenance",
		says:  "The graph of who told whom, for and against a claim, from readers to origins.",
		takes: []string{"id", "without", "as_of", "include_proposed", "format"}},
	{name: "timeline", title: "Timeline of a claim", operation: "getClaimTimeline",
		says:  "When a claim was said and published, in order.",
		takes: []string{"id", "by", "scope", "include_proposed", "include_withdrawn", "limit", "cursor"}},
	{name: "contradictions", title: "What contradicts a claim", operation: "listClaimContradictions",
		says: "The claims that contradict a claim, and how.", takes: []string{"id", "limit", "cursor"},
		always: url.Values{"include": {"standing,origins"}}},
	{name: "corroborations", title: "What corroborates a claim", operation: "listClaimCorroborations",
		says: "The claims that corroborate a claim, and how.", takes: []string{"id", "limit", "cursor"},
		always: url.Values{"include": {"standing,origins"}}},
	{name: "compare", title: "Compare claims", operation: "analyzeClaims",
		says:  "The reports on several claims, asked the same question: which of them stands on more independent origins.",
		takes: []string{"claims", "without", "as_of", "include_proposed"}},
	{name: "control", title: "Who controls a source", operation: "getSourceControl",
		says: "Who controls a source on a day, and by which relations, all the way up.", takes: []string{"id", "at"}},
	{name: "impact", title: "If a source were withdrawn", operation: "getSourceImpact",
		says:  "What the report on each claim would say if a source were withdrawn.",
		takes: []string{"id", "limit", "cursor"}},
}

// describe makes the tool from its operation.
func (r *reader) describe(d *document) error {
	op, known := d.operations[r.operation]
	if !known {
		return fmt.Errorf("the document has no operation %s", r.operation)
	}
	r.op, r.args = op, map[string]parameter{}
	properties, required := schema{}, []string{}
	members, needed := schema{}, []any{}
	if op.RequestBody != nil {
		body, _ := d.inline(op.RequestBody.Content["application/json"].Schema).(schema)
		members, _ = body["properties"].(schema)
		needed, _ = body["required"].([]any)
	}
	for _, name := range r.takes {
		at := slices.IndexFunc(op.Parameters, func(p parameter) bool { return p.Name == name && p.In != "header" })
		switch {
		case members[name] != nil:
			properties[name], r.body = members[name], append(r.body, name)
			if slices.Contains(needed, any(name)) {
				required = append(required, name)
			}
		case at >= 0:
			p := op.Parameters[at]
			described, _ := d.inline(p.Schema).(schema)
			described["description"] = p.Description
			properties[name], r.args[name] = described, p
			if p.Required {
				required = append(required, name)
			}
		default:
			return fmt.Errorf("operation %s takes no %s", r.operation, name)
		}
	}
	no := false
	r.tool = mcp.Tool{
		Name: r.name, Title: r.title, Description: r.says, InputSchema: object(properties, required...),
		Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true, DestructiveHint: &no, IdempotentHint: true, OpenWorldHint: &no},
	}
	return nil
}

// call makes the request that a call of the tool means.
func (r reader) call(c client) mcp.ToolHandler {
	return func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		arguments, refused := readArguments(req, r.takes)
		if refused != nil {
			return refused, nil
		}
		path, query, body := r.op.path, url.Values{}, map[string]json.RawMessage{}
		maps.Copy(query, r.always)
		for name, p := range r.args {
			values, err := texts(arguments[name])
			switch {
			case err != nil:
				return refusal(fmt.Sprintf("%s is %s; expected a text, a number, true, false, or a list of these", name, arguments[name])),
					nil
			case p.In == "path" && len(values) != 1:
				return refusal(name + " is required"), nil
			case p.In == "path":
				path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(values[0]))
			case len(values) > 0 && p.Explode:
				query[name] = values
			case len(values) > 0:
				query.Set(name, strings.Join(values, ","))
			}
		}
		var text []byte
		mediaType := ""
		if r.op.method != http.MethodGet {
			for _, name := range r.body {
				if arguments[name] != nil {
					body[name] = arguments[name]
				}
			}
			var err error
			if text, err = json.Marshal(body); err != nil {
				return nil, err
			}
			mediaType = "application/json"
		}
		answered, err := c.send(ctx, r.op.method, path, query, mediaType, text)
		if err != nil {
			return nil, err
		}
		if r.shorten != nil && !answered.refused() && len(answered.body) <= maxAnswer {
			if answered.body, err = r.shorten(answered.body); err != nil {
				return nil, err
			}
		}
		return answered.result(), nil
	}
}

// texts gives an argument as a query has it: one value or several.
func texts(argument json.RawMessage) ([]string, error) {
	if len(argument) == 0 || string(argument) == "null" {
		return nil, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(argument, &list); err != nil {
		list = []json.RawMessage{argument}
	}
	values := make([]string, len(list))
	for i, item := range list {
		if json.Unmarshal(item, &values[i]) == nil {
			continue
		}
		if item[0] == '{' || item[0] == '[' || string(item) == "null" {
			return nil, fmt.Errorf("no value of a parameter: %s", item)
		}
		values[i] = string(item) // a number, true or false
	}
	return values, nil
}

// openQuestions leaves of a report its standing and, for each side, the figures and what could change them.
func openQuestions(report []byte) ([]byte, error) {
	type side struct {
		Origins   json.RawMessage `json:"independent_origins"`
		Lines     json.RawMessage `json:"lines"`
		Questions json.RawMessage `json:"open_questions"`
	}
	var part struct {
		Claim     json.RawMessage `json:"claim"`
		Standing  json.RawMessage `json:"standing"`
		Affirming side            `json:"affirming"`
		Denying   side            `json:"denying"`
		Sources   json.RawMessage `json:"sources"`
	}
	if err := json.Unmarshal(report, &part); err != nil {
		return nil, err
	}
	return json.Marshal(part)
}
