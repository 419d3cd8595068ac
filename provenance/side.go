package provenance

import (
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// side is the graph of the attributions that affirm a claim, or of those that deny it. Groups are numbered in the
// order of their ids.
type side struct {
	analysis    *Analysis
	reach       *reach
	testimonies []countedTestimony
	control     *control
	speakers    map[int32]*speaker // by number in control

	groups   []int32         // number in control of the source that names each
	groupAt  map[int32]int32 // and back
	walks    [][]int32       // each testimony's walk through groups
	edges    []edge          // by all that was ever said, which says who is an origin
	standing []edge          // by what is not withdrawn, which says what a reader can reach
	entry    []bool          // a reader comes in here, by what is not withdrawn
	origin   []bool
	certain  []bool // of origins: somebody knows who it is
	setAside []bool // set aside by the question
	aside    []bool // of testimonies: the walk passes a group that is set aside
	circles  []circle

	// controlAside is the control of the sources that are set aside, whether or not they speak on this side.
	controlAside *control
}

// speaker is what the walks of one side, withdrawn or not, say about a source.
type speaker struct {
	quotes    bool // a walk goes on from it: it has the claim from another source
	ends      bool // a walk ends here
	vouched   bool // a walk ends here with evidence firsthand or record
	onHearsay bool // all walks that end here do so with evidence hearsay
	publishes bool // a walk that is not withdrawn begins here
	group     int32
}

// circle is a set of groups that have the claim from one another.
type circle struct {
	groups     []int32
	ungrounded bool // no edge leads out, and no origin is inside
}

// side is the graph of testimonies by the control that held in a period.
func (a *Analysis) side(r *reach, testimonies []countedTestimony, without []int32, p period) *side {
	s := &side{analysis: a, reach: r, testimonies: testimonies, speakers: map[int32]*speaker{}, groupAt: map[int32]int32{}}
	s.findSpeakers(p)
	s.formGroups()
	s.walkGroups()
	s.findOrigins()
	s.findCircles()
	s.markSetAside(without, p)
	return s
}

func (s *side) findSpeakers(p period) {
	var sources []int32
	for _, t := range s.testimonies {
		s.analysis.step(len(t.walk))
		sources = append(sources, t.walk...)
	}
	slices.Sort(sources)
	sources = slices.Compact(sources)
	s.control = newControl(s.analysis, p, sources)
	for _, source := range sources {
		s.speakers[s.control.at[source]] = &speaker{onHearsay: true}
	}
	for _, t := range s.testimonies {
		s.analysis.step(len(t.walk))
		for _, source := range t.walk[:len(t.walk)-1] {
			s.speaker(source).quotes = true
		}
		if first := s.speaker(t.walk[0]); !t.withdrawn {
			first.publishes = true
		}
		end := s.speaker(t.walk[len(t.walk)-1])
		end.ends = true
		end.vouched = end.vouched || t.Evidence == headwater.Firsthand || t.Evidence == headwater.OnRecord
		end.onHearsay = end.onHearsay && t.Evidence == headwater.Hearsay
	}
}

func (s *side) speaker(source int32) *speaker { return s.speakers[s.control.at[source]] }

// isOrigin: a source is an origin source if a walk that somebody vouches for ends there, or if nothing on this side says
// that it had the claim from another.
func (t *speaker) isOrigin() bool { return t.vouched || !t.quotes }

func (s *side) formGroups() {
	for v := range s.speakers {
		s.groups = append(s.groups, s.control.group(v))
	}
	slices.Sort(s.groups)
	s.groups = slices.Compact(s.groups)
	for g, v := range s.groups {
		s.groupAt[v] = int32(g)
	}
	for v, speaker := range s.speakers {
		speaker.group = s.groupAt[s.control.group(v)]
	}
	n := len(s.groups)
	s.entry, s.origin, s.certain, s.setAside = make([]bool, n), make([]bool, n), make([]bool, n), make([]bool, n)
}

// walkGroups makes the walks through groups; a group telling itself is no step.
func (s *side) walkGroups() {
	s.walks = make([][]int32, len(s.testimonies))
	for i, t := range s.testimonies {
		s.analysis.step(len(t.walk))
		walk := make([]int32, len(t.walk))
		for j, source := range t.walk {
			walk[j] = s.speaker(source).group
		}
		walk = slices.Compact(walk)
		for j := range walk[:len(walk)-1] {
			s.edges = append(s.edges, edge{walk[j], walk[j+1]})
			if !t.withdrawn {
				s.standing = append(s.standing, edge{walk[j], walk[j+1]})
			}
		}
		s.entry[walk[0]] = s.entry[walk[0]] || !t.withdrawn
		s.walks[i] = walk
	}
	s.edges, s.standing = distinct(s.edges), distinct(s.standing)
}

// findOrigins: an origin is the group of an origin source, or a group with no edge out, whose members quote only one
// another. It is uncertain if it has origin sources and nobody knows who any of them is or who stands behind it.
func (s *side) findOrigins() {
	hasSource := make([]bool, len(s.groups)) // has an origin source
	for v, speaker := range s.speakers {
		if !speaker.isOrigin() {
			continue
		}
		hasSource[speaker.group] = true
		if !s.isUncertain(v, speaker) {
			s.certain[speaker.group] = true
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
		s.origin[g] = hasSource[g] || last[g]
		s.certain[g] = s.certain[g] || last[g] && !hasSource[g]
	}
}

// isUncertain says that nobody knows who an origin source is, or who stands behind it.
func (s *side) isUncertain(v int32, t *speaker) bool {
	return s.isAnonymous(v) || t.ends && t.onHearsay
}

func (s *side) isAnonymous(v int32) bool {
	return s.source(v).Anonymous && !s.control.isControlled(v)
}

// source is the one with this number in control.
func (s *side) source(v int32) *headwater.Source { return s.analysis.sources[s.control.sources[v]] }

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

// markSetAside sets aside the groups of sources, which nobody on this side need tell of.
func (s *side) markSetAside(sources []int32, p period) {
	c := newControl(s.analysis, p, sources)
	s.controlAside = c
	for _, source := range sources {
		if v, known := s.control.at[c.sources[c.group(c.at[source])]]; known {
			if g, names := s.groupAt[v]; names {
				s.setAside[g] = true
			}
		}
	}
	s.aside = make([]bool, len(s.walks))
	for i, walk := range s.walks {
		s.aside[i] = slices.ContainsFunc(walk, func(g int32) bool { return s.setAside[g] })
	}
}

// counts says whether a testimony counts: it is neither withdrawn nor set aside.
func (s *side) counts(testimony int) bool {
	return !s.testimonies[testimony].withdrawn && !s.aside[testimony]
}

// countAttributions is how many count.
func (s *side) countAttributions() int {
	var n int
	for i := range s.testimonies {
		if s.counts(i) {
			n++
		}
	}
	return n
}
