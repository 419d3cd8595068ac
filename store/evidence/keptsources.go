package evidence

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// sourceNode is a source with what leads on from it.
type sourceNode struct {
	source    headwater.Source
	relations []headwater.Relation // under which others control it
	next      []uuid.UUID          // those others, and what it is merged with, either way
}

// size is about how many bytes it takes.
func (n *sourceNode) size() int {
	size := int(unsafe.Sizeof(*n)) + len(n.source.Name) + len(n.relations)*int(unsafe.Sizeof(headwater.Relation{})) +
		len(n.next)*int(unsafe.Sizeof(uuid.UUID{}))
	for tag, name := range n.source.Names {
		size += len(tag) + len(name) + 4*int(unsafe.Sizeof(name))
	}
	return size
}

// restsOn says whether a change of any of these things may have changed it.
func (n *sourceNode) restsOn(things map[uuid.UUID]bool) bool {
	return things[n.source.ID] || slices.ContainsFunc(n.next, func(id uuid.UUID) bool { return things[id] }) ||
		slices.ContainsFunc(n.relations, func(r headwater.Relation) bool { return things[r.ID] })
}

// sourceCache keeps sources that reports rest on, with who controls them: most of what a report reads is these, and they seldom change.
// What it gives is what the reader's own snapshot has. It never serves the past.
type sourceCache struct{ state atomic.Pointer[sourceState] }

// sourceState holds sources as every snapshot has them that sees all that asOf sees, and beyond that no change of a source or relation.
// The history says whether a snapshot is such a one: as for a [ReadSet], what is changed and its change become visible together.
type sourceState struct {
	asOf  atomic.Pointer[snapshot]
	mutex sync.RWMutex // guards nodes and bytes
	nodes map[uuid.UUID]*sourceNode
	bytes int
}

// maxSourceBytes is how much is kept of sources: some 8,000 of them.
const maxSourceBytes = 8 << 20

func newSourceState(asOf snapshot) *sourceState {
	s := &sourceState{nodes: map[uuid.UUID]*sourceNode{}}
	s.asOf.Store(&asOf)
	return s
}

// get gives a source if it is kept. Nobody may change what it refers to.
func (s *sourceState) get(id uuid.UUID) *sourceNode {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return s.nodes[id]
}

// add keeps sources that were read in a snapshot of this state, instead of others if there is no room.
func (s *sourceState) add(nodes map[uuid.UUID]*sourceNode) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for id, node := range nodes {
		if s.nodes[id] == nil {
			s.nodes[id] = node
			s.bytes += node.size()
		}
	}
	for id, node := range s.nodes {
		if s.bytes <= maxSourceBytes {
			break
		}
		delete(s.nodes, id)
		s.bytes -= node.size()
	}
}

// without is the state after changes that some snapshot sees.
func (s *sourceState) without(changed []uuid.UUID, asOf snapshot) *sourceState {
	things := make(map[uuid.UUID]bool, len(changed))
	for _, id := range changed {
		things[id] = true
	}
	after := newSourceState(asOf)
	s.mutex.RLock()
	after.nodes, after.bytes = maps.Clone(s.nodes), s.bytes
	s.mutex.RUnlock()
	for id, node := range after.nodes {
		if node.restsOn(things) {
			delete(after.nodes, id)
			after.bytes -= node.size()
		}
	}
	return after
}

// sourceChanges are the changes of sources and relations that one snapshot sees and an earlier one does not.
type sourceChanges struct {
	tooMany bool // of any things, so that not all were read
	things  []uuid.UUID
}

// current gives the newest state.
func (c *sourceCache) current() *sourceState {
	if s := c.state.Load(); s != nil {
		return s
	}
	c.state.CompareAndSwap(nil, newSourceState(snapshot{}))
	return c.state.Load()
}

// advance gives the state of a snapshot that was made after the last state was found, from what was changed since.
func (c *sourceCache) advance(last *sourceState, asOf *snapshot, changes sourceChanges, now snapshot) *sourceState {
	var next *sourceState
	switch {
	case changes.tooMany || !asOf.before(&now): // or the connection leads to another server now, which lacks changes
		next = newSourceState(now)
	case len(changes.things) == 0:
		last.asOf.Store(&now) // so that the next reader looks at fewer changes
		return last
	default:
		next = last.without(changes.things, now)
	}
	c.state.CompareAndSwap(last, next) // otherwise another reader was first, and this state is for its own reader alone
	return next
}

