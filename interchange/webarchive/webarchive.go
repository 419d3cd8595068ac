// Package webarchive reads the web pages that an archive captured: a WARC, compressed or not, or a WACZ, which holds such in a zip. One
// capture is held at a time, whatever the size of the archive. It must not know what a page is for.
package webarchive

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http/httputil"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/andybalholm/brotli"
	"github.com/google/uuid"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/nlnwa/gowarc/v3"
)

// Capture is a page as it was answered once.
type Capture struct {
	Number  int    // of the page in the archive, from 1
	Address string // that was asked for
	At      time.Time
	Page    []byte // HTML, decoded from what it was sent as, in the encoding that Charset or itself names
	Charset string // that the server named; empty where it named none
}

// Fault is what a page lacks. The pages after it are read, unless it is the archive that ends there.
type Fault struct {
	Number   int
	Expected string
}

// Error says what was expected.
func (f *Fault) Error() string { return fmt.Sprintf("response %d: expected %s", f.Number, f.Expected) }

// Pages gives the captures of web pages that were found: answers with the status 200 that are HTML, and files of HTML that were kept
// without an answer, as resources. Pages of more than most bytes, and what cannot be read, are each told as a *Fault. Other errors are
// those of the input. Passed counts, by their type, the records of which nothing is read although they are of captures.
func Pages(in io.ReadSeeker, most int64, passed map[string]int) iter.Seq2[Capture, error] {
	return func(yield func(Capture, error) bool) {
		w := &walk{most: most, passed: passed, yield: yield}
		if err := w.read(in); err != nil {
			yield(Capture{}, err)
		}
	}
}

type walk struct {
	most   int64
	passed map[string]int
	yield  func(Capture, error) bool
	number int
	ended  bool
	left   int64 // bytes that may still be unpacked
}

// An archive unpacks to at most so many times its size and so much more, with what is packed within what is packed.
const (
	maxUnpacked     = 100
	maxUnpackedMore = 64 << 20
)

// unpacked counts what is unpacked, and ends where it is too much.
type unpacked struct {
	io.Reader
	of *walk
}

// Read reads as io.Reader has it.
func (u unpacked) Read(p []byte) (int, error) {
	if u.of.left <= 0 {
		return 0, errUnpacked
	}
	n, err := u.Reader.Read(p)
	u.of.left -= int64(n)
	return n, err
}

var errUnpacked = fmt.Errorf("an archive that unpacks to at most %d times its size; what follows was not read", maxUnpacked)

func (w *walk) read(in io.ReadSeeker) error {
	size, err := in.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	w.left = maxUnpacked*size + maxUnpackedMore
	begins := make([]byte, 4)
	n, err := io.ReadFull(in, begins)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Equal(begins[:n], []byte("PK\x03\x04")) {
		if _, err := in.Seek(0, io.SeekStart); err != nil {
			return err
		}
		w.readWARC(in)
		return nil
	}
	files, err := zip.NewReader(readerAt{in}, size)
	if err != nil {
		w.fault("a whole WACZ: a zip with its table at the end")
		return nil //nolint:nilerr // it is told as a fault
	}
	holdsWARC := false
	for _, file := range files.File {
		name := strings.TrimSuffix(file.Name, ".gz")
		isWARC := path.Dir(name) == "archive" && path.Ext(name) == ".warc"
		holdsWARC = holdsWARC || isWARC
		if !isWARC || w.ended || w.left <= 0 {
			continue
		}
		content, err := file.Open()
		if err != nil {
			w.fault("a file of the WACZ that can be read: " + file.Name)
			continue
		}
		w.readWARC(content)
		if err := content.Close(); err != nil {
			return err
		}
	}
	if !holdsWARC {
		w.fault("a WACZ, which holds archive/NAME.warc or archive/NAME.warc.gz")
	}
	return nil
}

// readerAt reads a file at any place, one reader at a time.
type readerAt struct{ io.ReadSeeker }

