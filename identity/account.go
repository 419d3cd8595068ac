package identity

import (
	_ "embed"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"github.com/headwater-project/headwater/fold"
)

// Account is the account on a platform that an address is of, by host and path: facebook.com/ana, t.me/x, youtube.com/@a,
// medium.com/@a. Other hosts of a platform are the same (twitter.com is x.com; m., mbasic., ar-ar.), and the address of a
// post leads to the account that it names. On a host that is no platform, a path that begins with @ names an account, as
// in Mastodon. It is empty where an address names none: of a page of the platform's own, or of a post in a group, which
// does not say whose it is. The scheme may be missing.
//
// The platforms and their ways to name accounts are those of platforms.txt.
func Account(address string) string {
	return placeOf(address).account()
}

// place is an address, read once for all that is asked of it.
type place struct {
	url  *url.URL // nil where it is no address of a host
	host string   // as it is compared
}

func placeOf(address string) place {
	u := parsed(address)
	if u == nil || u.Host == "" {
		return place{}
	}
	return place{u, fold.Host("https://" + u.Host)}
}

// account is what Account says.
func (p place) account() string {
	if p.url == nil {
		return ""
	}
	path := strings.Trim(p.url.Path, "/")
	if after, bang := strings.CutPrefix(p.url.Fragment, "!/"); bang && path == "" {
		path = after // twitter.com/#!/ana
	}
	path = norm.NFC.String(path)
	if platform := platformOf(p.host); platform != nil {
		return platform.account(p.host, path, p.url.Query())
	}
	return fediverse(p.host, path)
}

// longestHost is more bytes than a host has in any script: 253 in ASCII.
const longestHost = 1_000

// parsed reads an address, whose scheme may be missing; nil where it is none.
func parsed(address string) *url.URL {
	address = strings.TrimSpace(address)
	if !strings.Contains(address, "://") {
		address = "https://" + strings.TrimPrefix(address, "//")
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || len(u.Host) > longestHost {
		return nil
	}
	return u
}

// fediversePath is how Mastodon and its like name an account, of their own or of another host.
var fediversePath = regexp.MustCompile(`^(?:web/)?@([\pL\pN_.-]+)(?:@([\pL\pN.-]+))?(?:$|/)`)

func fediverse(host, path string) string {
	names := fediversePath.FindStringSubmatch(path)
	if names == nil || OwnDomain(host) == "" {
		return ""
	}
	if names[2] != "" {
		if host = OwnDomain(names[2]); host == "" {
			return ""
		}
	}
	return host + "/@" + strings.ToLower(names[1])
}

//go:embed platforms.txt
var platformList string

// platform is a host on which many publish, each under an account.
type platform struct {
	host     string // by which its accounts are named
	ways     []way
	reserved []string // first parts of paths that name no account
}

// way is how an address names an account: by its host, by a parameter or by its path.
type way struct {
	host      *regexp.Regexp // nil where any host of the platform's will do
	page      string         // the path at which there is the parameter
	parameter string
	value     *regexp.Regexp // of the parameter or of the path
	named     string         // the account, with {} for its name
	sameCase  bool           // whether the case of the name's letters counts
	bare      bool           // whether the name is the path's first part, as pages of the platform's own are
}

// platforms are those of platforms.txt, by each of their hosts.
var platforms = sync.OnceValue(func() map[string]*platform {
	hosts := map[string]*platform{}
	var current *platform
	for line := range strings.Lines(platformList) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case !strings.HasPrefix(line, "\t"):
			current = &platform{host: words[0]}
			for _, host := range words {
				hosts[host] = current
			}
		case words[0] == "-":
			current.reserved = append(current.reserved, words[1:]...)
		default:
			current.ways = append(current.ways, newWay(words[0], words[len(words)-1]))
		}
	}
	return hosts
})

