package store_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// newsroom makes news texts by chance, the same for a seed.
type newsroom struct {
	*rand.Rand
	english, arabic []string
	often           *rand.Zipf
	imprints        []string // what each outlet puts below all its texts
}

const vocabulary = 20_000

func newNewsroom(seed uint64) *newsroom {
	n := &newsroom{Rand: rand.New(rand.NewPCG(seed, 24))}
	n.often = rand.NewZipf(n.Rand, 1.1, 20, vocabulary-1)
	spell := func(letters []rune, least, most int) []string {
		words := make([]string, vocabulary)
		for i := range words {
			word := make([]rune, least+n.IntN(most-least))
			for j := range word {
				word[j] = letters[n.IntN(len(letters))]
			}
			words[i] = string(word)
		}
		return words
	}
	n.english = spell([]rune("abcdefghiklmnoprstuvwy"), 2, 10)
	n.arabic = spell([]rune("ابتجحدرسشصعفقكلمنهوي"), 3, 9)
	for range 20 {
		n.imprints = append(n.imprints, n.sentence(n.words(), 25))
	}
	return n
}

func (n *newsroom) words() []string {
	if n.IntN(2) == 0 {
		return n.arabic
	}
	return n.english
}

func (n *newsroom) sentence(words []string, length int) string {
	said := make([]string, length)
	for i := range said {
		said[i] = words[n.often.Uint64()]
	}
	return strings.Join(said, " ") + "."
}

// text is a new text, as its sentences.
func (n *newsroom) text() []string {
	words := n.words()
	var sentences []string
	for range 6 + n.IntN(25) {
		sentences = append(sentences, n.sentence(words, 6+n.IntN(20)))
	}
	return sentences
}

// reprint is what another outlet makes of a text: cut at the end, with words changed, sentences left out and others put in.
func (n *newsroom) reprint(sentences []string) []string {
	words := n.english
	if fold.Text(sentences[0])[0] >= 0x80 {
		words = n.arabic
	}
	var reprint []string
	cut := len(sentences) - n.IntN(1+len(sentences)*3/10)
	changed := n.Float64() * 0.02
	for _, sentence := range sentences[:cut] {
		switch n.IntN(30) {
		case 0:
			continue
		case 1:
			reprint = append(reprint, n.sentence(words, 12))
		}
		said := strings.Fields(sentence)
		for i := range said {
			if n.Float64() < changed {
				said[i] = words[n.often.Uint64()]
			}
		}
		reprint = append(reprint, strings.Join(said, " "))
	}
	return append(reprint, n.sentence(words, 8))
}

// printed is one text of the test.
type printed struct {
	key       string
	of        int // the number of the text that it reprints; -1
	published time.Time
	text      string
}

// print makes texts, of which some are reprints of those before.
func (n *newsroom) print(texts, reprints int) (all []printed) {
	originals := map[int][]string{}
	every := texts / reprints
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range texts {
		p := printed{key: fmt.Sprintf("d%05d", i), of: -1, published: start.Add(time.Duration(i) * time.Minute)}
		sentences := n.text()
		if i%every == every-1 {
			p.of = i - 1 - n.IntN(every-1)
			sentences = n.reprint(originals[p.of])
			clear(originals)
		} else {
			originals[i] = sentences
		}
		imprint := n.imprints[n.IntN(len(n.imprints))]
		p.text = n.sentence(n.words(), 8) + "\n" + strings.Join(sentences, " ") + "\n" + imprint
		all = append(all, p)
	}
	return all
}

// importTexts stores texts from a file, as a command would.
func importTexts(t *testing.T, s *store.Store, texts []printed, options store.ImportOptions) (result store.ImportResult) {
	t.Helper()
	file, err := os.Open(write(t, texts))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if result, err = s.Import(t.Context(), tester, bundle.NewReader(file), options); err != nil {
		t.Fatal(err)
	}
	return result
}

