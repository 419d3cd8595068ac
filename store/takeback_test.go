package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// pair are two documents of one publisher, the second with attributions: one that the first has too, and two that it has not.
type pair struct {
	a, b          headwater.Document
	first, second headwater.Attribution
}

func newPair(t *testing.T, s *store.Store) pair {
	t.Helper()
	publisher, err := s.CreateSource(t.Context(), tester, "paper", headwater.SourceFields{Kind: headwater.Outlet, Name: "Paper"})
	if err != nil {
		t.Fatal(err)
	}
	var claims []uuid.UUID
	for _, text := range []string{"It rained", "It snowed", "It froze"} {
		claim, err := s.CreateClaim(t.Context(), tester, "", headwater.ClaimFields{Statement: headwater.Texts{"en": text}})
		if err != nil {
			t.Fatal(err)
		}
		claims = append(claims, claim.ID)
	}
	document := func(key, text string) headwater.Document {
		d, err := s.CreateDocument(t.Context(), tester, key, headwater.DocumentFields{Kind: headwater.Article, Publisher: publisher.ID,
			Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	attribution := func(d headwater.Document, claim uuid.UUID, words string) headwater.Attribution {
		at := strings.Index(d.Text, words)
		a, err := s.CreateAttribution(t.Context(), tester, "", headwater.AttributionFields{Claim: claim, Document: d.ID,
			Stance: headwater.Affirms, Content: &headwater.Selector{Start: at, End: at + len(words), Exact: words},
			Chain: []headwater.Hop{{Source: publisher.ID}}}, "")
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	p := pair{a: document("a", "It rained. It snowed. It froze."), b: document("b", "It rained. Then it froze. It snowed. It froze.")}
	attribution(p.a, claims[0], "It rained")
	attribution(p.b, claims[0], "It rained")
	p.first, p.second = attribution(p.b, claims[1], "It snowed"), attribution(p.b, claims[2], "It froze")
	return p
}

func proposeMatch(t *testing.T, s *store.Store, kind headwater.MatchKind, a, b uuid.UUID) uuid.UUID {
	t.Helper()
	m, err := s.CreateMatch(t.Context(), tester, "", headwater.IdentityMatchFields{Kind: kind, A: a, B: b})
	if err != nil {
		t.Fatal(err)
	}
	return m.ID
}

// TestReopeningBringsBackWhole: what accepting a match did is undone to the last byte of an export.
func TestReopeningBringsBackWhole(t *testing.T) {
	t.Parallel()
	for _, kind := range []headwater.MatchKind{headwater.SameDocument, headwater.Reprint, headwater.SameSource} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := open(t)
			p := newPair(t, s)
			original, err := s.CreateDocument(t.Context(), tester, "c", headwater.DocumentFields{Kind: headwater.Article,
				Publisher: p.a.Publisher})
			if err != nil {
				t.Fatal(err)
			}
			fields := p.a.DocumentFields
			fields.DerivedFrom = &original.ID
			if _, err := s.UpdateDocument(t.Context(), tester, p.a.ID, 0, fields); err != nil {
				t.Fatal(err)
			}
			a, b := p.a.ID, p.b.ID
			if kind == headwater.SameSource {
				a, b = newSources(t, s)
			}
			id := proposeMatch(t, s, kind, a, b)
			before := export(t, s)
			for range 2 {
				if _, err := s.AcceptMatch(t.Context(), tester, id, 0); err != nil {
					t.Fatal(err)
				}
				if export(t, s) == before {
					t.Error("accepting it changes nothing")
				}
				if _, err := s.ReopenMatch(t.Context(), tester, id, 0); err != nil {
					t.Fatal(err)
				}
				if after := export(t, s); after != before {
					t.Errorf("reopened, it leaves\n%s", firstDifference(before, after))
				}
			}
		})
	}
}

// newSources are two sources, of which the second speaks as a third.
func newSources(t *testing.T, s *store.Store) (a, b uuid.UUID) {
	t.Helper()
	var ids []uuid.UUID
	for i := range 3 {
		fields := headwater.SourceFields{Kind: headwater.Outlet, Name: fmt.Sprint("S", i)}
		source, err := s.CreateSource(t.Context(), tester, fmt.Sprint("s", i), fields)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, source.ID)
	}
	if _, err := s.MergeSource(t.Context(), tester, ids[1], 0, ids[2]); err != nil {
		t.Fatal(err)
	}
	return ids[0], ids[1]
}

