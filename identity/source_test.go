package identity_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/identity"
)

func TestSourceKeys(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		source    headwater.SourceFields
		addresses []string
		want      []string
	}{
		"all in order": {
			headwater.SourceFields{
				Kind: headwater.Outlet, Name: "Hill Daily", Country: "NP", URL: "https://www.hill.example.org/about",
				Domains:     []string{"hill.example.org", "news.hill.example.org"},
				ExternalIDs: map[string]string{"wikidata": "https://www.wikidata.org/wiki/q1", "isni": "0000 0001 2150 090x"},
			},
			[]string{"https://www.facebook.com/HillDaily/", "https://x.com/hilldaily"},
			[]string{"id:isni:000000012150090X", "id:wikidata:Q1", "account:facebook.com/hilldaily", "account:x.com/hilldaily",
				"domain:hill.example.org", "domain:news.hill.example.org", "named:hill·daily/media/NP"},
		},
		"a page of a platform": {headwater.SourceFields{Kind: headwater.Person, URL: "https://www.facebook.com/ana"}, nil,
			[]string{"account:facebook.com/ana"}},
		"no kind, no country": {headwater.SourceFields{Kind: headwater.OtherSource, Name: "NTV"}, nil, []string{"named:ntv//"}},
		"a shared host": {headwater.SourceFields{Kind: headwater.Wire, Name: "A-B C", Domains: []string{"facebook.com", "bit.ly"}},
			nil, []string{"named:a-b·c/media/"}},
		"nothing": {headwater.SourceFields{}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, key := range identity.SourceKeys(test.source, test.addresses...) {
				got = append(got, key.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("the keys are %q, want %q", got, test.want)
			}
		})
	}
}

func TestKeyOfALongNameIsItsHash(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", 40)
	a := identity.SourceKeys(headwater.SourceFields{Name: long})[0].String()
	b := identity.SourceKeys(headwater.SourceFields{Name: long + "b"})[0].String()
	if !strings.HasPrefix(a, "named:#") || len(a) != len("named:#")+32 || a == b {
		t.Errorf("the keys are %s and %s", a, b)
	}
}

func TestKeysOfTwoSources(t *testing.T) {
	t.Parallel()
	source := func(name string, kind headwater.SourceKind, country string) headwater.SourceFields {
		return headwater.SourceFields{Name: name, Kind: kind, Country: country}
	}
	for name, pair := range map[string][2]headwater.SourceFields{
		"a sign":         {source("Canal+", headwater.Outlet, "FR"), source("Canal", headwater.Outlet, "FR")},
		"another sign":   {source("AJ+", headwater.Outlet, "QA"), source("AJ", headwater.Outlet, "QA")},
		"an accent":      {source("Nguyễn Văn Hưng", headwater.Person, "VN"), source("Nguyễn Văn Hùng", headwater.Person, "VN")},
		"a country":      {source("NTV", headwater.Outlet, "TR"), source("NTV", headwater.Outlet, "NP")},
		"no country":     {source("NTV", headwater.Outlet, "TR"), source("NTV", headwater.Outlet, "")},
		"no kind":        {source("NTV", headwater.Outlet, "TR"), source("NTV", headwater.OtherSource, "TR")},
		"a kind":         {source("Horizon", headwater.Outlet, "TR"), source("Horizon", headwater.Party, "TR")},
		"a hyphen":       {source("A-B C", headwater.Outlet, "TR"), source("A B-C", headwater.Outlet, "TR")},
		"the key's sign": {source("A·B", headwater.Outlet, "TR"), source("A B", headwater.Outlet, "TR")},
		"a slash":        {source("A/media", headwater.OtherSource, ""), source("A", headwater.Outlet, "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a, b := identity.SourceKeys(pair[0])[0].String(), identity.SourceKeys(pair[1])[0].String(); a == b {
				t.Errorf("both are %s", a)
			}
		})
	}
	a, b := source("Ministry of Water", headwater.Government, "EG"), source("«ministry of  water».", headwater.Agency, "EG")
	if x, y := identity.SourceKeys(a)[0].String(), identity.SourceKeys(b)[0].String(); x != y {
		t.Errorf("one is %s, and the same %s", x, y)
	}
}

