package local_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store/local"
)

// helperDir makes the test binary a second user of the data directory that it names, in place of the tests.
const (
	helperDir      = "HEADWATER_LOCAL_TEST_DATA_DIR"
	helperPrograms = "HEADWATER_LOCAL_TEST_PROGRAMS"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		if err := help(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	untouched, err := testenv.HideUserData()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := errors.Join(untouched(), os.RemoveAll(quick.dir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// quick are server programs whose initdb copies a cluster that was made once, which is many times faster.
var quick struct {
	once sync.Once
	dir  string
	err  error
}

// quickPrograms gives the folder of the quick programs.
func quickPrograms(t *testing.T) string {
	t.Helper()
	quick.once.Do(func() { quick.err = makeQuickPrograms(installed(t)) })
	if quick.err != nil {
		t.Fatal(quick.err)
	}
	return quick.dir
}

func makeQuickPrograms(programs string) (err error) {
	if quick.dir, err = os.MkdirTemp("", "headwater-local-quick-"); err != nil {
		return err
	}
	if err := os.Chmod(quick.dir, 0o755); err != nil {
		return err
	}
	made := filepath.Join(quick.dir, "made")
	server, err := local.Open(context.Background(), local.Options{DataDir: made, Programs: programs})
	if err != nil {
		return err
	}
	if err := server.Close(); err != nil {
		return err
	}
	script := fmt.Sprintf("#!/bin/sh\nexec cp -R '%s'/postgres/. \"${1#--pgdata=}\"\n", made)
	return errors.Join(os.WriteFile(filepath.Join(quick.dir, "initdb"), []byte(script), 0o755),
		os.Symlink(filepath.Join(programs, "postgres"), filepath.Join(quick.dir, "postgres")))
}

// installed is the folder of the programs that the tests of the quick ones are made from: the first on this system.
func installed(t *testing.T) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/postgres", "/usr/pgsql-*/bin/postgres",
		"/opt/homebrew/opt/postgresql@*/bin/postgres"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return filepath.Dir(found[len(found)-1])
		}
	}
	path, err := osexec.LookPath("postgres")
	if err != nil {
		t.Fatal("no folder of PostgreSQL's server programs is known: ", err)
	}
	return filepath.Dir(path)
}

// help opens the server, says where it is, and closes it when its standard input ends.
func help(dir string) error {
	signal.Ignore(os.Interrupt)
	server, err := local.Open(context.Background(), local.Options{DataDir: dir, Programs: os.Getenv(helperPrograms)})
	if err != nil {
		return err
	}
	fmt.Println(server.ConnString("headwater"))
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return server.Close()
}

type helper struct {
	cmd     *osexec.Cmd
	stdin   io.Closer
	address string
}

// launch starts a helper without waiting for its server.
func launch(t *testing.T, configure func(*osexec.Cmd)) (*helper, io.Reader) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := osexec.Command(program)
	cmd.Env = os.Environ()
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	configure(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return &helper{cmd: cmd, stdin: stdin}, stdout
}

// startHelper starts a process that uses the server of a data directory.
func startHelper(t *testing.T, dir string) *helper {
	t.Helper()
	h, stdout := launch(t, func(cmd *osexec.Cmd) {
		cmd.Env = append(cmd.Env, helperDir+"="+dir, helperPrograms+"="+quickPrograms(t))
	})
	h.read(t, stdout)
	return h
}

// read waits until the helper says where its server is.
func (h *helper) read(t *testing.T, stdout io.Reader) {
	t.Helper()
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the helper: %v, %v", err, h.cmd.Wait())
	}
	h.address = strings.TrimSpace(address)
}

// finish lets the helper close its server and end.
func (h *helper) finish(t *testing.T) {
	t.Helper()
	h.stdin.Close()
	if err := h.cmd.Wait(); err != nil {
		t.Errorf("the helper: %v", err)
	}
}

// kill ends the helper as kill -9 does.
func (h *helper) kill(t *testing.T) {
	t.Helper()
	if err := h.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	h.cmd.Wait()
}

// killServer ends the server that started in dir as kill -9 does, and returns what its pid file says.
func killServer(t *testing.T, dir string) (file string, lines []string) {
	t.Helper()
	return signalServer(t, dir, syscall.SIGKILL)
}

