package bundle_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/internal/testenv"
)

// repeated joins what is made of each number below n.
func repeated(n int, separator, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(format, "#", fmt.Sprint(i))
	}
	return strings.Join(parts, separator)
}

// growingLines are lines with ever more in them, in the shapes that are the worst for whoever reads them.
var growingLines = map[string]func(n int) string{
	"a deep unknown field": func(n int) string { // JSON is read 10,000 deep
		deep := strings.Repeat(`[`, 9_000)
		return `{"type":"source","kind":"outlet","name":"A","x":1,"y":` + deep + repeated(n, ",", "#") + strings.Repeat("]", 9_000) + `}`
	},
	"unknown fields": func(n int) string {
		return `{"type":"source","kind":"outlet","name":"A",` + repeated(n, ",", `"x#":1`) + `}`
	},
	"a long unknown field": func(n int) string {
		return `{"type":"source","kind":"outlet","name":"A","` + strings.Repeat("x", 10*n) + `":1}`
	},
	"faults in each hop": func(n int) string {
		return `{"type":"attribution","claim":"c","document":"d","stance":"affirms","chain":[` +
			repeated(n, ",", `{"source":"s#","act":"sings"}`) + `]}`
	},
	"keys that are none": func(n int) string {
		return `{"type":"attribution","claim":"c","document":"d","stance":"affirms","chain":[` + repeated(n, ",", `{"source":"s #"}`) + `]}`
	},
	"many aliases": func(n int) string {
		return `{"type":"source","kind":"outlet","name":"A","aliases":[` + repeated(n, ",", `" "`) + `]}`
	},
}

// TestLinesGrowth: what a line takes to be read grows as the line does.
func TestLinesGrowth(t *testing.T) {
	t.Parallel()
	for name, line := range growingLines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testenv.CheckGrowth(t, 500, func(n int) func() {
				text := head + line(n) + "\n"
				return func() {
					for range bundle.NewReader(strings.NewReader(text)).Items() { //nolint:revive // reading is all
					}
				}
			})
		})
	}
}
