package provenance

import (
	"slices"

	"github.com/google/uuid"
)

// ifNobodyNew: the group of an uncertain origin is no origin of its own. The graph stays, and so do the circles.
func (s *namedSide) ifNobodyNew(source int32) sideOutcome {
	if g, uncertain := s.uncertainOrigin(source); uncertain {
		return s.ifNotOrigin(g)
	}
	return s.outcome()
}

// ifKnown: the group of an uncertain origin is a certain one.
func (s *namedSide) ifKnown(source int32) sideOutcome {
	g, uncertain := s.uncertainOrigin(source)
	if !uncertain {
		return s.outcome()
	}
	return s.ifContender(isOrigin(g), func(c contender) []contender {
		c.certain = true
		return []contender{c}
	})
}

// uncertainOrigin is the group of an origin source, where it is an uncertain origin within reach.
func (s *namedSide) uncertainOrigin(source int32) (group int32, uncertain bool) {
	v, known := s.control.at[source]
	speaker := s.speakers[v]
	if !known || speaker == nil || !speaker.isOrigin() {
		return 0, false
	}
	g := speaker.group
	return g, s.figures().reached[g] && !s.certain[g]
}

// ifControlledAsAnother: an origin turns out to be controlled as another is, at worst so that it counts for nothing beside
// the others. Where there is no other, and for a source that names no origin, the figures stay.
func (s *namedSide) ifControlledAsAnother(source int32) sideOutcome {
	v, known := s.control.at[source]
	g, names := s.groupAt[v]
	f := s.figures()
	if known && names && s.origin[g] && f.reached[g] && f.whole.origins > 1 {
		return s.ifNotOrigin(g)
	}
	return s.outcome()
}

func (s *namedSide) ifNotOrigin(g int32) sideOutcome {
	changed := s.ifContender(isOrigin(g), func(contender) []contender { return nil })
	changed.lines = s.figures().flow.linesWithoutOrigin(g)
	return changed
}

// ifNoOrigin: those of an ungrounded circle have it from nobody.
func (s *namedSide) ifNoOrigin(circle []uuid.UUID) sideOutcome {
	return s.ifContender(s.isCircle(circle), func(contender) []contender { return nil })
}

// ifOriginIn: one certain origin is among those of an ungrounded circle. Which of them it is nobody knows, so that it
// depends on whoever controls any of them.
func (s *namedSide) ifOriginIn(circle []uuid.UUID) sideOutcome {
	var groups []int32
	changed := s.ifContender(s.isCircle(circle), func(c contender) []contender {
		groups = c.groups
		c.origin, c.certain = true, true
		return []contender{c}
	})
	changed.lines = s.figures().flow.linesWithOriginIn(groups)
	return changed
}

func isOrigin(g int32) func(contender) bool {
	return func(c contender) bool { return c.origin && c.groups[0] == g }
}

func (s *side) isCircle(circle []uuid.UUID) func(contender) bool {
	return func(c contender) bool { return !c.origin && slices.Equal(s.ids(c.groups), circle) }
}

// ifContender is the outcome with one contender replaced. Only its component is tallied again.
func (s *namedSide) ifContender(is func(contender) bool, by func(contender) []contender) sideOutcome {
	changed := s.outcome()
	f := s.figures()
	for _, component := range f.components {
		at := slices.IndexFunc(component.list, is)
		if at < 0 {
			continue
		}
		s.analysis.step(2 * sizeOf(component.list))
		replaced := slices.Replace(slices.Clone(component.list), at, at+1, by(component.list[at])...)
		whole := f.whole.minus(component.tally(none)).plus(newContenders(replaced).tally(none))
		changed.Independence, changed.origins = whole.interval(), whole.origins
	}
	return changed
}
