package fold

import (
	"slices"
	"strings"

	"github.com/nlnwa/whatwg-url/canonicalizer"
)

// sameURL is the form in which two addresses of one page are equal: the WHATWG URL standard's, with the query's
// parameters in order and no fragment.
var sameURL = canonicalizer.New(canonicalizer.WithRemoveFragment(), canonicalizer.WithRemoveUserInfo(),
	canonicalizer.WithSortQuery(canonicalizer.SortKeys))

// tracking are query parameters that say how a reader came, not what the page is.
var tracking = []string{"fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "yclid"}

// URL is what a page is found by: scheme, user and fragment do not count, nor do a leading www., a last
// slash, and parameters that track readers. A URL that cannot be read is its own canonical form.
func URL(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := sameURL.Parse(raw)
	if err != nil {
		return raw
	}
	parameters := slices.DeleteFunc(strings.Split(strings.TrimPrefix(u.Search(), "?"), "&"), func(parameter string) bool {
		name, _, _ := strings.Cut(parameter, "=")
		return name == "" || strings.HasPrefix(name, "utm_") || slices.Contains(tracking, name)
	})
	canonical := strings.TrimPrefix(u.Host(), "www.") + strings.TrimRight(u.Pathname(), "/")
	if len(parameters) > 0 {
		canonical += "?" + strings.Join(parameters, "&")
	}
	return canonical
}

// Host is the host of an address as it is compared: in lower case and ASCII, without a leading www. It is empty where the
// address cannot be read.
func Host(raw string) string {
	if host, found := strings.CutPrefix(raw, "https://"); found && isPlainHost(host) {
		return strings.TrimPrefix(host, "www.")
	}
	u, err := sameURL.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// isPlainHost says whether a host is in the form in which it is compared already, by no more than its characters, as most are: labels
// of lower-case ASCII letters, digits and single hyphens between them. An import asks for the hosts of all its addresses, and to read
// one as the standard says takes a hundred times as long. A last label that begins with a digit may be a part of a number.
func isPlainHost(host string) bool {
	const longestHost, longestLabel = 253, 63
	if len(host) > longestHost {
		return false
	}
	start := 0 // of the label
	for i := range len(host) {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
		case i == start || host[i-1] == '-':
			return false
		case c == '.':
			start = i + 1
		case c != '-':
			return false
		}
		if i-start >= longestLabel {
			return false
		}
	}
	return start < len(host) && 'a' <= host[start] && host[start] <= 'z' && host[len(host)-1] != '-'
}
