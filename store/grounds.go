package store

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// ReadSet are what an answer rests on: the things that were read for it, as they were at one moment.
type ReadSet struct {
	things []uuid.UUID // sorted
	asOf   atomic.Pointer[snapshot]
}

// Size in bytes.
func (g *ReadSet) Size() int { return len(g.things) * int(unsafe.Sizeof(uuid.UUID{})) }

// unaffectedBy says whether none of these things was touched after a moment.
func (g *ReadSet) unaffectedBy(asOf *snapshot, touched []change) bool {
	for _, t := range touched {
		if !asOf.sees(t.xid) && slices.ContainsFunc(t.things, g.contains) {
			return false
		}
	}
	return true
}

func (g *ReadSet) contains(thing uuid.UUID) bool {
	_, found := slices.BinarySearchFunc(g.things, thing, headwater.CompareIDs)
	return found
}

// StillValid says whether an answer with these grounds would be the same now. It may say no of one that would, where more was
// changed since than is remembered. Who asks while the database is being asked waits for the next look, which is one for all
// who wait: so nobody is told of a time before they asked.
func (s *Store) StillValid(ctx context.Context, g *ReadSet) (bool, error) {
	asOf := g.asOf.Load()
	seen, err := s.poller.wait(ctx, func(ctx context.Context, last *window) (*window, error) {
		return s.changesSince(ctx, cmp.Or(last, &window{since: *asOf, now: *asOf}))
	})
	if err != nil {
		return false, err
	}
	if !seen.since.before(asOf) || !asOf.before(&seen.now) || !g.unaffectedBy(asOf, seen.changes) {
		return false, nil
	}
	now := seen.now // a copy, which does not keep the journal
	g.asOf.Store(&now)
	return true, nil
}

// snapshot is what a snapshot of PostgreSQL sees: the work of transactions below next, but for those that were open.
type snapshot struct {
	next int64
	open []int64
}

// sees says whether what a transaction changed was there.
func (m *snapshot) sees(xid int64) bool { return xid < m.next && !slices.Contains(m.open, xid) }

// before says whether the other moment sees all that this one does; so it is before itself.
func (m *snapshot) before(other *snapshot) bool {
	return m.next <= other.next && !slices.ContainsFunc(other.open, m.sees)
}

// snapshotSQL names fewer transactions than can be seen on a standby, whose snapshots do not say which are open.
const snapshotSQL = `SELECT (CASE WHEN pg_is_in_recovery() THEN pg_snapshot_xmin(seen) ELSE pg_snapshot_xmax(seen) END)::text::bigint,
	ARRAY (SELECT xid::text::bigint FROM pg_snapshot_xip(seen) AS xid) FROM pg_current_snapshot() AS seen`

func scanSnapshot(m *snapshot) func(pgx.Row) error {
	return func(row pgx.Row) error { return row.Scan(&m.next, &m.open) }
}

// window is what was touched by changes that could not be seen at the moment since, and can be now.
type window struct {
	since, now snapshot
	changes    []change
}

// change is a change: what was changed, and what can have got it or lost it by that.
type change struct {
	xid    int64
	things []uuid.UUID
}

// maxChanges is how many changes are remembered. After more at once, an import most likely, nothing stands.
const maxChanges = 4_096

// changesSince looks at the history again.
func (s *Store) changesSince(ctx context.Context, last *window) (*window, error) {
	var now snapshot
	if err := scanSnapshot(&now)(s.pool.QueryRow(ctx, snapshotSQL)); err != nil {
		return nil, Interpret(err)
	}
	switch {
	case !last.now.before(&now): // another server, which lacks what the one before it had
		return &window{since: now, now: now}, nil
	case now.before(&last.now):
		return last, nil
	}
	rows, err := s.pool.Query(ctx, changesSQL, last.now.next, last.now.open, maxChanges+1)
	if err != nil {
		return nil, Interpret(err)
	}
	news, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t change, err error) {
		err = row.Scan(&t.xid, &t.things)
		return t, err
	})
	if err != nil {
		return nil, Interpret(err)
	}
	switch {
	case len(news) > maxChanges:
		return &window{since: now, now: now}, nil
	case len(news)+len(last.changes) > maxChanges:
		return &window{since: last.now, now: now, changes: news}, nil
	}
	return &window{since: last.since, now: now, changes: append(last.changes, news...)}, nil
}

// changesSQL names what changes touch that could not be seen at a moment. It is asked after where the history stands, so
// that it can tell more than what was there by then, and no less. A thing that was not read for an answer bears on it by
// one that was: the claim that it tells or links, the source that is controlled, or what it is merged into. Each way into the
// history has an order and a limit, or it might be planned as a reading of all of it: one import can be most of the history.
const changesSQL = `
	SELECT xid::text::bigint - ahead, array_remove(ARRAY [resource_id] || CASE resource
			WHEN 'attribution' THEN ARRAY [(state ->> 'claim')::uuid]
			WHEN 'link' THEN ARRAY [(state ->> 'from')::uuid, (state ->> 'to')::uuid]
			WHEN 'relation' THEN ARRAY [(state ->> 'subject')::uuid]
			ELSE ARRAY [(state ->> 'merged_into')::uuid]
		END, NULL)
	FROM numbering, (
		(SELECT * FROM changes WHERE xid >= (SELECT change_number($1::bigint::text::xid8)) ORDER BY xid LIMIT $3)
		UNION ALL
		SELECT late.* FROM unnest($2::bigint[]) AS open, LATERAL (SELECT * FROM changes WHERE xid = change_number(open::text::xid8) ORDER BY xid, id LIMIT $3) AS late
	) AS news LIMIT $3`

// poller are those at the history, of which only the newest is kept.
type poller struct {
	mutex sync.Mutex // of next
	running  sync.Mutex // of who asks the database, and of last
	next  *poll
	last  *window
}

// poll is one look at the history, for all who joined before it began.
type poll struct {
	done chan struct{}
	window *window
	err  error
}

// pollTimeout is how long a look may take, the wait for a connection included.
const pollTimeout = 10 * time.Second

// wait joins the others who wait for the next look. Who is the first has to look.
func (l *poller) wait(ctx context.Context, after func(context.Context, *window) (*window, error)) (*window, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	joined, first := l.join()
	if first {
		looking, stop := context.WithTimeout(context.WithoutCancel(ctx), pollTimeout) // others wait for it
		defer stop()
		l.run(looking, joined, after)
	}
	select {
	case <-joined.done:
		return joined.window, joined.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *poller) join() (joined *poll, first bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.next == nil {
		l.next, first = &poll{done: make(chan struct{})}, true
	}
	return l.next, first
}

// run looks once those before have seen; who comes from then on joins another look.
func (l *poller) run(ctx context.Context, joined *poll, after func(context.Context, *window) (*window, error)) {
	defer close(joined.done)
	l.running.Lock()
	defer l.running.Unlock()
	runtime.Gosched() // whoever is about to ask joins: a look costs more than the wait
	l.mutex.Lock()
	l.next = nil
	l.mutex.Unlock()
	joined.err = errors.New("store: a look at the history was not finished") // should it panic
	if joined.window, joined.err = after(ctx, l.last); joined.err == nil {
		l.last = joined.window
	}
}
