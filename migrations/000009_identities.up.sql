-- What sources are known by, and how far the columns that searches read are written by the rules of the program.

ALTER TABLE sources ADD COLUMN identities text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN sources.identities IS
    'What an import knows it by: identifiers elsewhere, accounts, own domains, name with kind and country, and its names alone.';
CREATE INDEX sources_identities ON sources USING gin (identities);

CREATE TABLE indexing (
    version int NOT NULL CHECK (version > 0),
    resource text NOT NULL DEFAULT '',
    after uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
COMMENT ON TABLE indexing IS
    'By which rules the columns are written that are made from others (folded, terms, identities, url_canonical).';
COMMENT ON COLUMN indexing.version IS 'The version of the rules by which all rows are written.';
COMMENT ON COLUMN indexing.resource IS 'Of an indexing that is under way: the resource that it is at; empty for the first.';
COMMENT ON COLUMN indexing.after IS 'Of an indexing that is under way: the last row that it wrote.';
-- a dump of the data alone brings another row, and the lower version holds
INSERT INTO indexing (version) VALUES (1);