// platformOf is the platform that a host belongs to; nil where it belongs to none.
func platformOf(host string) *platform {
	for host != "" {
		if p := platforms()[host]; p != nil {
			return p
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return nil
}

// newWay reads a way as platforms.txt writes it, and how the account is then named.
func newWay(written, named string) way {
	w := way{
		named: placeholder.ReplaceAllString(strings.TrimSuffix(named, "$"), "{}"), sameCase: strings.Contains(written, "{id}"),
		bare: written == "{name}",
	}
	if strings.HasPrefix(written, "{name}.") {
		w.host = regexp.MustCompile("^" + expression(written) + "$")
		return w
	}
	if host, path, found := strings.Cut(written, "/"); found && strings.Contains(host, ".") {
		w.host, written = regexp.MustCompile("^"+expression(host)+"$"), path
	}
	page, query, asks := strings.Cut(written, "?")
	if asks {
		parameter, value, _ := strings.Cut(query, "=")
		w.page, w.parameter, w.value = page, parameter, regexp.MustCompile("^"+expression(value)+"$")
		return w
	}
	end := "(?:$|[/_])" // a post's number may follow: wall-1_2
	switch path, whole := strings.CutSuffix(written, "$"); {
	case whole:
		written, end = path, "$"
	case !strings.HasSuffix(written, "{number}"):
		end = "(?:$|/)"
	}
	w.value = regexp.MustCompile("^" + expression(written) + end)
	return w
}

var placeholder = regexp.MustCompile(`\{(name|id|number)\}`)

// expression is the regular expression of a way, with one group for the name that counts, the last.
func expression(written string) string {
	var b strings.Builder
	from := 0
	all := placeholder.FindAllStringIndex(written, -1)
	for i, at := range all {
		b.WriteString(regexp.QuoteMeta(written[from:at[0]]))
		name := `[^/?#\s]+`
		if written[at[0]:at[1]] == "{number}" {
			name = `[0-9]+`
		}
		switch {
		case i+1 < len(all): // pages/Name/123
			b.WriteString(name)
		case strings.HasPrefix(written, "{name}."):
			b.WriteString(`([a-z0-9-]+)`)
		default:
			b.WriteString("(" + name + ")")
		}
		from = at[1]
	}
	b.WriteString(regexp.QuoteMeta(written[from:]))
	return b.String()
}

// account is the account that an address of the platform names; empty where it names none.
func (p *platform) account(host, path string, query url.Values) string {
	if below, _, _ := strings.Cut(host, "."); slices.Contains(hostsOfPlatforms, below) {
		return ""
	}
	for _, w := range p.ways {
		if name := w.name(host, path, query); name != "" && (!w.bare || !p.isReserved(name)) {
			if !w.sameCase {
				name = strings.ToLower(name)
			}
			return p.host + "/" + strings.Replace(w.named, "{}", name, 1)
		}
	}
	return ""
}

// name is what the account is called in an address that names it in this way.
func (w way) name(host, path string, query url.Values) string {
	if w.host != nil {
		names := w.host.FindStringSubmatch(host)
		switch {
		case names == nil:
			return ""
		case len(names) == 2 && slices.Contains(hostsOfAll, names[1]):
			return ""
		case len(names) == 2:
			return names[1]
		}
	}
	text := path
	if w.parameter != "" {
		if path != w.page {
			return ""
		}
		text = query.Get(w.parameter)
	}
	names := w.value.FindStringSubmatch(text)
	if names == nil {
		return ""
	}
	return names[1]
}

// hostsOfPlatforms are hosts on which a platform speaks for itself.
var hostsOfPlatforms = strings.Fields("about api blog business developer developers docs help policy status support")

// hostsOfAll are the hosts at which all of a platform's accounts are, where others are those of one.
var hostsOfAll = strings.Fields("auth cdn embed m mobile open static touch web www")

// isReserved says whether the first part of a path is a page of the platform's own, or a file.
func (p *platform) isReserved(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(p.reserved, name) || strings.ContainsAny(name[:1], "@+#!~") || fileName.MatchString(name)
}

var fileName = regexp.MustCompile(`\.(php|html?|aspx?|jsp)$`)
