package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/testdata"
)

// systemctl stands for the system's: it starts and stops one service, and returns once it serves or has ended.
const systemctl = `#!/bin/bash
case "$1" in
start)
	headwater serve --addr ADDRESS >> service.log 2>&1 &
	echo $! > service.pid
	for try in $(seq 300); do
		curl -sf http://ADDRESS/readyz > /dev/null && exit 0
		sleep 0.1
	done
	echo "it never served" >&2; exit 1 ;;
stop)
	pid=$(cat service.pid)
	kill "$pid"
	for try in $(seq 300); do
		kill -0 "$pid" 2> /dev/null || exit 0
		sleep 0.1
	done
	echo "it never ended" >&2; exit 1 ;;
esac
`

// TestOperations runs the commands of docs/operations.md in their order, each with what the page says comes of it.
func TestOperations(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	address := testenv.FreeAddress(t)
	programs, work, data := t.TempDir(), t.TempDir(), dataDir(t)
	for name, text := range map[string]string{
		"headwater": fmt.Sprintf("#!/bin/bash\nexec env %s=yes %q \"$@\"\n", asCommand, program),
		"systemctl": strings.ReplaceAll(systemctl, "ADDRESS", address),
	} {
		if err := os.WriteFile(filepath.Join(programs, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	run := func(script string) (output string) {
		t.Helper()
		cmd := exec.Command("bash", "-euo", "pipefail", "-c", strings.ReplaceAll(script, "127.0.0.1:8080", address))
		cmd.Dir = work
		cmd.Env = append(os.Environ(), "PATH="+programs+":"+os.Getenv("PATH"), "HEADWATER_DATA_DIR="+data, "DATABASE_URL=",
			"HEADWATER_ADDR=")
		all, err := cmd.CombinedOutput()
		if err != nil {
			log, _ := os.ReadFile(filepath.Join(work, "service.log"))
			t.Fatalf("%s\n%v: %s\n%s", script, err, all, log)
		}
		return string(all)
	}
	run("headwater import " + bundleFile(t, string(testdata.Demo)) + "; systemctl start headwater")
	t.Cleanup(func() { _ = exec.Command("bash", "-c", "kill $(cat "+filepath.Join(work, "service.pid")+")").Run() })
	run("until curl -sf http://127.0.0.1:8080/v1/log/checkpoint; do sleep 0.1; done")
	expected := map[string][]string{
		"kept.keys.json":      {""},
		"headwater backup \"": {"changes written to headwater-20"},
		"| cmp -":             {"changes restored", ", 0 findings"},
		`DIR.trial" restore`:  {"changes restored", ", 0 findings"},
		"newer.checkpoint":    {"an older copy of the database restored", "it was rolled back"},
		"old.log.key\nsys":    {", 0 findings"},
		"migrate status":      {"up to date"},
		"rm -- ":              {""},
	}
	for _, block := range blocks(t, "docs/operations.md", "sh") {
		output := run(block)
		for part, wanted := range expected {
			if strings.Contains(block, part) {
				contains(t, output, wanted...)
				delete(expected, part)
			}
		}
	}
	if len(expected) > 0 {
		t.Errorf("no block of the page has %v", expected)
	}
	for _, dir := range []string{data, data + ".before", data + ".newer", data + ".trial"} {
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s is left", dir)
		}
	}
	left, err := fs.Glob(os.DirFS(work), "*")
	if err != nil || strings.Join(left, " ") != "service.log service.pid" {
		t.Errorf("it leaves %q: %v", left, err)
	}
}
