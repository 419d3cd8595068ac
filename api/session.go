package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// SessionStore keeps the sessions of pages.
type SessionStore interface {
	// CreateSession begins a session of a key. This is the only time that its token is given.
	CreateSession(ctx context.Context, key uuid.UUID) (token string, until time.Time, err error)
	// AuthenticateSession gives the key of a session, and when it ends; false where it, or its key, has ended.
	AuthenticateSession(ctx context.Context, token string) (key headwater.APIKey, until time.Time, valid bool, err error)
	// EndSession ends a session; false where there was none.
	EndSession(ctx context.Context, token string) (bool, error)
}

// The names of the cookie that holds a session. A browser takes the first only over TLS, for all paths of just this host; a service on
// the reader's own machine, which has no TLS, uses the second. Desks are on one host: that of a desk has its name behind it, so that who
// signs in there stays signed in elsewhere.
const (
	secureCookie = "__Host-headwater"
	plainCookie  = "headwater-session"
)

// pageSession is what a request says of a session.
type pageSession struct {
	token string // empty without one
	desk  string // that is asked
	plain bool   // the cookie has no Secure, since the service is on the reader's own machine, without TLS
}

// sessionOf reads the cookie of a request, as long as a page of the service itself sent it: of another origin's, a browser would send it
// only in spite of SameSite.
func sessionOf(ctx huma.Context) pageSession {
	s := pageSession{desk: requestOf(ctx.Context()).desk, plain: !isSecure(ctx) && isHost(ctx.Host(), localHosts)}
	if !isOwnPage(ctx) {
		return s
	}
	cookies, _ := http.ParseCookie(ctx.Header("Cookie")) // what is no cookie is none
	for _, cookie := range cookies {
		if cookie.Name == s.cookieName() {
			s.token = cookie.Value
		}
	}
	return s
}

func (s pageSession) cookieName() string {
	name := secureCookie
	if s.plain {
		name = plainCookie
	}
	if s.desk != "" {
		name += "-" + s.desk
	}
	return name
}

// cookie holds a token, or ends the cookie where it is empty.
func (s pageSession) cookie(token string) string {
	cookie := http.Cookie{Name: s.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: !s.plain,
		SameSite: http.SameSiteStrictMode}
	if token == "" {
		cookie.MaxAge = -1
	}
	return cookie.String()
}

// isOwnPage says whether a request comes from a page of the service, from the address bar, or from a program that is no browser.
func isOwnPage(ctx huma.Context) bool {
	switch ctx.Header("Sec-Fetch-Site") {
	case "same-origin":
		return true
	case "none":
		return ctx.Method() == http.MethodGet || ctx.Method() == http.MethodHead
	case "":
		origin, err := url.Parse(ctx.Header("Origin"))
		return err == nil && (origin.Host == "" && origin.Opaque == "" && origin.Path == "" || strings.EqualFold(origin.Host, ctx.Host()))
	}
	return false
}

// SessionInfo says who a page works as.
type SessionInfo struct {
	SignedIn   bool              `json:"signed_in" doc:"True if the request has a session or a key that holds." example:"true"`
	Name       string            `json:"name,omitempty" doc:"The name of the key, by which the history names its holder." example:"rana"`
	Scopes     []headwater.Scope `json:"scopes" doc:"What the key may do; none without one." example:"[\"review\"]"`
	Until      *time.Time        `json:"until,omitempty" doc:"When the session ends." example:"2026-01-02T03:04:05Z"`
	Open       bool              `json:"open" doc:"True if no key was ever made: everybody who reaches the service may do everything." example:"false"`
	PublicRead bool              `json:"public_read" doc:"True if everybody may read without a key." example:"false"`
	Version    string            `json:"version" doc:"The version of the API." example:"0.4.0"`
}

// sessionResponse says who a page works as, to nobody else, and may set its cookie.
type sessionResponse struct {
	CacheControl string `header:"Cache-Control"`
	SetCookie    string `header:"Set-Cookie" doc:"The session, for this host alone and out of reach of scripts."`
	Body         SessionInfo
}

// sessionEnd ends the cookie.
type sessionEnd struct {
	CacheControl string `header:"Cache-Control"`
	SetCookie    string `header:"Set-Cookie" doc:"Ends the cookie."`
}

// SessionRequest is a request that may have a session or a key.
type SessionRequest struct {
	session pageSession
	bearer  string
	within  huma.Context
}

