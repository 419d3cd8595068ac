package interchange_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/internal/testenv"
)

// TestHugeRecords: a record of 100 MB is told, and read within 256 MB, all that is allocated on the way included. It runs alone, since what
// others allocate would count.
func TestHugeRecords(t *testing.T) { //nolint:paralleltest // see above
	testenv.Measures(t)
	const huge, most = 100 << 20, 256 << 20
	x := strings.Repeat("x", huge)
	company := func(id, name string) string {
		return `{"id": "` + id + `", "schema": "Company", "properties": {"name": ["` + name + `"]}}`
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
		table := tableFor(test.format)
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

// capture is a record of a web archive.
func capture(kind, mediaType, content string) string {
	return fmt.Sprintf("WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:b1a7c3de-0001-4000-8000-000000000001>\r\n"+
		"WARC-Date: 2025-03-20T08:09:10Z\r\nWARC-Target-URI: https://a.example/1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		kind, mediaType, len(content)) + content + "\r\n\r\n"
}

// tableFor are the options without which a format is not read.
func tableFor(format interchange.Format) interchange.TableOptions {
	switch format {
	case interchange.TrustText:
		return trustText
	case interchange.CSV:
		return interchange.TableOptions{Of: headwater.ResourceSource}
	}
	return interchange.TableOptions{}
}

// TestBoundedMemory: records of the shapes that take the most memory for their size, as large as a record may be and just within every
// other bound, are told or read within 256 MB of live and dead heap together. It runs alone, since what others hold would count.
func TestBoundedMemory(t *testing.T) { //nolint:paralleltest // see above
	testenv.Measures(t)
	const most = 256 << 20
	for name, shape := range boundedShapes {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // see above
			for n := (16<<20 - 2000 - len(shape.before) - len(shape.after)) / len(shape.part); ; n = shape.within {
				text := shape.before + strings.Repeat(shape.part, n) + shape.after
				table := tableFor(shape.format)
				peak, out := heapPeak(func() told { return read(t, text, shape.format, table) })
				if shape.format == interchange.HTML {
					text = capture("resource", "text/html", text)
					captured, _ := heapPeak(func() told { return read(t, text, interchange.WARC, interchange.TableOptions{}) })
					peak = max(peak, captured)
				}
				t.Logf("%d times: %d MB", n, peak>>20)
				if peak > most {
					t.Errorf("%d times take %d MB", n, peak>>20)
				}
				var said strings.Builder
				for _, fault := range out.faults {
					said.WriteString(fault.Expected + "\n")
				}
				for _, note := range out.notes {
					said.WriteString(note.Text + "\n")
				}
				isRefused := tooMuch.MatchString(said.String())
				if wanted := n != shape.within && shape.within > 0; isRefused != wanted {
					t.Errorf("%d times: told is %.300s", n, said.String())
				}
				if n == shape.within || shape.within == 0 {
					break
				}
			}
		})
	}
}

// tooMuch is how it is told that a record holds too much.
var tooMuch = regexp.MustCompile(`(?:at most|more than) \d+ (?:values|elements|items|cells|bytes|characters of text)`)

// heapPeak is how much memory the heap has at most beyond what it had, while something is done.
func heapPeak(do func() told) (peak uint64, out told) {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	now := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before := now()
	ended, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for ticks := time.NewTicker(time.Millisecond); ; {
			select {
			case <-ended:
				ticks.Stop()
				return
			case <-ticks.C:
				peak = max(peak, now())
			}
		}
	}()
	out = do()
	close(ended)
	<-done
	return max(peak, before) - before, out
}

const (
	linkedScript = `<script type="application/ld+json">{"@type":"Article","@id":"a","x":`
	feedHead     = `<rss version="2.0" xmlns:a="b" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>A</title>` +
		`<link>https://a.example</link>`
	bundleHead = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example"}` + "\n"
)

