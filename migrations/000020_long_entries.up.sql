-- Topics and places are found by keys of one length: an index cannot hold the longest of them themselves.

CREATE FUNCTION entry_keys(entries text[]) RETURNS uuid[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT array_agg(md5(entry)::uuid) FROM unnest(entries) AS entry);
COMMENT ON FUNCTION entry_keys IS 'A key for each entry of a list, by which indexes find it; two entries can have the same, but hardly do.';
DROP INDEX claims_topics;
CREATE INDEX claims_topics ON claims USING gin (entry_keys(topics));
CREATE INDEX claims_places ON claims USING gin (entry_keys(places));
