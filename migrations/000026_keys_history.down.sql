ALTER TABLE api_keys DROP COLUMN version;
CREATE OR REPLACE FUNCTION changes_wait() RETURNS trigger LANGUAGE plpgsql AS $$
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
ALTER TABLE changes DROP CONSTRAINT changes_resource_check, ADD CONSTRAINT changes_resource_check
    CHECK (resource IN ('source', 'relation', 'document', 'claim', 'attribution', 'link', 'review', 'match')) NOT VALID;
ALTER TABLE changes DROP CONSTRAINT changes_operation_check, ADD CONSTRAINT changes_operation_check
    CHECK (operation IN ('create', 'update', 'merge', 'unmerge', 'retract', 'restore', 'accept', 'reject', 'reopen', 'delete'))
    NOT VALID;
