package api

import (
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
)

// Words is the body of a request that says something of a thing. What the thing finds wrong with itself is told together
// with what huma finds wrong by the schema.
type Words[B interface{ Validate() error }] struct{ Body B }

// Resolve gives the faults of a body that could be read.
func (w *Words[B]) Resolve(huma.Context) []error {
	if reflect.ValueOf(w.Body).IsZero() {
		return nil
	}
	var faults headwater.Faults
	errors.As(w.Body.Validate(), &faults)
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
	return list
}

// missing is huma's message about a member that a thing must have.
var missing = regexp.MustCompile(`^expected required property (.+) to be present$`)

// readings say what huma's other messages mean. The first that matches counts.
var readings = []struct {
	message  *regexp.Regexp
	code     headwater.FaultCode
	expected string
}{
	{regexp.MustCompile(`^unexpected property$`), headwater.FaultUnknownField, "no field of this name"},
	{regexp.MustCompile(`^unknown query parameter$`), headwater.FaultUnknownField, "no parameter of this name"},
	{regexp.MustCompile(`^required .+ is missing$`), headwater.FaultRequired, "a value"},
	{regexp.MustCompile(`^expected value to be one of "(.*)"$`), headwater.FaultNotOneOf, "one of $1"},
	{regexp.MustCompile(`^expected (number [<>]=? .+)$`), headwater.FaultRange, "a $1"},
	{regexp.MustCompile(`^expected length >= (\d+)$`), headwater.FaultRequired, "at least $1 characters"},
	{regexp.MustCompile(`^expected length <= (\d+)$`), headwater.FaultTooLong, "at most $1 characters"},
	{regexp.MustCompile(`^expected array length >= (\d+)$`), headwater.FaultRequired, "at least $1 entries"},
	{regexp.MustCompile(`^expected array length <= (\d+)$`), headwater.FaultTooLong, "at most $1 entries"},
	{regexp.MustCompile(`^expected object with at least (\d+) properties$`), headwater.FaultRequired, "at least $1 entries"},
	{regexp.MustCompile(`(?i)^.*uuid.*$`), headwater.FaultFormat, "a UUID"},
	{regexp.MustCompile(`^(?:expected|invalid) integer$`), headwater.FaultFormat, "a whole number"},
	{regexp.MustCompile(`^expected (array|object)$`), headwater.FaultFormat, "an $1"},
	{regexp.MustCompile(`^expected (boolean|number|string)$`), headwater.FaultFormat, "a $1"},
	{regexp.MustCompile(`^(?:expected )?((?s).*)$`), headwater.FaultFormat, "$1"},
}

// faultOf turns what huma finds wrong into a fault.
func faultOf(detail *huma.ErrorDetail) headwater.Fault {
	at := pointerOf(detail.Location)
	if match := missing.FindStringSubmatch(detail.Message); match != nil {
		return headwater.NewFault(at.Field(match[1]), headwater.FaultRequired, nil, "a value")
	}
	fault := headwater.NewFault(at, headwater.FaultFormat, shown(detail.Value), detail.Message)
	for _, reading := range readings {
		if reading.message.MatchString(detail.Message) {
			fault.Code, fault.Expected = reading.code, reading.message.ReplaceAllString(detail.Message, reading.expected)
			break
		}
	}
	if fault.Code == headwater.FaultUnknownField {
		fault.Value = "" // huma gives the thing that the field stands in
	}
	return fault
}

// shown is a value as JSON has it, but for texts, which stand for themselves.
func shown(value any) any {
	if _, text := value.(string); text || value == nil {
		return value
	}
	words, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return string(words)
}

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
