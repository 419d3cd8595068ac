package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/testdata"
)

// company, owns and seat are lines of a file of FollowTheMoney.
func company(id string) string {
	return fmt.Sprintf(`{"id": %q, "schema": "Company", "properties": {"name": ["%[1]s Ltd"]}}`, id) + "\n"
}

func owns(id, owner, asset, share, until string) string {
	return fmt.Sprintf(`{"id": %q, "schema": "Ownership", "properties": {"owner": [%q], "asset": [%q], "percentage": [%q], "endDate": [%q]}}
`, id, owner, asset, share, until)
}

// ownershipFeed is what a test does with feeds of FollowTheMoney.
type ownershipFeed struct {
	*testing.T
	s *store.Store
}

func (f ownershipFeed) edition(options store.Edition, text string, keepGoing, dryRun bool) (store.ImportResult, error) {
	f.Helper()
	things := must(interchange.Read(strings.NewReader(text), interchange.FollowTheMoney, interchange.TableOptions{}, f.s.Namespace()))(f.T)
	return f.s.Import(f.Context(), grouped(), things, store.ImportOptions{KeepGoing: keepGoing, DryRun: dryRun, Edition: options})
}

// take imports an edition, of which some outcomes are expected: "ended 1 retracted 2".
func (f ownershipFeed) take(feed, date, text, want string) store.ImportResult {
	f.Helper()
	result := must(f.edition(store.Edition{Feed: feed, Date: headwater.Day(date), File: feed}, text, false, false))(f.T)
	f.expect(result, want)
	return result
}

func (f ownershipFeed) expect(result store.ImportResult, want string) {
	f.Helper()
	var got []string
	for _, outcome := range store.Outcome("").Values() {
		if n := result.Edition.Outcomes[store.Outcome(outcome)]; n > 0 {
			got = append(got, fmt.Sprintf("%s %d", outcome, n))
		}
	}
	if text := strings.Join(got, " "); text != want {
		f.Errorf("edition %d of %s: %q, want %q; %+v", result.Edition.Edition, result.Edition.Feed, text, want, result.Edition.Missing)
	}
}

func (f ownershipFeed) id(resource headwater.Resource, key string) uuid.UUID {
	return headwater.NamespaceOf(f.s.Namespace()).ID(resource, "ftm:"+key)
}

// tie is the relation that a file calls so, between what it is between there.
func (f ownershipFeed) tie(key, asset, owner string) headwater.Relation {
	f.Helper()
	var id uuid.UUID
	if err := f.s.Pool.QueryRow(f.Context(), `SELECT id FROM relations
		WHERE key LIKE 'ftm:' || $1 || ':%' AND subject = $2 AND object = $3`, key,
		f.id(headwater.ResourceSource, asset), f.id(headwater.ResourceSource, owner)).Scan(&id); err != nil {
		f.Fatal(key, err)
	}
	return must(f.s.Relation(f.Context(), id))(f.T)
}

// relation says how a relation stands: its share, its last day and its status.
func (f ownershipFeed) relation(key, asset, owner, want string) {
	f.Helper()
	r := f.tie(key, asset, owner)
	share := "-"
	if r.Share != nil {
		share = fmt.Sprint(*r.Share)
	}
	if got := strings.TrimSpace(fmt.Sprintf("%s %s %s", share, r.Status, r.Until)); got != want {
		f.Errorf("%s is %q, want %q", key, got, want)
	}
}

func (f ownershipFeed) source(key string, want headwater.EntityStatus) {
	f.Helper()
	if got := must(f.s.Source(f.Context(), f.id(headwater.ResourceSource, key)))(f.T).Status; got != want {
		f.Errorf("%s is %s, want %s", key, got, want)
	}
}

