package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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
	orphanGrace    = 2 * time.Second  // of it, that the processes of a killed server get to end by themselves
	longestStop    = time.Minute      // until Close gives up waiting; the server goes on stopping
)

// reach joins the server that runs, or starts one when the server's lock says that none does. While neither can be said,
// because one is recovering or stopping, it waits.
func (s *Server) reach(ctx context.Context) error {
	silent, grace := time.Now(), orphanGrace
	for {
		address, err := s.dir.answers(ctx)
		if err == nil {
			s.address = address
			s.options.Logger.DebugContext(ctx, "joined the private PostgreSQL", "pid", address.pid, "address", s.ConnString("postgres"))
			return nil
		}
		if busy(err) {
			silent = time.Now()
		}
		lock, lockErr := s.dir.tryServerLock()
		if lockErr != nil {
			return lockErr
		}
		if lock != nil {
			return errors.Join(s.start(ctx, lock), lock.Close())
		}
		if time.Since(silent) > grace {
			grace += orphanGrace
			if err := s.endOrphans(ctx); err != nil {
				return err
			}
		}
		if time.Since(silent) > longestSilence {
			return fmt.Errorf("a server holds the database in %s and does not answer (process %d; its log is %s): %w",
				s.dir.path, address.pid, filepath.Join(s.dir.path, logFile), err)
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("wait for the server in %s: %w", s.dir.path, err)
		}
	}
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
	dirs := []string{s.options.Programs}
	if s.options.Programs == "" {
		dirs = programDirs(ctx)
	}
	p, err := findPrograms(ctx, s.dir.owner, dirs, s.dir.path, major)
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
		if err == nil {
			s.address = address
			return nil
		}
		if refused(err) {
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

// endServer tells the server to end and returns its lock once it has. The lock was held, so the process that the pid file
// names is the server; where there is none any more, its last children are on their way out.
func (s *Server) endServer(ctx context.Context) (*os.File, error) {
	signal := syscall.SIGINT
	if s.dir.disposable {
		signal = syscall.SIGQUIT
	}
	if running, err := s.dir.readPidFile(); err == nil {
		if err := syscall.Kill(running.pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return nil, err
		}
		s.options.Logger.InfoContext(ctx, "stopping the private PostgreSQL", "data_dir", s.dir.path, "pid", running.pid)
	}
	for {
		if lock, err := s.dir.tryServerLock(); lock != nil || err != nil {
			return lock, err
		}
		if err := pause(ctx); err != nil {
			return nil, err
		}
	}
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
