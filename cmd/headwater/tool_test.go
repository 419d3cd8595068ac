package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// shell runs lines of a shell, in which headwater is this program, and gives what each printed.
func shell(t *testing.T, environment []string, lines string) (out string, failed error) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Symlink(program, filepath.Join(folder, "headwater")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-eu", "-c", lines)
	cmd.Dir = folder
	cmd.Env = slices.Concat(command(t).Env, environment, []string{"PATH=" + folder + ":" + os.Getenv("PATH")})
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// tutorial is the block of commands of the tutorial.
func tutorial(t *testing.T) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(blocks(t, "docs/tutorial.md", "sh")[0], "\n"), "\n")
}

// blocks are the blocks of a page that are in a language, one at least.
func blocks(t *testing.T, page, language string) (list []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", page))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		list = append(list, block[1])
	}
	if list == nil {
		t.Fatalf("%s has no block of %s", page, language)
	}
	return list
}

// TestAnArticleByCommand enters an article by ten commands, none refused, and works with what is there.
func TestAnArticleByCommand(t *testing.T) {
	t.Parallel()
	lines := tutorial(t)
	if len(lines) > 10 {
		t.Errorf("the tutorial has %d commands, want 10 at most", len(lines))
	}
	dir := dataDir(t)
	s := startService(t, "--data-dir", dir)
	local := "HEADWATER_DATA_DIR=" + dir
	for _, environment := range [][]string{{local}, {"HEADWATER_SERVER=" + s.url}} {
		commands := strings.Join(lines, "\n")
		if environment[0] != local { // under other keys: the same is there by then
			commands = regexp.MustCompile(`\b(quay-courier|lock-office|second-look|flood-gates|gates-shut|gate-open)\b`).
				ReplaceAllString(commands, "$1-2")
			commands = strings.NewReplacer("https://second-look-2.example/", "https://elsewhere.example/", "courier.example", "c.example").
				Replace(commands)
		}
		out, err := shell(t, environment, commands)
		if err != nil {
			t.Fatalf("%v: %v\n%s", environment, err, out)
		}
	}
	ask := func(line string) string {
		t.Helper()
		out, err := shell(t, []string{local}, line)
		if err != nil {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
		return out
	}
	contains(t, ask("headwater report gates-shut"), "contested")
	contains(t, ask("headwater show claim gates-shut"), "contested", "Lock Office · مكتب الهويس  says", "“said”",
		"Reviewed by Second Look: Unproven",
		"gate-open (direct)", "2025-03/2025-04  Were the flood gates shut?")
	contains(t, ask("headwater show document flood-gates"), "publisher  Quay Courier", "said all four gates", "2025-03")
	contains(t, ask("headwater list attributions --claim gates-shut"), "CHAIN", "flood-gates", "Quay Courier → Lock Office · مكتب الهويس")
	contains(t, ask("headwater list sources --kind government"), "lock-office", "EG")
	contains(t, ask("headwater list documents"), "2025-03/2025-04", "Were the flood gates shut?")
	contains(t, ask("headwater list links"), "contradicts", "gates-shut", "gate-open")
	contains(t, ask("headwater search midnight"), "gates-shut", "KEY OR ID")
	contains(t, ask("headwater search الهويس"), "lock-office")
	contains(t, ask("headwater history --limit 3"), "create", "review")
	contains(t, ask("headwater history claim gates-shut"), "cli:", "statement")
	contains(t, ask("headwater open claim gates-shut"), "http://127.0.0.1:8080/en/claims/")
	if strings.ContainsAny(ask("headwater show claim gates-shut"), "\u2066\u2067\u2068\u2069") {
		t.Error("what is piped has marks that nobody sees")
	}
	var listed struct{ Key string }
	line := ask("headwater list claims --key gates-shut --format json")
	if err := json.Unmarshal([]byte(line), &listed); err != nil || listed.Key != "gates-shut" {
		t.Errorf("as JSON: %v, %v", listed, err)
	}

	added := ask(`printf '%s\n%s\n' '{"kind":"person","name":"Ada"}' '{"kind":"person","name":"Bo","country":"Egypt"}' |
		headwater add source --country Kenya - --format json`)
	contains(t, added, `"country":"KE"`, `"country":"EG"`)
	out, err := shell(t, []string{local}, `headwater add attribution --claim nowhere --document flood-gates --stance maybe --chain nobody`)
	if err == nil {
		t.Error("a faulty attribution was added")
	}
	contains(t, out, "/claim: unknown_reference", "/stance: not_one_of", "affirms", "/chain/0/source: unknown_reference")
	out, err = shell(t, []string{local}, lines[0])
	if err == nil || !strings.Contains(out, "quay-courier") {
		t.Errorf("the same key again: %v, %s", err, out)
	}
}

// TestProposalsByCommand: what suggest keeps says how it is accepted, and is.
func TestProposalsByCommand(t *testing.T) {
	t.Parallel()
	local := []string{"HEADWATER_DATA_DIR=" + dataDir(t)}
	const claim = `headwater add claim --key %s --statement en="The blast killed %s dockers." ` +
		`--quantities '{"value":%s,"unit":"docker","comparator":"="}'`
	// Whoever has the database needs no key, also once there is one.
	out, err := shell(t, local, "headwater key create --name desk --scope read\n"+
		strings.ReplaceAll(strings.Replace(claim, "%s", "thirty", 1), "%s", "30")+"\n"+
		strings.ReplaceAll(strings.Replace(claim, "%s", "twelve", 1), "%s", "12")+"\nheadwater suggest --all --keep")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	contains(t, out, "Kept as proposed, which counts for nothing yet: 1 link")
	if strings.Contains(out, "level=") {
		t.Errorf("commands that did what was asked, each with a private PostgreSQL of its own, log:\n%s", out)
	}
	accept := regexp.MustCompile(`headwater accept \S+`).FindString(out)
	out, err = shell(t, local, "headwater proposals\n"+accept+" --reason \"قرئ مرتين\"\n"+
		"headwater list links --status accepted\nheadwater proposals")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	contains(t, out, "contradicts", "thirty", "twelve", ": accepted")
	// What somebody decided otherwise since it was listed is refused, by the version that was listed; by its id alone it is not.
	id, _, _ := strings.Cut(strings.Fields(accept)[2], "@")
	out, err = shell(t, local, "headwater reopen "+id+"\n"+accept)
	if err == nil {
		t.Error("a version that is no longer there was accepted")
	}
	contains(t, out, ": proposed", "nothing was decided", "is at version 3, not 1", "cli:", "changed it last")
	if out, err = shell(t, local, "headwater show link "+id+"@3\nheadwater accept "+id+"@3"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	out, _ = shell(t, local, "headwater accept "+id+"@0 x")
	contains(t, out, `the version is "0"`, `"x" names nothing to decide`)
	out, _ = shell(t, local, "headwater reject 6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d")
	contains(t, out, "is no link, attribution or match that is stored")
}

// TestAReaderThatLeavesEndsACommand: head takes the first lines of a list. The command ends as ever, with the database that it started.
func TestAReaderThatLeavesEndsACommand(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	ok(t, "import", "--data-dir", dir, bundleFile(t, string(testdata.Demo)))
	for _, args := range [][]string{{"list", "sources"}, {"export"}, {"report", "harbour-blast-toll"}} {
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		reader.Close()
		var told bytes.Buffer
		cmd := command(t, append(args, "--data-dir", dir)...)
		cmd.Stdout, cmd.Stderr = writer, &told
		_ = cmd.Run() // it cannot say what it should
		writer.Close()
		if code := cmd.ProcessState.ExitCode(); code != 141 || strings.Contains(told.String(), "broken pipe") {
			t.Errorf("%q ended with %d: %s", args, code, &told)
		}
		if _, err := os.Stat(filepath.Join(dir, "postgres", "postmaster.pid")); !os.IsNotExist(err) {
			t.Errorf("%q left its database running: %v", args, err)
		}
	}
}

// TestClaimsAreListedByStandingWithoutAService: where no service keeps the standings, who lists claims works them out.
func TestClaimsAreListedByStandingWithoutAService(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "import", "--database-url", database, bundleFile(t, string(testdata.Demo)))
	for _, args := range [][]string{{"list", "claims", "--standing", "contested"}, {"search", "killed"}} {
		r := invoke(t, append(args, "--database-url", database)...)
		if r.code != 0 || r.stderr != "" || !regexp.MustCompile(`harbour-blast-toll +contested `).MatchString(r.stdout) {
			t.Errorf("%q ended with %d and gave\n%s%s", args, r.code, r.stdout, r.stderr)
		}
	}
}

// TestListsFilterByWhatTheAPITakes holds each filter, and its values, to the OpenAPI document.
func TestListsFilterByWhatTheAPITakes(t *testing.T) {
	t.Parallel()
	text, err := api.OpenAPIDocument()
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]struct {
			Get struct {
				Parameters []struct{ Name string }
			}
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	for resource, list := range filters {
		taken := map[string]bool{}
		for _, parameter := range document.Paths["/v1/"+resource.Plural()].Get.Parameters {
			taken[parameter.Name] = true
		}
		for _, f := range list {
			if !taken[strings.ReplaceAll(f.name, "-", "_")] {
				t.Errorf("GET /v1/%s takes no %s", resource.Plural(), f.name)
			}
		}
	}
}

// TestCompletion: values of flags and kinds of things are completed.
func TestCompletion(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"add source --kind ": "government", "list claims --standing ": "contested", "add attribution --stance ": "denies",
		"show ": "document", "list links --format ": "json", "report --format ": "mermaid",
		"import --format ": "claimreview", "matches --kind ": "reprint",
		"export --format ": "factcheck", "export --of ": "attributions", "key create --scope ": "review",
	} {
		args := append([]string{cobra.ShellCompRequestCmd}, strings.Split(line, " ")...)
		contains(t, ok(t, args...), want)
	}
}

