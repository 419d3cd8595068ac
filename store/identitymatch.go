package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// IdentityMatch gives one match.
func (s *Store) IdentityMatch(ctx context.Context, id uuid.UUID) (headwater.IdentityMatch, error) {
	return pg.Get(ctx, s.DB, pg.Matches, id)
}

// MatchFilter says which matches to list.
type MatchFilter struct {
	Common
	Of       uuid.UUID // at either end
	Resource string
	Kind     string
}

// IdentityMatches lists matches.
func (s *Store) IdentityMatches(ctx context.Context, f MatchFilter, p Paging) (Page[headwater.IdentityMatch], error) {
	w := &pg.Where{}
	w.Common(f.Common)
	if f.Of != uuid.Nil {
		w.Add("(t.a = ? OR t.b = ?)", f.Of, f.Of)
	}
	pg.AddIf(w, "t.resource = ?", f.Resource)
	pg.AddIf(w, "t.kind = ?", f.Kind)
	return pg.ListPage(ctx, s.DB, pg.Matches, pg.Matches.Selected("t"), w, f, f.Sort, p)
}

// CreateMatch stores a new match, which is proposed. A pair that has one of this kind already, also one that was rejected, is
// refused.
func (s *Store) CreateMatch(ctx context.Context, by Authorship, key string, f headwater.IdentityMatchFields) (headwater.IdentityMatch,
	error) {
	return addDecided(ctx, s, pg.Matches, by, key, headwater.Proposed, &f, func(pgx.Tx) error { return nil })
}

// AcceptMatch makes the two of a match one: b speaks as a, or the document b is retracted once its attributions are with a; or it
// says that the document a derives from b.
func (s *Store) AcceptMatch(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.IdentityMatch, error) {
	return s.decideMatch(ctx, by, id, version, headwater.OpAccept, headwater.Accepted, func(tx pgx.Tx, m headwater.IdentityMatch) error {
		switch m.Kind {
		case headwater.SameSource:
			return s.uniteSources(ctx, tx, by, m)
		case headwater.SameDocument:
			return uniteDocuments(ctx, tx, by, m)
		}
		return derive(ctx, tx, by, m.A, &m.B)
	})
}

// RejectMatch says that the two of a match are not one. What was accepted has to be reopened first.
func (s *Store) RejectMatch(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.IdentityMatch, error) {
	return s.decideMatch(ctx, by, id, version, headwater.OpReject, headwater.Rejected, func(tx pgx.Tx, m headwater.IdentityMatch) error {
		if m.Status == headwater.Accepted {
			return &headwater.Error{Code: headwater.CodeConflict, Detail: "the match is accepted; reopen it first"}
		}
		if m.Kind == headwater.SameSource {
			return checkNotOne(ctx, tx, pg.Sources, m.A, m.B)
		}
		return nil
	})
}

// ReopenMatch proposes a match again that was decided. What accepting it did is taken back: b speaks for itself, or is restored,
// or a derives from nothing. Attributions stay with the document that they were moved to.
func (s *Store) ReopenMatch(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.IdentityMatch, error) {
	return s.decideMatch(ctx, by, id, version, headwater.OpReopen, headwater.Proposed, func(tx pgx.Tx, m headwater.IdentityMatch) error {
		if m.Status != headwater.Accepted {
			return nil
		}
		switch m.Kind {
		case headwater.SameSource:
			source, err := pg.LockForWrite(ctx, tx, pg.Sources, m.B, 0)
			if err != nil || source.MergedInto == nil || *source.MergedInto != m.A {
				return err
			}
			_, err = pg.SetStatus(ctx, tx, pg.Sources, by, source, headwater.OpUnmerge, string(headwater.EntityActive), nil)
			return err
		case headwater.SameDocument:
			document, err := pg.LockForWrite(ctx, tx, pg.Documents, m.B, 0)
			if err != nil || document.Status != headwater.RecordRetracted {
				return err
			}
			_, err = pg.SetStatus(ctx, tx, pg.Documents, by, document, headwater.OpRestore, string(headwater.RecordActive), nil)
			return err
		}
		return derive(ctx, tx, by, m.A, nil)
	})
}

// decideMatch moves a match to a status once do has done what that means.
func (s *Store) decideMatch(ctx context.Context, by Authorship, id uuid.UUID, version int, operation headwater.Operation,
	to headwater.Decision, do func(tx pgx.Tx, m headwater.IdentityMatch) error) (headwater.IdentityMatch, error) {
	return changeStatusIf(ctx, s, pg.Matches, by, id, version, operation, string(to), func(tx pgx.Tx, m headwater.IdentityMatch) error {
		if m.Status == to {
			return nil
		}
		return do(tx, m)
	})
}

// uniteSources lets what b speaks as speak as a, unless it does.
func (s *Store) uniteSources(ctx context.Context, tx pgx.Tx, by Authorship, m headwater.IdentityMatch) error {
	var one bool
	if err := tx.QueryRow(ctx, "SELECT "+pg.Sources.SpeakAsOneSQL("$1::uuid", "$2::uuid"), m.A, m.B).Scan(&one); err != nil || one {
		return err
	}
	var speaker uuid.UUID
	err := tx.QueryRow(ctx, "WITH RECURSIVE "+pg.Sources.MergeTargetsSQL("above", "SELECT $1::uuid")+
		" SELECT sources.id FROM above JOIN sources USING (id) WHERE merged_into IS NULL", m.B).Scan(&speaker)
	if err != nil {
		return err
	}
	source, err := pg.LockForWrite(ctx, tx, pg.Sources, speaker, 0)
	if err != nil {
		return err
	}
	if source.Status == headwater.EntityMerged { // since it was looked up
		return &headwater.Error{Code: headwater.CodeConflict, Retryable: true,
			Detail: "somebody merged the source at the same time; try again"}
	}
	_, err = mergeLocked(ctx, tx, pg.Sources, by, speaker, source, m.A)
	return apartError(err)
}

