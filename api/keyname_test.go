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
		{"adm\u200b", http.StatusUnprocessableEntity}, {"\u200b", http.StatusUnprocessableEntity}, {"\ufeffadm", http.StatusUnprocessableEntity},
		{"a\u00addm", http.StatusUnprocessableEntity}, {"adm\U000e0041", http.StatusUnprocessableEntity},
		{"a\u200cdm", http.StatusUnprocessableEntity}, {"adm\u200d", http.StatusUnprocessableEntity}, {"adm\ufe0f", http.StatusUnprocessableEntity},
		{"the\u00a0desk", http.StatusUnprocessableEntity}, {"\u3164", http.StatusUnprocessableEntity}, {"\u200fadm", http.StatusUnprocessableEntity},
		{"adm ", http.StatusConflict}, {"the desk", http.StatusCreated}, {"the  desk", http.StatusConflict},
		{"caf\u00e9", http.StatusCreated}, {"cafe\u0301", http.StatusConflict}, {"\u0623dm", http.StatusCreated}, {"\u0627\u0654dm", http.StatusConflict},
		{"می\u200cخواهم", http.StatusCreated}, {"क्\u200dष", http.StatusCreated}, {"مكتب بيروت", http.StatusCreated},
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
