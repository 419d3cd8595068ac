package store_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

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
		fmt.Fprintf(out, `{"type":"document","key":"%s","publisher":"o%d","kind":"article","published":{"earliest":"%s","latest":"%[3]s"},"text":%s}`+"\n",
			p.key, i%20, at, text)
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

// TestReprintsAreFound: of made news texts, the reprints are found, and hardly anything else.
func TestReprintsAreFound(t *testing.T) {
	t.Parallel()
	count, reprints := 3_000, 100
	if testenv.Long() {
		count, reprints = 30_000, 500
	}
	texts := newNewsroom(1).print(count, reprints)
	s := open(t)
	began := time.Now()
	file, err := os.Open(write(t, texts))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := s.Import(t.Context(), tester, bundle.NewReader(file), store.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	loaded := time.Now()
	found, err := s.ProposeReprints(t.Context(), tester)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d texts loaded in %v, compared in %v: %+v", count, loaded.Sub(began), time.Since(loaded), found)

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
	t.Logf("%d pairs share half of their sequences; %d of them were missed, %d of %d proposed are wrong", alike, missed, wrong, len(proposed))
	if alike < reprints/2 || missed*100 > alike*2 || wrong*100 > len(proposed) {
		t.Errorf("%d of %d pairs missed, %d of %d proposals wrong", missed, alike, wrong, len(proposed))
	}

	again, err := s.ProposeReprints(t.Context(), tester)
	if err != nil || again.Proposed != 0 {
		t.Errorf("a second time %+v, %v", again, err)
	}
	began = time.Now()
	source, err := s.CreateSource(t.Context(), tester, "", headwater.SourceFields{Kind: headwater.Outlet, Name: "A late one"})
	if err != nil {
		t.Fatal(err)
	}
	late, err := s.CreateDocument(t.Context(), tester, "", headwater.DocumentFields{Publisher: source.ID, Kind: headwater.Article,
		Text: texts[count/2].text})
	t.Logf("one more took %v", time.Since(began))
	if err != nil || len(late.Matches) == 0 || number[late.Matches[0].B] != count/2 {
		t.Errorf("a text that is there already is answered with %+v, %v", late.Matches, err)
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

var _ = []any{bytes.NewReader, slices.Sort[[]int], storetest.New}
