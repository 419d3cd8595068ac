// Package bundle reads and writes the exchange format headwater-bundle/1: NDJSON, one object a line, after a header
// line that names the format and the namespace of the bundle's keys. It must not know what is stored, nor what is made
// of a bundle: whether a reference names anything, whether two lines share an id and whether a span stands in its
// document is for the importer to check, over all lines at once.
//
// It turns lines into the domain's things, normalized and valid on their own, with every reference resolved to an
// id, and things into lines.
package bundle

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

const (
	// Format is the name of the format, in the header line.
	Format = "headwater-bundle/1"
	// MediaType is that of a bundle.
	MediaType = "application/x-ndjson"
	// MaxLine is the most bytes that a line may have, its newline included.
	MaxLine = 16 << 20
)

// Item is one thing that a bundle holds.
type Item struct {
	// Line is the number of its line, from 1; in a file of another format, of the record that it comes from.
	Line int
	// Size is how many bytes the line has; 0 in a file of another format.
	Size int
	// At is where in its record it stands; empty where it is the whole of it.
	At headwater.Pointer
	// Resource is what kind of thing it is.
	Resource headwater.Resource
	// Thing is a *headwater.Source, *headwater.Relation, *headwater.Document, *headwater.Claim,
	// *headwater.Attribution, *headwater.Link or *headwater.Review. Its status is the default where the line names
	// none.
	Thing any
	// Meta is the Thing's own: id always, key and namespace where it has a key.
	Meta *headwater.Meta
	// Assertion says what holds where the same thing stands on several lines, or is stored already.
	Assertion Assertion
	// StatusNamed says that the line names a status. Where it does not, the status that a stored thing has stays.
	StatusNamed bool
	// References are the things that this one names, in the order of the line's fields.
	References []Reference
}

// Assertion is how a line speaks of a thing.
type Assertion int

const (
	// Defines once: another line that tells of the same thing is at fault. It replaces what is stored. So are all lines of a
	// bundle.
	Defines Assertion = iota
	// Repeated: other lines may tell the same of it in the same words. It replaces what is stored.
	Restates
	// Mentioned: other lines may tell the same of it or something else, and the first counts. What is stored stays.
	Mentions
)

// Reference is one place where a thing names another.
type Reference struct {
	Pointer  headwater.Pointer
	Resource headwater.Resource // what kind of thing is named
	ID       uuid.UUID
	Given    string // as the line has it: a key or an id
}

// Fault is one thing wrong with one line.
type Fault struct {
	Line int `json:"line" minimum:"1" doc:"Number of the line in the bundle, from 1." example:"17"`
	headwater.Fault
}

// Error puts the line before the fault.
func (f Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Fault.Error()) }

// Faults are all the faults of one line. A Faults that is returned as an error is never empty.
type Faults []Fault

// Error gives one fault a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// at gives faults their line.
func at(line int, faults ...headwater.Fault) Faults {
	placed := make(Faults, len(faults))
	for i, f := range faults {
		placed[i] = Fault{Line: line, Fault: f}
	}
	return placed
}
