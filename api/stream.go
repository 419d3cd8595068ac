package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/events"
	"github.com/headwater-project/headwater/store"
)

const (
	// eventStream is the media type of server-sent events, as the HTML standard has them.
	eventStream = "text/event-stream"
	// heartbeat is how long a follower hears nothing at most, and how long a key that was revoked still gets changes.
	heartbeat = 15 * time.Second
	// lastEventHeader names the last event that a client got.
	lastEventHeader = "Last-Event-ID"
)

// streamTraits are those of an operation that goes on until its client leaves.
var streamTraits = traits{scope: headwater.ScopeRead, idempotent: no, unbounded: no, sealed: no, endless: yes}

// ChangeQuery says which changes to list.
type ChangeQuery struct {
	Resource   string    `query:"resource" enum:"source,relation,document,claim,attribution,link,review,match,key" doc:"A kind of thing, or key for the keys of the service." example:"claim"`
	ResourceID uuid.UUID `query:"resource_id" format:"uuid" doc:"One thing." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Actor      string    `query:"actor" maxLength:"200" doc:"Who made the change." example:"cli:rana"`
	Operation  string    `query:"operation" enum:"create,update,merge,unmerge,retract,restore,accept,reject,reopen,delete,rotate,revoke" doc:"What was done." example:"merge"`
	Group      uuid.UUID `query:"group" format:"uuid" doc:"What one request, import or command did." example:"4a1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
}

func (q ChangeQuery) filter() headwater.ChangeFilter {
	return headwater.ChangeFilter{Resource: q.Resource, ResourceID: q.ResourceID, Actor: q.Actor, Operation: q.Operation, Group: q.Group}
}

// streamQuery says which changes to follow, and after which one.
type streamQuery struct {
	ChangeQuery
	ClaimsQuery
	PlaceQuery
}

// PlaceQuery says after which event a stream begins.
type PlaceQuery struct {
	After       int64 `query:"after" minimum:"0" doc:"The seq after which to begin; Last-Event-ID goes before it. Without either, what comes next." example:"1042"`
	LastEventID int64 `header:"Last-Event-ID" minimum:"0" doc:"The last event that the client got, as clients of event streams send it when they come back." example:"1042"`

	place *int64 // after which to begin; nil where nobody says
}

// Resolve tells 0 from nothing.
func (q *PlaceQuery) Resolve(ctx huma.Context) []error {
	switch {
	case ctx.Header(lastEventHeader) != "":
		q.place = &q.LastEventID
	case ctx.Query("after") != "":
		q.place = &q.After
	}
	return nil
}

// streaming is what all streams need.
type streaming struct {
	guard    *access
	limits   Limits
	stopping <-chan struct{} // closed when the service ends
}

// registerStream adds the stream of changes.
func registerStream(api huma.API, s HistoryStore, streams streaming) {
	history := events.History[headwater.Change, headwater.ChangeFilter]{Last: s.LastSeq, Between: s.ChangesBetween}
	feed := events.NewFeed(history, renderChange)
	history.Between = namedBetween(s)
	naming := events.NewFeed(history, renderChange)
	operation := readOperation("streamChanges", "/v1/changes/stream", "The changes as they are made, as server-sent events")
	operation.Description = "Each event has the type change, the change's seq as its id, and the change, as listChanges has it, as its " +
		"data. Who comes back with Last-Event-ID, as clients of event streams do, or with after, misses nothing and gets nothing twice. " +
		"At least every 15 seconds there is a comment, with the id up to which the order was looked through: also what is filtered out " +
		"need not be looked through again. The stream ends when the service stops, when the key ends, after a time that the service " +
		"sets, and for a client that does not take what it is sent; come back then. A place beyond the order is a fault: the database " +
		"that it is from was replaced by an older copy. 503 if there are too many streams."
	operation.Tags = []string{"changes"}
	answersEvents(&operation)
	register(api, operation, streamTraits, func(ctx context.Context, in *streamQuery) (*huma.StreamResponse, error) {
		last, err := s.LastSeq(ctx)
		if err != nil {
			return nil, fail(ctx, err)
		}
		place := last
		if in.place != nil {
			place = *in.place
		}
		if err := store.CheckPlace("/after", place, last); err != nil {
			return nil, fail(ctx, err)
		}
		of := feed
		if in.claims() {
			of = naming
		}
		return joinFeed(ctx, streams, of, in.filter(), place)
	})
}

