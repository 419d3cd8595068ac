-- What a group of changes did can be undone, whatever it was: created things go, and keep their history.

CREATE TABLE undos (
    group_id uuid PRIMARY KEY,
    undoes uuid NOT NULL,
    original uuid NOT NULL,
    n int NOT NULL CHECK (n > 0),
    CONSTRAINT undos_in_order UNIQUE (original, n)
);
COMMENT ON TABLE undos IS 'Groups of changes that undo others. An undo of an undo does again what the original did.';
COMMENT ON COLUMN undos.group_id IS 'The group of the changes that undo.';
COMMENT ON COLUMN undos.undoes IS 'The group whose changes it undid.';
COMMENT ON COLUMN undos.original IS 'The group that is no undo, with which it began.';
COMMENT ON COLUMN undos.n IS 'Which undo it is, of the original and of its undos together: after an odd one the original is undone.';

CREATE TABLE imports (
    group_id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    reason text NOT NULL DEFAULT '',
    counts jsonb NOT NULL
);
COMMENT ON TABLE imports IS 'Imports that changed something, to list them and to undo them.';
COMMENT ON COLUMN imports.group_id IS 'The group of the changes that it made.';
COMMENT ON COLUMN imports.counts IS 'Object: resource to {added, changed, unchanged}.';
CREATE INDEX imports_at ON imports (at, group_id);

-- The things of a group are read by it, some at a time.
DROP INDEX changes_group;
CREATE INDEX changes_group ON changes (group_id, resource, resource_id) WHERE group_id <> '00000000-0000-0000-0000-000000000000';

ALTER TABLE changes DROP CONSTRAINT changes_operation_check, ADD CONSTRAINT changes_operation_check
    CHECK (operation IN ('create', 'update', 'merge', 'unmerge', 'retract', 'restore', 'accept', 'reject', 'reopen', 'delete'))
    NOT VALID;
-- A thing that comes back goes on with the versions that it had.
CREATE INDEX changes_deleted ON changes (resource_id, resource, to_version) WHERE operation = 'delete';

-- What referred to what, for those who ask what was recorded by a moment: of what can change, and of what is gone.
CREATE INDEX changes_merged ON changes ((state ->> 'merged_into')) WHERE state ->> 'merged_into' IS NOT NULL;
CREATE INDEX changes_subject ON changes ((state ->> 'subject')) WHERE resource = 'relation';
CREATE INDEX changes_deleted_claim ON changes ((state ->> 'claim')) WHERE operation = 'delete' AND resource = 'attribution';
CREATE INDEX changes_deleted_from ON changes ((state ->> 'from')) WHERE operation = 'delete' AND resource = 'link';
CREATE INDEX changes_deleted_to ON changes ((state ->> 'to')) WHERE operation = 'delete' AND resource = 'link';
CREATE INDEX log_checkpoints_at ON log_checkpoints (at, size);

-- Texts that documents had: a correction, or an undo, takes none away.
CREATE TABLE document_texts (
    sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    text text NOT NULL
);
COMMENT ON TABLE document_texts IS 'Texts that documents had before they got others, or were deleted. States name them as stored_sha256.';
COMMENT ON COLUMN document_texts.sha256 IS 'Hex SHA-256 of the text.';
CREATE FUNCTION documents_keep_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO document_texts (sha256, text) VALUES (text_digest(OLD.text), OLD.text) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION documents_keep_text IS 'Keeps the text that a document had.';
CREATE TRIGGER documents_keep_text_of_update AFTER UPDATE OF text ON documents FOR EACH ROW
    WHEN (OLD.text <> '' AND OLD.text <> NEW.text) EXECUTE FUNCTION documents_keep_text();
CREATE TRIGGER documents_keep_text_of_delete AFTER DELETE ON documents FOR EACH ROW
    WHEN (OLD.text <> '') EXECUTE FUNCTION documents_keep_text();

-- Appearances follow attributions that go, too.
CREATE FUNCTION attributions_disappear() RETURNS trigger LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION attributions_disappear IS 'Keeps appearances equal to the accepted attributions when some are deleted.';
CREATE TRIGGER attributions_disappear_on_delete AFTER DELETE ON attributions
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION attributions_disappear();
-- Which attributions name a source that is to be deleted: appearances say it of those that are accepted.
CREATE INDEX attributions_undecided ON attributions USING gin (source_ids) WHERE status <> 'accepted';

-- An undo deletes and creates in any order, and what refers to what is looked at in the end.
DO $$
DECLARE
    reference record;
BEGIN
    EXECUTE format('ALTER FUNCTION documents_keep_text() SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION attributions_disappear() SET search_path = %I, pg_temp', current_schema());
    FOR reference IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
        WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conrelid, conname LOOP
        EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY IMMEDIATE', reference.of, reference.conname);
    END LOOP;
END
$$;
