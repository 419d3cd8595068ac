package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// service is a running program with a private PostgreSQL, in a folder that is removed at the end.
type service struct {
	url, addr string
	anchor    string // a source that others refer to
	cmd       *exec.Cmd
	folder    string
}

// stallTime is shorter than by default, so that the cases end soon.
const stallTime = 5 * time.Second

var listens = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// start builds the program, runs it, and fills it with what slow readers can ask for.
func start(ctx context.Context) (*service, error) {
	folder, err := os.MkdirTemp("", "headwater-attack-")
	if err != nil {
		return nil, err
	}
	s := &service{folder: folder}
	if err := s.serve(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	if err := s.fill(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *service) serve(ctx context.Context) error {
	if err := os.Chmod(s.folder, 0o755); err != nil { // for root, whose PostgreSQL runs as another user
		return err
	}
	program := filepath.Join(s.folder, "headwater")
	if output, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/headwater").CombinedOutput(); err != nil {
		return fmt.Errorf("build the program, which the repository's root is the place for: %w\n%s", err, output)
	}
	s.cmd = exec.CommandContext(ctx, program, "serve", "--addr", "127.0.0.1:0", "--data-dir", filepath.Join(s.folder, "data"),
		"--stall-time", stallTime.String(), "--log-level", "info")
	s.cmd.Env = append(os.Environ(), "DATABASE_URL=")
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = 30 * time.Second
	log, err := s.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	lines := bufio.NewScanner(log)
	var said []string
	for lines.Scan() {
		if found := listens.FindStringSubmatch(lines.Text()); found != nil {
			s.addr, s.url = found[1], found[0]
			go io.Copy(io.Discard, log) //nolint:errcheck // until the program ends
			return nil
		}
		said = append(said, lines.Text())
	}
	return fmt.Errorf("the service does not listen:\n%s", strings.Join(said, "\n"))
}

// fill imports 40 MB, more than the kernel holds for a reader.
func (s *service) fill(ctx context.Context) error {
	var bundle strings.Builder
	bundle.WriteString(bundleHeader)
	for i := range 3_000 {
		fmt.Fprintf(&bundle, `{"type":"source","key":"s%d","kind":"outlet","name":"S%d","notes":"%s"}`+"\n", i, i,
			strings.Repeat("ملاحظة ", 1000))
	}
	status, text, err := s.send(ctx, http.MethodPost, "/v1/imports", bundle.String(), "Content-Type", "application/x-ndjson")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the import that fills the service was answered %d %s", status, text)
	}
	if err != nil {
		return err
	}
	status, text, err = s.send(ctx, http.MethodPost, "/v1/sources", `{"kind": "organization", "name": "Anchor"}`, "Content-Type",
		"application/json")
	if err == nil && status != http.StatusCreated {
		err = fmt.Errorf("the source that others refer to was answered %d %s", status, text)
	}
	if err != nil {
		return err
	}
	var made struct{ ID string }
	err = json.Unmarshal(text, &made)
	s.anchor = made.ID
	return err
}

const bundleHeader = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://attack.example/"}` + "\n"

// send sends one request and takes the answer. The header Host is the request's Host.
func (s *service) send(ctx context.Context, method, path, body string, headers ...string) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, text, err
}

// dial opens a connection and sends what begins a request.
func (s *service) dial(ctx context.Context, request string) (net.Conn, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(connection, strings.ReplaceAll(request, "\n", "\r\n")); err != nil {
		return nil, errors.Join(err, connection.Close())
	}
	return connection, nil
}

// watchMemory looks at the memory of the program until stop is called, which says what the most was and fails where that is too much.
func (s *service) watchMemory() (stop func() (most int64, err error)) {
	ended, done := make(chan struct{}), make(chan struct{})
	var most int64
	go func() {
		defer close(done)
		for {
			// the second field is how many pages are in memory
			if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid)); err == nil {
				var whole, resident int64
				if _, err := fmt.Sscan(string(text), &whole, &resident); err == nil {
					most = max(most, resident*int64(os.Getpagesize()))
				}
			}
			select {
			case <-ended:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() (int64, error) {
		close(ended)
		<-done
		if most > mostMemory {
			return most, fmt.Errorf("the service held %d MB, more than %d", most>>20, int64(mostMemory)>>20)
		}
		return most, nil
	}
}

// stop stops the program and removes its files.
func (s *service) stop() error {
	var err error
	if s.cmd != nil {
		if err = s.cmd.Process.Signal(syscall.SIGTERM); err == nil {
			err = s.cmd.Wait()
		}
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}
