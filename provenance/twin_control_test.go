package provenance_test

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

type set map[uuid.UUID]bool

func (s set) sorted() []uuid.UUID {
	return append([]uuid.UUID{}, slices.SortedFunc(maps.Keys(s), compareIDs)...)
}

func compareIDs(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }

// control is what the relations that count say while a side's documents were published: whom each source is
// controlled by, transitively.
type control map[uuid.UUID]set

func (w *twin) control(held []headwater.Relation) control {
	above := control{}
	for id := range w.sources {
		above[id] = set{}
	}
	for _, r := range held {
		above[r.Subject][r.Object] = true
	}
	for through := range above { // Floyd and Warshall
		for low := range above {
			if above[low][through] {
				maps.Copy(above[low], above[through])
			}
		}
	}
	return above
}

// held are the relations that held on some day between the first and the last publication day of the documents: one of
// these came out before the relation ended, and one after it began. An end of publication that nobody knows is open.
func (w *twin) held(side []testimony) []headwater.Relation {
	return slices.DeleteFunc(slices.Clone(w.relations), func(r headwater.Relation) bool {
		endedLater := slices.ContainsFunc(side, func(t testimony) bool {
			earliest := t.document.Published.Earliest
			return earliest == "" || r.Until == "" || !r.Until.Last().Before(dayOf(earliest.Earliest()))
		})
		begunEarlier := slices.ContainsFunc(side, func(t testimony) bool {
			latest := t.document.Published.Latest
			return latest == "" || r.Since == "" || !r.Since.First().After(dayOf(latest.Latest()))
		})
		return !endedLater || !begunEarlier
	})
}

func dayOf(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }

// topmost are the controllers of a source that nothing outside their own loop controls.
func (above control) topmost(source uuid.UUID) set {
	top := set{}
	for controller := range above[source] {
		loop, controlled := set{controller: true}, false
		for higher := range above[controller] {
			if above[higher][controller] {
				loop[higher] = true
			} else {
				controlled = true
			}
		}
		if !controlled {
			top[loop.sorted()[0]] = true
		}
	}
	return top
}

func (above control) group(source uuid.UUID) uuid.UUID {
	if top := above.topmost(source).sorted(); len(top) == 1 {
		return top[0]
	}
	return source
}

// dependent says whether the sets of each with all its controllers meet. What is asked about is a source, or a circle:
// its controllers are all its members'.
func (above control) dependent(x, y set) bool {
	with := func(members set) set {
		all := maps.Clone(members)
		for member := range members {
			maps.Copy(all, above[member])
		}
		return all
	}
	return intersect(with(x), with(y))
}

func intersect(x, y set) bool {
	for id := range x {
		if y[id] {
			return true
		}
	}
	return false
}

// largest tries every set of voices no two of which are dependent.
func (above control) largest(voices []set) int {
	if len(voices) == 0 {
		return 0
	}
	first, rest := voices[0], voices[1:]
	independent := slices.DeleteFunc(slices.Clone(rest), func(other set) bool { return above.dependent(first, other) })
	return max(above.largest(rest), 1+above.largest(independent))
}
