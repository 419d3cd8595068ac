ALTER TABLE claims DROP COLUMN method;
ALTER TABLE documents DROP COLUMN method;
ALTER TABLE sources DROP COLUMN method;
