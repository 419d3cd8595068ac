-- Documents are found by the words of their texts, and by the passages that others have too.

ALTER TABLE documents ADD COLUMN terms tsvector NOT NULL DEFAULT '', ADD COLUMN sketch bigint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN documents.terms IS 'Folded and stemmed words of the title and the text, to search by; of a very long text the first.';
COMMENT ON COLUMN documents.sketch IS 'Numbers of which a text that shares many passages has one too; none where the text is short.';
CREATE INDEX documents_terms ON documents USING gin (terms);

CREATE TABLE document_bands (
    band bigint NOT NULL,
    document_id uuid NOT NULL
);
COMMENT ON TABLE document_bands IS 'Which documents have a number in their sketch, derived from these by triggers.';
-- Not unique: a dump of the data alone brings the rows that the triggers made of its documents once more.
CREATE INDEX document_bands_band ON document_bands (band, document_id);

CREATE FUNCTION documents_sketched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO document_bands (band, document_id)
    SELECT DISTINCT band, later.id FROM after AS later, unnest(later.sketch) AS band ORDER BY 1, 2;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION documents_sketched IS 'Keeps document_bands equal to the sketches of new documents.';
CREATE TRIGGER documents_sketched_on_insert AFTER INSERT ON documents
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION documents_sketched();

CREATE FUNCTION document_sketched_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM document_bands WHERE document_id = OLD.id AND band = ANY (OLD.sketch);
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO document_bands (band, document_id) SELECT DISTINCT band, NEW.id FROM unnest(NEW.sketch) AS band;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION document_sketched_anew IS 'Keeps document_bands equal to the sketches of documents that change or are deleted.';
CREATE TRIGGER document_sketched_on_update AFTER UPDATE ON documents
    FOR EACH ROW WHEN (OLD.sketch IS DISTINCT FROM NEW.sketch) EXECUTE FUNCTION document_sketched_anew();
CREATE TRIGGER document_unsketched_on_delete AFTER DELETE ON documents
    FOR EACH ROW EXECUTE FUNCTION document_sketched_anew();

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION documents_sketched() SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION document_sketched_anew() SET search_path = %I, pg_temp', current_schema());
END
$$;
