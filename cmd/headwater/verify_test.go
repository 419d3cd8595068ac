package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// TestVerify: a service makes its key and signs the log of what commands imported; what is edited by hand then is named, and the exit
// status is 1.
func TestVerify(t *testing.T) {
	t.Parallel()
	database, key := storetest.New(t), filepath.Join(t.TempDir(), "keys", "log.key")
	ok(t, "import", "--database-url", database, bundleFile(t, string(testdata.Demo)))
	ok(t, "sequence", "--database-url", database)
	contains(t, ok(t, "verify", "--database-url", database), ", 0 findings\n", " entries no checkpoint covers\n")
	s := startService(t, "--database-url", database, "--log-key", key, "--log-origin", "desk.example/log")
	var note string
	for status := 0; status != http.StatusOK; time.Sleep(20 * time.Millisecond) {
		status, note = s.get(t, "/v1/log/checkpoint")
	}
	contains(t, note, "desk.example/log\n")
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v %v", info, err)
	}
	kept := filepath.Join(t.TempDir(), "checkpoint")
	if err := os.WriteFile(kept, []byte(note), 0o600); err != nil {
		t.Fatal(err)
	}
	verify := []string{"verify", "--database-url", database, "--log-key", key, "--against", kept}
	contains(t, ok(t, verify...), ", 0 findings")
	contains(t, ok(t, "sequence", "--database-url", database), "0 changes put in order")
	for _, since := range []string{"infinity", "-infinity"} { // which is bookkeeping, and no reason to verify nothing
		statements(t, database, "UPDATE log_keys SET since = '"+since+"'")
		contains(t, ok(t, verify...), ", 0 findings")
		if status, body := s.get(t, "/v1/log/keys"); status != http.StatusOK {
			t.Errorf("the keys of the log: %d %s", status, body)
		}
	}
	statements(t, database, "UPDATE sources SET name = 'Other' WHERE key = 'oxbow-wire'")
	r := invoke(t, verify...)
	if r.code != 1 {
		t.Errorf("the exit status is %d", r.code)
	}
	contains(t, r.stdout, "it is not what its last change says: name")
	contains(t, r.stderr, "1 findings")
	for _, wrong := range [][]string{
		{"serve", "--addr", "127.0.0.1:0", "--database-url", database, "--log-key", key, "--log-origin", "other.example"},
		{"serve", "--addr", "127.0.0.1:0", "--database-url", database, "--log-key", kept},
		{"verify", "--database-url", database, "--log-key", filepath.Join(t.TempDir(), "none")},
		{"verify", "--database-url", database, "--log-key", key, "--against", key},
	} {
		if r := invoke(t, wrong...); r.code == 0 {
			t.Errorf("%q is done", wrong)
		}
	}
}
