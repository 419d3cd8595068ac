package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/provenance"
)

const demoBundle = "../../testdata/demo.ndjson"

// TestReportShowsEveryKindOfFinding: the headline's report names what a reader must see.
func TestReportShowsEveryKindOfFinding(t *testing.T) {
	t.Parallel()
	out := ok(t, "report", "--bundle", demoBundle, "--claim", headline)
	found := []string{
		"At least 30 people", "قتل 30 شخصا", "contested", "19 attributions", "2 to 5 independent origins", "1 line", "reprinted",
		"speaks with", "in a circle", "common link", "origin",
		"On every way", "They have it from one another", "and from nobody else", "Merged, since one controls them", "Without one of these",
		"Against it: 6 attributions", "Questioned: 1 attribution", "Hard to reconcile with: 1 claim", "probability 0.75",
	}
	for _, code := range provenance.AnomalyCode("").Values() {
		found = append(found, strings.ReplaceAll(code, "_", " "))
	}
	for _, code := range provenance.QuestionCode("").Values() {
		found = append(found, strings.ReplaceAll(code, "_", " "))
	}
	contains(t, out, found...)
}

// TestReportFromTheBundleAndTheDatabaseIsTheSame, in every format.
func TestReportFromTheBundleAndTheDatabaseIsTheSame(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	ok(t, "--data-dir", dir, "import", demoBundle)
	for _, format := range []string{"text", "json", "mermaid", "dot"} {
		for _, without := range [][]string{nil, {"--without", "oxbow-wire"},
			{"--without", "marjan-wire", "--as-of", "2025-04", "--include-proposed"}} {
			options := append([]string{"--format", format}, without...)
			bundled := ok(t, append([]string{"report", "--bundle", demoBundle, "--claim", headline}, options...)...)
			stored := ok(t, append([]string{"--data-dir", dir, "report", headline}, options...)...)
			if bundled != stored {
				t.Errorf("%s %v: from the bundle\n%s\nfrom the database\n%s", format, without, bundled, stored)
			}
		}
	}
}

// TestReportOfAWholeBundle: one object a line, for every claim, also from standard input.
func TestReportOfAWholeBundle(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(demoBundle)
	if err != nil {
		t.Fatal(err)
	}
	cmd := command(t, "report", "--bundle", "-", "--format", "json")
	cmd.Stdin = bytes.NewReader(text)
	r := finish(t, cmd)
	if r.code != 0 {
		t.Fatal(r.stderr)
	}
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	if len(lines) != 26 {
		t.Errorf("%d lines, want one for each of the 26 claims", len(lines))
	}
	for _, line := range lines {
		var report provenance.Report
		if err := json.Unmarshal([]byte(line), &report); err != nil || report.Claim == "" || report.Standing == "" {
			t.Errorf("%v: %.200s", err, line)
		}
	}
}

func TestReportOfBadQuestions(t *testing.T) {
	t.Parallel()
	faulty := bundleFile(t, `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"source","key":"a","kind":"outlet","name":"A"}
{"type":"document","key":"d","publisher":"a","kind":"article","text":"It rained."}
{"type":"claim","key":"c","statement":{"en":"It rained."}}
{"type":"attribution","claim":"c","document":"d","stance":"affirms","content":{"start":0,"end":9,"exact":"It snowed"},`+
		`"chain":[{"source":"b"}]}
`)
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"no claim": {[]string{"report"}, "no claim is named"},
		"an unknown claim": {[]string{"report", "--bundle", demoBundle, "--claim", "nothing"},
			`/claim/0: unknown_reference: "nothing"`},
		"an unknown source": {[]string{"report", "--bundle", demoBundle, "--without", "nobody"},
			`/without/0: unknown_reference: "nobody"`},
		"a day that is none":   {[]string{"report", "--bundle", demoBundle, "--as-of", "2024-13"}, `/as_of: bad_format: "2024-13"`},
		"no such format":       {[]string{"report", "--bundle", demoBundle, "--format", "svg"}, `--format is "svg"`},
		"no such file":         {[]string{"report", "--bundle", "none.ndjson"}, "none.ndjson"},
		"a bundle with faults": {[]string{"report", "--bundle", faulty}, faulty + `:5: /chain/0/source: unknown_reference: "b"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := invoke(t, test.args...)
			if r.code == 0 || r.stdout != "" {
				t.Errorf("exit %d, %q", r.code, r.stdout)
			}
			contains(t, r.stderr, test.says)
		})
	}
}
