package api

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

const (
	onceHeader     = "Idempotency-Key"
	replayedHeader = "Idempotency-Replayed"
)

// onceKey is an Idempotency-Key as it may be given.
var onceKey = regexp.MustCompile(`^[!-~]{1,255}$`)

// onceOnly is the middleware that answers a repeated request with the answer of the first.
func (a *access) onceOnly(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		key, sealed := ctx.Header(onceHeader), traitsOf(ctx.Operation()).sealed == yes
		request := requestOf(ctx.Context())
		if key == "" || traitsOf(ctx.Operation()).idempotent == no || request.public { // nobody without a key fills the database
			next(ctx)
			return
		}
		if !onceKey.MatchString(key) {
			writeError(api, ctx, fail(ctx.Context(), headwater.Faults{headwater.NewFault("/"+onceHeader, headwater.FaultFormat, key, "1 to 255 visible ASCII characters")}))
			return
		}
		hash := sha256.New()
		asked := ctx.URL()
		fmt.Fprintln(hash, ctx.Method(), asked.RequestURI(), ctx.Header("Content-Type"), ctx.Header("If-Match"))
		body, err := spool(io.TeeReader(taken(ctx), hash))
		if err != nil {
			writeError(api, ctx, unread(ctx.Context(), err))
			return
		}
		defer body.Close()
		once := &store.Idempotency{Key: key, Holder: request.holder, Request: hash.Sum(nil), Render: rendering(ctx.Operation())}
		if sealed {
			once.Render = sealing(once, request.secret)
		}
		answer, found, err := a.store.StoredResponse(ctx.Context(), *once)
		if found && sealed {
			answer.Body, err = unsealed(answer.Body, once, request.secret)
		}
		switch {
		case err != nil:
			writeError(api, ctx, fail(ctx.Context(), err))
		case found:
			replay(ctx, answer)
		default:
			request.once = once
			next(spooled{ctx, body})
		}
	}
}

// taken is the body that an operation takes: none, or one of a size that it may have.
func taken(ctx huma.Context) io.Reader {
	switch {
	case ctx.Operation().RequestBody == nil:
		return http.NoBody
	case traitsOf(ctx.Operation()).unbounded == yes: // bounded already
		return ctx.BodyReader()
	}
	return http.MaxBytesReader(nil, io.NopCloser(ctx.BodyReader()), maxBody)
}

// inner is a context under a name that is not also one of its methods'.
type inner = huma.Context

// spooled is a request whose body was read already.
type spooled struct {
	inner
	body io.Reader
}

// BodyReader reads it again.
func (s spooled) BodyReader() io.Reader { return s.body }

// SetReadDeadline leaves it to the limits how long a body may take; huma would give each as long.
func (s spooled) SetReadDeadline(time.Time) error { return nil }

func replay(ctx huma.Context, answer store.StoredResponse) {
	for name, value := range answer.Headers {
		ctx.SetHeader(name, value)
	}
	ctx.SetHeader(replayedHeader, "true")
	ctx.SetStatus(answer.Status)
	_, _ = ctx.BodyWriter().Write(answer.Body) // an error of it is that the client left
}

// rendering makes an operation's answer from what was changed, just as the handler does.
func rendering(operation *huma.Operation) func(changed any) (store.StoredResponse, error) {
	return func(changed any) (store.StoredResponse, error) {
		answer := store.StoredResponse{Status: max(operation.DefaultStatus, http.StatusOK), Headers: map[string]string{"Content-Type": "application/json"}}
		switch thing := changed.(type) {
		case store.ImportResult:
			changed = importedOf(thing)
		case store.MadeKey:
			changed = madeKeyOf(thing)
		case interface{ Stored() headwater.Meta }:
			answer.Headers["ETag"] = etag(thing.Stored().Version)
		}
		body, err := marshal(changed)
		answer.Body = body
		return answer, err
	}
}
