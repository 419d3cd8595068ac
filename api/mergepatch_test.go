package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPatch: a merge patch changes only the members that it names, in the version that If-Match names.
func TestPatch(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, _, source := s.call("POST", "/v1/sources",
		`{"kind": "outlet", "name": "The Paper", "names": {"en": "The Paper", "ar": "الورقة"}, "country": "EG", "aliases": ["Paper"]}`)
	path := "/v1/sources/" + source["id"].(string)
	patch := func(body string, headers ...string) (int, map[string]any) {
		t.Helper()
		status, _, answer := s.call("PATCH", path, body, append([]string{"Content-Type", "application/merge-patch+json"}, headers...)...)
		return status, answer
	}
	status, changed := patch(`{"name": "The Daily Paper", "names": {"ar": null, "fr": "Le Papier"}, "country": null}`, "If-Match", `"1"`)
	want := map[string]any{}
	for name, value := range source {
		want[name] = value
	}
	delete(want, "country")
	want["name"], want["version"], want["names"], want["updated_at"] = "The Daily Paper", 2.0, map[string]any{"en": "The Paper",
		"fr": "Le Papier"}, changed["updated_at"]
	if diff := cmp.Diff(want, changed); status != http.StatusOK || diff != "" {
		t.Errorf("%d (-want +got):\n%s", status, diff)
	}
	if status, answer := patch(`{"anonymous": true}`, "If-Match", "*"); status != http.StatusOK || answer["version"] != 3.0 {
		t.Errorf("any version: %d %v", status, answer)
	}
	for name, test := range map[string]struct {
		body    string
		headers []string
		status  int
	}{
		"an outdated version":            {`{"name": "B"}`, []string{"If-Match", `"1"`}, 412},
		"no version":                     {`{"name": "B"}`, nil, 428},
		"an unknown member":              {`{"colour": "red"}`, []string{"If-Match", "*"}, 422},
		"an unknown member that is null": {`{"colour": null}`, []string{"If-Match", "*"}, 422},
		"a value of its kind":            {`{"name": 7}`, []string{"If-Match", "*"}, 422},
		"what must be there":             {`{"name": null}`, []string{"If-Match", "*"}, 422},
		"a list":                         {`[]`, []string{"If-Match", "*"}, 422},
		"broken JSON":                    {`{"name"`, []string{"If-Match", "*"}, 400},
		"JSON, which is no patch":        {`{"name": "B"}`, []string{"If-Match", "*", "Content-Type", "application/json"}, 415},
		"another media type":             {`{"name": "B"}`, []string{"If-Match", "*", "Content-Type", "text/plain"}, 415},
	} {
		if status, answer := patch(test.body, test.headers...); status != test.status {
			t.Errorf("%s: %d %v, want %d", name, status, answer, test.status)
		}
	}
	if _, _, now := s.call("GET", path, ""); now["version"] != 3.0 {
		t.Errorf("changed: %v", now)
	}
}

// TestPatchWithin: a patch merges at every depth, as its schema in the document allows.
func TestPatchWithin(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, _, author := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "The Paper"}`)
	_, _, claim := s.call("POST", "/v1/claims",
		`{"statement": {"en": "A ship left.", "ar": "غادرت سفينة."}, "event_time": {"start": "2025-03-01", "end": "2025-03-02"}}`)
	_, _, review := s.call("POST", "/v1/reviews",
		`{"claim": "`+claim["id"].(string)+`", "author": "`+author["id"].(string)+`", "rating": {"label": "True", "value": 5, "best": 5}}`)
	for path, c := range map[string]struct {
		patch, member string
		want          any
	}{
		"/v1/claims/" + claim["id"].(string): {`{"statement": {"en": null, "fr": "Un navire est parti."}, "event_time": {"start": null}}`,
			"event_time", map[string]any{"end": "2025-03-02"}},
		"/v1/reviews/" + review["id"].(string): {`{"rating": {"value": null, "best": 10}}`, "rating",
			map[string]any{"label": "True", "best": 10.0}},
	} {
		status, _, changed := s.call("PATCH", path, c.patch, "Content-Type", "application/merge-patch+json", "If-Match", "*")
		if diff := cmp.Diff(c.want, changed[c.member]); status != http.StatusOK || diff != "" {
			t.Errorf("%s: %d %v (-want +got):\n%s", path, status, changed, diff)
		}
	}
}

// TestPatchesOfAnyVersionAtOnce: with If-Match: * no patch is refused because another one was faster, and none is lost.
func TestPatchesOfAnyVersionAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, _, source := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "The Paper"}`)
	path := "/v1/sources/" + source["id"].(string)
	const clients, patches = 4, 10
	var group sync.WaitGroup
	for client := range clients {
		group.Go(func() {
			for n := range patches {
				body := fmt.Sprintf(`{"external_ids": {"x%d-%d": "Q%[1]d%[2]d"}}`, client, n)
				if status, _, answer := s.send("PATCH", path, body, "Content-Type", "application/merge-patch+json",
					"If-Match", "*"); status != http.StatusOK {
					t.Errorf("%d %s", status, answer)
				}
			}
		})
	}
	group.Wait()
	_, _, now := s.call("GET", path, "")
	if ids, _ := now["external_ids"].(map[string]any); len(ids) != clients*patches {
		t.Errorf("%d of %d patches are there: %v", len(ids), clients*patches, now)
	}
}
