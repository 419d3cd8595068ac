-- Who may use the service, and the answers that are kept for those who ask twice.

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'write', 'review', 'admin']),
    prefix text NOT NULL UNIQUE,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL CHECK (created_by <> ''),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON TABLE api_keys IS 'Keys of programs. None is deleted, so that the history''s actors can be told.';
COMMENT ON COLUMN api_keys.prefix IS 'How the token begins; the way to find it.';
COMMENT ON COLUMN api_keys.hash IS 'SHA-256 of the token''s secret, which is stored nowhere.';
COMMENT ON COLUMN api_keys.last_used_at IS 'To the minute, so that reading writes little.';

CREATE TABLE kept_answers (
    actor text NOT NULL,
    key text NOT NULL CHECK (key <> ''),
    request bytea NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
);
COMMENT ON TABLE kept_answers IS 'Answers to requests with an Idempotency-Key, stored in the transaction of what they did.';
COMMENT ON COLUMN kept_answers.key IS 'The Idempotency-Key; each actor has its own.';
COMMENT ON COLUMN kept_answers.request IS 'SHA-256 of method, path and body: another request under the same key is refused.';
COMMENT ON COLUMN kept_answers.headers IS 'Object: name to value of the answer''s headers.';
COMMENT ON COLUMN kept_answers.body IS 'The answer''s body, byte for byte.';
CREATE INDEX kept_answers_kept_at ON kept_answers (kept_at);

COMMENT ON COLUMN changes.actor IS 'cli:<user>, key:<name>, or anonymous for a request without a key.';
