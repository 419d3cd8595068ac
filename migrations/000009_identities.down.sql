DROP TABLE indexing;
ALTER TABLE sources DROP COLUMN identities;
