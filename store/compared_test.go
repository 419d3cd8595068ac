package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// TestAFloodOfLikeClaimsIsComparedInPart: an import compares the first of its new claims with similar ones, keeps all, and says from
// where on they were not compared.
func TestAFloodOfLikeClaimsIsComparedInPart(t *testing.T) {
	t.Parallel()
	s := open(t)
	var reviews []string
	for i, text := range []string{"The dam above the town burst at night", "The dam above the towns burst at night",
		"The harbour was closed to all ships today", "The harbour was closed to all ship today"} {
		reviews = append(reviews, fmt.Sprintf(`{"@type":"ClaimReview","claimReviewed":%q,"url":"https://c.example/%d",`+
			`"author":{"name":"Checks","url":"https://c.example"},"reviewRating":{"alternateName":"False"}}`, text, i))
	}
	for compared, want := range map[int]struct{ links, notes int }{2: {1, 1}, 4: {1, 0}} {
		things, err := interchange.Read(strings.NewReader("["+strings.Join(reviews, ",")+"]"), interchange.ClaimReview,
			interchange.TableOptions{}, fmt.Sprintf("https://flood.example/%d", compared))
		if err != nil {
			t.Fatal(err)
		}
		result, err := s.Import(t.Context(), tester, things, store.ImportOptions{ProposeDuplicates: true, MaxCompared: compared})
		if err != nil {
			t.Fatal(err)
		}
		links, notes := result.Counts[headwater.ResourceLink].Added, 0
		for _, note := range result.Notes {
			if strings.Contains(note.Text, "not compared") {
				notes++
			}
		}
		if links < want.links || notes != want.notes || result.Counts[headwater.ResourceClaim].Added != 4 {
			t.Errorf("%d compared: %d links, %v, %v", compared, links, result.Notes, result.Counts)
		}
		t.Log(compared, links, result.Notes)
	}
}