// ReadAt reads as io.ReaderAt has it.
func (r readerAt) ReadAt(p []byte, at int64) (int, error) {
	if _, err := r.Seek(at, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(r.ReadSeeker, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

func (w *walk) fault(expected string) {
	w.number++
	w.ended = !w.yield(Capture{}, &Fault{w.number, expected})
}

// cutOff is what is expected where an archive ends within a record.
const cutOff = "a whole record of a WARC; what follows was not read"

// counter counts what was read.
type counter struct {
	io.Reader
	n int64
}

// Read reads as io.Reader has it.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// idle are the readers of records, each of which serves one archive at a time for as long as a record takes, which is in memory or in a
// file by then. The library makes a reader's options anew each time, and with each of them changes without a lock how all ids of the
// process are made: so all are made before anything runs beside, and what they changed is changed back.
var idle = func() chan gowarc.Unmarshaler {
	const readers = 64
	lenient := gowarc.ErrIgnore // what archives get wrong of their headers matters not
	whole := gowarc.ErrWarn     // nor does what is warned of; but where it is ignored, no content is kept beyond the first 4 KiB
	defer uuid.DisableRandPool()
	made := make(chan gowarc.Unmarshaler, readers)
	for range readers {
		made <- gowarc.NewUnmarshaler(gowarc.WithSyntaxErrorPolicy(lenient), gowarc.WithSpecViolationPolicy(whole),
			gowarc.WithUnknownRecordTypePolicy(lenient))
	}
	return made
}()

// maxBetween is how many bytes may stand between two records that belong to neither.
const maxBetween = 64 << 10

// seek goes on to where a record begins. The library would go on as long as bytes come.
func seek(in *bufio.Reader) error {
	magic := []byte("WARC/")
	for passed := 0; passed <= maxBetween; {
		begins, err := in.Peek(len(magic))
		if err != nil {
			return err
		}
		if bytes.Equal(begins, magic) {
			return nil
		}
		ahead, _ := in.Peek(in.Buffered())
		next := bytes.IndexByte(ahead[1:], magic[0]) + 1
		if next == 0 {
			next = len(ahead)
		}
		if _, err := in.Discard(next); err != nil {
			return err
		}
		passed += next
	}
	return errNoRecord
}

var errNoRecord = errors.New("no record follows")

// nextRecord reads the record that begins here whole, into memory or, if it is large, into a temporary file.
func nextRecord(in *bufio.Reader) (gowarc.WarcRecord, error) {
	unbracket(in)
	reader := <-idle
	defer func() { idle <- reader }()
	record, _, _, err := reader.Unmarshal(in)
	if err == nil {
		_, err = record.ContentLength()
	}
	return record, err
}

// emptyLine ends a header, whichever ends its lines have.
var emptyLine = regexp.MustCompile(`\n\r?\n`)

// cutHeader tells the header that comes first from what follows it: nothing where no empty line is there.
func cutHeader(text []byte) (header, content []byte) {
	end := emptyLine.FindIndex(text)
	if end == nil {
		return text, nil
	}
	return text[:end[0]+1], text[end[1]:]
}

// unbracket blanks the brackets around the address of the next record, which wget writes. The library takes such an address for none, and
// leaves it out.
func unbracket(in *bufio.Reader) {
	begins, _ := in.Peek(in.Size())
	header, _ := cutHeader(begins)
	const name = "WARC-Target-URI: "
	at := bytes.Index(header, []byte(name+"<"))
	if at < 0 {
		return
	}
	value, _, _ := bytes.Cut(header[at+len(name):], []byte("\n"))
	value = bytes.TrimRight(value, "\r")
	if last := len(value) - 1; value[last] == '>' {
		value[0], value[last] = ' ', ' '
	}
}

// unzipped is a WARC without its compression: of each record by itself, as it should be, or of the whole.
func unzipped(in io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(in)
	if begins, _ := buffered.Peek(2); !bytes.Equal(begins, []byte("\x1f\x8b")) {
		return buffered, nil
	}
	return gzip.NewReader(buffered)
}

// readWARC reads the pages of one WARC.
func (w *walk) readWARC(in io.Reader) {
	in, err := unzipped(in)
	if err != nil {
		w.fault(cutOff)
		return
	}
	counted := &counter{Reader: unpacked{in, w}}
	buffered := bufio.NewReaderSize(counted, 1<<16)
	for number := 0; !w.ended; number++ {
		before := counted.n - int64(buffered.Buffered())
		if err := seek(buffered); err != nil {
			const padding = 4 // bytes that may follow the last record
			if number == 0 || !errors.Is(err, io.EOF) || counted.n-before > padding {
				w.end()
			}
			return
		}
		if isLarge, isWhole := w.skipLarge(buffered); !isWhole {
			w.end()
			return
		} else if isLarge {
			continue
		}
		record, err := nextRecord(buffered)
		if err != nil {
			w.end()
			return
		}
		switch record.Type() {
		case gowarc.Response:
			w.readResponse(record)
		case gowarc.Resource:
			w.readResource(record)
		default:
			w.pass(record.Type().String())
		}
		_ = record.Close() // of its temporary file, which nobody needs any more
	}
}

// end tells why nothing more is read.
func (w *walk) end() {
	if w.left <= 0 {
		w.fault(errUnpacked.Error())
		return
	}
	w.fault(cutOff)
}

// maxHeader is how many bytes the headers of a page have at most, and what chunks add to it.
const maxHeader = 1 << 20

var (
	contentLength = regexp.MustCompile(`(?mi)^Content-Length:[ \t]*(\S+)[ \t]*\r?$`)
	recordType    = regexp.MustCompile(`(?mi)^WARC-Type:[ \t]*(\S+)[ \t]*\r?$`)
	isPage        = regexp.MustCompile(`(?mi)^Content-Type:[ \t]*(?:text/html|application/xhtml\+xml)`)
)

// skipLarge passes over the next record if it is larger than that of any page: the library would copy it, whatever it is unpacked to,
// into a temporary file. It tells of a page. isWhole is false where the archive ends within the record.
func (w *walk) skipLarge(in *bufio.Reader) (isLarge, isWhole bool) {
	begins, _ := in.Peek(in.Size())
	header, content := cutHeader(begins)
	length := contentLength.FindSubmatch(header)
	if length == nil {
		return false, true
	}
	declared, err := strconv.Atoi(string(length[1]))
	switch {
	case err != nil || declared < 0: // nobody knows where the next one begins
		return true, false
	case int64(declared) <= w.most+maxHeader:
		return false, true
	case content == nil:
		return true, false
	}
	answer, _ := cutHeader(content)
	kind := ""
	if named := recordType.FindSubmatch(header); named != nil {
		kind = strings.ToLower(string(named[1]))
	}
	page := kind == "response" && isPage.Match(answer) || kind == "resource" && isPage.Match(header)
	if _, err := in.Discard(len(begins) - len(content) + declared); err != nil {
		return true, false
	}
	if page {
		w.fault(fmt.Sprintf("a page of at most %d bytes", w.most))
	} else {
		w.pass(kind)
	}
	return true, true
}

// pass counts a record of which nothing is read, if it is of a capture.
func (w *walk) pass(kind string) {
	if slices.Contains([]string{"revisit", "metadata", "conversion", "continuation"}, kind) {
		w.passed[kind]++
	}
}

// readResponse gives the page that a response holds, if it does.
func (w *walk) readResponse(record gowarc.WarcRecord) {
	if _, isHTTP := record.Block().(gowarc.HttpResponseBlock); isHTTP {
		w.readCapture(record, w.readAnswer)
	}
}

// readResource gives the page that a resource is, if it is one. It was kept without an answer, and so as it is.
func (w *walk) readResource(record gowarc.WarcRecord) {
	if charset, isPage := pageType(record.WarcHeader().Get(gowarc.ContentType)); isPage {
		w.readCapture(record, func(content io.Reader) ([]byte, string, string) { return w.readPage(content, charset) })
	}
}

// readCapture gives the page that read finds in the content of a record.
func (w *walk) readCapture(record gowarc.WarcRecord, read func(io.Reader) (page []byte, charset, expected string)) {
	raw, err := record.Block().RawBytes()
	if err != nil {
		w.fault(wholeContent)
		return
	}
	declared, _ := record.ContentLength()
	content := &counter{Reader: raw}
	page, charset, expected := read(content)
	if _, err := io.Copy(io.Discard, content); err != nil || content.n < declared {
		w.fault(wholeContent)
		return
	}
	at, err := record.Date()
	switch {
	case expected != "":
		w.fault(expected)
	case page == nil:
	case err != nil:
		w.fault("the date of the capture")
	default:
		w.number++
		w.ended = !w.yield(Capture{Number: w.number, Address: record.WarcHeader().Get(gowarc.WarcTargetURI), At: at,
			Page: page, Charset: charset}, nil)
	}
}

// pageType says whether a media type is that of pages, and which encoding it names.
func pageType(raw string) (charset string, isPage bool) {
	mediaType, parameters, _ := mime.ParseMediaType(raw)
	return parameters["charset"], mediaType == "text/html" || mediaType == "application/xhtml+xml"
}

// wholeContent is what is expected where a record ends early.
const wholeContent = "a record with its whole content"

// readAnswer gives the page of a response, and the encoding that it names; none where the response is of something else. expected is what
// the response lacks.
func (w *walk) readAnswer(content io.Reader) (page []byte, charset, expected string) {
	in := bufio.NewReader(content)
	status, header := readHeader(in)
	if status == "" {
		return nil, "", "an answer of HTTP"
	}
	charset, isPage := pageType(header["content-type"])
	if status != "200" || !isPage {
		return nil, "", ""
	}
	sent := &counter{Reader: in}
	body, err := decoded(sent, header)
	if err != nil {
		return nil, "", "a page that is sent as it is, or in gzip, deflate or brotli"
	}
	page, charset, expected = w.readPage(unpacked{body, w}, charset)
	if length, err := strconv.ParseInt(header["content-length"], 10, 64); err == nil && expected == "" && sent.n < length {
		return nil, "", wholeContent
	}
	return page, charset, expected
}

// answered matches how an answer begins, by whatever version of HTTP it came.
var answered = regexp.MustCompile(`^HTTP/\d(?:\.\d+)? +(\d{3})\b`)

// readHeader reads the header of an answer, its fields by their names in lower case. Lines that are no fields are passed over, as browsers
// do. The status is empty where there is no answer.
func readHeader(in *bufio.Reader) (status string, fields map[string]string) {
	fields = map[string]string{}
	for read := 0; read < maxHeader; {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) { // of a field that is longer than any that matters
			err = nil
		}
		read += len(line)
		text := strings.TrimSpace(string(line))
		switch name, value, isField := strings.Cut(text, ":"); {
		case status == "":
			begins := answered.FindStringSubmatch(text)
			if begins == nil {
				return "", nil
			}
			status = begins[1]
		case text == "":
			return status, fields
		case isField && fields[strings.ToLower(name)] == "":
			fields[strings.ToLower(name)] = strings.TrimSpace(value)
		}
		if err != nil {
			return status, fields
		}
	}
	return status, fields
}

// readPage reads a page of at most so many bytes.
func (w *walk) readPage(body io.Reader, charset string) (page []byte, _, expected string) {
	page, err := io.ReadAll(io.LimitReader(body, w.most+1))
	switch {
	case int64(len(page)) > w.most:
		return nil, "", fmt.Sprintf("a page of at most %d bytes", w.most)
	case err != nil:
		return nil, "", wholeContent
	}
	return page, charset, ""
}

// beginsChunked matches how a body begins that is sent in chunks: with the length of the first.
var beginsChunked = regexp.MustCompile(`^[0-9A-Fa-f]{1,8}[ \t]*(?:;[^\r\n]*)?\r?\n`)

// decoded is a body without the encodings that it was sent in. Many archives keep bodies unpacked, with the header that they were sent
// with: so neither that, nor how long it says that the body is, counts where the body says otherwise.
func decoded(sent io.Reader, header map[string]string) (io.Reader, error) {
	body := bufio.NewReader(sent)
	const chunkLine = 64
	if begins, _ := body.Peek(chunkLine); strings.EqualFold(header["transfer-encoding"], "chunked") && beginsChunked.Match(begins) {
		body = bufio.NewReader(httputil.NewChunkedReader(body))
	}
	begins, _ := body.Peek(2)
	isMarkup := len(begins) > 0 && (begins[0] == '<' || unicode.IsSpace(rune(begins[0])))
	switch encoding := strings.ToLower(header["content-encoding"]); {
	case encoding == "", encoding == "identity", isMarkup:
		return body, nil
	case encoding == "gzip", encoding == "x-gzip":
		if !bytes.Equal(begins, []byte("\x1f\x8b")) {
			return body, nil
		}
		return gzip.NewReader(body)
	case encoding == "deflate":
		if len(begins) == 2 && begins[0]&0x0f == 8 && (int(begins[0])<<8+int(begins[1]))%31 == 0 { // the frame of zlib
			return zlib.NewReader(body)
		}
		return flate.NewReader(body), nil
	case encoding == "br":
		return brotli.NewReader(body), nil
	default:
		return nil, fmt.Errorf("webarchive: encoding %q", encoding)
	}
}
