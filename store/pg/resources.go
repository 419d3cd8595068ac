package pg

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/reprint"
)

// Sources is the table of who says things.
var Sources = Table[headwater.Source, headwater.SourceFields]{
	Resource: headwater.ResourceSource,
	Name:     "sources",
	Columns:  cols("kind name names aliases country role anonymous reliability external_ids domains url control_reviewed_at notes method"),
	Search:   cols("folded terms identities"),
	Found: func(rows string) string {
		return "INSERT INTO source_traits (hash, source_id) SELECT DISTINCT " + TraitHash("trait") + ", id FROM " + rows +
			", unnest(identities) AS trait ORDER BY 1, 2"
	},
	Merges: true,
	Values: func(f headwater.SourceFields) []any { return ValuesOfSource(f, identity.FeaturesOf(f).Traits()) },
	Fields: func(s headwater.Source) headwater.SourceFields { return s.SourceFields },
	Meta:   func(s headwater.Source) headwater.Meta { return s.Meta },
	Status: func(s headwater.Source) (string, *uuid.UUID) { return string(s.Status), s.MergedInto },
	Sorts:  map[string]Order[headwater.Source]{"name": byName(false), "-name": byName(true)},
}

// TraitHash is the hash by which source_traits has a trait. Others may have the same: what a source is known by decides. PostgreSQL
// keeps such hashes as they are, since they say in which partition a row is.
func TraitHash(trait string) string { return "hashtextextended(" + trait + ", 0)" }

// ValuesOfSource are the values of a source's columns, with the traits that identity.Features has of it.
func ValuesOfSource(f headwater.SourceFields, traits []string) []any {
	texts := append([]string{f.Name}, f.Aliases...)
	folded, terms := Searchable(append(texts, inOrder(f.Names)...)...)
	return []any{
		f.Kind, f.Name, mapOrNull(f.Names), orNull(f.Aliases), f.Country, mapOrNull(f.Role), f.Anonymous, f.Reliability,
		mapOrNull(f.ExternalIDs), orNull(f.Domains), f.URL, f.ControlReviewedAt, f.Notes, f.Method,
		folded, terms, traits,
	}
}

func byName(descending bool) Order[headwater.Source] {
	return Order[headwater.Source]{
		[]string{"t.name", "t.id"}, []ValueType{TextValue, UUIDValue}, descending,
		func(s headwater.Source) []string { return []string{s.Name, s.ID.String()} },
	}
}

// Relations is the table of who is above whom.
var Relations = Table[headwater.Relation, headwater.RelationFields]{
	Resource: headwater.ResourceRelation,
	Name:     "relations",
	Columns:  cols("subject kind object share since until citation"),
	Values: func(f headwater.RelationFields) []any {
		return []any{f.Subject, f.Kind, f.Object, f.Share, f.Since, f.Until, f.Citation}
	},
	Same: func(f headwater.RelationFields) (string, []any) {
		return "subject = $1 AND kind = $2 AND object = $3 AND since = $4", []any{f.Subject, f.Kind, f.Object, f.Since}
	},
	Fields: func(r headwater.Relation) headwater.RelationFields { return r.RelationFields },
	Meta:   func(r headwater.Relation) headwater.Meta { return r.Meta },
	Status: func(r headwater.Relation) (string, *uuid.UUID) { return string(r.Status), nil },
}

// Documents is the table of the texts that attributions stand in.
var Documents = Table[headwater.Document, headwater.DocumentFields]{
	Resource: headwater.ResourceDocument,
	Name:     "documents",
	Columns:  cols("publisher kind language title url archive_url published retrieved_at text text_sha256 authors derived_from method"),
	Search:   cols("url_canonical terms sketch"),
	Values: func(f headwater.DocumentFields) []any {
		text := fold.Text(f.Text)
		return []any{
			f.Publisher, f.Kind, f.Language, f.Title, f.URL, f.ArchiveURL, f.Published, f.RetrievedAt, f.Text, f.TextSHA256,
			orNull(f.Authors), f.DerivedFrom, f.Method, identity.Address(f.URL),
			vector(slices.Concat(fold.Terms(f.Title), fold.FoldedTerms(text))), sketchOf(text),
		}
	},
	Fields: func(d headwater.Document) headwater.DocumentFields { return d.DocumentFields },
	Meta:   func(d headwater.Document) headwater.Meta { return d.Meta },
	Status: func(d headwater.Document) (string, *uuid.UUID) { return string(d.Status), nil },
	Sorts: map[string]Order[headwater.Document]{
		"published":  byPublication("infinity", false),
		"-published": byPublication("-infinity", true),
	},
}

// sketchOf is the sketch of a folded text; empty, and not null, where it is too short for one.
func sketchOf(folded string) []int64 {
	return append([]int64{}, reprint.OfFolded(folded).Sketch()...)
}

// byPublication orders documents by the first instant at which they can have come out, undated ones last.
func byPublication(undated string, descending bool) Order[headwater.Document] {
	return Order[headwater.Document]{
		[]string{"coalesce(t.published_from, '" + undated + "')", "t.id"}, []ValueType{TimeValue, UUIDValue}, descending,
		func(d headwater.Document) []string {
			at := undated
			if d.Published != nil && d.Published.Earliest != "" {
				at = FormatTime(d.Published.Earliest.Earliest())
			}
			return []string{at, d.ID.String()}
		},
	}
}

