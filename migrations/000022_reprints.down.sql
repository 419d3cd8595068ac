DROP TRIGGER document_unsketched_on_delete ON documents;
DROP TRIGGER document_sketched_on_update ON documents;
DROP TRIGGER documents_sketched_on_insert ON documents;
DROP FUNCTION document_sketched_anew();
DROP FUNCTION documents_sketched();
DROP TABLE document_bands;
ALTER TABLE documents DROP COLUMN sketch, DROP COLUMN terms;
