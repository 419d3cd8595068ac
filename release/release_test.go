//go:build release

// These tests install what make release left in dist, each part where nothing of the repository is. make release-test runs them.
package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/headwater-project/headwater"
)

const dist = "../dist"

// some is what a client prints that got something from a service.
var some = regexp.MustCompile(`^[1-9]\d* (claims|lines)\n$`)

func TestChecksums(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(dist, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	if want := len(platforms) + 2 + 1 + 4; len(lines) != want { // archives, Debian packages, the npm package, four files of the Go module
		t.Errorf("%d files have a checksum, want %d:\n%s", len(lines), want, content)
	}
	for _, line := range lines {
		want, name, _ := strings.Cut(line, "  ")
		if sum, err := checksum(filepath.Join(dist, filepath.FromSlash(name))); err != nil || hex.EncodeToString(sum) != want {
			t.Errorf("%s has the checksum %x, want %s (%v)", name, sum, want, err)
		}
	}
}

// program unpacks the program for a platform.
func program(t *testing.T, p platform) string {
	t.Helper()
	name := fmt.Sprintf("headwater_%s_%s_%s", headwater.Version, p.system, p.machine)
	file, err := os.Open(filepath.Join(dist, name+".tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(unzipped)
	header, err := archive.Next()
	if err != nil || header.Name != name+"/headwater" || header.Mode != 0o755 {
		t.Fatalf("%s begins with %+v (%v), want its program", name, header, err)
	}
	content, err := io.ReadAll(archive)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "headwater")
	if err := os.WriteFile(path, content, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestProgramsAreStatic(t *testing.T) {
	t.Parallel()
	for _, p := range platforms {
		path := program(t, p)
		if p.system != "linux" {
			continue
		}
		binary, err := elf.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if libraries, err := binary.ImportedLibraries(); err != nil || len(libraries) > 0 {
			t.Errorf("the program for %s/%s needs %q (%v), want nothing", p.system, p.machine, libraries, err)
		}
		if binary.Section(".interp") != nil {
			t.Errorf("the program for %s/%s needs a loader", p.system, p.machine)
		}
		binary.Close()
	}
}

func TestProgramSaysItsVersion(t *testing.T) {
	t.Parallel()
	out, err := exec.Command(program(t, platform{runtime.GOOS, runtime.GOARCH}), "version").Output()
	if want := "headwater " + headwater.Version + " (commit "; err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("headwater version says %q (%v), want %q and the commit", out, err, want)
	}
}

// demo runs the released program's demo, and returns its address.
func demo(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "headwater-release-test-") // t.TempDir is out of reach for PostgreSQL's user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o711); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program(t, platform{runtime.GOOS, runtime.GOARCH}), "demo", "--addr", "127.0.0.1:0", "--data-dir",
		filepath.Join(folder, "data"))
	return started(t, command)
}

// started starts a command that serves, waits until it says where, and ends it with the test.
func started(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, stderr)
		_ = command.Wait()
	})
	var said []string
	for log := bufio.NewScanner(stderr); log.Scan(); {
		said = append(said, log.Text())
		if found := regexp.MustCompile(`serving.*(http://127\.0\.0\.1:\d+)`).FindStringSubmatch(log.Text()); found != nil {
			return found[1]
		}
	}
	t.Fatalf("%s never served:\n%s", command, strings.Join(said, "\n"))
	return ""
}

func TestNodePackage(t *testing.T) {
	t.Parallel()
	packages, err := filepath.Glob(filepath.Join(dist, "headwater-client-*.tgz"))
	if err != nil || len(packages) != 1 {
		t.Fatalf("the packages for Node are %q (%v), want one", packages, err)
	}
	tarball, err := filepath.Abs(packages[0])
	if err != nil {
		t.Fatal(err)
	}
	project := t.TempDir()
	write(t, filepath.Join(project, "package.json"), `{"name": "desk", "private": true, "type": "module"}`)
	write(t, filepath.Join(project, "list.js"), `
import { createClient } from '@headwater/client'
const headwater = createClient({ url: process.env.HEADWATER_URL })
let n = 0
for await (const claim of headwater.each.listClaims()) if (claim.statement) n++
console.log(n + ' claims')
`)
	shell(t, project, nil, "npm", "install", "--no-audit", "--no-fund", tarball)
	for _, file := range []string{"LICENSE", "README.md", "dist/index.d.ts"} {
		if _, err := os.Stat(filepath.Join(project, "node_modules/@headwater/client", file)); err != nil {
			t.Error(err)
		}
	}
	if out := shell(t, project, []string{"HEADWATER_URL=" + demo(t)}, "node", "list.js"); !some.MatchString(out) {
		t.Errorf("the client lists %q", out)
	}
}

