package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// TestControlOfEverySource: who controls each source of the demo, on a day and whenever it was, is what the analysis says of the
// bundle, all the way up.
func TestControlOfEverySource(t *testing.T) {
	t.Parallel()
	s := serveStore(t, demo)
	facts := factsOf(t, demo)
	analysis := provenance.New(facts)
	differ := 0
	for _, source := range facts.Sources {
		always := map[string]any{}
		for _, day := range []headwater.Day{"", "2021", "2025-03-11"} {
			want, err := analysis.Control(t.Context(), source.ID, day)
			if err != nil {
				t.Fatal(err)
			}
			status, _, got := s.call("GET", "/v1/sources/"+source.ID.String()+"/control"+
				map[bool]string{true: "?at=" + string(day)}[day != ""], "")
			if diff := cmp.Diff(decoded(t, want), any(got)); status != http.StatusOK || diff != "" {
				t.Errorf("%s at %q: %d (-bundle +service):\n%s", source.Key, day, status, diff)
			}
			if day == "" {
				always = got
			} else if !cmp.Equal(always["relations"], got["relations"]) {
				differ++
			}
		}
	}
	if differ == 0 {
		t.Error("no day has other relations than all days together")
	}
}

// TestControlFollowsWhatChanges: a retracted relation gives no control, and a merged source is controlled as the one that speaks
// for it.
func TestControlFollowsWhatChanges(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importText(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/local"}
{"type":"source","key":"gazette","kind":"outlet","name":"The Gazette"}
{"type":"source","key":"old-gazette","kind":"outlet","name":"Gazette"}
{"type":"source","key":"trust","kind":"organization","name":"The trust"}
{"type":"relation","key":"owned","subject":"gazette","kind":"owned_by","share":0.6,"object":"trust","since":"2019","until":"2024-03"}
`)
	gazette, old, trust := s.idOf("sources", "gazette"), s.idOf("sources", "old-gazette"), s.idOf("sources", "trust")
	controls := func(when, source, at string, want ...string) {
		t.Helper()
		status, _, text := s.text("/v1/sources/" + source + "/control?at=" + at)
		var found provenance.Controllers
		if err := json.Unmarshal([]byte(text), &found); err != nil {
			t.Fatal(err)
		}
		var controllers []string
		for _, c := range found.Controllers {
			controllers = append(controllers, c.Source.String())
		}
		if status != http.StatusOK || found.Source != uuid.MustParse(gazette) || !cmp.Equal(controllers, want) {
			t.Errorf("%s, at %s: %d %s", when, at, status, text)
		}
	}
	controls("at first", gazette, "2024-03-31", trust)
	controls("at first", gazette, "2024-04")
	if status, _, problem := s.call("POST", "/v1/sources/"+old+"/merge", `{"into": "`+gazette+`"}`, "If-Match",
		"*"); status != http.StatusOK {
		t.Fatalf("merging: %d %v", status, problem)
	}
	controls("merged", old, "2020", trust)
	s.step("/v1/sources/" + trust + "/retract")
	controls("with a retracted controller", gazette, "2020", trust)
	s.step("/v1/relations/" + s.idOf("relations", "owned") + "/retract")
	controls("with a retracted relation", gazette, "2020")
}
