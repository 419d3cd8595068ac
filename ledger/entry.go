// Package ledger is the signed log as others see it: what an entry says of a change, the tree over all entries (RFC 6962) in tiles, and
// checkpoints, signed notes that say how large the tree is and what its root is. Hashes, proofs and notes are those of the Go
// checksum database; the forms are C2SP tlog-tiles and tlog-checkpoint.
//
// It must not know databases, HTTP or files.
package ledger

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

const (
	// entryVersion is the first byte of an entry, which says how the rest is made.
	entryVersion = 1
	// EntrySize is how many bytes an entry has: the version and three commitments.
	EntrySize = 1 + 3*sha256.Size
	// saltSize is how many random bytes come before what is committed to, so that nobody can guess it: ids of things with keys
	// follow from their keys, and tiles are for everybody.
	saltSize = 16
)

// Salts are those of an entry's commitments.
type Salts struct{ Header, State, Author []byte }

// NewSalts makes salts for an entry.
func NewSalts() Salts {
	random := make([]byte, 3*saltSize)
	rand.Read(random) // which never fails
	return Salts{random[:saltSize:saltSize], random[saltSize : 2*saltSize : 2*saltSize], random[2*saltSize:]}
}

// header is what was done to which thing, and when.
type header struct {
	Change      uuid.UUID           `json:"change"`
	Group       *uuid.UUID          `json:"group"`
	At          string              `json:"at"`
	Operation   headwater.Operation `json:"operation"`
	Resource    headwater.Resource  `json:"resource"`
	ResourceID  uuid.UUID           `json:"resource_id"`
	FromVersion int                 `json:"from_version"`
	ToVersion   int                 `json:"to_version"`
}

// author is who made a change, and why.
type author struct {
	Actor   string     `json:"actor"`
	ActorID *uuid.UUID `json:"actor_id"`
	Reason  string     `json:"reason"`
}

// timeForm is how a header writes a time: to the microsecond, in UTC.
const timeForm = "2006-01-02T15:04:05.000000Z"

// Texts are what an entry commits to: JSON of the header and the author, and the state as PostgreSQL writes it.
type Texts struct{ Header, State, Author string }

// TextsOf gives what the entry of a change commits to. The state of the change is not read, since the text of it counts.
func TextsOf(c headwater.Change, state string) Texts {
	return Texts{
		Header: text(header{c.ID, c.Group, c.At.UTC().Format(timeForm), c.Operation, c.Resource, c.ResourceID, c.FromVersion, c.ToVersion}),
		State:  state,
		Author: text(author{c.Actor, c.ActorID, c.Reason}),
	}
}

func text(of any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(of); err != nil {
		panic(err) // of strings, numbers and ids alone
	}
	return string(bytes.TrimSuffix(out.Bytes(), []byte("\n")))
}

// Entry is the leaf of a change.
func Entry(t Texts, salts Salts) []byte {
	entry := make([]byte, 0, EntrySize)
	entry = append(entry, entryVersion)
	for _, part := range []struct {
		salt []byte
		text string
	}{{salts.Header, t.Header}, {salts.State, t.State}, {salts.Author, t.Author}} {
		commitment := sha256.Sum256(append(bytes.Clone(part.salt), part.text...))
		entry = append(entry, commitment[:]...)
	}
	return entry
}

// Bundle writes entries one after another, each after its length, as tlog-tiles has them.
func Bundle(entries [][]byte) []byte {
	var out []byte
	for _, entry := range entries {
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(entry))), entry...)
	}
	return out
}
