package assistant

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// writer is a tool that proposes. A call is one import: all of it is kept, or none and all faults are told.
//
// Every thing gets an id of its own, so that no call can change what is stored, and says which model made it. Attributions and
// links are proposed: they count once a person accepts them. Sources, documents and claims alone enter no figure.
type writer struct {
	tool mcp.Tool
	// lists are the arguments that hold things, in the order of the lines of the import.
	lists []list
}

// list is an argument that holds things of one resource.
type list struct {
	name     string
	resource headwater.Resource
	required bool
	single   bool // one thing rather than a list of them
}

const (
	// handle is the member by which one thing of a call refers to another.
	handle = "handle"
	// model is the argument that says what makes the proposal.
	model = "model"
	// maxThings is how many things an argument may hold.
	maxThings = 200
)

// references are the members that name another thing, by resource.
var references = map[headwater.Resource][]string{
	headwater.ResourceDocument:    {"publisher", "derived_from"},
	headwater.ResourceAttribution: {"claim", "document"},
	headwater.ResourceLink:        {"from", "to"},
}

// decided are the members that assistants do not set: who a thing is, and what only a person decides.
var decided = []string{"type", "id", "key", "namespace", "status", "merged_into", "method", "text_sha256", "control_reviewed_at",
	"reliability", "credibility"}

// newWriters makes the tools from the lines of bundles that the document describes.
func newWriters(d *document) ([]writer, error) {
	sources := list{name: "sources", resource: headwater.ResourceSource}
	claims := list{name: "claims", resource: headwater.ResourceClaim}
	tools := []struct {
		name, title, says string
		lists             []list
	}{
		{"propose_document", "Enter a document",
			"Enters a published text with its publisher, which is either a stored source or a new one in sources. A document alone " +
				"enters no figure.",
			[]list{sources, {name: "document", resource: headwater.ResourceDocument, required: true, single: true}}},
		{"propose_attributions", "Propose attributions",
			"Proposes where a document makes claims: the words, the stance, and the chain from the document's publisher to the origin. " +
				"Each quote must stand in the text word for word. New sources and claims come with them. All faults are told at once, " +
				"and then nothing is kept. What is proposed counts for nothing until a person accepts it.",
			[]list{sources, claims, {name: "attributions", resource: headwater.ResourceAttribution, required: true}}},
		{"propose_links", "Propose links between claims",
			"Proposes that one claim is equivalent to another, refines, corroborates or contradicts it. It counts for nothing until a " +
				"person accepts it.",
			[]list{{name: "links", resource: headwater.ResourceLink, required: true}}},
	}
	writers := make([]writer, len(tools))
	for i, tool := range tools {
		properties := schema{model: object(schema{
			"name": schema{"type": "string", "minLength": 1, "maxLength": 200,
				"description": "The name of the model that makes the proposal."},
			"version": schema{"type": "string", "maxLength": 100, "description": "Its version."},
		}, "name")}
		required := []string{model}
		for _, l := range tool.lists {
			thing, err := d.thing(l.resource)
			if err != nil {
				return nil, fmt.Errorf("tool %s: %w", tool.name, err)
			}
			properties[l.name] = schema{"type": "array", "minItems": 1, "maxItems": maxThings, "items": thing}
			if l.single {
				properties[l.name] = thing
			}
			if l.required {
				required = append(required, l.name)
			}
		}
		no := false
		writers[i] = writer{lists: tool.lists, tool: mcp.Tool{
			Name: tool.name, Title: tool.title, Description: tool.says, InputSchema: object(properties, required...),
			Annotations: &mcp.ToolAnnotations{DestructiveHint: &no, OpenWorldHint: &no},
		}}
	}
	return writers, nil
}

// thing is the schema of a thing that a tool takes: a line of a bundle without what assistants do not set. A quote needs no
// position.
func (d *document) thing(of headwater.Resource) (schema, error) {
	name := string(of)
	thing, err := d.component(strings.ToUpper(name[:1])+name[1:]+"Line", decided...)
	if err != nil {
		return nil, err
	}
	described, _ := thing["properties"].(schema)
	for member, property := range described {
		if property, is := property.(schema); is {
			describeReference(property, slices.Contains(references[of], member))
		}
	}
	if chain, _ := described["chain"].(schema); chain != nil {
		hop, _ := chain["items"].(schema)
		members, _ := hop["properties"].(schema)
		source, _ := members["source"].(schema)
		describeReference(source, true)
	}
	loosenSelectors(thing)
	delete(thing, "description")
	described[handle] = schema{"type": "string", "pattern": "^[a-z0-9_-]{1,40}$",
		"description": "A name by which other things of this call refer to it; it is not kept."}
	return thing, nil
}

