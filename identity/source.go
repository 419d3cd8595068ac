package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/headwater-project/headwater"
)

// Basis is what two sources are one by, the strongest first.
type Basis string

const (
	ByExternalID Basis = "external_id"
	ByAccount    Basis = "account"
	ByDomain     Basis = "domain"
	ByName       Basis = "name"
)

// SourceKey is one thing that makes a source what it is: sources that have one key are one. A domain that several names
// share is no identity, which those have to judge who see them all.
type SourceKey struct {
	Basis Basis
	Value string
}

// String is the key as a resource's key can hold it: at most 200 characters without white space.
func (k SourceKey) String() string {
	if len(k.Value) <= longestValue && isGraphic(k.Value) {
		return prefixes[k.Basis] + k.Value
	}
	value := strings.ReplaceAll(k.Value, " ", gap)
	if utf8.RuneCountInString(value) > longestValue || strings.Contains(k.Value, gap) || strings.ContainsFunc(value, unkeyed) {
		sum := sha256.Sum256([]byte(k.Value))
		value = "#" + hex.EncodeToString(sum[:16])
	}
	return prefixes[k.Basis] + value
}

const (
	// gap stands for a space. It is no hyphen, which names have.
	gap          = "·"
	longestValue = 150
)

// unkeyed says whether a key cannot hold a character.
func unkeyed(r rune) bool {
	return r <= ' ' || r >= 0x7f && (unicode.IsSpace(r) || unicode.Is(unicode.C, r))
}

