package provenance

// hypothesis is a change of the facts that a claim is examined under without changing them. The zero value changes
// nothing.
type hypothesis struct {
	withdrawn func(*testimony) bool // further testimonies that are withdrawn
	accepted  func(link int32) bool // proposed links that count
	admitted  func(*testimony) bool // proposed attributions that count
}

func (h hypothesis) withdraws(t *testimony) bool { return h.withdrawn != nil && h.withdrawn(t) }

// about is the question about a testimony: one that is admitted counts as if its proposal were accepted.
func (h hypothesis) about(t *testimony, q Question) Question {
	q.IncludeProposed = q.IncludeProposed || h.admitted != nil && h.admitted(t)
	return q
}

func (h hypothesis) accepts(link int32) bool { return h.accepted != nil && h.accepted(link) }
