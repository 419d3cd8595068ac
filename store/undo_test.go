package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// grouped is an authorship of a group of its own.
func grouped() store.Authorship {
	return store.Authorship{Actor: "cli:tester", Group: headwater.NewID()}
}

func undo(t *testing.T, s *store.Store, group uuid.UUID) store.Undone {
	t.Helper()
	return must(s.Undo(t.Context(), grouped(), group, nil))(t)
}

// wantUndoRefused undoes a group, which must be refused with a code, and change nothing.
func wantUndoRefused(t *testing.T, s *store.Store, group uuid.UUID, code headwater.Code) headwater.Faults {
	t.Helper()
	before := export(t, s)
	_, err := s.Undo(t.Context(), grouped(), group, nil)
	if headwater.CodeOf(err) != code {
		t.Fatalf("want %s, got %v", code, err)
	}
	if after := export(t, s); after != before {
		t.Errorf("it changed\n%s", firstDifference(before, after))
	}
	var faults headwater.Faults
	_ = errors.As(err, &faults)
	return faults
}

func wantExport(t *testing.T, s *store.Store, want, when string) {
	t.Helper()
	if got := export(t, s); got != want {
		t.Errorf("%s:\n%s", when, firstDifference(want, got))
	}
}

// wantVerified: the log bears out what the database holds.
func wantVerified(t *testing.T, s *store.Store) {
	t.Helper()
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	must(s.Verify(t.Context(), store.VerifyOptions{}, func(finding string) { t.Errorf("found: %s", finding) }))(t)
}

// TestUndoOfAnImport: all that it created is gone, its history is not, and it can be done again in both ways.
func TestUndoOfAnImport(t *testing.T) {
	t.Parallel()
	s := open(t)
	importDemo := func() store.ImportResult {
		t.Helper()
		return must(s.Import(t.Context(), store.Authorship{Actor: "cli:tester", Reason: "demo"},
			bundle.NewReader(bytes.NewReader(testdata.Demo)), store.ImportOptions{}))(t)
	}
	empty := export(t, s)
	first := importDemo()
	full := export(t, s)
	undone := undo(t, s, first.Group)
	wantExport(t, s, empty, "undone")
	for resource, count := range first.Counts {
		if got := undone.Counts[resource]; got.Deleted != count.Added || got.Changed+got.Created > 0 {
			t.Errorf("%s: %+v, imported %+v", resource, got, count)
		}
	}
	wantVerified(t, s)
	wantUndoRefused(t, s, first.Group, headwater.CodeAlreadyUndone)
	redone := undo(t, s, undone.Group)
	wantExport(t, s, full, "done again")
	wantVerified(t, s)
	wantUndoRefused(t, s, undone.Group, headwater.CodeAlreadyUndone)
	undo(t, s, redone.Group)
	wantExport(t, s, empty, "undone again")
	second := importDemo()
	wantExport(t, s, full, "imported again")
	if second.Counts[headwater.ResourceClaim] != first.Counts[headwater.ResourceClaim] {
		t.Errorf("imported again: %v, at first %v", second.Counts, first.Counts)
	}
	wantVerified(t, s)
	undo(t, s, second.Group)
	wantExport(t, s, empty, "the second one undone")
	wantUndoRefused(t, s, first.Group, headwater.CodeAlreadyUndone)
	page := must(s.Imports(t.Context(), store.Paging{Limit: 1}))(t)
	rest := must(s.Imports(t.Context(), store.Paging{Limit: 1, Cursor: page.NextCursor}))(t)
	if len(page.Items) != 1 || page.Items[0].Group != second.Group || page.Items[0].UndoneBy == nil || page.Items[0].Reason != "demo" ||
		len(rest.Items) != 1 || rest.Items[0].Group != first.Group || rest.Items[0].UndoneBy == nil || rest.NextCursor != "" {
		t.Errorf("listed %+v and then %+v", page, rest)
	}
}

