ALTER TABLE standings_due ALTER retry_at SET DEFAULT now();

DROP TRIGGER attributions_disappear_on_update ON attributions;
DROP TRIGGER attributions_appear_on_update ON attributions;
CREATE TRIGGER attributions_appear_on_update AFTER UPDATE ON attributions
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION attributions_appear();

CREATE OR REPLACE FUNCTION attributions_appear() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM claims WHERE id IN (SELECT claim_id FROM after) AND xmin <> pg_current_xact_id()::xid ORDER BY id FOR NO KEY UPDATE;
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM appearances AS gone
        USING (SELECT DISTINCT appearance.source_id, appearance.place, was.claim_id
               FROM before AS was, chain_appearances(was.source_ids) AS appearance WHERE was.status = 'accepted') AS earlier
        WHERE (gone.source_id, gone.place, gone.claim_id) = (earlier.source_id, earlier.place, earlier.claim_id)
          AND NOT EXISTS (SELECT FROM attributions AS other, chain_appearances(other.source_ids) AS appearance
                          WHERE other.claim_id = earlier.claim_id AND other.status = 'accepted'
                            AND earlier.source_id = ANY (other.source_ids)
                            AND (appearance.source_id, appearance.place) = (earlier.source_id, earlier.place));
    END IF;
    INSERT INTO appearances (source_id, place, claim_id)
    SELECT DISTINCT appearance.source_id, appearance.place, later.claim_id
    FROM after AS later, chain_appearances(later.source_ids) AS appearance WHERE later.status = 'accepted'
    ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION attributions_disappear() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM claims WHERE id IN (SELECT claim_id FROM before) AND xmin <> pg_current_xact_id()::xid ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM appearances AS gone
    USING (SELECT DISTINCT appearance.source_id, appearance.place, was.claim_id
           FROM before AS was, chain_appearances(was.source_ids) AS appearance WHERE was.status = 'accepted') AS earlier
    WHERE (gone.source_id, gone.place, gone.claim_id) = (earlier.source_id, earlier.place, earlier.claim_id)
      AND NOT EXISTS (SELECT FROM attributions AS other, chain_appearances(other.source_ids) AS appearance
                      WHERE other.claim_id = earlier.claim_id AND other.status = 'accepted' AND earlier.source_id = ANY (other.source_ids)
                        AND (appearance.source_id, appearance.place) = (earlier.source_id, earlier.place));
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION documents_sketched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO document_bands (band, document_id)
    SELECT DISTINCT band, later.id FROM after AS later, unnest(later.sketch) AS band ORDER BY 1, 2;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION attributions_appear IS 'Keeps appearances equal to the accepted attributions.';
COMMENT ON FUNCTION attributions_disappear IS 'Keeps appearances equal to the accepted attributions when some are deleted.';

DO $$
DECLARE
    of text;
BEGIN
    FOREACH of IN ARRAY ARRAY['attributions_appear', 'attributions_disappear', 'documents_sketched'] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', of, current_schema());
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION claim_voices(claim uuid) RETURNS SETOF uuid LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 2 BEGIN ATOMIC
    WITH RECURSIVE voices AS (SELECT claim AS id UNION SELECT merged.id FROM voices JOIN claims AS merged ON merged.merged_into = voices.id)
    SELECT id FROM voices;
END;

CREATE OR REPLACE FUNCTION claim_speaks_as(claim uuid) RETURNS uuid LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (WITH RECURSIVE up AS (
        SELECT id, merged_into, status FROM claims WHERE id = claim
        UNION SELECT above.id, above.merged_into, above.status FROM up JOIN claims AS above ON above.id = up.merged_into)
    SELECT id FROM up WHERE status = 'active');

CREATE OR REPLACE FUNCTION change_number(xact xid8) RETURNS xid8 LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (SELECT (xact::text::bigint + ahead)::text::xid8 FROM numbering);
