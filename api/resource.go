package api

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// ID is the thing that a request is about.
type ID struct {
	ID uuid.UUID `path:"id" format:"uuid" doc:"Identity of the thing." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
}

// Reason says why a change is made.
type Reason struct {
	Reason string `header:"X-Change-Reason" maxLength:"12100" doc:"Why, for the history, in 1,000 characters at most. Other characters than those of ASCII as RFC 8187 has it, such as UTF-8''%D8%AE%D8%B7%D8%A3." example:"Same agency under two spellings."`

	request *request
}

// by is who makes a change, and why.
func (r *Reason) by() store.Authorship {
	by := r.request.by()
	by.Reason = r.Reason
	return by
}

// Resolve keeps the request, which knows who makes the change, and reads the reason, which is written in any script.
func (r *Reason) Resolve(ctx huma.Context) []error {
	r.request = requestOf(ctx.Context())
	text, ok := decodeHeader(r.Reason)
	if !ok {
		return []error{headwater.NewFault("/X-Change-Reason", headwater.FaultFormat, r.Reason,
			"after UTF-8'' letters, digits and %XX of a text in UTF-8 (RFC 8187)")}
	}
	r.Reason = text
	return errorsOf(headwater.CheckLine("/X-Change-Reason", text))
}

// saidInBody takes the reason that a body gives, if any.
func (r *Reason) saidInBody(reason string) error {
	r.Reason = cmp.Or(reason, r.Reason)
	return headwater.CheckLine("/reason", reason)
}

// decodeHeader reads a header that is written as it is, or as an ext-value of RFC 8187; false where it is neither.
func decodeHeader(written string) (text string, ok bool) {
	charset, rest, _ := strings.Cut(written, "'")
	_, encoded, is := strings.Cut(rest, "'")
	if !is || !strings.EqualFold(charset, "UTF-8") {
		return written, true
	}
	text, err := url.PathUnescape(encoded)
	return text, err == nil && utf8.ValidString(text)
}

// ChangeRequest names the thing to change and the version that the client has seen of it.
type ChangeRequest struct {
	ID
	Reason
	IfMatch string `header:"If-Match" doc:"ETag of the version to change, or * for any." example:"\"3\""`
}

// response is one thing with its version.
type response[T any] struct {
	ETag string `header:"ETag" doc:"The thing's version." example:"\"3\""`
	Body T
}

// ListQuery are the parameters that all lists of stored things take.
type ListQuery struct {
	PageQuery
	FieldsQuery
	IDs       []string `query:"id" minItems:"1" maxItems:"1000" doc:"Only the things with these ids."`
	Key       string   `query:"key" maxLength:"200" doc:"Only things with this key; each namespace has its own." example:"nis"`
	Namespace string   `query:"namespace" maxLength:"2048" doc:"Only things whose key belongs to this namespace." example:"https://headwater.example/demo"`
	Feed      string   `query:"feed" maxLength:"200" doc:"Only things that this feed says now." example:"register.json"`
}

// PageQuery asks for one page of any list.
type PageQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"Entries at most; a page of large things ends after 8 MiB of what is stored." example:"50"`
	Cursor string `query:"cursor" maxLength:"10000" doc:"The next_cursor of the page before."`

	parameters url.Values
}

// Resolve keeps the parameters, so that the response can link to its next page.
func (q *PageQuery) Resolve(ctx huma.Context) []error {
	u := ctx.URL()
	q.parameters = u.Query()
	return nil
}

func (q *PageQuery) paging() store.Paging { return store.Paging{Limit: q.Limit, Cursor: q.Cursor} }

// anyStatus asks a list that gives what counts for all that there is.
const anyStatus = "all"

func (q *ListQuery) common(status []string, sort string) (store.Common, error) {
	if slices.Contains(status, anyStatus) {
		status = nil
	}
	ids, err := parseIDs(q.IDs)
	return store.Common{IDs: ids, Key: q.Key, Namespace: q.Namespace, Feed: q.Feed, Status: status, Sort: sort}, err
}

func parseIDs(texts []string) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	var faults headwater.Faults
	for _, text := range texts {
		id, err := headwater.ParseID(text)
		if err != nil {
			faults = append(faults, headwater.NewFault("/id", headwater.FaultFormat, text, "a UUID"))
		}
		ids = append(ids, id)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return ids, nil
}

