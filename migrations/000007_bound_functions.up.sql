-- Functions that need no search_path of their caller's: pg_dump and pg_restore empty it, and what a trigger looked up was not found.
--
-- A body that begins with RETURN or BEGIN ATOMIC is bound when it is made. PL/pgSQL has no such body, so that its functions set
-- the path to the schema that they are in.

CREATE OR REPLACE FUNCTION chain_appearances(sources uuid[], OUT source_id uuid, OUT place smallint) RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE BEGIN ATOMIC
    SELECT source, 0::smallint FROM unnest(sources[1:1]) AS source
    UNION ALL SELECT source, 1::smallint FROM unnest(sources[2:cardinality(sources) - 1]) AS source
    UNION ALL SELECT sources[cardinality(sources)], 2::smallint;
END;

CREATE OR REPLACE FUNCTION claim_voices(claim uuid) RETURNS SETOF uuid LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 2 BEGIN ATOMIC
    WITH RECURSIVE voices AS (SELECT claim AS id UNION SELECT merged.id FROM voices JOIN claims AS merged ON merged.merged_into = voices.id)
    SELECT id FROM voices;
END;

DO $$
DECLARE
    of text;
BEGIN
    FOREACH of IN ARRAY ARRAY['attributions_appear', 'changes_are_kept'] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', of, current_schema());
    END LOOP;
END
$$;
