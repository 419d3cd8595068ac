package provenance

import "slices"

// Independence says how many origins are independent of one another, as an interval, since some are not known well
// enough to tell.
type Independence struct {
	Min   int  `json:"min" minimum:"0" doc:"The size of the largest set of certain origins no two of which are dependent; 1 if there are origins and all are uncertain." example:"2"`
	Max   int  `json:"max" minimum:"0" doc:"The size of the largest set of origins, certain or not, and ungrounded circles, no two of which are dependent." example:"3"`
	Exact bool `json:"exact" doc:"False where more than 32 origins with several topmost controllers each hang together, so that min and max are only bounds of the true figures. Retractions raise neither bound." example:"true"`
}

// sideResult are what a side comes to, and what it comes to with each group taken out.
type sideResult struct {
	reached      []bool // by group: a reader still reaches it
	independence Independence
	whole        tally
	components   []contenders // those that hang together through topmost controllers
	lines        int
	flow         flow
	common       []int32
	without      []removal // of the groups that a reader reaches by what stands and that are not set aside, in order
}

type removal struct {
	group        int32
	independence Independence
	lines        int
}

func (f sideResult) reachesAll(groups []int32) bool {
	return !slices.ContainsFunc(groups, func(g int32) bool { return !f.reached[g] })
}

// figures computes the side's independent origins, lines and common links, and each of them without one group, from one dominator
// tree, one maximum flow and one packing of the origins.
func (s *side) figures() sideResult {
	s.analysis.step(len(s.groups) + len(s.edges))
	tree, reader, goal := s.dominators()
	f := sideResult{reached: make([]bool, len(s.groups))}
	for g := range s.groups {
		f.reached[g] = tree.reached(int32(g))
	}
	f.flow = s.flow()
	f.lines = f.flow.lines
	cuts := f.flow.cuts()
	if tree.reached(goal) {
		for v := tree.parent[goal]; v != reader; v = tree.parent[v] {
			f.common = append(f.common, v)
		}
		slices.Sort(f.common)
	}
	var change []tally
	f.whole, f.components, change = s.independence(tree)
	f.independence = f.whole.interval()
	for g, reached := range s.reachableByWhatStands() {
		if !reached || s.setAside[g] {
			continue
		}
		r := removal{int32(g), f.whole.plus(change[g]).interval(), f.lines}
		if cuts[g] {
			r.lines--
		}
		f.without = append(f.without, r)
	}
	return f
}

// reachableByWhatStands says which groups a reader reaches, whatever the question sets aside.
func (s *side) reachableByWhatStands() []bool {
	graph := newDigraph(len(s.groups), s.standing)
	reached := slices.Clone(s.entry)
	var queue []int32
	for g, entry := range s.entry {
		if entry {
			queue = append(queue, int32(g))
		}
	}
	for i := 0; i < len(queue); i++ {
		for _, next := range graph.next(queue[i]) {
			if !reached[next] {
				reached[next] = true
				queue = append(queue, next)
			}
		}
	}
	return reached
}

// dominators builds the dominator tree of the side's graph. It adds two nodes: a reader, before all publishers, and a goal, behind
// all origins. A group that dominates the goal is on every way from the reader to an origin (a vertex cut of one).
func (s *side) dominators() (tree dominators, reader, goal int32) {
	reader, goal = int32(len(s.groups)), int32(len(s.groups)+1)
	var edges []edge
	for _, e := range s.standing {
		if !s.setAside[e.from] && !s.setAside[e.to] {
			edges = append(edges, e)
		}
	}
	for g := range s.groups {
		if s.entry[g] && !s.setAside[g] {
			edges = append(edges, edge{reader, int32(g)})
		}
		if s.origin[g] && !s.setAside[g] {
			edges = append(edges, edge{int32(g), goal})
		}
	}
	return newDigraph(len(s.groups)+2, edges).dominators(reader), reader, goal
}

// contender is an origin or an ungrounded circle that may stand in the set of independent ones, if a reader reaches it.
type contender struct {
	groups  []int32
	topmost []int32 // control loops, in order; nil where these are too many to be listed
	origin  bool
	certain bool
	reached bool
}

