package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var tester = store.Authorship{Actor: "cli:tester"}

// open gives a store over a fresh database.
func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func importText(t *testing.T, s *store.Store, text string) (store.ImportResult, error) {
	t.Helper()
	return s.Import(t.Context(), tester, bundle.NewReader(strings.NewReader(text)), store.ImportOptions{})
}

func export(t *testing.T, s *store.Store) string {
	t.Helper()
	var out bytes.Buffer
	if err := s.Export(t.Context(), &out, interchange.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestImportTwiceChangesNothingAndExportsAreEqual(t *testing.T) {
	t.Parallel()
	paths := testenv.SharedToo(t, "*/*.ndjson")
	first, second := open(t), open(t)
	for _, path := range append(paths, "../testdata/demo.ndjson") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		added, err := importText(t, first, string(text))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if !added.Changed() {
			t.Errorf("%s: nothing was added", path)
		}
		again, err := importText(t, first, string(text))
		if err != nil {
			t.Fatalf("%s, again: %v", path, err)
		}
		if again.Changed() {
			t.Errorf("%s, again: %+v", path, again.Counts)
		}
	}
	exported := export(t, first)
	if _, err := importText(t, second, exported); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(exported, export(t, second)); diff != "" {
		t.Errorf("exported, imported and exported again, it differs:\n%s", diff)
	}
}

func TestTheArticleIsCounted(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(testenv.Shared(t, "seed/article.ndjson")[0])
	if err != nil {
		t.Fatal(err)
	}
	result, err := importText(t, open(t), string(text))
	if err != nil {
		t.Fatal(err)
	}
	want := map[headwater.Resource]store.Count{
		"source": {Added: 14}, "relation": {Added: 4}, "document": {Added: 1}, "claim": {Added: 23}, "attribution": {Added: 27},
		"link": {Added: 13}, "review": {}, "match": {},
	}
	if diff := cmp.Diff(want, result.Counts); diff != "" {
		t.Error(diff)
	}
}

const bundleHead = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/test"}` + "\n"

// base is a small bundle that the faulty ones add a line to.
const base = bundleHead +
	`{"type":"source","key":"paper","kind":"outlet","name":"The Paper"}` + "\n" +
	`{"type":"source","key":"ministry","kind":"government","name":"The Ministry"}` + "\n" +
	`{"type":"document","key":"d","kind":"article","publisher":"paper","text":"The ministry said the dam held. الوزارة قالت"}` + "\n" +
	`{"type":"document","key":"d2","kind":"article","publisher":"paper","derived_from":"d"}` + "\n" +
	`{"type":"claim","key":"held","statement":{"en":"The dam held."}}` + "\n" +
	`{"type":"claim","key":"broke","statement":{"en":"The dam broke."}}` + "\n"

// TestFaultsOfABundleComeAtOnce: those of lines alone, of references and of quotes.
func TestFaultsOfABundleComeAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	attribution := func(key, document, exact, chain string) string {
		return fmt.Sprintf(`{"type":"attribution","key":%q,"claim":"held","document":%q,"stance":"affirms",`+
			`"content":{"start":0,"end":%d,"exact":%q},"chain":[{"source":%q}]}`+"\n", key, document, len(exact), exact, chain)
	}
	unread := `{"type":"source","key":"harbour","kind":"outlett","name":"The Harbour"}` + "\n"
	quotes := attribution("a", "d", "The ministry says", "paper") + attribution("b", "d", "the dam held", "ministry") +
		attribution("c", "nowhere", "the dam held", "paper")
	document := strings.SplitAfter(base, "\n")[3]
	unknown := `{"type":"link","kind":"refines","from":"held","to":"what"}` + "\n"
	must(importText(t, s, strings.Replace(base, "held.", "broke.", 1)))(t) // another text of the document
	for _, test := range []struct {
		text string
		want []string
	}{
		{base + quotes + unknown, []string{"8 /content quote_mismatch", "9 /chain/0/source chain_start", "10 /document unknown_reference",
			"11 /to unknown_reference"}},
		// what seems to be missing may be the line that cannot be read
		{base + quotes + unread, []string{"8 /content quote_mismatch", "9 /chain/0/source chain_start", "11 /kind not_one_of"}},
		{base + quotes + strings.Replace(document, "held", "broke", 1), []string{"8 /content quote_mismatch",
			"9 /chain/0/source chain_start", "10 /document unknown_reference", "11 /key duplicate"}},
		{strings.Replace(base, document, strings.Replace(document, "article", "artical", 1), 1) + quotes, []string{"4 /kind not_one_of"}},
	} {
		_, err := importText(t, s, test.text)
		faulty, _ := errors.AsType[*store.ImportError](err)
		if faulty == nil {
			t.Fatalf("got %v, want faults", err)
		}
		var got []string
		for _, f := range faulty.Faults {
			got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Pointer, f.Code))
		}
		if diff := cmp.Diff(test.want, got); diff != "" || faulty.Total != len(test.want) {
			t.Errorf("%d faults: %s", faulty.Total, diff)
		}
	}
}

