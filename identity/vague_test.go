package identity_test

import (
	"testing"

	"github.com/headwater-project/headwater/identity"
)

func TestVague(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, row := range golden(t, "vague.tsv", 2) {
		seen[row[0]]++
		if got := identity.Vague(row[1]); got != (row[0] == "vague") {
			t.Errorf("%s: Vague(%q) = %t", row[0], row[1], got)
		}
	}
	if seen["vague"] < 120 || seen["named"] < 120 {
		t.Errorf("there are %d vague names and %d that are not, too few", seen["vague"], seen["named"])
	}
}

// TestNobodyHasAnEmptyName: what says nothing is no name of anybody's, vague or not.
func TestNobodyHasAnEmptyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", " ", "-", "…"} {
		if identity.Vague(name) {
			t.Errorf("%q is vague", name)
		}
	}
}
