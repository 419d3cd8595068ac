package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// clients is how many ask at once.
const clients = 8

// question is a request and the status that its answer must have.
type question struct {
	method, path string
	etag         string // that the client has, if any
	body         []byte // JSON, if any
	status       int
}

func get(path string) question { return question{method: "GET", path: path, status: 200} }

// asking is one thing that a client does over and over; n is another number each time.
type asking func(host *fasthttp.HostClient, n int) error

// ask does the askings in turn, each client on a connection of its own and each beginning elsewhere, as fast as answers
// come.
func ask(ctx context.Context, addr string, askings []asking, length time.Duration) (sample, error) {
	host := &fasthttp.HostClient{Addr: addr, MaxConns: clients}
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	latencies, failures := make([][]time.Duration, clients), make([]error, clients)
	began := time.Now()
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for n := 0; ctx.Err() == nil && failures[c] == nil; n++ {
				sent := time.Now()
				failures[c] = askings[(n+c*len(askings)/clients)%len(askings)](host, n*clients+c)
				latencies[c] = append(latencies[c], time.Since(sent))
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	var s sample
	for _, of := range latencies {
		s.latencies = append(s.latencies, of...)
	}
	s.value = float64(len(s.latencies)) / took.Seconds()
	host.CloseIdleConnections()
	return s, errors.Join(failures...)
}

func (q question) ask(host *fasthttp.HostClient, _ int) error {
	_, _, err := q.put(host)
	return err
}

// put asks once and gives the answer, with its ETag.
func (q question) put(host *fasthttp.HostClient) (body []byte, etag string, err error) {
	request, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(answer)
	request.Header.SetMethod(q.method)
	request.SetRequestURI("http://" + host.Addr + q.path)
	if q.etag != "" {
		request.Header.Set("If-None-Match", q.etag)
	}
	if q.body != nil {
		request.Header.SetContentType("application/json")
		request.SetBody(q.body)
	}
	if err := host.Do(request, answer); err != nil {
		return nil, "", err
	}
	if answer.StatusCode() != q.status {
		return nil, "", fmt.Errorf("%s %s: %d instead of %d: %.300s", q.method, q.path, answer.StatusCode(), q.status, answer.Body())
	}
	return slices.Clone(answer.Body()), string(answer.Header.Peek("ETag")), nil
}

var perSecond = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbench runs scripts by chance, prepared, with as many clients as ask has, and gives transactions a second.
func pgbench(ctx context.Context, dir, address string, scripts []string, length time.Duration) (sample, error) {
	args := []string{"-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2", "-T", strconv.Itoa(max(1, int(length.Seconds())))}
	for i, script := range scripts {
		path := filepath.Join(dir, fmt.Sprintf("pgbench-%d.sql", i))
		if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
			return sample{}, err
		}
		args = append(args, "-f", path)
	}
	said, err := exec.CommandContext(ctx, "pgbench", append(args, address)...).CombinedOutput()
	if err != nil {
		return sample{}, fmt.Errorf("pgbench: %w\n%s", err, said)
	}
	found := perSecond.FindSubmatch(said)
	if found == nil {
		return sample{}, fmt.Errorf("pgbench says no rate:\n%s", said)
	}
	rate, err := strconv.ParseFloat(string(found[1]), 64)
	return sample{value: rate}, err
}
