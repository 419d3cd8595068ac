package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	firstDelay   = 100 * time.Millisecond // before a second attempt to bring the server back; each further one waits twice as long
	longestDelay = 4 * time.Second
	stableAfter  = time.Minute // a server that lived this long is brought back without a delay again
)

// Watch brings the server back whenever it is gone, until ctx is done. It is for durable servers: what a disposable one held is
// lost with it. Call it once, and end it before Close.
//
// A server that is killed leaves the connections of its users broken and its address as it was, so that pools connect again.
// Of several processes that watch one server, the first that sees it gone starts it, and the others join.
func (s *Server) Watch(ctx context.Context) {
	again := &Server{dir: s.dir, address: s.address, users: s.users, options: s.options} // s may be read meanwhile
	delay := time.Duration(0)
	for {
		lived := again.awaitDeath(ctx)
		if ctx.Err() != nil {
			return
		}
		if lived > stableAfter {
			delay = 0
		}
		s.options.Logger.WarnContext(ctx, "the private PostgreSQL is gone, bringing it back", "data_dir", s.dir.path)
		for {
			if !sleep(ctx, delay) {
				return
			}
			delay = min(max(2*delay, firstDelay), longestDelay)
			err := again.bringBack(ctx)
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				return
			}
			s.options.Logger.ErrorContext(ctx, "the private PostgreSQL cannot be brought back yet", "error", err, "next_attempt_in", delay)
		}
	}
}

// sleep waits, and is false where ctx is done before.
func sleep(ctx context.Context, delay time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(delay):
		return true
	}
}

// awaitDeath returns when the server is gone, and how long it was there. It holds a connection, since that breaks at once: to
// look at the process now and then would be slower, and fooled by one that is a zombie or has got its number.
func (s *Server) awaitDeath(ctx context.Context) (lived time.Duration) {
	began := time.Now()
	for {
		conn, err := pgx.Connect(ctx, s.ConnString("postgres"))
		if err == nil {
			for err == nil {
				_, err = conn.WaitForNotification(ctx)
			}
			conn.Close(context.WithoutCancel(ctx))
		}
		if ctx.Err() != nil {
			return time.Since(began)
		}
		// the connection may have been ended by somebody, or refused since there are too many: then the server goes on
		if _, err := s.dir.answers(ctx); err != nil && !refused(err) {
			return time.Since(began)
		}
		if !sleep(ctx, firstDelay) {
			return time.Since(began)
		}
	}
}

// bringBack starts the server, or joins one that another process started.
func (s *Server) bringBack(ctx context.Context) error {
	start := s.dir.lock(startLock)
	if _, err := start.TryLockContext(ctx, retry); err != nil {
		return fmt.Errorf("wait for another start or stop in %s: %w", s.dir.path, err)
	}
	return errors.Join(s.reach(ctx), start.Unlock())
}

// endOrphans ends what a killed server left running. Its processes are attached to its memory, and PostgreSQL must not start
// beside them. Nearly all end by themselves as soon as they wait for something; one that works on a long statement does not,
// and is ended as PostgreSQL's own immediate stop would: recovery knows what to do with its work. Where there is no /proc, it
// is waited for.
func (s *Server) endOrphans(ctx context.Context) error {
	for _, pid := range s.dir.orphans() {
		s.options.Logger.WarnContext(ctx, "ending what a killed PostgreSQL left running", "data_dir", s.dir.path, "pid", pid)
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("end process %d of the killed PostgreSQL in %s: %w", pid, s.dir.path, err)
		}
	}
	return nil
}

// orphans are the PostgreSQL processes that hold the server's lock though their server, which the pid file names, does not.
func (d *dataDir) orphans() []int {
	server, err := d.readPidFile()
	if err != nil {
		return nil // there was no server
	}
	lock, err := d.root.Stat(serverLock)
	if err != nil {
		return nil
	}
	holders := holdersOf(lock)
	if slices.Contains(holders, server.pid) {
		return nil
	}
	return slices.DeleteFunc(holders, func(pid int) bool {
		name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		return err != nil || strings.TrimSpace(string(name)) != "postgres"
	})
}

// holdersOf lists the processes that have a file open, as far as we may know.
func holdersOf(file os.FileInfo) (pids []int) {
	descriptors, _ := filepath.Glob("/proc/[0-9]*/fd/*") // fails for a malformed pattern only
	for _, descriptor := range descriptors {
		info, err := os.Stat(descriptor)
		if err != nil || !os.SameFile(info, file) {
			continue // it was closed meanwhile, or is another
		}
		pid, err := strconv.Atoi(strings.Split(descriptor, "/")[2])
		if err == nil && !slices.Contains(pids, pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}
