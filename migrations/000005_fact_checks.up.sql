-- What searches for reviewed claims need: the reviewers' wordings by word and by spelling, whole texts, and sites.

CREATE FUNCTION text_sums(folded text) RETURNS uuid[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT array_agg(md5(line)::uuid) FROM string_to_table(folded, E'\n') AS line);
COMMENT ON FUNCTION text_sums IS 'The MD5 of each line of a folded column, by which a whole text is found.';

CREATE FUNCTION sites_of(domains text[], url text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT array_agg(DISTINCT array_to_string(labels[first:], '.'))
    FROM unnest(domains || lower(substring(url FROM '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)'))) AS host,
        string_to_array(host, '.') AS labels, generate_series(1, greatest(cardinality(labels) - 1, 1)) AS first
    WHERE host <> '');
COMMENT ON FUNCTION sites_of IS 'The host names of domains and an address, and all that they are below but the last label: a.b.org, b.org.';

CREATE FUNCTION claim_speaks_as(claim uuid) RETURNS uuid LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (WITH RECURSIVE up AS (
        SELECT id, merged_into, status FROM claims WHERE id = claim
        UNION SELECT above.id, above.merged_into, above.status FROM up JOIN claims AS above ON above.id = up.merged_into)
    SELECT id FROM up WHERE status = 'active');
COMMENT ON FUNCTION claim_speaks_as IS 'The active claim that a claim is, or is merged into; null where that is retracted.';

CREATE FUNCTION claim_voices(claim uuid) RETURNS SETOF uuid LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 2 AS $$
    WITH RECURSIVE voices AS (SELECT claim AS id UNION SELECT merged.id FROM voices JOIN claims AS merged ON merged.merged_into = voices.id)
    SELECT id FROM voices
$$;
COMMENT ON FUNCTION claim_voices IS 'A claim and those that are merged into it.';

ALTER TABLE reviews ADD COLUMN folded text NOT NULL DEFAULT '', ADD COLUMN terms tsvector NOT NULL DEFAULT '';
COMMENT ON COLUMN reviews.folded IS 'claim_reviewed, folded for search by likeness; empty where there is none.';
COMMENT ON COLUMN reviews.terms IS 'claim_reviewed, folded and stemmed for search by word.';

CREATE INDEX claims_sums ON claims USING gin (text_sums(folded));
CREATE INDEX reviews_sums ON reviews USING gin (text_sums(folded)) WHERE folded <> '';
CREATE INDEX reviews_terms ON reviews USING gin (terms) WHERE folded <> '';
CREATE INDEX reviews_folded ON reviews USING gin (folded gin_trgm_ops) WHERE folded <> '';
CREATE INDEX reviews_sites ON reviews USING gin (sites_of(NULL, url)) WHERE url <> '';
CREATE INDEX reviews_newest ON reviews (coalesce(moment_first(published), '-infinity'), id) WHERE status = 'active';
CREATE INDEX sources_sites ON sources USING gin (sites_of(domains, url)) WHERE domains IS NOT NULL OR url <> '';
