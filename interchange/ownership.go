package interchange

import (
	"cmp"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/identity"
)

// Formats of who owns whom name their things by ids of their own. A source is only mentioned: what is stored of it, and perhaps mended
// by hand, stays. Two ids are two sources, whatever their names, until a person says that they are one. A relation is restated: the
// newer file counts for its share and its days. One between others is another relation, whatever its id: what was between those before
// is past, and must not be forgotten.

// holding is what a record says of one source and another.
type holding struct {
	key             string // of the relation
	subject, object tieEnd
	headwater.RelationFields
}

// tieEnd is a source as a record names it: by an id of the file, which makes its key.
type tieEnd struct {
	key, id string
	at      headwater.Pointer
}

// addHolding adds a relation. The sources at its ends stand anywhere in the file, or are stored.
func (r *record) addHolding(at headwater.Pointer, h holding) {
	if h.subject.key == h.object.key {
		r.note(h.object.at, h.object.id, "both ends are one source; left out")
		return
	}
	t := &headwater.Relation{RelationFields: h.RelationFields, Status: headwater.RecordActive,
		Meta: r.identify(headwater.ResourceRelation, boundedKey(h.key+":"+hash(h.subject.key, h.object.key)))}
	subject, object := r.sourceReference(h.subject), r.sourceReference(h.object)
	t.Subject, t.Object = subject.ID, object.ID
	r.emit(bundle.Item{Assertion: bundle.Restates, Resource: headwater.ResourceRelation, Thing: t, Meta: &t.Meta,
		References: []bundle.LineReference{subject, object}}, allAt(at))
}

func (r *record) sourceReference(of tieEnd) bundle.LineReference {
	return bundle.LineReference{Pointer: of.at, Resource: headwater.ResourceSource,
		ID: r.identify(headwater.ResourceSource, boundedKey(of.key)).ID, Given: of.id}
}

// isAbout says by which key the record names what it describes.
func (r *record) isAbout(key string) {
	r.itself = r.identify(headwater.ResourceSource, boundedKey(key)).ID
}

// addEntity adds a source under a key that the format gives it.
func (r *record) addEntity(at headwater.Pointer, key string, fields headwater.SourceFields) {
	s := &headwater.Source{SourceFields: fields, Status: headwater.EntityActive,
		Meta: r.identify(headwater.ResourceSource, boundedKey(key))}
	s.Normalize()
	r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceSource, Thing: s, Meta: &s.Meta}, allAt(at))
}

// boundedKey is a key that can be stored: one that is too long, or has what keys cannot have, stands for itself by its hash.
func boundedKey(key string) string {
	if headwater.CheckKey(key, "https://headwater.example") == nil {
		return key
	}
	format, _, _ := strings.Cut(key, ":")
	return format + ":" + hash(key)
}

// addIdentifier adds an identifier elsewhere, unless its scheme has one or cannot be named.
func (r *record) addIdentifier(at headwater.Pointer, s *headwater.SourceFields, scheme, value string) {
	scheme = strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			return c
		}
		return '-'
	}, strings.ToLower(strings.TrimSpace(scheme)))
	value = strings.TrimSpace(value)
	switch known := s.ExternalIDs[scheme]; {
	case value == "" || known == value:
	case scheme == "" || strings.HasPrefix(scheme, "-") || len(scheme) > maxPlatform:
		r.note(at, value, "left out; expected an identifier of a scheme that has a name")
	case known != "":
		r.note(at, value, "left out; a source has one identifier of a scheme, and the first counts")
	default:
		if s.ExternalIDs == nil {
			s.ExternalIDs = map[string]string{}
		}
		s.ExternalIDs[scheme] = value
	}
}

// addSite adds the address of a source's pages.
func (r *record) addSite(at headwater.Pointer, s *headwater.SourceFields, address string) {
	url := absoluteURL(address)
	if url == "" {
		r.note(at, address, "left out; expected an absolute http or https URL")
		return
	}
	s.URL = cmp.Or(s.URL, url)
	if account := identity.Account(url); account != "" {
		r.addAccounts(at, s, []string{account})
	} else if host := siteOf(url, ""); host != "" && !slices.Contains(s.Domains, host) { // of which it may name many pages
		s.Domains = append(s.Domains, host)
	}
}

// countryOf reads a country. What is none is told, and left out.
func (r *record) countryOf(at headwater.Pointer, raw string) string {
	code, known := identity.Country(raw)
	if raw != "" && !known {
		r.note(at, raw, "left out; expected a country or a part of one")
	}
	return code
}

// citation joins what says where a relation can be checked.
func citation(parts ...string) string {
	var said []string
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, ", ")
}

// IDPrefixes begin the keys of sources that a format gives an id. What is stored under such a key may be another's, where two tools or two
// registers give ids alike.
var IDPrefixes = []string{bodsPrefix, ftmPrefix}

// FeedOf is the feed that a file is an edition of where nobody says it; empty where it is of none. A file of who owns whom is one of the
// feed that has its name. All files trust.txt have one name, so that the host tells theirs apart.
func FeedOf(format Format, file string, table TableOptions) string {
	switch {
	case format.Holds() != HoldsOwnership:
		return ""
	case format == TrustText:
		return "trust.txt of " + siteOf(table.Values["domains"], "")
	}
	return file
}
