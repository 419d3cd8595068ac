CREATE OR REPLACE FUNCTION attributions_appear() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION attributions_appear() SET search_path = %I, pg_temp', current_schema());
END
$$;
