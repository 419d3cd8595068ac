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
	"github.com/google/uuid"

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
	// Existing is an extension member, as the next.
	Existing *uuid.UUID `json:"existing,omitempty" format:"uuid" doc:"Of already_exists: the id of what is there." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	// RequestID is an extension member (RFC 9457 §3.2).
	RequestID string `json:"request_id,omitempty" doc:"Names the request in the service's log." example:"0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60"`

	momentary bool // the cause is gone, and nothing was done: see [register]
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

// clientError is an error in a form that clients read.
type clientError interface {
	huma.StatusError
	huma.ContentTypeFilter
}

// forClient gives a problem the request's id and the form that the client of the request reads.
func forClient(ctx context.Context, p *Problem) clientError {
	r := requestOf(ctx)
	p.RequestID = r.id
	if r.google {
		return googleError(p)
	}
	return p
}

// statuses is the one table from the codes of the domain to HTTP statuses.
var statuses = map[headwater.Code]int{
	headwater.CodeInvalid:         http.StatusUnprocessableEntity,
	headwater.CodeNotFound:        http.StatusNotFound,
	headwater.CodeAlreadyExists:   http.StatusConflict,
	headwater.CodeConflict:        http.StatusConflict,
	headwater.CodeVersionMismatch: http.StatusPreconditionFailed,
	headwater.CodeChangedSince:    http.StatusConflict,
	headwater.CodeAlreadyUndone:   http.StatusConflict,
	headwater.CodeForbidden:       http.StatusForbidden,
	headwater.CodeUnavailable:     http.StatusServiceUnavailable,
}

// ProblemCode is the code of a problem: one of the domain, or one of HTTP itself.
type ProblemCode string

// Values lists the codes.
func (ProblemCode) Values() []string {
	codes := []string{"internal", string(codeVersionRequired)}
	for code := range statuses {
		codes = append(codes, string(code))
	}
	for _, status := range []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusMethodNotAllowed,
		http.StatusRequestTimeout,
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

// fail turns an error into a problem. An error without a code is logged, and the client learns nothing of it.
func fail(ctx context.Context, err error) error {
	var already *Problem
	if errors.As(err, &already) {
		return err
	}
	code := headwater.CodeOf(err)
	if code == "" && errors.Is(err, context.Canceled) {
		return problem(http.StatusBadRequest, codeOf(http.StatusBadRequest),
			"the client ended the connection before it was answered; nothing of the request was kept")
	}
	if code == "" && errors.Is(err, context.DeadlineExceeded) {
		return problem(http.StatusServiceUnavailable, headwater.CodeUnavailable,
			"the request took longer than it may; ask for less at once, or try again"+doubt(ctx))
	}
	var faulty bundle.LineFaults
	if errors.As(err, &faulty) {
		code = headwater.CodeInvalid
	}
	if code == "" || code == headwater.CodeUnavailable {
		slog.ErrorContext(ctx, "a request failed", "error", err)
	}
	if code == "" {
		return internal()
	}
	p := problem(statuses[code], code, faultsDetail)
	var own *headwater.Error
	if errors.As(err, &own) {
		if code == headwater.CodeUnavailable {
			requestOf(ctx).elsewhereIf(own)
		}
		p.Detail, p.momentary = own.Detail, own.Momentary
		if own.Existing != uuid.Nil {
			p.Existing = &own.Existing
		}
	}
	if code == headwater.CodeUnavailable && own != nil && !own.Retryable {
		p.Detail += doubt(ctx)
	}
	p.setFaults(requestOf(ctx).asGiven(faultsOf(err)))
	requestOf(ctx).elsewhereIfBeyond(p.Errors)
	if own != nil && own.Code == headwater.CodeVersionMismatch {
		return huma.ErrorWithHeaders(p, http.Header{"ETag": {etag(own.Version)}})
	}
	if own != nil && own.Retryable {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"1"}})
	}
	return p
}

// doubt says what a client must know of a change whose end nobody saw; nothing of a request that changes nothing.
func doubt(ctx context.Context) string {
	if !requestOf(ctx).writes {
		return ""
	}
	return ". The change may have been made: look before you send it again. With an Idempotency-Key it is safe to send again"
}

// internal is all that a client learns about a failure of ours.
func internal() *Problem {
	return problem(http.StatusInternalServerError, "internal", "the service failed; the failure has been logged")
}

func faultsOf(err error) []ProblemFault {
	var list []ProblemFault
	var imported *store.ImportError
	var parsed bundle.LineFaults
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

// codeOf gives the code of an HTTP status: not_found, method_not_allowed, unsupported_media_type …
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

// newError makes a problem of what huma finds wrong with a request.
func newError(status int, message string, errs ...error) *Problem {
	switch {
	case status == http.StatusInternalServerError: // which huma answers only where a body cannot be read
		return cutOffProblem()
	case status == http.StatusUnsupportedMediaType:
		return problem(status, codeOf(status), "Content-Type is not one that the operation takes; the document lists them")
	case len(errs) > 0:
		message = faultsDetail
	}
	p := problem(status, codeOf(status), message)
	p.setFaults(faultsOfErrors(errs))
	return p
}

func etag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

// expectedVersions reads If-Match (RFC 9110 §13.1.1): the versions of which one must be the current one; none for *, which is
// any. A change without the header is refused. A weak tag never matches, nor does one that is not ours.
func expectedVersions(ifMatch string) ([]int, error) {
	switch strings.TrimSpace(ifMatch) {
	case "":
		return nil, problem(http.StatusPreconditionRequired, codeVersionRequired,
			"say with If-Match which version is changed: the ETag that it was read with")
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

// matchesETag says whether If-None-Match names an ETag, weak or not (RFC 9110 §13.1.2), or is * for any.
func matchesETag(ifNoneMatch, etag string) bool {
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
