ALTER TABLE reviews DROP COLUMN language;