// TestUndoOverWhatWasThere: an import that changes what is there puts it back, also over other writes that were undone themselves.
func TestUndoOverWhatWasThere(t *testing.T) {
	t.Parallel()
	s := open(t)
	const head = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/local"}` + "\n"
	must(importText(t, s, head+`{"type":"source","key":"a","kind":"outlet","name":"A"}`+"\n"))(t)
	before := export(t, s)
	by := grouped()
	must(s.Import(t.Context(), by, bundle.NewReader(strings.NewReader(head+`{"type":"source","key":"a","kind":"outlet","name":"A anew"}
{"type":"source","key":"b","kind":"outlet","name":"B"}
{"type":"relation","subject":"a","kind":"part_of","object":"b"}
{"type":"claim","key":"c","statement":{"en":"It rained."}}
{"type":"claim","key":"d","statement":{"en":"Rain fell."},"status":"merged","merged_into":"c"}`)), store.ImportOptions{}))(t)
	imported := export(t, s)
	a := headwater.NamespaceOf(store.DefaultNamespace).ID(headwater.ResourceSource, "a")
	var groups []uuid.UUID
	for n := range 50 {
		step := grouped()
		must(s.UpdateSource(t.Context(), step, a, 0, outlet(fmt.Sprint("A ", n))))(t)
		groups = append(groups, step.Group)
	}
	obstacles := wantUndoRefused(t, s, by.Group, headwater.CodeChangedSince)
	if len(obstacles) != 1 || obstacles[0].Value != "source "+a.String() || !strings.Contains(obstacles[0].Expected, "version 52") {
		t.Errorf("obstacles: %v", obstacles)
	}
	for n := len(groups) - 1; n >= 0; n-- {
		if n > 0 {
			wantUndoRefused(t, s, groups[n-1], headwater.CodeChangedSince)
		}
		undo(t, s, groups[n])
	}
	wantExport(t, s, imported, "50 undone")
	redo := undo(t, s, by.Group)
	wantExport(t, s, before, "the import undone too")
	undo(t, s, redo.Group)
	wantExport(t, s, imported, "the import done again")
	wantVerified(t, s)
}

