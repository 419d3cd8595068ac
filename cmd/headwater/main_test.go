package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	migratedatabase "github.com/golang-migrate/migrate/v4/database"
	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// asCommand makes the test binary the command itself.
const asCommand = "HEADWATER_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	storetest.Main(m)
}

// command is one run of headwater. [storetest.Main] took away what it would read of the user's environment.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), asCommand+"=yes")
	return cmd
}

type result struct {
	code           int
	stdout, stderr string
}

func invoke(t *testing.T, args ...string) result {
	t.Helper()
	return finish(t, command(t, args...))
}

func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// ok is the standard output of a command that must succeed.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	r := invoke(t, args...)
	if r.code != 0 {
		t.Fatalf("%q ended with %d: %s", args, r.code, r.stderr)
	}
	return r.stdout
}

// dataDir is a folder that the server's user can reach, which t.TempDir is not when root runs the tests.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "headwater-cmd-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

func bundleFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bundle.ndjson")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func contains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
}

func TestDemoOnceShowsAClaimInBothLanguages(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	for _, counts := range []string{"sources       44 added, 0 changed, 0 unchanged", "nothing changed"} {
		contains(t, ok(t, "demo", "--once", "--data-dir", dir), counts,
			"At least 30 people were killed", "قتل 30 شخصا على الأقل",
			"└─ Zahir Anbari · زاهر عنبري", "Who affirms it (8)", "Who denies it (3)",
			"What counts: 19 attributions (8 of this claim's own, 11 that its links bring in) for it, 6 attributions (3 of",
			"morgue-full (corroborates it)", "toll-14 (direct)", "shift-of-25 (tension)", "Reviewed by Plumbline")
	}
}

func TestImportTwiceThenExport(t *testing.T) {
	t.Parallel()
	first, second := storetest.New(t), storetest.New(t)
	file := bundleFile(t, string(testdata.Demo))
	contains(t, ok(t, "import", "--database-url", first, file), "links         19 added, 0 changed, 0 unchanged")
	again := ok(t, "import", "--database-url", first, file)
	contains(t, again, "links         0 added, 0 changed, 19 unchanged", "nothing changed")
	exported := ok(t, "export", "--database-url", first)
	fromInput := command(t, "import", "--database-url", second, "-")
	fromInput.Stdin = strings.NewReader(exported)
	if r := finish(t, fromInput); r.code != 0 {
		t.Fatalf("import of standard input ended with %d: %s", r.code, r.stderr)
	}
	if ok(t, "export", "--database-url", second) != exported {
		t.Error("an export that was imported is exported differently")
	}
}

// TestImportTellsWhatItReadOtherwise, names the encoding of files, and goes on after an answer of nothing.
func TestImportTellsWhatItReadOtherwise(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	table := bundleFile(t, "Outlets, 2024\nsubject.name,object.name,kind,share\n\xc7\xe1\xc3\xdd\xde,A,owned_by,25-50%\n")
	r := finish(t, command(t, "import", "--database-url", database, "--format", "csv", "--of", "relations", "--charset", "windows-1256",
		table))
	contains(t, r.stdout, "1 records: 1 kept", "sources       2 added")
	contains(t, r.stderr, table+`:1: note: /: "Outlets 2024": a line above the names of the columns; left out`,
		table+`:3: note: /share: "25-50%": read as 0.25, the least that it can be`)
	contains(t, ok(t, "export", "--database-url", database), `"name":"الأفق"`)
	answer := bundleFile(t, `{"text":"It rained","claimReview":[{"publisher":{"name":"D"},"textualRating":"False"}]}`)
	contains(t, ok(t, "import", "--database-url", database, "--format", "factcheck", bundleFile(t, "{}\n"), answer),
		"0 records: 0 kept", "reviews       1 added")
}

func TestTheExampleInTheDataModelIsABundle(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/data-model.md")
	if err != nil {
		t.Fatal(err)
	}
	example := strings.Join(regexp.MustCompile(`(?m)^    (\{"type":.*\n)`).FindAllString(string(page), -1), "")
	contains(t, ok(t, "import", "--database-url", storetest.New(t), bundleFile(t, example)), "attributions  1 added",
		"sources       2 added")
}

