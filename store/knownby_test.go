package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
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
