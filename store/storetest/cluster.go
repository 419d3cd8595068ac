package storetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/migrations"
)

// Cluster is a PostgreSQL of one test, which may be killed, and may have standbys.
type Cluster struct {
	dir     string // has the folder data, and the socket
	port    string // of the socket's name, and of TCP where it listens to that
	tools   tools
	process *os.Process
	ended   chan struct{} // closed once it has
}

// tools are PostgreSQL's programs, and the user that they run as.
type tools struct {
	dir    string
	server *syscall.Credential
}

const (
	clusterRole     = "headwater"
	defaultPort     = "5432"
	nodeHost        = "127.0.0.1"
	longestStart    = 30 * time.Second
	clusterSettings = `listen_addresses = ''
fsync = off
full_page_writes = off
wal_level = replica
hot_standby_feedback = on
wal_writer_delay = 10ms
wal_receiver_status_interval = 1s
wal_retrieve_retry_interval = 100ms
max_wal_senders = 5
shared_buffers = 16MB
autovacuum = off
jit = off
timezone = UTC
`
)

// NewCluster starts a PostgreSQL for a test, with the schema in its database, and more lines for its settings.
func NewCluster(t testing.TB, settings ...string) *Cluster {
	t.Helper()
	c := &Cluster{port: defaultPort}
	err := c.tools.find(t.Context())
	if err == nil {
		err = c.init(t, settings)
	}
	if err == nil {
		err = migrations.Up(t.Context(), c.Address())
	}
	if err != nil {
		t.Fatalf("a PostgreSQL for the test: %v", err)
	}
	return c
}

// NewNode starts a PostgreSQL for a test from programs of another folder, which others reach by TCP. Its database has no schema.
func NewNode(t testing.TB, programs string, settings ...string) *Cluster {
	t.Helper()
	c := &Cluster{}
	err := c.tools.find(t.Context())
	c.tools.dir = programs
	if err == nil {
		_, c.port, err = net.SplitHostPort(testenv.FreeAddress(t))
	}
	if err == nil {
		err = c.init(t, append([]string{"listen_addresses = '" + nodeHost + "'", "port = " + c.port}, settings...))
	}
	if err != nil {
		t.Fatalf("a node for the test: %v", err)
	}
	return c
}

// HostPort is where others reach a node.
func (c *Cluster) HostPort() string { return net.JoinHostPort(nodeHost, c.port) }

// init makes the cluster's files and its database, and starts it.
func (c *Cluster) init(t testing.TB, settings []string) error {
	err := c.makeDir(t)
	if err == nil {
		err = c.run("initdb", "--auth=trust", "--username="+clusterRole, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
			"--pgdata="+c.data())
	}
	if err == nil {
		lines := clusterSettings + "unix_socket_directories = '" + c.dir + "'\n" + strings.Join(settings, "\n") + "\n"
		err = c.appendSettings(lines)
	}
	if err == nil {
		err = c.start(t)
	}
	if err == nil {
		err = c.exec(t.Context(), "postgres", "CREATE DATABASE headwater")
	}
	return err
}

// Standby starts a standby, which has all that there is, under a name that synchronous_standby_names can have.
func (c *Cluster) Standby(t testing.TB, name string) *Cluster {
	t.Helper()
	s := &Cluster{port: c.port, tools: c.tools}
	err := s.makeDir(t)
	if err == nil {
		err = s.run("pg_basebackup", "--host="+c.dir, "--username="+clusterRole, "--pgdata="+s.data(), "--checkpoint=fast", "--no-sync",
			"--wal-method=stream", "--write-recovery-conf", "--dbname=application_name="+name)
	}
	if err == nil {
		err = s.appendSettings("unix_socket_directories = '" + s.dir + "'\nsynchronous_standby_names = ''\n")
	}
	if err == nil {
		err = s.start(t)
	}
	if err != nil {
		t.Fatalf("a standby for the test: %v", err)
	}
	return s
}

