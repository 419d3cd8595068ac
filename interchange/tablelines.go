package interchange

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/transform"
)

// ownHead is what a table begins with that the export wrote.
var ownHead = []byte(strings.Join(metaColumns, ",") + ",")

// readLines reads a table so that each of its rows ends as a csv.Reader knows it, and the cells of one that the export wrote hold what they
// held.
func readLines(in io.Reader) io.Reader {
	text := bufio.NewReader(in)
	if start, err := text.Peek(len(ownHead)); err == nil && bytes.Equal(start, ownHead) {
		return transform.NewReader(text, &exactCells{})
	}
	return transform.NewReader(text, &lineEnds{})
}

// exactCells is a transformer that writes another CR before each CR LF within a cell, since a csv.Reader takes one away.
type exactCells struct{ quoted bool }

// Reset begins anew.
func (e *exactCells) Reset() { e.quoted = false }

// Transform doubles CR before LF between quotes. Quotes within a cell are two, after which it is within quotes as before.
func (e *exactCells) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for ; nSrc < len(src); nSrc++ {
		breaks := e.quoted && src[nSrc] == '\r'
		switch {
		case breaks && nSrc+1 == len(src) && !atEOF:
			return nDst, nSrc, transform.ErrShortSrc
		case nDst+2 > len(dst):
			return nDst, nSrc, transform.ErrShortDst
		case src[nSrc] == '"':
			e.quoted = !e.quoted
		case breaks && nSrc+1 < len(src) && src[nSrc+1] == '\n':
			dst[nDst] = '\r'
			nDst++
		}
		dst[nDst] = src[nSrc]
		nDst++
	}
	return nDst, nSrc, nil
}

// lineEnds is a transformer that makes a line break of each CR that stands alone, as old spreadsheets end lines.
type lineEnds struct{ transform.NopResetter }

// Transform writes LF for CR, unless an LF follows.
func (lineEnds) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		end := bytes.IndexByte(src[nSrc:], '\r')
		if end < 0 {
			end = len(src) - nSrc
		}
		copied := copy(dst[nDst:], src[nSrc:nSrc+end])
		nDst, nSrc = nDst+copied, nSrc+copied
		switch {
		case copied < end || nSrc < len(src) && nDst == len(dst):
			return nDst, nSrc, transform.ErrShortDst
		case nSrc == len(src):
		case nSrc+1 == len(src) && !atEOF:
			return nDst, nSrc, transform.ErrShortSrc
		case nSrc+1 < len(src) && src[nSrc+1] == '\n':
			dst[nDst] = '\r'
			nDst, nSrc = nDst+1, nSrc+1
		default:
			dst[nDst] = '\n'
			nDst, nSrc = nDst+1, nSrc+1
		}
	}
	return nDst, nSrc, nil
}
