package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// TestDependentsAreWhoseFactsHaveIt: the claims on which a document can bear are those among whose facts are its attributions, over links
// of all kinds, decided and proposed, and over mergers: one way leads from a claim to its facts, and the other back.
func TestDependentsAreWhoseFactsHaveIt(t *testing.T) {
	t.Parallel()
	const claims = 12
	random := rand.New(rand.NewPCG(17, 0))
	for round := range 6 {
		s := open(t)
		if _, err := importText(t, s, linkedClaims(random, claims)); err != nil {
			t.Fatal(err)
		}
		all, err := s.Claims(t.Context(), store.ClaimFilter{}, store.Paging{Limit: claims})
		if err != nil {
			t.Fatal(err)
		}
		for range round {
			from, into := all.Items[random.IntN(claims)].ID, all.Items[random.IntN(claims)].ID
			_, _ = s.MergeClaim(t.Context(), store.Authorship{Actor: "test"}, from, 0, into) // or not, where it may not be
		}
		facts := map[uuid.UUID]map[uuid.UUID]bool{} // documents to the claims among whose facts they are
		for _, claim := range all.Items {
			now, err := s.Claim(t.Context(), claim.ID)
			if err != nil {
				t.Fatal(err)
			}
			if now.Status != headwater.EntityActive {
				continue
			}
			read, err := s.Facts(t.Context(), []uuid.UUID{claim.ID}, nil, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, attribution := range read.Attributions {
				if facts[attribution.Document] == nil {
					facts[attribution.Document] = map[uuid.UUID]bool{}
				}
				facts[attribution.Document][claim.ID] = true
			}
		}
		for document, want := range facts {
			var got []uuid.UUID
			for p := (store.Paging{Limit: 5}); ; {
				page, err := s.DependentsOfDocument(t.Context(), document, p)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, page.Claims...)
				if p.Cursor = page.NextCursor; p.Cursor == "" {
					break
				}
			}
			if diff := cmp.Diff(slices.SortedFunc(maps.Keys(want), headwater.CompareIDs), slices.Compact(got)); diff != "" {
				t.Errorf("round %d, document %s (-whose facts have it +dependents):\n%s", round, document, diff)
			}
		}
	}
}

// linkedClaims is a bundle of claims with a document each, and of links of all kinds and statuses between them.
func linkedClaims(random *rand.Rand, claims int) string {
	var lines strings.Builder
	lines.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://linked.example/"}` + "\n" +
		`{"type":"source","key":"paper","kind":"outlet","name":"Paper"}` + "\n")
	for i := range claims {
		fmt.Fprintf(&lines, `{"type":"document","key":"d%[1]d","publisher":"paper","kind":"article"}
{"type":"claim","key":"c%[1]d","statement":{"en":"Claim %[1]d."}}
{"type":"attribution","claim":"c%[1]d","document":"d%[1]d","stance":"affirms","chain":[{"source":"paper"}]}
`, i)
	}
	linked := map[string]bool{}
	for range 2 * claims {
		from, to := random.IntN(claims), random.IntN(claims)
		kinds, statuses := headwater.LinkKind("").Values(), headwater.Decision("").Values()
		kind, status := kinds[random.IntN(len(kinds))], statuses[random.IntN(len(statuses))]
		degree := ""
		if kind == string(headwater.Contradicts) {
			degree = fmt.Sprintf(`,"degree":%q`, headwater.Degree("").Values()[random.IntN(2)])
		}
		if pair := fmt.Sprint(min(from, to), max(from, to), kind); from != to && !linked[pair] {
			linked[pair] = true
			fmt.Fprintf(&lines, `{"type":"link","kind":%q,"from":"c%d","to":"c%d","status":%q,"rationale":"a test"%s}`+"\n", kind, from, to,
				status, degree)
		}
	}
	return lines.String()
}
