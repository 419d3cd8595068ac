package headwater

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

const (
	bundleFormat = "headwater-bundle/1"
	bundleMedia  = "application/x-ndjson"
	// maxLine is the most bytes that a line may have.
	maxLine = 16 << 20
)

// Line is a line of a bundle: a *[BundleHeader], *[SourceLine], *[RelationLine], *[DocumentLine], *[ClaimLine],
// *[AttributionLine], *[LinkLine], *[ReviewLine] or *[IdentityMatchLine].
type Line interface {
	// name sets the line's type.
	name() Line
}

func (l BundleHeader) name() Line      { l.Type, l.Format = "bundle", bundleFormat; return &l }
func (l SourceLine) name() Line        { l.Type = string(ResourceSource); return &l }
func (l RelationLine) name() Line      { l.Type = string(ResourceRelation); return &l }
func (l DocumentLine) name() Line      { l.Type = string(ResourceDocument); return &l }
func (l ClaimLine) name() Line         { l.Type = string(ResourceClaim); return &l }
func (l AttributionLine) name() Line   { l.Type = string(ResourceAttribution); return &l }
func (l LinkLine) name() Line          { l.Type = string(ResourceLink); return &l }
func (l ReviewLine) name() Line        { l.Type = string(ResourceReview); return &l }
func (l IdentityMatchLine) name() Line { l.Type = string(ResourceMatch); return &l }

// ErrCutOff says that a bundle ends too early: within a line, or before its first.
var ErrCutOff = fmt.Errorf("headwater: the bundle is cut off: %w", io.ErrUnexpectedEOF)

// Export walks all that is stored, line by line as it comes. An export that breaks off ends with an error.
func (c *Client) Export(ctx context.Context) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		body, err := c.ExportBundleAs(ctx, nil, bundleMedia)
		if err != nil {
			yield(nil, err)
			return
		}
		defer body.Close()
		ReadLines(body)(yield)
	}
}

// ReadLines walks the lines of a bundle. After an error, which names its line, there are no more.
func ReadLines(bundle io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		lines := bufio.NewScanner(bundle)
		lines.Buffer(make([]byte, 0, 64<<10), maxLine)
		lines.Split(wholeLines)
		for number := 1; ; number++ {
			if !lines.Scan() {
				if err := lines.Err(); err != nil || number == 1 {
					yield(nil, errors.Join(err, cutOffIf(err == nil)))
				}
				return
			}
			line, err := lineOf(lines.Bytes(), number)
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

func cutOffIf(cut bool) error {
	if cut {
		return ErrCutOff
	}
	return nil
}

// wholeLines splits into lines that each end with a newline.
func wholeLines(data []byte, ended bool) (advance int, line []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if ended && len(data) > 0 {
		return 0, nil, ErrCutOff
	}
	return 0, nil, nil
}

func lineOf(text []byte, number int) (Line, error) {
	var named struct{ Type string }
	err := json.Unmarshal(text, &named)
	line := newLine(named.Type)
	switch {
	case err != nil:
	case line == nil:
		err = fmt.Errorf("the type is %q; expected bundle, or a kind of thing", named.Type)
	case (number == 1) != (named.Type == "bundle"):
		err = errors.New("expected the header of the bundle on the first line, and nowhere else")
	default:
		err = json.Unmarshal(text, line)
	}
	if err != nil {
		return nil, fmt.Errorf("headwater: line %d of the bundle: %w", number, err)
	}
	return line, nil
}

func newLine(kind string) Line {
	switch Resource(kind) {
	case "bundle":
		return new(BundleHeader)
	case ResourceSource:
		return new(SourceLine)
	case ResourceRelation:
		return new(RelationLine)
	case ResourceDocument:
		return new(DocumentLine)
	case ResourceClaim:
		return new(ClaimLine)
	case ResourceAttribution:
		return new(AttributionLine)
	case ResourceLink:
		return new(LinkLine)
	case ResourceReview:
		return new(ReviewLine)
	case ResourceMatch:
		return new(IdentityMatchLine)
	}
	return nil
}

// LineWriter writes a bundle a line at a time.
type LineWriter struct {
	out *bufio.Writer
	to  *json.Encoder
}

// NewLineWriter writes a bundle's header: the namespace is that of its keys.
func NewLineWriter(w io.Writer, namespace string) (*LineWriter, error) {
	out := bufio.NewWriter(w)
	to := json.NewEncoder(out)
	to.SetEscapeHTML(false)
	writer := &LineWriter{out, to}
	return writer, writer.Write(&BundleHeader{Namespace: namespace})
}

// Write writes one line, in any order: what it refers to may come later. It sets the line's type.
func (w *LineWriter) Write(line Line) error { return w.to.Encode(line.name()) }

// Flush writes what is still held back.
func (w *LineWriter) Flush() error { return w.out.Flush() }

// Import sends lines as they are written, and imports all of them or nothing: nothing if write fails. The namespace is that
// of the keys. What is sent this way is not held, and so not sent again; see [Client.ImportBundleFrom] for files.
func (c *Client) Import(ctx context.Context, namespace string, write func(*LineWriter) error,
	params *ImportBundleParams) (*Imported, error) {
	body, to := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := writeAll(to, namespace, write)
		to.CloseWithError(err)
		written <- err
	}()
	imported, err := c.ImportBundleFrom(ctx, bundleMedia, body, params)
	body.CloseWithError(io.ErrClosedPipe) // which ends the writing if the answer came before the end
	if failed := <-written; failed != nil && !errors.Is(failed, io.ErrClosedPipe) {
		return nil, failed
	}
	return imported, err
}

func writeAll(to io.Writer, namespace string, write func(*LineWriter) error) error {
	writer, err := NewLineWriter(to, namespace)
	if err != nil {
		return err
	}
	if err := write(writer); err != nil {
		return err
	}
	return writer.Flush()
}
