package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/headwater-project/headwater"
)

// FieldsBody is the body of a request that gives the fields of a thing. The faults that the thing itself finds are reported
// together with those that huma finds by the schema.
type FieldsBody[B interface{ Validate() error }] struct{ Body B }

// Resolve gives the faults of a body. One that could not be decoded looks as an empty object does: of that, what can be is checked.
func (w *FieldsBody[B]) Resolve(ctx huma.Context) []error {
	request := requestOf(ctx.Context())
	if reflect.ValueOf(w.Body).IsZero() {
		members, is := membersOf(receivedBody(ctx))
		if !is {
			return nil
		}
		request.unread = w.decode(members)
		if len(members) > 0 && len(request.unread) == len(members) {
			return nil
		}
	}
	request.said = w.Body
	return request.withoutUnread(errorsOf(w.Body.Validate()))
}

// allFaults are the faults that huma does not find, of a request that is at fault. Those that only the store can find come with them:
// they cost queries, which a request without a fault makes as it writes.
func (r *request) allFaults(ctx context.Context) []error {
	return append(r.faults[:len(r.faults):len(r.faults)], r.withoutUnread(errorsOf(checkSaid(ctx, r.store, r.said)))...)
}

// checkSaid gives all faults of what is said about a thing that it does not find in itself.
func checkSaid(ctx context.Context, s NameStore, said any) error {
	switch said := said.(type) {
	case NewAttribution:
		return s.CheckAttribution(ctx, said.AttributionFields)
	case headwater.AttributionFields:
		return s.CheckAttribution(ctx, said)
	case interface{ References() []headwater.Reference }:
		return s.CheckReferences(ctx, said.References())
	}
	return nil
}

// membersOf are the members of a body that is an object.
func membersOf(body io.ReadSeeker) (members map[string]jsontext.Value, is bool) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return nil, false
	}
	err := json.UnmarshalRead(body, &members)
	return members, err == nil && members != nil
}

// decode decodes the members of a body each by itself, and says which of them cannot be.
func (w *FieldsBody[B]) decode(members map[string]jsontext.Value) (unread map[string]bool) {
	unread = map[string]bool{}
	for name, value := range members {
		one, err := json.Marshal(map[string]jsontext.Value{name: value})
		with := w.Body
		if err != nil || json.Unmarshal(one, &with) != nil {
			unread[name] = true
			continue
		}
		w.Body = with
	}
	return unread
}

// withoutUnread leaves out that something is missing of a member that is there and could not be decoded.
func (r *request) withoutUnread(faults []error) []error {
	return slices.DeleteFunc(faults, func(err error) bool {
		fault, is := errors.AsType[headwater.Fault](err)
		member, _, _ := strings.Cut(strings.TrimPrefix(string(fault.Pointer), "/"), "/")
		return is && fault.Code == headwater.FaultRequired && r.unread[member]
	})
}

// validationFaults are those that a thing finds in itself. One that could not be decoded finds none.
func validationFaults(thing any) []error {
	checked, ok := thing.(interface{ Validate() error })
	if !ok || reflect.ValueOf(thing).IsZero() {
		return nil
	}
	return errorsOf(checked.Validate())
}

// errorsOf are the faults in an error, each as an error.
func errorsOf(err error) []error {
	var faults headwater.Faults
	errors.As(err, &faults)
	found := make([]error, len(faults))
	for i, fault := range faults {
		found[i] = fault
	}
	return found
}

// faultsOfErrors are the faults among errors, ordered by pointer. Where both we and huma find one, ours counts; where a value is at
// fault, it does not count that it is missing from what could be read.
func faultsOfErrors(errs []error) []ProblemFault {
	var list []ProblemFault
	own, given := map[headwater.Pointer]bool{}, map[headwater.Pointer]bool{}
	for _, err := range errs {
		if fault, ok := errors.AsType[headwater.Fault](err); ok {
			list = append(list, ProblemFault{Fault: fault})
			own[fault.Pointer] = true
			given[fault.Pointer] = given[fault.Pointer] || fault.Code != headwater.FaultRequired
		}
	}
	list = slices.DeleteFunc(list, func(f ProblemFault) bool { return f.Code == headwater.FaultRequired && given[f.Pointer] })
	for _, err := range errs {
		detail, ok := errors.AsType[*huma.ErrorDetail](err)
		if !ok {
			continue
		}
		if fault := faultOf(detail); !own[fault.Pointer] {
			list = append(list, ProblemFault{Fault: fault})
		}
	}
	slices.SortStableFunc(list, func(a, b ProblemFault) int { return strings.Compare(string(a.Pointer), string(b.Pointer)) })
	return slices.Compact(list) // of an id, both its pattern and its format may say so
}