// write writes texts as a bundle of twenty outlets.
func write(t *testing.T, texts []printed) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "texts.ndjson")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	fmt.Fprintf(out, `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://reprints.example"}`+"\n")
	for i := range 20 {
		fmt.Fprintf(out, `{"type":"source","key":"o%d","kind":"outlet","name":"Outlet %d"}`+"\n", i, i)
	}
	for i, p := range texts {
		text, err := json.Marshal(p.text)
		if err != nil {
			t.Fatal(err)
		}
		at := p.published.Format(time.RFC3339)
		fmt.Fprintf(out, `{"type":"document","key":"%s","publisher":"o%d","kind":"article",`+
			`"published":{"earliest":"%s","latest":"%[3]s"},"text":%s}`+"\n", p.key, i%20, at, text)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// jaccard compares two texts anew, by what the words of the rule say.
func jaccard(a, b string) float64 {
	sequences := func(text string) map[string]bool {
		words, set := strings.Fields(fold.Text(text)), map[string]bool{}
		for i := 5; i <= len(words); i++ {
			set[strings.Join(words[i-5:i], " ")] = true
		}
		return set
	}
	x, y := sequences(a), sequences(b)
	shared := 0
	for s := range x {
		if y[s] {
			shared++
		}
	}
	return float64(shared) / float64(len(x)+len(y)-shared)
}

// reprintWork is what it took of the processors to load and compare some texts, and to print one more beside them, and how much memory
// the program took at most.
type reprintWork struct {
	all, oneMore time.Duration
	memory       int64
}

// compareReprints loads texts, and expects their reprints to be found, and hardly anything else.
func compareReprints(t *testing.T, count, reprints int) (work reprintWork) {
	t.Helper()
	texts := newNewsroom(1).print(count, reprints)
	s := open(t)
	connection := must(pgx.Connect(t.Context(), s.Pool.Config().ConnString()))(t)
	defer connection.Close(context.WithoutCancel(t.Context()))
	storetest.ForgetPeakMemory(t)
	before := storetest.CPUTime(t, connection)
	began := time.Now()
	importTexts(t, s, texts, store.ImportOptions{})
	loaded := time.Now()
	found, err := s.ProposeReprints(t.Context(), tester)
	if err != nil {
		t.Fatal(err)
	}
	compared := time.Since(loaded)
	work.all = storetest.CPUTime(t, connection) - before

	ids := headwater.NamespaceOf("https://reprints.example")
	number := map[uuid.UUID]int{}
	for i, p := range texts {
		number[ids.ID(headwater.ResourceDocument, p.key)] = i
	}
	proposed, wrong := map[[2]int]bool{}, 0
	for _, m := range everyMatch(t, s) {
		a, b := number[m.A], number[m.B]
		proposed[[2]int{a, b}] = true
		if texts[a].of != b {
			wrong++
			t.Logf("%s is no reprint of %s: %s", texts[a].key, texts[b].key, m.Rationale)
		}
	}
	alike, missed := 0, 0
	for i, p := range texts {
		if p.of >= 0 && jaccard(p.text, texts[p.of].text) >= 0.5 {
			if alike++; !proposed[[2]int{i, p.of}] {
				missed++
			}
		}
	}
	if alike < reprints/2 || missed*100 > alike*2 || wrong*100 > len(proposed) {
		t.Errorf("%d of %d pairs missed, %d of %d proposals wrong", missed, alike, wrong, len(proposed))
	}
	again, err := s.ProposeReprints(t.Context(), tester)
	if err != nil || again.Proposed != 0 {
		t.Errorf("a second time %+v, %v", again, err)
	}
	work.memory = storetest.PeakMemory(t)
	var took time.Duration
	work.oneMore, took = printMore(t, s, connection, texts, number)
	t.Logf("%d texts: loaded in %v, compared in %v: %+v; of %d pairs that share half of their sequences %d are missed, and of %d proposed "+
		"%d are wrong; processors %v, memory %d MB; one more takes %v, and %v of the processors", count, loaded.Sub(began), compared, found,
		alike, missed, len(proposed), wrong, work.all, work.memory>>20, took, work.oneMore)
	return work
}

// printMore prints some texts again, each of which is proposed to be a reprint, and gives the least that one took of the processors,
// and of the clock.
func printMore(t *testing.T, s *store.Store, connection *pgx.Conn, texts []printed, number map[uuid.UUID]int) (least, took time.Duration) {
	t.Helper()
	// as PostgreSQL does by itself after a large import, but not in tests: until then each search goes through what was not indexed yet
	if _, err := connection.Exec(t.Context(), "VACUUM (ANALYZE) documents"); err != nil {
		t.Fatal(err)
	}
	source := must(s.CreateSource(t.Context(), tester, "", headwater.SourceFields{Kind: headwater.Outlet, Name: "A late one"}))(t)
	least, took = math.MaxInt64, math.MaxInt64
	const more = 20
	for i := range more {
		original := len(texts) / (more + 1) * (i + 1)
		fields := headwater.DocumentFields{Publisher: source.ID, Kind: headwater.Article, Text: texts[original].text}
		before, began := storetest.CPUTime(t, connection), time.Now()
		late, err := s.CreateDocument(t.Context(), tester, "", fields)
		took, least = min(took, time.Since(began)), min(least, storetest.CPUTime(t, connection)-before)
		if err != nil || !slices.ContainsFunc(late.Matches, func(m headwater.IdentityMatch) bool { return number[m.B] == original }) {
			t.Errorf("a text that is there already is answered with %+v, %v", late.Matches, err)
		}
	}
	return least, took
}

// TestReprintsAreFound: of made news texts, the reprints are found, and hardly anything else; and what that takes grows as the texts do. It
// runs alone, since it counts the time and the memory of the whole process.
func TestReprintsAreFound(t *testing.T) { //nolint:paralleltest // others would be counted
	testenv.Measures(t)
	sizes, reprints := []int{300, 750, 3_000}, 30
	if testenv.Long() {
		sizes, reprints = []int{3_000, 7_500, 30_000}, 60 // one text of sixty
	}
	work := make([]reprintWork, len(sizes))
	for i, count := range sizes {
		work[i] = compareReprints(t, count, count/reprints)
	}
	few, some, all := work[0], work[1], work[2]
	const most = 512 << 20
	if all.memory > most {
		t.Errorf("the program takes %d MB, want at most %d", all.memory>>20, most>>20)
	}
	exponent := math.Log(float64(all.all)/float64(some.all)) / math.Log(float64(sizes[2])/float64(sizes[1]))
	t.Logf("the exponent is %.2f", exponent)
	if exponent > 1.2 {
		t.Errorf("%v take %v and %v: the exponent is %.2f", sizes[1:], some.all, all.all, exponent)
	}
	if all.oneMore > 2*few.oneMore {
		t.Errorf("one text beside %d takes %v, and beside %d %v", sizes[0], few.oneMore, sizes[2], all.oneMore)
	}
}

// everyMatch lists all matches, page by page.
func everyMatch(t *testing.T, s *store.Store) (all []headwater.IdentityMatch) {
	t.Helper()
	for cursor := ""; ; {
		page, err := s.IdentityMatches(t.Context(), store.MatchFilter{}, store.Paging{Limit: store.MaxLimit, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Items...)
		if cursor = page.NextCursor; cursor == "" {
			return all
		}
	}
}

// sentencesOf are some made sentences, each other for another number.
func sentencesOf(number uint64, count int) string {
	n := newNewsroom(number)
	var text []string
	for range count {
		text = append(text, n.sentence(n.english, 12))
	}
	return strings.Join(text, " ")
}

// newsDesk is a store with an outlet, another, and a wire.
type newsDesk struct {
	*store.Store
	t                   *testing.T
	herald, globe, wire uuid.UUID
}

func newDesk(t *testing.T) newsDesk {
	t.Helper()
	d := newsDesk{Store: open(t), t: t}
	for id, f := range map[*uuid.UUID]headwater.SourceFields{
		&d.herald: {Kind: headwater.Outlet, Name: "Herald"}, &d.globe: {Kind: headwater.Outlet, Name: "Globe"},
		&d.wire: {Kind: headwater.Wire, Name: "Oxbow Wire", Names: headwater.Texts{"ar": "وكالة أوكسبو"}},
	} {
		source, err := d.CreateSource(t.Context(), tester, "", f)
		if err != nil {
			t.Fatal(err)
		}
		*id = source.ID
	}
	return d
}

// print stores a document, published on a day where there is one.
func (d newsDesk) print(publisher uuid.UUID, day headwater.Moment, text string, authors ...string) headwater.Document {
	d.t.Helper()
	f := headwater.DocumentFields{Publisher: publisher, Kind: headwater.Article, Text: text, Authors: authors}
	if day != "" {
		f.Published = &headwater.Published{Interval: headwater.Interval{Earliest: day, Latest: day}}
	}
	document, err := d.CreateDocument(d.t.Context(), tester, "", f)
	if err != nil {
		d.t.Fatal(err)
	}
	return document
}

// TestReprintsHaveADirection: from the later to the earlier, or to the wire that is credited, and the reason is told.
func TestReprintsHaveADirection(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i, c := range []struct {
		first, second       headwater.Moment
		publishers          [2]uuid.UUID
		texts               [2]string // before the shared text
		authors             []string  // of the first
		reprintsFirst       bool      // the first is the reprint
		because, also, name string
	}{
		{first: "2024-05-01", second: "2024-05-02", publishers: [2]uuid.UUID{d.herald, d.globe}, because: "It was published later.",
			name: "later"},
		{first: "2024-05-03", second: "2024-05-02", publishers: [2]uuid.UUID{d.herald, d.globe}, reprintsFirst: true,
			because: "It was published later.", name: "stored before what it reprints"},
		{first: "2024-05-01", second: "2024-05-02", publishers: [2]uuid.UUID{d.herald, d.wire}, authors: []string{"وكالة أوكسبو"},
			reprintsFirst: true, because: "It credits the publisher of the other.",
			also: "It credits Oxbow Wire as author 1 (“وكالة أوكسبو”)",
			name: "credited in the metadata, by its other name"},
		{publishers: [2]uuid.UUID{d.herald, d.wire}, texts: [2]string{"LONDON (Oxbow Wire) - "}, reprintsFirst: true,
			because: "It credits the publisher of the other.", also: "in its dateline, characters 8 to 18",
			name: "credited in the dateline"},
		{first: "2024-05", second: "2024-05-02", publishers: [2]uuid.UUID{d.wire, d.globe}, because: "the other is of a wire",
			name: "dates that do not tell"},
		{first: "2024-05-01T22:00:00Z", second: "2024-05-02", publishers: [2]uuid.UUID{d.globe, d.wire}, reprintsFirst: true,
			because: "the other is of a wire", name: "a time before a day that may have begun in the east"},
		{first: "2024-05-01T09:00:00Z", second: "2024-05-02", publishers: [2]uuid.UUID{d.globe, d.wire},
			because: "It was published later.", name: "a time before a day that had begun nowhere"},
		{first: "2024-05-02T10:00:00Z", second: "2024-05-01", publishers: [2]uuid.UUID{d.wire, d.globe},
			because: "the other is of a wire", name: "a time after a day that may not have ended in the west"},
		{first: "2024-05-01T22:00:00Z", second: "2024-05-02", publishers: [2]uuid.UUID{d.herald, d.globe},
			because: "It was likely published later", name: "a time and a day of which nothing else tells"},
		{publishers: [2]uuid.UUID{d.herald, d.globe}, texts: [2]string{"LONDON (Reuters) - "}, because: "the other credits a wire",
			also: "The other credits Reuters", name: "a wire that is not stored"},
		{publishers: [2]uuid.UUID{d.herald, d.herald}, because: "it was stored later", also: "same publisher", name: "nothing tells"},
	} {
		text := sentencesOf(uint64(100+i), 12)
		first := d.print(c.publishers[0], c.first, c.texts[0]+text, c.authors...)
		second := d.print(c.publishers[1], c.second, c.texts[1]+text+" "+sentencesOf(uint64(200+i), 3))
		a, b := second.ID, first.ID
		if c.reprintsFirst {
			a, b = b, a
		}
		if len(second.Matches) != 1 {
			t.Errorf("%s: %d matches", c.name, len(second.Matches))
			continue
		}
		m := second.Matches[0]
		if m.A != a || m.B != b || m.Kind != headwater.Reprint || m.Status != headwater.Proposed {
			t.Errorf("%s: the match is %+v", c.name, m)
		}
		if !strings.Contains(m.Rationale, c.because) || !strings.Contains(m.Rationale, c.also) || *m.Score < 0.7 {
			t.Errorf("%s: %.3f, %s", c.name, *m.Score, m.Rationale)
		}
	}
}

// TestNoReprintForEver: what was rejected is not proposed again, whichever way round and however its texts come.
func TestNoReprintForEver(t *testing.T) {
	t.Parallel()
	d, text := newDesk(t), sentencesOf(1, 12)
	d.print(d.herald, "2024-05-01", text)
	second := d.print(d.globe, "2024-05-02", text)
	if _, err := d.RejectMatch(t.Context(), tester, second.Matches[0].ID, 0); err != nil {
		t.Fatal(err)
	}
	for _, day := range []headwater.Moment{"2024-05-02", "2024-04-01"} { // the other is the later one then
		f := second.DocumentFields
		f.Published = &headwater.Published{Interval: headwater.Interval{Earliest: day, Latest: day}}
		if _, err := d.UpdateDocument(t.Context(), tester, second.ID, 0, f); err != nil {
			t.Fatal(err)
		}
		if found, err := d.ProposeReprints(t.Context(), tester); err != nil || found.Proposed != 0 || found.Compared != 2 {
			t.Errorf("of %s: %+v, %v", day, found, err)
		}
	}
	if all := everyMatch(t, d.Store); len(all) != 1 || all[0].Status != headwater.Rejected {
		t.Errorf("the matches are %+v", all)
	}
}

// TestSketchesFollowTexts: whatever writes a text, the numbers that it is found by are those of the text that is stored.
func TestSketchesFollowTexts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, other := sentencesOf(1, 12), sentencesOf(2, 12)
	first := d.print(d.herald, "", one)
	holds := func(after string, wanted ...int) { // how many have the bands of the one text, and of the other
		t.Helper()
		for i, text := range []string{one, other} {
			f := headwater.DocumentFields{Publisher: d.globe, Kind: headwater.Article, Text: text}
			by := tester
			by.Group = headwater.NewID()
			probe, err := d.CreateDocument(t.Context(), by, "", f)
			if err != nil || len(probe.Matches) != wanted[i] {
				t.Errorf("after %s, text %d has %d matches, want %d; %v", after, i, len(probe.Matches), wanted[i], err)
			}
			if _, err := d.Undo(t.Context(), tester, by.Group, nil); err != nil {
				t.Fatal(err)
			}
		}
		var stray int
		if err := d.Pool.QueryRow(t.Context(), `SELECT count(*) FROM (SELECT band, document_id FROM document_bands
			EXCEPT SELECT unnest(sketch), id FROM documents) AS stray`).Scan(&stray); err != nil || stray != 0 {
			t.Errorf("after %s, %d bands are of no text; %v", after, stray, err)
		}
	}
	holds("a document was created", 1, 0)
	changed := first.DocumentFields
	changed.Text, changed.TextSHA256 = other, ""
	by := tester
	by.Group = headwater.NewID()
	if _, err := d.UpdateDocument(t.Context(), by, first.ID, 0, changed); err != nil {
		t.Fatal(err)
	}
	holds("its text was changed", 0, 1)
	if _, err := d.Undo(t.Context(), tester, by.Group, nil); err != nil {
		t.Fatal(err)
	}
	holds("that was undone", 1, 0)
	line := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example"}
		{"type":"document","id":"%s","publisher":"%s","kind":"article","text":"%s"}`
	result, err := importText(t, d.Store, fmt.Sprintf(line, first.ID, d.herald, other))
	if err != nil {
		t.Fatal(err)
	}
	holds("an import changed it", 0, 1)
	if _, err := d.Undo(t.Context(), tester, result.Group, nil); err != nil {
		t.Fatal(err)
	}
	holds("the import was undone", 1, 0)
	if _, err := d.Pool.Exec(t.Context(), "UPDATE documents SET sketch = '{}', terms = ''"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Pool.Exec(t.Context(), "UPDATE indexing SET version = 2"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reindex(t.Context(), func(int) {}); err != nil {
		t.Fatal(err)
	}
	holds("it was indexed anew", 1, 0)
}

// TestOneTextInMany: a boilerplate that very many texts are made of keeps the work bounded, and that is told.
func TestOneTextInMany(t *testing.T) {
	t.Parallel()
	const copies = 400
	boilerplate := sentencesOf(1, 40)
	texts := make([]printed, copies)
	for i := range texts {
		texts[i] = printed{key: fmt.Sprint(i), published: time.Date(2024, 1, 1, i, 0, 0, 0, time.UTC),
			text: boilerplate + " " + sentencesOf(uint64(1000+i), 2)}
	}
	s := open(t)
	result := importTexts(t, s, texts, store.ImportOptions{ProposeReprints: true})
	if result.Noted != 1 || !strings.Contains(result.Notes[0].Text, "very many others") || result.Notes[0].Line == 0 {
		t.Errorf("the import tells %+v", result.Notes)
	}
	s = open(t)
	importTexts(t, s, texts, store.ImportOptions{})
	found, err := s.ProposeReprints(t.Context(), tester)
	if err != nil || found.Crowded < copies*9/10 || found.Proposed > copies*20 || found.Proposed < copies/2 {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestOneAddressIsOneDocument: of documents that have one address and one text, an import of documents proposes that they are one, and not
// that one reprints the other, whoever publishes them.
func TestOneAddressIsOneDocument(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, outlet := range []string{"herald", "globe"} {
		lines := fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://%s.example"}
{"type":"source","key":"o","kind":"outlet","name":"%[1]s"}
{"type":"document","key":"d","publisher":"o","kind":"article","url":"https://platform.example/post/1","text":"%s"}
`, outlet, sentencesOf(1, 20))
		must(s.Import(t.Context(), tester, bundle.NewReader(strings.NewReader(lines)), store.ImportOptions{ProposeReprints: true}))(t)
	}
	page := must(s.IdentityMatches(t.Context(), store.MatchFilter{}, store.Paging{Limit: 10}))(t)
	if len(page.Items) != 1 || page.Items[0].Kind != headwater.SameDocument {
		t.Errorf("proposed are %+v", page.Items)
	}
}

