DROP TABLE log_keys;
DROP TABLE log_checkpoints;
DROP TABLE log_tiles;
DROP TABLE log_salts;
DROP TABLE log_entries;
DROP TABLE sequenced;
DROP TABLE unsequenced;
CREATE INDEX changes_resource ON changes (resource_id, xid, id);
ALTER TABLE changes DROP COLUMN group_id, DROP COLUMN actor_id;
