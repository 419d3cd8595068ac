package api_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// sizedBody is a body that can be made of any size.
type sizedBody struct {
	name, method, path, media string
	// body gives it with n members, items or lines.
	body func(n int) string
}

// repeated joins what is made of each number below n.
func repeated(n int, separator, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.NewReplacer("{i}", fmt.Sprint(i), "{i+1}", fmt.Sprint(i+1), "{word}", wordOf(i)).Replace(format)
	}
	return strings.Join(parts, separator)
}

// wordOf is a word that is unlike most others.
func wordOf(i int) string {
	return strings.Repeat(string(rune('a'+i%26)), 5) + strings.Repeat(string(rune('a'+i/26%26)), 4)
}

// grown gives an example with n entries in one of its lists or objects; those without examples in them grow by numbers.
func grown(example any, at []string, n int) any {
	if len(at) > 0 {
		switch node := example.(type) {
		case map[string]any:
			copied := map[string]any{}
			for name, value := range node {
				copied[name] = value
			}
			copied[at[0]] = grown(node[at[0]], at[1:], n)
			return copied
		case []any:
			return append([]any{grown(node[0], at[1:], n)}, node[1:]...)
		}
	}
	if list, ok := example.([]any); ok {
		entries := make([]any, n)
		for i := range entries {
			entries[i] = fmt.Sprint("entry ", i)
			if len(list) > 0 {
				if _, text := list[0].(string); !text {
					entries[i] = list[0]
				}
			}
		}
		return entries
	}
	members := map[string]any{}
	for i := range n {
		members[fmt.Sprint("f", i)] = 1
	}
	for name, value := range example.(map[string]any) {
		members[name] = value
	}
	return members
}

// growing lists the places of an example that hold lists or objects.
func growing(example any, at []string) (places [][]string) {
	switch node := example.(type) {
	case map[string]any:
		places = append(places, at)
		for _, name := range keys(node) {
			places = append(places, growing(node[name], append(at[:len(at):len(at)], name))...)
		}
	case []any:
		places = append(places, at)
		if len(node) > 0 {
			places = append(places, growing(node[0], append(at[:len(at):len(at)], "0"))...)
		}
	}
	return places
}

// objectBodies are the bodies of all operations that take one object, grown at each place of their example. The short form has each
// place once, though several operations take it: what reads a body is the same for all of them.
func objectBodies(t *testing.T, s service) (bodies []sizedBody) {
	t.Helper()
	grows := map[string]bool{}
	for _, o := range s.exampleRequests() {
		for _, at := range growing(o.body, nil) {
			place := strings.Join(at, " ")
			if !testenv.Long() && len(at) == 0 {
				place = strings.Join(keys(o.body), " ")
			}
			if !testenv.Long() && grows[place] {
				continue
			}
			grows[place] = true
			name := strings.Join(append([]string{o.id}, at...), " ")
			bodies = append(bodies, sizedBody{name, o.method, o.path, o.media, func(n int) string {
				text, err := json.Marshal(grown(o.body, at, n))
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			}})
		}
	}
	return bodies
}

// said is a claim that the sources of a bundle tell, each in a document of its own.
const said = `{"type":"source","key":"s{i}","kind":"outlet","name":"Source {i}"}` + "\n" +
	`{"type":"document","key":"d{i}","kind":"article","publisher":"s{i}","published":{"earliest":"2024-05-01"}}` + "\n" +
	`{"type":"attribution","key":"a{i}","claim":"c","document":"d{i}","stance":"affirms","chain":[{"source":"s{i}"}]}`

const theClaim = `{"type":"claim","key":"c","statement":{"en":"The dam held."}}` + "\n"