func TestKeysOfSourcesAreKeys(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := headwater.SourceFields{
			Name: statements().Draw(t, "name"), Kind: headwater.Outlet,
			URL:         rapid.SampledFrom([]string{"", "https://t.me/x", "https://hill.example.org"}).Draw(t, "url"),
			ExternalIDs: map[string]string{"wikidata": rapid.String().Draw(t, "id")},
		}
		for _, key := range identity.SourceKeys(s) {
			if err := headwater.ParseKey(key.String()); err != nil {
				t.Fatalf("%q: %v", key, err)
			}
		}
	})
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	source := func(name string, kind headwater.SourceKind, country string, domains ...string) headwater.SourceFields {
		return headwater.SourceFields{Name: name, Kind: kind, Country: country, Domains: domains}
	}
	page := func(s headwater.SourceFields, url string) headwater.SourceFields { s.URL = url; return s }
	known := func(s headwater.SourceFields, id string) headwater.SourceFields {
		s.ExternalIDs = map[string]string{"wikidata": id}
		return s
	}
	ntv := source("NTV", headwater.Outlet, "TR")
	for name, test := range map[string]struct {
		a, b headwater.SourceFields
		want string
	}{
		"another country": {ntv, source("ntv", headwater.Outlet, "NP"),
			`They share the name "ntv" and not the country (TR and NP).`},
		"one without a country": {ntv, source("NTV", headwater.Outlet, ""),
			`They share the name "ntv" and not the country (TR and unknown).`},
		"one without a kind": {ntv, source("NTV", headwater.OtherSource, "TR"),
			`They share the name "ntv" and not the kind (outlet and unknown).`},
		"another kind": {ntv, source("NTV", headwater.Organization, "TR"),
			`They share the name "ntv" and not the kind (outlet and organization).`},
		"another name": {source("Hill", headwater.Outlet, "NP", "hill.example.org"),
			source("Dale", headwater.Outlet, "NP", "hill.example.org"),
			`They share the domain hill.example.org and not the name ("Hill" and "Dale").`},
		"another identifier": {known(ntv, "Q1"), known(ntv, "Q2"),
			`They share the name "ntv" and not the wikidata identifier (Q1 and Q2).`},
		"another account": {page(ntv, "https://x.com/ntv"), page(ntv, "https://twitter.com/ntvtr"),
			`They share the name "ntv" and not the account (x.com/ntv and x.com/ntvtr).`},
		"a name in a language": {headwater.SourceFields{Name: "الأفق", Names: headwater.Texts{"en": "NTV"}, Kind: headwater.Outlet,
			Country: "EG"},
			ntv, `They share the name "ntv" and not the country (EG and TR).`},
		"one identifier": {known(ntv, "Q1"), known(source("NTV", headwater.OtherSource, ""), "q1"), ""},
		"one account": {page(ntv, "https://x.com/ntv"),
			page(source("NTV", headwater.Party, "NP"), "https://twitter.com/NTV"), ""},
		"the same": {ntv, ntv, ""},
		"a shared host": {source("Hill", headwater.Outlet, "NP", "facebook.com"),
			source("Dale", headwater.Outlet, "NP", "facebook.com"), ""},
		"nothing alike":          {ntv, source("ATV", headwater.Outlet, "NP"), ""},
		"one kind group":         {source("Water", headwater.Government, "EG"), source("Water", headwater.Agency, "EG"), ""},
		"neither has a country":  {source("Water", headwater.Government, ""), source("Water", headwater.Agency, ""), ""},
		"sources without a name": {headwater.SourceFields{}, headwater.SourceFields{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := identity.Conflicts(identity.FeaturesOf(test.a), identity.FeaturesOf(test.b)); got != test.want {
				t.Errorf("they conflict: %s, want %s", got, test.want)
			}
			if got := identity.Conflicts(identity.FeaturesOf(test.b), identity.FeaturesOf(test.a)); (got == "") != (test.want == "") {
				t.Errorf("the other way round: %s", got)
			}
		})
	}
}
