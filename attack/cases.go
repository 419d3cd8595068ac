package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// slowReaders takes exports and pages at half of the least rate.
func slowReaders(ctx context.Context, s *service) (string, error) {
	began := time.Now()
	cut, refused, err := readAllSlowly(ctx, s, 48, func(i int) string {
		if i%2 == 0 {
			return "/v1/sources?limit=1000"
		}
		return "/v1/exports"
	})
	took := time.Since(began)
	saw := fmt.Sprintf("%d cut off, %d refused, in %s", cut, refused, took.Round(time.Second))
	if err == nil && refused == 0 {
		err = errors.New("no export beyond the cap was refused")
	}
	return saw, err
}

// readAllSlowly has many readers each take an answer slowly, and counts those that were cut off, and those that were refused. One that
// was neither is a fault.
func readAllSlowly(ctx context.Context, s *service, many int, path func(i int) string) (cut, refused int32, err error) {
	var cuts, refusals atomic.Int32
	readers, reading := errgroup.WithContext(ctx)
	for i := range many {
		readers.Go(func() error {
			connection, err := s.dial(reading, "GET "+path(i)+" HTTP/1.1\nHost: localhost\nConnection: close\n\n")
			if err != nil {
				return err
			}
			defer connection.Close()
			isCut, status, err := readSlowly(connection)
			switch {
			case err != nil:
				return err
			case status == http.StatusServiceUnavailable:
				refusals.Add(1)
			case isCut:
				cuts.Add(1)
			default:
				return fmt.Errorf("a slow reader of %s was answered %d, and not cut off", path(i), status)
			}
			return nil
		})
	}
	err = readers.Wait()
	return cuts.Load(), refusals.Load(), err
}

