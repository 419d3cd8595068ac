package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

const (
	keyColumns   = "id, name, scopes, expires_at, prefix, created_at, created_by, last_used_at, revoked_at"
	keysExistSQL = "SELECT EXISTS (SELECT FROM api_keys)"
)

var (
	createKeySQL = changeKeySQL(headwater.OpCreate, `INSERT INTO api_keys (id, version, created_by, name, scopes, expires_at, prefix, hash)
		VALUES ($5, 1, $1, $6, $7, $8, $9, $10)`)
	rotateKeySQL = changeKeySQL(headwater.OpRotate, `UPDATE api_keys SET version = version + 1, prefix = $6, hash = $7
		WHERE id = $5 AND revoked_at IS NULL`)
	// A key that is revoked and whose history does not say so, since a service of the version before revoked it, may be revoked again.
	revokeKeySQL = changeKeySQL(headwater.OpRevoke, fmt.Sprintf(`UPDATE api_keys AS k
		SET version = version + 1, revoked_at = least(revoked_at, now()) WHERE id = $5 AND NOT EXISTS (SELECT FROM changes
			WHERE resource = '%s' AND resource_id = k.id AND to_version = k.version AND state ? 'revoked_at' AND k.revoked_at IS NOT NULL)`,
		headwater.ResourceKey))
)

// changeKeySQL writes to one key, and the change to the history, of which the first four parameters are.
func changeKeySQL(operation headwater.Operation, sql string) string {
	return fmt.Sprintf(`WITH stored AS (
		%s RETURNING *
	), %s SELECT %s FROM stored`, sql, pg.KeyEntry(operation, 1).With(), keyColumns)
}

// MadeKey is a new key with its token, which is shown once.
type MadeKey struct {
	headwater.APIKey
	Token headwater.Token
}

// CreateKey creates a key. Its token is returned here and never again.
func (s *Store) CreateKey(ctx context.Context, by Authorship, f headwater.APIKeyFields) (MadeKey, error) {
	if err := f.Validate(); err != nil {
		return MadeKey{}, err
	}
	token := headwater.NewToken()
	named := func(tx pgx.Tx) error { return checkKeyName(ctx, tx, f.Name) }
	return s.makeToken(ctx, by, token, named, createKeySQL, createKeyArgs(f, token)...)
}

func createKeyArgs(f headwater.APIKeyFields, token headwater.Token) []any {
	return []any{headwater.NewID(), f.Name, f.Scopes, f.ExpiresAt, token.Prefix, token.Hash()}
}

// CreateFirstKey creates a key with a token that was made elsewhere, unless a key was ever created. It says whether it did.
func (s *Store) CreateFirstKey(ctx context.Context, by Authorship, f headwater.APIKeyFields, token headwater.Token) (bool, error) {
	if err := f.Validate(); err != nil {
		return false, err
	}
	errLater := errors.New("a key was created before")
	first := func(tx pgx.Tx) error {
		// of services that start together, one creates it
		if _, err := tx.Exec(ctx, pg.LockName, "first api key"); err != nil {
			return err
		}
		var exist bool
		if err := tx.QueryRow(ctx, keysExistSQL).Scan(&exist); err != nil || !exist {
			return err
		}
		return errLater
	}
	_, err := s.makeToken(ctx, by, token, first, createKeySQL, createKeyArgs(f, token)...)
	if errors.Is(err, errLater) {
		return false, nil
	}
	return err == nil, err
}

// RotateKey gives a key another token; the one before ends immediately.
func (s *Store) RotateKey(ctx context.Context, by Authorship, id uuid.UUID) (MadeKey, error) {
	token := headwater.NewToken()
	ending := func(tx pgx.Tx) error { return endSessionsOf(ctx, tx, id) }
	created, err := s.makeToken(ctx, by, token, ending, rotateKeySQL, id, token.Prefix, token.Hash())
	return created, noKey(err, id)
}

