package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// TestSuggestionsOfAClaimWithManyLinks: of a claim with thousands of links, the most confident proposals are read, and a pair that was
// judged is not suggested again, whichever of the links says so.
func TestSuggestionsOfAClaimWithManyLinks(t *testing.T) {
	t.Parallel()
	s := open(t)
	const links = 3_000
	var lines strings.Builder
	lines.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://links.example"}
{"type":"claim","key":"hub","statement":{"en":"The harbour crane fell into the water on Monday."}}
{"type":"claim","key":"alike","statement":{"en":"The harbour crane fell into the water on Monday!"}}
{"type":"claim","key":"refused","statement":{"en":"The harbour crane fell into the water: on Monday."}}
{"type":"link","kind":"equivalent","from":"refused","to":"hub","status":"rejected"}
`)
	for i := range links {
		status := `"proposed"`
		if i%2 == 0 {
			status = `"rejected"`
		}
		fmt.Fprintf(&lines, `{"type":"claim","key":"c%d","statement":{"en":"Number %[1]d."}}
{"type":"link","kind":"corroborates","from":"hub","to":"c%[1]d","status":%s,"confidence":%f}
`, i, status, float64(i)/links)
	}
	must(importText(t, s, lines.String()))(t)
	namespace := headwater.NamespaceOf("https://links.example")
	near := must(s.Neighbourhood(t.Context(), namespace.ID(headwater.ResourceClaim, "hub")))(t)
	if len(near.Links) > links/2 || len(near.Others) > links/2 {
		t.Errorf("%d links and %d claims are read", len(near.Links), len(near.Others))
	}
	stored, suggested := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, found := range near.Suggestions(namespace) {
		if suggested[found.Other.ID] = true; found.Stored {
			stored[found.Other.ID] = true
		}
	}
	most := namespace.ID(headwater.ResourceClaim, fmt.Sprintf("c%d", links-1))
	least := namespace.ID(headwater.ResourceClaim, "c1")
	if !stored[most] || stored[least] || len(stored) < 100 {
		t.Errorf("%d proposals, the most confident among them: %t, the least: %t", len(stored), stored[most], stored[least])
	}
	if !suggested[namespace.ID(headwater.ResourceClaim, "alike")] || suggested[namespace.ID(headwater.ResourceClaim, "refused")] {
		t.Error("what is alike is not suggested, or what was refused is")
	}
}
