// Package bundle reads and writes the exchange format headwater-bundle/1: NDJSON, one object a line, after a header line
// that names the format and the namespace of the bundle's keys. It must not know what is stored: whether a reference
// leads to anything, whether two lines share an id and whether a span stands in its document is for the importer to
// check, over all lines at once.
//
// It turns lines into the domain's things, normalized and valid on their own, with every reference resolved to an id, and
// things into lines.
package bundle

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

const (
	// FormatName is the name of the format, in the header line.
	FormatName = "headwater-bundle/1"
	// MediaType is the media type of a bundle.
	MediaType = "application/x-ndjson"
	// MaxLine is how many bytes a line may have, with its newline.
	MaxLine = 16 << 20
)

// Item is one thing that a bundle holds.
type Item struct {
	// Line is the number of its line, from 1; in another format, the number of its line or record, as the format counts.
	Line int
	// Size is the length of its line in bytes; 0 in other formats.
	Size int
	// At is its place in its record; empty where it is the whole record.
	At headwater.Pointer
	// Resource is what kind of thing it is.
	Resource headwater.Resource
	// Thing is a *headwater.Source, *headwater.Relation, *headwater.Document, *headwater.Claim, *headwater.Attribution,
	// *headwater.Link, *headwater.Review or *headwater.IdentityMatch. It has the default status where the line has none.
	Thing any
	// Meta is the Thing's own: it always has an id, and a namespace where it has a key.
	Meta *headwater.Meta
	// Assertion decides what happens where the same thing stands on several lines, or is stored already.
	Assertion Assertion
	// Open are the fields of which a line that restates says nothing: what is stored of them stays, and what other lines say. Blank
	// are those of them for which it has a place that is empty.
	Open, Blank []string
	// StatusNamed says that the line has a status. Where it has none, a stored thing keeps its own.
	StatusNamed bool
	// Earlier is the id by the key that the release before made of what makes the thing what it is; uuid.Nil where the thing
	// has an id or a key of its own, as all things of a bundle have.
	Earlier uuid.UUID
	// Features are what of a source is compared with others, where its reader worked them out to identify it; nil elsewhere.
	Features Features
	// TextFoundSHA256 is a [Document]'s own.
	TextFoundSHA256 string
	// References are the things that this one refers to, in the order of the line's fields.
	References []LineReference
	// Itself is what the source is of whose record are the faults that come with an item without a Thing; uuid.Nil where nobody can tell.
	Itself uuid.UUID
	// Notes are what was read otherwise than it is written, or left out. An item without a Thing has nothing else.
	Notes []Note
}

// Features are what of a source is compared with others.
type Features interface {
	// Traits are all that other sources are found by that may be this one.
	Traits() []string
}

// Note says what was read otherwise than it is written, or left out, where nothing is at fault. A bundle is read as it is
// written, and has none.
type Note struct {
	Line    int               `json:"line" minimum:"1" doc:"Number of the line or record, from 1." example:"17"`
	Pointer headwater.Pointer `json:"pointer" doc:"JSON Pointer (RFC 6901) to the value that it is about." example:"/share"`
	Value   string            `json:"value,omitempty" doc:"The value as it was given, shortened if long." example:"25-50%"`
	Text    string            `json:"text" doc:"How it was read, or that it was left out." example:"read as 0.25, the least that it can be"`
}

// String describes the field, the value and how it was read in one line.
func (n Note) String() string {
	where := headwater.VisibleLine(string(n.Pointer))
	if where == "" {
		where = "/"
	}
	if n.Value == "" {
		return fmt.Sprintf("%s: %s", where, headwater.VisibleLine(n.Text))
	}
	return fmt.Sprintf("%s: %q: %s", where, n.Value, headwater.VisibleLine(n.Text))
}

// Assertion is how a line speaks of a thing.
type Assertion int

const (
	// Defines: no other line may have the same thing. It replaces what is stored. All lines of a bundle define.
	Defines Assertion = iota
	// Restates: other lines may repeat the thing with the same content. It replaces what is stored.
	Restates
	// Mentions: other lines may have the thing with other content, and the first counts. What is stored stays.
	Mentions
)

// LineReference is one place where a thing refers to another.
type LineReference struct {
	Pointer  headwater.Pointer
	Resource headwater.Resource // of the thing referred to
	ID       uuid.UUID
	Given    string // the key or id in the line
}

// LineFault is one thing wrong with one line.
type LineFault struct {
	Line int `json:"line" minimum:"1" doc:"Number of the line in the bundle, from 1." example:"17"`
	headwater.Fault
}

// Error puts the line before the fault.
func (f LineFault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Fault.Error()) }

// LineFaults are all the faults of one line. Faults returned as an error are never empty.
type LineFaults []LineFault

// Error writes one fault a line.
func (fs LineFaults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// at gives faults their line.
func at(line int, faults ...headwater.Fault) LineFaults {
	placed := make(LineFaults, len(faults))
	for i, f := range faults {
		placed[i] = LineFault{Line: line, Fault: f}
	}
	return placed
}
