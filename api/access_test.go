package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
)

// operation is what the access tests need of an operation of the document.
type operation struct{ method, path, id, scope string }

func operations(t *testing.T) []operation {
	t.Helper()
	document, err := model()
	if err != nil {
		t.Fatal(err)
	}
	var all []operation
	for path, item := range document.Model.Paths.PathItems.FromOldest() {
		for method, described := range item.GetOperations().FromOldest() {
			all = append(all, operation{strings.ToUpper(method), path, described.OperationId, scopeIn(described)})
		}
	}
	return all
}

func scopeIn(o *v3.Operation) string {
	if node, ok := o.Extensions.Get("x-scope"); ok {
		return node.Value
	}
	return ""
}

// isAllowed says what the document's scopes mean: write and review include read, admin includes all.
func isAllowed(has, needed string) bool {
	either := needed == "write or review" && has != "read"
	return needed == "" || has != "" && (has == needed || has == "admin" || needed == "read" || either)
}

var holders = append([]string{""}, headwater.Scope("").Values()...)

// TestWhoMayDoWhat calls every operation with a key of each scope and with none.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	s := start(t)
	tokens := map[string]string{}
	admin := []string{}
	for _, scope := range []string{"admin", "read", "write", "review"} { // the first key closes the service
		status, header, made := s.call("POST", "/v1/keys", fmt.Sprintf(`{"name": "%[1]s", "scopes": ["%[1]s"]}`, scope), admin...)
		if status != http.StatusCreated || header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%d %v %v", status, header, made)
		}
		tokens[scope] = made["token"].(string)
		admin = []string{"Authorization", "Bearer " + tokens["admin"]}
	}
	for _, o := range append(operations(t), operation{"GET", "/metrics", "getMetrics", "admin"}) {
		path := strings.NewReplacer("{id}", "6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d", "{suggestion}",
			"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d").Replace(o.path)
		for _, holder := range holders {
			headers := []string{}
			if holder != "" {
				headers = []string{"Authorization", "Bearer " + tokens[holder]}
			}
			body := ""
			if o.method != http.MethodGet {
				body = "{}"
			}
			status, header, answer := s.call(o.method, path, body, headers...)
			want := 0
			switch {
			case isAllowed(holder, o.scope):
			case holder == "":
				want = http.StatusUnauthorized
			default:
				want = http.StatusForbidden
			}
			refused := status == http.StatusUnauthorized || status == http.StatusForbidden
			if refused != (want != 0) || want != 0 && status != want {
				t.Errorf("%s with %q: %d, want %d", o.id, holder, status, want)
			}
			if refused && (header.Get("WWW-Authenticate") == "" ||
				!strings.Contains(fmt.Sprint(answer["detail"], answer["error"]), o.scope)) {
				t.Errorf("%s with %q: %v %v", o.id, holder, header, answer)
			}
		}
	}
}

// TestTokensAreStoredNowhere: no cache may keep an answer with a token, whether it is the first or is given again.
func TestTokensAreStoredNowhere(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, _, made := s.call("POST", "/v1/keys", `{"name": "first", "scopes": ["admin"]}`)
	key := []string{"Authorization", "Bearer " + made["token"].(string), "Idempotency-Key", "once"}
	for _, path := range []string{"/v1/keys", "/v1/keys/" + made["id"].(string) + "/rotate"} {
		body := ""
		if path == "/v1/keys" {
			body = `{"name": "second", "scopes": ["admin"]}`
		}
		for range 2 {
			status, header, answer := s.call("POST", path, body, key...)
			if header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %v %v", path, status, header, answer)
			}
			if token, told := answer["token"].(string); told && path != "/v1/keys" {
				key[1] = "Bearer " + token
			}
		}
		key[3] = "again"
	}
}

