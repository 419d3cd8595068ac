package interchange

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/headwater-project/headwater/bundle"
)

// BeginsAsPage says whether a file begins as a web page does, and goes back to its start.
func BeginsAsPage(in io.ReadSeeker) (bool, error) {
	begins, err := (&Reader{in: in}).beginning()
	return begins.page(), err
}

func (b beginning) page() bool { return bytes.HasPrefix(b.first, []byte("<")) }

// readPage reads the JSON-LD in a web page.
func (r *Reader) readPage(yield func(bundle.Item, error) bool) error {
	page, c := html.NewTokenizer(r.in), &counting{reader: r, yield: yield}
	page.SetMaxBuf(largest)
	for marked := false; ; {
		switch page.Next() {
		case html.ErrorToken:
			if !errors.Is(page.Err(), io.EOF) {
				return page.Err()
			}
			return r.readElements(strings.NewReader(""), c) // which says if there was none
		case html.StartTagToken:
			marked = linkedData(page.Token())
		case html.TextToken:
			if !marked {
				continue
			}
			if err := r.readElements(bytes.NewReader(bare(page.Raw())), c); err != nil || c.ended {
				return err
			}
		case html.EndTagToken:
			marked = false
		}
	}
}

// linkedData says whether a tag begins a script of JSON-LD.
func linkedData(tag html.Token) bool {
	if tag.DataAtom != atom.Script {
		return false
	}
	for _, attribute := range tag.Attr {
		if kind, _, _ := strings.Cut(attribute.Val, ";"); attribute.Key == "type" && strings.EqualFold(strings.TrimSpace(kind), "application/ld+json") {
			return true
		}
	}
	return false
}

// bare is a script without the comment or CDATA section that old pages put around it.
func bare(script []byte) []byte {
	script = bytes.TrimSpace(script)
	for _, wrap := range [][2]string{{"<!--", "-->"}, {"//<![CDATA[", "//]]>"}, {"/*<![CDATA[*/", "/*]]>*/"}, {"/* <![CDATA[ */", "/* ]]> */"}, {"<![CDATA[", "]]>"}} {
		if inner, ok := bytes.CutPrefix(script, []byte(wrap[0])); ok {
			script = bytes.TrimSpace(bytes.TrimSuffix(inner, []byte(wrap[1])))
		}
	}
	return script
}

// unescape reads the texts in a value as HTML does, which scripts are not: programs that fill a page escape them all the same.
func unescape(value any) any {
	switch value := value.(type) {
	case string:
		return html.UnescapeString(value)
	case []any:
		for i, entry := range value {
			value[i] = unescape(entry)
		}
	case map[string]any:
		for name, entry := range value {
			value[name] = unescape(entry)
		}
	}
	return value
}
