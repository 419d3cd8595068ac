package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// Grounds are what an answer rests on: the things that were read for it, as they were at one moment.
type Grounds struct {
	things []uuid.UUID // sorted
	asOf   atomic.Pointer[moment]
}

// Size in bytes.
func (g *Grounds) Size() int { return len(g.things) * int(unsafe.Sizeof(uuid.UUID{})) }

// include adds things that were read.
func include[T any](g *Grounds, list []T, id func(*T) uuid.UUID) {
	g.things = slices.Grow(g.things, len(list))
	for i := range list {
		g.things = append(g.things, id(&list[i]))
	}
}

// hold says whether nothing that they are of was touched after their moment.
func (g *Grounds) hold(touched []touch) bool {
	asOf := g.asOf.Load()
	for _, t := range touched {
		if asOf.precedes(t.xid) && slices.ContainsFunc(t.things, g.contain) {
			return false
		}
	}
	return true
}

func (g *Grounds) contain(thing uuid.UUID) bool {
	_, found := slices.BinarySearchFunc(g.things, thing, headwater.CompareIDs)
	return found
}

// Stand says whether an answer with these grounds would be the same now. It may say no of one that would, where more was
// changed since than is remembered. Who asks while the database is being asked waits for the next look, which is one for all
// who wait: so nobody is told of a time before they asked.
func (s *Store) Stand(ctx context.Context, g *Grounds) (bool, error) {
	seen, err := s.looks.wait(ctx, s.lookAfter)
	if err != nil {
		return false, err
	}
	if !seen.since.before(g.asOf.Load()) || !g.hold(seen.touched) {
		return false, nil
	}
	g.asOf.Store(&seen.now) // what was found until now need not be looked through again
	return true, nil
}

// moment is where the history stood: the newest change that no open transaction can precede any more, and those
// after it, by their transactions.
type moment struct {
	settled int64
	fresh   []int64
}

// precedes says whether what a transaction changed came after.
func (m *moment) precedes(xid int64) bool { return xid > m.settled && !slices.Contains(m.fresh, xid) }

// before says whether no change that the other moment saw was yet to come in this one; a moment is before itself.
func (m *moment) before(other *moment) bool {
	return m.settled < other.settled || m.settled == other.settled && !slices.ContainsFunc(m.fresh, func(xid int64) bool { return !slices.Contains(other.fresh, xid) })
}

// momentSQL finds the transactions after the settled ones by skipping from one to the next: one of them can be an import
// with millions of changes.
const momentSQL = `
	WITH RECURSIVE fresh (xid) AS (
		(SELECT xid FROM changes WHERE xid >= (SELECT pg_snapshot_xmin(pg_current_snapshot())) ORDER BY xid LIMIT 1)
		UNION ALL
		SELECT (SELECT changes.xid FROM changes WHERE changes.xid > fresh.xid ORDER BY changes.xid LIMIT 1) FROM fresh WHERE fresh.xid IS NOT NULL)
	SELECT coalesce((SELECT xid FROM changes WHERE xid < (SELECT pg_snapshot_xmin(pg_current_snapshot())) ORDER BY xid DESC LIMIT 1)::text::bigint, 0),
		ARRAY (SELECT xid::text::bigint FROM fresh WHERE xid IS NOT NULL ORDER BY xid)`

func scanMoment(m *moment) func(pgx.Row) error {
	return func(row pgx.Row) error { return row.Scan(&m.settled, &m.fresh) }
}

// journal is what was touched by changes that could not be seen at the moment since, and can be now.
type journal struct {
	since, now moment
	touched    []touch
}

// touch is a change: what was changed, and what can have got it or lost it by that.
type touch struct {
	xid    int64
	things []uuid.UUID
}

// maxTouched is how many changes are remembered: what an import brings in is seldom more than this, or so much that it
// bears on everything.
const maxTouched = 4_096

// lookAfter looks at the history again.
func (s *Store) lookAfter(ctx context.Context, last *journal) (*journal, error) {
	var now moment
	if err := scanMoment(&now)(s.pool.QueryRow(ctx, momentSQL)); err != nil {
		return nil, interpret(err)
	}
	if last == nil {
		return &journal{since: now, now: now}, nil
	}
	if now.before(&last.now) && last.now.before(&now) {
		return last, nil
	}
	room := maxTouched - len(last.touched)
	rows, err := s.pool.Query(ctx, touchedSQL, last.now.settled, last.now.fresh, room+1)
	if err != nil {
		return nil, interpret(err)
	}
	news, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t touch, err error) {
		err = row.Scan(&t.xid, &t.things)
		return t, err
	})
	if err != nil {
		return nil, interpret(err)
	}
	if len(news) > room {
		return &journal{since: now, now: now}, nil
	}
	return &journal{since: last.since, now: now, touched: append(last.touched, news...)}, nil
}

// touchedSQL names what changes touch that could not be seen at a moment. It is asked after where the history stands, so
// that it can tell more than what was there by then, and no less. A thing that was not read for an answer bears on it by
// one that was: the claim that it tells or links, the source that is controlled, or what it is merged into.
const touchedSQL = `
	SELECT xid::text::bigint, array_remove(ARRAY [resource_id] || CASE resource
			WHEN 'attribution' THEN ARRAY [(state ->> 'claim')::uuid]
			WHEN 'link' THEN ARRAY [(state ->> 'from')::uuid, (state ->> 'to')::uuid]
			WHEN 'relation' THEN ARRAY [(state ->> 'subject')::uuid]
			ELSE ARRAY [(state ->> 'merged_into')::uuid]
		END, NULL)
	FROM changes WHERE xid > $1::bigint::text::xid8 AND xid::text::bigint <> ALL ($2::bigint[]) LIMIT $3`

// looks are those at the history, of which only the newest is kept.
type looks struct {
	mutex sync.Mutex // of next
	turn  sync.Mutex // of who asks the database, and of last
	next  *look
	last  *journal
}

// look is one look at the history, for all who joined before it began.
type look struct {
	done chan struct{}
	seen *journal
	err  error
}

// lookPatience is how long a look may take, the wait for a connection included.
const lookPatience = 10 * time.Second

// wait joins the others who wait for the next look. Who is the first has to look.
func (l *looks) wait(ctx context.Context, after func(context.Context, *journal) (*journal, error)) (*journal, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	joined, first := l.join()
	if first {
		looking, stop := context.WithTimeout(context.WithoutCancel(ctx), lookPatience) // others wait for it
		defer stop()
		l.take(looking, joined, after)
	}
	select {
	case <-joined.done:
		return joined.seen, joined.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *looks) join() (joined *look, first bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.next == nil {
		l.next, first = &look{done: make(chan struct{})}, true
	}
	return l.next, first
}

// take looks once those before have seen; who comes from then on joins another look.
func (l *looks) take(ctx context.Context, joined *look, after func(context.Context, *journal) (*journal, error)) {
	defer close(joined.done)
	l.turn.Lock()
	defer l.turn.Unlock()
	l.mutex.Lock()
	l.next = nil
	l.mutex.Unlock()
	joined.err = errors.New("store: a look at the history was not finished") // should it panic
	if joined.seen, joined.err = after(ctx, l.last); joined.err == nil {
		l.last = joined.seen
	}
}
