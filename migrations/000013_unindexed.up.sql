-- A dump of the data alone, of a release that knew sources otherwise, brings sources that no import finds. They are noticed by this
-- index, whatever the table indexing says.
CREATE INDEX sources_unindexed ON sources (id) WHERE identities = '{}';

COMMENT ON COLUMN kept_answers.actor IS 'Who may have the answer: the holder of the key and what else the answer depends on, or the address.';
COMMENT ON COLUMN kept_answers.key IS 'The Idempotency-Key; each holder has its own.';
