package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestUnknownIDsAreToldAlike: whatever is read of a thing that is not there is a 404 that names the kind of thing and the id, in the same
// words.
func TestUnknownIDsAreToldAlike(t *testing.T) {
	t.Parallel()
	s := start(t)
	const id = "6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"
	ofAThing := regexp.MustCompile(`^/v1/(source|relation|document|claim|attribution|link|review|match)(es|s)/\{id\}(/[a-z-]+)*$`)
	questions := map[string]string{"/v1/claims/{id}/record": "?format=stix"} // which these cannot do without
	read := 0
	for _, o := range operations(t) {
		of := ofAThing.FindStringSubmatch(o.path)
		if of == nil || o.method != http.MethodGet {
			continue
		}
		read++
		status, _, problem := s.call("GET", strings.Replace(o.path, "{id}", id, 1)+questions[o.path], "")
		if want := "no " + of[1] + " has the id " + id; status != http.StatusNotFound || problem["detail"] != want {
			t.Errorf("GET %s: %d %v, want 404 %s", o.path, status, problem["detail"], want)
		}
	}
	if read < 20 {
		t.Errorf("only %d operations read a thing or what belongs to it", read)
	}
}
