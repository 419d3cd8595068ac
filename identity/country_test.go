package identity_test

import (
	"slices"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/headwater-project/headwater/identity"
)

func TestCountry(t *testing.T) {
	t.Parallel()
	for _, row := range golden(t, "countries.tsv", 2) {
		if got, known := identity.Country(row[1]); got != row[0] || known != (row[0] != "") {
			t.Errorf("Country(%q) = %q, want %q", row[1], got, row[0])
		}
	}
}

// TestEveryCountryIsKnown: every assigned code is itself, as are the CLDR's names of it and its other codes.
func TestEveryCountryIsKnown(t *testing.T) {
	t.Parallel()
	n := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			region, err := language.ParseRegion(code)
			if _, known := identity.Country(code); !known || err != nil || region.Canonicalize().String() != code {
				continue
			}
			n++
			for _, name := range []string{code, code + "-X1", region.ISO3(), display.English.Regions().Name(region),
				display.Regions(language.Arabic).Name(region)} {
				if got, _ := identity.Country(name); got != code {
					t.Errorf("Country(%q) = %q, want %s", name, got, code)
				}
			}
		}
	}
	if n < 249 {
		t.Errorf("only %d countries are known", n)
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string][]string{
		"he": {"he", "iw"}, "iw": {"he", "iw"}, "iw-IL": {"he", "iw"}, "id": {"id", "in"}, "in": {"id", "in"},
		"yi": {"ji", "ydd", "yi"}, "ji": {"ji", "ydd", "yi"},
		"nb": {"nb", "no"}, "no": {"nb", "nn", "no"}, "nn": {"nn", "no"}, "fil": {"fil", "tl"}, "tl": {"fil", "tl"},
		"de": {"de", "ger"}, "ger": {"de", "ger"}, "ar-EG": {"ar", "arb"},
		"zh-Hant": {"chi", "cmn", "zh"}, "cmn": {"chi", "cmn", "zh"}, "fa": {"fa", "per", "pes"}, "prs": {"drw", "prs", "tnf"},
		"ckb": {"ckb"},
	} {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			if got, ok := identity.Languages(tag); !ok || !slices.Equal(got, want) {
				t.Errorf("Languages(%q) = %q, want %q", tag, got, want)
			}
		})
	}
	if got, ok := identity.Languages("not a tag"); ok {
		t.Errorf("it is a tag, of %q", got)
	}
}