// TestUndoKeepsTexts: a document's earlier texts are kept, and come back with the quotes in them.
func TestUndoKeepsTexts(t *testing.T) {
	t.Parallel()
	s := open(t)
	p := newPair(t, s)
	before := export(t, s)
	texts := []string{"At last. It rained. Then it froze. It snowed. It froze.", "It rained. Then it froze. It snowed. It froze. The end."}
	var groups []uuid.UUID
	var exports []string
	for _, text := range texts {
		by, fields := grouped(), p.b.DocumentFields
		fields.Text, fields.TextSHA256 = text, ""
		must(s.UpdateDocument(t.Context(), by, p.b.ID, 0, fields))(t)
		groups, exports = append(groups, by.Group), append(exports, export(t, s))
	}
	wantVerified(t, s)
	undo(t, s, groups[1])
	wantExport(t, s, exports[0], "one undone")
	last := undo(t, s, groups[0])
	wantExport(t, s, before, "both undone")
	undo(t, s, last.Group)
	wantExport(t, s, exports[0], "one done again")
	wantVerified(t, s)
	execute := func(sql string) {
		t.Helper()
		if _, err := s.Pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	execute("DELETE FROM document_texts")
	var findings []string
	must(s.Verify(t.Context(), store.VerifyOptions{}, func(finding string) { findings = append(findings, finding) }))(t)
	if len(findings) != 1 || findings[0] != "document "+p.b.ID.String()+": a text that it had is gone" {
		t.Errorf("without the texts: %q", findings)
	}
	if obstacles := wantUndoRefused(t, s, lastUndo(t, s), headwater.CodeChangedSince); len(obstacles) != 1 ||
		!strings.Contains(obstacles[0].Expected, "a text that is kept") {
		t.Errorf("without the texts: %v", obstacles)
	}
}

// lastUndo is the group of the last undo of all.
func lastUndo(t *testing.T, s *store.Store) (group uuid.UUID) {
	t.Helper()
	err := s.Pool.QueryRow(t.Context(), "SELECT group_id FROM changes JOIN undos USING (group_id) ORDER BY at DESC LIMIT 1").Scan(&group)
	if err != nil {
		t.Fatal(err)
	}
	return group
}

// TestUndoNamesWhatStandsInItsWay: what refers to what goes, what was said since, and what was created anew.
func TestUndoNamesWhatStandsInItsWay(t *testing.T) {
	t.Parallel()
	newSource := func(t *testing.T, s *store.Store, by store.Authorship, name string) uuid.UUID {
		t.Helper()
		return must(s.CreateSource(t.Context(), by, "", outlet(name)))(t).ID
	}
	attribute := func(t *testing.T, s *store.Store, status headwater.Decision) (group, id uuid.UUID) {
		t.Helper()
		by := grouped()
		p := newPair(t, s)
		told := newSource(t, s, by, "Told")
		claim := must(s.CreateClaim(t.Context(), tester, "", headwater.ClaimFields{Statement: headwater.Texts{"en": "It hailed."}}))(t)
		a := must(s.CreateAttribution(t.Context(), tester, "", headwater.AttributionFields{Claim: claim.ID, Document: p.a.ID,
			Stance: headwater.Affirms, Content: &headwater.Selector{End: 2, Exact: "It"},
			Chain: []headwater.Hop{{Source: p.a.Publisher}, {Source: told}, {Source: p.a.Publisher}}}, status))(t)
		return by.Group, a.ID
	}
	for name, prepare := range map[string]func(t *testing.T, s *store.Store) (group uuid.UUID, obstacle string, id uuid.UUID){
		"a relation": func(t *testing.T, s *store.Store) (uuid.UUID, string, uuid.UUID) {
			by := grouped()
			a, b := newSource(t, s, by, "A"), newSource(t, s, tester, "B")
			fields := headwater.RelationFields{Subject: b, Object: a, Kind: headwater.MemberOf}
			r := must(s.CreateRelation(t.Context(), tester, "", fields))(t)
			return by.Group, "relation", r.ID
		},
		"a chain": func(t *testing.T, s *store.Store) (uuid.UUID, string, uuid.UUID) {
			g, id := attribute(t, s, "")
			return g, "attribution", id
		},
		"a chain to decide": func(t *testing.T, s *store.Store) (uuid.UUID, string, uuid.UUID) {
			g, id := attribute(t, s, "proposed")
			return g, "attribution", id
		},
		"a merger": func(t *testing.T, s *store.Store) (uuid.UUID, string, uuid.UUID) {
			by := grouped()
			a, b := newSource(t, s, by, "A"), newSource(t, s, tester, "B")
			must(s.MergeSource(t.Context(), tester, b, 0, a))(t)
			return by.Group, "source", b
		},
		"a rejected match": func(t *testing.T, s *store.Store) (uuid.UUID, string, uuid.UUID) {
			a, b, by := newSource(t, s, tester, "A"), newSource(t, s, tester, "B"), grouped()
			must(s.MergeSource(t.Context(), tester, b, 0, a))(t)
			must(s.UnmergeSource(t.Context(), by, b, 0))(t)
			must(s.RejectMatch(t.Context(), tester, proposeMatch(t, s, headwater.SameSource, a, b), 0))(t)
			return by.Group, "source", b
		},
		"a merger of what was said to be two": func(t *testing.T, s *store.Store) (uuid.UUID, string, uuid.UUID) {
			a, b, by := newSource(t, s, tester, "A"), newSource(t, s, tester, "B"), grouped()
			m := proposeMatch(t, s, headwater.SameSource, a, b)
			must(s.RejectMatch(t.Context(), tester, m, 0))(t)
			must(s.ReopenMatch(t.Context(), by, m, 0))(t)
			must(s.MergeSource(t.Context(), tester, b, 0, a))(t)
			return by.Group, "match", m
		},
		"control of itself": func(t *testing.T, s *store.Store) (uuid.UUID, string, uuid.UUID) {
			a, b, by := newSource(t, s, tester, "A"), newSource(t, s, tester, "B"), grouped()
			fields := headwater.RelationFields{Subject: a, Object: b, Kind: headwater.PartOf}
			up := must(s.CreateRelation(t.Context(), tester, "", fields))(t)
			must(s.RetractRelation(t.Context(), by, up.ID, 0, true))(t)
			must(s.CreateRelation(t.Context(), tester, "", headwater.RelationFields{Subject: b, Object: a, Kind: headwater.PartOf}))(t)
			return by.Group, "relation", up.ID
		},
		"a quote of another text": func(t *testing.T, s *store.Store) (uuid.UUID, string, uuid.UUID) {
			p, by := newPair(t, s), grouped()
			fields := p.b.DocumentFields
			fields.Text, fields.TextSHA256 = fields.Text+" It hailed.", ""
			must(s.UpdateDocument(t.Context(), by, p.b.ID, 0, fields))(t)
			at := strings.Index(fields.Text, "It hailed")
			quoting := p.first.AttributionFields
			quoting.Content = &headwater.Selector{Start: at, End: at + len("It hailed"), Exact: "It hailed"}
			must(s.UpdateAttribution(t.Context(), tester, p.first.ID, 0, quoting))(t)
			return by.Group, "attribution", p.first.ID
		},
		"a deletion": func(t *testing.T, s *store.Store) (uuid.UUID, string, uuid.UUID) {
			made, by := grouped(), grouped()
			a := newSource(t, s, made, "A")
			must(s.UpdateSource(t.Context(), by, a, 0, outlet("A anew")))(t)
			undo(t, s, by.Group)
			undo(t, s, made.Group)
			return lastUndoOf(t, s, by.Group), "source", a
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			group, resource, id := prepare(t, s)
			obstacles := wantUndoRefused(t, s, group, headwater.CodeChangedSince)
			if len(obstacles) != 1 || obstacles[0].Value != resource+" "+id.String() || obstacles[0].Pointer != "/group" {
				t.Errorf("want %s %s, got %v", resource, id, obstacles)
			}
		})
	}
}