// growingBundles are bundles of one claim with ever more behind it, in the shapes that are the worst for whoever follows them.
var growingBundles = map[string]func(n int) string{
	"many sources": func(n int) string { return theClaim + repeated(n, "\n", said) },
	"a chain of control": func(n int) string {
		return theClaim + repeated(n+1, "\n", said) + "\n" +
			repeated(n, "\n", `{"type":"relation","key":"r{i}","subject":"s{i}","kind":"part_of","object":"s{i+1}"}`)
	},
	"owned by two": func(n int) string {
		return theClaim + repeated(n+2, "\n", said) + "\n" +
			repeated(n, "\n", `{"type":"relation","key":"r{i}","subject":"s{i+1}","kind":"part_of","object":"s0"}`) + "\n" +
			repeated(n, "\n", `{"type":"relation","key":"q{i}","subject":"s{i+1}","kind":"part_of","object":"x"}`) + "\n" +
			`{"type":"source","key":"x","kind":"outlet","name":"X"}`
	},
	"one that controls all": func(n int) string {
		return theClaim + repeated(n+1, "\n", said) + "\n" +
			repeated(n, "\n", `{"type":"relation","key":"r{i}","subject":"s{i+1}","kind":"part_of","object":"s0"}`)
	},
	"a chain of mergers": func(n int) string {
		return theClaim + strings.Replace(repeated(n+1, "\n", strings.Replace(said, `"name"`,
			`"status":"merged","merged_into":"s{i+1}","name"`, 1)), fmt.Sprintf(`"status":"merged","merged_into":"s%d",`, n+1), "", 1)
	},
	"a chain of reprints": func(n int) string {
		reprints := repeated(n, "\n", strings.Replace(said, `"publisher"`, `"derived_from":"d{i+1}","publisher"`, 1))
		return theClaim + strings.Replace(reprints, fmt.Sprintf(`"derived_from":"d%d",`, n), "", 1)
	},
	"moved quotes in a text": func(n int) string {
		return theClaim + `{"type":"source","key":"s","kind":"outlet","name":"S"}` + "\n" +
			`{"type":"document","key":"d","kind":"article","publisher":"s","text":"` + repeated(n, "", "dam {i} held. ") + `"}` + "\n" +
			repeated(n, "\n", `{"type":"attribution","key":"a{i}","claim":"c","document":"d","stance":"affirms",`+
				`"content":{"start":0,"end":5,"exact":" held","prefix":"dam {i}"},"chain":[{"source":"s"}]}`)
	},
	"a chain of tellers": func(n int) string {
		tellers := strings.Replace(said, `"chain":[`, `"chain":[{"source":"s{i}"},{"source":"s{i+1}"},`, 1)
		return theClaim + strings.Replace(repeated(n+1, "\n", strings.Replace(tellers, `,{"source":"s{i}"}]`, "]", 1)),
			fmt.Sprintf(`,{"source":"s%d"}`, n+1), "", 1)
	},
	"many attributions in a text": func(n int) string {
		return theClaim + `{"type":"source","key":"s","kind":"outlet","name":"S"}` + "\n" +
			`{"type":"document","key":"d","kind":"article","publisher":"s","text":"` + strings.Repeat("The dam held. ", n) + `"}` + "\n" +
			repeated(n, "\n", `{"type":"attribution","key":"a{i}","claim":"c","document":"d","stance":"affirms",`+
				`"content":{"start":{i}0,"end":{i}9,"exact":"The dam held"},"chain":[{"source":"s"}]}`)
	},
	"many reviews": func(n int) string {
		return theClaim + `{"type":"source","key":"s","kind":"outlet","name":"S"}` + "\n" +
			repeated(n, "\n", `{"type":"review","claim":"c","author":"s","rating":{"label":"true"},"url":"https://s.example/{i}"}`)
	},
	"dated relations": func(n int) string {
		chance := rand.New(rand.NewPCG(1, uint64(n)))
		var b strings.Builder
		for i := range n { // upwards in even years and downwards in odd ones
			ends := []int{chance.IntN(n), chance.IntN(n)}
			slices.Sort(ends)
			year := 1900 + 2*chance.IntN(50) + i%2
			if ends[0] == ends[1] {
				continue
			}
			if i%2 == 1 {
				slices.Reverse(ends)
			}
			fmt.Fprintf(&b, "\n"+`{"type":"relation","key":"r%d","subject":"s%d","kind":"part_of","object":"s%d",`+
				`"since":"%d","until":"%[4]d"}`, i, ends[0], ends[1], year)
		}
		return theClaim + repeated(n, "\n", said) + b.String()
	},
}

// budgeted are bodies whose work grows by the square up to a budget, and only beyond it as they do: walks pass 100 reprints one by one,
// and the ways up from each source are listed as long as there are steps left. The short form has no sizes beyond, and leaves the like of
// them to the growth test of package provenance.
var budgeted = []string{"a chain of control to analyses", "a chain of reprints to analyses", "owned by two to analyses"}

