package fold_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/fold"
)

// TestArabic holds the pairs of testdata/arabic.tsv: words that must meet when one is searched for and the other stands
// in a text, whichever is which, and words that must not.
func TestArabic(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("testdata/arabic.tsv")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for line := range strings.Lines(string(table)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 3 || cells[0] != "meet" && cells[0] != "differ" {
			t.Fatalf("%q is not meet or differ and two texts", line)
		}
		seen[cells[0]]++
		a, b := fold.Terms(cells[1]), fold.Terms(cells[2])
		if slices.Equal(a, b) != (cells[0] == "meet") {
			t.Errorf("%s: %q gives %q and %q gives %q", cells[0], cells[1], a, cells[2], b)
		}
	}
	if seen["meet"] < 200 || seen["differ"] < 100 {
		t.Errorf("there are %d pairs that meet and %d that differ, too few", seen["meet"], seen["differ"])
	}
}
