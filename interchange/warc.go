package interchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange/webarchive"
)

// ArchiveReader reads the pages that a web archive captured as documents, as ArticleReader reads saved pages.
type ArchiveReader struct {
	in        io.ReadSeeker
	table     TableOptions
	namespace string
	bindings  Bindings
	repeats   *repeats
}

func readArchive(in io.ReadSeeker, table TableOptions, namespace string) Things {
	return &ArchiveReader{in: in, table: table, namespace: namespace, repeats: newRepeats()}
}

// Bind says what the things of the file are. It is known to Items from then on.
func (a *ArchiveReader) Bind(bindings Bindings) { a.bindings = bindings }

// Unit is "record": a capture of a page is one.
func (a *ArchiveReader) Unit() string { return "record" }

// Items gives the documents of all captures in order, and their publishers. Its errors are those of bundle.Reader.
func (a *ArchiveReader) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		last, passed := 1, map[string]int{}
		for capture, err := range webarchive.Pages(a.in, maxPage, passed) {
			var fault *webarchive.Fault
			switch {
			case errors.As(err, &fault):
				last = fault.Number
				r := newRecord(a.namespace, a.table.Days, fault.Number)
				r.fault("", headwater.FaultFormat, nil, fault.Expected)
				if !r.yield(yield) {
					return
				}
			case err != nil:
				yield(bundle.Item{}, err)
				return
			default:
				last = capture.Number
				if !a.readCapture(capture).yield(yield) {
					return
				}
			}
		}
		end := newRecord(a.namespace, a.table.Days, last)
		for _, kind := range slices.Sorted(maps.Keys(passed)) {
			end.note("", kind, fmt.Sprintf("left out; of this type, of which nothing is read, the archive has %d", passed[kind]))
		}
		end.yield(yield)
	}
}

// readCapture reads the document that a captured page is.
func (a *ArchiveReader) readCapture(capture webarchive.Capture) *record {
	r := newRecord(a.namespace, a.table.Days, capture.Number).bound(a.bindings)
	r.repeats = a.repeats
	charset := a.table.Charset
	if _, known := encodingOf(capture.Charset); charset == "" && known {
		charset = capture.Charset
	}
	pages := RecordReader{in: bytes.NewReader(capture.Page), charset: charset}
	switch found, err := pages.parsePage(); {
	case err != nil:
		r.fault("", headwater.FaultFormat, nil, "a page of HTML")
	case found.refused != "":
		r.fault("", headwater.FaultTooLong, nil, found.refused)
	default:
		given := map[string]string{}
		if absoluteURL(capture.Address) != "" { // a resource may have been a file, whose page has to say where it stands
			given["url"] = capture.Address
		}
		r.readArticle(found, given, headwater.Moment(capture.At.UTC().Format(time.RFC3339)))
	}
	return r
}
