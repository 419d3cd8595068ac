// Package standby knows which standbys of the database may answer reads: those that are up, follow the primary and are not too far behind
// it. It watches all of them, and says for a request which to ask, so that whoever made a change finds it in what they read.
//
// It must not know what is read, nor HTTP.
package standby

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

const (
	// DefaultMaxLag is how far a standby may be behind unless it is told otherwise.
	DefaultMaxLag = 10 * time.Second
	// LeastMaxLag is the least that can be told apart from a standby that is looked at too seldom.
	LeastMaxLag = 100 * time.Millisecond
	// GreatestMaxLag keeps what is remembered of the primary's log small.
	GreatestMaxLag = time.Hour

	longestLook = time.Second            // that a server may take to say how it stands
	longestWait = 100 * time.Millisecond // that a request waits for a standby to have what it asks for
	looksALag   = 100                    // that are remembered of the time of the greatest lag
	seldomLook  = 250 * time.Millisecond
	firstPause  = time.Millisecond // of those who wait for a standby; each is twice the one before
)

// Set is a primary with its standbys.
type Set struct {
	primary  *store.Store
	standbys []*Standby
	maxLag   time.Duration
	next     atomic.Uint32 // whose turn it is

	mutex   sync.Mutex
	known   bool              // the primary was seen
	gone    bool              // it did not answer when it was last looked at
	written store.WALPosition // the farthest place that is known of
	began   int64             // where its timeline was first seen
	seen    []sighting        // of its log, oldest first
}

// sighting is how far the primary's log went, and when.
type sighting struct {
	at    time.Time
	place int64
}

// Standby is one standby.
type Standby struct {
	store    *store.Store
	asking   chan struct{} // held by the one who asks it how far it is
	replayed atomic.Int64  // as far as is known
	up       atomic.Bool
	lag      atomic.Int64 // time.Duration
	reads    atomic.Int64 // that it was chosen for
	ahead    atomic.Int64 // the place at which it was beyond its primary, 0 if it was not

	wasUp, checked bool // of the one who looks: for the log; the schema is this program's
}

// New watches standbys of a primary once [Set.Watch] runs.
func New(primary *store.Store, standbys []*store.Store, maxLag time.Duration) *Set {
	set := &Set{primary: primary, maxLag: maxLag}
	for _, s := range standbys {
		set.standbys = append(set.standbys, &Standby{store: s, asking: make(chan struct{}, 1)})
	}
	return set
}

// Close gives the connections to the standbys back.
func (s *Set) Close() {
	for _, standby := range s.standbys {
		standby.store.Close()
	}
}

// Stores are those of the standbys, in the order that [Set.Choose] counts in.
func (s *Set) Stores() []*store.Store {
	stores := make([]*store.Store, len(s.standbys))
	for i, standby := range s.standbys {
		stores[i] = standby.store
	}
	return stores
}