// List is one page of things.
type List[T any] struct {
	Items      []T                             `json:"items" doc:"The things, in order."`
	NextCursor string                          `json:"next_cursor,omitempty" doc:"Asks for the next page; missing on the last."`
	Truncated  bool                            `json:"truncated,omitempty" doc:"With q: true on pages of things that have the words if more than 10,000 have them, of which 10,000 were ranked." example:"true"`
	Sources    map[string]headwater.SourceCard `json:"sources,omitempty" doc:"Each source that the things name, once, by id. Of more than 32 MiB, some are left out."`
	Claims     map[string]headwater.ClaimCard  `json:"claims,omitempty" doc:"Each claim that links, proposals, or the attributions in a document name, once, by id. Of more than 32 MiB, some are left out."`
}

type listResponse[T any] struct {
	Link string `header:"Link" doc:"The next page, as RFC 8288 has it."`
	Body List[T]
}

// CardStore gives what responses say once about each thing that they name.
type CardStore interface {
	// SourceCards gives the cards of sources by id; ids that are unknown are missing.
	SourceCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.SourceCard, error)
	// ClaimCards gives the cards of claims by id; ids that are unknown are missing.
	ClaimCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.ClaimCard, error)
}

// writeList answers with a page. An error that came with the page is answered instead.
func writeList[T any](ctx context.Context, q *PageQuery, page store.Page[T], err error) (*listResponse[T], error) {
	if err == nil {
		err = requestOf(ctx).hold(memoryOfPage * int64(page.Bytes))
	}
	if err != nil {
		return nil, fail(ctx, err)
	}
	out := &listResponse[T]{Body: List[T]{Items: page.Items, NextCursor: page.NextCursor, Truncated: page.Truncated}}
	if page.NextCursor != "" {
		q.parameters.Set("cursor", page.NextCursor)
		// relative to the request, so that it holds behind a proxy that puts something before the path
		out.Link = "<?" + q.parameters.Encode() + `>; rel="next"`
	}
	return out, nil
}

// writeListWithSources answers with a page and a card of each source that its things name.
func writeListWithSources[T any](ctx context.Context, cards CardStore, q *PageQuery, page store.Page[T], err error,
	sources func(T) []uuid.UUID) (*listResponse[T], error) {
	out, err := writeList(ctx, q, page, err)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, item := range page.Items {
		ids = append(ids, sources(item)...)
	}
	out.Body.Sources, err = readCards(ctx, ids, cards.SourceCards)
	return out, err
}

// writeLinks answers with a page of links, read and shaped as T, and a card of each claim at their ends.
func writeLinks[T any](ctx context.Context, cards CardStore, q *PageQuery, read store.Page[headwater.Link], shaped []T,
	err error) (*listResponse[T], error) {
	out, err := writeList(ctx, q, store.Page[T]{Items: shaped, NextCursor: read.NextCursor, Bytes: read.Bytes}, err)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, link := range read.Items {
		ids = append(ids, link.From, link.To)
	}
	out.Body.Claims, err = readCards(ctx, ids, cards.ClaimCards)
	return out, err
}

// readCards reads cards in the form that responses have them in.
func readCards[Card store.Sized](ctx context.Context, ids []uuid.UUID,
	read func(context.Context, []uuid.UUID) (map[uuid.UUID]Card, error)) (map[string]Card, error) {
	cards, err := read(ctx, ids)
	if err == nil {
		err = requestOf(ctx).hold(memoryOfPage * int64(store.CardBytes(cards)))
	}
	if err != nil {
		return nil, fail(ctx, err)
	}
	return keyedByString(cards), nil
}

// keyedByString gives cards the keys that JSON objects need.
func keyedByString[Card any](cards map[uuid.UUID]Card) map[string]Card {
	out := make(map[string]Card, len(cards))
	for id, card := range cards {
		out[id.String()] = card
	}
	return out
}

// resource describes one kind of thing: how one of them is read and written, and what its operations are called.
type resource[T any, C, F interface{ Validate() error }] struct {
	name   string // Source
	path   string // sources
	get    func(ctx context.Context, id uuid.UUID) (T, error)
	create func(ctx context.Context, by store.Authorship, body C) (T, error)
	update func(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f F) (T, error)
	meta   func(T) headwater.Meta
	fields func(T) F
}

// thing names one thing of the kind: a source, an attribution.
func (r resource[T, C, F]) thing() string {
	return withArticle(strings.ToLower(r.name))
}

// withArticle puts the article before the name of a kind of thing.
func withArticle(name string) string {
	if name[0] == 'a' {
		return "an " + name
	}
	return "a " + name
}

// resource is the kind, as things refer to it.
func (r resource[T, C, F]) resource() headwater.Resource {
	return headwater.Resource(strings.ToLower(r.name))
}