// Address is that of the database on several clusters.
func Address(clusters ...*Cluster) string {
	var hosts, ports []string
	for _, c := range clusters {
		hosts, ports = append(hosts, c.dir), append(ports, c.port)
	}
	return "postgres:///headwater?user=" + clusterRole + "&host=" + strings.Join(hosts, ",") + "&port=" + strings.Join(ports, ",")
}

// Address is that of the database.
func (c *Cluster) Address() string { return Address(c) }

// Exec runs a statement on the database.
func (c *Cluster) Exec(t testing.TB, sql string) {
	t.Helper()
	if err := c.exec(t.Context(), "headwater", sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Kill ends the server and all that it runs, as a machine ends that fails.
func (c *Cluster) Kill() {
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%[1]d/task/%[1]d/children", c.process.Pid)) // elsewhere they end by themselves
	_ = syscall.Kill(c.process.Pid, syscall.SIGKILL)                                          // it may have ended already
	for _, child := range strings.Fields(string(children)) {
		if pid, err := strconv.Atoi(child); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	<-c.ended
}

// Start starts a server again that was killed, once the last of its processes is gone.
func (c *Cluster) Start(t testing.TB) {
	t.Helper()
	err := c.start(t)
	for began := time.Now(); errors.Is(err, errEnded) && time.Since(began) < longestStart; {
		err = c.start(t)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// errEnded is the error of a server that did not start.
var errEnded = errors.New("it ended at once")

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// find learns from the server that tests share where the programs are, and whom they run as.
func (t *tools) find(ctx context.Context) error {
	if err := shared.open(); err != nil {
		return err
	}
	if err := shared.admin.QueryRow(ctx, "SELECT setting FROM pg_config WHERE name = 'BINDIR'").Scan(&t.dir); err != nil {
		return err
	}
	var owned syscall.Stat_t
	var cluster string
	err := shared.admin.QueryRow(ctx, "SHOW data_directory").Scan(&cluster)
	if err == nil {
		err = syscall.Stat(cluster, &owned)
	}
	if err == nil && int(owned.Uid) != os.Geteuid() {
		t.server = &syscall.Credential{Uid: owned.Uid, Gid: owned.Gid}
	}
	return err
}

// makeDir makes a folder that the server can reach, which t.TempDir is not where root runs the tests.
func (c *Cluster) makeDir(t testing.TB) (err error) {
	c.dir, err = os.MkdirTemp(filepath.Dir(defaultDataDir()), "headwater-pg-")
	if err != nil {
		return err
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(c.dir); err != nil {
			t.Errorf("remove a PostgreSQL of the test: %v", err)
		}
	})
	if c.tools.server != nil {
		return os.Chown(c.dir, int(c.tools.server.Uid), int(c.tools.server.Gid))
	}
	return nil
}

func (c *Cluster) appendSettings(lines string) error {
	file, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(lines)
	return errors.Join(err, file.Close())
}

func (c *Cluster) command(program string, args ...string) *exec.Cmd {
	// Kill ends what outlives a call
	cmd := exec.CommandContext(context.Background(), filepath.Join(c.tools.dir, program), args...)
	cmd.Dir, cmd.Env = c.dir, []string{"LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.tools.server}
	return cmd
}

func (c *Cluster) run(program string, args ...string) error {
	if text, err := c.command(program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, text)
	}
	return nil
}

// start starts the server, waits until it answers, and ends it with the test.
func (c *Cluster) start(t testing.TB) error {
	log, err := os.OpenFile(filepath.Join(c.dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := c.command("postgres", "-D", c.data())
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended does not matter
		close(ended)
	}()
	c.process, c.ended = cmd.Process, ended
	t.Cleanup(c.Kill)
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := c.exec(context.Background(), "postgres", "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			return errEnded
		default:
		}
		if time.Since(began) > longestStart {
			text, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			return fmt.Errorf("it does not answer: %w: %s", err, text)
		}
	}
}

func (c *Cluster) exec(ctx context.Context, database, sql string) error {
	conn, err := pgx.Connect(ctx, "user="+clusterRole+" dbname="+database+" host="+c.dir+" port="+c.port)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}
