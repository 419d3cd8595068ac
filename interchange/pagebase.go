package interchange

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// pageBase is the address from which the relative addresses of a page count: that of its base element or, without one, its own by
// its canonical link or og:url. Where it is not known, a relative address stays what it is, and is a fault where it is read: a path is
// never taken for a host.
type pageBase struct{ *url.URL }

func baseOf(root *html.Node) pageBase {
	var base, canonical, shared string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch {
		case n.DataAtom == atom.Base && base == "":
			base = attribute(n, "href")
		case n.DataAtom == atom.Link && canonical == "" &&
			slices.Contains(strings.Fields(strings.ToLower(attribute(n, "rel"))), "canonical"):
			canonical = attribute(n, "href")
		case n.DataAtom == atom.Meta && shared == "" && attribute(n, "property") == "og:url":
			shared = attribute(n, "content")
		}
	}
	var known pageBase
	for _, address := range []string{shared, canonical, base} {
		if u, err := url.Parse(known.link(address)); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
			known = pageBase{u}
		}
	}
	return known
}

// link is the address that an attribute of HTML leads to.
func (b pageBase) link(written string) string {
	if written == "" || strings.HasPrefix(written, "#") || strings.HasPrefix(strings.ToLower(written), "www.") {
		return written
	}
	u, err := url.Parse(written)
	switch {
	case err != nil || u.Scheme != "":
		return written
	case b.URL != nil:
		return b.ResolveReference(u).String()
	case u.Host == "" && !strings.Contains(written, "/"): // the name of a file, which may look like a host: talk.mov
		return "./" + written
	}
	return written
}

// resolve is the address that a text of linked data stands for, which is relative if it begins as a path or a query does.
func (b pageBase) resolve(written string) string {
	isPath := strings.HasPrefix(written, "/") || strings.HasPrefix(written, "./") || strings.HasPrefix(written, "../") ||
		strings.HasPrefix(written, "?")
	if !isPath {
		return written
	}
	return b.link(written)
}

// addressed are the fields of schema.org that hold addresses.
var addressed = strings.Fields("url sameAs mainEntityOfPage appearance firstAppearance @id")

// resolveIn makes the relative addresses in a value absolute. A name within the page, which has a fragment, stays.
func (b pageBase) resolveIn(value any) any {
	switch value := value.(type) {
	case []any:
		for _, entry := range value {
			b.resolveIn(entry)
		}
	case map[string]any:
		for name, entry := range value {
			local := localName(name)
			if !slices.Contains(addressed, local) {
				b.resolveIn(entry)
				continue
			}
			switch entry := entry.(type) {
			case string:
				if local != "@id" || !strings.Contains(entry, "#") {
					value[name] = b.resolve(entry)
				}
			case []any:
				for i, one := range entry {
					if text, isText := one.(string); isText {
						entry[i] = b.resolve(text)
					}
					b.resolveIn(entry[i])
				}
			default:
				b.resolveIn(entry)
			}
		}
	}
	return value
}
