package store_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// owners is how the tables of outlets and owners are read.
var owners = interchange.TableOptions{
	Of: headwater.ResourceRelation,
	Columns: map[string]string{"subject.name": "outlet", "subject.country": "country", "subject.domains": "site",
		"object.name": "owner"},
	Values: map[string]string{"kind": "controlled_by", "subject.kind": "outlet", "object.kind": "organization"},
}

// checks are records of Google's format, each of one review: text, claimant, publisher, site, address.
func checks(rows ...[5]string) string {
	var text strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&text, `{"text":%q,"claimant":%q,"claimReview":[{"publisher":{"name":%q,"site":%q},"url":%q,"textualRating":"False",`+
			`"languageCode":"en"}]}`+"\n", r[0], r[1], r[2], r[3], r[4])
	}
	return text.String()
}

func factChecks(t *testing.T, s *store.Store, rows ...[5]string) store.ImportResult {
	t.Helper()
	return take(t, s, interchange.FactCheck, interchange.TableOptions{}, checks(rows...), false)
}

// sourceNames lists the names of all sources, each as often as there are sources of it.
func sourceNames(t *testing.T, s *store.Store) []string {
	t.Helper()
	page, err := s.Sources(t.Context(), store.SourceFilter{}, store.Paging{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, hit := range page.Items {
		names = append(names, hit.Name)
	}
	slices.Sort(names)
	return names
}

func TestWhatASearchTakesForTheSameIsNotOne(t *testing.T) {
	t.Parallel()
	s := open(t)
	result := factChecks(t, s,
		[5]string{"GDP grew by 2%", "", "Ana Checks", "facebook.com", "https://www.facebook.com/ana/posts/1"},
		[5]string{"GDP grew by -2%", "", "Bo Verifies", "facebook.com", "https://facebook.com/bo/posts/2"},
		[5]string{"«GDP grew by 2%».", "", "Ana  checks", "facebook.com", "https://m.facebook.com/ana/posts/3"},
		[5]string{"It rained", "", "Hill", "hill.example.org", "https://hill.example.org/1"},
		[5]string{"It rained", "", "Dale", "hill.example.org", "https://hill.example.org/2"},
		[5]string{"It rained", "", "hill", "hill.example.org", "https://hill.example.org/3"},
	)
	if got := sourceNames(t, s); !slices.Equal(got, []string{"Ana Checks", "Bo Verifies", "Dale", "Hill"}) {
		t.Errorf("the sources are %q", got)
	}
	if got := result.Counts[headwater.ResourceClaim].Added; got != 3 {
		t.Errorf("%d claims", got)
	}
	links, err := s.Links(t.Context(), store.LinkFilter{}, store.Paging{Limit: 10})
	if err != nil || len(links.Items) != 1 || links.Items[0].Status != headwater.Proposed || links.Items[0].Kind != headwater.Equivalent ||
		!strings.Contains(links.Items[0].Rationale, `in a sign: `) {
		t.Errorf("the links are %+v, %v", links.Items, err)
	}
	counts := result.Assumed.Counts
	if counts["account"] != 1 || counts["domain"] != 1 || counts["statement"] != 3 || counts["name"] != 0 {
		t.Errorf("what was assumed is %v", counts)
	}
}

func TestNamesakesAreTwo(t *testing.T) {
	t.Parallel()
	s := open(t)
	table := "outlet,country,site,owner\nNTV,TR,,A\nNTV,NP,,B\nNTV,,,C\nntv,TR,,D\nCanal+,FR,,A\nCanal,FR,,A\n" +
		"Hill,NP,hill.example.org,A\nHill,NP,,B\nHill,,hill.example.org,C\n"
	result := take(t, s, interchange.CSV, owners, table, false)
	if got := sourceNames(t, s); !slices.Equal(got, []string{"A", "B", "C", "Canal", "Canal+", "D", "Hill", "NTV", "NTV", "NTV"}) {
		t.Errorf("the sources are %q", got)
	}
	if counts := result.Assumed.Counts; counts["name"] != 1+1+3+1+1 || counts["domain"] != 1 {
		t.Errorf("what was assumed is %v: %+v", counts, result.Assumed.List)
	}
	before := export(t, s)
	if again := take(t, s, interchange.CSV, owners, table, false); again.Changed() || export(t, s) != before {
		t.Errorf("a second time: %+v", again.Counts)
	}
}

func TestStrictRefusesWhatIsAssumedByName(t *testing.T) {
	t.Parallel()
	s := open(t)
	read := func() store.Batch {
		things, err := interchange.Read(strings.NewReader("outlet,country,site,owner\nNTV,TR,,A\nATV,TR,,A\n"), interchange.CSV, owners,
			s.Namespace())
		if err != nil {
			t.Fatal(err)
		}
		return things
	}
	if _, err := s.Import(t.Context(), tester, read(), store.ImportOptions{Strict: true}); headwater.CodeOf(err) != headwater.CodeInvalid ||
		!strings.Contains(err.Error(), "line 3") {
		t.Errorf("the error is %v", err)
	}
	result, err := s.Import(t.Context(), tester, read(), store.ImportOptions{Strict: true, KeepGoing: true})
	if err != nil || result.Records.Kept != 1 || result.Records.Refused != 1 {
		t.Errorf("kept going, it gives %+v, %v", result.Records, err)
	}
}

// TestWhatTheReleaseBeforeStoredIsRecognized: the bundles are what the release before made of the files.
func TestWhatTheReleaseBeforeStoredIsRecognized(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, bundle string
		format       interchange.Format
		table        interchange.TableOptions
	}{
		"fact checks": {"earlier-factcheck.json", "earlier-factcheck.ndjson", interchange.FactCheck, interchange.TableOptions{}},
		"owners":      {"earlier-owners.csv", "earlier-owners.ndjson", interchange.CSV, owners},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			stored := bundle.NewReader(strings.NewReader(file(t, "../store/testdata/"+c.bundle)))
			if _, err := s.Import(t.Context(), tester, stored, store.ImportOptions{}); err != nil {
				t.Fatal(err)
			}
			before := export(t, s)
			if result := take(t, s, c.format, c.table, file(t, "../store/testdata/"+c.file), false); result.Changed() {
				t.Errorf("imported again: %+v", result.Counts)
			}
			if after := export(t, s); after != before {
				t.Errorf("what is stored has changed:\n%s", firstDifference(before, after))
			}
		})
	}
}

