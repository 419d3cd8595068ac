package api

import (
	"errors"
	"fmt"
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
// be read to its end is not read at all.
func unmarshal(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	if err != nil {
		reflect.ValueOf(into).Elem().SetZero()
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("JSON: at byte %d of the body, %w", syntax.ByteOffset+1, syntax.Err)
	}
	if meaning, ok := errors.AsType[*json.SemanticError](err); ok {
		expected := "a value within bounds" // the error's own text names Go types
		if own, ok := errors.AsType[headwater.Faults](meaning.Err); ok {
			expected = own[0].Expected
		}
		return fmt.Errorf("at %s, %s", meaning.JSONPointer, expected)
	}
	return err
}

// legible is the middleware that refuses parameters that are no text: no column can hold them, and net/url drops those
// that it cannot decode, which would answer another question than the one asked.
func legible(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if faults := illegible(ctx); len(faults) > 0 {
			// an error of it is that the client left
			_ = huma.WriteErr(api, ctx, http.StatusBadRequest, "the request has parameters that are no text", faults...)
			return
		}
		next(ctx)
	}
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
