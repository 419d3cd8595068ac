package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
)

// signIn begins a session and gives the Cookie header of the requests that are in it, and the cookie as it was set.
func (q *queue) signIn(headers ...string) (session []string, set string) {
	q.t.Helper()
	status, header, answer := q.call("POST", "/v1/session", "", headers...)
	set = header.Get("Set-Cookie")
	if status != http.StatusOK || answer["signed_in"] != true || set == "" || header.Get("Cache-Control") != "no-store" {
		q.t.Fatalf("%d %v %v", status, header, answer)
	}
	cookie, _, _ := strings.Cut(set, ";")
	return []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, set
}

// TestSession: a page works with what its reader's key may do, and without the key.
func TestSession(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	session, set := q.signIn(q.rana...)
	for _, part := range []string{"headwater-session=", "Path=/", "HttpOnly", "SameSite=Strict"} {
		if !strings.Contains(set, part) || strings.Contains(set, "Secure") {
			t.Errorf("on the reader's own machine the cookie is %s", set)
		}
	}
	token := strings.TrimPrefix(q.rana[1], "Bearer ")
	if strings.Contains(set, token) {
		t.Error("the cookie holds the key")
	}
	_, _, info := q.call("GET", "/v1/session", "", session...)
	if info["signed_in"] != true || info["name"] != "rana" || fmt.Sprint(info["scopes"]) != "[review]" || info["until"] == nil ||
		info["open"] != false || info["public_read"] != false || info["version"] != headwater.Version {
		t.Errorf("the session is %v", info)
	}
	accept := func(headers ...string) int {
		status, _, _ := q.call("POST", "/v1/links/"+q.links[0]+"/accept", "", append(headers, "If-Match", "*")...)
		return status
	}
	for name, c := range map[string]struct {
		headers []string
		status  int
	}{
		"a page of the service":             {session, http.StatusOK},
		"a program":                         {session[:2], http.StatusOK},
		"a page of the same site":           {[]string{"Cookie", session[1], "Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		"a page of another origin":          {[]string{"Cookie", session[1], "Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"a page of another origin, as told": {[]string{"Cookie", session[1], "Origin", "https://evil.example"}, http.StatusForbidden},
		"the address bar":                   {[]string{"Cookie", session[1], "Sec-Fetch-Site", "none"}, http.StatusUnauthorized},
		"another session":                   {[]string{"Cookie", "headwater-session=AAAA"}, http.StatusUnauthorized},
		"the cookie of a service with TLS": {[]string{"Cookie", strings.Replace(session[1], "headwater-session", "__Host-headwater", 1)},
			http.StatusUnauthorized},
		"no session":                         {nil, http.StatusUnauthorized},
		"a key beside it, which comes first": {append(session, "Authorization", "Bearer nobody"), http.StatusUnauthorized},
	} {
		if status := accept(c.headers...); status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
	if status, _, _ := q.call("GET", "/v1/keys", "", session...); status != http.StatusForbidden {
		t.Errorf("beyond what the key may do it answers %d", status)
	}
	_, header, _ := q.call("GET", "/v1/claims?limit=1", "", session...)
	if header.Get("Cache-Control") != "private" || !strings.Contains(strings.Join(header.Values("Vary"), ", "), "Cookie") {
		t.Errorf("what a session reads may be kept: %v", header)
	}
	if status, header, _ := q.call("DELETE", "/v1/session", "", session...); status != http.StatusNoContent ||
		!strings.Contains(header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("ended, it answers %d %v", status, header)
	}
	if status := accept(session...); status != http.StatusUnauthorized {
		t.Errorf("after its end it answers %d", status)
	}
	if _, _, info := q.call("GET", "/v1/session", "", session...); info["signed_in"] != false || info["name"] != nil {
		t.Errorf("after its end it is %v", info)
	}
}

// TestSessionsEndWithTheirKey: at once when it is revoked, and when it gets another token.
func TestSessionsEndWithTheirKey(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	for i, verb := range []string{"revoke", "rotate"} {
		session, _ := q.signIn([][]string{q.rana, q.tarek}[i]...)
		_, _, info := q.call("GET", "/v1/session", "", session...)
		for _, key := range q.items("/v1/keys", q.administrator...) {
			if key := key.(map[string]any); key["name"] == info["name"] {
				path := "/v1/keys/" + key["id"].(string) + "/" + verb
				if status, _, answer := q.call("POST", path, "", q.administrator...); status != http.StatusOK {
					t.Fatalf("%d %v", status, answer)
				}
			}
		}
		if status, _, _ := q.call("GET", "/v1/claims", "", session...); status != http.StatusUnauthorized {
			t.Errorf("after %s it answers %d", verb, status)
		}
	}
}

// TestSessionBehindTLS: where the service is reached over TLS the cookie is bound to its host, and no other is taken.
func TestSessionBehindTLS(t *testing.T) {
	t.Parallel()
	q := startQueue(t)
	session, set := q.signIn(append([]string{"X-Forwarded-Proto", "https"}, q.rana...)...)
	if !strings.HasPrefix(set, "__Host-headwater=") || !strings.Contains(set, "; Secure") || strings.Contains(set, "Domain") {
		t.Errorf("the cookie is %s", set)
	}
	if status, _, _ := q.call("GET", "/v1/claims", "", append(session, "X-Forwarded-Proto", "https")...); status != http.StatusOK {
		t.Errorf("with it the service answers %d", status)
	}
}

// TestSessionWithoutKeys: as long as no key is asked for there is nothing to sign in with, and everybody is told so.
func TestSessionWithoutKeys(t *testing.T) {
	t.Parallel()
	s := start(t)
	if status, _, answer := s.call("POST", "/v1/session", ""); status != http.StatusConflict {
		t.Errorf("%d %v", status, answer)
	}
	if _, _, info := s.call("GET", "/v1/session", ""); info["open"] != true || info["signed_in"] != false {
		t.Errorf("the session is %v", info)
	}
}
