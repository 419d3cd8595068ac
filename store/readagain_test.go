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

const hill = "outlet,country,site,owner\nHill,NP,hill.example.org,A\n"

// shares is a table of owners with their shares.
func shares() interchange.TableOptions {
	table := owners
	table.Values = map[string]string{"kind": "owned_by", "subject.kind": "outlet", "object.kind": "organization"}
	return table
}

// TestWhatIsBoundIsCountedAndToldOnce: records with things that are stored as something else are counted, and told of, like those of a
// file of which nothing is stored.
func TestWhatIsBoundIsCountedAndToldOnce(t *testing.T) {
	t.Parallel()
	review := func(author, more string) string {
		return fmt.Sprintf(`{"@context": "https://schema.org", "@type": "ClaimReview", "url": "https://%[1]s.example.org/%[2]d",
			"author": {"@type": "Organization", "name": %[1]q, "url": "https://%[1]s.example.org"},
			"reviewRating": {"alternateName": "False"}%[3]s}`, author, len(more), more)
	}
	for _, file := range []struct {
		name   string
		format interchange.Format
		table  interchange.TableOptions
		text   string
		notes  []int // their lines
	}{
		{"reviews", interchange.ClaimReview, interchange.TableOptions{}, "[" + strings.Join([]string{
			review("Hill", `, "claimReviewed": "It rained", "award": "a"`),
			review("Dale", `, "claimReviewed": "It rained twice", "award": "a", "genre": "b"`),
			review("Hill", `, "claimReviewed": "It rained again", "award": "a", "genre": "b", "size": "c"`),
			review("Hill", ``),
			review("Dale", `, "claimReviewed": "It snowed", "size": "d"`),
		}, ",") + "]", []int{1, 2, 3}},
		{"rows", interchange.CSV, shares(), "outlet,country,site,owner,share\nHill,,hill.example.org,B,10-20%\nDale,NP,,B,about 3%\n" +
			"Hill,,hill.example.org,C,many\nCoast,Nowhere,,C,1\nCoast,NP,,C,>30%\n", []int{2, 3, 6}},
	} {
		t.Run(file.name, func(t *testing.T) {
			t.Parallel()
			results := map[bool]store.ImportResult{}
			for _, isStored := range []bool{false, true} {
				s := open(t)
				if isStored {
					take(t, s, interchange.CSV, owners, hill, false)
				}
				results[isStored] = take(t, s, file.format, file.table, file.text, true)
				if names := sourceNames(t, s); isStored && count(names, "Hill") != 1 {
					t.Errorf("the sources are %q; want one Hill", names)
				}
			}
			alone, bound := results[false], results[true]
			var lines []int
			for _, note := range bound.Notes {
				lines = append(lines, note.Line)
			}
			if !slices.Equal(lines, file.notes) || !slices.Equal(alone.Notes, bound.Notes) || alone.Noted != bound.Noted {
				t.Errorf("told are %v (%d), and %v (%d) where one is stored; want lines %v", alone.Notes, alone.Noted, bound.Notes,
					bound.Noted, file.notes)
			}
			if alone.Records != bound.Records || bound.Records.Refused == 0 {
				t.Errorf("counted are %+v, and %+v where one is stored", alone.Records, bound.Records)
			}
			if alone.Faults != bound.Faults || fmt.Sprint(alone.Refused) != fmt.Sprint(bound.Refused) {
				t.Errorf("refused are %v, and %v where one is stored", bundle.LineFaults(alone.Refused), bundle.LineFaults(bound.Refused))
			}
		})
	}
}

func count(list []string, text string) (n int) {
	for _, entry := range list {
		if entry == text {
			n++
		}
	}
	return n
}

// TestMoreIsToldThanIsHeld: of so many notes those of a few lines cannot be forgotten alone.
func TestMoreIsToldThanIsHeld(t *testing.T) {
	t.Parallel()
	s := open(t)
	take(t, s, interchange.CSV, owners, hill, false)
	const rows = 10_050
	var text strings.Builder
	text.WriteString("outlet,country,site,owner,share\nHill,,hill.example.org,B,10-20%\n")
	for i := range rows {
		fmt.Fprintf(&text, "Paper %d,NP,,B,about 3%%\n", i)
	}
	result := take(t, s, interchange.CSV, shares(), text.String(), false)
	if result.Noted != rows+1 || len(result.Notes) != 100 || result.Records != (store.Records{Read: rows + 1, Kept: rows + 1}) {
		t.Errorf("%d notes, %d of them listed, and %+v", result.Noted, len(result.Notes), result.Records)
	}
	for resource, want := range map[headwater.Resource]int{headwater.ResourceSource: rows + 1, headwater.ResourceRelation: rows + 1} {
		if got := result.Counts[resource]; got.Added != want {
			t.Errorf("of %ss: %+v, want %d new", resource, got, want)
		}
	}
}

// TestASourceOfALineThatIsReadAgainStays: the release before stored what the first row says, and its owner has another name since. The
// second row alone has the owner that is new then.
func TestASourceOfALineThatIsReadAgainStays(t *testing.T) {
	t.Parallel()
	s := open(t)
	stored := strings.ReplaceAll(file(t, "../store/testdata/earlier-owners.ndjson"), `"name":"Doga Group"`, `"name":"Hill Trust"`)
	if _, err := s.Import(t.Context(), tester, bundle.NewReader(strings.NewReader(stored)), store.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	result := take(t, s, interchange.CSV, owners,
		"outlet,country,site,owner,since\nNTV,TR,,Doga Group,2001\nATV,TR,,Doga Group,2002\nCTV,TR,,Doga Group,2003\n", false)
	sources, relations := result.Counts[headwater.ResourceSource], result.Counts[headwater.ResourceRelation]
	if sources.Added != 3 || relations.Added != 2 || relations.Unchanged != 1 || result.Records.Kept != 3 {
		t.Errorf("the counts are %+v, of records %+v", result.Counts, result.Records)
	}
}