// TestSharedMistakes: of two pairs that share as much, the one whose texts share a misspelt name and a wrong figure, which no other
// has, is likelier a reprint, and is told why.
func TestSharedMistakes(t *testing.T) {
	t.Parallel()
	const texts, length = 600, 60
	n := newNewsroom(7)
	text := func() []string {
		words := make([]string, length)
		for i := range words {
			words[i] = n.english[n.IntN(200)] // so few that many texts have each
		}
		return words
	}
	var all []printed
	print := func(key string, words []string) {
		all = append(all, printed{key: key, of: -1, text: strings.Join(words, " "),
			published: time.Date(2024, 1, 1, len(all), 0, 0, 0, time.UTC)})
	}
	for i := range texts {
		print(fmt.Sprint(i), text())
	}
	for _, mistakes := range [][]string{nil, {"Galewaay", "73,519"}} {
		original := text()
		copy(original[20:], mistakes)
		print(fmt.Sprint("original", len(mistakes)), original)
		print(fmt.Sprint("reprint", len(mistakes)), slices.Concat(original[:length-10], text()[:10]))
	}
	s := open(t)
	importTexts(t, s, all, store.ImportOptions{})
	if _, err := s.ProposeReprints(t.Context(), tester); err != nil {
		t.Fatal(err)
	}
	page, err := s.IdentityMatches(t.Context(), store.MatchFilter{Kind: string(headwater.Reprint)}, store.Paging{Limit: 10})
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("proposed are %+v, %v", page.Items, err)
	}
	plain, mistaken := page.Items[0], page.Items[1]
	if strings.Contains(plain.Basis, "rare") {
		plain, mistaken = mistaken, plain
	}
	if *mistaken.Score <= *plain.Score || !strings.Contains(mistaken.Rationale, "73519") ||
		!strings.Contains(mistaken.Rationale, "galewaay") || strings.Contains(plain.Basis, "rare") {
		t.Errorf("%f: %s\n%f: %s", *plain.Score, plain.Rationale, *mistaken.Score, mistaken.Rationale)
	}
}

