package bundle_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// The generators make things that are valid on their own, with as much or as little in them as is allowed.

var (
	words = rapid.StringMatching(`[a-zA-Zء-ي٠-٩ً-ْ😀é"\\<>& ]{0,20}[a-zء-ي]`)
	ids   = rapid.Custom(func(t *rapid.T) uuid.UUID {
		var id uuid.UUID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		id[0] |= 1
		return id
	})
	keys    = rapid.StringMatching(`[a-zء-ي/~-]{1,20}`)
	texts   = rapid.MapOfN(rapid.SampledFrom([]string{"en", "ar", "zh-Hant", "pt-BR"}), words, 1, 4)
	days    = rapid.SampledFrom([]headwater.Day{"", "2023", "2023-08", "2024-02-29"})
	moments = rapid.SampledFrom([]headwater.Moment{"", "2023", "2023-08-15T09:30:00Z", "2023-08-15T09:30:00.25+03:00"})
	parts   = rapid.Float64Range(0, 1)
	// laterDays and laterMoments are the ends to the starts that days and moments give.
	laterDays    = rapid.SampledFrom([]headwater.Day{"", "2025", "2025-01-31"})
	laterMoments = rapid.SampledFrom([]headwater.Moment{"", "2025", "2025-08-15T09:30:00Z"})
)

func oneOf[E interface {
	~string
	Values() []string
}](t *rapid.T, label string) E {
	var e E
	return E(rapid.SampledFrom(e.Values()).Draw(t, label))
}

// maybe draws a pointer, nil half of the time.
func maybe[T any](t *rapid.T, label string, g *rapid.Generator[T]) *T {
	return rapid.Ptr(g, true).Draw(t, label)
}

func orNothing[T any](t *rapid.T, label string, g *rapid.Generator[T]) T {
	var nothing T
	return rapid.OneOf(g, rapid.Just(nothing)).Draw(t, label)
}

func distinct(t *rapid.T, label string) []string {
	return rapid.SliceOfNDistinct(words, 0, 3, rapid.ID[string]).Draw(t, label)
}

