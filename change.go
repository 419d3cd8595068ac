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
	FromVersion int             `json:"from_version" minimum:"0" doc:"Version before; 0 for a new thing." example:"2"`
	ToVersion   int             `json:"to_version" minimum:"1" doc:"Version after." example:"3"`
	Reason      string          `json:"reason,omitempty" doc:"Why, where it was said." example:"Same agency under two spellings."`
	State       json.RawMessage `json:"state" doc:"The thing after the change, without document texts."`
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
	OpReopen  Operation = "reopen" // a match that was decided is proposed again
)

// Values lists the operations.
func (Operation) Values() []string {
	return []string{
		string(OpCreate), string(OpUpdate), string(OpMerge), string(OpUnmerge), string(OpRetract), string(OpRestore),
		string(OpAccept), string(OpReject), string(OpReopen),
	}
}
