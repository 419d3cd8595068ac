package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/paths"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"github.com/headwater-project/headwater/api"
)

// document reads what the service promises. Each who uses it has one of its own, since they write to it.
func document() (libopenapi.Document, error) {
	described, _, err := api.Document()
	if err != nil {
		return nil, err
	}
	return libopenapi.NewDocument(described)
}

var model = sync.OnceValues(func() (*libopenapi.DocumentModel[v3.Document], error) {
	read, err := document()
	if err != nil {
		return nil, err
	}
	return read.BuildV3Model()
})

// judge keeps what it has compiled.
var judge = sync.OnceValues(func() (validator.Validator, error) {
	document, err := document()
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(document, config.WithFormatAssertions(), config.WithContentAssertions(), config.WithoutSecurityValidation())
	if errs != nil {
		return nil, errs[0]
	}
	return v, nil
})

// judged fails the test for each answer whose status, header, media type or body the document does not promise.
func judged(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	v, err := judge()
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Del("Accept-Encoding") // the judge reads no gzip
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		text := answer.Body.Bytes()
		streamed := answer.Header().Get("Content-Type") == "application/x-ndjson" // which the judge takes for one object
		if described(r.URL.Path) && !streamed && !strings.Contains(answer.Body.String(), "no such path") {
			r.Body = io.NopCloser(bytes.NewReader(body))
			// Google's clients are to be taken as Google takes them, and a bundle is not one object, which the judge takes it for
			if answer.Code < http.StatusMultipleChoices && r.Header.Get("Content-Type") != "application/x-ndjson" && strings.HasPrefix(r.URL.Path, "/v1/") {
				for _, fault := range unasked(v, r) {
					t.Errorf("%s %s is answered %d, and the document does not say that it can be asked: %s\n%.1000s", r.Method, r.URL, answer.Code, fault, body)
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
			}
			for _, fault := range append(undocumented(v, r, answer), undeclared(t, r, answer)...) {
				t.Errorf("%s %s answers %d, which the document does not promise: %s\n%.1000s", r.Method, r.URL, answer.Code, fault, text)
			}
		}
		judgeProblem(t, answer)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		if _, err := w.Write(text); err != nil {
			t.Log(err)
		}
	})
}

// judgeProblem fails the test for a problem whose type no page describes.
func judgeProblem(t *testing.T, answer *httptest.ResponseRecorder) {
	t.Helper()
	if answer.Header().Get("Content-Type") != "application/problem+json" {
		return
	}
	var problem struct{ Type string }
	if err := json.Unmarshal(answer.Body.Bytes(), &problem); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat("../docs/problems/" + path.Base(problem.Type) + ".md"); err != nil {
		t.Errorf("no page describes %s: %v", problem.Type, err)
	}
}

// undocumented lists what the document does not promise of an answer's status, media type and body.
func undocumented(v validator.Validator, r *http.Request, answer *httptest.ResponseRecorder) (faults []string) {
	if fine, found := v.ValidateHttpResponse(r, answer.Result()); !fine {
		for _, fault := range found {
			faults = append(faults, fmt.Sprint(fault.Message, ": ", fault.Reason, " ", fault.SchemaValidationErrors))
		}
	}
	return faults
}

// unasked lists what the document does not say of a request that was taken.
func unasked(v validator.Validator, r *http.Request) (faults []string) {
	if fine, found := v.ValidateHttpRequest(r); !fine {
		for _, fault := range found {
			faults = append(faults, fmt.Sprint(fault.Message, ": ", fault.Reason, " ", fault.SchemaValidationErrors))
		}
	}
	return faults
}

// undeclared lists the headers that the document does not declare for an answer. Content-Type stands there as its media
// types.
func undeclared(t *testing.T, r *http.Request, answer *httptest.ResponseRecorder) (faults []string) {
	t.Helper()
	document, err := model()
	if err != nil {
		t.Fatal(err)
	}
	item, _, _ := paths.FindPath(r, &document.Model, nil)
	response := item.GetOperations().GetOrZero(strings.ToLower(r.Method)).Responses.Codes.GetOrZero(strconv.Itoa(answer.Code))
	if response == nil {
		return nil // that the status is not promised was said
	}
	for name := range answer.Header() {
		declared := name == "Content-Type"
		for given := range response.Headers.KeysFromOldest() {
			declared = declared || strings.EqualFold(given, name)
		}
		if !declared {
			faults = append(faults, "the header "+name)
		}
	}
	return faults
}

// TestTheJudge: an answer that the document does not promise is seen, whatever is wrong with it.
func TestTheJudge(t *testing.T) {
	t.Parallel()
	v, err := judge()
	if err != nil {
		t.Fatal(err)
	}
	const fine = `{"items": []}`
	for name, c := range map[string]struct {
		status              int
		header, media, body string
		promised            bool
	}{
		"as promised":             {200, "Link", "application/json", fine, true},
		"a status undocumented":   {418, "Link", "application/json", fine, false},
		"a list that is null":     {200, "Link", "application/json", `{"items": null}`, false},
		"a list that is missing":  {200, "Link", "application/json", `{}`, false},
		"a field undocumented":    {200, "Link", "application/json", `{"items": [], "more": 1}`, false},
		"a header undeclared":     {200, "X-More", "application/json", fine, false},
		"a media type undeclared": {200, "Link", "text/plain", fine, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := httptest.NewRequest(http.MethodGet, "/v1/sources", nil)
			answer := httptest.NewRecorder()
			answer.Header().Set(c.header, "anything")
			answer.Header().Set("Content-Type", c.media)
			answer.WriteHeader(c.status)
			answer.WriteString(c.body)
			if faults := append(undocumented(v, request, answer), undeclared(t, request, answer)...); (len(faults) == 0) != c.promised {
				t.Errorf("faults %q", faults)
			}
		})
	}
}

// described says whether the document is about a path; documentation and measures are not part of it.
func described(path string) bool {
	return strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/v1alpha1/") || path == "/healthz" || path == "/readyz"
}
