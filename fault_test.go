package headwater_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// codes gives an error's faults as pointer and code, failing where it is another error.
func codes(t testing.TB, err error) map[headwater.Pointer]headwater.FaultCode {
	t.Helper()
	got := map[headwater.Pointer]headwater.FaultCode{}
	if err == nil {
		return got
	}
	var faults headwater.Faults
	if !errors.As(err, &faults) || len(faults) == 0 {
		t.Fatalf("%T is no faults: %v", err, err)
	}
	for _, f := range faults {
		if f.Expected == "" {
			t.Errorf("%s does not say what was expected", f.Pointer)
		}
		got[f.Pointer] = f.Code
	}
	return got
}

type wanted = map[headwater.Pointer]headwater.FaultCode

var (
	one, two = uuid.MustParse("6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"), uuid.MustParse("0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d")
	half     = 0.5
	over     = 1.01
)

func decimal(t testing.TB, s string) headwater.Decimal {
	t.Helper()
	d, err := headwater.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSourceFaults(t *testing.T) {
	t.Parallel()
	valid := func() headwater.SourceFields {
		return headwater.SourceFields{
			Kind: headwater.Agency, Name: "جهاز", Names: headwater.Texts{"ar": "جهاز", "en": "Agency"}, Aliases: []string{"the agency"},
			Country: "KR",
			Role:    headwater.Texts{"en": "x"}, Reliability: "B", ExternalIDs: map[string]string{"wikidata": "Q1"},
			Domains: []string{"news.example.org", "أخبار.example"},
			URL:     "https://news.example.org/", ControlReviewedAt: "2026-03",
		}
	}
	for name, test := range map[string]struct {
		change func(*headwater.SourceFields)
		want   wanted
	}{
		"none": {func(*headwater.SourceFields) {}, wanted{}},
		"all at once": {func(s *headwater.SourceFields) {
			*s = headwater.SourceFields{Country: "kr", URL: "news", ControlReviewedAt: "2023-13", Reliability: "G"}
		}, wanted{"/kind": "required", "/name": "required", "/country": "bad_format", "/url": "bad_format",
			"/control_reviewed_at": "bad_format", "/reliability": "not_one_of"}},
		"kind":                   {func(s *headwater.SourceFields) { s.Kind = "island" }, wanted{"/kind": "not_one_of"}},
		"name of spaces":         {func(s *headwater.SourceFields) { s.Name = " \t" }, wanted{"/name": "required"}},
		"long name":              {func(s *headwater.SourceFields) { s.Name = strings.Repeat("ن", 1001) }, wanted{"/name": "too_long"}},
		"name just short enough": {func(s *headwater.SourceFields) { s.Name = strings.Repeat("ن", 1000) }, wanted{}},
		"not UTF-8":              {func(s *headwater.SourceFields) { s.Notes = "a\xff" }, wanted{"/notes": "bad_text"}},
		"NUL in a map":           {func(s *headwater.SourceFields) { s.Names["en"] = "a\x00b" }, wanted{"/names/en": "bad_text"}},
		"NUL in a list":          {func(s *headwater.SourceFields) { s.Aliases[0] = "\x00" }, wanted{"/aliases/0": "bad_text"}},
		"NUL in a name of a map": {func(s *headwater.SourceFields) {
			s.ExternalIDs["\x00"] = "1"
		}, wanted{"/external_ids/\x00": "bad_format"}},
		"language": {func(s *headwater.SourceFields) {
			s.Names["english"] = "x"
			s.Role["en-gb"] = "x"
		}, wanted{"/names/english": "bad_format", "/role/en-gb": "bad_format"}},
		"empty text": {func(s *headwater.SourceFields) { s.Names["ar"] = " " }, wanted{"/names/ar": "required"}},
		"alias twice and empty": {func(s *headwater.SourceFields) {
			s.Aliases = []string{"a", "", "a"}
		}, wanted{"/aliases/1": "required", "/aliases/2": "duplicate"}},
		"too many aliases": {func(s *headwater.SourceFields) { s.Aliases = many(201) }, wanted{"/aliases": "too_long"}},
		"scheme": {func(s *headwater.SourceFields) { s.ExternalIDs = map[string]string{"Wiki data": "Q1", "isni": ""} },
			wanted{"/external_ids/Wiki data": "bad_format", "/external_ids/isni": "required"}},
		"a scheme with a slash": {func(s *headwater.SourceFields) {
			s.ExternalIDs = map[string]string{"a/b~c": "1"}
		}, wanted{"/external_ids/a~1b~0c": "bad_format"}},
		"domains": {func(s *headwater.SourceFields) {
			s.Domains = []string{"News.example", "https://a.example", "localhost", "a..example", "a.example", "a.example"}
		},
			wanted{"/domains/0": "bad_format", "/domains/1": "bad_format", "/domains/2": "bad_format", "/domains/3": "bad_format",
				"/domains/5": "duplicate"}},
		"url": {func(s *headwater.SourceFields) { s.URL = "javascript:alert(1)" }, wanted{"/url": "bad_format"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := valid()
			test.change(&s)
			if diff := cmp.Diff(test.want, codes(t, s.Validate())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func many(n int) []string {
	entries := make([]string, n)
	for i := range entries {
		entries[i] = fmt.Sprint(i)
	}
	return entries
}

func TestCountries(t *testing.T) {
	t.Parallel()
	for code, valid := range map[string]bool{
		"": true, "KR": true, "PS": true, "XK": true, "TW": true, "SU": true, "AQ": true,
		"kr": false, "KOR": false, "410": false, "UK": false, "EU": false, "UN": false, "ZZ": false, "A": false, "К": false,
	} {
		err := headwater.SourceFields{Kind: headwater.Person, Name: "x", Country: code}.Validate()
		if (err == nil) != valid {
			t.Errorf("%q: %v", code, err)
		}
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for tag, valid := range map[string]bool{
		"": true, "ar": true, "en-GB": true, "zh-Hant-TW": true, "sr-Latn": true, "de-1996": true, "und": true, "x-private": true,
		"AR": false, "en-gb": false, "en_GB": false, "sr-latn": false, "english": false, "a": false, "en-a": false, "العربية": false,
		"ar!": false,
	} {
		err := headwater.DocumentFields{Publisher: one, Kind: headwater.Article, Language: tag}.Validate()
		if (err == nil) != valid {
			t.Errorf("%q: %v", tag, err)
		}
	}
}

func TestRelationFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		relation headwater.RelationFields
		want     wanted
	}{
		"none": {headwater.RelationFields{Subject: one, Kind: headwater.OwnedBy, Object: two, Share: &half,
			Since: "2019", Until: "2019"}, wanted{}},
		"all at once": {headwater.RelationFields{Share: &over, Since: "x", Until: "y"},
			wanted{"/subject": "required", "/kind": "required", "/object": "required", "/share": "out_of_range", "/since": "bad_format",
				"/until": "bad_format"}},
		"to itself": {headwater.RelationFields{Subject: one, Kind: headwater.PartOf, Object: one},
			wanted{"/object": "same_ends"}},
		"a share of no ownership": {headwater.RelationFields{Subject: one, Kind: headwater.PartOf, Object: two, Share: &half},
			wanted{"/share": "conflict"}},
		"an end before its start": {headwater.RelationFields{Subject: one, Kind: headwater.PartOf, Object: two, Since: "2020-02",
			Until: "2020-01-31"}, wanted{"/until": "out_of_range"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, codes(t, test.relation.Validate())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	most := 0.500001
	for _, test := range []struct {
		kind  headwater.RelationKind
		share *float64
		want  bool
	}{
		{headwater.PartOf, nil, true}, {headwater.ControlledBy, nil, true}, {headwater.SpeaksFor, nil, true},
		{headwater.MemberOf, nil, false},
		{headwater.OwnedBy, nil, false}, {headwater.OwnedBy, &half, false}, {headwater.OwnedBy, &most, true},
	} {
		if got := (headwater.RelationFields{Kind: test.kind, Share: test.share}).Controls(); got != test.want {
			t.Errorf("%s with share %v: %t", test.kind, test.share, got)
		}
	}
}

func TestDocumentFaults(t *testing.T) {
	t.Parallel()
	hash := headwater.TextSHA256("text")
	for name, test := range map[string]struct {
		document headwater.DocumentFields
		want     wanted
	}{
		"none": {headwater.DocumentFields{Publisher: one, Kind: headwater.Article, Text: "text",
			TextSHA256: hash, RetrievedAt: "2024-05-06T07:08:09Z", Authors: []string{"Rana"}}, wanted{}},
		"all at once": {headwater.DocumentFields{Language: "arabic!", URL: "//x", ArchiveURL: "ftp://x",
			RetrievedAt: "yesterday", TextSHA256: "abc"}, wanted{"/kind": "required", "/publisher": "required", "/language": "bad_format",
			"/url": "bad_format", "/archive_url": "bad_format", "/retrieved_at": "bad_format", "/text_sha256": "bad_format"}},
		"a hash of another text is kept": {headwater.DocumentFields{Publisher: one, Kind: headwater.Post, Text: "other",
			TextSHA256: hash}, wanted{}},
		"a hash in capitals": {headwater.DocumentFields{Publisher: one, Kind: headwater.Post,
			TextSHA256: strings.ToUpper(hash)}, wanted{"/text_sha256": "bad_format"}},
		"latest before earliest": {headwater.DocumentFields{Publisher: one, Kind: headwater.Post,
			Published: &headwater.Published{Interval: headwater.Interval{Earliest: "2024-05", Latest: "2024-04"}}},
			wanted{"/published/latest": "out_of_range"}},
		"latest a day in earliest's month": {headwater.DocumentFields{Publisher: one, Kind: headwater.Post,
			Published: &headwater.Published{Interval: headwater.Interval{Earliest: "2024-05", Latest: "2024-05-01"}}}, wanted{}},
		"a long text": {headwater.DocumentFields{Publisher: one, Kind: headwater.Post, Text: strings.Repeat("ن", 5_000_001)},
			wanted{"/text": "too_long"}},
		"an author twice": {headwater.DocumentFields{Publisher: one, Kind: headwater.Post, Authors: []string{"a", "a"}},
			wanted{"/authors/1": "duplicate"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, codes(t, test.document.Validate())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestClaimFaults(t *testing.T) {
	t.Parallel()
	seven, five := decimal(t, "7"), decimal(t, "5.0")
	quantity := func(q headwater.Quantity) headwater.ClaimFields {
		return headwater.ClaimFields{Statement: headwater.Texts{"en": "x"}, Quantities: []headwater.Quantity{q}}
	}
	for name, test := range map[string]struct {
		claim headwater.ClaimFields
		want  wanted
	}{
		"none": {headwater.ClaimFields{Statement: headwater.Texts{"ar": "س"},
			EventTime: &headwater.Period{Start: "2023-08"}}, wanted{}},
		"no statement": {headwater.ClaimFields{}, wanted{"/statement": "required"}},
		"all at once": {headwater.ClaimFields{Statement: headwater.Texts{"en": ""}, EventTime: &headwater.Period{Start: "2024",
			End: "2023"}, Places: []string{""}, Topics: []string{"a", "a"}}, wanted{"/statement/en": "required",
			"/event_time/end": "out_of_range", "/places/0": "required", "/topics/1": "duplicate"}},
		"a quantity of nothing": {quantity(headwater.Quantity{Value: seven, Comparator: "≈"}), wanted{"/quantities/0/unit": "required",
			"/quantities/0/comparator": "not_one_of"}},
		"a range": {quantity(headwater.Quantity{Value: five, High: &seven, Unit: "u", Comparator: headwater.Between}),
			wanted{}},
		"a range without an end": {quantity(headwater.Quantity{Value: five, Unit: "u", Comparator: headwater.Between}),
			wanted{"/quantities/0/high": "required"}},
		"a range upside down": {quantity(headwater.Quantity{Value: seven, High: &five, Unit: "u", Comparator: headwater.Between}),
			wanted{"/quantities/0/high": "out_of_range"}},
		"an end without a range": {quantity(headwater.Quantity{Value: five, High: &seven, Unit: "u", Comparator: headwater.About}),
			wanted{"/quantities/0/high": "conflict"}},
		"an impossible month": {headwater.ClaimFields{Statement: headwater.Texts{"en": "x"},
			EventTime: &headwater.Period{Start: "2023-13"}}, wanted{"/event_time/start": "bad_format"}},
		"too many languages, bad": {headwater.ClaimFields{Statement: languages(51)}, wanted{"/statement": "too_long"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, codes(t, test.claim.Validate())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// languages gives texts in n languages of private use.
func languages(n int) headwater.Texts {
	texts := headwater.Texts{}
	for i := range n {
		texts[fmt.Sprintf("x-l%d", i)] = "x"
	}
	return texts
}

func TestLinkFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		link headwater.LinkFields
		want wanted
	}{
		"none": {headwater.LinkFields{Kind: headwater.Contradicts, From: one, To: two, Degree: headwater.DegreeTension,
			Confidence: &half, Method: &headwater.Method{Kind: headwater.ByRule}}, wanted{}},
		"all at once": {headwater.LinkFields{Degree: "mild", Confidence: &over, Method: &headwater.Method{}},
			wanted{"/kind": "required", "/from": "required", "/to": "required", "/degree": "conflict", "/confidence": "out_of_range",
				"/method/kind": "required"}},
		"from a claim to itself": {headwater.LinkFields{Kind: headwater.Refines, From: one, To: one}, wanted{"/to": "same_ends"}},
		"a degree without contradiction": {headwater.LinkFields{Kind: headwater.Refines, From: one, To: two,
			Degree: headwater.DegreeDirect},
			wanted{"/degree": "conflict"}},
		"a degree of contradiction wrong": {headwater.LinkFields{Kind: headwater.Contradicts, From: one, To: two, Degree: "mild"},
			wanted{"/degree": "not_one_of"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, codes(t, test.link.Validate())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReviewFaults(t *testing.T) {
	t.Parallel()
	want := wanted{"/claim": "required", "/author": "required", "/rating/label": "required", "/url": "bad_format",
		"/language": "bad_format", "/published": "bad_format"}
	if diff := cmp.Diff(want, codes(t, headwater.ReviewFields{URL: "x", Language: "arabic", Published: "then"}.Validate())); diff != "" {
		t.Error(diff)
	}
	if err := (headwater.ReviewFields{Claim: one, Author: two, Rating: headwater.Rating{Label: "خطأ"}, Language: "ar",
		Published: "2024"}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsMeantWhereNothingIsSaid(t *testing.T) {
	t.Parallel()
	source, attribution, link := headwater.SourceFields{}, headwater.AttributionFields{}, headwater.LinkFields{Kind: headwater.Contradicts}
	document, claim := headwater.DocumentFields{Text: "قذيفة"}, headwater.ClaimFields{EventTime: &headwater.Period{}}
	source.Normalize()
	attribution.Normalize()
	link.Normalize()
	document.Normalize()
	claim.Normalize()
	if source.Reliability != "F" || attribution.Credibility != 6 || link.Degree != headwater.DegreeDirect || claim.EventTime != nil {
		t.Errorf("got %q, %d, %q, %v", source.Reliability, attribution.Credibility, link.Degree, claim.EventTime)
	}
	if want := "c2f802314e06d246f287da7c22746c162e98f4a163f25987b97c0881a3255087"; document.TextSHA256 != want {
		t.Errorf("hash %q, want %q", document.TextSHA256, want)
	}
}

func TestFaultsShowWhatIsWrongAndNoMore(t *testing.T) {
	t.Parallel()
	f := headwater.NewFault("/a/b", headwater.FaultFormat, strings.Repeat("ن", 500)+"\x00\xff", "another")
	if n := len([]rune(f.Value)); n != 201 {
		t.Errorf("%d characters of the value are shown", n)
	}
	f = headwater.NewFault("", headwater.FaultText, "a\x00\xff", "no NUL character")
	if f.Value != "a␀\uFFFD" || f.Error() != "/: bad_text: \"a␀\uFFFD\", expected no NUL character" {
		t.Errorf("got %s", f.Error())
	}
	text, err := json.Marshal(f)
	if err != nil || !json.Valid(text) {
		t.Errorf("%s: %v", text, err)
	}
}

func TestPointersAreEscaped(t *testing.T) {
	t.Parallel()
	if got := headwater.Pointer("").Field("a/b~c").Index(3).Field("د"); got != "/a~1b~0c/3/د" {
		t.Errorf("got %s", got)
	}
}

func TestCodeOf(t *testing.T) {
	t.Parallel()
	faults := headwater.Faults{headwater.NewFault("/a", headwater.FaultRequired, nil, "a")}
	invalid := &headwater.Error{Code: headwater.CodeConflict, Detail: "no", Faults: faults}
	for name, test := range map[string]struct {
		err  error
		want headwater.Code
	}{
		"nothing": {nil, ""}, "another error": {errors.New("x"), ""}, "faults": {faults, headwater.CodeInvalid},
		"an error": {invalid, headwater.CodeConflict}, "wrapped": {fmt.Errorf("while: %w", invalid), headwater.CodeConflict},
	} {
		if got := headwater.CodeOf(test.err); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	var found headwater.Faults
	if !errors.As(error(invalid), &found) || len(found) != 1 {
		t.Error("an error does not give its faults")
	}
}
