package headwater

import (
	"github.com/google/uuid"
)

// Relation is a tie of one source to another, for as long as it holds.
type Relation struct {
	Meta
	RelationFields
	Status RecordStatus `json:"status" doc:"active or retracted." example:"active"`
}

// RelationFields are the fields of a relation that a caller sets: the subject is, for example, part of the object.
type RelationFields struct {
	Subject  uuid.UUID    `json:"subject" written:"reference source" format:"uuid" doc:"The source that is part of, controlled by … the object." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Kind     RelationKind `json:"kind" doc:"What ties the two." example:"part_of"`
	Object   uuid.UUID    `json:"object" written:"reference source" format:"uuid" doc:"The source above." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Share    *float64     `json:"share,omitempty" minimum:"0" maximum:"1" doc:"The part owned, of owned_by only; above 0.5 is control." example:"0.51"`
	Since    Day          `json:"since,omitempty" maxLength:"10" doc:"First day on which it held, EDTF level 0; open if missing." example:"2019"`
	Until    Day          `json:"until,omitempty" maxLength:"10" doc:"Last day on which it held, EDTF level 0; open if missing." example:"2024-03"`
	Citation string       `text:"prose" json:"citation,omitempty" doc:"Where this can be checked." example:"Company register, entry 4711"`
}

// RelationKind is the kind of a relation.
type RelationKind string

const (
	PartOf       RelationKind = "part_of"
	ControlledBy RelationKind = "controlled_by"
	SpeaksFor    RelationKind = "speaks_for"
	OwnedBy      RelationKind = "owned_by"
	MemberOf     RelationKind = "member_of" // no control: members speak for themselves
)

// Values lists the kinds.
func (RelationKind) Values() []string {
	return []string{string(PartOf), string(ControlledBy), string(SpeaksFor), string(OwnedBy), string(MemberOf)}
}

// ControllingShare is the share above which an owner controls what it owns.
const ControllingShare = 0.5

// Controls says whether the relation puts its subject under its object's control.
func (r RelationFields) Controls() bool {
	switch r.Kind {
	case PartOf, ControlledBy, SpeaksFor:
		return true
	case OwnedBy:
		return r.Share != nil && *r.Share > ControllingShare
	case MemberOf:
	}
	return false
}

// Validate returns all faults at once, as Faults.
func (r RelationFields) Validate() error {
	var c checker
	c.strings(r)
	checkOneOf(&c, "/kind", r.Kind)
	c.required("/subject", r.Subject != uuid.Nil, "a source")
	c.required("/object", r.Object != uuid.Nil, "a source")
	if r.Subject != uuid.Nil && r.Subject == r.Object {
		c.add("/object", FaultSameEnds, r.Object, "another source than the subject")
	}
	if r.Share != nil && r.Kind != OwnedBy {
		c.add("/share", FaultConflict, *r.Share, "no share unless kind is owned_by")
	}
	c.fraction("/share", r.Share)
	c.period("/since", "/until", r.Since, r.Until)
	return c.err()
}

// fraction checks a number from 0 to 1.
func (c *checker) fraction(at Pointer, f *float64) {
	if f != nil && !(*f >= 0 && *f <= 1) {
		c.add(at, FaultRange, *f, "a number from 0 to 1")
	}
}
