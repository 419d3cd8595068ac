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

// document reads the OpenAPI document. Each user has a copy of its own, since the libraries write to it.
func document() (libopenapi.Document, error) {
	described, err := api.OpenAPIDocument()
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

// newValidator compiles the document's schemas once for all tests.
var newValidator = sync.OnceValues(func() (validator.Validator, error) {
	document, err := document()
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(document, config.WithFormatAssertions(), config.WithContentAssertions(),
		config.WithoutSecurityValidation())
	if errs != nil {
		return nil, errs[0]
	}
	return v, nil
})

// validated is a handler that fails the test for each response whose status, header, media type or body the document does not promise.
func validated(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	v, err := newValidator()
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Del("Accept-Encoding") // the validator reads no gzip
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		text := answer.Body.Bytes()
		streamed := answer.Header().Get("Content-Type") == "application/x-ndjson" ||
			answer.Header().Get("Content-Type") == "text/event-stream" // the validator takes it for one object
		if isDocumented(r.URL.Path) && !streamed && !strings.Contains(answer.Body.String(), "no such path") {
			r.Body = io.NopCloser(bytes.NewReader(body))
			// Google's clients may send parameters that are not in the document, and the validator takes a bundle for one object
			if answer.Code < http.StatusMultipleChoices && r.Header.Get("Content-Type") != "application/x-ndjson" &&
				strings.HasPrefix(r.URL.Path, "/v1/") {
				for _, fault := range requestFaults(v, r) {
					t.Errorf("%s %s is answered %d, and the document does not say that it can be asked: %s\n%.1000s", r.Method, r.URL,
						answer.Code, fault, body)
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
			}
			for _, fault := range append(responseFaults(v, r, answer), headerFaults(t, r, answer)...) {
				t.Errorf("%s %s answers %d, which the document does not promise: %s\n%.1000s", r.Method, r.URL, answer.Code, fault, text)
			}
		}
		checkProblemPage(t, answer)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		if _, err := w.Write(text); err != nil {
			t.Log(err)
		}
	})
}

// checkProblemPage fails the test for a problem whose type no page describes.
func checkProblemPage(t *testing.T, answer *httptest.ResponseRecorder) {
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

// responseFaults lists what the document does not promise of a response's status, media type and body.
func responseFaults(v validator.Validator, r *http.Request, answer *httptest.ResponseRecorder) (faults []string) {
	if fine, found := v.ValidateHttpResponse(r, answer.Result()); !fine {
		for _, fault := range found {
			faults = append(faults, fmt.Sprint(fault.Message, ": ", fault.Reason, " ", fault.SchemaValidationErrors))
		}
	}
	return faults
}

// requestFaults lists what the document does not allow in a request that was accepted.
func requestFaults(v validator.Validator, r *http.Request) (faults []string) {
	if fine, found := v.ValidateHttpRequest(r); !fine {
		for _, fault := range found {
			faults = append(faults, fmt.Sprint(fault.Message, ": ", fault.Reason, " ", fault.SchemaValidationErrors))
		}
	}
	return faults
}

// headerFaults lists the headers of a response that the document does not declare. It gives Content-Type as media types.
func headerFaults(t *testing.T, r *http.Request, answer *httptest.ResponseRecorder) (faults []string) {
	t.Helper()
	document, err := model()
	if err != nil {
		t.Fatal(err)
	}
	item, _, _ := paths.FindPath(r, &document.Model, nil)
	response := item.GetOperations().GetOrZero(strings.ToLower(r.Method)).Responses.Codes.GetOrZero(strconv.Itoa(answer.Code))
	if response == nil {
		return nil // responseFaults has the undocumented status
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

// TestResponseValidation: the validator finds each kind of response that the document does not promise.
func TestResponseValidation(t *testing.T) {
	t.Parallel()
	v, err := newValidator()
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
			if faults := append(responseFaults(v, request, answer),
				headerFaults(t, request, answer)...); (len(faults) == 0) != c.promised {
				t.Errorf("faults %q", faults)
			}
		})
	}
}

// isDocumented says whether the document covers a path. Documentation and hidden operations are not part of it.
func isDocumented(path string) bool {
	return strings.HasPrefix(path, "/v1/") && !strings.HasPrefix(path, "/v1/log/tile/") ||
		strings.HasPrefix(path, "/v1alpha1/") || path == "/healthz" || path == "/readyz"
}