// TestTheReadmeRuns runs the commands of the README in its order: those of its blocks that begin with headwater, with a service
// beside for those that ask one.
func TestTheReadmeRuns(t *testing.T) {
	t.Parallel()
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := dataDir(t)
	local := "HEADWATER_DATA_DIR=" + dir
	var served *service
	ran := 0
	for _, block := range blocks(t, "README.md", "") {
		if !strings.Contains(block, "bin/headwater ") && !strings.Contains(block, "curl ") {
			continue
		}
		var lines []string
		for line := range strings.Lines(block) {
			line = strings.TrimSpace(strings.TrimPrefix(line, "$ "))
			switch {
			case strings.HasPrefix(line, "bin/headwater serve"):
				served = startService(t, "--data-dir", dir)
			case strings.HasPrefix(line, "bin/headwater "), strings.HasPrefix(line, "api="), strings.HasPrefix(line, "first()"),
				strings.HasPrefix(line, "claim="), strings.HasPrefix(line, "paper="):
				lines = append(lines, strings.ReplaceAll(line, "bin/headwater", "headwater"))
			case strings.HasPrefix(line, "curl "):
				lines = append(lines, "curl --fail-with-body"+strings.TrimPrefix(line, "curl"))
			}
		}
		script := strings.Join(lines, "\n")
		if served != nil {
			script = strings.ReplaceAll(script, "http://127.0.0.1:8080", served.url)
		}
		script = strings.ReplaceAll(script, "testdata/", repository+"/testdata/")
		if out, err := shell(t, []string{local}, prelude(served)+script); err != nil {
			t.Fatalf("%v\n%s\n%s", err, script, out)
		}
		ran += len(lines)
	}
	if ran < 25 || served == nil {
		t.Errorf("%d lines were run, want those of the README", ran)
	}
}