func (r resource[T, C, F]) operation(id, method, path, summary string, errors ...int) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: "/v1/" + r.path + path, Summary: summary, Tags: []string{r.path}, MaxBodyBytes: maxBody,
		Errors: append([]int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError,
			http.StatusServiceUnavailable}, errors...),
	}
}

// takesFields says that an operation takes a body as people write it.
func (r resource[T, C, F]) takesFields(operation *huma.Operation, written *form) {
	operation.Metadata = map[string]any{writtenKey: writtenBody{written, r.resource(), false}}
}

// maxBody is the most bytes that the body of a request may have, unless it is a bundle.
const maxBody = 16 << 20

var bodyErrors = []int{http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}

var changeErrors = []int{http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired}

func (r resource[T, C, F]) respond(ctx context.Context, thing T, err error) (*response[T], error) {
	if err != nil {
		return nil, fail(ctx, err)
	}
	return &response[T]{ETag: etag(r.meta(thing).Version), Body: thing}, nil
}

// GetQuery asks for one thing, unless the client has its current version.
type GetQuery struct {
	ID
	IfNoneMatch string `header:"If-None-Match" doc:"ETag that the client has; 304 if it is still right." example:"\"3\""`
}

// checkModified gives the 304 for a client that has this version already.
func (q *GetQuery) checkModified(etag string) error {
	if matchesETag(q.IfNoneMatch, etag) {
		return notModified(etag)
	}
	return nil
}

// notModified is the answer to a client that has the version with this ETag already (RFC 9110 §15.4.5).
type notModified string

func (notModified) Error() string  { return "not modified" }
func (notModified) GetStatus() int { return http.StatusNotModified }

func (etag notModified) GetHeaders() http.Header { return http.Header{"ETag": {string(etag)}} }

// registerGet adds the operation that gets a thing as it is stored, or was.
func (r resource[T, C, F]) registerGet(api huma.API, s PastStore, past func(store.Past, context.Context, uuid.UUID) (T, error), t traits) {
	register(api, r.getOperation(), t, func(ctx context.Context, in *struct {
		GetQuery
		FieldsQuery
		RecordedQuery
	}) (*response[T], error) {
		seq, err := in.place(ctx, s)
		if err != nil {
			return nil, fail(ctx, err)
		}
		get := r.get
		if seq > 0 {
			get = func(ctx context.Context, id uuid.UUID) (T, error) { return past(s.RecordedBy(seq), ctx, id) }
		}
		thing, err := get(ctx, in.ID.ID)
		out, err := r.respond(ctx, thing, err)
		if err != nil {
			return nil, err
		}
		return out, in.checkModified(out.ETag)
	})
}

func (r resource[T, C, F]) getOperation() huma.Operation {
	return describedBy(cachedNote,
		r.operation("get"+r.name, http.MethodGet, "/{id}", "Get one "+strings.ToLower(r.name), http.StatusNotFound,
			http.StatusNotModified))
}

// version gives the version that is to be changed, 0 for any. Where If-Match names several, it is the current one if that is
// among them; the store refuses it if it has changed by then.
func (r resource[T, C, F]) version(ctx context.Context, id uuid.UUID, ifMatch string) (int, error) {
	versions, err := expectedVersions(ifMatch)
	switch {
	case err != nil || len(versions) == 0:
		return 0, err
	case len(versions) == 1:
		return versions[0], nil
	}
	now, err := r.get(ctx, id)
	if err != nil {
		return 0, fail(ctx, err)
	}
	if version := r.meta(now).Version; slices.Contains(versions, version) {
		return version, nil
	}
	return versions[0], nil
}

// registerCreate adds the operation that creates a thing.
func (r resource[T, C, F]) registerCreate(api huma.API, t traits) {
	operation := describedBy(createNote,
		r.operation("create"+r.name, http.MethodPost, "", "Create "+r.thing(), append(bodyErrors, http.StatusConflict)...))
	operation.DefaultStatus = http.StatusCreated
	r.takesFields(&operation, formOf(reflect.TypeFor[C]()))
	register(api, operation, t, func(ctx context.Context, in *struct {
		Reason
		FieldsBody[C]
	}) (*response[T], error) {
		thing, err := r.create(ctx, in.by(), in.Body)
		return r.respond(ctx, thing, err)
	})
}

