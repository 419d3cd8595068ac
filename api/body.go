package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// maxInMemory is the size up to which a body that comes is kept in memory. Many may come at once, and slowly.
const maxInMemory = 32 << 10

// spool reads a body to its end, of so many bytes at most, none of which is any number. A small one is kept in memory, a larger
// one in a file.
func (l *limiter) spool(body io.Reader, most int64, client string) (spooledBody, error) {
	if most > 0 {
		body = http.MaxBytesReader(nil, io.NopCloser(body), most)
	}
	body = clientBody{body}
	var begin bytes.Buffer
	_, err := io.CopyN(&begin, body, maxInMemory)
	if errors.Is(err, io.EOF) {
		return spooledBody{ReadSeeker: bytes.NewReader(begin.Bytes())}, nil
	}
	if err != nil {
		return spooledBody{}, err
	}
	file, err := newSpoolFile(l.spooled, client)
	if err != nil {
		return spooledBody{}, err
	}
	if _, err = io.Copy(file, io.MultiReader(&begin, body)); err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return spooledBody{}, errors.Join(err, file.Close())
	}
	return spooledBody{file, file}, nil
}

// spooledBody is a body that has come in full.
type spooledBody struct {
	io.ReadSeeker
	file io.Closer // nil where it is in memory
}

// discard gives back what the body holds.
func (b spooledBody) discard() {
	if b.file == nil {
		return
	}
	if err := b.file.Close(); err != nil {
		slog.Warn("a body that came cannot be discarded", "error", err)
	}
}

// spoolFile is a temporary file without a name, which is gone once it is closed. Its bytes count against those of all.
type spoolFile struct {
	*os.File
	among  *places
	client string
	size   int64
}

func newSpoolFile(among *places, client string) (*spoolFile, error) {
	file, err := os.CreateTemp("", "headwater-body-*")
	if err != nil {
		return nil, err
	}
	if err = os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &spoolFile{File: file, among: among, client: client}, nil
}

// ReadFrom copies by Write alone, so that each byte counts.
func (f *spoolFile) ReadFrom(from io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{f}, from)
}

// Write writes where there is room.
func (f *spoolFile) Write(text []byte) (int, error) {
	if !f.among.take(f.client, int64(len(text))) {
		return 0, tooBusy()
	}
	f.size += int64(len(text))
	return f.File.Write(text)
}

// Close deletes the file.
func (f *spoolFile) Close() error {
	f.among.leave(f.client, f.size)
	return f.File.Close()
}

// inner is huma.Context, embedded under another name since it has a method Context.
type inner = huma.Context

// replacedBody is a request whose body has come in full.
type replacedBody struct {
	inner
	body io.ReadSeeker
}

// BodyReader gives the body.
func (r replacedBody) BodyReader() io.Reader { return r.body }

// SetReadDeadline does nothing: the body is there, and huma would set another time.
func (r replacedBody) SetReadDeadline(time.Time) error { return nil }

// receivedBody is the body of a request whose body was received; an empty one where the operation takes none. Nobody reads on in it once
// the client is gone, or the time is over.
func receivedBody(ctx huma.Context) io.ReadSeeker {
	if body, received := ctx.BodyReader().(io.ReadSeeker); received {
		return awaitedBody{body, ctx.Context()}
	}
	return bytes.NewReader(nil)
}

// awaitedBody is a body as long as somebody waits for what is made of it.
type awaitedBody struct {
	io.ReadSeeker
	ctx context.Context
}

// Read reads as io.Reader has it.
func (b awaitedBody) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.ReadSeeker.Read(p)
}

// bodyError is the error of a body that could not be kept: a problem of the client where it is the cause.
func bodyError(ctx context.Context, err error) error {
	refused := func(status int, detail string) error { return problem(status, codeOf(status), detail) }
	var tooLarge *http.MaxBytesError
	var unsent *unsentError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refused(http.StatusRequestTimeout, "the body did not come in time, or too slowly; nothing of it was kept")
	case errors.As(err, &tooLarge):
		return refused(http.StatusRequestEntityTooLarge, fmt.Sprintf("more than %d bytes; nothing of it was kept", tooLarge.Limit))
	case errors.As(err, &unsent):
		return cutOffProblem()
	}
	return fail(ctx, err)
}

// cutOffProblem is the response to a body that ends before its length, or whose chunks are malformed.
func cutOffProblem() *Problem {
	return problem(http.StatusBadRequest, codeOf(http.StatusBadRequest),
		"the body is cut off, or not sent as its headers say; nothing of it was kept")
}

// clientBody is a body as it comes from a client. It marks its errors, which are the client's and not the service's.
type clientBody struct{ io.Reader }

// Read marks what goes wrong.
func (c clientBody) Read(into []byte) (int, error) {
	n, err := c.Reader.Read(into)
	if err != nil && err != io.EOF {
		err = &unsentError{err}
	}
	return n, err
}

// unsentError is an error of reading a body from the client.
type unsentError struct{ error }

// Unwrap gives the cause.
func (e *unsentError) Unwrap() error { return e.error }
