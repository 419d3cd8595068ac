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

// clients is how many clients send requests at once.
const clients = 8

// call is a request and the status that its response must have.
type call struct {
	method, path string
	etag         string // of the response that the client has, if any
	body         []byte // JSON, if any
	status       int
}

func get(path string) call { return call{method: "GET", path: path, status: 200} }

// task is what a client does over and over; n differs each time.
type task func(host *fasthttp.HostClient, n int) error

// runTasks runs the tasks in turn on many clients, each as fast as its responses come. Each client has a connection of its own and
// starts at another task.
func runTasks(ctx context.Context, addr string, tasks []task, length time.Duration) (sample, error) {
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
				failures[c] = tasks[(n+c*len(tasks)/clients)%len(tasks)](host, n*clients+c)
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

func (q call) run(host *fasthttp.HostClient, _ int) error {
	_, _, err := q.send(host)
	return err
}

// send sends the request once and returns the body of the response and its ETag.
func (q call) send(host *fasthttp.HostClient) (body []byte, etag string, err error) {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.Header.SetMethod(q.method)
	request.SetRequestURI("http://" + host.Addr + q.path)
	if q.etag != "" {
		request.Header.Set("If-None-Match", q.etag)
	}
	if q.body != nil {
		request.Header.SetContentType("application/json")
		request.SetBody(q.body)
	}
	if err := host.Do(request, response); err != nil {
		return nil, "", err
	}
	if response.StatusCode() != q.status {
		return nil, "", fmt.Errorf("%s %s: %d instead of %d: %.300s", q.method, q.path, response.StatusCode(), q.status, response.Body())
	}
	return slices.Clone(response.Body()), string(response.Header.Peek("ETag")), nil
}

var perSecond = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbench runs the scripts in random order, prepared, with as many clients as runTasks has, and returns transactions a second.
func pgbench(ctx context.Context, dir, address string, scripts []string, length time.Duration) (sample, error) {
	args := []string{"-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2", "-T", strconv.Itoa(max(1, int(length.Seconds())))}
	for i, script := range scripts {
		path := filepath.Join(dir, fmt.Sprintf("pgbench-%d.sql", i))
		if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
			return sample{}, err
		}
		args = append(args, "-f", path)
	}
	output, err := exec.CommandContext(ctx, "pgbench", append(args, address)...).CombinedOutput()
	if err != nil {
		return sample{}, fmt.Errorf("pgbench: %w\n%s", err, output)
	}
	found := perSecond.FindSubmatch(output)
	if found == nil {
		return sample{}, fmt.Errorf("pgbench prints no rate:\n%s", output)
	}
	rate, err := strconv.ParseFloat(string(found[1]), 64)
	return sample{value: rate}, err
}
