package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/standby"
)

// Standbys say which standby to ask, and how all servers are.
type Standbys interface {
	// Choose gives the place, among [Options.Readers], of a standby that has what was written when a token was given; not found where the
	// primary is to be asked. A token that does not fit is a fault.
	Choose(ctx context.Context, token string) (place int, found bool, err error)
	// Any gives the place of a standby that answers, for what is asked beside the request.
	Any() (place int, found bool)
	// Failed says that a standby did not answer.
	Failed(place int)
	// Token is that of all that was written until now.
	Token(ctx context.Context) (string, error)
	// PrimaryIsGone says whether the primary does not answer.
	PrimaryIsGone() bool
	// Count says how many standbys answer, and how many do not for now.
	Count() (in, out int)
}

// isRead says whether an operation only reads what is stored, so that a standby can answer it. Keys, webhooks and sessions are
// looked at where they are written, and streams follow the primary.
func isRead(operation *huma.Operation) bool {
	t := traitsOf(operation)
	return t.scope == headwater.ScopeRead && t.endless == no && (operation.Method == http.MethodGet || t.asks)
}

// readsOf are the patterns of the operations that standbys answer.
func readsOf(api huma.API) map[string]bool {
	reads := map[string]bool{}
	for _, item := range api.OpenAPI().Paths {
		for _, operation := range []*huma.Operation{item.Get, item.Post} {
			if operation != nil && isRead(operation) {
				reads[operation.Method+" "+operation.Path] = true
			}
		}
	}
	return reads
}

// router has a standby answer what only reads, and the primary all else.
type router struct {
	primary  *http.ServeMux
	readers  []*http.ServeMux
	standbys Standbys
	reads    map[string]bool // patterns
}

// ServeHTTP answers a request. What a standby cannot answer, the primary is asked.
func (t *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request := requestOf(r.Context())
	// what is stored under an Idempotency-Key is on the primary
	if _, pattern := t.primary.Handler(r); !t.reads[pattern] || r.Header.Get(idempotencyHeader) != "" {
		t.primary.ServeHTTP(w, r)
		return
	}
	request.asks = true
	place, found, err := t.standbys.Choose(r.Context(), r.Header.Get(standby.Header))
	if err != nil {
		p := problem(http.StatusBadRequest, codeOf(http.StatusBadRequest), faultsDetail)
		p.setFaults(faultsOf(err))
		writeProblem(w, r, p)
		return
	}
	if !found {
		t.primary.ServeHTTP(w, r)
		return
	}
	before, headers := *request, w.Header().Clone()
	body := &keptBody{ReadCloser: r.Body}
	r.Body = body
	request.standby = true
	held := &heldAnswer{ResponseWriter: w, request: request, body: body}
	t.readers[place].ServeHTTP(held, r)
	if request.down {
		t.standbys.Failed(place)
	}
	if !held.dropped {
		return
	}
	*request = before
	clear(w.Header())
	maps.Copy(w.Header(), headers)
	r.Body = body.again()
	t.primary.ServeHTTP(w, r)
}

// heldAnswer drops the answer of a standby that could not give one.
type heldAnswer struct {
	http.ResponseWriter
	request       *request
	body          *keptBody
	sent, dropped bool
}

// WriteHeader sends the status, unless the primary is to be asked.
func (h *heldAnswer) WriteHeader(status int) {
	if !h.sent && h.request.elsewhere && !h.body.isLost {
		h.dropped = true
	}
	if h.dropped {
		return
	}
	h.sent = true
	h.ResponseWriter.WriteHeader(status)
}

// Write sends what is not dropped.
func (h *heldAnswer) Write(text []byte) (int, error) {
	if !h.sent && !h.dropped {
		h.WriteHeader(http.StatusOK)
	}
	if h.dropped {
		return len(text), nil
	}
	return h.ResponseWriter.Write(text)
}

// Flush sends what net/http still holds.
func (h *heldAnswer) Flush() {
	if !h.dropped {
		flush(h.ResponseWriter)
	}
}

