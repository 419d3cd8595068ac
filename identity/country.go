package identity

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/headwater-project/headwater/fold"
)

// Country is the ISO 3166-1 alpha-2 code of a country: of its name in English or Arabic, as the CLDR, ISO, the United
// Nations and the World Bank write it, or of its code of two or three letters or three digits, or of the code of a part of
// it (ISO 3166-2: US-DE is US). It is false where no country has that name. A name of several is that of the one that
// writers mean by it alone: Congo is CG, Korea KR, Georgia GE.
//
// A name may stand twice, in two languages or forms, with brackets or a slash between them, and a flag is its country.
func Country(name string) (code string, known bool) {
	if code, known = countryNamed(name); known {
		return code, true
	}
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("()[]/|", r) }) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		of, known := countryNamed(part)
		if !known || code != "" && of != code {
			return "", false
		}
		code = of
	}
	return code, code != ""
}

// countryNamed is Country of one name.
func countryNamed(name string) (code string, known bool) {
	name = strings.Map(flagLetter, name)
	if part := subdivision.FindStringSubmatch(strings.TrimSpace(name)); part != nil {
		name = part[1]
	}
	words := countryWords(name)
	for _, key := range []string{strings.Join(words, " "), strings.Join(withoutForms(words), " ")} {
		if code, known = countries()[key]; known {
			return code, true
		}
	}
	return "", false
}

// flagLetter is the letter that a part of a flag stands for.
func flagLetter(r rune) rune {
	if '🇦' <= r && r <= '🇿' {
		return 'A' + r - '🇦'
	}
	return r
}

// subdivision is the code of a part of a country.
var subdivision = regexp.MustCompile(`^([A-Za-z]{2})-[A-Za-z0-9]{1,3}$`)

//go:embed countries.txt
var countryList string

// countries are the codes of countries by their names and codes.
var countries = sync.OnceValue(func() map[string]string {
	codes := map[string]string{}
	english, arabic := display.English.Regions(), display.Regions(language.Arabic)
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			region, err := language.ParseRegion(code)
			if err != nil || !isCountry(region) || region.Canonicalize().String() != code {
				continue // UK is GB too
			}
			for _, name := range []string{english.Name(region), arabic.Name(region), code, region.ISO3(), threeDigits(region.M49())} {
				codes[countryKey(name)] = code
			}
		}
	}
	for line := range strings.Lines(countryList) {
		code, names, named := strings.Cut(strings.TrimSpace(line), "\t")
		for name := range strings.SplitSeq(names, ";") {
			if named {
				codes[countryKey(name)] = code
			}
		}
	}
	delete(codes, "")
	return codes
})

// isCountry says whether a region is a country that is: it has a number and a code of three letters, and a name.
func isCountry(region language.Region) bool {
	named := display.English.Regions().Name(region) != ""
	return region.IsCountry() && (region.M49() != 0 || region.String() == "XK") && region.ISO3() != "ZZZ" && named
}

func threeDigits(n int) string {
	if n == 0 {
		return ""
	}
	return string([]byte{'0' + byte(n/100), '0' + byte(n/10%10), '0' + byte(n%10)})
}

func countryKey(name string) string { return strings.Join(countryWords(name), " ") }

// shortForms are words that are shortened in names of countries.
var shortForms = map[string]string{
	"rep": "republic", "dem": "democratic", "fed": "federated", "sts": "states", "isl": "islands", "is": "islands", "st": "saint",
	"ppl": "peoples", "prov": "province", "&": "and",
}

// joining are words that the ways to write one country's name do not have in common.
var joining = strings.Fields("the and of و")

// countryWords are the words of a country's name that count, in the order of the alphabet: "Korea, Rep." has those of
// "Republic of Korea". A word alone is kept as it is: it may be a code, as Andorra's is AND.
func countryWords(name string) []string {
	words := strings.Fields(fold.Text(name))
	if len(words) == 1 {
		return []string{trimmed(words[0], "ال")}
	}
	for i, word := range words {
		if long, short := shortForms[word]; short {
			words[i] = long
		}
		if i > 0 {
			words[i] = trimmed(words[i], "و")
		}
		words[i] = trimmed(words[i], "ال")
	}
	words = slices.DeleteFunc(words, func(word string) bool { return slices.Contains(joining, word) })
	slices.Sort(words)
	return slices.Compact(words)
}

// trimmed is an Arabic word without its article or conjunction, if three letters are left.
func trimmed(word, prefix string) string {
	if after, found := strings.CutPrefix(word, prefix); found && utf8.RuneCountInString(after) >= 3 {
		return after
	}
	return word
}

// forms of states, which may stand beside their names.
var forms = strings.Fields("republic kingdom federal federative democratic peoples islamic arab socialist principality " +
	" sultanate commonwealth union grand duchy " +
	"جمهوريه مملكه دوله سلطنه اماره كومنولث دوقيه اسلاميه عربيه ديمقراطيه ديموقراطيه شعبيه اشتراكيه اتحاديه فيدراليه كبري")

func withoutForms(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return slices.Contains(forms, word) })
}
