package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// TestWhatIsMissingBesideOtherFaults: of a file of who owns whom, what is nowhere is told with all other faults, and what stands in a
// record at fault is not taken for missing.
func TestWhatIsMissingBesideOtherFaults(t *testing.T) {
	t.Parallel()
	text := `{"id": "a", "schema": "Company", "properties": {"name": ["A"]}}
{"id": "b", "schema": "Company", "properties": {}}
{"id": "o1", "schema": "Ownership", "properties": {"asset": ["a"], "owner": ["b"]}}
{"id": "o2", "schema": "Ownership", "properties": {"asset": ["a"], "owner": ["nowhere"]}}
`
	for extra, want := range map[string][]string{
		"":        {"2 required", "4 unknown_reference"},
		"no JSON": {"2 required", "5 bad_format"}, // which may be what is missing
		`{"id": "a", "schema": "Company", "properties": {"name": ["B"]}}`: {"2 required", "4 unknown_reference", "5 duplicate"},
	} {
		things, err := interchange.Read(strings.NewReader(text+extra), interchange.FollowTheMoney, interchange.TableOptions{},
			"https://headwater.example/test")
		if err != nil {
			t.Fatal(err)
		}
		_, err = open(t).Import(t.Context(), tester, things, store.ImportOptions{})
		faulty, is := errors.AsType[*store.ImportError](err)
		if !is {
			t.Fatalf("got %v, want faults", err)
		}
		var got []string
		for _, fault := range faulty.Faults {
			got = append(got, fmt.Sprint(fault.Line, " ", fault.Code))
		}
		if !slices.Equal(got, want) || faulty.Total != len(want) {
			t.Errorf("told is %v (%d), want %v: %v", got, faulty.Total, want, faulty.Faults)
		}
	}
}
