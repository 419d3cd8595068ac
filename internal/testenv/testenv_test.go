package testenv_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/headwater-project/headwater/internal/testenv"
)

// outcome is a test that remembers how it ended, instead of ending.
type outcome struct {
	testing.TB
	skipped, failed bool
}

func (o *outcome) Helper() {}

func (o *outcome) Skipf(string, ...any) { o.skipped = true }

func (o *outcome) Fatalf(string, ...any) { o.failed = true }

// TestMissingFilesAreSkippedOrFail: where CI requires the files, a test without them does not pass for a test with them.
func TestMissingFilesAreSkippedOrFail(t *testing.T) {
	for required, want := range map[string]outcome{"": {skipped: true}, "0": {skipped: true}, "1": {failed: true}} {
		t.Setenv("HEADWATER_REQUIRE_SHARED", required)
		got := &outcome{}
		testenv.Shared(got, "no-such-folder/*.ndjson")
		if *got != want {
			t.Errorf("with HEADWATER_REQUIRE_SHARED=%q: skipped %t, failed %t", required, got.skipped, got.failed)
		}
	}
}

func TestLongIsAskedFor(t *testing.T) {
	for value, want := range map[string]bool{"": false, "0": false, "1": true} {
		if t.Setenv("HEADWATER_LONG", value); testenv.Long() != want {
			t.Errorf("HEADWATER_LONG=%q: %t", value, testenv.Long())
		}
	}
}

// TestUserDataIsHidden: what a test writes where a user's data would be is seen.
func TestUserDataIsHidden(t *testing.T) {
	for _, name := range []string{"GOCACHE", "GOPATH", "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"} {
		t.Setenv(name, os.Getenv(name)) // so that it is as it was afterwards
	}
	users := []string{"DATABASE_URL", "HEADWATER_SERVER", "HEADWATER_KEY", "HEADWATER_DATA_DIR", "HEADWATER_LOG_KEY"}
	ours := []string{"HEADWATER_LONG", "HEADWATER_REQUIRE_SHARED", "HEADWATER_TEST_DATA_DIR"}
	for _, name := range slices.Concat(users, ours) {
		t.Setenv(name, "given")
	}
	for _, writes := range []bool{false, true} {
		t.Setenv("HOME", t.TempDir())
		untouched, err := testenv.HideUserData()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range users {
			if value, set := os.LookupEnv(name); set {
				t.Errorf("%s is still %q: what it names is a user's", name, value)
			}
		}
		for _, name := range ours {
			if os.Getenv(name) != "given" {
				t.Errorf("%s is gone, which tests read", name)
			}
		}
		home := os.Getenv("HOME")
		if writes {
			if err := os.Mkdir(filepath.Join(os.Getenv("XDG_DATA_HOME"), "headwater"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := untouched(); (err != nil) != writes {
			t.Errorf("written %t: %v", writes, err)
		}
		if _, err := os.Stat(home); !os.IsNotExist(err) {
			t.Errorf("the folder is left: %v", err)
		}
	}
}
