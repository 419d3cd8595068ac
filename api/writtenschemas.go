package api

import (
	"maps"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
)

// showWritten gives the document in which bodies are as people may write them. What huma validates is what [readWritten] makes of them,
// whose schemas are stricter and tell faults apart.
func showWritten(document *huma.OpenAPI) *huma.OpenAPI {
	strict := document.Components.Schemas
	loose := huma.NewMapRegistry("#/components/schemas/", schemaName)
	maps.Copy(loose.Map(), strict.Map())
	for _, path := range document.Paths {
		for _, operation := range operationsOf(path) {
			written, does := operation.Metadata[writtenKey].(writtenBody)
			if !does || written.form == nil {
				continue
			}
			for _, content := range operation.RequestBody.Content {
				name := nameOf(content.Schema)
				loose.Map()[name] = writtenMembers(loose, strict.Map()[name], written.form)
			}
		}
	}
	shown, components := *document, *document.Components
	components.Schemas = loose
	shown.Components = &components
	return &shown
}

// writtenMembers is the schema of an object whose members may be written otherwise.
func writtenMembers(components huma.Registry, of *huma.Schema, f *form) *huma.Schema {
	object := *of
	object.Properties = maps.Clone(of.Properties)
	for name, member := range f.members {
		if object.Properties[name] != nil {
			object.Properties[name] = writtenSchema(components, object.Properties[name], member)
		}
	}
	return &object
}

// writtenSchema is the schema of a value that may be written otherwise.
func writtenSchema(components huma.Registry, of *huma.Schema, f *form) *huma.Schema {
	switch f.wording {
	case asReference:
		return &huma.Schema{Type: huma.TypeString, Nullable: of.Nullable,
			Description: sentence(of) + " By its key or its id.", Examples: []any{exampleKeys[f.of]}}
	case asCountry:
		return &huma.Schema{Type: huma.TypeString, Nullable: of.Nullable, MaxLength: new(200), Examples: []any{"South Korea"},
			Description: "The country: its name in English or Arabic, or its ISO 3166-1 code, which is what is stored."}
	case asInterval:
		return orText(of, "2024-04/2024-08", "An EDTF date, or two with a slash between them.")
	case asRating:
		return orText(of, "Mostly false", "The verdict in the reviewer's words, where it is no more than that.")
	case asQuote:
		return derived(components, of, func(quote *huma.Schema) *huma.Schema {
			loose := *quote
			loose.Required = []string{"exact"}
			loose.Description = "A quote. Without a position it is looked for: it must stand in the text once, or once between prefix " +
				"and suffix."
			return &loose
		})
	}
	if f.items != nil {
		list := *of
		list.Items = writtenSchema(components, of.Items, f.items)
		return &list
	}
	return derived(components, of, func(object *huma.Schema) *huma.Schema { return writtenMembers(components, object, f) })
}

// exampleKeys are the keys that examples have, by the resource that they are of; of a merger or a match it may be either.
var exampleKeys = map[headwater.Resource]string{
	"source": "nis", "document": "article-12", "claim": "over-million-since-august", "this": "nis", "kind": "nis",
}

// sentence is the description of a schema as a whole sentence.
func sentence(of *huma.Schema) string { return strings.TrimSuffix(of.Description, ".") + "." }

// derived is a schema that is derived from a component, as a component of its own: it has the name with New before it. The parts of
// a patch stay as they are, since a patch merges with what has a position.
func derived(components huma.Registry, of *huma.Schema, derive func(*huma.Schema) *huma.Schema) *huma.Schema {
	if of.Ref == "" {
		return of
	}
	name := "New" + nameOf(of)
	if components.Map()[name] == nil {
		components.Map()[name] = derive(components.Map()[nameOf(of)])
	}
	reference := *of
	reference.Ref = refersTo(name)
	return &reference
}

// orText is a schema of what may be one text instead.
func orText(of *huma.Schema, example, says string) *huma.Schema {
	text := &huma.Schema{Type: huma.TypeString, Description: says, Examples: []any{example}}
	whole := &huma.Schema{Ref: of.Ref}
	for _, part := range of.AnyOf { // of an object or null
		if part.Ref != "" {
			whole.Ref, text.Nullable = part.Ref, true
		}
	}
	return &huma.Schema{Description: of.Description, AnyOf: []*huma.Schema{text, whole}, Examples: []any{example}}
}
