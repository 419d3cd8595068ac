package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/api"
)

// TestCards: a card comes in two languages and two forms, says what it rests on and where it can be had, loads nothing, and is not
// sent twice.
func TestCards(t *testing.T) {
	t.Parallel()
	s := startWith(t, api.Options{Origins: []string{"https://paper.example"}, PublicURL: "https://claims.example/headwater"})
	s.importFile(demo)
	claim := s.items("/v1/claims?namespace=https://headwater.example/demo&key=harbour-blast-toll")[0].(map[string]any)["id"].(string)
	_, _, report := s.call("GET", "/v1/claims/"+claim+"/corroboration?as_of=2025-03-15", "")
	path := "/v1/claims/" + claim + "/card"
	for name, test := range map[string]struct{ query, kind, begins, says string }{
		"by default": {"", "text/html; charset=utf-8", "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">",
			"This is not a verdict on truth."},
		"in Arabic": {"?lang=ar", "text/html; charset=utf-8", "<!DOCTYPE html>\n<html lang=\"ar\" dir=\"rtl\">", "محل خلاف"},
		"as SVG":    {"?lang=ar&format=svg", "image/svg+xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg ", "محل خلاف"},
		"on a day": {"?as_of=2025-03-15&format=svg", "image/svg+xml", "<?xml ",
			report["facts_sha256"].(string)},
		"its address": {"?as_of=2025-03-15&lang=ar", "text/html; charset=utf-8", "<!DOCTYPE html>",
			"https://claims.example/headwater" + path + "?as_of=2025-03-15&amp;lang=ar"},
	} {
		t.Run(name, func(t *testing.T) {
			status, header, text := s.text(path + test.query)
			if status != http.StatusOK || header.Get("Content-Type") != test.kind || !strings.HasPrefix(text, test.begins) ||
				!strings.Contains(text, test.says) {
				t.Errorf("%d %s %.200s", status, header.Get("Content-Type"), text)
			}
			policy := header.Get("Content-Security-Policy")
			if !strings.HasPrefix(policy, "default-src 'none'; ") ||
				!strings.HasSuffix(policy, "frame-ancestors 'self' https://paper.example") ||
				header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("the headers are %v", header)
			}
			if status, _, text := s.text(path+test.query, "If-None-Match", header.Get("ETag")); status != http.StatusNotModified {
				t.Errorf("asked again it answers %d %.80s", status, text)
			}
		})
	}
	for _, query := range []string{"?lang=fr", "?format=png", "?as_of=yesterday"} {
		if status, _, text := s.text(path + query); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", query, status, text)
		}
	}
}

// TestCardNamesWhereItWasAsked: without an address of its own, a service is where its client found it.
func TestCardNamesWhereItWasAsked(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile(demo)
	claim := s.items("/v1/claims?key=harbour-blast-toll")[0].(map[string]any)["id"].(string)
	if _, _, text := s.text("/v1/claims/" + claim + "/card"); !strings.Contains(text, s.url+"/v1/claims/"+claim+"/card?lang=en") {
		t.Errorf("it does not say that it is at %s", s.url)
	}
}