var decimals = rapid.Custom(func(t *rapid.T) headwater.Decimal {
	d, err := headwater.ParseDecimal(rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,15})?`).Draw(t, "decimal"))
	if err != nil {
		t.Fatal(err)
	}
	return d
})

var selectors = rapid.Custom(func(t *rapid.T) headwater.Selector {
	s := headwater.Selector{Start: rapid.IntRange(0, 1<<20).Draw(t, "start"), Exact: words.Draw(t, "exact"),
		Prefix: orNothing(t, "prefix", words), Suffix: orNothing(t, "suffix", words)}
	s.End = s.Start + len([]rune(s.Exact))
	return s
})

var intervals = rapid.Custom(func(t *rapid.T) headwater.Interval {
	return headwater.Interval{Earliest: moments.Draw(t, "earliest"), Latest: laterMoments.Draw(t, "latest")}
})

var methods = rapid.Custom(func(t *rapid.T) headwater.Method {
	return headwater.Method{Kind: oneOf[headwater.MethodKind](t, "method"), Name: orNothing(t, "name", words),
		Version: orNothing(t, "version", words)}
})

func drawMeta(t *rapid.T) headwater.Meta {
	m := headwater.Meta{ID: ids.Draw(t, "id"), Key: orNothing(t, "key", keys)}
	if m.Key != "" {
		m.Namespace = rapid.SampledFrom([]string{"https://headwater.example/written", "urn:elsewhere"}).Draw(t, "namespace")
	}
	return m
}

func drawEntityStatus(t *rapid.T) (status headwater.EntityStatus, into *uuid.UUID) {
	status = oneOf[headwater.EntityStatus](t, "status")
	if status == headwater.EntityMerged {
		id := ids.Draw(t, "into")
		into = &id
	}
	return status, into
}

func drawSource(t *rapid.T) any {
	s := &headwater.Source{Meta: drawMeta(t), SourceFields: headwater.SourceFields{
		Kind: oneOf[headwater.SourceKind](t, "kind"), Name: words.Draw(t, "name"), Names: orNothing(t, "names", texts),
		Aliases: distinct(t, "aliases"),
		Country: rapid.SampledFrom([]string{"", "KR", "EG"}).Draw(t, "country"), Role: orNothing(t, "role", texts),
		Anonymous:   rapid.Bool().Draw(t, "anonymous"),
		Reliability: oneOf[headwater.Reliability](t, "reliability"), ControlReviewedAt: days.Draw(t, "reviewed"),
		Notes:       orNothing(t, "notes", words),
		ExternalIDs: rapid.MapOfN(rapid.StringMatching(`[a-z]{3}`), words, 0, 2).Draw(t, "ids"),
		Domains:     rapid.SampledFrom([][]string{nil, {"a.example", "ب.example"}}).Draw(t, "domains"),
		URL:         rapid.SampledFrom([]string{"", "https://a.example/?q=<ب>&b"}).Draw(t, "url"),
	}}
	s.Status, s.MergedInto = drawEntityStatus(t)
	return s
}

func drawRelation(t *rapid.T) any {
	r := &headwater.Relation{Meta: drawMeta(t), Status: oneOf[headwater.RecordStatus](t, "status"),
		RelationFields: headwater.RelationFields{
			Subject: ids.Draw(t, "subject"), Kind: oneOf[headwater.RelationKind](t, "kind"), Object: ids.Draw(t, "object"),
			Since: days.Draw(t, "since"), Until: laterDays.Draw(t, "until"), Citation: orNothing(t, "citation", words),
		}}
	if r.Kind == headwater.OwnedBy {
		r.Share = maybe(t, "share", parts)
	}
	return r
}

func drawDocument(t *rapid.T) any {
	d := &headwater.Document{Meta: drawMeta(t), Status: oneOf[headwater.RecordStatus](t, "status"),
		DocumentFields: headwater.DocumentFields{
			Publisher: ids.Draw(t, "publisher"), Kind: oneOf[headwater.DocumentKind](t, "kind"),
			Language: rapid.SampledFrom([]string{"", "ar", "en-GB"}).Draw(t, "language"),
			Title:    orNothing(t, "title", words), RetrievedAt: moments.Draw(t, "retrieved"), Text: orNothing(t, "text", words),
			Authors:     distinct(t, "authors"),
			DerivedFrom: maybe(t, "derived", ids),
			Published: maybe(t, "published", rapid.Custom(func(t *rapid.T) headwater.Published {
				return headwater.Published{Interval: intervals.Draw(t, "interval"), Note: orNothing(t, "note", words)}
			})),
		}}
	d.Normalize()
	return d
}

func drawClaim(t *rapid.T) any {
	c := &headwater.Claim{Meta: drawMeta(t), ClaimFields: headwater.ClaimFields{
		Statement: texts.Draw(t, "statement"), Places: distinct(t, "places"), Topics: distinct(t, "topics"),
		Scope: orNothing(t, "scope", words),
		EventTime: maybe(t, "time", rapid.Custom(func(t *rapid.T) headwater.Period {
			return headwater.Period{Start: days.Draw(t, "start"), End: laterDays.Draw(t, "end")}
		})),
		Quantities: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) headwater.Quantity {
			q := headwater.Quantity{Value: decimals.Draw(t, "value"), Unit: words.Draw(t, "unit"), Of: orNothing(t, "of", words),
				Comparator: oneOf[headwater.Comparator](t, "comparator")}
			if q.Comparator == headwater.Between {
				q.High = &q.Value
			}
			return q
		}), 0, 3).Draw(t, "quantities"),
	}}
	c.Status, c.MergedInto = drawEntityStatus(t)
	c.Normalize()
	return c
}

func drawAttribution(t *rapid.T) any {
	return &headwater.Attribution{Meta: drawMeta(t), Status: oneOf[headwater.Decision](t, "status"),
		AttributionFields: headwater.AttributionFields{
			Claim: ids.Draw(t, "claim"), Document: ids.Draw(t, "document"), Stance: oneOf[headwater.Stance](t, "stance"),
			Content: maybe(t, "content", selectors), EventTimeSpan: maybe(t, "span", selectors),
			Credibility: rapid.IntRange(1, 6).Draw(t, "credibility"),
			Method:      maybe(t, "method", methods), Confidence: maybe(t, "confidence", parts), Note: orNothing(t, "note", words),
			Chain: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) headwater.Hop {
				return headwater.Hop{
					Source: ids.Draw(t, "source"), Role: orNothing(t, "role", words), DescribedAs: orNothing(t, "described", words),
					Cue: maybe(t, "cue", selectors),
					Act: oneOf[headwater.Act](t, "act"), Mode: oneOf[headwater.Mode](t, "mode"),
					Certainty:   oneOf[headwater.Certainty](t, "certainty"),
					Endorsement: oneOf[headwater.Endorsement](t, "endorsement"), Evidence: oneOf[headwater.Evidence](t, "evidence"),
					EvidenceSpan: maybe(t, "evidence span", selectors),
					Setting:      maybe(t, "setting", selectors), SaidAt: maybe(t, "said", intervals), Note: orNothing(t, "note", words),
				}
			}), 1, 4).Draw(t, "chain"),
		}}
}

func drawLink(t *rapid.T) any {
	k := &headwater.Link{Meta: drawMeta(t), Status: oneOf[headwater.Decision](t, "status"), LinkFields: headwater.LinkFields{
		Kind: oneOf[headwater.LinkKind](t, "kind"), From: ids.Draw(t, "from"), To: ids.Draw(t, "to"), Basis: orNothing(t, "basis", words),
		Rationale: orNothing(t, "rationale", words), Method: maybe(t, "method", methods), Confidence: maybe(t, "confidence", parts),
	}}
	if k.Kind == headwater.Contradicts {
		k.Degree = oneOf[headwater.Degree](t, "degree")
	}
	k.Normalize()
	return k
}

func drawReview(t *rapid.T) any {
	return &headwater.Review{Meta: drawMeta(t), Status: oneOf[headwater.RecordStatus](t, "status"), ReviewFields: headwater.ReviewFields{
		Claim: ids.Draw(t, "claim"), Author: ids.Draw(t, "author"), Title: orNothing(t, "title", words),
		ClaimReviewed: orNothing(t, "reviewed", words), URL: rapid.SampledFrom([]string{"", "https://a.example/1"}).Draw(t, "url"),
		Language:  rapid.SampledFrom([]string{"", "ar", "en-GB"}).Draw(t, "language"),
		Published: moments.Draw(t, "published"),
		Rating:    headwater.Rating{Label: words.Draw(t, "label"), Value: maybe(t, "value", decimals), Best: maybe(t, "best", decimals)},
	}}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	things := rapid.OneOf(rapid.Custom(drawSource), rapid.Custom(drawRelation), rapid.Custom(drawDocument), rapid.Custom(drawClaim),
		rapid.Custom(drawAttribution), rapid.Custom(drawLink), rapid.Custom(drawReview))
	rapid.Check(t, func(rt *rapid.T) {
		drawn := rapid.SliceOfN(things, 0, 5).Draw(rt, "things")
		var items []bundle.Item
		for _, thing := range drawn {
			items = append(items, bundle.Item{Thing: thing})
		}
		text := write(t, items)
		again, faults := read(t, text)
		if len(faults) > 0 {
			rt.Fatalf("%s\n%v", text, faults)
		}
		got := slices.Collect(func(yield func(any) bool) {
			for _, item := range again {
				if !item.StatusNamed || !yield(item.Thing) {
					return
				}
			}
		})
		if diff := cmp.Diff(drawn, got, cmpopts.EquateEmpty(),
			cmp.Comparer(func(a, b headwater.Decimal) bool { return a.String() == b.String() })); diff != "" {
			rt.Fatalf("%s\n%s", text, diff)
		}
		if rewritten := write(t, again); rewritten != text {
			rt.Fatalf("written again:\n%s\n%s", text, rewritten)
		}
	})
}
