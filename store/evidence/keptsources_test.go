package evidence

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// named is a source that is kept, with what it rests on.
func named(id uuid.UUID, next ...uuid.UUID) map[uuid.UUID]*sourceNode {
	return map[uuid.UUID]*sourceNode{id: {source: headwater.Source{Meta: headwater.Meta{ID: id}}, next: next}}
}

func changeOf(things ...uuid.UUID) sourceChanges { return sourceChanges{things: things} }

// TestSourceStates: a reader gets what is kept as far as nothing was changed that its snapshot sees, and nothing where it cannot know.
func TestSourceStates(t *testing.T) {
	t.Parallel()
	one, other := uuid.New(), uuid.New()
	for name, test := range map[string]struct {
		changes  sourceChanges
		now      snapshot
		one, two bool // are still there
	}{
		"nothing was changed":              {now: snapshot{next: 12}, one: true, two: true},
		"one was changed":                  {changes: changeOf(one), now: snapshot{next: 12}, two: true},
		"what one is merged with was":      {changes: changeOf(uuid.Max), now: snapshot{next: 12}, two: true},
		"another was":                      {changes: changeOf(uuid.New()), now: snapshot{next: 12}, one: true, two: true},
		"too much was":                     {changes: sourceChanges{tooMany: true}, now: snapshot{next: 12}},
		"a snapshot of another server":     {now: snapshot{next: 9}},
		"one that lacks what was seen":     {now: snapshot{next: 12, open: []int64{8}}},
		"one in which another is open now": {now: snapshot{next: 12, open: []int64{11}}, one: true, two: true},
	} {
		var cache sourceCache
		first := cache.advance(cache.current(), &snapshot{}, sourceChanges{tooMany: true}, snapshot{next: 10})
		first.add(named(one, uuid.Max))
		first.add(named(other))
		asOf := first.asOf.Load()
		state := cache.advance(first, asOf, test.changes, test.now)
		if state.get(one) != nil != test.one || state.get(other) != nil != test.two {
			t.Errorf("%s: kept are %v, %v", name, state.get(one), state.get(other))
		}
		if cache.current() != state {
			t.Errorf("%s: the next reader gets another state", name)
		}
		if first.get(one) == nil || first.get(other) == nil {
			t.Errorf("%s: a reader of the state before lost something", name)
		}
		if late := cache.advance(first, asOf, changeOf(other), snapshot{next: 13}); cache.current() != state &&
			len(test.changes.things) > 0 {
			t.Errorf("%s: what a reader found who began earlier replaced the state: %v", name, late)
		}
	}
}

// TestSourceStatesAreBounded: what is kept takes no more than its bound, however much is read, and is counted right.
func TestSourceStatesAreBounded(t *testing.T) {
	t.Parallel()
	s := newSourceState(snapshot{})
	for range 100 {
		nodes := map[uuid.UUID]*sourceNode{}
		for range 100 {
			id := uuid.New()
			name := strings.Repeat("n", 1000)
			nodes[id] = &sourceNode{source: headwater.Source{Meta: headwater.Meta{ID: id},
				SourceFields: headwater.SourceFields{Name: name, Names: headwater.Texts{"en": name}}}}
		}
		s.add(nodes)
		s.add(nodes)
	}
	bytes := 0
	for _, node := range s.nodes {
		bytes += node.size()
	}
	if bytes != s.bytes || bytes > maxSourceBytes || bytes < maxSourceBytes/2 {
		t.Errorf("%d bytes are kept, counted as %d, of at most %d", bytes, s.bytes, maxSourceBytes)
	}
	if after := s.without([]uuid.UUID{}, snapshot{}); after.bytes != bytes {
		t.Errorf("a copy counts %d bytes of %d", after.bytes, bytes)
	}
}
