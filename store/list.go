package store

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
)

// SourceFilter says which sources to list.
type SourceFilter struct {
	Common
	Q             string // words of a name or alias
	Domain        string
	ExternalID    map[string]string // scheme to value
	Kind, Country string
}

// Sources lists sources: those that have the words of Q, best first, or all by Sort.
func (s *Store) Sources(ctx context.Context, f SourceFilter, p Paging) (Page[SourceHit], error) {
	w := &where{}
	w.common(f.Common)
	if f.Domain != "" {
		w.add("t.domains @> ?", []string{strings.ToLower(f.Domain)})
	}
	if len(f.ExternalID) > 0 {
		w.add("t.external_ids @> ?", f.ExternalID)
	}
	addIf(w, "t.kind = ?", f.Kind)
	addIf(w, "t.country = ?", f.Country)
	if f.Q != "" {
		return search(ctx, s, sources, w, f, f.Q, p, func(h SourceHit) (uuid.UUID, Match) { return h.ID, h.Match })
	}
	page, err := list(ctx, s, sources, sources.selected("t"), w, f, f.Sort, p)
	return hitsOf(page, func(t headwater.Source) SourceHit { return SourceHit{Source: t} }), err
}

// RelationFilter says which relations to list.
type RelationFilter struct {
	Common
	Source uuid.UUID // at either end
	Kind   string
}

// Relations lists relations.
func (s *Store) Relations(ctx context.Context, f RelationFilter, p Paging) (Page[headwater.Relation], error) {
	w := &where{}
	w.common(f.Common)
	if f.Source != uuid.Nil {
		w.add("(t.subject = ? OR t.object = ?)", f.Source, f.Source)
	}
	addIf(w, "t.kind = ?", f.Kind)
	return list(ctx, s, relations, relations.selected("t"), w, f, f.Sort, p)
}

// DocumentFilter says which documents to list.
type DocumentFilter struct {
	Common
	URL, SHA256, Kind, Language string
	Publisher, DerivedFrom      uuid.UUID
	From, To                    headwater.Day // publication
}

// Documents lists documents, without their texts.
func (s *Store) Documents(ctx context.Context, f DocumentFilter, p Paging) (Page[headwater.Document], error) {
	w := &where{}
	w.common(f.Common)
	addIf(w, "t.url_canonical = ?", fold.URL(f.URL))
	addIf(w, "t.text_sha256 = ?", f.SHA256)
	addIf(w, "t.kind = ?", f.Kind)
	addIf(w, "t.language = ?", f.Language)
	addIf(w, "t.publisher = ?", f.Publisher)
	addIf(w, "t.derived_from = ?", f.DerivedFrom)
	if err := headwater.CheckPeriod("/from", "/to", f.From, f.To); err != nil {
		return Page[headwater.Document]{}, err
	}
	addIf(w, "coalesce(t.published_until, 'infinity') >= day_first(?)", f.From)
	addIf(w, "coalesce(t.published_from, '-infinity') < day_last(?) + 1", f.To)
	if f.From != "" || f.To != "" {
		w.add("t.published IS NOT NULL")
	}
	selected := strings.Replace(documents.selected("t"), "t.text,", "'' AS text,", 1)
	return list(ctx, s, documents, selected, w, f, f.Sort, p)
}

// ClaimFilter says which claims to list.
type ClaimFilter struct {
	Common
	Q, Topic, Language        string
	Source, Origin, Publisher uuid.UUID // anywhere in a chain, its last, its first
	Stance                    string
	From, To                  headwater.Day // event time
}

// Places of a source in a chain, as the table appearances has them.
const (
	placePublisher = 0
	placeOrigin    = 2
)

// voices are a source and those that are merged into it.
const voices = `WITH RECURSIVE voices AS (SELECT ?::uuid AS id UNION SELECT merged.id FROM sources AS merged JOIN voices ON merged.merged_into = voices.id) SELECT id FROM voices`