// Resolve takes both from the request.
func (r *SessionRequest) Resolve(ctx huma.Context) []error {
	r.session, r.within = sessionOf(ctx), ctx
	if token, isGiven := bearerOf(ctx); isGiven {
		r.bearer = token
	}
	return nil
}

// info says who a request is made by.
func (a *access) info(ctx context.Context, r *SessionRequest) (SessionInfo, error) {
	open, err := a.open.isOpen(ctx, a.keys)
	if err != nil {
		return SessionInfo{}, err
	}
	info := SessionInfo{Scopes: []headwater.Scope{}, Open: open, PublicRead: a.publicRead, Version: headwater.Version}
	var key headwater.APIKey
	switch {
	case r.bearer != "":
		key, info.SignedIn, err = a.keys.Authenticate(ctx, r.bearer)
	case r.session.token != "":
		var until time.Time
		if key, until, info.SignedIn, err = a.keys.AuthenticateSession(ctx, r.session.token); info.SignedIn {
			info.Until = &until
		}
	}
	if info.SignedIn {
		info.Name, info.Scopes = key.Name, key.Scopes
	}
	return info, err
}

// countGuess counts a wrong key or session among the requests of the address, as elsewhere, so that nobody can guess for long.
func (a *access) countGuess(r *SessionRequest) error {
	if !a.limits.allow(r.within, ClientName(requestOf(r.within.Context()).address)) {
		return a.limits.tooManyRequests()
	}
	return nil
}

// registerSession adds what a page needs to work for whoever has a key: the key itself stays with its holder.
func registerSession(api huma.API, s SessionStore, guard *access) {
	operation := func(id, method, summary, more string, errors ...int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/v1/session", Summary: summary, Description: summary + ". " + more,
			Tags: []string{"session"}, Errors: append([]int{http.StatusBadRequest, http.StatusUnprocessableEntity,
				http.StatusInternalServerError, http.StatusServiceUnavailable}, errors...)}
	}
	begin := operation("createSession", http.MethodPost, "Begin a session with a key", "The key comes as everywhere, as Authorization: "+
		"Bearer. The answer sets a cookie that stands for it in requests of the service's own pages for 12 hours at most: HttpOnly, "+
		"SameSite=Strict and, but for a service on the reader's own machine without TLS, Secure under a name with __Host-. When the key "+
		"is revoked or rotated, the session ends.", http.StatusConflict)
	register(api, begin, traits{scope: headwater.ScopeRead, idempotent: no, unbounded: no, sealed: no, endless: no},
		func(ctx context.Context, in *SessionRequest) (*sessionResponse, error) {
			key := requestOf(ctx).key
			if key == uuid.Nil {
				return nil, problem(http.StatusConflict, headwater.CodeConflict, "the request has no key, and a session stands for one")
			}
			token, until, err := s.CreateSession(ctx, key)
			if err != nil {
				return nil, fail(ctx, err)
			}
			in.session.token, in.bearer = token, ""
			info, err := guard.info(ctx, in)
			if err != nil {
				return nil, fail(ctx, err)
			}
			info.Until = &until
			return &sessionResponse{noStore, in.session.cookie(token), info}, nil
		})
	forAll := traits{scope: noScope, idempotent: no, unbounded: no, sealed: no, endless: no}
	register(api, operation("getSession", http.MethodGet, "Who the page works as", "It says so to everybody; without a session or a key, "+
		"what everybody may do.", http.StatusTooManyRequests), forAll, func(ctx context.Context, in *SessionRequest) (*struct {
		CacheControl string `header:"Cache-Control"`
		Body         SessionInfo
	}, error) {
		info, err := guard.info(ctx, in)
		if err != nil {
			return nil, fail(ctx, err)
		}
		if !info.SignedIn && (in.bearer != "" || in.session.token != "") {
			if err := guard.countGuess(in); err != nil {
				return nil, err
			}
		}
		return &struct {
			CacheControl string `header:"Cache-Control"`
			Body         SessionInfo
		}{noStore, info}, nil
	})
	end := operation("endSession", http.MethodDelete, "End the session", "The key stays as it is.", http.StatusTooManyRequests)
	end.DefaultStatus = http.StatusNoContent
	register(api, end, forAll, func(ctx context.Context, in *SessionRequest) (*sessionEnd, error) {
		if in.session.token != "" {
			ended, err := s.EndSession(ctx, in.session.token)
			if err != nil {
				return nil, fail(ctx, err)
			}
			if !ended {
				if err := guard.countGuess(in); err != nil {
					return nil, err
				}
			}
		}
		return &sessionEnd{noStore, in.session.cookie("")}, nil
	})
}
