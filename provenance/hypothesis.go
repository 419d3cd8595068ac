package provenance

import "github.com/headwater-project/headwater"

// hypothesis is a change of the facts that a claim is examined under without changing them. The zero value changes
// nothing.
type hypothesis struct {
	withdrawn func(*testimony) bool // further testimonies that are withdrawn
	accepted  func(link int32) bool // proposed links that count
	dated     *Document             // a document that was published on day
	day       headwater.Moment
}

func (h hypothesis) withdraws(t *testimony) bool { return h.withdrawn != nil && h.withdrawn(t) }

func (h hypothesis) accepts(link int32) bool { return h.accepted != nil && h.accepted(link) }

// published is when a document was.
func (h hypothesis) published(d *Document) headwater.Interval {
	if d == h.dated {
		return headwater.Interval{Earliest: h.day, Latest: h.day}
	}
	return d.Published
}
