package api

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// untypedEnums are the enums that stand in one place only, and so have no Go type: their values, and the names of their
// components.
var untypedEnums = map[string]string{
	"id,created_at,-created_at":                                                "Order",
	"id,created_at,-created_at,name,-name":                                     "SourceOrder",
	"id,created_at,-created_at,published,-published":                           "DocumentOrder",
	"proposed,accepted,rejected,all":                                           "DecisionOrAll",
	"id,created_at,-created_at,standing,-standing,-width,-contested,-appeared": "ClaimOrder",
	"published,said_at":                                                        "TimelineOrder",
	"claim,evidence":                                                           "TimelineScope",
	"summary,standing":                                                         "ListInclude",
	"standing,origins,carriers":                                                "LinkInclude",
	"attributions,documents,links,reviews,standing,report":                     "ClaimInclude",
	"json,mermaid,dot":                                                         "DrawingFormat",
	"link,attribution,match":                                                   "ProposalResource",
	"all,each":                                                                 "DecisionMode",
	"equivalent,refines,corroborates,contradicts,same_source,same_document,reprint": "ProposalKind",
	"ar,en":                      "CardLanguage",
	"html,svg":                   "CardFormat",
	"any,publisher,relay,origin": "Position",
	"from,to":                    "End",
}

// growingEnums are those that may get more values in responses without a new major version: clients ignore values that they do
// not know.
var growingEnums = []string{"Act", "AnomalyCode", "DocumentKind", "FaultCode", "Operation", "ProblemCode", "QuestionCode", "RelationKind",
	"Resource", "SourceKind", "Standing", "StepKind"}

// nameEnums makes each enum of the document a component, so that a generated client has one type for it and not one for
// each place where it stands.
func nameEnums(document *huma.OpenAPI) {
	components := document.Components.Schemas.Map()
	names := maps.Clone(untypedEnums)
	for name, schema := range components {
		if len(schema.Enum) > 0 {
			names[valuesOf(schema)] = name
		}
	}
	var refer func(*huma.Schema) *huma.Schema
	refer = func(schema *huma.Schema) *huma.Schema {
		if schema.Items != nil {
			schema.Items = refer(schema.Items)
		}
		name := names[valuesOf(schema)]
		if name == "" {
			return schema
		}
		if components[name] == nil {
			components[name] = enumOf(schema.Enum)
		}
		return &huma.Schema{Ref: "#/components/schemas/" + name, Default: schema.Default, Description: schema.Description,
			Examples: schema.Examples}
	}
	for _, name := range growingEnums {
		components[name].Extensions = map[string]any{"x-extensible-enum": components[name].Enum}
	}
	for _, path := range document.Paths {
		for _, operation := range operationsOf(path) {
			for _, parameter := range operation.Parameters {
				parameter.Schema = refer(parameter.Schema)
			}
		}
	}
	for _, component := range maps.Clone(components) {
		for property, schema := range component.Properties {
			component.Properties[property] = refer(schema)
		}
	}
}

func valuesOf(schema *huma.Schema) string {
	values := make([]string, len(schema.Enum))
	for i, value := range schema.Enum {
		values[i] = fmt.Sprint(value)
	}
	return strings.Join(values, ",")
}

func enumOf(values []any) *huma.Schema {
	schema := &huma.Schema{Type: huma.TypeString, Enum: values}
	if slices.ContainsFunc(values, func(value any) bool { return strings.HasPrefix(fmt.Sprint(value), "-") }) {
		schema.Extensions = map[string]any{"x-enum-varnames": constantNames(values)}
	}
	schema.PrecomputeMessages()
	return schema
}

// constantNames tells generators of clients what to call values, among which created_at and -created_at are one name to most.
func constantNames(values []any) []string {
	names := make([]string, len(values))
	for i, value := range values {
		text, reversed := strings.CutPrefix(fmt.Sprint(value), "-")
		if reversed {
			names[i] = "Minus"
		}
		for word := range strings.SplitSeq(text, "_") {
			if word == "id" {
				word = "ID"
			}
			names[i] += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return names
}
