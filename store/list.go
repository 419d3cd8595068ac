package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/search"
)

// SourceFilter says which sources to list.
type SourceFilter struct {
	Common
	Q             string // words of a name or alias, of which the last may go on
	Domain        string
	ExternalID    map[string]string // scheme to value
	Kind, Country string
}

// Sources lists sources: those that have the words of Q, first those with a name that begins so, or all by Sort.
func (s *Store) Sources(ctx context.Context, f SourceFilter, p Paging) (Page[SourceHit], error) {
	w := &pg.Where{}
	w.Common(f.Common)
	if f.Domain != "" {
		w.Add("t.domains @> ?", []string{strings.ToLower(f.Domain)})
	}
	if len(f.ExternalID) > 0 {
		w.Add("t.external_ids @> ?", f.ExternalID)
	}
	pg.AddIf(w, "t.kind = ?", f.Kind)
	pg.AddIf(w, "t.country = ?", f.Country)
	if f.Q != "" {
		return search.ByNames(ctx, s.DB, pg.Sources, w, f, f.Q, p, func(h SourceHit) (uuid.UUID, Match) { return h.ID, h.Match })
	}
	page, err := pg.ListPage(ctx, s.DB, pg.Sources, pg.Sources.Selected("t"), w, f, f.Sort, p)
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
	w := &pg.Where{}
	w.Common(f.Common)
	if f.Source != uuid.Nil {
		w.Add("(t.subject = ? OR t.object = ?)", f.Source, f.Source)
	}
	pg.AddIf(w, "t.kind = ?", f.Kind)
	return pg.ListPage(ctx, s.DB, pg.Relations, pg.Relations.Selected("t"), w, f, f.Sort, p)
}

// DocumentFilter says which documents to list.
type DocumentFilter struct {
	Common
	Q                           string `json:",omitempty"` // words of the title or the text
	URL, SHA256, Kind, Language string
	Publisher, DerivedFrom      uuid.UUID
	From, To                    headwater.Day // publication
}

// documentHit is a document that a search found.
type documentHit struct {
	headwater.Document
	Match
}

// Documents lists documents, without their texts: those that have the words of Q, best first unless Sort names another order than that
// of the ids, or all by Sort.
func (s *Store) Documents(ctx context.Context, f DocumentFilter, p Paging) (Page[headwater.Document], error) {
	w := &pg.Where{}
	w.Common(f.Common)
	if f.URL != "" {
		// the second is what was stored before the normal form of RFC 3986 counted
		w.Add("t.url_canonical = ANY (?::text[])", []string{identity.Address(f.URL), fold.URL(f.URL)})
	}
	pg.AddIf(w, "t.text_sha256 = ?", f.SHA256)
	pg.AddIf(w, "t.kind = ?", f.Kind)
	if f.Language != "" {
		bases, err := search.LanguageBases(f.Language)
		if err != nil {
			return Page[headwater.Document]{}, err
		}
		w.Add(search.InLanguageSQL("t.language"), bases)
	}
	pg.AddIf(w, "t.publisher = ?", f.Publisher)
	pg.AddIf(w, "t.derived_from = ?", f.DerivedFrom)
	if err := headwater.CheckPeriod("/from", "/to", f.From, f.To); err != nil {
		return Page[headwater.Document]{}, err
	}
	pg.AddIf(w, "coalesce(t.published_until, 'infinity') >= day_first(?)", f.From)
	pg.AddIf(w, "coalesce(t.published_from, '-infinity') < day_last(?) + 1", f.To)
	if f.From != "" || f.To != "" {
		w.Add("t.published IS NOT NULL")
	}
	if f.Q != "" && (f.Sort == "" || f.Sort == "id") {
		return s.documentsByWords(ctx, w, f, p)
	}
	if f.Q != "" {
		if err := search.HaveWords(w, f.Q); err != nil {
			return Page[headwater.Document]{}, err
		}
	}
	return pg.ListPage(ctx, s.DB, pg.Documents, pg.Documents.Listed("t"), w, f, f.Sort, p)
}