// prelude is what blocks that come later have from those before.
func prelude(s *service) string {
	if s == nil {
		return ""
	}
	return "api=" + s.url + "\nfirst() { curl -s \"$1\" | sed 's/^{\"items\":\\[{\"id\":\"\\([^\"]*\\)\".*/\\1/'; }\n"
}

// TestInterruptedImportSaysWhatIsKept: of the files of one command those that are done, and nothing of the one under way, whose first
// source is slow to be stored.
func TestInterruptedImportSaysWhatIsKept(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
		CREATE TRIGGER slowly BEFORE INSERT ON sources FOR EACH ROW WHEN (NEW.key = 's-2-0') EXECUTE FUNCTION slowly()`); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, second := bundleFile(t, manySources(1, 3)), bundleFile(t, manySources(2, 3))
	cmd := command(t, "import", "--database-url", database, first, second)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.Contains(lines.Text(), "matches") { // the last count of the first file
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	if err := cmd.Wait(); err == nil {
		t.Error("an interrupted import ended well")
	}
	contains(t, stderr.String(), "interrupted: nothing of "+second+" was kept", "kept before it: "+first)
	if out := ok(t, "list", "sources", "--database-url", database); !strings.Contains(out, "s-1-2") || strings.Contains(out, "s-2-") {
		t.Errorf("there is\n%s", out)
	}
}
