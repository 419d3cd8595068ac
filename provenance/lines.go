package provenance

// flow is a maximum flow from the readers to the origins, through groups that carry one unit each. A group's two halves
// are g and n+g.
type flow struct {
	network
	lines        int
	source, sink int32
	halves       []int32 // the arc between each group's halves, -1 where it is set aside
	ends         []int32 // the arc from each origin to the sink, -1 for other groups
}

// flow says how many ways from a reader to an origin are vertex-disjoint, both ends included. By Menger's theorem
// ("Zur allgemeinen Kurventheorie", Fund. Math. 10, 1927) that is the least number of groups whose setting aside
// leaves no way.
func (s *side) flow() flow {
	n := int32(len(s.groups))
	f := flow{network: *newNetwork(int(2*n + 2)), source: 2 * n, sink: 2*n + 1, halves: filledSlice(int(n), -1),
		ends: filledSlice(int(n), -1)}
	for g := range n {
		if s.setAside[g] {
			continue
		}
		f.halves[g] = f.add(g, n+g, 1)
		if s.entry[g] {
			f.add(f.source, g, unbounded)
		}
		if s.origin[g] {
			f.ends[g] = f.add(n+g, f.sink, unbounded)
		}
	}
	for _, e := range s.standing {
		if !s.setAside[e.from] && !s.setAside[e.to] {
			f.add(n+e.from, e.to, unbounded)
		}
	}
	f.step = s.analysis.step
	f.lines = f.maximum(f.source, f.sink)
	return f
}

// cuts names the groups of all least cuts: those that are saturated and whose two halves are not strongly connected in
// the residual graph (Picard and Queyranne, "On the structure of all minimum cuts in a network", Math. Prog. Study 13,
// 1980). Without one of them there is one line less, without any other group as many.
func (f *flow) cuts() []bool {
	of, _ := f.residual().components()
	n := len(f.halves)
	cuts := make([]bool, n)
	for g, half := range f.halves {
		cuts[g] = half >= 0 && f.saturated(half) && of[g] != of[n+g]
	}
	return cuts
}

// linesWithoutOrigin is how many lines there are where a group is no origin any more: as many if what ends in it can go
// on to another, by what the residual graph leaves, and one less if it cannot.
func (f *flow) linesWithoutOrigin(g int32) int {
	end := f.ends[g]
	if end < 0 || f.arcs[end^1].left == 0 {
		return f.lines
	}
	start := int32(len(f.halves)) + g
	reached := make([]bool, len(f.at))
	reached[start] = true
	queue := []int32{start}
	for i := 0; i < len(queue); i++ {
		for _, a := range f.at[queue[i]] {
			if to := f.arcs[a].to; a != end && f.arcs[a].left > 0 && !reached[to] {
				reached[to] = true
				queue = append(queue, to)
			}
		}
	}
	if reached[f.sink] {
		return f.lines
	}
	return f.lines - 1
}

// linesWithOriginIn is how many lines there are where one of these groups, none of which leads to an origin, has the
// claim from one more: one more if the residual graph leads to one of them.
func (f *flow) linesWithOriginIn(groups []int32) int {
	level := f.levels(f.source)
	for _, g := range groups {
		if level[int32(len(f.halves))+g] >= 0 {
			return f.lines + 1
		}
	}
	return f.lines
}
