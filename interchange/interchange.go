// Package interchange reads and writes the formats in which others keep claims: ClaimReview markup (schema.org), the
// answers of Google's Fact Check Tools API, and tables (CSV). It must not know what is stored, nor where its input comes
// from: it turns files into the domain's things, and things into files. codec.go lists the formats.
//
// A thing's identity is made from what makes it what it is. So a page, a claimant or a statement that many records name is
// one thing, and reading a file twice gives the same things. Nothing is invented: what a record does not say stays empty.
// What cannot be understood is reported record by record, and reading goes on.
package interchange

import (
	"cmp"
	"fmt"
	"io"
	"iter"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// Things are the contents of a file.
type Things interface {
	// Items are as those of bundle.Reader.
	Items() iter.Seq2[bundle.Item, error]
	// Unit is what the numbers of items count, once they have been read: "line" or "record".
	Unit() string
}

// Read reads a file in any format; table says how to read one of rows. Keys without a namespace live in this namespace,
// and those of a bundle in its own. The error is headwater.Faults of the format or the table.
func Read(in io.ReadSeeker, format Format, table TableOptions, namespace string) (Things, error) {
	codec, known := codecOf(format)
	if !known {
		return nil, headwater.Faults{format.unknown()}
	}
	if err := table.validate(codec); err != nil {
		return nil, err
	}
	return codec.read(in, table, namespace), nil
}

// ThingWriter writes all that is stored, one thing at a time. It takes the things that bundle.Writer takes.
type ThingWriter interface {
	Write(thing any) error
	// Close writes what is held back, and the end. The writer below stays open.
	Close() error
}

// NewThingWriter writes in a format that holds everything; a bundle if the format is empty. namespace is the instance's
// own.
func NewThingWriter(w io.Writer, format Format, namespace string) (ThingWriter, error) {
	codec, _ := codecOf(cmp.Or(format, Bundle))
	if codec.writeThings == nil {
		return nil, fmt.Errorf("interchange: not everything can be written as %s", format)
	}
	return codec.writeThings(w, namespace)
}
