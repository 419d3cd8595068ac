package interchange

import (
	"errors"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// record collects the things that one record of a file describes, and its faults.
type record struct {
	namespace string
	ids       headwater.Namespace // of the namespace
	days      DayOrder            // of dates in figures; empty where nobody says
	linked    *linkedNodes        // what it may refer to
	language  string              // of texts of which it says none
	bindings  Bindings
	line      int
	items     []bundle.Item
	emitted   map[uuid.UUID]bool // ids of the things in items
	faults    headwater.Faults
	itself    uuid.UUID // what the record describes, where it is known by an id of its own
	notes     []bundle.Note
	// told are the fields of the file of which nothing is made, and the first record that has each, which tells of it: the same one
	// whenever the file is read. toldHere are those of which this one told.
	told     map[string]int
	repeats  *repeats // what the file said before of the same things; nil where nothing is told of that
	toldHere map[string]bool
}

func newRecord(namespace string, days DayOrder, line int) *record {
	return &record{namespace: namespace, ids: headwater.NamespaceOf(namespace), days: days, line: line, emitted: map[uuid.UUID]bool{}}
}

// bound gives the record what an import knows of the things of its file.
func (r *record) bound(bindings Bindings) *record {
	r.bindings = bindings
	return r
}

func (r *record) fault(at headwater.Pointer, code headwater.FaultCode, value any, expected string) {
	r.faults = append(r.faults, headwater.NewFault(at, code, value, expected))
}

// note tells that a value was read otherwise than it is written, or left out.
func (r *record) note(at headwater.Pointer, value any, text string) {
	r.notes = append(r.notes, bundle.Note{
		Line: r.line, Pointer: at, Value: headwater.NewFault(at, "", value, "").Value, Text: text,
	})
}

// faultsAt adds the faults of a value that stands at one place.
func (r *record) faultsAt(at headwater.Pointer, err error) {
	var faults headwater.Faults
	errors.As(err, &faults)
	for _, fault := range faults {
		fault.Pointer = at
		r.faults = append(r.faults, fault)
	}
}

// identify gives a thing with a key its identity.
func (r *record) identify(resource headwater.Resource, key string) headwater.Meta {
	return headwater.Meta{ID: r.ids.ID(resource, key), Key: key, Namespace: r.namespace}
}

// emit adds a thing if it is valid; a thing that is only mentioned is added once. from maps a field of the thing to its
// place in the record.
func (r *record) emit(item bundle.Item, from func(headwater.Pointer) headwater.Pointer) bool {
	if item.Assertion == bundle.Mentions && r.emitted[item.Meta.ID] {
		return true
	}
	var faults headwater.Faults
	if errors.As(item.Thing.(interface{ Validate() error }).Validate(), &faults) {
		for _, fault := range faults {
			fault.Pointer = from(fault.Pointer)
			r.faults = append(r.faults, fault)
		}
		return false
	}
	r.emitted[item.Meta.ID] = true
	item.Line, item.At = r.line, from("")
	r.items = append(r.items, item)
	return true
}

// allAt maps all fields to one place in the record.
func allAt(at headwater.Pointer) func(headwater.Pointer) headwater.Pointer {
	return func(headwater.Pointer) headwater.Pointer { return at }
}

// yield passes on the record's notes, its things, and then its faults. It reports whether to go on.
func (r *record) yield(to func(bundle.Item, error) bool) bool {
	if len(r.notes) > 0 && !to(bundle.Item{Line: r.line, Notes: r.notes}, nil) {
		return false
	}
	for _, item := range r.items {
		if !to(item, nil) {
			return false
		}
	}
	if len(r.faults) == 0 {
		return true
	}
	faults := make(bundle.LineFaults, len(r.faults))
	for i, fault := range r.faults {
		faults[i] = bundle.LineFault{Line: r.line, Fault: fault}
	}
	return to(bundle.Item{Line: r.line, Itself: r.itself}, faults)
}
