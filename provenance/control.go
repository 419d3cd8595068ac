package provenance

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// period is the days between the first and the last publication of a side's documents. A side with an undated
// document has no bounds; a document of which one end is not known leaves that end open.
type period struct{ first, last time.Time } // zero: open

// publications are when a side's documents were published.
type publications struct {
	first, last         time.Time          // of the ends that are known
	openFirst, openLast map[*Document]bool // the documents of which an end is not known
}

func publicationsOf(testimonies []countedTestimony) publications {
	p := publications{openFirst: map[*Document]bool{}, openLast: map[*Document]bool{}}
	for _, t := range testimonies {
		first, last := t.document.Published.Earliest.Earliest(), t.document.Published.Latest.Latest()
		if first.IsZero() {
			p.openFirst[t.document] = true
		}
		if last.IsZero() {
			p.openLast[t.document] = true
		}
		p.add(first, last)
	}
	return p
}

func (p *publications) add(first, last time.Time) {
	if p.first.IsZero() || !first.IsZero() && first.Before(p.first) {
		p.first = first
	}
	if last.After(p.last) {
		p.last = last
	}
}

func (p publications) period() period {
	days := period{p.first, p.last}
	if len(p.openFirst) > 0 {
		days.first = time.Time{}
	}
	if len(p.openLast) > 0 {
		days.last = time.Time{}
	}
	return days
}

// periodIf is the period if an undated document was published on a day. As long as another one leaves an end open, that end stays so.
func (p publications) periodIf(undated *Document, day headwater.Day) period {
	was := p.period()
	if !p.openFirst[undated] {
		return was // not of this side
	}
	p.add(day.First(), day.Last())
	if len(p.openFirst) == 1 {
		was.first = p.first
	}
	if len(p.openLast) == 1 {
		was.last = p.last
	}
	return was
}

