package assistant

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// schema is a JSON schema.
type schema = map[string]any

// document is what of an OpenAPI document tools are made from.
type document struct {
	operations map[string]operation
	components map[string]schema
}

// operation is one of the service's operations.
type operation struct {
	method, path string
	Parameters   []parameter  `json:"parameters"`
	RequestBody  *requestBody `json:"requestBody"`
}

// parameter is one of an operation's parameters.
type parameter struct {
	Name        string `json:"name"`
	In          string `json:"in"`
	Description string `json:"description"`
	Required    bool   `json:"required"`
	Explode     bool   `json:"explode"`
	Schema      schema `json:"schema"`
}

type requestBody struct {
	Content map[string]struct {
		Schema schema `json:"schema"`
	} `json:"content"`
}

func parseDocument(text []byte) (*document, error) {
	var raw struct {
		Paths      map[string]map[string]json.RawMessage `json:"paths"`
		Components struct {
			Schemas map[string]schema `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	d := &document{operations: map[string]operation{}, components: raw.Components.Schemas}
	for path, methods := range raw.Paths {
		for method, member := range methods {
			var named struct {
				ID string `json:"operationId"`
				operation
			}
			if err := json.Unmarshal(member, &named); err != nil || named.ID == "" {
				continue // a member of a path that is no operation
			}
			named.method, named.path = strings.ToUpper(method), path
			d.operations[named.ID] = named.operation
		}
	}
	return d, nil
}

// componentPrefix begins a reference to a component.
const componentPrefix = "#/components/schemas/"

// inline gives a schema with all components that it refers to in their places: what assistants get has no other document to
// look them up in. A component within itself is left open.
func (d *document) inline(of any, within ...string) any {
	switch of := of.(type) {
	case []any:
		list := make([]any, len(of))
		for i, item := range of {
			list[i] = d.inline(item, within...)
		}
		return list
	case schema:
		out := schema{}
		if ref, _ := of["$ref"].(string); ref != "" {
			name := strings.TrimPrefix(ref, componentPrefix)
			if component := d.components[name]; component != nil && !slices.Contains(within, name) {
				maps.Copy(out, d.inline(component, append(slices.Clone(within), name)...).(schema))
			}
		}
		for name, member := range of {
			if name != "$ref" {
				out[name] = d.inline(member, within...)
			}
		}
		return out
	}
	return of
}

// component gives a component with what it refers to, without some of its members.
func (d *document) component(name string, without ...string) (schema, error) {
	if d.components[name] == nil {
		return nil, fmt.Errorf("the document has no component %s", name)
	}
	whole := d.inline(d.components[name], name).(schema)
	properties, _ := whole["properties"].(schema)
	for _, member := range without {
		delete(properties, member)
	}
	required, _ := whole["required"].([]any)
	whole["required"] = slices.DeleteFunc(required, func(member any) bool {
		name, _ := member.(string)
		return slices.Contains(without, name)
	})
	return whole, nil
}

// object is the schema of an object.
func object(properties schema, required ...string) schema {
	return schema{"type": "object", "properties": properties, "required": append([]string{}, required...), "additionalProperties": false}
}
