package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
)

// TestWebhooksByCommand makes a webhook, begins it elsewhere, gives it another secret and ends it, over the database and with a service
// that runs; and what is at fault is said.
func TestWebhooksByCommand(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := startService(t, "--data-dir", dir)
	for _, environment := range []string{"HEADWATER_DATA_DIR=" + dir, "HEADWATER_SERVER=" + s.url} {
		run := func(line string) string {
			t.Helper()
			out, err := shell(t, []string{environment}, line)
			if err != nil {
				t.Fatalf("%s: %v\n%s", line, err, out)
			}
			return out
		}
		made := run(`headwater webhooks add https://1.1.1.1/ --kind standing --note "tells the desk"`)
		id := regexp.MustCompile(`[0-9a-f-]{36}`).FindString(made)
		if id == "" || !strings.Contains(made, "whsec_") {
			t.Fatalf("made:\n%s", made)
		}
		if listed := run("headwater webhooks list"); !strings.Contains(listed, id) || !strings.Contains(listed, "delivered to") {
			t.Errorf("listed:\n%s", listed)
		}
		var listed headwater.Webhook
		if err := json.Unmarshal([]byte(run("headwater webhooks list --format json")), &listed); err != nil || listed.ID.String() != id {
			t.Errorf("%+v %v", listed, err)
		}
		run("headwater webhooks enable " + id + " --after 0")
		if rotated := run("headwater webhooks rotate " + id); !strings.Contains(rotated, "whsec_") ||
			strings.Contains(made, regexp.MustCompile(`whsec_\S+`).FindString(rotated)) {
			t.Errorf("rotated:\n%s", rotated)
		}
		if disabled := run("headwater webhooks disable " + id); !strings.Contains(disabled, "disabled: it was disabled by ") {
			t.Errorf("disabled:\n%s", disabled)
		}
		for line, want := range map[string]string{
			"headwater webhooks add https://10.0.0.1/ --kind change":         "/url",
			"headwater webhooks add https://1.1.1.1/ --kind news":            "--kind is \"news\"",
			"headwater webhooks enable " + id + " --after 99999":             "/after",
			"headwater webhooks remove 6f1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d": "6f1c0a52",
			"headwater webhooks rotate desk":                                 "\"desk\" is no webhook",
		} {
			if out, err := shell(t, []string{environment}, line); err == nil || !strings.Contains(out, want) {
				t.Errorf("%s: %v\n%s", line, err, out)
			}
		}
		run("headwater webhooks remove " + id)
		if listed := run("headwater webhooks list --format json"); listed != "" {
			t.Errorf("after it was removed: %s", listed)
		}
	}
}