// TestReopeningNamesWhatStandsInItsWay: and changes nothing then.
func TestReopeningNamesWhatStandsInItsWay(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(t *testing.T, s *store.Store, p pair) (obstacle string){
		"an attribution that says something else": func(t *testing.T, s *store.Store, p pair) string {
			moved, err := s.Attribution(t.Context(), p.first.ID)
			if err != nil {
				t.Fatal(err)
			}
			fields := moved.AttributionFields
			fields.Note = "Seen again."
			if _, err := s.UpdateAttribution(t.Context(), tester, moved.ID, 0, fields); err != nil {
				t.Fatal(err)
			}
			return "attribution " + moved.ID.String() + " was changed since"
		},
		"a document with another text": func(t *testing.T, s *store.Store, p pair) string {
			fields := p.b.DocumentFields
			fields.Text = "It rained. It froze."
			if _, err := s.UpdateDocument(t.Context(), tester, p.b.ID, 0, fields); err != nil {
				t.Fatal(err)
			}
			return "attribution " + p.first.ID.String() + " no longer fits document " + p.b.ID.String()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			p := newPair(t, s)
			id := proposeMatch(t, s, headwater.SameDocument, p.a.ID, p.b.ID)
			if _, err := s.AcceptMatch(t.Context(), tester, id, 0); err != nil {
				t.Fatal(err)
			}
			obstacle := change(t, s, p)
			before := export(t, s)
			if _, err := s.ReopenMatch(t.Context(), tester, id, 0); headwater.CodeOf(err) != headwater.CodeConflict ||
				!strings.Contains(err.Error(), obstacle) {
				t.Errorf("it is reopened with %v, want a conflict: %s", err, obstacle)
			}
			if export(t, s) != before {
				t.Error("what cannot be reopened has changed something")
			}
		})
	}
}

// TestReopeningWhatWasAcceptedElsewhere: a bundle brings matches that are accepted, and not what that changed.
func TestReopeningWhatWasAcceptedElsewhere(t *testing.T) {
	t.Parallel()
	from := open(t)
	p := newPair(t, from)
	a, b := newSources(t, from)
	var ids []uuid.UUID
	for kind, ends := range map[headwater.MatchKind][2]uuid.UUID{headwater.SameSource: {a, b},
		headwater.SameDocument: {p.a.ID, p.b.ID}, headwater.Reprint: {p.a.ID, p.b.ID}} {
		id := proposeMatch(t, from, kind, ends[0], ends[1])
		if _, err := from.AcceptMatch(t.Context(), tester, id, 0); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	to := open(t)
	if _, err := importText(t, to, export(t, from)); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		m, err := to.ReopenMatch(t.Context(), tester, id, 0)
		switch was, _ := to.IdentityMatch(t.Context(), id); {
		case was.Kind == headwater.Reprint:
			if d, _ := to.Document(t.Context(), was.A); err != nil || d.DerivedFrom != nil || m.Status != headwater.Proposed {
				t.Errorf("the reprint is %+v, %v", m, err)
			}
		case headwater.CodeOf(err) != headwater.CodeConflict || was.Status != headwater.Accepted:
			t.Errorf("%s is reopened: %v", was.Kind, err)
		}
	}
}

// TestNoReprintHolds: what is said to be no reprint does not derive from the original, nor does what counts as one with it.
func TestNoReprintHolds(t *testing.T) {
	t.Parallel()
	s := open(t)
	p := newPair(t, s)
	other, err := s.CreateDocument(t.Context(), tester, "c", headwater.DocumentFields{Kind: headwater.Article, Publisher: p.a.Publisher})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.RejectMatch(t.Context(), tester, proposeMatch(t, s, headwater.Reprint, other.ID, p.b.ID), 0); err != nil {
		t.Fatal(err)
	}
	derive := func(d headwater.Document) error {
		fields := d.DocumentFields
		fields.DerivedFrom = &p.b.ID
		_, err := s.UpdateDocument(t.Context(), tester, d.ID, 0, fields)
		return err
	}
	if err := derive(other); headwater.CodeOf(err) != headwater.CodeInvalid {
		t.Errorf("it derives from it: %v", err)
	}
	line := fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":%q}
{"type":"document","key":"c","publisher":"paper","kind":"article","derived_from":"b"}`, s.Namespace())
	if _, err := importText(t, s, line); err == nil || !strings.Contains(err.Error(), "line 2: /derived_from: conflict") {
		t.Errorf("a bundle says that it does: %v", err)
	}
	one := proposeMatch(t, s, headwater.SameDocument, p.a.ID, other.ID)
	if _, err := s.AcceptMatch(t.Context(), tester, one, 0); err != nil {
		t.Fatal(err)
	}
	if err := derive(p.a); headwater.CodeOf(err) != headwater.CodeInvalid {
		t.Errorf("what counts as it derives from it: %v", err)
	}
	if _, err := s.CreateMatch(t.Context(), tester, "", headwater.IdentityMatchFields{Kind: headwater.Reprint, A: p.a.ID,
		B: p.b.ID}); headwater.CodeOf(err) != headwater.CodeInvalid {
		t.Errorf("it is proposed again of what counts as it: %v", err)
	}
}
