DROP TRIGGER source_unknown_on_delete ON sources;
DROP TRIGGER source_known_on_update ON sources;
DROP FUNCTION source_known_anew;
DROP TABLE source_traits;
CREATE INDEX sources_identities ON sources USING gin (identities) WITH (fastupdate = off);
UPDATE indexing SET version = 3 WHERE version = 4;
