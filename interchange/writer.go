package interchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// layout is how a format arranges claims with their reviews in a file.
type layout struct {
	begin, end string
	// elements are the JSON values for one claim. Commas separate them between begin and end.
	elements func(ReviewedClaim) []any
}

// ReviewWriter writes claims with their reviews, one at a time.
type ReviewWriter struct {
	layout
	out   *bufio.Writer
	count int
}

// NewReviewWriter writes in a format that holds reviews. A feed is of all claims; otherwise the claims were requested one by
// one.
func NewReviewWriter(w io.Writer, format Format, feed bool) (*ReviewWriter, error) {
	codec, _ := codecOf(format)
	if codec.reviewLayout == nil {
		return nil, fmt.Errorf("interchange: no claims are written as %s", format)
	}
	out := &ReviewWriter{layout: codec.reviewLayout(feed), out: bufio.NewWriterSize(w, 1<<16)}
	_, err := out.out.WriteString(out.begin + "\n")
	return out, err
}

// Write writes a claim and its reviews.
func (w *ReviewWriter) Write(c ReviewedClaim) error {
	for _, element := range w.elements(c) {
		if w.count++; w.count > 1 {
			if err := w.out.WriteByte(','); err != nil {
				return err
			}
		}
		var line bytes.Buffer
		to := json.NewEncoder(&line)
		to.SetEscapeHTML(false)
		if err := to.Encode(element); err != nil {
			return err
		}
		// a page can hold what is written in a script, which no </script> or <!-- within it may end
		if _, err := w.out.Write(bytes.ReplaceAll(line.Bytes(), []byte("<"), []byte(`\u003c`))); err != nil {
			return err
		}
	}
	return nil
}

// Close writes the end. The writer below stays open.
func (w *ReviewWriter) Close() error {
	if _, err := w.out.WriteString(w.end); err != nil {
		return err
	}
	return w.out.Flush()
}
