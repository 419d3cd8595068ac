package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	longestAnswer  = 5 * time.Second  // until an attempt to connect is given up for another
	longestSilence = 30 * time.Second // that a living server may neither answer nor say that it is busy
	endGrace       = 2 * time.Second  // that a server which ends, and what a killed one left running, gets to do so by itself
	busyRetry      = 100 * time.Millisecond
	longestStop    = time.Minute // until Close gives up waiting; the server goes on stopping
)

// reach joins the server that runs, or starts one when the server's lock says that none does. While neither can be said,
// because one is recovering or stopping, it waits.
func (s *Server) reach(ctx context.Context) error {
	silent, graceEnds := time.Now(), time.Now().Add(endGrace)
	for {
		address, err := s.dir.answers(ctx)
		if err == nil || isCrowded(err) && s.dir.isPostmaster(address.pid) {
			s.join(address)
			s.options.Logger.DebugContext(ctx, "joined the private PostgreSQL", "pid", address.pid, "address", s.ConnString("postgres"))
			return nil
		}
		if isBusy(err) {
			silent = time.Now()
		}
		lock, lockErr := s.dir.tryServerLock()
		if lock == nil && lockErr == nil && time.Now().After(graceEnds) {
			lock, lockErr = s.clearWay(ctx)
			graceEnds = time.Now().Add(endGrace)
		}
		if lockErr != nil {
			return lockErr
		}
		if lock != nil {
			return errors.Join(s.start(ctx, lock), lock.Close())
		}
		if time.Since(silent) > longestSilence {
			return fmt.Errorf("a server holds the database in %s and does not answer (process %d; its log is %s): %w",
				s.dir.path, address.pid, filepath.Join(s.dir.path, logFile), err)
		}
		if isBusy(err) { // one that stops has to refuse each attempt before it can
			sleep(ctx, busyRetry)
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("wait for the server in %s: %w", s.dir.path, err)
		}
	}
}

// join takes a server that runs for this one.
func (s *Server) join(address pidFile) { s.address, s.program = address, programOf(address.pid) }

// clearWay ends what had time to end by itself and did not: a server that takes nobody any more, or what a killed one left
// running. It returns the server's lock where that is free then.
func (s *Server) clearWay(ctx context.Context) (*os.File, error) {
	postmaster, others := s.dir.processes()
	if postmaster == 0 {
		return nil, s.endOrphans(ctx, others)
	}
	why := s.dir.unreachable()
	if why == "" {
		return nil, nil
	}
	s.options.Logger.WarnContext(ctx, "ending a private PostgreSQL that cannot be reached any more", "data_dir", s.dir.path,
		"pid", postmaster, "reason", why)
	return s.endServer(ctx)
}

// pause waits a moment, and fails when ctx is done.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(retry):
		return nil
	}
}

// start makes the cluster where there is none and runs its server, which inherits the lock.
func (s *Server) start(ctx context.Context, lock *os.File) error {
	p, err := s.prepare(ctx, lock)
	if err != nil {
		return err
	}
	sockets, err := s.dir.makeSocketDir(s.address.socketDir)
	if err != nil {
		return err
	}
	s.address.socketDir = sockets
	if err := s.dir.clearStale(sockets); err != nil {
		return err
	}
	log, from, err := s.dir.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := s.dir.owner.command(context.WithoutCancel(ctx), s.dir.path, p.postgres(), s.arguments(sockets)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{lock}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run PostgreSQL as the user %s: %w", s.dir.owner.name, err)
	}
	if err := s.awaitStart(ctx, cmd); err != nil {
		return fmt.Errorf("start PostgreSQL in %s: %w\n%s", s.dir.path, err, tail(log, from))
	}
	s.options.Logger.InfoContext(ctx, "started a private PostgreSQL", "version", p.major, "data_dir", s.dir.path,
		"user", s.dir.owner.name, "pid", s.address.pid)
	return nil
}

// prepare finds the programs of the cluster's version, making the cluster where there is none yet.
func (s *Server) prepare(ctx context.Context, lock *os.File) (programs, error) {
	if s.dir.disposable {
		if err := s.dir.root.RemoveAll(s.dir.cluster); err != nil {
			return programs{}, err
		}
	}
	major, err := s.dir.made()
	if err != nil {
		return programs{}, err
	}
	p, err := s.findPrograms(ctx, major)
	if err != nil {
		return programs{}, err
	}
	if major == 0 {
		s.options.Logger.InfoContext(ctx, "making a database cluster", "version", p.major, "data_dir", s.dir.path)
		if err := s.dir.create(ctx, p, lock); err != nil {
			return programs{}, err
		}
	}
	return p, s.dir.authenticate()
}

// findPrograms finds the programs of a major version, or for 0 of any that is new enough.
func (s *Server) findPrograms(ctx context.Context, major int) (programs, error) {
	dirs := []string{s.options.Programs}
	if s.options.Programs == "" {
		dirs = programDirs(ctx)
	}
	return findPrograms(ctx, s.dir.owner, dirs, s.dir.path, major)
}

