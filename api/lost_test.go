package api_test

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/internal/testenv"
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

// TestLostConnections cuts the connection to the database after more and more bytes of every operation of the document. That is never
// an internal failure: the answer is the right one, or says when to ask again, and tells who changes something, and nobody else, that
// it may have been done. Asked again with its Idempotency-Key, a change is made once.
func TestLostConnections(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	proxy, address := newCutter(t, database)
	opened, err := store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	options := withAssistant
	options.Webhooks, options.Limits.StreamTime = webhooks, streamTime
	server := httptest.NewServer(api.New(opened, options))
	t.Cleanup(server.Close)
	uncut, err := store.Open(t.Context(), store.Options{ConnString: database, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(uncut.Close)
	keepLog(t, uncut)
	w := walk{service: service{t, server.URL}, database: database, scoped: map[string]string{}}
	w.importFile("../testdata/demo.ndjson")
	w.scoped["admin"] = w.key("admin")
	described := documentedOperations(t)
	doubts := 0
	for _, v := range w.calls() {
		o, known := described[v.id]
		if !known {
			t.Fatalf("%s is no operation", v.id)
		}
		delete(described, v.id)
		awaitCheckpoint(t, uncut)
		t.Run(v.id, func(t *testing.T) { doubts += w.cut(t, proxy, opened, o, v) })
	}
	for _, hidden := range hiddenOperations {
		o := documentedOperation{operation: hidden.operation, success: "200"}
		t.Run(hidden.id, func(t *testing.T) { w.cut(t, proxy, opened, o, hidden.call) })
	}
	if len(described) > 0 || doubts == 0 {
		t.Errorf("no call of %v; %d changes were told that they may have been made", slices.Sorted(maps.Keys(described)), doubts)
	}
}

// awaitCheckpoint waits until a checkpoint covers all that was changed, so that what is read of the log stays as it is.
func awaitCheckpoint(t *testing.T, s *store.Store) {
	t.Helper()
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(10 * time.Millisecond) {
		if _, err := storetest.Sequence(t.Context(), s, s.Pool); err != nil {
			t.Fatal(err)
		}
		var covered bool
		if err := s.Pool.QueryRow(t.Context(),
			"SELECT (SELECT max(seq) FROM sequenced) <= (SELECT max(size) FROM log_checkpoints)").Scan(&covered); err != nil {
			t.Fatal(err)
		}
		if covered {
			return
		}
	}
	t.Fatal("no checkpoint covers the last changes")
}

// cuts are the numbers of bytes after which the connection is cut: within a request, within an answer, and after some.
func cuts(yield func(after int) bool) {
	short := []int{200, 2_000}
	for i, after := 0, 0; ; i++ {
		if !testenv.Long() {
			if i == len(short) {
				return
			}
			after = short[i]
		}
		if !yield(after) {
			return
		}
		after += 1 + after/3
	}
}

// cut makes a call again and again, cut off later each time, and at last one that is not, which must succeed. It gives how often the
// client was told that a change may have been made.
func (w walk) cut(t *testing.T, proxy *cutter, opened *store.Store, o documentedOperation, v walkCall) (doubts int) {
	t.Helper()
	var answers []string // of those that were cut, and all the same
	for after := range cuts {
		w.uncut(t, proxy, opened)
		proxy.cutAfter(after)
		status, header, text, err := w.try(t, o, v)
		wasCut := proxy.hasCut()
		switch {
		case err != nil && wasCut && v.id == "exportBundle": // it may be cut off within its answer, or before its header is sent
		case err != nil:
			t.Fatalf("after %d bytes: %v", after, err)
		case strconv.Itoa(status) == o.success && strings.HasPrefix(v.id, "stream"): // what it lacks comes when its client is back
		case strconv.Itoa(status) == o.success && v.id == "getMetrics": // which move
		case strconv.Itoa(status) == o.success:
			answers = append(answers, text)
		case status == http.StatusNotFound && o.method == http.MethodDelete && doubts > 0: // it was made
		case status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" || !wasCut ||
			strings.Contains(text, "EOF") || strings.Contains(text, "127.0.0.1"):
			t.Errorf("after %d bytes: %d %v %s", after, status, header, text)
		}
		if strings.Contains(text, "may have been made") {
			doubts++
		}
		if !wasCut {
			break
		}
	}
	if doubts > 0 && o.method == http.MethodGet {
		t.Errorf("%d times who changes nothing was told that the change may have been made", doubts)
	}
	w.uncut(t, proxy, opened)
	status, _, text, err := w.try(t, o, v)
	if status == http.StatusNotFound && o.method == http.MethodDelete && doubts > 0 {
		return doubts // it was made
	}
	if err != nil || strconv.Itoa(status) != o.success {
		t.Fatalf("uncut: %d %v %s", status, err, text)
	}
	if o.method == http.MethodPut || o.method == http.MethodPatch {
		return doubts // each is a version of its own
	}
	for _, cut := range answers {
		if volatile.Replace(cut) != volatile.Replace(text) {
			t.Errorf("cut off it was answered\n%s\nand then\n%s", cut, text)
		}
	}
	return doubts
}

// uncut lets all pass, and opens a connection that is not cut.
func (walk) uncut(t *testing.T, proxy *cutter, opened *store.Store) {
	t.Helper()
	proxy.cutAfter(-1)
	opened.Pool.Reset()
	if err := opened.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// try makes a call and reads the whole answer. As a client does, it asks again as long as the database has not noticed that the
// connection of the call before is gone.
func (w walk) try(t *testing.T, o documentedOperation, v walkCall) (status int, header http.Header, text string, err error) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		status, header, text, err = w.ask(t, o, v)
		if status != http.StatusConflict || !strings.Contains(text, "is being answered") || time.Since(began) > 10*time.Second {
			return status, header, text, err
		}
	}
}

func (w walk) ask(t *testing.T, o documentedOperation, v walkCall) (status int, header http.Header, text string, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), o.method, w.url+v.path, strings.NewReader(v.body))
	if err != nil {
		t.Fatal(err)
	}
	if v.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	headers := w.headers(v)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(body), err
}
