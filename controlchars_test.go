package headwater_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/testdata"
)

// TestHostileLinesAreRefused in every kind of field of one line, and the fault names the character.
func TestHostileLinesAreRefused(t *testing.T) {
	t.Parallel()
	if len(testdata.HostileNames) < 18 {
		t.Fatalf("%d hostile names", len(testdata.HostileNames))
	}
	for hostile, character := range testdata.HostileNames {
		source := headwater.SourceFields{Kind: headwater.Agency, Name: hostile, Names: headwater.Texts{"en": hostile},
			Aliases: []string{hostile}, Role: headwater.Texts{"en": hostile}, ExternalIDs: map[string]string{"wikidata": hostile},
			Reliability: "F"}
		document := headwater.DocumentFields{Publisher: one, Kind: headwater.Article, Title: hostile, Authors: []string{hostile}}
		claim := headwater.ClaimFields{Statement: headwater.Texts{"en": "x"}, Places: []string{hostile}, Topics: []string{hostile},
			Quantities: []headwater.Quantity{{Value: decimal(t, "1"), Unit: hostile, Of: hostile, Comparator: headwater.Exactly}}}
		attribution := headwater.AttributionFields{Claim: one, Document: two, Stance: headwater.Affirms, Credibility: 6,
			Chain:  []headwater.Hop{{Source: one, Role: hostile, DescribedAs: hostile}},
			Method: &headwater.Method{Kind: headwater.ByHuman, Name: hostile, Version: hostile}}
		review := headwater.ReviewFields{Claim: one, Author: two, Title: hostile, Rating: headwater.Rating{Label: hostile}}
		link := headwater.LinkFields{Kind: headwater.Refines, From: one, To: two, Basis: hostile}
		key := headwater.APIKeyFields{Name: hostile, Scopes: []headwater.Scope{headwater.ScopeRead}}
		for at, err := range map[string]error{
			"/name /names/en /aliases/0 /role/en /external_ids/wikidata": source.Validate(),
			"/title /authors/0": document.Validate(),
			"/places/0 /topics/0 /quantities/0/unit /quantities/0/of":          claim.Validate(),
			"/chain/0/role /chain/0/described_as /method/name /method/version": attribution.Validate(),
			"/title /rating/label": review.Validate(), "/basis": link.Validate(), "/name": key.Validate(),
		} {
			got := codes(t, err)
			for _, field := range strings.Fields(at) {
				if got[headwater.Pointer(field)] != headwater.FaultText {
					t.Errorf("%q in %s: %v", hostile, field, err)
				}
			}
			if !strings.Contains(err.Error(), character) || strings.Contains(err.Error(), hostile) {
				t.Errorf("the faults of %q do not show %s, or show it as it is:\n%v", hostile, character, err)
			}
		}
		word := strings.ReplaceAll(hostile, " ", "")
		if headwater.CheckKey("k", "urn:"+word) == nil {
			t.Errorf("%q is part of a namespace", hostile)
		}
		if headwater.ParseKey(word) == nil || headwater.CheckKey(word, "") == nil || headwater.CheckStoredKey(word, "") == nil {
			t.Errorf("%q is part of a key", hostile)
		}
		if headwater.CheckLine("/reason", hostile) == nil {
			t.Errorf("%q is part of a reason", hostile)
		}
	}
}

// TestNamesThatShowNothing are refused as empty ones are, wherever a name or a statement must be; beside what is seen, and in texts of
// documents, the same characters stay.
func TestNamesThatShowNothing(t *testing.T) {
	t.Parallel()
	for _, unseen := range testdata.UnseenNames {
		source := headwater.SourceFields{Kind: headwater.Agency, Name: unseen, Names: headwater.Texts{"en": unseen},
			Aliases: []string{unseen}, Role: headwater.Texts{"en": unseen},
			ExternalIDs: map[string]string{"wikidata": unseen}, Reliability: "F"}
		document := headwater.DocumentFields{Publisher: one, Kind: headwater.Article, Authors: []string{unseen}}
		claim := headwater.ClaimFields{Statement: headwater.Texts{"en": unseen}, Places: []string{unseen}, Topics: []string{unseen},
			Quantities: []headwater.Quantity{{Value: decimal(t, "1"), Unit: unseen, Comparator: headwater.Exactly}}}
		review := headwater.ReviewFields{Claim: one, Author: two, Rating: headwater.Rating{Label: unseen}}
		key := headwater.APIKeyFields{Name: unseen, Scopes: []headwater.Scope{headwater.ScopeRead}}
		for at, err := range map[string]error{
			"/name /names/en /aliases/0 /role/en /external_ids/wikidata": source.Validate(), "/authors/0": document.Validate(),
			"/statement/en /places/0 /topics/0 /quantities/0/unit": claim.Validate(), "/rating/label": review.Validate(),
			"/name": key.Validate(),
		} {
			required := map[headwater.Pointer]bool{}
			var faults headwater.Faults
			errors.As(err, &faults)
			for _, fault := range faults {
				required[fault.Pointer] = required[fault.Pointer] || fault.Code == headwater.FaultRequired
			}
			for _, field := range strings.Fields(at) {
				if !required[headwater.Pointer(field)] {
					t.Errorf("%+q in %s: %v", unseen, field, err)
				}
			}
		}
		seen := headwater.SourceFields{Kind: headwater.Agency, Name: "ق" + unseen + "1", Reliability: "F"}
		text := headwater.DocumentFields{Publisher: one, Kind: headwater.Article, Text: unseen}
		text.Normalize()
		if err := errors.Join(seen.Validate(), text.Validate()); err != nil {
			t.Errorf("%+q beside what is seen, and as a text: %v", unseen, err)
		}
	}
	for _, seen := range []string{"\u0301", "-", "·", "١", "\u06dd", "☃\ufe0f", "👨\u200d👩\u200d👧", "🏴\U000e0067\U000e007f", "ᅟᅡ"} {
		if headwater.ShowsNothing(seen) {
			t.Errorf("%q shows something", seen)
		}
	}
}