func TestImportFaultsNameFileAndLine(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	empty := ok(t, "export", "--database-url", database)
	lines := strings.SplitAfterN(string(testdata.Demo), "\n", 3)
	for _, test := range []struct {
		name, text string
		wanted     []string
	}{
		{"no such kind", lines[0] + `{"type":"source","key":"a","kind":"oracle","name":"A"}`,
			[]string{`:2: /kind: not_one_of: "oracle", expected one of person`}},
		{"unknown field", lines[0] + `{"type":"source","key":"a","kind":"person","name":"A","nose":"long"}`,
			[]string{`:2: /nose: unknown_field`}},
		{"two faults", lines[0] + "{\"type\":\"source\",\"key\":\"a\",\"kind\":\"person\"}\n" +
			`{"type":"review","claim":"b","author":"a","rating":{}}`,
			[]string{":2: /name: required", ":3: /rating/label: required", "it has 2 faults"}},
		{"unknown key", lines[0] + "{\"type\":\"source\",\"key\":\"a\",\"kind\":\"person\",\"name\":\"A\"}\n" +
			`{"type":"review","claim":"b","author":"a","rating":{"label":"no"}}`,
			[]string{`:3: /claim: unknown_reference: "b"`}},
		{"cut in the middle", string(testdata.Demo[:5_000]), []string{"/: bad_format"}},
		{"empty", "", []string{":1: /: required"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := bundleFile(t, test.text)
			r := invoke(t, "import", "--database-url", database, file)
			if r.code != 1 || r.stdout != "" {
				t.Errorf("exit code %d, want 1; output %q", r.code, r.stdout)
			}
			contains(t, r.stderr, append(test.wanted, file+":", "nothing of it was kept")...)
			if ok(t, "export", "--database-url", database) != empty {
				t.Error("something was kept")
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		args   []string
		wanted string
	}{
		{"all addresses", []string{"serve", "--addr", ":8080", "--database-url", storetest.New(t)}, "expected a loopback address"},
		{"a public address", []string{"serve", "--addr", "0.0.0.0:8080", "--database-url", storetest.New(t)},
			"expected a loopback address"},
		{"no port", []string{"serve", "--addr", "localhost"}, "expected an address and a port"},
		{"log level", []string{"version", "--log-level", "loud"}, `--log-level is "loud"`},
		{"log format", []string{"version", "--log-format", "xml"}, `--log-format is "xml"`},
		{"schema is missing", []string{"export", "--database-url", storetest.NewEmpty(t)}, "run: headwater migrate up"},
		{"demo elsewhere", []string{"demo", "--database-url", "postgres://db.example/x"}, "--database-url does not go with demo"},
		{"more steps than versions", []string{"migrate", "down", "--steps", "2", "--database-url", storetest.NewEmpty(t)},
			"the schema is version 0, and cannot be taken back by 2"},
		{"no steps", []string{"migrate", "down", "--steps", "0", "--database-url", storetest.NewEmpty(t)},
			"--steps is 0; expected 1 or more"},
		{"a bundle that goes on", []string{"import", "--keep-going", "x.ndjson"}, `--keep-going is "true"; expected false for a bundle`},
		{"a bundle with a map", []string{"import", "--map", "name=A", "x.ndjson"},
			`--format is "bundle"; expected csv, if of, map, set, days or safe_cells is given`},
		{"a map that is none", []string{"import", "--format", "csv", "--of", "sources", "--map", "name", "x.csv"},
			`--map is "name"; expected FIELD=VALUE`},
		{"an encoding that there is none of", []string{"import", "--format", "csv", "--of", "sources", "--charset", "x", "x.csv"},
			`--charset is "x"; expected the name of an encoding`},
		{"a bundle in an encoding", []string{"import", "--charset", "windows-1256", "x.ndjson"},
			`--charset is "windows-1256"; expected nothing unless format is claimreview, factcheck, csv, bods, ftm, trusttxt, html, ` +
				`warc, rss or webannotation`},
		{"an export of pages", []string{"export", "--format", "html"},
			`--format is "html"; expected one that is written: bundle, claimreview, factcheck, csv or webannotation`},
		{"annotations of one claim", []string{"export", "--format", "webannotation", "--of", "claims"},
			`--of is "claim"; expected nothing unless format is csv`},
		{"a table of nothing", []string{"import", "--format", "csv", "x.csv"}, `--of is ""`},
		{"a key's id in another form", []string{"key", "revoke", "6f1c0a526a5e5f0e9d0e3f1f6a1b2c3d"}, "is no key's id"},
		{"no file", []string{"import"}, "requires at least 1 arg"},
		{"unknown command", []string{"exprot"}, "unknown command"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := invoke(t, test.args...)
			if r.code != 1 {
				t.Errorf("exit code %d, want 1", r.code)
			}
			contains(t, r.stderr, test.wanted)
		})
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	database := storetest.NewEmpty(t)
	latest, err := migrations.Latest()
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ args, wanted string }{
		{"status", "schema version 0: this program needs"},
		{"up", "up to date"},
		{"up", "up to date"},
		{"down --steps 1", "run: headwater migrate up"},
		{"up", "up to date"},
		{fmt.Sprintf("down --steps %d", latest), "schema version 0"},
		{"up", "up to date"},
	} {
		args := append([]string{"migrate", "--database-url", database}, strings.Fields(step.args)...)
		contains(t, ok(t, args...), step.wanted)
	}
}

// TestInterruptEndsAWaitingMigration interrupts a migration that waits for another, as long as that takes.
func TestInterruptEndsAWaitingMigration(t *testing.T) {
	t.Parallel()
	database := storetest.NewEmpty(t)
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	lock, err := migratedatabase.GenerateAdvisoryLockId(conn.Config().Database, "public", "schema_migrations")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "SELECT pg_advisory_lock("+lock+")"); err != nil {
		t.Fatal(err)
	}
	migrate := command(t, "migrate", "up", "--database-url", database)
	stderr, err := migrate.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate.Start(); err != nil {
		t.Fatal(err)
	}
	killed := time.AfterFunc(time.Minute, func() { _ = migrate.Process.Kill() })
	defer killed.Stop()
	lines := bufio.NewScanner(stderr)
	for lines.Scan() && !strings.Contains(lines.Text(), "waiting for another process that is migrating") {
	}
	if err := migrate.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	if err := migrate.Wait(); err == nil || migrate.ProcessState.ExitCode() != 1 {
		t.Errorf("it ended with %v, want exit code 1", err)
	}
}

// service is a running `headwater serve`.
type service struct {
	*exec.Cmd
	url     string
	log     *bufio.Scanner
	reading sync.WaitGroup // who reads the log meanwhile
}

var servingAt = regexp.MustCompile(`msg=serving url=(\S+)`)

func startService(t *testing.T, args ...string) *service {
	t.Helper()
	return startServiceWith(t, nil, args...)
}

func startServiceWith(t *testing.T, environment []string, args ...string) *service {
	t.Helper()
	s := &service{Cmd: command(t, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)}
	s.Env = append(s.Env, environment...)
	stderr, err := s.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Process.Kill() })
	s.log = bufio.NewScanner(stderr)
	var seen []string
	for s.log.Scan() {
		seen = append(seen, s.log.Text())
		if match := servingAt.FindStringSubmatch(s.log.Text()); match != nil {
			s.url = match[1]
			return s
		}
	}
	t.Fatalf("it never served:\n%s", strings.Join(seen, "\n"))
	return nil
}