// Claims is the table of statements.
var Claims = Table[headwater.Claim, headwater.ClaimFields]{
	Resource: headwater.ResourceClaim,
	Name:     "claims",
	Columns:  cols("statement quantities event_time places topics scope method"),
	Search:   cols("folded terms"),
	Merges:   true,
	Values: func(f headwater.ClaimFields) []any {
		folded, terms := Searchable(inOrder(f.Statement)...)
		return []any{
			mapOrNull(f.Statement), orNull(f.Quantities), f.EventTime, orNull(f.Places), orNull(f.Topics), f.Scope, f.Method, folded, terms,
		}
	},
	Fields: func(c headwater.Claim) headwater.ClaimFields { return c.ClaimFields },
	Meta:   func(c headwater.Claim) headwater.Meta { return c.Meta },
	Status: func(c headwater.Claim) (string, *uuid.UUID) { return string(c.Status), c.MergedInto },
}

// inOrder lists the texts in the order of their language tags.
func inOrder(texts headwater.Texts) []string {
	var list []string
	for _, tag := range slices.Sorted(maps.Keys(texts)) {
		list = append(list, texts[tag])
	}
	return list
}

// Attributions is the table of the places where claims are made, each with its chain.
var Attributions = Table[headwater.Attribution, headwater.AttributionFields]{
	Resource: headwater.ResourceAttribution,
	Name:     "attributions",
	Columns:  cols("claim_id>claim document_id>document stance content event_time_span chain credibility method confidence note"),
	Values: func(f headwater.AttributionFields) []any {
		return []any{f.Claim, f.Document, f.Stance, f.Content, f.EventTimeSpan, f.Chain, f.Credibility, f.Method, f.Confidence, f.Note}
	},
	Same: func(f headwater.AttributionFields) (string, []any) {
		var start, end *int
		if f.Content != nil {
			start, end = &f.Content.Start, &f.Content.End
		}
		return `claim_id = $1 AND document_id = $2 AND stance = $3 AND source_ids = $4 AND content_start IS NOT DISTINCT FROM $5
			AND (content ->> 'end')::int IS NOT DISTINCT FROM $6`, []any{f.Claim, f.Document, f.Stance, f.Sources(), start, end}
	},
	Fields: func(a headwater.Attribution) headwater.AttributionFields { return a.AttributionFields },
	Meta:   func(a headwater.Attribution) headwater.Meta { return a.Meta },
	Status: func(a headwater.Attribution) (string, *uuid.UUID) { return string(a.Status), nil },
	Sorts: map[string]Order[headwater.Attribution]{ReadingOrder: {
		[]string{"coalesce(t.content_start, 2147483647)", "t.id"}, []ValueType{IntValue, UUIDValue}, false,
		func(a headwater.Attribution) []string {
			start := math.MaxInt32
			if a.Content != nil {
				start = a.Content.Start
			}
			return []string{strconv.Itoa(start), a.ID.String()}
		},
	}},
}

// ReadingOrder is the order of a document's attributions in its text; those without words come last.
const ReadingOrder = "reading"

// Links is the table of how claims stand to each other.
var Links = Table[headwater.Link, headwater.LinkFields]{
	Resource: headwater.ResourceLink,
	Name:     "links",
	Columns:  cols("kind claim_id>from to_id>to degree basis rationale method confidence"),
	Values: func(f headwater.LinkFields) []any {
		return []any{f.Kind, f.From, f.To, f.Degree, f.Basis, f.Rationale, f.Method, f.Confidence}
	},
	Same: func(f headwater.LinkFields) (string, []any) {
		from, to := f.Ends()
		return "kind = $1 AND claim_id = $2 AND to_id = $3", []any{f.Kind, from, to}
	},
	Fields: func(l headwater.Link) headwater.LinkFields { return l.LinkFields },
	Meta:   func(l headwater.Link) headwater.Meta { return l.Meta },
	Status: func(l headwater.Link) (string, *uuid.UUID) { return string(l.Status), nil },
}

// Matches is the table of what may be one, and of what may reprint what.
var Matches = Table[headwater.IdentityMatch, headwater.IdentityMatchFields]{
	Resource: headwater.ResourceMatch,
	Name:     "matches",
	Columns:  cols("resource a b kind score basis rationale method"),
	Values: func(f headwater.IdentityMatchFields) []any {
		return []any{f.Resource, f.A, f.B, f.Kind, f.Score, f.Basis, f.Rationale, f.Method}
	},
	Fields: func(m headwater.IdentityMatch) headwater.IdentityMatchFields { return m.IdentityMatchFields },
	Meta:   func(m headwater.IdentityMatch) headwater.Meta { return m.Meta },
	Status: func(m headwater.IdentityMatch) (string, *uuid.UUID) { return string(m.Status), nil },
}

// Reviews is the table of fact-checkers' verdicts.
var Reviews = Table[headwater.Review, headwater.ReviewFields]{
	Resource: headwater.ResourceReview,
	Name:     "reviews",
	Columns:  cols("claim_id>claim author rating title url language claim_reviewed published"),
	Search:   cols("folded terms"),
	Values: func(f headwater.ReviewFields) []any {
		folded, terms := Searchable(f.ClaimReviewed)
		return []any{f.Claim, f.Author, f.Rating, f.Title, f.URL, f.Language, f.ClaimReviewed, f.Published, folded, terms}
	},
	Same: func(f headwater.ReviewFields) (string, []any) {
		return "claim_id = $1 AND author = $2 AND url = $3", []any{f.Claim, f.Author, f.URL}
	},
	Fields: func(r headwater.Review) headwater.ReviewFields { return r.ReviewFields },
	Meta:   func(r headwater.Review) headwater.Meta { return r.Meta },
	Status: func(r headwater.Review) (string, *uuid.UUID) { return string(r.Status), nil },
}

// PublishedAt is when the review of an alias was published; one that nobody has dated comes last.
func PublishedAt(alias string) string {
	return "coalesce(moment_first(" + alias + ".published), '-infinity')"
}
