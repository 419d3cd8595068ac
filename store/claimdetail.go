package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Parts are what can be read with a claim.
//
// Documents are the cards of those in which the attributions stand, and come with these alone.
type Parts struct{ Attributions, Documents, Links, Reviews bool }

// ClaimDetail is a claim with the first MaxLimit of each part that is wanted, as far as it counts, and the cards of what these refer to.
type ClaimDetail struct {
	headwater.Claim
	Attributions *Page[headwater.Attribution]
	Links        *Page[headwater.Link]
	Reviews      *Page[headwater.Review]
	Sources      map[uuid.UUID]headwater.SourceCard   // that attributions and reviews refer to
	Documents    map[uuid.UUID]headwater.DocumentCard // that attributions refer to, if they are wanted
	Claims       map[uuid.UUID]headwater.ClaimCard    // that links refer to
}

// Bytes is about what was read for its parts and the cards of what they name.
func (c ClaimDetail) Bytes() int {
	n := CardBytes(c.Sources) + CardBytes(c.Documents) + CardBytes(c.Claims)
	if c.Attributions != nil {
		n += c.Attributions.Bytes
	}
	if c.Links != nil {
		n += c.Links.Bytes
	}
	if c.Reviews != nil {
		n += c.Reviews.Bytes
	}
	return n
}

// Sized is a card that says about how many bytes it takes.
type Sized interface{ Size() int }

// CardBytes is about how many bytes cards take: those of small things can be large.
func CardBytes[Card Sized](cards map[uuid.UUID]Card) (n int) {
	for _, card := range cards {
		n += card.Size()
	}
	return n
}

// What of a claim's parts counts. The order is said, as the lists that go on with a part say it: a cursor is tied to it.
func acceptedAttributions(claim uuid.UUID) AttributionFilter {
	return AttributionFilter{Common: Common{Status: []string{string(headwater.Accepted)}, Sort: "id"}, Claim: claim}
}

func acceptedLinks(claim uuid.UUID) LinkFilter {
	return LinkFilter{Common: Common{Status: []string{string(headwater.Accepted)}, Sort: "id"}, Claim: claim}
}

func standingReviews(claim uuid.UUID) ReviewFilter {
	return ReviewFilter{Common: Common{Status: []string{active}, Sort: "id"}, Claim: claim}
}

// ClaimDetail reads a claim and parts of it, in one round trip where each part has few things.
func (s *Store) ClaimDetail(ctx context.Context, id uuid.UUID, parts Parts) (ClaimDetail, error) {
	var batch pgx.Batch
	var detail ClaimDetail
	var found []headwater.Claim
	pg.Queue(&batch, &found, pgx.RowToStructByName[headwater.Claim], fmt.Sprintf("SELECT %s FROM claims WHERE id = $1",
		pg.Claims.Selected("")), id)
	if err := detail.queue(&batch, id, parts); err != nil {
		return detail, err
	}
	if err := s.Pool.SendBatch(ctx, &batch).Close(); err != nil {
		return detail, pg.Interpret(err)
	}
	if len(found) == 0 {
		return detail, headwater.NotFound(headwater.ResourceClaim, id)
	}
	detail.Claim = found[0]
	if err := errors.Join(readOn(ctx, s, detail.Attributions, pg.Attributions, acceptedAttributions(id)),
		readOn(ctx, s, detail.Links, pg.Links, acceptedLinks(id)),
		readOn(ctx, s, detail.Reviews, pg.Reviews, standingReviews(id))); err != nil {
		return detail, err
	}
	return detail, detail.addCards(ctx, s) // those of what was read later, or changed between the parts and the cards
}

// cardReader reads cards of some things, by id.
type cardReader interface {
	SourceCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.SourceCard, error)
	DocumentCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.DocumentCard, error)
	ClaimCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.ClaimCard, error)
}

// addCards reads the cards that are missing.
func (c *ClaimDetail) addCards(ctx context.Context, cards cardReader) error {
	var sources, documents, linked []uuid.UUID
	if c.Attributions != nil {
		for _, a := range c.Attributions.Items {
			sources = append(sources, a.Sources()...)
			documents = append(documents, a.Document)
		}
	}
	if c.Documents != nil {
		if err := addMissing(ctx, c.Documents, documents, cards.DocumentCards); err != nil {
			return err
		}
		for _, document := range c.Documents {
			sources = append(sources, document.Publisher)
		}
	}
	if c.Reviews != nil {
		for _, r := range c.Reviews.Items {
			sources = append(sources, r.Author)
		}
	}
	if c.Links != nil {
		for _, l := range c.Links.Items {
			linked = append(linked, l.From, l.To)
		}
	}
	return errors.Join(addMissing(ctx, c.Sources, sources, cards.SourceCards), addMissing(ctx, c.Claims, linked, cards.ClaimCards))
}

