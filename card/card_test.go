package card_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"golang.org/x/net/html"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/card"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/testdata"
)

var update = flag.Bool("update", false, "write the golden files anew")

func id(n byte) uuid.UUID { return uuid.UUID{15: n} }

// facts are about claim 1: two papers that have it from a wire, which has it from a mayor and somebody whom nobody knows; a union
// denies it.
func facts(name func(string) string) provenance.Facts {
	var f provenance.Facts
	for i, names := range [][2]string{{"The Courier", "البريد"}, {"The Gazette", "الجريدة"}, {"Oxbow Wire", "وكالة أوكسبو"},
		{"The mayor", "رئيس البلدية"}, {"Somebody", "أحدهم"}, {"Dockers' Union", "نقابة عمال الميناء"}} {
		source := headwater.Source{Meta: headwater.Meta{ID: id(byte(10 + i))}, Status: headwater.EntityActive}
		source.Name, source.Names = name(names[0]), headwater.Texts{"ar": name(names[1]), "en": name(names[0])}
		source.Anonymous = i == 4
		f.Sources = append(f.Sources, source)
	}
	f.Claims = []headwater.Claim{{Meta: headwater.Meta{ID: id(1), Key: "toll"}, Status: headwater.EntityActive}}
	f.Claims[0].Statement = headwater.Texts{"en": name("At least 30 people died."), "ar": name("مات 30 شخصاً على الأقل.")}
	for i, chain := range [][]byte{{10, 12, 13}, {11, 12, 14}, {10, 15}} {
		document := provenance.Document{ID: id(byte(30 + i)), Publisher: id(chain[0])}
		attribution := provenance.Attribution{ID: id(byte(50 + i)), Claim: id(1), Document: document.ID, Stance: headwater.Affirms}
		if i == 2 {
			attribution.Stance = headwater.Denies
		}
		for _, source := range chain {
			attribution.Chain = append(attribution.Chain, id(source))
		}
		f.Documents, f.Attributions = append(f.Documents, document), append(f.Attributions, attribution)
	}
	return f
}

func asItIs(name string) string { return name }

func cardOf(t *testing.T, f provenance.Facts, language card.Language) card.Card {
	t.Helper()
	analysis := provenance.New(f)
	report, err := analysis.Report(t.Context(), f.Claims[0].ID, provenance.Question{})
	if err != nil {
		t.Fatal(err)
	}
	drawing, err := analysis.Drawing(t.Context(), f.Claims[0].ID, provenance.Question{})
	if err != nil {
		t.Fatal(err)
	}
	return card.Card{Report: report, Drawing: drawing, Language: language, AsOf: "2025-03-15", Made: "2025-04-01",
		Address: "https://headwater.example/v1/claims/toll/card?lang=" + string(language),
		Page:    "https://headwater.example/" + string(language) + "/claims/toll"}
}

// forms are the two forms of a card.
var forms = map[string]func(card.Card) ([]byte, error){"html": card.Card.HTML, "svg": card.Card.SVG}

func eachCard(t *testing.T, f provenance.Facts, check func(t *testing.T, form string, language card.Language, text string)) {
	t.Helper()
	for form, write := range forms {
		for _, language := range []card.Language{card.English, card.Arabic} {
			t.Run(form+" "+string(language), func(t *testing.T) {
				t.Parallel()
				text, err := write(cardOf(t, f, language))
				if err != nil {
					t.Fatal(err)
				}
				check(t, form, language, string(text))
			})
		}
	}
}

