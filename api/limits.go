package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/headwater-project/headwater"
)

// Limits bound what clients can ask of the service. Zero is no limit.
type Limits struct {
	Rate        float64       // requests a second for each key, or for each address that asks without one
	Burst       int           // requests that may come at once before Rate counts
	Concurrent  int           // requests that are worked on at once
	Exports     int           // exports at once, beside those requests
	Imports     int           // imports that are worked on at once, beside those requests
	Streams     int           // streams of changes at once, beside those requests
	StreamTime  time.Duration // how long a stream lasts; its client comes back
	Heartbeat   time.Duration // how long a stream is silent at most, and its key trusted; 15 seconds if 0
	Share       int           // of each of these, what one address may have: percent, of which one request at least
	Request     time.Duration // how long a request may take; imports and exports take as long as they do
	Stall       time.Duration // how long a client may neither send nor take anything
	LeastRate   int           // bytes a second that a client must send or take; it may fall behind by Stall
	ImportBytes int64         // bytes of a bundle
	Memory      int64         // bytes of memory, about, that the making of large answers may take at once; half of it for one address
}

// DefaultLimits are those of a service that is not configured otherwise. They set no rate.
var DefaultLimits = Limits{Burst: 100, Concurrent: 256, Exports: 8, Imports: 8, Streams: 2048, StreamTime: time.Hour,
	Share: 50, Request: 30 * time.Second,
	Stall: 30 * time.Second, LeastRate: 32 << 10, ImportBytes: 4 << 30, Memory: 1 << 30}

// PublicLimits are the defaults of a service that everybody may read from.
var PublicLimits = Limits{Rate: 50, Burst: 200, Concurrent: 256, Exports: 4, Imports: 8, Streams: 2048, StreamTime: time.Hour,
	Share: 25, Request: 20 * time.Second,
	Stall: 15 * time.Second, LeastRate: 64 << 10, ImportBytes: 4 << 30, Memory: 1 << 30}

const (
	// waitingPlaces is how many requests may wait for their clients, for each that is worked on.
	waitingPlaces = 16
	// spooledImports is how many of the largest imports fit on the disk at once, while they come and are worked on.
	spooledImports = 4
	// maxPublicBody is how large the body of a client without a key may be where everybody may read: what it asks for may be many times
	// as large.
	maxPublicBody = 1 << 20
	// halfOfAll is what one address may have of the memory for answers, in percent: less would not do for one large answer.
	halfOfAll = 50
)

// maxClients is how many clients' rates are remembered. The one that was not seen for longest is forgotten first, and begins
// anew.
const maxClients = 10_000

// limiter enforces the limits. A request has one place at a time: among those of its kind while it is worked on, and among
// those that wait while its body comes and its response is taken. So a slow client holds nothing that others work with. An
// export is made while it is taken, and has its place and its connection to the database to the end: exports have their own. So
// have streams, which only wait.
type limiter struct {
	Limits
	clients *lru.Cache[string, *rate.Limiter]

	working, exporting, importing, streaming, waiting *places
	spooled, making                                   *places // of bytes
}

func newLimiter(limits Limits) *limiter {
	clients, err := lru.New[string, *rate.Limiter](maxClients)
	if err != nil {
		panic(err) // only where the size is not positive
	}
	spooled := int64(0)
	if limits.ImportBytes > 0 {
		spooled = spooledImports * max(limits.ImportBytes, maxBody)
	}
	counted := func(all int) *places { return newPlaces(int64(all), limits.Share) }
	return &limiter{Limits: limits, clients: clients,
		working: counted(limits.Concurrent), exporting: counted(limits.Exports), importing: counted(limits.Imports),
		streaming: counted(limits.Streams),
		waiting:   counted(waitingPlaces * limits.Concurrent),
		spooled:   newPlaces(spooled, limits.Share),
		making:    newPlaces(limits.Memory, halfOfAll)}
}

// kindOf gives the places that an operation works in.
func (l *limiter) kindOf(operation *huma.Operation) *places {
	switch {
	case traitsOf(operation).endless == yes:
		return l.streaming
	case traitsOf(operation).unbounded == no:
		return l.working
	case operation.RequestBody != nil:
		return l.importing
	}
	return l.exporting
}

// limit is the middleware that refuses work beyond what the service does at once, and ends what takes too long. The health
// of the service, and who somebody works as, can always be asked for.
func (l *limiter) limit(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		t := traitsOf(ctx.Operation())
		if t.unbounded == no && t.endless == no && l.Request > 0 {
			bounded, cancel := context.WithTimeout(ctx.Context(), l.Request)
			defer cancel()
			ctx = huma.WithContext(ctx, bounded)
		}
		if t.scope == noScope {
			next(ctx)
			return
		}
		request := requestOf(ctx.Context())
		request.place = &place{client: ClientName(request.address)}
		if !request.place.move(l.kindOf(ctx.Operation())) {
			writeError(api, ctx, tooBusy())
			return
		}
		defer request.place.leave()
		if t.unbounded == no && t.endless == no {
			request.memory = &memory{among: l.making, client: request.place.client}
			defer request.memory.leave()
			answer := &awaited{inner: ctx, limits: l, place: request.place,
				changes: request.writes && !t.asks}
			defer answer.discard()
			next(answer)
			request.memory.leave()
			answer.send(api)
			return
		}
		next(ctx)
	}
}

// tooBusy is the problem of a request for which there is no place.
func tooBusy() *Problem {
	return problem(http.StatusServiceUnavailable, headwater.CodeUnavailable,
		"the service works on as many requests as it can, or on as many of this client as it does at once; try again")
}

// receive is the middleware that reads the body of a request before it is worked on.
func (l *limiter) receive(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		request := requestOf(ctx.Context())
		if ctx.Operation().RequestBody == nil || !request.body || traitsOf(ctx.Operation()).scope == noScope {
			next(ctx)
			return
		}
		if !request.place.move(l.waiting) {
			writeError(api, ctx, tooBusy())
			return
		}
		end, _ := ctx.Context().Deadline()
		most := int64(maxBody)
		if traitsOf(ctx.Operation()).unbounded == yes {
			most = l.ImportBytes
		}
		if request.public {
			most = maxPublicBody
		}
		body, err := l.spool(l.pacedReader(ctx, end), most, request.place.client)
		if err != nil {
			writeError(api, ctx, bodyError(ctx.Context(), err))
			return
		}
		defer body.discard()
		if !request.place.move(l.kindOf(ctx.Operation())) {
			writeError(api, ctx, tooBusy())
			return
		}
		next(replacedBody{ctx, body})
	}
}

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
