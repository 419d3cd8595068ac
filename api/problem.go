package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/store"
)

// problemTypes is where the types of problems are described; the code follows.
const problemTypes = "https://headwater.example/problems/"

// Problem is an error as RFC 9457 has it, with all faults of the request at once.
type Problem struct {
	Type   string         `json:"type" format:"uri" doc:"Names the kind of problem; stable." example:"https://headwater.example/problems/invalid"`
	Title  string         `json:"title" doc:"The kind of problem in words." example:"Unprocessable Entity"`
	Status int            `json:"status" doc:"The HTTP status." example:"422"`
	Code   headwater.Code `json:"code" doc:"The last part of type." example:"invalid"`
	Detail string         `json:"detail,omitempty" doc:"What went wrong with this request." example:"the request has 1 fault"`
	Errors []ProblemFault `json:"errors,omitempty" doc:"Each fault, with where it is."`
	// RequestID is an extension member (RFC 9457 §3.2).
	RequestID string `json:"request_id,omitempty" doc:"Names the request in the service's log." example:"0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60"`
}

// ProblemFault is one fault of a request.
type ProblemFault struct {
	headwater.Fault
	Line int `json:"line,omitempty" minimum:"1" doc:"Line of a bundle." example:"17"`
}

// Error gives the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// failure is an error as a client is told it.
type failure interface {
	huma.StatusError
	huma.ContentTypeFilter
}

// told is a problem as the client of a request reads it, with the request's id.
func told(ctx context.Context, p *Problem) failure {
	asked := requestOf(ctx)
	p.RequestID = asked.id
	if asked.google {
		return googleError(p)
	}
	return p
}

// statuses is the one table from codes to HTTP statuses.
var statuses = map[headwater.Code]int{
	headwater.CodeInvalid:         http.StatusUnprocessableEntity,
	headwater.CodeNotFound:        http.StatusNotFound,
	headwater.CodeAlreadyExists:   http.StatusConflict,
	headwater.CodeConflict:        http.StatusConflict,
	headwater.CodeVersionMismatch: http.StatusPreconditionFailed,
	headwater.CodeUnavailable:     http.StatusServiceUnavailable,
}

// ProblemCode is the code of a problem, as the document lists them: those of what is asked for, and those of HTTP itself.
type ProblemCode string

// Values lists the codes.
func (ProblemCode) Values() []string {
	codes := []string{"internal", string(codeVersionRequired)}
	for code := range statuses {
		codes = append(codes, string(code))
	}
	for _, status := range []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusRequestTimeout,
		http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusTooManyRequests} {
		codes = append(codes, string(codeOf(status)))
	}
	slices.Sort(codes)
	return codes
}

// codeVersionRequired asks for an If-Match.
const codeVersionRequired headwater.Code = "version_required"

func problem(status int, code headwater.Code, detail string) *Problem {
	return &Problem{Type: problemTypes + string(code), Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// fail turns an error of the store into a problem. What has no code is logged, and the client is told nothing of it.
func fail(ctx context.Context, err error) error {
	var made *Problem
	if errors.As(err, &made) {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return problem(http.StatusBadRequest, codeOf(http.StatusBadRequest), "the client ended the connection before it was answered; nothing of the request was kept")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return problem(http.StatusServiceUnavailable, headwater.CodeUnavailable, "the request took longer than it may; ask for less at once, or try again")
	}
	code := headwater.CodeOf(err)
	var faulty bundle.Faults
	if errors.As(err, &faulty) {
		code = headwater.CodeInvalid
	}
	if code == "" || code == headwater.CodeUnavailable {
		slog.ErrorContext(ctx, "a request failed", "error", err)
	}
	if code == "" {
		return internal()
	}
	p := problem(statuses[code], code, withFaults)
	var told *headwater.Error
	if errors.As(err, &told) {
		p.Detail = told.Detail
	}
	p.Errors = faultsOf(err)
	if told != nil && told.Code == headwater.CodeVersionMismatch {
		return huma.ErrorWithHeaders(p, http.Header{"ETag": {etag(told.Version)}})
	}
	if told != nil && told.Retryable {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"1"}})
	}
	return p
}

// internal is all that a client is told about a failure of ours.
func internal() *Problem {
	return problem(http.StatusInternalServerError, "internal", "the service failed; the failure has been logged")
}

func faultsOf(err error) []ProblemFault {
	var list []ProblemFault
	var imported *store.ImportError
	var parsed bundle.Faults
	var faults headwater.Faults
	switch {
	case errors.As(err, &imported):
		parsed = imported.Faults
	case errors.As(err, &parsed):
	case errors.As(err, &faults):
		for _, fault := range faults {
			list = append(list, ProblemFault{Fault: fault})
		}
	}
	for _, fault := range parsed {
		list = append(list, ProblemFault{fault.Fault, fault.Line})
	}
	return list
}

// codeOf names what HTTP itself finds wrong: not_found, method_not_allowed, unsupported_media_type …
func codeOf(status int) headwater.Code {
	switch status {
	case http.StatusUnprocessableEntity:
		return headwater.CodeInvalid
	case http.StatusInternalServerError:
		return "internal"
	case http.StatusServiceUnavailable:
		return headwater.CodeUnavailable
	}
	return headwater.Code(strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_"))
}

// newError makes problems of what huma finds wrong with a request.
func newError(status int, message string, errs ...error) *Problem {
	switch {
	case status == http.StatusInternalServerError: // which huma answers only where a body cannot be read
		return cutOff()
	case status == http.StatusUnsupportedMediaType:
		return problem(status, codeOf(status), "Content-Type is not one that the operation takes; the document lists them")
	case len(errs) > 0:
		message = withFaults
	}
	p := problem(status, codeOf(status), message)
	p.Errors = faultsFound(errs)
	return p
}

func etag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

// expectedVersions reads If-Match (RFC 9110 §13.1.1): the versions of which the client has seen one; none for *, which is
// any. Without it a change is refused. A weak tag never matches, nor does what is no tag of ours.
func expectedVersions(ifMatch string) ([]int, error) {
	switch strings.TrimSpace(ifMatch) {
	case "":
		return nil, problem(http.StatusPreconditionRequired, codeVersionRequired, "say with If-Match which version is changed: the ETag that it was read with")
	case "*":
		return nil, nil
	}
	var versions []int
	for _, tag := range strings.Split(ifMatch, ",") {
		tag = strings.TrimSpace(tag)
		version, err := strconv.Atoi(strings.Trim(tag, `"`))
		if err == nil && version > 0 && tag == etag(version) {
			versions = append(versions, version)
		}
	}
	if versions == nil {
		return nil, problem(http.StatusPreconditionFailed, headwater.CodeVersionMismatch, "If-Match has no ETag that this service gave")
	}
	return versions, nil
}

// tagged says whether If-None-Match names an ETag, weak or not (RFC 9110 §13.1.2), or is * for any.
func tagged(ifNoneMatch, etag string) bool {
	if strings.TrimSpace(ifNoneMatch) == "*" {
		return true
	}
	for _, tag := range strings.Split(ifNoneMatch, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == etag {
			return true
		}
	}
	return false
}
