package api

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

const (
	idempotencyHeader = "Idempotency-Key"
	replayedHeader    = "Idempotency-Replayed"
)

// idempotencyKeyPattern is what an Idempotency-Key may look like.
var idempotencyKeyPattern = regexp.MustCompile(`^[!-~]{1,255}$`)

// ResponseStore keeps the responses to requests with an Idempotency-Key. A change stores its response itself, in its own
// transaction.
type ResponseStore interface {
	// StoredResponse gives the response that this request got before; false if there is none. Another request under the same
	// key is a fault, and one whose first response is still being made is a retryable CodeConflict.
	StoredResponse(ctx context.Context, i store.Idempotency) (store.StoredResponse, bool, error)
	// StoreResponse stores the response to a request that changes nothing. Without an Idempotency-Key it does nothing.
	StoreResponse(ctx context.Context, by store.Authorship, body any) error
	// StoreOutcome stores the response to a request that made changes in transactions of their own.
	StoreOutcome(ctx context.Context, by store.Authorship, body any) error
}

// replayStored is the middleware that answers a repeated request with the stored response to the first.
func replayStored(api huma.API, responses ResponseStore) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		key, t := ctx.Header(idempotencyHeader), traitsOf(ctx.Operation())
		request := requestOf(ctx.Context())
		if key == "" || t.idempotent == no || request.public { // clients without a key must not fill the database
			next(ctx)
			return
		}
		if !idempotencyKeyPattern.MatchString(key) {
			fault := headwater.NewFault("/"+idempotencyHeader, headwater.FaultFormat, key, "1 to 255 visible ASCII characters")
			writeError(api, ctx, fail(ctx.Context(), headwater.Faults{fault}))
			return
		}
		hash := sha256.New()
		u := ctx.URL()
		fmt.Fprintln(hash, ctx.Method(), u.RequestURI(), ctx.Header("Content-Type"), ctx.Header("If-Match"))
		body := receivedBody(ctx)
		_, err := io.Copy(hash, body)
		if err == nil {
			_, err = body.Seek(0, io.SeekStart)
		}
		if err != nil {
			writeError(api, ctx, fail(ctx.Context(), err))
			return
		}
		i := &store.Idempotency{Key: key, Holder: request.holder, Request: hash.Sum(nil), Render: renderer(ctx.Operation(), request)}
		if t.sealed == yes {
			i.Render = sealingRenderer(i, request.secret)
		}
		stored, found, err := responses.StoredResponse(ctx.Context(), *i)
		if found && t.sealed == yes {
			stored.Body, err = unseal(stored.Body, i, request.secret)
		}
		switch {
		case err != nil:
			writeError(api, ctx, fail(ctx.Context(), err))
		case found:
			replay(ctx, stored)
		default:
			request.idempotency = i
			next(ctx)
		}
	}
}

func replay(ctx huma.Context, stored store.StoredResponse) {
	for name, value := range stored.Headers {
		ctx.SetHeader(name, value)
	}
	ctx.SetHeader(replayedHeader, "true")
	ctx.SetStatus(stored.Status)
	_, _ = ctx.BodyWriter().Write(stored.Body) // it fails only where the client left
}

// renderer makes an operation's response from what was changed, just as the handler does.
func renderer(operation *huma.Operation, request *request) func(changed any) (store.StoredResponse, error) {
	return func(changed any) (store.StoredResponse, error) {
		out := store.StoredResponse{Status: max(operation.DefaultStatus, http.StatusOK),
			Headers: map[string]string{"Content-Type": "application/json"}}
		if request.recorded {
			out.Headers[groupHeader] = request.group.String()
		}
		switch thing := changed.(type) {
		case store.ImportResult:
			changed = newImported(thing)
		case store.MadeKey:
			changed = madeKeyOf(thing)
		case interface{ Stored() headwater.Meta }:
			out.Headers["ETag"] = etag(thing.Stored().Version)
		}
		body, err := marshal(changed)
		out.Body = body
		return out, err
	}
}
