ALTER TABLE reviews DROP COLUMN claim_reviewed;
