package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/provenance"
)

// manyEquivalents tells of a wire whose one claim has many that say the same, and of whose dispatch others made reprints, and reprints of
// these, in which they say something else: without naming the wire.
func manyEquivalents() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/many"}`)
	line(`{"type":"source","key":"wire","kind":"wire","name":"Wire"}`)
	line(`{"type":"source","key":"old-wire","kind":"wire","name":"Old wire","status":"merged","merged_into":"wire"}`)
	line(`{"type":"claim","key":"said","statement":{"en":"The lock gate is open."}}`)
	line(`{"type":"document","key":"dispatch","publisher":"wire","kind":"wire"}`)
	line(`{"type":"document","key":"dispatch-of-old","publisher":"old-wire","kind":"wire"}`)
	line(`{"type":"attribution","claim":"said","document":"dispatch","stance":"affirms","chain":[{"source":"wire"}]}`)
	original := []string{"dispatch", "dispatch-of-old"}
	for i := range 9 {
		line(`{"type":"claim","key":"same-%[1]d","statement":{"en":"The gate of the lock is open, said %[1]d times."}}`, i)
		line(`{"type":"link","kind":"equivalent","from":"said","to":"same-%d"}`, i)
		line(`{"type":"source","key":"paper-%[1]d","kind":"outlet","name":"Paper %[1]d"}`, i)
		line(`{"type":"document","key":"reprint-%[1]d","publisher":"paper-%[1]d","kind":"article","derived_from":"%[2]s"}`, i,
			original[i%2])
		original[i%2] = fmt.Sprintf("reprint-%d", i)
		line(`{"type":"claim","key":"else-%[1]d","statement":{"en":"The water fell by %[1]d feet."}}`, i)
		line(`{"type":"attribution","claim":"else-%[1]d","document":"reprint-%[1]d","stance":"affirms","chain":[{"source":"paper-%[1]d"}]}`,
			i)
	}
	return b.String()
}

// TestImpactByPages: whatever a page may hold, no page holds more, and all pages together list each claim that is affected once: those that
// say the same as one that the source tells, and those that only reprints of its documents tell.
func TestImpactByPages(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importText(manyEquivalents())
	read, err := inmem.Read(t.Context(), strings.NewReader(manyEquivalents()))
	if err != nil {
		t.Fatal(err)
	}
	facts := read.All()
	analysis := provenance.New(facts)
	things := map[string]func(claim uuid.UUID) (*provenance.Impact, error){}
	for _, source := range facts.Sources {
		things["/v1/sources/"+source.ID.String()] = func(claim uuid.UUID) (*provenance.Impact, error) {
			return analysis.ImpactOfSource(t.Context(), claim, source.ID)
		}
	}
	for _, document := range facts.Documents {
		things["/v1/documents/"+document.ID.String()] = func(claim uuid.UUID) (*provenance.Impact, error) {
			return analysis.ImpactOfDocument(t.Context(), claim, document.ID)
		}
	}
	most := 0
	for path, impactOn := range things {
		want := map[string]any{}
		for _, claim := range facts.Claims {
			impact, err := impactOn(claim.ID)
			if err != nil {
				t.Fatal(err)
			}
			if impact != nil {
				want[claim.Key] = decoded(t, impact)
			}
		}
		most = max(most, len(want))
		for _, limit := range []int{1, 2, 4, 50} {
			got := s.impactPages(path+"/impact", limit)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %d a page (-reports +pages):\n%s", path, limit, diff)
			}
		}
	}
	if want := 19; most != want {
		t.Errorf("the wire affects %d claims, want %d", most, want)
	}
}

// impactPages follows an impact to its end, the second page with another limit, and gives what it lists by key.
func (s service) impactPages(list string, limit int) map[string]any {
	s.t.Helper()
	found := map[string]any{}
	next := ""
	for n := 0; n == 0 || next != ""; n++ {
		if n == 1 {
			limit++
		}
		path := fmt.Sprintf("%s?limit=%d&cursor=%s", list, limit, next)
		status, _, text := s.send("GET", path, "")
		var page struct {
			Items []map[string]any
			Next  string `json:"next_cursor"`
		}
		if err := json.Unmarshal(text, &page); err != nil || status != http.StatusOK || len(page.Items) > limit || n > 100 {
			s.t.Fatalf("GET %s: %d, %v, %d entries on page %d in %.300s", path, status, err, len(page.Items), n, text)
		}
		for _, item := range page.Items {
			if key := item["claim"].(string); found[key] == nil {
				found[key] = item
			} else {
				s.t.Errorf("%s is listed twice by %s", key, list)
			}
		}
		next = page.Next
	}
	return found
}
