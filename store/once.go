package store

import (
	"bytes"
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// Idempotency says that a change is to be made once, however often it is asked for (draft-ietf-httpapi-idempotency-key-header).
type Idempotency struct {
	// Key names the request among those of its holder: whoever asks, told apart also where two have one name.
	Key, Holder string
	// Request is the hash of what is asked: another request under the same key is refused.
	Request []byte
	// Render makes the answer from what was changed. It is stored with the change, in one transaction.
	Render func(changed any) (StoredResponse, error)
}

// StoredResponse is what a client was told.
type StoredResponse struct {
	Status  int
	Headers map[string]string
	Body    []byte
}

// StoredResponse gives the answer that was given to this request before; false if there is none. Another request under the same
// key is refused.
func (s *Store) StoredResponse(ctx context.Context, once Idempotency) (StoredResponse, bool, error) {
	answer, found, err := s.response(ctx, s.pool, once)
	return answer, found, Interpret(err)
}

// StoreResponse keeps the answer to a question, which changes nothing, for who asks it again.
func (s *Store) StoreResponse(ctx context.Context, by Authorship, answered any) error {
	if by.Idempotency == nil {
		return nil
	}
	return Interpret(Write(ctx, s, by, &answered, func(pgx.Tx) error { return nil }))
}

func (s *Store) response(ctx context.Context, db Queryer, once Idempotency) (StoredResponse, bool, error) {
	type row struct {
		StoredResponse
		Request []byte
	}
	found, err := One[row](ctx, db, "SELECT status, headers, body, request FROM kept_answers WHERE actor = $1 AND key = $2 AND kept_at > now() - $3::interval", once.Holder, once.Key, s.keep)
	if errors.Is(err, pgx.ErrNoRows) {
		return StoredResponse{}, false, nil
	}
	if err == nil && !bytes.Equal(found.Request, once.Request) {
		err = headwater.Faults{headwater.NewFault("/Idempotency-Key", headwater.FaultConflict, once.Key, "a key of its own for each request; this one was given to another")}
	}
	return found.StoredResponse, err == nil, err
}

// Write runs do in one transaction. If the change is to be made once, what do leaves in changed is kept as its answer,
// and nobody else makes the same change meanwhile.
func Write[T any](ctx context.Context, s *Store, by Authorship, changed *T, do func(tx pgx.Tx) error) error {
	if by.Idempotency == nil {
		return s.inTx(ctx, do)
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if err := s.lockKey(ctx, tx, by); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		answer, err := by.Idempotency.Render(*changed)
		if err != nil {
			return err
		}
		return s.saveResponse(ctx, tx, by, answer)
	})
}

// lockKey refuses a request that is being answered, or was answered a moment ago. The lock goes with the transaction,
// whatever ends it.
func (s *Store) lockKey(ctx context.Context, tx pgx.Tx, by Authorship) error {
	var alone bool
	if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock(hashtextextended($1 || E'\\n' || $2, 0))", by.Idempotency.Holder, by.Idempotency.Key).Scan(&alone); err != nil {
		return err
	}
	if alone {
		_, found, err := s.response(ctx, tx, *by.Idempotency)
		if err != nil || !found {
			return err
		}
	}
	return &headwater.Error{Code: headwater.CodeConflict, Detail: "a request with this Idempotency-Key is being answered; ask again in a moment", Retryable: true}
}

// expiredPerWrite is how many answers that have ended are dropped for each that is kept.
const expiredPerWrite = 10

func (s *Store) saveResponse(ctx context.Context, tx pgx.Tx, by Authorship, answer StoredResponse) error {
	_, err := tx.Exec(ctx, `
		WITH ended AS (
			DELETE FROM kept_answers WHERE ctid = ANY (ARRAY (SELECT ctid FROM kept_answers WHERE kept_at <= now() - $7::interval AND (actor, key) <> ($1, $2) ORDER BY kept_at LIMIT $8 FOR UPDATE SKIP LOCKED)))
		INSERT INTO kept_answers (actor, key, request, status, headers, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (actor, key) DO UPDATE SET request = excluded.request, status = excluded.status, headers = excluded.headers, body = excluded.body, kept_at = now()`,
		by.Idempotency.Holder, by.Idempotency.Key, by.Idempotency.Request, answer.Status, answer.Headers, answer.Body, s.keep, expiredPerWrite)
	return err
}
