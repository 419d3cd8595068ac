-- Forms that Citus takes as well, where all tables of a desk lie on one of its nodes.
--
-- A body that is bound to a table keeps those tables from being distributed whose defaults call the function. So these are texts, which
-- are read under the path that the function sets. None was put in the place of its call before, as each holds a query.

CREATE OR REPLACE FUNCTION change_number(xact xid8) RETURNS xid8 LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT (xact::text::bigint + ahead)::text::xid8 FROM numbering
$$;

CREATE OR REPLACE FUNCTION claim_speaks_as(claim uuid) RETURNS uuid LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    WITH RECURSIVE up AS (
        SELECT id, merged_into, status FROM claims WHERE id = claim
        UNION SELECT above.id, above.merged_into, above.status FROM up JOIN claims AS above ON above.id = up.merged_into)
    SELECT id FROM up WHERE status = 'active'
$$;

CREATE OR REPLACE FUNCTION claim_voices(claim uuid) RETURNS SETOF uuid LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 2 AS $$
    WITH RECURSIVE voices AS (SELECT claim AS id UNION SELECT merged.id FROM voices JOIN claims AS merged ON merged.merged_into = voices.id)
    SELECT id FROM voices
$$;

-- What a statement changed is put into arrays first, some rows at a time: Citus refuses to join it with a table. Claims are locked in the
-- order of their ids, as ever, before anything is looked up.

CREATE OR REPLACE FUNCTION attributions_appear() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chunk record;
BEGIN
    FOR chunk IN SELECT array_agg(claim_id) AS claims
        FROM (SELECT claim_id, row_number() OVER (ORDER BY claim_id) / 5000 AS part FROM after GROUP BY claim_id) AS parts
        GROUP BY part ORDER BY part LOOP
        PERFORM FROM claims WHERE id = ANY (chunk.claims) AND xmin <> pg_current_xact_id()::xid ORDER BY id FOR NO KEY UPDATE;
    END LOOP;
    FOR chunk IN SELECT array_agg(source_id) AS sources, array_agg(place) AS places, array_agg(claim_id) AS claims
        FROM (SELECT *, row_number() OVER (ORDER BY source_id, place, claim_id) / 5000 AS part
              FROM (SELECT DISTINCT appearance.source_id, appearance.place, later.claim_id
                    FROM after AS later, chain_appearances(later.source_ids) AS appearance
                    WHERE later.status = 'accepted') AS said) AS parts
        GROUP BY part ORDER BY part LOOP
        INSERT INTO appearances (source_id, place, claim_id)
        SELECT source_id, place, claim_id FROM unnest(chunk.sources, chunk.places, chunk.claims) AS said (source_id, place, claim_id)
        ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION attributions_disappear() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chunk record;
BEGIN
    FOR chunk IN SELECT array_agg(claim_id) AS claims
        FROM (SELECT claim_id, row_number() OVER (ORDER BY claim_id) / 5000 AS part FROM before GROUP BY claim_id) AS parts
        WHERE TG_OP = 'DELETE' GROUP BY part ORDER BY part LOOP -- an update has them locked already
        PERFORM FROM claims WHERE id = ANY (chunk.claims) AND xmin <> pg_current_xact_id()::xid ORDER BY id FOR NO KEY UPDATE;
    END LOOP;
    FOR chunk IN SELECT array_agg(source_id) AS sources, array_agg(place) AS places, array_agg(claim_id) AS claims
        FROM (SELECT *, row_number() OVER (ORDER BY source_id, place, claim_id) / 5000 AS part
              FROM (SELECT DISTINCT appearance.source_id, appearance.place, was.claim_id
                    FROM before AS was, chain_appearances(was.source_ids) AS appearance
                    WHERE was.status = 'accepted') AS said) AS parts
        GROUP BY part ORDER BY part LOOP
        DELETE FROM appearances AS gone
        USING unnest(chunk.sources, chunk.places, chunk.claims) AS earlier (source_id, place, claim_id)
        WHERE (gone.source_id, gone.place, gone.claim_id) = (earlier.source_id, earlier.place, earlier.claim_id)
          AND NOT EXISTS (SELECT FROM attributions AS other, chain_appearances(other.source_ids) AS appearance
                          WHERE other.claim_id = earlier.claim_id AND other.status = 'accepted'
                            AND earlier.source_id = ANY (other.source_ids)
                            AND (appearance.source_id, appearance.place) = (earlier.source_id, earlier.place));
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION attributions_appear IS 'Adds to appearances what accepted attributions say that are new or changed.';
COMMENT ON FUNCTION attributions_disappear IS 'Takes from appearances what no accepted attribution says any more.';
DROP TRIGGER attributions_appear_on_update ON attributions;
CREATE TRIGGER attributions_appear_on_update AFTER UPDATE ON attributions
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION attributions_appear();
CREATE TRIGGER attributions_disappear_on_update AFTER UPDATE ON attributions
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION attributions_disappear();

CREATE OR REPLACE FUNCTION documents_sketched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chunk record;
BEGIN
    FOR chunk IN SELECT array_agg(band) AS bands, array_agg(id) AS documents
        FROM (SELECT *, row_number() OVER (ORDER BY band, id) / 5000 AS part
              FROM (SELECT DISTINCT band, later.id FROM after AS later, unnest(later.sketch) AS band) AS sketched) AS parts
        GROUP BY part ORDER BY part LOOP
        INSERT INTO document_bands (band, document_id)
        SELECT band, document_id FROM unnest(chunk.bands, chunk.documents) AS sketched (band, document_id);
    END LOOP;
    RETURN NULL;
END
$$;

DO $$
DECLARE
    of text;
BEGIN
    FOREACH of IN ARRAY ARRAY['change_number(xid8)', 'claim_speaks_as(uuid)', 'claim_voices(uuid)', 'attributions_appear()',
        'attributions_disappear()', 'documents_sketched()'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', of, current_schema());
    END LOOP;
END
$$;

-- An INSERT that selects must not leave the time to a default: Citus adds to it what nobody can read. This one is read of what has failed.
ALTER TABLE standings_due ALTER retry_at SET DEFAULT '-infinity';
