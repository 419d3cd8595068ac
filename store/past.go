package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/evidence"
	"github.com/headwater-project/headwater/store/pg"
)

// Past reads one thing, or a claim with its parts, as it was when the change at a place of the order was the last one. The history is
// only added to, so that several readings are of one moment. The place 0 names things as they are now, and reads nothing.
type Past struct {
	store *Store
	seq   int64
}

// RecordedBy gives what was recorded by a place of the order.
func (s *Store) RecordedBy(seq int64) Past { return Past{s, seq} }

// Source gives a source as it was.
func (p Past) Source(ctx context.Context, id uuid.UUID) (headwater.Source, error) {
	return pg.GetAt(ctx, p.store.DB, pg.Sources, id, p.seq)
}

// Relation gives a relation as it was.
func (p Past) Relation(ctx context.Context, id uuid.UUID) (headwater.Relation, error) {
	return pg.GetAt(ctx, p.store.DB, pg.Relations, id, p.seq)
}

// Document gives a document as it was, with the text that it had.
func (p Past) Document(ctx context.Context, id uuid.UUID) (headwater.Document, error) {
	return pg.GetAt(ctx, p.store.DB, pg.Documents, id, p.seq)
}

// Claim gives a claim as it was.
func (p Past) Claim(ctx context.Context, id uuid.UUID) (headwater.Claim, error) {
	return pg.GetAt(ctx, p.store.DB, pg.Claims, id, p.seq)
}

// Attribution gives an attribution as it was.
func (p Past) Attribution(ctx context.Context, id uuid.UUID) (headwater.Attribution, error) {
	return pg.GetAt(ctx, p.store.DB, pg.Attributions, id, p.seq)
}

// Link gives a link as it was.
func (p Past) Link(ctx context.Context, id uuid.UUID) (headwater.Link, error) {
	return pg.GetAt(ctx, p.store.DB, pg.Links, id, p.seq)
}

// Review gives a review as it was.
func (p Past) Review(ctx context.Context, id uuid.UUID) (headwater.Review, error) {
	return pg.GetAt(ctx, p.store.DB, pg.Reviews, id, p.seq)
}

// IdentityMatch gives a match as it was.
func (p Past) IdentityMatch(ctx context.Context, id uuid.UUID) (headwater.IdentityMatch, error) {
	return pg.GetAt(ctx, p.store.DB, pg.Matches, id, p.seq)
}

// Attributions lists the attributions that the claim of the filter had.
func (p Past) Attributions(ctx context.Context, f AttributionFilter, paging Paging) (Page[headwater.Attribution], error) {
	return pastParts(ctx, p, pg.Attributions, f.Claim, f.where(), f, f.Sort, paging)
}

// Links lists the links that the claim of the filter had.
func (p Past) Links(ctx context.Context, f LinkFilter, paging Paging) (Page[headwater.Link], error) {
	return pastParts(ctx, p, pg.Links, f.Claim, f.where(), f, f.Sort, paging)
}

// pastQuestion is what a cursor of a past list is tied to.
type pastQuestion struct {
	Filter     any
	RecordedBy int64
}

// pastParts lists what referred to a claim. By id, a page costs what it holds; by any other order, what the claim has.
func pastParts[T any, F pg.Fields](ctx context.Context, p Past, t pg.Table[T, F], claim uuid.UUID, w *pg.Where, filter any, sort string,
	paging Paging) (Page[T], error) {
	was, err := t.At(w.Arg(p.seq), evidence.PartsEverSQL(t.Resource, w.Arg([]uuid.UUID{claim})))
	if err != nil {
		return Page[T]{}, err
	}
	return pg.ListPage(ctx, p.store.DB, was, was.Selected("t"), w, pastQuestion{filter, p.seq}, sort, paging)
}

// ClaimDetail reads a claim with parts of it, as [Store.ClaimDetail] does.
func (p Past) ClaimDetail(ctx context.Context, id uuid.UUID, parts Parts) (detail ClaimDetail, err error) {
	if detail.Claim, err = p.Claim(ctx, id); err != nil {
		return detail, err
	}
	first := Paging{Limit: MaxLimit}
	if parts.Attributions {
		page, err := p.Attributions(ctx, acceptedAttributions(id), first)
		if err != nil {
			return detail, err
		}
		detail.Attributions = &page
	}
	if parts.Links {
		page, err := p.Links(ctx, acceptedLinks(id), first)
		if err != nil {
			return detail, err
		}
		detail.Links = &page
	}
	if parts.Reviews {
		f := standingReviews(id)
		page, err := pastParts(ctx, p, pg.Reviews, id, f.where(), f, f.Sort, first)
		if err != nil {
			return detail, err
		}
		detail.Reviews = &page
	}
	detail.Sources, detail.Claims = map[uuid.UUID]headwater.SourceCard{}, map[uuid.UUID]headwater.ClaimCard{}
	if parts.Documents {
		detail.Documents = map[uuid.UUID]headwater.DocumentCard{}
	}
	return detail, detail.addCards(ctx, p)
}

