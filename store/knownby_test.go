package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// TestASourceIsKnownByEachOfItsAccounts: those that a record says are its own, whichever another record has.
func TestASourceIsKnownByEachOfItsAccounts(t *testing.T) {
	t.Parallel()
	check := func(page, name string, places ...string) string {
		quoted := make([]string, len(places))
		for i, place := range places {
			quoted[i] = fmt.Sprintf("%q", place)
		}
		return fmt.Sprintf(`{"@type":"ClaimReview","url":%q,"claimReviewed":"It rained","author":{"@type":"Organization","name":%q,`+
			`"sameAs":[%s]},"reviewRating":{"alternateName":"False"}}`, page, name, strings.Join(quoted, ","))
	}
	accounts := []string{"https://www.facebook.com/hillchecks", "https://twitter.com/HillChecks", "https://t.me/hillchecks",
		"https://mastodon.example/@hill", "https://www.wikidata.org/entity/Q42"}
	for name, first := range map[string]string{
		"with a site of its own": check("https://hill.example.org/1", "Hill Checks", append(accounts, "https://hill.example.org")...),
		"without":                check("https://www.facebook.com/hillchecks/posts/1", "Hill Checks", accounts...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			take(t, s, interchange.ClaimReview, interchange.TableOptions{}, first, false)
			for i, account := range accounts {
				text := check(fmt.Sprintf("https://www.instagram.com/p/%d", i), fmt.Sprintf("Hill %d", i), account)
				if added := take(t, s, interchange.ClaimReview, interchange.TableOptions{}, text,
					false).Counts[headwater.ResourceSource].Added; added != 0 {
					t.Errorf("it is not known by %s", account)
				}
			}
			form := interchange.ExportOptions{Format: interchange.ClaimReview}
			written, empty := exportAs(t, s, form), open(t)
			take(t, empty, interchange.ClaimReview, interchange.TableOptions{}, written, false)
			if again := exportAs(t, empty, form); again != written {
				t.Errorf("it comes back otherwise: %s", cmp.Diff(written, again))
			}
			table := "name,kind,domains\nHill of the table,outlet,t.me/hillchecks\nAnother,outlet,https://t.me/hillchecks2\n"
			result := take(t, s, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceSource}, table, false)
			if added := result.Counts[headwater.ResourceSource].Added; added != 1 {
				t.Errorf("of the table %d are new, want 1", added)
			}
		})
	}
}

// TestOneOfManyOfOneName: among more sources of one name than are compared, the one with its country is found.
func TestOneOfManyOfOneName(t *testing.T) {
	t.Parallel()
	s := open(t)
	lines := []string{`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://many.example/"}`,
		`{"type":"source","id":"ffffffff-ffff-4fff-bfff-ffffffffffff","kind":"outlet","name":"Herald","country":"DE"}`}
	for i := range 120 {
		lines = append(lines, fmt.Sprintf(`{"type":"source","key":"k%d","kind":"outlet","name":"Herald","country":"FR"}`, i))
	}
	if _, err := importText(t, s, strings.Join(lines, "\n")+"\n"); err != nil {
		t.Fatal(err)
	}
	result := take(t, s, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceSource},
		"name,kind,country\nHerald,outlet,DE\n", false)
	if got := result.Counts[headwater.ResourceSource]; got.Added != 0 || got.Unchanged != 1 {
		t.Errorf("the row is %+v, want one that is stored", got)
	}
}

// TestMentionsOfStoredSources: what is stored of a source stays that rows only mention, and it counts once, however many do.
func TestMentionsOfStoredSources(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := importText(t, s, `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://stored.example/"}
{"type":"source","key":"hill","kind":"outlet","name":"Hill Post","country":"DE","domains":["hillpost.org"],"reliability":"B"}
{"type":"source","key":"holding","kind":"organization","name":"Hill Holding","country":"DE"}
`); err != nil {
		t.Fatal(err)
	}
	const head = "subject.name,subject.kind,subject.country,subject.domains,object.name,object.kind,object.country,kind,since\n"
	const rows = "Hill Post,outlet,DE,hillpost.org,Hill Holding,organization,DE,owned_by,2001\n" +
		"Hill Post,outlet,DE,hillpost.org,Hill Holding,organization,DE,owned_by,2011\n" +
		"Dale Post,outlet,DE,dalepost.org,Hill Holding,organization,DE,owned_by,2011\n"
	result := take(t, s, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceRelation}, head+rows, false)
	want := map[headwater.Resource]store.Count{headwater.ResourceSource: {Added: 1, Unchanged: 2}, headwater.ResourceRelation: {Added: 3}}
	for resource, count := range want {
		if diff := cmp.Diff(count, result.Counts[resource]); diff != "" {
			t.Errorf("%ss (-want +got):\n%s", resource, diff)
		}
	}
	if again := take(t, s, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceRelation}, head+rows, false); again.Changed() ||
		again.Counts[headwater.ResourceSource].Unchanged != 3 {
		t.Errorf("imported again: %+v", again.Counts)
	}
}
