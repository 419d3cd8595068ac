package api_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestGeneratorsUnderstandTheDocument: no two values of an enum have one name to programs that make clients, who may read without a
// key can do so by a client that was made, and no member of a body has a default, since openapi-typescript takes such a member for one
// that is always there, also in what a client sends.
func TestGeneratorsUnderstandTheDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../openapi/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct {
			Schemas map[string]struct {
				Enum       []string
				Names      []string `json:"x-enum-varnames"`
				Properties map[string]struct{ Default any }
			}
		}
		Paths map[string]map[string]struct {
			ID       string `json:"operationId"`
			Scope    string `json:"x-scope"`
			Security []map[string][]string
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	types := map[string]string{} // by their name without letter case
	for name := range document.Components.Schemas {
		if other, taken := types[strings.ToLower(name)]; taken {
			t.Errorf("the schemas %s and %s are one where case does not count", name, other)
		}
		types[strings.ToLower(name)] = name
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
	for name, schema := range document.Components.Schemas {
		for property, described := range schema.Properties {
			if described.Default != nil {
				t.Errorf("%s.%s has the default %v; say it in its description", name, property, described.Default)
			}
		}
	}
	ids := map[string]bool{}
	for path, operations := range document.Paths {
		for method, operation := range operations {
			if ids[strings.ToLower(operation.ID)] {
				t.Errorf("%s is the id of two operations", operation.ID)
			}
			ids[strings.ToLower(operation.ID)] = true
			open := slices.ContainsFunc(operation.Security, func(needs map[string][]string) bool { return len(needs) == 0 })
			if open != (operation.Scope == "read") {
				t.Errorf("%s %s, which needs %q: open is %t", method, path, operation.Scope, open)
			}
		}
	}
}