// growingImports are bundles that are imported and not analyzed: what they hold takes a report for each claim.
var growingImports = map[string]func(n int) string{
	"a chain of links": func(n int) string {
		return repeated(n+1, "\n", `{"type":"claim","key":"c{i}","statement":{"en":"The dam number {i} held."}}`) + "\n" +
			repeated(n, "\n", `{"type":"link","kind":"refines","from":"c{i}","to":"c{i+1}"}`)
	},
	"many links of a claim": func(n int) string {
		return repeated(n+1, "\n", `{"type":"claim","key":"c{i}","statement":{"en":"The dam number {i} held."}}`) + "\n" +
			repeated(n, "\n", `{"type":"link","kind":"equivalent","from":"c0","to":"c{i+1}"}`)
	},
	"a chain of merged claims": func(n int) string {
		return strings.Replace(repeated(n+1, "\n",
			`{"type":"claim","key":"c{i}","status":"merged","merged_into":"c{i+1}","statement":{"en":"The dam number {i} held."}}`),
			fmt.Sprintf(`"status":"merged","merged_into":"c%d",`, n+1), "", 1)
	},
	"faults in each line": func(n int) string {
		return repeated(n, "\n", `{"type":"claim","key":"c{i}","colour":"red","statement":{"en":""}}`)
	},
	"references to nothing": func(n int) string {
		return repeated(n, "\n", `{"type":"link","kind":"refines","from":"c{i}","to":"c{i+1}"}`)
	},
}

// growingFiles are imports in the formats of others.
var growingFiles = []sizedBody{
	{"rows", "POST", "/v1/imports?format=csv&of=sources", "text/csv", func(n int) string {
		return "name,kind\n" + repeated(n, "\n", "Source {i},outlet")
	}},
	{"columns", "POST", "/v1/imports?format=csv&of=sources", "text/csv", func(n int) string {
		return "name," + repeated(n, ",", "column{i}") + "\nSource," + repeated(n, ",", "{i}")
	}},
	{"reviews", "POST", "/v1/imports?format=claimreview", "application/ld+json", func(n int) string {
		return "[" + repeated(n, ",", `{"@type":"ClaimReview","claimReviewed":"{word} {i} held {word}{i}","url":"https://c.example/{i}",`+
			`"author":{"name":"Checks","url":"https://c.example"},"reviewRating":{"alternateName":"False"}}`) + "]"
	}},
	{"claims of Google", "POST", "/v1/imports?format=factcheck", "application/json", func(n int) string {
		return `{"claims":[` + repeated(n, ",", `{"text":"{word} {i} burst {word}{i}","claimReview":[{"publisher":{"name":"Checks","site":`+
			`"c.example"},"url":"https://c.example/{i}","textualRating":"False"}]}`) + "]}"
	}},
	{"statements of ownership", "POST", "/v1/imports?format=bods", "application/json", func(n int) string {
		return "[" + repeated(n+1, ",", `{"statementID":"{word}-e{i}","statementType":"entityStatement","entityType":"registeredEntity",`+
			`"name":"{word} {i}"}`) + "," + repeated(n, ",", `{"statementID":"{word}-o{i}","statementType":"ownershipOrControlStatement",`+
			`"subject":{"describedByEntityStatement":"aaaaaaaaa-e0"},"interestedParty":{"describedByEntityStatement":"{word}-e{i}"},`+
			`"interests":[{"type":"shareholding","share":{"exact":1}}]}`) + "]"
	}},
	{"replaced statements", "POST", "/v1/imports?format=bods", "application/json", func(n int) string {
		return "[" + repeated(n, ",", `{"statementID":"e{i+1}","statementType":"entityStatement","entityType":"registeredEntity",`+
			`"name":"Bay","replacesStatements":["e{i}"]}`) + "]"
	}},
	{"entities", "POST", "/v1/imports?format=ftm", "application/x-ndjson", func(n int) string {
		return repeated(n+1, "\n", `{"id":"c{i}","schema":"Company","properties":{"name":["{word} {i}"]}}`) + "\n" + repeated(n, "\n",
			`{"id":"o{i}","schema":"Ownership","properties":{"owner":["c{i+1}"],"asset":["c{i}"],"percentage":["60"]}}`)
	}},
	{"names of an entity", "POST", "/v1/imports?format=ftm", "application/x-ndjson", func(n int) string {
		return `{"id":"c","schema":"Company","properties":{"name":["Bay",` + repeated(n, ",", `"{word} {i}"`) + "]}}"
	}},
	{"members of a trust.txt", "POST", "/v1/imports?format=trusttxt&set=domains%3Dbay.example", "text/plain", func(n int) string {
		return repeated(n, "\n", "member=https://{word}{i}.example/")
	}},
	{"items of a feed", "POST", "/v1/imports?format=rss", "application/rss+xml", func(n int) string {
		return `<rss version="2.0"><channel><title>Bay News</title><link>https://bay.example/</link>` + repeated(n, "",
			"<item><title>{word} {i}</title><link>https://bay.example/{i}</link><description>{word} held {i}</description></item>") +
			"</channel></rss>"
	}},
	{"a deep page", "POST", "/v1/imports?format=html&set=url%3Dhttps%3A%2F%2Fbay.example%2Fdeep", "text/html", func(n int) string {
		return "<html><head><title>Deep</title></head><body>" + strings.Repeat("<div>", min(n, 500)) + "The dam held." + "</body></html>"
	}},
	{"a long page", "POST", "/v1/imports?format=html&set=url%3Dhttps%3A%2F%2Fbay.example%2Flong", "text/html", func(n int) string {
		return "<html><head><title>Long</title></head><body>" + repeated(n, "", `<p>{word} held <a href="/{i}">{i}</a>.`) + "</body></html>"
	}},
	{"captures of an archive", "POST", "/v1/imports?format=warc", "application/warc", func(n int) string { return captures(n, "") }},
	{"a packed archive", "POST", "/v1/imports?format=warc", "application/gzip", func(n int) string {
		return packed(captures(n, strings.Repeat("\n", 4)))
	}},
	{"annotations", "POST", "/v1/imports?format=webannotation", "application/json", func(n int) string {
		return `{"@context":"http://www.w3.org/ns/anno.jsonld","type":"AnnotationPage","items":[` + repeated(n, ",",
			`{"id":"https://notes.example/{i}","type":"Annotation","motivation":"commenting","body":[{"type":"TextualBody","value":`+
				`"{word} {i} held {word}{i}.","language":"en"}],"target":{"source":"https://bay.example/{i}","selector":`+
				`[{"type":"TextQuoteSelector","exact":"held {i}"}]}}`) + "]}"
	}},
}

