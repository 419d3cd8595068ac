package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/store/storetest"
)

// TestFirstKeyFromAFile starts a service that other machines can reach on an empty database: with the file it has a key from the
// beginning, and with another file later that key goes on.
func TestFirstKeyFromAFile(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	file := filepath.Join(t.TempDir(), "first.key")
	token := ok(t, "key", "token")
	writeToken(t, file, token)
	statusWith := func(s *service, token string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v1/keys", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.StatusCode
	}
	s := startServiceWith(t, []string{"HEADWATER_BOOTSTRAP_KEY_FILE=" + file}, "--database-url", database)
	if status := statusWith(s, token); status != http.StatusOK {
		t.Errorf("with the token of the file: %d", status)
	}
	if status, _ := s.get(t, "/v1/claims"); status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", status)
	}

	another := ok(t, "key", "token")
	writeToken(t, file, another)
	again := startService(t, "--database-url", database, "--bootstrap-key-file", file)
	if status := statusWith(again, token); status != http.StatusOK {
		t.Errorf("after a start with another file, with the first token: %d", status)
	}
	if status := statusWith(again, another); status != http.StatusUnauthorized {
		t.Errorf("after a start with another file, with its token: %d", status)
	}
}

func TestFirstKeyFromABadFile(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	folder := t.TempDir()
	for name, content := range map[string]string{"empty": "", "short": "hw_abc_def", "other": "secret\n"} {
		file := filepath.Join(folder, name)
		writeToken(t, file, content)
		r := invoke(t, "serve", "--addr", "127.0.0.1:0", "--database-url", database, "--bootstrap-key-file", file)
		if r.code != 1 || !strings.Contains(r.stderr, "holds no token; expected what headwater key token prints") {
			t.Errorf("%s: code %d, %s", name, r.code, r.stderr)
		}
	}
	r := invoke(t, "serve", "--addr", "127.0.0.1:0", "--database-url", database, "--bootstrap-key-file", filepath.Join(folder, "none"))
	if r.code != 1 || !strings.Contains(r.stderr, "--bootstrap-key-file") {
		t.Errorf("no file: code %d, %s", r.code, r.stderr)
	}
}

func writeToken(t *testing.T, file, token string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
}