func TestFaultyBundlesLeaveNothing(t *testing.T) {
	t.Parallel()
	attribution := func(chain, content string) string {
		return `{"type":"attribution","key":"x","claim":"held","document":"d","stance":"affirms",` + content + `"chain":[` + chain + `]}`
	}
	const paper, held = `{"source":"paper"}`, `"content":{"start":18,"end":30,"exact":"the dam held"},`
	for name, test := range map[string]struct {
		text    string
		line    int
		pointer headwater.Pointer
		code    headwater.FaultCode
		value   string
	}{
		"a chain that does not begin with the publisher": {base + attribution(`{"source":"ministry"}`, held), 8, "/chain/0/source",
			headwater.FaultChainStart, "ministry"},
		"words that are not in the text": {base + attribution(paper, `"content":{"start":0,"end":3,"exact":"No!"},`),
			8, "/content", headwater.FaultQuote, "No!"},
		"no words where there is a text": {base + attribution(paper, ""), 8, "/content", headwater.FaultRequired, ""},
		"an unknown source": {base + attribution(paper+`,{"source":"nobody"}`, held), 8,
			"/chain/1/source", headwater.FaultUnknownReference, "nobody"},
		"an unknown publisher": {base + `{"type":"document","kind":"article","publisher":"nobody"}`, 8,
			"/publisher", headwater.FaultUnknownReference, "nobody"},
		"an unknown claim in a link": {base + `{"type":"link","kind":"refines","from":"held","to":"what"}`, 8,
			"/to", headwater.FaultUnknownReference, "what"},
		"the same key twice": {base + `{"type":"source","key":"paper","kind":"wire","name":"Other"}`, 8,
			"/key", headwater.FaultDuplicate, "paper"},
		"the same key under two ids": {base +
			`{"type":"source","id":"6f1c0a52-6a5e-4f0e-9d0e-3f1f6a1b2c3d","key":"wire","kind":"wire","name":"W"}` + "\n" +
			`{"type":"source","id":"6f1c0a52-6a5e-4f0e-9d0e-3f1f6a1b2c3e","key":"wire","kind":"wire","name":"W"}`, 9, "/key",
			headwater.FaultDuplicate, "wire"},
		"a loop of reprints": {strings.Replace(base, `"publisher":"paper","text"`,
			`"derived_from":"d2","publisher":"paper","text"`, 1), 4, "/derived_from", headwater.FaultLoop, "d2"},
		"a document that reprints itself": {base +
			`{"type":"document","key":"e","kind":"article","publisher":"paper","derived_from":"e"}`, 8, "/derived_from",
			headwater.FaultLoop, "e"},
		"a pair linked twice": {base +
			`{"type":"link","key":"l1","kind":"contradicts","from":"held","to":"broke"}` + "\n" +
			`{"type":"link","key":"l2","kind":"contradicts","from":"broke","to":"held"}`, 9, "/to", headwater.FaultAlreadyLinked,
			"broke"},
		"a claim linked to itself": {base + `{"type":"link","kind":"refines","from":"held","to":"held"}`, 8,
			"/to", headwater.FaultSameEnds, "held"},
		"a loop of control": {base + `{"type":"relation","subject":"paper","kind":"part_of","object":"ministry","since":"2020",` +
			`"until":"2022"}` + "\n" +
			`{"type":"relation","subject":"ministry","kind":"speaks_for","object":"paper","since":"2022-12"}`, 8, "/object",
			headwater.FaultLoop, "ministry"},
		"a part merged into its whole": {bundleHead + `{"type":"source","key":"a","kind":"outlet","name":"A","status":"merged",` +
			`"merged_into":"b"}` + "\n" + `{"type":"source","key":"b","kind":"outlet","name":"B"}` + "\n" +
			`{"type":"relation","subject":"a","kind":"part_of","object":"b"}`, 2, "/merged_into",
			headwater.FaultLoop, "b"},
		"a loop of merges": {bundleHead + `{"type":"claim","key":"a","statement":{"en":"A."},"status":"merged","merged_into":"b"}` + "\n" +
			`{"type":"claim","key":"b","statement":{"en":"B."},"status":"merged","merged_into":"a"}`, 2, "/merged_into",
			headwater.FaultLoop, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			empty := export(t, s)
			_, err := importText(t, s, test.text)
			var faulty *store.ImportError
			if !errors.As(err, &faulty) {
				t.Fatalf("got %v, want faults", err)
			}
			f := faulty.Faults[0]
			if f.Line != test.line || f.Pointer != test.pointer || f.Code != test.code || test.value != "" && f.Value != test.value {
				t.Errorf("got %v, want line %d: %s: %s: %q", f, test.line, test.pointer, test.code, test.value)
			}
			if headwater.CodeOf(err) != headwater.CodeInvalid {
				t.Errorf("code is %q", headwater.CodeOf(err))
			}
			if export(t, s) != empty {
				t.Error("something was kept")
			}
		})
	}
}

