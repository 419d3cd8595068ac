DO $$
BEGIN
    IF (SELECT ahead FROM numbering) > 0 THEN
        RAISE EXCEPTION 'the history counts on from a dump that was restored here; what an older program changed would go before it';
    END IF;
END
$$;
ALTER TABLE changes ALTER xid SET DEFAULT pg_current_xact_id();
DROP FUNCTION change_number;
DROP TABLE numbering;
COMMENT ON COLUMN changes.xid IS 'The transaction that made the change. Readers stay below pg_snapshot_xmin, so that none misses what commits late.';
