package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
)

// TestWebhookIsTried: the message is signed, what its receiver answers is told, and nothing is noted, whatever it answers and also where
// the webhook is disabled.
func TestWebhookIsTried(t *testing.T) {
	t.Parallel()
	type message struct {
		Type string
		Data struct{ Webhook string }
	}
	got, status := make(chan message, 10), make(chan int, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m message
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || len(r.Header.Get("Webhook-Signature")) < 40 ||
			!strings.HasPrefix(r.Header.Get("Webhook-Id"), m.Data.Webhook) {
			t.Errorf("%v %+v", err, r.Header)
		}
		got <- m
		w.WriteHeader(<-status)
	}))
	t.Cleanup(receiver.Close)
	dir := dataDir(t)
	const networks = "HEADWATER_WEBHOOK_NETWORKS=127.0.0.1"
	s := startServiceWith(t, []string{networks}, "--data-dir", dir)
	for kind, environment := range map[string]string{"change": "HEADWATER_DATA_DIR=" + dir, "standing": "HEADWATER_SERVER=" + s.url} {
		run := func(line string) (string, error) {
			t.Helper()
			return shell(t, []string{environment, networks}, line)
		}
		made, err := run("headwater webhooks add " + receiver.URL + " --kind " + kind)
		id := regexp.MustCompile(`[0-9a-f-]{36}`).FindString(made)
		if err != nil || id == "" {
			t.Fatal(made, err)
		}
		before, _ := run("headwater webhooks list --format json")
		status <- http.StatusAccepted
		if told, err := run("headwater webhooks test " + id); err != nil || !strings.Contains(told, "accepted with 202 after") {
			t.Errorf("%v\n%s", err, told)
		}
		status <- http.StatusGone
		if told, err := run("headwater webhooks test " + id); err == nil || !strings.Contains(told, "410 Gone") {
			t.Errorf("%v\n%s", err, told)
		}
		if after, _ := run("headwater webhooks list --format json"); after != before {
			t.Errorf("it was\n%s, and is\n%s", before, after)
		}
		if out, err := run("headwater webhooks disable " + id); err != nil {
			t.Error(out, err)
		}
		status <- http.StatusOK
		told, err := run("headwater webhooks test --format json " + id)
		var tested headwater.WebhookTest
		if err != nil || json.Unmarshal([]byte(told), &tested) != nil || !tested.Accepted || tested.Status != http.StatusOK {
			t.Errorf("%v %s", err, told)
		}
		for range 3 {
			if m := <-got; m.Type != "test" || m.Data.Webhook != id {
				t.Errorf("%+v", m)
			}
		}
	}
}

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
