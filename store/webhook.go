package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

const (
	// maxWebhooks is how many webhooks there may be.
	maxWebhooks = 100
	// formerSecretTime is how long after a rotation deliveries are signed with the secret before as well.
	formerSecretTime = 24 * time.Hour
	// failingDays is how long a webhook may fail until it is given up.
	failingDays = 3
)

// webhookRow is a row of the table, with what its secret is made from.
type webhookRow struct {
	headwater.Webhook
	Secret    int
	SecretKey string
}

// next_at is told only of what waits after a failure: else it is a lease.
const webhookColumns = `id, url, kind, note, created_at, created_by, after,
	CASE WHEN former_until > now() THEN former_until END AS former_until,
	failing_since, last_failure, CASE WHEN failures > 0 AND disabled_at IS NULL THEN next_at END AS next_at, disabled_at, disabled_because,
	secret, secret_key`

// WebhookSecrets makes secrets of webhooks. A store has none of them.
type WebhookSecrets interface {
	// Name tells the key that they are made with from others.
	Name() string
	Secret(of headwater.WebhookSecret) string
	PublicKey(of headwater.WebhookSecret) string
}

// shownWith is a webhook with its public key, where its secrets were made with the key that there is now.
func (r webhookRow) shownWith(secrets WebhookSecrets) headwater.Webhook {
	if secrets != nil && secrets.Name() == r.SecretKey {
		r.PublicKey = secrets.PublicKey(headwater.WebhookSecret{Webhook: r.ID, Number: r.Secret})
	}
	return r.Webhook
}

// madeWith is a webhook with its secret.
func (r webhookRow) madeWith(secrets WebhookSecrets) headwater.MadeWebhook {
	return headwater.MadeWebhook{Webhook: r.shownWith(secrets),
		Secret: secrets.Secret(headwater.WebhookSecret{Webhook: r.ID, Number: r.Secret})}
}

