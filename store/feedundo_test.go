package store_test

import (
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// undoFeed undoes all of a feed, and gives what was done, edition by edition.
func undoFeed(t *testing.T, s *store.Store, name string) []store.UndoneEdition {
	t.Helper()
	return must(s.UndoFeed(t.Context(), grouped(), name))(t)
}

// TestUndoLeavesWhatOtherFeedsSay: one file in two feeds. What the first brought stays while the second says it, and goes with the
// second; what is done again is there again.
func TestUndoLeavesWhatOtherFeedsSay(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	empty := export(t, f.s)
	text := company("a") + company("b") + owns("ab", "a", "b", "60", "")
	f.take("one", "2024-01-01", text+company("c"), "")
	f.take("two", "2024-01-01", text, "")
	first := undoFeed(t, f.s, "one")
	if len(first) != 1 || first[0].Counts[headwater.ResourceSource] != (store.UndoCount{Deleted: 1, Kept: 2}) ||
		first[0].Counts[headwater.ResourceRelation] != (store.UndoCount{Kept: 1}) {
		t.Errorf("undone: %+v", first)
	}
	f.relation("ab", "b", "a", "0.6 active")
	both := export(t, f.s)
	second := undoFeed(t, f.s, "two")
	wantExport(t, f.s, empty, "both feeds undone")
	wantUndoRefused(t, f.s, first[0].Group, headwater.CodeChangedSince) // what it says went with the other
	undo(t, f.s, second[0].Group)
	wantExport(t, f.s, both, "the second done again")
	undo(t, f.s, first[0].Group)
	f.source("c", headwater.EntityActive)
	wantVerified(t, f.s)
}

// TestUndoLeavesWhatIsSaidLater: an edition that ended or changed what another feed says since is undone but for that.
func TestUndoLeavesWhatIsSaidLater(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	all := company("a") + company("b") + company("c")
	f.take("one", "2024-01-01", all+owns("ab", "a", "b", "60", "")+owns("bc", "b", "c", "60", ""), "")
	f.take("one", "2024-02-01", all+owns("bc", "b", "c", "55", ""), "ended 1")
	f.take("two", "2024-03-01", all+owns("ab", "a", "b", "60", "")+owns("bc", "b", "c", "55", ""), "")
	f.relation("ab", "b", "a", "0.6 active")
	second := must(f.s.Feed(t.Context(), "one"))(t).Current.Group
	undone := undo(t, f.s, second)
	if undone.Counts[headwater.ResourceRelation] != (store.UndoCount{Kept: 2}) {
		t.Errorf("undone: %+v", undone.Counts)
	}
	f.relation("ab", "b", "a", "0.6 active")
	f.relation("bc", "c", "b", "0.55 active")
	undoFeed(t, f.s, "two") // the first says it as of its first edition
	f.relation("ab", "b", "a", "0.6 active")
	wantVerified(t, f.s)
}

// TestFeedUndoneWhole: where something stands in the way of an earlier edition, the later ones stay too.
func TestFeedUndoneWhole(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	text := company("a") + company("b") + company("c") + owns("ab", "a", "b", "60", "")
	f.take("one", "2024-01-01", text, "")
	f.take("one", "2024-02-01", text+company("d"), "")
	a, c := f.id(headwater.ResourceSource, "a"), f.id(headwater.ResourceSource, "c")
	must(f.s.MergeSource(t.Context(), tester, c, 0, a))(t)
	before := export(t, f.s)
	if _, err := f.s.UndoFeed(t.Context(), grouped(), "one"); headwater.CodeOf(err) != headwater.CodeChangedSince {
		t.Fatalf("undone, or refused by another code: %v", err)
	}
	wantExport(t, f.s, before, "refused")
	if feed := must(f.s.Feed(t.Context(), "one"))(t); feed.Current == nil || feed.Current.Edition != 2 {
		t.Errorf("the feed counts by %+v", feed.Current)
	}
}

// trustText imports a trust.txt of a host as an edition of its feed.
func trustText(t *testing.T, s *store.Store, host, date, text string) store.ImportResult {
	t.Helper()
	things := must(interchange.Read(strings.NewReader(text), interchange.TrustText,
		interchange.TableOptions{Values: map[string]string{"domains": host}}, s.Namespace()))(t)
	return must(s.Import(t.Context(), grouped(), things, store.ImportOptions{
		Edition: store.Edition{Feed: "trust.txt of " + host, Date: headwater.Day(date), Fewer: true}}))(t)
}

// TestTrustTextsOfBothSides: an outlet and its owner both say who owns it. What the one takes back, or is undone of it, stays while the
// other says it.
func TestTrustTextsOfBothSides(t *testing.T) {
	t.Parallel()
	s := open(t)
	trustText(t, s, "y1.example", "2024-01-01", "controlledby=https://owny.example/\n")
	trustText(t, s, "y2.example", "2024-01-01", "controlledby=https://owny.example/\n")
	trustText(t, s, "y2.example", "2024-02-01", "contact=https://y2.example/contact\n")
	relations := func(want string) {
		t.Helper()
		var got string
		if err := s.Pool.QueryRow(t.Context(), `SELECT coalesce(string_agg(concat_ws(' ', name, relations.status, nullif(until, '')), ', '
			ORDER BY name), '') FROM relations JOIN sources ON sources.id = subject`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("stored is %q, want %q", got, want)
		}
	}
	relations("y1.example active, y2.example active 2024-01-31")
	result := trustText(t, s, "owny.example", "2024-02-15", "control=https://y1.example/\ncontrol=https://y2.example/\n")
	if result.Edition.Restored != 1 {
		t.Errorf("restored %d", result.Edition.Restored)
	}
	relations("y1.example active, y2.example active")
	undoFeed(t, s, "trust.txt of y1.example")
	relations("y1.example active, y2.example active")
	undoFeed(t, s, "trust.txt of owny.example")
	relations("y2.example active 2024-01-31")
	wantVerified(t, s)
}
