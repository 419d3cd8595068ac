-- Numbers of changes that go on where a dump is restored, into a cluster that counts its transactions from another number.

CREATE TABLE numbering (
    ahead bigint NOT NULL CHECK (ahead >= 0),
    one boolean PRIMARY KEY DEFAULT true CHECK (one)
);
COMMENT ON TABLE numbering IS 'One row: how the history counts.';
COMMENT ON COLUMN numbering.ahead IS 'How much higher the history counts than the cluster that it is in now.';
INSERT INTO numbering VALUES (0);

CREATE FUNCTION change_number(xact xid8) RETURNS xid8 LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (SELECT (xact::text::bigint + ahead)::text::xid8 FROM numbering);
COMMENT ON FUNCTION change_number IS 'The number that the history gives a transaction of this cluster.';

ALTER TABLE changes ALTER xid SET DEFAULT change_number(pg_current_xact_id());
COMMENT ON COLUMN changes.xid IS 'change_number of the transaction that made the change. Readers stay below that of pg_snapshot_xmin, so that none misses what commits late.';