// answersEvents says what a stream answers.
func answersEvents(operation *huma.Operation) {
	noNotFound(operation)
	operation.Responses = map[string]*huma.Response{"200": {Description: "Events, until the stream ends",
		Content: map[string]*huma.MediaType{eventStream: {Schema: &huma.Schema{Type: huma.TypeString}}}}}
}

// renderChange makes the event of a change. Of its state, which may be large, it keeps the text alone.
func renderChange(change headwater.Change) (events.Event[headwater.Change], error) {
	text, err := eventText("change", change.Seq, change)
	change.State = nil
	return events.Event[headwater.Change]{Seq: change.Seq, Entry: change, Text: text}, err
}

// eventText is an event as clients read it.
func eventText(kind string, seq int64, data any) ([]byte, error) {
	text, err := json.Marshal(data)
	return fmt.Appendf(nil, "id: %d\nevent: %s\ndata: %s\n\n", seq, kind, text), err
}

// namedBetween lists changes with the claims that each can move.
func namedBetween(s HistoryStore) func(context.Context, headwater.ChangeFilter, int64, int64, int) ([]headwater.Change, bool, error) {
	return func(ctx context.Context, f headwater.ChangeFilter, after, upTo int64, limit int) ([]headwater.Change, bool, error) {
		changes, more, err := s.ChangesBetween(ctx, f, after, upTo, limit)
		if err == nil && len(changes) > 0 {
			err = s.NameClaims(ctx, changes)
		}
		return changes, more, err
	}
}

// joinFeed answers with the events of a feed that a filter includes, after a place.
func joinFeed[T any, F events.Filter[T]](ctx context.Context, s streaming, feed *events.Feed[T, F], filter F,
	place int64) (*huma.StreamResponse, error) {
	leave, err := feed.Join(ctx)
	if err != nil {
		return nil, fail(ctx, err)
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer leave()
		follow(ctx, s, feed, filter, place)
	}}, nil
}

// follow sends events until the client leaves or has to.
func follow[T any, F events.Filter[T]](ctx huma.Context, s streaming, feed *events.Feed[T, F], filter F, place int64) {
	ctx.SetHeader("Content-Type", eventStream)
	ctx.AppendHeader("Cache-Control", noStore)
	ctx.AppendHeader("Cache-Control", "no-transform")
	ctx.SetHeader("X-Accel-Buffering", "no") // nginx would hold the events back
	if ctx.Method() == http.MethodHead {
		return
	}
	w := eventWriter{ctx.BodyWriter().(http.ResponseWriter)}
	// clients that were cut off together do not come back together
	if w.send(fmt.Sprintf("retry: %d\n", 1_000+rand.IntN(2_000))+beat(place)) != nil {
		return
	}
	beats := time.NewTicker(cmp.Or(s.limits.Heartbeat, heartbeat))
	defer beats.Stop()
	var ending <-chan time.Time
	if s.limits.StreamTime > 0 {
		timer := time.NewTimer(s.limits.StreamTime)
		defer timer.Stop()
		ending = timer.C
	}
	for {
		news := feed.News()
		next, upTo, err := feed.After(ctx.Context(), filter, place)
		if err == nil {
			err = sendEvents(w, next)
		}
		if err != nil {
			slog.InfoContext(ctx.Context(), "a stream was cut off", "error", err)
			return
		}
		if upTo > place { // there may be more
			closed := make(chan struct{})
			close(closed)
			place, news = upTo, closed
		}
		select {
		case <-ctx.Context().Done():
			return
		case <-s.stopping:
			return
		case <-ending:
			return
		case <-beats.C:
			if refusal, err := s.guard.identify(ctx, headwater.ScopeRead); err != nil || refusal != nil || w.send(beat(place)) != nil {
				return
			}
		case <-news:
		}
	}
}

// beat says up to where there is nothing else. It is no event: it has no data.
func beat(place int64) string { return ": heartbeat\nid: " + strconv.FormatInt(place, 10) + "\n\n" }

// eventWriter sends events at once.
type eventWriter struct{ http.ResponseWriter }

func (w eventWriter) send(text string) error {
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// sendEvents sends events together.
func sendEvents[T any](w eventWriter, list []events.Event[T]) error {
	if len(list) == 0 {
		return nil
	}
	for _, event := range list {
		if _, err := w.Write(event.Text); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}
