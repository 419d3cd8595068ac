package main

import (
	"bytes"
	"encoding/json"
	"fmt"
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
		"At least 30 people", "قتل 30 شخصا", "contested", "19 attributions (",
		" of this claim's own, ", "2 to 5 independent origins", "all of them came over one wire", "reprinted",
		"speaks with", "in a circle", "common link", "origin",
		"On every way", "They have it from one another", "and from nobody else", "Merged, since one controls them", "Without one of these",
		"Against it: 6 attributions", "Questioned: 1 attribution", "Hard to reconcile with: 1 claim", "probability 0.75",
	}
	for _, code := range provenance.AnomalyCode("").Values() {
		found = append(found, strings.ReplaceAll(code, "_", " "))
	}
	for _, code := range provenance.QuestionCode("").Values() {
		switch provenance.QuestionCode(code) {
		case provenance.ProposedLinkToWithdrawn, provenance.ProposedLinkUnexamined:
			continue // nothing in the story is withdrawn, nor is too much proposed
		}
		found = append(found, strings.ReplaceAll(code, "_", " "))
	}
	contains(t, out, found...)
}

// TestReportSaysWhatAnswersWouldLeave: the effects of open questions in words, and what both sides have in common.
func TestReportSaysWhatAnswersWouldLeave(t *testing.T) {
	t.Parallel()
	contains(t, ok(t, "report", "--bundle", demoBundle, "--claim", headline),
		"3 to 6 over 2 wires if it is accepted",
		"2 to 4 if there is no origin in it; 3 to 5 over 2 wires if there is one",
		"anonymous source (Unnamed officials): 2 to 4 if it is nobody new; 3 to 5 if it is somebody else",
		"2 to 4 if it has it from nobody new; 3 to 5 if it has it from somebody else",
		"2 to 4 if it is controlled as another origin is\n",
		"On both sides:\n  Origins\n    Marjan Regional Government")
	contains(t, ok(t, "report", "--bundle", demoBundle, "--claim", "shift-of-25"),
		"1 over one wire (single origin) if it is nobody new; 2 (corroborated) if it is somebody else")
	undated := bundleFile(t, `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"source","key":"post","kind":"outlet","name":"The Post"}
{"type":"source","key":"mill","kind":"organization","name":"The mill"}
{"type":"source","key":"weir","kind":"organization","name":"The weir"}
{"type":"source","key":"trust","kind":"organization","name":"The trust"}
{"type":"relation","subject":"mill","kind":"part_of","object":"trust","until":"2020-05-04"}
{"type":"relation","subject":"weir","kind":"part_of","object":"trust","since":"2021"}
{"type":"document","key":"page","publisher":"post","kind":"article"}
{"type":"claim","key":"dry","statement":{"en":"The river is dry."}}
{"type":"attribution","claim":"dry","document":"page","stance":"affirms","chain":[{"source":"post"},{"source":"mill"}]}
{"type":"attribution","claim":"dry","document":"page","stance":"affirms","chain":[{"source":"post"},{"source":"weir"}]}
{"type":"attribution","claim":"dry","document":"page","stance":"denies","chain":[{"source":"post"},{"source":"trust"}]}
`)
	contains(t, ok(t, "report", "--bundle", undated), "): 2 if it was published on 2020-05-04\n",
		"On both sides:\n  Origins\n    The trust\n"+
			"  On every way (common links)\n    The Post\n    The trust\n")
}

// TestReportTellsApart: a speaker of whose documents some are withdrawn from one of whom all are; a question that moves no figure from one
// that was not worked out.
func TestReportTellsApart(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	lines.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"source","key":"post","kind":"outlet","name":"The Post"}
{"type":"source","key":"mill","kind":"organization","name":"The mill","control_reviewed_at":"2024-05-06"}
{"type":"source","key":"weir","kind":"organization","name":"The weir","control_reviewed_at":"2024-05-06"}
{"type":"claim","key":"dry","statement":{"en":"The river is dry."}}
{"type":"document","key":"first","publisher":"post","kind":"article","status":"retracted"}
{"type":"document","key":"second","publisher":"post","kind":"article"}
{"type":"attribution","claim":"dry","document":"first","stance":"affirms","chain":[{"source":"post"},{"source":"mill"}]}
{"type":"attribution","claim":"dry","document":"second","stance":"affirms","chain":[{"source":"post"},{"source":"mill"}]}
{"type":"attribution","claim":"dry","document":"first","stance":"affirms","chain":[{"source":"post"},{"source":"weir"}]}
{"type":"claim","key":"low","statement":{"en":"The river is low."}}
{"type":"attribution","claim":"low","document":"first","stance":"affirms","chain":[{"source":"post"},{"source":"weir"}]}
{"type":"link","kind":"refines","from":"low","to":"dry","status":"proposed","rationale":"What is low may be dry."}
`)
	for year := range 33 {
		fmt.Fprintf(&lines, `{"type":"relation","subject":"mill","kind":"part_of","object":"post","since":"%d"}`+"\n", 1980+year)
	}
	contains(t, ok(t, "report", "--bundle", bundleFile(t, lines.String()), "--claim", "dry"),
		"proposed link to withdrawn, moves no figure: a link; ", "×2, 1 of 2 withdrawn]", "The weir  [withdrawn]",
		"undated document, not worked out: ", "control not reviewed, moves no figure: The Post")
}

// TestReportFromTheBundleAndTheDatabaseIsTheSame, in every format.
func TestReportFromTheBundleAndTheDatabaseIsTheSame(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	ok(t, "--data-dir", dir, "import", demoBundle)
	for _, format := range []string{"text", "markdown", "html", "svg", "json", "mermaid", "dot"} {
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
		"no such format":       {[]string{"report", "--bundle", demoBundle, "--format", "pdf"}, `--format is "pdf"`},
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

// TestReportForms: what each form must have, and that names in Markdown are no markup.
func TestReportForms(t *testing.T) {
	t.Parallel()
	in := func(format string, more ...string) string {
		return ok(t, append([]string{"report", "--bundle", demoBundle, "--claim", headline, "--format", format}, more...)...)
	}
	for _, format := range []string{"text", "markdown"} {
		text := in(format)
		contains(t, text, "What the words mean", "independent origins: ", "the words of ")
		if strings.ContainsAny(text, "\u2066\u2067\u2068\u2069") {
			t.Errorf("%s that is piped has marks that nobody sees", format)
		}
	}
	contains(t, in("markdown"), "# harbour-blast-toll\n", "## For it: 19 attributions (8 of", "```\n  ├─ ", "```\n\nOrigins:\n\n- ",
		"- Oxbow Wire: 0 to 1 independent origins, over no wire")
	contains(t, in("html", "--lang", "ar"), "<!DOCTYPE html>", `dir="rtl"`, "قتل 30 شخصا")
	contains(t, in("svg"), "<?xml", "<svg", "At least 30 people")
	hostile := bundleFile(t, `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"claim","key":"c","statement":{"en":"It *rained* <b>here</b> [x](y)."}}
`)
	contains(t, ok(t, "report", "--bundle", hostile, "--format", "markdown"), `It \*rained\* \<b\>here\</b\> \[x\](y).`)
	r := invoke(t, "report", "--bundle", demoBundle, "--format", "svg")
	if r.code == 0 || !strings.Contains(r.stderr, "is of one claim") {
		t.Errorf("a card of many claims: %d %s", r.code, r.stderr)
	}
}
