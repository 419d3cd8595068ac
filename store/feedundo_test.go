package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/internal/testenv"
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

// TestUndoThatChangesNothing: where other feeds say all that an import brought, its undo leaves everything, and is undone like others.
func TestUndoThatChangesNothing(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	imported := must(f.edition(store.Edition{}, company("a"), false, false))(t).Group
	f.take("one", "2024-01-01", company("a"), "")
	by, recorded := grouped(), false
	by.Recorded = &recorded
	left := must(f.s.Undo(t.Context(), by, imported, nil))(t)
	if left.Counts[headwater.ResourceSource] != (store.UndoCount{Kept: 1}) || !recorded {
		t.Errorf("undone: %+v, with something to undo: %t", left, recorded)
	}
	undo(t, f.s, left.Group)
	wantUndoRefused(t, f.s, left.Group, headwater.CodeAlreadyUndone)
	if again := undo(t, f.s, imported); again.Counts[headwater.ResourceSource] != (store.UndoCount{Kept: 1}) {
		t.Errorf("undone once more: %+v", again)
	}
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

// TestWhatFeedsTookBackReturns: what a feed took back is restored by whoever says it again, another feed or an import of none; what a
// person took back stays, and is told.
func TestWhatFeedsTookBackReturns(t *testing.T) {
	t.Parallel()
	for _, feed := range []string{"two", ""} {
		f := ownershipFeed{t, open(t)}
		text := company("a") + company("b") + owns("ab", "a", "b", "60", "")
		f.take("one", "2024-01-01", text+company("c")+company("d")+company("e"), "")
		must(f.s.RetractSource(t.Context(), tester, f.id(headwater.ResourceSource, "e"), 0, true))(t)
		must(f.edition(store.Edition{Feed: "one", Date: "2024-02-01", Fewer: true}, company("d"), false, false))(t)
		f.source("a", headwater.EntityActive) // which the relation refers to, that held until then
		f.source("c", headwater.EntityRetracted)
		result := must(f.edition(store.Edition{Feed: feed}, text+company("c")+company("e"), false, false))(t)
		f.source("c", headwater.EntityActive)
		f.source("e", headwater.EntityRetracted)
		f.relation("ab", "b", "a", "0.6 active")
		if feed != "" && (len(result.Notes) != 1 || !strings.Contains(result.Notes[0].Text, "stays retracted")) {
			t.Errorf("told: %+v", result.Notes)
		}
		wantVerified(t, f.s)
	}
}

// TestUndoOfAnImportLeavesThePast: what a feed said in an earlier edition is not forgotten with an import that said it too; it ends as the
// feed says.
func TestUndoOfAnImportLeavesThePast(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	text := company("a") + company("b") + owns("ab", "a", "b", "60", "")
	f.take("sources", "2024-01-01", company("a")+company("b"), "")
	plain := must(f.edition(store.Edition{}, text+company("c")+company("d"), false, false))(t)
	f.take("one", "2024-01-01", text+company("c"), "")
	must(f.edition(store.Edition{Feed: "one", Date: "2024-02-01", Fewer: true}, company("a"), false, false))(t)
	f.relation("ab", "b", "a", "0.6 active")
	before := export(t, f.s)
	undone := undo(t, f.s, plain.Group)
	f.relation("ab", "b", "a", "0.6 active 2024-01-31")
	f.source("c", headwater.EntityRetracted)
	if sources := undone.Counts[headwater.ResourceSource]; sources != (store.UndoCount{Deleted: 1, Changed: 1}) {
		t.Errorf("undone: %+v", sources)
	}
	wantVerified(t, f.s)
	undo(t, f.s, undone.Group)
	wantExport(t, f.s, before, "done again")
	undo(t, f.s, must(f.s.FeedEditions(t.Context(), "one", store.Paging{Limit: 1}))(t).Items[0].Group)
	undo(t, f.s, plain.Group)
	f.relation("ab", "b", "a", "0.6 active") // which the first edition says
	wantVerified(t, f.s)
}

// TestUndoOfAnImportThatChangedThePast: what an import made of what a feed said, and says no more, goes with it; what is left ends as the
// feed says.
func TestUndoOfAnImportThatChangedThePast(t *testing.T) {
	t.Parallel()
	for change, then := range map[[2]string]string{{"70", ""}: "0.7 active", {"60", "2023-01-01"}: "0.6 active 2023-01-01"} {
		f := ownershipFeed{t, open(t)}
		sources := company("a") + company("b")
		f.take("one", "2024-01-01", sources+owns("ab", "a", "b", "60", ""), "")
		plain := must(f.edition(store.Edition{}, sources+owns("ab", "a", "b", change[0], change[1]), false, false))(t)
		must(f.edition(store.Edition{Feed: "one", Date: "2024-02-01", Fewer: true}, sources, false, false))(t)
		f.relation("ab", "b", "a", then)
		before := export(t, f.s)
		undone := undo(t, f.s, plain.Group)
		f.relation("ab", "b", "a", "0.6 active 2024-01-31")
		if relations := undone.Counts[headwater.ResourceRelation]; relations != (store.UndoCount{Changed: 1}) {
			t.Errorf("undone: %+v", relations)
		}
		undo(t, f.s, undone.Group)
		wantExport(t, f.s, before, "done again")
		wantVerified(t, f.s)
	}
}

// TestFeedsAreWhatTheySay: whatever feeds and imports of none say, drop and are undone of, a relation holds exactly if one of them says it.
// An import of none says another share of each, so that it changes what held before it.
func TestFeedsAreWhatTheySay(t *testing.T) {
	t.Parallel()
	seeds := uint64(3)
	if testenv.Long() {
		seeds = 30
	}
	for seed := range seeds {
		f := ownershipFeed{t, open(t)}
		random := rand.New(rand.NewPCG(seed, 24))
		var sources string
		for i := range 5 {
			sources += company(fmt.Sprint("s", i))
		}
		f.take("sources", "2024-01-01", sources, "")
		type statement struct {
			group uuid.UUID
			bits  int // of the relations that it says
		}
		says := map[string][]statement{} // by feed, its editions that count, and of none the imports
		var log []string
		refused := 0
		for day := range 40 {
			feed := []string{"one", "two", "three", ""}[random.IntN(4)]
			said := says[feed]
			if random.IntN(3) == 0 && len(said) > 0 {
				at := len(said) - 1
				if feed == "" {
					at = random.IntN(len(said))
				}
				switch _, err := f.s.Undo(t.Context(), grouped(), said[at].group, nil); {
				case err == nil:
					log = append(log, fmt.Sprintf("undo %q %04b", feed, said[at].bits))
					says[feed] = slices.Delete(said, at, at+1)
				case headwater.CodeOf(err) == headwater.CodeChangedSince:
					refused++
				default:
					t.Fatal(err)
				}
			} else {
				bits, text, share := random.IntN(16)&random.IntN(16), sources, "60"
				if feed == "" {
					share = fmt.Sprint(61 + day)
				}
				for i := range 4 {
					if bits>>i&1 == 1 {
						text += owns(fmt.Sprint("r", i), fmt.Sprint("s", i+1), fmt.Sprint("s", i), share, "")
					}
				}
				edition := store.Edition{Feed: feed, Fewer: feed != ""}
				if feed != "" {
					edition.Date = headwater.Day(fmt.Sprintf("2024-%02d-%02d", 2+day/20, 1+day%20))
				}
				result := must(f.edition(edition, text, false, false))(t)
				if bits != 0 || feed != "" {
					says[feed] = append(said, statement{result.Group, bits})
				}
				log = append(log, fmt.Sprintf("%q %04b", feed, bits))
			}
			want, got := 0, 0
			for feed, all := range says {
				for i, one := range all {
					if feed == "" || i == len(all)-1 {
						want |= one.bits
					}
				}
			}
			if err := f.s.Pool.QueryRow(t.Context(), `SELECT coalesce(sum(1 << substr(key, 6, 1)::int), 0) FROM relations
				WHERE status = 'active' AND until = ''`).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Fatalf("seed %d: hold %04b, want %04b after\n%s", seed, got, want, strings.Join(log, "\n"))
			}
		}
		if refused > 10 {
			t.Errorf("seed %d: %d undos are refused", seed, refused)
		}
		wantVerified(t, f.s)
	}
}

