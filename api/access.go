package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
)

// keyScheme names the security scheme in the document.
const keyScheme = "key"

// access decides who may do what.
type access struct {
	store      Store
	publicRead bool
	limits     *limiter
	open       openness
}

// openness remembers whether any key was ever made: until then everybody who reaches the service may do everything, and
// it is to be reached from its own machine only.
type openness struct {
	mutex   sync.Mutex
	closed  bool
	checked time.Time
}

// recheck is how long a service without keys may take to see that one was made.
const recheck = time.Second

func (o *openness) isOpen(ctx context.Context, store Store) (bool, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.closed || time.Since(o.checked) < recheck {
		return !o.closed, nil
	}
	exist, err := store.KeysExist(ctx)
	if err != nil {
		return false, err
	}
	o.closed, o.checked = exist, time.Now()
	return !exist, nil
}

// close is told that a key was made.
func (o *openness) close() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.closed = true
}

// authorize is the middleware that lets a request through if its key may do what the operation needs.
func (a *access) authorize(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		needed := traitsOf(ctx.Operation()).scope
		if needed == noScope {
			next(ctx)
			return
		}
		refusal, err := a.refusal(ctx, needed)
		if err != nil {
			writeError(api, ctx, fail(ctx.Context(), err))
			return
		}
		if !a.limits.allowed(ctx, requestOf(ctx.Context()).client) {
			writeError(api, ctx, a.limits.tooMany())
			return
		}
		if refusal != nil {
			ctx.SetHeader("WWW-Authenticate", refusal.challenge)
			writeError(api, ctx, problem(refusal.status, codeOf(refusal.status), refusal.detail))
			return
		}
		next(ctx)
	}
}

// writeError answers with a problem, before any handler is asked.
func writeError(api huma.API, ctx huma.Context, err error) {
	var p *Problem
	if !errors.As(err, &p) {
		p = internal()
	}
	answer := told(ctx.Context(), p)
	ctx.SetHeader("Content-Type", answer.ContentType(""))
	ctx.SetStatus(answer.GetStatus())
	if err := api.Marshal(ctx.BodyWriter(), "application/json", answer); err != nil {
		slog.DebugContext(ctx.Context(), "the client left", "error", err)
	}
}

// refusal is why a request is not let through.
type refusal struct {
	status            int
	challenge, detail string
}

func (a *access) refusal(ctx huma.Context, needed headwater.Scope) (*refusal, error) {
	asked := requestOf(ctx.Context())
	asked.actor, asked.holder, asked.client = anonymous, anonymous, address(ctx)
	scheme, token, _ := strings.Cut(ctx.Header("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		open, err := a.open.isOpen(ctx.Context(), a.store)
		asked.public = !open && a.publicRead && needed == headwater.ScopeRead
		if err != nil || open || asked.public {
			return nil, err
		}
		return &refusal{http.StatusUnauthorized, "Bearer", "this needs a key with the scope " + string(needed) + ", as Authorization: Bearer"}, nil
	}
	key, valid, err := a.store.Authenticate(ctx.Context(), strings.TrimSpace(token))
	if err != nil {
		return nil, err
	}
	if !valid { // and counts against the address, so that nobody can guess for long
		return &refusal{http.StatusUnauthorized, `Bearer error="invalid_token"`, "the key is unknown, expired or revoked"}, nil
	}
	asked.client, asked.holder, asked.secret = key.ID.String(), key.ID.String(), token
	if !key.May(needed) {
		return &refusal{http.StatusForbidden, `Bearer error="insufficient_scope", scope="` + string(needed) + `"`, "the key lacks the scope " + string(needed)}, nil
	}
	asked.actor = key.Actor()
	return nil, nil
}

// anonymous is the actor of a request without a key.
const anonymous = "anonymous"
