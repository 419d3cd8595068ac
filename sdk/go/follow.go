package headwater

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	eventStream = "text/event-stream"
	// silence is after how long without a heartbeat a stream is taken for dead. The service sends one every 15 seconds.
	silence = 45 * time.Second
	// pollEvery is how long is waited between pages where there are no streams.
	pollEvery = 2 * time.Second
	// followAgain is the first wait before a stream that ended is asked for again.
	followAgain = 500 * time.Millisecond
)

// Follow gives changes as they are made, in their order and each once: those after params.After, or those to come. It goes on through
// restarts of the service and lost connections, and ends with the loop, with ctx, or when the service refuses, which is a [*Problem].
// Whoever keeps the Seq of the last change goes on from there another time. Where something on the way allows no streams, it asks for
// pages again and again.
func (c *Client) Follow(ctx context.Context, params *StreamChangesParams) iter.Seq2[Change, error] {
	asked := StreamChangesParams{}
	if params != nil {
		asked = *params
	}
	var include []ListChangesParamsInclude
	for _, name := range asked.Include {
		include = append(include, ListChangesParamsInclude(name))
	}
	return follow(ctx, c, asked.After, order[Change]{
		stream: func(ctx context.Context, after *int) (*http.Request, error) {
			asked := asked
			asked.After = after
			return newStreamChangesRequest(ctx, c.server, &asked)
		},
		page: func(ctx context.Context, after int) ([]Change, error) {
			page, err := c.ListChangesPage(ctx, &ListChangesParams{Limit: pageMost, After: &after, Include: include,
				Resource: asked.Resource, ResourceID: asked.ResourceID, Actor: asked.Actor, Operation: asked.Operation, Group: asked.Group})
			if err != nil {
				return nil, err
			}
			return page.Items, nil
		},
		last: func(ctx context.Context) (int, error) {
			last, err := First(c.ListChanges(ctx, &ListChangesParams{Order: ListChangesParamsOrderDesc, Limit: 1}))
			if errors.Is(err, ErrNone) {
				err = nil
			}
			return last.Seq, err
		},
		seq: func(change Change) int { return change.Seq },
	})
}

// FollowStandings gives how claims come to stand otherwise, with before and after, as [Client.Follow] gives changes. The order is another
// one, and entries are kept for 30 days: a place after which some are gone is a [*Problem]; read how claims stand anew then.
func (c *Client) FollowStandings(ctx context.Context, params *StreamStandingChangesParams) iter.Seq2[StandingChange, error] {
	asked := StreamStandingChangesParams{}
	if params != nil {
		asked = *params
	}
	page := func(ctx context.Context, after int) ([]StandingChange, error) {
		page, err := c.ListStandingChangesPage(ctx, &ListStandingChangesParams{Limit: pageMost, After: &after, Claim: asked.Claim})
		if err != nil {
			return nil, err
		}
		return page.Items, nil
	}
	return follow(ctx, c, asked.After, order[StandingChange]{
		stream: func(ctx context.Context, after *int) (*http.Request, error) {
			asked := asked
			asked.After = after
			return newStreamStandingChangesRequest(ctx, c.server, &asked)
		},
		page: page,
		last: func(ctx context.Context) (last int, err error) { // of those that are kept
			for items := make([]StandingChange, pageMost); err == nil && len(items) == pageMost; {
				if items, err = page(ctx, last); len(items) > 0 {
					last = items[len(items)-1].Seq
				}
			}
			return last, err
		},
		seq: func(change StandingChange) int { return change.Seq },
	})
}

// pageMost is how many entries a page has at most, where there are no streams.
const pageMost = 100

// order is what can be followed: entries, each with a place.
type order[T any] struct {
	stream func(ctx context.Context, after *int) (*http.Request, error) // asks for what comes after a place, or what comes next
	page   func(ctx context.Context, after int) ([]T, error)
	last   func(ctx context.Context) (int, error) // the place of the last entry
	seq    func(T) int
}

// follow follows an order through restarts and lost connections.
func follow[T any](ctx context.Context, c *Client, after *int, of order[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		f := following[T]{client: c, order: of, after: after, yield: yield}
		f.run(ctx)
	}
}

// following is where a loop over an order is.
type following[T any] struct {
	client *Client
	order  order[T]
	after  *int // the place where the loop is; nil for what comes next
	yield  func(T, error) bool
	left   bool // the loop was left
	moved  bool // something came since it was last asked
}

// errNoStream says that the service, or what stands before it, has no streams.
var errNoStream = errors.New("headwater: there is no stream of changes")

func (f *following[T]) run(ctx context.Context) {
	read, wait := f.stream, followAgain
	for {
		f.moved = false
		err := read(ctx)
		var refused *Problem
		switch {
		case f.left:
			return
		case ctx.Err() != nil:
			f.fail(ctx.Err())
			return
		case errors.Is(err, errNoStream):
			read = f.poll
			continue
		case errors.As(err, &refused) && refused.Status/100 == 4 && refused.Status != http.StatusTooManyRequests:
			f.fail(err)
			return
		}
		if wait = min(2*wait, f.client.longest); f.moved {
			wait = followAgain
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait/2 + rand.N(wait)): // clients that were cut off together do not come back together
		}
	}
}

// give gives an entry to the loop.
func (f *following[T]) give(entry T) bool {
	f.at(f.order.seq(entry))
	f.left = !f.yield(entry, nil)
	return !f.left
}

// fail ends the loop with an error.
func (f *following[T]) fail(err error) {
	var none T
	f.yield(none, err)
}

// at says up to where everything has come.
func (f *following[T]) at(seq int) { f.after, f.moved = &seq, true }

// stream reads one stream to its end.
func (f *following[T]) stream(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req, err := f.order.stream(ctx, f.after)
	if err != nil {
		return err
	}
	resp, err := f.client.send(req, eventStream)
	var refused *Problem
	if errors.As(err, &refused) && (refused.Status == http.StatusNotFound || refused.Status == http.StatusMethodNotAllowed) {
		return errNoStream
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); media != eventStream {
		return errNoStream
	}
	dead := time.AfterFunc(silence, cancel)
	defer dead.Stop()
	lines := bufio.NewReader(resp.Body)
	for id, data := "", ""; ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		dead.Reset(silence)
		switch field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); {
		case field == "id":
			id = value
		case field == "data":
			data = value
		case line == "\n":
			if err := f.came(id, data); err != nil || f.left {
				return err
			}
			id, data = "", ""
		}
	}
}

// came takes an event. One without data says that there is nothing else up to its id.
func (f *following[T]) came(id, data string) error {
	if data != "" {
		var entry T
		if err := json.Unmarshal([]byte(data), &entry); err != nil {
			return fmt.Errorf("headwater: an entry in the stream: %w", err)
		}
		f.give(entry)
		return nil
	}
	if seq, err := strconv.Atoi(id); err == nil {
		f.at(seq)
	}
	return nil
}

// poll reads pages as long as there are any.
func (f *following[T]) poll(ctx context.Context) error {
	if f.after == nil { // from now on
		last, err := f.order.last(ctx)
		if err != nil {
			return err
		}
		f.at(last)
	}
	for {
		page, err := f.order.page(ctx, *f.after)
		if err != nil {
			return err
		}
		for _, entry := range page {
			if !f.give(entry) {
				return nil
			}
		}
		if len(page) == pageMost {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}