// CreateWebhook makes a webhook that gets what comes after a place, or what comes next without one. Its secret is given here and never
// again.
func (s *Store) CreateWebhook(ctx context.Context, by Authorship, f headwater.WebhookFields, after *int64, secrets WebhookSecrets) (
	made headwater.MadeWebhook, err error) {
	if err := f.Validate(); err != nil {
		return made, err
	}
	place, err := s.webhookPlace(ctx, f.Kind, after, nil)
	if err != nil {
		return made, err
	}
	err = pg.Write(ctx, s.DB, by, &made, func(tx pgx.Tx) error {
		if err := checkAnotherWebhook(ctx, tx, f); err != nil {
			return err
		}
		row, err := changeWebhook(ctx, tx, `INSERT INTO webhooks (id, url, kind, note, created_by, secret_key, after)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, headwater.NewID(), f.URL, f.Kind, f.Note, by.Actor, secrets.Name(), place)
		if err == nil {
			made = row.madeWith(secrets)
		}
		return err
	})
	return made, pg.Interpret(err)
}

// changeWebhook runs a statement that writes one webhook.
func changeWebhook(ctx context.Context, tx pgx.Tx, sql string, args ...any) (webhookRow, error) {
	return pg.One[webhookRow](ctx, tx, "WITH changed AS ("+sql+" RETURNING *) SELECT "+webhookColumns+" FROM changed", args...)
}

// checkAnotherWebhook refuses one more webhook than there may be, and a second one for the same.
func checkAnotherWebhook(ctx context.Context, tx pgx.Tx, f headwater.WebhookFields) error {
	if _, err := tx.Exec(ctx, "LOCK TABLE webhooks IN SHARE ROW EXCLUSIVE MODE"); err != nil {
		return err
	}
	var n int
	var same *uuid.UUID
	err := tx.QueryRow(ctx, "SELECT count(*), (SELECT id FROM webhooks WHERE (url, kind) = ($1, $2)) FROM webhooks", f.URL, f.Kind).
		Scan(&n, &same)
	switch {
	case err != nil:
		return err
	case same != nil:
		return &headwater.Error{Code: headwater.CodeAlreadyExists, Existing: *same,
			Detail: fmt.Sprintf("the webhook %s delivers that there already", same)}
	case n >= maxWebhooks:
		return &headwater.Error{Code: headwater.CodeConflict,
			Detail: fmt.Sprintf("there are %d webhooks, and no more may be; delete one first", n)}
	}
	return nil
}

// webhookPlace is the place after which a webhook begins, or goes on from where it was: what is not kept any more, or not there yet, is
// refused.
func (s *Store) webhookPlace(ctx context.Context, kind headwater.WebhookKind, after, was *int64) (place int64, err error) {
	var kept, last int64
	if kind == headwater.WebhookStanding {
		kept, last, err = s.KeptStandingChanges(ctx)
	} else {
		last, err = s.LastSeq(ctx)
	}
	switch {
	case err != nil:
		return 0, err
	case after != nil:
		place = *after
	case was != nil:
		place = *was
	default:
		return last, nil
	}
	if place < kept || place > last {
		return 0, headwater.Faults{headwater.NewFault("/after", headwater.FaultRange, place,
			fmt.Sprintf("%d to %d, the places whose entries are kept", kept, last))}
	}
	return place, nil
}

// Webhook gives one webhook.
func (s *Store) Webhook(ctx context.Context, id uuid.UUID, secrets WebhookSecrets) (headwater.Webhook, error) {
	row, err := s.webhookRow(ctx, id)
	return row.shownWith(secrets), err
}

func (s *Store) webhookRow(ctx context.Context, id uuid.UUID) (webhookRow, error) {
	row, err := pg.One[webhookRow](ctx, s.Pool, "SELECT "+webhookColumns+" FROM webhooks WHERE id = $1", id)
	return row, noWebhook(pg.Interpret(err), id)
}

// checkKey refuses a webhook whose deliveries nobody can sign.
func (r webhookRow) checkKey(secrets WebhookSecrets) error {
	if r.SecretKey != secrets.Name() {
		return &headwater.Error{Code: headwater.CodeConflict,
			Detail: "its secret was made with another key than the service has now; rotate it first"}
	}
	return nil
}

// WebhookToTest gives what it takes to send something to a webhook, which nobody leases by that: also to one that is disabled or waits.
func (s *Store) WebhookToTest(ctx context.Context, id uuid.UUID, secrets WebhookSecrets) (webhook headwater.LeasedWebhook, err error) {
	row, err := s.webhookRow(ctx, id)
	if err == nil {
		err = row.checkKey(secrets)
	}
	return headwater.LeasedWebhook{ID: row.ID, URL: row.URL, Kind: row.Kind, Secret: row.Secret, Former: row.FormerUntil != nil}, err
}

// Webhooks lists the webhooks in the order in which they were made.
func (s *Store) Webhooks(ctx context.Context, p Paging, secrets WebhookSecrets) (Page[headwater.Webhook], error) {
	page, err := pg.PageByID(ctx, s.DB, "webhooks", p, func(row webhookRow) uuid.UUID { return row.ID },
		"SELECT "+webhookColumns+" FROM webhooks WHERE id > $1 ORDER BY id LIMIT $2")
	return hitsOf(page, func(row webhookRow) headwater.Webhook { return row.shownWith(secrets) }), err
}

// RotateWebhook gives a webhook another secret. The one before still counts for a day, if it was made with the same key.
func (s *Store) RotateWebhook(ctx context.Context, by Authorship, id uuid.UUID, secrets WebhookSecrets) (made headwater.MadeWebhook,
	err error) {
	err = pg.Write(ctx, s.DB, by, &made, func(tx pgx.Tx) error {
		row, err := changeWebhook(ctx, tx, `UPDATE webhooks SET secret = secret + 1, secret_key = $2,
			former_until = CASE WHEN secret_key = $2 THEN (SELECT now() + make_interval(secs => $3)) END WHERE id = $1`,
			id, secrets.Name(), formerSecretTime.Seconds())
		if err == nil {
			made = row.madeWith(secrets)
		}
		return err
	})
	return made, noWebhook(pg.Interpret(err), id)
}

// EnableWebhook lets a webhook be delivered to at once, from where it was or after another place: also to send again what was sent before,
// or to go on after what is never accepted. Who may have leased it delivers to it until the lease ends, so that nothing is sent twice at
// once, and notes nothing of that any more.
func (s *Store) EnableWebhook(ctx context.Context, by Authorship, id uuid.UUID, after *int64, secrets WebhookSecrets,
	lease time.Duration) (webhook headwater.Webhook, err error) {
	was, err := s.webhookRow(ctx, id)
	if err != nil {
		return webhook, err
	}
	if err := was.checkKey(secrets); err != nil {
		return webhook, err
	}
	place, err := s.webhookPlace(ctx, was.Kind, after, &was.After)
	if err != nil {
		return webhook, err
	}
	err = pg.Write(ctx, s.DB, by, &webhook, func(tx pgx.Tx) error {
		row, err := changeWebhook(ctx, tx, `UPDATE webhooks SET after = CASE WHEN $3 THEN $2 ELSE after END,
			ahead = CASE WHEN $3 THEN '{}' ELSE ahead END, failures = 0, failing_since = NULL, last_failure = '',
			next_at = (SELECT CASE WHEN next_at > now() AND next_at <= now() + make_interval(secs => $4)
				THEN next_at + interval '1 microsecond' ELSE now() END),
			disabled_at = NULL, disabled_because = '' WHERE id = $1`, id, place, after != nil, lease.Seconds())
		webhook = row.shownWith(secrets)
		return err
	})
	return webhook, noWebhook(pg.Interpret(err), id)
}

// DisableWebhook lets nothing more be delivered to a webhook until it is enabled, from where it is then. What is under way is not noted any
// more, and comes again.
func (s *Store) DisableWebhook(ctx context.Context, by Authorship, id uuid.UUID, secrets WebhookSecrets) (webhook headwater.Webhook,
	err error) {
	err = pg.Write(ctx, s.DB, by, &webhook, func(tx pgx.Tx) error {
		row, err := changeWebhook(ctx, tx, `UPDATE webhooks SET disabled_at = least(disabled_at, now()),
			disabled_because = CASE WHEN disabled_at IS NULL THEN 'it was disabled by ' || $2 ELSE disabled_because END
			WHERE id = $1`, id, by.Actor)
		webhook = row.shownWith(secrets)
		return err
	})
	return webhook, noWebhook(pg.Interpret(err), id)
}

// DeleteWebhook ends a webhook for good.
func (s *Store) DeleteWebhook(ctx context.Context, id uuid.UUID) error {
	tag, err := s.Pool.Exec(ctx, "DELETE FROM webhooks WHERE id = $1", id)
	if err == nil && tag.RowsAffected() == 0 {
		err = pgx.ErrNoRows
	}
	return noWebhook(pg.Interpret(err), id)
}

// noWebhook says which webhook is missing, where one is.
func noWebhook(err error, id uuid.UUID) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return headwater.NotFound("webhook", id)
	}
	return err
}

const (
	leaseWebhooksSQL = `WITH leased AS (UPDATE webhooks AS w SET next_at = now() + make_interval(secs => $3)
			FROM (SELECT id FROM webhooks WHERE disabled_at IS NULL AND secret_key = $1 AND next_at <= now() AND after < CASE
					WHEN kind = 'change' THEN (SELECT coalesce(max(seq), 0) FROM sequenced)
					ELSE (SELECT coalesce(max(seq), 0) FROM standing_changes) END
				ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED) AS due
			WHERE w.id = due.id RETURNING w.*)
		SELECT id, url, kind, after, ahead, failures, secret, coalesce(former_until > now(), false) AS former, next_at FROM leased`
	// settleWebhookSQL does nothing where the lease has ended: who has the webhook now notes what it delivers itself.
	settleWebhookSQL = `UPDATE webhooks SET after = $3, ahead = $4, last_failure = $5,
		failures = CASE WHEN $5 = '' THEN 0 WHEN $6 THEN 1 ELSE failures + 1 END,
		failing_since = CASE WHEN $5 <> '' AND NOT $6 THEN least(failing_since, (SELECT now())) END,
		next_at = now() + make_interval(secs => $7),
		disabled_at = CASE WHEN $8 <> '' OR $5 <> '' AND NOT $6 AND failing_since < (SELECT now() - make_interval(days => $9::int))
			THEN (SELECT now()) END,
		disabled_because = CASE WHEN $8 <> '' THEN $8
			WHEN $5 <> '' AND NOT $6 AND failing_since < (SELECT now() - make_interval(days => $9::int))
			THEN 'no delivery was accepted for ' || $9::int::text || ' days' ELSE '' END
		WHERE id = $1 AND next_at = $2 AND disabled_at IS NULL RETURNING disabled_because`
	disableOtherWebhooksSQL = `UPDATE webhooks SET disabled_at = now(),
		disabled_because = 'the service has another key than the one that its secret was made with; rotate the secret and enable it'
		WHERE secret_key <> $1 AND disabled_at IS NULL`
)

// DisableOtherWebhooks gives up the webhooks whose secrets were made with another key, and says how many.
func (s *Store) DisableOtherWebhooks(ctx context.Context, key string) (int, error) {
	tag, err := s.Pool.Exec(ctx, disableOtherWebhooksSQL, key)
	return int(tag.RowsAffected()), pg.Interpret(err)
}

// LeaseWebhooks gives webhooks that have something to be delivered now, and to nobody else for a time.
func (s *Store) LeaseWebhooks(ctx context.Context, key string, limit int, lease time.Duration) ([]headwater.LeasedWebhook, error) {
	leased, err := pg.Many[headwater.LeasedWebhook](ctx, s.Pool, leaseWebhooksSQL, key, limit, lease.Seconds())
	return leased, pg.Interpret(err)
}

// SettleWebhook notes what became of the deliveries to a leased webhook and ends the lease, unless that has ended. It says why the webhook
// is disabled now, where it is.
func (s *Store) SettleWebhook(ctx context.Context, webhook headwater.LeasedWebhook, d headwater.Delivered) (disabled string, err error) {
	err = s.Pool.QueryRow(ctx, settleWebhookSQL, webhook.ID, webhook.NextAt, d.After, d.Ahead, d.Failure, d.Progress, d.Wait.Seconds(),
		d.Disable, failingDays).Scan(&disabled)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return disabled, pg.Interpret(err)
}
