package identity

import (
	"slices"
	"sync"

	"golang.org/x/text/language"
)

// Languages are the primary subtags under which texts in the language of a BCP 47 tag may be kept, in order: its own, the
// ones that it had before or has now (iw and he, in and id, ji and yi, tl and fil, by the IANA registry), the one that
// libraries write (ger), and the one of the macrolanguage by which it is commonly called (cmn and zh, arb and ar, nb and
// no), each way. It is false where the tag is none.
func Languages(tag string) (subtags []string, ok bool) {
	parsed, err := language.Raw.Parse(tag)
	if err != nil {
		return nil, false
	}
	base, _ := parsed.Base()
	named := base.String()
	subtags = append([]string{named}, languages()[canonicalBase(base)]...)
	for _, pair := range norwegian {
		switch named {
		case pair[0]:
			subtags = append(subtags, pair[1])
		case pair[1]:
			subtags = append(subtags, pair[0])
		}
	}
	slices.Sort(subtags)
	return slices.Compact(subtags), true
}

// norwegian are the macrolanguage no and its two, which the CLDR does not call by it.
var norwegian = [][2]string{{"no", "nb"}, {"no", "nn"}}

// canonicalBase is the primary subtag by which the CLDR knows a language.
func canonicalBase(base language.Base) string {
	tag, err := language.All.Compose(base)
	if err != nil {
		return base.String()
	}
	canonical, _ := tag.Base()
	return canonical.String()
}

// languages are the primary subtags of each language that has several, by the one by which the CLDR knows it.
var languages = sync.OnceValue(func() map[string][]string {
	subtags := map[string][]string{}
	add := func(code string) {
		tag, err := language.Raw.Parse(code)
		if err != nil || tag.String() != code {
			return // not assigned, or read as another
		}
		base, _ := tag.Base()
		canonical := canonicalBase(base)
		subtags[canonical] = append(subtags[canonical], code)
	}
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			add(string([]rune{a, b}))
			for c := 'a'; c <= 'z'; c++ {
				add(string([]rune{a, b, c}))
			}
		}
	}
	return subtags
})
