package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/internal/testenv"
)

// hostileTexts are texts of any length in which much of what is looked for is begun and not ended.
var hostileTexts = map[string]func(n int) string{
	"quotes":       func(n int) string { return strings.Repeat(`"`, n) },
	"other quotes": func(n int) string { return strings.Repeat("«", n) + "x" + strings.Repeat("»", n) },
	"full stops":   func(n int) string { return "x" + strings.Repeat(" .", n) },
	"marks":        func(n int) string { return "e" + strings.Repeat("\u0301", n) },
	"mixed marks":  func(n int) string { return "e" + strings.Repeat("\u0301\u0323", n) },
	"ligatures":    func(n int) string { return strings.Repeat("ﷺ", n) },
	"numbers":      func(n int) string { return strings.Repeat("1,", n) },
	"spaces":       func(n int) string { return "x" + strings.Repeat(" \u00a0", n) + "x" },
	"initials":     func(n int) string { return strings.Repeat("U.", n) },
	"slashes":      func(n int) string { return "https://example.org" + strings.Repeat("/..", n) },
	"escapes":      func(n int) string { return "https://example.org/" + strings.Repeat("%2e", n) },
	"parameters":   func(n int) string { return "https://example.org/?" + strings.Repeat("a=1&", n) },
	"labels":       func(n int) string { return "https://" + strings.Repeat("a.", n) + "org/" },
}

// TestTextsGrowth: what texts and addresses are one by is found in time that grows as they do.
func TestTextsGrowth(t *testing.T) {
	t.Parallel()
	for name, text := range hostileTexts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testenv.CheckGrowth(t, 1000, func(n int) func() {
				hostile := text(n)
				return func() {
					identity.Statement(hostile)
					identity.Name(hostile)
					identity.Address(hostile)
					identity.Account(hostile)
					identity.OwnDomain(hostile)
					identity.Vague(hostile)
				}
			})
		})
	}
}

// TestSourcesGrowth: the keys of a source, and what two have in common, are found in time that grows as what is said of them does.
func TestSourcesGrowth(t *testing.T) {
	t.Parallel()
	testenv.CheckGrowth(t, 100, func(n int) func() {
		s := headwater.SourceFields{Name: "X", ExternalIDs: map[string]string{}}
		for i := range n {
			s.Domains = append(s.Domains, fmt.Sprintf("d%d.example", i))
			s.ExternalIDs[fmt.Sprint("s", i)] = fmt.Sprint(i)
		}
		other := s
		other.ExternalIDs, other.Country = map[string]string{}, "FR"
		return func() {
			identity.Joined(identity.FeaturesOf(s), identity.FeaturesOf(other), func(identity.SourceKey) bool { return false })
			identity.FeaturesOf(s).Traits()
		}
	})
}