// faultMessage is a fault in the form of huma's messages: its code, and what was expected.
func faultMessage(code headwater.FaultCode, expected string) string {
	return string(code) + ": " + expected
}

// huma's messages are package variables: they are set once for the whole program, to the codes and words of the domain. Where
// huma would add the text of an error, that is left out (%.0s).
func init() {
	for message, text := range map[*string]string{
		&validation.MsgUnexpectedProperty:       faultMessage(headwater.FaultUnknownField, "no member of this name"),
		&validation.MsgExpectedRequiredProperty: faultMessage(headwater.FaultRequired, "%s"),
		&validation.MsgExpectedRFC3339DateTime: faultMessage(headwater.FaultFormat,
			"an RFC 3339 instant such as 2023-08-15T09:30:00Z"),
		&validation.MsgExpectedRFC3986URI:             faultMessage(headwater.FaultFormat, "a URI%.0s"),
		&validation.MsgExpectedRFC4122UUID:            faultMessage(headwater.FaultFormat, "a UUID%.0s"),
		&validation.MsgExpectedBoolean:                faultMessage(headwater.FaultFormat, "true or false"),
		&validation.MsgExpectedNumber:                 faultMessage(headwater.FaultFormat, "a number"),
		&validation.MsgExpectedInteger:                faultMessage(headwater.FaultFormat, "a whole number"),
		&validation.MsgExpectedString:                 faultMessage(headwater.FaultFormat, "text"),
		&validation.MsgExpectedArray:                  faultMessage(headwater.FaultFormat, "a list"),
		&validation.MsgExpectedObject:                 faultMessage(headwater.FaultFormat, "an object"),
		&validation.MsgExpectedOneOf:                  faultMessage(headwater.FaultNotOneOf, "one of %s"),
		&validation.MsgExpectedMinimumNumber:          faultMessage(headwater.FaultRange, "a number >= %v"),
		&validation.MsgExpectedExclusiveMinimumNumber: faultMessage(headwater.FaultRange, "a number > %v"),
		&validation.MsgExpectedMaximumNumber:          faultMessage(headwater.FaultRange, "a number <= %v"),
		&validation.MsgExpectedExclusiveMaximumNumber: faultMessage(headwater.FaultRange, "a number < %v"),
		&validation.MsgExpectedMinLength:              faultMessage(headwater.FaultRequired, "a text of %d or more characters"),
		&validation.MsgExpectedMaxLength:              faultMessage(headwater.FaultTooLong, "a text of %d characters at most"),
		&validation.MsgExpectedMatchPattern:           faultMessage(headwater.FaultFormat, "a text that matches %s"),
		&validation.MsgExpectedBePattern:              faultMessage(headwater.FaultFormat, "%s"),
		&validation.MsgExpectedMinItems:               faultMessage(headwater.FaultRequired, "a list of %d or more entries"),
		&validation.MsgExpectedMaxItems:               faultMessage(headwater.FaultTooLong, "a list of %d entries at most"),
	} {
		*message = text
	}
}

// fixedMessages translate the messages of huma's that are not variables.
var fixedMessages = map[string]string{
	"unknown query parameter":             faultMessage(headwater.FaultUnknownField, "no parameter of this name"),
	"required query parameter is missing": faultMessage(headwater.FaultRequired, "a value"),
	"invalid integer":                     faultMessage(headwater.FaultFormat, "a whole number"),
	"invalid float":                       faultMessage(headwater.FaultFormat, "a number"),
	"invalid boolean":                     faultMessage(headwater.FaultFormat, "true or false"),
}

// faultOf translates what huma found into a fault of the domain. Messages that are not listed above are not for clients.
func faultOf(detail *huma.ErrorDetail) headwater.Fault {
	message := detail.Message
	if other, ok := fixedMessages[message]; ok {
		message = other
	}
	if strings.HasPrefix(message, "invalid value: ") { // the only parameters that decode themselves are ids
		message = faultMessage(headwater.FaultFormat, "a UUID")
	}
	code, expected, known := strings.Cut(message, ": ")
	if !known {
		code, expected = string(headwater.FaultFormat), "what the document says of it"
	}
	at := pointerOf(detail.Location)
	value := detail.Value
	whole, _ := value.(map[string]any)
	switch headwater.FaultCode(code) {
	case headwater.FaultUnknownField: // huma gives the whole object as the value, which may be large
		if above, name, found := memberAt(detail.Location, whole); found {
			at, value = pointerOf(above).Field(name), whole[name]
		} else if whole != nil {
			value = fmt.Sprintf("a member with a name of more than %d bytes", longestName)
		}
	case headwater.FaultRequired:
		if whole != nil {
			at, value, expected = at.Field(expected), "", "a value"
		}
	case headwater.FaultNotOneOf:
		expected = headwater.OneOf(textOf(value), strings.Split(strings.TrimPrefix(expected, "one of "), ", "))
	case headwater.FaultTooLong:
		if list, ok := value.([]any); ok {
			value = fmt.Sprintf("%d entries", len(list))
		}
	}
	return headwater.NewFault(at, headwater.FaultCode(code), textOf(value), expected)
}

