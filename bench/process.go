package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// pollInterval is how often the memory of a running process is read.
const pollInterval = 20 * time.Millisecond

// statusOf reads a size from /proc, in bytes: VmRSS is the resident memory of a process, VmHWM its peak.
func statusOf(pid int, field string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, field+":"); found {
			kilobytes, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("process %d has no %s any more", pid, field)
}

// forgetPeak resets this process's VmHWM to what is resident now.
func forgetPeak() error { return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// runWatched runs a program and returns how long it took and its peak resident memory. The kernel's own figure (ru_maxrss)
// would not do: it starts from the memory of the process that forked.
func runWatched(ctx context.Context, env []string, stdout io.Writer, program string, args ...string) (sample, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	var stderr bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), env...), stdout, &stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	var peak atomic.Int64
	watching, stop := context.WithCancel(ctx)
	go func() {
		for watching.Err() == nil {
			if now, err := statusOf(cmd.Process.Pid, "VmHWM"); err == nil {
				peak.Store(max(peak.Load(), now))
			}
			time.Sleep(pollInterval)
		}
	}()
	err := cmd.Wait()
	took := time.Since(began)
	stop()
	if err != nil {
		return sample{}, fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, stderr.String())
	}
	return sample{value: took.Seconds(), memory: peak.Load()}, nil
}

// service is a running program that listens on a local address.
type service struct {
	cmd  *exec.Cmd
	addr string
}

var listens = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// startService starts a program and waits until it logs its address. Its log goes to a file, as in a real deployment.
func startService(ctx context.Context, dir string, env []string, program string, args ...string) (*service, error) {
	log, err := os.Create(filepath.Join(dir, filepath.Base(program)+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s := &service{cmd: exec.CommandContext(ctx, program, args...)}
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = append(os.Environ(), env...), log, log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = 30 * time.Second
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	const startTimeout = 30 * time.Second
	for began := time.Now(); ; time.Sleep(pollInterval) {
		output, err := os.ReadFile(log.Name())
		if err != nil {
			return nil, errors.Join(err, s.stop())
		}
		if found := listens.FindSubmatch(output); found != nil {
			s.addr = string(found[1])
			return s, nil
		}
		if time.Since(began) > startTimeout {
			return nil, errors.Join(fmt.Errorf("%s does not listen:\n%s", program, output), s.stop())
		}
	}
}

func (s *service) memory(field string) (int64, error) { return statusOf(s.cmd.Process.Pid, field) }

// host returns a client of the service.
func (s *service) host() *fasthttp.HostClient { return &fasthttp.HostClient{Addr: s.addr} }

// stop stops the service and waits for its end.
func (s *service) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	var exit *exec.ExitError
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return err
	}
	return nil
}