// TestUndoCountsWhatStandsInItsWay: of many obstacles the first are named, and it says that there are more.
func TestUndoCountsWhatStandsInItsWay(t *testing.T) {
	t.Parallel()
	s := open(t)
	by := grouped()
	a := must(s.CreateSource(t.Context(), by, "", outlet("A")))(t).ID
	var text strings.Builder
	for n := range 130 {
		fmt.Fprintf(&text, `{"type":"source","key":"b%d","kind":"outlet","name":"B%[1]d"}
{"type":"relation","subject":"b%[1]d","kind":"part_of","object":"%[2]s"}`+"\n", n, a)
	}
	must(importText(t, s, `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/local"}`+"\n"+
		text.String()))(t)
	_, err := s.Undo(t.Context(), grouped(), by.Group, nil)
	var faults headwater.Faults
	if !errors.As(err, &faults) || len(faults) != 100 || !strings.Contains(err.Error(), "more than 100, of which the first 100 are named") {
		t.Errorf("%d are named: %v", len(faults), err)
	}
}

// lastUndoOf is the group of the last undo of a group.
func lastUndoOf(t *testing.T, s *store.Store, undone uuid.UUID) (group uuid.UUID) {
	t.Helper()
	if err := s.Pool.QueryRow(t.Context(), "SELECT group_id FROM undos WHERE undoes = $1 ORDER BY n DESC LIMIT 1", undone).
		Scan(&group); err != nil {
		t.Fatal(err)
	}
	return group
}

// TestUndoNeedsWhatTheWriteNeeded is the table of scopes.
func TestUndoNeedsWhatTheWriteNeeded(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	claims := [2]headwater.Claim{}
	for n := range claims {
		fields := headwater.ClaimFields{Statement: headwater.Texts{"en": fmt.Sprint("Claim ", n)}}
		claims[n] = must(s.CreateClaim(ctx, tester, "", fields))(t)
	}
	source := must(s.CreateSource(ctx, tester, "", outlet("A")))(t)
	link := headwater.LinkFields{Kind: headwater.Corroborates, From: claims[0].ID, To: claims[1].ID}
	for name, c := range map[string]struct {
		do   func(by store.Authorship) error
		want headwater.Scope
	}{
		"an update": {func(by store.Authorship) error {
			_, err := s.UpdateSource(ctx, by, source.ID, 0, outlet("B"))
			return err
		}, headwater.ScopeWrite},
		"a link": {func(by store.Authorship) error {
			_, err := s.CreateLink(ctx, by, "", link, "")
			return err
		}, headwater.ScopeWriteOrReview},
		"a decision": {func(by store.Authorship) error {
			other := link
			other.From, other.To = link.To, link.From
			made, err := s.CreateLink(ctx, tester, "", other, headwater.Proposed)
			if err == nil {
				_, err = s.DecideLink(ctx, by, made.ID, 0, true)
			}
			return err
		}, headwater.ScopeReview},
		"a review": {func(by store.Authorship) error {
			_, err := s.CreateReview(ctx, by, "", headwater.ReviewFields{Claim: claims[0].ID, Author: source.ID,
				Rating: headwater.Rating{Label: "True"}})
			return err
		}, headwater.ScopeReview},
		"an import with reviews": {func(by store.Authorship) error {
			_, err := s.Import(ctx, by, bundle.NewReader(bytes.NewReader(testdata.Demo)), store.ImportOptions{})
			return err
		}, headwater.ScopeWrite},
	} {
		by := grouped()
		if err := c.do(by); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		group := by.Group
		for range 2 { // the undo, and what does it again
			var asked headwater.Scope
			refused := func(scope headwater.Scope) bool { asked = scope; return false }
			if _, err := s.Undo(ctx, grouped(), group, refused); headwater.CodeOf(err) != headwater.CodeForbidden || asked != c.want {
				t.Errorf("%s: needs %q and not %q: %v", name, asked, c.want, err)
			}
			group = undo(t, s, group).Group
		}
	}
	wantUndoRefused(t, s, uuid.New(), headwater.CodeNotFound)
	wantUndoRefused(t, s, uuid.Nil, headwater.CodeNotFound)
}

