package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// TestSharedOpposites: statements that differ in a sign are two claims, and a proposed link says in what they differ.
func TestSharedOpposites(t *testing.T) {
	t.Parallel()
	s := open(t)
	result := take(t, s, interchange.ClaimReview, interchange.TableOptions{}, input(t, "opposites.json"), false)
	if result.Counts[headwater.ResourceClaim].Added != 2 {
		t.Errorf("%d claims are made, want 2", result.Counts[headwater.ResourceClaim].Added)
	}
	links, err := s.Links(t.Context(), store.LinkFilter{}, store.Paging{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(links.Items) != 1 || links.Items[0].Kind != headwater.Equivalent || links.Items[0].Status != headwater.Proposed ||
		!strings.Contains(links.Items[0].Rationale, "sign") {
		t.Errorf("the links are %+v", links.Items)
	}
}

// TestSharedAccounts: a platform is nobody's domain, and its accounts are somebody's each.
func TestSharedAccounts(t *testing.T) {
	t.Parallel()
	s := open(t)
	take(t, s, interchange.ClaimReview, interchange.TableOptions{}, input(t, "social.json"), false)
	names := storedNames(t, s)
	if len(names) != 5 || !slices.Contains(names, "Hill Checks") || !slices.Contains(names, "Dale Checks") ||
		!slices.Contains(names, "Moor Checks") {
		t.Errorf("the sources are %q, want three reviewers and two posters", names)
	}
	channels := open(t)
	take(t, channels, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceRelation}, input(t, "telegram.csv"), false)
	if diff := cmp.Diff([]string{"Dale Channel", "Dalia D.", "Hassan H.", "Hill Channel"}, storedNames(t, channels)); diff != "" {
		t.Error(diff)
	}
}
