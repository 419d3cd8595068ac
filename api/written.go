package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/dates"
	"github.com/headwater-project/headwater/identity"
)

// People write some values otherwise than they are stored: a thing by its key, a country by its name, a date as one text, a verdict
// as one word, a quote without its position. This file is where a body of theirs becomes what the rest of the service reads; the
// OpenAPI document says the same of bodies, by the same forms (writtenschemas.go).

// wording is how the value of a member may be written.
type wording string

// A member that is none of these is written as it is stored, but for what is within.
const (
	asReference wording = "reference" // the key or the id of a thing
	asCountry   wording = "country"   // a name in English or Arabic, or a code
	asInterval  wording = "interval"  // an EDTF date or interval
	asDate      wording = "date"      // a date with the name of its month
	asRating    wording = "rating"    // a word
	asQuote     wording = "quote"     // without its position, where the words stand once
)

// form says which values of a body people may write otherwise, and what stands within it.
type form struct {
	wording wording
	of      headwater.Resource // that a reference is to; empty where the rest of the thing says it
	members map[string]*form   // of an object
	items   *form              // of a list
}

// wordings are those that follow from a value's type. References and countries are told by the tag "written", since their types are
// those of other things too.
var wordings = map[reflect.Type]wording{
	reflect.TypeFor[headwater.Published](): asInterval,
	reflect.TypeFor[headwater.Interval]():  asInterval,
	reflect.TypeFor[headwater.Moment]():    asDate,
	reflect.TypeFor[headwater.Rating]():    asRating,
	reflect.TypeFor[headwater.Selector]():  asQuote,
}

// formOf is the form of a type; nil where it is written as it is stored.
func formOf(t reflect.Type) *form {
	switch {
	case wordings[t] != "":
		return &form{wording: wordings[t]}
	case t.Kind() == reflect.Pointer:
		return formOf(t.Elem())
	case t.Kind() == reflect.Slice:
		if items := formOf(t.Elem()); items != nil {
			return &form{items: items}
		}
	case t.Kind() == reflect.Struct:
		return formOfFields(t)
	}
	return nil
}

func formOfFields(t reflect.Type) *form {
	f := &form{members: map[string]*form{}}
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || field.Anonymous {
			continue
		}
		member := formOf(field.Type)
		if tag, tagged := field.Tag.Lookup("written"); tagged {
			how, of, _ := strings.Cut(tag, " ")
			member = &form{wording: wording(how), of: headwater.Resource(of)}
		}
		if member != nil {
			f.members[name] = member
		}
	}
	if len(f.members) == 0 {
		return nil
	}
	return f
}

// NameStore finds what people name.
type NameStore interface {
	// ResolveNames gives the ids of things that are named by id or key, in order. Names that are unknown or ambiguous are faults,
	// each at its place, and uuid.Nil among the ids.
	ResolveNames(ctx context.Context, names []headwater.Named) ([]uuid.UUID, error)
	// CheckReferences gives all faults of references to things that do not exist.
	CheckReferences(ctx context.Context, references []headwater.Reference) error
	// CheckAttribution gives all faults of an attribution that is not stored: of its references, its chain and its quotes.
	CheckAttribution(ctx context.Context, f headwater.AttributionFields) error
}

// writtenBody is what an operation takes as people write it.
type writtenBody struct {
	form     *form
	resource headwater.Resource // that the operation is about
	patch    bool               // it is read once it is merged with what is stored
}

// writtenKey is where an operation's metadata holds its writtenBody.
const writtenKey = "written"

// readWritten is the middleware that puts what is stored in place of what people write.
func readWritten(api huma.API, s NameStore) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		request := requestOf(ctx.Context())
		request.store = s
		written, does := ctx.Operation().Metadata[writtenKey].(writtenBody)
		if !does || written.patch || written.form == nil { // a claim says nothing that is written otherwise
			next(ctx)
			return
		}
		body := receivedBody(ctx)
		text, err := io.ReadAll(body)
		if err != nil {
			writeError(api, ctx, bodyError(ctx.Context(), err))
			return
		}
		stored, faults, err := written.read(ctx.Context(), s, text)
		if err != nil {
			writeError(api, ctx, fail(ctx.Context(), err))
			return
		}
		request.faults = append(request.faults, faults...)
		next(replacedBody{ctx, bytes.NewReader(stored)})
	}
}

// read puts what is stored in place of what people write. A body that is no JSON stays as it is, for others to refuse.
func (b writtenBody) read(ctx context.Context, s NameStore, body []byte) (stored []byte, faults []error, err error) {
	var parsed any
	if b.form == nil || json.Unmarshal(body, &parsed, exactNumbers) != nil {
		return body, nil, nil
	}
	r := &bodyReader{resource: b.resource}
	if parsed = r.value("", b.form, parsed, nil); r.err != nil {
		return nil, nil, r.err
	}
	if err := r.resolve(ctx, s); err != nil {
		return nil, nil, err
	}
	if !r.changed {
		return body, r.faults, nil
	}
	stored, err = json.Marshal(parsed, json.Deterministic(true))
	return stored, r.faults, err
}

// exactNumbers keeps numbers as they are written.
var exactNumbers = json.WithUnmarshalers(json.UnmarshalFromFunc(func(decoder *jsontext.Decoder, into *any) error {
	if decoder.PeekKind() != '0' {
		return errors.ErrUnsupported
	}
	number, err := decoder.ReadValue()
	*into = number.Clone()
	return err
}))

// bodyReader reads one body.
type bodyReader struct {
	resource headwater.Resource
	names    []headwater.Named
	places   []func(id uuid.UUID) // where the id of each name goes
	changed  bool
	faults   []error
	err      error
}

