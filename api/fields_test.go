package api_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestFields: of the optional members only those that were asked for are given; the rest of the response stays as it is.
func TestFields(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile("../testdata/demo.ndjson")
	whole := s.items("/v1/sources?limit=2")
	for _, c := range []struct{ asked, given string }{
		{"names", "names"}, {"names,country", "country names"}, {"country,names", "country names"}, {"merged_into", ""},
	} {
		status, header, page := s.call("GET", "/v1/sources?limit=2&fields="+c.asked, "")
		if status != http.StatusOK || header.Get("Link") == "" || page["next_cursor"] == nil {
			t.Fatalf("%s: %d %v %v", c.asked, status, header, page)
		}
		for i, item := range page["items"].([]any) {
			thing, had := item.(map[string]any), whole[i].(map[string]any)
			for name := range had {
				required := slices.Contains([]string{"id", "created_at", "updated_at", "version", "kind", "name", "status"}, name)
				if want := required || strings.Contains(c.given, name) && c.given != ""; (thing[name] != nil) != want {
					t.Errorf("fields=%s: %s is given: %v", c.asked, name, slices.Sorted(maps.Keys(thing)))
				}
			}
		}
	}
	path := "/v1/documents/" + s.items("/v1/documents")[0].(map[string]any)["id"].(string)
	status, header, document := s.call("GET", path+"?fields=title", "")
	if status != http.StatusOK || header.Get("ETag") == "" || document["text"] != nil || document["title"] == nil {
		t.Errorf("%d %v %v", status, header, document)
	}
	for _, bad := range []string{"nothing", "id", "names,nothing", "", ","} {
		if status, _, answer := s.call("GET", "/v1/sources?fields="+bad, ""); status != http.StatusUnprocessableEntity {
			t.Errorf("fields=%s: %d %v", bad, status, answer)
		}
	}
}

// TestFieldsComeInOneOrder: the same question has the same answer, to the byte.
func TestFieldsComeInOneOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile("../testdata/demo.ndjson")
	const path = "/v1/documents?fields=title,url"
	_, _, first := s.send("GET", path, "")
	for range 20 {
		if _, _, again := s.send("GET", path, ""); string(again) != string(first) {
			t.Fatalf("the answer was\n%s\nand is now\n%s", first, again)
		}
	}
}
