DO $$
DECLARE
    reference record;
BEGIN
    FOR reference IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
        WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conrelid, conname LOOP
        EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I NOT DEFERRABLE', reference.of, reference.conname);
    END LOOP;
END
$$;
DROP INDEX attributions_undecided;
DROP TRIGGER attributions_disappear_on_delete ON attributions;
DROP FUNCTION attributions_disappear();
DROP TRIGGER documents_keep_text_of_delete ON documents;
DROP TRIGGER documents_keep_text_of_update ON documents;
DROP FUNCTION documents_keep_text();
DROP TABLE document_texts;
DROP INDEX log_checkpoints_at;
DROP INDEX changes_deleted_to;
DROP INDEX changes_deleted_from;
DROP INDEX changes_deleted_claim;
DROP INDEX changes_subject;
DROP INDEX changes_merged;
DROP INDEX changes_deleted;
ALTER TABLE changes DROP CONSTRAINT changes_operation_check, ADD CONSTRAINT changes_operation_check
    CHECK (operation IN ('create', 'update', 'merge', 'unmerge', 'retract', 'restore', 'accept', 'reject', 'reopen')) NOT VALID;
DROP INDEX changes_group;
CREATE INDEX changes_group ON changes (group_id) WHERE group_id <> '00000000-0000-0000-0000-000000000000';
DROP TABLE imports;
DROP TABLE undos;
