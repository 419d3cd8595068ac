package store_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// TestListsByLanguage: documents and claims are found by each code that their language has or had, whatever the region.
func TestListsByLanguage(t *testing.T) {
	t.Parallel()
	s := open(t)
	publisher, err := s.CreateSource(t.Context(), tester, "p", headwater.SourceFields{Kind: headwater.Outlet, Name: "P"})
	if err != nil {
		t.Fatal(err)
	}
	groups := [][]string{{"he", "iw", "he-IL"}, {"id", "in"}, {"yi", "ji"}, {"no", "nb"}, {"fil", "tl"}, {"ar", "arb", "ar-EG"}, {"fr"}}
	for _, group := range groups {
		for _, tag := range group {
			_, err := s.CreateDocument(t.Context(), tester, "", headwater.DocumentFields{Kind: headwater.Article, Publisher: publisher.ID,
				Language: tag})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.CreateClaim(t.Context(), tester, "", headwater.ClaimFields{Statement: headwater.Texts{tag: "x"}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, group := range groups {
		want := slices.Sorted(slices.Values(group))
		for _, asked := range group {
			documents, err := s.Documents(t.Context(), store.DocumentFilter{Language: asked}, store.Paging{Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			claims, err := s.Claims(t.Context(), store.ClaimFilter{Language: asked}, store.Paging{Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			var pages, statements []string
			for _, d := range documents.Items {
				pages = append(pages, d.Language)
			}
			for _, c := range claims.Items {
				for tag := range c.Statement {
					statements = append(statements, tag)
				}
			}
			slices.Sort(pages)
			slices.Sort(statements)
			if diff := cmp.Diff([][]string{want, want}, [][]string{pages, statements}); diff != "" {
				t.Errorf("%s finds %s", asked, diff)
			}
		}
	}
	if _, err := s.Documents(t.Context(), store.DocumentFilter{Language: "arabic!"},
		store.Paging{Limit: 1}); headwater.CodeOf(err) != headwater.CodeInvalid {
		t.Errorf("what is no tag gives %v", err)
	}
}
