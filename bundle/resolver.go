package bundle

import (
	"errors"
	"regexp"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// resolver turns keys into ids, and collects the references and faults of the current line.
type resolver struct {
	namespace string
	extract   Extract
	space     headwater.Namespace
	// aliases maps the id that a key makes to the id that the key's object has, where they differ.
	aliases map[uuid.UUID]uuid.UUID

	references []LineReference
	faults     headwater.Faults
}

func (r *resolver) fault(at headwater.Pointer, code headwater.FaultCode, value any, expected string) {
	r.faults = append(r.faults, headwater.NewFault(at, code, value, expected))
}

// check adds the faults that a thing finds in itself.
func (r *resolver) check(thing interface{ Validate() error }) { r.add("", thing.Validate()) }

// add adds the faults in err, if any, to those of the line, with their pointers below at. Ids that a fault shows are
// replaced by what the line has: a key or an id.
func (r *resolver) add(at headwater.Pointer, err error) {
	faults := headwater.FaultsBelow(at, err)
	if len(faults) == 0 {
		return
	}
	given := make(map[shownReference]string, len(r.references))
	for _, reference := range r.references {
		given[shownReference{reference.Pointer, reference.ID.String()}] = reference.Given
	}
	for _, f := range faults {
		if as, refers := given[shownReference{f.Pointer, f.Value}]; refers {
			f.Value = as
		}
		r.faults = append(r.faults, f)
	}
}

// shownReference is a reference as a fault shows it.
type shownReference struct {
	at headwater.Pointer
	id string
}

// refer resolves a reference to an id. It is the nil UUID where the reference is empty, a fault that the thing itself
// finds.
func (r *resolver) refer(at headwater.Pointer, to headwater.Resource, raw ref) uuid.UUID {
	if raw == "" {
		return uuid.Nil
	}
	id, err := headwater.ParseID(string(raw))
	if err != nil {
		var faults headwater.Faults
		errors.As(headwater.ParseKey(string(raw)), &faults)
		for _, f := range faults { // each reference may have one; what they show is no id
			r.fault(at+f.Pointer, f.Code, f.Value, f.Expected)
		}
		id = r.space.ID(to, string(raw))
		if alias, ok := r.aliases[id]; ok {
			id = alias
		}
	}
	r.references = append(r.references, LineReference{Pointer: at, Resource: to, ID: id, Given: string(raw)})
	return id
}

func (r *resolver) referOptional(at headwater.Pointer, to headwater.Resource, raw ref) *uuid.UUID {
	if raw == "" {
		return nil
	}
	id := r.refer(at, to, raw)
	return &id
}

// meta gives a thing its identity: the id that it has, or that of its key or, without either, that of its natural key.
// Without a natural key, the id is a new one.
func (r *resolver) meta(ident identity, resource headwater.Resource, naturalKey func() string) headwater.Meta {
	return r.metaBy(ident, naturalKey, func(n headwater.Namespace, key string) uuid.UUID { return n.ID(resource, key) })
}

// metaWithin is meta for an attribution, whose key is unique within its claim.
func (r *resolver) metaWithin(claim uuid.UUID, ident identity, naturalKey func() string) headwater.Meta {
	return r.metaBy(ident, naturalKey, func(n headwater.Namespace, key string) uuid.UUID { return n.AttributionID(claim, key) })
}

// hashedKey is a key that the release before gave to reviews: a hash, which reads as a UUID without hyphens. Nothing refers to a
// review, so that it cannot be taken for one.
var hashedKey = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (r *resolver) metaBy(ident identity, naturalKey func() string, idOf func(headwater.Namespace, string) uuid.UUID) headwater.Meta {
	check := headwater.CheckKey
	if ident.ID != nil || ident.Type == string(headwater.ResourceReview) && hashedKey.MatchString(ident.Key) {
		check = headwater.CheckStoredKey
	}
	r.add("", check(ident.Key, ident.Namespace))
	if ident.Key == "" && ident.Namespace != "" {
		r.fault("/namespace", headwater.FaultConflict, ident.Namespace, "no namespace without a key")
	}
	m := headwater.Meta{Key: ident.Key, Namespace: ident.Namespace}
	if m.Key == "" && ident.ID == nil && naturalKey != nil {
		m.Key = naturalKey()
	}
	if m.Key != "" && m.Namespace == "" {
		m.Namespace = r.namespace
	}
	switch {
	case ident.ID != nil:
		id, err := headwater.ParseID(string(*ident.ID))
		if r.add("/id", err); err == nil && id == uuid.Nil {
			r.fault("/id", headwater.FaultFormat, id, "a UUID other than the nil UUID")
		}
		m.ID = id
	case m.Key != "":
		m.ID = idOf(headwater.NamespaceOf(m.Namespace), m.Key)
	default:
		m.ID = headwater.NewID()
	}
	return m
}

type statusEnum interface {
	~string
	Values() []string
}

// checkStatus checks the status of a line, and gives the default where there is none.
func checkStatus[S statusEnum](r *resolver, value, fallback S) S {
	if value == "" {
		return fallback
	}
	if !slices.Contains(value.Values(), string(value)) {
		r.fault("/status", headwater.FaultNotOneOf, value, headwater.OneOf(string(value), value.Values()))
	}
	return value
}

// checkEntityStatus is checkStatus for things that can be merged: with the status merged, and only then, a line says
// into what.
func (r *resolver) checkEntityStatus(of headwater.Resource, value headwater.EntityStatus, into ref) (headwater.EntityStatus, *uuid.UUID) {
	s := checkStatus(r, value, headwater.EntityActive)
	switch {
	case s == headwater.EntityMerged && into == "":
		r.fault("/merged_into", headwater.FaultRequired, nil, "the "+string(of)+" that it is merged into")
	case s != headwater.EntityMerged && into != "":
		r.fault("/merged_into", headwater.FaultConflict, into, "nothing unless status is merged")
	}
	return s, r.referOptional("/merged_into", of, into)
}

// checkNotItself refuses a thing that is its own parent. Longer loops are found with all lines.
func (r *resolver) checkNotItself(at headwater.Pointer, id uuid.UUID, ancestor *uuid.UUID) {
	if ancestor != nil && *ancestor == id {
		r.add("", headwater.Faults{headwater.NewFault(at, headwater.FaultLoop, id, "another than itself")})
	}
}
