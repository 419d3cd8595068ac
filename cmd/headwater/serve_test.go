package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// stopWithin tells the service to stop in the middle of an import, once that waits for its bundle.
func (s *service) stopWithin(t *testing.T) (connection net.Conn, answers *bufio.Reader) {
	t.Helper()
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	if _, err := fmt.Fprintf(connection, "POST /v1/imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: "+
		"application/x-ndjson\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(testdata.Demo)); err != nil {
		t.Fatal(err)
	}
	answers = bufio.NewReader(connection)
	interim, err := http.ReadResponse(answers, nil) // once the import asks for its bundle
	if err != nil {
		t.Fatal(err)
	}
	if interim.Body.Close(); interim.StatusCode != http.StatusContinue {
		t.Fatalf("answered %d before the bundle came", interim.StatusCode)
	}
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for s.log.Scan() && !strings.Contains(s.log.Text(), "msg=stopping") {
	}
	return connection, answers
}

// TestRequestsUnderWayEnd tells the service to stop in the middle of an import, which must still be taken whole.
func TestRequestsUnderWayEnd(t *testing.T) {
	t.Parallel()
	s := startService(t, "--database-url", storetest.New(t))
	connection, answers := s.stopWithin(t)
	if _, err := connection.Write(testdata.Demo); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the import was answered %d", answer.StatusCode)
	}
	if code := s.end(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// TestASecondSignalEndsAtOnce: who does not want to wait for requests under way tells the service again. It ends by the signal then, and
// not as one that has waited for them.
func TestASecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := startService(t, "--database-url", storetest.New(t))
	s.stopWithin(t)
	ended := make(chan error, 1)
	go func() { ended <- s.Wait() }()
	var err error
	for done := false; !done; { // the first of them may come before the service has let go of the signal
		_ = s.Process.Signal(syscall.SIGTERM) // which fails once it has ended
		select {
		case err = <-ended:
			done = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	if status, ok := s.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGTERM {
		t.Errorf("it ended with %v", err)
	}
}

// TestMeasuresAtTheirOwnAddress: whoever reaches that address reads them there, and nobody elsewhere.
func TestMeasuresAtTheirOwnAddress(t *testing.T) {
	t.Parallel()
	addr, database := testenv.FreeAddress(t), storetest.New(t)
	ok(t, "key", "create", "--database-url", database, "--name", "desk", "--scope", "admin")
	s := startService(t, "--database-url", database, "--metrics-addr", addr)
	if status, body := s.get(t, "/metrics"); status != http.StatusNotFound {
		t.Errorf("at the service's address: %d %s", status, body)
	}
	apart := &service{url: "http://" + addr}
	if status, body := apart.get(t, "/metrics"); status != http.StatusOK || !strings.Contains(body, "headwater_http_requests_total") {
		t.Errorf("at their own: %d %s", status, body)
	}
	if status, body := apart.get(t, "/v1/claims"); status != http.StatusNotFound {
		t.Errorf("the API at the address of the measures: %d %s", status, body)
	}
}

// TestDemoEndsInAServedAPI follows what the demo says last. Beside it, as beside any service, is worked out how claims stand.
func TestDemoEndsInAServedAPI(t *testing.T) {
	t.Parallel()
	demo := command(t, "demo", "--addr", "127.0.0.1:0", "--data-dir", dataDir(t))
	stdout, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = demo.Process.Kill() })
	var said strings.Builder
	curl := regexp.MustCompile(`(?m)^ +curl '(.+)'$`)
	for lines := bufio.NewScanner(stdout); len(curl.FindAllString(said.String(), -1)) < 3 && lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
	}
	addresses := curl.FindAllStringSubmatch(said.String(), -1)
	addresses = append(addresses, regexp.MustCompile(`(http://\S+/docs)\b`).FindStringSubmatch(said.String()))
	if len(addresses) != 4 || addresses[3] == nil {
		t.Fatalf("the demo says\n%s", said.String())
	}
	for _, address := range addresses {
		s := service{url: address[1]}
		if status, body := s.get(t, ""); status != http.StatusOK || len(body) < 100 {
			t.Errorf("%s: %d %s", address[1], status, body)
		}
	}
	listed := &service{url: strings.TrimSuffix(addresses[3][1], "/docs")}
	for since := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		status, body := listed.get(t, "/v1/claims?standing=corroborated&limit=1")
		if strings.Contains(body, `"statement"`) {
			break
		}
		if status != http.StatusOK || time.Since(since) > time.Minute {
			t.Fatalf("no claim is listed by its standing: %d %s", status, body)
		}
	}
	if err := demo.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := demo.Wait(); err != nil {
		t.Error(err)
	}
}
