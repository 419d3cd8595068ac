package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestFeedsOverTheAPI: an edition says what would be taken back before it is, a dry run leaves nothing behind, and what is at fault is
// told all at once.
func TestFeedsOverTheAPI(t *testing.T) {
	t.Parallel()
	s := start(t)
	company := func(id string) string {
		return fmt.Sprintf(`{"id": %q, "schema": "Company", "properties": {"name": ["%[1]s"]}}`, id) + "\n"
	}
	send := func(query, text string) (int, http.Header, map[string]any) {
		t.Helper()
		return s.call("POST", "/v1/imports?format=ftm&"+query, text, "Content-Type", "application/x-ndjson")
	}
	text := company("a") + company("b") + company("c")
	if status, _, answer := send("feed=quay&edition=2024-01-01&file=one.json", text); status != http.StatusOK {
		t.Fatal(status, answer)
	}
	for _, test := range []struct {
		query string
		says  []string
	}{
		{"edition=2024&file=x&fewer=true", []string{"/edition", "/file", "/fewer", "nothing unless feed is given"}},
		{"feed=quay&edition=2023-01-01", []string{"/edition", "2024-01-01"}},
		{"feed=a%2Fb&edition=2024-02", []string{"/feed", "/edition", "without /"}},
	} {
		status, _, answer := send(test.query, text)
		told := fmt.Sprint(answer)
		for _, want := range test.says {
			if status != http.StatusUnprocessableEntity || !strings.Contains(told, want) {
				t.Errorf("%s: %d, without %q: %s", test.query, status, want, told)
			}
		}
	}
	for _, dry := range []bool{true, false} {
		status, header, answer := send(fmt.Sprintf("feed=quay&edition=2024-02-01&dry_run=%t", dry), company("a")+company("b"))
		feed, _ := answer["feed"].(map[string]any)
		if status != http.StatusOK || fmt.Sprint(feed["outcomes"]) != "map[retracted:1]" || feed["edition"] != 2.0 ||
			!strings.Contains(fmt.Sprint(feed["no_longer_said"]), "ftm:c") {
			t.Errorf("dry %t: %d %v", dry, status, answer)
		}
		if (header.Get("X-Headwater-Group") == "") != dry {
			t.Errorf("dry %t: the group is %q", dry, header.Get("X-Headwater-Group"))
		}
		_, _, listed := s.call("GET", "/v1/feeds/quay", "")
		if current, _ := listed["current"].(map[string]any); current["edition"] == 1.0 != dry {
			t.Errorf("dry %t: the feed is %v", dry, listed)
		}
	}
	if items := s.items("/v1/feeds/quay/editions?limit=1"); len(items) != 1 {
		t.Errorf("editions are %v", items)
	}
	if items := s.items("/v1/sources?feed=quay"); len(items) != 2 {
		t.Errorf("the feed says %v", items)
	}
	for _, path := range []string{"/v1/feeds/none", "/v1/feeds/none/editions"} {
		if status, _, answer := s.call("GET", path, ""); status != http.StatusNotFound {
			t.Errorf("%s: %d %v", path, status, answer)
		}
	}
}

// TestFeedsInAddresses: a name that an import takes is found below /v1/feeds as it is, and those that mean something else in an address
// are not taken.
func TestFeedsInAddresses(t *testing.T) {
	t.Parallel()
	s := start(t)
	send := func(name string) int {
		status, _, _ := s.call("POST", "/v1/imports?format=ftm&edition=2024-01-01&feed="+url.QueryEscape(name),
			`{"id": "a", "schema": "Company", "properties": {"name": ["A"]}}`, "Content-Type", "application/x-ndjson")
		return status
	}
	for _, name := range []string{"...", "..a", ".json", "%2e%2e", "a%2Fb", "a?b", "a#b", "a;b=c", "a:b", "a&b=c", "a+b", "a b", "~",
		`a\b`, "سجل", "a*b,'(c)", "editions"} {
		if status := send(name); status != http.StatusOK {
			t.Errorf("%q: %d", name, status)
			continue
		}
		status, _, feed := s.call("GET", "/v1/feeds/"+url.PathEscape(name), "")
		if status != http.StatusOK || feed["name"] != name {
			t.Errorf("%q is found as %d %v", name, status, feed)
		}
		if items := s.items("/v1/feeds/" + url.PathEscape(name) + "/editions"); len(items) != 1 {
			t.Errorf("the editions of %q are %v", name, items)
		}
		if items := s.items("/v1/sources?feed=" + url.QueryEscape(name)); len(items) != 1 {
			t.Errorf("%q says %v", name, items)
		}
	}
	for _, name := range []string{".", "..", "/", "a/b", "../feeds", "\u3164"} {
		if status := send(name); status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", name, status)
		}
	}
	for _, path := range []string{"/v1/feeds/%2e", "/v1/feeds/%2e%2e", "/v1/feeds/%2e%2e/editions", "/v1/feeds/a%2Fb", "/v1/feeds/%2F"} {
		if status, _, answer := s.send("GET", path, ""); status != http.StatusNotFound {
			t.Errorf("%s: %d %.200s", path, status, answer)
		}
	}
}
