DROP INDEX claims_places;
DROP INDEX claims_topics;
DROP FUNCTION entry_keys(text[]);
CREATE INDEX claims_topics ON claims USING gin (topics);
