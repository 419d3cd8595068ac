package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater/store/storetest"
)

func connectFrom(t *testing.T, from, to string) net.Conn {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	connection, err := dialer.DialContext(t.Context(), "tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return connection
}

// isClosed says whether the other side closed a connection on which it sends nothing else.
func isClosed(t *testing.T, connection net.Conn, within time.Duration) bool {
	t.Helper()
	if err := connection.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	_, err := connection.Read(make([]byte, 1))
	return err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

// TestConnectionsOfAClient: one address cannot have all connections, unless it is a proxy's; each that ends makes room.
func TestConnectionsOfAClient(t *testing.T) {
	t.Parallel()
	plain, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := boundConnections(plain, 2, []netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")})
	t.Cleanup(func() { listener.Close() })
	accepted := make(chan net.Conn, 20)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			accepted <- connection
		}
	}()
	to := listener.Addr().String()
	for range 2 {
		connectFrom(t, "127.0.0.2", to)
	}
	first := <-accepted
	<-accepted
	if third := connectFrom(t, "127.0.0.2", to); !isClosed(t, third, 5*time.Second) {
		t.Error("a third connection of one address stays open")
	}
	other, proxies := connectFrom(t, "127.0.0.3", to), []net.Conn{}
	for range 4 {
		proxies = append(proxies, connectFrom(t, "127.0.0.9", to))
	}
	for _, connection := range append(proxies, other) {
		<-accepted
		if isClosed(t, connection, 50*time.Millisecond) {
			t.Errorf("the connection from %s is closed", connection.LocalAddr())
		}
	}
	first.Close()
	first.Close() // which counts once
	if again := connectFrom(t, "127.0.0.2", to); isClosed(t, again, 50*time.Millisecond) {
		t.Error("a connection that ended makes no room")
	}
	<-accepted
	if more := connectFrom(t, "127.0.0.2", to); !isClosed(t, more, 5*time.Second) {
		t.Error("a connection that ended makes room twice")
	}
}

// TestHalfSentHeaders: others are served while many connections send half a header, and these end by themselves.
func TestHalfSentHeaders(t *testing.T) {
	t.Parallel()
	s := startService(t, "--database-url", storetest.New(t), "--client-connections", "150")
	to := strings.TrimPrefix(s.url, "http://")
	var half []net.Conn
	for range 150 {
		connection := connectFrom(t, "127.0.0.2", to)
		if _, err := io.WriteString(connection, "GET /v1/sources HTTP/1.1\r\nHost: local"); err != nil {
			t.Fatal(err)
		}
		half = append(half, connection)
	}
	if surplus := connectFrom(t, "127.0.0.2", to); !isClosed(t, surplus, 5*time.Second) {
		t.Error("the address has more connections than it may")
	}
	for range 10 {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/v1/sources", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		cancel()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("others: %s", answer.Status)
		}
	}
	for _, connection := range half {
		if err := connection.SetReadDeadline(time.Now().Add(2 * headerTimeout)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(connection); err != nil {
			t.Fatalf("a half-sent header is waited for: %v", err)
		}
	}
}

// serveNothing listens as the service does until the test ends, and finds nothing that it is asked for. It gives the address.
func serveNothing(t *testing.T) (address string) {
	t.Helper()
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, http.NotFoundHandler()) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// TestManyHeaders: a header of many small fields, which parsed take many times their bytes, is refused while it comes and not once it
// ends.
func TestManyHeaders(t *testing.T) {
	t.Parallel()
	to := serveNothing(t)
	connection := connectFrom(t, "127.0.0.1", to)
	if err := connection.SetDeadline(time.Now().Add(headerTimeout / 2)); err != nil {
		t.Fatal(err)
	}
	var header strings.Builder
	header.WriteString("GET / HTTP/1.1\r\nHost: localhost\r\n")
	for i := 0; header.Len() < 2*maxHeader; i++ {
		fmt.Fprintf(&header, "%x:\r\n", i)
	}
	_, _ = io.WriteString(connection, header.String()) // which may fail: the service does not read to the end
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatalf("the end of a header of %d bytes is waited for: %v", header.Len(), err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of %d bytes was answered %s", header.Len(), answer.Status)
	}
}

// TestLongListsOfIDs: as many ids as a list takes fit into the header of a request, with their commas escaped and
// beside what browsers and proxies send.
func TestLongListsOfIDs(t *testing.T) {
	t.Parallel()
	to := serveNothing(t)
	ids := strings.Repeat(uuid.NewString()+"%2C", 999) + uuid.NewString()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+to+"/v1/claims?id="+ids, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Cookie", strings.Repeat("x", 4<<10))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("a thousand ids are answered %s", answer.Status)
	}
}

// TestPublicReadLowersLimits: those that nobody gave, and no others.
func TestPublicReadLowersLimits(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "--database-url", database, "key", "create", "--name", "desk", "--scope", "read")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--public-read"}, `"client";q=200;w=4`},
		{[]string{"--public-read", "--rate", "10"}, `"client";q=200;w=20`},
		{[]string{"--public-read", "--rate", "0"}, ""},
	} {
		s := startService(t, append([]string{"--database-url", database}, c.args...)...)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v1/sources", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := answer.Header.Get("RateLimit-Policy"); got != c.want {
			t.Errorf("%v: %q, want %q", c.args, got, c.want)
		}
		stop(t, s)
	}
	contains(t, invoke(t, "serve", "--database-url", database, "--trusted-proxies", "10.0.0.0/8,somewhere").stderr,
		`--trusted-proxies has "somewhere"`)
}
