package interchange_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/interchange"
)

// TestHugeRecords: a record of 100 MB is told, and read within 256 MB, all that is allocated on the way included. It runs alone, since what
// others allocate would count.
func TestHugeRecords(t *testing.T) { //nolint:paralleltest // see above
	const huge, most = 100 << 20, 256 << 20
	x := strings.Repeat("x", huge)
	company := func(id, name string) string {
		return `{"id": "` + id + `", "schema": "Company", "properties": {"name": ["` + name + `"]}}`
	}
	capture := func(kind, mediaType, content string) string {
		return fmt.Sprintf("WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:b1a7c3de-0001-4000-8000-000000000001>\r\n"+
			"WARC-Date: 2025-03-20T08:09:10Z\r\nWARC-Target-URI: https://a.example/1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
			kind, mediaType, len(content)) + content + "\r\n\r\n"
	}
	for _, test := range []struct {
		name   string
		format interchange.Format
		text   string
		things int // that are read beside it
	}{
		{"a line", interchange.FollowTheMoney, company("a", "A") + "\n" + company("b", x) + "\n" + company("c", "C") + "\n", 2},
		{"one of a list", interchange.FollowTheMoney, "[" + company("a", "A") + "," + company("b", x) + "]", 1},
		{"an annotation", interchange.WebAnnotation, `{"type": "Annotation", "bodyValue": "` + x + `"}`, 0},
		{"a page", interchange.HTML, "<html><body><p>" + x, 0},
		{"a feed", interchange.RSS, `<rss version="2.0"><channel><title>` + x, 0},
		{"a capture", interchange.WARC, capture("response", "application/http; msgtype=response",
			"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"+x), 0},
		{"a resource", interchange.WARC, capture("resource", "text/html", x) + capture("resource", "text/html", "<p>"+sentence), 2},
		{"a row of a table", interchange.CSV, "name,kind\n\"" + x + "\",outlet\n", 0},
		{"a trust.txt", interchange.TrustText, "member=https://" + x + "\n", 0},
	} {
		table := interchange.TableOptions{}
		switch test.format {
		case interchange.TrustText:
			table = trustText
		case interchange.CSV:
			table.Of = "source"
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		out := read(t, test.text, test.format, table)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Errorf("%s takes %d MB", test.name, took>>20)
		}
		if len(out.faults) != 1 || len(out.items) != test.things {
			t.Errorf("%s: %d things are read beside it, want %d; told is %v", test.name, len(out.items), test.things, out.faults)
		}
	}
}

// refuser notes what is asked for, and answers nothing.
type refuser struct{ asked []string }

// RoundTrip refuses a request.
func (r *refuser) RoundTrip(request *http.Request) (*http.Response, error) {
	r.asked = append(r.asked, request.URL.String())
	return nil, errors.New("nothing is fetched")
}

// TestNothingIsFetched: whatever files refer to, nobody is asked for it. It runs alone, since the transport is everybody's.
func TestNothingIsFetched(t *testing.T) { //nolint:paralleltest // see above
	transport, before := &refuser{}, http.DefaultTransport
	http.DefaultTransport = transport
	defer func() { http.DefaultTransport = before }()
	for file, format := range map[string]interchange.Format{
		"article.html": interchange.HTML, "captures.warc": interchange.WARC, "news.rss.xml": interchange.RSS,
		"news.atom.xml": interchange.RSS, "annotations.w3c.json": interchange.WebAnnotation,
		"annotations.hypothesis.json": interchange.WebAnnotation,
		"ownership-0.4.bods.ndjson":   interchange.BODS, "ownership.ftm.ndjson": interchange.FollowTheMoney,
		"trust.txt": interchange.TrustText, "claimreview.html": interchange.ClaimReview,
	} {
		table := interchange.TableOptions{}
		if format == interchange.TrustText {
			table = trustText
		}
		text, err := os.ReadFile(filepath.Join("..", "testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		if out := read(t, string(text), format, table); len(out.items) == 0 {
			t.Errorf("%s: nothing is read", file)
		}
	}
	if len(transport.asked) > 0 {
		t.Errorf("asked for are %v", transport.asked)
	}
}
