package interchange_test

import (
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
)

// TestInstant: a moment goes out with the parts of a second that it has, a day as its midnight, and nothing is made up for a month.
func TestInstant(t *testing.T) {
	t.Parallel()
	for moment, want := range map[headwater.Moment]string{
		"":                              "",
		"2023":                          "",
		"2023-08":                       "",
		"0001-01-01":                    "0001-01-01T00:00:00Z",
		"2023-08-15":                    "2023-08-15T00:00:00Z",
		"2023-08-15T09:30:00Z":          "2023-08-15T09:30:00Z",
		"2023-08-15T09:30:00.250+03:00": "2023-08-15T06:30:00.25Z",
	} {
		if got := interchange.Instant(moment); got != want {
			t.Errorf("%q is written %q, want %q", moment, got, want)
		}
	}
}
