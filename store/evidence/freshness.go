package evidence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// ReadSet is what a report rests on: the things that were read for it, in one snapshot.
type ReadSet struct {
	things []uuid.UUID // sorted
	asOf   atomic.Pointer[snapshot]
}

// Size is the set's size in bytes.
func (s *ReadSet) Size() int { return len(s.things) * int(unsafe.Sizeof(uuid.UUID{})) }

// unaffectedBy says whether none of the changes that the snapshot does not see concerns a thing of the set.
func (s *ReadSet) unaffectedBy(changes []change, asOf *snapshot) bool {
	for _, c := range changes {
		if !asOf.sees(c.xid) && slices.ContainsFunc(c.things, s.contains) {
			return false
		}
	}
	return true
}

func (s *ReadSet) contains(thing uuid.UUID) bool {
	_, found := slices.BinarySearchFunc(s.things, thing, headwater.CompareIDs)
	return found
}

// StillValid says whether a report that rests on this read set would be the same now. It may say no where more has changed since
// than the window holds. Callers that come while a poll runs share the next one, so that none gets a state from before its call.
func (r *FactReader) StillValid(ctx context.Context, set *ReadSet) (bool, error) {
	asOf := set.asOf.Load()
	recent, err := r.poller.wait(ctx, func(ctx context.Context, last *window) (*window, error) {
		return r.changesSince(ctx, cmp.Or(last, &window{since: *asOf, now: *asOf}))
	})
	if err != nil {
		return false, err
	}
	if !recent.since.before(asOf) || !asOf.before(&recent.now) || !set.unaffectedBy(recent.changes, asOf) {
		return false, nil
	}
	now := recent.now // a copy, so that the window can be collected
	set.asOf.Store(&now)
	return true, nil
}

// snapshot is what a snapshot of PostgreSQL sees: the work of the transactions below next, except those that were open.
type snapshot struct {
	next int64
	open []int64
}

// sees says whether the changes of a transaction are visible in the snapshot.
func (s *snapshot) sees(xid int64) bool { return xid < s.next && !slices.Contains(s.open, xid) }

// before says whether the other snapshot sees all that this one sees, and perhaps more. A snapshot is before itself.
func (s *snapshot) before(other *snapshot) bool {
	return s.next <= other.next && !slices.ContainsFunc(other.open, s.sees)
}

// snapshotSQL reads the snapshot of the statement. On a standby, whose snapshots do not say which transactions are open, it gives
// an older one.
const snapshotSQL = `SELECT (CASE WHEN pg_is_in_recovery() THEN pg_snapshot_xmin(seen) ELSE pg_snapshot_xmax(seen) END)::text::bigint,
	ARRAY (SELECT xid::text::bigint FROM pg_snapshot_xip(seen) AS xid) FROM pg_current_snapshot() AS seen`

func scanSnapshot(s *snapshot) func(pgx.Row) error {
	return func(row pgx.Row) error { return row.Scan(&s.next, &s.open) }
}

// window is the recent part of the history: the changes that one snapshot does not see and another, newer one does.
type window struct {
	since, now snapshot
	changes    []change
}

// change is one change: the thing that was changed, and those that gained or lost it by that.
type change struct {
	xid    int64
	things []uuid.UUID
}

// maxChanges is how many changes a window holds. After more at once, most likely an import, no read set is still valid.
const maxChanges = 4_096

