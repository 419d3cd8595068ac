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

// Limits bound what clients can ask of the service. Zero of any is no limit.
type Limits struct {
	Rate       float64       // requests a second for each key, or for each address that asks without one
	Burst      int           // requests that may come at once before Rate counts
	Concurrent int           // requests that are worked on at once
	Request    time.Duration // how long a request may take; imports and exports take as long as they do
	Stall      time.Duration // how long a client may neither send nor take anything
	Import     int64         // bytes of a bundle
}

// DefaultLimits are those of a service that is not told otherwise. It serves whoever has a key as fast as it can.
var DefaultLimits = Limits{Burst: 100, Concurrent: 256, Request: 30 * time.Second, Stall: 30 * time.Second, Import: 4 << 30}

// maxVisitors is how many clients' rates are remembered; the one that was not seen for longest is forgotten first, and
// begins anew.
const maxVisitors = 10_000

// limiter holds requests to the limits.
type limiter struct {
	Limits
	visitors *lru.Cache[string, *rate.Limiter]
	working  atomic.Int64
}

func newLimiter(limits Limits) *limiter {
	visitors, err := lru.New[string, *rate.Limiter](maxVisitors)
	if err != nil {
		panic(err) // only where the size is not positive
	}
	return &limiter{Limits: limits, visitors: visitors}
}

// bounded is the middleware that refuses work beyond what the service does at once, and ends what takes too long. Whether
// the service is well can always be asked.
func (l *limiter) bounded(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		t := traitsOf(ctx.Operation())
		if t.scope == noScope {
			next(ctx)
			return
		}
		defer l.working.Add(-1)
		if n := l.working.Add(1); l.Concurrent > 0 && n > int64(l.Concurrent) {
			ctx.SetHeader("Retry-After", "1")
			writeError(api, ctx, problem(http.StatusServiceUnavailable, headwater.CodeUnavailable, "the service works on as many requests as it can; try again"))
			return
		}
		if t.unbounded == yes {
			body := l.body(ctx, time.Time{})
			if l.Import > 0 {
				body = http.MaxBytesReader(nil, io.NopCloser(body), l.Import)
			}
			next(spooled{ctx, sent{body}})
			return
		}
		body := l.body(ctx, time.Time{})
		if l.Request > 0 {
			bounded, cancel := context.WithTimeout(ctx.Context(), l.Request)
			defer cancel()
			ends, _ := bounded.Deadline()
			body = l.body(ctx, ends)
			ctx = huma.WithContext(ctx, bounded)
		}
		next(spooled{ctx, sent{body}})
	}
}

// body is what a client sends: all of it is waited for until the request ends, if it does, and each part of it as long as a
// client may stall.
func (l *limiter) body(ctx huma.Context, ends time.Time) io.Reader {
	body := ctx.BodyReader()
	if body == http.NoBody { // where what comes next is another request, or the client's leaving
		return body
	}
	return readerFunc(func(into []byte) (int, error) {
		until := ends
		if stalls := time.Now().Add(l.Stall); l.Stall > 0 && (ends.IsZero() || stalls.Before(ends)) {
			until = stalls
		}
		if err := ctx.SetReadDeadline(until); err != nil {
			slog.DebugContext(ctx.Context(), "the connection has no deadlines", "error", err)
		}
		return body.Read(into)
	})
}

type readerFunc func(into []byte) (int, error)

// Read calls the function.
func (f readerFunc) Read(into []byte) (int, error) { return f(into) }

// allowed counts a request of a client, tells it where it stands (draft-ietf-httpapi-ratelimit-headers), and says whether
// it may go on.
func (l *limiter) allowed(ctx huma.Context, client string) bool {
	if l.Rate == 0 {
		return true
	}
	visitor, known := l.visitors.Get(client)
	if !known {
		visitor = rate.NewLimiter(rate.Limit(l.Rate), l.Burst)
		if earlier, there, _ := l.visitors.PeekOrAdd(client, visitor); there {
			visitor = earlier
		}
	}
	fine := visitor.Allow()
	left := max(visitor.Tokens(), 0)
	ctx.SetHeader("RateLimit-Policy", fmt.Sprintf(`"client";q=%d;w=%d`, l.Burst, seconds(float64(l.Burst)/l.Rate)))
	ctx.SetHeader("RateLimit", fmt.Sprintf(`"client";r=%d;t=%d`, int(left), seconds((float64(l.Burst)-left)/l.Rate)))
	if !fine {
		ctx.SetHeader("Retry-After", strconv.Itoa(seconds((1-left)/l.Rate)))
	}
	return fine
}

// seconds are whole ones, of which headers have no parts, and at least one.
func seconds(s float64) int { return max(1, int(math.Ceil(s))) }

// tooMany is the answer to a client that asks more than its rate.
func (l *limiter) tooMany() *Problem {
	return problem(http.StatusTooManyRequests, codeOf(http.StatusTooManyRequests), fmt.Sprintf("more than %g requests a second; Retry-After says when to go on", l.Rate))
}

// address is that of the machine that asks.
func address(ctx huma.Context) string {
	host, _, err := net.SplitHostPort(ctx.RemoteAddr())
	if err != nil {
		return ctx.RemoteAddr()
	}
	return host
}

// patient cuts off a client that does not take its answer. A slow one that goes on is waited for.
func (l *limiter) patient(next http.Handler) http.Handler {
	if l.Stall == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		waits := &patience{ResponseWriter: w, stall: l.Stall}
		waits.extend()
		if r.Body != http.NoBody { // which net/http reads to its end before it answers, where nobody has; the answer has the other half
			if err := http.NewResponseController(w).SetReadDeadline(waits.extended.Add(l.Stall / 2)); err != nil {
				slog.DebugContext(r.Context(), "the connection has no deadlines", "error", err)
			}
		}
		next.ServeHTTP(waits, r)
	})
}

// patience renews the time that a client has each time that it takes something.
type patience struct {
	http.ResponseWriter
	stall    time.Duration
	extended time.Time
}

func (p *patience) extend() {
	p.extended = time.Now()
	if err := http.NewResponseController(p.ResponseWriter).SetWriteDeadline(p.extended.Add(p.stall)); err != nil {
		slog.Debug("the connection has no deadlines", "error", err)
	}
}

// Write waits for a client that takes what was written before.
func (p *patience) Write(text []byte) (int, error) {
	if time.Since(p.extended) > p.stall/4 { // each write would cost a timer
		p.extend()
	}
	return p.ResponseWriter.Write(text)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (p *patience) Unwrap() http.ResponseWriter { return p.ResponseWriter }
