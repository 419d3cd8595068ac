package headwater_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	headwater "github.com/headwater-project/headwater/sdk/go"
)

// TestMain runs the tests against the service of this repository, with the demo's bundle, on a PostgreSQL of its own.
// HEADWATER_URL and HEADWATER_KEY say where it is, as they would in a program.
func TestMain(m *testing.M) {
	code, err := withService(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withService(run func() int) (code int, err error) {
	dir, err := os.MkdirTemp("", "headwater-sdk-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // where root runs the tests, PostgreSQL has a user of its own
		return 0, err
	}
	program, data := filepath.Join(dir, "headwater"), filepath.Join(dir, "data")
	command := func(args ...string) *exec.Cmd {
		cmd := exec.Command(args[0], append(args[1:], "--data-dir", data, "--log-format", "json")...)
		cmd.Env = append(os.Environ(), "DATABASE_URL=", "HEADWATER_NAMESPACE=", "HEADWATER_ADDR=")
		return cmd
	}
	build := exec.Command("go", "build", "-o", program, "./cmd/headwater")
	build.Dir = filepath.Join("..", "..")
	token, err := inTurn(build, command(program, "import", filepath.Join("..", "..", "testdata", "demo.ndjson")),
		command(program, "key", "create", "--name", "sdk", "--scope", "admin"))
	if err != nil {
		return 0, err
	}
	// The shell ends the service when the tests end, however they do.
	serve := command("sh", "-c", `"$@" & read gone; kill $!; wait $!`, "sh", program, "serve", "--addr", "127.0.0.1:0", "--rate", "0")
	hold, err := serve.StdinPipe()
	if err != nil {
		return 0, err
	}
	defer func() {
		hold.Close()
		err = errors.Join(err, serve.Wait())
	}()
	url, err := started(serve, filepath.Join(dir, "log"))
	if err != nil {
		return 0, err
	}
	os.Setenv("HEADWATER_URL", url)
	os.Setenv("HEADWATER_KEY", token)
	return run(), nil
}

// inTurn runs commands and gives the first line that the last of them prints.
func inTurn(commands ...*exec.Cmd) (line string, err error) {
	for _, cmd := range commands {
		var faults strings.Builder
		cmd.Stderr = &faults
		output, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("%s: %w\n%s", cmd, err, faults.String())
		}
		line, _, _ = strings.Cut(string(output), "\n")
	}
	return line, nil
}

// started starts the service and gives its address, which it logs: to a file, as a pipe would break with the tests and end
// the service before it has stopped PostgreSQL.
func started(serve *exec.Cmd, path string) (string, error) {
	log, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer log.Close()
	serve.Stderr = log
	if err := serve.Start(); err != nil {
		return "", err
	}
	for range 600 {
		said, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		if address := serving.FindSubmatch(said); address != nil {
			return string(address[1]), nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	said, err := os.ReadFile(path)
	return "", errors.Join(fmt.Errorf("the service did not start:\n%s", said), err)
}

var serving = regexp.MustCompile(`"msg":"serving","url":"([^"]+)"`)

// client asks the service with every right.
func client(t *testing.T, options ...headwater.Option) *headwater.Client {
	t.Helper()
	return clientOf(t, os.Getenv("HEADWATER_URL"), options...)
}

func clientOf(t *testing.T, url string, options ...headwater.Option) *headwater.Client {
	t.Helper()
	c, err := headwater.New(url, append([]headwater.Option{headwater.WithKey(os.Getenv("HEADWATER_KEY"))}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const demo = "https://headwater.example/demo"

// demoClaim is a claim of the demo, by its key.
func demoClaim(t *testing.T, key string) headwater.ListedClaim {
	t.Helper()
	claim, err := headwater.First(client(t).ListClaims(t.Context(), &headwater.ListClaimsParams{Key: key, Namespace: demo}))
	if err != nil {
		t.Fatal(err)
	}
	return claim
}