// end waits for the service and gives its exit code, -1 where a signal ended it.
func (s *service) end(t *testing.T) int {
	t.Helper()
	s.reading.Wait()
	for s.log.Scan() {
	}
	err := s.Wait()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	return s.ProcessState.ExitCode()
}

func (s *service) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

func TestServeAnswersAndStops(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			s := startService(t, "--database-url", storetest.New(t))
			for _, path := range []string{"/healthz", "/readyz"} {
				if status, body := s.get(t, path); status/100 != 2 {
					t.Errorf("%s answered %d: %s", path, status, body)
				}
			}
			if err := s.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if code := s.end(t); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
		})
	}
}

// TestKilledServe kills the service with its private server running, and starts it again on the same folder.
func TestKilledServe(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	ok(t, "import", "--data-dir", dir, bundleFile(t, string(testdata.Demo)))
	before := ok(t, "export", "--data-dir", dir)
	for range 3 {
		s := startService(t, "--data-dir", dir)
		pause(20)
		if err := s.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		s.end(t)
	}
	s := startService(t, "--data-dir", dir)
	if ok(t, "export", "--data-dir", dir) != before {
		t.Error("what is stored is not what was stored before")
	}
	if err := s.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := s.end(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// pause waits for up to so many milliseconds, so that what follows comes at a moment that nobody chose.
func pause(most int) { time.Sleep(time.Duration(rand.N(most*1000)) * time.Microsecond) }

// TestKilledImport kills imports at moments that nobody chose: each must be there whole, or not at all.
func TestKilledImport(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	ok(t, "migrate", "up", "--data-dir", dir)
	holder := startService(t, "--data-dir", dir) // so that the imports join its server and the kills fall into their work
	const sources, rounds = 2_000, 8
	stored := 0
	for round := range rounds {
		cmd := command(t, "import", "--data-dir", dir, bundleFile(t, manySources(round, sources)))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		pause(600)
		_ = cmd.Process.Kill() // it may have ended by itself
		_ = cmd.Wait()         // and how it ended is for the counts to show
		lines := settled(t, dir)
		if added := lines - stored; added != 0 && added != sources {
			t.Fatalf("%d of %d sources of a killed import are there", added, sources)
		}
		stored = lines
	}
	contains(t, ok(t, "import", "--data-dir", dir, bundleFile(t, manySources(rounds, sources))), fmt.Sprintf("%d added", sources))
	if err := holder.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	holder.end(t)
}

// settled counts the stored things. It first imports an empty bundle, which waits for whatever a killed import left running.
func settled(t *testing.T, dir string) int {
	t.Helper()
	ok(t, "import", "--data-dir", dir, bundleFile(t, manySources(0, 0)))
	return strings.Count(ok(t, "export", "--data-dir", dir), "\n") - 1
}

func manySources(round, n int) string {
	var b strings.Builder
	b.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/many"}` + "\n")
	for i := range n {
		fmt.Fprintf(&b, `{"type":"source","key":"s-%d-%d","kind":"person","name":"Teller %d"}`+"\n", round, i, i)
	}
	return b.String()
}

func TestHelpHasExamples(t *testing.T) {
	t.Parallel()
	root := newRootCommand(func(string) string { return "" })
	for _, sub := range root.Commands() {
		if sub.Example == "" || sub.Short == "" {
			t.Errorf("headwater %s --help has no example or no description", sub.Name())
		}
	}
	for name, value := range map[string]string{"DATABASE_URL": "postgres://u:secret@db.example/x"} {
		var help bytes.Buffer
		root := newRootCommand(func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		})
		root.SetOut(&help)
		root.SetArgs([]string{"--help"})
		if err := root.ExecuteContext(context.Background()); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(help.String(), "secret") {
			t.Errorf("--help shows %s", name)
		}
	}
}

// TestFormatsByDirection: what a command offers as a format is what it can read, or write.
func TestFormatsByDirection(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"import": "bundle, claimreview, factcheck, csv, bods, ftm, trusttxt, html, warc, rss, webannotation",
		"export": "bundle, claimreview, factcheck, csv, webannotation, prov-json, stix",
	} {
		contains(t, ok(t, "__complete", command, "--format", ""), strings.ReplaceAll(want, ", ", "\n")+"\n")
		contains(t, strings.Join(strings.Fields(ok(t, command, "--help")), " "), "--format string "+want+" (default")
	}
}