// registerUpdate adds the operation that replaces the fields of a thing.
func (r resource[T, C, F]) registerUpdate(api huma.API, t traits) {
	operation := describedBy(changeNote,
		r.operation("update"+r.name, http.MethodPut, "/{id}", "Replace what is said about "+r.thing(),
			append(bodyErrors, changeErrors...)...))
	r.takesFields(&operation, formOf(reflect.TypeFor[F]()))
	register(api, operation, t, func(ctx context.Context, in *struct {
		// not ChangeRequest: its resolver would be hidden by that of FieldsBody, which is less deep
		ID
		Reason
		FieldsBody[F]
		IfMatch string `header:"If-Match" doc:"ETag of the version to change, or * for any." example:"\"3\""`
	}) (*response[T], error) {
		version, err := r.version(ctx, in.ID.ID, in.IfMatch)
		if err != nil {
			return nil, err
		}
		thing, err := r.update(ctx, in.by(), in.ID.ID, version, in.Body)
		return r.respond(ctx, thing, err)
	})
}

// changer is a method of the store that changes one thing: its version, or 0 for any, is the one to change.
type changer[T any] func(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (T, error)

// registerStep adds an operation that changes a thing's status.
func (r resource[T, C, F]) registerStep(api huma.API, t traits, verb, summary string, change changer[T]) {
	operation := describedBy(changeNote, r.operation(verb+r.name, http.MethodPost, "/{id}/"+verb, summary, changeErrors...))
	register(api, operation, t, func(ctx context.Context, in *ChangeRequest) (*response[T], error) {
		version, err := r.version(ctx, in.ID.ID, in.IfMatch)
		if err != nil {
			return nil, err
		}
		thing, err := change(ctx, in.by(), in.ID.ID, version)
		return r.respond(ctx, thing, err)
	})
}

// Into names what a thing is merged into.
type Into struct {
	Into   uuid.UUID `json:"into" written:"reference this" format:"uuid" doc:"The thing that it speaks as from now on." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Reason string    `json:"reason,omitempty" maxLength:"1000" doc:"Why, for the history; it goes before X-Change-Reason." example:"Same agency under two spellings."`
}

// merger is a method of the store that merges one thing into another.
type merger[T any] func(ctx context.Context, by store.Authorship, id uuid.UUID, version int, into uuid.UUID) (T, error)

// registerMerge adds the operation that merges a thing into another.
func (r resource[T, C, F]) registerMerge(api huma.API, t traits, merge merger[T]) {
	operation := describedBy(changeNote, r.operation("merge"+r.name, http.MethodPost, "/{id}/merge",
		"Let "+r.thing()+" speak as another", append(bodyErrors, changeErrors...)...))
	r.takesFields(&operation, formOf(reflect.TypeFor[Into]()))
	register(api, operation, t, func(ctx context.Context, in *struct {
		ChangeRequest
		Body Into
	}) (*response[T], error) {
		if err := in.saidInBody(in.Body.Reason); err != nil {
			return nil, fail(ctx, err)
		}
		version, err := r.version(ctx, in.ID.ID, in.IfMatch)
		if err != nil {
			return nil, err
		}
		thing, err := merge(ctx, in.by(), in.ID.ID, version, in.Body.Into)
		return r.respond(ctx, thing, err)
	})
}

// registerUnmerge adds the operation that undoes a merge.
func (r resource[T, C, F]) registerUnmerge(api huma.API, t traits, unmerge changer[T]) {
	r.registerStep(api, t, "unmerge", "Let a merged "+strings.ToLower(r.name)+" speak for itself again", unmerge)
}

// registerRetraction adds what takes a thing back, and what restores it.
func (r resource[T, C, F]) registerRetraction(api huma.API, t traits, retract setter[T]) {
	r.registerStep(api, t, "retract", "Retract "+r.thing()+"; it stays, but does not count", statusStep(retract, true))
	r.registerStep(api, t, "restore", "Restore a retracted "+strings.ToLower(r.name), statusStep(retract, false))
}

// registerDecisions adds what decides a thing that was proposed, and what takes the decision back.
func (r resource[T, C, F]) registerDecisions(api huma.API, t traits, decide setter[T], reopen changer[T]) {
	r.registerStep(api, t, "accept", "Accept "+r.thing()+", so that it counts", statusStep(decide, true))
	r.registerStep(api, t, "reject", "Reject "+r.thing()+"; it stays, so that nobody proposes it again", statusStep(decide, false))
	r.registerStep(api, t, "reopen", "Propose "+r.thing()+" again that was decided", reopen)
}

// setter is a method of the store that moves a thing's status either way.
type setter[T any] func(ctx context.Context, by store.Authorship, id uuid.UUID, version int, to bool) (T, error)

// statusStep makes the step that sets the status to one of its two values.
func statusStep[T any](set setter[T], to bool) changer[T] {
	return func(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (T, error) {
		return set(ctx, by, id, version, to)
	}
}