func TestControlThatNeverLoopsAtOneTimeIsAccepted(t *testing.T) {
	t.Parallel()
	_, err := importText(t, open(t), base+`{"type":"relation","subject":"paper","kind":"part_of","object":"ministry","since":"2020",`+
		`"until":"2022"}`+"\n"+
		`{"type":"relation","subject":"ministry","kind":"speaks_for","object":"paper","since":"2023"}`)
	if err != nil {
		t.Error(err)
	}
}

func TestAMovedQuoteIsMended(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, err := importText(t, s, base+`{"type":"attribution","key":"x","claim":"held","document":"d","stance":"affirms",`+
		`"content":{"start":0,"end":12,"exact":"the dam held"},"chain":[{"source":"paper","cue":{"start":1,"end":5,"exact":"قالت"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	space := headwater.NamespaceOf("https://headwater.example/test")
	a, err := s.Attribution(t.Context(), space.AttributionID(space.ID(headwater.ResourceClaim, "held"), "x"))
	if err != nil {
		t.Fatal(err)
	}
	if a.Content.Start != 18 || a.Content.End != 30 || a.Chain[0].Cue.Start != 40 {
		t.Errorf("content at %d to %d, cue at %d", a.Content.Start, a.Content.End, a.Chain[0].Cue.Start)
	}
}

func TestAnImportKeepsAStatusThatItDoesNotName(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := importText(t, s, base); err != nil {
		t.Fatal(err)
	}
	id := headwater.NamespaceOf("https://headwater.example/test").ID(headwater.ResourceClaim, "held")
	if _, err := s.RetractClaim(t.Context(), tester, id, 1, true); err != nil {
		t.Fatal(err)
	}
	if result, err := importText(t, s, base); err != nil || result.Changed() {
		t.Errorf("got %+v, %v", result.Counts, err)
	}
	named := strings.Replace(base, `"statement":{"en":"The dam held."}`, `"statement":{"en":"The dam held."},"status":"active"`, 1)
	if result, err := importText(t, s, named); err != nil || result.Counts[headwater.ResourceClaim].Changed != 1 {
		t.Errorf("got %+v, %v", result.Counts, err)
	}
	if claim, err := s.Claim(t.Context(), id); err != nil || claim.Status != headwater.EntityActive || claim.Version != 3 {
		t.Errorf("got %+v, %v", claim, err)
	}
}

// TestAnImportTakesBackNothingByTheWay: a line merges nothing that is retracted and retracts nothing that is merged, as the API refuses
// both: the one would bring back what was withdrawn, the other undo a merger. What it takes is two steps here too.
func TestAnImportTakesBackNothingByTheWay(t *testing.T) {
	t.Parallel()
	line := func(resource, key, status string) string {
		return strings.Replace(map[string]string{
			"source": `{"type":"source","key":"KEY","kind":"wire","name":"KEY"STATUS}`,
			"claim":  `{"type":"claim","key":"KEY","statement":{"en":"KEY"}STATUS}`,
		}[resource], "STATUS", status, 1)
	}
	for _, resource := range []string{"source", "claim"} {
		t.Run(resource, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			with := func(status string) string {
				return bundleHead + strings.ReplaceAll(line(resource, "KEY", status), "KEY", "one") + "\n" +
					strings.ReplaceAll(line(resource, "KEY", ""), "KEY", "other") + "\n"
			}
			const merged, retracted, active = `,"status":"merged","merged_into":"other"`, `,"status":"retracted"`, `,"status":"active"`
			for _, step := range []struct {
				status  string
				refused string // the value that is at fault
			}{
				{active, ""}, {retracted, ""}, {merged, "merged"}, {retracted, ""}, {active, ""}, {merged, ""}, {retracted, "retracted"},
				{merged, ""}, {"", ""}, {active, ""}, {retracted, ""},
			} {
				before := export(t, s)
				_, err := importText(t, s, with(step.status))
				if step.refused == "" {
					if err != nil {
						t.Errorf("%s: %v", step.status, err)
					}
					continue
				}
				var faulty *store.ImportError
				if !errors.As(err, &faulty) || len(faulty.Faults) != 1 || faulty.Faults[0].Line != 2 ||
					faulty.Faults[0].Pointer != "/status" || faulty.Faults[0].Code != headwater.FaultConflict ||
					faulty.Faults[0].Value != step.refused || export(t, s) != before {
					t.Errorf("%s: %v, want line 2 refused for its status, and nothing kept", step.status, err)
				}
			}
		})
	}
}

// TestLongReprintChains: a chain of thousands of reprints is no loop, and one that closes is refused.
func TestLongReprintChains(t *testing.T) {
	t.Parallel()
	const length = 5_000
	chain := func(last string) string {
		var b strings.Builder
		b.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/long"}` + "\n" +
			`{"type":"source","key":"s","kind":"outlet","name":"S"}` + "\n")
		for i := range length {
			from := fmt.Sprintf(`,"derived_from":"d%d"`, i+1)
			if i == length-1 {
				from = last
			}
			fmt.Fprintf(&b, `{"type":"document","key":"d%d","publisher":"s","kind":"article"%s}`+"\n", i, from)
		}
		return b.String()
	}
	s := open(t)
	if _, err := importText(t, s, chain(`,"derived_from":"d0"`)); err == nil || !strings.Contains(err.Error(), "/derived_from: loop") {
		t.Errorf("a loop of %d: %v", length, err)
	}
	result, err := importText(t, s, chain(""))
	if err != nil || result.Counts[headwater.ResourceDocument].Added != length {
		t.Errorf("a chain of %d: %v %v", length, result.Counts, err)
	}
}

