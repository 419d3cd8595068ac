package interchange

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
)

// countryNames are names of countries that the Unicode CLDR does not have.
var countryNames = map[string]string{
	"UK": "GB", "Great Britain": "GB", "Britain": "GB", "بريطانيا": "GB", "USA": "US", "U.S.": "US", "United States of America": "US",
	"أمريكا": "US", "الولايات المتحدة الأمريكية": "US",
	"UAE": "AE", "الإمارات": "AE", "السعودية": "SA", "Palestine": "PS", "فلسطين": "PS", "Türkiye": "TR", "Turkey": "TR", "Hong Kong": "HK",
	"هونغ كونغ": "HK", "Macau": "MO", "Macao": "MO", "Myanmar": "MM",
	"Viet Nam": "VN", "Lao People's Democratic Republic": "LA", "Lao PDR": "LA", "Brunei Darussalam": "BN", "Cabo Verde": "CV",
	"Burma": "MM", "Holy See": "VA", "Vatican": "VA", "State of Palestine": "PS",
	"Iran (Islamic Republic of)": "IR", "Iran, Islamic Republic of": "IR", "Islamic Republic of Iran": "IR",
	"Bolivia (Plurinational State of)": "BO", "Venezuela (Bolivarian Republic of)": "VE", "Micronesia (Federated States of)": "FM",
	"Korea, Republic of": "KR", "Korea (the Republic of)": "KR", "Korea, Democratic People's Republic of": "KP",
	"Democratic People's Republic of Korea": "KP", "Moldova, Republic of": "MD", "Republic of Moldova": "MD",
	"Congo": "CG", "Republic of the Congo": "CG", "Democratic Republic of the Congo": "CD", "Congo, Democratic Republic of the": "CD",
	"DRC": "CD", "United Republic of Tanzania": "TZ", "Tanzania, United Republic of": "TZ",
	"Czech Republic": "CZ", "Ivory Coast": "CI", "Russian Federation": "RU", "Syrian Arab Republic": "SY", "Republic of Korea": "KR",
	"DR Congo": "CD", "Swaziland": "SZ", "Macedonia": "MK",
}

// countries maps folded names, in English and in Arabic, and three-letter codes to two-letter codes.
var countries = sync.OnceValue(func() map[string]string {
	codes := map[string]string{}
	for name, code := range countryNames {
		codes[countryKey(name)] = code
	}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			region, err := language.ParseRegion(code)
			english, arabic := display.English.Regions().Name(region), display.Regions(language.Arabic).Name(region)
			if err != nil || !region.IsCountry() || region.Canonicalize().String() != code || english == "" {
				continue // UK is an alias of GB; countries that no longer exist have no name
			}
			for _, name := range []string{english, arabic, region.ISO3()} {
				codes[countryKey(name)] = code
			}
		}
	}
	return codes
})

// countryKey is what spellings of a country's name have in common: "The Bahamas", "Bosnia & Herzegovina".
func countryKey(name string) string {
	words := strings.Fields(fold.Text(name))
	if len(words) == 1 {
		return words[0] // "and" may be a code here: AND is Andorra
	}
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "the" || word == "and" }), " ")
}

// parseCountry reads a code, or a country's name in English or Arabic, and gives the code.
func (r *row) parseCountry(field, raw string) string {
	if raw == "" {
		return ""
	}
	code, known := countries()[countryKey(raw)]
	if !known && len(raw) == 2 {
		return strings.ToUpper(raw)
	}
	if !known {
		r.fault(headwater.Pointer("").Field(field), headwater.FaultFormat, raw,
			"an ISO 3166-1 alpha-2 code such as EG, or the country's name in English or Arabic")
	}
	return code
}
