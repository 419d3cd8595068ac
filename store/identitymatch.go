package store

import (
	"context"
	"errors"
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

// MatchNames are what the two of each match are called: a source's name, a document's title or else its address.
func (s *Store) MatchNames(ctx context.Context, matches []headwater.IdentityMatch) (map[uuid.UUID]string, error) {
	var ids []uuid.UUID
	for _, m := range matches {
		ids = append(ids, m.A, m.B)
	}
	rows, err := s.Pool.Query(ctx, `SELECT id, name FROM sources WHERE id = ANY ($1)
		UNION ALL SELECT id, concat_ws(' ', nullif(title, ''), nullif(url, '')) FROM documents WHERE id = ANY ($1)`, ids)
	if err != nil {
		return nil, pg.Interpret(err)
	}
	names := map[uuid.UUID]string{}
	var id uuid.UUID
	var name string
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error {
		names[id] = name
		return nil
	})
	return names, pg.Interpret(err)
}

// CreateMatch stores a new match, which is proposed. A pair that has one of this kind already, also one that was rejected, is
// refused, and so is one of which somebody said that what the two count as is not one.
func (s *Store) CreateMatch(ctx context.Context, by Authorship, key string, f headwater.IdentityMatchFields) (headwater.IdentityMatch,
	error) {
	return addDecided(ctx, s, pg.Matches, by, key, headwater.Proposed, &f, func(tx pgx.Tx) error { return checkNotJudged(ctx, tx, f) },
		asIs)
}

// proposeMatches stores matches of a new thing, which nobody has judged.
func (s *Store) proposeMatches(ctx context.Context, tx pgx.Tx, by Authorship, matches []headwater.IdentityMatchFields) (
	[]headwater.IdentityMatch, error) {
	var proposed []headwater.IdentityMatch
	for _, f := range matches { // of which there are few
		if err := pg.Prepare(&f); err != nil {
			return nil, err
		}
		meta := headwater.Meta{Key: f.NaturalKey(), Namespace: s.Namespace()}
		meta.ID = headwater.NamespaceOf(meta.Namespace).ID(headwater.ResourceMatch, meta.Key)
		match, err := pg.Create(ctx, tx, pg.Matches, by, meta, string(headwater.Proposed), f)
		if err != nil {
			return nil, err
		}
		proposed = append(proposed, match)
	}
	return proposed, nil
}

// checkNotJudged faults a match that says again what was rejected: of others that count as the same two. The same two themselves
// are told of when the match is stored.
func checkNotJudged(ctx context.Context, tx pgx.Tx, f headwater.IdentityMatchFields) error {
	rejected := map[headwater.MatchKind]string{
		headwater.SameSource:   pg.Sources.ApartSQL("$1::uuid", "$2::uuid"),
		headwater.SameDocument: pg.Documents.ApartSQL("$1::uuid", "$2::uuid"),
		headwater.Reprint:      pg.NoReprintSQL("$1::uuid", "$2::uuid"),
	}[f.Kind]
	var apart uuid.UUID
	err := tx.QueryRow(ctx, rejected+" AND (a, b) NOT IN (($1, $2), ($2, $1)) ORDER BY id LIMIT 1", f.A, f.B).Scan(&apart)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err == nil:
		return headwater.Faults{headwater.NewFault("/b", headwater.FaultConflict, f.B,
			fmt.Sprintf("a %s that does not count as one of which match %s says that it is not so", f.Resource, apart))}
	}
	return err
}

// AcceptMatch makes the two of a match one: b speaks as a, or the document b is retracted once its attributions are with a; or it
// says that the document a derives from b.
func (s *Store) AcceptMatch(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.IdentityMatch, error) {
	return s.decideMatch(ctx, by, id, version, headwater.Accepted)
}

// RejectMatch says that the two of a match are not one, or that the one is no reprint. What was accepted has to be reopened first.
func (s *Store) RejectMatch(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.IdentityMatch, error) {
	return s.decideMatch(ctx, by, id, version, headwater.Rejected)
}

// ReopenMatch proposes a match again that was decided. What accepting it did is taken back, whole or not at all.
func (s *Store) ReopenMatch(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.IdentityMatch, error) {
	return s.decideMatch(ctx, by, id, version, headwater.Proposed)
}

