DROP TABLE matches;
ALTER TABLE changes DROP CONSTRAINT changes_operation_check, ADD CONSTRAINT changes_operation_check
    CHECK (operation IN ('create', 'update', 'merge', 'unmerge', 'retract', 'restore', 'accept', 'reject')) NOT VALID;
ALTER TABLE changes DROP CONSTRAINT changes_resource_check, ADD CONSTRAINT changes_resource_check
    CHECK (resource IN ('source', 'relation', 'document', 'claim', 'attribution', 'link', 'review')) NOT VALID;
