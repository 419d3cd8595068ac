package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/testdata"
)

// TestNamesThatShowNothing are refused by whatever way they come.
func TestNamesThatShowNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	const header = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://unseen.example/"}` + "\n"
	for _, unseen := range testdata.UnseenNames[:6] {
		quoted, err := json.Marshal(unseen)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ path, media, body string }{
			{"/v1/sources", "application/json", `{"kind": "outlet", "name": %s}`},
			{"/v1/claims", "application/json", `{"statement": {"en": %s}}`},
			{"/v1/imports", "application/x-ndjson", header + `{"type":"source","key":"s","kind":"outlet","name":%s}`},
			{"/v1/imports", "application/x-ndjson", header + `{"type":"claim","key":"c","statement":{"en":%s}}`},
			{"/v1/imports?format=ftm", "application/x-ndjson", `{"id": "a", "schema": "Company", "properties": {"name": [%s]}}`},
			{"/v1/imports?format=csv&of=sources", "text/csv", "kind,name\noutlet,%s"},
			{"/v1/imports?format=claimreview", "application/ld+json", `{"@context": "https://schema.org", "@type": "ClaimReview",
				"url": "https://checks.example/1", "claimReviewed": %s, "author": {"@type": "Organization", "name": "Checks"},
				"reviewRating": {"@type": "Rating", "alternateName": "False"}}`},
		} {
			value := string(quoted)
			if strings.HasPrefix(c.media, "text/") {
				value = unseen
			}
			body := fmt.Sprintf(c.body, value)
			if status, _, answer := s.call("POST", c.path, body, "Content-Type", c.media); status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %+q: %d %v", c.path, body, status, answer)
			}
		}
	}
	for _, path := range []string{"/v1/sources", "/v1/claims"} {
		if items := s.items(path); len(items) > 0 {
			t.Errorf("%s holds %v", path, items)
		}
	}
}
