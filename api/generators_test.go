package api_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestGeneratorsUnderstandTheDocument: no two values of an enum have one name to programs that make clients, and who may read without
// a key can do so by a client that was made.
func TestGeneratorsUnderstandTheDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../openapi/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct {
			Schemas map[string]struct {
				Enum  []string
				Names []string `json:"x-enum-varnames"`
			}
		}
		Paths map[string]map[string]struct {
			Scope    string `json:"x-scope"`
			Security []map[string][]string
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	lettersOnly := func(value string) string { return strings.Trim(strings.ToLower(value), "-_") }
	for name, schema := range document.Components.Schemas {
		names := schema.Names
		if names == nil {
			for _, value := range schema.Enum {
				names = append(names, lettersOnly(value))
			}
		}
		slices.Sort(names)
		if len(slices.Compact(names)) != len(schema.Enum) {
			t.Errorf("%s: %d names for %d values", name, len(names), len(schema.Enum))
		}
	}
	for path, operations := range document.Paths {
		for method, operation := range operations {
			open := slices.ContainsFunc(operation.Security, func(needs map[string][]string) bool { return len(needs) == 0 })
			if open != (operation.Scope == "read") {
				t.Errorf("%s %s, which needs %q: open is %t", method, path, operation.Scope, open)
			}
		}
	}
}