// boundedShapes are files with ever more of one part. within is how many of it are within all bounds; 0 says that no bound but the size
// of a record stops them.
var boundedShapes = map[string]struct {
	format              interchange.Format
	before, part, after string
	within              int
}{
	"short texts":      {interchange.HTML, "<p>", "a<br>", "", 99_000},
	"comments":         {interchange.HTML, "<p>", "a<!---->", "", 149_000},
	"attributes":       {interchange.HTML, "<p>x", `<img a b c d e f g h i j>`, "", 24_000},
	"a tag":            {interchange.HTML, "<p ", "a=b ", ">", 299_000},
	"a paragraph":      {interchange.HTML, "<p>", "word ", "", 990_000},
	"a picture":        {interchange.HTML, "<p>" + strings.Repeat("A text of words. ", 50) + `<img src="data:`, "AAAAAAAA", `">`, 0},
	"opened anew":      {interchange.HTML, "<p>" + repeated(400, "", "<b id=#>") + "</p>", "<p>x", "", 60},
	"closed again":     {interchange.HTML, "<p>", "</p>", "", 99_000},
	"misnested":        {interchange.HTML, "<p>", "<b><i><u><div><p></b>x</i></div></u>", "", 4_000},
	"linked data":      {interchange.HTML, "<p>" + sentence + linkedScript + `[""`, `,{}`, `]}</script>`, 99_000},
	"a long JSON text": {interchange.HTML, "<p>" + sentence + linkedScript + `"`, `xxxx`, `"}</script>`, 0},
	"linked objects": {interchange.ClaimReview, `{"@context":{"x":"https://schema.org/"},"@graph":[` +
		reviewWith(`,"publisher":{"@id":"a"}`), `,{"@id":"a","y":[{},{},{},{},{},{}]}`, `]}`, 0},
	"texts within texts": {interchange.ClaimReview, `<div itemscope itemtype="https://schema.org/ClaimReview">` +
		strings.Repeat("<div itemprop=about>", 300), "word ", "", 900_000},
	"items":             {interchange.RSS, feedHead, "<item/>", "</channel></rss>", 19_000},
	"extensions":        {interchange.RSS, feedHead + "<item>", "<a:a/>", "</item></channel></rss>", 149_000},
	"entries":           {interchange.RSS, `<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>`, "<entry/>", "</feed>", 19_000},
	"links":             {interchange.RSS, `<feed xmlns="http://www.w3.org/2005/Atom"><entry>`, "<link/>", "</entry></feed>", 149_000},
	"attributes of XML": {interchange.RSS, `<rss version="2.0" `, "a ", "></rss>", 32_000},
	"content": {interchange.RSS, feedHead + "<item><link>https://a.example/1</link><content:encoded><![CDATA[<p>", "a<br>",
		"]]></content:encoded></item></channel></rss>", 99_000},
	"bodies": {interchange.WebAnnotation, `{"type":"Annotation","target":"https://a.example/1","body":[{}`, ",{}", "]}", 99_000},
	"identifiers": {interchange.BODS, `{"statementID":"a","statementType":"entityStatement","name":"A","identifiers":[{}`, ",{}", "]}",
		99_000},
	"names": {interchange.FollowTheMoney, `{"id":"a","schema":"Company","properties":{"name":["A"`, `,""`, "]}}", 199_000},
	"fragments": {interchange.FollowTheMoney, "", `{"id":"a","schema":"Company","properties":{"name":["A"],"alias":[0` +
		strings.Repeat(",0", 99_000) + "]}}\n", "", 0},
	"authors": {interchange.ClaimReview, `{"@type":"ClaimReview","author":[{"name":"A"}`, ",{}", "]}", 99_000},
	"reviews": {interchange.FactCheck, `{"claims":[{"text":"The dam held.","claimReview":[{}`, ",{}", "]}]}", 99_000},
	"cells":   {interchange.CSV, "name,kind\nA,outlet", ",", "\n", 499_000},
	"aliases": {interchange.CSV, "name,kind,aliases\nA,outlet,", "a|", "\n", 0},
	"lines of aliases": {interchange.Bundle, bundleHead + `{"type":"source","key":"a","kind":"outlet","name":"A","aliases":[""`, `,""`,
		"]}\n", 199_000},
	"chains": {interchange.Bundle, bundleHead + `{"type":"attribution","chain":[{}`, `,{}`, "]}\n", 99_000},
	"lines":  {interchange.TrustText, "member=https://a.example/", "x", "\n", 0},
}