// contenders are some of them, with the packers of all and of the certain ones. Those that no reader reaches are among them, since
// they decide how the others are packed.
type contenders struct {
	list         []contender
	all, certain packer
	// the numbers in the list of those that the packers have
	allAt, certainAt []int
}

func newContenders(list []contender) contenders {
	c := contenders{list: list}
	var all, certain [][]int32
	for i, one := range list {
		if one.topmost == nil {
			continue
		}
		all, c.allAt = append(all, one.topmost), append(c.allAt, i)
		if one.certain {
			certain, c.certainAt = append(certain, one.topmost), append(c.certainAt, i)
		}
	}
	c.all, c.certain = newPacker(all), newPacker(certain)
	return c
}

// tally is what those come to that a reader reaches, but for those that are cut off. One whose topmost controllers are too many to be
// listed may be independent of all others, or of none.
func (c contenders) tally(cut func(contender) bool) tally {
	var t tally
	there := make([]bool, len(c.list))
	for i, one := range c.list {
		there[i] = one.reached && !cut(one)
		if !there[i] {
			continue
		}
		if one.origin {
			t.origins++
		}
		if one.topmost == nil {
			open := packing{most: 1, inexact: 1}
			t.all = t.all.plus(open)
			if one.certain {
				t.certain = t.certain.plus(open)
			}
		}
	}
	t.all = t.all.plus(c.all.pack(func(set int) bool { return there[c.allAt[set]] }))
	t.certain = t.certain.plus(c.certain.pack(func(set int) bool { return there[c.certainAt[set]] }))
	return t
}

// none is for a tally that nothing is cut off from.
func none(contender) bool { return false }

// tally is what contenders come to.
type tally struct {
	origins      int // how many there are
	certain, all packing
}

func (t tally) plus(o tally) tally {
	return tally{t.origins + o.origins, t.certain.plus(o.certain), t.all.plus(o.all)}
}

func (t tally) minus(o tally) tally {
	return tally{t.origins - o.origins, t.certain.minus(o.certain), t.all.minus(o.all)}
}

func (t tally) interval() Independence {
	i := Independence{Min: t.certain.least, Max: t.all.most, Exact: t.certain.inexact == 0 && t.all.inexact == 0}
	if i.Min == 0 && t.origins > 0 {
		i.Min = 1
	}
	return i
}

// independence is the tally of all contenders that a reader reaches, and for each group what changes without it: those
// that it dominates are out of reach then. Contenders are connected where they share a topmost controller; only the components
// of which a group dominates something are tallied again.
func (s *side) independence(tree dominators) (whole tally, components []contenders, change []tally) {
	r := removals{step: s.analysis.step, tree: tree, heads: tree.heads(), change: make([]tally, len(tree.parent)), left: mostTallied}
	for _, list := range connected(s.contenders(tree), func(c contender) []int32 { return c.topmost }) {
		component := newContenders(list)
		components = append(components, component)
		base := component.tally(none)
		whole = whole.plus(base)
		r.add(component, base)
	}
	return whole, components, r.sums()[:len(s.groups)]
}

// contenders are the origins and the ungrounded circles; a circle's controllers are all its members'.
func (s *side) contenders(tree dominators) []contender {
	var all []contender
	for g := range int32(len(s.groups)) {
		if s.origin[g] {
			all = append(all, contender{[]int32{g}, s.control.topmost(s.groups[g]), true, s.certain[g], tree.reached(g)})
		}
	}
	for _, c := range s.circles {
		if !c.ungrounded {
			continue
		}
		var topmost []int32
		for _, g := range c.groups {
			tops := s.control.topmost(s.groups[g])
			if tops == nil {
				topmost = nil
				break
			}
			topmost = append(topmost, tops...)
		}
		slices.Sort(topmost)
		reached := !slices.ContainsFunc(c.groups, func(g int32) bool { return !tree.reached(g) })
		all = append(all, contender{groups: c.groups, topmost: slices.Compact(topmost), reached: reached})
	}
	return all
}