// refusedFiles are imports that are refused.
var refusedFiles = []sizedBody{
	{"an archive of nothing", "POST", "/v1/imports?format=warc", "application/gzip", func(n int) string {
		return packed(captures(1, strings.Repeat("\n", n<<12)))
	}},
}

// captures is a web archive of so many pages, each of which something follows.
func captures(n int, after string) string {
	page := func(i int) string {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><head><title>%s</title></head><body>"+
			"<p>%[1]s held %d.</body>"+
			"</html>", wordOf(i), i)
	}
	var b strings.Builder
	for i := range n {
		content := page(i)
		fmt.Fprintf(&b, "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:b1a7c3de-0001-4000-8000-%012d>\r\nWARC-Date: "+
			"2025-03-20T08:09:10Z\r\nWARC-Target-URI: https://bay.example/%[1]d\r\nContent-Type: application/http; msgtype=response\r\n"+
			"Content-Length: %d\r\n\r\n%s\r\n\r\n%s", i, len(content), content, after)
	}
	return b.String()
}

// packed is a text in gzip.
func packed(text string) string {
	var b strings.Builder
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text) // nothing of a builder fails
	_ = w.Close()
	return b.String()
}

func bundleBodies() (bodies []sizedBody) {
	head := func(name string, n int) string {
		return fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://growth.example/%s/%d/%d"}`+"\n",
			strings.ReplaceAll(name, " ", "-"), n, rand.Uint64())
	}
	add := func(name, path string, body func(n int) string) {
		bodies = append(bodies, sizedBody{name + " to " + path[len("/v1/"):], "POST", path, "application/x-ndjson", func(n int) string {
			return head(name, n) + body(n)
		}})
	}
	for name, body := range growingBundles {
		add(name, "/v1/analyses", body)
		add(name, "/v1/imports", body)
	}
	for name, body := range growingImports {
		add(name, "/v1/imports", body)
	}
	return bodies
}

// openMeasured opens a store of its own, and a connection to its database that tells the time of the others. What is asked of a test on
// it takes one connection, whose time is not spread.
func openMeasured(t *testing.T) (*store.Store, *pgx.Conn) { return openBeside(t, 1) }

