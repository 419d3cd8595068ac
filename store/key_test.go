package store_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// TestChangesOfKeys: making, rotating and revoking a key are changes with a place in the one order. Who reads them gets the name of the
// key, no state has any part of a token, and an undo names the key as what stands in its way.
func TestChangesOfKeys(t *testing.T) {
	t.Parallel()
	s := open(t)
	by := func() store.Authorship {
		return store.Authorship{Actor: "key:boss", ActorID: headwater.NewID(), Group: headwater.NewID(), Reason: "Why."}
	}
	groups := []store.Authorship{by(), by(), by()}
	made, err := s.CreateKey(t.Context(), groups[0], headwater.APIKeyFields{Name: "night desk",
		Scopes: []headwater.Scope{headwater.ScopeRead, headwater.ScopeReview}})
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := s.RotateKey(t.Context(), groups[1], made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.RevokeKey(t.Context(), groups[2], made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RevokeKey(t.Context(), by(), made.ID); headwater.CodeOf(err) != headwater.CodeNotFound {
		t.Errorf("revoked twice: %v", err)
	}
	if _, err := storetest.Sequence(t.Context(), s, s.Pool); err != nil {
		t.Fatal(err)
	}
	page, err := s.Changes(t.Context(), store.ChangeFilter{Resource: "key", ResourceID: made.ID}, store.Paging{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var operations []headwater.Operation
	for i, change := range page.Items {
		operations = append(operations, change.Operation)
		var state map[string]any
		if err := json.Unmarshal(change.State, &state); err != nil {
			t.Fatal(err)
		}
		if len(state) != 2 || state["name"] != "night desk" || state["id"] != made.ID.String() {
			t.Errorf("who reads gets %s", change.State)
		}
		if change.Actor != "key:boss" || *change.ActorID != groups[i].ActorID || change.Reason != "Why." ||
			*change.Group != groups[i].Group || change.FromVersion != i || change.ToVersion != i+1 {
			t.Errorf("%+v", change)
		}
	}
	if want := []headwater.Operation{headwater.OpCreate, headwater.OpRotate, headwater.OpRevoke}; !slices.Equal(operations, want) {
		t.Errorf("got %q, want %q", operations, want)
	}
	proof, err := s.Inclusion(t.Context(), page.Items[2].ID, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := proof.State.Text; !strings.Contains(text, `"scopes": ["read", "review"]`) || !strings.Contains(text, `"revoked_at"`) {
		t.Errorf("the sealed state is %s", text)
	}
	for _, token := range []headwater.Token{made.Token, rotated.Token} {
		var has bool
		err := s.Pool.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM changes AS c WHERE strpos(c::text, $1) > 0 "+
			"OR strpos(c::text, $2) > 0 OR strpos(c::text, encode($3, 'hex')) > 0)", token.Prefix, token.Secret, token.Hash()).Scan(&has)
		if err != nil || has {
			t.Errorf("the history has a part of a token: %t, %v", has, err)
		}
	}
	reader := func(scope headwater.Scope) bool { return scope == headwater.ScopeRead }
	if _, err := s.Inclusion(t.Context(), page.Items[0].ID, 0, reader); headwater.CodeOf(err) != headwater.CodeForbidden {
		t.Errorf("who reads gets what a key may do: %v", err)
	}
	writer := func(scope headwater.Scope) bool { return scope == headwater.ScopeWrite }
	for _, group := range groups {
		_, err := s.Undo(t.Context(), by(), group.Group, nil)
		var faults headwater.Faults
		if headwater.CodeOf(err) != headwater.CodeChangedSince || !errors.As(err, &faults) || faults[0].Value != "key "+made.ID.String() ||
			!strings.Contains(faults[0].Expected, `"night desk"`) {
			t.Errorf("the undo says %v of %v", err, faults)
		}
		if _, err := s.Undo(t.Context(), by(), group.Group, writer); headwater.CodeOf(err) != headwater.CodeForbidden {
			t.Errorf("the undo of who may write says %v", err)
		}
	}
	if _, err := s.Undo(t.Context(), by(), uuid.New(), nil); headwater.CodeOf(err) != headwater.CodeNotFound {
		t.Errorf("an undo of nothing says %v", err)
	}
}

// TestWhatTheVersionBeforeDidToKeys: it knows no history of keys. Verify names such a key, and to revoke it puts that right.
func TestWhatTheVersionBeforeDidToKeys(t *testing.T) {
	t.Parallel()
	s := open(t)
	by := store.Authorship{Actor: "key:boss", Group: headwater.NewID()}
	made, err := s.CreateKey(t.Context(), by, headwater.APIKeyFields{Name: "night desk", Scopes: []headwater.Scope{headwater.ScopeRead}})
	if err != nil {
		t.Fatal(err)
	}
	revoked := made.ID
	added := headwater.NewID()
	must(s.Pool.Exec(t.Context(), "UPDATE api_keys SET revoked_at = '2026-01-02' WHERE id = $1", revoked))(t)
	must(s.Pool.Exec(t.Context(), `INSERT INTO api_keys (id, name, scopes, prefix, hash, created_by)
		VALUES ($1, 'x', '{admin}', 'hw_x', sha256('x'), 'x')`, added))(t)
	found := func() (findings []string) {
		must(storetest.Sequence(t.Context(), s, s.Pool))(t)
		must(s.Verify(t.Context(), store.VerifyOptions{}, func(finding string) { findings = append(findings, finding) }))(t)
		return findings
	}
	if findings := found(); len(findings) != 2 {
		t.Errorf("verify finds %q", findings)
	}
	for _, id := range []uuid.UUID{revoked, added} {
		key := must(s.RevokeKey(t.Context(), by, id))(t)
		if id == revoked && !key.RevokedAt.Equal(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("it was revoked before, and not at %v", key.RevokedAt)
		}
		if _, err := s.RevokeKey(t.Context(), by, id); headwater.CodeOf(err) != headwater.CodeNotFound {
			t.Errorf("revoked once more: %v", err)
		}
	}
	if findings := found(); len(findings) > 0 {
		t.Errorf("once they are revoked, verify finds %q", findings)
	}
}