func addMissing[Card any](ctx context.Context, cards map[uuid.UUID]Card, wanted []uuid.UUID,
	read func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Card, error)) error {
	missing := slices.DeleteFunc(wanted, func(id uuid.UUID) bool { _, there := cards[id]; return there })
	if len(missing) == 0 {
		return nil
	}
	more, err := read(ctx, missing)
	maps.Copy(cards, more)
	return err
}

func (c *ClaimDetail) queue(batch *pgx.Batch, id uuid.UUID, parts Parts) error {
	var sources []string
	if parts.Attributions {
		if err := queueFirst(batch, &c.Attributions, pg.Attributions, acceptedAttributions(id)); err != nil {
			return err
		}
		sources = append(sources, fmt.Sprintf("SELECT unnest(source_ids) FROM (SELECT source_ids FROM attributions WHERE claim_id = $1 "+
			"AND status = 'accepted' ORDER BY id LIMIT %d) AS first", pg.AtOnce))
		if parts.Documents {
			queueCards(batch, &c.Documents, documentCard.split, documentCardsOf(pg.Documents.Name, fmt.Sprintf(`ARRAY (
				SELECT document_id FROM attributions WHERE claim_id = $1 AND status = 'accepted' ORDER BY id LIMIT %d)`, pg.AtOnce)), id)
		}
	}
	if parts.Links {
		if err := queueFirst(batch, &c.Links, pg.Links, acceptedLinks(id)); err != nil {
			return err
		}
		queueCards(batch, &c.Claims, claimCard.split, claimCardsOf(pg.Claims.Name, fmt.Sprintf(`ARRAY (SELECT unnest(ARRAY[claim_id, to_id])
			FROM (SELECT claim_id, to_id FROM links WHERE (claim_id = $1 OR to_id = $1) AND status = 'accepted'
				ORDER BY id LIMIT %d) AS linked)`, pg.AtOnce)), id)
	}
	if parts.Reviews {
		if err := queueFirst(batch, &c.Reviews, pg.Reviews, standingReviews(id)); err != nil {
			return err
		}
		sources = append(sources, fmt.Sprintf("SELECT author FROM (SELECT author FROM reviews WHERE claim_id = $1 "+
			"AND status = 'active' ORDER BY id LIMIT %d) AS reviewed", pg.AtOnce))
	}
	if len(sources) > 0 {
		queueCards(batch, &c.Sources, sourceCard.split, sourceCardsOf(pg.Sources.Name, "ARRAY ("+strings.Join(sources, " UNION ")+")"), id)
	}
	return nil
}

// queueFirst adds the reading of a list's first page, as far as one statement may read it.
func queueFirst[T any, F pg.Fields](batch *pgx.Batch, into **Page[T], t pg.Table[T, F], f interface{ where() *pg.Where }) error {
	l, err := pg.NewListing(t, t.Selected("t"), f.where(), f, "", Paging{Limit: pg.AtOnce})
	if err != nil {
		return err
	}
	batch.Queue(l.SQL, l.Args...).Query(func(rows pgx.Rows) error {
		page, err := l.Read(rows)
		*into = &page
		return err
	})
	return nil
}

// readOn reads the rest of a list's first page.
func readOn[T any, F pg.Fields](ctx context.Context, s *Store, page *Page[T], t pg.Table[T, F], f interface{ where() *pg.Where }) error {
	if page == nil || page.NextCursor == "" || page.Bytes >= pg.MaxPageBytes {
		return nil
	}
	l, err := pg.NewListing(t, t.Selected("t"), f.where(), f, "", Paging{Limit: MaxLimit, Cursor: page.NextCursor})
	if err != nil {
		return err
	}
	return l.ReadOn(ctx, s.DB, page)
}

func queueCards[Row any, Card Sized](batch *pgx.Batch, into *map[uuid.UUID]Card, of func(Row) (uuid.UUID, Card), sql string,
	args ...any) {
	batch.Queue(sql, args...).Query(func(rows pgx.Rows) (err error) {
		*into, err = cardsByID(rows, of)
		return err
	})
}

// readCards reads cards alone.
func readCards[Row any, Card Sized](ctx context.Context, s *Store, of func(Row) (uuid.UUID, Card), sql string,
	args ...any) (map[uuid.UUID]Card, error) {
	rows, err := s.Pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, pg.Interpret(err)
	}
	cards, err := cardsByID(rows, of)
	return cards, pg.Interpret(err)
}

// MaxCardBytes is about how many bytes the cards have at most that one answer takes of a kind. What is left out can be read by its id.
const MaxCardBytes = 32 << 20

// cardsByID reads cards, as many as an answer takes; of takes a row apart.
func cardsByID[Row any, Card Sized](rows pgx.Rows, of func(Row) (uuid.UUID, Card)) (map[uuid.UUID]Card, error) {
	defer rows.Close()
	cards := map[uuid.UUID]Card{}
	for size := 0; size < MaxCardBytes && rows.Next(); {
		row, err := pgx.RowToStructByName[Row](rows)
		if err != nil {
			return nil, err
		}
		id, card := of(row)
		cards[id] = card
		size += card.Size()
	}
	return cards, rows.Err()
}