// TestWorkGrowsWithTheBody: ten times as much in a body takes no more than 16 times as much of the processors (10^1.2), whatever
// grows in it and whichever operation takes it. It runs alone, since it counts the time of the whole process.
func TestWorkGrowsWithTheBody(t *testing.T) { //nolint:paralleltest // others would be counted
	testenv.Measures(t)
	opened, connection := openMeasured(t)
	served := serve(t, api.New(opened, withAssistant))
	served.importFile("../testdata/demo.ndjson")
	// what takes less than worth is little more than what any request takes
	sizes, worth := []int{30, 300}, 100*time.Millisecond
	if testenv.Long() {
		sizes, worth = []int{10, 100, 1_000, 10_000}, 500*time.Millisecond
	}
	bodies := slices.Concat(messages, refusedFiles, bundleBodies(), objectBodies(t, served))
	for _, b := range bodies {
		if !testenv.Long() && slices.Contains(budgeted, b.name) {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			taken := slices.Repeat([]time.Duration{math.MaxInt64}, len(sizes))
			last := len(sizes) - 1
			exponent := 0.0
			var answer string
			for range 6 { // what took too long is measured again: something else may have been counted
				for i, n := range sizes {
					body := b.body(n)
					before := storetest.CPUTime(t, connection)
					status, _, text := served.send(b.method, b.path, body, "Content-Type", b.media, "If-Match", "*",
						"Accept", "application/json, text/event-stream")
					taken[i] = min(taken[i], storetest.CPUTime(t, connection)-before)
					if answer = fmt.Sprint(status, " ", string(text[:min(len(text), 300)])); status >= http.StatusInternalServerError {
						t.Fatalf("%d: %s", n, answer)
					}
				}
				exponent = math.Log(float64(taken[last])/float64(taken[last-1])) / math.Log(float64(sizes[last])/float64(sizes[last-1]))
				if exponent <= 1.2 || taken[last] <= worth {
					break
				}
			}
			t.Logf("%v %v, exponent %.2f", sizes, taken, exponent)
			if exponent > 1.2 && taken[last] > worth {
				t.Errorf("%v take %v: the exponent is %.2f; %s", sizes, taken, exponent, answer)
			}
		})
	}
}

// TestWorkGrowsWithTheFile: the same of imports in the formats of others, each size into a store of its own: what is stored already is
// cheap, and what is new is compared with all that is stored.
func TestWorkGrowsWithTheFile(t *testing.T) { //nolint:paralleltest // others would be counted
	testenv.Measures(t)
	sizes, worth := [2]int{30, 300}, 100*time.Millisecond
	if testenv.Long() {
		sizes, worth = [2]int{1_000, 10_000}, 500*time.Millisecond
	}
	for _, b := range growingFiles {
		t.Run(b.name, func(t *testing.T) {
			least, exponent := [2]time.Duration{math.MaxInt64, math.MaxInt64}, 0.0
			for range 6 { // what took too long is measured again: something else may have been counted
				taken := takenBeside(t, sizes, []sizedBody{b}, func(n int) (string, int) {
					return `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://growth.example/"}` + "\n", n
				})
				for i, one := range taken[b.name] {
					least[i] = min(least[i], one)
				}
				if exponent = math.Log10(float64(least[1]) / float64(least[0])); exponent <= 1.2 || least[1] <= worth {
					break
				}
			}
			t.Logf("%v: %v, exponent %.2f", sizes, least, exponent)
			if exponent > 1.2 && least[1] > worth {
				t.Errorf("%v take %v: the exponent is %.2f", sizes, least, exponent)
			}
		})
	}
}

