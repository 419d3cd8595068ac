package interchange

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/headwater-project/headwater"
)

// pageHead is what a page says of itself in its head, and in the comment of whoever saved it.
type pageHead struct {
	meta      map[string]string // by name or property, in lower case
	title     string
	canonical string // the address that its canonical link names, as it is written
	base      string // of its base element
	published string // of the first time element that says that it is the date of publication
	savedFrom string // the address that a browser, or SingleFile, wrote in a comment
}

var savedComment = regexp.MustCompile(`^(?:\s*Page saved with SingleFile\s+url:|\s*saved from url=\(\d+\))\s*(https?://\S+)`)

// headOf reads the head of a page. Of what stands several times the first that is not empty counts.
func headOf(root *html.Node) pageHead {
	head := pageHead{meta: map[string]string{}}
	first := func(known *string, value string) {
		if *known == "" {
			*known = value
		}
	}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.CommentNode:
			if from := savedComment.FindStringSubmatch(n.Data); from != nil {
				first(&head.savedFrom, from[1])
			}
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Title && head.title == "":
			left := maxTitle
			head.title = textWithin(n, &left)
		case n.DataAtom == atom.Time && has(n, "pubdate"): // of HTML before it was a standard
			first(&head.published, attribute(n, "datetime"))
		case n.DataAtom == atom.Base:
			first(&head.base, attribute(n, "href"))
		case n.DataAtom == atom.Link && slices.Contains(strings.Fields(strings.ToLower(attribute(n, "rel"))), "canonical"):
			first(&head.canonical, attribute(n, "href"))
		case n.DataAtom == atom.Meta:
			name := firstOf(attribute(n, "property"), attribute(n, "name"))
			if name == "" && !isOfItem(n) {
				name = attribute(n, "itemprop")
			}
			name = strings.ToLower(name)
			if head.meta[name] == "" {
				head.meta[name] = headwater.WithoutControls(attribute(n, "content"))
			}
		}
	}
	return head
}

// isOfItem says whether an element is a property of something that stands in the page, rather than of the page.
func isOfItem(n *html.Node) bool {
	for above := range n.Ancestors() {
		if above.DataAtom != atom.Html && has(above, "itemscope") {
			return true
		}
	}
	return false
}

// pageBase is the address from which the relative addresses of a page count: that of its base element or, without one, its own by
// its canonical link, og:url or where it was saved from. Where it is not known, a relative address stays what it is, and is a fault where
// it is read: a path is never taken for a host.
type pageBase struct{ *url.URL }

func (h pageHead) pageBase() pageBase {
	var known pageBase
	for _, address := range []string{h.savedFrom, h.meta["og:url"], h.canonical, h.base} {
		known = known.or(address)
	}
	return known
}

// or is the base that an address gives which is relative to another; that one where it gives none.
func (b pageBase) or(address string) pageBase {
	if u, err := url.Parse(b.link(strings.TrimSpace(address))); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		return pageBase{u}
	}
	return b
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
