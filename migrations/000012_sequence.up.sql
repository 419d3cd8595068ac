-- One order of all changes, which a signed log seals.
--
-- A change is listed once it has a number in sequenced. Who writes a change puts it into unsequenced in the same transaction; the
-- sequencer gives it the next number once it can be seen. The states of things stay in changes: to move them would write the
-- largest table of all anew, and each change would take two rows.

-- in what the migration reads nothing may be missing
LOCK TABLE changes IN SHARE ROW EXCLUSIVE MODE;

ALTER TABLE changes ADD COLUMN actor_id uuid, ADD COLUMN group_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';
COMMENT ON COLUMN changes.actor_id IS 'The key of the actor; null where it has none, and where the change is older than this column.';
COMMENT ON COLUMN changes.group_id IS 'The request, import or command that made the change, with all others that it made; the nil '
    'UUID where the change is older than this column.';
CREATE INDEX changes_group ON changes (group_id) WHERE group_id <> '00000000-0000-0000-0000-000000000000';
DROP INDEX changes_resource;

CREATE TABLE unsequenced (
    xid xid8 NOT NULL,
    place smallint NOT NULL,
    change uuid NOT NULL,
    PRIMARY KEY (xid, place, change)
);
COMMENT ON TABLE unsequenced IS 'Changes that have no number in sequenced yet.';
COMMENT ON COLUMN unsequenced.xid IS 'As in changes.';
COMMENT ON COLUMN unsequenced.place IS 'Of the change''s resource among all, in which a thing comes after what it refers to.';

-- What names no group was written by a program of the version before, which knows no unsequenced, or comes from a dump of the data alone.
CREATE FUNCTION changes_wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unsequenced (xid, place, change) SELECT NEW.xid, array_position(ARRAY['source', 'relation', 'document', 'claim',
        'attribution', 'link', 'review', 'match'], NEW.resource), NEW.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION changes_wait() SET search_path = %I, pg_temp', current_schema());
END
$$;
CREATE TRIGGER changes_wait AFTER INSERT ON changes FOR EACH ROW
    WHEN (NEW.group_id = '00000000-0000-0000-0000-000000000000') EXECUTE FUNCTION changes_wait();

CREATE TABLE sequenced (
    seq bigint NOT NULL,
    xid xid8 NOT NULL,
    change uuid NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE sequenced IS 'The order of all changes, from 1 on without a gap.';
COMMENT ON COLUMN sequenced.xid IS 'As in changes, with change the way to find it.';
COMMENT ON COLUMN sequenced.at IS 'When the change got its number.';

-- A transaction can change what another changed before it that has a higher number. So a change is placed by the highest number of
-- all changes of its thing up to it, which puts version n before n+1.
INSERT INTO sequenced (seq, xid, change, at)
SELECT row_number() OVER (ORDER BY latest, place, resource_id, to_version), xid, id, now()
FROM (
    SELECT xid, id, resource_id, to_version,
        max(xid) OVER (PARTITION BY resource_id, resource ORDER BY to_version) AS latest,
        array_position(ARRAY['source', 'relation', 'document', 'claim', 'attribution', 'link', 'review', 'match'], resource) AS place
    FROM changes
) AS placed
ORDER BY 1;
ALTER TABLE sequenced ADD PRIMARY KEY (seq), ADD CONSTRAINT sequenced_once UNIQUE (change), ADD CHECK (seq > 0);

CREATE TABLE log_entries (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    entry bytea NOT NULL
);
COMMENT ON TABLE log_entries IS 'What the log says of each change: the leaves of its tree, of which leaf n is change n+1.';
COMMENT ON COLUMN log_entries.entry IS 'A version byte and three salted SHA-256 commitments: to the header, the state and the '
    'author of the change.';

CREATE TABLE log_salts (
    seq bigint PRIMARY KEY,
    header bytea,
    state bytea,
    author bytea
);
COMMENT ON TABLE log_salts IS 'The salts of the commitments. Without its salt, nobody can tell what a commitment is to.';
COMMENT ON COLUMN log_salts.header IS 'Salt of what was done to which thing, and when.';
COMMENT ON COLUMN log_salts.state IS 'Salt of the thing after the change.';
COMMENT ON COLUMN log_salts.author IS 'Salt of who made the change, and why.';

CREATE TABLE log_tiles (
    level smallint NOT NULL,
    n bigint NOT NULL,
    hashes bytea NOT NULL,
    PRIMARY KEY (level, n)
);
COMMENT ON TABLE log_tiles IS 'The log''s tree (RFC 6962) in tiles of 256 hashes, as C2SP tlog-tiles has them; the last of a '
    'level may have fewer.';
COMMENT ON COLUMN log_tiles.hashes IS 'The hashes one after another, 32 bytes each.';

CREATE TABLE log_checkpoints (
    size bigint PRIMARY KEY CHECK (size > 0),
    at timestamptz NOT NULL,
    note text NOT NULL
);
COMMENT ON TABLE log_checkpoints IS 'Signed notes (C2SP tlog-checkpoint): how many entries the log had, and the root of their tree.';

CREATE TABLE log_keys (
    verifier text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE log_keys IS 'The public keys that checkpoints were signed with, the newest in use. The private key is in a file '
    'of the service.';
