-- Others who cosign the log's checkpoints.

CREATE TABLE log_witnesses (
    verifier     text PRIMARY KEY,
    since        timestamptz NOT NULL DEFAULT now(),
    size         bigint NOT NULL DEFAULT 0,
    cosigned_at  timestamptz,
    failures     int NOT NULL DEFAULT 0,
    last_failure text NOT NULL DEFAULT '',
    next_at      timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE log_witnesses IS 'The public keys of the witnesses that checkpoints are, or were, sent to, and how far each has come. '
    'What they sign stands below the notes of log_checkpoints.';
COMMENT ON COLUMN log_witnesses.size IS 'Of the last checkpoint that it has cosigned; 0 if none.';
COMMENT ON COLUMN log_witnesses.next_at IS 'When it is asked next, or until when somebody asks it.';
