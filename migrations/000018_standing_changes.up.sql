-- What followers are told when a claim comes to stand otherwise: an entry whenever its standing or the interval of its origins changes.

CREATE TABLE standing_changes (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    at timestamptz NOT NULL DEFAULT now(),
    claim_id uuid NOT NULL,
    as_of bigint NOT NULL,
    algorithm text NOT NULL,
    standing_before text,
    min_before int,
    max_before int,
    exact_before boolean,
    standing_after text,
    min_after int,
    max_after int,
    exact_after boolean
);
COMMENT ON TABLE standing_changes IS 'When which claim came to stand otherwise, made from the rest of the database and kept for 30 days. '
    'The newest one stays, so that numbers go on.';
COMMENT ON COLUMN standing_changes.seq IS 'The order of these entries, without a gap: another one than that of changes.';
COMMENT ON COLUMN standing_changes.as_of IS 'The number of the newest change when it was worked out.';
COMMENT ON COLUMN standing_changes.algorithm IS 'The version of the rules that it was worked out by.';
COMMENT ON COLUMN standing_changes.standing_before IS 'Null, as the others before, for a claim that had no standing.';
COMMENT ON COLUMN standing_changes.standing_after IS 'Null, as the others after, for a claim that has none any more.';
COMMENT ON COLUMN standing_changes.min_before IS 'Independent origins that affirmed it, at least.';
COMMENT ON COLUMN standing_changes.max_before IS 'The same at most.';
COMMENT ON COLUMN standing_changes.exact_before IS 'Whether the two were counted, and not bounded.';
COMMENT ON COLUMN standing_changes.min_after IS 'Independent origins that affirm it, at least.';
COMMENT ON COLUMN standing_changes.max_after IS 'The same at most.';
COMMENT ON COLUMN standing_changes.exact_after IS 'Whether the two are counted, and not bounded.';
CREATE INDEX standing_changes_claim ON standing_changes (claim_id, seq);
