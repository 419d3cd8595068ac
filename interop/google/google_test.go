// Package google holds the service to Google's own clients of the Fact Check Tools API, unmodified: the one for Go here,
// the one for Node in client.test.js. It is a module of its own, so that the service does not carry them.
//
// It must not know the service but as they do, over HTTP, and by its command.
package google

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/api/factchecktools/v1alpha1"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
)

// invented is how many claims the bundle has of each language.
const invented = 23

// writeBundle writes invented claims in Arabic and English, each with a review, and one that two desks word in their own way.
func writeBundle(path string) error {
	var lines strings.Builder
	line := func(thing map[string]any) {
		text, err := json.Marshal(thing)
		if err != nil {
			panic(err) // the things are all of text
		}
		lines.Write(append(text, '\n'))
	}
	type thing = map[string]any
	review := func(claim, author, label, language string, more thing) {
		made := thing{"type": "review", "claim": claim, "author": author, "rating": thing{"label": label}, "language": language,
			"title": "Checked: " + claim, "url": "https://" + author + ".example/" + claim, "published": "2025-03-01"}
		for name, value := range more {
			made[name] = value
		}
		line(made)
	}
	line(thing{"type": "bundle", "format": "headwater-bundle/1", "namespace": "https://interop.example/"})
	line(thing{"type": "source", "key": "mizan", "kind": "organization", "name": "Mizan", "names": thing{"ar": "ميزان"},
		"domains": []string{"mizan.example"}})
	line(thing{"type": "source", "key": "plumb", "kind": "organization", "name": "Plumbline", "url": "https://www.plumb.example/"})
	line(thing{"type": "source", "key": "page", "kind": "social_account", "name": "A page", "names": thing{"ar": "صفحة"}})
	line(thing{"type": "document", "key": "post", "publisher": "page", "kind": "post",
		"published": thing{"earliest": "2025-02-27T08:00:00Z", "latest": "2025-02-27T08:00:00Z"}})
	for i := range invented {
		english, arabic := fmt.Sprint("en", i), fmt.Sprint("ar", i)
		line(thing{"type": "claim", "key": english, "statement": thing{"en": fmt.Sprintf("The lighthouse keeper saw %d ships, \"all\" "+
			"dark & silent…", 100+i)}})
		review(english, "plumb", "False", "en", nil)
		line(thing{"type": "claim", "key": arabic, "statement": thing{"ar": fmt.Sprintf("شاهد حارس المنارة %d سفينةً مظلمةً 🚢 #المنارة",
			100+i)}})
		review(arabic, "mizan", "زائف", "ar", nil)
	}
	line(thing{"type": "claim", "key": "bridge", "statement": thing{"en": "The bridge was closed for a wedding.",
		"ar": "أُغلق الجسر من أجل عرس."}})
	line(thing{"type": "attribution", "claim": "bridge", "document": "post", "stance": "affirms",
		"chain": []thing{{"source": "page", "act": "publishes"}}})
	review("bridge", "mizan", "مضلل", "ar", thing{"claim_reviewed": "عرس يغلق الجسر ثلاثة أيام"})
	review("bridge", "plumb", "Misleading", "en", nil)
	return os.WriteFile(path, []byte(lines.String()), 0o600)
}

// root is the address of the service, with a slash at its end; key opens it.
var root, key string

