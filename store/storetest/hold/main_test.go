package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asHold makes the test binary the command itself.
const asHold = "HEADWATER_TEST_AS_HOLD"

func TestMain(m *testing.M) {
	if os.Getenv(asHold) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestHold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		command []string
		code    int
		output  string
	}{
		{"the server runs", []string{"sh", "-c", `head -n 8 "$HEADWATER_TEST_DATA_DIR/disposable/postmaster.pid" | tail -n 1`}, 0, "ready"},
		{"the exit code is the command's", []string{"sh", "-c", "exit 7"}, 7, ""},
		{"a killed command fails", []string{"sh", "-c", "kill -9 $$"}, 1, ""},
		{"no such command", []string{"/no/such/command"}, 1, "/no/such/command"},
		{"no command", nil, 2, "usage"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := dataDir(t)
			program, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(program, test.command...)
			cmd.Env = append(os.Environ(), asHold+"=yes", "HEADWATER_TEST_DATA_DIR="+dir)
			output, err := cmd.CombinedOutput()
			if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != test.code || !strings.Contains(string(output), test.output) {
				t.Errorf("exit code %d, want %d; output %q, want %q in it", got, test.code, output, test.output)
			}
			if _, err := os.Stat(filepath.Join(dir, "disposable")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the cluster is still there: %v", err)
			}
		})
	}
}

// dataDir is a folder that the server's user can reach, which t.TempDir is not when root runs the tests.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "headwater-hold-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
