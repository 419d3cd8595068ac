// Package events tells others of changes, and of how claims come to stand otherwise, as they come. It reads what it tells of through
// functions that it is given.
//
// It must not know SQL, nor the HTTP operations of the service.
package events

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// History is what a feed reads: entries of some type T, each with a place in one order, of which a filter F includes some.
type History[T, F any] struct {
	// Last is the place of the last entry in the order; 0 where there is none.
	Last func(ctx context.Context) (int64, error)
	// Between lists entries with places after one and up to another, in their order, and says whether there are more than it lists: no
	// more than limit, and fewer where they are large.
	Between func(ctx context.Context, f F, after, upTo int64, limit int) (entries []T, more bool, err error)
}

// Filter says which entries somebody wants to see. Its zero value includes all.
type Filter[T any] interface{ Includes(entry T) bool }

// Event is an entry as followers get it.
type Event[T any] struct {
	Seq   int64
	Entry T      // what filters look at
	Text  []byte // that followers read; made once for all of them
}

const (
	// feedTick is how long a feed, and who delivers to webhooks, waits before it looks for new changes.
	feedTick = 200 * time.Millisecond
	// feedPart is how many places a feed, and a follower that is behind, reads at once.
	feedPart = 1_000
	// behindPart is how many changes a follower that is behind gets at once: many may be behind together.
	behindPart = 64
	// behindReaders is how many of them read at once.
	behindReaders = 4
	// keptBytes and keptEvents bound what a feed keeps. Who is further behind reads for itself.
	keptBytes  = 8 << 20
	keptEvents = 8_192
)

// Feed reads new changes once for all who follow them, as long as anybody does, and keeps the last ones. Who is behind these reads
// the history itself, a small part at a time.
type Feed[T any, F Filter[T]] struct {
	history History[T, F]
	render  func(T) (Event[T], error)
	behind  chan struct{} // a place for each that reads for itself

	mutex     sync.Mutex
	followers int
	stop      context.CancelFunc // of the reader
	events    []Event[T]         // all with places after from, in order
	bytes     int
	from      int64
	head      int64         // everything up to this place was read
	news      chan struct{} // closed when head moves
}

// NewFeed makes a feed of a history. render makes what followers get of each entry.
func NewFeed[T any, F Filter[T]](history History[T, F], render func(T) (Event[T], error)) *Feed[T, F] {
	return &Feed[T, F]{history: history, render: render, behind: make(chan struct{}, behindReaders), news: make(chan struct{})}
}

// Join lets the feed read until all who joined have left.
func (f *Feed[T, F]) Join(ctx context.Context) (leave func(), err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.followers == 0 {
		last, err := f.history.Last(ctx)
		if err != nil {
			return nil, err
		}
		f.events, f.bytes, f.from, f.head = nil, 0, last, last
		var reading context.Context
		reading, f.stop = context.WithCancel(context.WithoutCancel(ctx))
		go f.read(reading)
	}
	f.followers++
	return sync.OnceFunc(f.leave), nil
}

func (f *Feed[T, F]) leave() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.followers--; f.followers == 0 {
		f.stop()
	}
}

// read reads what is new until ctx is done.
func (f *Feed[T, F]) read(ctx context.Context) {
	repeat(ctx, "changes cannot be streamed now", f.readNew)
}

// repeat works again and again until ctx is done. The first error in a row is logged with the warning.
func repeat(ctx context.Context, warning string, work func(ctx context.Context) error) {
	failed := false
	for {
		err := work(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			slog.WarnContext(ctx, warning, "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return
		case <-time.After(feedTick):
		}
	}
}

func (f *Feed[T, F]) readNew(ctx context.Context) error {
	last, err := f.history.Last(ctx)
	if err != nil {
		return err
	}
	f.mutex.Lock()
	head := f.head
	f.mutex.Unlock()
	for head < last {
		var all F
		events, upTo, err := f.eventsBetween(ctx, all, head, min(head+feedPart, last), feedPart)
		if err != nil {
			return err
		}
		if !f.keep(ctx, events, upTo) {
			return nil
		}
		head = upTo
	}
	return nil
}

// eventsBetween makes events of entries with places after one and up to another. end is up to which place it looked for them.
func (f *Feed[T, F]) eventsBetween(ctx context.Context, filter F, after, upTo int64, limit int) (events []Event[T], end int64, err error) {
	entries, more, err := f.history.Between(ctx, filter, after, upTo, limit)
	if err != nil {
		return nil, after, err
	}
	events = make([]Event[T], len(entries))
	for i, entry := range entries {
		if events[i], err = f.render(entry); err != nil {
			return nil, after, err
		}
	}
	if more {
		upTo = events[len(events)-1].Seq
	}
	return events, upTo, nil
}

// keep adds events, drops the first ones where there are too many, and wakes who waits. It does nothing for a reader whose followers
// have left: another one may have begun.
func (f *Feed[T, F]) keep(ctx context.Context, events []Event[T], upTo int64) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if ctx.Err() != nil {
		return false
	}
	for _, event := range events {
		f.bytes += len(event.Text)
	}
	f.events = append(f.events, events...)
	dropped := 0
	for ; f.bytes > keptBytes || len(f.events)-dropped > keptEvents; dropped++ {
		f.bytes -= len(f.events[dropped].Text)
		f.from = f.events[dropped].Seq
	}
	f.events = slices.Delete(f.events, 0, dropped)
	f.head = upTo
	close(f.news)
	f.news = make(chan struct{})
	return true
}

// News is closed when there is something after what the feed has read by now.
func (f *Feed[T, F]) News() <-chan struct{} {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.news
}

// After gives the next events after a place that a filter includes, and up to which place it looked for them: the same one where there
// is nothing new.
func (f *Feed[T, F]) After(ctx context.Context, filter F, place int64) (events []Event[T], upTo int64, err error) {
	events, head, kept := f.kept(filter, place)
	if kept {
		return events, head, nil
	}
	select {
	case f.behind <- struct{}{}:
	case <-ctx.Done():
		return nil, place, ctx.Err()
	}
	defer func() { <-f.behind }()
	return f.eventsBetween(ctx, filter, place, min(place+feedPart, head), behindPart)
}

// kept gives the events after a place that the feed still has; false where it lacks some. upTo is up to where it has read.
func (f *Feed[T, F]) kept(filter F, place int64) (events []Event[T], upTo int64, all bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if place < f.from {
		return nil, f.head, false
	}
	first, _ := slices.BinarySearchFunc(f.events, place+1, func(e Event[T], seq int64) int { return int(e.Seq - seq) })
	for _, event := range f.events[first:] {
		if len(events) == feedPart {
			return events, events[feedPart-1].Seq, true
		}
		if filter.Includes(event.Entry) {
			events = append(events, event)
		}
	}
	return events, max(place, f.head), true
}
