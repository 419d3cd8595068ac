package interchange

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decodeText reads a file as UTF-8: from the encoding of this name or, without one, from UTF-16 with a byte order mark. A
// mark goes before the name, and is left out.
func decodeText(in io.Reader, name string) io.Reader {
	decoder := transform.Transformer(transform.Nop)
	if declared, known := encodingOf(name); known {
		decoder = declared.NewDecoder()
	}
	return transform.NewReader(in, unicode.BOMOverride(decoder))
}

// decodeWhole is a text in UTF-8, as decodeText gives it. One that is so already is not copied.
func decodeWhole(raw []byte, name string) ([]byte, error) {
	declared, known := encodingOf(name)
	isMarked := slices.ContainsFunc([]string{"\xEF\xBB\xBF", "\xFE\xFF", "\xFF\xFE"}, func(mark string) bool {
		return bytes.HasPrefix(raw, []byte(mark))
	})
	if !isMarked && (!known || declared == encoding.Nop) {
		return raw, nil
	}
	return io.ReadAll(decodeText(bytes.NewReader(raw), name))
}

// encodingOf is the encoding of a name. That of UTF-8 leaves bytes as they are, so that what is none is found.
func encodingOf(name string) (named encoding.Encoding, known bool) {
	if name == "" {
		return nil, false
	}
	named, err := htmlindex.Get(name)
	if err != nil {
		return nil, false
	}
	if named == unicode.UTF8 {
		named = encoding.Nop
	}
	return named, true
}

// declaredInXML is how an XML declaration names the encoding.
var declaredInXML = regexp.MustCompile(`^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// declaredInHTML is how a page names it.
var declaredInHTML = regexp.MustCompile(`(?i)<meta\s[^>]*?charset\s*=\s*["']?\s*([a-z0-9._:-]+)`)

// declaredBytes is how many bytes of a page are searched for its encoding, as browsers do at first.
const declaredBytes = 1024

// pageEncoding is the name of the encoding that a web page says it has; empty where it does not. One that it says further down counts
// where the page is not in UTF-8, as browsers begin anew there.
func pageEncoding(page []byte) string {
	start := page[:min(len(page), declaredBytes)]
	found := declaredInXML.FindSubmatch(start)
	if found == nil {
		found = declaredInHTML.FindSubmatch(start)
	}
	if found == nil && !utf8.Valid(page) {
		found = declaredInHTML.FindSubmatch(page)
	}
	if found == nil || bytes.HasPrefix(bytes.ToLower(found[1]), []byte("utf-16")) { // which could not say so in ASCII
		return ""
	}
	return string(found[1])
}
