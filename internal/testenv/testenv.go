// Package testenv tells tests what the environment asks of them: whether the files in the shared folder must be there, and
// whether to run long. It also finds them an address.
//
// It must not know what the shared files hold, nor any other package of the module.
package testenv

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

const (
	// requireShared makes tests fail instead of skip where the shared folder is missing. CI sets it.
	requireShared = "HEADWATER_REQUIRE_SHARED"
	// long asks tests that try many cases for more of them. make check-long sets it.
	long = "HEADWATER_LONG"
)

// Shared gives the files in the folder "shared" beside the repository that match any of the patterns, such as cases/*.ndjson.
// Where a pattern matches nothing the test is skipped, or fails if the environment requires the folder.
func Shared(t testing.TB, patterns ...string) []string {
	t.Helper()
	folder := filepath.Join(filepath.Dir(repository(t)), "shared")
	var files []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			missing(t, filepath.Join(folder, pattern))
		}
		files = append(files, found...)
	}
	return files
}

// missing skips the test, or fails it where the files are required.
func missing(t testing.TB, files string) {
	t.Helper()
	if os.Getenv(requireShared) == "1" {
		t.Fatalf("%s is missing, and %s=1 requires it", files, requireShared)
	} else {
		t.Skipf("SKIPPED: %s is missing; %s=1 makes this a failure", files, requireShared)
	}
}

// SharedToo is Shared for a test that has files of its own as well: the test goes on without the shared ones, and a subtest
// says that they were skipped.
func SharedToo(t *testing.T, patterns ...string) (files []string) {
	t.Helper()
	t.Run("shared files", func(t *testing.T) { files = Shared(t, patterns...) })
	return files
}

// repository is the folder that holds go.mod, found from the test's own folder upwards.
func repository(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = above
	}
}

// Long says whether tests that try many cases should try more of them than every change can wait for. Properties tried by
// rapid need not ask: RAPID_CHECKS says how many cases each has.
func Long() bool { return os.Getenv(long) == "1" }

// Measures says that a test measures time or memory. In a build with the race detector, which would be measured too, it is skipped; make
// test runs it.
func Measures(t testing.TB) {
	t.Helper()
	if detectsRaces {
		t.Skip("it measures, and the race detector would be measured too; make test runs it")
	}
}

// FreeAddress is an address of this machine, HOST:PORT, at which nobody listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
