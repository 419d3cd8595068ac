package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// maxUnknown is how many unknown fields of a line are reported.
const maxUnknown = 20

// decode reads a line into a struct. It refuses fields that the struct does not have, duplicate fields, and text that is
// not Unicode. cutOff says that the file ends within the line. Unknown fields alone leave the struct filled, so that its
// other faults can be found too.
func decode(line []byte, into any, cutOff bool) headwater.Faults {
	var faults headwater.Faults
	for rest := line; ; {
		err := json.Unmarshal(rest, into, json.RejectUnknownMembers(true))
		var semantic *json.SemanticError
		switch {
		case err == nil:
			return faults
		case !errors.As(err, &semantic):
			return append(faults, SyntaxFault(line, err, cutOff))
		case !errors.Is(err, json.ErrUnknownName):
			return append(faults, typeFault(rest, semantic))
		}
		faults = append(faults, unknownField(semantic))
		if len(faults) == maxUnknown {
			return faults
		}
		if rest, err = withoutMember(rest, semantic.JSONPointer); err != nil {
			return append(faults, SyntaxFault(line, err, cutOff))
		}
	}
}

// SyntaxFault says why a line is not JSON, or not the strict JSON of the format.
func SyntaxFault(line []byte, err error, cutOff bool) headwater.Fault {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		syntax = &jsontext.SyntacticError{Err: err}
	}
	pointer, offset := headwater.Pointer(syntax.JSONPointer), min(int(syntax.ByteOffset), len(line))
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return headwater.NewFault(pointer, headwater.FaultDuplicate, syntax.JSONPointer.LastToken(), "each field once")
	case len(bytes.TrimSpace(line)) == 0:
		return headwater.NewFault(pointer, headwater.FaultFormat, nil, "a JSON object: the line is empty")
	case errors.Is(err, io.ErrUnexpectedEOF) && cutOff:
		return headwater.NewFault(pointer, headwater.FaultFormat, excerpt(line, len(line)),
			"a whole JSON object: the file is cut off within its last line")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return headwater.NewFault(pointer, headwater.FaultFormat, excerpt(line, len(line)), "a whole JSON object: the line ends within one")
	case !utf8.Valid(line):
		return headwater.NewFault(pointer, headwater.FaultText, excerpt(line, offset), fmt.Sprintf("UTF-8: byte %d is not", offset+1))
	case offset < len(line) && line[offset] == 0:
		return headwater.NewFault(pointer, headwater.FaultText, excerpt(line, offset), "no NUL character")
	case bytes.HasPrefix(line[offset:], []byte(`\u`)):
		return headwater.NewFault(pointer, headwater.FaultText, excerpt(line, offset),
			"an escape that stands for a character: \\u and four hexadecimal digits, surrogates in pairs")
	}
	return headwater.NewFault(pointer, headwater.FaultFormat, excerpt(line, offset),
		fmt.Sprintf("JSON: at byte %d, %v", offset+1, syntax.Err))
}

// excerpt shows a line around an offset.
func excerpt(line []byte, offset int) string {
	const before, after = 40, 20
	return strings.ToValidUTF8(string(line[max(0, offset-before):min(len(line), offset+after)]), "\uFFFD")
}

// typeFault says what type of value a field expects.
func typeFault(line []byte, e *json.SemanticError) headwater.Fault {
	expected := expectedOf(e.GoType)
	var own headwater.Faults
	if errors.As(e.Err, &own) {
		expected = own[0].Expected
	}
	return headwater.NewFault(headwater.Pointer(e.JSONPointer), headwater.FaultFormat, string(valueAt(line, e.JSONPointer)), expected)
}

func expectedOf(t reflect.Type) string {
	if t == reflect.TypeFor[uuid.UUID]() {
		return "a UUID"
	}
	switch t.Kind() {
	case reflect.String:
		return "a text in quotes"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list in [ ]"
	}
	return "an object in { }"
}

// unknownField is the fault of a field that the format does not have. It suggests one with a similar name.
func unknownField(e *json.SemanticError) headwater.Fault {
	const near = 2 // letters that may differ
	name, fields := e.JSONPointer.LastToken(), fieldsOf(e.GoType)
	expected := "one of " + strings.Join(fields, ", ")
	for _, field := range fields {
		if len(name) > 2*len(field)+near {
			continue // too long to be near, and to be compared
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(name), field); d <= near && d < len(field)/2 {
			expected = "perhaps " + field
		}
	}
	return headwater.NewFault(headwater.Pointer(e.JSONPointer), headwater.FaultUnknownField, name, expected)
}

// fieldsOf lists the JSON names of a struct's fields.
func fieldsOf(t reflect.Type) []string {
	var names []string
	for _, field := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && !field.Anonymous {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// valueAt is the value that a pointer leads to; nil if there is none.
func valueAt(line []byte, at jsontext.Pointer) jsontext.Value {
	value := jsontext.Value(line)
	for token := range at.Tokens() {
		switch value.Kind() {
		case '{':
			var members map[string]jsontext.Value
			if json.Unmarshal(value, &members) != nil {
				return nil
			}
			value = members[token]
		case '[':
			var entries []jsontext.Value
			i, err := strconv.Atoi(token)
			if err != nil || json.Unmarshal(value, &entries) != nil || i >= len(entries) {
				return nil
			}
			value = entries[i]
		}
	}
	return value
}

// withoutMember copies a line, but for the member that a pointer leads to.
func withoutMember(line []byte, at jsontext.Pointer) ([]byte, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(line))
	var rest bytes.Buffer
	enc := jsontext.NewEncoder(&rest)
	depth := strings.Count(string(at), "/")
	for {
		token, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return rest.Bytes(), nil
		}
		if err == nil && dec.StackDepth() == depth && dec.StackPointer() == at { // a pointer takes as long to make as it is deep
			err = dec.SkipValue()
		} else if err == nil {
			err = enc.WriteToken(token)
		}
		if err != nil {
			return nil, err
		}
	}
}
