DROP INDEX changes_versions;
INSERT INTO changes SELECT * FROM changes_doubled;
DROP TABLE changes_doubled;
