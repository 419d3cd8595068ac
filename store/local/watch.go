package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	lookEvery    = 2 * time.Second        // a watched server is connected to
	firstDelay   = 100 * time.Millisecond // before a second attempt to bring the server back; each further one waits twice as long
	longestDelay = 4 * time.Second
	stableAfter  = time.Minute // a server that lived this long is brought back without a delay again
)

// Watch brings the server back whenever it is gone, or takes no connections any more, until ctx is done; and it starts it anew
// when its programs were replaced by others of the same version. It is for durable servers: what a disposable one held is lost
// with it. Call it once, and end it before Close.
//
// A server that ends leaves the connections of its users broken and its address as it was, so that pools connect again.
// Of several processes that watch one server, the first that sees it gone starts it, and the others join.
func (s *Server) Watch(ctx context.Context) {
	again := &Server{dir: s.dir, address: s.address, program: s.program, users: s.users, options: s.options} // s may be read meanwhile
	delay := time.Duration(0)
	for {
		began := time.Now()
		why := again.awaitTrouble(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > stableAfter {
			delay = 0
		}
		s.options.Logger.WarnContext(ctx, "the private PostgreSQL is brought back", "data_dir", s.dir.path, "reason", why)
		for {
			if !sleep(ctx, delay) {
				return
			}
			delay = min(max(2*delay, firstDelay), longestDelay)
			err := again.bringBack(ctx, errors.Is(why, errReplaced))
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

// errReplaced is the trouble of a server whose program is another by now. It goes on with what it has loaded, beside libraries
// of another build, so that it fails where it loads one.
var errReplaced = errors.New("its programs were replaced")

// awaitTrouble returns when the server has to be brought back, and why. It connects again and again, since a server that was
// told to stop lets its clients stay and takes no others. Meanwhile it holds the last connection, since that breaks at once when
// the server ends. To look at the process would be fooled by one that is a zombie, or has got its number.
func (s *Server) awaitTrouble(ctx context.Context) error {
	var seen os.FileInfo
	var held *pgx.Conn
	defer func() { closeIfOpen(ctx, held) }()
	for {
		conn, err := s.connectOnce(ctx)
		closeIfOpen(ctx, held)
		held = conn
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && !isCrowded(err) && !isRefused(err) && !errors.Is(err, context.DeadlineExceeded):
			return err
		}
		if why := s.dir.unreachable(); why != "" {
			return errors.New(why)
		}
		switch now, err := os.Stat(s.program.path); {
		case err != nil || s.program.file == nil || sameFile(now, s.program.file):
		case seen == nil || !sameFile(now, seen): // it may still be written
			seen = now
		case s.canServe(ctx):
			return errReplaced
		default:
			s.options.Logger.WarnContext(ctx, "the programs of the private PostgreSQL were replaced by others that cannot serve its "+
				"cluster; it goes on with those that it has", "program", s.program.path)
			s.program.file = now
		}
		wait, cancel := context.WithTimeout(ctx, lookEvery)
		if held == nil {
			sleep(wait, lookEvery)
		} else if _, err := held.WaitForNotification(wait); err != nil && wait.Err() == nil {
			sleep(wait, firstDelay) // it broke: the server is gone, or somebody ended it
		}
		cancel()
	}
}

func (s *Server) connectOnce(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, longestAnswer)
	defer cancel()
	return pgx.Connect(ctx, s.ConnString("postgres"))
}

func closeIfOpen(ctx context.Context, conn *pgx.Conn) {
	if conn != nil {
		conn.Close(context.WithoutCancel(ctx))
	}
}

// program is the file of a program that runs, as it is when it is looked at first: another may be put in its place at any time later.
type program struct {
	path string      // as it was started
	file os.FileInfo // nil where there is none
}

// programOf is the program that a process runs.
func programOf(pid int) (p program) {
	if command := commandOf(pid); len(command) > 0 {
		p.path = command[0]
		p.file, _ = os.Stat(p.path) // nil where it fails
	}
	return p
}

// sameFile says whether two files are one and were not written in between.
func sameFile(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// canServe says whether there are programs that can serve the cluster.
func (s *Server) canServe(ctx context.Context) bool {
	major, err := s.dir.made()
	if err == nil {
		_, err = s.findPrograms(ctx, major)
	}
	return err == nil
}

// bringBack starts the server, or joins one that another process started. One whose programs were replaced is ended before.
func (s *Server) bringBack(ctx context.Context, replaced bool) error {
	start := s.dir.lock(startLock)
	if _, err := start.TryLockContext(ctx, retry); err != nil {
		return fmt.Errorf("wait for another start or stop in %s: %w", s.dir.path, err)
	}
	bring := s.reach
	if replaced {
		bring = s.renew
	}
	return errors.Join(bring(ctx), start.Unlock())
}

// renew ends the server and starts it anew. It is called with the start lock held.
func (s *Server) renew(ctx context.Context) error {
	if running, err := s.dir.readPidFile(); err == nil && running.pid != s.address.pid {
		return s.reach(ctx) // another process has done it
	}
	lock, err := s.endServer(ctx)
	if err != nil {
		return err
	}
	return errors.Join(s.start(ctx, lock), lock.Close())
}
