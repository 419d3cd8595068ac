-- Two transactions that change attributions of one claim did not see one another: each could leave what the other made void. Who
-- changes attributions now locks their claims first, in the order of their ids, and looks then. A claim that the transaction itself
-- made or locked needs no other lock.

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
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION attributions_appear() SET search_path = %I, pg_temp', current_schema());
END
$$;

-- What was left by the old ones.
CREATE TEMP TABLE right_appearances ON COMMIT DROP AS
    SELECT DISTINCT appearance.source_id, appearance.place, a.claim_id
    FROM attributions AS a, chain_appearances(a.source_ids) AS appearance WHERE a.status = 'accepted';
DELETE FROM appearances AS there WHERE NOT EXISTS (SELECT FROM right_appearances AS of
    WHERE (of.source_id, of.place, of.claim_id) = (there.source_id, there.place, there.claim_id));
INSERT INTO appearances (source_id, place, claim_id) SELECT source_id, place, claim_id FROM right_appearances ON CONFLICT DO NOTHING;