// TestEditionsOfAFeed: the second edition of a register says that one owner sold, no longer has another, and lost a company nobody else
// speaks of. What a person and another feed say stays, and so does what a person edited.
//
// Two outlets, Herald and Post, report that the bridge is closed. In the first edition Harbour has both, so that they are one voice. In
// the second, of June, Harbour no longer has Post: reports of May are still of one voice, those of July of two.
func TestEditionsOfAFeed(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	both := company("herald") + company("post") + company("harbour")
	first := both + company("quay") + company("mole") + company("idle") + owns("h", "harbour", "herald", "100", "") +
		owns("p", "harbour", "post", "60", "") + owns("q", "quay", "harbour", "30", "") + owns("m", "mole", "harbour", "20", "")
	f.take("register.json", "2024-01-01", first, "")
	const other = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/local"}` + "\n"
	lines := other
	for _, month := range []string{"05", "07"} {
		lines += fmt.Sprintf(`{"type":"claim","key":"c%[1]s","statement":{"en":"The bridge was closed in month %[1]s."}}`, month) + "\n"
		for _, outlet := range []string{"herald", "post"} {
			lines += fmt.Sprintf(`{"type":"document","key":"%[2]s%[1]s","kind":"article","publisher":"ftm:%[2]s",`+
				`"published":{"earliest":"2024-%[1]s-10","latest":"2024-%[1]s-10"}}
{"type":"attribution","key":"a%[2]s%[1]s","claim":"c%[1]s","document":"%[2]s%[1]s","stance":"affirms","chain":[{"source":"ftm:%[2]s"}]}`,
				month, outlet) + "\n"
		}
	}
	lines += `{"type":"relation","key":"by-hand","subject":"ftm:post","kind":"member_of","object":"ftm:quay"}` + "\n"
	must(importText(t, f.s, lines))(t)
	origins := func(month string, want int) {
		t.Helper()
		claim := headwater.NamespaceOf(f.s.Namespace()).ID(headwater.ResourceClaim, "c"+month)
		facts := must(f.s.Facts(t.Context(), []uuid.UUID{claim}, nil, false))(t)
		report := must(provenance.New(facts.Facts).Report(t.Context(), claim, provenance.Question{}))(t)
		if got := report.Figures().IndependentOrigins; got.Min != want || got.Max != want {
			t.Errorf("of month %s: %d to %d independent origins, want %d", month, got.Min, got.Max, want)
		}
	}
	origins("05", 1)
	origins("07", 1)
	f.take("other.json", "2024-01-01", company("quay")+company("harbour")+owns("q", "quay", "harbour", "30", ""), "")
	edited := f.tie("m", "harbour", "mole")
	edited.Citation = "mended by hand"
	must(f.s.UpdateRelation(t.Context(), tester, edited.ID, 0, edited.RelationFields))(t)
	before := export(t, f.s)

	second := both + owns("h", "harbour", "herald", "55", "")
	dry := must(f.edition(store.Edition{Feed: "register.json", Date: "2024-06-01", Fewer: true}, second, false, true))(t)
	const outcomes = "ended 1 retracted 1 edited 1 others 3"
	f.expect(dry, outcomes)
	wantExport(t, f.s, before, "after a dry run")
	f.take("register.json", "2024-06-01", second, "withheld 6")
	undo(t, f.s, must(f.s.FeedEditions(t.Context(), "register.json", store.Paging{Limit: 1}))(t).Items[0].Group)
	wantExport(t, f.s, before, "undone")
	result := must(f.edition(store.Edition{Feed: "register.json", Date: "2024-06-01", Fewer: true}, second, false, false))(t)
	f.expect(result, outcomes)
	f.relation("h", "herald", "harbour", "0.55 active")
	f.relation("p", "post", "harbour", "0.6 active 2024-05-31")
	f.relation("q", "harbour", "quay", "0.3 active")
	f.relation("m", "harbour", "mole", "0.2 active")
	f.source("idle", headwater.EntityRetracted)
	f.source("quay", headwater.EntityActive)
	f.source("mole", headwater.EntityActive)
	origins("05", 1)
	origins("07", 2)
	wantVerified(t, f.s)

	f.take("register.json", "2024-09-01", first, "") // says all of it again
	f.relation("p", "post", "harbour", "0.6 active")
	f.relation("m", "harbour", "mole", "0.2 active")
	f.source("idle", headwater.EntityActive)
	if mended := must(f.s.Relation(t.Context(), edited.ID))(t); mended.Citation != "mended by hand" {
		t.Errorf("what was mended by hand says %q", mended.Citation)
	}
	origins("07", 1)
	wantVerified(t, f.s)
}