// TestLongChainsOfMergersGrow: what a chain of mergers takes to be followed grows as the chain does, also where it is asked about all
// sources of it at once, or of what may be one with them or was said to be another.
func TestLongChainsOfMergersGrow(t *testing.T) { //nolint:paralleltest // others would be counted
	testenv.Measures(t)
	const small, large = 500, 4_000
	asked := []sizedBody{
		{"facets", http.MethodGet, "/v1/claims?include=facets&limit=1", "", func(int) string { return "" }},
		{"a relation", http.MethodPost, "/v1/imports", "application/x-ndjson", func(n int) string {
			return fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://growth.example/chain"}`+"\n"+
				`{"type":"source","key":"owner%d","kind":"organization","name":"Owner"}`+"\n"+
				`{"type":"relation","key":"owner%[1]d","subject":"owner%[1]d","kind":"owned_by","object":"s%[1]d"}`, n)
		}},
		{"a table", http.MethodPost, "/v1/imports?format=csv&of=sources", "text/csv", func(n int) string {
			return "name,kind\n" + repeated(n, "\n", "Source {i},outlet")
		}},
		{"a table of namesakes", http.MethodPost, "/v1/imports?format=csv&of=sources", "text/csv", func(n int) string {
			return "name,kind\n" + repeated(n, "\n", "Source {i},person")
		}},
		{"judged matches", http.MethodPost, "/v1/imports", "application/x-ndjson", func(n int) string {
			return `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://growth.example/chain"}` + "\n" +
				`{"type":"source","key":"other","kind":"organization","name":"Other"}` + "\n" +
				repeated(n, "\n", `{"type":"match","kind":"same_source","a":"s{i}","b":"other","status":"rejected"}`)
		}},
	}
	taken := takenBeside(t, [2]int{small, large}, asked, func(n int) (string, int) {
		return `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://growth.example/chain"}` + "\n" +
			growingBundles["a chain of mergers"](n), n
	})
	for name, both := range taken {
		exponent := math.Log(float64(both[1])/float64(both[0])) / math.Log(large/small)
		t.Logf("%s of %d and %d mergers: %v, exponent %.2f", name, small, large, both, exponent)
		if exponent > 1.5 && both[1] > 100*time.Millisecond { // each once and so with a wide margin; following one by one makes it 2
			t.Errorf("%s takes %v: the exponent is %.2f", name, both, exponent)
		}
	}
}

// TestLoopsOfControlGrow: an import that ties as many sources as it has grows as they do, be they a star, a ring that controls
// itself, which is a fault, or a ring that never does all at one time.
func TestLoopsOfControlGrow(t *testing.T) { //nolint:paralleltest // others would be counted
	testenv.Measures(t)
	const small, large = 2_000, 20_000
	opened, connection := openMeasured(t)
	served := serve(t, api.New(opened, api.Options{}))
	const tie = `{"type":"relation","subject":"s{i+1}","kind":"controlled_by","object":"s%s"}`
	for _, shape := range []struct {
		name, ties, last string
		status           int
	}{
		{"star", fmt.Sprintf(tie, "0"), "", http.StatusOK},
		{"ring", fmt.Sprintf(tie, "{i}"), `{"type":"relation","subject":"s0","kind":"controlled_by","object":"s%d"}`,
			http.StatusUnprocessableEntity},
		{"ring-in-turns", strings.Replace(fmt.Sprintf(tie, "{i}"), `"s{i}"`, `"s{i}","since":"2020"`, 1),
			`{"type":"relation","subject":"s0","kind":"controlled_by","object":"s%d","until":"2019"}`, http.StatusOK},
	} {
		exponent := math.Inf(1)
		for round := 0; round < 3 && exponent > 1.2; round++ { // what took too long is measured again: something else may have been counted
			var taken [2]time.Duration
			for i, n := range []int{small, large} {
				body := fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://growth.example/%s/%d/%d"}`+"\n",
					shape.name, n, round) + repeated(n+1, "\n", `{"type":"source","key":"s{i}","kind":"organization","name":"Owner {i}"}`) +
					"\n" + repeated(n, "\n", shape.ties)
				if shape.last != "" {
					body += "\n" + fmt.Sprintf(shape.last, n)
				}
				before := storetest.CPUTime(t, connection)
				status, _, text := served.send(http.MethodPost, "/v1/imports", body, "Content-Type", "application/x-ndjson")
				taken[i] = storetest.CPUTime(t, connection) - before
				if status != shape.status {
					t.Fatalf("%s of %d: %d %.300s", shape.name, n, status, text)
				}
			}
			exponent = math.Log(float64(taken[1])/float64(taken[0])) / math.Log(large/small)
			t.Logf("a %s of %d and %d relations: %v, exponent %.2f", shape.name, small, large, taken, exponent)
		}
		if exponent > 1.2 {
			t.Errorf("a %s: the exponent is %.2f", shape.name, exponent)
		}
	}
}

