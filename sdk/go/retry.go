package headwater

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/go-retryablehttp"
)

const onceHeader = "Idempotency-Key"

// once names a request that changes something, so that it can be sent again and changes it once.
func once(req *http.Request) {
	if req.Header.Get(onceHeader) == "" {
		req.Header.Set(onceHeader, uuid.NewString())
	}
}

// repeatable marks the context of a request that may be sent again although it may have been answered.
type repeatable struct{}

// harmless marks a request that changes nothing although its method could.
func harmless(req *http.Request) *http.Request {
	return req.WithContext(context.WithValue(req.Context(), repeatable{}, true))
}

// mayRepeat says whether a request may be sent again when nobody knows whether it was answered. A PUT or PATCH may not:
// its IfMatch would no longer hold, and the caller would be told of a conflict with itself.
func mayRepeat(req *http.Request) bool {
	marked, _ := req.Context().Value(repeatable{}).(bool)
	return marked || req.Method == http.MethodGet || req.Header.Get(onceHeader) != ""
}

// mayAskAgain says whether to send a request again: one that was refused for now always, if the wait is not too long; one
// whose answer was lost only if that cannot change things twice.
func (c *Client) mayAskAgain(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	lost, _ := ctx.Value(repeatable{}).(bool)
	if err != nil {
		var connection *net.OpError
		if errors.As(err, &connection) && connection.Op == "dial" {
			lost = true // nothing was sent
		}
		again, _ := retryablehttp.DefaultRetryPolicy(ctx, nil, err)
		return again && lost, nil
	}
	wait, asked := retryAfter(resp.Header)
	if deadline, ok := ctx.Deadline(); wait > c.longest || ok && time.Until(deadline) < wait {
		return false, nil
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true, nil
	case http.StatusConflict:
		return asked, nil // the same request is being answered
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return lost, nil
	}
	return false, nil
}

// backoff waits as long as the service says, or twice as long each time.
func backoff(least, most time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if wait, asked := retryAfter(resp.Header); asked {
			return wait
		}
	}
	return retryablehttp.DefaultBackoff(least, most, attempt, nil)
}

// retryAfter reads Retry-After: seconds, or a date (RFC 9110 §10.2.3).
func retryAfter(header http.Header) (time.Duration, bool) {
	given := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(given); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(given); err == nil {
		return max(0, time.Until(at)), true
	}
	return 0, false
}

// rewindable lets a body be sent again if it can be read from more than one place at once: the transport may still be
// reading for an answered request when the next one begins.
func rewindable(req *http.Request, body io.Reader) error {
	file, ok := body.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok || req.GetBody != nil {
		return nil
	}
	start, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil //nolint:nilerr // a pipe is a file that cannot seek
	}
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	req.ContentLength = end - start
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(file, start, end-start)), nil }
	req.Body, err = req.GetBody()
	return err
}
