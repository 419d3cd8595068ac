package api

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
)

// maxAnswerInMemory is the size up to which an answer is kept in memory while its client takes it.
const maxAnswerInMemory = 256 << 10

// awaited is a request whose answer is made whole before its client is waited for, so that whoever takes it slowly holds neither
// what it was made of nor a place that others work in. A small answer waits in memory, a larger one in a file, whose bytes count
// among those of bodies.
type awaited struct {
	inner
	limits  *limiter
	place   *place
	changes bool // the answer tells of a change, and so is kept whatever there is room for

	status int
	begin  bytes.Buffer
	file   *spoolFile // nil where all is in begin
	err    error      // why the answer cannot be kept
}

// SetStatus keeps the status until the answer is sent.
func (a *awaited) SetStatus(status int) { a.status = status }

// Status gives it.
func (a *awaited) Status() int { return a.status }

// BodyWriter keeps the answer.
func (a *awaited) BodyWriter() io.Writer { return awaitedWriter{a} }

type awaitedWriter struct{ *awaited }

// Write never fails: the client gets another answer where there is no room for this one.
func (w awaitedWriter) Write(text []byte) (int, error) {
	if w.err == nil {
		w.err = w.keep(text)
	}
	return len(text), nil
}

func (a *awaited) keep(text []byte) error {
	if a.file == nil && (a.changes || a.begin.Len()+len(text) <= maxAnswerInMemory) {
		_, err := a.begin.Write(text)
		return err
	}
	if a.file == nil {
		file, err := newSpoolFile(a.limits.spooled, a.place.client)
		if err != nil {
			return err
		}
		a.file = file
		if _, err := file.Write(a.begin.Bytes()); err != nil {
			return err
		}
		a.begin = bytes.Buffer{}
	}
	_, err := a.file.Write(text)
	return err
}

// send gives the client the answer. Where too many clients are waited for already, the request keeps its place meanwhile.
func (a *awaited) send(api huma.API) {
	if a.err == nil && a.file != nil {
		_, a.err = a.file.Seek(0, io.SeekStart)
	}
	if a.err != nil {
		if w, ok := a.inner.BodyWriter().(http.ResponseWriter); ok { // what is said of an answer that is not given
			w.Header().Del("ETag")
			w.Header().Del("Link")
		}
		writeError(api, a.inner, fail(a.Context(), a.err))
		return
	}
	if a.status != 0 {
		a.inner.SetStatus(a.status)
	}
	if a.file == nil && a.begin.Len() == 0 {
		return
	}
	a.place.move(a.limits.waiting)
	var answer io.Reader = &a.begin
	if a.file != nil {
		answer = a.file.File
	}
	// the writer alone: its ReadFrom would hide how fast the client takes
	if _, err := io.Copy(struct{ io.Writer }{a.inner.BodyWriter()}, struct{ io.Reader }{answer}); err != nil {
		slog.DebugContext(a.Context(), "the client left", "error", err)
	}
}

// discard gives back what the answer holds.
func (a *awaited) discard() {
	if a.file == nil {
		return
	}
	if err := a.file.Close(); err != nil {
		slog.Warn("an answer that was kept cannot be discarded", "error", err)
	}
}

// freeMemory is how much the making of an answer may hold without being counted.
const freeMemory = 1 << 20

// memory is what the making of an answer holds, about, among what all may. One answer that is larger than all is counted as all:
// how large it may be is bounded elsewhere.
type memory struct {
	among        *places
	client       string
	asked, taken int64
}

// hold counts more bytes, if there is room for them.
func (r *request) hold(bytes int64) error {
	m := r.memory
	if m == nil {
		return nil
	}
	m.asked += bytes
	wanted := m.asked
	if m.among.share > 0 {
		wanted = min(wanted, m.among.share)
	}
	if m.asked <= freeMemory || wanted == m.taken {
		return nil
	}
	if !m.among.take(m.client, wanted-m.taken) {
		return tooBusy()
	}
	m.taken = wanted
	return nil
}

// leave gives back what was counted.
func (m *memory) leave() {
	m.among.leave(m.client, m.taken)
	m.taken = 0
}

const (
	// memoryOfReport is how much the making of a report holds for each byte that it has: itself, the two buffers of its JSON, which grow,
	// and as much again that is of no use any more and not collected yet. It is what the attack of slow readers measures.
	memoryOfReport = 10
	// memoryOfPage is the same for each byte that is read of a page of things.
	memoryOfPage = 5
	// memoryOfBundle is the same for each byte of a bundle whose claims are reported on, before there are reports.
	memoryOfBundle = 8
	// maxReportBytes is how long the reports of one answer may be together, and maxPublicReportBytes those for a client without a key.
	maxReportBytes       = 512 << 20
	maxPublicReportBytes = 64 << 20
)

// holdReport counts what the report on one claim can take at most, or what is drawn of it, before it is made.
func (r *request) holdReport(a *report.Answer) error {
	return r.hold(memoryOfReport * int64(a.ReportLength()))
}

// countReports counts the reports of one answer as they are made.
func (r *request) countReports() func(*provenance.Report) error {
	length, most := 0, maxReportBytes
	if r.public {
		most = maxPublicReportBytes
	}
	return func(report *provenance.Report) error {
		if length += report.Length(); length > most {
			return problem(http.StatusRequestEntityTooLarge, codeOf(http.StatusRequestEntityTooLarge),
				fmt.Sprintf("the reports are longer than %d MiB together; ask about fewer claims at once", most>>20))
		}
		if length > store.MaxKeptResponse {
			r.idempotency = nil // not even rendered to be stored
		}
		return r.hold(memoryOfReport * int64(report.Length()))
	}
}
