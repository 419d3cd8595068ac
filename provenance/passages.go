package provenance

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// passage is all that goes along an edge between two groups.
type passage struct {
	attributions []uuid.UUID // in order
	members      map[edge][]uuid.UUID
	acts         map[headwater.Act]bool
	reprint      bool
	beyond       bool // an attribution goes this way that does not end with it in hearsay
	stands       bool // an attribution goes this way that is not withdrawn
	first        headwater.Moment
}

// passages are by edge; testimonies are in the order of their ids.
func (s *side) passages() map[edge]*passage {
	found := make(map[edge]*passage, len(s.edges))
	for _, t := range s.testimonies {
		s.analysis.step(4 * len(t.walk))
		acts := s.acts(t)
		for j := range t.walk[:len(t.walk)-1] {
			e := edge{s.speaker(t.walk[j]).group, s.speaker(t.walk[j+1]).group}
			if e.from == e.to {
				continue
			}
			p := found[e]
			if p == nil {
				p = &passage{members: map[edge][]uuid.UUID{}, acts: map[headwater.Act]bool{}}
				found[e] = p
			}
			member := edge{t.walk[j], t.walk[j+1]}
			p.attributions, p.members[member] = appendOnce(p.attributions, t.ID), appendOnce(p.members[member], t.ID)
			if j < t.original {
				p.reprint = true
			} else if act := acts[j-t.original]; act != "" {
				p.acts[act] = true
			}
			p.beyond = p.beyond || j < t.original || j+2 < len(t.walk) || t.Evidence != headwater.Hearsay
			p.stands = p.stands || !t.withdrawn
			p.first = earliest(p.first, t.document.Published.Earliest)
		}
	}
	return found
}

// appendOnce adds an id to ids in order, unless it is the last.
func appendOnce(ids []uuid.UUID, id uuid.UUID) []uuid.UUID {
	if len(ids) > 0 && ids[len(ids)-1] == id {
		return ids
	}
	return append(ids, id)
}

// acts are the speech acts of the sources that the walk comes to beyond the publisher of the original. A source that
// quotes itself is no step, so that its act is that of the first of its hops.
func (s *side) acts(t countedTestimony) []headwater.Act {
	acts := make([]headwater.Act, 0, len(t.walk)-t.original)
	last := t.walk[t.original]
	for hop, id := range t.Chain[1:] {
		source, _ := s.analysis.resolveSource(id)
		if source == last {
			continue
		}
		last = source
		var act headwater.Act
		if len(t.Acts) == len(t.Chain) {
			act = t.Acts[hop+1]
		}
		acts = append(acts, act)
	}
	return acts
}

// edgeOf puts a passage in the terms of ids.
func (s *side) edgeOf(e edge, p *passage) Edge {
	found := Edge{
		From: s.id(e.from), To: s.id(e.to), Attributions: p.attributions, First: p.first, Members: []EdgeMember{},
		Acts: append([]headwater.Act{}, slices.Sorted(maps.Keys(p.acts))...), Reprint: p.reprint,
		Hearsay: !p.beyond,
	}
	members := slices.SortedFunc(maps.Keys(p.members),
		func(x, y edge) int { return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to)) })
	for _, member := range members {
		from, to := s.analysis.sources[member.from].ID, s.analysis.sources[member.to].ID
		found.Members = append(found.Members, EdgeMember{from, to, p.members[member]})
	}
	return found
}

// addPassages says of each group how many attributions' walks pass it, and between which days.
func (s *side) addPassages(nodes []Node) {
	seen := filledSlice(len(nodes), -1)
	for i, walk := range s.walks {
		published := s.testimonies[i].document.Published
		for _, g := range walk {
			if seen[g] == int32(i) {
				continue
			}
			seen[g] = int32(i)
			nodes[g].Attributions++
			nodes[g].First = earliest(nodes[g].First, published.Earliest)
			nodes[g].Last = latest(nodes[g].Last, published.Latest)
		}
	}
}

// earliest is the one that begins first; an empty one is not known. Of two that begin at once it is the lesser text, so
// that the order in which they are met does not count.
func earliest(x, y headwater.Moment) headwater.Moment {
	if x == "" || y == "" {
		return cmp.Or(x, y)
	}
	return slices.MinFunc([]headwater.Moment{x, y}, byMoment(headwater.Moment.Earliest))
}

// latest is the one that ends last, as [earliest] is the one that begins first.
func latest(x, y headwater.Moment) headwater.Moment {
	if x == "" || y == "" {
		return cmp.Or(x, y)
	}
	return slices.MaxFunc([]headwater.Moment{x, y}, byMoment(headwater.Moment.Latest))
}

func byMoment(at func(headwater.Moment) time.Time) func(x, y headwater.Moment) int {
	return func(x, y headwater.Moment) int { return cmp.Or(at(x).Compare(at(y)), cmp.Compare(x, y)) }
}
