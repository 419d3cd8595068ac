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
	keys       keyReader
	publicRead bool
	hosts      []string // that it may be called by without a key
	anyHost    bool     // once there are keys, it may be read by any
	limits     *limiter
	open       *openAccess
	operator   string // who makes all requests; empty where a network reaches the service
}

// openAccess remembers whether any key was ever made. Until then everybody who reaches the service may do everything, and it
// listens on its own machine only.
type openAccess struct {
	mutex   sync.Mutex
	ended   bool
	checked time.Time
}

// recheck is how long a service without keys may take to see that another process made one.
const recheck = time.Second

func (o *openAccess) isOpen(ctx context.Context, keys keyReader) (bool, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.ended || time.Since(o.checked) < recheck {
		return !o.ended, nil
	}
	exist, err := keys.KeysExist(ctx)
	if err != nil {
		return false, err
	}
	o.ended, o.checked = exist, time.Now()
	return !exist, nil
}

// end is called when a key was made here, so that the next request already needs one.
func (o *openAccess) end() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.ended = true
}

// authorize is the middleware that lets a request through if its key has the scope that the operation needs.
func (a *access) authorize(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		needed := traitsOf(ctx.Operation()).scope
		if needed == noScope {
			next(ctx)
			return
		}
		refusal, err := a.identify(ctx, needed)
		if err != nil {
			writeError(api, ctx, fail(ctx.Context(), err))
			return
		}
		if !a.limits.allow(ctx, requestOf(ctx.Context()).client) {
			writeError(api, ctx, a.limits.tooManyRequests())
			return
		}
		if refusal != nil {
			if refusal.challenge != "" {
				ctx.SetHeader("WWW-Authenticate", refusal.challenge)
			}
			writeError(api, ctx, problem(refusal.status, codeOf(refusal.status), refusal.detail))
			return
		}
		next(ctx)
	}
}

// writeError answers with a problem from a middleware, before any handler runs.
func writeError(api huma.API, ctx huma.Context, err error) {
	var p *Problem
	if !errors.As(err, &p) {
		p = internal()
	}
	body := forClient(ctx.Context(), p)
	ctx.SetHeader("Content-Type", body.ContentType(""))
	ctx.SetStatus(body.GetStatus())
	if err := api.Marshal(ctx.BodyWriter(), "application/json", body); err != nil {
		slog.DebugContext(ctx.Context(), "the client left", "error", err)
	}
}

// refusal is why a request is not let through.
type refusal struct {
	status            int
	challenge, detail string
}

// bearerOf is the key that a request is made with, as it is given.
func bearerOf(ctx huma.Context) (token string, isGiven bool) {
	scheme, token, _ := strings.Cut(ctx.Header("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

// isSecure says whether a request came by TLS, to the service or to the proxy before it.
func isSecure(ctx huma.Context) bool {
	return ctx.TLS() != nil || ctx.Header("X-Forwarded-Proto") == "https"
}

// identify finds out who makes a request, keeps that in the request, and gives the reason to refuse it, if there is one.
func (a *access) identify(ctx huma.Context, needed headwater.Scope) (*refusal, error) {
	r := requestOf(ctx.Context())
	r.actor, r.holder, r.client = anonymous, anonymous, ClientName(r.address)
	if a.operator != "" {
		r.actor, r.holder, r.scopes = a.operator, a.operator, []headwater.Scope{headwater.ScopeAdmin}
		return nil, nil
	}
	token, isGiven := bearerOf(ctx)
	if !isGiven {
		if session := sessionOf(ctx).token; session != "" { // one that has ended is as good as none
			key, _, valid, err := a.keys.AuthenticateSession(ctx.Context(), session)
			if err != nil {
				return nil, err
			}
			if valid {
				return r.admit(key, session, needed), nil
			}
		}
		open, err := a.open.isOpen(ctx.Context(), a.keys)
		known := a.anyHost || isHost(ctx.Host(), a.hosts)
		r.public = !open && a.publicRead && needed == headwater.ScopeRead && known
		if open && err == nil {
			return a.refuseStranger(ctx), nil
		}
		if err != nil || r.public {
			return nil, err
		}
		detail := "this needs a key with the scope " + string(needed) + ", as Authorization: Bearer"
		if a.publicRead && !known {
			detail += "; without a key, the service answers on localhost, 127.0.0.1, [::1] and the names of --allowed-hosts alone"
		}
		return &refusal{http.StatusUnauthorized, "Bearer", detail}, nil
	}
	key, valid, err := a.keys.Authenticate(ctx.Context(), token)
	if err != nil {
		return nil, err
	}
	if !valid { // it also uses up the rate limit of the address, so that nobody can guess for long
		return &refusal{http.StatusUnauthorized, `Bearer error="invalid_token"`, "the key is unknown, expired or revoked"}, nil
	}
	return r.admit(key, token, needed), nil
}

// admit keeps in the request whose it is, and refuses it where the key does not suffice.
func (r *request) admit(key headwater.APIKey, secret string, needed headwater.Scope) *refusal {
	r.client, r.holder, r.secret = key.ID.String(), key.ID.String(), secret
	if !key.May(needed) {
		challenge := `Bearer error="insufficient_scope", scope="` + string(needed) + `"`
		return &refusal{http.StatusForbidden, challenge, "the key lacks the scope " + string(needed)}
	}
	r.actor, r.key, r.scopes = key.Actor(), key.ID, key.Scopes
	return nil
}

// refuseStranger refuses, as long as no key is asked for, what a web page can send without its reader's knowledge: by the name
// of its own site, which it lets mean this machine (DNS rebinding), and from another origin, even where all may call.
func (a *access) refuseStranger(ctx huma.Context) *refusal {
	switch {
	case !isHost(ctx.Host(), a.hosts):
		return &refusal{status: http.StatusForbidden,
			detail: "until a key is made, the service answers on localhost, 127.0.0.1 and [::1] " +
				"alone, and on the names of --allowed-hosts"}
	case requestOf(ctx.Context()).foreign:
		return &refusal{status: http.StatusForbidden, detail: "until a key is made, pages of other origins can change something only " +
			"where --cors-origin names them"}
	}
	return nil
}

// anonymous is the actor of a request without a key.
const anonymous = "anonymous"