// SourceCards gives what answers said about each of these sources.
func (p Past) SourceCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.SourceCard, error) {
	was, err := pg.Sources.At("$2", "SELECT unnest($1::uuid[])")
	if err != nil {
		return nil, err
	}
	return readCards(ctx, p.store, sourceCard.split, sourceCardsOf(was.Name, "$1"), ids, p.seq)
}

// ClaimCards gives what answers said about each of these claims.
func (p Past) ClaimCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.ClaimCard, error) {
	was, err := pg.Claims.At("$2", "SELECT unnest($1::uuid[])")
	if err != nil {
		return nil, err
	}
	return readCards(ctx, p.store, claimCard.split, claimCardsOf(was.Name, "$1"), ids, p.seq)
}

// DocumentCards gives what answers said about each of these documents.
func (p Past) DocumentCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.DocumentCard, error) {
	was, err := pg.Documents.At("$2", "SELECT unnest($1::uuid[])")
	if err != nil {
		return nil, err
	}
	return readCards(ctx, p.store, documentCard.split, documentCardsOf(was.Name, "$1"), ids, p.seq)
}

// Timeline lists the appearances that a claim had, as [Store.Timeline] does. Each page reads all of them.
func (p Past) Timeline(ctx context.Context, claim uuid.UUID, order TimelineOrder, paging Paging) (Page[TimelineEntry], error) {
	if _, err := p.Claim(ctx, claim); err != nil {
		return Page[TimelineEntry]{}, err
	}
	attributions, err := pg.Attributions.At("$2", evidence.PartsEverSQL(headwater.ResourceAttribution, "$1"))
	if err != nil {
		return Page[TimelineEntry]{}, err
	}
	documents, err := pg.Documents.At("$2", "SELECT a.document_id")
	if err != nil {
		return Page[TimelineEntry]{}, err
	}
	type appearance struct {
		ID        uuid.UUID
		Document  uuid.UUID
		Stance    headwater.Stance
		Chain     []headwater.Hop
		Published *headwater.Interval
	}
	found, err := pg.Many[appearance](ctx, p.store.Pool, fmt.Sprintf(`SELECT a.id, a.document_id AS document, a.stance, a.chain, d.published
		FROM %s AS a, LATERAL %s AS d WHERE a.status = 'accepted'`, attributions.Name, documents.Name), []uuid.UUID{claim}, p.seq)
	if err != nil {
		return Page[TimelineEntry]{}, pg.Interpret(err)
	}
	entries := make([]TimelineEntry, len(found))
	for i, a := range found {
		origin := a.Chain[len(a.Chain)-1]
		dated := a.Published
		if order == BySaying {
			dated = origin.SaidAt
		}
		entries[i] = TimelineEntry{Attribution: a.ID, Document: a.Document, Publisher: a.Chain[0].Source, Origin: origin.Source,
			Stance: a.Stance}
		if dated != nil {
			entries[i].date(*dated)
		}
	}
	question := pastQuestion{[]string{"timeline", claim.String(), string(order)}, p.seq}
	return pg.PageOf(question, paging, inOrder(entries), TimelineEntry.place)
}

// Facts reads what the analysis rested on.
func (p Past) Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (provenance.Facts, error) {
	return p.store.FactsAt(ctx, claims, without, proposed, p.seq)
}

// ResolveClaims gives the ids of claims that are named by an id, also of one that is gone by now, or by a key, as they have it today.
func (p Past) ResolveClaims(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	return p.resolve(ctx, headwater.ResourceClaim, at, names)
}

// ResolveSources does the same for sources.
func (p Past) ResolveSources(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	return p.resolve(ctx, headwater.ResourceSource, at, names)
}

// resolve finds the ids of things by their names.
func (p Past) resolve(ctx context.Context, resource headwater.Resource, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	if p.seq == 0 || len(names) == 0 { // of none, none are named, which is another thing than a list of none
		return p.store.resolveList(ctx, resource, at, names)
	}
	ids := make([]uuid.UUID, len(names))
	for i, name := range names {
		ids[i], _ = headwater.ParseID(name) // else it is a key
	}
	rows, err := p.store.Pool.Query(ctx, `SELECT DISTINCT t.resource_id FROM changes AS t JOIN sequenced AS s ON s.change = t.id
		WHERE t.resource_id = ANY ($1) AND t.resource = $2 AND s.seq <= $3`, ids, string(resource), p.seq)
	if err != nil {
		return nil, pg.Interpret(err)
	}
	recorded := map[uuid.UUID]bool{}
	var id uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&id}, func() error { recorded[id] = true; return nil }); err != nil {
		return nil, pg.Interpret(err)
	}
	var rest []headwater.Named
	var places []int
	for i, name := range names {
		if !recorded[ids[i]] {
			rest, places = append(rest, headwater.Named{Pointer: at.Index(i), Resource: resource, Name: name}), append(places, i)
		}
	}
	found, err := p.store.ResolveNames(ctx, rest)
	if err != nil {
		return nil, err
	}
	for i, place := range places {
		ids[place] = found[i]
	}
	return ids, nil
}