// value is what is stored for a value that people wrote; whole is the object that it is a member of.
func (r *bodyReader) value(at headwater.Pointer, f *form, value any, whole map[string]any) any {
	text, isText := value.(string)
	switch {
	case f.wording == asQuote:
		r.place(value)
	case f.wording == asCountry && isText:
		return r.country(at, text)
	case f.wording == asInterval && isText:
		return r.interval(at, text)
	case f.wording == asDate && isText:
		return r.date(at, text)
	case f.wording == asRating && isText:
		r.changed = true
		return map[string]any{"label": text}
	}
	switch value := value.(type) {
	case map[string]any:
		for name, member := range f.members {
			r.member(at, name, member, value)
		}
	case []any:
		for i := range value {
			if f.items != nil {
				value[i] = r.value(at.Index(i), f.items, value[i], whole)
			}
		}
	}
	return value
}

// member reads a member of an object, if it is there.
func (r *bodyReader) member(at headwater.Pointer, name string, f *form, of map[string]any) {
	value, given := of[name]
	text, isText := value.(string)
	switch {
	case !given:
	case f.wording == asReference && isText && text != "":
		r.refer(at.Field(name), f.of, text, of, name)
	default:
		if of[name] = r.value(at.Field(name), f, value, of); of[name] == nil && value != nil {
			delete(of, name)
		}
	}
}

// refer notes a reference that is no id, so that it is resolved with all others.
func (r *bodyReader) refer(at headwater.Pointer, to headwater.Resource, name string, of map[string]any, member string) {
	if _, err := headwater.ParseID(name); err == nil {
		return
	}
	switch to {
	case "this": // what the operation is about
		to = r.resource
	case "kind": // what two things of a match are
		kind, _ := of["kind"].(string)
		to = headwater.MatchKind(kind).Resource()
	}
	r.changed = true
	if headwater.ParseKey(name) != nil {
		r.fault(at, name, "the id or key of a "+string(to))
		of[member] = uuid.Nil.String()
		return
	}
	r.names = append(r.names, headwater.Named{Pointer: at, Resource: to, Name: name})
	r.places = append(r.places, func(id uuid.UUID) { of[member] = id.String() })
}

// resolve finds what the names are, all by one query.
func (r *bodyReader) resolve(ctx context.Context, s NameStore) error {
	if len(r.names) == 0 {
		return nil
	}
	ids, err := s.ResolveNames(ctx, r.names)
	var faults headwater.Faults
	if err != nil && !errors.As(err, &faults) {
		return err
	}
	for _, fault := range faults {
		r.faults = append(r.faults, fault)
	}
	request := requestOf(ctx)
	if request.names == nil {
		request.names = make(map[shownID]string, len(ids))
	}
	for i, id := range ids {
		r.places[i](id)
		request.names[shownID{r.names[i].Pointer, id.String()}] = r.names[i].Name
	}
	return nil
}

func (r *bodyReader) fault(at headwater.Pointer, value, expected string) {
	r.faults = append(r.faults, headwater.NewFault(at, headwater.FaultFormat, value, expected))
}

// countryCode is a code as it is stored, also one that names no country in use.
var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

func (r *bodyReader) country(at headwater.Pointer, name string) any {
	if name == "" || countryCode.MatchString(name) {
		return name
	}
	r.changed = true
	code, known := identity.Country(name)
	if !known {
		r.fault(at, name, "the name of a country in English or Arabic, or its ISO 3166-1 code, such as EG")
		return ""
	}
	return code
}

func (r *bodyReader) date(at headwater.Pointer, text string) any {
	if _, err := headwater.ParseMoment(text); text == "" || err == nil {
		return text
	}
	r.changed = true
	moment, err := dates.Moment(text, "")
	if r.unreadable(at, err) || moment == "" { // nobody knows
		return nil
	}
	return string(moment)
}

// unreadable adds the faults of a text, if it has any.
func (r *bodyReader) unreadable(at headwater.Pointer, err error) bool {
	faults := headwater.FaultsBelow(at, err)
	for _, fault := range faults {
		r.faults = append(r.faults, fault)
	}
	return len(faults) > 0
}

func (r *bodyReader) interval(at headwater.Pointer, text string) any {
	r.changed = true
	interval, err := dates.Interval(text, "")
	if r.unreadable(at, err) {
		return nil
	}
	ends := map[string]any{}
	for name, end := range map[string]headwater.Moment{"earliest": interval.Earliest, "latest": interval.Latest} {
		if end != "" {
			ends[name] = string(end)
		}
	}
	if len(ends) == 0 {
		return nil // nobody knows
	}
	return ends
}

// place gives a quote without a position one that no text has, so that it is looked for.
func (r *bodyReader) place(quote any) {
	members, _ := quote.(map[string]any)
	exact, isText := members["exact"].(string)
	_, start := members["start"]
	_, end := members["end"]
	switch length := utf8.RuneCountInString(exact); {
	case !isText || start && end:
	case start:
		if at, isNumber := members["start"].(jsontext.Value); isNumber {
			var number int
			if json.Unmarshal(at, &number) == nil {
				members["end"], r.changed = number+length, true
			}
		}
	default:
		members["start"], members["end"], r.changed = headwater.Nowhere, headwater.Nowhere+length, true
	}
}

// shownID is an id as a fault shows it.
type shownID struct {
	at headwater.Pointer
	id string
}

// asGiven gives faults the names that the client wrote, in place of the ids that they were found to be.
func (r *request) asGiven(faults []ProblemFault) []ProblemFault {
	for i, fault := range faults {
		if name, named := r.names[shownID{fault.Pointer, fault.Value}]; named {
			faults[i].Value = name
		}
	}
	return faults
}
