package api

import (
	"context"
	"log/slog"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
)

const (
	// preferHeader says what a client would rather have (RFC 7240), and appliedHeader which of it was done.
	preferHeader  = "Prefer"
	appliedHeader = "Preference-Applied"
	// waitSealed asks that the answer to a change waits until a checkpoint of the log covers it: from then on, nobody can alter it without
	// a trace.
	waitSealed = "wait=sealed"
	// mostAwaiting requests wait for a checkpoint at once, so that others have places left.
	mostAwaiting = 64
)

// SealStore knows what is sealed.
type SealStore interface {
	// AwaitSealed waits until a checkpoint covers the changes of a group, and says whether one does: none where nobody signs the log, or
	// where it takes too long.
	AwaitSealed(ctx context.Context, group uuid.UUID) (bool, error)
}

// preferSealed is the middleware that lets a request wait for the checkpoint that covers what it changes, where it prefers that.
func preferSealed(s SealStore) func(huma.Context, func(huma.Context)) {
	places := make(chan struct{}, mostAwaiting)
	return func(ctx huma.Context, next func(huma.Context)) {
		if traitsOf(ctx.Operation()).records() && prefers(ctx.Header(preferHeader), waitSealed) {
			select {
			case places <- struct{}{}:
				defer func() { <-places }()
				requestOf(ctx.Context()).seal = s
			default:
			}
		}
		next(ctx)
	}
}

// prefers says whether a header has a preference. Others are somebody else's.
func prefers(header, preference string) bool {
	for text := range strings.SplitSeq(header, ",") {
		text, _, _ = strings.Cut(text, ";")
		name, value, _ := strings.Cut(text, "=")
		if strings.EqualFold(strings.TrimSpace(name)+"="+strings.Trim(strings.TrimSpace(value), `"`), preference) {
			return true
		}
	}
	return false
}

// awaitSeal waits for the checkpoint that covers what the request changed, if it prefers to. The change is made whatever comes of it.
func (r *request) awaitSeal(ctx context.Context) {
	if r.seal == nil {
		return
	}
	sealed, err := r.seal.AwaitSealed(ctx, r.group)
	if err != nil {
		slog.WarnContext(ctx, "a change could not be waited for until it is sealed", "error", err)
	}
	r.sealed = sealed
}

// declarePrefer declares the preference of operations that the history has.
func declarePrefer(operation *huma.Operation) {
	if !traitsOf(operation).records() {
		return
	}
	operation.Parameters = append(operation.Parameters, &huma.Param{Name: preferHeader, In: "header", Example: waitSealed,
		Description: "wait=sealed: answer once a checkpoint of the log covers the change, which takes about a second. After 10 seconds, " +
			"where 64 requests wait already, and where nobody signs the log, the answer comes without Preference-Applied.",
		Schema: &huma.Schema{Type: huma.TypeString}})
	for status, response := range operation.Responses {
		if status[0] == '2' {
			declareHeader(response, appliedHeader, "wait=sealed if that was preferred and a checkpoint covers the change.", waitSealed)
		}
	}
}