// TestHistoryOfAnImport: the history keeps each thing that an import makes as it is then, with the hash of a text instead of it.
func TestHistoryOfAnImport(t *testing.T) {
	t.Parallel()
	s := open(t)
	made := 0
	for _, text := range []string{string(must(os.ReadFile("../testdata/demo.ndjson"))(t)), mergedTension} {
		for _, count := range must(importText(t, s, text))(t).Counts {
			made += count.Added
		}
	}
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	for p := (store.Paging{Limit: store.MaxLimit}); made > 0; {
		page := must(s.Changes(t.Context(), store.ChangeFilter{}, p))(t)
		for _, change := range page.Items {
			made--
			if diff := cmp.Diff(canonical(t, storedThing(t, s, change)), canonical(t, change.State)); diff != "" ||
				change.FromVersion != 0 || change.ToVersion != 1 {
				t.Errorf("%s %s, from %d to %d (-thing +history):\n%s", change.Resource, change.ResourceID, change.FromVersion,
					change.ToVersion, diff)
			}
		}
		p.Cursor = page.NextCursor
		if len(page.Items) == 0 {
			break
		}
	}
	if made != 0 {
		t.Errorf("the history lists %d changes more than things were made", -made)
	}
}

func storedThing(t *testing.T, s *store.Store, change headwater.Change) any {
	t.Helper()
	id := change.ResourceID
	switch change.Resource {
	case headwater.ResourceSource:
		return must(s.Source(t.Context(), id))(t)
	case headwater.ResourceRelation:
		return must(s.Relation(t.Context(), id))(t)
	case headwater.ResourceDocument:
		document := must(s.Document(t.Context(), id))(t)
		sum := ""
		if document.Text != "" {
			sum = headwater.TextSHA256(document.Text)
		}
		document.Text = ""
		return struct {
			headwater.Document
			StoredSHA256 string `json:"stored_sha256,omitempty"`
		}{document, sum}
	case headwater.ResourceClaim:
		return must(s.Claim(t.Context(), id))(t)
	case headwater.ResourceAttribution:
		return must(s.Attribution(t.Context(), id))(t)
	case headwater.ResourceLink:
		return must(s.Link(t.Context(), id))(t)
	case headwater.ResourceReview:
		return must(s.Review(t.Context(), id))(t)
	case headwater.ResourceMatch:
		return must(s.IdentityMatch(t.Context(), id))(t)
	}
	t.Fatalf("a change of a %s", change.Resource)
	return nil
}