// apartError is the error of a match that cannot be accepted, since a merger of the two would not be right.
func apartError(err error) error {
	if err == nil || headwater.CodeOf(err) != headwater.CodeInvalid {
		return err
	}
	return &headwater.Error{Code: headwater.CodeConflict, Detail: "the two cannot be made one: " + err.Error()}
}

// derive says what a document derives from.
func derive(ctx context.Context, tx pgx.Tx, by Authorship, id uuid.UUID, from *uuid.UUID) error {
	document, err := pg.LockForWrite(ctx, tx, pg.Documents, id, 0)
	if err != nil {
		return err
	}
	fields := document.DocumentFields
	if fields.DerivedFrom = from; from != nil && *from == id || sameID(document.DerivedFrom, from) {
		return nil
	}
	if _, err := pg.Update(ctx, tx, pg.Documents, by, document, fields); err != nil {
		return err
	}
	return pg.CheckDerivation(ctx, tx, id)
}

func sameID(x, y *uuid.UUID) bool { return x == y || x != nil && y != nil && *x == *y }

// uniteDocuments moves the attributions of b to a, and retracts b. Those that a has already stay with b, where they do not count.
func uniteDocuments(ctx context.Context, tx pgx.Tx, by Authorship, m headwater.IdentityMatch) error {
	locked := map[uuid.UUID]headwater.Document{}
	for _, id := range slices.SortedFunc(slices.Values([]uuid.UUID{m.A, m.B}), headwater.CompareIDs) { // as everybody locks them
		document, err := pg.LockForWrite(ctx, tx, pg.Documents, id, 0)
		if err != nil {
			return err
		}
		locked[id] = document
	}
	stays, goes := locked[m.A], locked[m.B]
	var one bool
	err := tx.QueryRow(ctx, "SELECT "+pg.Sources.SpeakAsOneSQL("$1::uuid", "$2::uuid"), stays.Publisher, goes.Publisher).Scan(&one)
	if err != nil {
		return err
	}
	if !one {
		return &headwater.Error{Code: headwater.CodeConflict,
			Detail: "the two documents have two publishers; merge these first, or say of one document who published it"}
	}
	if err := moveAttributions(ctx, tx, by, goes.ID, stays); err != nil || goes.Status == headwater.RecordRetracted {
		return err
	}
	_, err = pg.SetStatus(ctx, tx, pg.Documents, by, goes, headwater.OpRetract, string(headwater.RecordRetracted), nil)
	return err
}

// moveAttributions moves attributions to another document, batch by batch.
func moveAttributions(ctx context.Context, tx pgx.Tx, by Authorship, from uuid.UUID, to headwater.Document) error {
	text, after := pg.TextOf(to.Text), uuid.Nil
	selected := pg.Attributions.Selected("t")
	read, has := map[uuid.UUID]bool{}, map[attributionKey]bool{}
	for {
		batch, err := pg.Many[headwater.Attribution](ctx, tx, fmt.Sprintf(`SELECT %s FROM attributions AS t
			WHERE document_id = $1 AND id > $2 ORDER BY id LIMIT %d FOR UPDATE`, selected, mendBatch), from, after)
		if err != nil || len(batch) == 0 {
			return err
		}
		var claims []uuid.UUID
		for _, a := range batch {
			if !read[a.Claim] {
				read[a.Claim] = true
				claims = append(claims, a.Claim)
			}
		}
		there, err := pg.Many[headwater.Attribution](ctx, tx, "SELECT "+selected+
			" FROM attributions AS t WHERE document_id = $1 AND claim_id = ANY ($2)", to.ID, claims)
		if err != nil {
			return err
		}
		for _, a := range there {
			has[attributionKey{a.Claim, a.NaturalKey()}] = true
		}
		var moving pgx.Batch
		for _, a := range batch {
			after = a.ID
			if err := moveAttribution(&moving, by, a, to, text, has); err != nil {
				return err
			}
		}
		if err := tx.SendBatch(ctx, &moving).Close(); err != nil {
			return err
		}
	}
}

// attributionKey is what two attributions of one document are the same by.
type attributionKey struct {
	claim   uuid.UUID
	natural string
}

// moveAttribution queues the move of an attribution, unless the document has it already.
func moveAttribution(batch *pgx.Batch, by Authorship, a headwater.Attribution, to headwater.Document, text *headwater.IndexedText,
	has map[attributionKey]bool) error {
	moved := a.AttributionFields
	moved.Document = to.ID
	moved.Chain = slices.Clone(a.Chain)
	moved.Chain[0].Source = to.Publisher
	key := attributionKey{a.Claim, moved.NaturalKey()}
	if has[key] {
		return nil
	}
	has[key] = true
	if _, err := pg.AnchorQuotes(&moved, to.Publisher, text); err != nil {
		return &headwater.Error{Code: headwater.CodeConflict,
			Detail: fmt.Sprintf("the words of attribution %s do not stand in document %s", a.ID, to.ID)}
	}
	sql, args, err := pg.UpdateSQL(pg.Attributions, by, a, moved)
	batch.Queue(sql, args...)
	return err
}
