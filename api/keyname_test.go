package api_test

import (
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
