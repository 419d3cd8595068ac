package interchange

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/dates"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
)

// isHostName says whether a host is one that others can reach. It is asked of each row of a table, and so no pattern.
func isHostName(host string) bool {
	labels := 0
	for label := range strings.SplitSeq(host, ".") {
		other := func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsNumber(r) }
		if label == "" || strings.ContainsFunc(label, other) {
			return false
		}
		labels++
	}
	return labels > 1
}

// siteOf is the host under which somebody publishes: that of the site or, without one, of the page.
func siteOf(site, page string) string {
	for _, raw := range []string{site, page} {
		raw = strings.TrimSpace(raw)
		if raw == "" {
			continue
		}
		if !strings.Contains(raw, "://") {
			raw = "https://" + raw
		}
		if host := HostOf(raw); isHostName(host) {
			return host
		}
	}
	return ""
}

// HostOf is the host of an address as it is written, without a leading www. and a dot at the end. To compare hosts, use
// fold.Host.
func HostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), "www.")
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

// parseAddress reads a page's address, whose scheme may be missing. What is no address is a fault, and left out.
func (r *record) parseAddress(at headwater.Pointer, raw string) string {
	if strings.TrimSpace(raw) == "" {
		return ""
	}
	whole := absoluteURL(raw)
	if whole == "" {
		r.fault(at, headwater.FaultFormat, raw, "an absolute http or https URL")
	}
	return r.optionalText(at, whole, maxURL)
}

// between matches what stands between the addresses in one text.
var between = regexp.MustCompile(`[\s,;|،؛]+(?:(?:and|&|و)\s+)?`)

// anotherAddress matches what stands between an address and one that says its scheme.
var anotherAddress = regexp.MustCompile(`[\s,;|،؛]+(?:(?:and|&|و)\s+)?(?i:https?://)`)

// splitAddresses are the addresses in a text: all between separators or, where other words stand there, those that say their
// scheme. A text that has no two addresses is itself.
func splitAddresses(text string) []string {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil
	case !strings.ContainsAny(text, " \t\r\n,;|،؛"):
		return []string{text}
	}
	parts := between.Split(strings.Trim(text, ",;|،؛ "), -1)
	if len(parts) > 1 && !slices.ContainsFunc(parts, func(part string) bool { return absoluteURL(part) == "" }) {
		return parts
	}
	parts = nil
	from := 0
	for _, at := range anotherAddress.FindAllStringIndex(text, -1) {
		scheme := at[0] + strings.Index(strings.ToLower(text[at[0]:at[1]]), "http")
		parts = append(parts, strings.Trim(text[from:at[0]], ",;|،؛ \t\r\n"))
		from = scheme
	}
	return append(parts, strings.Trim(text[from:], ",;|،؛ \t\r\n"))
}

// absoluteURL adds the scheme to an address that has none but begins with a host in a domain that exists. It is empty
// where the text is no address.
func absoluteURL(raw string) string {
	raw = strings.TrimSpace(raw)
	host := raw
	if end := strings.IndexAny(raw, "/?#:"); end >= 0 {
		host = raw[:end]
	}
	suffix, icann := publicsuffix.PublicSuffix(strings.ToLower(host))
	there := icann || strings.Contains(suffix, ".") // a private registry below a public suffix
	switch {
	case strings.HasPrefix(raw, "//"):
		raw = "https:" + raw
	case strings.HasPrefix(host, "www."), there && suffix != host && isHostName(host):
		raw = "https://" + raw
	}
	if u, err := url.Parse(raw); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return raw
}

// How many characters the titles and addresses of reviews and documents may have.
const (
	maxTitle = 2_000
	maxURL   = 2_048
)

// lineBreaks are what is left in a text without control characters that a field of one line does not take.
var lineBreaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ")

// oneLine is a text as a field of one line takes it, such as a name or a title.
func oneLine(text string) string {
	text = headwater.WithoutControls(text)
	if !strings.ContainsAny(text, "\r\n\t") {
		return text
	}
	return lineBreaks.Replace(text)
}

// optionalText is a line that a record can do without: where it cannot be stored, it is a fault, and left out.
func (r *record) optionalText(at headwater.Pointer, raw string, most int) string {
	raw = oneLine(raw)
	switch {
	case utf8.RuneCountInString(raw) > most:
		r.fault(at, headwater.FaultTooLong, raw, fmt.Sprintf("at most %d characters", most))
	case strings.ContainsRune(raw, 0):
		r.fault(at, headwater.FaultText, raw, "no NUL character")
	default:
		return raw
	}
	return ""
}

// parseMoment reads a date. What cannot be read is a fault, and left out; a time without its offset is told, and its day counts.
func (r *record) parseMoment(at headwater.Pointer, raw string) headwater.Moment {
	moment, err := dates.Moment(raw, dates.Order(r.days))
	r.faultsAt(at, err)
	if moment != "" && dates.DropsTime(raw) {
		r.note(at, raw, "read as "+string(moment)+"; its time is left out: expected one of ISO 8601 with its offset, as in "+
			"2024-05-01T08:00:00+03:00")
	}
	return moment
}

// parseDay reads a day in the order of day, month and year that the options name. A time after it is dropped. What cannot be read is a
// fault.
func (r *record) parseDay(at headwater.Pointer, raw string) headwater.Day {
	day, err := dates.Day(raw, dates.Order(r.days))
	r.faultsAt(at, err)
	return day
}

