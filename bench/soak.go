package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tsenart/vegeta/v12/lib"

	"github.com/headwater-project/headwater/bundle"
)

const (
	// soakRate is how many requests a second are sent, whatever the responses.
	soakRate = 60
	// importedAttributions is how many attributions the one import in the middle has.
	importedAttributions = 10_000
	// soakParts is how many parts of the time are compared.
	soakParts = 5
	// shortestSoak gives each point of the plot two samples of the memory.
	shortestSoak = 2 * time.Minute
)

// soak loads the service with a mixture of requests at a constant rate, with one import in the middle, and compares the end
// with the beginning.
func (b *bench) soak(ctx context.Context) error {
	return b.withService(ctx, func(serve *service) error {
		targets, err := b.mixture(ctx, "http://"+serve.addr)
		if err != nil {
			return err
		}
		s := soakRun{began: time.Now(), length: b.soaked}
		if err := s.run(ctx, serve, targets, b.importBundle()); err != nil {
			return err
		}
		for _, result := range s.results() {
			b.add(result)
		}
		if !b.options.publish {
			return nil
		}
		return s.plot("docs/soak.svg")
	})
}

// soakRun is the state of a soak.
type soakRun struct {
	began    time.Time
	length   time.Duration
	outcomes []outcome
	memory   []memorySample
}

// outcome is what became of a request.
type outcome struct {
	at, latency time.Duration // at is when it was sent, since the start
	failure     string
}

// memorySample is the service's resident memory in MB at a time since the start.
type memorySample struct {
	at time.Duration
	mb float64
}

// mixture returns the requests of a soak, in rounds of twenty: ten claim reads, four reports, three searches, one page of a
// source's claims, and two new claims.
func (b *bench) mixture(ctx context.Context, service string) (vegeta.Targeter, error) {
	claims, err := b.typicalClaims(ctx)
	if err != nil {
		return nil, err
	}
	words := slices.Concat(placeNames(ordinaryFrom, ordinaryTo, arabic), placeNames(ordinaryFrom, ordinaryTo, english))
	models := b.models()
	var n atomic.Int64
	return func(target *vegeta.Target) error {
		i := int(n.Add(1)) - 1
		var q call
		switch round, turn := i/20, i%20; {
		case turn < 10:
			q = wholeClaim(claims[(round*10+turn)%len(claims)])
		case turn < 14:
			q = corroboration(claims[(round*4+turn)%len(claims)])
		case turn < 17:
			q = searchFor(words[(round*3+turn)%len(words)])
		case turn < 18:
			q = get(fmt.Sprintf("/v1/sources/%s/claims", idOf("source", ubiquitous)))
		default:
			body, err := json.Marshal(models[(i/20*2+i%20)%len(models)].claim.ClaimFields)
			if err != nil {
				return err
			}
			q = call{method: http.MethodPost, path: "/v1/claims", body: body}
		}
		target.Method, target.URL, target.Body = q.method, service+q.path, q.body
		target.Header = http.Header{"Content-Type": {"application/json"}}
		return nil
	}, nil
}

// importBundle returns a bundle of new documents about existing claims.
func (b *bench) importBundle() io.Reader {
	var text bytes.Buffer
	to, err := bundle.NewWriter(&text, namespace)
	for d, written := b.size, 0; err == nil && written < importedAttributions; d++ {
		document, attributions := b.world.document(d, 1+d%3)
		written += len(attributions)
		err = to.Write(document)
		for _, attribution := range attributions {
			err = errors.Join(err, to.Write(attribution))
		}
	}
	if err = errors.Join(err, to.Close()); err != nil {
		panic(err) // a buffer takes everything
	}
	return &text
}

func (s *soakRun) run(whole context.Context, serve *service, targets vegeta.Targeter, bundle io.Reader) error {
	ctx, stop := context.WithTimeout(whole, s.length)
	defer stop()
	attacker := vegeta.NewAttacker(vegeta.Timeout(time.Minute))
	context.AfterFunc(ctx, func() { attacker.Stop() })
	var beside sync.WaitGroup
	var imported error
	beside.Go(func() { s.watch(ctx, serve) })
	beside.Go(func() { imported = importAfter(ctx, s.length/2, "http://"+serve.addr+"/v1/imports", bundle) })
	for result := range attacker.Attack(targets, vegeta.Rate{Freq: soakRate, Per: time.Second}, s.length, "soak") {
		s.outcomes = append(s.outcomes, outcome{result.Timestamp.Sub(s.began), result.Latency, result.Error})
	}
	stop()
	beside.Wait()
	return errors.Join(imported, whole.Err())
}

// watch samples the memory of the service each second.
func (s *soakRun) watch(ctx context.Context, serve *service) {
	each := time.NewTicker(time.Second)
	defer each.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-each.C:
		}
		if resident, err := serve.memory("VmRSS"); err == nil {
			s.memory = append(s.memory, memorySample{time.Since(s.began), float64(resident) / (1 << 20)})
		}
	}
}

// importAfter imports a bundle after a delay.
func importAfter(ctx context.Context, delay time.Duration, url string, bundle io.Reader) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(delay):
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bundle)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
		return fmt.Errorf("the import: %s: %s", response.Status, body)
	}
	return nil
}

// part returns the bounds of the n-th part of the time.
func (s *soakRun) part(n int) (from, to time.Duration) {
	return s.length * time.Duration(n) / soakParts, s.length * time.Duration(n+1) / soakParts
}

func (s *soakRun) latencies(from, to time.Duration) []float64 {
	var list []float64
	for _, one := range s.outcomes {
		if one.at >= from && one.at < to {
			list = append(list, milliseconds(one.latency))
		}
	}
	return list
}

func (s *soakRun) memoryIn(from, to time.Duration) (mean, most float64) {
	n := 0
	for _, sample := range s.memory {
		if sample.at >= from && sample.at < to {
			n++
			mean += sample.mb
			most = math.Max(most, sample.mb)
		}
	}
	return mean / math.Max(1, float64(n)), most
}

// results returns the lines of the table. Memory is compared with the second part, since caches fill in the first.
func (s *soakRun) results() []Result {
	failed := 0
	for _, one := range s.outcomes {
		if one.failure != "" {
			failed++
		}
	}
	share := fmt.Sprintf("soak of %s at %d requests/s", s.length, soakRate)
	results := []Result{withoutCeiling(share+": requests that failed", "requests", float64(failed), atMost(0))}
	first, last := s.latencies(s.part(0)), s.latencies(s.part(soakParts-1))
	for _, q := range []struct {
		name  string
		share float64
	}{{"median", .5}, {"95th percentile", .95}} {
		results = append(results, compareTwo(fmt.Sprintf("%s: %s latency of the last fifth against the first", share, q.name), "ms",
			quantile(last, q.share), quantile(first, q.share), 1.2))
	}
	before, _ := s.memoryIn(s.part(1))
	after, _ := s.memoryIn(s.part(soakParts - 1))
	_, most := s.memoryIn(0, s.length)
	return append(results, compareTwo(share+": resident memory of the last fifth against the second", "MB", after, before, 1.1),
		withoutCeiling(share+": resident memory at most", "MB", math.Ceil(most), atMost(150)))
}

// compareTwo returns a line that compares two figures of one run.
func compareTwo(name, unit string, figure, ceiling, most float64) Result {
	ratio := figure / ceiling
	result := Result{Case: name, Unit: unit, Figure: figure, Ceiling: ceiling, Ratio: &Spread{ratio, ratio, ratio},
		Goal: atMost(most).String()}
	result.Met = atMost(most).met(result)
	return result
}
