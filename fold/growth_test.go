package fold_test

import (
	"strings"
	"testing"

	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/internal/testenv"
)

// TestFoldGrowth: texts are folded in time that grows as they do, whatever they repeat.
func TestFoldGrowth(t *testing.T) {
	t.Parallel()
	for _, repeated := range []string{"a", "1,", "1,000", "U.", "e\u0301", "\u0301\u0323", "و", "ال ", "ء", "ﷺ", "'a", "٬", "ing ",
		"\u00a0 "} {
		t.Run(repeated, func(t *testing.T) {
			t.Parallel()
			testenv.CheckGrowth(t, 1000, func(n int) func() {
				text := strings.Repeat(repeated, n)
				return func() {
					fold.Text(text)
					fold.Terms(text)
				}
			})
		})
	}
}