func (s *Store) makeToken(ctx context.Context, by Authorship, token headwater.Token, check func(pgx.Tx) error,
	sql string, args ...any) (MadeKey, error) {
	created := MadeKey{Token: token}
	err := pg.Write(ctx, s.DB, by, &created, func(tx pgx.Tx) (err error) {
		if err := check(tx); err != nil {
			return err
		}
		created.APIKey, err = pg.One[headwater.APIKey](ctx, tx, sql, slices.Concat(by.Args(), args)...)
		return err
	})
	return created, pg.Interpret(err)
}

// checkKeyName refuses a name that looks like that of another key that can be used, since the history names keys by it. Old keys of one
// name stay as they are, so it is a check under a lock and no index.
func checkKeyName(ctx context.Context, tx pgx.Tx, name string) error {
	name = headwater.LooksLike(name)
	if _, err := tx.Exec(ctx, pg.LockName, "api key "+name); err != nil {
		return err
	}
	taken, err := pg.Many[headwater.APIKey](ctx, tx, "SELECT "+keyColumns+" FROM api_keys "+
		"WHERE normalize(btrim(regexp_replace(name, '\\s+', ' ', 'g')), NFC) = $1 "+
		"AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) LIMIT 1", name)
	if err == nil && len(taken) > 0 {
		return &headwater.Error{Code: headwater.CodeAlreadyExists, Detail: fmt.Sprintf(
			"the key %s is named %q already; rotate or revoke it, or choose another name: the history names keys by it", taken[0].ID, name)}
	}
	return err
}

// RevokeKey ends a key for good.
func (s *Store) RevokeKey(ctx context.Context, by Authorship, id uuid.UUID) (key headwater.APIKey, err error) {
	err = pg.Write(ctx, s.DB, by, &key, func(tx pgx.Tx) (err error) {
		key, err = pg.One[headwater.APIKey](ctx, tx, revokeKeySQL, append(by.Args(), id)...)
		if err != nil {
			return err
		}
		return endSessionsOf(ctx, tx, id)
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

// Keys lists the keys in the order in which they were created.
func (s *Store) Keys(ctx context.Context, p Paging) (Page[headwater.APIKey], error) {
	return pg.PageByID(ctx, s.DB, "keys", p, func(key headwater.APIKey) uuid.UUID { return key.ID },
		"SELECT "+keyColumns+" FROM api_keys WHERE id > $1 ORDER BY id LIMIT $2")
}

// KeysExist says whether any key was ever created.
func (s *Store) KeysExist(ctx context.Context) (bool, error) {
	var exist bool
	err := s.Pool.QueryRow(ctx, keysExistSQL).Scan(&exist)
	return exist, pg.Interpret(err)
}

// Authenticate gives the key that a token belongs to; false if there is none, or it has ended. Its last use is written down once a
// minute at most, where that can be written.
func (s *Store) Authenticate(ctx context.Context, text string) (headwater.APIKey, bool, error) {
	token, ok := headwater.ParseToken(text)
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
	if used := found.LastUsedAt; !s.IsStandby() && (used == nil || time.Since(*used) > time.Minute) {
		s.writeLastUse(ctx, found.ID)
	}
	return found.APIKey, true, nil
}

// lastUseTime is how long a request may wait until the last use of its key is written: where commits hang, reads go on.
const lastUseTime = time.Second

// writeLastUse is best effort: a standby, and a database that takes no writes for now, answer reads all the same.
func (s *Store) writeLastUse(ctx context.Context, id uuid.UUID) {
	within, cancel := context.WithTimeout(ctx, lastUseTime)
	defer cancel()
	if _, err := s.Pool.Exec(within, "UPDATE api_keys SET last_used_at = now() WHERE id = $1", id); err != nil && ctx.Err() == nil {
		s.lastUseUnwritten.Do(func() {
			slog.WarnContext(ctx, "the last use of keys cannot be written; this is logged once", "error", err)
		})
	}
}
