package local

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sys/unix"
)

// What a data directory holds beside its cluster.
const (
	startLock  = "start.lock"  // held alone while somebody starts or stops the server
	usersLock  = "users.lock"  // shared by all who use the server, for as long as they do
	serverLock = "server.lock" // held by the server itself, and by initdb, as an inherited descriptor
	logFile    = "postgres.log"
	socketDir  = "socket"
	newCluster = "new-" // begins the name of a cluster that initdb has not finished
)

const (
	tempSocketPrefix = "/tmp/headwater-"
	socketFile       = ".s.PGSQL.5432"
	longestSocket    = 103 // bytes of a socket's path: 107 on Linux, 103 on macOS
	retry            = 10 * time.Millisecond
	largestLog       = 8 << 20 // bytes; a log that is larger when the server starts becomes postgres.log.1
)

// dataDir is a data directory and the user whose server may work in it. Its files are reached through an os.Root: root
// works here in folders that belong to others, and must not be led out of them by a symbolic link.
type dataDir struct {
	path       string // absolute
	root       *os.Root
	owner      account
	cluster    string // the name of the cluster's folder
	disposable bool
}

// openDataDir makes the directory where it is missing and gives it to the server's user where it is new.
func openDataDir(ctx context.Context, path string, disposable bool) (*dataDir, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	d := &dataDir{path: path, cluster: "postgres", disposable: disposable}
	if disposable {
		d.cluster = "disposable" // never the folder of a real one
	}
	if d.owner, err = accountFor(path, d.clusterPath()); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, d.denied(err)
	}
	found := os.Mkdir(path, 0o700)
	if found != nil && !errors.Is(found, fs.ErrExist) {
		return nil, d.denied(found)
	}
	if d.root, err = os.OpenRoot(path); err != nil {
		return nil, d.denied(err)
	}
	if err := d.takeOver(ctx); err != nil {
		d.root.Close()
		if found == nil {
			err = errors.Join(err, os.Remove(path)) // it was made above, and is empty as long as nobody can reach it
		}
		return nil, d.denied(err)
	}
	return d, nil
}

// denied adds to a refusal who was refused.
func (d *dataDir) denied(err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return fmt.Errorf("%w: the database's data directory %s must belong to the user who runs headwater (user id %d); "+
		"change its owner or choose another", err, d.path, os.Geteuid())
}

// takeOver checks whose the directory is, gives an empty one to the server's user, and makes the lock files.
func (d *dataDir) takeOver(ctx context.Context) error {
	if uid, _ := ownerOf(d.path); uid != os.Geteuid() && uid != d.owner.uid {
		return fmt.Errorf("the database's data directory %s belongs to user id %d: run headwater as that user or as root, "+
			"or choose another data directory", d.path, uid)
	}
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return err
	}
	switch _, err := d.root.Lstat(startLock); {
	case len(entries) == 0:
		if err := d.give("."); err != nil {
			return err
		}
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s holds other things than headwater's database: choose an empty or a new folder", d.path)
	case err != nil:
		return err
	}
	if err := d.owner.reach(ctx, d.path); err != nil {
		return err
	}
	for _, name := range []string{startLock, usersLock, serverLock} {
		file, err := d.root.OpenFile(name, os.O_CREATE|os.O_RDONLY, 0o600)
		if err != nil {
			return err
		}
		file.Close()
		if err := d.give(name); err != nil {
			return err
		}
	}
	return nil
}

// give makes the server's user the owner of a file.
func (d *dataDir) give(name string) error {
	if d.owner.credential == nil {
		return nil
	}
	return d.root.Lchown(name, d.owner.uid, d.owner.gid)
}

func (d *dataDir) clusterPath() string { return filepath.Join(d.path, d.cluster) }

func (d *dataDir) lock(name string) *flock.Flock { return flock.New(filepath.Join(d.path, name)) }

// tryServerLock takes the lock that says that a server lives, and returns nil while one does. It is taken by hand since
// it must outlive us in the programs that inherit the file: closing our copy keeps it, as unlocking would not.
func (d *dataDir) tryServerLock() (*os.File, error) {
	file, err := d.root.Open(serverLock)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, fmt.Errorf("lock %s: %w", filepath.Join(d.path, serverLock), err)
}

