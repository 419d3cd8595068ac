-- The foundation: sources and their relations, documents, claims, attributions with their chains, links, reviews,
-- and the history of every change.
--
-- Texts that a caller may leave out are '' and never null, so that a row reads back as it was given. Structures
-- (names, quantities, selectors, chains, methods) are jsonb in the shape that the wire has.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE FUNCTION day_first(day text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN day <> '' THEN make_date(
    substr(day, 1, 4)::int, coalesce(nullif(substr(day, 6, 2), ''), '1')::int, coalesce(nullif(substr(day, 9, 2), ''), '1')::int) END;
COMMENT ON FUNCTION day_first IS 'First day that an EDTF level 0 date (2023, 2023-08, 2023-08-15) can mean.';

CREATE FUNCTION day_last(day text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE length(day)
    WHEN 4 THEN (day_first(day) + interval '1 year' - interval '1 day')::date
    WHEN 7 THEN (day_first(day) + interval '1 month' - interval '1 day')::date
    ELSE day_first(day) END;
COMMENT ON FUNCTION day_last IS 'Last day that an EDTF level 0 date can mean.';

-- Declared immutable although the cast to timestamptz is not: an RFC 3339 instant always carries its offset, so that
-- the session's time zone has no say.
CREATE FUNCTION moment_first(moment text) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN length(moment) > 10 THEN moment::timestamptz ELSE day_first(moment)::timestamp AT TIME ZONE 'UTC' END;
COMMENT ON FUNCTION moment_first IS 'First instant that an EDTF level 0 date or an RFC 3339 instant can mean.';

CREATE FUNCTION moment_last(moment text) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN length(moment) > 10 THEN moment::timestamptz
    ELSE (day_last(moment) + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 microsecond' END;
COMMENT ON FUNCTION moment_last IS 'Last instant that an EDTF level 0 date or an RFC 3339 instant can mean.';

CREATE FUNCTION chain_sources(chain jsonb) RETURNS uuid[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT array_agg((hop ->> 'source')::uuid ORDER BY place) FROM jsonb_array_elements(chain) WITH ORDINALITY AS hops (hop, place));
COMMENT ON FUNCTION chain_sources IS 'The sources of a chain in order, the publisher first.';

CREATE FUNCTION text_languages(texts jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT array_agg(tag ORDER BY tag) FROM jsonb_object_keys(texts) AS tag);
COMMENT ON FUNCTION text_languages IS 'The BCP 47 tags of a text in several languages.';

-- Declared immutable although convert_to is not: only databases in UTF-8 are accepted.
CREATE FUNCTION text_digest(text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN encode(sha256(convert_to(text, 'UTF8')), 'hex');
COMMENT ON FUNCTION text_digest IS 'Hex SHA-256 of a text in UTF-8.';

CREATE TABLE sources (
    id uuid PRIMARY KEY,
    key text NOT NULL DEFAULT '',
    namespace text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL CHECK (kind IN ('person', 'organization', 'government', 'agency', 'party', 'military', 'outlet', 'wire', 'social_account', 'record', 'group', 'other')),
    name text NOT NULL CHECK (name <> ''),
    names jsonb,
    aliases text[],
    country text NOT NULL DEFAULT '' CHECK (country ~ '^([A-Z]{2})?$'),
    role jsonb,
    anonymous boolean NOT NULL DEFAULT false,
    reliability text NOT NULL DEFAULT 'F' CHECK (reliability IN ('A', 'B', 'C', 'D', 'E', 'F')),
    external_ids jsonb,
    domains text[],
    url text NOT NULL DEFAULT '',
    control_reviewed_at text NOT NULL DEFAULT '',
    notes text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'merged', 'retracted')),
    merged_into uuid REFERENCES sources,
    folded text NOT NULL,
    terms tsvector NOT NULL,
    CONSTRAINT sources_key_has_namespace CHECK ((key = '') = (namespace = '')),
    CONSTRAINT sources_merged_says_where CHECK ((status = 'merged') = (merged_into IS NOT NULL)),
    CONSTRAINT sources_not_merged_into_itself CHECK (merged_into <> id)
);
COMMENT ON TABLE sources IS 'Anyone who can say something: people, governments, agencies, outlets, wires, accounts, records, groups.';
COMMENT ON COLUMN sources.id IS 'UUIDv5 of source/<key> in the namespace, a UUIDv7 without a key, or as it was given.';
COMMENT ON COLUMN sources.key IS 'The caller''s own stable name; immutable; empty for none.';
COMMENT ON COLUMN sources.namespace IS 'The namespace of the key; empty for none.';
COMMENT ON COLUMN sources.version IS 'One more with each change; the ETag.';
COMMENT ON COLUMN sources.names IS 'Object: BCP 47 tag to name.';
COMMENT ON COLUMN sources.country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN sources.role IS 'Object: BCP 47 tag to office or function.';
COMMENT ON COLUMN sources.anonymous IS 'Nobody can tell who it is.';
COMMENT ON COLUMN sources.reliability IS 'Admiralty scale, A to F; F cannot be judged.';
COMMENT ON COLUMN sources.external_ids IS 'Object: scheme to value, e.g. wikidata.';
COMMENT ON COLUMN sources.domains IS 'Host names that it publishes under.';
COMMENT ON COLUMN sources.control_reviewed_at IS 'EDTF day on which somebody last looked up who controls it.';
COMMENT ON COLUMN sources.merged_into IS 'The source that this one speaks as.';
COMMENT ON COLUMN sources.folded IS 'Name, names and aliases, folded for search by likeness.';
COMMENT ON COLUMN sources.terms IS 'Name, names and aliases, folded and stemmed for search by word.';
CREATE INDEX sources_key ON sources (key, namespace) WHERE key <> '';
CREATE INDEX sources_merged_into ON sources (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX sources_terms ON sources USING gin (terms);
CREATE INDEX sources_folded ON sources USING gin (folded gin_trgm_ops);
CREATE INDEX sources_domains ON sources USING gin (domains);
CREATE INDEX sources_external_ids ON sources USING gin (external_ids jsonb_path_ops);
CREATE INDEX sources_country ON sources (country, id) WHERE country <> '';
CREATE INDEX sources_created ON sources (created_at, id);
CREATE INDEX sources_name ON sources (name, id);

CREATE TABLE relations (
    id uuid PRIMARY KEY,
    key text NOT NULL DEFAULT '',
    namespace text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    subject uuid NOT NULL REFERENCES sources,
    kind text NOT NULL CHECK (kind IN ('part_of', 'controlled_by', 'speaks_for', 'owned_by', 'member_of')),
    object uuid NOT NULL REFERENCES sources,
    share double precision CHECK (share BETWEEN 0 AND 1),
    since text NOT NULL DEFAULT '',
    until text NOT NULL DEFAULT '',
    citation text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retracted')),
    held daterange NOT NULL GENERATED ALWAYS AS (daterange(day_first(since), day_last(until), '[]')) STORED,
    controls boolean NOT NULL GENERATED ALWAYS AS (kind IN ('part_of', 'controlled_by', 'speaks_for') OR (kind = 'owned_by' AND coalesce(share, 0) > 0.5)) STORED,
    CONSTRAINT relations_key_has_namespace CHECK ((key = '') = (namespace = '')),
    CONSTRAINT relations_two_ends CHECK (subject <> object),
    CONSTRAINT relations_share_of_owned CHECK (share IS NULL OR kind = 'owned_by')
);
COMMENT ON TABLE relations IS 'One source''s tie to another: the subject is part of, controlled by … the object.';
COMMENT ON COLUMN relations.share IS 'The part owned, 0 to 1, of owned_by only.';
COMMENT ON COLUMN relations.since IS 'First day on which it held, EDTF; empty: open.';
COMMENT ON COLUMN relations.until IS 'Last day on which it held, EDTF; empty: open.';
COMMENT ON COLUMN relations.citation IS 'Where this can be checked.';
COMMENT ON COLUMN relations.held IS 'The days from since to until; a year means all of it.';
COMMENT ON COLUMN relations.controls IS 'Puts the subject under the object''s control.';
CREATE INDEX relations_key ON relations (key, namespace) WHERE key <> '';
CREATE INDEX relations_subject ON relations (subject, id);
CREATE INDEX relations_object ON relations (object, id);

CREATE TABLE documents (
    id uuid PRIMARY KEY,
    key text NOT NULL DEFAULT '',
    namespace text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    publisher uuid NOT NULL REFERENCES sources,
    kind text NOT NULL CHECK (kind IN ('article', 'wire', 'broadcast', 'post', 'press_release', 'report', 'transcript', 'interview', 'record', 'other')),
    language text NOT NULL DEFAULT '',
    title text NOT NULL DEFAULT '',
    url text NOT NULL DEFAULT '',
    url_canonical text NOT NULL DEFAULT '',
    archive_url text NOT NULL DEFAULT '',
    published jsonb,
    retrieved_at text NOT NULL DEFAULT '',
    text text NOT NULL DEFAULT '',
    text_sha256 text NOT NULL DEFAULT '' CHECK (text_sha256 ~ '^([0-9a-f]{64})?$'),
    authors text[],
    derived_from uuid REFERENCES documents,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retracted')),
    published_from timestamptz GENERATED ALWAYS AS (moment_first(published ->> 'earliest')) STORED,
    published_until timestamptz GENERATED ALWAYS AS (moment_last(published ->> 'latest')) STORED,
    text_altered boolean NOT NULL GENERATED ALWAYS AS (text <> '' AND text_sha256 <> text_digest(text)) STORED,
    CONSTRAINT documents_key_has_namespace CHECK ((key = '') = (namespace = '')),
    CONSTRAINT documents_not_derived_from_itself CHECK (derived_from <> id),
    CONSTRAINT documents_publisher UNIQUE (id, publisher)
);
COMMENT ON TABLE documents IS 'Published texts.';
COMMENT ON COLUMN documents.language IS 'BCP 47 tag.';
COMMENT ON COLUMN documents.url_canonical IS 'The URL without what does not tell pages apart, to find a document by.';
COMMENT ON COLUMN documents.published IS 'Object {earliest, latest, note}: the interval in which it came out; null if not dated.';
COMMENT ON COLUMN documents.retrieved_at IS 'EDTF day or RFC 3339 instant at which the text was taken.';
COMMENT ON COLUMN documents.text_sha256 IS 'Hex SHA-256 of the text as it was when somebody hashed it.';
COMMENT ON COLUMN documents.derived_from IS 'The document that this one reprints.';
COMMENT ON COLUMN documents.published_from IS 'First instant of published.earliest.';
COMMENT ON COLUMN documents.published_until IS 'Last instant of published.latest.';
COMMENT ON COLUMN documents.text_altered IS 'The text is not the one that was hashed.';
CREATE INDEX documents_key ON documents (key, namespace) WHERE key <> '';
CREATE INDEX documents_publisher_id ON documents (publisher, id);
CREATE INDEX documents_url ON documents (url_canonical) WHERE url_canonical <> '';
CREATE INDEX documents_text_sha256 ON documents (text_sha256) WHERE text_sha256 <> '';
CREATE INDEX documents_derived_from ON documents (derived_from) WHERE derived_from IS NOT NULL;
CREATE INDEX documents_published ON documents (coalesce(published_from, 'infinity'), id);
CREATE INDEX documents_published_last ON documents (coalesce(published_from, '-infinity'), id);
CREATE INDEX documents_created ON documents (created_at, id);

CREATE TABLE claims (
    id uuid PRIMARY KEY,
    key text NOT NULL DEFAULT '',
    namespace text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    statement jsonb NOT NULL CHECK (statement <> '{}'),
    quantities jsonb,
    event_time jsonb,
    places text[],
    topics text[],
    scope text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'merged', 'retracted')),
    merged_into uuid REFERENCES claims,
    event_days daterange GENERATED ALWAYS AS (CASE WHEN event_time IS NOT NULL THEN daterange(day_first(event_time ->> 'start'), day_last(event_time ->> 'end'), '[]') END) STORED,
    languages text[] NOT NULL GENERATED ALWAYS AS (text_languages(statement)) STORED,
    folded text NOT NULL,
    terms tsvector NOT NULL,
    CONSTRAINT claims_key_has_namespace CHECK ((key = '') = (namespace = '')),
    CONSTRAINT claims_merged_says_where CHECK ((status = 'merged') = (merged_into IS NOT NULL)),
    CONSTRAINT claims_not_merged_into_itself CHECK (merged_into <> id)
);
COMMENT ON TABLE claims IS 'Checkable statements. Who said them is in the attributions.';
COMMENT ON COLUMN claims.statement IS 'Object: BCP 47 tag to statement.';
COMMENT ON COLUMN claims.quantities IS 'Array of {value, high?, unit, of?, comparator}; values are exact decimals.';
COMMENT ON COLUMN claims.event_time IS 'Object {start?, end?}, EDTF days, of what is stated.';
COMMENT ON COLUMN claims.scope IS 'What the statement is limited to.';
COMMENT ON COLUMN claims.merged_into IS 'The claim that this one speaks as.';
COMMENT ON COLUMN claims.event_days IS 'The days of event_time; null if it says nothing.';
COMMENT ON COLUMN claims.languages IS 'The tags of statement.';
COMMENT ON COLUMN claims.folded IS 'The statements, folded for search by likeness.';
COMMENT ON COLUMN claims.terms IS 'The statements, folded and stemmed for search by word.';
CREATE INDEX claims_key ON claims (key, namespace) WHERE key <> '';
CREATE INDEX claims_merged_into ON claims (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX claims_terms ON claims USING gin (terms);
CREATE INDEX claims_folded ON claims USING gin (folded gin_trgm_ops);
CREATE INDEX claims_quantities ON claims USING gin (quantities jsonb_path_ops);
CREATE INDEX claims_topics ON claims USING gin (topics);
CREATE INDEX claims_event_days ON claims USING gist (event_days) WHERE event_days IS NOT NULL;
CREATE INDEX claims_created ON claims (created_at, id);

CREATE TABLE attributions (
    claim_id uuid NOT NULL REFERENCES claims,
    id uuid NOT NULL,
    key text NOT NULL DEFAULT '',
    namespace text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    document_id uuid NOT NULL,
    stance text NOT NULL CHECK (stance IN ('affirms', 'denies', 'questions')),
    content jsonb,
    event_time_span jsonb,
    chain jsonb NOT NULL CHECK (jsonb_array_length(chain) BETWEEN 1 AND 50),
    chain_version smallint NOT NULL DEFAULT 1,
    credibility smallint NOT NULL DEFAULT 6 CHECK (credibility BETWEEN 1 AND 6),
    method jsonb,
    confidence double precision CHECK (confidence BETWEEN 0 AND 1),
    note text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'accepted' CHECK (status IN ('proposed', 'accepted', 'rejected')),
    content_start int GENERATED ALWAYS AS ((content ->> 'start')::int) STORED,
    source_ids uuid[] NOT NULL GENERATED ALWAYS AS (chain_sources(chain)) STORED,
    publisher uuid NOT NULL GENERATED ALWAYS AS ((chain #>> '{0,source}')::uuid) STORED,
    PRIMARY KEY (claim_id, id),
    CONSTRAINT attributions_key_has_namespace CHECK ((key = '') = (namespace = '')),
    CONSTRAINT attributions_begin_with_publisher FOREIGN KEY (document_id, publisher) REFERENCES documents (id, publisher)
);
COMMENT ON TABLE attributions IS 'The places in documents where a claim is made, each with its chain of who told whom.';
COMMENT ON COLUMN attributions.key IS 'Its own within its claim.';
COMMENT ON COLUMN attributions.content IS 'Selector {start, end, exact, prefix?, suffix?} of the words; offsets are code points.';
COMMENT ON COLUMN attributions.event_time_span IS 'Selector of the words that date it.';
COMMENT ON COLUMN attributions.chain IS 'Array of hops from the document''s publisher (first) to the origin (last), in the shape that the wire has.';
COMMENT ON COLUMN attributions.chain_version IS 'Which shape chain has.';
COMMENT ON COLUMN attributions.credibility IS 'Admiralty scale, 1 to 6; 6 cannot be judged.';
COMMENT ON COLUMN attributions.method IS 'Object {kind, name?, version?}: who or what made the annotation.';
COMMENT ON COLUMN attributions.content_start IS 'Where the words begin, for reading order.';
COMMENT ON COLUMN attributions.source_ids IS 'The chain''s sources in order.';
COMMENT ON COLUMN attributions.publisher IS 'The chain''s first source, held to be the document''s publisher.';
CREATE INDEX attributions_id ON attributions (id);
CREATE INDEX attributions_document ON attributions (document_id, coalesce(content_start, 2147483647), id);

CREATE TABLE appearances (
    source_id uuid NOT NULL,
    place smallint NOT NULL CHECK (place BETWEEN 0 AND 2),
    claim_id uuid NOT NULL,
    PRIMARY KEY (source_id, place, claim_id)
);
COMMENT ON TABLE appearances IS 'The way back: which claims a source tells, derived from accepted attributions by triggers.';
COMMENT ON COLUMN appearances.place IS '0 publisher (first hop), 1 relay (between), 2 origin (last hop); a chain of one hop is both 0 and 2.';

CREATE FUNCTION chain_appearances(sources uuid[], OUT source_id uuid, OUT place smallint) RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT source, 0::smallint FROM unnest(sources[1:1]) AS source
    UNION ALL SELECT source, 1::smallint FROM unnest(sources[2:cardinality(sources) - 1]) AS source
    UNION ALL SELECT sources[cardinality(sources)], 2::smallint
$$;
COMMENT ON FUNCTION chain_appearances IS 'Each source of a chain with its place in it.';

CREATE FUNCTION attributions_appear() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM appearances AS gone
        USING (SELECT DISTINCT appearance.source_id, appearance.place, was.claim_id
               FROM before AS was, chain_appearances(was.source_ids) AS appearance WHERE was.status = 'accepted') AS earlier
        WHERE (gone.source_id, gone.place, gone.claim_id) = (earlier.source_id, earlier.place, earlier.claim_id)
          AND NOT EXISTS (SELECT FROM attributions AS other, chain_appearances(other.source_ids) AS appearance
                          WHERE other.claim_id = earlier.claim_id AND other.status = 'accepted' AND earlier.source_id = ANY (other.source_ids)
                            AND (appearance.source_id, appearance.place) = (earlier.source_id, earlier.place));
    END IF;
    INSERT INTO appearances (source_id, place, claim_id)
    SELECT DISTINCT appearance.source_id, appearance.place, later.claim_id
    FROM after AS later, chain_appearances(later.source_ids) AS appearance WHERE later.status = 'accepted'
    ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION attributions_appear IS 'Keeps appearances equal to the accepted attributions.';
CREATE TRIGGER attributions_appear_on_insert AFTER INSERT ON attributions
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION attributions_appear();
CREATE TRIGGER attributions_appear_on_update AFTER UPDATE ON attributions
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION attributions_appear();

CREATE TABLE links (
    claim_id uuid NOT NULL REFERENCES claims,
    id uuid NOT NULL,
    key text NOT NULL DEFAULT '',
    namespace text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL CHECK (kind IN ('equivalent', 'refines', 'corroborates', 'contradicts')),
    to_id uuid NOT NULL REFERENCES claims,
    degree text NOT NULL DEFAULT '' CHECK (degree IN ('', 'direct', 'tension')),
    basis text NOT NULL DEFAULT '',
    rationale text NOT NULL DEFAULT '',
    method jsonb,
    confidence double precision CHECK (confidence BETWEEN 0 AND 1),
    status text NOT NULL DEFAULT 'accepted' CHECK (status IN ('proposed', 'accepted', 'rejected')),
    PRIMARY KEY (claim_id, id),
    CONSTRAINT links_key_has_namespace CHECK ((key = '') = (namespace = '')),
    CONSTRAINT links_two_ends CHECK (claim_id <> to_id),
    CONSTRAINT links_undirected_in_order CHECK (kind IN ('refines', 'corroborates') OR claim_id < to_id),
    CONSTRAINT links_degree_of_contradictions CHECK ((kind = 'contradicts') = (degree <> '')),
    CONSTRAINT links_once UNIQUE (claim_id, to_id, kind)
);
COMMENT ON TABLE links IS 'Stated relations between two claims.';
COMMENT ON COLUMN links.claim_id IS 'The claim that the link is from; of an undirected link the end with the smaller id.';
COMMENT ON COLUMN links.to_id IS 'The claim that the link is to.';
COMMENT ON COLUMN links.degree IS 'Of contradictions only: direct, both cannot be true; tension, hard to reconcile.';
COMMENT ON COLUMN links.basis IS 'What the two are compared by.';
COMMENT ON COLUMN links.method IS 'Object {kind, name?, version?}: who or what made the link.';
CREATE INDEX links_id ON links (id);
CREATE INDEX links_to ON links (to_id, id);

CREATE TABLE reviews (
    claim_id uuid NOT NULL REFERENCES claims,
    id uuid NOT NULL,
    key text NOT NULL DEFAULT '',
    namespace text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    author uuid NOT NULL REFERENCES sources,
    rating jsonb NOT NULL,
    title text NOT NULL DEFAULT '',
    url text NOT NULL DEFAULT '',
    published text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retracted')),
    PRIMARY KEY (claim_id, id),
    CONSTRAINT reviews_key_has_namespace CHECK ((key = '') = (namespace = ''))
);
COMMENT ON TABLE reviews IS 'Fact-check verdicts on claims.';
COMMENT ON COLUMN reviews.author IS 'The source that reviewed the claim.';
COMMENT ON COLUMN reviews.rating IS 'Object {label, value?, best?, worst?}; numbers are exact decimals.';
COMMENT ON COLUMN reviews.published IS 'EDTF day or RFC 3339 instant.';
CREATE INDEX reviews_id ON reviews (id);
CREATE INDEX reviews_author ON reviews (author, id);

CREATE TABLE changes (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL CHECK (actor <> ''),
    operation text NOT NULL CHECK (operation IN ('create', 'update', 'merge', 'unmerge', 'retract', 'restore', 'accept', 'reject')),
    resource text NOT NULL CHECK (resource IN ('source', 'relation', 'document', 'claim', 'attribution', 'link', 'review')),
    resource_id uuid NOT NULL,
    from_version int NOT NULL CHECK (from_version >= 0),
    to_version int NOT NULL CHECK (to_version > 0),
    reason text NOT NULL DEFAULT '',
    state jsonb NOT NULL,
    PRIMARY KEY (xid, id)
);
COMMENT ON TABLE changes IS 'The append-only history: who changed what, when, from which version to which.';
COMMENT ON COLUMN changes.xid IS 'The transaction that made the change. Readers stay below pg_snapshot_xmin, so that none misses what commits late.';
COMMENT ON COLUMN changes.actor IS 'cli:<user>, or anonymous for a request without a key.';
COMMENT ON COLUMN changes.from_version IS 'Version before; 0 for a new thing.';
COMMENT ON COLUMN changes.state IS 'The thing after the change, without document texts.';
CREATE INDEX changes_resource ON changes (resource_id, xid, id);

CREATE FUNCTION changes_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history is append-only';
END
$$;
COMMENT ON FUNCTION changes_are_kept IS 'Refuses to change or delete history.';
CREATE TRIGGER changes_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON changes
    FOR EACH STATEMENT EXECUTE FUNCTION changes_are_kept();