// Unwrap lets [http.ResponseController] reach the connection.
func (h *heldAnswer) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// keptBody keeps what is read of a body, so that it can be read again, unless that is much.
type keptBody struct {
	io.ReadCloser
	kept   bytes.Buffer
	isLost bool
}

// Read keeps what it reads.
func (b *keptBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	if b.kept.Len()+n > maxInMemory {
		b.isLost, b.kept = true, bytes.Buffer{}
	}
	if !b.isLost {
		b.kept.Write(into[:n])
	}
	return n, err
}

// again is the body from its beginning.
func (b *keptBody) again() io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(&b.kept, b.ReadCloser), b.ReadCloser}
}

// elsewhereIf says of a standby that failed to ask the primary instead, unless that would take as long again.
func (r *request) elsewhereIf(failure *headwater.Error) {
	if r.standby && !failure.Late {
		r.elsewhere, r.down = true, !failure.Momentary
	}
}

// elsewhereIfBeyond asks the primary instead where a standby finds a place beyond what there is, since it may only be behind.
func (r *request) elsewhereIfBeyond(faults []ProblemFault) {
	beyond := func(fault ProblemFault) bool { return fault.Code == headwater.FaultRange }
	r.elsewhere = r.elsewhere || r.standby && slices.ContainsFunc(faults, beyond)
}

// keyReader says whose a token is.
type keyReader interface {
	KeysExist(ctx context.Context) (bool, error)
	Authenticate(ctx context.Context, token string) (headwater.APIKey, bool, error)
	AuthenticateSession(ctx context.Context, token string) (key headwater.APIKey, until time.Time, valid bool, err error)
}

// keysOf asks the primary, so that a key that was revoked is refused at once, and a standby where the primary does not answer: then
// nobody can revoke one.
type keysOf struct {
	primary  keyReader
	readers  []Store
	standbys Standbys
}

// longestKey is how long the primary may take to say whose a key is until a standby is asked.
const longestKey = time.Second

func ask[T any](ctx context.Context, k keysOf, ask func(context.Context, keyReader) (T, error)) (T, error) {
	if k.standbys == nil {
		return ask(ctx, k.primary)
	}
	place, found := k.standbys.Any()
	if found && k.standbys.PrimaryIsGone() {
		return ask(ctx, k.readers[place])
	}
	within, cancel := context.WithTimeout(ctx, longestKey)
	defer cancel()
	answer, err := ask(within, k.primary)
	if err != nil && found && ctx.Err() == nil && (within.Err() != nil || headwater.CodeOf(err) == headwater.CodeUnavailable) {
		return ask(ctx, k.readers[place])
	}
	return answer, err
}

// KeysExist says whether any key was ever made.
func (k keysOf) KeysExist(ctx context.Context) (bool, error) {
	return ask(ctx, k, func(ctx context.Context, from keyReader) (bool, error) { return from.KeysExist(ctx) })
}

// holder is whose a token is.
type holder struct {
	key   headwater.APIKey
	until time.Time
	valid bool
}

// Authenticate says whose a key is.
func (k keysOf) Authenticate(ctx context.Context, token string) (headwater.APIKey, bool, error) {
	of, err := ask(ctx, k, func(ctx context.Context, from keyReader) (of holder, err error) {
		of.key, of.valid, err = from.Authenticate(ctx, token)
		return of, err
	})
	return of.key, of.valid, err
}

// AuthenticateSession says whose a session is.
func (k keysOf) AuthenticateSession(ctx context.Context, token string) (headwater.APIKey, time.Time, bool, error) {
	of, err := ask(ctx, k, func(ctx context.Context, from keyReader) (of holder, err error) {
		of.key, of.until, of.valid, err = from.AuthenticateSession(ctx, token)
		return of, err
	})
	return of.key, of.until, of.valid, err
}

// servers says in a header how the servers are; nothing where there are no standbys.
func servers(standbys Standbys) string {
	if standbys == nil {
		return ""
	}
	in, out := standbys.Count()
	primary := 1
	if standbys.PrimaryIsGone() {
		primary = 0
	}
	return fmt.Sprintf("primary=%d, standbys=%d, out=%d", primary, in, out)
}