func TestNewRecordsMeetWhatTheReleaseBeforeStored(t *testing.T) {
	t.Parallel()
	s := open(t)
	stored := bundle.NewReader(strings.NewReader(file(t, "../store/testdata/earlier-factcheck.ndjson")))
	if _, err := s.Import(t.Context(), tester, stored, store.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	result := factChecks(t, s,
		[5]string{"GDP grew by 2% in 2023", "", "Hill Check", "check.hill.example.org", "https://check.hill.example.org/new/"},
		[5]string{"GDP grew by -2% in 2023", "", "Cy Looks", "facebook.com", "https://www.facebook.com/cy/posts/1"},
	)
	claims, sources := result.Counts[headwater.ResourceClaim], result.Counts[headwater.ResourceSource]
	if claims.Added != 1 || sources.Added != 1 || result.Counts[headwater.ResourceReview].Added != 2 {
		t.Errorf("the counts are %+v", result.Counts)
	}
}

func TestReindexWritesSearchColumnsAnew(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i := range 3 {
		if _, err := s.CreateSource(t.Context(), tester, fmt.Sprintf("k%d", i), headwater.SourceFields{Kind: headwater.Outlet,
			Name: fmt.Sprintf("مسؤول %d", i), Country: "EG"}); err != nil {
			t.Fatal(err)
		}
	}
	before := export(t, s)
	const spoil = `UPDATE sources SET folded = 'x', terms = '', identities = '{}'; UPDATE indexing SET version = 1`
	for _, sql := range strings.Split(spoil, ";") {
		if _, err := s.Pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if indexed, err := s.Indexed(t.Context()); indexed || err != nil {
		t.Errorf("indexed: %t, %v", indexed, err)
	}
	rows, err := s.Reindex(t.Context(), func(int) {})
	if err != nil || rows != 3 {
		t.Errorf("%d rows, %v", rows, err)
	}
	page, err := s.Sources(t.Context(), store.SourceFilter{Q: "مسئول"}, store.Paging{Limit: 10})
	if err != nil || len(page.Items) != 3 {
		t.Errorf("%d are found, %v", len(page.Items), err)
	}
	var found int
	err = s.Pool.QueryRow(t.Context(), "SELECT count(*) FROM sources WHERE identities @> $1",
		[]string{"named:مسؤول·1/media/EG"}).Scan(&found)
	if err != nil || found != 1 {
		t.Errorf("%d are found by their identity, %v", found, err)
	}
	if indexed, err := s.Indexed(t.Context()); !indexed || err != nil {
		t.Errorf("indexed: %t, %v", indexed, err)
	}
	if rows, err := s.Reindex(t.Context(), func(int) {}); rows != 0 || err != nil {
		t.Errorf("a second time %d rows, %v", rows, err)
	}
	if after := export(t, s); after != before {
		t.Error("what is said of sources has changed")
	}
}

// matches lists all matches.
func matches(t *testing.T, s *store.Store) []headwater.IdentityMatch {
	t.Helper()
	page, err := s.IdentityMatches(t.Context(), store.MatchFilter{}, store.Paging{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func TestWhatMayBeOneIsProposed(t *testing.T) {
	t.Parallel()
	s := open(t)
	take(t, s, interchange.CSV, owners, "outlet,country,site,owner\nNTV,TR,,A\nNTV,NP,,B\nNTV,,,C\n", false)
	factChecks(t, s, [5]string{"It rained", "", "Hill", "hill.example.org", "https://hill.example.org/1"})
	factChecks(t, s, [5]string{"It rained", "", "Dale", "hill.example.org", "https://hill.example.org/1"})
	take(t, s, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceSource},
		"name,names.ar,kind,country\nYoo Sang-bum,يو سانغ بوم,person,KR\nيو سانغ بوم,,person,KR\n", false)
	var rationales []string
	for _, m := range matches(t, s) {
		if m.Status != headwater.Proposed {
			t.Errorf("%+v is not proposed", m)
		}
		rationales = append(rationales, m.Rationale)
	}
	slices.Sort(rationales)
	want := []string{
		`They share a name that is not the first name of both.`,
		`They share the domain hill.example.org and not the name ("Hill" and "Dale").`,
		`They share the name "ntv" and not the country (NP and unknown).`,
		`They share the name "ntv" and not the country (TR and NP).`,
		`They share the name "ntv" and not the country (TR and unknown).`,
	}
	if !slices.Equal(rationales, want) {
		t.Errorf("the rationales are\n%s", strings.Join(rationales, "\n"))
	}
}

func TestDocumentsWithOneAddressArePossiblyOne(t *testing.T) {
	t.Parallel()
	s := open(t)
	text := checks(
		[5]string{"It rained", "Office", "Hill", "", "https://hill.example.org/1"},
		[5]string{"It snowed", "Office", "Dale", "", "https://hill.example.org/1"})
	take(t, s, interchange.FactCheck, interchange.TableOptions{}, text, false)
	var found []headwater.IdentityMatch
	for _, m := range matches(t, s) {
		if m.Kind == headwater.SameDocument {
			found = append(found, m)
		}
	}
	if len(found) != 1 || !strings.Contains(found[0].Rationale, "https://hill.example.org/1") {
		t.Fatalf("the matches are %+v", found)
	}
	if _, err := s.AcceptMatch(t.Context(), tester, found[0].ID, 0); headwater.CodeOf(err) != headwater.CodeConflict {
		t.Errorf("documents of two publishers: %v", err)
	}
	kept, err := s.Document(t.Context(), found[0].A)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := s.Document(t.Context(), found[0].B)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.MergeSource(t.Context(), tester, gone.Publisher, 0, kept.Publisher); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AcceptMatch(t.Context(), tester, found[0].ID, 0); err != nil {
		t.Fatal(err)
	}
	page, err := s.Attributions(t.Context(), store.AttributionFilter{Document: kept.ID}, store.Paging{Limit: 10})
	if err != nil || len(page.Items) != 2 || page.Items[1].Chain[0].Source != kept.Publisher {
		t.Errorf("the attributions are %+v, %v", page.Items, err)
	}
	if gone, err = s.Document(t.Context(), gone.ID); err != nil || gone.Status != headwater.RecordRetracted {
		t.Errorf("the second is %s, %v", gone.Status, err)
	}
}

func TestDecidingAMatch(t *testing.T) {
	t.Parallel()
	s := open(t)
	var ids []string
	for _, name := range []string{"a", "b", "c"} {
		source, err := s.CreateSource(t.Context(), tester, name, headwater.SourceFields{Kind: headwater.Outlet, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, source.ID.String())
	}
	id := func(key string) headwater.Source {
		source, err := s.Source(t.Context(), headwater.NamespaceOf(s.Namespace()).ID(headwater.ResourceSource, key))
		if err != nil {
			t.Fatal(err)
		}
		return source
	}
	match := func(a, b string) headwater.IdentityMatch {
		m, err := s.CreateMatch(t.Context(), tester, "",
			headwater.IdentityMatchFields{Kind: headwater.SameSource, A: id(a).ID, B: id(b).ID})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	ab, bc := match("a", "b"), match("b", "c")
	if _, err := s.CreateMatch(t.Context(), tester, "", headwater.IdentityMatchFields{Kind: headwater.SameSource, A: id("b").ID,
		B: id("a").ID}); headwater.CodeOf(err) != headwater.CodeInvalid {
		t.Errorf("a pair twice: %v", err)
	}
	if _, err := s.AcceptMatch(t.Context(), tester, ab.ID, 0); err != nil {
		t.Fatal(err)
	}
	if b := id("b"); b.MergedInto == nil || *b.MergedInto != id("a").ID {
		t.Errorf("b is %+v", b)
	}
	if _, err := s.RejectMatch(t.Context(), tester, ab.ID, 0); headwater.CodeOf(err) != headwater.CodeConflict {
		t.Errorf("rejecting what is accepted: %v", err)
	}
	if _, err := s.RejectMatch(t.Context(), tester, bc.ID, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.MergeSource(t.Context(), tester, id("c").ID, 0, id("a").ID); headwater.CodeOf(err) != headwater.CodeInvalid {
		t.Errorf("merging c into what b speaks as: %v", err)
	}
	merged := fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":%q}
{"type":"source","id":%q,"key":"c","kind":"outlet","name":"c","status":"merged","merged_into":%q}`, s.Namespace(), ids[2], ids[0])
	if _, err := importText(t, s, merged); err == nil || !strings.Contains(err.Error(), "line 2: /merged_into: conflict") {
		t.Errorf("importing that: %v", err)
	}
	if m, err := s.ReopenMatch(t.Context(), tester, ab.ID, 0); err != nil || m.Status != headwater.Proposed || id("b").MergedInto != nil {
		t.Errorf("reopened: %+v, %v", m, err)
	}
	if _, err := s.MergeSource(t.Context(), tester, id("c").ID, 0, id("a").ID); err != nil {
		t.Errorf("merging c into a, which b no longer speaks as: %v", err)
	}
	if _, err := s.AcceptMatch(t.Context(), tester, ab.ID, 0); headwater.CodeOf(err) != headwater.CodeConflict {
		t.Errorf("accepting what would make b and c one: %v", err)
	}
}

func TestSuspectsAreListed(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, name := range []string{"earlier-factcheck.ndjson", "earlier-owners.ndjson"} {
		stored := bundle.NewReader(strings.NewReader(file(t, "../store/testdata/"+name)))
		if _, err := s.Import(t.Context(), tester, stored, store.ImportOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	suspects, err := s.Suspects(t.Context())
	if err != nil || len(suspects) != 3 {
		t.Fatalf("the suspects are %+v, %v", suspects, err)
	}
	for i, want := range []string{`"GDP grew by -2% in 2023."`, "facebook.com/anachecks, facebook.com/boverifies",
		"Doga Group, Himal Holding"} {
		if !strings.Contains(suspects[i].Reason, want) {
			t.Errorf("%s is suspect: %s; want %s", suspects[i].Name, suspects[i].Reason, want)
		}
	}
}

// TestAHostIsNotTheNameOfTwo: what was known by its host alone gets the name of the first that is found to be it, and is not taken
// for another of another name afterwards, whatever the files and their order.
func TestAHostIsNotTheNameOfTwo(t *testing.T) {
	t.Parallel()
	page := [5]string{"It rained", "", "", "hill.example.org", "https://hill.example.org/1"}
	hill := [5]string{"It snowed", "", "Hill", "hill.example.org", "https://hill.example.org/2"}
	dale := [5]string{"It froze", "", "Dale", "hill.example.org", "https://hill.example.org/3"}
	for name, files := range map[string][][][5]string{
		"the host first":  {{page}, {hill}, {dale}},
		"the host second": {{hill}, {page}, {dale}},
		"in two files":    {{page, hill}, {dale}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			for _, file := range files {
				factChecks(t, s, file...)
			}
			if got := sourceNames(t, s); !slices.Equal(got, []string{"Dale", "Hill"}) {
				t.Errorf("the sources are %q", got)
			}
			before := export(t, s)
			for _, file := range files {
				if again := factChecks(t, s, file...); again.Changed() {
					t.Errorf("a second time: %+v", again.Counts)
				}
			}
			if export(t, s) != before {
				t.Error("a second time changes something")
			}
		})
	}
}

// TestAMergedSourceIsNotAnotherName: a file that names a source which was merged into another does not make the domain that of two.
func TestAMergedSourceIsNotAnotherName(t *testing.T) {
	t.Parallel()
	s := open(t)
	hill := [5]string{"It snowed", "", "Hill", "hill.example.org", "https://hill.example.org/2"}
	dale := [5]string{"It froze", "", "Dale", "hill.example.org", "https://hill.example.org/3"}
	factChecks(t, s, hill, dale)
	ids := map[string]uuid.UUID{}
	for _, hit := range must(s.Sources(t.Context(), store.SourceFilter{}, store.Paging{Limit: 10}))(t).Items {
		ids[hit.Name] = hit.ID
	}
	must(s.MergeSource(t.Context(), tester, ids["Hill"], 0, ids["Dale"]))(t)
	factChecks(t, s, hill, [5]string{"It rained", "", "", "hill.example.org", "https://hill.example.org/1"})
	if got := sourceNames(t, s); !slices.Equal(got, []string{"Dale", "Hill"}) {
		t.Errorf("the sources are %q", got)
	}
}

// TestALargeFileIsBoundAsSmallOnesAre: lines are read before it is known what all are that a file names, and are read again.
func TestALargeFileIsBoundAsSmallOnesAre(t *testing.T) {
	t.Parallel()
	const rows, part = 4_900, 490
	const head = "subject.name,subject.kind,subject.domains,kind,object.name,object.kind,share\n"
	stored, lines := "key,name,kind,country,domains\n", make([]string, rows)
	for i := range rows {
		if i != rows-100 { // which is new, among lines that are read again
			stored += fmt.Sprintf("outlet-%d,Outlet %d,outlet,NP,outlet-%d.example.org\n", i, i, i)
		}
		share := "50%"
		if i == rows-200 {
			share = "most of it"
		}
		lines[i] = fmt.Sprintf("Outlet %d,outlet,outlet-%d.example.org,owned_by,Owner %d,organization,%s\n", i, i, i/7, share)
	}
	sources, relations := interchange.TableOptions{Of: headwater.ResourceSource}, interchange.TableOptions{Of: headwater.ResourceRelation}
	whole, parts := open(t), open(t)
	take(t, whole, interchange.CSV, sources, stored, false)
	take(t, parts, interchange.CSV, sources, stored, false)
	once := take(t, whole, interchange.CSV, relations, head+strings.Join(lines, ""), true)
	var faults, kept, added int
	assumed := map[store.AssumedBy]int{}
	for some := range slices.Chunk(lines, part) {
		result := take(t, parts, interchange.CSV, relations, head+strings.Join(some, ""), true)
		faults, kept = faults+result.Faults, kept+result.Records.Kept
		added += result.Counts[headwater.ResourceSource].Added
		for by, count := range result.Assumed.Counts {
			assumed[by] += count
		}
	}
	if once.Faults != 1 || faults != 1 || once.Records.Kept != rows-1 || kept != rows-1 || once.Records.Read != rows {
		t.Errorf("%+v with %d faults; in parts %d kept, %d faults", once.Records, once.Faults, kept, faults)
	}
	if got := once.Counts[headwater.ResourceSource].Added; got != added || got != rows/7+1 {
		t.Errorf("%d sources were added; in parts %d", got, added)
	}
	if !maps.Equal(once.Assumed.Counts, assumed) {
		t.Errorf("%v were assumed; in parts %v", once.Assumed.Counts, assumed)
	}
	bundle := interchange.ExportOptions{Format: interchange.Bundle}
	if exportAs(t, whole, bundle) != exportAs(t, parts, bundle) {
		t.Error("another bundle is exported than after an import in parts")
	}
	if again := take(t, whole, interchange.CSV, relations, head+strings.Join(lines, ""), true); again.Changed() {
		t.Errorf("imported again, it changed %+v", again.Counts)
	}
}

// TestImportsIndexAsReindexDoes: what readers worked out of sources is what they are found by.
func TestImportsIndexAsReindexDoes(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, file := range allFiles(t) {
		take(t, s, file.format, file.table, file.text, true)
	}
	indexed := func() string {
		var all string
		if err := s.Pool.QueryRow(t.Context(), "SELECT string_agg(concat_ws(' | ', name, folded, terms, identities), E'\n' ORDER BY id) "+
			"FROM sources").Scan(&all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := indexed()
	must(s.Pool.Exec(t.Context(), "UPDATE indexing SET version = 1"))(t)
	if rows := must(s.Reindex(t.Context(), func(int) {}))(t); rows == 0 {
		t.Fatal("nothing was written anew")
	}
	if diff := cmp.Diff(strings.Split(before, "\n"), strings.Split(indexed(), "\n")); diff != "" {
		t.Errorf("(-imported +reindexed):\n%s", diff)
	}
}