// documentsByWords lists documents that have the words of Q, best first.
func (s *Store) documentsByWords(ctx context.Context, w *pg.Where, f DocumentFilter, p Paging) (Page[headwater.Document], error) {
	found, err := search.ByWords(ctx, s.DB, pg.Documents, w, f, f.Q, p, func(h documentHit) (uuid.UUID, Match) { return h.ID, h.Match })
	return hitsOf(found, func(h documentHit) headwater.Document { return h.Document }), err
}

// ClaimFilter says which claims to list.
type ClaimFilter struct {
	Common
	Q, Topic, Language        string
	Source, Origin, Publisher uuid.UUID // anywhere in a chain, its last, its first
	Stance                    string
	From, To                  headwater.Day // event time
	Standings                 []string      `json:",omitempty"` // any of them, by the table of standings
	Place                     string        `json:",omitempty"` // where what it states happened
	Proposals                 bool          `json:",omitempty"` // it, or a link of it, waits to be decided
	MinWidth                  int           `json:",omitempty"` // of the interval of independent origins, by the table of standings
	WidthBelow                int           `json:",omitempty"`
}

// Places of a source in a chain, as the table appearances has them.
const (
	placePublisher = 0
	placeOrigin    = 2
)

// voicesSQL selects a source and those that are merged into it.
var voicesSQL = "WITH RECURSIVE " + pg.Sources.MergeMembersSQL("voices", "SELECT ?::uuid") + " SELECT id FROM voices"

// Claims lists claims: those that have the words of Q, best first unless Sort is one of the table of standings, or all by Sort.
func (s *Store) Claims(ctx context.Context, f ClaimFilter, p Paging) (Page[ClaimHit], error) {
	if source, position, alone := f.onlySource(); alone {
		page, err := s.claimsBySource(ctx, f, source, position, p)
		return hitsOf(page, func(t headwater.Claim) ClaimHit { return ClaimHit{Claim: t} }), err
	}
	w, err := f.whereTold()
	if err != nil {
		return Page[ClaimHit]{}, err
	}
	if order, by := standingOrders[f.Sort]; by {
		return s.claimsByStanding(ctx, f, order, w, p)
	}
	f.addStanding(w)
	if f.Q != "" {
		page, err := search.ByWords(ctx, s.DB, pg.Claims, w, f, f.Q, p, func(h ClaimHit) (uuid.UUID, Match) { return h.ID, h.Match })
		search.MarkWords(page.Items, f.Q)
		return page, err
	}
	page, err := pg.ListPage(ctx, s.DB, pg.Claims, pg.Claims.Selected("t"), w, f, f.Sort, p)
	return hitsOf(page, func(t headwater.Claim) ClaimHit { return ClaimHit{Claim: t} }), err
}

// where has the conditions of all but Q.
func (f ClaimFilter) where() (*pg.Where, error) {
	w, err := f.whereTold()
	if err == nil {
		f.addStanding(w)
	}
	return w, err
}

// addStanding adds the conditions on how claims stand.
func (f ClaimFilter) addStanding(w *pg.Where) {
	if stands := f.standsSQL(w); stands != "" {
		w.Add("t.status = 'active' AND EXISTS (SELECT FROM standings AS s WHERE s.claim_id = t.id AND " + stands + ")")
	}
}

