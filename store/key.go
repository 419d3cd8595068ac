package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

const keyColumns = "id, name, scopes, expires_at, prefix, created_at, created_by, last_used_at, revoked_at"

// MadeKey is a key with its token, which is given once.
type MadeKey struct {
	headwater.APIKey
	Token headwater.Token
}

// CreateKey makes a key. Its token is given once, here.
func (s *Store) CreateKey(ctx context.Context, by Authorship, f headwater.APIKeyFields) (MadeKey, error) {
	if err := f.Validate(); err != nil {
		return MadeKey{}, err
	}
	token := headwater.NewToken()
	return s.makeToken(ctx, by, token, "INSERT INTO api_keys (id, name, scopes, expires_at, prefix, hash, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING "+keyColumns,
		headwater.NewID(), f.Name, f.Scopes, f.ExpiresAt, token.Prefix, token.Hash(), by.Actor)
}

// RotateKey gives a key another token; the one before ends at once.
func (s *Store) RotateKey(ctx context.Context, by Authorship, id uuid.UUID) (MadeKey, error) {
	token := headwater.NewToken()
	made, err := s.makeToken(ctx, by, token, "UPDATE api_keys SET prefix = $2, hash = $3 WHERE id = $1 AND revoked_at IS NULL RETURNING "+keyColumns, id, token.Prefix, token.Hash())
	return made, noKey(err, id)
}

func (s *Store) makeToken(ctx context.Context, by Authorship, token headwater.Token, sql string, args ...any) (MadeKey, error) {
	made := MadeKey{Token: token}
	err := pg.Write(ctx, s.DB, by, &made, func(tx pgx.Tx) (err error) {
		made.APIKey, err = pg.One[headwater.APIKey](ctx, tx, sql, args...)
		return err
	})
	return made, pg.Interpret(err)
}

// RevokeKey ends a key for good.
func (s *Store) RevokeKey(ctx context.Context, by Authorship, id uuid.UUID) (key headwater.APIKey, err error) {
	err = pg.Write(ctx, s.DB, by, &key, func(tx pgx.Tx) (err error) {
		key, err = pg.One[headwater.APIKey](ctx, tx, "UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING "+keyColumns, id)
		return err
	})
	return key, noKey(pg.Interpret(err), id)
}

// noKey says which key is missing, where one is.
func noKey(err error, id uuid.UUID) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return &headwater.Error{Code: headwater.CodeNotFound, Detail: fmt.Sprintf("no key has the id %s, or it is revoked", id)}
	}
	return err
}

// Keys lists the keys in the order in which they were made.
func (s *Store) Keys(ctx context.Context, p Paging) (Page[headwater.APIKey], error) {
	return pg.PageByID("keys", p, func(after string, limit int) ([]headwater.APIKey, error) {
		return pg.Many[headwater.APIKey](ctx, s.Pool, "SELECT "+keyColumns+" FROM api_keys WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
	}, func(key headwater.APIKey) uuid.UUID { return key.ID })
}

// KeysExist says whether any key was ever made.
func (s *Store) KeysExist(ctx context.Context) (bool, error) {
	var exist bool
	err := s.Pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM api_keys)").Scan(&exist)
	return exist, pg.Interpret(err)
}

// Authenticate gives the key that a token is of; false if there is none, or it has ended. Its last use is noted once a
// minute at most.
func (s *Store) Authenticate(ctx context.Context, given string) (headwater.APIKey, bool, error) {
	token, ok := headwater.ParseToken(given)
	if !ok {
		return headwater.APIKey{}, false, nil
	}
	type secret struct {
		headwater.APIKey
		Hash []byte
	}
	found, err := pg.One[secret](ctx, s.Pool, "SELECT "+keyColumns+", hash FROM api_keys WHERE prefix = $1", token.Prefix)
	if errors.Is(err, pgx.ErrNoRows) {
		return headwater.APIKey{}, false, nil
	}
	if err != nil {
		return headwater.APIKey{}, false, pg.Interpret(err)
	}
	if !token.Is(found.Hash) || !found.Valid(time.Now()) {
		return headwater.APIKey{}, false, nil
	}
	if used := found.LastUsedAt; used == nil || time.Since(*used) > time.Minute {
		// a database that takes no writes now, such as a standby, still answers reads
		if _, err := s.Pool.Exec(ctx, "UPDATE api_keys SET last_used_at = now() WHERE id = $1", found.ID); err != nil {
			slog.WarnContext(ctx, "the last use of a key is not noted", "error", err)
		}
	}
	return found.APIKey, true, nil
}
