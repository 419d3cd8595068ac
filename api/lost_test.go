package api_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// cutter is a proxy before PostgreSQL that ends its connections after so many bytes, in both directions together.
type cutter struct {
	net.Listener
	target string
	mutex  sync.Mutex
	left   int // bytes until the cut; without limit if negative
	cut    bool
}

// newCutter gives a proxy and the address of the database behind it.
func newCutter(t *testing.T, database string) (*cutter, string) {
	t.Helper()
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	query := address.Query()
	c := &cutter{Listener: listener, target: filepath.Join(query.Get("host"), ".s.PGSQL."+query.Get("port")), left: -1}
	query.Del("host")
	query.Del("port")
	address.Host, address.RawQuery = listener.Addr().String(), query.Encode()
	go c.serve()
	return c, address.String()
}

func (c *cutter) serve() {
	for {
		client, err := c.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", c.target)
		if err != nil {
			client.Close()
			continue
		}
		for _, pair := range [][2]net.Conn{{client, server}, {server, client}} {
			go func() {
				defer client.Close()
				defer server.Close()
				_, _ = io.Copy(limited{pair[0], c}, pair[1]) // it ends with the connection
			}()
		}
	}
}

// cutAfter lets so many bytes pass from now on; all if negative.
func (c *cutter) cutAfter(bytes int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.left, c.cut = bytes, false
}

func (c *cutter) hasCut() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.cut
}

type limited struct {
	net.Conn
	*cutter
}

func (l limited) Write(text []byte) (int, error) {
	l.mutex.Lock()
	pass := len(text)
	if l.left >= 0 {
		pass = min(pass, l.left)
		l.left -= pass
	}
	l.cut = l.cut || pass < len(text)
	l.mutex.Unlock()
	n, err := l.Conn.Write(text[:pass])
	if err == nil && pass < len(text) {
		err = net.ErrClosed
	}
	return n, err
}

// TestLostConnections cuts the connection to the database after more and more bytes of each kind of request: that is never an
// internal failure, always says when to ask again, and tells who changes something that it may have been done.
func TestLostConnections(t *testing.T) {
	t.Parallel()
	proxy, address := newCutter(t, storetest.New(t))
	opened, err := store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	server := httptest.NewServer(api.New(opened, api.Options{}))
	t.Cleanup(server.Close)
	s := service{t, server.URL}
	bundle := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://lost.example/"}` + "\n" +
		`{"type":"source","key":"s","kind":"outlet","name":"S"}` + "\n"
	status, _, made := s.call("POST", "/v1/sources", aSource)
	if status != http.StatusCreated {
		t.Fatal(status, made)
	}
	for name, c := range map[string]struct{ method, path, media, body string }{
		"a read":    {"GET", "/v1/sources/" + made["id"].(string), "", ""},
		"a list":    {"GET", "/v1/sources", "", ""},
		"a search":  {"GET", "/v1/sources?q=gazette", "", ""},
		"a write":   {"POST", "/v1/sources", "application/json", aSource},
		"an import": {"POST", "/v1/imports", "application/x-ndjson", bundle},
		"an export": {"GET", "/v1/exports", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			cuts, doubts := 0, 0
			for after := 0; ; after += 1 + after/3 {
				proxy.cutAfter(-1)
				opened.Pool.Reset()
				if err := opened.Ping(t.Context()); err != nil {
					t.Fatal(err)
				}
				proxy.cutAfter(after)
				request, err := http.NewRequestWithContext(t.Context(), c.method, s.url+c.path, strings.NewReader(c.body))
				if err != nil {
					t.Fatal(err)
				}
				request.Header.Set("Content-Type", c.media)
				response, err := http.DefaultClient.Do(request)
				wasCut := proxy.hasCut()
				if err != nil { // an export may be cut off before its header is sent
					if c.path != "/v1/exports" || !wasCut {
						t.Fatalf("after %d bytes: %v", after, err)
					}
					cuts++
					continue
				}
				body, err := io.ReadAll(response.Body)
				response.Body.Close()
				if !wasCut {
					if err != nil || response.StatusCode >= 300 {
						t.Errorf("uncut: %d %v %s", response.StatusCode, err, body)
					}
					break
				}
				cuts++
				text := string(body)
				if strings.Contains(text, "may have been made") {
					doubts++
				}
				switch {
				case response.StatusCode < 300: // cut after all was known, or while an export was sent
				case response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" ||
					strings.Contains(text, "EOF") || strings.Contains(text, "127.0.0.1"):
					t.Errorf("after %d bytes: %d %v %s", after, response.StatusCode, response.Header, text)
				}
			}
			if cuts < 5 || (doubts > 0) != (c.method == "POST") {
				t.Errorf("cut %d times, of which %d were told that the change may have been made", cuts, doubts)
			}
		})
	}
	proxy.cutAfter(-1)
	opened.Pool.Reset()
	if status, _, answer := s.call("GET", "/v1/sources", ""); status != http.StatusOK {
		t.Errorf("afterwards: %d %v", status, answer)
	}
}