// signalServer sends the server that started in dir a signal, and returns what its pid file says.
func signalServer(t *testing.T, dir string, signal syscall.Signal) (file string, lines []string) {
	t.Helper()
	file = filepath.Join(dir, "postgres", "postmaster.pid")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines = strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(lines[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, signal); err != nil {
		t.Fatal(err)
	}
	return file, lines
}

func TestLastOneOutStops(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	first := startHelper(t, dir)
	second := open(t, local.Options{DataDir: dir})
	if first.address != second.ConnString("headwater") {
		t.Errorf("the second has %s, the first %s", second.ConnString("headwater"), first.address)
	}
	want := startedAt(t, first.address)
	first.finish(t)
	if got := startedAt(t, second.ConnString("headwater")); !got.Equal(want) {
		t.Error("the server was started anew")
	}
	closed(t, second)
	mustNotRun(t, second)
}

func TestOrphanIsAdopted(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	first := startHelper(t, dir)
	want := startedAt(t, first.address)
	first.kill(t)
	next := open(t, local.Options{DataDir: dir})
	if got := startedAt(t, next.ConnString("headwater")); !got.Equal(want) {
		t.Error("the orphaned server was not adopted")
	}
	closed(t, next)
	mustNotRun(t, next)
}

// TestRootAndTheServersUserShareOne joins a server as the user that it runs as, which is another than ours when we are root.
func TestRootAndTheServersUserShareOne(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	server := open(t, local.Options{DataDir: dir})
	program := filepath.Join(folder(t), "helper") // the test binary itself may be out of that user's reach
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	h, stdout := launch(t, func(cmd *osexec.Cmd) {
		cmd.Path, cmd.Dir = program, dir
		cmd.Env = append(cmd.Env, helperDir+"="+dir)
		cmd.SysProcAttr.Credential = owner(t, dir)
	})
	h.read(t, stdout)
	closed(t, server)
	if got := query[string](t, h.address, `SELECT current_user`); got != "headwater" {
		t.Errorf("the role is %s", got)
	}
	h.finish(t)
	mustNotRun(t, server)
}

func TestInterruptReachesNoServer(t *testing.T) {
	t.Parallel()
	h := startHelper(t, dataDir(t))
	want := startedAt(t, h.address)
	if err := syscall.Kill(-h.cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if got := startedAt(t, h.address); !got.Equal(want) {
		t.Error("the server did not outlive the interrupt")
	}
	h.finish(t)
}

func TestRecoveryFromACrash(t *testing.T) {
	t.Parallel()
	for name, reuse := range map[string]func(t *testing.T, dir string) int{
		"stale process id":                        func(*testing.T, string) int { return 0 },
		"process id of another":                   func(*testing.T, string) int { return os.Getpid() },
		"process id of another of the same owner": sleeper,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A space puts the socket into /tmp, where a killed server leaves its folder.
			dir := filepath.Join(folder(t), "a crash")
			h := startHelper(t, dir)
			exec(t, h.address, `CREATE TABLE kept AS SELECT 7000 AS containers`)
			before := startedAt(t, h.address)
			file, lines := killServer(t, dir)
			h.kill(t)
			if pid := reuse(t, dir); pid != 0 {
				lines[0] = strconv.Itoa(pid)
				if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			next := open(t, local.Options{DataDir: dir})
			if got := next.ConnString("headwater"); got != h.address {
				t.Errorf("the address was %s and is %s", h.address, got)
			}
			if startedAt(t, h.address).Equal(before) {
				t.Error("the killed server still runs")
			}
			if got := query[int](t, h.address, `SELECT containers FROM kept`); got != 7000 {
				t.Errorf("got %d after the crash", got)
			}
			closed(t, next)
			mustNotRun(t, next)
		})
	}
}

// sleeper starts a process of the cluster's owner, which the server's user may signal.
func sleeper(t *testing.T, dir string) int {
	t.Helper()
	cmd := osexec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner(t, dir)}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return cmd.Process.Pid
}

// owner is the user that the server runs as, nil when that is us.
func owner(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	if int(stat.Uid) == os.Geteuid() {
		return nil
	}
	return &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}
}

func TestServerKilledUnderItsUser(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	h := startHelper(t, dir)
	before := startedAt(t, h.address)
	killServer(t, dir)
	next := open(t, local.Options{DataDir: dir})
	if startedAt(t, h.address).Equal(before) {
		t.Error("the killed server still runs")
	}
	h.finish(t)
	closed(t, next)
	mustNotRun(t, next)
}

// TestInterruptedInitdb kills a process while its initdb is half done and goes on: the next start waits for that to end, sweeps
// up, and makes a whole cluster.
func TestInterruptedInitdb(t *testing.T) {
	t.Parallel()
	programs := folder(t)
	begun := folder(t)
	for _, name := range []string{"half", "rest"} {
		fifo := filepath.Join(begun, name)
		if err := errors.Join(syscall.Mkfifo(fifo, 0o666), os.Chmod(fifo, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range map[string]string{
		"initdb": "cd ${1#--pgdata=} && echo 15 >PG_VERSION && : >'" + begun + "/half' && : <'" + begun +
			"/rest' && sleep 0.5 && touch late",
		"postgres": "echo 'postgres (PostgreSQL) 15.0'",
	} {
		if err := os.WriteFile(filepath.Join(programs, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dir := dataDir(t)
	h, _ := launch(t, func(cmd *osexec.Cmd) {
		cmd.Env = append(cmd.Env, helperDir+"="+dir, helperPrograms+"="+programs)
	})
	half, err := os.OpenFile(filepath.Join(begun, "half"), os.O_RDONLY, 0) // waits for initdb
	if err != nil {
		t.Fatal(err)
	}
	half.Close()
	h.kill(t)
	goOn, err := os.OpenFile(filepath.Join(begun, "rest"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	goOn.Close()
	server := open(t, local.Options{DataDir: dir})
	if got := query[int](t, server.ConnString("headwater"), `SELECT 1`); got != 1 {
		t.Errorf("got %d", got)
	}
	left, err := filepath.Glob(filepath.Join(dir, "new-*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 0 {
		t.Errorf("half a cluster is left: %v", left)
	}
}