func TestGoModule(t *testing.T) {
	t.Parallel()
	proxy, err := filepath.Abs(filepath.Join(dist, "goproxy"))
	if err != nil {
		t.Fatal(err)
	}
	project := t.TempDir()
	write(t, filepath.Join(project, "go.mod"), "module desk\n\ngo 1.26\n")
	write(t, filepath.Join(project, "main.go"), `package main

import (
	"context"
	"fmt"
	"os"

	headwater "`+clientModule+`"
)

func main() {
	client, err := headwater.New(os.Getenv("HEADWATER_URL"))
	if err != nil {
		panic(err)
	}
	n := 0
	for _, err := range client.Export(context.Background()) {
		if err != nil {
			panic(err)
		}
		n++
	}
	fmt.Println(n, "lines")
}
`)
	upstream := strings.TrimSpace(shell(t, project, nil, "go", "env", "GOPROXY"))
	// a module cache of its own, which nothing of this version is in
	cache := t.TempDir()
	env := []string{"GOPROXY=file://" + proxy + "," + upstream, "GONOSUMDB=github.com/headwater-project", "GOFLAGS=-modcacherw -mod=mod",
		"GOMODCACHE=" + cache}
	shell(t, project, env, "go", "get", clientModule+"@v"+headwater.Version)
	if out := shell(t, project, append(env, "HEADWATER_URL="+demo(t)), "go", "run", "."); !some.MatchString(out) {
		t.Errorf("the client lists %q", out)
	}
}

// TestDebianPackage installs the package into a fresh Debian. Its unit must be in order, and the command that the unit starts must
// serve there, as the unit's user and with the unit's environment.
func TestDebianPackage(t *testing.T) {
	t.Parallel()
	root, err := os.MkdirTemp("", "headwater-debian-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	if err := os.Chmod(root, 0o755); err != nil { // it is the / of all users in there
		t.Fatal(err)
	}
	shell(t, ".", nil, "debootstrap", "--variant=minbase", "--include=systemd,adduser", "bookworm", root)
	name := fmt.Sprintf("headwater_%s_%s.deb", headwater.Version, runtime.GOARCH)
	content, err := os.ReadFile(filepath.Join(dist, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "tmp", name), content, 0o644); err != nil {
		t.Fatal(err)
	}
	// nothing is started where no init runs
	write(t, filepath.Join(root, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n")
	if err := os.Chmod(filepath.Join(root, "usr/sbin/policy-rc.d"), 0o755); err != nil {
		t.Fatal(err)
	}
	inside := func(command ...string) string {
		return shell(t, ".", []string{"DEBIAN_FRONTEND=noninteractive"}, "chroot", append([]string{root}, command...)...)
	}
	inside("apt-get", "install", "-y", "postgresql", "/tmp/"+name) // with what the package recommends
	if said := inside("systemd-analyze", "verify", "headwater.service"); strings.Contains(said, "headwater") {
		t.Errorf("systemd-analyze verify says: %s", said)
	}
	unit, err := os.ReadFile(filepath.Join(root, "lib/systemd/system/headwater.service"))
	if err != nil {
		t.Fatal(err)
	}
	setting := func(name string) string {
		found := regexp.MustCompile(`(?m)^` + name + `=(.*)$`).FindSubmatch(unit)
		if found == nil {
			t.Fatalf("the unit has no %s", name)
		}
		return string(found[1])
	}
	user, state := setting("User"), "/var/lib/"+setting("StateDirectory")
	inside("install", "-d", "-o", user, "-g", setting("Group"), "-m", setting("StateDirectoryMode"), state)
	arguments := append([]string{"--userspec=" + user + ":" + setting("Group"), root, "env", "-i", "PATH=/usr/bin:/bin",
		"HEADWATER_ADDR=127.0.0.1:0"}, strings.Fields(setting("Environment"))...)
	url := started(t, exec.Command("chroot", append(arguments, strings.Fields(setting("ExecStart"))...)...))
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Get(url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		t.Errorf("/readyz answers %d", response.StatusCode)
	}
	if said := inside("find", state, "!", "-user", user); said != "" {
		t.Errorf("these belong to others than %s: %s", user, said)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// shell runs a command that must succeed, and returns what it prints.
func shell(t *testing.T, folder string, env []string, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir, command.Env = folder, append(os.Environ(), env...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}