// arguments are the server's command line. What it logs is kept to its own life: what a client did wrong is told to the
// client, and would fill the disk here.
func (s *Server) arguments(sockets string) []string {
	settings := map[string]string{
		"listen_addresses":        "",
		"unix_socket_directories": sockets,
		"port":                    "5432",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		"log_min_messages":        "log",
		"log_checkpoints":         "off",
		"cluster_name":            role,
	}
	if s.dir.disposable {
		settings["fsync"] = "off"
		settings["synchronous_commit"] = "off"
		settings["full_page_writes"] = "off"
	}
	maps.Copy(settings, s.options.Settings)
	args := []string{"-D", s.dir.clusterPath()}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

// awaitStart waits until the server answers, and ends it where it refuses us or ctx is done before.
func (s *Server) awaitStart(ctx context.Context, cmd *exec.Cmd) error {
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	for {
		address, err := s.dir.answers(ctx)
		if err == nil || isCrowded(err) { // where it is crowded, others were faster to see that it is up
			s.join(address)
			return nil
		}
		if isRefused(err) {
			return errors.Join(err, cmd.Process.Signal(syscall.SIGINT), <-exited)
		}
		select {
		case err := <-exited:
			return cmp.Or(err, errors.New("it stopped at once"))
		case <-ctx.Done():
			return errors.Join(ctx.Err(), cmd.Process.Signal(syscall.SIGINT), <-exited)
		case <-time.After(retry):
		}
	}
}

// stop ends the server. It is called with the start lock held, for the last who used it. A durable server writes what it has to
// disk first; a disposable one just ends, and its cluster is removed.
func (s *Server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), longestStop)
	defer cancel()
	lock, err := s.dir.tryServerLock()
	if lock == nil && err == nil {
		lock, err = s.endServer(ctx)
	}
	if err != nil {
		return fmt.Errorf("stop PostgreSQL in %s: %w", s.dir.path, err)
	}
	defer lock.Close()
	if s.dir.ownSocketDir(s.address.socketDir) {
		err = os.RemoveAll(s.address.socketDir)
	}
	if s.dir.disposable {
		err = errors.Join(err, s.dir.root.RemoveAll(s.dir.cluster))
	}
	return err
}

// endServer tells the server to end and returns its lock once it has. The lock is held, so there is a server, or what is left of
// one that was killed. Only the server itself is told, whatever process the pid file names.
func (s *Server) endServer(ctx context.Context) (*os.File, error) {
	signal := syscall.SIGINT // without waiting for its clients
	if s.dir.disposable {
		signal = syscall.SIGQUIT
	}
	if postmaster, _ := s.dir.processes(); postmaster != 0 {
		err := errors.Join(s.closeDoor(), syscall.Kill(postmaster, signal))
		if err != nil && !errors.Is(err, syscall.ESRCH) {
			return nil, err
		}
		s.options.Logger.InfoContext(ctx, "stopping the private PostgreSQL", "data_dir", s.dir.path, "pid", postmaster)
	}
	for graceEnds := time.Now().Add(endGrace); ; {
		if lock, err := s.dir.tryServerLock(); lock != nil || err != nil {
			return lock, err
		}
		if time.Now().After(graceEnds) {
			graceEnds = time.Now().Add(endGrace)
			if postmaster, others := s.dir.processes(); postmaster == 0 {
				if err := s.endOrphans(ctx, others); err != nil {
					return nil, err
				}
			}
		}
		if err := pause(ctx); err != nil {
			return nil, err
		}
	}
}

// closeDoor removes the socket of a server that is to end: it ends only at a moment at which it has nobody to refuse, and clients
// that connect again and again would leave it none.
func (s *Server) closeDoor() error {
	sockets := s.address.socketDir
	if running, err := s.dir.readPidFile(); err == nil {
		sockets = running.socketDir
	}
	if sockets != filepath.Join(s.dir.path, socketDir) && !s.dir.ownSocketDir(sockets) {
		return nil
	}
	if err := os.Remove(filepath.Join(sockets, socketFile)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// endOrphans ends what a killed server left running. Its processes are attached to its memory, and PostgreSQL must not start
// beside them. Nearly all end by themselves as soon as they wait for something; one that works on a long statement does not,
// and is ended as PostgreSQL's own immediate stop would: recovery knows what to do with its work. Where there is no /proc, it
// is waited for. What initdb left running where no cluster was made yet ends by itself.
func (s *Server) endOrphans(ctx context.Context, orphans []int) error {
	if major, err := s.dir.made(); major == 0 || err != nil {
		return err
	}
	for _, pid := range orphans {
		s.options.Logger.WarnContext(ctx, "ending what a killed PostgreSQL left running", "data_dir", s.dir.path, "pid", pid)
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("end process %d of the killed PostgreSQL in %s: %w", pid, s.dir.path, err)
		}
	}
	return nil
}

const tailLines = 12

// tail returns the last lines that a file got since an offset.
func tail(file *os.File, from int64) string {
	text, err := io.ReadAll(io.NewSectionReader(file, from, largestLog))
	if err != nil {
		return err.Error()
	}
	return lastLines(text)
}

func lastLines(text []byte) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