// isGraphic says whether a text has only characters of ASCII that are seen.
func isGraphic(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

var prefixes = map[Basis]string{ByExternalID: "id:", ByAccount: "account:", ByDomain: "domain:", ByName: "named:",
	called: "called:"}

// SourceKeys are what a source can be known by, in the order in which it gets its own key: its identifiers elsewhere, its
// account, its own domains, its other accounts, which are among the identifiers, and at last its name with the group of its
// kind and its country. Addresses are what a record says of it
// beside its URL (sameAs, the cells of a table that hold addresses). Each key stands once, and there is always one by name
// where there is a name.
//
// A source without a kind or a country has another key by name than one that has them: which of several it is, is for
// people to decide.
func SourceKeys(s headwater.SourceFields, addresses ...string) []SourceKey {
	return sourceKeys(s, Name(s.Name), addresses...)
}

// sourceKeys are those of a source whose name is read already.
func sourceKeys(s headwater.SourceFields, name string, addresses ...string) []SourceKey {
	var keys []SourceKey
	known := map[SourceKey]bool{}
	add := func(basis Basis, value string) {
		if key := (SourceKey{basis, value}); value != "" && !known[key] {
			known[key] = true
			keys = append(keys, key)
		}
	}
	var accounts []string
	for _, scheme := range slices.Sorted(maps.Keys(s.ExternalIDs)) {
		if account := Account(s.ExternalIDs[scheme]); account != "" {
			accounts = append(accounts, account)
		} else if value := ExternalID(scheme, s.ExternalIDs[scheme]); value != "" {
			add(ByExternalID, scheme+":"+value)
		}
	}
	var hosts []string
	var before place // of which the own domain is known
	for _, address := range append(append([]string{s.URL}, addresses...), s.Domains...) {
		place := placeOf(address)
		if account := place.account(); account != "" {
			add(ByAccount, account)
		} else if place.host != before.host {
			hosts = append(hosts, place.ownDomain())
			before = place
		}
	}
	for _, host := range hosts {
		add(ByDomain, host)
	}
	for _, account := range accounts { // not in every record that has the domain
		add(ByAccount, account)
	}
	if name != "" {
		add(ByName, name+"/"+KindGroup(s.Kind)+"/"+s.Country)
	}
	return keys
}

// ExternalID is the form in which two identifiers of a scheme are one: without the address that leads to it
// (https://www.wikidata.org/wiki/Q1 is Q1), in capitals, and for isni, orcid and lei without spaces and hyphens.
func ExternalID(scheme, value string) string {
	value = strings.TrimSpace(value)
	if strings.Contains(value, "://") {
		value = value[strings.LastIndexByte(strings.TrimRight(value, "/"), '/')+1:]
		value = strings.TrimRight(value, "/")
	}
	switch scheme {
	case "isni", "orcid", "lei":
		value = strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(value)
		return strings.ToUpper(value)
	case "wikidata", "viaf", "gnd", "ror":
		return strings.ToUpper(value)
	}
	return value
}

// KindGroup is the group of kinds among which one record's word for a source and another's may differ: person; body for
// organization, government, agency, party and military; media for outlet and wire; account; record; group. It is empty
// where the kind says nothing.
func KindGroup(kind headwater.SourceKind) string {
	switch kind {
	case headwater.Organization, headwater.Government, headwater.Agency, headwater.Party, headwater.Military:
		return "body"
	case headwater.Outlet, headwater.Wire:
		return "media"
	case headwater.SocialAccount:
		return "account"
	case headwater.OtherSource:
		return ""
	}
	return string(kind)
}

// Conflicts says why two sources that look alike, by a name or a domain of their own, are two: the rationale of a match to
// decide, such as `They share the name "NTV" and not the country (TR and NP).` It is empty where they do not look alike,
// and where nothing speaks against their being one.
func Conflicts(a, b *Features) string {
	name, domain := common(a.names, b.names), common(a.domains(), b.domains())
	var alike string
	switch {
	case name != "":
		alike = fmt.Sprintf("the name %q", name)
	case domain != "":
		alike = "the domain " + domain
	default:
		return ""
	}
	if against := against(a, b, name == ""); against != "" {
		return "They share " + alike + " and not " + against + "."
	}
	return ""
}

// against is the first thing that speaks against two sources that look alike being one; empty where nothing does.
func against(a, b *Features, otherName bool) string {
	for _, key := range a.keys {
		if strong := key.Basis == ByExternalID || key.Basis == ByAccount; strong && slices.Contains(b.keys, key) {
			return ""
		}
	}
	opposed := opposedIdentifiers(a, b)
	switch {
	case opposed != "":
		return opposed
	case otherName:
		return fmt.Sprintf("the name (%q and %q)", a.Name, b.Name)
	case a.Country != b.Country:
		return fmt.Sprintf("the country (%s and %s)", orUnknown(a.Country), orUnknown(b.Country))
	case KindGroup(a.Kind) != KindGroup(b.Kind):
		return fmt.Sprintf("the kind (%s and %s)", kindOrUnknown(a.Kind), kindOrUnknown(b.Kind))
	case Elsewhere(a, b):
		return fmt.Sprintf("the domain (%s and %s)", a.domains()[0], b.domains()[0])
	}
	return ""
}

func orUnknown(said string) string {
	if said == "" {
		return "unknown"
	}
	return said
}

func kindOrUnknown(kind headwater.SourceKind) string {
	if KindGroup(kind) == "" {
		return "unknown"
	}
	return string(kind)
}

// platformName is the platform of an account.
func platformName(account string) string {
	host, _, _ := strings.Cut(account, "/")
	return host
}

// names are the names that a source has, in the form in which they are compared: not its aliases, which others may share.
func names(s headwater.SourceFields) []string {
	all := []string{Name(s.Name)}
	for _, tag := range slices.Sorted(maps.Keys(s.Names)) {
		all = append(all, Name(s.Names[tag]))
	}
	return all
}

// domainsAmong are the domains of a source's own among its keys.
func domainsAmong(keys []SourceKey) []string {
	var own []string
	for _, key := range keys {
		if key.Basis == ByDomain {
			own = append(own, key.Value)
		}
	}
	return own
}

// common is the first text of one list that is in the other; empty where there is none.
func common(a, b []string) string {
	for _, text := range a {
		if text != "" && slices.Contains(b, text) {
			return text
		}
	}
	return ""
}
