package webarchive_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater/interchange/webarchive"
)

// response is a record of a WARC.
func response(address, header, body string) string {
	return record("response", "application/http; msgtype=response", address, "HTTP/1.1 "+header+"\r\n\r\n"+body)
}

func record(kind, mediaType, address, content string) string {
	return fmt.Sprintf("WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:b1a7c3de-0001-4000-8000-%012d>\r\n"+
		"WARC-Date: 2025-03-20T08:09:10Z\r\nWARC-Target-URI: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
		kind, len(content), address, mediaType, len(content), content)
}

func zipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return out.String()
}

func brotlied(text string) string {
	var out bytes.Buffer
	w := brotli.NewWriter(&out)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return out.String()
}

func deflated(text string) string {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.DefaultCompression)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return out.String()
}

const html = "200 OK\r\nContent-Type: text/html"

// wacz is a zip of files.
func wacz(t testing.TB, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(files[name]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// pages says what an archive gives, a line each.
func pages(t *testing.T, archive string) (lines []string) {
	t.Helper()
	passed := map[string]int{}
	for capture, err := range webarchive.Pages(strings.NewReader(archive), 100, passed) {
		var fault *webarchive.Fault
		switch {
		case errors.As(err, &fault):
			lines = append(lines, fault.Error())
		case err != nil:
			t.Fatal(err)
		default:
			lines = append(lines, fmt.Sprintf("%d %s %s %s %q", capture.Number, capture.Address, capture.At.Format(time.RFC3339),
				capture.Page, capture.Charset))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(passed)) {
		lines = append(lines, fmt.Sprintf("%d of type %s", passed[kind], kind))
	}
	return lines
}

// TestPages: which records of an archive are pages, however they were sent, and what is told of the others.
func TestPages(t *testing.T) {
	t.Parallel()
	first := response("https://a.example/1", html+"; charset=windows-1256", "<p>One")
	second := response("https://a.example/2", html, "<p>Two")
	const one = `1 https://a.example/1 2025-03-20T08:09:10Z <p>One "windows-1256"`
	const two = `2 https://a.example/2 2025-03-20T08:09:10Z <p>Two ""`
	packed := wacz(t, map[string]string{"datapackage.json": "{}", "archive/data.warc.gz": zipped(first) + zipped(second),
		"other/x.warc": first})
	const cutOff = "expected a whole record of a WARC; what follows was not read"
	for name, test := range map[string]struct {
		archive string
		want    []string
	}{
		"as it is":              {first + second, []string{one, two}},
		"compressed by record":  {zipped(first) + zipped(second), []string{one, two}},
		"compressed as a whole": {zipped(first + second), []string{one, two}},
		"a WACZ":                {packed, []string{one, two}},
		"among other records": {record("warcinfo", "application/warc-fields", "x", "software: x\r\n") +
			record("request", "application/http; msgtype=request", "https://a.example/1", "GET / HTTP/1.1\r\n\r\n") +
			response("https://a.example/x.png", "200 OK\r\nContent-Type: image/png", "png") +
			response("https://a.example/gone", "404 Not Found\r\nContent-Type: text/html", "<p>Gone") +
			record("response", "text/dns", "dns:a.example", "20250320 a.example") + first, []string{one}},
		"resources": {record("resource", "text/html; charset=windows-1256", "https://a.example/1", "<p>One") +
			record("resource", "image/png", "https://a.example/x.png", "png") +
			record("resource", "application/xhtml+xml", "https://a.example/2", "<p>Two"), []string{one, two}},
		"a resource that is too long": {record("resource", "text/html", "https://a.example/1", strings.Repeat("x", 101)) +
			record("resource", "text/html", "https://a.example/1", strings.Repeat("x", 3<<20)) +
			record("resource", "video/mp4", "https://a.example/x.mp4", strings.Repeat("x", 3<<20)) + second,
			[]string{"response 1: expected a page of at most 100 bytes", "response 2: expected a page of at most 100 bytes",
				strings.Replace(two, "2", "3", 1)}},
		"a resource that is cut off": {first + record("resource", "text/html", "https://a.example/2", "<p>Two")[:210],
			[]string{one, "response 2: expected a record with its whole content"}},
		"what captures have beside pages": {record("revisit", "application/http; msgtype=response", "https://a.example/1",
			"HTTP/1.1 200 OK\r\n\r\n") + record("metadata", "application/warc-fields", "https://a.example/1", "a: b\r\n") + first +
			record("metadata", "application/warc-fields", "https://a.example/1", strings.Repeat("x", 3<<20)) +
			record("conversion", "text/html", "https://a.example/1", "<p>One"),
			[]string{one, "1 of type conversion", "2 of type metadata", "1 of type revisit"}},
		"sent in chunks": {response("https://a.example/1", html+"; charset=windows-1256\r\nTransfer-Encoding: chunked",
			"3\r\n<p>\r\n3\r\nOne\r\n0\r\n\r\n"), []string{one}},
		"sent in gzip": {response("https://a.example/1", html+"; charset=windows-1256\r\nContent-Encoding: gzip", zipped("<p>One")),
			[]string{one}},
		"sent in brotli": {response("https://a.example/2", html+"\r\nContent-Encoding: br", brotlied("<p>Two")),
			[]string{strings.Replace(two, "2", "1", 1)}},
		"sent in deflate without its frame": {response("https://a.example/2", html+"\r\nContent-Encoding: deflate", deflated("<p>Two")),
			[]string{strings.Replace(two, "2", "1", 1)}},
		"unpacked by who kept it": {response("https://a.example/1", html+"; charset=windows-1256\r\nContent-Encoding: gzip", "<p>One") +
			response("https://a.example/2", html+"\r\nContent-Encoding: deflate", "<p>Two"), []string{one, two}},
		"unpacked, with the headers that it was sent with": {response("https://a.example/1", html+
			"; charset=windows-1256\r\nContent-Length: 4\r\nContent-Encoding: br\r\nTransfer-Encoding: chunked", "<p>One"), []string{one}},
		"of a length that is none": {response("https://a.example/1", html+"; charset=windows-1256\r\nContent-Length: -1", "<p>One"),
			[]string{one}},
		"with headers that are none": {response("https://a.example/1", html+"; charset=windows-1256\r\nX Frame: a\r\nnone\r\n\u00a0: b",
			"<p>One"), []string{one}},
		"without a reason": {record("response", "application/http; msgtype=response", "https://a.example/1",
			"HTTP/1.0 200\r\nContent-type:text/html;charset=windows-1256\n\n<p>One"), []string{one}},
		"shorter than it was sent": {response("https://a.example/1", html+"\r\nContent-Length: 9", "<p>One") + second,
			[]string{"response 1: expected a record with its whole content", two}},
		"cut off in a chunk": {response("https://a.example/1", html+"\r\nTransfer-Encoding: chunked", "9\r\n<p>One") + second,
			[]string{"response 1: expected a record with its whole content", two}},
		"in brackets, as wget has it": {response("<https://a.example/1>", html+"; charset=windows-1256", "<p>One"), []string{one}},
		"in brackets, in lines of another kind": {strings.Replace(response("<https://a.example/1>", html+"; charset=windows-1256",
			"<p>One"), "\r\n", "\n", 8), []string{one}},
		"by a later HTTP": {record("response", "application/http; msgtype=response", "https://a.example/1",
			"HTTP/2 "+html+"; charset=windows-1256\r\n\r\n<p>One"), []string{one}},
		"sent otherwise": {response("https://a.example/1", html+"\r\nContent-Encoding: zstd", "x") + second,
			[]string{"response 1: expected a page that is sent as it is, or in gzip, deflate or brotli", two}},
		"too long once it is unpacked from brotli": {response("https://a.example/1", html+"\r\nContent-Encoding: br",
			brotlied(strings.Repeat("x", 1_000_000))) + second, []string{"response 1: expected a page of at most 100 bytes", two}},
		"too long": {response("https://a.example/1", html, strings.Repeat("x", 101)) + second,
			[]string{"response 1: expected a page of at most 100 bytes", two}},
		"too long once it is unpacked": {response("https://a.example/1", html+"\r\nContent-Encoding: gzip",
			zipped(strings.Repeat("x", 1_000_000))) + second, []string{"response 1: expected a page of at most 100 bytes", two}},
		"much too long": {response("https://a.example/1", html, strings.Repeat("x", 3<<20)) +
			response("https://a.example/x.mp4", "200 OK\r\nContent-Type: video/mp4", strings.Repeat("x", 3<<20)) + second,
			[]string{"response 1: expected a page of at most 100 bytes", two}},
		"much too long, after other lines": {first + strings.Repeat("\r\n", 20_000) + response("https://a.example/2", html,
			strings.Repeat("x", 3<<20)) + second, []string{one, "response 2: expected a page of at most 100 bytes",
			strings.Replace(two, "2", "3", 1)}},
		"much too long, its header in lines of another kind": {strings.ReplaceAll(record("resource", "text/html", "https://a.example/1",
			strings.Repeat("x", 3<<20)), "\r\n", "\n") + second + first,
			[]string{"response 1: expected a page of at most 100 bytes", two, strings.Replace(one, "1", "3", 1)}},
		"cut off in what is much too long": {first + response("https://a.example/2", html, strings.Repeat("x", 3<<20))[:2<<20],
			[]string{one, "response 2: " + cutOff}},
		"longer than can be counted": {first + strings.Replace(second, "Content-Length: ", "Content-Length: 99999999999999999999", 1),
			[]string{one, "response 2: " + cutOff}},
		"of less than nothing": {first + strings.Replace(second, "Content-Length: ", "Content-Length: -", 1) + first,
			[]string{one, "response 2: " + cutOff}},
		"cut off":             {first + second[:len(second)-8], []string{one, "response 2: expected a record with its whole content"}},
		"cut off in a header": {first + second[:40], []string{one, "response 2: " + cutOff}},
		"cut off within gzip": {zipped(first) + zipped(second)[:40], []string{one, "response 2: " + cutOff}},
		"nothing":             {"", []string{"response 1: " + cutOff}},
		"something else":      {"<html><p>Not an archive", []string{"response 1: " + cutOff}},
		"a zip of something else": {strings.ReplaceAll(packed, "archive/", "picture/"),
			[]string{"response 1: expected a WACZ, which holds archive/NAME.warc or archive/NAME.warc.gz"}},
		"half a WACZ": {packed[:60], []string{"response 1: expected a whole WACZ: a zip with its table at the end"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, pages(t, test.archive)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestLongPages: a page is read whole, whatever its length and wherever in the archive it stands.
func TestLongPages(t *testing.T) {
	t.Parallel()
	const most = 3 << 20
	for _, zip := range []func(string) string{func(text string) string { return text }, zipped} {
		var archive strings.Builder
		lengths := []int{10, 3000, 4000, 4096, 100_000, most, 20}
		for i, length := range lengths {
			archive.WriteString(zip(response(fmt.Sprintf("https://a.example/%d", i), html, strings.Repeat("x", length))))
		}
		var got []int
		for capture, err := range webarchive.Pages(strings.NewReader(archive.String()), most, map[string]int{}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, len(capture.Page))
		}
		if diff := cmp.Diff(lengths, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func FuzzPages(f *testing.F) {
	page := response("https://a.example/1", html, "<p>One")
	resource := record("resource", "text/html", "https://a.example/2", "<p>Two") +
		record("metadata", "text/plain", "https://a.example/2", "x")
	chunked := response("https://a.example/1", html+"\r\nTransfer-Encoding: chunked", "3\r\n<p>\r\n3\r\nOne\r\n0\r\n\r\n")
	brotli := response("https://a.example/2", html+"\r\nContent-Encoding: br", brotlied("<p>Two"))
	for _, archive := range []string{page, zipped(page), page[:50], "PK\x03\x04", resource, chunked, brotli,
		strings.ReplaceAll(page, "\r\n", "\n"), wacz(f, map[string]string{"archive/data.warc.gz": zipped(page)})} {
		f.Add(archive)
	}
	f.Fuzz(func(t *testing.T, archive string) {
		if diff := cmp.Diff(pages(t, archive), pages(t, archive)); diff != "" {
			t.Errorf("read twice, it says two things:\n%s", diff)
		}
	})
}

// TestBombs: an archive is read no further than in proportion to its size, whatever it unpacks to.
func TestBombs(t *testing.T) {
	t.Parallel()
	const lines = 256 << 20
	many := strings.Repeat(zipped(strings.Repeat("\n", 1<<20)), lines>>20)
	first := response("https://a.example/1", html, "<p>One")
	const one = `1 https://a.example/1 2025-03-20T08:09:10Z <p>One ""`
	const tooMuch = "expected an archive that unpacks to at most 100 times its size; what follows was not read"
	const cutOff = "expected a whole record of a WARC; what follows was not read"
	page := response("https://a.example/1", html+"\r\nContent-Encoding: gzip", zipped("<p>"+strings.Repeat("x", 1<<20)))
	for name, test := range map[string]struct {
		archive string
		want    []string
	}{
		"lines":                {many, []string{"response 1: " + cutOff}},
		"lines after a record": {zipped(first) + many, []string{one, "response 2: " + cutOff}},
		"few lines":            {zipped(first + strings.Repeat("\n", 1000) + first), []string{one, strings.Replace(one, "1", "2", 1)}},
		"a record": {zipped(first+strings.Replace(record("metadata", "text/plain", "https://a.example/1", ""), "Content-Length: 0\r\n\r\n",
			fmt.Sprintf("Content-Length: %d\r\n", lines), 1)) + many, []string{one, "response 2: " + tooMuch}},
	} {
		if diff := cmp.Diff(test.want, pages(t, test.archive)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
	// pages that are packed within what is packed
	said := 0
	for _, err := range webarchive.Pages(strings.NewReader(zipped(strings.Repeat(page, 2_000))), 2<<20, map[string]int{}) {
		var fault *webarchive.Fault
		if errors.As(err, &fault) && strings.HasPrefix(fault.Expected, "an archive that unpacks") {
			break
		}
		said++
	}
	if said > 500 {
		t.Errorf("%d pages of 1 MiB are read from an archive of little", said)
	}
}
