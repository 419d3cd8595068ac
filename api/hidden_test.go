package api_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// hiddenOperation is one that is not in the document, which is what most tests that walk all operations know them from.
type hiddenOperation struct {
	describedOperation
	known []string // values of its path that it understands, or nearly
	call  walkCall // that succeeds, whatever is stored
}

// hiddenOperations are all of them. What takes a body stands in messages too, which the growth test knows.
var hiddenOperations = []hiddenOperation{
	{describedOperation{operation{"GET", "/v1/log/tile/{path}", "getLogTile", "read"}, []*v3.Parameter{{Name: "path", In: "path"}}, nil},
		[]string{"0/000", "0/000.p/1", "63/000", "64/000", "32768/000", "2147483648/000", "99999999999999999999/000", "entries/000",
			"0/x999/x999/x999/x999/x999/x999/999", "entries/x999/x999/x999/x999/x999/x999/999", "0/x009/x223/x372/x036/x854/x775/807"},
		walkCall{id: "getLogTile", path: "/v1/log/tile/entries/000.p/1"}},
	{describedOperation{operation{"POST", "/mcp", "callAssistant", "read"}, nil,
		json.RawMessage(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_claim","arguments":{"id":"x"}}}`)}, nil,
		walkCall{id: "callAssistant", path: "/mcp", body: `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`,
			accept: "application/json, text/event-stream"}},
	{describedOperation{operation{"GET", "/metrics", "getMetrics", "admin"}, nil, nil}, nil,
		walkCall{id: "getMetrics", path: "/metrics"}},
}

// TestHiddenOperationsAreKnown: an operation that the document does not have is one that the tests that walk all operations have.
func TestHiddenOperationsAreKnown(t *testing.T) {
	t.Parallel()
	var registered, known []string
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			fields := map[string]string{}
			if literal, is := n.(*ast.CompositeLit); is {
				for _, element := range literal.Elts {
					name, value := field(element)
					fields[name] = value
				}
			}
			if fields["Hidden"] == "true" {
				registered = append(registered, strings.Trim(fields["OperationID"], `"`))
			}
			return true
		})
	}
	for _, o := range hiddenOperations {
		known = append(known, o.id)
	}
	slices.Sort(registered)
	slices.Sort(known)
	if !slices.Equal(registered, known) {
		t.Errorf("the hidden operations are %v, and those that tests know are %v", registered, known)
	}
}

// field is the name of a field that a literal sets, and what it is set to, if that is a name or a literal itself.
func field(element ast.Expr) (name, value string) {
	set, is := element.(*ast.KeyValueExpr)
	if !is {
		return "", ""
	}
	if key, is := set.Key.(*ast.Ident); is {
		name = key.Name
	}
	switch v := set.Value.(type) {
	case *ast.Ident:
		value = v.Name
	case *ast.BasicLit:
		value = v.Value
	}
	return name, value
}
