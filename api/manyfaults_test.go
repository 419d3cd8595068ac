package api_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestManyFaults: objects of far too many members are refused unread, and of many faults the first are listed.
func TestManyFaults(t *testing.T) {
	t.Parallel()
	s := start(t)
	members := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"f%d":1`, i)
		}
		return "{" + b.String()[1:] + "}"
	}
	// The 51st is the member claims, which is missing.
	for n, want := range map[int]int{32_000: 1, 900: 100, 50: 51} {
		status, _, problem := s.call("POST", "/v1/analyses", members(n))
		faults, _ := problem["errors"].([]any)
		if status < 400 || status > 422 || len(faults) != want {
			t.Errorf("%d members: %d with %d faults, expected %d", n, status, len(faults), want)
		}
		if more := strings.Contains(fmt.Sprint(problem["detail"]), "more"); more != (n == 900) {
			t.Errorf("%d members: %v", n, problem["detail"])
		}
	}
}