// decideMatch moves a match to a status once what that means was done.
func (s *Store) decideMatch(ctx context.Context, by Authorship, id uuid.UUID, version int,
	to headwater.Decision) (headwater.IdentityMatch, error) {
	return changeStatusIf(ctx, s, pg.Matches, by, id, version, string(to),
		func(tx pgx.Tx, m headwater.IdentityMatch) error { return s.followMatch(ctx, tx, by, m, to) })
}

// followMatch does what a decision on a match means.
func (s *Store) followMatch(ctx context.Context, tx pgx.Tx, by Authorship, m headwater.IdentityMatch, to headwater.Decision) error {
	switch {
	case m.Status == to:
		return nil
	case to == headwater.Accepted:
		return s.acceptMatch(ctx, tx, by, m)
	case to == headwater.Rejected:
		return rejectMatch(ctx, tx, m)
	case m.Status == headwater.Accepted:
		return takeBack(ctx, tx, by, m)
	}
	return nil
}

func (s *Store) acceptMatch(ctx context.Context, tx pgx.Tx, by Authorship, m headwater.IdentityMatch) error {
	switch m.Kind {
	case headwater.SameSource:
		return s.uniteSources(ctx, tx, by, m)
	case headwater.SameDocument:
		return uniteDocuments(ctx, tx, by, m)
	}
	return apartError(derive(ctx, tx, by, m.A, &m.B))
}

func rejectMatch(ctx context.Context, tx pgx.Tx, m headwater.IdentityMatch) error {
	if m.Status == headwater.Accepted {
		return &headwater.Error{Code: headwater.CodeConflict, Detail: "the match is accepted; reopen it first"}
	}
	switch m.Kind {
	case headwater.SameSource:
		return checkNotOne(ctx, tx, pg.Sources, m.A, m.B)
	case headwater.SameDocument:
		return checkNotOne(ctx, tx, pg.Documents, m.A, m.B)
	}
	return checkNotDerived(ctx, tx, m)
}

// checkNotDerived refuses to say that a document is no reprint of the one that it derives from.
func checkNotDerived(ctx context.Context, tx pgx.Tx, m headwater.IdentityMatch) error {
	if err := pg.LockStructure(ctx, tx); err != nil {
		return err
	}
	var derives bool
	err := tx.QueryRow(ctx, "SELECT "+pg.DerivesSQL("$1::uuid", "$2::uuid"), m.A, m.B).Scan(&derives)
	if err == nil && derives {
		return &headwater.Error{Code: headwater.CodeConflict,
			Detail: fmt.Sprintf("document %s derives from %s; take that back first", m.A, m.B)}
	}
	return err
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

// apartError is the error of a match that cannot be accepted, since what that means would not be right.
func apartError(err error) error {
	if err == nil || headwater.CodeOf(err) != headwater.CodeInvalid {
		return err
	}
	return &headwater.Error{Code: headwater.CodeConflict, Detail: "the match cannot be accepted: " + err.Error()}
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
	locked, err := lockDocuments(ctx, tx, m.A, m.B)
	if err != nil {
		return err
	}
	stays, goes := locked[m.A], locked[m.B]
	var one bool
	err = tx.QueryRow(ctx, "SELECT "+pg.Sources.SpeakAsOneSQL("$1::uuid", "$2::uuid"), stays.Publisher, goes.Publisher).Scan(&one)
	if err != nil {
		return err
	}
	if !one {
		return &headwater.Error{Code: headwater.CodeConflict,
			Detail: "the two documents have two publishers; merge these first, or say of one document who published it"}
	}
	if err := moveAttributions(ctx, tx, by, goes.ID, stays); err != nil {
		return err
	}
	if goes.Status != headwater.RecordRetracted {
		if _, err := pg.SetStatus(ctx, tx, pg.Documents, by, goes, headwater.OpRetract, string(headwater.RecordRetracted),
			nil); err != nil {
			return err
		}
	}
	if err := pg.LockStructure(ctx, tx); err != nil {
		return err
	}
	return apartError(checkNotApart(ctx, tx, pg.Documents, stays.ID, goes.ID))
}

// lockDocuments locks documents in the order in which everybody does.
func lockDocuments(ctx context.Context, tx pgx.Tx, ids ...uuid.UUID) (map[uuid.UUID]headwater.Document, error) {
	locked := map[uuid.UUID]headwater.Document{}
	for _, id := range slices.SortedFunc(slices.Values(ids), headwater.CompareIDs) {
		document, err := pg.LockForWrite(ctx, tx, pg.Documents, id, 0)
		if err != nil {
			return nil, err
		}
		locked[id] = document
	}
	return locked, nil
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