func TestMain(m *testing.M) {
	code, err := withService(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// command is bin/headwater on a database of its own.
func command(dir string, arguments ...string) *exec.Cmd {
	c := exec.Command("../../bin/headwater", append(arguments, "--data-dir", dir+"/data")...)
	c.Env = append(os.Environ(), "DATABASE_URL=", "HEADWATER_ADDR=", "HEADWATER_LOG_FORMAT=text", "HEADWATER_LOG_LEVEL=info")
	c.Stderr = os.Stderr
	return c
}

// withService runs tests while the service serves what was invented.
func withService(run func() int) (code int, err error) {
	dir, err := os.MkdirTemp("", "headwater-google-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // whoever runs PostgreSQL has to reach its folder
		return 1, err
	}
	if err := writeBundle(dir + "/bundle.ndjson"); err != nil {
		return 1, err
	}
	serve := command(dir, "serve", "--addr", "127.0.0.1:0")
	serve.Stderr = nil
	log, err := serve.StderrPipe()
	if err != nil {
		return 1, err
	}
	if err := serve.Start(); err != nil {
		return 1, fmt.Errorf("%w; make build makes it", err)
	}
	defer func() { err = errors.Join(err, serve.Process.Signal(syscall.SIGTERM), serve.Wait()) }()
	lines, address := bufio.NewScanner(log), regexp.MustCompile(`msg=serving url=(\S+)`)
	for root == "" && lines.Scan() {
		if found := address.FindStringSubmatch(lines.Text()); found != nil {
			root = found[1] + "/"
		}
	}
	if root == "" {
		return 1, errors.New("the service did not start")
	}
	go func() {
		for lines.Scan() { // or it would wait for somebody to read its log
		}
	}()
	if out, err := command(dir, "import", dir+"/bundle.ndjson").Output(); err != nil {
		return 1, fmt.Errorf("import: %w: %s", err, out)
	}
	out, err := command(dir, "key", "create", "--name", "desk", "--scope", "read").Output()
	if err != nil {
		return 1, fmt.Errorf("key: %w: %s", err, out)
	}
	key = regexp.MustCompile(`hw_\w+_\S+`).FindString(string(out))
	return run(), nil
}

func client(t *testing.T, options ...option.ClientOption) *factchecktools.ClaimsService {
	t.Helper()
	service, err := factchecktools.NewService(t.Context(), append([]option.ClientOption{option.WithEndpoint(root)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return service.Claims
}

func texts(claims []*factchecktools.GoogleFactcheckingFactchecktoolsV1alpha1Claim) (list []string) {
	for _, claim := range claims {
		list = append(list, claim.Text)
	}
	return list
}

func TestSearch(t *testing.T) {
	claims := client(t, option.WithAPIKey(key))
	for name, c := range map[string]struct {
		search *factchecktools.ClaimsSearchCall
		first  string
		n      int
	}{
		"English": {claims.Search().Query("lighthouse keepers").LanguageCode("en-US").PageSize(100), "", invented},
		"Arabic":  {claims.Search().Query("حارس المناره").LanguageCode("ar").PageSize(100), "", invented},
		"a whole English text": {claims.Search().Query(`The lighthouse keeper saw 107 ships, "all" dark & silent…`),
			`The lighthouse keeper saw 107 ships, "all" dark & silent…`, 10},
		"a whole Arabic text": {claims.Search().Query("شاهد حارس المنارة ١٠٧ سفينة مظلمة 🚢 #المنارة"),
			"شاهد حارس المنارة 107 سفينةً مظلمةً 🚢 #المنارة", 10},
		"a whole wording":       {claims.Search().Query("عرس يغلق الجسر ثلاثة أيام"), "عرس يغلق الجسر ثلاثة أيام", 1},
		"a site":                {claims.Search().ReviewPublisherSiteFilter("www.plumb.example").PageSize(200), "", invented + 1},
		"an age that is passed": {claims.Search().Query("bridge").MaxAgeDays(1), "", 0},
		"nothing":               {claims.Search().Query("zeppelin"), "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := c.search.Do()
			if err != nil {
				t.Fatal(err)
			}
			if len(answer.Claims) != c.n || c.first != "" && answer.Claims[0].Text != c.first {
				t.Errorf("%d claims, want %d: %q", len(answer.Claims), c.n, texts(answer.Claims))
			}
		})
	}
}

func TestAClaimIsWhole(t *testing.T) {
	answer, err := client(t, option.WithAPIKey(key)).Search().Query("الجسر").LanguageCode("ar").Do()
	if err != nil || len(answer.Claims) != 1 {
		t.Fatal(err, answer)
	}
	claim := answer.Claims[0]
	review := claim.ClaimReview[0]
	got := []string{claim.Text, claim.Claimant, claim.ClaimDate, review.Publisher.Name, review.Publisher.Site, review.Url, review.Title,
		review.ReviewDate, review.TextualRating, review.LanguageCode}
	want := []string{"عرس يغلق الجسر ثلاثة أيام", "صفحة", "2025-02-27T08:00:00Z", "ميزان", "mizan.example", "https://mizan.example/bridge",
		"Checked: bridge", "2025-03-01T00:00:00Z", "مضلل", "ar"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestPages(t *testing.T) {
	claims := client(t, option.WithAPIKey(key))
	search := func() *factchecktools.ClaimsSearchCall { return claims.Search().Query("lighthouse").PageSize(4) }
	var walked, passed []string
	err := search().Pages(t.Context(),
		func(page *factchecktools.GoogleFactcheckingFactchecktoolsV1alpha1FactCheckedClaimSearchResponse) error {
			walked = append(walked, texts(page.Claims)...)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	for offset := int64(0); ; offset += 4 {
		page, err := search().Offset(offset).Do()
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Claims) == 0 {
			break
		}
		passed = append(passed, texts(page.Claims)...)
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(walked)))
	if len(walked) != invented || len(distinct) != invented || !slices.Equal(walked, passed) {
		t.Errorf("by token  %q\nby offset %q", walked, passed)
	}
}

func TestErrors(t *testing.T) {
	claims, stranger := client(t, option.WithAPIKey(key)), client(t, option.WithoutAuthentication())
	for name, c := range map[string]struct {
		search *factchecktools.ClaimsSearchCall
		code   int
		says   string
	}{
		"no query":           {claims.Search(), http.StatusBadRequest, "query: expected words of a claim, or reviewPublisherSiteFilter"},
		"a page below 0":     {claims.Search().Query("a").PageSize(-1), http.StatusBadRequest, `pageSize is "-1"; expected a number >= 0`},
		"a token of another": {claims.Search().Query("a").PageToken("b"), http.StatusBadRequest, "pageToken"},
		"no key":             {stranger.Search().Query("a"), http.StatusUnauthorized, "X-Goog-Api-Key"},
		"another key": {client(t, option.WithAPIKey("AIzaNot")).Search().Query("a"), http.StatusUnauthorized,
			"unknown, expired or revoked"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.search.Do()
			var told *googleapi.Error
			if !errors.As(err, &told) || told.Code != c.code || !strings.Contains(told.Message, c.says) || len(told.Errors) != 1 ||
				len(told.Details) == 0 {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestNode runs the tests of the client for Node against the same service.
func TestNode(t *testing.T) {
	c := exec.CommandContext(context.WithoutCancel(t.Context()), "node", "--test", "client.test.js")
	c.Env = append(os.Environ(), "HEADWATER_ROOT="+root, "HEADWATER_KEY="+key, fmt.Sprint("INVENTED=", invented))
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
