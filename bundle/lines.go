package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// ErrLineTooLong is the error of a line of more than MaxLine bytes.
var ErrLineTooLong = errors.New("bundle: line too long")

// Lines splits a stream into lines, holding one at a time.
type Lines struct {
	in     *bufio.Reader
	line   []byte
	number int
	// cutOff says that the stream ended within the last line.
	cutOff bool
}

// NewLines splits the rest of r.
func NewLines(r io.Reader) *Lines { return &Lines{in: bufio.NewReaderSize(r, 1<<16)} }

var byteOrderMark = []byte("\uFEFF")

// Next gives the next line without its newline, valid until the next call; io.EOF after the last. For a line of more
// than MaxLine bytes it gives ErrLineTooLong, and the next call gives the line that follows.
func (l *Lines) Next() ([]byte, error) {
	l.line = l.line[:0]
	size := 0
	for {
		part, err := l.in.ReadSlice('\n')
		if size += len(part); size <= MaxLine {
			l.line = append(l.line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (size == 0 || !errors.Is(err, io.EOF)) {
			return nil, err
		}
		l.cutOff = err != nil
		break
	}
	l.number++
	if size > MaxLine {
		return nil, ErrLineTooLong
	}
	line := bytes.TrimSuffix(l.line, []byte("\n"))
	if l.number == 1 {
		line = bytes.TrimPrefix(line, byteOrderMark)
	}
	return line, nil
}

func isBlank(line []byte) bool { return len(bytes.TrimLeft(line, " \t\r")) == 0 }

// Number is the number of the line that was read last, from 1.
func (l *Lines) Number() int { return l.number }
