package api

import (
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// FieldsQuery asks for some of the optional members of each thing. Required ones are always given, so that one type fits whole
// and partial responses.
type FieldsQuery struct {
	Fields []string `query:"fields" doc:"Of the members that a thing need not have, only these; all if none is named. What it must have stays."`
}

// optionalMembers is where an operation's metadata lists the members that can be left out.
const optionalMembers = "optional members"

// declareFields lists in the document, and so for the validation of requests, which members can be asked for.
func declareFields(document *huma.OpenAPI) {
	components := document.Components.Schemas
	for _, path := range document.Paths {
		for _, operation := range operationsOf(path) {
			i := slices.IndexFunc(operation.Parameters, func(p *huma.Param) bool { return p.Name == "fields" })
			if i < 0 {
				continue
			}
			body := operation.Responses["200"].Content["application/json"].Schema
			name, thing := componentOf(components, body)
			if items := thing.Properties["items"]; items != nil {
				name, thing = componentOf(components, items.Items)
			}
			enum := enumOf(optionalNames(thing))
			operation.Metadata[optionalMembers] = enum.Enum
			components.Map()[name+"Field"] = enum
			validated := operation.Parameters[i].Schema // huma keeps it to validate requests with
			validated.Items = enum
			operation.Parameters[i].Schema = &huma.Schema{Type: huma.TypeArray,
				Items: &huma.Schema{Ref: "#/components/schemas/" + name + "Field"}}
			operation.Parameters[i].Example = []any{enum.Enum[0]}
		}
	}
}

func componentOf(r huma.Registry, schema *huma.Schema) (string, *huma.Schema) {
	return nameOf(schema), r.SchemaFromRef(schema.Ref)
}

// nameOf is the component that a schema refers to.
func nameOf(schema *huma.Schema) string {
	return strings.TrimPrefix(schema.Ref, "#/components/schemas/")
}

// optionalNames lists the members that a thing need not have.
func optionalNames(thing *huma.Schema) (names []any) {
	for name := range thing.Properties {
		if !slices.Contains(thing.Required, name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(x, y any) int { return strings.Compare(x.(string), y.(string)) })
	return names
}

// selectFields is the transformer that leaves out the members that were not asked for.
func selectFields(ctx huma.Context, status string, body any) (any, error) {
	fields := ctx.Query("fields")
	members, can := ctx.Operation().Metadata[optionalMembers].([]any)
	if fields == "" || status != "200" || !can {
		return body, nil
	}
	text, err := marshal(body) // the encoder of whole responses: encoding/json would write false and 0 where they are left out
	if err != nil {
		return nil, err
	}
	var answer map[string]jsontext.Value
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	var things []map[string]jsontext.Value
	if answer["items"] == nil {
		things = append(things, answer)
	} else if err := json.Unmarshal(answer["items"], &things); err != nil {
		return nil, err
	}
	wanted := strings.Split(fields, ",")
	for _, member := range members {
		if name := member.(string); !slices.Contains(wanted, name) {
			for _, thing := range things {
				delete(thing, name)
			}
		}
	}
	if answer["items"] != nil {
		answer["items"], err = json.Marshal(things, json.Deterministic(true))
	}
	return answer, err
}
