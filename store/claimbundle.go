package store

import (
	"context"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/evidence"
)

// ClaimBundle asks for a bundle of just what reports on some claims rest on.
type ClaimBundle struct {
	Claims   []uuid.UUID
	Question provenance.Question // the header says it; its day leaves nothing out
	Texts    bool                // with the texts of documents, and not only what is quoted of them
	// Format is that of others in which the facts are written; a bundle if empty.
	Format interchange.ClaimFormat
	// RecordedBy is the place in the order of changes as of which facts are written; 0 means as they are now.
	RecordedBy int64
	// Select takes what the reports rest on out of all that was read. Which these are is for the analysis to say.
	Select func(ctx context.Context, facts provenance.Facts, claims []uuid.UUID, q provenance.Question) (provenance.Facts, error)
}

// ExportClaims writes what reports on claims rest on, as a bundle or in a format of others, from one snapshot. What Select refuses is
// refused before anything is written.
func (s *Store) ExportClaims(ctx context.Context, w io.Writer, b ClaimBundle) error {
	write := func(tx pgx.Tx, read provenance.Facts) error {
		facts, err := b.Select(ctx, read, b.Claims, b.Question)
		if err != nil {
			return err
		}
		q := bundle.Question{Without: b.Question.Without, AsOf: b.Question.AsOf, IncludeProposed: b.Question.IncludeProposed}
		extract := bundle.Extract{Claims: b.Claims, Question: q, Excerpts: !b.Texts}
		return s.ExportFacts(ctx, tx, w, facts, extract, b.Format, b.RecordedBy)
	}
	if b.RecordedBy > 0 {
		return s.InPast(ctx, s.ExportPool, b.Claims, b.Question.Without, b.Question.IncludeProposed, b.RecordedBy, write)
	}
	return s.InSnapshot(ctx, s.ExportPool, b.Claims, b.Question.Without, b.Question.IncludeProposed,
		func(tx pgx.Tx, read evidence.FactsRead) error { return write(tx, read.Facts) })
}
