package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

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
