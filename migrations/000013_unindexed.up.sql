-- A dump of the data alone, of a release that knew sources otherwise, brings sources that no import finds. They are noticed by this
-- index, whatever the table indexing says.
CREATE INDEX sources_unindexed ON sources (id) WHERE identities = '{}';

-- What an import wrote last is looked up by the next: a list of entries that wait for a vacuum is read whole at each look.
ALTER INDEX sources_identities SET (fastupdate = off);
SELECT gin_clean_pending_list('sources_identities');

COMMENT ON COLUMN kept_answers.actor IS 'The holder of the answer: who sent the request, by key or address.';
COMMENT ON COLUMN kept_answers.key IS 'The Idempotency-Key; each holder has its own.';

-- What imports took the sources of records for, so that they do so again whatever has been stored meanwhile.
CREATE TABLE taken_for (
    made uuid PRIMARY KEY,
    source uuid NOT NULL REFERENCES sources,
    basis text NOT NULL
);
COMMENT ON TABLE taken_for IS 'Sources of records that imports took for others, so that a file that comes again says the same.';
COMMENT ON COLUMN taken_for.made IS 'The id that the record alone makes of its source.';
COMMENT ON COLUMN taken_for.source IS 'The source that it was taken for.';
COMMENT ON COLUMN taken_for.basis IS 'What the two are one by: external_id, account, domain or name.';
CREATE INDEX taken_for_source ON taken_for (source);