// TestTheTableOfAccess compares docs/access.md with the scopes of the document, or writes it anew with -update.
func TestTheTableOfAccess(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("# Who may do what\n\nMade from the OpenAPI document: `go test ./api -run TableOfAccess -update`. Without any " +
		"key yet, everybody who reaches the\nservice may do everything. With `--public-read`, what needs `read` needs no key.\n\n" +
		"What needs `write or review` takes either, and may need one of the two for what it is asked: `undoChanges` needs what the " +
		"group\nneeded that it undoes. That is `write` for an import, whatever it holds; `admin` for keys; `review` where the " +
		"group decided something or changed\nreviews; either where it created links, which accepting a suggestion does too; " +
		"and else `write`.\n\n" +
		"Who may read also sees who changed what, when and why: `key:` and the name of the key, or `cli:` and the user of the " +
		"machine,\nin changes, versions, imports, editions and leases. It is a part of each change, hashed in the signed log, by " +
		"which readers judge\nwhat was decided. Keys themselves are for `admin`. So where outsiders read, with a key or by " +
		"`--public-read`, name keys for what\nthey do (`night desk`), not for people, and put into reasons what may be read. " +
		"Of [changes of keys](history.md#keys) they see who made\nwhich key, by name, and not what it may do.\n\n" +
		"| " +
		"operation | | needs |" + strings.Repeat(" |", len(holders)) + "\n|---|---|---|" + strings.Repeat("---|",
		len(holders)) + "\n| | | |")
	for _, holder := range holders {
		table.WriteString(" " + map[bool]string{true: "no key"}[holder == ""] + holder + " |")
	}
	table.WriteString("\n")
	all := operations(t)
	slices.SortFunc(all, func(x, y operation) int { return strings.Compare(x.path+x.method, y.path+y.method) })
	for _, o := range all {
		fmt.Fprintf(&table, "| `%s` | `%s %s` | %s |", o.id, o.method, o.path, o.scope)
		for _, holder := range holders {
			table.WriteString(map[bool]string{true: " yes |", false: " – |"}[isAllowed(holder, o.scope)])
		}
		table.WriteString("\n")
	}
	const file = "../docs/access.md"
	if *update {
		if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if written, err := os.ReadFile(file); err != nil || string(written) != table.String() {
		t.Errorf("%s is not what the document says (%v)", file, err)
	}
}

// TestKeys: a key works until it is rotated, revoked or expired, and is the actor of what it changes.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, _, admin := s.call("POST", "/v1/keys", `{"name": "admin", "scopes": ["admin"]}`)
	as := func(made map[string]any) []string {
		return []string{"Authorization", "Bearer " + made["token"].(string)}
	}
	for _, scheme := range []string{"bearer ", "BEARER ", "Bearer  "} { // the scheme is case-insensitive (RFC 9110 §11.1)
		if status, _, answer := s.call("GET", "/v1/keys", "", "Authorization", scheme+admin["token"].(string)); status != http.StatusOK {
			t.Errorf("%s: %d %v", scheme, status, answer)
		}
	}
	status, _, desk := s.call("POST", "/v1/keys", `{"name": "desk", "scopes": ["write"]}`, as(admin)...)
	if status != http.StatusCreated || !strings.HasPrefix(desk["token"].(string), desk["prefix"].(string)+"_") {
		t.Fatalf("%d %v", status, desk)
	}
	if status, _, answer := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "A"}`, as(desk)...); status != http.StatusCreated {
		t.Errorf("%d %v", status, answer)
	}
	var changes []any
	for len(changes) == 0 { // a change is listed once it has its place in the order
		_, _, page := s.call("GET", "/v1/changes?resource=source", "", as(admin)...)
		changes = page["items"].([]any)
	}
	if actor := changes[0].(map[string]any)["actor"]; actor != "key:desk" {
		t.Errorf("actor %v", actor)
	}
	_, _, list := s.call("GET", "/v1/keys", "", as(admin)...)
	for _, item := range list["items"].([]any) {
		key := item.(map[string]any)
		if key["token"] != nil || key["hash"] != nil || key["last_used_at"] == nil {
			t.Errorf("listed %v", key)
		}
	}
	_, _, rotated := s.call("POST", "/v1/keys/"+desk["id"].(string)+"/rotate", "", as(admin)...)
	if status, _, _ := s.call("GET", "/v1/sources", "", as(desk)...); status != http.StatusUnauthorized {
		t.Errorf("with the old token: %d", status)
	}
	if status, _, _ := s.call("GET", "/v1/sources", "", as(rotated)...); status != http.StatusOK {
		t.Errorf("with the new token: %d", status)
	}
	s.call("POST", "/v1/keys/"+desk["id"].(string)+"/revoke", "", as(admin)...)
	status, _, refused := s.call("GET", "/v1/sources", "", as(rotated)...)
	if status != http.StatusUnauthorized {
		t.Errorf("revoked: %d", status)
	}
	if status, _, answer := s.call("POST", "/v1/keys/"+desk["id"].(string)+"/rotate", "", as(admin)...); status != http.StatusNotFound {
		t.Errorf("rotating a revoked one: %d %v", status, answer)
	}
	_, _, expired := s.call("POST", "/v1/keys", `{"name": "old", "scopes": ["read"], "expires_at": "2001-01-01T00:00:00Z"}`, as(admin)...)
	_, _, alsoRefused := s.call("GET", "/v1/sources", "", as(expired)...)
	_, _, unknown := s.call("GET", "/v1/sources", "", "Authorization", "Bearer hw_00000000_none")
	if refused["detail"] != alsoRefused["detail"] || refused["detail"] != unknown["detail"] || refused["detail"] == nil {
		t.Errorf("it can be told apart: %v, %v, %v", refused, alsoRefused, unknown)
	}
	for _, bad := range []string{`{"name": "", "scopes": ["read"]}`, `{"name": "a", "scopes": []}`, `{"name": "a", "scopes": ["root"]}`} {
		if status, _, answer := s.call("POST", "/v1/keys", bad, as(admin)...); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %v", bad, status, answer)
		}
	}
}

// TestReadersSeeWhoChangedWhat: the names of keys in the history, as docs/access.md says, and of the keys nothing else.
func TestReadersSeeWhoChangedWhat(t *testing.T) {
	t.Parallel()
	opened := open(t)
	keepLog(t, opened)
	s := serve(t, api.New(opened, api.Options{PublicRead: true}))
	_, _, admin := s.call("POST", "/v1/keys", `{"name": "admin", "scopes": ["admin"]}`)
	as := func(made map[string]any) []string {
		return []string{"Authorization", "Bearer " + made["token"].(string)}
	}
	_, _, desk := s.call("POST", "/v1/keys", `{"name": "night desk", "scopes": ["write"]}`, as(admin)...)
	_, _, reader := s.call("POST", "/v1/keys", `{"name": "reader", "scopes": ["read"]}`, as(admin)...)
	_, _, source := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "A"}`,
		append(as(desk), "X-Change-Reason", "seen in print")...)
	for _, path := range []string{"/v1/changes", fmt.Sprintf("/v1/sources/%s/history", source["id"])} {
		for who, headers := range map[string][]string{"a read key": as(reader), "nobody": nil} {
			var text []byte
			isOrdered := func() bool { // the changes of the keys come before
				return bytes.Contains(text, []byte(`"seq"`)) && bytes.Contains(text, []byte("seen in print"))
			}
			for until := time.Now().Add(30 * time.Second); !isOrdered() && time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
				_, _, text = s.send("GET", path, "", headers...)
			}
			if !bytes.Contains(text, []byte(`"actor":"key:night desk"`)) || !bytes.Contains(text, []byte(`"reason":"seen in print"`)) {
				t.Errorf("%s at %s does not see who made the change: %s", who, path, text)
			}
			if bytes.Contains(text, []byte(desk["prefix"].(string))) || bytes.Contains(text, []byte("scopes")) {
				t.Errorf("%s at %s sees more of keys: %s", who, path, text)
			}
		}
	}
	if status, _, _ := s.call("GET", "/v1/keys", "", as(reader)...); status != http.StatusForbidden {
		t.Errorf("a read key lists keys: %d", status)
	}
}
