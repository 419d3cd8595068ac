package api

import (
	"cmp"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// pace is how long a client is waited for while it sends or takes something: as long as it does not stall, and does not fall
// behind the least rate by more than the time that it may stall. What it sends or takes faster counts for it up to that time.
type pace struct {
	stall  time.Duration // 0 is no limit
	rate   float64       // bytes a second; 0 is no limit
	credit time.Duration // how long it may still fall behind
}

func (l *limiter) newPace() pace {
	return pace{stall: l.Stall, rate: float64(l.LeastRate), credit: cmp.Or(l.Stall, DefaultLimits.Stall)}
}

// patience is how long the client may take to send or take so many bytes; 0 is no limit.
func (p *pace) patience(bytes int) time.Duration {
	if p.rate == 0 {
		return p.stall
	}
	due := max(p.credit+p.timeOf(bytes), time.Millisecond)
	if p.stall > 0 {
		return min(due, p.stall)
	}
	return due
}

// passed counts bytes that the client sent or took in some time.
func (p *pace) passed(bytes int, took time.Duration) {
	if p.rate > 0 {
		p.credit = min(p.credit+p.timeOf(bytes)-took, cmp.Or(p.stall, DefaultLimits.Stall))
	}
}

// timeOf is how long so many bytes take at the least rate.
func (p *pace) timeOf(bytes int) time.Duration {
	return time.Duration(float64(bytes) / p.rate * float64(time.Second))
}

// pacedReader is the body of a request, all of which must come before the end, if there is one, and none of it too slowly.
func (l *limiter) pacedReader(ctx huma.Context, end time.Time) io.Reader {
	body, pace := ctx.BodyReader(), l.newPace()
	return readerFunc(func(into []byte) (int, error) {
		began, deadline := time.Now(), end
		if patience := pace.patience(0); patience > 0 && (end.IsZero() || began.Add(patience).Before(end)) {
			deadline = began.Add(patience)
		}
		setReadDeadline(ctx, deadline)
		n, err := body.Read(into)
		if pace.passed(n, time.Since(began)); err == io.EOF {
			setReadDeadline(ctx, time.Time{}) // it would end the request while the service works on it
		}
		return n, err
	})
}

func setReadDeadline(ctx huma.Context, deadline time.Time) {
	if err := ctx.SetReadDeadline(deadline); err != nil {
		slog.DebugContext(ctx.Context(), "the connection has no deadlines", "error", err)
	}
}

type readerFunc func(into []byte) (int, error)

// Read calls the function.
func (f readerFunc) Read(into []byte) (int, error) { return f(into) }

// writeDeadline is the middleware that cuts off a client that does not take its response, or takes it too slowly.
func (l *limiter) writeDeadline(next http.Handler) http.Handler {
	if l.Stall == 0 && l.LeastRate == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writer := &pacedWriter{ResponseWriter: w, pace: l.newPace()}
		writer.extend(0)
		// net/http reads a body that no handler has read before it answers: that must leave time for the response.
		if r.Body != http.NoBody {
			if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(writer.pace.patience(0) / 2)); err != nil {
				slog.DebugContext(r.Context(), "the connection has no deadlines", "error", err)
			}
		}
		next.ServeHTTP(writer, r)
		writer.extend(0) // for what net/http still holds
	})
}

// pacedWriter sets the deadline for each part of the response anew.
type pacedWriter struct {
	http.ResponseWriter
	pace  pace
	until time.Time
}

// maxPart is the most bytes that are written under one deadline.
const maxPart = 64 << 10

// extend sets the deadline for so many bytes, unless it is about there already: setting it costs a timer each time.
func (w *pacedWriter) extend(bytes int) {
	patience := w.pace.patience(bytes)
	until := time.Now().Add(patience)
	if until.Sub(w.until).Abs() < patience/4 {
		return
	}
	w.until = until
	if err := http.NewResponseController(w.ResponseWriter).SetWriteDeadline(until); err != nil {
		slog.Debug("the connection has no deadlines", "error", err)
	}
}

// Write writes part by part.
func (w *pacedWriter) Write(text []byte) (int, error) {
	written := 0
	for {
		part := text[written:min(len(text), written+maxPart)]
		w.extend(len(part))
		began := time.Now()
		n, err := w.ResponseWriter.Write(part)
		w.pace.passed(n, time.Since(began))
		if written += n; err != nil || written == len(text) {
			return written, err
		}
	}
}

// Flush sends what net/http still holds.
func (w *pacedWriter) Flush() { flush(w.ResponseWriter) }

// flush sends what a writer holds, if it can be told to: whoever compresses asks for a Flush and does not look for what is wrapped.
func flush(w http.ResponseWriter) {
	if err := http.NewResponseController(w).Flush(); err != nil {
		slog.Debug("the response is not sent at once", "error", err)
	}
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