// TestKeys: a token is shown once; with keys, a request needs one, and the service may be reached from elsewhere.
func TestKeys(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	contains(t, invoke(t, "--data-dir", dir, "serve", "--addr", "0.0.0.0:0").stderr, "until a key is made")
	made := ok(t, "--data-dir", dir, "key", "create", "--name", "desk", "--scope", "read", "--expires", "2999")
	token := strings.Fields(made)[0]
	list := ok(t, "--data-dir", dir, "key", "list")
	contains(t, list, "desk", "read", "until 2999-12-31", "never")
	if strings.Contains(list, token) {
		t.Error("the list shows the token")
	}
	contains(t, invoke(t, "--data-dir", dir, "key", "create", "--name", "x", "--scope", "root").stderr, `/scopes/0: not_one_of: "root"`)
	contains(t, invoke(t, "--data-dir", dir, "key", "revoke", "desk").stderr, `"desk" is no key's id`)

	s := startService(t, "--data-dir", dir)
	if status, body := s.get(t, "/v1/sources"); status != http.StatusUnauthorized {
		t.Errorf("without a key: %d %s", status, body)
	}
	if status, body := s.get(t, "/healthz"); status != http.StatusNoContent {
		t.Errorf("health without a key: %d %s", status, body)
	}
	stop(t, s)
	public := startService(t, "--data-dir", dir, "--public-read")
	if status, body := public.get(t, "/v1/sources"); status != http.StatusOK {
		t.Errorf("public read: %d %s", status, body)
	}
	stop(t, public)
}

func stop(t *testing.T, s *service) {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	s.end(t)
}

func TestEveryCommandAndFlagIsExplained(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := func(flag *pflag.Flag) {
		if _, field := flag.Annotations[madeFromFields]; field {
			return // docs/data-model.md explains fields, the OpenAPI document filters
		}
		if !strings.Contains(string(page), "| `--"+flag.Name+"` |") {
			t.Errorf("docs/configuration.md says nothing of --%s", flag.Name)
		}
	}
	var walk func(command *cobra.Command)
	walk = func(command *cobra.Command) {
		if command.Example == "" {
			t.Errorf("%s has no example", command.CommandPath())
		}
		command.LocalNonPersistentFlags().VisitAll(explained)
		command.PersistentFlags().VisitAll(explained)
		for _, below := range command.Commands() {
			walk(below)
		}
	}
	walk(newRootCommand(func(string) string { return "" }))
}
