package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
)

// googlePath is the prefix of all that speaks as Google's API does. Its clients cannot read problems.
const googlePath = "/v1alpha1/"

func ofGoogle(path string) bool { return strings.HasPrefix(path+"/", googlePath) }

// GoogleError is an error as Google's clients read it (google.rpc.Status as JSON over HTTP).
type GoogleError struct {
	Status GoogleStatus `json:"error" doc:"What went wrong."`
}

// GoogleStatus says what went wrong.
type GoogleStatus struct {
	Code    int                 `json:"code" doc:"The HTTP status." example:"400"`
	Message string              `json:"message" doc:"What went wrong with this request, each fault with its value and what was expected." example:"pageSize is \"many\"; expected a whole number"`
	Status  string              `json:"status" doc:"The code's name in google.rpc.Code." example:"INVALID_ARGUMENT"`
	Errors  []GoogleErrorItem   `json:"errors" doc:"The same, as older clients read it."`
	Details []GoogleErrorDetail `json:"details" doc:"Each fault, and the request's name in the service's log."`
}

// GoogleErrorItem is an error as Google's older clients read it.
type GoogleErrorItem struct {
	Message string `json:"message" doc:"What went wrong." example:"pageSize is \"many\"; expected a whole number"`
	Domain  string `json:"domain" doc:"Always global." example:"global"`
	Reason  string `json:"reason" doc:"What kind of error it is." example:"badRequest"`
}

// GoogleErrorDetail is a google.rpc.BadRequest, which has fieldViolations, or a google.rpc.RequestInfo, which has requestId.
type GoogleErrorDetail struct {
	Type            string                 `json:"@type" doc:"Which of them it is." example:"type.googleapis.com/google.rpc.BadRequest"`
	FieldViolations []GoogleFieldViolation `json:"fieldViolations,omitempty" doc:"Each fault of the request."`
	RequestID       string                 `json:"requestId,omitempty" doc:"Names the request in the service's log." example:"0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60"`
}

// GoogleFieldViolation is a fault of one parameter.
type GoogleFieldViolation struct {
	Field       string `json:"field" doc:"The parameter." example:"pageSize"`
	Description string `json:"description" doc:"Its value and what was expected." example:"pageSize is \"many\"; expected a whole number"`
}

// Error gives the message.
func (e *GoogleError) Error() string { return e.Status.Message }

// GetStatus is the HTTP status.
func (e *GoogleError) GetStatus() int { return e.Status.Code }

// ContentType is JSON, whatever a client takes.
func (e *GoogleError) ContentType(string) string { return "application/json" }

// googleKinds are Google's names of HTTP statuses: the google.rpc.Code, and the reason that older clients read.
var googleKinds = map[int]struct{ status, reason string }{
	http.StatusBadRequest:          {"INVALID_ARGUMENT", "badRequest"},
	http.StatusUnauthorized:        {"UNAUTHENTICATED", "authError"},
	http.StatusForbidden:           {"PERMISSION_DENIED", "forbidden"},
	http.StatusNotFound:            {"NOT_FOUND", "notFound"},
	http.StatusMethodNotAllowed:    {"UNIMPLEMENTED", "httpMethodNotAllowed"},
	http.StatusTooManyRequests:     {"RESOURCE_EXHAUSTED", "rateLimitExceeded"},
	http.StatusInternalServerError: {"INTERNAL", "internalError"},
	http.StatusServiceUnavailable:  {"UNAVAILABLE", "backendError"},
}

// googleError gives a problem the form that Google's clients read.
func googleError(p *Problem) *GoogleError {
	status := p.Status
	if status == http.StatusUnprocessableEntity { // which Google does not have
		status = http.StatusBadRequest
	}
	message := p.Detail
	if status == http.StatusUnauthorized {
		message += ", or as the parameter key or the header X-Goog-Api-Key"
	}
	var violations []GoogleFieldViolation
	var messages []string
	for _, fault := range p.Errors {
		violation := googleViolation(fault.Fault)
		violations, messages = append(violations, violation), append(messages, violation.Description)
	}
	details := []GoogleErrorDetail{}
	if len(messages) > 0 {
		message = strings.Join(messages, "; ")
		details = append(details, GoogleErrorDetail{Type: "type.googleapis.com/google.rpc.BadRequest", FieldViolations: violations})
	}
	if p.RequestID != "" {
		details = append(details, GoogleErrorDetail{Type: "type.googleapis.com/google.rpc.RequestInfo", RequestID: p.RequestID})
	}
	kind := googleKinds[status]
	return &GoogleError{GoogleStatus{status, message, cmp.Or(kind.status, "UNKNOWN"),
		[]GoogleErrorItem{{message, "global", cmp.Or(kind.reason, "unknown")}}, details}}
}

// googleNames are what Google's clients call the parts of a search.
var googleNames = map[headwater.Pointer]string{"/site": "reviewPublisherSiteFilter", "/language": "languageCode", "/cursor": "pageToken"}

func googleViolation(f headwater.Fault) GoogleFieldViolation {
	field := cmp.Or(googleNames[f.Pointer], strings.TrimPrefix(string(f.Pointer), "/"))
	expected := f.Expected
	if f.Pointer == "/cursor" {
		expected = "the nextPageToken of a page of this search, with all else asked as it was"
	}
	description := fmt.Sprintf("%s is %q; expected %s", field, f.Value, expected)
	if f.Value == "" {
		description = fmt.Sprintf("%s: expected %s", field, expected)
	}
	return GoogleFieldViolation{field, description}
}

// failGoogle turns an error of the store into one that Google's clients read.
func failGoogle(ctx context.Context, err error) error {
	var p *Problem
	if !errors.As(fail(ctx, err), &p) {
		p = internal()
	}
	return forClient(ctx, p)
}

// googleKeys are the parameters in which Google's clients send a key.
var googleKeys = []string{"key", "access_token", "oauth_token"}

// moveGoogleKey is the middleware that takes the key of Google's clients out of the URL, which logs and traces may show, and puts
// it where the service looks for keys.
func moveGoogleKey(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ofGoogle(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		r = r.Clone(r.Context())
		var key string
		key, r.URL.RawQuery = withoutKey(r.URL.RawQuery)
		r.RequestURI = r.URL.RequestURI()
		key = cmp.Or(r.Header.Get(googleKeyHeader), key)
		r.Header.Del(googleKeyHeader)
		if key != "" && r.Header.Get("Authorization") == "" {
			r.Header.Set("Authorization", "Bearer "+key)
		}
		next.ServeHTTP(w, r)
	})
}

const googleKeyHeader = "X-Goog-Api-Key"

// withoutKey gives the last key in a query, and the query without any.
func withoutKey(query string) (key, rest string) {
	var others []string
	for _, parameter := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		if plain, err := url.QueryUnescape(name); err != nil || !slices.Contains(googleKeys, plain) {
			others = append(others, parameter)
			continue
		}
		if plain, err := url.QueryUnescape(value); err == nil {
			key = plain
		}
	}
	return key, strings.Join(others, "&")
}
