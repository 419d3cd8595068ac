DROP INDEX matches_source_a, matches_source_b, matches_document_a, matches_document_b;
