package api

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/go-json-experiment/json"

	"github.com/headwater-project/headwater"
)

// Words is the body of a request that says something of a thing. What the thing finds wrong with itself is told together
// with what huma finds wrong by the schema.
type Words[B interface{ Validate() error }] struct{ Body B }

// Resolve gives the faults of a body that could be read.
func (w *Words[B]) Resolve(huma.Context) []error { return ownFaults(w.Body) }

// ownFaults are what a thing finds wrong with itself; what could not be read finds nothing.
func ownFaults(thing any) []error {
	checked, ok := thing.(interface{ Validate() error })
	if !ok || reflect.ValueOf(thing).IsZero() {
		return nil
	}
	var faults headwater.Faults
	errors.As(checked.Validate(), &faults)
	found := make([]error, len(faults))
	for i, fault := range faults {
		found[i] = fault
	}
	return found
}

// faultsFound are the faults among errors, in the order of where they are. Where both we and huma find one, ours counts.
func faultsFound(errs []error) []ProblemFault {
	var list []ProblemFault
	for _, err := range errs {
		if own, ok := errors.AsType[headwater.Fault](err); ok {
			list = append(list, ProblemFault{Fault: own})
		}
	}
	own := list
	for _, err := range errs {
		detail, ok := errors.AsType[*huma.ErrorDetail](err)
		if !ok {
			continue
		}
		fault := faultOf(detail)
		if !slices.ContainsFunc(own, func(f ProblemFault) bool { return f.Pointer == fault.Pointer }) {
			list = append(list, ProblemFault{Fault: fault})
		}
	}
	slices.SortStableFunc(list, func(a, b ProblemFault) int { return strings.Compare(string(a.Pointer), string(b.Pointer)) })
	return slices.Compact(list) // of an id, both its pattern and its format may say so
}

// say is a fault as a message of huma's carries it: its code, and what was expected.
func say(code headwater.FaultCode, expected string) string { return string(code) + ": " + expected }

// huma says what is wrong in words that are set here, once for the whole program: in those of the domain, with its codes.
// Where it would add the text of an error, that is left out (%.0s).
func init() {
	for message, said := range map[*string]string{
		&validation.MsgUnexpectedProperty:             say(headwater.FaultUnknownField, "no member of this name"),
		&validation.MsgExpectedRequiredProperty:       say(headwater.FaultRequired, "%s"),
		&validation.MsgExpectedRFC3339DateTime:        say(headwater.FaultFormat, "an RFC 3339 instant such as 2023-08-15T09:30:00Z"),
		&validation.MsgExpectedRFC3986URI:             say(headwater.FaultFormat, "a URI%.0s"),
		&validation.MsgExpectedRFC4122UUID:            say(headwater.FaultFormat, "a UUID%.0s"),
		&validation.MsgExpectedBoolean:                say(headwater.FaultFormat, "true or false"),
		&validation.MsgExpectedNumber:                 say(headwater.FaultFormat, "a number"),
		&validation.MsgExpectedInteger:                say(headwater.FaultFormat, "a whole number"),
		&validation.MsgExpectedString:                 say(headwater.FaultFormat, "text"),
		&validation.MsgExpectedArray:                  say(headwater.FaultFormat, "a list"),
		&validation.MsgExpectedObject:                 say(headwater.FaultFormat, "an object"),
		&validation.MsgExpectedOneOf:                  say(headwater.FaultNotOneOf, "one of %s"),
		&validation.MsgExpectedMinimumNumber:          say(headwater.FaultRange, "a number >= %v"),
		&validation.MsgExpectedExclusiveMinimumNumber: say(headwater.FaultRange, "a number > %v"),
		&validation.MsgExpectedMaximumNumber:          say(headwater.FaultRange, "a number <= %v"),
		&validation.MsgExpectedExclusiveMaximumNumber: say(headwater.FaultRange, "a number < %v"),
		&validation.MsgExpectedMinLength:              say(headwater.FaultRequired, "a text of %d or more characters"),
		&validation.MsgExpectedMaxLength:              say(headwater.FaultTooLong, "a text of %d characters at most"),
		&validation.MsgExpectedMatchPattern:           say(headwater.FaultFormat, "a text that matches %s"),
		&validation.MsgExpectedBePattern:              say(headwater.FaultFormat, "%s"),
		&validation.MsgExpectedMinItems:               say(headwater.FaultRequired, "a list of %d or more entries"),
		&validation.MsgExpectedMaxItems:               say(headwater.FaultTooLong, "a list of %d entries at most"),
	} {
		*message = said
	}
}

