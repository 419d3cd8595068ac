package interchange

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/language"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/dates"
)

// hostName matches a host that others can reach.
var hostName = regexp.MustCompile(`^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$`)

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
		if host := HostOf(raw); hostName.MatchString(host) {
			return host
		}
	}
	return ""
}

// HostOf is the host of an address as it is written, without a leading www. To compare hosts, use fold.Host.
func HostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
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
	case strings.HasPrefix(host, "www."), there && suffix != host && hostName.MatchString(host):
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
func oneLine(text string) string { return lineBreaks.Replace(headwater.WithoutControls(text)) }

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

// parseMoment reads a date. What cannot be read is a fault, and left out.
func (r *record) parseMoment(at headwater.Pointer, raw string) headwater.Moment {
	moment, err := dates.Moment(raw, dates.Order(r.days))
	r.faultsAt(at, err)
	return moment
}

// languageOf is the BCP 47 tag of a language; empty where the text is no tag.
func languageOf(raw string) string {
	raw = strings.ReplaceAll(strings.TrimSpace(raw), "_", "-")
	if raw == "" {
		return ""
	}
	tag, err := language.Raw.Parse(raw)
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}
