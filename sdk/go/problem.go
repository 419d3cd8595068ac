package headwater

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// Problem is why the service did not do what it was asked (RFC 9457): [errors.As] finds it in the error of any method. Code
// says what kind of problem it is, Errors what is wrong and where, RequestID names the request in the service's log.
type Problem struct {
	ProblemDetails
	// Header is the answer's: its ETag is the version that a thing has now where Code is ProblemCodeVersionMismatch.
	Header http.Header
}

// Error says what is wrong in one line, and each fault in another.
func (p *Problem) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "headwater: %d %s", p.Status, p.Title)
	if p.Detail != "" {
		fmt.Fprintf(&text, ": %s", p.Detail)
	}
	if p.RequestID != "" {
		fmt.Fprintf(&text, " (request %s)", p.RequestID)
	}
	for _, fault := range p.Errors {
		fmt.Fprintf(&text, "\n  %s", fault)
	}
	return text.String()
}

// RetryAfter is how long to wait before asking again; 0 where the service does not say.
func (p *Problem) RetryAfter() time.Duration {
	wait, _ := retryAfter(p.Header)
	return wait
}

// String says where the fault is, what it is and what was expected.
func (f ProblemFault) String() string {
	var text strings.Builder
	if f.Line != nil {
		fmt.Fprintf(&text, "line %d: ", *f.Line)
	}
	fmt.Fprintf(&text, "%s: %s: ", f.Pointer, f.Code)
	if f.Value != "" {
		fmt.Fprintf(&text, "%q, ", f.Value)
	}
	return text.String() + "expected " + f.Expected
}

// problemOf reads a problem. What stands between the client and the service may answer in another form.
func problemOf(resp *http.Response) *Problem {
	const most = 16 << 20
	p := &Problem{Header: resp.Header}
	text, err := io.ReadAll(io.LimitReader(resp.Body, most))
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || media != "application/problem+json" || json.Unmarshal(text, &p.ProblemDetails) != nil {
		p.ProblemDetails = ProblemDetails{Title: http.StatusText(resp.StatusCode), RequestID: resp.Header.Get("X-Request-Id")}
	}
	p.Status = resp.StatusCode
	return p
}