// TestLargeTexts: a text of a megabyte is sketched, searched and compared, and one of too many words is not refused.
func TestLargeTexts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	large := sentencesOf(1, 15_000)
	d.print(d.herald, "2024-05-01", large)
	if again := d.print(d.globe, "2024-05-02", large); len(again.Matches) != 1 {
		t.Errorf("a megabyte has the matches %+v", again.Matches)
	}
	var words strings.Builder
	for i := range 300_000 {
		fmt.Fprintf(&words, "w%dx ", i*7919)
	}
	many := d.print(d.globe, "2024-05-02", words.String())
	page, err := d.Documents(t.Context(), store.DocumentFilter{Q: "w7919x"}, store.Paging{Limit: 10})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != many.ID {
		t.Errorf("its first words find %+v, %v", page.Items, err)
	}
}

// TestDocumentsAreSearchedByTheirTexts: folded, in both scripts, best first, by pages, with the other filters.
func TestDocumentsAreSearchedByTheirTexts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ids := map[string]uuid.UUID{}
	for name, f := range map[string]headwater.DocumentFields{
		"arabic":  {Publisher: d.herald, Text: "أعلن المسؤولون انفجار صوامع الحبوب في الميناء، ثم انفجار ثانٍ وانفجار ثالث."},
		"english": {Publisher: d.globe, Text: "The officials’ café was moved. 7,000 tonnes exploded."},
		"titled":  {Publisher: d.globe, Title: "انفجار", Text: "لا شيء."},
		"bare":    {Publisher: d.globe, Title: "Nothing"},
	} {
		f.Kind = headwater.Article
		document, err := d.CreateDocument(t.Context(), tester, "", f)
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = document.ID
	}
	for _, c := range []struct {
		q      string
		filter store.DocumentFilter
		wanted []string
	}{
		{q: "الإنفجارات", wanted: []string{"arabic", "titled"}},
		{q: "إنفجار", wanted: []string{"arabic", "titled"}},
		{q: "المسئولون الصوامع", wanted: []string{"arabic"}},
		{q: "cafe officials", wanted: []string{"english"}},
		{q: "٧٠٠٠", wanted: []string{"english"}},
		{q: "explode", wanted: []string{"english"}},
		{q: "exploed", wanted: nil}, // what is spelled like a word of a text is not looked for
		{q: "انفجار", filter: store.DocumentFilter{Publisher: d.globe}, wanted: []string{"titled"}},
	} {
		for _, sort := range []string{"", "id", "created_at"} {
			var found []uuid.UUID
			for cursor := ""; ; {
				c.filter.Q, c.filter.Sort = c.q, sort
				page, err := d.Documents(t.Context(), c.filter, store.Paging{Limit: 1, Cursor: cursor})
				if err != nil {
					t.Fatal(err)
				}
				for _, document := range page.Items {
					if found = append(found, document.ID); document.Text != "" {
						t.Errorf("%q lists a text", c.q)
					}
				}
				if cursor = page.NextCursor; cursor == "" {
					break
				}
			}
			var wanted []uuid.UUID
			for _, name := range c.wanted {
				wanted = append(wanted, ids[name])
			}
			if sort == "created_at" { // another order of the same
				slices.SortFunc(found, headwater.CompareIDs)
				slices.SortFunc(wanted, headwater.CompareIDs)
			}
			if !slices.Equal(found, wanted) {
				t.Errorf("%q by %q finds %d, want %v", c.q, sort, len(found), c.wanted)
			}
		}
	}
}
