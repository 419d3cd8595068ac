package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// TestKeysReadFromADatabaseThatTakesNoWrites: when a key was last used is not worth refusing a read for. A change can be asked for again.
func TestKeysReadFromADatabaseThatTakesNoWrites(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "import", "--database-url", database, bundleFile(t, string(testdata.Demo)))
	token := strings.Fields(ok(t, "key", "create", "--database-url", database, "--name", "desk", "--scope", "write"))[0]
	s := startService(t, "--database-url", with(t, database, "default_transaction_read_only", "on"))
	for _, path := range []string{"/v1/sources", "/v1/claims?q=people", "/readyz"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode/100 != 2 {
			t.Errorf("%s: %d", path, response.StatusCode)
		}
	}
	status, header, text := caller{s, "", token, nil}.call(t, "POST", "/v1/sources", "application/json", `{"kind": "outlet", "name": "A"}`)
	if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" || !strings.Contains(text, `"unavailable"`) {
		t.Errorf("a change: %d %v %s", status, header, text)
	}
	if used := queried(t, database, "SELECT count(last_used_at)::text FROM api_keys"); used != "0" {
		t.Errorf("the use of %s keys was written", used)
	}
}
