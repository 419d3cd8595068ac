package interchange

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/headwater-project/headwater"
)

// BeginsAsPage reports whether a file begins as a web page does, and goes back to its start.
func BeginsAsPage(in io.ReadSeeker) (bool, error) {
	begins, err := (&RecordReader{in: in}).start()
	if err != nil {
		return false, err
	}
	_, err = in.Seek(0, io.SeekStart)
	return begins.isPage(), err
}

func (b fileStart) isPage() bool { return bytes.HasPrefix(b.first, []byte("<")) }

// readPage reads the JSON-LD, the microdata and the RDFa in a web page.
func (r *RecordReader) readPage(c *recordCounter) error {
	found, err := r.parsePage()
	if err != nil {
		return err
	}
	if found.refused != "" {
		c.refuse(headwater.NewFault("", headwater.FaultTooLong, nil, found.refused))
		return nil
	}
	r.language, r.base = found.language, found.base
	for _, script := range found.scripts {
		_ = r.linkElements(bytes.NewReader(script)) // what is no JSON is told when it is read
	}
	items := found.items()
	for _, item := range items {
		r.linked.add(r.linked.vocabulary.simplify(item), 0)
	}
	for _, script := range found.scripts {
		if err := r.readElements(bytes.NewReader(script), c); err != nil || c.ended {
			return err
		}
	}
	for _, item := range items {
		if !holdsClaimReview(item) {
			continue
		}
		if !c.nextObject(item) {
			return nil
		}
	}
	if c.count == 0 {
		c.refuse(headwater.NewFault("", headwater.FaultRequired, nil, r.dialect.recordName))
	}
	return nil
}

// pageMarkup is a web page, and what it holds of JSON-LD.
type pageMarkup struct {
	root     *html.Node
	language string
	head     pageHead
	base     pageBase
	scripts  [][]byte // of JSON-LD
	refused  string   // what is expected, if the page is too large
}

// items are the page's microdata and RDFa, as JSON-LD has them.
func (p pageMarkup) items() (found []map[string]any) {
	items := newItemReader(p.root, p.base)
	for n := range p.root.Descendants() {
		isOther := n.DataAtom == atom.Html || n.DataAtom == atom.Script && isLinkedData(n)
		if n.Type == html.ElementNode && !isOther && has(n, "itemscope") && !has(n, "itemprop") {
			found = append(found, items.item(n))
		}
	}
	found = append(found, readRDFa(p.root, p.base)...)
	for _, item := range found {
		p.base.resolveIn(item)
	}
	return found
}

// maxPage is how many bytes a web page may have.
const maxPage = maxRecord

// parsePage reads the whole page, in the encoding that it or the reader's options name.
func (r *RecordReader) parsePage() (pageMarkup, error) {
	raw, tooLarge, err := readWhole(r.in)
	if err != nil {
		return pageMarkup{}, err
	}
	if tooLarge {
		return pageMarkup{refused: fmt.Sprintf("a page of at most %d bytes", maxPage)}, nil
	}
	name := r.charset
	if name == "" {
		name = pageEncoding(raw)
	}
	if raw, err = decodeWhole(raw, name); err != nil {
		return pageMarkup{}, err
	}
	if refused := tooMuchMarkup(raw); refused != "" {
		return pageMarkup{refused: refused}, nil
	}
	// without scripting, what is within noscript is markup too
	root, err := html.ParseWithOptions(bytes.NewReader(raw), html.ParseOptionEnableScripting(false))
	if err != nil {
		return pageMarkup{refused: "a page whose elements stand within one another at most 512 times"}, nil
	}
	head := headOf(root)
	found := pageMarkup{root: root, head: head, base: head.pageBase()}
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Html:
			found.language = attribute(n, "lang")
			if found.language == "" {
				found.language = attribute(n, "xml:lang")
			}
		case n.DataAtom == atom.Script && isLinkedData(n):
			if n.FirstChild != nil {
				found.scripts = append(found.scripts, unwrapScript([]byte(n.FirstChild.Data)))
			}
		}
	}
	return found, nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// isLinkedData reports whether a script is one of JSON-LD.
func isLinkedData(script *html.Node) bool {
	kind, _, _ := strings.Cut(attribute(script, "type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/ld+json")
}

// Comments and CDATA sections that old pages and their programs put around a script.
var (
	openedScript = regexp.MustCompile(`^(?:\s+|//|/\*|\*/|<!--|--+>|<!\[CDATA\[|><!--)+`)
	closedScript = regexp.MustCompile(`(?:\s+|//|/\*|\*/|<!|--+>|\]\]>)+$`)
)

// unwrapScript strips what may stand around a script. JSON begins and ends with a bracket.
func unwrapScript(script []byte) []byte {
	return closedScript.ReplaceAll(openedScript.ReplaceAll(script, nil), nil)
}

// isOtherMarkup reports whether a script's JSON holds no ClaimReview: it describes the site, or the path to the page.
func isOtherMarkup(raw []byte) bool {
	value, err := parseJSON(raw)
	return err == nil && !holdsClaimReview(unescapeHTML(value))
}

func holdsClaimReview(value any) bool {
	found := false
	findClaimReviews(value, "", func(headwater.Pointer, node) { found = true })
	return found
}

// entity matches a character reference of HTML that ends with a semicolon. HTML accepts some without it, but in
// addresses these are parameters: ?id=3&section=5.
var entity = regexp.MustCompile(`&(#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);`)

// unescapeHTML decodes character references in the texts of a value. Scripts need no escaping, but many programs that
// fill pages escape them all the same.
func unescapeHTML(value any) any {
	switch value := value.(type) {
	case string:
		return entity.ReplaceAllStringFunc(value, func(name string) string {
			if read := html.UnescapeString(name); read == ";" || !strings.HasSuffix(read, ";") {
				return read
			}
			return name
		})
	case []any:
		for i, entry := range value {
			value[i] = unescapeHTML(entry)
		}
	case map[string]any:
		for name, entry := range value {
			value[name] = unescapeHTML(entry)
		}
	}
	return value
}
