package testenv_test

import (
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
