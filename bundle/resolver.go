package bundle

import (
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// resolver turns keys into ids, and collects the references and faults of the line at hand.
type resolver struct {
	namespace string
	space     headwater.Namespace
	// aliases leads from the id that a key would give to the id that the key's object carries, where they differ.
	aliases map[uuid.UUID]uuid.UUID

	references []Reference
	faults     headwater.Faults
}

func (r *resolver) fault(at headwater.Pointer, code headwater.FaultCode, value any, expected string) {
	r.faults = append(r.faults, headwater.NewFault(at, code, value, expected))
}

// check adds the faults that a thing finds in itself.
func (r *resolver) check(thing interface{ Validate() error }) { r.add("", thing.Validate()) }

// add adds the faults in err, if any, to those of the line, their pointers within at. What is referred to is shown as
// the line has it.
func (r *resolver) add(at headwater.Pointer, err error) {
	var faults headwater.Faults
	errors.As(err, &faults)
	for _, f := range faults {
		f.Pointer = at + f.Pointer
		for _, reference := range r.references {
			if reference.Pointer == f.Pointer && reference.ID.String() == f.Value {
				f.Value = reference.Given
			}
		}
		r.faults = append(r.faults, f)
	}
}

// refer gives the id of what is referred to; the nil UUID where nothing is, which the thing itself finds at fault.
func (r *resolver) refer(at headwater.Pointer, to headwater.Resource, given ref) uuid.UUID {
	if given == "" {
		return uuid.Nil
	}
	id, err := headwater.ParseID(string(given))
	if err != nil {
		r.add(at, headwater.ParseKey(string(given)))
		id = r.space.ID(to, string(given))
		if alias, ok := r.aliases[id]; ok {
			id = alias
		}
	}
	r.references = append(r.references, Reference{Pointer: at, Resource: to, ID: id, Given: string(given)})
	return id
}

func (r *resolver) referOptional(at headwater.Pointer, to headwater.Resource, given ref) *uuid.UUID {
	if given == "" {
		return nil
	}
	id := r.refer(at, to, given)
	return &id
}

// meta gives a thing its identity: the id that it carries, or that of its key, or of its natural key where it has
// neither, or a new one where there is no natural key.
func (r *resolver) meta(given identity, resource headwater.Resource, naturalKey func() string) headwater.Meta {
	return r.metaBy(given, naturalKey, func(n headwater.Namespace, key string) uuid.UUID { return n.ID(resource, key) })
}

// metaWithin is meta for an attribution, whose key is its own within its claim.
func (r *resolver) metaWithin(claim uuid.UUID, given identity, naturalKey func() string) headwater.Meta {
	return r.metaBy(given, naturalKey, func(n headwater.Namespace, key string) uuid.UUID { return n.AttributionID(claim, key) })
}

func (r *resolver) metaBy(given identity, naturalKey func() string, idOf func(headwater.Namespace, string) uuid.UUID) headwater.Meta {
	r.add("", headwater.CheckKey(given.Key, given.Namespace))
	if given.Key == "" && given.Namespace != "" {
		r.fault("/namespace", headwater.FaultConflict, given.Namespace, "no namespace without a key")
	}
	m := headwater.Meta{Key: given.Key, Namespace: given.Namespace}
	if m.Key == "" && given.ID == nil && naturalKey != nil {
		m.Key = naturalKey()
	}
	if m.Key != "" && m.Namespace == "" {
		m.Namespace = r.namespace
	}
	switch {
	case given.ID != nil:
		id, err := headwater.ParseID(string(*given.ID))
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

// checkStatus checks a status that a line names, and gives the default where it names none.
func checkStatus[S statusEnum](r *resolver, named, byDefault S) S {
	if named == "" {
		return byDefault
	}
	if !slices.Contains(named.Values(), string(named)) {
		r.fault("/status", headwater.FaultNotOneOf, named, "one of "+strings.Join(named.Values(), ", "))
	}
	return named
}

// checkEntityStatus is status for what can be merged: the thing that it is merged into is named where it is, and only
// there.
func (r *resolver) checkEntityStatus(of headwater.Resource, named headwater.EntityStatus, into ref) (headwater.EntityStatus, *uuid.UUID) {
	s := checkStatus(r, named, headwater.EntityActive)
	switch {
	case s == headwater.EntityMerged && into == "":
		r.fault("/merged_into", headwater.FaultRequired, nil, "the "+string(of)+" that it is merged into")
	case s != headwater.EntityMerged && into != "":
		r.fault("/merged_into", headwater.FaultConflict, into, "nothing unless status is merged")
	}
	return s, r.referOptional("/merged_into", of, into)
}

// checkNotItself faults what makes a thing its own ancestor at once. What does so through others is found with all lines.
func (r *resolver) checkNotItself(at headwater.Pointer, id uuid.UUID, ancestor *uuid.UUID) {
	if ancestor != nil && *ancestor == id {
		r.add("", headwater.Faults{headwater.NewFault(at, headwater.FaultLoop, id, "another than itself")})
	}
}