func describeReference(property schema, is bool) {
	if is && property != nil {
		property["description"] = "The id of a stored one, or the handle of one of this call."
		delete(property, "examples")
	}
}

// loosenSelectors lets quotes come without positions.
func loosenSelectors(of any) {
	properties, _ := of.(schema)
	for _, member := range properties {
		switch member := member.(type) {
		case schema:
			loosenSelectors(member)
		case []any:
			for _, item := range member {
				loosenSelectors(item)
			}
		}
	}
	members, _ := properties["properties"].(schema)
	if members["exact"] != nil && members["start"] != nil {
		properties["required"] = []string{"exact"}
	}
}

// call imports what a call proposes.
func (w writer) call(c client) mcp.ToolHandler {
	takes := []string{model}
	for _, l := range w.lists {
		takes = append(takes, l.name)
	}
	return func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		arguments, unknown := readArguments(req, takes)
		if unknown != nil {
			return unknown, nil
		}
		p, faults := w.read(arguments)
		if len(faults) > 0 {
			return refused(faults)
		}
		answered, err := c.send(ctx, http.MethodPost, "/v1/imports", nil, bundle.MediaType, p.lines.Bytes())
		if err != nil {
			return nil, err
		}
		if answered.refused() {
			answered.body = p.place(answered.body)
			return answered.result(), nil
		}
		text, err := json.Marshal(map[string]any{"proposed": p.things})
		return answer{answered.status, text}.result(), err
	}
}

// proposal is what a call proposes, as a bundle.
type proposal struct {
	lines  bytes.Buffer
	places []headwater.Pointer // in the arguments, of each line after the first
	things []proposed
}

// proposed is a thing of a proposal.
type proposed struct {
	Resource headwater.Resource `json:"resource"`
	ID       uuid.UUID          `json:"id"`
	Handle   string             `json:"handle,omitempty"`
}

// item is a thing as it came, and where.
type item struct {
	at      headwater.Pointer
	members map[string]any
	proposed
}

