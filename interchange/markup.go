package interchange

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// What markup may hold, found by going through its tokens before a tree is made of them: an element takes a hundred times the memory of
// the bytes in which it can be written.
const (
	// maxPieces is how many elements, attributes, texts and comments a page may have.
	maxPieces = 300_000
	// maxPageText is how many characters the texts of a page may have, as the text of a document.
	maxPageText = 5_000_000
	// maxFeedPieces is how many elements and attributes a feed may have, and maxFeedItems how many items.
	maxFeedPieces, maxFeedItems = 150_000, 20_000
	// maxTag is how many bytes a tag of a feed may have.
	maxTag = 1 << 16
)

// tooMuchMarkup is what is expected of a page that holds more than can be read; empty where it does not.
func tooMuchMarkup(page []byte) string {
	tokens, at, pieces, text := html.NewTokenizer(bytes.NewReader(page)), 0, 0, 0
	var open formatting
	isCode := false // what follows is a script or style sheet
	for {
		if isTag(page[at:]) {
			pieces += attributesOf(page[at:], maxPieces-pieces)
		}
		if pieces > maxPieces {
			break
		}
		kind := tokens.Next()
		raw := tokens.Raw()
		at += len(raw)
		switch kind {
		case html.ErrorToken:
			return ""
		case html.TextToken:
			if pieces += 1 + open.pieces; !isCode {
				text += utf8.RuneCount(raw)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			tag := atom.Lookup(name)
			isCode = tag == atom.Script || tag == atom.Style
			pieces += 1 + open.pieces
			open.start(tag, raw)
		case html.EndTagToken:
			name, _ := tokens.TagName()
			isCode = false
			tag := atom.Lookup(name)
			if tag == atom.P || tag == atom.Br { // which make an element where none is open
				pieces += 1 + open.pieces
			}
			open.end(tag)
		case html.CommentToken, html.DoctypeToken:
			pieces++
		}
		if text > maxPageText {
			return fmt.Sprintf("a page with at most %d characters of text", maxPageText)
		}
	}
	return fmt.Sprintf("a page of at most %d elements, attributes, texts and comments, each counted again where it is opened again",
		maxPieces)
}

// isTag says whether a start tag of HTML begins there.
func isTag(text []byte) bool {
	return len(text) > 1 && text[0] == '<' && (text[1]|0x20 >= 'a' && text[1]|0x20 <= 'z')
}

// attributesOf is how many attributes the tag at the begin of a text has, but no more than one too many.
func attributesOf(tag []byte, most int) (count int) {
	isSpace := func(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '/' }
	i := 0
	to := func(ends func(byte) bool) {
		for i < len(tag) && !ends(tag[i]) {
			i++
		}
	}
	isNotSpace := func(c byte) bool { return !isSpace(c) }
	to(func(c byte) bool { return isSpace(c) || c == '>' })
	for to(isNotSpace); i < len(tag) && tag[i] != '>' && count <= most; to(isNotSpace) {
		count++
		i++ // an equals sign begins a name too
		to(func(c byte) bool { return isSpace(c) || c == '=' || c == '>' })
		if to(isNotSpace); i == len(tag) || tag[i] != '=' {
			continue
		}
		i++
		to(isNotSpace)
		if i < len(tag) && (tag[i] == '"' || tag[i] == '\'') {
			quote := tag[i]
			i++
			to(func(c byte) bool { return c == quote })
			i++
		} else {
			to(func(c byte) bool { return isSpace(c) && c != '/' || c == '>' })
		}
	}
	return count
}

// formatting is what is open of the elements that a parser opens anew in each element after one that was closed around them. It is at
// least what a parser has open.
type formatting struct {
	open   []formattingTag
	pieces int            // of all that are open
	same   map[uint64]int // how many are open of each tag
	scopes []int          // where what is open in each element begins that hides what is around it
	seed   maphash.Seed
}

type formattingTag struct {
	name   atom.Atom
	tag    uint64
	pieces int
}

var (
	formattingElements = []atom.Atom{atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small,
		atom.Strike, atom.Strong, atom.Tt, atom.U}
	// scopeElements are those in which an end tag may close nothing that was opened before.
	scopeElements = []atom.Atom{atom.Td, atom.Th, atom.Caption, atom.Applet, atom.Object, atom.Marquee, atom.Template, atom.Select,
		atom.Frameset}
)

const (
	// maxAlike is how many elements of the same tag a parser opens anew.
	maxAlike = 3
	// maxOpen is how many open elements are looked at for the one that an end tag closes.
	maxOpen = 600
)

func (f *formatting) start(name atom.Atom, raw []byte) {
	if slices.Contains(scopeElements, name) {
		f.scopes = append(f.scopes, len(f.open))
	}
	if !slices.Contains(formattingElements, name) {
		return
	}
	if name == atom.A || name == atom.Nobr {
		f.end(name) // they do not stand within one another
	}
	if f.same == nil {
		f.same, f.seed = map[uint64]int{}, maphash.MakeSeed()
	}
	tag := formattingTag{name, maphash.Bytes(f.seed, raw), 1 + attributesOf(raw, maxPieces)}
	if f.same[tag.tag] < maxAlike {
		f.same[tag.tag]++
		f.open = append(f.open, tag)
		f.pieces += tag.pieces
	}
}

func (f *formatting) end(name atom.Atom) {
	if slices.Contains(scopeElements, name) && len(f.scopes) > 0 {
		f.scopes = f.scopes[:len(f.scopes)-1]
	}
	if !slices.Contains(formattingElements, name) {
		return
	}
	least := max(0, len(f.open)-maxOpen)
	if len(f.scopes) > 0 {
		least = max(least, f.scopes[len(f.scopes)-1])
	}
	for i := len(f.open) - 1; i >= least; i-- {
		if tag := f.open[i]; tag.name == name {
			f.open = slices.Delete(f.open, i, i+1)
			f.pieces -= tag.pieces
			f.same[tag.tag]--
			return
		}
	}
}

// tooMuchXML is what is expected of a feed that holds more than can be read; empty where it does not.
func tooMuchXML(text []byte) string {
	decoder, from := xml.NewDecoder(bytes.NewReader(text)), 0
	decoder.Strict = false
	decoder.CharsetReader = func(label string, rest io.Reader) (io.Reader, error) {
		decoded, err := charset.NewReaderLabel(label, rest)
		if err != nil {
			return nil, err
		}
		from = int(decoder.InputOffset())
		text, err = io.ReadAll(decoded)
		return bytes.NewReader(text), err
	}
	pieces, items := 0, 0
	for {
		if at := int(decoder.InputOffset()) - from; tagLength(text[at:]) > maxTag {
			return fmt.Sprintf("a document whose tags have at most %d bytes each", maxTag)
		}
		token, err := decoder.RawToken()
		if err != nil {
			return "" // what is no XML is told when it is read
		}
		tag, isTag := token.(xml.StartElement)
		if !isTag {
			continue
		}
		if pieces += 1 + len(tag.Attr); pieces > maxFeedPieces {
			return fmt.Sprintf("a document of at most %d elements and attributes", maxFeedPieces)
		}
		if tag.Name.Local == "item" || tag.Name.Local == "entry" {
			if items++; items > maxFeedItems {
				return fmt.Sprintf("a document of at most %d items", maxFeedItems)
			}
		}
	}
}

// tagLength is how many bytes the tag at the begin of a text has, if one stands there, but no more than one too many.
func tagLength(text []byte) (length int) {
	if len(text) < 2 || text[0] != '<' || text[1] == '!' || text[1] == '?' {
		return 0
	}
	quote := byte(0)
	for _, c := range text[:min(len(text), maxTag+1)] {
		switch length++; {
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == '>':
			return length
		}
	}
	return length
}

// withoutControlBytes is a text without the bytes that the parser of feeds passes over before it reads any.
func withoutControlBytes(text []byte) []byte {
	isControl := func(c byte) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' }
	if !slices.ContainsFunc(text, isControl) {
		return text
	}
	return slices.DeleteFunc(bytes.Clone(text), isControl)
}