// holds says whether a control edge held on some day of the period, ends included.
func (p period) holds(e controlEdge) bool {
	since, until := e.Since.First(), e.Until.Last()
	tooLate := !since.IsZero() && !p.last.IsZero() && day(since).After(day(p.last))
	tooEarly := !until.IsZero() && !p.first.IsZero() && day(until).Before(day(p.first))
	return !tooLate && !tooEarly
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// control says who controls whom on one side of a report: the relations of control that held in the side's period, followed upwards
// from the sources that take part in it. Within control, a source is the index of its entry in the field sources, not of the
// analysis; both are in the order of the sources' ids.
type control struct {
	analysis *Analysis
	sources  []int32         // of the analysis, in order
	at       map[int32]int32 // the reverse of sources: from a number of the analysis to the index here
	up       [][]heldEdge
	loops    []loop // by strongly connected component
	loopOf   []int32
	viaLeft  int // how many steps may still be taken to list the ways up
}

// heldEdge is a control edge that held in the period, as seen from its subject.
type heldEdge struct {
	relation uuid.UUID
	object   int32
}

// loop is a set of sources that control one another, mostly a single source.
type loop struct {
	members []int32
	// topmost are the loops above that nothing else controls, or itself if nothing controls it; in order. It is nil where there are
	// several, and too many to be listed.
	topmost []int32
}

const (
	// mostTopmost is how many topmost controllers are listed for all sources of a side together, beside some for each source.
	mostTopmost = 1 << 22
	// mostVia is how many steps are taken to list the ways up from all sources of a side, beside some for each source.
	mostVia = 1 << 20
	// forEach is how many of both are granted for each source.
	forEach = 64
)

func newControl(a *Analysis, p period, of []int32) *control {
	c := &control{analysis: a, at: map[int32]int32{}}
	c.collect(of, p)
	c.up = make([][]heldEdge, len(c.sources))
	var edges []edge
	for v, source := range c.sources {
		for _, t := range a.relations[source] {
			if p.holds(t) {
				c.up[v] = append(c.up[v], heldEdge{t.ID, c.at[t.object]})
				edges = append(edges, edge{int32(v), c.at[t.object]})
			}
		}
	}
	c.findLoops(newDigraph(len(c.sources), edges))
	c.viaLeft = mostVia + forEach*len(c.sources)
	return c
}

// collect takes the sources and all above them.
func (c *control) collect(of []int32, p period) {
	known := make(map[int32]bool, len(of))
	var visit func(source int32)
	visit = func(source int32) {
		if known[source] {
			return
		}
		c.analysis.step(1)
		known[source] = true
		for _, t := range c.analysis.relations[source] {
			if p.holds(t) {
				visit(t.object)
			}
		}
	}
	for _, source := range of {
		visit(source)
	}
	c.sources = slices.Sorted(maps.Keys(known))
	for v, source := range c.sources {
		c.at[source] = int32(v)
	}
}

// id is that of the source with this number.
func (c *control) id(v int32) uuid.UUID { return c.analysis.sources[c.sources[v]].ID }

func (c *control) ids(vs []int32) []uuid.UUID {
	ids := make([]uuid.UUID, len(vs))
	for i, v := range vs {
		ids[i] = c.id(v)
	}
	return ids
}

// turningDays lists, in order, each day at which a relation of the sources of some begins or ends, and then the days beside them: that
// before all of these, and those after each end. Whatever day one takes, what holds then holds on one of these.
func turningDays(of ...*control) (turns, beside []headwater.Day) {
	for _, c := range of {
		for _, source := range c.sources {
			for _, edge := range c.analysis.relations[source] {
				if begin := edge.Since.First(); !begin.IsZero() {
					turns = append(turns, dayOf(begin))
				}
				if end := edge.Until.Last(); !end.IsZero() {
					turns = append(turns, dayOf(end))
					beside = append(beside, dayOf(end.AddDate(0, 0, 1)))
				}
			}
		}
	}
	slices.Sort(turns)
	if len(turns) > 0 {
		beside = append(beside, dayOf(turns[0].First().AddDate(0, 0, -1)))
	}
	slices.Sort(beside)
	beside = slices.DeleteFunc(beside, func(d headwater.Day) bool { return !d.IsValid() }) // beyond the calendar
	return slices.Compact(turns), slices.Compact(beside)
}

func dayOf(t time.Time) headwater.Day { return headwater.Day(day(t).Format(time.DateOnly)) }

// findLoops puts sources that control one another into one loop (a strongly connected component), and finds for each loop the
// topmost loops above it: those that nobody else controls. components numbers what is above before what is below.
func (c *control) findLoops(edges digraph) {
	of, count := edges.components()
	c.loopOf, c.loops = of, make([]loop, count)
	for v := range int32(len(of)) {
		c.loops[of[v]].members = append(c.loops[of[v]].members, v)
	}
	// What is above has the smaller number, so that it is done first.
	left := mostTopmost + forEach*len(c.sources)
	for l := range c.loops {
		c.analysis.step(1)
		c.loops[l].topmost = c.topmostAbove(int32(l), edges, &left)
	}
}

// topmostAbove are a loop's topmost, where they can be listed within what is left.
func (c *control) topmostAbove(l int32, edges digraph, left *int) []int32 {
	members := c.loops[l].members
	var above [][]int32
	size := 0
	for _, v := range members {
		for _, w := range edges.next(v) {
			if c.loopOf[w] == l {
				continue
			}
			tops := c.topmost(w)
			if tops == nil {
				return nil
			}
			above = append(above, tops)
			size += len(tops)
		}
	}
	switch {
	case len(above) == 0:
		return []int32{l}
	case !slices.ContainsFunc(above, func(tops []int32) bool { return len(tops) != 1 || tops[0] != above[0][0] }):
		return above[0] // as nearly always: there is one
	}
	if size *= len(members); size > *left {
		return nil
	}
	*left -= size
	c.analysis.step(size)
	topmost := slices.Concat(above...)
	slices.Sort(topmost)
	return slices.Compact(topmost)
}

// topmost are the loops that nothing else controls, above a source or holding it. Two sources are dependent, that is
// the sets of each with all its controllers meet, just if these do. They are nil where they are too many to be listed.
func (c *control) topmost(v int32) []int32 { return c.loops[c.loopOf[v]].topmost }

// group is the topmost controller if there is just one (a loop is named by its least id), the source itself if there
// are several or none.
func (c *control) group(v int32) int32 {
	if tops := c.topmost(v); len(tops) == 1 {
		return c.loops[tops[0]].members[0]
	}
	return v
}

// isControlled says whether anything controls a source.
func (c *control) isControlled(v int32) bool { return len(c.up[v]) > 0 }

// above is a source with all its controllers, by breadth first search over edges in the order of relation ids; relation is what
// led to each from the one at previous. It is false where it takes more steps than are left.
func (c *control) above(v int32, left *int) (order []controlStep, ok bool) {
	order = []controlStep{{source: v, previous: -1}}
	known := map[int32]bool{v: true}
	for i := 0; i < len(order); i++ {
		if *left -= 1 + len(c.up[order[i].source]); *left < 0 {
			return nil, false
		}
		c.analysis.step(1 + len(c.up[order[i].source]))
		for _, h := range c.up[order[i].source] {
			if !known[h.object] {
				known[h.object] = true
				order = append(order, controlStep{h.object, h.relation, i})
			}
		}
	}
	return order, true
}

type controlStep struct {
	source   int32
	relation uuid.UUID
	previous int
}

// via are the relations that put a source where it is: the shortest way to each of its topmost controllers, in order. It is false,
// and empty, where to list them takes more steps than are left.
func (c *control) via(v int32) (via []uuid.UUID, ok bool) {
	via = []uuid.UUID{}
	if !c.isControlled(v) {
		return via, true
	}
	order, ok := c.above(v, &c.viaLeft)
	topmost := c.topmost(v)
	if !ok || topmost == nil {
		return via, false
	}
	named := map[int32]bool{}
	for _, top := range topmost {
		named[c.loops[top].members[0]] = true
	}
	for at, step := range order {
		if !named[step.source] {
			continue
		}
		for i := at; order[i].previous >= 0; i = order[i].previous {
			if c.viaLeft--; c.viaLeft < 0 {
				return []uuid.UUID{}, false
			}
			via = append(via, order[i].relation)
		}
	}
	slices.SortFunc(via, headwater.CompareIDs)
	return slices.Compact(via), true
}
