package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	header       [2]string
	body         func(n int) []byte // of the n-th request of a client, if not nil
	status       int
}

func get(path string) question { return question{method: "GET", path: path, status: 200} }

// ask sends the questions over and over, each client on a connection of its own and each beginning elsewhere, as fast
// as answers come.
func ask(ctx context.Context, addr string, questions []question, length time.Duration) (sample, error) {
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
				failures[c] = questions[(n+c*len(questions)/clients)%len(questions)].ask(host, n*clients+c)
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

func (q question) ask(host *fasthttp.HostClient, n int) error {
	request, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(answer)
	request.Header.SetMethod(q.method)
	request.SetRequestURI("http://" + host.Addr + q.path)
	if q.header[0] != "" {
		request.Header.Set(q.header[0], q.header[1])
	}
	if q.body != nil {
		request.Header.SetContentType("application/json")
		request.SetBody(q.body(n))
	}
	if err := host.Do(request, answer); err != nil {
		return err
	}
	if answer.StatusCode() != q.status {
		return fmt.Errorf("%s %s: %d instead of %d: %.300s", q.method, q.path, answer.StatusCode(), q.status, answer.Body())
	}
	return nil
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
