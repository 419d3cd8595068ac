package interchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// listWriter writes a file that is one list of JSON values, one a line, between what begins and what ends it.
type listWriter struct {
	end   string
	out   *bufio.Writer
	count int
}

func newListWriter(w io.Writer, begin, end string) (listWriter, error) {
	list := listWriter{end: end, out: bufio.NewWriterSize(w, 1<<16)}
	_, err := list.out.WriteString(begin + "\n")
	return list, err
}

func (w *listWriter) add(value any) error {
	if w.count++; w.count > 1 {
		if err := w.out.WriteByte(','); err != nil {
			return err
		}
	}
	var line bytes.Buffer
	to := json.NewEncoder(&line)
	to.SetEscapeHTML(false)
	if err := to.Encode(value); err != nil {
		return err
	}
	// a page can hold what is written in a script, which no </script> or <!-- within it may end
	_, err := w.out.Write(bytes.ReplaceAll(line.Bytes(), []byte("<"), []byte(`\u003c`)))
	return err
}

// Close writes the end. The writer below stays open.
func (w *listWriter) Close() error {
	if _, err := w.out.WriteString(w.end); err != nil {
		return err
	}
	return w.out.Flush()
}

// layout is how a format arranges claims with their reviews in a file.
type layout struct {
	begin, end string
	// elements are the JSON values for one claim. Commas separate them between begin and end.
	elements func(ReviewedClaim) []any
}

// ReviewWriter writes claims with their reviews, one at a time.
type ReviewWriter struct {
	listWriter
	elements func(ReviewedClaim) []any
}

// NewReviewWriter writes in a format that holds reviews. A feed is of all claims; otherwise the claims were requested one by
// one.
func NewReviewWriter(w io.Writer, format Format, feed bool) (*ReviewWriter, error) {
	codec, _ := codecOf(format)
	if codec.reviewLayout == nil {
		return nil, fmt.Errorf("interchange: no claims are written as %s", format)
	}
	layout := codec.reviewLayout(feed)
	list, err := newListWriter(w, layout.begin, layout.end)
	return &ReviewWriter{list, layout.elements}, err
}

// Write writes a claim and its reviews.
func (w *ReviewWriter) Write(c ReviewedClaim) error {
	for _, element := range w.elements(c) {
		if err := w.add(element); err != nil {
			return err
		}
	}
	return nil
}
