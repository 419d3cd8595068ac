package provenance

import (
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// side is the graph of the attributions that affirm a claim, or of those that deny it. Groups are numbered in the
// order of their ids.
type side struct {
	analysis *Analysis
	reach    *reach
	tales    []counted
	control  *control
	sources  map[int32]*teller // by number in control

	groups  []int32         // number in control of the source that names each
	groupAt map[int32]int32 // and back
	walks   [][]int32       // each tale's walk through groups
	edges   []edge
	entry   []bool // a reader comes in here
	origin  []bool
	certain []bool // of origins: somebody knows who it is
	out     []bool // set aside by the question
	circles []circle
}

// teller is what a side's walks say about a source.
type teller struct {
	tellsOn   bool // has it from another: an edge leads out
	ends      bool // a walk ends here
	vouched   bool // one of them with evidence firsthand or record
	onHearsay bool // all of them with evidence hearsay
	publishes bool // a walk begins here
	group     int32
}

// circle is a set of groups that have the claim from one another.
type circle struct {
	groups     []int32
	ungrounded bool // no edge leads out, and no origin is inside
}

func (a *Analysis) side(r *reach, tales []counted, without []int32) *side {
	s := &side{analysis: a, reach: r, tales: tales, sources: map[int32]*teller{}, groupAt: map[int32]int32{}}
	p := periodOf(tales)
	s.meetTellers(p)
	s.formGroups()
	s.walkGroups()
	s.findOrigins()
	s.findCircles()
	s.takeOut(without, p)
	return s
}

func (s *side) meetTellers(p period) {
	var told []int32
	for _, t := range s.tales {
		told = append(told, t.walk...)
	}
	slices.Sort(told)
	told = slices.Compact(told)
	s.control = newControl(s.analysis, p, told)
	for _, source := range told {
		s.sources[s.control.at[source]] = &teller{onHearsay: true}
	}
	for _, t := range s.tales {
		for _, source := range t.walk[:len(t.walk)-1] {
			s.teller(source).tellsOn = true
		}
		s.teller(t.walk[0]).publishes = true
		end := s.teller(t.walk[len(t.walk)-1])
		end.ends = true
		end.vouched = end.vouched || t.Evidence == headwater.Firsthand || t.Evidence == headwater.OnRecord
		end.onHearsay = end.onHearsay && t.Evidence == headwater.Hearsay
	}
}

func (s *side) teller(source int32) *teller { return s.sources[s.control.at[source]] }

// isOrigin: a source is an origin source if a walk that somebody vouches for ends there, or if nothing on this side says
// that it had the claim from another.
func (t *teller) isOrigin() bool { return t.vouched || !t.tellsOn }

func (s *side) formGroups() {
	for v := range s.sources {
		s.groups = append(s.groups, s.control.group(v))
	}
	slices.Sort(s.groups)
	s.groups = slices.Compact(s.groups)
	for g, v := range s.groups {
		s.groupAt[v] = int32(g)
	}
	for v, teller := range s.sources {
		teller.group = s.groupAt[s.control.group(v)]
	}
	n := len(s.groups)
	s.entry, s.origin, s.certain, s.out = make([]bool, n), make([]bool, n), make([]bool, n), make([]bool, n)
}

// walkGroups makes the walks through groups; a group telling itself is no step.
func (s *side) walkGroups() {
	s.walks = make([][]int32, len(s.tales))
	for i, t := range s.tales {
		walk := make([]int32, len(t.walk))
		for j, source := range t.walk {
			walk[j] = s.teller(source).group
		}
		walk = slices.Compact(walk)
		for j := range walk[:len(walk)-1] {
			s.edges = append(s.edges, edge{walk[j], walk[j+1]})
		}
		s.entry[walk[0]] = true
		s.walks[i] = walk
	}
	s.edges = distinct(s.edges)
}

// findOrigins: an origin is the group of an origin source, or a group with no edge out, whose members quote only one
// another. It is uncertain if it has origin sources and nobody knows who any of them is or who stands behind it.
func (s *side) findOrigins() {
	held := make([]bool, len(s.groups)) // has an origin source
	for v, teller := range s.sources {
		if !teller.isOrigin() {
			continue
		}
		held[teller.group] = true
		if !s.obscure(v, teller) {
			s.certain[teller.group] = true
		}
	}
	last := make([]bool, len(s.groups))
	for g := range last {
		last[g] = true
	}
	for _, e := range s.edges {
		last[e.from] = false
	}
	for g := range s.groups {
		s.origin[g] = held[g] || last[g]
		s.certain[g] = s.certain[g] || last[g] && !held[g]
	}
}

// obscure says that nobody knows who an origin source is, or who stands behind it.
func (s *side) obscure(v int32, t *teller) bool {
	return s.anonymous(v) || t.ends && t.onHearsay
}

func (s *side) anonymous(v int32) bool {
	return s.source(v).Anonymous && !s.control.controlled(v)
}

// source is the one with this number in control.
func (s *side) source(v int32) *headwater.Source { return &s.analysis.sources[s.control.sources[v]] }

// id is that of the source that names a group.
func (s *side) id(group int32) uuid.UUID { return s.source(s.groups[group]).ID }

func (s *side) findCircles() {
	of, count := newDigraph(len(s.groups), s.edges).components()
	members := make([][]int32, count)
	for g, component := range of {
		members[component] = append(members[component], int32(g))
	}
	grounded := make([]bool, count)
	for g, component := range of {
		grounded[component] = grounded[component] || s.origin[g]
	}
	for _, e := range s.edges {
		grounded[of[e.from]] = grounded[of[e.from]] || of[e.from] != of[e.to]
	}
	for component, groups := range members {
		if len(groups) > 1 {
			s.circles = append(s.circles, circle{groups, !grounded[component]})
		}
	}
	slices.SortFunc(s.circles, func(x, y circle) int { return slices.Compare(x.groups, y.groups) })
}

// takeOut sets aside the groups of sources, which nobody on this side need tell of.
func (s *side) takeOut(sources []int32, p period) {
	c := newControl(s.analysis, p, sources)
	for _, source := range sources {
		for g, v := range s.groups {
			if s.control.sources[v] == c.sources[c.group(c.at[source])] {
				s.out[g] = true
			}
		}
	}
}

// setAside says whether a tale's walk passes a group that the question takes out.
func (s *side) setAside(tale int) bool {
	return slices.ContainsFunc(s.walks[tale], func(g int32) bool { return s.out[g] })
}

// attributions is how many count.
func (s *side) attributions() int {
	var n int
	for i := range s.tales {
		if !s.setAside(i) {
			n++
		}
	}
	return n
}
