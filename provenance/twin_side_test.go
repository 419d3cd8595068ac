package provenance_test

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// twinSide is one side's graph of groups.
type twinSide struct {
	testimonies []testimony
	held        []headwater.Relation
	above       control
	setAside    set // groups
	groups      set
	entries     set                // where readers come in, by what stands
	edges       map[uuid.UUID]set  // edges between groups, by all that was ever said
	standing    map[uuid.UUID]set  // edges between groups, by what stands
	sourceEdges map[uuid.UUID]set  // edges between sources
	origins     map[uuid.UUID]bool // by source: it is an origin source
	anonymous   set
	answers
	denying bool
}

func (w *twin) side(testimonies []testimony) *twinSide {
	held := w.held(testimonies)
	s := &twinSide{
		testimonies: testimonies, held: held, above: w.control(held), setAside: set{}, groups: set{}, entries: set{},
		edges: map[uuid.UUID]set{}, standing: map[uuid.UUID]set{}, sourceEdges: map[uuid.UUID]set{}, origins: map[uuid.UUID]bool{},
		anonymous: set{},
	}
	for id, source := range w.sources {
		s.anonymous[id] = source.Anonymous
	}
	for _, id := range w.question.Without {
		source, _ := w.resolveSource(id)
		s.setAside[s.above.group(source)] = true
	}
	for _, t := range testimonies {
		s.addWalk(t)
	}
	for source, quoted := range s.sourceEdges {
		s.origins[source] = s.origins[source] || len(quoted) == 0
	}
	return s
}

// addWalk adds a walk to the graph.
func (s *twinSide) addWalk(t testimony) {
	if !t.withdrawn {
		s.entries[s.above.group(t.walk[0])] = true
	}
	for i, source := range t.walk {
		group := s.above.group(source)
		s.groups[group] = true
		if s.sourceEdges[source] == nil {
			s.sourceEdges[source] = set{}
		}
		if s.edges[group] == nil {
			s.edges[group], s.standing[group] = set{}, set{}
		}
		if i+1 == len(t.walk) {
			break
		}
		s.sourceEdges[source][t.walk[i+1]] = true
		if next := s.above.group(t.walk[i+1]); next != group {
			s.edges[group][next] = true
			if !t.withdrawn {
				s.standing[group][next] = true
			}
		}
	}
	if t.Evidence == headwater.Firsthand || t.Evidence == headwater.OnRecord {
		s.origins[t.end()] = true
	}
}

func (t testimony) end() uuid.UUID { return t.walk[len(t.walk)-1] }

// isOrigin says whether a group is one: that of an origin source, or with no edge out.
func (s *twinSide) isOrigin(group uuid.UUID) bool {
	return len(s.originSources(group)) > 0 || len(s.edges[group]) == 0
}

func (s *twinSide) originSources(group uuid.UUID) []uuid.UUID {
	var found []uuid.UUID
	for source, is := range s.origins {
		if is && s.above.group(source) == group {
			found = append(found, source)
		}
	}
	return found
}

func (s *twinSide) isUncertain(origin uuid.UUID) bool {
	sources := s.originSources(origin)
	return !s.known[origin] && len(sources) > 0 && !slices.ContainsFunc(sources, func(source uuid.UUID) bool {
		return (!s.anonymous[source] || len(s.above[source]) > 0) && !s.hearsayOnly(source)
	})
}

// hearsayOnly says whether the source ends walks only with evidence hearsay.
func (s *twinSide) hearsayOnly(source uuid.UUID) bool {
	return !slices.ContainsFunc(s.testimonies, func(t testimony) bool { return t.end() == source && t.Evidence != headwater.Hearsay })
}

// reached are the groups that readers can reach by what stands, without some.
func (s *twinSide) reached(without set) set {
	reached := set{}
	var visit func(group uuid.UUID)
	visit = func(group uuid.UUID) {
		if reached[group] || without[group] {
			return
		}
		reached[group] = true
		for next := range s.standing[group] {
			visit(next)
		}
	}
	for entry := range s.entries {
		visit(entry)
	}
	return reached
}

// originsIn are those of the groups that are origins.
func (s *twinSide) originsIn(groups set) set {
	origins := set{}
	for group := range groups {
		if s.isOrigin(group) && !s.nobodyNew[group] {
			origins[group] = true
		}
	}
	return origins
}

// lines tries every set of groups, the small ones first, until one leaves no way to an origin.
func (s *twinSide) lines(without set) int {
	groups := s.groups.sorted()
	for size := range groups {
		if s.cut(without, groups, size) {
			return size
		}
	}
	return len(groups)
}

// cut says whether some set of so many of these groups leaves no way to an origin.
func (s *twinSide) cut(without set, groups []uuid.UUID, size int) bool {
	if size == 0 {
		return len(s.originsIn(s.reached(without))) == 0
	}
	for i, group := range groups {
		if s.cut(with(without, group), groups[i+1:], size-1) {
			return true
		}
	}
	return false
}

func with(without set, group uuid.UUID) set {
	more := maps.Clone(without)
	more[group] = true
	return more
}

// commonLinks are the groups each of which leaves no way when it is taken out, if there is one to begin with.
func (s *twinSide) commonLinks() set {
	common := set{}
	for group := range s.reached(s.setAside) {
		if s.lines(s.setAside) > 0 && s.lines(with(s.setAside, group)) == 0 {
			common[group] = true
		}
	}
	return common
}

