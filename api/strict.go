package api

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/headwater-project/headwater"
)

// formats are those of bodies: JSON alone, read strictly.
func formats() map[string]huma.Format {
	strict := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}
	return map[string]huma.Format{"application/json": strict, "json": strict}
}

// unmarshal refuses what encoding/json mends without a word: bytes that are not UTF-8, and a member given twice. What cannot
// be read to its end is not read at all. Its errors are faults in the form of [say].
func unmarshal(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	if err != nil {
		reflect.ValueOf(into).Elem().SetZero()
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return errors.New(syntaxFault(body, syntax))
	}
	if meaning, ok := errors.AsType[*json.SemanticError](err); ok {
		code, expected := headwater.FaultRange, "a value within bounds" // the error's own text names Go types
		if own, ok := errors.AsType[headwater.Faults](meaning.Err); ok {
			code, expected = own[0].Code, own[0].Expected
		}
		return errors.New(say(code, fmt.Sprintf("at %s, %s", meaning.JSONPointer, expected)))
	}
	if parsed, ok := into.(*any); ok { // what is checked before it is read as what it is
		*parsed = withNulls(*parsed)
	}
	return err
}

// syntaxFault says why a body is not JSON, or not JSON that is read in one way only.
func syntaxFault(body []byte, syntax *jsontext.SyntacticError) string {
	at := min(int(syntax.ByteOffset), len(body)) + 1
	switch {
	case errors.Is(syntax, jsontext.ErrDuplicateName):
		return say(headwater.FaultDuplicate, fmt.Sprintf("each member once: %s stands there again at byte %d", syntax.JSONPointer, at))
	case errors.Is(syntax, io.ErrUnexpectedEOF), errors.Is(syntax, io.EOF):
		return say(headwater.FaultFormat, fmt.Sprintf("a whole JSON value: the body ends within one, at byte %d", at))
	case !utf8.Valid(body):
		return say(headwater.FaultText, fmt.Sprintf("UTF-8: byte %d of the body is not", at))
	}
	return say(headwater.FaultFormat, fmt.Sprintf("JSON: at byte %d of the body, %v", at, syntax.Err))
}

// legible is the middleware that refuses parameters that are no text: no column can hold them, and net/url drops those
// that it cannot decode, which would answer another question than the one asked. It refuses compressed bodies too, whose
// bytes would be taken for text.
func legible(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if faults := illegible(ctx); len(faults) > 0 {
			// an error of it is that the client left
			_ = huma.WriteErr(api, ctx, http.StatusBadRequest, "the request has parameters that are no text", faults...)
			return
		}
		if packing := ctx.Header("Content-Encoding"); ctx.Operation().RequestBody != nil && packing != "" && !strings.EqualFold(packing, "identity") {
			writeError(api, ctx, problem(http.StatusUnsupportedMediaType, codeOf(http.StatusUnsupportedMediaType), fmt.Sprintf("Content-Encoding is %q; expected a body as it is", packing)))
			return
		}
		asked := ctx.URL()
		requestOf(ctx.Context()).queryFaults = unclear(ctx.Operation(), asked.Query())
		next(ctx)
	}
}

// unclear are parameters of ours that huma would make something of without a word: it takes an empty one for one that is
// missing, the first of several, and 1 for true. Of one that it does not know it would tell alone. Google's clients ask in
// their own way.
func unclear(operation *huma.Operation, given url.Values) (faults []error) {
	if ofGoogle(operation.Path) {
		return nil
	}
	for name, values := range given {
		if !slices.ContainsFunc(operation.Parameters, func(p *huma.Param) bool { return p.In == "query" && p.Name == name }) {
			faults = append(faults, headwater.NewFault(headwater.Pointer("").Field(name), headwater.FaultUnknownField, strings.Join(values, ","), "no parameter of this name"))
		}
	}
	for _, p := range operation.Parameters {
		values := given[p.Name]
		add := func(code headwater.FaultCode, expected string) {
			faults = append(faults, headwater.NewFault(headwater.Pointer("").Field(p.Name), code, strings.Join(values, ","), expected))
		}
		empty := p.Schema.Type == huma.TypeString && p.Schema.MinLength == nil
		once := p.Schema.Type != huma.TypeArray || p.Explode != nil && !*p.Explode
		switch {
		case p.In != "query" || len(values) == 0:
		case !empty && slices.Contains(values, ""):
			add(headwater.FaultRequired, "a value, or no such parameter")
		case len(values) > 1 && once && p.Schema.Type == huma.TypeArray:
			add(headwater.FaultDuplicate, "the parameter once, its values joined by commas")
		case len(values) > 1 && once:
			add(headwater.FaultDuplicate, "the parameter once")
		case p.Schema.Type == huma.TypeBoolean && values[0] != "true" && values[0] != "false":
			add(headwater.FaultFormat, "true or false")
		}
	}
	return faults
}

func illegible(ctx huma.Context) (faults []error) {
	add := func(at headwater.Pointer, code headwater.FaultCode, value, expected string) {
		faults = append(faults, headwater.NewFault(at, code, value, expected))
	}
	asked := ctx.URL()
	parameters, err := url.ParseQuery(asked.RawQuery)
	if err != nil {
		add("", headwater.FaultFormat, asked.RawQuery, "name=value pairs, percent-encoded and joined by &")
	}
	if reason := ctx.Header("X-Change-Reason"); reason != "" {
		parameters.Add("X-Change-Reason", reason)
	}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		for _, value := range append(parameters[name], name) {
			if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				add(headwater.Pointer("").Field(strings.ToValidUTF8(name, "\uFFFD")), headwater.FaultText, value, "UTF-8 without NUL characters")
			}
		}
	}
	return faults
}
