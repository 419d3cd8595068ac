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
// each would bring in. Of the links after that it is said that they were not examined. Which these are depends on the claims that are gone
// through alone, not on what of them counts: it is the same for all days.
const mostProposalWork = 1 << 20

// proposals looks what proposed links would bring to a side.
type proposals struct {
	*reach
	admits  func(*testimony, Bearing) bool // that is not on the side already
	further map[place][]int32              // the testimonies that a place would bring: many links can lead to one
	left    int                            // of what may be gone through
	passed  map[int32]bool                 // the claims that were gone through
}

// proposals are the proposed links of which each alone would bring attributions in, and those that were not examined, in the order of
// their ids. take is called once with each of these attributions. Where some were not examined, passed are the claims whose links and
// attributions were gone through for the others.
func (r *reach) proposals(q Question, takes func(Bearing, headwater.Stance) bool, already []countedTestimony,
	take func(*testimony)) (found []proposal, passed map[int32]bool) {
	known := make(map[uuid.UUID]bool, len(already))
	for _, c := range already {
		known[c.ID] = true
	}
	p := &proposals{reach: r, further: map[place][]int32{}, left: mostProposalWork, passed: map[int32]bool{}}
	p.admits = func(t *testimony, by Bearing) bool { return q.admits(t, by, takes) && !known[t.ID] }
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
			passed = p.passed
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
	if p.left <= 0 {
		found.unexamined = true
		return found, nil
	}
	found.beyond = p.beyond(l)
	var brought []int32
	for _, here := range found.beyond {
		claim := &p.analysis.claims[here.claim]
		p.left -= 1 + len(claim.links) + len(claim.testimonies)
		p.passed[here.claim] = true
		brought = append(brought, p.at(here)...)
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

// at is what a place would bring.
func (p *proposals) at(here place) []int32 {
	list, looked := p.further[here]
	if !looked {
		for _, t := range p.analysis.claims[here.claim].testimonies {
			if p.admits(&p.analysis.testimonies[t], here.bearing) {
				list = append(list, t)
			}
		}
		p.further[here] = list
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
