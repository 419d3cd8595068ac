package interchange

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// BeginsAsPage reports whether a file begins as a web page does, and goes back to its start.
func BeginsAsPage(in io.ReadSeeker) (bool, error) {
	begins, err := (&RecordReader{in: in}).start()
	return begins.isPage(), err
}

func (b fileStart) isPage() bool { return bytes.HasPrefix(b.first, []byte("<")) }

// readPage reads the JSON-LD in a web page.
func (r *RecordReader) readPage(yield func(bundle.Item, error) bool) error {
	page, c := html.NewTokenizer(r.in), &recordCounter{reader: r, yield: yield}
	page.SetMaxBuf(maxRecord)
	for marked := false; ; {
		switch page.Next() {
		case html.ErrorToken:
			if !errors.Is(page.Err(), io.EOF) {
				return page.Err()
			}
			if c.count == 0 {
				c.refuse(headwater.NewFault("", headwater.FaultRequired, nil, r.dialect.recordName))
			}
			return nil
		case html.StartTagToken:
			marked = isLinkedData(page.Token())
		case html.TextToken:
			if !marked {
				continue
			}
			if err := r.readElements(bytes.NewReader(unwrapScript(page.Raw())), c); err != nil || c.ended {
				return err
			}
		case html.EndTagToken:
			marked = false
		}
	}
}

// isLinkedData reports whether a tag opens a script of JSON-LD.
func isLinkedData(tag html.Token) bool {
	if tag.DataAtom != atom.Script {
		return false
	}
	for _, attribute := range tag.Attr {
		if kind, _, _ := strings.Cut(attribute.Val, ";"); attribute.Key == "type" &&
			strings.EqualFold(strings.TrimSpace(kind), "application/ld+json") {
			return true
		}
	}
	return false
}

// unwrapScript strips the comment or CDATA section that old pages put around a script.
func unwrapScript(script []byte) []byte {
	script = bytes.TrimSpace(script)
	for _, wrap := range [][2]string{{"<!--", "-->"}, {"//<![CDATA[", "//]]>"}, {"/*<![CDATA[*/", "/*]]>*/"},
		{"/* <![CDATA[ */", "/* ]]> */"}, {"<![CDATA[", "]]>"}} {
		if inner, ok := bytes.CutPrefix(script, []byte(wrap[0])); ok {
			script = bytes.TrimSpace(bytes.TrimSuffix(inner, []byte(wrap[1])))
		}
	}
	return script
}

// isOtherMarkup reports whether a script's JSON holds no ClaimReview: it describes the site, or the path to the page.
func isOtherMarkup(raw []byte) bool {
	value, err := parseJSON(raw)
	found := false
	findClaimReviews(unescapeHTML(value), "", func(headwater.Pointer, node) { found = true })
	return err == nil && !found
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