// Watch looks at all servers again and again until ctx is done.
func (s *Set) Watch(ctx context.Context) {
	ticks := time.NewTicker(min(max(s.maxLag/looksALag, LeastMaxLag/4), seldomLook))
	defer ticks.Stop()
	for {
		s.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// look looks at the standbys, and then at the primary: a standby that is beyond what the primary has later does not follow it.
func (s *Set) look(ctx context.Context) {
	type answer struct {
		system, place int64
		err           error
	}
	answers := make([]answer, len(s.standbys))
	var looking sync.WaitGroup
	for i, standby := range s.standbys {
		looking.Go(func() {
			within, cancel := context.WithTimeout(ctx, longestLook)
			defer cancel()
			a := &answers[i]
			a.system, a.place, a.err = standby.store.Replayed(within)
			if a.err == nil && !standby.checked {
				a.err = standby.store.Ping(within)
			}
			standby.checked = a.err == nil
		})
	}
	looking.Wait()
	_, err := s.Written(ctx)
	if ctx.Err() != nil {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.notice(ctx, err)
	now := time.Now()
	for i, standby := range s.standbys {
		a := answers[i]
		switch {
		case a.err == nil && s.known && a.system != s.written.System:
			a.err = errors.New("it is no standby of the primary")
		case a.err == nil:
			a.err = s.measure(standby, a.place, now)
		}
		standby.enter(ctx, a.err)
	}
}

// notice logs that the primary is gone, or back.
func (s *Set) notice(ctx context.Context, err error) {
	if gone := err != nil; gone != s.gone {
		s.gone = gone
		if gone {
			slog.ErrorContext(ctx, "the primary does not answer; reads go to the standbys alone", "error", err)
		} else {
			slog.InfoContext(ctx, "the primary answers")
		}
	}
}

// measure says how far a standby is behind, and why it may not answer. While the primary is gone, no standby gets any farther behind.
func (s *Set) measure(standby *Standby, place int64, now time.Time) error {
	if beyond := standby.ahead.Load(); !s.gone && (place > s.written.Place || beyond == place) {
		standby.ahead.Store(place)
		return errors.New("it is ahead of the primary, and so follows another")
	}
	standby.ahead.Store(0)
	standby.replayed.Store(place) // one that was started again may be less far than it was
	lag := time.Duration(0)
	for _, sighting := range s.seen {
		if sighting.place > place {
			lag = now.Sub(sighting.at)
			break
		}
	}
	if s.gone {
		lag = min(lag, time.Duration(standby.lag.Load()))
	}
	standby.lag.Store(int64(lag))
	if lag > s.maxLag {
		return errors.New("it is too far behind the primary")
	}
	return nil
}

// enter takes a standby in or leaves it out.
func (b *Standby) enter(ctx context.Context, err error) {
	isUp := err == nil
	b.up.Store(isUp)
	if isUp != b.wasUp {
		b.wasUp = isUp
		if isUp {
			slog.InfoContext(ctx, "a standby answers reads", "standby", b.store.Server())
		} else {
			slog.WarnContext(ctx, "a standby answers no reads for now", "standby", b.store.Server(), "error", err)
		}
	}
}

// Written asks the primary how far its log goes, and remembers it.
func (s *Set) Written(ctx context.Context) (store.WALPosition, error) {
	ctx, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	at, err := s.primary.Written(ctx)
	if err != nil {
		return at, err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch {
	case !s.known || at.System != s.written.System || at.Timeline > s.written.Timeline: // a standby was promoted
		s.known, s.written, s.began, s.seen = true, at, at.Place, nil
	case at.Timeline < s.written.Timeline: // the one before answers as well
		return at, errors.New("the server is no longer the primary")
	}
	s.written.Place = max(s.written.Place, at.Place)
	s.sight(time.Now())
	return at, nil
}

// sight remembers how far the primary's log is, not so often that many writers make the list long. Of the sightings that are older than
// any lag that counts, one is enough.
func (s *Set) sight(now time.Time) {
	last := len(s.seen) - 1
	if last < 0 || s.written.Place > s.seen[last].place && now.Sub(s.seen[last].at) >= s.maxLag/looksALag {
		s.seen = append(s.seen, sighting{now, s.written.Place})
	}
	drop := 0
	for drop+1 < len(s.seen) && now.Sub(s.seen[drop+1].at) > s.maxLag {
		drop++
	}
	s.seen = append(s.seen[:0], s.seen[drop:]...)
}

// PrimaryIsGone says whether the primary did not answer when it was last looked at.
func (s *Set) PrimaryIsGone() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.gone
}

// Count says how many standbys answer reads, and how many do not for now.
func (s *Set) Count() (in, out int) {
	for _, standby := range s.standbys {
		if standby.up.Load() {
			in++
		}
	}
	return in, len(s.standbys) - in
}

// Any gives the place of a standby that answers.
func (s *Set) Any() (place int, found bool) {
	place = slices.IndexFunc(s.standbys, func(b *Standby) bool { return b.up.Load() })
	return place, place >= 0
}

// Failed says that a standby did not answer. It is left out until it is looked at again.
func (s *Set) Failed(place int) { s.standbys[place].up.Store(false) }

// Choose gives the place of a standby to ask, one after another; none where the primary is to be asked. Where there is a token, the
// standby has what was written before the token was given: for that it waits a moment, if need be.
func (s *Set) Choose(ctx context.Context, token string) (place int, found bool, err error) {
	needed := int64(0)
	if token != "" {
		if needed, err = s.needed(ctx, token); err != nil {
			return 0, false, err
		}
	}
	first, turn := -1, int(s.next.Add(1))
	for i := range s.standbys {
		at := (turn + i) % len(s.standbys)
		standby := s.standbys[at]
		switch {
		case !standby.up.Load():
		case standby.replayed.Load() >= needed:
			standby.reads.Add(1)
			return at, true, nil
		case first < 0:
			first = at
		}
	}
	if first >= 0 && s.standbys[first].await(ctx, needed) {
		s.standbys[first].reads.Add(1)
		return first, true, nil
	}
	return 0, false, nil
}

// needed is the place of the log that a token asks for. The primary is asked where the token knows more than is known here.
func (s *Set) needed(ctx context.Context, token string) (int64, error) {
	at, err := ParseToken(token)
	if err != nil {
		return 0, err
	}
	place, fault := s.compare(at)
	if fault == nil || !fault.isNewer {
		return place, fault.asError(token)
	}
	if _, err := s.Written(ctx); err != nil { // a standby may have it all the same
		return at.Place, nil //nolint:nilerr // the primary says so itself if it is asked
	}
	place, fault = s.compare(at)
	return place, fault.asError(token)
}

// unfit is why a token does not fit what is known.
type unfit struct {
	isNewer  bool // which may be since too little is known
	expected string
}

func (u *unfit) asError(token string) error {
	if u == nil {
		return nil
	}
	return headwater.Faults{headwater.NewFault(headwater.Pointer("").Field(Header), headwater.FaultConflict, token, u.expected)}
}

// compare says which place is needed to have all that a token names. What was lost in a promotion cannot be waited for.
func (s *Set) compare(at store.WALPosition) (int64, *unfit) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch {
	case !s.known:
		return at.Place, nil
	case at.System != s.written.System:
		return 0, &unfit{expected: "a token that this service gave, of the database that it has now"}
	case at.Timeline < s.written.Timeline:
		return min(at.Place, s.began), nil
	case at.Timeline > s.written.Timeline, at.Place > s.written.Place:
		return at.Place, &unfit{isNewer: true, expected: "a token that this service gave; the database was not that far yet"}
	}
	return at.Place, nil
}

// advance remembers how far a standby is.
func (b *Standby) advance(place int64) {
	for {
		known := b.replayed.Load()
		if place <= known || b.replayed.CompareAndSwap(known, place) {
			return
		}
	}
}

// await waits until a standby is as far as is needed, and says whether it is. Of all who wait, one at a time asks it.
func (b *Standby) await(ctx context.Context, needed int64) bool {
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	for pause := firstPause; ; pause *= 2 {
		select {
		case b.asking <- struct{}{}:
		case <-ctx.Done():
			return b.replayed.Load() >= needed
		}
		if b.replayed.Load() < needed {
			if _, place, err := b.store.Replayed(ctx); err == nil {
				b.advance(place)
			}
		}
		<-b.asking
		if b.replayed.Load() >= needed {
			return true
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return b.replayed.Load() >= needed
		}
	}
}
