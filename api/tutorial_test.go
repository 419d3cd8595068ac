package api_test

import (
	"net/http"
	"os"
	"regexp"
	"testing"
)

// request is a block of the tutorial: a method, a path and a body.
var request = regexp.MustCompile("(?s)```http\n(POST) (\\S+)\n(.*?)```")

// TestTheTutorialIsTrue: the requests of the tutorial are ten at most, none is refused, and what comes of them is what it says.
func TestTheTutorialIsTrue(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/tutorial.md")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t)
	requests := request.FindAllStringSubmatch(string(page), -1)
	if len(requests) == 0 || len(requests) > 10 {
		t.Fatalf("the tutorial has %d requests, and says ten", len(requests))
	}
	for _, r := range requests {
		if status, _, answer := s.call(r[1], r[2], r[3]); status != http.StatusCreated {
			t.Fatalf("%s %s answers %d %v", r[2], r[3], status, answer)
		}
	}
	claim := s.items("/v1/claims?key=gates-shut")[0].(map[string]any)["id"].(string)
	_, _, report := s.call("GET", "/v1/claims/"+claim+"/corroboration", "")
	if report["standing"] != "contested" || report["support"].(map[string]any)["graded"] != false {
		t.Errorf("it is %v, and graded is %v", report["standing"], report["support"])
	}
	for _, name := range []string{"affirming", "denying"} {
		side := report[name].(map[string]any)
		if side["attributions"] != 1.0 || side["independent_origins"].(map[string]any)["max"] != 1.0 {
			t.Errorf("%s: %v", name, side)
		}
	}
	if carriers := report["shared"].(map[string]any)["carriers"].([]any); len(carriers) != 1 {
		t.Errorf("both pass %v, want one", carriers)
	}
}
