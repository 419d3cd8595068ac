package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestOneNameForOneKey: the history names keys by it, so that a second key in use cannot take it, also at the same time.
func TestOneNameForOneKey(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, _, admin := s.call("POST", "/v1/keys", `{"name": "admin", "scopes": ["admin"]}`)
	as := []string{"Authorization", "Bearer " + admin["token"].(string)}
	made := make(chan string, 8)
	var together sync.WaitGroup
	for range cap(made) {
		together.Go(func() {
			status, _, answer := s.call("POST", "/v1/keys", `{"name": "desk", "scopes": ["read"]}`, as...)
			switch detail, _ := answer["detail"].(string); {
			case status == http.StatusCreated:
				made <- answer["id"].(string)
			case status != http.StatusConflict || !strings.Contains(detail, `"desk"`):
				t.Errorf("%d %v", status, answer)
			}
		})
	}
	together.Wait()
	close(made)
	first := <-made
	if more := len(made); more != 0 {
		t.Fatalf("%d more keys have the name", more)
	}
	s.call("POST", "/v1/keys/"+first+"/revoke", "", as...)
	if status, _, answer := s.call("POST", "/v1/keys", `{"name": "desk", "scopes": ["read"]}`, as...); status != http.StatusCreated {
		t.Errorf("the name of a key that has ended: %d %v", status, answer)
	}
}

// TestKeysThatLookAlike: no two keys in use have names that people cannot tell apart, and no name holds what nobody sees. What Persian and
// Indic names are written with is kept.
func TestKeysThatLookAlike(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, _, admin := s.call("POST", "/v1/keys", `{"name": "adm", "scopes": ["admin"]}`)
	as := []string{"Authorization", "Bearer " + admin["token"].(string)}
	for _, c := range []struct {
		name   string
		status int
	}{
		{"adm\u200b", 422}, {"\u200b", 422}, {"\ufeffadm", 422},
		{"a\u00addm", 422}, {"adm\U000e0041", 422},
		{"a\u200cdm", 422}, {"adm\u200d", 422}, {"adm\ufe0f", 422},
		{"the\u00a0desk", 422}, {"\u3164", 422}, {"\u200fadm", 422},
		{"adm ", 409}, {"the desk", 201}, {"the  desk", 409},
		{"caf\u00e9", 201}, {"cafe\u0301", 409}, {"\u0623dm", 201}, {"\u0627\u0654dm", 409},
		{"می\u200cخواهم", 201}, {"क्\u200dष", 201}, {"مكتب بيروت", 201},
	} {
		body, err := json.Marshal(map[string]any{"name": c.name, "scopes": []string{"read"}})
		if err != nil {
			t.Fatal(err)
		}
		if status, _, answer := s.call("POST", "/v1/keys", string(body), as...); status != c.status {
			t.Errorf("%+q: %d, want %d: %v", c.name, status, c.status, answer)
		}
	}
}
