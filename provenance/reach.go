package provenance

import (
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// place is a claim under one bearing.
type place struct {
	claim   int32
	bearing Bearing
}

// arrival is how a place was first reached: over which link, from which arrival (-1 at the start).
type arrival struct {
	place
	link     int32
	previous int32
}

// reach is what links lead to from one claim, in the order of the shortest paths, and of the least link ids among
// those: breadth first over links in the order of their ids.
type reach struct {
	analysis *Analysis
	usable   func(link int32) bool
	follow   func(here place, to func(exit)) // over each link that can be used and leads on
	within   *reach                          // if not nil, places that it has are left out
	order    []arrival
	at       map[place]int32
}

// exit is a link that leads on from a place.
type exit struct {
	link int32
	to   place
}

func (a *Analysis) reach(start place, usable func(link int32) bool) *reach {
	r := &reach{analysis: a, usable: usable, at: map[place]int32{}}
	r.follow = func(here place, to func(exit)) {
		for _, l := range a.claims[here.claim].links {
			if next, leads := a.links[l].lead(here); leads && usable(l) {
				to(exit{l, next})
			}
		}
	}
	r.add(arrival{start, -1, -1})
	r.run(0)
	return r
}

func (r *reach) add(next arrival) {
	if r.within != nil {
		if _, known := r.within.at[next.place]; known {
			return
		}
	}
	if _, known := r.at[next.place]; !known {
		r.at[next.place] = int32(len(r.order))
		r.order = append(r.order, next)
	}
}

// run goes on from the arrivals at from and later.
func (r *reach) run(from int) {
	for i := from; i < len(r.order); i++ {
		r.analysis.step(1)
		r.follow(r.order[i].place, func(next exit) { r.add(arrival{next.to, next.link, int32(i)}) })
	}
}

// lead is where the link leads from a place, if it does. What is in tension is not reached: nothing of it counts.
func (l *link) lead(here place) (place, bool) {
	other, end := l.from, ToEnd
	if here.claim == l.from {
		other, end = l.to, FromEnd
	}
	there, leads := BearingOver(l.Kind, l.Degree, end, here.bearing)
	return place{other, there}, leads && there != InTension
}

// mostLinks is how many links a path names: all paths of a long chain of links would together be endless.
const mostLinks = 100

// path is the ids of the links that led to an arrival, from the claim in question outwards; of a longer path the last ones.
func (r *reach) path(at int32) []uuid.UUID {
	path := []uuid.UUID{}
	for ; r.order[at].previous >= 0 && len(path) < mostLinks; at = r.order[at].previous {
		path = append(path, r.analysis.links[r.order[at].link].ID)
	}
	slices.Reverse(path)
	return path
}

// countedTestimony is an attribution that counts on a side, and the arrival that brought it in.
type countedTestimony struct {
	*testimony
	arrival   int32
	withdrawn bool // in fact or by hypothesis
}

// admits says whether an attribution takes part on a side, if its claim is reached by a bearing.
func (q Question) admits(t *testimony, by Bearing, takes func(Bearing, headwater.Stance) bool) bool {
	return takes(by, t.Stance) && q.isCounted(t.Status) && q.isPublished(t.document)
}

// gather takes the attributions of all places where their stance takes part, each once by the first arrival, in the
// order of their ids.
func (r *reach) gather(q Question, h hypothesis, takes func(Bearing, headwater.Stance) bool) []countedTestimony {
	var found []countedTestimony
	taken := map[int32]bool{}
	for i, here := range r.order {
		for _, t := range r.analysis.claims[here.claim].testimonies {
			r.analysis.step(1)
			testimony := &r.analysis.testimonies[t]
			if !taken[t] && h.about(testimony, q).admits(testimony, here.bearing, takes) {
				taken[t] = true
				found = append(found, countedTestimony{testimony, int32(i), testimony.withdrawn || h.withdraws(testimony)})
			}
		}
	}
	slices.SortFunc(found, func(x, y countedTestimony) int { return headwater.CompareIDs(x.ID, y.ID) })
	return found
}

// affirmsThere says whether a stance on a claim of this bearing affirms the claim in question.
func affirmsThere(b Bearing, s headwater.Stance) bool {
	return s == headwater.Affirms && (b == Entailing || b == Corroborating)
}

// deniesThere says whether a stance on a claim of this bearing denies the claim in question: by denying what follows from it, or by
// affirming what contradicts it.
func deniesThere(b Bearing, s headwater.Stance) bool {
	return s == headwater.Denies && b == Entailed || s == headwater.Affirms && b == Contradicting
}

// questionsThere says whether a stance on a claim of this bearing questions the claim in question.
func questionsThere(b Bearing, s headwater.Stance) bool {
	return s == headwater.Questions && b == Entailing
}
