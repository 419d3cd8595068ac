package api

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
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
	strict := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshalStrict}
	return map[string]huma.Format{"application/json": strict, "json": strict}
}

// unmarshalStrict refuses what encoding/json silently repairs: bytes that are not UTF-8, and duplicate members. Of a body with
// an error nothing is kept. Its errors are faults in the form of [faultMessage].
func unmarshalStrict(body []byte, into any) error {
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
		return errors.New(faultMessage(code, fmt.Sprintf("at %s, %s", meaning.JSONPointer, expected)))
	}
	if parsed, ok := into.(*any); ok { // huma validates this before it is read into its own type
		if expected := tooLarge(*parsed, 0); expected != "" {
			*parsed = nil
			return errors.New(faultMessage(headwater.FaultTooLong, expected))
		}
		*parsed = markNulls(*parsed)
	}
	return err
}

// syntaxFault says why a body is not JSON, or is JSON that could be read in two ways.
func syntaxFault(body []byte, syntax *jsontext.SyntacticError) string {
	at := min(int(syntax.ByteOffset), len(body)) + 1
	switch {
	case errors.Is(syntax, jsontext.ErrDuplicateName):
		return faultMessage(headwater.FaultDuplicate,
			fmt.Sprintf("each member once: %s stands there again at byte %d", syntax.JSONPointer, at))
	case errors.Is(syntax, io.ErrUnexpectedEOF), errors.Is(syntax, io.EOF):
		return faultMessage(headwater.FaultFormat, fmt.Sprintf("a whole JSON value: the body ends within one, at byte %d", at))
	case !utf8.Valid(body):
		return faultMessage(headwater.FaultText, fmt.Sprintf("UTF-8: byte %d of the body is not", at))
	}
	return faultMessage(headwater.FaultFormat, fmt.Sprintf("JSON: at byte %d of the body, %v", at, syntax.Err))
}

// validateRequest is the middleware that refuses parameters that are not text, and compressed bodies, whose bytes would be
// taken for text. What is wrong with the query besides is kept for the handler, so that the client gets all faults at once.
func validateRequest(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if faults := validateEncoding(ctx); len(faults) > 0 {
			// it fails only where the client left
			_ = huma.WriteErr(api, ctx, http.StatusBadRequest, "the request has parameters that are no text", faults...)
			return
		}
		encoding := ctx.Header("Content-Encoding")
		if ctx.Operation().RequestBody != nil && encoding != "" && !strings.EqualFold(encoding, "identity") {
			writeError(api, ctx, problem(http.StatusUnsupportedMediaType, codeOf(http.StatusUnsupportedMediaType),
				fmt.Sprintf("Content-Encoding is %q; expected a body as it is", encoding)))
			return
		}
		if ctx.Operation().RequestBody != nil && ctx.Header("Content-Type") == "" && requestOf(ctx.Context()).body {
			// a page of any origin can send such a body without being asked whether it may
			writeError(api, ctx, newError(http.StatusUnsupportedMediaType, ""))
			return
		}
		if expected := refusedMediaType(ctx); expected != "" {
			writeError(api, ctx, unsupportedMediaType("Content-Type is %q; expected %s", ctx.Header("Content-Type"), expected))
			return
		}
		u := ctx.URL()
		requestOf(ctx.Context()).faults = validateQuery(ctx.Operation(), u.Query())
		next(ctx)
	}
}

// refusedMediaType says what was expected in place of the media type of a body that would be read as JSON and is not what the document
// says: huma takes any +json for JSON, and any charset for UTF-8. Imports look at both themselves.
func refusedMediaType(ctx huma.Context) (expected string) {
	operation := ctx.Operation()
	mediaType, parameters, err := mime.ParseMediaType(ctx.Header("Content-Type"))
	if err != nil || operation.RequestBody == nil || traitsOf(operation).unbounded == yes {
		return ""
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return "UTF-8"
	}
	if _, taken := operation.RequestBody.Content[mediaType]; !taken && strings.HasSuffix(mediaType, "+json") {
		return strings.Join(slices.Sorted(maps.Keys(operation.RequestBody.Content)), " or ")
	}
	return ""
}

// validateQuery finds the faults of our parameters that huma passes over: it takes an empty one for a missing one, the first
// of several, and 1 for true. An unknown one it would report alone. Google's clients have parameters of their own.
func validateQuery(operation *huma.Operation, query url.Values) (faults []error) {
	if ofGoogle(operation.Path) {
		return nil
	}
	for name, values := range query {
		if !slices.ContainsFunc(operation.Parameters, func(p *huma.Param) bool { return p.In == "query" && p.Name == name }) {
			faults = append(faults, headwater.NewFault(headwater.Pointer("").Field(name), headwater.FaultUnknownField,
				strings.Join(values, ","), "no parameter of this name"))
		}
	}
	for _, p := range operation.Parameters {
		values := query[p.Name]
		add := func(code headwater.FaultCode, expected string) {
			faults = append(faults, headwater.NewFault(headwater.Pointer("").Field(p.Name), code, strings.Join(values, ","), expected))
		}
		mayBeEmpty := p.Schema.Type == huma.TypeString && p.Schema.MinLength == nil
		single := p.Schema.Type != huma.TypeArray || p.Explode != nil && !*p.Explode
		switch {
		case p.In != "query" || len(values) == 0:
		case !mayBeEmpty && slices.Contains(values, ""):
			add(headwater.FaultRequired, "a value, or no such parameter")
		case len(values) > 1 && single && p.Schema.Type == huma.TypeArray:
			add(headwater.FaultDuplicate, "the parameter once, its values joined by commas")
		case len(values) > 1 && single:
			add(headwater.FaultDuplicate, "the parameter once")
		case p.Schema.Type == huma.TypeBoolean && values[0] != "true" && values[0] != "false":
			add(headwater.FaultFormat, "true or false")
		}
	}
	return faults
}

// validateEncoding finds parameters that are not text: no column can hold them, and net/url drops those that it cannot
// decode, which would answer another question than the one that was asked.
func validateEncoding(ctx huma.Context) (faults []error) {
	add := func(at headwater.Pointer, code headwater.FaultCode, value, expected string) {
		faults = append(faults, headwater.NewFault(at, code, value, expected))
	}
	u := ctx.URL()
	parameters, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		add("", headwater.FaultFormat, u.RawQuery, "name=value pairs, percent-encoded and joined by &")
	}
	for _, p := range ctx.Operation().Parameters {
		if p.In == "path" {
			parameters.Add(p.Name, ctx.Param(p.Name))
		}
	}
	if reason := ctx.Header("X-Change-Reason"); reason != "" {
		parameters.Add("X-Change-Reason", reason)
	}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		for _, value := range append(parameters[name], name) {
			if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				add(headwater.Pointer("").Field(strings.ToValidUTF8(name, "\uFFFD")), headwater.FaultText, value,
					"UTF-8 without NUL characters")
			}
		}
	}
	return faults
}
