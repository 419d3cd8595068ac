-- A source or document that is deleted is looked for among the matches. Without these, each would be by reading all matches.

CREATE INDEX matches_source_a ON matches (source_a) WHERE source_a IS NOT NULL;
CREATE INDEX matches_source_b ON matches (source_b) WHERE source_b IS NOT NULL;
CREATE INDEX matches_document_a ON matches (document_a) WHERE document_a IS NOT NULL;
CREATE INDEX matches_document_b ON matches (document_b) WHERE document_b IS NOT NULL;