// sourceChangesSQL reads, within the snapshot, the changes that an earlier one does not see. Of a merger, its change names the source
// that was merged; those that it was and is merged with have it among their own.
var sourceChangesSQL = fmt.Sprintf(`
	SELECT count(*) > %[1]d, array_remove(
		coalesce(array_agg(resource_id) FILTER (WHERE resource IN ('source', 'relation')), '{}')
		|| coalesce(array_agg((state ->> CASE resource WHEN 'source' THEN 'merged_into' ELSE 'subject' END)::uuid)
			FILTER (WHERE resource IN ('source', 'relation')), '{}'), NULL)
	FROM (%[2]s) AS news`, maxChanges, newsSQL(fmt.Sprint(maxChanges+1)))

// readSources reads the sources that the attributions and documents name, what these are merged with, and all that control them, as far
// as the state does not have them.
func (f *FactsRead) readSources(ctx context.Context, tx pgx.Tx, r reading, state *sourceState) error {
	var found frontier[uuid.UUID]
	found.reach(r.Sources...)
	for _, attribution := range f.Attributions {
		found.reach(attribution.Chain...)
	}
	for _, document := range f.Documents {
		found.reach(document.Publisher)
	}
	read := map[uuid.UUID]*sourceNode{}
	var nodes []*sourceNode
	relations := 0
	take := func(node *sourceNode) {
		nodes = append(nodes, node)
		relations += len(node.relations)
		found.reach(node.next...)
	}
	for step := range found.steps {
		var missing []uuid.UUID
		for _, id := range step {
			node := read[id]
			if node == nil {
				node = state.get(id)
			}
			if node == nil {
				missing = append(missing, id)
				continue
			}
			take(node)
		}
		if missing == nil {
			continue
		}
		if err := readSourceNodes(ctx, tx, r.shows, missing, read); err != nil {
			return err
		}
		state.add(read)
		for _, id := range missing {
			if node := read[id]; node != nil {
				take(node)
			}
		}
	}
	f.Sources, f.Relations = make([]headwater.Source, len(nodes)), make([]headwater.Relation, 0, relations)
	for i, node := range nodes {
		f.Sources[i] = node.source
		f.Relations = append(f.Relations, node.relations...)
	}
	return nil
}

// readSourceNodes adds sources to those that were read, with all that these lead on to.
func readSourceNodes(ctx context.Context, tx pgx.Tx, shows shown, ids []uuid.UUID, read map[uuid.UUID]*sourceNode) error {
	// as an array, since the planner takes a recursion for thousands of rows
	var above []uuid.UUID
	if err := tx.QueryRow(ctx, aboveSQL, ids).Scan(&above); err != nil {
		return err
	}
	var sources []headwater.Source
	var relations []headwater.Relation
	var batch pgx.Batch
	pg.Queue(&batch, &sources, pgx.RowToStructByNameLax[headwater.Source],
		"SELECT "+shows.sources+" FROM sources WHERE id = ANY ($1)", above)
	pg.Queue(&batch, &relations, pgx.RowToStructByNameLax[headwater.Relation], `
		SELECT id, subject, kind, object, share, since, until, status FROM relations WHERE subject = ANY ($1) AND controls
			AND status = 'active'`, above)
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return err
	}
	for _, source := range sources {
		read[source.ID] = &sourceNode{source: source}
	}
	for _, source := range sources {
		if source.MergedInto == nil {
			continue
		}
		from, into := read[source.ID], read[*source.MergedInto]
		from.next, into.next = append(from.next, *source.MergedInto), append(into.next, source.ID)
	}
	for _, relation := range relations {
		node := read[relation.Subject]
		node.relations, node.next = append(node.relations, relation), append(node.next, relation.Object)
	}
	return nil
}

var (
	// controllersSQL selects the sources that control the one called at, and those that it is merged with, either way.
	controllersSQL = "SELECT object FROM relations WHERE subject = at.id AND controls AND status = 'active' UNION ALL " +
		pg.Sources.MergedSQL("at.id")
	// aboveSQL follows control upwards.
	aboveSQL = `
	WITH RECURSIVE above (id) AS (
		SELECT unnest($1::uuid[])
		UNION
		SELECT next.id FROM above AS at, LATERAL (` + controllersSQL + `) AS next (id))
	SELECT coalesce(array_agg(id), '{}') FROM above`
)