// readSlowly reads 15 KB a second for as long as it takes the service to lose patience, and then what still comes: a response
// that ends before its last part was cut off.
func readSlowly(connection net.Conn) (cut bool, status int, err error) {
	const slow, patience = 40 * time.Second, 20 * time.Second
	began := time.Now()
	if err := connection.SetReadDeadline(began.Add(slow + patience)); err != nil {
		return false, 0, err
	}
	answer, err := http.ReadResponse(bufio.NewReaderSize(connection, 1500), nil)
	if err != nil {
		return false, 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return false, answer.StatusCode, nil
	}
	part := make([]byte, 1500)
	for {
		_, err := io.ReadFull(answer.Body, part)
		var timeout net.Error
		switch {
		case errors.As(err, &timeout) && timeout.Timeout():
			return false, answer.StatusCode, nil
		case err == io.EOF:
			return false, answer.StatusCode, nil
		case err != nil:
			return true, answer.StatusCode, nil
		}
		if time.Since(began) < slow {
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// halfBodies sends 10 bytes of 1,000, and waits for what the service says to that.
func halfBodies(ctx context.Context, s *service) (string, error) {
	const within = 4 * stallTime
	began := time.Now()
	var answered, refused atomic.Int32
	var others sync.Map // statuses other than 408, and 503 that says when to come back
	bodies, sending := errgroup.WithContext(ctx)
	for i := range 300 {
		path, media := "/v1/sources", "application/json"
		if i%3 == 0 {
			path, media = "/v1/imports", "application/x-ndjson"
		}
		bodies.Go(func() error {
			connection, err := s.dial(sending,
				"POST "+path+" HTTP/1.1\nHost: localhost\nContent-Type: "+media+"\nContent-Length: 1000\n\n{\"kind\": \"")
			if err != nil {
				return err
			}
			defer connection.Close()
			if err := connection.SetReadDeadline(began.Add(within)); err != nil {
				return err
			}
			answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			switch { // whose key it has is looked up in a place of those that are worked on, of which one address has a share
			case answer.StatusCode == http.StatusRequestTimeout:
				answered.Add(1)
			case answer.StatusCode == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "":
				refused.Add(1)
			default:
				others.Store(answer.Status, true)
			}
			return nil
		})
	}
	err := bodies.Wait()
	others.Range(func(status, _ any) bool {
		err = errors.Join(err, fmt.Errorf("a half-sent body was answered %v, neither 408 nor 503", status))
		return true
	})
	return fmt.Sprintf("%d answered 408, %d 503, in %s", answered.Load(), refused.Load(), time.Since(began).Round(time.Second)), err
}

// mostMemory is what the service may hold while it is attacked.
const mostMemory = 1 << 30

// halfHeaders sends headers of very many small fields that do not end, and waits until the service has had enough of each.
func halfHeaders(ctx context.Context, s *service) (string, error) {
	const bound = 20 * time.Second
	var header strings.Builder
	header.WriteString("GET /healthz HTTP/1.1\nHost: localhost\n")
	for i := 0; header.Len() < 1_000_000; i++ {
		fmt.Fprintf(&header, "%x:\n", i)
	}
	began := time.Now()
	stop := s.watchMemory()
	connections, sending := errgroup.WithContext(ctx)
	for range 400 {
		connections.Go(func() error {
			connection, err := s.dial(sending, header.String())
			if err != nil { // the service has closed it while the header came
				return sending.Err()
			}
			defer connection.Close()
			if err := connection.SetReadDeadline(began.Add(bound)); err != nil {
				return err
			}
			var timeout net.Error
			if _, err := io.Copy(io.Discard, connection); errors.As(err, &timeout) && timeout.Timeout() {
				return fmt.Errorf("a header without an end is waited for after %s", bound)
			}
			return nil
		})
	}
	err := connections.Wait()
	most, memoryErr := stop()
	return fmt.Sprintf("all ended in %s; %d MB of memory at most", time.Since(began).Round(time.Second/10), most>>20),
		errors.Join(err, memoryErr)
}

// slowReports takes slowly, on many connections, the report on a claim in 2,000 documents, each a reprint of the one before it.
func slowReports(ctx context.Context, s *service) (string, error) {
	const documents = 2_000
	var things, attributions strings.Builder
	things.WriteString(bundleHeader + `{"type":"claim","key":"reprinted","statement":{"en":"A ship left."}}` + "\n")
	from := ""
	for i := range documents {
		fmt.Fprintf(&things, `{"type":"source","key":"r%d","kind":"outlet","name":"R%d"}`+"\n", i, i)
		fmt.Fprintf(&things, `{"type":"document","key":"r%d","publisher":"r%d","kind":"article"%s}`+"\n", i, i, from)
		from = fmt.Sprintf(`,"derived_from":"r%d"`, i)
		fmt.Fprintf(&attributions, `{"type":"attribution","key":"r%d","claim":"reprinted","document":"r%d","stance":"affirms",`+
			`"chain":[{"source":"r%d","act":"publishes"}]}`+"\n", i, i, i)
	}
	status, text, err := s.send(ctx, http.MethodPost, "/v1/imports", things.String()+attributions.String(), "Content-Type",
		"application/x-ndjson")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the import of a claim was answered %d %.200s", status, text)
	}
	if err != nil {
		return "", err
	}
	if _, text, err = s.send(ctx, http.MethodGet, "/v1/claims", ""); err != nil {
		return "", err
	}
	var list struct{ Items []struct{ ID string } }
	if err := json.Unmarshal(text, &list); err != nil || len(list.Items) != 1 {
		return "", fmt.Errorf("the claims are %.200s: %w", text, err)
	}
	stop := s.watchMemory()
	cut, refused, err := readAllSlowly(ctx, s, 20, func(int) string { return "/v1/claims/" + list.Items[0].ID + "/corroboration" })
	most, memoryErr := stop()
	return fmt.Sprintf("%d cut off, %d refused; %d MB of memory at most", cut, refused, most>>20), errors.Join(err, memoryErr)
}

// manyMembers sends objects of many unknown members, of which each is a fault.
func manyMembers(ctx context.Context, s *service) (string, error) {
	var body strings.Builder
	body.WriteString(`{"f0":1`)
	for i := range 31_999 {
		fmt.Fprintf(&body, `,"f%d":1`, i+1)
	}
	body.WriteString("}")
	slowest, err := together(ctx, 8, 10, func(ctx context.Context, _ int) error {
		status, _, err := s.send(ctx, http.MethodPost, "/v1/analyses", body.String(), "Content-Type", "application/json")
		if err == nil && status/100 != 4 {
			err = fmt.Errorf("a body of 32,000 members was answered %d", status)
		}
		return err
	})
	return within(slowest, 5*time.Second, err)
}

// manyMessages sends batches of calls to the door of assistants, each of which would be answered by all tools.
func manyMessages(ctx context.Context, s *service) (string, error) {
	const call = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	body := "[" + call + strings.Repeat(","+call, 9_999) + "]"
	slowest, err := together(ctx, 8, 10, func(ctx context.Context, _ int) error {
		status, text, err := s.send(ctx, http.MethodPost, "/mcp", body, "Content-Type", "application/json",
			"Accept", "application/json, text/event-stream")
		if err == nil && (status/100 != 4 || len(text) > 1_000) {
			err = fmt.Errorf("a batch of 10,000 messages was answered %d with %d bytes", status, len(text))
		}
		return err
	})
	return within(slowest, 5*time.Second, err)
}

// datedRelations imports relations of control at random times among few sources, in which there are very many paths.
func datedRelations(ctx context.Context, s *service) (string, error) {
	const sources, relations = 64, 448
	bundle := func(seed int) string {
		chance := rand.New(rand.NewPCG(1, uint64(seed))) //nolint:gosec // the same each time
		var body strings.Builder
		body.WriteString(bundleHeader)
		for i := range sources {
			fmt.Fprintf(&body, `{"type":"source","key":"owner-%d","kind":"organization","name":"Owner %d"}`+"\n", i, i)
		}
		for range relations {
			first, ends := 1900+chance.IntN(100), chance.Perm(sources)
			fmt.Fprintf(&body,
				`{"type":"relation","subject":"owner-%d","kind":"controlled_by","object":"owner-%d","since":"%d","until":"%d"}`+"\n",
				ends[0], ends[1], first, first+1+chance.IntN(4))
		}
		return body.String()
	}
	slowest, err := together(ctx, 1, 5, func(ctx context.Context, round int) error {
		status, text, err := s.send(ctx, http.MethodPost, "/v1/imports", bundle(round), "Content-Type", "application/x-ndjson")
		if err == nil && status != http.StatusOK && status != http.StatusUnprocessableEntity { // which says where loops are
			err = fmt.Errorf("the import was answered %d %.200s", status, text)
		}
		return err
	})
	return within(slowest, 30*time.Second, err)
}

// foreignPages sends what pages of other sites make a browser send.
func foreignPages(ctx context.Context, s *service) (string, error) {
	const key = `{"name": "mine", "scopes": ["admin"]}`
	refused := 0
	for _, c := range []struct {
		method, path, body string
		headers            []string
	}{
		{"POST", "/v1/keys", key, []string{"Origin", "http://evil.example", "Host", "evil.example"}},
		{"POST", "/v1/keys", key, []string{"Origin", "http://evil.example", "Content-Type", "text/plain"}},
		{"POST", "/v1/keys", key, []string{"Sec-Fetch-Site", "cross-site", "Content-Type", "application/json"}},
		{"POST", "/v1/keys", key, nil},
		{"POST", "/v1/imports", bundleHeader, []string{"Origin", "http://evil.example", "Content-Type", "application/x-ndjson"}},
		{"POST", "/v1/sources", `{"kind": "outlet", "name": "Forged"}`, []string{"Origin", "null", "Content-Type", "application/json"}},
		{"GET", "/v1/sources", "", []string{"Host", "evil.example"}},
	} {
		status, text, err := s.send(ctx, c.method, c.path, c.body, c.headers...)
		if err != nil {
			return "", err
		}
		if status != http.StatusForbidden && status != http.StatusUnsupportedMediaType {
			return fmt.Sprintf("%d refused", refused),
				fmt.Errorf("%s %s %v was answered %d %.200s", c.method, c.path, c.headers, status, text)
		}
		refused++
	}
	// the owner is not locked out, and nothing was made
	status, text, err := s.send(ctx, http.MethodGet, "/v1/keys", "")
	if err == nil && (status != http.StatusOK || strings.Contains(string(text), "mine")) {
		err = fmt.Errorf("the owner's keys afterwards: %d %.200s", status, text)
	}
	return fmt.Sprintf("%d refused", refused), err
}

// together lets so many clients do the same at once, some times each, and says how long the slowest time took.
func together(ctx context.Context, clients, times int, do func(ctx context.Context, round int) error) (slowest time.Duration,
	err error) {
	var mutex sync.Mutex
	all, doing := errgroup.WithContext(ctx)
	for range clients {
		all.Go(func() error {
			for round := range times {
				began := time.Now()
				if err := do(doing, round); err != nil {
					return err
				}
				mutex.Lock()
				slowest = max(slowest, time.Since(began))
				mutex.Unlock()
			}
			return nil
		})
	}
	err = all.Wait()
	return slowest, err
}

// within says how long the slowest took, and that it must not take longer than the bound.
func within(slowest, bound time.Duration, err error) (string, error) {
	if err == nil && slowest > bound {
		err = fmt.Errorf("the slowest took %s, more than %s", slowest, bound)
	}
	return "answered in " + slowest.Round(time.Millisecond).String(), err
}
