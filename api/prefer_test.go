package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/headwater-project/headwater/ledger"
)

// TestWaitUntilSealed: who prefers so is answered when a checkpoint covers the change, and others at once; where nobody signs the log,
// nobody waits.
func TestWaitUntilSealed(t *testing.T) {
	t.Parallel()
	const body = `{"kind": "outlet", "name": "Herald"}`
	unsigned := start(t)
	status, header, answer := unsigned.call("POST", "/v1/sources", body, "Prefer", "wait=sealed")
	if status != http.StatusCreated || header.Get("Preference-Applied") != "" {
		t.Errorf("without a log: %d %v %v", status, header, answer)
	}
	st := open(t)
	keepLog(t, st)
	server := httptest.NewServer(validated(t, handler(st)))
	defer server.Close()
	s := service{t, server.URL}
	for _, preference := range []string{"wait=sealed", `return=minimal, Wait="sealed"; x=y`} {
		status, header, answer = s.call("POST", "/v1/sources", body, "Prefer", preference)
		if status != http.StatusCreated || header.Get("Preference-Applied") != "wait=sealed" {
			t.Fatalf("%d %v %v", status, header, answer)
		}
		note, err := st.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		keys, err := st.LogKeys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		checkpoint, err := ledger.OpenCheckpoint(note, []string{keys[0].Verifier})
		if err != nil {
			t.Fatal(err)
		}
		changes := s.items("/v1/changes?group=" + header.Get("X-Headwater-Group"))
		if len(changes) == 0 {
			t.Error("the change is in no place of the order")
		}
		for _, change := range changes {
			if int64(change.(map[string]any)["seq"].(float64)) > checkpoint.Size {
				t.Errorf("a checkpoint of %d changes is said to cover %v", checkpoint.Size, change)
			}
		}
	}
	for name, preference := range map[string]string{"another preference": "return=minimal", "a number": "wait=10", "none": ""} {
		if _, header, _ = s.call("POST", "/v1/sources", body, "Prefer", preference); header.Get("Preference-Applied") != "" {
			t.Errorf("%s: %v", name, header)
		}
	}
	if _, header, _ = s.call("GET", "/v1/sources", "", "Prefer", "wait=sealed"); header.Get("Preference-Applied") != "" {
		t.Errorf("of a list: %v", header)
	}
}