// Claims lists claims: those that have the words of Q, best first, or all by Sort.
func (s *Store) Claims(ctx context.Context, f ClaimFilter, p Paging) (Page[ClaimHit], error) {
	if source, position, alone := f.voice(); alone {
		page, err := s.toldBy(ctx, f, source, position, p)
		return hitsOf(page, func(t headwater.Claim) ClaimHit { return ClaimHit{Claim: t} }), err
	}
	w := &where{}
	w.common(f.Common)
	if f.Topic != "" {
		w.add("t.topics @> ?", []string{f.Topic})
	}
	if f.Language != "" {
		w.add("t.languages @> ?", []string{f.Language})
	}
	addIf(w, "t.id IN (SELECT claim_id FROM appearances WHERE source_id IN ("+voices+"))", f.Source)
	if f.Origin != uuid.Nil {
		w.add("t.id IN (SELECT claim_id FROM appearances WHERE source_id IN ("+voices+") AND place = ?)", f.Origin, placeOrigin)
	}
	if f.Publisher != uuid.Nil {
		w.add("t.id IN (SELECT claim_id FROM appearances WHERE source_id IN ("+voices+") AND place = ?)", f.Publisher, placePublisher)
	}
	addIf(w, "EXISTS (SELECT FROM attributions AS a WHERE a.claim_id = t.id AND a.status = 'accepted' AND a.stance = ?)", f.Stance)
	if err := headwater.CheckPeriod("/from", "/to", f.From, f.To); err != nil {
		return Page[ClaimHit]{}, err
	}
	if f.From != "" || f.To != "" {
		w.add("t.event_days && daterange(day_first(?), day_last(?), '[]')", f.From, f.To)
	}
	if f.Q != "" {
		return search(ctx, s, claims, w, f, f.Q, p, func(h ClaimHit) (uuid.UUID, Match) { return h.ID, h.Match })
	}
	page, err := list(ctx, s, claims, claims.selected("t"), w, f, f.Sort, p)
	return hitsOf(page, func(t headwater.Claim) ClaimHit { return ClaimHit{Claim: t} }), err
}

// AttributionFilter says which attributions to list.
type AttributionFilter struct {
	Common
	Claim, Document uuid.UUID
	Stance          string
}

// Attributions lists attributions with their chains.
func (s *Store) Attributions(ctx context.Context, f AttributionFilter, p Paging) (Page[headwater.Attribution], error) {
	return list(ctx, s, attributions, attributions.selected("t"), f.where(), f, f.Sort, p)
}

func (f AttributionFilter) where() *where {
	w := &where{}
	w.common(f.Common)
	addIf(w, "t.claim_id = ?", f.Claim)
	addIf(w, "t.document_id = ?", f.Document)
	addIf(w, "t.stance = ?", f.Stance)
	return w
}

// LinkFilter says which links to list.
type LinkFilter struct {
	Common
	Claim  uuid.UUID // at either end
	Kind   string
	Degree string
}

// Links lists links.
func (s *Store) Links(ctx context.Context, f LinkFilter, p Paging) (Page[headwater.Link], error) {
	return list(ctx, s, links, links.selected("t"), f.where(), f, f.Sort, p)
}

func (f LinkFilter) where() *where {
	w := &where{}
	w.common(f.Common)
	if f.Claim != uuid.Nil {
		w.add("(t.claim_id = ? OR t.to_id = ?)", f.Claim, f.Claim)
	}
	addIf(w, "t.kind = ?", f.Kind)
	addIf(w, "t.degree = ?", f.Degree)
	return w
}

// ReviewFilter says which reviews to list.
type ReviewFilter struct {
	Common
	Claim, Author uuid.UUID
}

// Reviews lists reviews.
func (s *Store) Reviews(ctx context.Context, f ReviewFilter, p Paging) (Page[headwater.Review], error) {
	return list(ctx, s, reviews, reviews.selected("t"), f.where(), f, f.Sort, p)
}

func (f ReviewFilter) where() *where {
	w := &where{}
	w.common(f.Common)
	addIf(w, "t.claim_id = ?", f.Claim)
	addIf(w, "t.author = ?", f.Author)
	return w
}
