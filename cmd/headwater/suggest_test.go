package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestSuggestKeepsProposals: what is kept is proposed once, and found among the stored links after that.
func TestSuggestKeepsProposals(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	killed := func(key, en, ar string, dockers int) string {
		const line = `{"type":"claim","key":%q,"statement":{"en":%q,"ar":%q},"quantities":[{"value":%d,"unit":"docker","comparator":"="}]}`
		return fmt.Sprintf(line+"\n", key, en, ar, dockers)
	}
	ok(t, "--data-dir", dir, "import", bundleFile(t,
		`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}`+"\n"+
			killed("thirty", "The blast killed 30 dockers.", "قتل الانفجار 30 عاملا", 30)+
			killed("twelve", "The blast killed 12 dockers.", "قتل الانفجار 12 عاملا", 12)+
			`{"type":"claim","key":"shares","statement":{"en":"Shares of the line fell."}}`+"\n"))
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