// cut is a text of at most so many characters. What was longer is a fault, and its first words are kept.
func (r *record) cut(at headwater.Pointer, text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	r.fault(at, headwater.FaultTooLong, text, fmt.Sprintf("at most %d characters; the first were kept", most))
	return firstWords(text, most)
}

// firstWords are as many words of a text as have room in so many characters, with an ellipsis for what follows.
func firstWords(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	start := string(runes[:most-1])
	if end := strings.LastIndexAny(start, " \t\n"); end > 0 {
		start = start[:end]
	}
	return strings.TrimRight(start, " \t\n,;:.،؛") + ellipsis
}

const ellipsis = "…"

const (
	// maxLabel is how many characters a verdict in words can have.
	maxLabel = 1_000
	// briefLabel is how many of an essay stand for it.
	briefLabel = 120
	// maxExplanation is how many an explanation can have.
	maxExplanation = headwater.MaxString
)

// verdict is a rating in words. One that is an essay is its own explanation, and its first words are the label.
func (r *record) verdict(at headwater.Pointer, label, explanation string) headwater.Rating {
	if line := oneLine(label); utf8.RuneCountInString(line) > maxLabel {
		if explanation = strings.TrimSpace(explanation); explanation != "" && explanation != label {
			explanation = label + "\n\n" + explanation
		} else {
			explanation = label
		}
		label = firstWords(line, briefLabel)
	}
	if explanation == label {
		explanation = ""
	}
	return headwater.Rating{Label: label, Explanation: r.cut(at, explanation, maxExplanation)}
}

// verdictInFull is the text that verdict made a label and an explanation of, where that was an essay; else the label.
func verdictInFull(rating headwater.Rating) string {
	start, cut := strings.CutSuffix(rating.Label, ellipsis)
	if cut && strings.HasPrefix(oneLine(rating.Explanation), start) {
		return rating.Explanation
	}
	return rating.Label
}

// languageTag is the BCP 47 tag of a language; empty where the text is no tag.
func languageTag(raw string) string {
	tag, err := language.Raw.Parse(strings.ReplaceAll(strings.TrimSpace(raw), "_", "-"))
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}

// languageOf is the BCP 47 tag of a language that is written as a tag or by its name in English, in Arabic or in itself.
// It is empty where the text is neither.
func languageOf(raw string) string {
	if tag := languageTag(raw); tag != "" {
		return tag
	}
	return languageNames()[fold.Text(raw)]
}

// languageNames are the tags of languages by their folded names.
var languageNames = sync.OnceValue(func() map[string]string {
	tags := map[string]string{}
	english, arabic := display.English.Languages(), display.Arabic.Languages()
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			tag, err := language.Raw.Parse(string([]rune{a, b}))
			if err != nil {
				continue
			}
			for _, name := range []string{english.Name(tag), arabic.Name(tag), display.Self.Name(tag)} {
				if name = fold.Text(name); name != "" {
					tags[name] = tag.String()
				}
			}
		}
	}
	return tags
})

// parseLanguage is the language that a field names, as a text or as an object; that of the file where it names none.
func (r *record) parseLanguage(at headwater.Pointer, n node) string {
	at = at.Field("inLanguage")
	tag := ""
	for _, entry := range listOf(n["inLanguage"]) {
		texts := textsOf(entry)
		if object, isObject := entry.(map[string]any); isObject {
			texts = nil
			for _, name := range []string{"alternateName", "identifier", "name", "@value", "@id"} {
				texts = append(texts, textsOf(object[name])...)
			}
		}
		known := ""
		for _, text := range texts {
			known = cmp.Or(known, languageOf(text.text))
		}
		switch {
		case len(texts) == 0 || texts[0].text == unknownLanguage:
		case known == "":
			r.note(at, texts[0].text, "left out; expected a BCP 47 tag such as ar, or the name of a language")
		case tag != "" && tag != known:
			r.note(at, texts[0].text, "left out; the first language counts")
		default:
			tag = known
		}
	}
	return cmp.Or(tag, languageOf(n.text("@language")), languageOf(r.language))
}

// one is the text of the first of these fields that has any. Further ones in that field are told.
func (r *record) one(at headwater.Pointer, n node, names ...string) string {
	for _, name := range names {
		texts := textsOf(n[name])
		if len(texts) == 0 {
			continue
		}
		for _, more := range texts[1:] {
			if more.text != texts[0].text {
				r.note(at.Field(name), more.text, "left out; the first of several counts")
			}
		}
		return texts[0].text
	}
	return ""
}

// addresses are those of the first of these fields that has any, each page once. What is no address is a fault.
func (r *record) addresses(at headwater.Pointer, n node, names ...string) []string {
	var all []string
	known := map[string]bool{}
	isNew := func(url string) bool {
		page := identity.Address(url)
		defer func() { known[page] = true }()
		return !known[page]
	}
	for _, name := range names {
		raw := addressesOf(n[name])
		if name == "@id" && len(raw) > 0 && absoluteURL(raw[0]) == "" {
			continue // it names the object within its file
		}
		for _, address := range raw {
			if url := r.parseAddress(at, address); url != "" && (len(raw) == 1 || isNew(url)) {
				all = append(all, url)
			}
		}
		if len(raw) > 0 {
			return all
		}
	}
	return nil
}
