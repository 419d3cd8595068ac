-- Making, rotating and revoking a key is a change like others. States have what a key may do and no part of its token.

-- in what the migration reads nothing may be missing
LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE;
SET LOCAL timezone = 'UTC';

ALTER TABLE changes DROP CONSTRAINT changes_operation_check, ADD CONSTRAINT changes_operation_check
    CHECK (operation IN ('create', 'update', 'merge', 'unmerge', 'retract', 'restore', 'accept', 'reject', 'reopen', 'delete', 'rotate',
        'revoke')) NOT VALID;
ALTER TABLE changes DROP CONSTRAINT changes_resource_check, ADD CONSTRAINT changes_resource_check
    CHECK (resource IN ('source', 'relation', 'document', 'claim', 'attribution', 'link', 'review', 'match', 'key')) NOT VALID;

CREATE OR REPLACE FUNCTION changes_wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unsequenced (xid, place, change) SELECT NEW.xid, array_position(ARRAY['source', 'relation', 'document', 'claim',
        'attribution', 'link', 'review', 'match', 'key'], NEW.resource), NEW.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION changes_wait() SET search_path = %I, pg_temp', current_schema());
END
$$;

ALTER TABLE api_keys ADD COLUMN version int NOT NULL DEFAULT 0 CHECK (version >= 0);
COMMENT ON COLUMN api_keys.version IS 'That of its last change: 1 once it is made, one more when it is rotated or revoked; 0 where '
    'it was made without one, by a service of the version before.';

-- Keys from before begin their history as they are; those that have one, from before this was taken back, go on with it.
UPDATE api_keys SET version = last.version FROM (
    SELECT resource_id, max(to_version) AS version FROM changes WHERE resource = 'key' GROUP BY resource_id) AS last
WHERE resource_id = id;
WITH present AS (
    SELECT id, version, created_by, jsonb_strip_nulls(jsonb_build_object('id', id, 'name', name, 'scopes', scopes, 'created_at',
        created_at, 'created_by', created_by, 'expires_at', expires_at, 'revoked_at', revoked_at)) AS state FROM api_keys
), behind AS (
    SELECT present.*, CASE WHEN last.state IS NULL THEN 0 ELSE present.version END AS before
    FROM present LEFT JOIN changes AS last ON last.resource = 'key' AND last.resource_id = present.id AND last.to_version = present.version
    WHERE last.state IS NULL OR last.state - 'version' <> present.state
), counted AS (
    UPDATE api_keys SET version = before + 1 FROM behind WHERE api_keys.id = behind.id
)
INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, reason, state)
SELECT created_by, CASE before WHEN 0 THEN 'create' ELSE 'update' END, 'key', id, before, before + 1,
    'As it was when keys got a history.', state || jsonb_build_object('version', before + 1)
FROM behind ORDER BY id;
