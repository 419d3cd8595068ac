package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// SessionTime is how long the session of a page lasts.
const SessionTime = 12 * time.Hour

// CreateSession begins a session of a key: its token is given this once, and the database has a hash of it alone. Sessions that have ended
// are swept out.
func (s *Store) CreateSession(ctx context.Context, key uuid.UUID) (token string, until time.Time, err error) {
	token = rand.Text()
	err = s.Pool.QueryRow(ctx, `WITH swept AS (DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions WHERE until < now()
			LIMIT 100 FOR UPDATE SKIP LOCKED))
		INSERT INTO sessions (hash, key, until) VALUES ($1, $2, now() + make_interval(secs => $3)) RETURNING until`,
		hashOf(token), key, SessionTime.Seconds()).Scan(&until)
	return token, until, pg.Interpret(err)
}

// AuthenticateSession gives the key of a session, and when it ends; false where there is none, or it or its key has ended.
func (s *Store) AuthenticateSession(ctx context.Context, token string) (key headwater.APIKey, until time.Time, valid bool, err error) {
	type session struct {
		headwater.APIKey
		Until time.Time
	}
	found, err := pg.One[session](ctx, s.Pool, "SELECT "+keyColumns+", until FROM sessions JOIN api_keys ON key = id "+
		"WHERE sessions.hash = $1 AND until > now()", hashOf(token))
	if errors.Is(err, pgx.ErrNoRows) {
		return headwater.APIKey{}, time.Time{}, false, nil
	}
	if err != nil {
		return headwater.APIKey{}, time.Time{}, false, pg.Interpret(err)
	}
	return found.APIKey, found.Until, found.Valid(time.Now()), nil
}

// EndSession ends a session; false where there was none.
func (s *Store) EndSession(ctx context.Context, token string) (bool, error) {
	deleted, err := s.Pool.Exec(ctx, "DELETE FROM sessions WHERE hash = $1", hashOf(token))
	return deleted.RowsAffected() > 0, pg.Interpret(err)
}

// endSessionsOf ends all sessions that were begun with a key, in the transaction that ends its token.
func endSessionsOf(ctx context.Context, tx pgx.Tx, key uuid.UUID) error {
	_, err := tx.Exec(ctx, "DELETE FROM sessions WHERE key = $1", key)
	return err
}

// hashOf is the stored form of a token: SHA-256, which is enough for its random bits.
func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
