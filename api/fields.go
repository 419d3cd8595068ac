package api

import (
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// FieldsQuery asks for a part of each thing. What a thing always has it always has: so one type holds all answers, whole
// and partial.
type FieldsQuery struct {
	Fields []string `query:"fields" doc:"Of the members that a thing need not have, only these; all if none is named. What it must have stays."`
}

// optionalMembers is where an operation's metadata lists the members that can be left out.
const optionalMembers = "optional members"

// declareFields names in the document, and so for the checks of requests, which members can be asked for.
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
			enum := enumOf(optional(thing))
			operation.Metadata[optionalMembers] = enum.Enum
			components.Map()[name+"Field"] = enum
			checked := operation.Parameters[i].Schema // huma keeps it to check requests with
			checked.Items = enum
			operation.Parameters[i].Schema = &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Ref: "#/components/schemas/" + name + "Field"}}
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

// optional lists the members that a thing need not have.
func optional(thing *huma.Schema) (names []any) {
	for name := range thing.Properties {
		if !slices.Contains(thing.Required, name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(x, y any) int { return strings.Compare(x.(string), y.(string)) })
	return names
}

// partial is the transformer that leaves out the members that were not asked for.
func partial(ctx huma.Context, status string, body any) (any, error) {
	asked := ctx.Query("fields")
	members, can := ctx.Operation().Metadata[optionalMembers].([]any)
	if asked == "" || status != "200" || !can {
		return body, nil
	}
	text, err := marshal(body) // as whole answers are: the other encoder writes false and 0 that may be missing
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
	wanted := strings.Split(asked, ",")
	for _, member := range members {
		if name := member.(string); !slices.Contains(wanted, name) {
			for _, thing := range things {
				delete(thing, name)
			}
		}
	}
	if answer["items"] != nil {
		answer["items"], err = json.Marshal(things)
	}
	return answer, err
}
