package main

import (
	"strings"
	"testing"
)

// TestSuggestKeepsProposals: what is kept is proposed once, and found among the stored links after that.
func TestSuggestKeepsProposals(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	ok(t, "--data-dir", dir, "import", bundleFile(t, `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"claim","key":"thirty","statement":{"en":"The blast killed 30 dockers.","ar":"قتل الانفجار 30 عاملا"},"quantities":[{"value":30,"unit":"docker","comparator":"="}]}
{"type":"claim","key":"twelve","statement":{"en":"The blast killed 12 dockers.","ar":"قتل الانفجار 12 عاملا"},"quantities":[{"value":12,"unit":"docker","comparator":"="}]}
{"type":"claim","key":"shares","statement":{"en":"Shares of the line fell."}}
`))
	contains(t, ok(t, "--data-dir", dir, "suggest", "thirty"), "contradicts (tension)", "30 docker against 12 docker", "قتل الانفجار")
	kept := ok(t, "--data-dir", dir, "suggest", "--all", "--keep", "--format", "json")
	if n := strings.Count(kept, "\n"); n != 1 || !strings.Contains(kept, `"stored":true`) {
		t.Errorf("%d suggestions: %s", n, kept)
	}
	if again := ok(t, "--data-dir", dir, "suggest", "--all", "--keep", "--format", "json"); again != kept {
		t.Errorf("kept again: %s", again)
	}
	contains(t, ok(t, "--data-dir", dir, "export"), `"status":"proposed"`, `"basis":"quantity"`)
	contains(t, invoke(t, "--data-dir", dir, "suggest").stderr, "expected keys or ids of claims, or --all")
}
