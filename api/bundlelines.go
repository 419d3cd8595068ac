package api

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// lineExtension names the schema of each line of a body that is NDJSON, which OpenAPI before 3.2 takes for one text.
const lineExtension = "x-item-schema"

// lines describes a body that is a bundle.
func lines() *huma.MediaType {
	return &huma.MediaType{
		Schema:     &huma.Schema{Type: huma.TypeString},
		Extensions: map[string]any{lineExtension: &huma.Schema{Ref: refersTo("BundleLine")}},
	}
}

func refersTo(component string) string { return "#/components/schemas/" + component }

// declareLines describes each kind of line of a bundle: the fields of a thing, its identity, and its references by key or id.
func declareLines(document *huma.OpenAPI) {
	components := document.Components.Schemas.Map()
	ids := func(description string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeArray, Description: description, Items: &huma.Schema{Type: huma.TypeString, Format: "uuid"},
			Examples: []any{[]any{"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}}}
	}
	components["BundleQuestion"] = &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false,
		Description: "What reports on the claims of a bundle are asked for, as getClaimCorroboration takes it.",
		Properties: map[string]*huma.Schema{
			"without": ids("Sources whose groups are taken out."),
			"as_of": {Type: huma.TypeString, Format: "edtf", Description: "Only documents that were published by the end of this EDTF day.",
				Examples: []any{"2024-05-31"}},
			"include_proposed": {Type: huma.TypeBoolean, Description: "Proposed links and attributions count as if they were accepted.",
				Examples: []any{true}},
		},
	}
	components["BundleHeader"] = &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false, Description: "The first line of a bundle.",
		Required: []string{"type", "format", "namespace"},
		Properties: map[string]*huma.Schema{
			"type":   enumOf([]any{"bundle"}),
			"format": enumOf([]any{bundle.FormatName}),
			"namespace": {Type: huma.TypeString, Description: "The namespace of the keys.",
				Examples: []any{"https://headwater.example/demo"}},
			"claims":   ids("Of a bundle of just what reports rest on: the claims that it was made for."),
			"question": {Ref: refersTo("BundleQuestion")},
			"texts":    enumOf([]any{bundle.Excerpts}),
		},
	}
	components["HopLine"] = lineOf(components["Hop"])
	union := &huma.Schema{
		Description:   "A line of a bundle.",
		OneOf:         []*huma.Schema{{Ref: refersTo("BundleHeader")}},
		Discriminator: &huma.Discriminator{PropertyName: "type", Mapping: map[string]string{"bundle": refersTo("BundleHeader")}},
	}
	for _, resource := range headwater.Things() {
		kind := strings.ToUpper(resource[:1]) + resource[1:]
		if resource == string(headwater.ResourceMatch) {
			// Match is how a search found something
			kind = "IdentityMatch"
			document.Components.Schemas.Schema(reflect.TypeFor[headwater.IdentityMatchFields](), true, "") // which no operation takes alone
		}
		name := kind + "Line"
		components[name] = thingLine(resource, components[kind], components[kind+"Fields"])
		if resource == string(headwater.ResourceMatch) {
			delete(components, kind+"Fields")
		}
		union.OneOf = append(union.OneOf, &huma.Schema{Ref: refersTo(name)})
		union.Discriminator.Mapping[resource] = refersTo(name)
	}
	components["DocumentLine"].Properties["text_found_sha256"] = &huma.Schema{Type: huma.TypeString,
		Description: "Where texts are left out: the hash of the text as found, if it is not the one that was hashed.",
		Examples:    []any{"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}}
	components["AttributionLine"].Properties["chain"].Items = &huma.Schema{Ref: refersTo("HopLine")}
	components["BundleLine"] = union
}

// thingLine is the line of a thing: its fields and its identity.
func thingLine(resource string, thing, fields *huma.Schema) *huma.Schema {
	line := lineOf(fields)
	line.Required = append([]string{"type"}, line.Required...)
	line.Properties["type"] = enumOf([]any{resource})
	for _, name := range []string{"id", "key", "namespace", "status", "merged_into"} {
		if of := thing.Properties[name]; of != nil {
			line.Properties[name] = of
		}
	}
	line.Description = "A line of a bundle with a " + resource + ". Without an id or a key, what makes it that thing names it."
	if into := line.Properties["merged_into"]; into != nil {
		line.Properties["merged_into"] = reference(into)
	}
	return line
}

// lineOf are the fields of a thing, with references by key or id.
func lineOf(fields *huma.Schema) *huma.Schema {
	line := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Required: slices.Clone(fields.Required),
		Properties: maps.Clone(fields.Properties)}
	for name, of := range line.Properties {
		switch {
		case of.Format == "uuid":
			line.Properties[name] = reference(of)
		case of.Items != nil:
			copied := *of
			line.Properties[name] = &copied
		}
	}
	return line
}

// reference names a thing by its key in the bundle's namespace, or by its id.
func reference(to *huma.Schema) *huma.Schema {
	description := strings.TrimSuffix(to.Description, ".") + ", by its key in the bundle's namespace or by its id."
	return &huma.Schema{Type: huma.TypeString, Description: description, Examples: []any{"nis"}}
}