// canonical is JSON as values, with times as moments.
func canonical(t *testing.T, thing any) map[string]any {
	t.Helper()
	var values map[string]any
	if err := json.Unmarshal(must(json.Marshal(thing))(t), &values); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"created_at", "updated_at"} {
		values[name] = must(time.Parse(time.RFC3339Nano, fmt.Sprint(values[name])))(t).UTC()
	}
	return values
}

// TestManyDatedRelations: relations that hold at many different times, and control in circles only where their dates are forgotten,
// are checked at once, and keep nobody else waiting.
func TestManyDatedRelations(t *testing.T) {
	t.Parallel()
	const sources, relations = 64, 448
	chance := rand.New(rand.NewPCG(6, 6))
	var b strings.Builder
	b.WriteString(bundleHead)
	for i := range sources {
		fmt.Fprintf(&b, `{"type":"source","key":"s%d","kind":"outlet","name":"S"}`+"\n", i)
	}
	for i := range relations {
		// upwards in even years and downwards in odd ones, for a year
		ends := chance.Perm(sources)[:2]
		slices.Sort(ends)
		year := 1000 + 2*chance.IntN(20)
		if i%2 == 1 {
			slices.Reverse(ends)
			year++
		}
		fmt.Fprintf(&b, `{"type":"relation","key":"r%d","subject":"s%d","kind":"part_of","object":"s%d","since":"%d","until":"%d"}`+"\n",
			i, ends[0], ends[1], year, year)
	}
	s := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	result, err := s.Import(ctx, tester, bundle.NewReader(strings.NewReader(b.String())), store.ImportOptions{})
	if err != nil || result.Counts[headwater.ResourceRelation].Added != relations {
		t.Fatalf("got %v, %v", result.Counts, err)
	}
	_, err = s.CreateRelation(ctx, tester, "", headwater.RelationFields{
		Subject: headwater.NamespaceOf("https://headwater.example/test").ID(headwater.ResourceSource, "s63"), Kind: headwater.PartOf,
		Object: headwater.NamespaceOf("https://headwater.example/test").ID(headwater.ResourceSource, "s0")})
	if !strings.Contains(fmt.Sprint(err), "loop") {
		t.Errorf("a relation that closes loops at any time: %v", err)
	}
}

// TestLargeImportRenewsStatistics: without them the planner takes the tables for empty, and reads of a large database take seconds.
func TestLargeImportRenewsStatistics(t *testing.T) {
	t.Parallel()
	s := open(t)
	tables := []string{"sources", "documents", "claims", "attributions", "appearances", "changes"}
	for _, table := range tables { // nobody else shall do it
		if _, err := s.Pool.Exec(t.Context(), "ALTER TABLE "+table+" SET (autovacuum_enabled = false)"); err != nil {
			t.Fatal(err)
		}
	}
	var text strings.Builder
	text.WriteString(`{"type": "bundle", "format": "headwater-bundle/1", "namespace": "https://headwater.example/many"}
{"type": "source", "key": "paper", "kind": "outlet", "name": "The Paper"}
{"type": "document", "key": "page", "kind": "article", "publisher": "paper", "title": "All of it"}
`)
	for i := range 2_600 {
		fmt.Fprintf(&text, `{"type": "claim", "key": "c%[1]d", "statement": {"en": "There are %[1]d of them"}}
{"type": "attribution", "claim": "c%[1]d", "document": "page", "stance": "affirms", "chain": [{"source": "paper", "act": "publishes"}]}
`, i)
	}
	if _, err := importText(t, s, text.String()); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		var rows float64
		err := s.Pool.QueryRow(t.Context(), "SELECT reltuples FROM pg_class WHERE oid = $1::text::regclass", table).Scan(&rows)
		if err != nil || rows < 1 {
			t.Errorf("of %s the planner knows %v rows (%v)", table, rows, err)
		}
	}
}
