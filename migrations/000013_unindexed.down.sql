DROP TABLE taken_for;
COMMENT ON COLUMN kept_answers.key IS 'The Idempotency-Key; each actor has its own.';
COMMENT ON COLUMN kept_answers.actor IS NULL;
DROP INDEX sources_unindexed;
ALTER INDEX sources_identities RESET (fastupdate);