// circles are the sets of two or more groups that have it from one another, among those that are left.
func (s *twinSide) circles(left set) [][]uuid.UUID {
	circles := [][]uuid.UUID{}
	seen := set{}
	for _, group := range s.groups.sorted() {
		circle := set{group: true}
		for other := range s.groups {
			if other != group && s.leads(group, other) && s.leads(other, group) {
				circle[other] = true
			}
		}
		whole := !slices.ContainsFunc(circle.sorted(), func(member uuid.UUID) bool { return !left[member] })
		if len(circle) > 1 && !seen[group] && whole {
			circles = append(circles, circle.sorted())
		}
		maps.Copy(seen, circle)
	}
	return circles
}

// leads says whether one group has it from another, by however many others.
func (s *twinSide) leads(from, to uuid.UUID) bool {
	passed := twinSide{standing: s.edges, entries: s.edges[from]}
	return passed.reached(nil)[to]
}

// ungrounded are the circles with no edge out and no origin inside.
func (s *twinSide) ungrounded(left set) [][]uuid.UUID {
	return slices.DeleteFunc(s.circles(left), func(circle []uuid.UUID) bool {
		return slices.ContainsFunc(circle, func(member uuid.UUID) bool {
			leaves := slices.ContainsFunc(s.edges[member].sorted(), func(next uuid.UUID) bool { return !slices.Contains(circle, next) })
			return leaves || s.isOrigin(member)
		})
	})
}

func (s *twinSide) independence(without set) provenance.Independence {
	left := s.reached(without)
	var certain, all []set
	for origin := range s.originsIn(left) {
		all = append(all, set{origin: true})
		if !s.isUncertain(origin) {
			certain = append(certain, set{origin: true})
		}
	}
	least := s.above.largest(certain)
	if len(all) > 0 && len(certain) == 0 {
		least = 1
	}
	for _, circle := range s.ungrounded(left) {
		if slices.Equal(circle, s.noOrigin) {
			continue
		}
		members := set{}
		for _, member := range circle {
			members[member] = true
		}
		all = append(all, members)
	}
	return provenance.Independence{Min: least, Max: s.above.largest(all), Exact: true}
}

func (s *twinSide) without() []provenance.Removal {
	removals := []provenance.Removal{}
	for _, group := range s.reached(nil).sorted() {
		if !s.setAside[group] {
			out := with(s.setAside, group)
			removals = append(removals, provenance.Removal{Source: group, IndependentOrigins: s.independence(out), Lines: s.lines(out)})
		}
	}
	return removals
}

// isSetAside says whether a walk passes a group that is taken out.
func (s *twinSide) isSetAside(t testimony) bool {
	return slices.ContainsFunc(t.walk, func(source uuid.UUID) bool { return s.setAside[s.above.group(source)] })
}

func (s *twinSide) attributions() int {
	return len(slices.DeleteFunc(slices.Clone(s.testimonies), func(t testimony) bool { return t.withdrawn || s.isSetAside(t) }))
}

// evidence is what a report says of each testimony, in the order of attribution ids.
func (s *twinSide) evidence() []provenance.Testimony {
	evidence := []provenance.Testimony{}
	for _, t := range s.testimonies {
		groups := make([]uuid.UUID, len(t.walk))
		for i, source := range t.walk {
			groups[i] = s.above.group(source)
		}
		evidence = append(evidence, provenance.Testimony{
			Attribution: t.ID, Claim: t.claim, Document: t.Document, Stance: t.Stance, Walk: t.walk, GroupWalk: slices.Compact(groups),
			Original: t.original, Via: t.via, SetAside: s.isSetAside(t), Withdrawn: t.withdrawn,
		})
	}
	slices.SortFunc(evidence, func(x, y provenance.Testimony) int { return compareIDs(x.Attribution, y.Attribution) })
	return evidence
}

// standing in a word.
func standing(affirming, denying *twinSide) provenance.Standing {
	independent, lines := affirming.independence(affirming.setAside), affirming.lines(affirming.setAside)
	switch for_, against := affirming.attributions() > 0, denying.attributions() > 0; {
	case for_ && against:
		return provenance.Contested
	case against:
		return provenance.Denied
	case !for_:
		return provenance.Unattributed
	case independent.Min == 0 && independent.Max > 0:
		return provenance.Circular
	case independent.Min == 0:
		return provenance.NoOriginLeft
	case independent.Min >= 2 && lines >= 2:
		return provenance.Corroborated
	case independent.Min >= 2:
		return provenance.SingleCarrier
	case independent.Max >= 2:
		return provenance.PossiblyCorroborated
	}
	return provenance.SingleOrigin
}

func (s *twinSide) figures() sideFigures {
	left := s.reached(s.setAside)
	f := sideFigures{
		Attributions: s.attributions(), Origins: s.originsIn(left).sorted(), IndependentOrigins: s.independence(s.setAside),
		Lines: s.lines(s.setAside), CommonLinks: s.commonLinks().sorted(), Circular: s.circles(left), Ungrounded: s.ungrounded(left),
		Without: s.without(), Evidence: s.evidence(), Groups: map[uuid.UUID]provenance.Group{},
	}
	for source := range s.sourceEdges {
		f.Groups[source] = provenance.Group{Group: s.above.group(source), Via: s.via(source)}
	}
	return f
}

// via are the relations on the shortest way to each topmost controller of a source; of several, the one with the least.
func (s *twinSide) via(source uuid.UUID) []uuid.UUID {
	ways := paths{source: {}}
	for range s.above {
		for low, via := range maps.Clone(ways) {
			for _, r := range s.held {
				if r.Subject == low {
					ways.offer(r.Object, append(slices.Clone(via), r.ID))
				}
			}
		}
	}
	relations := set{}
	for top := range s.above.topmost(source) {
		for _, relation := range ways[top] {
			relations[relation] = true
		}
	}
	return relations.sorted()
}
