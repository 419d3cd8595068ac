// Package interchange reads and writes the formats in which others keep claims: ClaimReview markup (schema.org), the
// answers of Google's Fact Check Tools API, and tables (CSV). What it reads becomes the domain's things, with identities
// made from what makes them what they are, so that one page, one claimant or one statement that many records name is one
// thing, and reading a file twice gives the same. Nothing is invented: what a format does not say stays unsaid.
//
// It must not know what is stored, nor where its input comes from. What it cannot understand it says, record by record,
// and goes on.
package interchange

import (
	"cmp"
	"fmt"
	"io"
	"iter"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// Things is what a file holds.
type Things interface {
	// Items are those of bundle.Reader.
	Items() iter.Seq2[bundle.Item, error]
	// Unit is what their numbers count, once they have been read: "line" or "record".
	Unit() string
}

// Read gives the things of a file in any format; table says how one of CSV is read. Keys that are made, or given without a
// namespace, live in the namespace; those of a bundle live in its own. Its error is headwater.Faults of what is said about
// the table.
func Read(in io.ReadSeeker, format Format, table Table, namespace string) (Things, error) {
	codec, known := codecOf(format)
	if !known {
		return nil, headwater.Faults{format.unknown()}
	}
	if codec.holds == Rows {
		if err := table.Validate(); err != nil {
			return nil, err
		}
	}
	return codec.read(in, table, namespace), nil
}

// ThingWriter writes all that is stored, thing by thing, as bundle.Writer takes them.
type ThingWriter interface {
	Write(thing any) error
	// Close writes what is held back, and the end. The writer below stays open.
	Close() error
}

// NewThingWriter writes in a format that holds everything, a bundle if it is empty; namespace is that of the instance.
func NewThingWriter(w io.Writer, format Format, namespace string) (ThingWriter, error) {
	codec, _ := codecOf(cmp.Or(format, Bundle))
	if codec.writeThings == nil {
		return nil, fmt.Errorf("interchange: not everything can be written as %s", format)
	}
	return codec.writeThings(w, namespace)
}
