package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// others is a client that behaves, and what it sees.
type others struct {
	service *service
	client  *http.Client
	times   []time.Duration
	faults  []error
	stop    context.CancelFunc
	done    chan struct{}
}

// watch begins to ask as a client that behaves does.
func watch(ctx context.Context, s *service) *others {
	ctx, stop := context.WithCancel(ctx)
	o := &others{service: s, client: &http.Client{Timeout: 2 * othersBound, Transport: &http.Transport{}}, stop: stop,
		done: make(chan struct{})}
	go func() {
		defer close(o.done)
		for round := 0; ctx.Err() == nil; round++ {
			o.round(round)
			time.Sleep(100 * time.Millisecond)
		}
	}()
	return o
}

// round asks once in each way: a read, the health, and two writes of which the second relates what the first made.
func (o *others) round(n int) {
	o.ask(http.MethodGet, "/v1/sources?limit=1", "")
	o.ask(http.MethodGet, "/readyz", "")
	made := o.ask(http.MethodPost, "/v1/sources", fmt.Sprintf(`{"kind": "outlet", "name": "Well behaved %d"}`, n))
	var source struct{ ID string }
	if json.Unmarshal(made, &source) == nil {
		o.ask(http.MethodPost, "/v1/relations",
			fmt.Sprintf(`{"subject": %q, "kind": "part_of", "object": %q}`, source.ID, o.service.anchor))
	}
}

func (o *others) ask(method, path, body string) []byte {
	request, err := http.NewRequest(method, o.service.url+path, strings.NewReader(body)) //nolint:noctx // the client has a timeout
	if err != nil {
		panic(err) // only where the address is none
	}
	request.Header.Set("Content-Type", "application/json")
	began := time.Now()
	answer, err := o.client.Do(request)
	took := time.Since(began)
	o.times = append(o.times, took)
	if err != nil {
		o.faults = append(o.faults, err)
		return nil
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		o.faults = append(o.faults, err)
	case answer.StatusCode/100 != 2:
		o.faults = append(o.faults, fmt.Errorf("%s %s: %s", method, path, answer.Status))
	case took > othersBound:
		o.faults = append(o.faults, fmt.Errorf("%s %s took %s", method, path, took))
	}
	return text
}

// end stops asking, and says what was seen.
func (o *others) end() (string, error) {
	o.stop()
	<-o.done
	o.client.CloseIdleConnections()
	if len(o.times) == 0 {
		return "nothing", errors.New("the client that behaves was never answered")
	}
	slices.Sort(o.times)
	last := len(o.times) - 1
	seen := fmt.Sprintf("%d answers, %d bad; median %s, slowest %s", len(o.times), len(o.faults),
		o.times[last/2].Round(time.Millisecond/10), o.times[last].Round(time.Millisecond/10))
	if len(o.faults) > 0 {
		return seen, fmt.Errorf("others saw %d bad answers, the first: %w", len(o.faults), o.faults[0])
	}
	return seen, nil
}
