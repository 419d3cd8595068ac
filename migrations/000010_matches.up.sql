-- Matches: two sources that may be one, two documents that may be one, a document that may reprint another. What is rejected is
-- respected by every import and merge.

CREATE TABLE matches (
    id uuid PRIMARY KEY,
    key text NOT NULL DEFAULT '',
    namespace text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    resource text NOT NULL CHECK (resource IN ('source', 'document')),
    a uuid NOT NULL,
    b uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('same_source', 'same_document', 'reprint')),
    score double precision CHECK (score BETWEEN 0 AND 1),
    basis text NOT NULL DEFAULT '',
    rationale text NOT NULL DEFAULT '',
    method jsonb,
    status text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'accepted', 'rejected')),
    source_a uuid GENERATED ALWAYS AS (CASE WHEN resource = 'source' THEN a END) STORED REFERENCES sources,
    source_b uuid GENERATED ALWAYS AS (CASE WHEN resource = 'source' THEN b END) STORED REFERENCES sources,
    document_a uuid GENERATED ALWAYS AS (CASE WHEN resource = 'document' THEN a END) STORED REFERENCES documents,
    document_b uuid GENERATED ALWAYS AS (CASE WHEN resource = 'document' THEN b END) STORED REFERENCES documents,
    CONSTRAINT matches_key_has_namespace CHECK ((key = '') = (namespace = '')),
    CONSTRAINT matches_resource_of_kind CHECK ((resource = 'source') = (kind = 'same_source')),
    CONSTRAINT matches_two_ends CHECK (a <> b)
);
COMMENT ON TABLE matches IS 'Pairs of sources or documents that may be one, and of documents of which one may reprint the other.';
COMMENT ON COLUMN matches.a IS 'The one that stays; of a reprint the one that may reprint the other.';
COMMENT ON COLUMN matches.b IS 'The one that speaks as a, or is retracted, once it is accepted; of a reprint the original.';
COMMENT ON COLUMN matches.score IS 'How alike the two are, 0 to 1.';
COMMENT ON COLUMN matches.basis IS 'What they have in common.';
COMMENT ON COLUMN matches.method IS 'Object {kind, name?, version?}: who or what found it.';
COMMENT ON COLUMN matches.source_a IS 'a, where it is a source.';
COMMENT ON COLUMN matches.source_b IS 'b, where it is a source.';
COMMENT ON COLUMN matches.document_a IS 'a, where it is a document.';
COMMENT ON COLUMN matches.document_b IS 'b, where it is a document.';
CREATE INDEX matches_key ON matches (key, namespace) WHERE key <> '';
-- a reprint has a direction; what is the same has none
CREATE UNIQUE INDEX matches_once ON matches (kind, (CASE WHEN kind = 'reprint' THEN a ELSE least(a, b) END),
    (CASE WHEN kind = 'reprint' THEN b ELSE greatest(a, b) END));
CREATE INDEX matches_a ON matches (a, id);
CREATE INDEX matches_b ON matches (b, id);
CREATE INDEX matches_status ON matches (status, id);

ALTER TABLE changes DROP CONSTRAINT changes_resource_check, ADD CONSTRAINT changes_resource_check
    CHECK (resource IN ('source', 'relation', 'document', 'claim', 'attribution', 'link', 'review', 'match')) NOT VALID;
ALTER TABLE changes DROP CONSTRAINT changes_operation_check, ADD CONSTRAINT changes_operation_check
    CHECK (operation IN ('create', 'update', 'merge', 'unmerge', 'retract', 'restore', 'accept', 'reject', 'reopen')) NOT VALID;