// whereTold has the conditions of all but Q and how claims stand: those on what they say and on who tells them.
func (f ClaimFilter) whereTold() (*pg.Where, error) {
	w := &pg.Where{}
	w.Common(f.Common)
	hasEntry(w, "t.topics", f.Topic)
	hasEntry(w, "t.places", f.Place)
	if f.Language != "" {
		bases, err := search.LanguageBases(f.Language)
		if err != nil {
			return nil, err
		}
		w.Add("EXISTS (SELECT FROM unnest(t.languages) AS tag WHERE "+search.InLanguageSQL("tag")+")", bases)
	}
	pg.AddIf(w, "t.id IN (SELECT claim_id FROM appearances WHERE source_id IN ("+voicesSQL+"))", f.Source)
	if f.Origin != uuid.Nil {
		w.Add("t.id IN (SELECT claim_id FROM appearances WHERE source_id IN ("+voicesSQL+") AND place = ?)", f.Origin, placeOrigin)
	}
	if f.Publisher != uuid.Nil {
		w.Add("t.id IN (SELECT claim_id FROM appearances WHERE source_id IN ("+voicesSQL+") AND place = ?)", f.Publisher, placePublisher)
	}
	pg.AddIf(w, "EXISTS (SELECT FROM attributions AS a WHERE a.claim_id = t.id AND a.status = 'accepted' AND a.stance = ?)", f.Stance)
	if err := headwater.CheckPeriod("/from", "/to", f.From, f.To); err != nil {
		return nil, err
	}
	if f.From != "" || f.To != "" {
		w.Add("t.event_days && daterange(day_first(?), day_last(?), '[]')", f.From, f.To)
	}
	if f.Proposals {
		w.Add("t.id IN (SELECT claim_id FROM attributions WHERE status = 'proposed' UNION ALL SELECT unnest(ARRAY[claim_id, to_id]) " +
			"FROM links WHERE status = 'proposed')")
	}
	return w, nil
}

// hasEntry adds the condition that a list has an entry, which its index knows by its key.
func hasEntry(w *pg.Where, list, entry string) {
	if entry != "" {
		arg := w.Arg([]string{entry}) + "::text[]"
		w.Conditions = append(w.Conditions, fmt.Sprintf("entry_keys(%[1]s) @> entry_keys(%[2]s) AND %[1]s @> %[2]s", list, arg))
	}
}

// AttributionFilter says which attributions to list.
type AttributionFilter struct {
	Common
	Claim, Document uuid.UUID
	Stance          string
}

// Attributions lists attributions with their chains.
func (s *Store) Attributions(ctx context.Context, f AttributionFilter, p Paging) (Page[headwater.Attribution], error) {
	return pg.ListPage(ctx, s.DB, pg.Attributions, pg.Attributions.Selected("t"), f.where(), f, f.Sort, p)
}

func (f AttributionFilter) where() *pg.Where {
	w := &pg.Where{}
	w.Common(f.Common)
	pg.AddIf(w, "t.claim_id = ?", f.Claim)
	pg.AddIf(w, "t.document_id = ?", f.Document)
	pg.AddIf(w, "t.stance = ?", f.Stance)
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
	return pg.ListPage(ctx, s.DB, pg.Links, pg.Links.Selected("t"), f.where(), f, f.Sort, p)
}

func (f LinkFilter) where() *pg.Where {
	w := &pg.Where{}
	w.Common(f.Common)
	if f.Claim != uuid.Nil {
		w.Add("(t.claim_id = ? OR t.to_id = ?)", f.Claim, f.Claim)
	}
	pg.AddIf(w, "t.kind = ?", f.Kind)
	pg.AddIf(w, "t.degree = ?", f.Degree)
	return w
}

// ReviewFilter says which reviews to list.
type ReviewFilter struct {
	Common
	Claim, Author uuid.UUID
}

// Reviews lists reviews.
func (s *Store) Reviews(ctx context.Context, f ReviewFilter, p Paging) (Page[headwater.Review], error) {
	return pg.ListPage(ctx, s.DB, pg.Reviews, pg.Reviews.Selected("t"), f.where(), f, f.Sort, p)
}

func (f ReviewFilter) where() *pg.Where {
	w := &pg.Where{}
	w.Common(f.Common)
	pg.AddIf(w, "t.claim_id = ?", f.Claim)
	pg.AddIf(w, "t.author = ?", f.Author)
	return w
}

// hitsOf makes a page of what was listed one of what clients get, such as hits of things that were not searched for.
func hitsOf[T, H any](page Page[T], hit func(T) H) Page[H] {
	hits := Page[H]{Items: make([]H, len(page.Items)), NextCursor: page.NextCursor, Truncated: page.Truncated, Bytes: page.Bytes}
	for i, thing := range page.Items {
		hits.Items[i] = hit(thing)
	}
	return hits
}