// TestImportsIntoMuchThatIsStored: what an import takes hardly grows with what is stored, be it unlike all that the import brings or of
// the one name that all its rows have.
func TestImportsIntoMuchThatIsStored(t *testing.T) { //nolint:paralleltest // others would be counted
	testenv.Measures(t)
	const small, large, rows = 1_000, 20_000, 300
	asked := []sizedBody{
		growingFiles[slices.IndexFunc(growingFiles, func(b sizedBody) bool { return b.name == "reviews" })],
		{"namesakes", http.MethodPost, "/v1/imports?format=csv&of=sources", "text/csv", func(n int) string {
			return "name,kind,wikidata\n" + repeated(n, "\n", "Namesake,outlet,Q1{i}")
		}},
	}
	taken := takenBeside(t, [2]int{small, large}, asked, func(stored int) (string, int) {
		return `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://growth.example/much"}` + "\n" +
			repeated(stored, "\n", `{"type":"source","key":"s{i}","kind":"outlet","name":"Namesake","country":"EG"}`) + "\n" +
			repeated(stored, "\n", `{"type":"claim","key":"c{i}","statement":{"en":"Bridge {i} of {word} fell, {word}{i}."}}`), rows
	})
	for name, both := range taken {
		t.Logf("%s into a store of %d and %d: %v", name, small, large, both)
		if both[1] > 8*both[0] && both[1] > 300*time.Millisecond {
			t.Errorf("%s takes %v where %d times as much is stored", name, both, large/small)
		}
	}
}

// TestImportsAfterOneThatFailedGrow: an import takes no more than as much as it brings after a large one that failed, of which PostgreSQL
// knows the pages and finds no rows in them.
func TestImportsAfterOneThatFailedGrow(t *testing.T) { //nolint:paralleltest // others would be counted
	testenv.Measures(t)
	const small, large = 1_000, 8_000
	ring := repeated(2, "\n", `{"type":"source","key":"r{i}","kind":"organization","name":"Ring {i}"}`) +
		"\n" + `{"type":"relation","subject":"r0","kind":"controlled_by","object":"r1"}` +
		"\n" + `{"type":"relation","subject":"r1","kind":"controlled_by","object":"r0"}`
	exponent := math.Inf(1)
	for round := 0; round < 3 && exponent > 1.2; round++ { // what took too long is measured again: something else may have been counted
		var taken [2]time.Duration
		for i, n := range []int{small, large} {
			opened, connection := openMeasured(t)
			served := serve(t, api.New(opened, api.Options{}))
			body := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://growth.example/failed"}` + "\n" +
				repeated(n, "\n", `{"type":"claim","key":"c{i}","statement":{"en":"Bridge {i} of {word} fell."}}`+"\n"+
					strings.Replace(said, `"claim":"c"`, `"claim":"c{i}"`, 1))
			for _, sent := range []struct {
				body   string
				status int
			}{{body + "\n" + ring, http.StatusUnprocessableEntity}, {body, http.StatusOK}} {
				before := storetest.CPUTime(t, connection)
				status, _, text := served.send(http.MethodPost, "/v1/imports", sent.body, "Content-Type", "application/x-ndjson")
				taken[i] = storetest.CPUTime(t, connection) - before
				if status != sent.status {
					t.Fatalf("of %d: %d %.300s", n, status, text)
				}
				if _, err := connection.Exec(t.Context(), "ANALYZE"); err != nil { // as PostgreSQL does by itself
					t.Fatal(err)
				}
			}
		}
		exponent = math.Log(float64(taken[1])/float64(taken[0])) / math.Log(float64(large)/small)
		t.Logf("imports of %d and %d attributions after one that failed: %v, exponent %.2f", small, large, taken, exponent)
	}
	if exponent > 1.2 {
		t.Errorf("the exponent is %.2f", exponent)
	}
}

// takenBeside gives the CPU time of each request in a store of one size and in one of another, by the names of the requests. bundle makes
// what is stored before, and says with how many members the requests are sent.
func takenBeside(t *testing.T, sizes [2]int, asked []sizedBody, bundle func(size int) (text string, members int)) (
	taken map[string][2]time.Duration) {
	t.Helper()
	taken = map[string][2]time.Duration{}
	for i, size := range sizes {
		opened, connection := openMeasured(t)
		served := serve(t, api.New(opened, api.Options{}))
		stored, members := bundle(size)
		status, _, text := served.send(http.MethodPost, "/v1/imports", stored, "Content-Type", "application/x-ndjson")
		if status != http.StatusOK {
			t.Fatalf("%d %.300s", status, text)
		}
		for _, b := range asked {
			before := storetest.CPUTime(t, connection)
			if status, _, text := served.send(b.method, b.path, b.body(members), "Content-Type", b.media); status != http.StatusOK {
				t.Fatalf("%s: %d %.300s", b.name, status, text)
			}
			both := taken[b.name]
			both[i] = storetest.CPUTime(t, connection) - before
			taken[b.name] = both
		}
	}
	return taken
}