// made returns the major version that made the cluster, 0 where there is none yet.
func (d *dataDir) made() (int, error) {
	text, err := d.root.ReadFile(filepath.Join(d.cluster, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, d.denied(err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s: %q is no PostgreSQL version that headwater knows", filepath.Join(d.clusterPath(), "PG_VERSION"), text)
	}
	return major, nil
}

// create makes the cluster under a name that nothing else uses, and renames it when it is whole. What an interrupted
// start left behind is removed first.
func (d *dataDir) create(ctx context.Context, p programs, lock *os.File) error {
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), newCluster) {
			if err := d.root.RemoveAll(entry.Name()); err != nil {
				return err
			}
		}
	}
	name := newCluster + strconv.FormatInt(time.Now().UnixNano(), 36)
	if err := d.root.Mkdir(name, 0o700); err != nil {
		return err
	}
	if err := d.give(name); err != nil {
		return err
	}
	if err := d.initdb(ctx, p, filepath.Join(d.path, name), lock); err != nil {
		return errors.Join(err, d.root.RemoveAll(name))
	}
	if err := d.root.Rename(name, d.cluster); err != nil {
		return err
	}
	return d.sync()
}

func (d *dataDir) initdb(ctx context.Context, p programs, cluster string, lock *os.File) error {
	args := []string{
		"--pgdata=" + cluster, "--username=" + role, "--encoding=UTF8", "--locale=C.UTF-8",
		"--auth-local=peer", "--auth-host=reject", "--data-checksums",
	}
	if runtime.GOOS == "darwin" { // which knows C.UTF-8 by its parts only
		args = append(args, "--locale=C", "--lc-ctype=UTF-8")
	}
	if d.disposable {
		args = append(args, "--no-sync")
	}
	cmd := d.owner.command(ctx, d.path, p.initdb(), args...)
	cmd.ExtraFiles = []*os.File{lock}
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make a database cluster in %s: %w\n%s", d.path, cmp.Or(ctx.Err(), err), lastLines(output))
	}
	return nil
}

