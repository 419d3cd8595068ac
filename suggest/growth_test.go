package suggest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/suggest"
)

// TestNamesGrowth: a long statement is held against long names in time that grows as they do.
func TestNamesGrowth(t *testing.T) {
	t.Parallel()
	testenv.CheckGrowth(t, 100, func(n int) func() {
		source := headwater.Source{}
		source.Name = strings.Repeat("dam river ", n) + "end"
		source.Aliases = []string{"dam river dam"}
		var a, b headwater.Claim
		a.Statement = headwater.Texts{"en": strings.Repeat("dam river ", n)}
		b.Statement = headwater.Texts{"en": fmt.Sprint(strings.Repeat("dam river ", n), "held")}
		return func() { suggest.LinkBetween(a, b, suggest.NewNames([]headwater.Source{source})) }
	})
}