// TestVerificationGrows: what it takes to verify the history grows as the attributions of one claim do, beside many claims with few, from
// which PostgreSQL expects few.
func TestVerificationGrows(t *testing.T) { //nolint:paralleltest // others would be counted
	testenv.Measures(t)
	sizes, taken := [2]int{200, 2_000}, [2]time.Duration{math.MaxInt64, math.MaxInt64}
	for i, size := range sizes {
		opened, connection := openMeasured(t)
		keepLog(t, opened)
		served := serve(t, api.New(opened, api.Options{}))
		bundle := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://growth.example/"}` + "\n" +
			growingBundles["many sources"](size) + "\n" +
			repeated(5*size, "\n", `{"type":"claim","key":"o{i}","statement":{"en":"The dam number {i} held."}}`+"\n"+
				`{"type":"attribution","key":"b{i}","claim":"o{i}","document":"d0","stance":"affirms","chain":[{"source":"s0"}]}`)
		status, _, text := served.send(http.MethodPost, "/v1/imports", bundle, "Content-Type", "application/x-ndjson")
		if status != http.StatusOK {
			t.Fatalf("%d %.300s", status, text)
		}
		for range 2 { // something else may have been counted
			before := storetest.CPUTime(t, connection)
			done, err := opened.Verify(t.Context(), store.VerifyOptions{}, func(finding string) { t.Errorf("found: %s", finding) })
			if err != nil || done.Findings > 0 {
				t.Fatalf("%d findings, %v", done.Findings, err)
			}
			taken[i] = min(taken[i], storetest.CPUTime(t, connection)-before)
		}
	}
	exponent := math.Log10(float64(taken[1]) / float64(taken[0]))
	t.Logf("%v: %v, exponent %.2f", sizes, taken, exponent)
	if exponent > 1.2 && taken[1] > 500*time.Millisecond {
		t.Errorf("%v take %v: the exponent is %.2f", sizes, taken, exponent)
	}
}

// leaving are requests that the short form leaves: each is long at another step of the service.
var leaving = []string{"a chain of reprints to analyses", "dated relations to analyses", "dated relations to imports",
	"moved quotes in a text to imports", "many links of a claim to imports", "rows", "reviews", "captures of an archive"}

// TestRequestsStopWithTheirClient: where the client leaves early, no more than half of the work is done, neither by the service nor by
// PostgreSQL. It runs alone, since it counts the time of the whole process.
func TestRequestsStopWithTheirClient(t *testing.T) { //nolint:paralleltest // others would be counted
	const early = 100 * time.Millisecond // of the processors
	opened, connection := openMeasured(t)
	service, ended := api.New(opened, api.Options{}), make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		service.ServeHTTP(w, r)
		ended <- struct{}{}
	}))
	t.Cleanup(server.Close)
	seen := map[int]time.Duration{} // of processes that may have ended: one whose statement is canceled does
	soFar := func() time.Duration {
		maps.Copy(seen, storetest.ProcessTimes(t, connection))
		return storetest.TotalTime(t, seen)
	}
	const working = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() " +
		"AND state = 'active')"
	// work is what a request takes of the processors whose client leaves after so much
	work := func(b sizedBody, most time.Duration) time.Duration {
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		request, err := http.NewRequestWithContext(ctx, b.method, server.URL+b.path, strings.NewReader(b.body(2_000)))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", b.media)
		before := soFar()
		go func() {
			if answer, err := http.DefaultClient.Do(request); err == nil {
				_, _ = io.Copy(io.Discard, answer.Body) // it ends where the client leaves
				answer.Body.Close()
			}
		}()
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for answered, busy := false, true; !answered || busy; {
			select {
			case <-ended:
				answered = true
			case <-tick.C:
				if soFar()-before > most {
					leave()
				}
			}
			if err := connection.QueryRow(t.Context(), working).Scan(&busy); err != nil {
				t.Fatal(err)
			}
		}
		return soFar() - before
	}
	for _, b := range append(bundleBodies(), growingFiles...) {
		if !testenv.Long() && !slices.Contains(leaving, b.name) {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			part, whole := work(b, early), work(b, math.MaxInt64)
			t.Logf("%v of %v", part, whole)
			if part > early+whole/2 {
				t.Errorf("of %v, %v are taken though the client leaves after %v", whole, part, early)
			}
		})
	}
}