// TestAWrongFileTwice: a file that says none of what the feed said takes nothing back, however often it comes.
func TestAWrongFileTwice(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	var right, wrong string
	for i := range 10 {
		right, wrong = right+company(fmt.Sprint("k", i)), wrong+company(fmt.Sprint("l", i))
	}
	f.take("k", "2024-01-01", right, "")
	for range 3 {
		result := f.take("k", "2024-02-01", wrong, "withheld 10")
		if want := "the file no longer says 10 of 10 things, more than half"; result.Edition.Withheld != want {
			t.Errorf("withheld since %q, want %q", result.Edition.Withheld, want)
		}
	}
	f.take("k", "2024-03-01", right, "retracted 10") // which only the wrong file said
	f.source("k3", headwater.EntityActive)
	f.source("l3", headwater.EntityRetracted)
}

// TestDocumentsScrollOut: an RSS file is a window, and what is no longer in it stays.
func TestDocumentsScrollOut(t *testing.T) {
	t.Parallel()
	s := open(t)
	take := func(fewer bool, items ...string) (store.ImportResult, error) {
		text := `<rss version="2.0"><channel><title>Bay</title><link>https://bay.example/</link>`
		for _, item := range items {
			text += fmt.Sprintf(`<item><title>%[1]s</title><link>https://bay.example/%[1]s</link></item>`, item)
		}
		things := must(interchange.Read(strings.NewReader(text+"</channel></rss>"), interchange.RSS, interchange.TableOptions{},
			s.Namespace()))(t)
		return s.Import(t.Context(), grouped(), things, store.ImportOptions{Edition: store.Edition{Feed: "bay",
			Format: string(interchange.RSS), Fewer: fewer}})
	}
	must(take(false, "one", "two", "three"))(t)
	result := must(take(false, "three", "four"))(t)
	if result.Edition.Withheld != "" || len(result.Edition.Outcomes) > 0 || result.Edition.Says != 5 { // the outlet too
		t.Errorf("the edition is %+v", result.Edition)
	}
	for _, document := range documentsOf(t, s) {
		if document.Status != headwater.RecordActive {
			t.Errorf("%s is %s", document.URL, document.Status)
		}
	}
	const expected = `/fewer: conflict: "true", expected nothing for the format rss, of which an edition takes nothing back`
	if _, err := take(true, "five"); err == nil || err.Error() != expected {
		t.Errorf("got %v, want %s", err, expected)
	}
}