// read makes lines of the things, each with its id, its model, and the ids of the things that it names.
func (w writer) read(arguments map[string]json.RawMessage) (*proposal, headwater.Faults) {
	var faults headwater.Faults
	add := func(at headwater.Pointer, code headwater.FaultCode, value any, expected string) {
		faults = append(faults, headwater.NewFault(at, code, value, expected))
	}
	var by struct{ Name, Version string }
	if err := json.Unmarshal(arguments[model], &by); err != nil || by.Name == "" {
		add("/model/name", headwater.FaultRequired, nil, "the name of the model that makes the proposal")
	}
	var items []item
	ids := map[string]uuid.UUID{}
	for _, l := range w.lists {
		at := headwater.Pointer("").Field(l.name)
		things, ok := l.things(arguments[l.name])
		switch {
		case !ok:
			add(at, headwater.FaultFormat, nil, "JSON objects")
		case l.required && len(things) == 0:
			add(at, headwater.FaultRequired, nil, "at least one")
		case len(things) > maxThings:
			add(at, headwater.FaultTooLong, len(things), fmt.Sprintf("at most %d", maxThings))
			things = nil
		}
		for i, members := range things {
			place := at
			if !l.single {
				place = at.Index(i)
			}
			for _, name := range decided {
				if _, given := members[name]; given {
					add(place.Field(name), headwater.FaultUnknownField, nil,
						"nothing here: a person decides it, or it follows from the rest")
				}
			}
			one := item{at: place, members: members,
				proposed: proposed{Resource: l.resource, ID: uuid.Must(uuid.NewV7())}}
			if given, named := members[handle]; named {
				one.Handle, _ = given.(string)
				switch {
				case one.Handle == "":
					add(place.Field(handle), headwater.FaultFormat, given, "a text")
				case ids[one.Handle] != uuid.Nil:
					add(place.Field(handle), headwater.FaultDuplicate, one.Handle, "a handle that no other thing of the call has")
				}
				ids[one.Handle] = one.ID
				delete(members, handle)
			}
			items = append(items, one)
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	p := &proposal{}
	encoder := json.NewEncoder(&p.lines)
	encoder.SetEscapeHTML(false)
	// the namespace is of this call alone: no key of it can be one that is stored
	header := map[string]any{"type": "bundle", "format": bundle.FormatName, "namespace": "urn:uuid:" + uuid.Must(uuid.NewV7()).String()}
	method := map[string]any{"kind": headwater.ByModel, "name": by.Name}
	if by.Version != "" {
		method["version"] = by.Version
	}
	if err := encoder.Encode(header); err != nil {
		return nil, headwater.Faults{headwater.NewFault("", headwater.FaultFormat, nil, err.Error())}
	}
	for _, one := range items {
		line := one.members
		for _, name := range references[one.Resource] {
			refer(line, name, ids)
		}
		if chain, _ := line["chain"].([]any); chain != nil {
			for _, hop := range chain {
				if hop, is := hop.(map[string]any); is {
					refer(hop, "source", ids)
				}
			}
		}
		placeQuotes(line)
		line["type"], line["id"], line["method"] = one.Resource, one.ID, method
		if one.Resource == headwater.ResourceAttribution || one.Resource == headwater.ResourceLink {
			line["status"] = headwater.Proposed
		}
		if err := encoder.Encode(line); err != nil {
			add(one.at, headwater.FaultFormat, nil, "JSON")
		}
		p.places, p.things = append(p.places, one.at), append(p.things, one.proposed)
	}
	return p, faults
}

// things reads an argument.
func (l list) things(argument json.RawMessage) ([]map[string]any, bool) {
	if len(argument) == 0 || string(argument) == "null" {
		return nil, true
	}
	if l.single {
		argument = slices.Concat([]byte("["), argument, []byte("]"))
	}
	decoder := json.NewDecoder(bytes.NewReader(argument))
	decoder.UseNumber() // quantities are exact decimals
	var things []map[string]any
	err := decoder.Decode(&things)
	return things, err == nil && !slices.ContainsFunc(things, func(m map[string]any) bool { return m == nil })
}

// refer puts the id of a thing of the call where its handle stands.
func refer(members map[string]any, name string, ids map[string]uuid.UUID) {
	if named, is := members[name].(string); is {
		if id, of := ids[named]; of {
			members[name] = id
		}
	}
}

// placeQuotes gives each quote without a position one that no text has: the import looks for the words then.
func placeQuotes(of any) {
	switch of := of.(type) {
	case []any:
		for _, member := range of {
			placeQuotes(member)
		}
	case map[string]any:
		for _, member := range of {
			placeQuotes(member)
		}
		exact, quotes := of["exact"].(string)
		if _, placed := of["start"]; quotes && !placed {
			of["start"], of["end"] = headwater.Nowhere, headwater.Nowhere+utf8.RuneCountInString(exact)
		}
	}
}

// place says of each fault of an import where in the arguments it is, instead of in which line.
func (p *proposal) place(problem []byte) []byte {
	var members map[string]json.RawMessage
	var faults []map[string]any
	if json.Unmarshal(problem, &members) != nil || json.Unmarshal(members["errors"], &faults) != nil {
		return problem
	}
	for _, fault := range faults {
		line, _ := fault["line"].(float64)
		pointer, _ := fault["pointer"].(string)
		if fault["code"] == string(headwater.FaultUnknownReference) { // an import takes keys too, of which a call has none
			fault["expected"] = "the id of a stored one, or the handle of one of this call"
		}
		for _, thing := range p.things {
			if thing.Handle != "" && fault["value"] == thing.ID.String() {
				fault["value"] = thing.Handle // who proposes knows the thing by no other name
			}
		}
		if at := int(line) - 2; at >= 0 && at < len(p.places) {
			fault["pointer"] = string(p.places[at]) + pointer
			delete(fault, "line")
		}
	}
	text, err := json.Marshal(faults)
	if err != nil {
		return problem
	}
	members["errors"] = text
	whole, err := json.Marshal(members)
	if err != nil {
		return problem
	}
	return whole
}

// refused gives faults of the arguments in the form that the service gives faults of a body.
func refused(faults headwater.Faults) (*mcp.CallToolResult, error) {
	text, err := json.Marshal(map[string]any{
		"title": "the arguments have faults, which errors lists; nothing was kept", "errors": faults,
	})
	return answer{http.StatusUnprocessableEntity, text}.result(), err
}
