ALTER FUNCTION changes_are_kept() RESET search_path;
ALTER FUNCTION attributions_appear() RESET search_path;

CREATE OR REPLACE FUNCTION claim_voices(claim uuid) RETURNS SETOF uuid LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 2 AS $$
    WITH RECURSIVE voices AS (SELECT claim AS id UNION SELECT merged.id FROM voices JOIN claims AS merged ON merged.merged_into = voices.id)
    SELECT id FROM voices
$$;

CREATE OR REPLACE FUNCTION chain_appearances(sources uuid[], OUT source_id uuid, OUT place smallint) RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT source, 0::smallint FROM unnest(sources[1:1]) AS source
    UNION ALL SELECT source, 1::smallint FROM unnest(sources[2:cardinality(sources) - 1]) AS source
    UNION ALL SELECT sources[cardinality(sources)], 2::smallint
$$;
