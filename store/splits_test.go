package store_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
)

// pieces are records that can stand in files of a format in any order and any number.
type pieces struct {
	format     interchange.Format
	table      interchange.TableOptions
	head, tail string
	between    string
	records    []string
}

// file is a file of some of the records.
func (p pieces) file(records []string) wildFile {
	return wildFile{p.format, p.table, p.head + strings.Join(records, p.between) + p.tail}
}

// somebody is a source as records tell of it, each with a part of what there is to tell.
type somebody struct{ name, country, site string }

// everybody are sources that are easily taken for one another.
var everybody = []somebody{
	{"NTV", "TR", "https://ntv-tr.example.com"}, {"NTV", "NP", "https://ntv-np.example.com"}, {"ntv", "", ""},
	{"Hill Checks", "NP", "https://hill.example.org"}, {"Dale Checks", "NP", "https://www.hill.example.org/dale"},
	{"Ana", "", "https://facebook.com/ana"}, {"Bo", "", "https://m.facebook.com/bo/posts/1"}, {"Canal+", "FR", ""}, {"Canal", "FR", ""},
	{"الأفق", "EG", "https://ofuq.example.net"}, {"«الأفق»", "EG", ""}, {"Nguyễn Văn Hưng", "", ""}, {"Nguyễn Văn Hùng", "", ""},
	{"Facebook post", "", ""},
}

// wildPieces are records of each format. No two reviews have one date, and no two rows of a holding say two things: of these the newest
// and the last count.
func wildPieces(r *rand.Rand, records int) []pieces {
	answers := pieces{format: interchange.FactCheck, head: `{"claims":[`, tail: `]}`, between: ","}
	markup := pieces{format: interchange.ClaimReview, head: "[", tail: "]", between: ","}
	rows := pieces{format: interchange.CSV, table: owners, head: "outlet,country,site,owner,since,share\n", between: "\n", tail: "\n"}
	rows.table.Values = map[string]string{"kind": "owned_by", "subject.kind": "outlet", "object.kind": "organization"}
	things := pieces{format: interchange.Bundle, between: "\n", tail: "\n",
		head: `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/pieces"}` + "\n"}
	text := func(value any) string {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		return string(text)
	}
	some := func() somebody {
		s := everybody[r.IntN(len(everybody))]
		if r.IntN(2) == 0 {
			s.site = ""
		}
		if r.IntN(2) == 0 {
			s.country = ""
		}
		return s
	}
	party := func(kind string) map[string]any {
		s := some()
		return map[string]any{"@type": kind, "name": s.name, "url": s.site}
	}
	for i := range records {
		day, checker, owner := fmt.Sprintf("2024-%02d-%02d", 1+i/20, 1+i%20), some(), some()
		page := fmt.Sprintf("https://pages.example.com/%d", r.IntN(4))
		answers.records = append(answers.records, text(map[string]any{
			"text": pick(r, wildStatements), "claimant": some().name, "claimReview": []any{map[string]any{
				"publisher": map[string]any{"name": checker.name, "site": strings.TrimPrefix(checker.site, "https://")}, "url": page,
				"reviewDate": day + "T01:00:00Z", "textualRating": pick(r, wildVerdicts), "languageCode": "en"}}}))
		markup.records = append(markup.records, text(map[string]any{"@type": "ClaimReview", "url": page, "datePublished": day,
			"claimReviewed": pick(r, wildStatements), "author": party("Organization"), "inLanguage": "en",
			"reviewRating": map[string]any{"alternateName": pick(r, wildVerdicts)},
			"itemReviewed": map[string]any{"@type": "Claim", "author": party("Person"), "appearance": []any{
				map[string]any{"@type": "NewsArticle", "url": fmt.Sprintf("https://a.example.com/%d", r.IntN(9))}}}}))
		outlet := some()
		rows.records = append(rows.records, fmt.Sprintf("%q,%s,%q,%q,%s,%d%%", outlet.name, outlet.country, outlet.site, owner.name,
			pick(r, []string{"2010", "2015", ""}), 30))
		known := some()
		things.records = append(things.records,
			text(map[string]any{"type": "source", "key": fmt.Sprintf("s%d", i), "kind": "outlet", "name": known.name,
				"country": known.country}),
			text(map[string]any{"type": "claim", "key": fmt.Sprintf("c%d", i),
				"statement": map[string]string{"en": pick(r, wildStatements)}}))
	}
	return []pieces{answers, markup, rows, things}
}

// split puts records into files, and the files into an order.
func split(r *rand.Rand, all []pieces, most int) []wildFile {
	var files []wildFile
	for _, p := range all {
		records := slices.Clone(p.records)
		r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		for part := range slices.Chunk(records, (len(records)+most-1)/most) {
			files = append(files, p.file(part))
		}
	}
	r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	return files
}

// TestAnyOrderAndAnyFilesOfAnyFormat: the records of several formats give the same things, in whatever order and in however many files
// they come, up to what is proposed.
func TestAnyOrderAndAnyFilesOfAnyFormat(t *testing.T) {
	t.Parallel()
	rounds := uint64(3)
	if testenv.Long() {
		rounds = 60
	}
	for seed := range rounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			all := wildPieces(r, 6)
			var want []string
			for _, most := range []int{1, 2, 6} {
				s := open(t)
				files := split(r, all, most)
				for _, file := range files {
					file.takeInto(t, s)
				}
				got := whatIsSaid(t, s)
				if want == nil {
					want = got
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("in %d files of a format: %s", most, diff)
				}
			}
		})
	}
}

// whatIsSaid lists what is stored, each source by its name and country, and each claim by its words: what sources have one name, matches
// say.
func whatIsSaid(t *testing.T, s *store.Store) []string {
	t.Helper()
	type line struct {
		ID                                                                        uuid.UUID
		Type, Name, Country, Subject, Object, Since, URL, Claim, Document, Author string
		Statement                                                                 headwater.Texts
		Rating                                                                    headwater.Rating
		Published                                                                 json.RawMessage
		Share                                                                     float64
		Chain                                                                     []headwater.Hop
	}
	var lines []line
	called := map[string]string{}
	for text := range strings.Lines(export(t, s)) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		lines = append(lines, l)
		switch l.Type {
		case "source":
			called[l.ID.String()] = identity.Name(l.Name)
		case "claim":
			for _, text := range l.Statement {
				called[l.ID.String()] = identity.Statement(text)
			}
		case "document":
			called[l.ID.String()] = identity.Address(l.URL)
		}
	}
	var said []string
	for _, l := range lines {
		switch l.Type {
		case "source":
			said = append(said, fmt.Sprintf("source %s of %q", called[l.ID.String()], l.Country))
		case "claim":
			said = append(said, "claim "+called[l.ID.String()])
		case "relation":
			said = append(said, fmt.Sprintf("relation %s > %s %s %v", called[l.Subject], called[l.Object], l.Since, l.Share))
		case "review":
			said = append(said, fmt.Sprintf("review of %s by %s %s %.20s %s", called[l.Claim], called[l.Author], identity.Address(l.URL),
				l.Rating.Label, l.Published))
		case "attribution":
			var tellers []string
			for _, hop := range l.Chain {
				tellers = append(tellers, called[hop.Source.String()])
			}
			said = append(said, fmt.Sprintf("said %s in %s by %s", called[l.Claim], called[l.Document], strings.Join(tellers, " < ")))
		}
	}
	slices.Sort(said)
	return slices.Compact(said)
}