// TestGolden: the same facts give the same bytes.
func TestGolden(t *testing.T) {
	t.Parallel()
	eachCard(t, facts(asItIs), func(t *testing.T, form string, language card.Language, text string) {
		golden := filepath.Join("testdata", "card."+string(language)+"."+form)
		if *update {
			if err := os.WriteFile(golden, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), text); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// local is what a card may refer to: its own parts, the link to itself, and the name of a language of XML.
var (
	referring = regexp.MustCompile(`(?i)(?:href|src|srcset|action|data|poster|xmlns[:\w]*)\s*=\s*"([^"]*)"|url\(([^)]*)\)|@import`)
	active    = regexp.MustCompile(`(?i)<\s*(script|iframe|object|embed|image|img|link|base|form|foreignObject|use|animate)\b|\son\w+\s*=`)
)

// TestSelfContained: a card asks nobody for anything, runs nothing, is well-formed, and has its style sheet by the hash that its policy
// names, whatever names the claim and the sources have.
func TestSelfContained(t *testing.T) {
	t.Parallel()
	hostile := map[string]string{"plain": "", "markup": `</title></style><script>alert(1)</script><img src=x onerror="alert(1)">`,
		"attribute": `" onload="alert(1)" x="`, "template": "{{.}}{0}{1}", "long": strings.Repeat("ü", 10_000), "override": "\u202egpj.exe",
		"isolates": "\u2069\u2069\u2067", "entities": "&lt;b&gt; ]]> <!--", "style": "url(https://evil.example/x)"}
	for name := range testdata.HostileNames {
		hostile["stored "+strconv.Quote(name)] = name
	}
	for label, suffix := range hostile {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			eachCard(t, facts(func(name string) string { return name + suffix }),
				func(t *testing.T, form string, _ card.Language, text string) {
					for line := range strings.Lines(text) {
						if headwater.Visible(line) != line {
							t.Errorf("it holds what is hidden: %.200q", line)
						}
					}
					checkHarmless(t, form, text)
				})
		})
	}
}

func checkHarmless(t *testing.T, form, text string) {
	t.Helper()
	markup := markupOf(t, text)
	if form == "svg" {
		checkXML(t, text)
	}
	if found := active.FindString(markup); found != "" {
		t.Errorf("it holds %q", found)
	}
	for _, found := range referring.FindAllStringSubmatch(markup, -1) {
		target := found[1] + found[2]
		if strings.HasPrefix(target, "#") || target == "http://www.w3.org/2000/svg" ||
			strings.HasPrefix(target, "https://headwater.example/v1/claims/toll/card") ||
			regexp.MustCompile(`^https://headwater\.example/(en|ar)/claims/toll$`).MatchString(target) {
			continue
		}
		t.Errorf("it refers to %q", found[0])
	}
}

// TestLinks: both forms lead to the claim's page and to the card itself; a card that nobody serves leads nowhere.
func TestLinks(t *testing.T) {
	t.Parallel()
	for form, write := range forms {
		for _, language := range []card.Language{card.English, card.Arabic} {
			c := cardOf(t, facts(asItIs), language)
			for _, served := range []bool{true, false} {
				if !served {
					c.Page, c.Address = "", ""
				}
				text, err := write(c)
				if err != nil {
					t.Fatal(err)
				}
				links := map[string]bool{}
				for _, found := range regexp.MustCompile(`<a href="([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
					links[html.UnescapeString(found[1])] = true
				}
				want := map[string]bool{}
				if served {
					want = map[string]bool{c.Page: true, c.Address: true}
				}
				if diff := cmp.Diff(want, links); diff != "" {
					t.Errorf("%s, %s (-want +got):\n%s", form, language, diff)
				}
			}
		}
	}
}

// markupOf are the tags of a card as a browser reads it, without its text.
func markupOf(t *testing.T, text string) string {
	t.Helper()
	var tags strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(text))
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			if err := tokens.Err(); !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			return tags.String()
		case html.StartTagToken, html.SelfClosingTagToken:
			tags.Write(tokens.Raw())
		default:
		}
	}
}

func checkXML(t *testing.T, text string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("it is not well-formed: %v", err)
		}
	}
}

// TestPolicy names the one style sheet that cards have, and who may frame them.
func TestPolicy(t *testing.T) {
	t.Parallel()
	policy := card.Policy([]string{"https://paper.example"})
	if !strings.HasSuffix(policy, "frame-ancestors 'self' https://paper.example") || !strings.HasPrefix(policy, "default-src 'none'; ") {
		t.Errorf("the policy is %q", policy)
	}
	eachCard(t, facts(asItIs), func(t *testing.T, _ string, _ card.Language, text string) {
		_, rest, _ := strings.Cut(text, "<style>")
		style, _, closed := strings.Cut(rest, "</style>")
		if !closed || !strings.Contains(policy, "'sha256-"+hashOf(style)+"'") {
			t.Errorf("the policy does not have the hash of the style sheet:\n%s", style)
		}
		if strings.Contains(text, "style=") {
			t.Error("an element has a style of its own, which the policy forbids")
		}
	})
}

// boxes are the places of boxes in a drawing.
var boxes = regexp.MustCompile(`<svg x="(\d+)" y="(\d+)" width="(\d+)" height="\d+" overflow="hidden"><rect`)

// TestMirrored: in Arabic each box stands as far from the right as it stands from the left in English.
func TestMirrored(t *testing.T) {
	t.Parallel()
	english, err := cardOf(t, facts(asItIs), card.English).SVG()
	if err != nil {
		t.Fatal(err)
	}
	arabic, err := cardOf(t, facts(asItIs), card.Arabic).SVG()
	if err != nil {
		t.Fatal(err)
	}
	in, mirrored := boxes.FindAllSubmatch(english, -1), boxes.FindAllSubmatch(arabic, -1)
	if len(in) != len(mirrored) || len(in) < 6 {
		t.Fatalf("%d boxes in English, %d in Arabic", len(in), len(mirrored))
	}
	sums := map[int]bool{}
	for i := range in {
		if !bytes.Equal(in[i][2], mirrored[i][2]) || !bytes.Equal(in[i][3], mirrored[i][3]) {
			t.Errorf("box %d is %s in English, %s in Arabic", i, in[i][0], mirrored[i][0])
		}
		sums[number(t, in[i][1])+number(t, mirrored[i][1])+number(t, in[i][3])] = true
	}
	if len(sums) > 2 { // the width of each of the two drawings
		t.Errorf("the drawings have the widths %v", sums)
	}
}

func number(t *testing.T, digits []byte) int {
	t.Helper()
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestLargeClaim: of many sources a dozen boxes are drawn, and the rest is counted.
func TestLargeClaim(t *testing.T) {
	t.Parallel()
	f := facts(asItIs)
	for i := range 100 {
		source := headwater.Source{Meta: headwater.Meta{ID: uuid.UUID{14: 1, 15: byte(i)}}, Status: headwater.EntityActive}
		source.Name = "Paper " + strconv.Itoa(i)
		document := provenance.Document{ID: uuid.UUID{14: 2, 15: byte(i)}, Publisher: source.ID}
		f.Sources, f.Documents = append(f.Sources, source), append(f.Documents, document)
		f.Attributions = append(f.Attributions, provenance.Attribution{ID: uuid.UUID{14: 3, 15: byte(i)}, Claim: id(1),
			Document: document.ID, Stance: headwater.Affirms, Chain: []uuid.UUID{source.ID, id(byte(12 + i%2))}})
	}
	eachCard(t, f, func(t *testing.T, _ string, language card.Language, text string) {
		if n := len(boxes.FindAllString(text, -1)); n > card.MostBoxes || n < 6 {
			t.Errorf("%d boxes are drawn", n)
		}
		more := map[card.Language]string{card.English: "and 49 others", card.Arabic: "و49 آخرون"}[language]
		if !strings.Contains(text, more) {
			t.Errorf("it does not say %q", more)
		}
	})
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}