// longestName is how many bytes of a location are looked at for the name of a member, which may have dots.
const longestName = 256

// memberAt finds the member of an object that a location ends with, and the location of the object.
func memberAt(location string, whole map[string]any) (above, name string, found bool) {
	for i := max(0, len(location)-longestName-1); i < len(location); i++ {
		if location[i] != '.' {
			continue
		}
		if _, found = whole[location[i+1:]]; found {
			return location[:i], location[i+1:], true
		}
	}
	return "", "", false
}

// maxMembers is how many members an object of a body may have: none that the document knows has nearly as many.
const maxMembers = 1_000

// maxNesting is how many lists and objects of a body may stand in one another: those that the document knows go to less than ten.
const maxNesting = 64

// tooLarge says what an object or list in a body has more of than it may; empty if nothing. What is validated costs more than what is
// read, and some of it with each level.
func tooLarge(node any, depth int) (expected string) {
	var within iter.Seq[any]
	switch node := node.(type) {
	case []any:
		within = slices.Values(node)
	case map[string]any:
		if len(node) > maxMembers {
			return fmt.Sprintf("objects of %d members at most", maxMembers)
		}
		within = maps.Values(node)
	default:
		return ""
	}
	if depth == maxNesting {
		return fmt.Sprintf("%d lists and objects in one another at most", maxNesting)
	}
	for inner := range within {
		if expected := tooLarge(inner, depth+1); expected != "" {
			return expected
		}
	}
	return ""
}

// maxProblemFaults is how many faults a problem lists.
const maxProblemFaults = 100

// setFaults gives a problem the first of its faults, and says so where there are more.
func (p *Problem) setFaults(faults []ProblemFault) {
	p.Errors = faults
	if more := len(faults) - maxProblemFaults; more > 0 {
		p.Errors = faults[:maxProblemFaults:maxProblemFaults]
		p.Detail = fmt.Sprintf("%s; these are the first %d, and there are %d more", p.Detail, maxProblemFaults, more)
	}
}

// textOf is a value as the client wrote it: text as it is, all else as JSON.
func textOf(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		return ""
	}
	return string(text)
}

// null stands for JSON's null where bodies are validated. huma takes nil for a missing member, which the document does not;
// this it takes for a value of a wrong type.
type null struct{}

// MarshalJSON shows what the client sent.
func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// markNulls puts null in place of each nil.
func markNulls(node any) any {
	switch node := node.(type) {
	case nil:
		return null{}
	case []any:
		for i := range node {
			node[i] = markNulls(node[i])
		}
	case map[string]any:
		for name := range node {
			node[name] = markNulls(node[name])
		}
	}
	return node
}

// parseBody reads a body that huma leaves to us as huma reads the others: by the schema of its type, all faults at once.
func parseBody[T any](components huma.Registry, body []byte) (thing T, err error) {
	thing, faults, err := decodeBody[T](components, body)
	if err == nil && len(faults) > 0 {
		err = newError(http.StatusUnprocessableEntity, faultsDetail, faults...)
	}
	return thing, err
}

// decodeBody reads a body and gives its faults, after those that were found before.
func decodeBody[T any](components huma.Registry, body []byte, before ...error) (thing T, faults []error, err error) {
	var parsed any
	if err := unmarshalStrict(body, &parsed); err != nil {
		return thing, nil, newError(http.StatusBadRequest, faultsDetail,
			&huma.ErrorDetail{Message: err.Error(), Location: "body", Value: string(body)})
	}
	found := &huma.ValidateResult{Errors: before}
	huma.Validate(components, components.Schema(reflect.TypeFor[T](), true, ""), huma.NewPathBuffer([]byte("body"), len("body")),
		huma.ModeWriteToServer, parsed, found)
	if err := unmarshalStrict(body, &thing); err != nil && len(found.Errors) == 0 {
		found.Errors = append(found.Errors, &huma.ErrorDetail{Message: err.Error(), Location: "body", Value: string(body)})
	}
	return thing, append(found.Errors, validationFaults(thing)...), nil
}

// faultsDetail is the detail of a problem that lists faults.
const faultsDetail = "the request has faults; errors lists them"

// pointerOf turns huma's location of a fault, such as body.chain[0].source or query.limit, into a JSON Pointer.
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
