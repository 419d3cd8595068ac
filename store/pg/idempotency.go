package pg

import (
	"bytes"
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/headwater-project/headwater"
)

// Idempotency makes a change happen once, however often its request is sent (draft-ietf-httpapi-idempotency-key-header).
type Idempotency struct {
	// Key names the request among those of its holder: the client, told apart also where two have one name.
	Key, Holder string
	// Request is the hash of the request: another request under the same key is refused.
	Request []byte
	// Render makes the response from what was changed. It is stored with the change, in one transaction.
	Render func(changed any) (StoredResponse, error)
}

// StoredResponse is a response as it was sent to a client, and a row of the table kept_answers. Its column actor has the
// [Idempotency.Holder].
type StoredResponse struct {
	Status  int
	Headers map[string]string
	Body    []byte
}

// StoredResponse gives the response that this request had before; false if there is none. Another request under the same key is
// refused.
func (db *DB) StoredResponse(ctx context.Context, idempotency Idempotency) (StoredResponse, bool, error) {
	response, found, err := db.response(ctx, db.Pool, idempotency)
	return response, found, Interpret(err)
}

const (
	// MaxKeptResponse is how many bytes the response to a request that changes nothing may have to be stored.
	MaxKeptResponse = 256 << 10
	// maxKeptResponses is how many responses a holder may have for another such to be stored.
	maxKeptResponses = 256
)

// StoreResponse stores the response to a request that changes nothing, if it is small and its holder has few: who may only read must
// not fill the database. Where nothing can be written, such as on a standby, it is not stored either. Sent again, the request has the
// same effect, which is none.
func (db *DB) StoreResponse(ctx context.Context, by Authorship, result any) error {
	return db.storeResponse(ctx, by, result, false)
}

// StoreOutcome stores the response to a request that made changes in transactions of their own, however large it is and however many its
// holder has: sent again, it would be told that somebody has made them already.
func (db *DB) StoreOutcome(ctx context.Context, by Authorship, result any) error {
	return db.storeResponse(ctx, by, result, true)
}

func (db *DB) storeResponse(ctx context.Context, by Authorship, result any, always bool) error {
	if by.Idempotency == nil {
		return nil
	}
	err := Interpret(db.inTx(ctx, func(tx pgx.Tx) error {
		if err := db.lockKey(ctx, tx, *by.Idempotency); err != nil {
			return err
		}
		response, err := by.Idempotency.Render(result)
		if err != nil {
			return err
		}
		if always {
			return db.saveResponse(ctx, tx, *by.Idempotency, response)
		}
		if len(response.Body) > MaxKeptResponse {
			return nil
		}
		var kept int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM (SELECT FROM kept_answers WHERE actor = $1 AND kept_at > now() - $2::interval "+
			"LIMIT $3) few", by.Idempotency.Holder, db.idempotencyTTL,
			maxKeptResponses).Scan(&kept); err != nil || kept == maxKeptResponses {
			return err
		}
		return db.saveResponse(ctx, tx, *by.Idempotency, response)
	}))
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == readOnly {
		return nil
	}
	return err
}

func (db *DB) response(ctx context.Context, from Queryer, idempotency Idempotency) (StoredResponse, bool, error) {
	type row struct {
		StoredResponse
		Request []byte
	}
	found, err := One[row](ctx, from, "SELECT status, headers, body, request FROM kept_answers WHERE actor = $1 AND key = $2 AND "+
		"kept_at > now() - $3::interval",
		idempotency.Holder, idempotency.Key, db.idempotencyTTL)
	if errors.Is(err, pgx.ErrNoRows) {
		return StoredResponse{}, false, nil
	}
	if err == nil && !bytes.Equal(found.Request, idempotency.Request) {
		err = headwater.Faults{headwater.NewFault("/Idempotency-Key", headwater.FaultConflict, idempotency.Key,
			"a key of its own for each request; this one was given to another")}
	}
	return found.StoredResponse, err == nil, err
}

// lockKey refuses a request that is under way, or has just been answered. The lock ends with the transaction.
func (db *DB) lockKey(ctx context.Context, tx pgx.Tx, idempotency Idempotency) error {
	var alone bool
	const lock = `SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || E'\n' || $1 || E'\n' || $2, 0))`
	if err := tx.QueryRow(ctx, lock, idempotency.Holder, idempotency.Key).Scan(&alone); err != nil {
		return err
	}
	if alone {
		_, found, err := db.response(ctx, tx, idempotency)
		if err != nil || !found {
			return err
		}
	}
	return &headwater.Error{Code: headwater.CodeConflict,
		Detail: "a request with this Idempotency-Key is being answered; ask again in a moment", Retryable: true}
}

// expiredPerWrite is how many responses that are no longer valid are deleted for each that is stored.
const expiredPerWrite = 10

func (db *DB) saveResponse(ctx context.Context, tx pgx.Tx, idempotency Idempotency, response StoredResponse) error {
	_, err := tx.Exec(ctx, `
		WITH ended AS (
			DELETE FROM kept_answers WHERE ctid = ANY (ARRAY (SELECT ctid FROM kept_answers WHERE kept_at <= now() - $7::interval
				AND (actor, key) <> ($1, $2) ORDER BY kept_at LIMIT $8 FOR UPDATE SKIP LOCKED)))
		INSERT INTO kept_answers (actor, key, request, status, headers, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (actor, key) DO UPDATE SET request = excluded.request, status = excluded.status, headers = excluded.headers,
			body = excluded.body, kept_at = excluded.kept_at`,
		idempotency.Holder, idempotency.Key, idempotency.Request, response.Status, response.Headers, response.Body, db.idempotencyTTL,
		expiredPerWrite)
	return err
}
