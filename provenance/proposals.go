package provenance

import (
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// proposal is a proposed link, and what it would bring in.
type proposal struct {
	link       *link
	unexamined bool    // to look where it would lead would take too long
	beyond     []place // where it would lead
	brings     bool    // attributions, as far as it was examined
	counts     int     // how many of these are not withdrawn
}

// mostProposalWork is how many links and attributions are gone through, for all proposed links of a side together, to say what
// each would bring in. Of the links after that it is said that they were not examined. What is gone through are links that lead on, and
// attributions whose stance takes part, whenever they were published: so neither the day nor what else was read moves the bound.
const mostProposalWork = 1 << 20

// proposals looks what proposed links would bring to a side.
type proposals struct {
	*reach
	admits     func(*testimony, Bearing) bool // that is not on the side already
	couldCount func(*testimony, Bearing) bool // on some day
	exits      map[place][]exit               // that lead on from a place: many links can lead to one
	said       map[place][]int32              // the testimonies at a place that count on some day
	left       int                            // of what may be gone through
}

// proposals are the proposed links of which each alone would bring attributions in, and those that were not examined, in the order of
// their ids. take is called once with each of these attributions. Where some were not examined, passed is what was gone through for the
// others: the testimonies that count on some day, by place.
func (r *reach) proposals(q Question, takes func(Bearing, headwater.Stance) bool, already []countedTestimony,
	take func(*testimony)) (found []proposal, passed map[place][]int32) {
	known := make(map[uuid.UUID]bool, len(already))
	for _, c := range already {
		known[c.ID] = true
	}
	p := &proposals{reach: r, left: r.analysis.proposalWork, exits: map[place][]exit{}, said: map[place][]int32{},
		couldCount: func(t *testimony, by Bearing) bool { return takes(by, t.Stance) && q.isCounted(t.Status) },
		admits:     func(t *testimony, by Bearing) bool { return q.admits(t, by, takes) && !known[t.ID] }}
	taken := map[int32]bool{}
	for _, l := range r.unused() {
		one, brought := p.of(l)
		for _, t := range brought {
			if !taken[t] {
				taken[t] = true
				take(&r.analysis.testimonies[t])
			}
		}
		if one.unexamined {
			passed = p.said
		}
		if one.brings || one.unexamined {
			found = append(found, one)
		}
	}
	return found, passed
}

// of says what one link would bring, each testimony once, though its claim may be reached by two bearings.
func (p *proposals) of(l int32) (proposal, []int32) {
	found := proposal{link: &p.analysis.links[l]}
	ends := p.landings(l)
	if len(ends) == 0 {
		return found, nil
	}
	if p.left <= 0 {
		found.unexamined = true
		return found, nil
	}
	found.beyond = p.beyond(l, ends)
	var brought []int32
	for _, here := range found.beyond {
		said := p.saidAt(here)
		p.left -= 1 + len(p.exits[here]) + len(said)
		for _, t := range said {
			if p.admits(&p.analysis.testimonies[t], here.bearing) {
				brought = append(brought, t)
			}
		}
	}
	slices.Sort(brought)
	brought = slices.Compact(brought)
	found.brings = len(brought) > 0
	for _, t := range brought {
		if !p.analysis.testimonies[t].withdrawn {
			found.counts++
		}
	}
	return found, brought
}

// landings are the places that a link leads to and that are not reached without it.
func (p *proposals) landings(l int32) (found []place) {
	link := &p.analysis.links[l]
	for _, end := range []int32{link.from, link.to} {
		for b := Entailing; b <= Contradicting; b++ {
			here := place{end, b}
			if _, known := p.at[here]; !known {
				continue
			}
			next, leads := link.lead(here)
			if _, known := p.at[next]; leads && !known {
				found = append(found, next)
			}
		}
	}
	return found
}

// beyond is the places that a link would add if it counted too, from those where it lands.
func (p *proposals) beyond(l int32, landings []place) []place {
	link := &p.analysis.links[l]
	wider := &reach{analysis: p.analysis, within: p.reach, at: map[place]int32{}, follow: func(here place, to func(exit)) {
		for _, next := range p.exitsOf(here) {
			to(next)
		}
		if here.claim == link.from || here.claim == link.to {
			if next, leads := link.lead(here); leads {
				to(exit{l, next})
			}
		}
	}}
	for _, landing := range landings {
		wider.add(arrival{landing, l, -1})
	}
	wider.run(0)
	added := make([]place, len(wider.order))
	for i, found := range wider.order {
		added[i] = found.place
	}
	return added
}

// exitsOf are the links that lead on from a place.
func (p *proposals) exitsOf(here place) []exit {
	list, looked := p.exits[here]
	if !looked {
		p.follow(here, func(next exit) { list = append(list, next) })
		p.exits[here] = list
	}
	return list
}

// saidAt are the testimonies at a place that count on some day.
func (p *proposals) saidAt(here place) []int32 {
	list, looked := p.said[here]
	if !looked {
		for _, t := range p.analysis.claims[here.claim].testimonies {
			if p.couldCount(&p.analysis.testimonies[t], here.bearing) {
				list = append(list, t)
			}
		}
		p.said[here] = list
	}
	return list
}

// unused are the links at reached claims that do not count, in order.
func (r *reach) unused() []int32 {
	var found []int32
	for _, here := range r.order {
		for _, l := range r.analysis.claims[here.claim].links {
			if !r.usable(l) {
				found = append(found, l)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
