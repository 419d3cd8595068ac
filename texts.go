package headwater

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	"golang.org/x/text/language"
)

// Texts is one text in several languages: BCP 47 language tag (RFC 5646, in canonical form) to text.
type Texts map[string]string

func (t Texts) size() (n int) {
	for language, text := range t {
		n += len(language) + len(text)
	}
	return n
}

// seenExpected is what a text is that must not be empty.
const seenExpected = "a text that is not empty, nor made of characters that show nothing"

const languageExpected = "a BCP 47 language tag in canonical form, such as ar or en-GB"

func (c *checker) texts(at Pointer, texts Texts) {
	for _, tag := range slices.Sorted(maps.Keys(texts)) {
		c.language(at.Field(tag), tag)
		if ShowsNothing(texts[tag]) {
			c.add(at.Field(tag), FaultRequired, texts[tag], seenExpected)
		}
	}
}

func (c *checker) language(at Pointer, tag string) {
	parsed, err := language.Raw.Parse(tag)
	if err != nil || parsed.String() != tag {
		expected := languageExpected
		if err == nil {
			expected = "the canonical form " + parsed.String()
		}
		c.add(at, FaultFormat, tag, expected)
	}
}

func (c *checker) country(at Pointer, code string) {
	if code == "" {
		return
	}
	region, err := language.ParseRegion(code)
	assigned := err == nil && region.IsCountry() && region.M49() != 0 && region.ISO3() != "ZZZ" // UK, UN and EZ are only reserved
	if !assigned || len(code) != 2 || region.String() != code {
		c.add(at, FaultFormat, code, "an ISO 3166-1 alpha-2 country code in capitals, such as KR")
	}
}

func (c *checker) url(at Pointer, raw string) {
	if raw == "" {
		return
	}
	parsed, err := url.Parse(raw)
	if err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" {
		c.add(at, FaultFormat, raw, "an absolute http or https URL")
	}
}

func (c *checker) list(at Pointer, n, most int) {
	if n > most {
		c.add(at, FaultTooLong, n, "at most "+strconv.Itoa(most)+" entries")
	}
}

// distinct reports entries that are empty or repeated.
func (c *checker) distinct(at Pointer, entries []string) {
	seen := make(map[string]bool, len(entries))
	for i, entry := range entries {
		switch {
		case ShowsNothing(entry):
			c.add(at.Index(i), FaultRequired, entry, seenExpected)
		case seen[entry]:
			c.add(at.Index(i), FaultDuplicate, entry, "each entry once")
		}
		seen[entry] = true
	}
}
