-- How each claim stands, in tables that a follower of the changes writes: lists are filtered and ordered by it.

CREATE TABLE standings (
    claim_id uuid PRIMARY KEY,
    standing text NOT NULL,
    origins_min int NOT NULL,
    origins_max int NOT NULL,
    origins_exact boolean NOT NULL,
    width int GENERATED ALWAYS AS (origins_max - origins_min) STORED,
    lines int NOT NULL,
    probability double precision NOT NULL,
    affirming int NOT NULL,
    denying int NOT NULL,
    appeared timestamptz,
    as_of bigint NOT NULL,
    algorithm text NOT NULL
);
COMMENT ON TABLE standings IS 'How each active claim stands: figures of its report, made from the rest of the database.';
COMMENT ON COLUMN standings.origins_min IS 'Independent origins that affirm it, at least.';
COMMENT ON COLUMN standings.origins_max IS 'The same at most.';
COMMENT ON COLUMN standings.origins_exact IS 'Whether the two are counted, and not bounded.';
COMMENT ON COLUMN standings.affirming IS 'Attributions that count for it.';
COMMENT ON COLUMN standings.denying IS 'Attributions that count against it.';
COMMENT ON COLUMN standings.appeared IS 'When the newest document was published in which an attribution counts.';
COMMENT ON COLUMN standings.width IS 'How far the two are apart.';
COMMENT ON COLUMN standings.as_of IS 'The number of the newest change when it was worked out: it takes all up to that into account.';
COMMENT ON COLUMN standings.algorithm IS 'The version of the rules that it was worked out by.';
CREATE INDEX standings_standing ON standings (standing, claim_id);
CREATE INDEX standings_width ON standings (width, claim_id);
CREATE INDEX standings_appeared ON standings ((coalesce(appeared, '-infinity')), claim_id);

CREATE TABLE standings_due (
    claim_id uuid PRIMARY KEY,
    since bigint NOT NULL,
    seq bigint NOT NULL,
    failures int NOT NULL DEFAULT 0,
    retry_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE standings_due IS 'Claims whose standing is to be worked out anew.';
COMMENT ON COLUMN standings_due.since IS 'The oldest change that may move it and was not worked in; 1 where all are worked out.';
COMMENT ON COLUMN standings_due.seq IS 'The newest change that may move it; 0 where all are worked out.';
COMMENT ON COLUMN standings_due.failures IS 'How often it could not be worked out since.';
COMMENT ON COLUMN standings_due.retry_at IS 'When it is tried again, once it has failed.';
CREATE INDEX standings_due_next ON standings_due (failures, seq);
CREATE INDEX standings_due_since ON standings_due (since);

CREATE TABLE standings_spread (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('all', 'claims', 'sources', 'tellers', 'publishers', 'documents')),
    things uuid[] NOT NULL,
    after uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    since bigint NOT NULL,
    seq bigint NOT NULL
);
COMMENT ON TABLE standings_spread IS 'Changed things, from which claims are still to be put into standings_due, some at a time.';
COMMENT ON COLUMN standings_spread.kind IS 'Which way leads from the things to claims.';
COMMENT ON COLUMN standings_spread.after IS 'Where the next page begins.';
COMMENT ON COLUMN standings_spread.since IS 'The oldest of the changes.';
COMMENT ON COLUMN standings_spread.seq IS 'The newest of the changes.';
CREATE INDEX standings_spread_next ON standings_spread (seq, id);
CREATE INDEX standings_spread_since ON standings_spread (since);

CREATE TABLE standings_position (
    seq bigint NOT NULL,
    algorithm text NOT NULL,
    one boolean PRIMARY KEY DEFAULT true CHECK (one)
);
COMMENT ON TABLE standings_position IS 'One row: how far the changes were followed; none before they first were.';
COMMENT ON COLUMN standings_position.algorithm IS 'The version of the rules by which standings are worked out.';
