package headwater

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Change is one entry of the append-only history.
type Change struct {
	Seq         int64           `json:"seq" minimum:"1" doc:"Its place in the order of all changes, which has no gap." example:"1042"`
	ID          uuid.UUID       `json:"id" format:"uuid" doc:"Identity of the entry." example:"6f1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	At          time.Time       `json:"at" doc:"When." example:"2026-01-02T03:04:05Z"`
	Actor       string          `json:"actor" doc:"Who: cli:<user> for the command, key:<name> for a request with a key, anonymous for one without." example:"cli:rana"`
	ActorID     *uuid.UUID      `json:"actor_id,omitempty" format:"uuid" doc:"The key of the actor, since names are not unique for all times." example:"5b1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Group       *uuid.UUID      `json:"group,omitempty" format:"uuid" doc:"The request, import or command that made the change, with all others that it made; none where the change is older than groups." example:"4a1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Operation   Operation       `json:"operation" doc:"What was done." example:"update"`
	Resource    Resource        `json:"resource" doc:"To what kind of thing." example:"claim"`
	ResourceID  uuid.UUID       `json:"resource_id" format:"uuid" doc:"To which." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	FromVersion int             `json:"from_version" minimum:"0" doc:"Version before; 0 for a new thing, unless one of its identity was there before." example:"2"`
	ToVersion   int             `json:"to_version" minimum:"1" doc:"Version after." example:"3"`
	Reason      string          `json:"reason,omitempty" doc:"Why, where it was said." example:"Same agency under two spellings."`
	State       json.RawMessage `json:"state" doc:"The thing after the change, without a document's text, of which stored_sha256 is the hash; a deleted thing is as it was, with the status deleted; of a key, its id and name."`
	Claims      []uuid.UUID     `json:"claims,omitempty" db:"-" doc:"With include=claims, the first 20 claims whose figures the change can move, by id, as links stand now." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	MoreClaims  int             `json:"more_claims,omitempty" db:"-" minimum:"0" doc:"How many more there are; 980 stands for as many or more." example:"3"`
}

// Operation is what a change did.
type Operation string

const (
	OpCreate  Operation = "create"
	OpUpdate  Operation = "update"
	OpMerge   Operation = "merge"
	OpUnmerge Operation = "unmerge"
	OpRetract Operation = "retract"
	OpRestore Operation = "restore"
	OpAccept  Operation = "accept"
	OpReject  Operation = "reject"
	OpReopen  Operation = "reopen" // what was decided is proposed again
	OpRotate  Operation = "rotate" // a key got another token
	OpRevoke  Operation = "revoke" // a key ended for good
	OpDelete  Operation = "delete" // its creation is undone; what comes back is created again, and its versions go on
)

// Values lists the operations.
func (Operation) Values() []string {
	return []string{
		string(OpCreate), string(OpUpdate), string(OpMerge), string(OpUnmerge), string(OpRetract), string(OpRestore),
		string(OpAccept), string(OpReject), string(OpReopen), string(OpDelete),
		string(OpRotate), string(OpRevoke),
	}
}

// maxReason is how many code points a reason may have.
const maxReason = 1_000

// CheckLine holds what somebody says at a place, such as why a change is made, to one line of at most 1,000 code points without control
// characters.
func CheckLine(at Pointer, text string) error {
	var c checker
	c.text(at, text, textRule{most: maxReason})
	return c.err()
}

// ChangeFilter says which changes somebody wants to see, and from which end. What is empty excludes none. Cursors are tied to it as
// JSON: what a filter of an earlier version does not have is left out where it is empty.
type ChangeFilter struct {
	Resource   string
	ResourceID uuid.UUID
	Actor      string
	Operation  string
	Group      uuid.UUID `json:",omitzero"`
	Descending bool      `json:",omitzero"` // the newest first
	After      int64     `json:"-"`         // the place after which a list without a cursor begins
}

// Includes says whether a change is one of them. Package store/history says the same in SQL.
func (f ChangeFilter) Includes(c Change) bool {
	return (f.Resource == "" || f.Resource == string(c.Resource)) && (f.ResourceID == uuid.Nil || f.ResourceID == c.ResourceID) &&
		(f.Actor == "" || f.Actor == c.Actor) && (f.Operation == "" || f.Operation == string(c.Operation)) &&
		(f.Group == uuid.Nil || c.Group != nil && f.Group == *c.Group)
}
