-- The queue of proposals: what waits for a decision, best first, and who is on what. Sessions of the pages that decide it.

CREATE INDEX links_proposed ON links ((coalesce(confidence, 0)) DESC, id) WHERE status = 'proposed';
CREATE INDEX attributions_proposed ON attributions ((coalesce(confidence, 0)) DESC, id) WHERE status = 'proposed';
CREATE INDEX matches_proposed ON matches ((coalesce(score, 0)) DESC, id) WHERE status = 'proposed';

CREATE TABLE leases (
    thing uuid PRIMARY KEY,
    holder text NOT NULL,
    actor text NOT NULL,
    until timestamptz NOT NULL
);
COMMENT ON TABLE leases IS 'Who is about to decide which proposal, so that two people do not decide one. Nothing depends on it.';
COMMENT ON COLUMN leases.thing IS 'The link, attribution or match.';
COMMENT ON COLUMN leases.holder IS 'The key and the window that has it.';
COMMENT ON COLUMN leases.actor IS 'The name that others see.';
COMMENT ON COLUMN leases.until IS 'When it ends, unless it is renewed.';
CREATE INDEX leases_until ON leases (until);

CREATE TABLE sessions (
    hash bytea PRIMARY KEY,
    key uuid NOT NULL REFERENCES api_keys,
    until timestamptz NOT NULL
);
COMMENT ON TABLE sessions IS 'Sessions of pages, each of which stands for a key.';
COMMENT ON COLUMN sessions.hash IS 'SHA-256 of the token in the cookie.';
COMMENT ON COLUMN sessions.until IS 'When it ends.';
CREATE INDEX sessions_key ON sessions (key);
CREATE INDEX sessions_until ON sessions (until);
