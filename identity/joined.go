package identity

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"

	"github.com/headwater-project/headwater"
)

// Features are what of a source is compared with others: worked out once, since it is compared with many, and no more than that, since an
// import holds those of all sources of a file.
type Features struct {
	Kind          headwater.SourceKind
	Name, Country string
	Anonymous     bool
	ExternalIDs   map[string]string

	hosts   []string // that it publishes under
	url     string
	keys    []SourceKey
	names   []string
	traits  []string
	unnamed bool
}

// FeaturesOf works out the features of a source.
func FeaturesOf(s headwater.SourceFields) *Features {
	names := names(s)
	keys := sourceKeys(s, names[0])
	return &Features{
		Kind: s.Kind, Name: s.Name, Country: s.Country, Anonymous: s.Anonymous, ExternalIDs: s.ExternalIDs, hosts: s.Domains, url: s.URL,
		keys: keys, names: names, traits: traits(keys, names), unnamed: isUnnamedBy(s, keys),
	}
}

// Renamed are the features of a source that IsUnnamed, once it has a name.
func (f *Features) Renamed(name string) *Features {
	return FeaturesOf(headwater.SourceFields{Kind: f.Kind, Name: name, Country: f.Country, Anonymous: f.Anonymous,
		ExternalIDs: f.ExternalIDs, Domains: f.hosts, URL: f.url})
}

// Keys are those of SourceKeys.
func (f *Features) Keys() []SourceKey { return f.keys }

// IsUnnamed says what the function of that name does.
func (f *Features) IsUnnamed() bool { return f.unnamed }

// domains are the domains of a source's own.
func (f *Features) domains() []string { return domainsAmong(f.keys) }

// Joined is what two sources are one by: an identifier elsewhere, an account, a domain of their own that has no other
// name, or else their name with the group of their kind and their country. It is empty where they are two, by what is
// said of them. shared says which domains several names have, and which names sources with different domains have.
//
// By a domain, only what both say counts against it: one of them may lack a name, a kind or a country. By name alone,
// both say the same, or lack the same. Two of one name on two domains are two, and one without a domain may be either.
func Joined(a, b *Features, shared func(key SourceKey) bool) Basis {
	known := map[SourceKey]bool{}
	for _, key := range b.keys {
		known[key] = true
	}
	opposed := sync.OnceValue(func() bool { return Opposed(a, b) })
	named := sync.OnceValue(func() bool { return SameName(a, b) || a.unnamed || b.unnamed })
	for _, key := range a.keys {
		switch {
		case !known[key]:
		case key.Basis == ByExternalID || key.Basis == ByAccount:
			return key.Basis
		case opposed():
			return ""
		case key.Basis == ByName && (Elsewhere(a, b) || a.HasDomain() != b.HasDomain() && shared(key)):
			return ""
		case key.Basis == ByName:
			return ByName
		case !shared(key) && named():
			return ByDomain
		}
	}
	return ""
}

// Opposed says whether both of two sources say what cannot be true of one: another country, identifier or account.
func Opposed(a, b *Features) bool {
	return a.Country != b.Country && a.Country != "" && b.Country != "" || opposedIdentifiers(a, b) != ""
}

// opposedIdentifiers are identifiers of one scheme, or accounts on one platform, that two sources do not have in common,
// such as `the account (x.com/a and x.com/b)`.
func opposedIdentifiers(a, b *Features) string {
	for _, scheme := range slices.Sorted(maps.Keys(a.ExternalIDs)) {
		x, y := ExternalID(scheme, a.ExternalIDs[scheme]), ExternalID(scheme, b.ExternalIDs[scheme])
		if x != y && x != "" && y != "" {
			return fmt.Sprintf("the %s identifier (%s and %s)", scheme, x, y)
		}
	}
	accounts := map[string][]SourceKey{} // of the second, by platform
	for _, y := range b.keys {
		if y.Basis == ByAccount {
			accounts[platformName(y.Value)] = append(accounts[platformName(y.Value)], y)
		}
	}
	for _, x := range a.keys {
		if x.Basis != ByAccount {
			continue
		}
		there := accounts[platformName(x.Value)]
		if other := slices.IndexFunc(there, func(y SourceKey) bool { return x != y }); other >= 0 { // the first or the second
			return fmt.Sprintf("the account (%s and %s)", x.Value, there[other].Value)
		}
	}
	return ""
}

// HasDomain says whether a source has a domain of its own.
func (f *Features) HasDomain() bool { return len(f.domains()) > 0 }

// Elsewhere says whether two sources have domains of their own, and none under one registered domain: those of a paper and of its
// edition in another language are no two places.
func Elsewhere(a, b *Features) bool {
	return a.HasDomain() && b.HasDomain() && common(registered(a.domains()), registered(b.domains())) == ""
}

// registered are the registered domains that some are under.
func registered(domains []string) []string {
	list := make([]string, len(domains))
	for i, domain := range domains {
		list[i], _ = publicsuffix.EffectiveTLDPlusOne(domain) // which any domain of one's own has
	}
	return list
}

// SameName says whether two sources have a name in common.
func SameName(a, b *Features) bool { return common(a.names, b.names) != "" }

// IsUnnamed says whether a source has only a host for its name, as one has that a record knows by a page.
func IsUnnamed(s headwater.SourceFields) bool { return isUnnamedBy(s, SourceKeys(s)) }

// isUnnamedBy says so of a source whose keys are known.
func isUnnamedBy(s headwater.SourceFields, keys []SourceKey) bool {
	if isPlain(s.Name) && !strings.Contains(s.Name, ".") { // as no host is
		return false
	}
	own := domainsAmong(keys)
	return len(s.Names) == 0 && len(own) > 0 && slices.Contains(own, OwnDomain(s.Name))
}

// OwnKey is the key of a source that has none of its own and stands alone: of the strongest thing that it is known by. A
// domain may turn out to be that of several, so the name and the country are in its key.
func (f *Features) OwnKey() string {
	if len(f.keys) == 0 {
		return ""
	}
	key := f.keys[0]
	if key.Basis == ByDomain && !f.unnamed {
		key.Value += "/" + f.names[0] + "/" + f.Country
		return key.String()
	}
	return f.traits[0] // which is of that key
}

// Traits are all that other sources are found by that may be this one, as texts: its keys, and its names whatever its kind
// and country.
func (f *Features) Traits() []string { return f.traits }

// NameTraits are the trait of a source by its name, kind and country and, without a kind and a country, by its name: whatever has the first
// has the other too. Both are empty where there is no name.
func (f *Features) NameTraits() (narrow, wide string) {
	at := slices.IndexFunc(f.keys, func(key SourceKey) bool { return key.Basis == ByName })
	if at < 0 {
		return "", ""
	}
	return f.traits[at], f.traits[len(f.keys)] // which the first name, that of the key, comes first of
}

func traits(keys []SourceKey, names []string) []string {
	traits := make([]string, 0, len(keys)+len(names))
	for _, key := range keys {
		traits = append(traits, key.String())
	}
	for _, name := range names {
		if trait := (SourceKey{called, name}).String(); name != "" && !slices.Contains(traits, trait) {
			traits = append(traits, trait)
		}
	}
	return traits
}

// called is what sources of one name have in common, which makes them one only with more.
const called Basis = "called"