// TestOtherEndsAreAnotherRelation: what a relation was between stays in the past, also where the next edition gives its id to others.
func TestOtherEndsAreAnotherRelation(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	all := company("herald") + company("post") + company("harbour")
	f.take("register", "2024-01-01", all+owns("k", "harbour", "herald", "60", ""), "")
	f.take("register", "2024-06-01", all+owns("k", "harbour", "post", "60", ""), "ended 1")
	f.relation("k", "herald", "harbour", "0.6 active 2024-05-31")
	f.relation("k", "post", "harbour", "0.6 active")
	f.take("register", "2024-07-01", all+owns("k", "harbour", "herald", "60", ""), "ended 1")
	f.relation("k", "herald", "harbour", "0.6 active")
	f.relation("k", "post", "harbour", "0.6 active 2024-06-30")
	wantVerified(t, f.s)
}

// TestUndoOfEditions: the editions of a feed are undone in turn, the newest first, and done again.
func TestUndoOfEditions(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	empty := export(t, f.s)
	text := company("a") + company("b") + company("c") + owns("ab", "a", "b", "60", "")
	first := f.take("r", "2024-01-01", text, "")
	one := export(t, f.s)
	second := f.take("r", "2024-02-01", company("a")+company("b")+company("c"), "ended 1")
	two := export(t, f.s)
	same := f.take("r", "2024-02-01", company("a")+company("b")+company("c"), "")
	wantUndoRefused(t, f.s, first.Group, headwater.CodeChangedSince)
	wantUndoRefused(t, f.s, second.Group, headwater.CodeChangedSince)
	undo(t, f.s, same.Group)
	wantExport(t, f.s, two, "the third undone, which changed nothing")
	undone := undo(t, f.s, second.Group)
	wantExport(t, f.s, one, "the second undone")
	undo(t, f.s, undone.Group)
	wantExport(t, f.s, two, "done again")
	feed := must(f.s.Feed(t.Context(), "r"))(t)
	if feed.Editions != 3 || feed.Current == nil || feed.Current.Edition != 2 || feed.Current.Says != 3 {
		t.Errorf("listed as %+v, %+v", feed, feed.Current)
	}
	undo(t, f.s, must(f.s.FeedEditions(t.Context(), "r", store.Paging{Limit: 3}))(t).Items[1].Group)
	// what the second said counts no more: against the first, this one no longer says c
	f.take("r", "2024-01-15", company("a")+company("b")+owns("ab", "a", "b", "60", ""), "retracted 1")
	f.relation("ab", "b", "a", "0.6 active")
	undo(t, f.s, must(f.s.FeedEditions(t.Context(), "r", store.Paging{Limit: 1}))(t).Items[0].Group)
	undo(t, f.s, first.Group)
	wantExport(t, f.s, empty, "all undone")
	wantVerified(t, f.s)
	if feed := must(f.s.Feed(t.Context(), "r"))(t); feed.Current != nil || feed.Editions != 4 {
		t.Errorf("listed as %+v", feed)
	}
	f.take("r", "2023-01-01", text, "")
	wantExport(t, f.s, one, "imported again")
}

// TestBadEditionsTakeNothingBack: an edition with a fault is refused whole or, where it is to keep going, takes nothing back; so does
// one that says less than half, as a file does that is cut off at the end of a line. The next whole one is held to all that counts.
func TestBadEditionsTakeNothingBack(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	lines := []string{company("a"), company("b"), company("c"), owns("ab", "a", "b", "60", ""), owns("bc", "b", "c", "60", "")}
	whole := strings.Join(lines, "")
	f.take("r", "2024-01-01", whole, "")
	before := export(t, f.s)
	cut := store.Edition{Feed: "r", Date: "2024-02-01"}
	if _, err := f.edition(cut, whole[:len(whole)-9], false, false); err == nil {
		t.Error("a truncated edition is stored")
	}
	for _, test := range []struct {
		text, want, why string
	}{
		{whole[:len(whole)-9], "withheld 1", "the file has a fault"},
		{lines[0] + lines[1], "withheld 3", "the file no longer says 3 of 5 things, more than half"},
	} {
		result := must(f.edition(cut, test.text, true, false))(t)
		f.expect(result, test.want)
		if result.Edition.Withheld != test.why {
			t.Errorf("withheld since %q, want %q", result.Edition.Withheld, test.why)
		}
		wantExport(t, f.s, before, test.why)
	}
	f.take("r", "2024-03-01", strings.Join(lines[:4], ""), "ended 1")
	f.relation("bc", "c", "b", "0.6 active 2024-02-29")
	_, err := f.edition(cut, whole, false, false)
	const expected = `/edition: out_of_range: "2024-02-01", expected a day from 2024-03-01 on, that of edition 4 of the feed, which ` +
		`counts until it is undone`
	if err == nil || err.Error() != expected {
		t.Errorf("an older edition: %v, want %s", err, expected)
	}
	_, err = f.edition(store.Edition{Feed: "r", Date: "2999-12-31"}, whole, false, false)
	if err == nil || !strings.HasPrefix(err.Error(), `/edition: out_of_range: "2999-12-31", expected a day that is not in the future: `) {
		t.Errorf("an edition of a day to come: %v", err)
	}
	_, err = f.edition(store.Edition{Feed: " /", Date: "2024", File: "a\nb"}, whole, false, false)
	var faults headwater.Faults
	if !errors.As(err, &faults) || len(faults) != 3 {
		t.Errorf("faults are %v, want three", err)
	}
}