// changesSince reads the history that is newer than the last window, and gives the window that ends now.
func (r *FactReader) changesSince(ctx context.Context, last *window) (*window, error) {
	var now snapshot
	if err := scanSnapshot(&now)(r.db.Pool.QueryRow(ctx, snapshotSQL)); err != nil {
		return nil, pg.Interpret(err)
	}
	switch {
	case r.db.IsElsewhere(): // where a change may be seen later than the snapshot has it
		return &window{since: now, now: now}, nil
	case !last.now.before(&now): // the connection leads to another server now, which lacks changes that were seen before
		return &window{since: now, now: now}, nil
	case now.before(&last.now):
		return last, nil
	}
	rows, err := r.db.Pool.Query(ctx, changesSQL, last.now.next, last.now.open, maxChanges+1)
	if err != nil {
		return nil, pg.Interpret(err)
	}
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c change, err error) {
		err = row.Scan(&c.xid, &c.things)
		return c, err
	})
	if err != nil {
		return nil, pg.Interpret(err)
	}
	switch {
	case len(changes) > maxChanges:
		return &window{since: now, now: now}, nil
	case len(changes)+len(last.changes) > maxChanges:
		return &window{since: last.now, now: now, changes: changes}, nil
	}
	return &window{since: last.since, now: now, changes: append(last.changes, changes...)}, nil
}

// newsSQL selects the changes that a snapshot does not see. Each part has an order and a limit, since the planner might read the whole
// history else. It has what change_number does, since PostgreSQL plans such a function anew each time.
func newsSQL(limit string) string {
	return fmt.Sprintf(`
		(SELECT * FROM changes WHERE xid >= (SELECT ($1::bigint + ahead)::text::xid8 FROM numbering) ORDER BY xid LIMIT %[1]s)
		UNION ALL
		SELECT late.* FROM unnest($2::bigint[]) AS open, LATERAL (SELECT * FROM changes
			WHERE xid = (SELECT (open + ahead)::text::xid8 FROM numbering) ORDER BY xid, id LIMIT %[1]s) AS late
		LIMIT %[1]s`, limit)
}

// changesSQL reads the changes that a snapshot does not see, with the ids that each of them concerns. It runs after the query for
// the new snapshot, so that it reads at least all that the new snapshot sees. A new thing is in no report's read set; so a change
// also names what its thing belongs to: the claim of an attribution, both claims of a link, the controlled source of a relation,
// and what something was merged into.
var changesSQL = `
	SELECT xid::text::bigint - ahead, array_remove(ARRAY [resource_id] || CASE resource
			WHEN 'attribution' THEN ARRAY [(state ->> 'claim')::uuid]
			WHEN 'link' THEN ARRAY [(state ->> 'from')::uuid, (state ->> 'to')::uuid]
			WHEN 'relation' THEN ARRAY [(state ->> 'subject')::uuid]
			ELSE ARRAY [(state ->> 'merged_into')::uuid]
		END, NULL)
	FROM numbering, (` + newsSQL("$3") + `) AS news`

// poller polls the history for all callers together, and keeps the newest window.
type poller struct {
	mutex   sync.Mutex // guards next
	running sync.Mutex // held while a poll runs; guards last
	next    *poll
	last    *window
}

// poll is one reading of the history, shared by all callers that joined before it began.
type poll struct {
	done   chan struct{}
	window *window
	err    error
}

// pollTimeout is how long a poll may take, with the wait for a connection.
const pollTimeout = 10 * time.Second

// wait joins the next poll and gives its window. The first caller to join runs it.
func (p *poller) wait(ctx context.Context, after func(context.Context, *window) (*window, error)) (*window, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	joined, first := p.join()
	if first {
		polling, stop := context.WithTimeout(context.WithoutCancel(ctx), pollTimeout) // the others depend on it
		defer stop()
		p.run(polling, joined, after)
	}
	select {
	case <-joined.done:
		return joined.window, joined.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *poller) join() (joined *poll, first bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.next == nil {
		p.next, first = &poll{done: make(chan struct{})}, true
	}
	return p.next, first
}

// run runs a poll after the one before it; from then on, callers join another one.
func (p *poller) run(ctx context.Context, joined *poll, after func(context.Context, *window) (*window, error)) {
	defer close(joined.done)
	p.running.Lock()
	defer p.running.Unlock()
	runtime.Gosched() // lets callers that are about to join do so: a poll costs more than the wait
	p.mutex.Lock()
	p.next = nil
	p.mutex.Unlock()
	joined.err = errors.New("evidence: a poll of the history did not finish") // if it panics
	if joined.window, joined.err = after(ctx, p.last); joined.err == nil {
		p.last = joined.window
	}
}