// TestUndoBesideWrites: an undo is whole or not there at all, whatever others write at the same time.
func TestUndoBesideWrites(t *testing.T) {
	t.Parallel()
	s := open(t)
	for n := range 10 {
		by := grouped()
		text := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/local"}` + "\n"
		for i := range 20 {
			text += fmt.Sprintf(`{"type":"source","key":"s-%d-%d","kind":"outlet","name":"S"}`+"\n", n, i)
		}
		must(s.Import(t.Context(), by, bundle.NewReader(strings.NewReader(text)), store.ImportOptions{}))(t)
		var wait sync.WaitGroup
		var undoErr, writeErr error
		target := sourceNamed(t, s, fmt.Sprintf("s-%d-7", n))
		other := must(s.CreateSource(t.Context(), tester, "", outlet("Other")))(t).ID
		wait.Go(func() { _, undoErr = s.Undo(t.Context(), grouped(), by.Group, nil) })
		wait.Go(func() {
			if n%2 == 0 {
				_, writeErr = s.UpdateSource(t.Context(), tester, target, 0, outlet("T"))
			} else {
				_, writeErr = s.CreateRelation(t.Context(), tester, "",
					headwater.RelationFields{Subject: other, Object: target, Kind: headwater.MemberOf})
			}
		})
		wait.Wait()
		var left int
		if err := s.Pool.QueryRow(t.Context(), "SELECT count(*) FROM sources WHERE key LIKE $1", fmt.Sprintf("s-%d-%%", n)).
			Scan(&left); err != nil {
			t.Fatal(err)
		}
		switch {
		case undoErr == nil && writeErr != nil && left == 0:
		case undoErr != nil && writeErr == nil && left == 20:
			if code := headwater.CodeOf(undoErr); code != headwater.CodeChangedSince && code != headwater.CodeConflict {
				t.Errorf("%d: the undo says %v", n, undoErr)
			}
		default:
			t.Errorf("%d: undo %v, write %v, %d left", n, undoErr, writeErr, left)
		}
	}
	wantVerified(t, s)
}

// sourceNamed finds a source by its key.
func sourceNamed(t *testing.T, s *store.Store, key string) (id uuid.UUID) {
	t.Helper()
	if err := s.Pool.QueryRow(t.Context(), "SELECT id FROM sources WHERE key = $1", key).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestReopenDecided: what was decided on links and attributions is proposed again.
func TestReopenDecided(t *testing.T) {
	t.Parallel()
	s := open(t)
	p := newPair(t, s)
	link := must(s.CreateLink(t.Context(), tester, "", headwater.LinkFields{Kind: headwater.Equivalent, From: p.first.Claim,
		To: p.second.Claim}, headwater.Rejected))(t)
	if link = must(s.ReopenLink(t.Context(), tester, link.ID, link.Version))(t); link.Status != headwater.Proposed || link.Version != 2 {
		t.Errorf("the link is %+v", link)
	}
	if link = must(s.ReopenLink(t.Context(), tester, link.ID, 0))(t); link.Version != 2 {
		t.Errorf("reopened twice, the link is %+v", link)
	}
	a := must(s.ReopenAttribution(t.Context(), tester, p.first.ID, 0))(t)
	if a.Status != headwater.Proposed || a.Version != p.first.Version+1 {
		t.Errorf("the attribution is %+v", a)
	}
	wantVerified(t, s)
}