// TestFilesOfOneName: files of two registers often have one name. Where nobody named the feed, a file that says less than half of what it
// said is refused, so that the one register does not take back what the other says.
func TestFilesOfOneName(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	one := company("a") + company("b") + owns("ab", "a", "b", "60", "")
	f.take("entities.json", "2024-01-01", one, "")
	before := export(t, f.s)
	other := store.Edition{Feed: "entities.json", File: "entities.json", Date: "2024-02-01", OfFileName: true}
	_, err := f.edition(other, company("c")+company("d")+owns("cd", "c", "d", "60", ""), false, false)
	const expected = `/feed: conflict: "entities.json", expected the name of a feed of which the file says at least half, as it no ` +
		`longer says 3 of 3 things; give another name, or say that it is right to say fewer`
	if err == nil || err.Error() != expected {
		t.Errorf("a file of another register: %v, want %s", err, expected)
	}
	wantExport(t, f.s, before, "refused")
	other.Fewer = true
	f.expect(must(f.edition(other, company("a"), false, false))(t), "ended 1 others 1")
}

// TestEditionsAtOnce: editions of one feed that come at once wait for each other, and each rests on the one before.
func TestEditionsAtOnce(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	f.take("r", "2024-01-01", company("a")+company("b")+company("c")+company("d"), "")
	var all sync.WaitGroup
	results := make([]store.ImportResult, 2)
	for i, text := range []string{company("b") + company("c") + company("d"), company("a") + company("c") + company("d")} {
		all.Go(func() {
			var err error
			if results[i], err = f.edition(store.Edition{Feed: "r", Date: "2024-02-01"}, text, false, false); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if results[0].Edition.Edition+results[1].Edition.Edition != 5 {
		t.Fatalf("editions are %d and %d", results[0].Edition.Edition, results[1].Edition.Edition)
	}
	gone, there := "a", "b"
	if results[1].Edition.Edition == 3 {
		gone, there = "b", "a"
	}
	f.source(gone, headwater.EntityRetracted)
	f.source(there, headwater.EntityActive)
	page := must(f.s.Sources(t.Context(), store.SourceFilter{Common: store.Common{Feed: "r"}}, store.Paging{Limit: 10}))(t)
	if len(page.Items) != 3 {
		t.Errorf("the feed says %d sources, want 3", len(page.Items))
	}
	for key, want := range map[string]int{gone: 0, there: 1} {
		saying := store.FeedFilter{Thing: f.id(headwater.ResourceSource, key)}
		if feeds := must(f.s.Feeds(t.Context(), saying, store.Paging{Limit: 10}))(t); len(feeds.Items) != want {
			t.Errorf("%s is said by %v", key, feeds.Items)
		}
	}
}

// TestOneIDOfTwo: what a feed calls by an id that is stored under quite another name is told, unless the feed said it before.
func TestOneIDOfTwo(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	const named = `{"id": "x", "schema": "Company", "properties": {"name": ["%s"], "alias": ["%s"]}}`
	f.take("one", "2024-01-01", fmt.Sprintf(named, "Bay Media", "BM"), "")
	for _, test := range []struct {
		feed, text string
		notes      int
	}{
		{"two", fmt.Sprintf(named, "Hill Press", "HP"), 1},
		{"three", fmt.Sprintf(named, "BAY MEDIA.", "BM"), 0},
		{"four", fmt.Sprintf(named, "Bay", "bay media"), 0},
		{"two", fmt.Sprintf(named, "Hill Press", "HP") + "\n" + company("y"), 0},
		{"one", fmt.Sprintf(named, "Bay Media Group", "BMG"), 0},
	} {
		result := f.take(test.feed, "2024-02-01", test.text, "")
		if len(result.Notes) != test.notes || test.notes > 0 && (result.Notes[0].Value != "Hill Press" ||
			!strings.Contains(result.Notes[0].Text, "Bay Media")) {
			t.Errorf("%s in %s is told as %v", test.text, test.feed, result.Notes)
		}
	}
}

// TestOneRecordOfEachID: what a file says otherwise of an id that it had before is told, wherever the two stand, and the first counts.
func TestOneRecordOfEachID(t *testing.T) {
	t.Parallel()
	entity := func(id, name string) string {
		return fmt.Sprintf(`{"statementID": %q, "statementType": "entityStatement", "entityType": "registeredEntity", "name": %q}`, id,
			name)
	}
	company := func(id, name string) string {
		return fmt.Sprintf(`{"id": %q, "schema": "Company", "properties": {"name": [%q]}}`, id, name)
	}
	for format, line := range map[interchange.Format]func(id, name string) string{
		interchange.BODS: entity, interchange.FollowTheMoney: company,
	} {
		for again, faults := range map[string]int{"A": 0, "B": 1} {
			s := open(t)
			lines := []string{line("x", "A"), line("y", "Y"), line("x", again)}
			result := take(t, s, format, interchange.TableOptions{}, strings.Join(lines, "\n"), true)
			if result.Faults != faults || faults > 0 && (result.Refused[0].Line != 3 || result.Records.Refused+result.Records.Partly != 1) {
				t.Errorf("%s, %s: told is %v of %+v", format, again, result.Refused, result.Records)
			}
			if names := strings.Join(sourceNames(t, s), " "); names != "A Y" {
				t.Errorf("%s, %s: stored are %s", format, again, names)
			}
		}
	}
}

// TestNamesakesOfOtherRegisters: a source with an id is none that is stored, whatever it is called; where it may be one, that is a match to
// decide, once, and never between what one register tells apart. Nobody's proposal stands in the way of an undo.
func TestNamesakesOfOtherRegisters(t *testing.T) {
	t.Parallel()
	for format, line := range map[interchange.Format]func(id, country string) string{
		interchange.BODS: func(id, country string) string {
			return fmt.Sprintf(`{"statementID": %q, "statementType": "entityStatement", "entityType": "registeredEntity", `+
				`"name": "Bay Media", "incorporatedInJurisdiction": {"code": %q}}`, id, country) + "\n"
		},
		interchange.FollowTheMoney: func(id, country string) string {
			return fmt.Sprintf(`{"id": %q, "schema": "Company", "properties": {"name": ["Bay Media"], "country": [%q]}}`+"\n", id, country)
		},
	} {
		s := open(t)
		empty := export(t, s)
		edition := func(feed, text string) store.ImportResult {
			t.Helper()
			things := must(interchange.Read(strings.NewReader(text), format, interchange.TableOptions{}, s.Namespace()))(t)
			return must(s.Import(t.Context(), grouped(), things, store.ImportOptions{Edition: store.Edition{Feed: feed, Fewer: true}}))(t)
		}
		matches := func(after string, want int) {
			t.Helper()
			all := everyMatch(t, s)
			for _, m := range all {
				if m.Kind != headwater.SameSource || m.Status != headwater.Proposed || m.Rationale == "" || *m.Score == 0 {
					t.Errorf("%s, %s: the match is %+v", format, after, m)
				}
			}
			if len(all) != want {
				t.Errorf("%s, %s: %d matches, want %d", format, after, len(all), want)
			}
		}
		first := edition("one", line("a", "EG")+line("b", "LB"))
		matches("two of one file", 0)
		edition("one", line("a", "EG")+line("b", "LB")+line("c", "EG"))
		matches("another of the same feed", 0)
		second := edition("two", line("x", "EG"))
		matches("one of another feed", 3) // one of another country too
		edition("two", line("x", "EG")+line("y", ""))
		matches("one more", 6)
		undo(t, s, must(s.FeedEditions(t.Context(), "one", store.Paging{Limit: 1}))(t).Items[0].Group)
		undone := undo(t, s, first.Group)
		matches("the first feed undone", 0)
		undo(t, s, must(s.FeedEditions(t.Context(), "two", store.Paging{Limit: 1}))(t).Items[0].Group)
		undo(t, s, second.Group)
		wantExport(t, s, empty, "all undone")
		undo(t, s, undone.Group)
		matches("the first done again", 0)
		wantVerified(t, s)
	}
}

// TestSourcesOfOtherIDs: where an edition calls by another id what it called otherwise before, that may be one, as nothing tells them
// apart; else what is known of the one would silently say nothing of the other.
func TestSourcesOfOtherIDs(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	const herald = `{"id": %q, "schema": "Company", "properties": {"name": ["Herald"], "country": ["eg"]}}` + "\n"
	others := company("owner") + company("b") + company("c")
	f.take("register", "2024-01-01", fmt.Sprintf(herald, "a1")+others+owns("o", "owner", "a1", "60", ""), "")
	f.take("register", "2024-06-01", fmt.Sprintf(herald, "a2")+others+owns("o", "owner", "a2", "60", ""), "ended 1 others 1")
	matches := everyMatch(t, f.s)
	if len(matches) != 1 {
		t.Fatalf("%d matches, want one of the two ids: %+v", len(matches), matches)
	}
	ids := []uuid.UUID{f.id(headwater.ResourceSource, "a1"), f.id(headwater.ResourceSource, "a2")}
	if m := matches[0]; m.Kind != headwater.SameSource || !slices.Contains(ids, m.A) || !slices.Contains(ids, m.B) {
		t.Errorf("the match is %+v", m)
	}
	f.take("register", "2024-06-02", fmt.Sprintf(herald, "a2")+fmt.Sprintf(herald, "a3")+others+
		owns("o", "owner", "a2", "60", ""), "")
	if n := len(everyMatch(t, f.s)); n != 2 {
		t.Errorf("%d matches, want one more, with what the register no longer says", n)
	}
}

// TestNothingIsNoEdition: a file of which nothing is kept is no edition, and a feed that never said anything is not listed.
func TestNothingIsNoEdition(t *testing.T) {
	t.Parallel()
	f := ownershipFeed{t, open(t)}
	const broken = `{"id": "x", "schema": "Company", "properties": {}}`
	if result := must(f.edition(store.Edition{Feed: "one"}, broken, true, false))(t); result.Edition != nil {
		t.Errorf("a first file of nothing is edition %+v", result.Edition)
	}
	if page := must(f.s.Feeds(t.Context(), store.FeedFilter{}, store.Paging{Limit: 10}))(t); len(page.Items) != 0 {
		t.Errorf("listed are %+v", page.Items)
	}
	f.take("one", "2024-01-01", company("a"), "")
	if result := must(f.edition(store.Edition{Feed: "one"}, broken, true, false))(t); result.Edition != nil {
		t.Errorf("a later file of nothing is edition %+v", result.Edition)
	}
	if feed := must(f.s.Feed(t.Context(), "one"))(t); feed.Editions != 1 || feed.Current == nil || feed.Current.Says != 1 {
		t.Errorf("the feed is %+v", feed)
	}
}

// TestHostileNamesOfFeeds and of their files are refused, as those of things are.
func TestHostileNamesOfFeeds(t *testing.T) {
	t.Parallel()
	for hostile := range testdata.HostileNames {
		for at, edition := range map[headwater.Pointer]store.Edition{"/feed": {Feed: hostile}, "/file": {Feed: "register", File: hostile}} {
			var faults headwater.Faults
			if errors.As(edition.Validate(), &faults); len(faults) != 1 || faults[0].Pointer != at {
				t.Errorf("%q as %s: %v", hostile, at, faults)
			}
		}
	}
	for _, unseen := range testdata.UnseenNames {
		if (store.Edition{Feed: unseen}).Validate() == nil {
			t.Errorf("%+q is the name of a feed", unseen)
		}
	}
}
