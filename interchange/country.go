package interchange

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
)

// countryNames are names by which countries are known beside those of the Unicode CLDR.
var countryNames = map[string]string{
	"UK": "GB", "Great Britain": "GB", "Britain": "GB", "بريطانيا": "GB", "USA": "US", "U.S.": "US", "United States of America": "US", "أمريكا": "US", "الولايات المتحدة الأمريكية": "US",
	"UAE": "AE", "الإمارات": "AE", "السعودية": "SA", "Palestine": "PS", "فلسطين": "PS", "Türkiye": "TR", "Turkey": "TR", "Hong Kong": "HK", "هونغ كونغ": "HK", "Macau": "MO", "Macao": "MO", "Myanmar": "MM",
	"Czech Republic": "CZ", "Ivory Coast": "CI", "Russian Federation": "RU", "Syrian Arab Republic": "SY", "Republic of Korea": "KR", "DR Congo": "CD", "Swaziland": "SZ", "Macedonia": "MK",
}

// countries are the codes of countries by their folded names, in English and in Arabic, and by their codes of three letters.
var countries = sync.OnceValue(func() map[string]string {
	codes := map[string]string{}
	for name, code := range countryNames {
		codes[fold.Text(name)] = code
	}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			region, err := language.ParseRegion(code)
			english, arabic := display.English.Regions().Name(region), display.Regions(language.Arabic).Name(region)
			if err != nil || !region.IsCountry() || region.Canonicalize().String() != code || english == "" {
				continue // UK is GB too; countries that are no more have no name
			}
			for _, name := range []string{english, arabic, region.ISO3()} {
				codes[fold.Text(name)] = code
			}
		}
	}
	return codes
})

// country is a code, or the code of a country's name in English or Arabic.
func (r *row) country(field, given string) string {
	if given == "" {
		return ""
	}
	code, known := countries()[fold.Text(given)]
	if !known && len(given) == 2 {
		return strings.ToUpper(given)
	}
	if !known {
		r.fault(headwater.Pointer("").Field(field), headwater.FaultFormat, given, "an ISO 3166-1 alpha-2 code such as EG, or the country's name in English or Arabic")
	}
	return code
}
