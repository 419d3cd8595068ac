package api

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/headwater-project/headwater"
)

// Limits bound what clients can ask of the service. Zero is no limit.
type Limits struct {
	Rate       float64       // requests a second for each key, or for each address that asks without one
	Burst      int           // requests that may come at once before Rate counts
	Concurrent int           // requests that are worked on at once
	Request    time.Duration // how long a request may take; imports and exports take as long as they do
	Stall      time.Duration // how long a client may neither send nor take anything
	Import     int64         // bytes of a bundle
}

// DefaultLimits are those of a service that is not configured otherwise. They set no rate.
var DefaultLimits = Limits{Burst: 100, Concurrent: 256, Request: 30 * time.Second, Stall: 30 * time.Second, Import: 4 << 30}

// maxClients is how many clients' rates are remembered. The one that was not seen for longest is forgotten first, and begins
// anew.
const maxClients = 10_000

// limiter enforces the limits.
type limiter struct {
	Limits
	clients *lru.Cache[string, *rate.Limiter]
	working atomic.Int64
}

func newLimiter(limits Limits) *limiter {
	clients, err := lru.New[string, *rate.Limiter](maxClients)
	if err != nil {
		panic(err) // only where the size is not positive
	}
	return &limiter{Limits: limits, clients: clients}
}

// limit is the middleware that refuses work beyond what the service does at once, and ends what takes too long. The health
// of the service can always be asked for.
func (l *limiter) limit(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		t := traitsOf(ctx.Operation())
		if t.scope == noScope {
			next(ctx)
			return
		}
		defer l.working.Add(-1)
		if n := l.working.Add(1); l.Concurrent > 0 && n > int64(l.Concurrent) {
			ctx.SetHeader("Retry-After", "1")
			writeError(api, ctx, problem(http.StatusServiceUnavailable, headwater.CodeUnavailable,
				"the service works on as many requests as it can; try again"))
			return
		}
		if t.unbounded == yes {
			body := l.deadlineReader(ctx, time.Time{})
			if l.Import > 0 {
				body = http.MaxBytesReader(nil, io.NopCloser(body), l.Import)
			}
			next(replacedBody{ctx, clientBody{body}})
			return
		}
		body := l.deadlineReader(ctx, time.Time{})
		if l.Request > 0 {
			bounded, cancel := context.WithTimeout(ctx.Context(), l.Request)
			defer cancel()
			end, _ := bounded.Deadline()
			body = l.deadlineReader(ctx, end)
			ctx = huma.WithContext(ctx, bounded)
		}
		next(replacedBody{ctx, clientBody{body}})
	}
}

// deadlineReader is the body of a request, all of which must come before the end, if there is one, and each part of it
// before the client stalls.
func (l *limiter) deadlineReader(ctx huma.Context, end time.Time) io.Reader {
	body := ctx.BodyReader()
	if body == http.NoBody { // a deadline would hit the next request on the connection, or hide that the client leaves
		return body
	}
	return readerFunc(func(into []byte) (int, error) {
		deadline := end
		if stall := time.Now().Add(l.Stall); l.Stall > 0 && (end.IsZero() || stall.Before(end)) {
			deadline = stall
		}
		if err := ctx.SetReadDeadline(deadline); err != nil {
			slog.DebugContext(ctx.Context(), "the connection has no deadlines", "error", err)
		}
		return body.Read(into)
	})
}

type readerFunc func(into []byte) (int, error)

// Read calls the function.
func (f readerFunc) Read(into []byte) (int, error) { return f(into) }

// allow counts a request of a client, says how it stands by headers (draft-ietf-httpapi-ratelimit-headers), and whether it may
// go on.
func (l *limiter) allow(ctx huma.Context, client string) bool {
	if l.Rate == 0 {
		return true
	}
	limit, known := l.clients.Get(client)
	if !known {
		limit = rate.NewLimiter(rate.Limit(l.Rate), l.Burst)
		if earlier, there, _ := l.clients.PeekOrAdd(client, limit); there {
			limit = earlier
		}
	}
	allowed := limit.Allow()
	left := max(limit.Tokens(), 0)
	ctx.SetHeader("RateLimit-Policy", fmt.Sprintf(`"client";q=%d;w=%d`, l.Burst, wholeSeconds(float64(l.Burst)/l.Rate)))
	ctx.SetHeader("RateLimit", fmt.Sprintf(`"client";r=%d;t=%d`, int(left), wholeSeconds((float64(l.Burst)-left)/l.Rate)))
	if !allowed {
		ctx.SetHeader("Retry-After", strconv.Itoa(wholeSeconds((1-left)/l.Rate)))
	}
	return allowed
}

// wholeSeconds rounds up, to one at least: headers have no parts of seconds.
func wholeSeconds(s float64) int { return max(1, int(math.Ceil(s))) }

// tooManyRequests is the problem of a client that goes beyond its rate.
func (l *limiter) tooManyRequests() *Problem {
	return problem(http.StatusTooManyRequests, codeOf(http.StatusTooManyRequests),
		fmt.Sprintf("more than %g requests a second; Retry-After says when to go on", l.Rate))
}

// clientAddress is that of the machine that sends the request.
func clientAddress(ctx huma.Context) string {
	host, _, err := net.SplitHostPort(ctx.RemoteAddr())
	if err != nil {
		return ctx.RemoteAddr()
	}
	return host
}

// writeDeadline is the middleware that cuts off a client that does not take its response. A slow one that goes on taking is
// waited for.
func (l *limiter) writeDeadline(next http.Handler) http.Handler {
	if l.Stall == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writer := &deadlineWriter{ResponseWriter: w, stall: l.Stall}
		writer.extend()
		// net/http reads a body that no handler has read before it answers: that must leave time for the response.
		if r.Body != http.NoBody {
			if err := http.NewResponseController(w).SetReadDeadline(writer.extended.Add(l.Stall / 2)); err != nil {
				slog.DebugContext(r.Context(), "the connection has no deadlines", "error", err)
			}
		}
		next.ServeHTTP(writer, r)
	})
}

// deadlineWriter extends the deadline each time that the client takes something.
type deadlineWriter struct {
	http.ResponseWriter
	stall    time.Duration
	extended time.Time
}

func (d *deadlineWriter) extend() {
	d.extended = time.Now()
	if err := http.NewResponseController(d.ResponseWriter).SetWriteDeadline(d.extended.Add(d.stall)); err != nil {
		slog.Debug("the connection has no deadlines", "error", err)
	}
}

// Write extends the deadline where a good part of it has passed: to do so at each write would cost a timer each time.
func (d *deadlineWriter) Write(text []byte) (int, error) {
	if time.Since(d.extended) > d.stall/4 {
		d.extend()
	}
	return d.ResponseWriter.Write(text)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (d *deadlineWriter) Unwrap() http.ResponseWriter { return d.ResponseWriter }
