package api_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
)

// fieldSchema is what the table of fields needs of a schema of the document.
type fieldSchema struct {
	Ref         string `json:"$ref"`
	Description string
	Required    []string
	Properties  map[string]fieldSchema
	Items       *fieldSchema
	AnyOf       []fieldSchema
	Examples    []json.RawMessage
}

// object is the name of the object that a schema is, lists or allows; empty if none.
func (s fieldSchema) object(schemas map[string]fieldSchema) string {
	if s.Items != nil {
		return s.Items.object(schemas)
	}
	for _, either := range s.AnyOf {
		s.Ref = cmp.Or(s.Ref, either.Ref)
	}
	name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	if schemas[name].Properties == nil {
		return ""
	}
	return name
}

// title is the name of an object for people.
func title(name string) string { return strings.TrimPrefix(name, "New") }

func writeFieldTable(b *strings.Builder, name string, schemas map[string]fieldSchema) (inside []string) {
	fmt.Fprintf(b, "\n## %s\n\n| field | | example |\n|---|---|---|\n", title(name))
	schema := schemas[name]
	fields := slices.Sorted(maps.Keys(schema.Properties))
	isOptional := func(field string) int {
		if slices.Contains(schema.Required, field) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(fields, func(x, y string) int { return isOptional(x) - isOptional(y) })
	for _, field := range fields {
		property, example := schema.Properties[field], ""
		if len(property.Examples) > 0 {
			example = "`" + strings.ReplaceAll(string(property.Examples[0]), "|", "\\|") + "`"
		}
		says := strings.ReplaceAll(property.Description, "|", "\\|")
		if object := property.object(schemas); object != "" {
			inside = append(inside, object)
			says += fmt.Sprintf(" [%s](#%s)", title(object), strings.ToLower(title(object)))
		}
		if isOptional(field) == 0 {
			says = "**Must be given.** " + says
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", field, says, example)
	}
	return inside
}

// TestTheTableOfFields compares docs/fields.md with what the document says that a POST takes, or writes it anew with -update.
func TestTheTableOfFields(t *testing.T) {
	t.Parallel()
	text, err := api.OpenAPIDocument()
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]struct {
			Post struct {
				RequestBody struct {
					Content map[string]struct{ Schema fieldSchema }
				}
			}
		}
		Components struct{ Schemas map[string]fieldSchema }
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	schemas := document.Components.Schemas
	var table strings.Builder
	table.WriteString("# What each thing has\n\nMade from the OpenAPI document: `go test ./api -run TableOfFields -update`. These are " +
		"the members of the body of a POST, and with hyphens\nfor underscores the flags of `headwater add`. Any other member is a fault. " +
		"What the values of a list mean is in\n[the data model](data-model.md#every-list-of-values); what may be written in more ways " +
		"than one [there too](data-model.md#writing-by-hand).\n")
	var names []string
	for _, resource := range headwater.Things() {
		body := document.Paths["/v1/"+headwater.Resource(resource).Plural()].Post.RequestBody.Content["application/json"].Schema
		names = append(names, body.object(schemas))
	}
	for i := 0; i < len(names); i++ {
		for _, inside := range writeFieldTable(&table, names[i], schemas) {
			if !slices.Contains(names, inside) {
				names = append(names, inside)
			}
		}
	}
	const file = "../docs/fields.md"
	if *update {
		if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if written, err := os.ReadFile(file); err != nil || string(written) != table.String() {
		t.Errorf("%s is not what the document says (%v)", file, err)
	}
}