// TestProseAndQuotes: remarks and statements take line breaks and no other control; what is quoted is to the letter.
func TestProseAndQuotes(t *testing.T) {
	t.Parallel()
	for text, valid := range map[string]bool{
		"one\ntwo\r\n\tthree": true, "a\rb": false, "a\x1b[2J": false, "a\u2067b\u2069\nc": true, "a\u2067b\nc\u2069": false,
	} {
		source := headwater.SourceFields{Kind: headwater.Agency, Name: "x", Reliability: "F", Notes: text}
		claim := headwater.ClaimFields{Statement: headwater.Texts{"en": text}, Scope: text}
		if source.Validate() == nil != valid || claim.Validate() == nil != valid {
			t.Errorf("%q: %v, %v", text, source.Validate(), claim.Validate())
		}
	}
	quote := "to the letter \x1b[31m\u202e"
	document := headwater.DocumentFields{Publisher: one, Kind: headwater.Article, Text: quote}
	document.Normalize()
	attribution := headwater.AttributionFields{Claim: one, Document: two, Stance: headwater.Affirms, Credibility: 6,
		Chain: []headwater.Hop{{Source: one}}, Content: &headwater.Selector{Start: 0, End: len([]rune(quote)), Exact: quote}}
	if err := errors.Join(document.Validate(), attribution.Validate()); err != nil {
		t.Errorf("what was published must be kept as it is: %v", err)
	}
}

// TestArabicAndHebrewAreWrittenAsTheyAre: the marks and joiners that they need are no controls, nor are isolates that end.
func TestArabicAndHebrewAreWrittenAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"می\u200cخواهم", "\u200fوكالة\u200f", "C++\u200e وكالة", "\u061cوزارة", "וושינגטון \u200e(AP)", "क्\u200dष",
		"\u2068AP\u2069 وكالة",
		"\u202bوكالة\u202c", "\u2067a \u2066b\u2069 c\u2069", "👨\u200d👩\u200d👧",
	} {
		source := headwater.SourceFields{Kind: headwater.Agency, Name: name, Reliability: "F"}
		if err := source.Validate(); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if headwater.Visible(name) != name || headwater.WithoutControls(name) != name {
			t.Errorf("%q is shown as %q", name, headwater.Visible(name))
		}
	}
}

func TestVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\x1b[2J\x7f\rb\n\tc": "a␛[2J␡␍b\n\tc", "a\u009b2J\u202eb": `a\u{009B}2J\u{202E}b`, "a\u2069\u2028b": `a\u{2069}\u{2028}b`,
		"\x9b2J\xff": `\x{9B}2J\x{FF}`, "\uFFFD": "\uFFFD", "قال": "قال",
	} {
		if got := headwater.Visible(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	for hostile := range testdata.HostileNames {
		shown := headwater.Isolated(hostile)
		if strings.ContainsFunc(strings.Trim(shown, "\u2068\u2069"), func(r rune) bool {
			return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x2066 && r <= 0x2069
		}) || headwater.Visible(shown) != shown || strings.Count(shown, "\u2069") != 1 {
			t.Errorf("%q is shown as %q", hostile, shown)
		}
		if cleaned := headwater.WithoutControls(strings.ReplaceAll(hostile, "\n", " ")); cleaned != headwater.Visible(cleaned) {
			t.Errorf("%q is cleaned to %q", hostile, cleaned)
		}
	}
	faults := headwater.Faults{headwater.NewFault("/names/a\x1b[2J", headwater.FaultText, "\u202e", "x\x1b")}
	if got := faults.Error(); strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("a fault shows %q", got)
	}
}
