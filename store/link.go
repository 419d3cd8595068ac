package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Link gives one link.
func (s *Store) Link(ctx context.Context, id uuid.UUID) (headwater.Link, error) {
	return pg.Get(ctx, s.DB, pg.Links, id)
}

// CreateLink stores a new link, accepted if no status is given. A pair that is linked in this kind already, also by a
// link that was rejected, is refused.
func (s *Store) CreateLink(ctx context.Context, by Authorship, key string, f headwater.LinkFields,
	status headwater.Decision) (headwater.Link, error) {
	return addDecided(ctx, s, pg.Links, by, key, status, &f, func(tx pgx.Tx) error { return checkLinkStatus(ctx, tx, f, status) },
		asIs)
}

// UpdateLink replaces all that is said about a link but its kind and ends, which make it what it is.
func (s *Store) UpdateLink(ctx context.Context, by Authorship, id uuid.UUID, version int, f headwater.LinkFields) (headwater.Link, error) {
	return replaceIf(ctx, s, pg.Links, by, id, version, f, func(before headwater.Link) error {
		var faults headwater.Faults
		if before.Kind != f.Kind {
			faults = append(faults, headwater.NewFault("/kind", headwater.FaultImmutable, f.Kind,
				string(before.Kind)+", which cannot change"))
		}
		if before.From != f.From || before.To != f.To {
			faults = append(faults, headwater.NewFault("/to", headwater.FaultImmutable, f.To,
				"the two claims that the link ties, which cannot change"))
		}
		if len(faults) > 0 {
			return faults
		}
		return nil
	})
}

// DecideLink accepts or rejects a link.
func (s *Store) DecideLink(ctx context.Context, by Authorship, id uuid.UUID, version int, accepted bool) (headwater.Link, error) {
	to := decisionOf(accepted)
	return changeStatusIf(ctx, s, pg.Links, by, id, version, string(to), func(tx pgx.Tx, before headwater.Link) error {
		return checkLinkStatus(ctx, tx, before.LinkFields, to)
	})
}

// ReopenLink proposes a link again that was decided.
func (s *Store) ReopenLink(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.Link, error) {
	return changeStatus(ctx, s, pg.Links, by, id, version, string(headwater.Proposed))
}

// checkLinkStatus refuses to say of claims that are merged that they are not equivalent.
func checkLinkStatus(ctx context.Context, tx pgx.Tx, f headwater.LinkFields, status headwater.Decision) error {
	if f.Kind != headwater.Equivalent || status != headwater.Rejected {
		return nil
	}
	return checkNotOne(ctx, tx, pg.Claims, f.From, f.To)
}