// sync makes a rename in the directory last.
func (d *dataDir) sync() error {
	dir, err := d.root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// authenticate lets in whoever the kernel says is the server's user or root, as the one role, and nobody else. It is
// written at each start, since a directory may have been given to another owner.
func (d *dataDir) authenticate() error {
	var idents strings.Builder
	for _, name := range slices.Compact([]string{"root", d.owner.name}) {
		fmt.Fprintf(&idents, "headwater %q %s\n", name, role)
	}
	for name, content := range map[string]string{
		"pg_hba.conf":   "local all all peer map=headwater\n",
		"pg_ident.conf": idents.String(),
	} {
		name = filepath.Join(d.cluster, name)
		if err := d.root.WriteFile(name, []byte(content), 0o600); err != nil {
			return err
		}
		if err := d.give(name); err != nil {
			return err
		}
	}
	return nil
}

var plainPath = regexp.MustCompile(`^[A-Za-z0-9/._-]+$`)

// makeSocketDir returns the folder for the server's socket, mode 0700: in the data directory where its path is short and
// plain enough for PostgreSQL, for the system and for a connection string, else in /tmp. There it is the last server's
// folder, so that those who knew its address find the next one too: the one known to us, made again where something that cleans
// /tmp removed it, or the one that the pid file names.
func (d *dataDir) makeSocketDir(known string) (string, error) {
	dir := filepath.Join(d.path, socketDir)
	if plainPath.MatchString(dir) && len(filepath.Join(dir, socketFile)) <= longestSocket {
		if err := d.root.Mkdir(socketDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
		return dir, d.give(socketDir)
	}
	if isTempSocketDir(known) {
		err := os.Mkdir(known, 0o700) // fails where anything has its name, so that nobody can put another in its place
		switch {
		case err == nil:
			return known, d.giveTemp(known)
		case d.ownSocketDir(known):
			return known, nil
		}
	}
	if last, err := d.readPidFile(); err == nil && d.ownSocketDir(last.socketDir) {
		return last.socketDir, nil
	}
	dir, err := os.MkdirTemp(filepath.Split(tempSocketPrefix))
	if err != nil {
		return "", err
	}
	return dir, d.giveTemp(dir)
}

// giveTemp makes the server's user the owner of a folder in /tmp.
func (d *dataDir) giveTemp(dir string) error {
	if d.owner.credential == nil {
		return nil
	}
	return os.Lchown(dir, d.owner.uid, d.owner.gid)
}

// isTempSocketDir says whether this is the name of a folder that makeSocketDir makes in /tmp.
func isTempSocketDir(dir string) bool {
	name, found := strings.CutPrefix(dir, tempSocketPrefix)
	return found && !strings.Contains(name, "/")
}

// ownSocketDir says whether dir is a folder in /tmp that makeSocketDir made, still closed to others.
func (d *dataDir) ownSocketDir(dir string) bool {
	if !isTempSocketDir(dir) {
		return false
	}
	info, err := os.Lstat(dir)
	if err != nil || info.Mode() != fs.ModeDir|0o700 {
		return false
	}
	uid, _ := ownerOf(dir)
	return uid == d.owner.uid
}

// pidFile is what a server writes of itself into postmaster.pid.
type pidFile struct {
	pid       int
	port      string
	socketDir string // empty until the socket is there
	status    string // starting, ready, stopping; empty at first
}

// stopping is the status of a server that takes no new connections, and ends once it has none.
const stopping = "stopping"

var errIncomplete = errors.New("postmaster.pid is not complete")

// readPidFile reads the file of the server that runs, or of one that was killed.
func (d *dataDir) readPidFile() (pidFile, error) {
	file, err := d.root.Open(filepath.Join(d.cluster, "postmaster.pid"))
	if err != nil {
		return pidFile{}, err
	}
	defer file.Close()
	var lines []string // pid, data directory, start time, port, socket directory, address, shared memory, status
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	if len(lines) < 5 {
		return pidFile{}, errIncomplete
	}
	pid, err := strconv.Atoi(lines[0])
	if err != nil || pid <= 1 {
		return pidFile{}, errIncomplete
	}
	f := pidFile{pid: pid, port: lines[3], socketDir: lines[4]}
	if len(lines) > 7 {
		f.status = strings.TrimSpace(lines[7])
	}
	return f, nil
}

// unreachable says why nobody can join a server that lives, for good; empty where it can be joined, or may be once it is up.
func (d *dataDir) unreachable() string {
	server, err := d.readPidFile()
	if errors.Is(err, fs.ErrNotExist) {
		return "its pid file was removed"
	}
	if err != nil || server.socketDir == "" {
		return ""
	}
	if server.status == stopping {
		return "it was told to stop, and waits for its clients"
	}
	if _, err := os.Lstat(filepath.Join(server.socketDir, socketFile)); errors.Is(err, fs.ErrNotExist) {
		return "its socket was removed"
	}
	return ""
}

// clearStale removes what a killed server left, once its lock says that it is gone: PostgreSQL itself looks at process
// ids only, and would not start when another process has got the old one.
func (d *dataDir) clearStale(socketDir string) error {
	stale := []error{
		d.root.Remove(filepath.Join(d.cluster, "postmaster.pid")),
		os.Remove(filepath.Join(socketDir, socketFile)),
		os.Remove(filepath.Join(socketDir, socketFile+".lock")),
	}
	stale = slices.DeleteFunc(stale, func(err error) bool { return errors.Is(err, fs.ErrNotExist) })
	return errors.Join(stale...)
}

// openLog opens the server's log for appending, setting a large one aside, and returns where it ends now.
func (d *dataDir) openLog() (*os.File, int64, error) {
	if info, err := d.root.Stat(logFile); err == nil && info.Size() > largestLog {
		if err := d.root.Rename(logFile, logFile+".1"); err != nil {
			return nil, 0, err
		}
	}
	file, err := d.root.OpenFile(logFile, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), d.give(logFile)
}