// fixed are the messages of huma's that cannot be set.
var fixed = map[string]string{
	"unknown query parameter":             say(headwater.FaultUnknownField, "no parameter of this name"),
	"required query parameter is missing": say(headwater.FaultRequired, "a value"),
	"invalid integer":                     say(headwater.FaultFormat, "a whole number"),
	"invalid float":                       say(headwater.FaultFormat, "a number"),
	"invalid boolean":                     say(headwater.FaultFormat, "true or false"),
}

// faultOf is what huma found wrong as the domain says it. What it says in other words than those above is not for clients.
func faultOf(detail *huma.ErrorDetail) headwater.Fault {
	said := detail.Message
	if other, ok := fixed[said]; ok {
		said = other
	}
	if strings.HasPrefix(said, "invalid value: ") { // of parameters, ids alone read their text themselves
		said = say(headwater.FaultFormat, "a UUID")
	}
	code, expected, told := strings.Cut(said, ": ")
	if !told {
		code, expected = string(headwater.FaultFormat), "what the document says of it"
	}
	at := pointerOf(detail.Location)
	value := detail.Value
	whole, _ := value.(map[string]any)
	switch headwater.FaultCode(code) {
	case headwater.FaultUnknownField: // of which huma gives all that it stands in
		for name := range whole {
			if above, ok := strings.CutSuffix(detail.Location, "."+name); ok {
				at, value = pointerOf(above).Field(name), whole[name]
			}
		}
	case headwater.FaultRequired:
		if whole != nil {
			at, value, expected = at.Field(expected), "", "a value"
		}
	case headwater.FaultTooLong:
		if list, ok := value.([]any); ok {
			value = fmt.Sprintf("%d entries", len(list))
		}
	}
	return headwater.NewFault(at, headwater.FaultCode(code), shown(value), expected)
}

// shown is a value as the client wrote it: text as it is, all else as JSON.
func shown(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		return ""
	}
	return string(text)
}

// null stands for the value null where bodies are checked. huma takes null for a member that is missing, which the document
// does not; this it takes for a value of a wrong type.
type null struct{}

// MarshalJSON shows it as it was given.
func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// withNulls puts null in place of each nil.
func withNulls(node any) any {
	switch node := node.(type) {
	case nil:
		return null{}
	case []any:
		for i := range node {
			node[i] = withNulls(node[i])
		}
	case map[string]any:
		for name := range node {
			node[name] = withNulls(node[name])
		}
	}
	return node
}

// read reads a body that huma does not read itself as it reads others: by the schema of its type, all faults at once, with
// those that were found before.
func read[T any](components huma.Registry, body []byte, before ...error) (thing T, err error) {
	var parsed any
	if err := unmarshal(body, &parsed); err != nil {
		return thing, newError(http.StatusBadRequest, withFaults, &huma.ErrorDetail{Message: err.Error(), Location: "body", Value: string(body)})
	}
	found := &huma.ValidateResult{Errors: before}
	huma.Validate(components, components.Schema(reflect.TypeFor[T](), true, ""), huma.NewPathBuffer([]byte("body"), len("body")), huma.ModeWriteToServer, parsed, found)
	if err := unmarshal(body, &thing); err != nil && len(found.Errors) == 0 {
		found.Errors = append(found.Errors, &huma.ErrorDetail{Message: err.Error(), Location: "body", Value: string(body)})
	}
	if found.Errors = append(found.Errors, ownFaults(thing)...); len(found.Errors) > 0 {
		return thing, newError(http.StatusUnprocessableEntity, withFaults, found.Errors...)
	}
	return thing, nil
}

// withFaults is what a problem says that lists faults.
const withFaults = "the request has faults; errors lists them"

// pointerOf turns huma's place of a fault, such as body.chain[0].source or query.limit, into a JSON Pointer.
func pointerOf(location string) headwater.Pointer {
	var at headwater.Pointer
	_, path, _ := strings.Cut(strings.NewReplacer("[", ".", "]", "").Replace(location), ".")
	for _, name := range strings.Split(path, ".") {
		if name != "" {
			at = at.Field(name)
		}
	}
	return at
}
