package headwater

import (
	"github.com/google/uuid"
)

// Claim is one checkable statement. It is not yet true or false and is nobody's: who said it is in its attributions.
type Claim struct {
	Meta
	ClaimFields
	Status     EntityStatus `json:"status" doc:"active; merged, then merged_into says where; or retracted." example:"active"`
	MergedInto *uuid.UUID   `json:"merged_into,omitempty" format:"uuid" doc:"The claim that this one speaks as." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
}

// ClaimFields are the fields of a claim that a caller sets.
type ClaimFields struct {
	Statement  Texts      `text:"prose" json:"statement" minProperties:"1" doc:"The statement by BCP 47 language tag, in at least one language." example:"{\"en\":\"About 7,000 containers were shipped.\",\"ar\":\"شُحنت نحو ٧٠٠٠ حاوية.\"}"`
	Quantities []Quantity `json:"quantities,omitempty" maxItems:"200" doc:"The numbers in the statement."`
	EventTime  *Period    `json:"event_time,omitempty" doc:"When what it states happened."`
	Places     []string   `json:"places,omitempty" maxItems:"200" doc:"Where what it states happened." example:"[\"Mina Port\"]"`
	Topics     []string   `json:"topics,omitempty" maxItems:"200" doc:"What it is about." example:"[\"arms\"]"`
	Scope      string     `text:"prose" json:"scope,omitempty" doc:"What the statement is limited to: a definition, place or period, so that two numbers over different scopes are not called a contradiction." example:"Deaths counted by hospitals only"`
	Method     *Method    `json:"method,omitempty" doc:"Who or what entered it, where that was not a person."`
}

// Normalize drops an event time that is empty.
func (cl *ClaimFields) Normalize() {
	if cl.EventTime != nil && *cl.EventTime == (Period{}) {
		cl.EventTime = nil
	}
}

// Validate returns all faults at once, as Faults.
func (cl ClaimFields) Validate() error {
	var c checker
	c.strings(cl)
	c.required("/statement", len(cl.Statement) > 0, "the statement in at least one language")
	c.texts("/statement", cl.Statement)
	c.list("/statement", len(cl.Statement), maxLanguages)
	c.list("/quantities", len(cl.Quantities), maxList)
	for i, q := range cl.Quantities {
		q.check(&c, Pointer("/quantities").Index(i))
	}
	if cl.EventTime != nil {
		c.period("/event_time/start", "/event_time/end", cl.EventTime.Start, cl.EventTime.End)
	}
	c.list("/places", len(cl.Places), maxList)
	c.distinct("/places", cl.Places)
	c.list("/topics", len(cl.Topics), maxList)
	c.distinct("/topics", cl.Topics)
	cl.Method.check(&c, "/method")
	return c.err()
}

// ClaimCard is the part of a claim that a response includes once for each claim that its links name, so that clients need no
// second request.
type ClaimCard struct {
	Key       string       `json:"key,omitempty" doc:"The claim's key." example:"7000-containers"`
	Statement Texts        `text:"prose" json:"statement" doc:"The statement by BCP 47 language tag." example:"{\"en\":\"About 7,000 containers were shipped.\"}"`
	Status    EntityStatus `json:"status" doc:"active, merged or retracted." example:"active"`
}

// Size is about how many bytes the card takes.
func (c ClaimCard) Size() int { return len(c.Key) + c.Statement.size() }
