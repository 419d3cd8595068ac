-- Who or what entered a source, a document or a claim, where that was not a person.

ALTER TABLE sources ADD COLUMN method jsonb;
COMMENT ON COLUMN sources.method IS 'Object {kind, name?, version?}: who or what entered it.';
ALTER TABLE documents ADD COLUMN method jsonb;
COMMENT ON COLUMN documents.method IS 'Object {kind, name?, version?}: who or what entered it.';
ALTER TABLE claims ADD COLUMN method jsonb;
COMMENT ON COLUMN claims.method IS 'Object {kind, name?, version?}: who or what entered it.';
