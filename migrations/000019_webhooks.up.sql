-- Addresses that the service sends what happens to, and how far each has come.

CREATE TABLE webhooks (
    id uuid PRIMARY KEY,
    url text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('change', 'standing')),
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    secret_key text NOT NULL,
    secret int NOT NULL DEFAULT 1 CHECK (secret > 0),
    former_until timestamptz,
    after bigint NOT NULL CHECK (after >= 0),
    ahead bigint[] NOT NULL DEFAULT '{}',
    next_at timestamptz NOT NULL DEFAULT now(),
    failures int NOT NULL DEFAULT 0,
    failing_since timestamptz,
    last_failure text NOT NULL DEFAULT '',
    disabled_at timestamptz,
    disabled_because text NOT NULL DEFAULT '',
    UNIQUE (url, kind)
);
COMMENT ON TABLE webhooks IS 'Addresses that changes, or changes of how claims stand, are delivered to. None of their secrets is here.';
COMMENT ON COLUMN webhooks.secret_key IS 'The name of the key, a file outside of the database, that its secrets are made with.';
COMMENT ON COLUMN webhooks.secret IS 'The number of its secret; each rotation makes the next one.';
COMMENT ON COLUMN webhooks.former_until IS 'Until when the secret before is signed with as well.';
COMMENT ON COLUMN webhooks.after IS 'Everything up to this place was delivered: of changes or of standing_changes, by its kind.';
COMMENT ON COLUMN webhooks.ahead IS 'Places after it of what was delivered too, while something between was not accepted.';
COMMENT ON COLUMN webhooks.next_at IS 'When it may be worked on: until then, a service has it, or its receiver is left alone.';
COMMENT ON COLUMN webhooks.failures IS 'Rounds in a row that ended with a delivery that was not accepted, and in which none was.';
COMMENT ON COLUMN webhooks.failing_since IS 'Since when no delivery was accepted.';
COMMENT ON COLUMN webhooks.last_failure IS 'Why the last one was not.';
COMMENT ON COLUMN webhooks.disabled_at IS 'When it was given up; null while it is delivered to.';
COMMENT ON COLUMN webhooks.disabled_because IS 'Why.';
