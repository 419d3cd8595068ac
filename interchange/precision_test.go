package interchange_test

import (
	"testing"

	"github.com/headwater-project/headwater"
)

// TestNoDayStandsForARange: what goes out for an interval is its one date, as precise as it is, or nothing.
func TestNoDayStandsForARange(t *testing.T) {
	t.Parallel()
	for interval, want := range map[headwater.Interval]headwater.Moment{
		{}: "", {Earliest: "2024-04", Latest: "2024-08"}: "", {Earliest: "2024-04"}: "", {Latest: "2024-08"}: "",
		{Earliest: "2024-05", Latest: "2024-05"}:                           "2024-05",
		{Earliest: "2024-05-06T07:08:09Z", Latest: "2024-05-06T07:08:09Z"}: "2024-05-06T07:08:09Z",
	} {
		if got := interval.Single(); got != want {
			t.Errorf("%+v goes out as %q, want %q", interval, got, want)
		}
	}
}
