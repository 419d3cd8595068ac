-- Every statement that the store sends, once, below the first operation that sends it. Written by:
-- go test ./store -run TestStatements -update

-- Open
SELECT CASE WHEN nspname = ANY (current_schemas(true)) THEN ''
	ELSE concat_ws(', ', nullif(current_setting('search_path'), ''), quote_ident(nspname)) END
	FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
SELECT concat_ws(', ', coalesce(nullif($1, ''), nullif(current_setting('search_path'), '')), $2::text);
SELECT current_setting('server_version_num')::int, current_setting('server_version'),
	current_setting('server_encoding'), EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'),
	(SELECT datctype IN ('C', 'POSIX') FROM pg_database WHERE datname = current_database()),
	NOT has_database_privilege(current_database(), 'TEMPORARY'), quote_ident(current_user), quote_ident(current_database());
SELECT to_regclass(quote_ident(current_schema()) || '.schema_migrations') IS NOT NULL;
SELECT coalesce(max(version), 0), coalesce(bool_or(dirty), false) FROM schema_migrations;
SELECT to_regoperator('<%(text,text)') IS NOT NULL;
SELECT ahead, coalesce((SELECT xid::text::bigint FROM changes ORDER BY xid DESC LIMIT 1), 0)
	FROM numbering;
SELECT pg_snapshot_xmin(seen)::text::bigint, pg_snapshot_xmax(seen)::text::bigint
	FROM pg_current_snapshot() AS seen;
SELECT to_regclass('pg_catalog.pg_dist_schema') IS NOT NULL;

-- Written
SELECT (SELECT system_identifier FROM pg_control_system()), ('x' || left(pg_walfile_name(at), 8))::bit(32)::bigint,
	(at - '0/0')::bigint
	FROM (SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
	ELSE pg_current_wal_flush_lsn() END AS at) AS log;

-- Replayed
SELECT pg_is_in_recovery(), (SELECT system_identifier FROM pg_control_system()),
	coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::bigint;

-- Import of a bundle
SET LOCAL statement_timeout = 0;
SELECT pg_advisory_xact_lock($1, hashtext(current_schema()));
SELECT to_jsonb(now()), now();
SET LOCAL default_statistics_target = 10;
CREATE TEMP TABLE staged_sources ON COMMIT DROP AS
	SELECT 0 AS line, '' AS at, 0 AS assertion, false AS status_named, false AS kept, 1 AS version,
	'{}'::text[] AS open, '{}'::text[] AS blank, '{}'::jsonb AS state, id, key, namespace, status, merged_into, kind, name, names,
		aliases, country, role, anonymous, reliability, external_ids, domains, url, control_reviewed_at, notes, method, folded,
		''::text AS terms, identities FROM sources WITH NO DATA;
CREATE TEMP TABLE staged_relations ON COMMIT DROP AS
	SELECT 0 AS line, '' AS at, 0 AS assertion, false AS status_named, false AS kept, 1 AS version,
	'{}'::text[] AS open, '{}'::text[] AS blank, '{}'::jsonb AS state, id, key, namespace, status, subject, kind, object, share,
		since, until, citation FROM relations WITH NO DATA;
CREATE TEMP TABLE staged_documents ON COMMIT DROP AS
	SELECT 0 AS line, '' AS at, 0 AS assertion, false AS status_named, false AS kept, 1 AS version,
	'{}'::text[] AS open, '{}'::text[] AS blank, '{}'::jsonb AS state, id, key, namespace, status, publisher, kind, language, title,
		url, archive_url, published, retrieved_at, text, text_sha256, authors, derived_from, method, url_canonical, ''::text AS terms,
		sketch FROM documents WITH NO DATA;
CREATE TEMP TABLE staged_claims ON COMMIT DROP AS
	SELECT 0 AS line, '' AS at, 0 AS assertion, false AS status_named, false AS kept, 1 AS version,
	'{}'::text[] AS open, '{}'::text[] AS blank, '{}'::jsonb AS state, id, key, namespace, status, merged_into, statement,
		quantities, event_time, places, topics, scope, method, folded, ''::text AS terms FROM claims WITH NO DATA;
CREATE TEMP TABLE staged_attributions ON COMMIT DROP AS
	SELECT 0 AS line, '' AS at, 0 AS assertion, false AS status_named, false AS kept, 1 AS version,
	'{}'::text[] AS open, '{}'::text[] AS blank, '{}'::jsonb AS state, id, key, namespace, status, claim_id, document_id, stance,
		content, event_time_span, chain, credibility, method, confidence, note FROM attributions WITH NO DATA;
CREATE TEMP TABLE staged_links ON COMMIT DROP AS
	SELECT 0 AS line, '' AS at, 0 AS assertion, false AS status_named, false AS kept, 1 AS version,
	'{}'::text[] AS open, '{}'::text[] AS blank, '{}'::jsonb AS state, id, key, namespace, status, kind, claim_id, to_id, degree,
		basis, rationale, method, confidence FROM links WITH NO DATA;
CREATE TEMP TABLE staged_reviews ON COMMIT DROP AS
	SELECT 0 AS line, '' AS at, 0 AS assertion, false AS status_named, false AS kept, 1 AS version,
	'{}'::text[] AS open, '{}'::text[] AS blank, '{}'::jsonb AS state, id, key, namespace, status, claim_id, author, rating, title,
		url, language, claim_reviewed, published, folded, ''::text AS terms FROM reviews WITH NO DATA;
CREATE TEMP TABLE staged_matches ON COMMIT DROP AS
	SELECT 0 AS line, '' AS at, 0 AS assertion, false AS status_named, false AS kept, 1 AS version,
	'{}'::text[] AS open, '{}'::text[] AS blank, '{}'::jsonb AS state, id, key, namespace, status, resource, a, b, kind, score,
		basis, rationale, method FROM matches WITH NO DATA;
COPY "staged_sources" (line, at, assertion, status_named, kept, version, open, blank, state, id, key, namespace, status,
		merged_into, kind, name, names, aliases, country, role, anonymous, reliability, external_ids, domains, url,
		control_reviewed_at, notes, method, folded, terms, identities) FROM STDIN BINARY;
COPY "staged_relations" (line, at, assertion, status_named, kept, version, open, blank, state, id, key, namespace, status,
		subject, kind, object, share, since, until, citation) FROM STDIN BINARY;
COPY "staged_documents" (line, at, assertion, status_named, kept, version, open, blank, state, id, key, namespace, status,
		publisher, kind, language, title, url, archive_url, published, retrieved_at, text, text_sha256, authors, derived_from, method,
		url_canonical, terms, sketch) FROM STDIN BINARY;
COPY "staged_claims" (line, at, assertion, status_named, kept, version, open, blank, state, id, key, namespace, status,
		merged_into, statement, quantities, event_time, places, topics, scope, method, folded, terms) FROM STDIN BINARY;
COPY "staged_attributions" (line, at, assertion, status_named, kept, version, open, blank, state, id, key, namespace, status,
		claim_id, document_id, stance, content, event_time_span, chain, credibility, method, confidence, note) FROM STDIN BINARY;
COPY "staged_links" (line, at, assertion, status_named, kept, version, open, blank, state, id, key, namespace, status, kind,
		claim_id, to_id, degree, basis, rationale, method, confidence) FROM STDIN BINARY;
COPY "staged_reviews" (line, at, assertion, status_named, kept, version, open, blank, state, id, key, namespace, status,
		claim_id, author, rating, title, url, language, claim_reviewed, published, folded, terms) FROM STDIN BINARY;
ANALYZE staged_sources (line, assertion, kept, id, key, namespace, merged_into);
ANALYZE staged_relations (line, assertion, kept, id, key, namespace, subject, object);
ANALYZE staged_documents (line, assertion, kept, id, key, namespace, publisher, derived_from);
ANALYZE staged_claims (line, assertion, kept, id, key, namespace, merged_into);
ANALYZE staged_attributions (line, assertion, kept, id, key, namespace, claim_id, document_id);
ANALYZE staged_links (line, assertion, kept, id, key, namespace, claim_id, to_id);
ANALYZE staged_reviews (line, assertion, kept, id, key, namespace, claim_id, author);
SELECT EXISTS (SELECT FROM feed_editions WHERE outcomes <> '{}');
SELECT staged.line, staged.at, staged.name, now.name, array_append(staged.aliases, staged.name),
	array_append(now.aliases, now.name)
	FROM staged_sources AS staged JOIN sources AS now ON now.id = staged.id
	WHERE (staged.key LIKE 'bods:%' OR staged.key LIKE 'ftm:%') AND staged.name <> now.name AND NOT EXISTS (SELECT FROM feed_things
		AS row
	WHERE row.thing = staged.id AND row.feed = $1)
	ORDER BY staged.line, staged.at;
DECLARE identified NO SCROLL CURSOR FOR
	SELECT line, id, key, namespace, kind, name, names, country, external_ids, domains, url FROM staged_sources AS new
	WHERE assertion = 2 AND (key LIKE 'bods:%' OR key LIKE 'ftm:%') AND NOT anonymous AND NOT EXISTS (SELECT FROM sources WHERE
		sources.id = new.id) ORDER BY line, id;
FETCH 500 FROM identified;
CLOSE identified;
SELECT EXISTS (SELECT staged.id, staged.line FROM staged_documents AS staged JOIN documents AS there USING (id)
	WHERE (there.text, there.publisher) IS DISTINCT FROM (staged.text, staged.publisher));
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', coalesce(nullif(key, ''), id::text),
	'a source that no other line of the bundle describes; line ' || first || ' does'
	FROM (SELECT min(line) AS first, id FROM staged_sources WHERE NOT kept GROUP BY id HAVING count(*) > 1) AS twice
	JOIN staged_sources USING (id) WHERE NOT kept AND line > first) AS found (line, pointer, code, value, expected) WHERE NOT (code
		= 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', key,
	'a key that no other source of the bundle has; line ' || first || ' has it with another id'
	FROM (SELECT key, namespace, min(line) AS first FROM staged_sources WHERE NOT kept
	AND key <> '' GROUP BY key, namespace HAVING count(*) > 1) AS twice
	JOIN (SELECT key, namespace, line AS first, id AS first_id FROM staged_sources
	WHERE NOT kept) AS firsts USING (key, namespace, first)
	JOIN staged_sources USING (key, namespace) WHERE NOT kept AND id <> first_id) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'immutable', staged.key,
	CASE there.key WHEN '' THEN 'no key, as it was made without one' ELSE there.key || ' in ' || there.namespace ||
	', which cannot change' END
	FROM staged_sources AS staged JOIN sources AS there USING (id) WHERE staged.key <> ''
	AND (there.key, there.namespace) <> (staged.key, staged.namespace)) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', staged.key, 'a key that no other source has; it belongs to '
		|| there.id
	FROM staged_sources AS staged JOIN sources AS there ON there.key = staged.key AND there.namespace = staged.namespace
	AND there.key <> '' AND there.id <> staged.id  WHERE staged.key <> '') AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/merged_into', 'unknown_reference', ref::text,
	'the key or id of a source in this bundle or stored before'
	FROM (SELECT line, merged_into AS ref FROM staged_sources) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM sources AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_sources AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/status', 'conflict', staged.status, CASE staged.status
	WHEN 'merged' THEN 'another status: the source is retracted, and merging would take that back; restore it first'
	ELSE 'another status: the source is merged into ' || there.merged_into || '; unmerge it first' END
	FROM staged_sources AS staged JOIN sources AS there USING (id) WHERE staged.status_named AND staged.assertion <> 2
	AND (there.status, staged.status) IN (('retracted', 'merged'), ('merged', 'retracted'))) AS found (line, pointer, code, value,
		expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', coalesce(nullif(key, ''), id::text),
	'a relation that no other line of the bundle describes; line ' || first || ' does'
	FROM (SELECT min(line) AS first, id FROM staged_relations WHERE NOT kept GROUP BY id HAVING count(*) > 1) AS twice
	JOIN staged_relations USING (id) WHERE NOT kept AND line > first) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', key,
	'a key that no other relation of the bundle has; line ' || first || ' has it with another id'
	FROM (SELECT key, namespace, min(line) AS first FROM staged_relations WHERE NOT kept
	AND key <> '' GROUP BY key, namespace HAVING count(*) > 1) AS twice
	JOIN (SELECT key, namespace, line AS first, id AS first_id FROM staged_relations
	WHERE NOT kept) AS firsts USING (key, namespace, first)
	JOIN staged_relations USING (key, namespace) WHERE NOT kept AND id <> first_id) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'immutable', staged.key,
	CASE there.key WHEN '' THEN 'no key, as it was made without one' ELSE there.key || ' in ' || there.namespace ||
	', which cannot change' END
	FROM staged_relations AS staged JOIN relations AS there USING (id) WHERE staged.key <> ''
	AND (there.key, there.namespace) <> (staged.key, staged.namespace)) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', staged.key, 'a key that no other relation has; it belongs to '
		|| there.id
	FROM staged_relations AS staged JOIN relations AS there ON there.key = staged.key AND there.namespace = staged.namespace
	AND there.key <> '' AND there.id <> staged.id  WHERE staged.key <> '') AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/subject', 'unknown_reference', ref::text,
	'the key or id of a source in this bundle or stored before'
	FROM (SELECT line, subject AS ref FROM staged_relations) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM sources AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_sources AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/object', 'unknown_reference', ref::text,
	'the key or id of a source in this bundle or stored before'
	FROM (SELECT line, object AS ref FROM staged_relations) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM sources AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_sources AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', coalesce(nullif(key, ''), id::text),
	'a document that no other line of the bundle describes; line ' || first || ' does'
	FROM (SELECT min(line) AS first, id FROM staged_documents WHERE NOT kept GROUP BY id HAVING count(*) > 1) AS twice
	JOIN staged_documents USING (id) WHERE NOT kept AND line > first) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', key,
	'a key that no other document of the bundle has; line ' || first || ' has it with another id'
	FROM (SELECT key, namespace, min(line) AS first FROM staged_documents WHERE NOT kept
	AND key <> '' GROUP BY key, namespace HAVING count(*) > 1) AS twice
	JOIN (SELECT key, namespace, line AS first, id AS first_id FROM staged_documents
	WHERE NOT kept) AS firsts USING (key, namespace, first)
	JOIN staged_documents USING (key, namespace) WHERE NOT kept AND id <> first_id) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'immutable', staged.key,
	CASE there.key WHEN '' THEN 'no key, as it was made without one' ELSE there.key || ' in ' || there.namespace ||
	', which cannot change' END
	FROM staged_documents AS staged JOIN documents AS there USING (id) WHERE staged.key <> ''
	AND (there.key, there.namespace) <> (staged.key, staged.namespace)) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', staged.key, 'a key that no other document has; it belongs to '
		|| there.id
	FROM staged_documents AS staged JOIN documents AS there ON there.key = staged.key AND there.namespace = staged.namespace
	AND there.key <> '' AND there.id <> staged.id  WHERE staged.key <> '') AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/publisher', 'unknown_reference', ref::text,
	'the key or id of a source in this bundle or stored before'
	FROM (SELECT line, publisher AS ref FROM staged_documents) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM sources AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_sources AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/derived_from', 'unknown_reference', ref::text,
	'the key or id of a document in this bundle or stored before'
	FROM (SELECT line, derived_from AS ref FROM staged_documents) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM documents AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_documents AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', coalesce(nullif(key, ''), id::text),
	'a claim that no other line of the bundle describes; line ' || first || ' does'
	FROM (SELECT min(line) AS first, id FROM staged_claims WHERE NOT kept GROUP BY id HAVING count(*) > 1) AS twice
	JOIN staged_claims USING (id) WHERE NOT kept AND line > first) AS found (line, pointer, code, value, expected) WHERE NOT (code =
		'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', key,
	'a key that no other claim of the bundle has; line ' || first || ' has it with another id'
	FROM (SELECT key, namespace, min(line) AS first FROM staged_claims WHERE NOT kept
	AND key <> '' GROUP BY key, namespace HAVING count(*) > 1) AS twice
	JOIN (SELECT key, namespace, line AS first, id AS first_id FROM staged_claims
	WHERE NOT kept) AS firsts USING (key, namespace, first)
	JOIN staged_claims USING (key, namespace) WHERE NOT kept AND id <> first_id) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'immutable', staged.key,
	CASE there.key WHEN '' THEN 'no key, as it was made without one' ELSE there.key || ' in ' || there.namespace ||
	', which cannot change' END
	FROM staged_claims AS staged JOIN claims AS there USING (id) WHERE staged.key <> ''
	AND (there.key, there.namespace) <> (staged.key, staged.namespace)) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', staged.key, 'a key that no other claim has; it belongs to ' ||
		there.id
	FROM staged_claims AS staged JOIN claims AS there ON there.key = staged.key AND there.namespace = staged.namespace
	AND there.key <> '' AND there.id <> staged.id  WHERE staged.key <> '') AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/merged_into', 'unknown_reference', ref::text,
	'the key or id of a claim in this bundle or stored before'
	FROM (SELECT line, merged_into AS ref FROM staged_claims) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM claims AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_claims AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/status', 'conflict', staged.status, CASE staged.status
	WHEN 'merged' THEN 'another status: the claim is retracted, and merging would take that back; restore it first'
	ELSE 'another status: the claim is merged into ' || there.merged_into || '; unmerge it first' END
	FROM staged_claims AS staged JOIN claims AS there USING (id) WHERE staged.status_named AND staged.assertion <> 2
	AND (there.status, staged.status) IN (('retracted', 'merged'), ('merged', 'retracted'))) AS found (line, pointer, code, value,
		expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', coalesce(nullif(key, ''), id::text),
	'a attribution that no other line of the bundle describes; line ' || first || ' does'
	FROM (SELECT min(line) AS first, id FROM staged_attributions WHERE NOT kept GROUP BY id HAVING count(*) > 1) AS twice
	JOIN staged_attributions USING (id) WHERE NOT kept AND line > first) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', key,
	'a key that no other attribution of the bundle has; line ' || first || ' has it with another id'
	FROM (SELECT claim_id, key, namespace, min(line) AS first FROM staged_attributions WHERE NOT kept
	AND key <> '' GROUP BY claim_id, key, namespace HAVING count(*) > 1) AS twice
	JOIN (SELECT claim_id, key, namespace, line AS first, id AS first_id FROM staged_attributions
	WHERE NOT kept) AS firsts USING (claim_id, key, namespace, first)
	JOIN staged_attributions USING (claim_id, key, namespace) WHERE NOT kept AND id <> first_id) AS found (line, pointer, code,
		value, expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'immutable', staged.key,
	CASE there.key WHEN '' THEN 'no key, as it was made without one' ELSE there.key || ' in ' || there.namespace ||
	', which cannot change' END
	FROM staged_attributions AS staged JOIN attributions AS there USING (id) WHERE staged.key <> ''
	AND (there.key, there.namespace) <> (staged.key, staged.namespace)) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', staged.key,
		'a key that no other attribution has; it belongs to ' || there.id
	FROM staged_attributions AS staged JOIN attributions AS there ON there.key = staged.key AND there.namespace = staged.namespace
	AND there.key <> '' AND there.id <> staged.id AND there.claim_id = staged.claim_id WHERE staged.key <> '') AS found (line,
		pointer, code, value, expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/claim', 'unknown_reference', ref::text,
	'the key or id of a claim in this bundle or stored before'
	FROM (SELECT line, claim_id AS ref FROM staged_attributions) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM claims AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_claims AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/document', 'unknown_reference', ref::text,
	'the key or id of a document in this bundle or stored before'
	FROM (SELECT line, document_id AS ref FROM staged_attributions) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM documents AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_documents AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/chain', 'unknown_reference', ref::text,
	'the key or id of a source in this bundle or stored before'
	FROM (SELECT line, unnest(chain_sources(chain)) AS ref FROM staged_attributions) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM sources AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_sources AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/claim', 'immutable', staged.claim_id::text,
	there.claim_id::text || ', which cannot change'
	FROM staged_attributions AS staged JOIN attributions AS there USING (id) WHERE there.claim_id <> staged.claim_id) AS found
		(line, pointer, code, value, expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT
		$1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', coalesce(nullif(key, ''), id::text),
	'a link that no other line of the bundle describes; line ' || first || ' does'
	FROM (SELECT min(line) AS first, id FROM staged_links WHERE NOT kept GROUP BY id HAVING count(*) > 1) AS twice
	JOIN staged_links USING (id) WHERE NOT kept AND line > first) AS found (line, pointer, code, value, expected) WHERE NOT (code =
		'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', key,
	'a key that no other link of the bundle has; line ' || first || ' has it with another id'
	FROM (SELECT key, namespace, min(line) AS first FROM staged_links WHERE NOT kept
	AND key <> '' GROUP BY key, namespace HAVING count(*) > 1) AS twice
	JOIN (SELECT key, namespace, line AS first, id AS first_id FROM staged_links
	WHERE NOT kept) AS firsts USING (key, namespace, first)
	JOIN staged_links USING (key, namespace) WHERE NOT kept AND id <> first_id) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'immutable', staged.key,
	CASE there.key WHEN '' THEN 'no key, as it was made without one' ELSE there.key || ' in ' || there.namespace ||
	', which cannot change' END
	FROM staged_links AS staged JOIN links AS there USING (id) WHERE staged.key <> ''
	AND (there.key, there.namespace) <> (staged.key, staged.namespace)) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', staged.key, 'a key that no other link has; it belongs to ' ||
		there.id
	FROM staged_links AS staged JOIN links AS there ON there.key = staged.key AND there.namespace = staged.namespace
	AND there.key <> '' AND there.id <> staged.id  WHERE staged.key <> '') AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/from', 'unknown_reference', ref::text,
	'the key or id of a claim in this bundle or stored before'
	FROM (SELECT line, claim_id AS ref FROM staged_links) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM claims AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_claims AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/to', 'unknown_reference', ref::text,
	'the key or id of a claim in this bundle or stored before'
	FROM (SELECT line, to_id AS ref FROM staged_links) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM claims AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_claims AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/kind', 'immutable', staged.kind::text,
	there.kind::text || ', which cannot change'
	FROM staged_links AS staged JOIN links AS there USING (id) WHERE there.kind <> staged.kind) AS found (line, pointer, code,
		value, expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/from', 'immutable', staged.claim_id::text,
	there.claim_id::text || ', which cannot change'
	FROM staged_links AS staged JOIN links AS there USING (id) WHERE there.claim_id <> staged.claim_id) AS found (line, pointer,
		code, value, expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/to', 'immutable', staged.to_id::text,
	there.to_id::text || ', which cannot change'
	FROM staged_links AS staged JOIN links AS there USING (id) WHERE there.to_id <> staged.to_id) AS found (line, pointer, code,
		value, expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/to', 'already_linked', to_id::text,
		'a pair that is not linked in this kind yet; line ' || first || ' links it'
	FROM (SELECT line, to_id, id, min(line) OVER pair AS first, first_value(id) OVER (pair ORDER BY line) AS first_id FROM
		staged_links
	WINDOW pair AS (PARTITION BY claim_id, to_id, kind)) AS lines WHERE id <> first_id) AS found (line, pointer, code, value,
		expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/to', 'already_linked', to_id::text,
		'a pair that is not linked in this kind yet; link ' || there.id || ' links it'
	FROM staged_links AS staged JOIN links AS there USING (claim_id, to_id, kind) WHERE there.id <> staged.id) AS found (line,
		pointer, code, value, expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', coalesce(nullif(key, ''), id::text),
	'a review that no other line of the bundle describes; line ' || first || ' does'
	FROM (SELECT min(line) AS first, id FROM staged_reviews WHERE NOT kept GROUP BY id HAVING count(*) > 1) AS twice
	JOIN staged_reviews USING (id) WHERE NOT kept AND line > first) AS found (line, pointer, code, value, expected) WHERE NOT (code
		= 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', key,
	'a key that no other review of the bundle has; line ' || first || ' has it with another id'
	FROM (SELECT key, namespace, min(line) AS first FROM staged_reviews WHERE NOT kept
	AND key <> '' GROUP BY key, namespace HAVING count(*) > 1) AS twice
	JOIN (SELECT key, namespace, line AS first, id AS first_id FROM staged_reviews
	WHERE NOT kept) AS firsts USING (key, namespace, first)
	JOIN staged_reviews USING (key, namespace) WHERE NOT kept AND id <> first_id) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'immutable', staged.key,
	CASE there.key WHEN '' THEN 'no key, as it was made without one' ELSE there.key || ' in ' || there.namespace ||
	', which cannot change' END
	FROM staged_reviews AS staged JOIN reviews AS there USING (id) WHERE staged.key <> ''
	AND (there.key, there.namespace) <> (staged.key, staged.namespace)) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', staged.key, 'a key that no other review has; it belongs to '
		|| there.id
	FROM staged_reviews AS staged JOIN reviews AS there ON there.key = staged.key AND there.namespace = staged.namespace
	AND there.key <> '' AND there.id <> staged.id  WHERE staged.key <> '') AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/claim', 'unknown_reference', ref::text,
	'the key or id of a claim in this bundle or stored before'
	FROM (SELECT line, claim_id AS ref FROM staged_reviews) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM claims AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_claims AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/author', 'unknown_reference', ref::text,
	'the key or id of a source in this bundle or stored before'
	FROM (SELECT line, author AS ref FROM staged_reviews) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM sources AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_sources AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/claim', 'immutable', staged.claim_id::text,
	there.claim_id::text || ', which cannot change'
	FROM staged_reviews AS staged JOIN reviews AS there USING (id) WHERE there.claim_id <> staged.claim_id) AS found (line, pointer,
		code, value, expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
CREATE TEMP TABLE mended (line int, id uuid, content jsonb, event_time_span jsonb, chain jsonb) ON COMMIT DROP;
DECLARE quotes NO SCROLL CURSOR FOR
	WITH documented AS (
	SELECT staged.line, staged.id, staged.document_id, staged.content, staged.event_time_span, staged.chain,
	coalesce(new.publisher, there.publisher) AS publisher, coalesce(new.text, there.text) AS text
	FROM staged_attributions AS staged
	LEFT JOIN documents AS there ON there.id = staged.document_id
	LEFT JOIN staged_documents AS new ON new.id = staged.document_id AND (new.assertion <> 2 OR there.id IS NULL)
	), needed AS (
	SELECT * FROM documented WHERE publisher IS NOT NULL AND (text <> '' OR content IS NOT NULL OR event_time_span IS NOT NULL
	OR (chain #>> '{0,source}')::uuid <> publisher OR chain @? '$[*].*.exact')
	)
	SELECT document_id, 0 AS line, texts.text, document_id AS id, publisher, coalesce(nullif(new.key, ''), nullif(there.key, ''),
	publisher::text) AS publisher_name,
	NULL::jsonb AS content, NULL::jsonb AS event_time_span, NULL::jsonb AS chain
	FROM (SELECT DISTINCT ON (document_id) document_id, text, publisher FROM needed ORDER BY document_id) AS texts
	LEFT JOIN staged_sources AS new ON new.id = publisher LEFT JOIN sources AS there ON there.id = publisher
	UNION ALL SELECT document_id, line, '', id, publisher, '', content, event_time_span, chain FROM needed
	ORDER BY 1, 2;
FETCH 250 FROM quotes;
UPDATE staged_attributions AS staged
	SET content = mended.content, event_time_span = mended.event_time_span, chain = mended.chain, state = staged.state ||
		mended.said
	FROM (SELECT *, jsonb_strip_nulls(jsonb_build_object('content', content, 'event_time_span', event_time_span)) ||
	jsonb_build_object('chain', chain) AS said FROM mended OFFSET 0) AS mended
	WHERE mended.line = staged.line AND mended.id = staged.id;
UPDATE staged_sources AS staged SET version = next.version, state = state || next.said FROM (SELECT id, version,
		jsonb_build_object('version', version) AS said FROM (SELECT id, 1 + coalesce((SELECT max(to_version) FROM changes AS ended
		WHERE ended.operation = 'delete' AND ended.resource = 'source' AND ended.resource_id = staged.id), 0) AS version FROM
		staged_sources AS staged WHERE id IN (SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'source' AND
		resource_id IN (SELECT id FROM staged_sources))) AS gone OFFSET 0) AS next WHERE next.id = staged.id;
WITH number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (INSERT INTO changes (xid, actor,
		actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'create', 'source', staged.id, staged.version - 1,
		staged.version, $4::text, staged.state
	FROM staged_sources AS staged WHERE NOT EXISTS (SELECT FROM sources AS there WHERE there.id = staged.id) ORDER BY staged.id
		RETURNING xid, id)
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change;
WITH found AS (INSERT INTO source_traits (hash, source_id) SELECT DISTINCT hashtextextended(trait, 0), id FROM (SELECT * FROM
		staged_sources AS staged WHERE NOT EXISTS (SELECT FROM sources AS there WHERE there.id = staged.id)) AS new, unnest(identities)
		AS trait ORDER BY 1, 2) INSERT INTO sources (version, created_at, updated_at, id, key, namespace, status, merged_into, kind,
		name, names, aliases, country, role, anonymous, reliability, external_ids, domains, url, control_reviewed_at, notes, method,
		folded, terms, identities)
	SELECT staged.version, $1::timestamptz, $1::timestamptz, staged.id, staged.key, staged.namespace, staged.status,
		staged.merged_into, staged.kind, staged.name, staged.names, staged.aliases, staged.country, staged.role, staged.anonymous,
		staged.reliability, staged.external_ids, staged.domains, staged.url, staged.control_reviewed_at, staged.notes, staged.method,
		staged.folded, staged.terms::tsvector, staged.identities FROM staged_sources AS staged WHERE NOT EXISTS (SELECT FROM sources AS
		there WHERE there.id = staged.id) ORDER BY staged.id;
UPDATE staged_relations AS staged SET version = next.version, state = state || next.said FROM (SELECT id, version,
		jsonb_build_object('version', version) AS said FROM (SELECT id, 1 + coalesce((SELECT max(to_version) FROM changes AS ended
		WHERE ended.operation = 'delete' AND ended.resource = 'relation' AND ended.resource_id = staged.id), 0) AS version FROM
		staged_relations AS staged WHERE id IN (SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'relation'
		AND resource_id IN (SELECT id FROM staged_relations))) AS gone OFFSET 0) AS next WHERE next.id = staged.id;
WITH number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (INSERT INTO changes (xid, actor,
		actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'create', 'relation', staged.id, staged.version - 1,
		staged.version, $4::text, staged.state
	FROM staged_relations AS staged WHERE NOT EXISTS (SELECT FROM relations AS there WHERE there.id = staged.id) ORDER BY staged.id
		RETURNING xid, id)
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 2, id FROM change;
INSERT INTO relations (version, created_at, updated_at, id, key, namespace, status, subject, kind, object, share, since, until,
		citation)
	SELECT staged.version, $1::timestamptz, $1::timestamptz, staged.id, staged.key, staged.namespace, staged.status, staged.subject,
		staged.kind, staged.object, staged.share, staged.since, staged.until, staged.citation FROM staged_relations AS staged WHERE NOT
		EXISTS (SELECT FROM relations AS there WHERE there.id = staged.id) ORDER BY staged.id;
UPDATE staged_documents AS staged SET version = next.version, state = state || next.said FROM (SELECT id, version,
		jsonb_build_object('version', version) AS said FROM (SELECT id, 1 + coalesce((SELECT max(to_version) FROM changes AS ended
		WHERE ended.operation = 'delete' AND ended.resource = 'document' AND ended.resource_id = staged.id), 0) AS version FROM
		staged_documents AS staged WHERE id IN (SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'document'
		AND resource_id IN (SELECT id FROM staged_documents))) AS gone OFFSET 0) AS next WHERE next.id = staged.id;
WITH number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (INSERT INTO changes (xid, actor,
		actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'create', 'document', staged.id, staged.version - 1,
		staged.version, $4::text, staged.state
	FROM staged_documents AS staged WHERE NOT EXISTS (SELECT FROM documents AS there WHERE there.id = staged.id) ORDER BY staged.id
		RETURNING xid, id)
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 3, id FROM change;
INSERT INTO documents (version, created_at, updated_at, id, key, namespace, status, publisher, kind, language, title, url,
		archive_url, published, retrieved_at, text, text_sha256, authors, derived_from, method, url_canonical, terms, sketch)
	SELECT staged.version, $1::timestamptz, $1::timestamptz, staged.id, staged.key, staged.namespace, staged.status,
		staged.publisher, staged.kind, staged.language, staged.title, staged.url, staged.archive_url, staged.published,
		staged.retrieved_at, staged.text, staged.text_sha256, staged.authors, staged.derived_from, staged.method, staged.url_canonical,
		staged.terms::tsvector, staged.sketch FROM staged_documents AS staged WHERE NOT EXISTS (SELECT FROM documents AS there WHERE
		there.id = staged.id) ORDER BY staged.id;
UPDATE staged_claims AS staged SET version = next.version, state = state || next.said FROM (SELECT id, version,
		jsonb_build_object('version', version) AS said FROM (SELECT id, 1 + coalesce((SELECT max(to_version) FROM changes AS ended
		WHERE ended.operation = 'delete' AND ended.resource = 'claim' AND ended.resource_id = staged.id), 0) AS version FROM
		staged_claims AS staged WHERE id IN (SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'claim' AND
		resource_id IN (SELECT id FROM staged_claims))) AS gone OFFSET 0) AS next WHERE next.id = staged.id;
WITH number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (INSERT INTO changes (xid, actor,
		actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'create', 'claim', staged.id, staged.version - 1, staged.version,
		$4::text, staged.state
	FROM staged_claims AS staged WHERE NOT EXISTS (SELECT FROM claims AS there WHERE there.id = staged.id) ORDER BY staged.id
		RETURNING xid, id)
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 4, id FROM change;
INSERT INTO claims (version, created_at, updated_at, id, key, namespace, status, merged_into, statement, quantities, event_time,
		places, topics, scope, method, folded, terms)
	SELECT staged.version, $1::timestamptz, $1::timestamptz, staged.id, staged.key, staged.namespace, staged.status,
		staged.merged_into, staged.statement, staged.quantities, staged.event_time, staged.places, staged.topics, staged.scope,
		staged.method, staged.folded, staged.terms::tsvector FROM staged_claims AS staged WHERE NOT EXISTS (SELECT FROM claims AS there
		WHERE there.id = staged.id) ORDER BY staged.id;
UPDATE staged_attributions AS staged SET version = next.version, state = state || next.said FROM (SELECT id, version,
		jsonb_build_object('version', version) AS said FROM (SELECT id, 1 + coalesce((SELECT max(to_version) FROM changes AS ended
		WHERE ended.operation = 'delete' AND ended.resource = 'attribution' AND ended.resource_id = staged.id), 0) AS version FROM
		staged_attributions AS staged WHERE id IN (SELECT resource_id FROM changes WHERE operation = 'delete' AND resource =
		'attribution' AND resource_id IN (SELECT id FROM staged_attributions))) AS gone OFFSET 0) AS next WHERE next.id = staged.id;
WITH number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (INSERT INTO changes (xid, actor,
		actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'create', 'attribution', staged.id, staged.version - 1,
		staged.version, $4::text, staged.state
	FROM staged_attributions AS staged WHERE NOT EXISTS (SELECT FROM attributions AS there WHERE there.id = staged.id) ORDER BY
		staged.id RETURNING xid, id)
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 5, id FROM change;
INSERT INTO attributions (version, created_at, updated_at, id, key, namespace, status, claim_id, document_id, stance, content,
		event_time_span, chain, credibility, method, confidence, note)
	SELECT staged.version, $1::timestamptz, $1::timestamptz, staged.id, staged.key, staged.namespace, staged.status,
		staged.claim_id, staged.document_id, staged.stance, staged.content, staged.event_time_span, staged.chain, staged.credibility,
		staged.method, staged.confidence, staged.note FROM staged_attributions AS staged WHERE NOT EXISTS (SELECT FROM attributions AS
		there WHERE there.id = staged.id) ORDER BY staged.id;
UPDATE staged_links AS staged SET version = next.version, state = state || next.said FROM (SELECT id, version,
		jsonb_build_object('version', version) AS said FROM (SELECT id, 1 + coalesce((SELECT max(to_version) FROM changes AS ended
		WHERE ended.operation = 'delete' AND ended.resource = 'link' AND ended.resource_id = staged.id), 0) AS version FROM
		staged_links AS staged WHERE id IN (SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'link' AND
		resource_id IN (SELECT id FROM staged_links))) AS gone OFFSET 0) AS next WHERE next.id = staged.id;
WITH number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (INSERT INTO changes (xid, actor,
		actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'create', 'link', staged.id, staged.version - 1, staged.version,
		$4::text, staged.state
	FROM staged_links AS staged WHERE NOT EXISTS (SELECT FROM links AS there WHERE there.id = staged.id) ORDER BY staged.id
		RETURNING xid, id)
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 6, id FROM change;
INSERT INTO links (version, created_at, updated_at, id, key, namespace, status, kind, claim_id, to_id, degree, basis, rationale,
		method, confidence)
	SELECT staged.version, $1::timestamptz, $1::timestamptz, staged.id, staged.key, staged.namespace, staged.status, staged.kind,
		staged.claim_id, staged.to_id, staged.degree, staged.basis, staged.rationale, staged.method, staged.confidence FROM
		staged_links AS staged WHERE NOT EXISTS (SELECT FROM links AS there WHERE there.id = staged.id) ORDER BY staged.id;
UPDATE staged_reviews AS staged SET version = next.version, state = state || next.said FROM (SELECT id, version,
		jsonb_build_object('version', version) AS said FROM (SELECT id, 1 + coalesce((SELECT max(to_version) FROM changes AS ended
		WHERE ended.operation = 'delete' AND ended.resource = 'review' AND ended.resource_id = staged.id), 0) AS version FROM
		staged_reviews AS staged WHERE id IN (SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'review' AND
		resource_id IN (SELECT id FROM staged_reviews))) AS gone OFFSET 0) AS next WHERE next.id = staged.id;
WITH number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (INSERT INTO changes (xid, actor,
		actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'create', 'review', staged.id, staged.version - 1,
		staged.version, $4::text, staged.state
	FROM staged_reviews AS staged WHERE NOT EXISTS (SELECT FROM reviews AS there WHERE there.id = staged.id) ORDER BY staged.id
		RETURNING xid, id)
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 7, id FROM change;
INSERT INTO reviews (version, created_at, updated_at, id, key, namespace, status, claim_id, author, rating, title, url, language,
		claim_reviewed, published, folded, terms)
	SELECT staged.version, $1::timestamptz, $1::timestamptz, staged.id, staged.key, staged.namespace, staged.status,
		staged.claim_id, staged.author, staged.rating, staged.title, staged.url, staged.language, staged.claim_reviewed,
		staged.published, staged.folded, staged.terms::tsvector FROM staged_reviews AS staged WHERE NOT EXISTS (SELECT FROM reviews AS
		there WHERE there.id = staged.id) ORDER BY staged.id;
SELECT id, line, octet_length(staged.text) AS bytes, now.text <> '' AS has_text,
	now.text_sha256 = '' AND NOT EXISTS (
	SELECT FROM changes WHERE resource = 'document' AND resource_id = now.id AND state ->> 'text_sha256' <> '')
	AND NOT EXISTS (SELECT FROM attributions AS a WHERE a.document_id = now.id) AS may_fill
	FROM staged_documents AS staged JOIN documents AS now USING (id)
	WHERE staged.assertion = 2 AND staged.text <> '' AND (now.text = '' OR now.text_sha256 <> staged.text_sha256)
	ORDER BY id;
WITH RECURSIVE reached (id) AS (
	SELECT object FROM relations AS first WHERE id IN (SELECT id FROM relations WHERE subject IN (
	WITH RECURSIVE merged (id) AS (SELECT id FROM staged_sources WHERE merged_into IS NOT NULL UNION SELECT next.id FROM merged AS
		at, LATERAL (SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)) SELECT id FROM merged))
		AND controls AND status = 'active' AND (
	EXISTS (SELECT FROM relations AS next WHERE next.subject = first.object AND controls AND status = 'active')
	OR EXISTS (SELECT FROM sources WHERE sources.id = first.object AND merged_into IS NOT NULL)
	OR EXISTS (SELECT FROM sources WHERE merged_into = first.object))
	UNION
	SELECT next.id FROM reached AS at, LATERAL (
	SELECT object FROM relations WHERE subject = at.id AND controls AND status = 'active'
	UNION ALL SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)
	), speakers_above (id) AS (
	SELECT id FROM reached
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT id, speaks_as FROM speakers;
WITH RECURSIVE reached (id) AS (
	SELECT object FROM relations AS first WHERE id IN (SELECT id FROM staged_relations) AND controls AND status = 'active' AND (
	EXISTS (SELECT FROM relations AS next WHERE next.subject = first.object AND controls AND status = 'active')
	OR EXISTS (SELECT FROM sources WHERE sources.id = first.object AND merged_into IS NOT NULL)
	OR EXISTS (SELECT FROM sources WHERE merged_into = first.object))
	UNION
	SELECT next.id FROM reached AS at, LATERAL (
	SELECT object FROM relations WHERE subject = at.id AND controls AND status = 'active'
	UNION ALL SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)
	), speakers_above (id) AS (
	SELECT id FROM reached
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT id, speaks_as FROM speakers;
SELECT id, subject, object, coalesce(lower(held) - date '2000-01-01', -2147483648) AS first,
	coalesce(upper(held) - date '2000-01-01', 2147483647) AS end, id IN (SELECT id FROM staged_relations) AS written
	FROM relations WHERE subject = ANY ($1) AND controls AND status = 'active' AND NOT isempty(held);
WITH RECURSIVE starts (id) AS (
	SELECT t.id FROM (SELECT id FROM staged_documents WHERE derived_from IS NOT NULL) AS wanted JOIN documents AS t ON t.id =
		wanted.id JOIN documents AS first ON first.id = t.derived_from
	WHERE first.derived_from IS NOT NULL
	), line (id, parent) AS (
	SELECT t.id, t.derived_from FROM starts JOIN documents AS t ON t.id = starts.id
	UNION
	SELECT t.id, t.derived_from FROM line JOIN documents AS t ON t.id = line.parent
	) SELECT id, parent, id IN (SELECT id FROM starts) AS wanted FROM line;
WITH RECURSIVE starts (id) AS (
	SELECT t.id FROM (SELECT id FROM staged_sources WHERE merged_into IS NOT NULL) AS wanted JOIN sources AS t ON t.id = wanted.id
		JOIN sources AS first ON first.id = t.merged_into
	WHERE first.merged_into IS NOT NULL
	), line (id, parent) AS (
	SELECT t.id, t.merged_into FROM starts JOIN sources AS t ON t.id = starts.id
	UNION
	SELECT t.id, t.merged_into FROM line JOIN sources AS t ON t.id = line.parent
	) SELECT id, parent, id IN (SELECT id FROM starts) AS wanted FROM line;
WITH RECURSIVE starts (id) AS (
	SELECT t.id FROM (SELECT id FROM staged_claims WHERE merged_into IS NOT NULL) AS wanted JOIN claims AS t ON t.id = wanted.id
		JOIN claims AS first ON first.id = t.merged_into
	WHERE first.merged_into IS NOT NULL
	), line (id, parent) AS (
	SELECT t.id, t.merged_into FROM starts JOIN claims AS t ON t.id = starts.id
	UNION
	SELECT t.id, t.merged_into FROM line JOIN claims AS t ON t.id = line.parent
	) SELECT id, parent, id IN (SELECT id FROM starts) AS wanted FROM line;
SELECT *, count(*) OVER () FROM (WITH RECURSIVE above (id) AS (
	SELECT id FROM staged_sources WHERE merged_into IS NOT NULL
	UNION SELECT merged.merged_into FROM above JOIN sources AS merged ON merged.id = above.id AND merged.merged_into IS NOT NULL),
		together (id) AS (
	SELECT id FROM above
	UNION SELECT merged.id FROM together JOIN sources AS merged ON merged.merged_into = together.id), apart AS MATERIALIZED (
	SELECT id, a, b FROM matches WHERE kind = 'same_source' AND status = 'rejected' AND a IN (SELECT id FROM together) AND b IN
		(SELECT id FROM together)
	), speakers_above (id) AS (
	SELECT a FROM apart UNION SELECT b FROM apart
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT merger.line, '/merged_into', 'conflict', merger.merged_into::text,
	'another source than one of which it was said that they are two, by ' || apart.id
	FROM apart JOIN speakers AS one ON one.id = apart.a JOIN speakers AS other ON other.id = apart.b
	CROSS JOIN LATERAL (
	WITH RECURSIVE ends (id) AS (
	SELECT unnest(ARRAY[apart.a, apart.b])
	UNION SELECT merged.merged_into FROM ends JOIN sources AS merged ON merged.id = ends.id AND merged.merged_into IS NOT NULL)
		SELECT staged.line, staged.merged_into FROM ends JOIN staged_sources AS staged USING (id)
	WHERE staged.merged_into IS NOT NULL ORDER BY staged.line LIMIT 1) AS merger
	WHERE one.speaks_as = other.speaks_as) AS found (line, pointer, code, value, expected) WHERE NOT (code = 'unknown_reference' AND
		($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (WITH RECURSIVE apart AS MATERIALIZED (SELECT * FROM staged_matches WHERE kind = 'same_source'
		AND status = 'rejected'), speakers_above (id) AS (
	SELECT a FROM apart UNION SELECT b FROM apart
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT line, '/status', 'conflict', status, 'another than rejected, since the two are merged'
	FROM apart JOIN speakers AS one ON one.id = a JOIN speakers AS other ON other.id = b
	WHERE one.speaks_as = other.speaks_as) AS found (line, pointer, code, value, expected) WHERE NOT (code = 'unknown_reference' AND
		($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (WITH RECURSIVE above (id) AS (
	SELECT id FROM staged_claims WHERE merged_into IS NOT NULL
	UNION SELECT merged.merged_into FROM above JOIN claims AS merged ON merged.id = above.id AND merged.merged_into IS NOT NULL),
		together (id) AS (
	SELECT id FROM above
	UNION SELECT merged.id FROM together JOIN claims AS merged ON merged.merged_into = together.id), apart AS MATERIALIZED (
	SELECT id, claim_id, to_id FROM links WHERE kind = 'equivalent' AND status = 'rejected' AND claim_id IN (SELECT id FROM
		together) AND to_id IN (SELECT id FROM together)
	), speakers_above (id) AS (
	SELECT claim_id FROM apart UNION SELECT to_id FROM apart
	UNION SELECT merged.merged_into FROM speakers_above JOIN claims AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM claims AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM claims WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT merger.line, '/merged_into', 'conflict', merger.merged_into::text,
	'another claim than one of which it was said that they are two, by ' || apart.id
	FROM apart JOIN speakers AS one ON one.id = apart.claim_id JOIN speakers AS other ON other.id = apart.to_id
	CROSS JOIN LATERAL (
	WITH RECURSIVE ends (id) AS (
	SELECT unnest(ARRAY[apart.claim_id, apart.to_id])
	UNION SELECT merged.merged_into FROM ends JOIN claims AS merged ON merged.id = ends.id AND merged.merged_into IS NOT NULL)
		SELECT staged.line, staged.merged_into FROM ends JOIN staged_claims AS staged USING (id)
	WHERE staged.merged_into IS NOT NULL ORDER BY staged.line LIMIT 1) AS merger
	WHERE one.speaks_as = other.speaks_as) AS found (line, pointer, code, value, expected) WHERE NOT (code = 'unknown_reference' AND
		($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (WITH RECURSIVE apart AS MATERIALIZED (SELECT * FROM staged_links WHERE kind = 'equivalent' AND
		status = 'rejected'), speakers_above (id) AS (
	SELECT claim_id FROM apart UNION SELECT to_id FROM apart
	UNION SELECT merged.merged_into FROM speakers_above JOIN claims AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM claims AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM claims WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT line, '/status', 'conflict', status, 'another than rejected, since the two are merged'
	FROM apart JOIN speakers AS one ON one.id = claim_id JOIN speakers AS other ON other.id = to_id
	WHERE one.speaks_as = other.speaks_as) AS found (line, pointer, code, value, expected) WHERE NOT (code = 'unknown_reference' AND
		($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT staged.line, '/status', 'conflict', staged.status,
	'another than accepted, since it was said that the two are two, by ' || apart.id
	FROM staged_matches AS staged CROSS JOIN LATERAL (WITH RECURSIVE ours (id) AS (
	SELECT staged.a
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT staged.b
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
	SELECT id FROM matches WHERE kind = 'same_document' AND status = 'rejected' AND ((a IN (SELECT id FROM ours) AND b IN (SELECT id
		FROM theirs))
	OR (b IN (SELECT id FROM ours) AND a IN (SELECT id FROM theirs))) ORDER BY id LIMIT 1) AS apart
	WHERE staged.kind = 'same_document' AND staged.status = 'accepted') AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/status', 'conflict', status,
		'another than rejected, since the two are one by accepted matches'
	FROM staged_matches AS staged WHERE kind = 'same_document' AND status = 'rejected' AND staged.b IN (WITH RECURSIVE one (id) AS (
	SELECT staged.a
	UNION SELECT CASE WHEN accepted.a = one.id THEN accepted.b ELSE accepted.a END FROM one JOIN matches AS accepted
	ON (accepted.a = one.id OR accepted.b = one.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted') SELECT id
		FROM one)) AS found (line, pointer, code, value, expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3)))
		ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT staged.line, '/derived_from', 'conflict', staged.derived_from::text,
	'another document than one of which it was said that this is no reprint, by ' || apart.id
	FROM matches AS apart
	CROSS JOIN LATERAL (WITH RECURSIVE ours (id) AS (
	SELECT apart.a
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted') SELECT
		id FROM ours) AS reprint
	CROSS JOIN LATERAL (WITH RECURSIVE theirs (id) AS (
	SELECT apart.b
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
		SELECT id FROM theirs) AS original
	JOIN staged_documents AS staged ON staged.id = reprint.id AND staged.derived_from = original.id
	WHERE apart.kind = 'reprint' AND apart.status = 'rejected'
	AND EXISTS (SELECT FROM staged_documents WHERE derived_from IS NOT NULL)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/status', 'conflict', status,
		'another than rejected, since the one derives from the other'
	FROM staged_matches AS staged WHERE kind = 'reprint' AND status = 'rejected' AND EXISTS (WITH RECURSIVE ours (id) AS (
	SELECT staged.a
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT staged.b
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
		SELECT FROM documents WHERE id IN (SELECT id FROM ours)
	AND derived_from IN (SELECT id FROM theirs))) AS found (line, pointer, code, value, expected) WHERE NOT (code =
		'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT change_number(pg_current_xact_id())::text::bigint;
SELECT resource, resource_id AS id, coalesce(state ->> 'key', '') AS key FROM changes
	WHERE xid = $1::bigint::text::xid8 AND operation = 'create' ORDER BY changes.xid, changes.id LIMIT $2;
INSERT INTO imports (group_id, actor, reason, counts) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- Import that keeps going and proposes duplicates
SELECT new.line, other.id AS a, new.id AS b, new.url
	FROM staged_documents AS new
	LEFT JOIN (SELECT url_canonical, (array_agg(id ORDER BY line, id))[1] AS first FROM staged_documents WHERE url_canonical <> ''
	GROUP BY url_canonical HAVING count(*) > 1) AS several USING (url_canonical)
	CROSS JOIN LATERAL (
	(SELECT id FROM documents WHERE url_canonical = new.url_canonical AND url_canonical <> '' AND status = 'active' ORDER BY id
		LIMIT 1)
	UNION ALL SELECT several.first WHERE several.first <> new.id LIMIT 1
	) AS other
	WHERE new.url_canonical <> '' AND other.id <> new.id AND NOT EXISTS (SELECT FROM documents WHERE documents.id = new.id)
	ORDER BY new.line, new.id;
CREATE TEMP TABLE new_claims ON COMMIT DROP AS SELECT *, ARRAY[sum] AS figures, count(*) OVER (PARTITION BY sum) AS alike FROM (
	SELECT line, id, statement, folded, md5(coalesce((
	SELECT string_agg(DISTINCT word, ' ' ORDER BY word) FROM regexp_split_to_table(folded, ' ') AS word
	WHERE word ~ '[0-9]'), '')) AS sum
	FROM staged_claims AS staged WHERE NOT EXISTS (SELECT FROM claims WHERE claims.id = staged.id)) AS new;
CREATE INDEX ON new_claims USING gin (figures, folded gin_trgm_ops) WHERE alike > 50;
CREATE INDEX ON new_claims (sum);
CREATE INDEX ON new_claims (md5(folded), id);
ANALYZE new_claims;
SET LOCAL pg_trgm.similarity_threshold = 0.6;
SET LOCAL enable_seqscan = off;
SET LOCAL jit = off;
DECLARE respelled NO SCROLL CURSOR FOR
	SELECT new.line, new.id, new.statement, other.id AS other_id, other.statement AS other_statement
	FROM new_claims AS new CROSS JOIN LATERAL (
	(SELECT id, statement FROM claims WHERE text_sums(folded) && text_sums(new.folded) AND status = 'active' LIMIT 20)
	UNION ALL
	(SELECT id, statement FROM new_claims AS another WHERE md5(another.folded) = md5(new.folded) AND another.id < new.id
	ORDER BY id LIMIT 1)
	) AS other
	WHERE NOT EXISTS (SELECT FROM staged_links WHERE claim_id = new.id AND to_id = other.id)
	AND NOT EXISTS (SELECT FROM staged_links WHERE claim_id = other.id AND to_id = new.id) ORDER BY new.line, new.id;
SET LOCAL enable_seqscan TO DEFAULT;
SET LOCAL jit TO DEFAULT;
FETCH 1000 FROM respelled;
DECLARE duplicates NO SCROLL CURSOR FOR
	SELECT new.line, new.id, new.statement, other.id AS other_id, other.statement AS other_statement
	FROM (SELECT * FROM new_claims ORDER BY line, id LIMIT 20000) AS new CROSS JOIN LATERAL (
	SELECT id, statement FROM (
	(SELECT id, statement, similarity(folded, new.folded) AS similarity FROM claims WHERE folded % new.folded
	AND status = 'active' LIMIT 200)
	UNION ALL
	(SELECT id, statement, similarity(folded, new.folded) FROM new_claims AS another
	WHERE new.alike > 50 AND alike > 50 AND folded % new.folded AND figures @> new.figures AND id > new.id
	LIMIT 200)
	UNION ALL
	(SELECT id, statement, similarity(folded, new.folded) FROM new_claims AS another
	WHERE new.alike <= 50 AND similarity(folded, new.folded) >= 0.6 AND sum = new.sum AND id > new.id)
	) AS ranked ORDER BY similarity DESC, id LIMIT 20
	) AS other
	WHERE NOT EXISTS (SELECT FROM links WHERE claim_id = new.id AND to_id = other.id)
	AND NOT EXISTS (SELECT FROM links WHERE claim_id = other.id AND to_id = new.id) AND NOT EXISTS (SELECT FROM staged_links WHERE
		claim_id = new.id AND to_id = other.id)
	AND NOT EXISTS (SELECT FROM staged_links WHERE claim_id = other.id AND to_id = new.id) ORDER BY new.line, new.id;
FETCH 1000 FROM duplicates;
SELECT line FROM new_claims ORDER BY line, id LIMIT 1 OFFSET $1;
WITH locked AS MATERIALIZED (
	SELECT now.id, now.status AS status_before FROM staged_sources AS staged JOIN sources AS now ON now.id = staged.id
	WHERE staged.assertion <> 2 AND now.xmin <> pg_current_xact_id()::xid AND (staged.status_named AND now.status IS DISTINCT FROM
		staged.status OR staged.status_named AND now.merged_into IS DISTINCT FROM staged.merged_into OR ROW (now.kind, now.name,
		now.names, now.aliases, now.country, now.role, now.anonymous, now.reliability, now.external_ids, now.domains, now.url,
		now.control_reviewed_at, now.notes, now.method) IS DISTINCT FROM ROW (staged.kind, staged.name, staged.names, staged.aliases,
		staged.country, staged.role, staged.anonymous, staged.reliability, staged.external_ids, staged.domains, staged.url,
		staged.control_reviewed_at, staged.notes, staged.method)) ORDER BY now.id FOR NO KEY UPDATE OF now
	), stored AS (
	UPDATE sources AS now SET (kind, name, names, aliases, country, role, anonymous, reliability, external_ids, domains, url,
		control_reviewed_at, notes, method, folded, terms, identities) = ROW (staged.kind, staged.name, staged.names, staged.aliases,
		staged.country, staged.role, staged.anonymous, staged.reliability, staged.external_ids, staged.domains, staged.url,
		staged.control_reviewed_at, staged.notes, staged.method, staged.folded, staged.terms::tsvector, staged.identities), status =
		CASE WHEN staged.status_named THEN staged.status ELSE now.status END, merged_into = CASE WHEN staged.status_named THEN
		staged.merged_into ELSE now.merged_into END, version = now.version + 1, updated_at = now()
	FROM locked JOIN staged_sources AS staged USING (id)
	WHERE now.id = locked.id AND staged.assertion <> 2
	RETURNING now.*, locked.status_before, staged.state
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = stored.status_before THEN 'update' WHEN
		stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN stored.status_before
		= 'merged' THEN 'unmerge' WHEN stored.status_before = 'retracted' THEN 'restore' ELSE 'update' END, 'source', stored.id,
		stored.version - 1, stored.version, $4::text, stored.state || jsonb_build_object('id', stored.id, 'version', stored.version,
		'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change
	) SELECT count(*) FROM stored;
WITH locked AS MATERIALIZED (
	SELECT now.id, now.status AS status_before FROM staged_relations AS staged JOIN relations AS now ON now.id = staged.id
	WHERE staged.assertion <> 2 AND now.xmin <> pg_current_xact_id()::xid AND (staged.status_named AND now.status IS DISTINCT FROM
		staged.status OR ROW (now.subject, now.kind, now.object, now.share, now.since, now.until, now.citation) IS DISTINCT FROM ROW
		(staged.subject, staged.kind, staged.object, staged.share, staged.since, staged.until, staged.citation)) ORDER BY now.id FOR NO
		KEY UPDATE OF now
	), stored AS (
	UPDATE relations AS now SET (subject, kind, object, share, since, until, citation) = ROW (staged.subject, staged.kind,
		staged.object, staged.share, staged.since, staged.until, staged.citation), status = CASE WHEN staged.status_named THEN
		staged.status ELSE now.status END, version = now.version + 1, updated_at = now()
	FROM locked JOIN staged_relations AS staged USING (id)
	WHERE now.id = locked.id AND staged.assertion <> 2
	RETURNING now.*, locked.status_before, staged.state
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = stored.status_before THEN 'update' WHEN
		stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN stored.status_before
		= 'merged' THEN 'unmerge' WHEN stored.status_before = 'retracted' THEN 'restore' ELSE 'update' END, 'relation', stored.id,
		stored.version - 1, stored.version, $4::text, stored.state || jsonb_build_object('id', stored.id, 'version', stored.version,
		'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 2, id FROM change
	) SELECT count(*) FROM stored;
WITH locked AS MATERIALIZED (
	SELECT now.id, now.status AS status_before FROM staged_documents AS staged JOIN documents AS now ON now.id = staged.id
	WHERE staged.assertion <> 2 AND now.xmin <> pg_current_xact_id()::xid AND (staged.status_named AND now.status IS DISTINCT FROM
		staged.status OR ROW (now.publisher, now.kind, now.language, now.title, now.url, now.archive_url, now.published,
		now.retrieved_at, now.text, now.text_sha256, now.authors, now.derived_from, now.method) IS DISTINCT FROM ROW (staged.publisher,
		staged.kind, staged.language, staged.title, staged.url, staged.archive_url, staged.published, staged.retrieved_at, staged.text,
		staged.text_sha256, staged.authors, staged.derived_from, staged.method)) ORDER BY now.id FOR NO KEY UPDATE OF now
	), stored AS (
	UPDATE documents AS now SET (publisher, kind, language, title, url, archive_url, published, retrieved_at, text, text_sha256,
		authors, derived_from, method, url_canonical, terms, sketch) = ROW (staged.publisher, staged.kind, staged.language,
		staged.title, staged.url, staged.archive_url, staged.published, staged.retrieved_at, staged.text, staged.text_sha256,
		staged.authors, staged.derived_from, staged.method, staged.url_canonical, staged.terms::tsvector, staged.sketch), status = CASE
		WHEN staged.status_named THEN staged.status ELSE now.status END, version = now.version + 1, updated_at = now()
	FROM locked JOIN staged_documents AS staged USING (id)
	WHERE now.id = locked.id AND staged.assertion <> 2
	RETURNING now.*, locked.status_before, staged.state
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = stored.status_before THEN 'update' WHEN
		stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN stored.status_before
		= 'merged' THEN 'unmerge' WHEN stored.status_before = 'retracted' THEN 'restore' ELSE 'update' END, 'document', stored.id,
		stored.version - 1, stored.version, $4::text, stored.state || jsonb_build_object('id', stored.id, 'version', stored.version,
		'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 3, id FROM change
	) SELECT count(*) FROM stored;
WITH locked AS MATERIALIZED (
	SELECT now.id, now.status AS status_before FROM staged_claims AS staged JOIN claims AS now ON now.id = staged.id
	WHERE staged.assertion <> 2 AND now.xmin <> pg_current_xact_id()::xid AND (staged.status_named AND now.status IS DISTINCT FROM
		staged.status OR staged.status_named AND now.merged_into IS DISTINCT FROM staged.merged_into OR ROW (now.statement,
		now.quantities, now.event_time, now.places, now.topics, now.scope, now.method) IS DISTINCT FROM ROW (staged.statement,
		staged.quantities, staged.event_time, staged.places, staged.topics, staged.scope, staged.method)) ORDER BY now.id FOR NO KEY
		UPDATE OF now
	), stored AS (
	UPDATE claims AS now SET (statement, quantities, event_time, places, topics, scope, method, folded, terms) = ROW
		(staged.statement, staged.quantities, staged.event_time, staged.places, staged.topics, staged.scope, staged.method,
		staged.folded, staged.terms::tsvector), status = CASE WHEN staged.status_named THEN staged.status ELSE now.status END,
		merged_into = CASE WHEN staged.status_named THEN staged.merged_into ELSE now.merged_into END, version = now.version + 1,
		updated_at = now()
	FROM locked JOIN staged_claims AS staged USING (id)
	WHERE now.id = locked.id AND staged.assertion <> 2
	RETURNING now.*, locked.status_before, staged.state
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = stored.status_before THEN 'update' WHEN
		stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN stored.status_before
		= 'merged' THEN 'unmerge' WHEN stored.status_before = 'retracted' THEN 'restore' ELSE 'update' END, 'claim', stored.id,
		stored.version - 1, stored.version, $4::text, stored.state || jsonb_build_object('id', stored.id, 'version', stored.version,
		'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 4, id FROM change
	) SELECT count(*) FROM stored;
WITH locked AS MATERIALIZED (
	SELECT now.id, now.status AS status_before FROM staged_attributions AS staged JOIN attributions AS now ON now.id = staged.id
	WHERE staged.assertion <> 2 AND now.xmin <> pg_current_xact_id()::xid AND (staged.status_named AND now.status IS DISTINCT FROM
		staged.status OR ROW (now.claim_id, now.document_id, now.stance, now.content, now.event_time_span, now.chain, now.credibility,
		now.method, now.confidence, now.note) IS DISTINCT FROM ROW (staged.claim_id, staged.document_id, staged.stance, staged.content,
		staged.event_time_span, staged.chain, staged.credibility, staged.method, staged.confidence, staged.note)) ORDER BY now.id FOR
		NO KEY UPDATE OF now
	), stored AS (
	UPDATE attributions AS now SET (claim_id, document_id, stance, content, event_time_span, chain, credibility, method, confidence,
		note) = ROW (staged.claim_id, staged.document_id, staged.stance, staged.content, staged.event_time_span, staged.chain,
		staged.credibility, staged.method, staged.confidence, staged.note), status = CASE WHEN staged.status_named THEN staged.status
		ELSE now.status END, version = now.version + 1, updated_at = now()
	FROM locked JOIN staged_attributions AS staged USING (id)
	WHERE now.id = locked.id AND staged.assertion <> 2
	RETURNING now.*, locked.status_before, staged.state
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = stored.status_before THEN 'update' WHEN
		stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN stored.status_before
		= 'merged' THEN 'unmerge' WHEN stored.status_before = 'retracted' THEN 'restore' ELSE 'update' END, 'attribution', stored.id,
		stored.version - 1, stored.version, $4::text, stored.state || jsonb_build_object('id', stored.id, 'version', stored.version,
		'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 5, id FROM change
	) SELECT count(*) FROM stored;
WITH locked AS MATERIALIZED (
	SELECT now.id, now.status AS status_before FROM staged_links AS staged JOIN links AS now ON now.id = staged.id
	WHERE staged.assertion <> 2 AND now.xmin <> pg_current_xact_id()::xid AND (staged.status_named AND now.status IS DISTINCT FROM
		staged.status OR ROW (now.kind, now.claim_id, now.to_id, now.degree, now.basis, now.rationale, now.method, now.confidence) IS
		DISTINCT FROM ROW (staged.kind, staged.claim_id, staged.to_id, staged.degree, staged.basis, staged.rationale, staged.method,
		staged.confidence)) ORDER BY now.id FOR NO KEY UPDATE OF now
	), stored AS (
	UPDATE links AS now SET (kind, claim_id, to_id, degree, basis, rationale, method, confidence) = ROW (staged.kind,
		staged.claim_id, staged.to_id, staged.degree, staged.basis, staged.rationale, staged.method, staged.confidence), status = CASE
		WHEN staged.status_named THEN staged.status ELSE now.status END, version = now.version + 1, updated_at = now()
	FROM locked JOIN staged_links AS staged USING (id)
	WHERE now.id = locked.id AND staged.assertion <> 2
	RETURNING now.*, locked.status_before, staged.state
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = stored.status_before THEN 'update' WHEN
		stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN stored.status_before
		= 'merged' THEN 'unmerge' WHEN stored.status_before = 'retracted' THEN 'restore' ELSE 'update' END, 'link', stored.id,
		stored.version - 1, stored.version, $4::text, stored.state || jsonb_build_object('id', stored.id, 'version', stored.version,
		'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 6, id FROM change
	) SELECT count(*) FROM stored;
WITH locked AS MATERIALIZED (
	SELECT now.id, now.status AS status_before FROM staged_reviews AS staged JOIN reviews AS now ON now.id = staged.id
	WHERE staged.assertion <> 2 AND now.xmin <> pg_current_xact_id()::xid AND (staged.status_named AND now.status IS DISTINCT FROM
		staged.status OR ROW (now.claim_id, now.author, now.rating, now.title, now.url, now.language, now.claim_reviewed,
		now.published) IS DISTINCT FROM ROW (staged.claim_id, staged.author, staged.rating, staged.title, staged.url, staged.language,
		staged.claim_reviewed, staged.published)) ORDER BY now.id FOR NO KEY UPDATE OF now
	), stored AS (
	UPDATE reviews AS now SET (claim_id, author, rating, title, url, language, claim_reviewed, published, folded, terms) = ROW
		(staged.claim_id, staged.author, staged.rating, staged.title, staged.url, staged.language, staged.claim_reviewed,
		staged.published, staged.folded, staged.terms::tsvector), status = CASE WHEN staged.status_named THEN staged.status ELSE
		now.status END, version = now.version + 1, updated_at = now()
	FROM locked JOIN staged_reviews AS staged USING (id)
	WHERE now.id = locked.id AND staged.assertion <> 2
	RETURNING now.*, locked.status_before, staged.state
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = stored.status_before THEN 'update' WHEN
		stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN stored.status_before
		= 'merged' THEN 'unmerge' WHEN stored.status_before = 'retracted' THEN 'restore' ELSE 'update' END, 'review', stored.id,
		stored.version - 1, stored.version, $4::text, stored.state || jsonb_build_object('id', stored.id, 'version', stored.version,
		'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 7, id FROM change
	) SELECT count(*) FROM stored;

-- Import of lines that restate things
SELECT id FROM reviews WHERE id = ANY ($1) UNION ALL SELECT id FROM relations WHERE id = ANY ($1);
SELECT id, key, namespace, statement FROM claims WHERE id = ANY ($1);
SELECT id FROM claims WHERE id = ANY ($1);
SELECT made, source, basis FROM taken_for WHERE made = ANY ($1);
WITH RECURSIVE speakers_above (id) AS (
	SELECT id FROM sources WHERE id = ANY ($1) AND merged_into IS NOT NULL
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT id, key, namespace, status = 'retracted' AS is_retracted, coalesce(speaks_as, id) AS speaks
	FROM sources LEFT JOIN speakers USING (id) WHERE id = ANY ($1);
WITH RECURSIVE alike AS (
	SELECT id FROM sources WHERE id = ANY ($1)
	UNION SELECT there.id FROM unnest($2::text[]) AS wanted (trait) CROSS JOIN LATERAL (
	SELECT has.id FROM source_traits CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE id = source_id AND trait = ANY (identities) AND status <> 'retracted' OFFSET 0) AS has
	WHERE hash = hashtextextended(trait, 0) ORDER BY source_id LIMIT $3) AS there
	), speakers_above (id) AS (
	SELECT id FROM alike
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT t.id, t.key, t.namespace, t.kind, t.name, t.names, t.country, t.external_ids, t.domains, t.url, speaks_as AS speaks
	FROM alike JOIN speakers USING (id) JOIN sources AS t USING (id) ORDER BY t.id;
SELECT DISTINCT source FROM taken_for WHERE source = ANY ($1) AND basis = 'name';
SELECT line FROM staged_claims WHERE id = ANY ($1);
DELETE FROM staged_sources AS staged WHERE line = ANY ($1);
DELETE FROM staged_documents AS staged WHERE line = ANY ($1);
DELETE FROM staged_claims AS staged WHERE line = ANY ($1);
DELETE FROM staged_attributions AS staged WHERE line = ANY ($1);
DELETE FROM staged_reviews AS staged WHERE line = ANY ($1);
SELECT id FROM staged_sources WHERE id = ANY ($1);
COPY "staged_matches" (line, at, assertion, status_named, kept, version, open, blank, state, id, key, namespace, status,
		resource, a, b, kind, score, basis, rationale, method) FROM STDIN BINARY;
ANALYZE staged_matches (line, assertion, kept, id, key, namespace);
DELETE FROM staged_sources AS again
	USING (SELECT DISTINCT ON (id) id, ctid, line, at, status_named, state FROM staged_sources
	WHERE id IN (SELECT id FROM staged_sources GROUP BY id HAVING count(*) > 1) ORDER BY id, assertion = 2, NOT status_named, key =
		'', line, ctid) AS first
	WHERE first.id = again.id AND again.assertion <> 0 AND again.ctid <> first.ctid
	RETURNING again.line, again.at, first.line, first.at, false, (again.assertion = 1 OR (again.key LIKE 'bods:%' OR again.key LIKE
		'ftm:%'))
	AND NOT first.state - (ARRAY ['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) @> again.state - (ARRAY
		['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) - coalesce(again.open,
		'{}');
DELETE FROM staged_documents AS again
	USING (SELECT DISTINCT ON (id) id, ctid, line, at, status_named, state FROM staged_documents
	WHERE id IN (SELECT id FROM staged_documents GROUP BY id HAVING count(*) > 1) ORDER BY id, assertion = 2, text = '', CASE WHEN
		text <> '' THEN line END, published IS NULL, length(url), url, line, ctid) AS first
	WHERE first.id = again.id AND again.assertion <> 0 AND again.ctid <> first.ctid
	RETURNING again.line, again.at, first.line, first.at, false, (again.assertion = 1 OR (again.key LIKE 'bods:%' OR again.key LIKE
		'ftm:%'))
	AND NOT first.state - (ARRAY ['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) @> again.state - (ARRAY
		['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) - coalesce(again.open,
		'{}');
DELETE FROM staged_claims AS again
	USING (SELECT DISTINCT ON (id) id, ctid, line, at, status_named, state FROM staged_claims
	WHERE id IN (SELECT id FROM staged_claims GROUP BY id HAVING count(*) > 1) ORDER BY id, assertion = 2, NOT status_named, key =
		'', line, ctid) AS first
	WHERE first.id = again.id AND again.assertion <> 0 AND again.ctid <> first.ctid
	RETURNING again.line, again.at, first.line, first.at, false, (again.assertion = 1 OR (again.key LIKE 'bods:%' OR again.key LIKE
		'ftm:%'))
	AND NOT first.state - (ARRAY ['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) @> again.state - (ARRAY
		['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) - coalesce(again.open,
		'{}');
DELETE FROM staged_attributions AS again
	USING (SELECT DISTINCT ON (id) id, ctid, line, at, status_named, state FROM staged_attributions
	WHERE id IN (SELECT id FROM staged_attributions GROUP BY id HAVING count(*) > 1) ORDER BY id, assertion = 2, NOT status_named,
		key = '', line, ctid) AS first
	WHERE first.id = again.id AND again.assertion <> 0 AND again.ctid <> first.ctid
	RETURNING again.line, again.at, first.line, first.at, false, (again.assertion = 1 OR (again.key LIKE 'bods:%' OR again.key LIKE
		'ftm:%'))
	AND NOT first.state - (ARRAY ['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) @> again.state - (ARRAY
		['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) - coalesce(again.open,
		'{}');
DELETE FROM staged_reviews AS again
	USING (SELECT DISTINCT ON (id) id, ctid, line, at, status_named, state FROM staged_reviews
	WHERE id IN (SELECT id FROM staged_reviews GROUP BY id HAVING count(*) > 1) ORDER BY id, assertion = 2,
		coalesce(moment_first(staged_reviews.published), '-infinity') DESC, line, ctid) AS first
	WHERE first.id = again.id AND again.assertion <> 0 AND again.ctid <> first.ctid
	RETURNING again.line, again.at, first.line, first.at, true, (again.assertion = 1 OR (again.key LIKE 'bods:%' OR again.key LIKE
		'ftm:%'))
	AND NOT first.state - (ARRAY ['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) @> again.state - (ARRAY
		['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) - coalesce(again.open,
		'{}');
DELETE FROM staged_reviews AS staged USING reviews AS now
	WHERE now.id = staged.id AND staged.assertion = 1 AND coalesce(moment_first(staged.published), '-infinity') <
		coalesce(moment_first(now.published), '-infinity')
	RETURNING staged.line, staged.at, ROW (now.claim_id, now.author, now.rating, now.title, now.url, now.language,
		now.claim_reviewed, now.published) IS DISTINCT FROM ROW (staged.claim_id, staged.author, staged.rating, staged.title,
		staged.url, staged.language, staged.claim_reviewed, staged.published);
DELETE FROM staged_matches AS again
	USING (SELECT DISTINCT ON (id) id, ctid, line, at, status_named, state FROM staged_matches
	WHERE id IN (SELECT id FROM staged_matches GROUP BY id HAVING count(*) > 1) ORDER BY id, assertion = 2, NOT status_named, key =
		'', line, ctid) AS first
	WHERE first.id = again.id AND again.assertion <> 0 AND again.ctid <> first.ctid
	RETURNING again.line, again.at, first.line, first.at, false, (again.assertion = 1 OR (again.key LIKE 'bods:%' OR again.key LIKE
		'ftm:%'))
	AND NOT first.state - (ARRAY ['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) @> again.state - (ARRAY
		['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) - coalesce(again.open,
		'{}');
DECLARE open_lines NO SCROLL CURSOR FOR SELECT staged.ctid::text AS ctid, staged.id, line, at, assertion,
	status_named, state, open, blank FROM staged_reviews AS staged JOIN reviews AS now USING (id)
	WHERE assertion = 1 AND open IS NOT NULL AND ROW (now.claim_id, now.author, now.rating, now.title, now.url, now.language,
		now.claim_reviewed, now.published) IS DISTINCT FROM ROW (staged.claim_id, staged.author, staged.rating, staged.title,
		staged.url, staged.language, staged.claim_reviewed, staged.published) ORDER BY line, staged.ctid;
FETCH 500 FROM open_lines;
CLOSE open_lines;
DELETE FROM staged_matches AS staged WHERE assertion = 2 AND (
	resource = 'source' AND EXISTS (SELECT FROM unnest(ARRAY[staged.a, staged.b]) AS wanted (id)
	WHERE NOT EXISTS (SELECT FROM sources WHERE sources.id = wanted.id)
	AND NOT EXISTS (SELECT FROM staged_sources WHERE staged_sources.id = wanted.id))
	OR EXISTS (SELECT FROM matches AS there WHERE there.kind = staged.kind AND (there.id <> staged.id OR there.a <> staged.a)
	AND (there.a, there.b) IN ((staged.a, staged.b), (staged.b, staged.a)))
	OR staged.id IN (WITH RECURSIVE pairs (id, a, b) AS MATERIALIZED (SELECT id, a, b FROM staged_matches WHERE resource = 'source'
		AND assertion = 2), speakers_above (id) AS (
	SELECT a FROM pairs UNION SELECT b FROM pairs
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE), members (id, speaks_as) AS (
	SELECT DISTINCT speaks_as, speaks_as FROM speakers
	UNION SELECT merged.id, members.speaks_as FROM members JOIN sources AS merged ON merged.merged_into = members.id), apart (a, b)
		AS (
	SELECT one.speaks_as, other.speaks_as FROM matches JOIN members AS one ON one.id = matches.a
	JOIN members AS other ON other.id = matches.b WHERE kind = 'same_source' AND status = 'rejected'
	)
	SELECT pairs.id FROM pairs JOIN speakers AS one ON one.id = a JOIN speakers AS other ON other.id = b
	WHERE one.speaks_as = other.speaks_as
	OR (one.speaks_as, other.speaks_as) IN (SELECT a, b FROM apart UNION ALL SELECT b, a FROM apart))
	OR resource = 'document' AND staged.b IN (WITH RECURSIVE one (id) AS (
	SELECT staged.a
	UNION SELECT CASE WHEN accepted.a = one.id THEN accepted.b ELSE accepted.a END FROM one JOIN matches AS accepted
	ON (accepted.a = one.id OR accepted.b = one.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted') SELECT id
		FROM one)
	OR kind = 'same_document' AND EXISTS (WITH RECURSIVE ours (id) AS (
	SELECT staged.a
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT staged.b
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
	SELECT id FROM matches WHERE kind = 'same_document' AND status = 'rejected' AND ((a IN (SELECT id FROM ours) AND b IN (SELECT id
		FROM theirs))
	OR (b IN (SELECT id FROM ours) AND a IN (SELECT id FROM theirs))))
	OR kind = 'reprint' AND (EXISTS (WITH RECURSIVE ours (id) AS (
	SELECT staged.a
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT staged.b
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
		SELECT id FROM matches WHERE kind = 'reprint' AND status = 'rejected'
	AND a IN (SELECT id FROM ours) AND b IN (SELECT id FROM theirs)) OR EXISTS (WITH RECURSIVE ours (id) AS (
	SELECT staged.b
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT staged.a
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
		SELECT id FROM matches WHERE kind = 'reprint' AND status = 'rejected'
	AND a IN (SELECT id FROM ours) AND b IN (SELECT id FROM theirs))));
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', coalesce(nullif(key, ''), id::text),
	'a match that no other line of the bundle describes; line ' || first || ' does'
	FROM (SELECT min(line) AS first, id FROM staged_matches WHERE NOT kept GROUP BY id HAVING count(*) > 1) AS twice
	JOIN staged_matches USING (id) WHERE NOT kept AND line > first) AS found (line, pointer, code, value, expected) WHERE NOT (code
		= 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', key,
	'a key that no other match of the bundle has; line ' || first || ' has it with another id'
	FROM (SELECT key, namespace, min(line) AS first FROM staged_matches WHERE NOT kept
	AND key <> '' GROUP BY key, namespace HAVING count(*) > 1) AS twice
	JOIN (SELECT key, namespace, line AS first, id AS first_id FROM staged_matches
	WHERE NOT kept) AS firsts USING (key, namespace, first)
	JOIN staged_matches USING (key, namespace) WHERE NOT kept AND id <> first_id) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'immutable', staged.key,
	CASE there.key WHEN '' THEN 'no key, as it was made without one' ELSE there.key || ' in ' || there.namespace ||
	', which cannot change' END
	FROM staged_matches AS staged JOIN matches AS there USING (id) WHERE staged.key <> ''
	AND (there.key, there.namespace) <> (staged.key, staged.namespace)) AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/key', 'duplicate', staged.key, 'a key that no other match has; it belongs to ' ||
		there.id
	FROM staged_matches AS staged JOIN matches AS there ON there.key = staged.key AND there.namespace = staged.namespace
	AND there.key <> '' AND there.id <> staged.id  WHERE staged.key <> '') AS found (line, pointer, code, value, expected) WHERE NOT
		(code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/a', 'unknown_reference', ref::text,
	'the key or id of a source in this bundle or stored before'
	FROM (SELECT line, (CASE WHEN resource = 'source' THEN a END) AS ref FROM staged_matches) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM sources AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_sources AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/b', 'unknown_reference', ref::text,
	'the key or id of a source in this bundle or stored before'
	FROM (SELECT line, (CASE WHEN resource = 'source' THEN b END) AS ref FROM staged_matches) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM sources AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_sources AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected) WHERE
		NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/a', 'unknown_reference', ref::text,
	'the key or id of a document in this bundle or stored before'
	FROM (SELECT line, (CASE WHEN resource = 'document' THEN a END) AS ref FROM staged_matches) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM documents AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_documents AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT DISTINCT line, '/b', 'unknown_reference', ref::text,
	'the key or id of a document in this bundle or stored before'
	FROM (SELECT line, (CASE WHEN resource = 'document' THEN b END) AS ref FROM staged_matches) AS refs WHERE ref IS NOT NULL
	AND NOT EXISTS (SELECT FROM documents AS there WHERE there.id = ref)
	AND NOT EXISTS (SELECT FROM staged_documents AS there WHERE there.id = ref)) AS found (line, pointer, code, value, expected)
		WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/kind', 'immutable', staged.kind::text,
	there.kind::text || ', which cannot change'
	FROM staged_matches AS staged JOIN matches AS there USING (id) WHERE there.kind <> staged.kind) AS found (line, pointer, code,
		value, expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/a', 'immutable', staged.a::text,
	there.a::text || ', which cannot change'
	FROM staged_matches AS staged JOIN matches AS there USING (id) WHERE there.a <> staged.a) AS found (line, pointer, code, value,
		expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/b', 'immutable', staged.b::text,
	there.b::text || ', which cannot change'
	FROM staged_matches AS staged JOIN matches AS there USING (id) WHERE there.b <> staged.b) AS found (line, pointer, code, value,
		expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/b', 'already_linked', b::text, 'a pair that has no match of this kind yet; line '
		|| first || ' has one'
	FROM (SELECT line, b, id, min(line) OVER pair AS first, first_value(id) OVER (pair ORDER BY line) AS first_id FROM
		staged_matches
	WINDOW pair AS (PARTITION BY kind, CASE WHEN kind = 'reprint' THEN a ELSE least(a, b) END,
	CASE WHEN kind = 'reprint' THEN b ELSE greatest(a, b) END)) AS lines WHERE id <> first_id) AS found (line, pointer, code, value,
		expected) WHERE NOT (code = 'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
SELECT *, count(*) OVER () FROM (SELECT line, '/b', 'already_linked', staged.b::text,
		'a pair that has no match of this kind yet; match ' || there.id || ' is one'
	FROM staged_matches AS staged JOIN matches AS there ON there.kind = staged.kind AND there.id <> staged.id
	AND (there.a, there.b) IN ((staged.a, staged.b), (staged.b, staged.a))
	AND (there.kind <> 'reprint' OR there.a = staged.a)) AS found (line, pointer, code, value, expected) WHERE NOT (code =
		'unknown_reference' AND ($2 OR value = ANY ($3))) ORDER BY 1, 2 LIMIT $1;
UPDATE staged_matches AS staged SET version = next.version, state = state || next.said FROM (SELECT id, version,
		jsonb_build_object('version', version) AS said FROM (SELECT id, 1 + coalesce((SELECT max(to_version) FROM changes AS ended
		WHERE ended.operation = 'delete' AND ended.resource = 'match' AND ended.resource_id = staged.id), 0) AS version FROM
		staged_matches AS staged WHERE id IN (SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'match' AND
		resource_id IN (SELECT id FROM staged_matches))) AS gone OFFSET 0) AS next WHERE next.id = staged.id;
WITH number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (INSERT INTO changes (xid, actor,
		actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'create', 'match', staged.id, staged.version - 1, staged.version,
		$4::text, staged.state
	FROM staged_matches AS staged WHERE NOT EXISTS (SELECT FROM matches AS there WHERE there.id = staged.id) ORDER BY staged.id
		RETURNING xid, id)
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 8, id FROM change;
INSERT INTO matches (version, created_at, updated_at, id, key, namespace, status, resource, a, b, kind, score, basis, rationale,
		method)
	SELECT staged.version, $1::timestamptz, $1::timestamptz, staged.id, staged.key, staged.namespace, staged.status,
		staged.resource, staged.a, staged.b, staged.kind, staged.score, staged.basis, staged.rationale, staged.method FROM
		staged_matches AS staged WHERE NOT EXISTS (SELECT FROM matches AS there WHERE there.id = staged.id) ORDER BY staged.id;
INSERT INTO taken_for (made, source, basis)
	SELECT made, source, basis FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS new (made, source, basis)
	WHERE EXISTS (SELECT FROM sources WHERE sources.id = source) ON CONFLICT DO NOTHING;

-- Sequence
SELECT EXISTS (SELECT FROM unsequenced), coalesce((SELECT max(seq) FROM sequenced), 0) > entries.size,
	entries.size > coalesce((SELECT max(size) FROM log_checkpoints), 0)
	FROM (SELECT coalesce(max(seq), 0) AS size FROM log_entries) AS entries;
SELECT pg_try_advisory_xact_lock($1, hashtext(current_schema()));
WITH RECURSIVE waiting AS MATERIALIZED (
	SELECT ctid AS row, xid, place, change FROM unsequenced ORDER BY xid, place, change LIMIT $1
	), chosen (row, xid, id, place, resource, resource_id, from_version, to_version) AS (
	SELECT waiting.row, waiting.xid, t.id, place, resource, resource_id, from_version, to_version FROM waiting LEFT JOIN LATERAL (
	SELECT * FROM changes WHERE changes.xid = waiting.xid AND changes.id = waiting.change LIMIT 1) AS t ON true
	UNION
	SELECT u.row, t.xid, t.id, chosen.place, t.resource, t.resource_id, t.from_version, t.to_version FROM chosen, LATERAL (
	SELECT * FROM changes WHERE changes.resource_id = chosen.resource_id AND changes.to_version = chosen.from_version
	AND changes.resource = chosen.resource LIMIT 1) AS t, LATERAL (
	SELECT ctid AS row FROM unsequenced WHERE unsequenced.xid = t.xid AND unsequenced.place = chosen.place
	AND unsequenced.change = t.id LIMIT 1) AS u
	), numbered AS (
	SELECT row, last.seq + row_number() OVER (ORDER BY latest, place, resource_id, to_version) AS seq, xid, id
	FROM (SELECT *, max(xid) OVER (PARTITION BY resource_id, resource ORDER BY to_version) AS latest FROM chosen
	WHERE id IS NOT NULL AND (SELECT seq FROM sequenced WHERE sequenced.change = chosen.id) IS NULL) AS placed,
	(SELECT coalesce(max(seq), 0) AS seq FROM sequenced) AS last
	)
	SELECT row::text, seq, numbered.xid::text, numbered.id FROM chosen LEFT JOIN numbered USING (row) ORDER BY seq;
INSERT INTO sequenced (seq, xid, change, at)
	SELECT seq, xid::xid8, change, now() FROM unnest($1::bigint[], $2::text[], $3::uuid[]) AS numbered (seq, xid, change)
	WHERE seq IS NOT NULL;
DELETE FROM unsequenced WHERE ctid = ANY ($1::text[]::tid[]);
SELECT coalesce(max(seq), 0) FROM log_entries;
SET LOCAL cursor_tuple_fraction = 1;
DECLARE page NO SCROLL CURSOR FOR SELECT s.seq, t.id IS NULL AS gone, coalesce(t.id, s.change) AS id, coalesce(t.at, s.at) AS at,
	coalesce(t.actor, '') AS actor, t.actor_id, nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group",
		coalesce(t.operation, '') AS operation,
	coalesce(t.resource, '') AS resource, coalesce(t.resource_id, s.change) AS resource_id, coalesce(t.from_version, 0) AS
		from_version,
	coalesce(t.to_version, 0) AS to_version, coalesce(t.reason, '') AS reason, NULL::jsonb AS state,
	coalesce(t.state::text, '') AS state_text
	FROM sequenced AS s LEFT JOIN LATERAL (SELECT * FROM changes WHERE xid = s.xid AND id = s.change LIMIT 1) AS t ON true WHERE
		s.seq > $1 ORDER BY s.seq LIMIT $2;
FETCH 16 FROM page;
FETCH 32 FROM page;
FETCH 96 FROM page;
FETCH 288 FROM page;
CLOSE page;
SELECT level, n, hashes FROM log_tiles WHERE (level, n) IN (SELECT * FROM unnest($1::smallint[], $2::bigint[]));
INSERT INTO log_entries (seq, entry) SELECT * FROM unnest($1::bigint[], $2::bytea[]);
INSERT INTO log_salts (seq, header, state, author) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[]);
INSERT INTO log_tiles (level, n, hashes) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[]) ON CONFLICT (level, n)
		DO UPDATE SET hashes = excluded.hashes;

-- Export recorded by a place
begin isolation level repeatable read read only;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM (SELECT wanted.id, was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status,
		was.merged_into, was.kind, was.name, was.names, was.aliases, was.country, was.role, was.anonymous, was.reliability,
		was.external_ids, was.domains, was.url, was.control_reviewed_at, was.notes, was.method FROM (SELECT DISTINCT ON (c.resource_id)
		c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'source' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'source') AS past,
		jsonb_populate_record(NULL::sources, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'name', '', 'country', '',
		'anonymous', false, 'reliability', '', 'url', '', 'control_reviewed_at', '', 'notes', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM (SELECT wanted.id, was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status,
		was.subject, was.kind, was.object, was.share, was.since, was.until, was.citation FROM (SELECT DISTINCT ON (c.resource_id)
		c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'relation' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'relation') AS past,
		jsonb_populate_record(NULL::relations, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'since', '', 'until', '',
		'citation', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, t.text, t.text_sha256, t.authors, t.derived_from, t.method FROM (SELECT
		wanted.id, was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status, was.publisher, was.kind,
		was.language, was.title, was.url, was.archive_url, was.published, was.retrieved_at, coalesce((SELECT kept.text FROM
		document_texts AS kept WHERE kept.sha256 = past.state ->> 'stored_sha256'),
	(SELECT present.text FROM documents AS present WHERE present.id = wanted.id
	AND text_digest(present.text) = coalesce(past.state ->> 'stored_sha256', past.state ->> 'text_sha256')), '') AS text,
		was.text_sha256, was.authors, was.derived_from, was.method FROM (SELECT DISTINCT ON (c.resource_id) c.resource_id AS id,
		c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'document' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'document') AS past,
		jsonb_populate_record(NULL::documents, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'language', '', 'title', '',
		'url', '', 'archive_url', '', 'retrieved_at', '', 'text', '', 'text_sha256', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM (SELECT wanted.id, was.key, was.namespace, was.version,
		was.created_at, was.updated_at, was.status, was.merged_into, was.statement, was.quantities, was.event_time, was.places,
		was.topics, was.scope, was.method FROM (SELECT DISTINCT ON (c.resource_id) c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'claim' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'claim') AS past,
		jsonb_populate_record(NULL::claims, jsonb_build_object('key', '', 'namespace', '', 'scope', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM (SELECT
		wanted.id, was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status, was.claim_id, was.document_id,
		was.stance, was.content, was.event_time_span, was.chain, was.credibility, was.method, was.confidence, was.note FROM (SELECT
		DISTINCT ON (c.resource_id) c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'attribution' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'attribution') AS past,
		jsonb_populate_record(NULL::attributions, jsonb_build_object('key', '', 'namespace', '', 'stance', '', 'credibility', 0,
		'note', '') || past.state || jsonb_build_object('claim_id', past.state -> 'claim') || jsonb_build_object('document_id',
		past.state -> 'document')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM (SELECT wanted.id, was.key, was.namespace, was.version,
		was.created_at, was.updated_at, was.status, was.kind, was.claim_id, was.to_id, was.degree, was.basis, was.rationale,
		was.method, was.confidence FROM (SELECT DISTINCT ON (c.resource_id) c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'link' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'link') AS past,
		jsonb_populate_record(NULL::links, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'degree', '', 'basis', '',
		'rationale', '') || past.state || jsonb_build_object('claim_id', past.state -> 'from') || jsonb_build_object('to_id',
		past.state -> 'to')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM (SELECT wanted.id, was.key, was.namespace, was.version,
		was.created_at, was.updated_at, was.status, was.claim_id, was.author, was.rating, was.title, was.url, was.language,
		was.claim_reviewed, was.published FROM (SELECT DISTINCT ON (c.resource_id) c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'review' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'review') AS past,
		jsonb_populate_record(NULL::reviews, jsonb_build_object('key', '', 'namespace', '', 'title', '', 'url', '', 'language', '',
		'claim_reviewed', '', 'published', '') || past.state || jsonb_build_object('claim_id', past.state -> 'claim')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.resource, t.a, t.b, t.kind, t.score, t.basis,
		t.rationale, t.method FROM (SELECT wanted.id, was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status,
		was.resource, was.a, was.b, was.kind, was.score, was.basis, was.rationale, was.method FROM (SELECT DISTINCT ON (c.resource_id)
		c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'match' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'match') AS past,
		jsonb_populate_record(NULL::matches, jsonb_build_object('key', '', 'namespace', '', 'resource', '', 'kind', '', 'basis', '',
		'rationale', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t ORDER BY id;

-- Export of reviews recorded by a place
begin isolation level repeatable read read write;
CREATE TEMP TABLE past_sources (LIKE sources INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP;
WITH was AS MATERIALIZED (SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into,
		t.kind, t.name, t.names, t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url,
		t.control_reviewed_at, t.notes, t.method FROM (SELECT wanted.id, was.key, was.namespace, was.version, was.created_at,
		was.updated_at, was.status, was.merged_into, was.kind, was.name, was.names, was.aliases, was.country, was.role, was.anonymous,
		was.reliability, was.external_ids, was.domains, was.url, was.control_reviewed_at, was.notes, was.method FROM (SELECT DISTINCT
		ON (c.resource_id) c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'source' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'source') AS past,
		jsonb_populate_record(NULL::sources, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'name', '', 'country', '',
		'anonymous', false, 'reliability', '', 'url', '', 'control_reviewed_at', '', 'notes', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t) INSERT INTO past_sources (id, key, namespace, version, created_at, updated_at,
		status, merged_into, kind, name, names, aliases, country, role, anonymous, reliability, external_ids, domains, url,
		control_reviewed_at, notes, method, folded, terms, identities) SELECT was.*, $2, $3, $4 FROM was;
CREATE INDEX ON past_sources (id);
CREATE INDEX ON past_sources (merged_into);
ANALYZE past_sources;
CREATE TEMP TABLE past_relations (LIKE relations INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP;
WITH was AS MATERIALIZED (SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind,
		t.object, t.share, t.since, t.until, t.citation FROM (SELECT wanted.id, was.key, was.namespace, was.version, was.created_at,
		was.updated_at, was.status, was.subject, was.kind, was.object, was.share, was.since, was.until, was.citation FROM (SELECT
		DISTINCT ON (c.resource_id) c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'relation' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'relation') AS past,
		jsonb_populate_record(NULL::relations, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'since', '', 'until', '',
		'citation', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t) INSERT INTO past_relations (id, key, namespace, version, created_at,
		updated_at, status, subject, kind, object, share, since, until, citation) SELECT was.* FROM was;
CREATE INDEX ON past_relations (id);
ANALYZE past_relations;
CREATE TEMP TABLE past_documents (LIKE documents INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP;
WITH was AS MATERIALIZED (SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind,
		t.language, t.title, t.url, t.archive_url, t.published, t.retrieved_at, '', t.text_sha256, t.authors, t.derived_from, t.method
		FROM (SELECT wanted.id, was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status, was.publisher,
		was.kind, was.language, was.title, was.url, was.archive_url, was.published, was.retrieved_at, coalesce((SELECT kept.text FROM
		document_texts AS kept WHERE kept.sha256 = past.state ->> 'stored_sha256'),
	(SELECT present.text FROM documents AS present WHERE present.id = wanted.id
	AND text_digest(present.text) = coalesce(past.state ->> 'stored_sha256', past.state ->> 'text_sha256')), '') AS text,
		was.text_sha256, was.authors, was.derived_from, was.method FROM (SELECT DISTINCT ON (c.resource_id) c.resource_id AS id,
		c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'document' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'document') AS past,
		jsonb_populate_record(NULL::documents, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'language', '', 'title', '',
		'url', '', 'archive_url', '', 'retrieved_at', '', 'text', '', 'text_sha256', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t) INSERT INTO past_documents (id, key, namespace, version, created_at,
		updated_at, status, publisher, kind, language, title, url, archive_url, published, retrieved_at, text, text_sha256, authors,
		derived_from, method, url_canonical, terms, sketch) SELECT was.*, $2, $3, $4 FROM was;
CREATE INDEX ON past_documents (id);
ANALYZE past_documents;
CREATE TEMP TABLE past_claims (LIKE claims INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP;
WITH was AS MATERIALIZED (SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into,
		t.statement, t.quantities, t.event_time, t.places, t.topics, t.scope, t.method FROM (SELECT wanted.id, was.key, was.namespace,
		was.version, was.created_at, was.updated_at, was.status, was.merged_into, was.statement, was.quantities, was.event_time,
		was.places, was.topics, was.scope, was.method FROM (SELECT DISTINCT ON (c.resource_id) c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'claim' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'claim') AS past,
		jsonb_populate_record(NULL::claims, jsonb_build_object('key', '', 'namespace', '', 'scope', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t) INSERT INTO past_claims (id, key, namespace, version, created_at, updated_at,
		status, merged_into, statement, quantities, event_time, places, topics, scope, method, folded, terms) SELECT was.*, $2, $3 FROM
		was;
CREATE INDEX ON past_claims (id);
CREATE INDEX ON past_claims (merged_into);
ANALYZE past_claims;
CREATE TEMP TABLE past_attributions (LIKE attributions INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP;
WITH was AS MATERIALIZED (SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS
		"claim", t.document_id AS "document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence,
		t.note FROM (SELECT wanted.id, was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status, was.claim_id,
		was.document_id, was.stance, was.content, was.event_time_span, was.chain, was.credibility, was.method, was.confidence, was.note
		FROM (SELECT DISTINCT ON (c.resource_id) c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'attribution' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'attribution') AS past,
		jsonb_populate_record(NULL::attributions, jsonb_build_object('key', '', 'namespace', '', 'stance', '', 'credibility', 0,
		'note', '') || past.state || jsonb_build_object('claim_id', past.state -> 'claim') || jsonb_build_object('document_id',
		past.state -> 'document')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t) INSERT INTO past_attributions (id, key, namespace, version, created_at,
		updated_at, status, claim_id, document_id, stance, content, event_time_span, chain, credibility, method, confidence, note)
		SELECT was.* FROM was;
CREATE INDEX ON past_attributions (id);
CREATE INDEX ON past_attributions (claim_id);
ANALYZE past_attributions;
CREATE TEMP TABLE past_links (LIKE links INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP;
WITH was AS MATERIALIZED (SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS
		"from", t.to_id AS "to", t.degree, t.basis, t.rationale, t.method, t.confidence FROM (SELECT wanted.id, was.key, was.namespace,
		was.version, was.created_at, was.updated_at, was.status, was.kind, was.claim_id, was.to_id, was.degree, was.basis,
		was.rationale, was.method, was.confidence FROM (SELECT DISTINCT ON (c.resource_id) c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'link' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'link') AS past,
		jsonb_populate_record(NULL::links, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'degree', '', 'basis', '',
		'rationale', '') || past.state || jsonb_build_object('claim_id', past.state -> 'from') || jsonb_build_object('to_id',
		past.state -> 'to')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t) INSERT INTO past_links (id, key, namespace, version, created_at, updated_at,
		status, kind, claim_id, to_id, degree, basis, rationale, method, confidence) SELECT was.* FROM was;
CREATE INDEX ON past_links (id);
CREATE INDEX ON past_links (claim_id);
ANALYZE past_links;
CREATE TEMP TABLE past_reviews (LIKE reviews INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP;
WITH was AS MATERIALIZED (SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS
		"claim", t.author, t.rating, t.title, t.url, t.language, t.claim_reviewed, t.published FROM (SELECT wanted.id, was.key,
		was.namespace, was.version, was.created_at, was.updated_at, was.status, was.claim_id, was.author, was.rating, was.title,
		was.url, was.language, was.claim_reviewed, was.published FROM (SELECT DISTINCT ON (c.resource_id) c.resource_id AS id,
		c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'review' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'review') AS past,
		jsonb_populate_record(NULL::reviews, jsonb_build_object('key', '', 'namespace', '', 'title', '', 'url', '', 'language', '',
		'claim_reviewed', '', 'published', '') || past.state || jsonb_build_object('claim_id', past.state -> 'claim')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t) INSERT INTO past_reviews (id, key, namespace, version, created_at, updated_at,
		status, claim_id, author, rating, title, url, language, claim_reviewed, published, folded, terms) SELECT was.*, $2, $3 FROM
		was;
CREATE INDEX ON past_reviews (id);
CREATE INDEX ON past_reviews (claim_id);
ANALYZE past_reviews;
CREATE TEMP TABLE past_matches (LIKE matches INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP;
WITH was AS MATERIALIZED (SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.resource, t.a, t.b,
		t.kind, t.score, t.basis, t.rationale, t.method FROM (SELECT wanted.id, was.key, was.namespace, was.version, was.created_at,
		was.updated_at, was.status, was.resource, was.a, was.b, was.kind, was.score, was.basis, was.rationale, was.method FROM (SELECT
		DISTINCT ON (c.resource_id) c.resource_id AS id, c.to_version
	FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = 'match' AND s.seq <= $1
	ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
	SELECT c.state FROM changes AS c
	WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = 'match') AS past,
		jsonb_populate_record(NULL::matches, jsonb_build_object('key', '', 'namespace', '', 'resource', '', 'kind', '', 'basis', '',
		'rationale', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t) INSERT INTO past_matches (id, key, namespace, version, created_at, updated_at,
		status, resource, a, b, kind, score, basis, rationale, method) SELECT was.* FROM was;
CREATE INDEX ON past_matches (id);
ANALYZE past_matches;
WITH RECURSIVE merged_claims (id, target) AS (
	SELECT id, id FROM past_claims AS target WHERE merged_into IS NULL AND EXISTS (
	SELECT FROM past_claims AS member WHERE member.merged_into = target.id)
	UNION SELECT merged.id, merged_claims.target FROM merged_claims JOIN past_claims AS merged ON merged.merged_into =
		merged_claims.id), merged_sources (id, target) AS (
	SELECT id, id FROM past_sources AS target WHERE merged_into IS NULL AND EXISTS (
	SELECT FROM past_sources AS member WHERE member.merged_into = target.id)
	UNION SELECT merged.id, merged_sources.target FROM merged_sources JOIN past_sources AS merged ON merged.merged_into =
		merged_sources.id), speaking (id, party) AS NOT MATERIALIZED (
	SELECT source.id, jsonb_build_object('id', s.id, 'kind', s.kind, 'name', s.name, 'url', s.url, 'domains', s.domains,
	'external_ids', s.external_ids)
	FROM past_sources AS source LEFT JOIN merged_sources AS m ON m.id = source.id
	JOIN past_sources AS s ON s.id = coalesce(m.target, source.id) AND s.status <> 'merged'
	)
	SELECT c.id, c.statement, checks.reviews, coalesce(appeared.appearances, '[]') AS appearances
	FROM past_claims AS c
	CROSS JOIN LATERAL (SELECT ARRAY (SELECT c.id UNION SELECT m.id FROM merged_claims AS m WHERE m.target = c.id) AS ids) AS family
	CROSS JOIN LATERAL (
	SELECT jsonb_agg(jsonb_build_object('author', author.party, 'rating', r.rating, 'title', r.title, 'url', r.url, 'language',
	r.language,
	'claim_reviewed', r.claim_reviewed, 'published', r.published)
	ORDER BY r.url COLLATE "C", author.party ->> 'name' COLLATE "C", r.id) AS reviews
	FROM past_reviews AS r JOIN speaking AS author ON author.id = r.author WHERE r.claim_id = ANY (family.ids) AND r.status =
		'active'
	) AS checks
	LEFT JOIN LATERAL (
	SELECT jsonb_agg(jsonb_build_object('kind', kind, 'title', title, 'url', url, 'language', language, 'published', published,
	'publisher', publisher,
	'origin', origin, 'said_at', said_at, 'reviewing', reviewing) ORDER BY at, url, title, origin_name, id) AS appearances
	FROM (
	SELECT a.id, d.kind, d.title COLLATE "C" AS title, d.url COLLATE "C" AS url, origin.party ->> 'name' COLLATE "C" AS origin_name,
	d.language, d.published, publisher.party AS publisher, origin.party AS origin,
	a.chain -> -1 -> 'said_at' AS said_at,
	coalesce(d.published_from, 'infinity') AS at,
	EXISTS (SELECT FROM past_reviews AS r WHERE r.claim_id = ANY (family.ids) AND r.author = d.publisher
	AND r.url = d.url) AS reviewing
	FROM past_attributions AS a JOIN past_documents AS d ON d.id = a.document_id
	JOIN speaking AS publisher ON publisher.id = a.source_ids[1]
	JOIN speaking AS origin ON origin.id = a.source_ids[cardinality(a.source_ids)]
	WHERE a.claim_id = ANY (family.ids) AND a.status = 'accepted' AND a.stance = 'affirms' AND d.status = 'active'
	ORDER BY at, url, title, origin_name, a.id LIMIT 100
	) AS first
	) AS appeared ON true
	WHERE c.status = 'active' AND checks.reviews IS NOT NULL AND ($1::uuid[] IS NULL OR c.id = ANY ($1))
	ORDER BY c.id;

-- Export of annotations recorded by a place
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note, made.claims,
		jsonb_build_object('id', d.id, 'key', d.key, 'namespace', d.namespace, 'status', d.status, 'publisher', d.publisher, 'kind',
		d.kind, 'language', d.language, 'title', d.title, 'url', d.url, 'archive_url', d.archive_url, 'published', d.published,
		'retrieved_at', d.retrieved_at, 'text_sha256', d.text_sha256, 'authors', d.authors, 'method', d.method) AS page, told.sources
	FROM past_attributions AS t JOIN past_documents AS d ON d.id = t.document_id
	CROSS JOIN LATERAL (
	WITH RECURSIVE meant (id) AS (
	SELECT t.claim_id
	UNION SELECT merged.merged_into FROM meant JOIN past_claims AS merged ON merged.id = meant.id AND merged.merged_into IS NOT
		NULL)
	SELECT jsonb_agg(jsonb_build_object('id', c.id, 'key', c.key, 'namespace', c.namespace, 'status', c.status, 'merged_into',
		c.merged_into, 'statement', c.statement, 'quantities', c.quantities, 'event_time', c.event_time, 'places', c.places, 'topics',
		c.topics, 'scope', c.scope, 'method', c.method) ORDER BY c.merged_into IS NULL, c.id <> t.claim_id, c.id) AS claims
	FROM meant JOIN past_claims AS c USING (id)
	) AS made
	CROSS JOIN LATERAL (
	WITH RECURSIVE speaking (id) AS (
	SELECT unnest(t.source_ids || d.publisher)
	UNION SELECT merged.merged_into FROM speaking JOIN past_sources AS merged ON merged.id = speaking.id AND merged.merged_into IS
		NOT NULL)
	SELECT jsonb_agg(jsonb_build_object('id', s.id, 'key', s.key, 'namespace', s.namespace, 'status', s.status, 'merged_into',
		s.merged_into, 'kind', s.kind, 'name', s.name, 'names', s.names, 'aliases', s.aliases, 'country', s.country, 'role', s.role,
		'anonymous', s.anonymous, 'reliability', s.reliability, 'external_ids', s.external_ids, 'domains', s.domains, 'url', s.url,
		'control_reviewed_at', s.control_reviewed_at, 'notes', s.notes, 'method', s.method) ORDER BY s.id) AS sources FROM speaking
		JOIN past_sources AS s USING (id)
	) AS told
	ORDER BY t.id;

-- Export as bundle
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, t.text, t.text_sha256, t.authors, t.derived_from, t.method FROM documents AS
		t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.resource, t.a, t.b, t.kind, t.score, t.basis,
		t.rationale, t.method FROM matches AS t ORDER BY id;

-- Export as claimreview
WITH RECURSIVE merged_claims (id, target) AS (
	SELECT id, id FROM claims AS target WHERE merged_into IS NULL AND EXISTS (
	SELECT FROM claims AS member WHERE member.merged_into = target.id)
	UNION SELECT merged.id, merged_claims.target FROM merged_claims JOIN claims AS merged ON merged.merged_into = merged_claims.id),
		merged_sources (id, target) AS (
	SELECT id, id FROM sources AS target WHERE merged_into IS NULL AND EXISTS (
	SELECT FROM sources AS member WHERE member.merged_into = target.id)
	UNION SELECT merged.id, merged_sources.target FROM merged_sources JOIN sources AS merged ON merged.merged_into =
		merged_sources.id), speaking (id, party) AS NOT MATERIALIZED (
	SELECT source.id, jsonb_build_object('id', s.id, 'kind', s.kind, 'name', s.name, 'url', s.url, 'domains', s.domains,
	'external_ids', s.external_ids)
	FROM sources AS source LEFT JOIN merged_sources AS m ON m.id = source.id
	JOIN sources AS s ON s.id = coalesce(m.target, source.id) AND s.status <> 'merged'
	)
	SELECT c.id, c.statement, checks.reviews, coalesce(appeared.appearances, '[]') AS appearances
	FROM claims AS c
	CROSS JOIN LATERAL (SELECT ARRAY (SELECT c.id UNION SELECT m.id FROM merged_claims AS m WHERE m.target = c.id) AS ids) AS family
	CROSS JOIN LATERAL (
	SELECT jsonb_agg(jsonb_build_object('author', author.party, 'rating', r.rating, 'title', r.title, 'url', r.url, 'language',
	r.language,
	'claim_reviewed', r.claim_reviewed, 'published', r.published)
	ORDER BY r.url COLLATE "C", author.party ->> 'name' COLLATE "C", r.id) AS reviews
	FROM reviews AS r JOIN speaking AS author ON author.id = r.author WHERE r.claim_id = ANY (family.ids) AND r.status = 'active'
	) AS checks
	LEFT JOIN LATERAL (
	SELECT jsonb_agg(jsonb_build_object('kind', kind, 'title', title, 'url', url, 'language', language, 'published', published,
	'publisher', publisher,
	'origin', origin, 'said_at', said_at, 'reviewing', reviewing) ORDER BY at, url, title, origin_name, id) AS appearances
	FROM (
	SELECT a.id, d.kind, d.title COLLATE "C" AS title, d.url COLLATE "C" AS url, origin.party ->> 'name' COLLATE "C" AS origin_name,
	d.language, d.published, publisher.party AS publisher, origin.party AS origin,
	a.chain -> -1 -> 'said_at' AS said_at,
	coalesce(d.published_from, 'infinity') AS at,
	EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = ANY (family.ids) AND r.author = d.publisher
	AND r.url = d.url) AS reviewing
	FROM attributions AS a JOIN documents AS d ON d.id = a.document_id
	JOIN speaking AS publisher ON publisher.id = a.source_ids[1]
	JOIN speaking AS origin ON origin.id = a.source_ids[cardinality(a.source_ids)]
	WHERE a.claim_id = ANY (family.ids) AND a.status = 'accepted' AND a.stance = 'affirms' AND d.status = 'active'
	ORDER BY at, url, title, origin_name, a.id LIMIT 100
	) AS first
	) AS appeared ON true
	WHERE c.status = 'active' AND checks.reviews IS NOT NULL AND ($1::uuid[] IS NULL OR c.id = ANY ($1))
	ORDER BY c.id;

-- Export as csv of source
SELECT ARRAY (SELECT DISTINCT label FROM sources, jsonb_object_keys(names) AS labels (label) ORDER BY label), ARRAY (SELECT
		DISTINCT label FROM sources, jsonb_object_keys(role) AS labels (label) ORDER BY label), ARRAY (SELECT DISTINCT label FROM
		sources, jsonb_object_keys(external_ids) AS labels (label) ORDER BY label), 0;
SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, kind, name, names, aliases, country, role,
		anonymous, reliability, external_ids, domains, url, control_reviewed_at, notes, method FROM sources ORDER BY id;

-- Export as csv of relation
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation, subject.name AS subject_name,
	object.name AS object_name FROM relations AS t
	JOIN sources AS subject ON subject.id = t.subject JOIN sources AS object ON object.id = t.object ORDER BY t.id;

-- Export as csv of claim
SELECT ARRAY (SELECT DISTINCT label FROM claims, jsonb_object_keys(statement) AS labels (label) ORDER BY label), '{}'::text[],
		'{}'::text[], 0;
SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, statement, quantities, event_time, places,
		topics, scope, method FROM claims ORDER BY id;

-- Export as csv of attribution
SELECT '{}'::text[], '{}'::text[], '{}'::text[], coalesce(max(cardinality(source_ids)), 0) FROM attributions;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note, ARRAY (SELECT
		s.name
	FROM unnest(t.source_ids) WITH ORDINALITY AS hop (id, place) JOIN sources AS s USING (id) ORDER BY place) AS names
	FROM attributions AS t ORDER BY t.id;

-- Export as csv of link
SELECT id, key, namespace, version, created_at, updated_at, status, kind, claim_id AS "from", to_id AS "to", degree, basis,
		rationale, method, confidence FROM links ORDER BY id;

-- Export as webannotation
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note, made.claims,
		jsonb_build_object('id', d.id, 'key', d.key, 'namespace', d.namespace, 'status', d.status, 'publisher', d.publisher, 'kind',
		d.kind, 'language', d.language, 'title', d.title, 'url', d.url, 'archive_url', d.archive_url, 'published', d.published,
		'retrieved_at', d.retrieved_at, 'text_sha256', d.text_sha256, 'authors', d.authors, 'method', d.method) AS page, told.sources
	FROM attributions AS t JOIN documents AS d ON d.id = t.document_id
	CROSS JOIN LATERAL (
	WITH RECURSIVE meant (id) AS (
	SELECT t.claim_id
	UNION SELECT merged.merged_into FROM meant JOIN claims AS merged ON merged.id = meant.id AND merged.merged_into IS NOT NULL)
	SELECT jsonb_agg(jsonb_build_object('id', c.id, 'key', c.key, 'namespace', c.namespace, 'status', c.status, 'merged_into',
		c.merged_into, 'statement', c.statement, 'quantities', c.quantities, 'event_time', c.event_time, 'places', c.places, 'topics',
		c.topics, 'scope', c.scope, 'method', c.method) ORDER BY c.merged_into IS NULL, c.id <> t.claim_id, c.id) AS claims
	FROM meant JOIN claims AS c USING (id)
	) AS made
	CROSS JOIN LATERAL (
	WITH RECURSIVE speaking (id) AS (
	SELECT unnest(t.source_ids || d.publisher)
	UNION SELECT merged.merged_into FROM speaking JOIN sources AS merged ON merged.id = speaking.id AND merged.merged_into IS NOT
		NULL)
	SELECT jsonb_agg(jsonb_build_object('id', s.id, 'key', s.key, 'namespace', s.namespace, 'status', s.status, 'merged_into',
		s.merged_into, 'kind', s.kind, 'name', s.name, 'names', s.names, 'aliases', s.aliases, 'country', s.country, 'role', s.role,
		'anonymous', s.anonymous, 'reliability', s.reliability, 'external_ids', s.external_ids, 'domains', s.domains, 'url', s.url,
		'control_reviewed_at', s.control_reviewed_at, 'notes', s.notes, 'method', s.method) ORDER BY s.id) AS sources FROM speaking
		JOIN sources AS s USING (id)
	) AS told
	ORDER BY t.id;

-- CreateSource
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'source'
		AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO sources (id, key, namespace, status, version, kind, name, names, aliases, country, role, anonymous, reliability,
		external_ids, domains, url, control_reviewed_at, notes, method, folded, terms, identities) SELECT $1, $2, $3, $4, next.version,
		$10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25::text::tsvector, $26 FROM next RETURNING *
	), found AS (INSERT INTO source_traits (hash, source_id) SELECT DISTINCT hashtextextended(trait, 0), id FROM stored,
		unnest(identities) AS trait ORDER BY 1, 2), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change
		AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $5::text, $6::uuid, $7::uuid, 'create', 'source', stored.id, stored.version - 1,
		stored.version, $8::text, $9::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, kind, name, names, aliases, country, role,
		anonymous, reliability, external_ids, domains, url, control_reviewed_at, notes, method FROM stored;

-- UpdateSource
SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, kind, name, names, aliases, country, role,
		anonymous, reliability, external_ids, domains, url, control_reviewed_at, notes, method FROM sources WHERE id = $1 FOR NO KEY
		UPDATE;
WITH stored AS (
	UPDATE sources SET (kind, name, names, aliases, country, role, anonymous, reliability, external_ids, domains, url,
		control_reviewed_at, notes, method, folded, terms, identities) = ROW ($7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
		$19, $20, $21, $22::text::tsvector, $23), version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'update', 'source', stored.id, stored.version - 1,
		stored.version, $5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, kind, name, names, aliases, country, role,
		anonymous, reliability, external_ids, domains, url, control_reviewed_at, notes, method FROM stored;

-- RetractSource
WITH stored AS (
	UPDATE sources SET status = $7, merged_into = $9, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'source', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, kind, name, names, aliases, country, role,
		anonymous, reliability, external_ids, domains, url, control_reviewed_at, notes, method FROM stored;

-- MergeSource
WITH there AS MATERIALIZED (SELECT id FROM sources WHERE id = ANY ($1) ORDER BY id FOR KEY SHARE)
	SELECT id FROM unnest($1::uuid[]) AS id WHERE id <> ALL (ARRAY (SELECT id FROM there))
	UNION SELECT id FROM unnest($2::uuid[]) AS id WHERE id <> ALL (ARRAY (SELECT id FROM documents WHERE id = ANY ($2)))
	UNION SELECT id FROM unnest($3::uuid[]) AS id WHERE id <> ALL (ARRAY (SELECT id FROM claims WHERE id = ANY ($3)));
WITH RECURSIVE speaks_as (id) AS (
	SELECT $2::uuid
	UNION SELECT merged.merged_into FROM speaks_as JOIN sources AS merged ON merged.id = speaks_as.id AND merged.merged_into IS NOT
		NULL) SELECT EXISTS (SELECT FROM speaks_as WHERE id = $1);
WITH RECURSIVE reached (id) AS (
	SELECT object FROM relations AS first WHERE id IN (SELECT id FROM relations WHERE subject IN (
	WITH RECURSIVE merged (id) AS (SELECT $1::uuid UNION SELECT next.id FROM merged AS at, LATERAL (SELECT id FROM sources WHERE
		merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)) SELECT id FROM merged))
		AND controls AND status = 'active' AND (
	EXISTS (SELECT FROM relations AS next WHERE next.subject = first.object AND controls AND status = 'active')
	OR EXISTS (SELECT FROM sources WHERE sources.id = first.object AND merged_into IS NOT NULL)
	OR EXISTS (SELECT FROM sources WHERE merged_into = first.object))
	UNION
	SELECT next.id FROM reached AS at, LATERAL (
	SELECT object FROM relations WHERE subject = at.id AND controls AND status = 'active'
	UNION ALL SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)
	), speakers_above (id) AS (
	SELECT id FROM reached
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT id, speaks_as FROM speakers;
WITH RECURSIVE ours_above (id) AS (
	SELECT $1::uuid
	UNION SELECT merged.merged_into FROM ours_above JOIN sources AS merged ON merged.id = ours_above.id AND merged.merged_into IS
		NOT NULL), ours (id) AS (
	SELECT id FROM ours_above
	UNION SELECT merged.id FROM ours JOIN sources AS merged ON merged.merged_into = ours.id), theirs_above (id) AS (
	SELECT $2::uuid
	UNION SELECT merged.merged_into FROM theirs_above JOIN sources AS merged ON merged.id = theirs_above.id AND merged.merged_into
		IS NOT NULL), theirs (id) AS (
	SELECT id FROM theirs_above
	UNION SELECT merged.id FROM theirs JOIN sources AS merged ON merged.merged_into = theirs.id)
	SELECT id FROM matches WHERE kind = 'same_source' AND status = 'rejected' AND ((a IN (SELECT id FROM ours) AND b IN (SELECT id
		FROM theirs))
	OR (b IN (SELECT id FROM ours) AND a IN (SELECT id FROM theirs))) ORDER BY id LIMIT 1;

-- CreateRelation
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || $1, 0));
SELECT id, status FROM relations WHERE subject = $1 AND kind = $2 AND object = $3 AND since = $4 ORDER BY id LIMIT 1;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource =
		'relation' AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO relations (id, key, namespace, status, version, subject, kind, object, share, since, until, citation) SELECT $1, $2,
		$3, $4, next.version, $10, $11, $12, $13, $14, $15, $16 FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $5::text, $6::uuid, $7::uuid, 'create', 'relation', stored.id, stored.version - 1,
		stored.version, $8::text, $9::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 2, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, subject, kind, object, share, since, until, citation FROM
		stored;
WITH RECURSIVE reached (id) AS (
	SELECT object FROM relations AS first WHERE id IN ($1) AND controls AND status = 'active' AND (
	EXISTS (SELECT FROM relations AS next WHERE next.subject = first.object AND controls AND status = 'active')
	OR EXISTS (SELECT FROM sources WHERE sources.id = first.object AND merged_into IS NOT NULL)
	OR EXISTS (SELECT FROM sources WHERE merged_into = first.object))
	UNION
	SELECT next.id FROM reached AS at, LATERAL (
	SELECT object FROM relations WHERE subject = at.id AND controls AND status = 'active'
	UNION ALL SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)
	), speakers_above (id) AS (
	SELECT id FROM reached
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT id, speaks_as FROM speakers;

-- UpdateRelation
SELECT id, key, namespace, version, created_at, updated_at, status, subject, kind, object, share, since, until, citation FROM
		relations WHERE id = $1 FOR NO KEY UPDATE;
WITH stored AS (
	UPDATE relations SET (subject, kind, object, share, since, until, citation) = ROW ($7, $8, $9, $10, $11, $12, $13), version =
		version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'update', 'relation', stored.id, stored.version - 1,
		stored.version, $5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 2, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, subject, kind, object, share, since, until, citation FROM
		stored;

-- RetractRelation
WITH stored AS (
	UPDATE relations SET status = $7, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'relation', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 2, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, subject, kind, object, share, since, until, citation FROM
		stored;

-- CreateDocument
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource =
		'document' AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO documents (id, key, namespace, status, version, publisher, kind, language, title, url, archive_url, published,
		retrieved_at, text, text_sha256, authors, derived_from, method, url_canonical, terms, sketch) SELECT $1, $2, $3, $4,
		next.version, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24::text::tsvector, $25 FROM next
		RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $5::text, $6::uuid, $7::uuid, 'create', 'document', stored.id, stored.version - 1,
		stored.version, $8::text, $9::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 3, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, publisher, kind, language, title, url, archive_url,
		published, retrieved_at, text, text_sha256, authors, derived_from, method FROM stored;
WITH alike AS MATERIALIZED (
	SELECT ours.id AS a, other.document_id AS b, bool_or(other.members > 32) AS crowded
	FROM documents AS ours CROSS JOIN LATERAL unnest(ours.sketch) AS asked (band)
	CROSS JOIN LATERAL (
	SELECT document_id, row_number() OVER (ORDER BY document_id) AS place, count(*) OVER () AS members FROM (
	SELECT DISTINCT document_id FROM document_bands WHERE document_bands.band = asked.band AND document_id <> ours.id
	ORDER BY document_id LIMIT 32 + 1) AS sharing
	) AS other
	WHERE ours.id = ANY ($1) AND ours.status = 'active' AND (other.members <= 32 OR other.place <= 8)
	GROUP BY ours.id, other.document_id
	) SELECT alike.a, alike.b, octet_length(one.text) AS a_bytes, octet_length(other.text) AS b_bytes, alike.crowded
	FROM alike JOIN documents AS one ON one.id = alike.a JOIN documents AS other ON other.id = alike.b
	WHERE other.status = 'active' AND (NOT $2::boolean OR alike.b < alike.a)
	AND one.derived_from IS DISTINCT FROM other.id AND other.derived_from IS DISTINCT FROM one.id
	AND NOT EXISTS (SELECT FROM matches WHERE resource = 'document' AND matches.a IN (one.id, other.id) AND matches.b IN (one.id,
		other.id)
	AND (kind = 'reprint' OR status <> 'rejected'))
	ORDER BY alike.a, alike.b;

-- CreateClaim
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'claim'
		AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO claims (id, key, namespace, status, version, statement, quantities, event_time, places, topics, scope, method,
		folded, terms) SELECT $1, $2, $3, $4, next.version, $10, $11, $12, $13, $14, $15, $16, $17, $18::text::tsvector FROM next
		RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $5::text, $6::uuid, $7::uuid, 'create', 'claim', stored.id, stored.version - 1, stored.version,
		$8::text, $9::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 4, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, statement, quantities, event_time, places,
		topics, scope, method FROM stored;

-- UpdateClaim
SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, statement, quantities, event_time, places,
		topics, scope, method FROM claims WHERE id = $1 FOR NO KEY UPDATE;
WITH stored AS (
	UPDATE claims SET (statement, quantities, event_time, places, topics, scope, method, folded, terms) = ROW ($7, $8, $9, $10, $11,
		$12, $13, $14, $15::text::tsvector), version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'update', 'claim', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 4, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, statement, quantities, event_time, places,
		topics, scope, method FROM stored;

-- RetractClaim
WITH stored AS (
	UPDATE claims SET status = $7, merged_into = $9, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'claim', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 4, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, statement, quantities, event_time, places,
		topics, scope, method FROM stored;

-- MergeClaim
WITH RECURSIVE speaks_as (id) AS (
	SELECT $2::uuid
	UNION SELECT merged.merged_into FROM speaks_as JOIN claims AS merged ON merged.id = speaks_as.id AND merged.merged_into IS NOT
		NULL) SELECT EXISTS (SELECT FROM speaks_as WHERE id = $1);
WITH RECURSIVE ours_above (id) AS (
	SELECT $1::uuid
	UNION SELECT merged.merged_into FROM ours_above JOIN claims AS merged ON merged.id = ours_above.id AND merged.merged_into IS NOT
		NULL), ours (id) AS (
	SELECT id FROM ours_above
	UNION SELECT merged.id FROM ours JOIN claims AS merged ON merged.merged_into = ours.id), theirs_above (id) AS (
	SELECT $2::uuid
	UNION SELECT merged.merged_into FROM theirs_above JOIN claims AS merged ON merged.id = theirs_above.id AND merged.merged_into IS
		NOT NULL), theirs (id) AS (
	SELECT id FROM theirs_above
	UNION SELECT merged.id FROM theirs JOIN claims AS merged ON merged.merged_into = theirs.id)
	SELECT id FROM links WHERE kind = 'equivalent' AND status = 'rejected' AND ((claim_id IN (SELECT id FROM ours) AND to_id IN
		(SELECT id FROM theirs))
	OR (to_id IN (SELECT id FROM ours) AND claim_id IN (SELECT id FROM theirs))) ORDER BY id LIMIT 1;

-- CreateAttribution
SELECT publisher, text FROM documents WHERE id = $1 FOR SHARE;
SELECT id, status FROM attributions WHERE claim_id = $1 AND document_id = $2 AND stance = $3 AND source_ids = $4 AND
		content_start IS NOT DISTINCT FROM $5
	AND (content ->> 'end')::int IS NOT DISTINCT FROM $6 ORDER BY id LIMIT 1;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource =
		'attribution' AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO attributions (id, key, namespace, status, version, claim_id, document_id, stance, content, event_time_span, chain,
		credibility, method, confidence, note) SELECT $1, $2, $3, $4, next.version, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19
		FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $5::text, $6::uuid, $7::uuid, 'create', 'attribution', stored.id, stored.version - 1,
		stored.version, $8::text, $9::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 5, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", document_id AS "document", stance,
		content, event_time_span, chain, credibility, method, confidence, note FROM stored;

-- UpdateAttribution
SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", document_id AS "document", stance,
		content, event_time_span, chain, credibility, method, confidence, note FROM attributions WHERE id = $1 FOR NO KEY UPDATE;
WITH stored AS (
	UPDATE attributions SET (claim_id, document_id, stance, content, event_time_span, chain, credibility, method, confidence, note)
		= ROW ($7, $8, $9, $10, $11, $12, $13, $14, $15, $16), version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'update', 'attribution', stored.id, stored.version - 1,
		stored.version, $5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 5, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", document_id AS "document", stance,
		content, event_time_span, chain, credibility, method, confidence, note FROM stored;

-- DecideAttribution
WITH stored AS (
	UPDATE attributions SET status = $7, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'attribution', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 5, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", document_id AS "document", stance,
		content, event_time_span, chain, credibility, method, confidence, note FROM stored;

-- UpdateDocument, which moves quotes
SELECT id, key, namespace, version, created_at, updated_at, status, publisher, kind, language, title, url, archive_url,
		published, retrieved_at, text, text_sha256, authors, derived_from, method FROM documents WHERE id = $1 FOR NO KEY UPDATE;
WITH stored AS (
	UPDATE documents SET (publisher, kind, language, title, url, archive_url, published, retrieved_at, text, text_sha256, authors,
		derived_from, method, url_canonical, terms, sketch) = ROW ($7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
		$21::text::tsvector, $22), version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'update', 'document', stored.id, stored.version - 1,
		stored.version, $5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 3, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, publisher, kind, language, title, url, archive_url,
		published, retrieved_at, text, text_sha256, authors, derived_from, method FROM stored;
SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", document_id AS "document", stance,
		content, event_time_span, chain, credibility, method, confidence, note FROM attributions WHERE document_id = $1 AND id > $2
		ORDER BY id LIMIT 500 FOR NO KEY UPDATE;
WITH RECURSIVE starts (id) AS (
	SELECT t.id FROM (SELECT $1::uuid AS id) AS wanted JOIN documents AS t ON t.id = wanted.id JOIN documents AS first ON first.id =
		t.derived_from
	WHERE first.derived_from IS NOT NULL
	), line (id, parent) AS (
	SELECT t.id, t.derived_from FROM starts JOIN documents AS t ON t.id = starts.id
	UNION
	SELECT t.id, t.derived_from FROM line JOIN documents AS t ON t.id = line.parent
	) SELECT id, parent, id IN (SELECT id FROM starts) AS wanted FROM line;
WITH RECURSIVE ours (id) AS (
	SELECT $1::uuid
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT (SELECT derived_from FROM documents WHERE id = $1)
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
		SELECT id FROM matches WHERE kind = 'reprint' AND status = 'rejected'
	AND a IN (SELECT id FROM ours) AND b IN (SELECT id FROM theirs) ORDER BY id LIMIT 1;

-- Versions, of a text that was replaced
SELECT t.to_version AS version, t.id AS change, s.seq, t.at, t.actor,
	t.actor_id, nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.reason, was.state AS was,
		t.state AS made,
	NULL::jsonb AS differences
	FROM changes AS t LEFT JOIN sequenced AS s ON s.change = t.id LEFT JOIN LATERAL (
	SELECT state FROM changes AS before WHERE before.resource_id = t.resource_id AND before.to_version = t.from_version
	AND before.resource = t.resource LIMIT 1) AS was ON true
	WHERE t.resource_id = $1 AND t.resource = $2 ORDER BY t.to_version DESC LIMIT 2;
SELECT sha256, octet_length(text) AS bytes, '' AS text FROM (
	SELECT sha256, text FROM document_texts WHERE sha256 = ANY ($1)
	UNION ALL SELECT text_digest(text), text FROM documents WHERE id = $2 AND text_digest(text) = ANY ($1)) AS kept;
SELECT sha256, octet_length(text) AS bytes, text AS text FROM (
	SELECT sha256, text FROM document_texts WHERE sha256 = ANY ($1)
	UNION ALL SELECT text_digest(text), text FROM documents WHERE id = $2 AND text_digest(text) = ANY ($1)) AS kept;

-- RetractDocument
WITH stored AS (
	UPDATE documents SET status = $7, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'document', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 3, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, publisher, kind, language, title, url, archive_url,
		published, retrieved_at, text, text_sha256, authors, derived_from, method FROM stored;

-- CreateLink
SELECT id, status FROM links WHERE kind = $1 AND claim_id = $2 AND to_id = $3 ORDER BY id LIMIT 1;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'link'
		AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO links (id, key, namespace, status, version, kind, claim_id, to_id, degree, basis, rationale, method, confidence)
		SELECT $1, $2, $3, $4, next.version, $10, $11, $12, $13, $14, $15, $16, $17 FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $5::text, $6::uuid, $7::uuid, 'create', 'link', stored.id, stored.version - 1, stored.version,
		$8::text, $9::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 6, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, kind, claim_id AS "from", to_id AS "to", degree, basis,
		rationale, method, confidence FROM stored;

-- UpdateLink
SELECT id, key, namespace, version, created_at, updated_at, status, kind, claim_id AS "from", to_id AS "to", degree, basis,
		rationale, method, confidence FROM links WHERE id = $1 FOR NO KEY UPDATE;
WITH stored AS (
	UPDATE links SET (kind, claim_id, to_id, degree, basis, rationale, method, confidence) = ROW ($7, $8, $9, $10, $11, $12, $13,
		$14), version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'update', 'link', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 6, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, kind, claim_id AS "from", to_id AS "to", degree, basis,
		rationale, method, confidence FROM stored;

-- DecideLink
WITH stored AS (
	UPDATE links SET status = $7, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'link', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 6, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, kind, claim_id AS "from", to_id AS "to", degree, basis,
		rationale, method, confidence FROM stored;

-- CreateReview
SELECT id, status FROM reviews WHERE claim_id = $1 AND author = $2 AND url = $3 ORDER BY id LIMIT 1;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'review'
		AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO reviews (id, key, namespace, status, version, claim_id, author, rating, title, url, language, claim_reviewed,
		published, folded, terms) SELECT $1, $2, $3, $4, next.version, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19::text::tsvector
		FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $5::text, $6::uuid, $7::uuid, 'create', 'review', stored.id, stored.version - 1,
		stored.version, $8::text, $9::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 7, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", author, rating, title, url, language,
		claim_reviewed, published FROM stored;

-- UpdateReview
SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", author, rating, title, url, language,
		claim_reviewed, published FROM reviews WHERE id = $1 FOR NO KEY UPDATE;
WITH stored AS (
	UPDATE reviews SET (claim_id, author, rating, title, url, language, claim_reviewed, published, folded, terms) = ROW ($7, $8, $9,
		$10, $11, $12, $13, $14, $15, $16::text::tsvector), version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'update', 'review', stored.id, stored.version - 1,
		stored.version, $5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 7, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", author, rating, title, url, language,
		claim_reviewed, published FROM stored;

-- RetractReview
WITH stored AS (
	UPDATE reviews SET status = $7, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'review', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 7, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", author, rating, title, url, language,
		claim_reviewed, published FROM stored;

-- CreateSource with an Idempotency-Key
SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || E'\n' || $1 || E'\n' || $2, 0));
SELECT status, headers, body, request FROM kept_answers WHERE actor = $1 AND key = $2 AND kept_at > now() - $3::interval;
WITH ended AS (
	DELETE FROM kept_answers WHERE ctid = ANY (ARRAY (SELECT ctid FROM kept_answers WHERE kept_at <= now() - $7::interval
	AND (actor, key) <> ($1, $2) ORDER BY kept_at LIMIT $8 FOR UPDATE SKIP LOCKED)))
	INSERT INTO kept_answers (actor, key, request, status, headers, body) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (actor, key) DO UPDATE SET request = excluded.request, status = excluded.status, headers = excluded.headers,
	body = excluded.body, kept_at = excluded.kept_at;

-- StoreResponse
SELECT count(*) FROM (SELECT FROM kept_answers WHERE actor = $1 AND kept_at > now() - $2::interval LIMIT $3) few;

-- Indexed
SELECT coalesce(min(version), 0), EXISTS (SELECT FROM sources WHERE identities = '{}') FROM indexing;

-- Reindex
UPDATE indexing SET version = 1, resource = '', after = $2 WHERE version >= $1 AND EXISTS (SELECT FROM sources WHERE identities =
		'{}');
SELECT version, resource, after FROM indexing ORDER BY version, resource, after LIMIT 1 FOR UPDATE;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.id > $1 ORDER BY t.id LIMIT 500 FOR NO KEY UPDATE;
WITH stored AS (UPDATE sources SET (folded, terms, identities) = ROW ($2, $3::text::tsvector, $4) WHERE id = $1 RETURNING *)
		INSERT INTO source_traits (hash, source_id) SELECT DISTINCT hashtextextended(trait, 0), id FROM stored, unnest(identities) AS
		trait ORDER BY 1, 2 ON CONFLICT DO NOTHING;
UPDATE indexing SET version = $1, resource = $2, after = $3;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, t.text, t.text_sha256, t.authors, t.derived_from, t.method FROM documents AS
		t WHERE t.id > $1 ORDER BY t.id LIMIT 20 FOR NO KEY UPDATE;
UPDATE documents SET (url_canonical, terms, sketch) = ROW ($2, $3::text::tsvector, $4) WHERE id = $1;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id > $1 ORDER BY t.id LIMIT 500 FOR NO KEY UPDATE;
UPDATE claims SET (folded, terms) = ROW ($2, $3::text::tsvector) WHERE id = $1;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.id > $1 ORDER BY t.id LIMIT 500 FOR NO KEY
		UPDATE;
UPDATE reviews SET (folded, terms) = ROW ($2, $3::text::tsvector) WHERE id = $1;

-- CreateMatch
WITH RECURSIVE ours_above (id) AS (
	SELECT $1::uuid
	UNION SELECT merged.merged_into FROM ours_above JOIN sources AS merged ON merged.id = ours_above.id AND merged.merged_into IS
		NOT NULL), ours (id) AS (
	SELECT id FROM ours_above
	UNION SELECT merged.id FROM ours JOIN sources AS merged ON merged.merged_into = ours.id), theirs_above (id) AS (
	SELECT $2::uuid
	UNION SELECT merged.merged_into FROM theirs_above JOIN sources AS merged ON merged.id = theirs_above.id AND merged.merged_into
		IS NOT NULL), theirs (id) AS (
	SELECT id FROM theirs_above
	UNION SELECT merged.id FROM theirs JOIN sources AS merged ON merged.merged_into = theirs.id)
	SELECT id FROM matches WHERE kind = 'same_source' AND status = 'rejected' AND ((a IN (SELECT id FROM ours) AND b IN (SELECT id
		FROM theirs))
	OR (b IN (SELECT id FROM ours) AND a IN (SELECT id FROM theirs))) AND (a, b) NOT IN (($1, $2), ($2, $1)) ORDER BY id LIMIT 1;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'match'
		AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO matches (id, key, namespace, status, version, resource, a, b, kind, score, basis, rationale, method) SELECT $1, $2,
		$3, $4, next.version, $10, $11, $12, $13, $14, $15, $16, $17 FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $5::text, $6::uuid, $7::uuid, 'create', 'match', stored.id, stored.version - 1, stored.version,
		$8::text, $9::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 8, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, resource, a, b, kind, score, basis, rationale, method FROM
		stored;

-- AcceptMatch
SELECT id, key, namespace, version, created_at, updated_at, status, resource, a, b, kind, score, basis, rationale, method FROM
		matches WHERE id = $1 FOR NO KEY UPDATE;
SELECT EXISTS (WITH RECURSIVE one (id) AS (
	SELECT $1::uuid
	UNION SELECT merged.merged_into FROM one JOIN sources AS merged ON merged.id = one.id AND merged.merged_into IS NOT NULL), other
		(id) AS (
	SELECT $2::uuid
	UNION SELECT merged.merged_into FROM other JOIN sources AS merged ON merged.id = other.id AND merged.merged_into IS NOT NULL)
		SELECT FROM one JOIN other USING (id));
WITH RECURSIVE above (id) AS (
	SELECT $1::uuid
	UNION SELECT merged.merged_into FROM above JOIN sources AS merged ON merged.id = above.id AND merged.merged_into IS NOT NULL)
		SELECT sources.id FROM above JOIN sources USING (id) WHERE merged_into IS NULL;
WITH stored AS (
	UPDATE matches SET status = $7, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'match', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 8, id FROM change
	) SELECT id, key, namespace, version, created_at, updated_at, status, resource, a, b, kind, score, basis, rationale, method FROM
		stored;

-- IdentityMatch
SELECT id, key, namespace, version, created_at, updated_at, status, resource, a, b, kind, score, basis, rationale, method FROM
		matches WHERE id = $1;

-- CreateMatch
WITH RECURSIVE ours (id) AS (
	SELECT $1::uuid
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT $2::uuid
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
	SELECT id FROM matches WHERE kind = 'same_document' AND status = 'rejected' AND ((a IN (SELECT id FROM ours) AND b IN (SELECT id
		FROM theirs))
	OR (b IN (SELECT id FROM ours) AND a IN (SELECT id FROM theirs))) AND (a, b) NOT IN (($1, $2), ($2, $1)) ORDER BY id LIMIT 1;

-- AcceptMatch
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t
	WHERE document_id = $1 AND id > $2 ORDER BY id LIMIT 500 FOR UPDATE;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE document_id = $1 AND claim_id = ANY ($2);
WITH RECURSIVE ours (id) AS (
	SELECT $1::uuid
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT $2::uuid
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
	SELECT id FROM matches WHERE kind = 'same_document' AND status = 'rejected' AND ((a IN (SELECT id FROM ours) AND b IN (SELECT id
		FROM theirs))
	OR (b IN (SELECT id FROM ours) AND a IN (SELECT id FROM theirs))) ORDER BY id LIMIT 1;

-- ReopenMatch
SELECT xid::text FROM changes WHERE resource_id = $1 AND resource = 'match' AND operation = 'accept'
	ORDER BY to_version DESC LIMIT 1;
SELECT made.resource_id, made.resource = 'document' FROM changes AS made JOIN changes AS was
	ON was.resource_id = made.resource_id AND was.to_version = made.from_version
	WHERE made.xid = $1::text::xid8 AND (made.resource = 'document' AND made.operation = 'retract' AND made.resource_id = $3
	OR made.resource = 'attribution' AND made.state ->> 'document' = $2::text AND was.state ->> 'document' = $3::uuid::text)
	ORDER BY made.resource_id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note, was.state AS was,
		made.state AS made FROM attributions AS t
	JOIN changes AS made ON made.resource_id = t.id AND made.xid = $2::text::xid8 AND made.resource = 'attribution'
	JOIN changes AS was ON was.resource_id = t.id AND was.to_version = made.from_version
	WHERE t.id = ANY ($1) ORDER BY t.id FOR UPDATE OF t;

-- RejectMatch
SELECT $2::uuid IN (WITH RECURSIVE one (id) AS (
	SELECT $1::uuid
	UNION SELECT CASE WHEN accepted.a = one.id THEN accepted.b ELSE accepted.a END FROM one JOIN matches AS accepted
	ON (accepted.a = one.id OR accepted.b = one.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted') SELECT id
		FROM one);

-- CreateMatch
WITH RECURSIVE ours (id) AS (
	SELECT $1::uuid
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT $2::uuid
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
		SELECT id FROM matches WHERE kind = 'reprint' AND status = 'rejected'
	AND a IN (SELECT id FROM ours) AND b IN (SELECT id FROM theirs) AND (a, b) NOT IN (($1, $2), ($2, $1)) ORDER BY id LIMIT 1;

-- ReopenMatch
SELECT (was.state ->> 'derived_from')::uuid FROM changes AS made JOIN changes AS was
	ON was.resource_id = made.resource_id AND was.to_version = made.from_version
	WHERE made.xid = $1::text::xid8 AND made.resource_id = $2 AND made.state ->> 'derived_from' = $3::text;

-- RejectMatch
SELECT EXISTS (WITH RECURSIVE ours (id) AS (
	SELECT $1::uuid
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT $2::uuid
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
		SELECT FROM documents WHERE id IN (SELECT id FROM ours)
	AND derived_from IN (SELECT id FROM theirs));

-- ProposeReprints
SELECT id FROM documents WHERE id > $1 AND sketch <> '{}'
	AND status = 'active' ORDER BY id LIMIT 200;
SELECT d.id, d.title, d.language, d.text, coalesce(d.authors, '{}') AS authors, d.published_from, d.published_until,
	d.created_at, d.derived_from, p.kind AS publisher_kind, d.publisher,
	array_prepend(p.name, coalesce(p.aliases, '{}') || coalesce((SELECT array_agg(value) FROM jsonb_each_text(p.names)), '{}'))
	AS publisher_names
	FROM documents AS d JOIN sources AS p ON p.id = d.publisher WHERE d.id = ANY ($1);
SELECT array_prepend(name, coalesce(aliases, '{}')
	|| coalesce((SELECT array_agg(value ORDER BY key) FROM jsonb_each_text(names)), '{}')) AS names
	FROM sources WHERE kind IN ('wire', 'agency') AND status = 'active' AND NOT anonymous ORDER BY id LIMIT 5000;
SELECT
	(SELECT count(*) = 500 FROM (SELECT FROM documents LIMIT 500) AS first) AS many,
	coalesce((SELECT most_common_elems::text::text[] FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'documents'
	AND attname = 'terms'), '{}') AS common;
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SELECT word FROM unnest($1::text[], $2::text[]) AS asked (word, query)
	WHERE (SELECT count(*) FROM (SELECT FROM documents WHERE terms @@ asked.query::tsquery LIMIT 5 + 1) AS first) <= 5;
SET LOCAL enable_indexscan TO DEFAULT;
SET LOCAL enable_indexonlyscan TO DEFAULT;

-- Import of a document that is a reprint
SELECT DISTINCT resource_id AS id FROM changes WHERE xid = $1::bigint::text::xid8
	AND resource = 'document' AND operation IN ('create', 'update') ORDER BY id;

-- Documents by words
begin read only;
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $1::text::tsquery))::real AS score FROM documents AS t WHERE
		t.terms @@ $1::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method, best.score,
		false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN documents AS t USING (id) ORDER BY best.score DESC, t.id;

-- Documents with words
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.terms @@ $1::text::tsquery ORDER BY coalesce(t.published_from, '-infinity') DESC, t.id DESC LIMIT 2;

-- IdentityMatches
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.resource, t.a, t.b, t.kind, t.score, t.basis,
		t.rationale, t.method FROM matches AS t WHERE (t.a = $1 OR t.b = $2) AND t.resource = $3 AND t.kind = $4 ORDER BY t.id LIMIT 2;

-- Proposals
SELECT resource, id, sureness FROM ((SELECT 'link' AS resource, id, coalesce(confidence, 0) AS sureness FROM links WHERE status =
		'proposed' AND kind = $1 AND method ->> 'name' = $2 AND (claim_id = $3 OR to_id = $4) AND coalesce(confidence, 0) >= $5 ORDER
		BY coalesce(confidence, 0) DESC, id LIMIT 2) UNION ALL (SELECT 'attribution' AS resource, id, coalesce(confidence, 0) AS
		sureness FROM attributions WHERE status = 'proposed' AND NULL::text = $6 AND method ->> 'name' = $7 AND claim_id = $8 AND
		coalesce(confidence, 0) >= $9 ORDER BY coalesce(confidence, 0) DESC, id LIMIT 2) UNION ALL (SELECT 'match' AS resource, id,
		coalesce(score, 0) AS sureness FROM matches WHERE status = 'proposed' AND kind = $10 AND method ->> 'name' = $11 AND false AND
		coalesce(score, 0) >= $12 ORDER BY coalesce(score, 0) DESC, id LIMIT 2)) AS waiting ORDER BY sureness DESC, id LIMIT 2;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE id = ANY ($1) AND status = 'proposed';
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE id = ANY ($1) AND status = 'proposed';
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.resource, t.a, t.b, t.kind, t.score, t.basis,
		t.rationale, t.method FROM matches AS t WHERE id = ANY ($1) AND status = 'proposed';
SELECT thing, actor, until FROM leases WHERE thing = ANY ($1) AND until > now();

-- CountProposals
SELECT count(*) FROM (SELECT FROM ((SELECT 'link' AS resource, id, coalesce(confidence, 0) AS sureness FROM links WHERE status =
		'proposed' ORDER BY coalesce(confidence, 0) DESC, id LIMIT 10001)) AS waiting LIMIT 10001) AS counted;

-- LeaseProposals
WITH swept AS (DELETE FROM leases WHERE thing IN (SELECT thing FROM leases
	WHERE until < now() - interval '1 hour' LIMIT 100 FOR UPDATE SKIP LOCKED)) SELECT now();
WITH waiting AS MATERIALIZED (
	SELECT id FROM unnest($1::uuid[]) AS wanted (id)
	WHERE EXISTS (SELECT FROM links WHERE links.id = wanted.id AND status = 'proposed')
	OR EXISTS (SELECT FROM attributions WHERE attributions.id = wanted.id AND status = 'proposed')
	OR EXISTS (SELECT FROM matches WHERE matches.id = wanted.id AND status = 'proposed'))
	INSERT INTO leases (thing, holder, actor, until)
	SELECT id, $2, $3, now() + make_interval(secs => $4) FROM waiting ORDER BY id
	ON CONFLICT (thing) DO UPDATE SET holder = excluded.holder, actor = excluded.actor, until = excluded.until
	WHERE leases.holder = excluded.holder OR leases.until < $5;
SELECT thing, holder = $2, actor, until FROM leases WHERE thing = ANY ($1);

-- LeaseProposals
DELETE FROM leases WHERE thing = ANY ($1) AND holder = $2;

-- DecideEach
SELECT DISTINCT ON (resource_id) resource_id, to_version, actor, at, state ->> 'status' FROM changes
	WHERE resource_id = ANY ($1) AND resource IN ('link', 'attribution', 'match') ORDER BY resource_id, to_version DESC;

-- MatchNames
SELECT id, name FROM sources WHERE id = ANY ($1)
	UNION ALL SELECT id, concat_ws(' ', nullif(title, ''), nullif(url, '')) FROM documents WHERE id = ANY ($1);

-- Suspects
SELECT claims.id, claims.key, statement, array_agg(DISTINCT claim_reviewed) AS wordings
	FROM claims JOIN reviews ON claim_id = claims.id WHERE claims.key LIKE 'statement:%' AND claim_reviewed <> ''
	GROUP BY claims.id ORDER BY claims.id;
SELECT id, key, name FROM sources WHERE key LIKE 'site:%' ORDER BY id;
SELECT DISTINCT author, url FROM reviews WHERE author = ANY ($1) ORDER BY url;
SELECT named.id, named.key, named.name, array_agg(DISTINCT above.name) AS above
	FROM sources AS named JOIN relations ON subject = named.id AND relations.status = 'active' AND controls
	JOIN sources AS above ON above.id = object WHERE named.key LIKE 'name:%'
	GROUP BY named.id HAVING count(DISTINCT object) > 1 ORDER BY named.id;

-- Undo
SELECT ((SELECT true FROM changes WHERE group_id = $1 AND group_id <> '00000000-0000-0000-0000-000000000000' ORDER BY resource,
		resource_id LIMIT 1)
	IS NOT NULL OR EXISTS (SELECT FROM feed_editions WHERE group_id = $1) OR EXISTS (SELECT FROM undos WHERE group_id = $1)),
	coalesce((SELECT original FROM undos WHERE group_id = $1), $1), coalesce((SELECT n FROM undos WHERE group_id = $1), 0);
SELECT coalesce(max(n), 0) FROM undos WHERE original = $1;
SELECT (EXISTS (SELECT FROM imports WHERE imports.group_id = $1)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = $1) OR (EXISTS (SELECT
		FROM feed_editions WHERE feed_editions.group_id = $1) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = $1))), coalesce((SELECT at FROM
		feed_editions WHERE group_id = $2),
	(SELECT max(at) FROM changes WHERE group_id = $2), now());
SET CONSTRAINTS ALL DEFERRED;
SELECT EXISTS (SELECT FROM imports WHERE group_id = $1),
	coalesce(bool_or(operation IN ('accept', 'reject', 'reopen')), false), coalesce(bool_and(resource = 'review'), false),
	coalesce(bool_and(resource = 'link' AND operation = 'create'), false), coalesce(bool_or(resource = 'key'), false)
	FROM changes WHERE group_id = $1 AND group_id <> $2;
SELECT feed FROM feed_editions WHERE group_id = $1;
SELECT resource_id AS id, coalesce(state ->> 'name', '') AS name, to_version AS version
	FROM changes WHERE group_id = $1 AND group_id <> $2 AND resource = 'key' ORDER BY resource_id, to_version;
SELECT EXISTS (SELECT FROM changes WHERE group_id = $1 AND group_id <> $2 AND resource = 'source'
	AND operation = 'create');
WITH span AS MATERIALIZED (
	SELECT resource_id AS id, min(from_version) AS before, max(to_version) AS after, count(*) AS changes FROM changes
	WHERE group_id = $1 AND group_id <> '00000000-0000-0000-0000-000000000000' AND resource = $2 AND resource_id > $3
	GROUP BY resource_id ORDER BY resource_id LIMIT $4
	) SELECT span.*, was.state AS was, made.state AS made, coalesce(((was.state ->> 'status' IN ('retracted', 'rejected') OR
		was.state ->> 'until' <> '')
	AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = was.group_id
	UNION ALL SELECT feed, CASE WHEN undos.n % 2 = 0 THEN edition.n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS
		before WHERE before.feed = edition.feed AND before.n < edition.n AND NOT before.undone) END
	FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = was.group_id) AS took
	WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = was.resource_id AND said.feed = took.feed AND said.first <=
		took.n AND (said.last IS NULL OR said.last >= took.n)))
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
	WHERE undos.group_id = was.group_id AND undos.n % 2 = 1)
	AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = was.resource_id AND EXISTS (SELECT FROM feed_editions AS counted
		WHERE counted.feed = past.feed AND NOT counted.undone AND counted.n BETWEEN past.first AND coalesce(past.last, counted.n)))
	AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = was.resource_id AND hand.resource = was.resource
	AND hand.to_version < was.to_version AND hand.state -> 'status' = was.state -> 'status'
	AND hand.state -> 'until' IS NOT DISTINCT FROM was.state -> 'until' AND NOT (EXISTS (SELECT FROM imports WHERE imports.group_id
		= hand.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = hand.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = hand.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = hand.group_id)))))), false) AS taken_back,
	NOT EXISTS (SELECT FROM changes AS since WHERE resource_id = span.id AND since.resource = $2 AND to_version > span.after
	AND NOT (EXISTS (SELECT FROM feed_editions WHERE feed_editions.group_id = since.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = since.group_id))) AS feeds_since FROM span
	JOIN changes AS made ON made.resource_id = span.id AND made.to_version = span.after AND made.resource = $2
	LEFT JOIN changes AS was ON was.resource_id = span.id AND was.to_version = span.before AND was.resource = $2
	ORDER BY span.id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE id = ANY ($1) ORDER BY id FOR UPDATE;
SELECT row.thing, bool_or(now.says), bool_or(now.says AND current.at > $4) FROM feed_things AS row
	JOIN feeds ON name = row.feed JOIN feed_editions AS current ON current.feed = name AND current.n = feeds.edition,
	LATERAL (SELECT row.first <= feeds.edition AND (row.last IS NULL OR row.last >= feeds.edition) AS says) AS now
	WHERE row.thing = ANY ($1) AND row.resource = $2 AND row.feed <> $3 AND EXISTS (SELECT FROM feed_editions AS counted WHERE
		counted.feed = row.feed AND NOT counted.undone AND counted.n BETWEEN row.first AND coalesce(row.last, counted.n))
	GROUP BY row.thing;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE id = ANY ($1) ORDER BY id FOR UPDATE;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, t.text, t.text_sha256, t.authors, t.derived_from, t.method FROM documents AS
		t WHERE id = ANY ($1) ORDER BY id FOR UPDATE;
SELECT sha256, text FROM document_texts WHERE sha256 = ANY ($1);
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE id = ANY ($1) ORDER BY id FOR UPDATE;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE id = ANY ($1) ORDER BY id FOR UPDATE;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE id = ANY ($1) ORDER BY id FOR UPDATE;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE id = ANY ($1) ORDER BY id FOR UPDATE;
SELECT id FROM matches WHERE (a = ANY ($1) OR b = ANY ($1))
	AND status = 'proposed' AND method ->> 'kind' = 'rule' AND NOT EXISTS (SELECT FROM changes
	WHERE resource_id = matches.id AND resource = 'match' AND operation NOT IN ('create', 'delete'))
	ORDER BY id FOR UPDATE;
WITH stored AS (DELETE FROM reviews WHERE id = ANY ($5) RETURNING id, version), number AS MATERIALIZED (SELECT
		change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'delete', 'review', stored.id, (stored.version + 1) - 1,
		(stored.version + 1), $4::text, last.state || jsonb_build_object('status', 'deleted', 'version', stored.version + 1,
		'updated_at', now())
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'review' AND last.to_version =
		stored.version RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 7, id FROM change
	) SELECT FROM stored;
WITH stored AS (DELETE FROM links WHERE id = ANY ($5) RETURNING id, version), number AS MATERIALIZED (SELECT
		change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'delete', 'link', stored.id, (stored.version + 1) - 1,
		(stored.version + 1), $4::text, last.state || jsonb_build_object('status', 'deleted', 'version', stored.version + 1,
		'updated_at', now())
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'link' AND last.to_version = stored.version
		RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 6, id FROM change
	) SELECT FROM stored;
WITH stored AS (DELETE FROM attributions WHERE id = ANY ($5) RETURNING id, version), number AS MATERIALIZED (SELECT
		change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'delete', 'attribution', stored.id, (stored.version + 1) - 1,
		(stored.version + 1), $4::text, last.state || jsonb_build_object('status', 'deleted', 'version', stored.version + 1,
		'updated_at', now())
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'attribution' AND last.to_version =
		stored.version RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 5, id FROM change
	) SELECT FROM stored;
WITH stored AS (DELETE FROM claims WHERE id = ANY ($5) RETURNING id, version), number AS MATERIALIZED (SELECT
		change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'delete', 'claim', stored.id, (stored.version + 1) - 1,
		(stored.version + 1), $4::text, last.state || jsonb_build_object('status', 'deleted', 'version', stored.version + 1,
		'updated_at', now())
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'claim' AND last.to_version =
		stored.version RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 4, id FROM change
	) SELECT FROM stored;
WITH stored AS (DELETE FROM documents WHERE id = ANY ($5) RETURNING id, version), number AS MATERIALIZED (SELECT
		change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'delete', 'document', stored.id, (stored.version + 1) - 1,
		(stored.version + 1), $4::text, last.state || jsonb_build_object('status', 'deleted', 'version', stored.version + 1,
		'updated_at', now())
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'document' AND last.to_version =
		stored.version RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 3, id FROM change
	) SELECT FROM stored;
WITH stored AS (DELETE FROM relations WHERE id = ANY ($5) RETURNING id, version), number AS MATERIALIZED (SELECT
		change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'delete', 'relation', stored.id, (stored.version + 1) - 1,
		(stored.version + 1), $4::text, last.state || jsonb_build_object('status', 'deleted', 'version', stored.version + 1,
		'updated_at', now())
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'relation' AND last.to_version =
		stored.version RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 2, id FROM change
	) SELECT FROM stored;
DELETE FROM taken_for WHERE source = ANY ($1);
WITH stored AS (DELETE FROM sources WHERE id = ANY ($5) RETURNING id, version), number AS MATERIALIZED (SELECT
		change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'delete', 'source', stored.id, (stored.version + 1) - 1,
		(stored.version + 1), $4::text, last.state || jsonb_build_object('status', 'deleted', 'version', stored.version + 1,
		'updated_at', now())
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'source' AND last.to_version =
		stored.version RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change
	) SELECT FROM stored;
(SELECT 'source' AS resource, id, version FROM sources WHERE merged_into = ANY ($1) LIMIT 101)
	UNION (SELECT 'relation' AS resource, id, version FROM relations WHERE subject = ANY ($1) LIMIT 101)
	UNION (SELECT 'relation' AS resource, id, version FROM relations WHERE object = ANY ($1) LIMIT 101)
	UNION (SELECT 'document' AS resource, id, version FROM documents WHERE publisher = ANY ($1) LIMIT 101)
	UNION (SELECT 'attribution' AS resource, id, version FROM attributions WHERE status <> 'accepted' AND source_ids && $1 LIMIT
		101)
	UNION (SELECT 'attribution' AS resource, id, version FROM attributions WHERE status = 'accepted' AND source_ids && $1 AND
		claim_id IN (SELECT claim_id FROM appearances WHERE source_id = ANY ($1)) LIMIT 101)
	UNION (SELECT 'review' AS resource, id, version FROM reviews WHERE author = ANY ($1) LIMIT 101)
	UNION (SELECT 'match' AS resource, id, version FROM matches WHERE resource = 'source' AND a = ANY ($1) LIMIT 101)
	UNION (SELECT 'match' AS resource, id, version FROM matches WHERE resource = 'source' AND b = ANY ($1) LIMIT 101)
	LIMIT 101;
(SELECT 'document' AS resource, id, version FROM documents WHERE derived_from = ANY ($1) LIMIT 101)
	UNION (SELECT 'attribution' AS resource, id, version FROM attributions WHERE document_id = ANY ($1) LIMIT 101)
	UNION (SELECT 'match' AS resource, id, version FROM matches WHERE resource = 'document' AND a = ANY ($1) LIMIT 101)
	UNION (SELECT 'match' AS resource, id, version FROM matches WHERE resource = 'document' AND b = ANY ($1) LIMIT 101)
	LIMIT 101;
(SELECT 'claim' AS resource, id, version FROM claims WHERE merged_into = ANY ($1) LIMIT 101)
	UNION (SELECT 'attribution' AS resource, id, version FROM attributions WHERE claim_id = ANY ($1) LIMIT 101)
	UNION (SELECT 'link' AS resource, id, version FROM links WHERE claim_id = ANY ($1) LIMIT 101)
	UNION (SELECT 'link' AS resource, id, version FROM links WHERE to_id = ANY ($1) LIMIT 101)
	UNION (SELECT 'review' AS resource, id, version FROM reviews WHERE claim_id = ANY ($1) LIMIT 101)
	LIMIT 101;
INSERT INTO undos (group_id, undoes, original, n) VALUES ($1, $2, $3, $4);

-- Undo of an undo
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'source'
		AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO sources (id, key, namespace, created_at, status, merged_into, version, kind, name, names, aliases, country, role,
		anonymous, reliability, external_ids, domains, url, control_reviewed_at, notes, method, folded, terms, identities)
	SELECT $1, $7, $8, $9, $10, $11, next.version, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
		$27::text::tsvector, $28 FROM next RETURNING *
	), found AS (INSERT INTO source_traits (hash, source_id) SELECT DISTINCT hashtextextended(trait, 0), id FROM stored,
		unnest(identities) AS trait ORDER BY 1, 2), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change
		AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'create', 'source', stored.id, stored.version - 1,
		stored.version, $5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change
	) SELECT FROM stored;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource =
		'relation' AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO relations (id, key, namespace, created_at, status, version, subject, kind, object, share, since, until, citation)
	SELECT $1, $7, $8, $9, $10, next.version, $11, $12, $13, $14, $15, $16, $17 FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'create', 'relation', stored.id, stored.version - 1,
		stored.version, $5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 2, id FROM change
	) SELECT FROM stored;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource =
		'document' AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO documents (id, key, namespace, created_at, status, version, publisher, kind, language, title, url, archive_url,
		published, retrieved_at, text, text_sha256, authors, derived_from, method, url_canonical, terms, sketch)
	SELECT $1, $7, $8, $9, $10, next.version, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
		$25::text::tsvector, $26 FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'create', 'document', stored.id, stored.version - 1,
		stored.version, $5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 3, id FROM change
	) SELECT FROM stored;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'claim'
		AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO claims (id, key, namespace, created_at, status, merged_into, version, statement, quantities, event_time, places,
		topics, scope, method, folded, terms)
	SELECT $1, $7, $8, $9, $10, $11, next.version, $12, $13, $14, $15, $16, $17, $18, $19, $20::text::tsvector FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'create', 'claim', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 4, id FROM change
	) SELECT FROM stored;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource =
		'attribution' AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO attributions (id, key, namespace, created_at, status, version, claim_id, document_id, stance, content,
		event_time_span, chain, credibility, method, confidence, note)
	SELECT $1, $7, $8, $9, $10, next.version, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20 FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'create', 'attribution', stored.id, stored.version - 1,
		stored.version, $5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 5, id FROM change
	) SELECT FROM stored;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'link'
		AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO links (id, key, namespace, created_at, status, version, kind, claim_id, to_id, degree, basis, rationale, method,
		confidence)
	SELECT $1, $7, $8, $9, $10, next.version, $11, $12, $13, $14, $15, $16, $17, $18 FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'create', 'link', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 6, id FROM change
	) SELECT FROM stored;
WITH next AS MATERIALIZED (
	SELECT 1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'review'
		AND ended.resource_id = $1), 0) AS version
	), stored AS (
	INSERT INTO reviews (id, key, namespace, created_at, status, version, claim_id, author, rating, title, url, language,
		claim_reviewed, published, folded, terms)
	SELECT $1, $7, $8, $9, $10, next.version, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20::text::tsvector FROM next RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, 'create', 'review', stored.id, stored.version - 1,
		stored.version, $5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at',
		stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 7, id FROM change
	) SELECT FROM stored;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE id = ANY ($1) ORDER BY id;
SELECT id, publisher, text FROM documents WHERE id = ANY ($1) ORDER BY id FOR SHARE;
WITH RECURSIVE reached (id) AS (
	SELECT object FROM relations AS first WHERE id IN (SELECT unnest($1::uuid[]) AS id) AND controls AND status = 'active' AND (
	EXISTS (SELECT FROM relations AS next WHERE next.subject = first.object AND controls AND status = 'active')
	OR EXISTS (SELECT FROM sources WHERE sources.id = first.object AND merged_into IS NOT NULL)
	OR EXISTS (SELECT FROM sources WHERE merged_into = first.object))
	UNION
	SELECT next.id FROM reached AS at, LATERAL (
	SELECT object FROM relations WHERE subject = at.id AND controls AND status = 'active'
	UNION ALL SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)
	), speakers_above (id) AS (
	SELECT id FROM reached
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT id, speaks_as FROM speakers;
SELECT id, subject, object, coalesce(lower(held) - date '2000-01-01', -2147483648) AS first,
	coalesce(upper(held) - date '2000-01-01', 2147483647) AS end, id IN (SELECT unnest($1::uuid[]) AS id) AS written
	FROM relations WHERE subject = ANY ($2) AND controls AND status = 'active' AND NOT isempty(held);
WITH RECURSIVE reached (id) AS (
	SELECT object FROM relations AS first WHERE id IN (SELECT id FROM relations WHERE subject IN (
	WITH RECURSIVE merged (id) AS (SELECT id FROM sources WHERE id = ANY ($1) AND merged_into IS NOT NULL UNION SELECT next.id FROM
		merged AS at, LATERAL (SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)) SELECT id FROM merged))
		AND controls AND status = 'active' AND (
	EXISTS (SELECT FROM relations AS next WHERE next.subject = first.object AND controls AND status = 'active')
	OR EXISTS (SELECT FROM sources WHERE sources.id = first.object AND merged_into IS NOT NULL)
	OR EXISTS (SELECT FROM sources WHERE merged_into = first.object))
	UNION
	SELECT next.id FROM reached AS at, LATERAL (
	SELECT object FROM relations WHERE subject = at.id AND controls AND status = 'active'
	UNION ALL SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)
	), speakers_above (id) AS (
	SELECT id FROM reached
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT id, speaks_as FROM speakers;
WITH RECURSIVE starts (id) AS (
	SELECT t.id FROM (SELECT unnest($1::uuid[]) AS id) AS wanted JOIN documents AS t ON t.id = wanted.id JOIN documents AS first ON
		first.id = t.derived_from
	WHERE first.derived_from IS NOT NULL
	), line (id, parent) AS (
	SELECT t.id, t.derived_from FROM starts JOIN documents AS t ON t.id = starts.id
	UNION
	SELECT t.id, t.derived_from FROM line JOIN documents AS t ON t.id = line.parent
	) SELECT id, parent, id IN (SELECT id FROM starts) AS wanted FROM line;
WITH RECURSIVE starts (id) AS (
	SELECT t.id FROM (SELECT unnest($1::uuid[]) AS id) AS wanted JOIN sources AS t ON t.id = wanted.id JOIN sources AS first ON
		first.id = t.merged_into
	WHERE first.merged_into IS NOT NULL
	), line (id, parent) AS (
	SELECT t.id, t.merged_into FROM starts JOIN sources AS t ON t.id = starts.id
	UNION
	SELECT t.id, t.merged_into FROM line JOIN sources AS t ON t.id = line.parent
	) SELECT id, parent, id IN (SELECT id FROM starts) AS wanted FROM line;
WITH RECURSIVE starts (id) AS (
	SELECT t.id FROM (SELECT unnest($1::uuid[]) AS id) AS wanted JOIN claims AS t ON t.id = wanted.id JOIN claims AS first ON
		first.id = t.merged_into
	WHERE first.merged_into IS NOT NULL
	), line (id, parent) AS (
	SELECT t.id, t.merged_into FROM starts JOIN claims AS t ON t.id = starts.id
	UNION
	SELECT t.id, t.merged_into FROM line JOIN claims AS t ON t.id = line.parent
	) SELECT id, parent, id IN (SELECT id FROM starts) AS wanted FROM line;
SELECT t.id FROM sources AS t WHERE t.id = ANY ($1) AND t.merged_into IS NOT NULL AND EXISTS (WITH RECURSIVE ours_above (id) AS (
	SELECT t.id
	UNION SELECT merged.merged_into FROM ours_above JOIN sources AS merged ON merged.id = ours_above.id AND merged.merged_into IS
		NOT NULL), ours (id) AS (
	SELECT id FROM ours_above
	UNION SELECT merged.id FROM ours JOIN sources AS merged ON merged.merged_into = ours.id), theirs_above (id) AS (
	SELECT t.merged_into
	UNION SELECT merged.merged_into FROM theirs_above JOIN sources AS merged ON merged.id = theirs_above.id AND merged.merged_into
		IS NOT NULL), theirs (id) AS (
	SELECT id FROM theirs_above
	UNION SELECT merged.id FROM theirs JOIN sources AS merged ON merged.merged_into = theirs.id)
	SELECT id FROM matches WHERE kind = 'same_source' AND status = 'rejected' AND ((a IN (SELECT id FROM ours) AND b IN (SELECT id
		FROM theirs))
	OR (b IN (SELECT id FROM ours) AND a IN (SELECT id FROM theirs))));
SELECT t.id FROM claims AS t WHERE t.id = ANY ($1) AND t.merged_into IS NOT NULL AND EXISTS (WITH RECURSIVE ours_above (id) AS (
	SELECT t.id
	UNION SELECT merged.merged_into FROM ours_above JOIN claims AS merged ON merged.id = ours_above.id AND merged.merged_into IS NOT
		NULL), ours (id) AS (
	SELECT id FROM ours_above
	UNION SELECT merged.id FROM ours JOIN claims AS merged ON merged.merged_into = ours.id), theirs_above (id) AS (
	SELECT t.merged_into
	UNION SELECT merged.merged_into FROM theirs_above JOIN claims AS merged ON merged.id = theirs_above.id AND merged.merged_into IS
		NOT NULL), theirs (id) AS (
	SELECT id FROM theirs_above
	UNION SELECT merged.id FROM theirs JOIN claims AS merged ON merged.merged_into = theirs.id)
	SELECT id FROM links WHERE kind = 'equivalent' AND status = 'rejected' AND ((claim_id IN (SELECT id FROM ours) AND to_id IN
		(SELECT id FROM theirs))
	OR (to_id IN (SELECT id FROM ours) AND claim_id IN (SELECT id FROM theirs))));
SELECT t.id FROM documents AS t WHERE t.id = ANY ($1) AND derived_from IS NOT NULL AND EXISTS (WITH RECURSIVE ours (id) AS (
	SELECT t.id
	UNION SELECT CASE WHEN accepted.a = ours.id THEN accepted.b ELSE accepted.a END FROM ours JOIN matches AS accepted
	ON (accepted.a = ours.id OR accepted.b = ours.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted'), theirs
		(id) AS (
	SELECT t.derived_from
	UNION SELECT CASE WHEN accepted.a = theirs.id THEN accepted.b ELSE accepted.a END FROM theirs JOIN matches AS accepted
	ON (accepted.a = theirs.id OR accepted.b = theirs.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')
		SELECT id FROM matches WHERE kind = 'reprint' AND status = 'rejected'
	AND a IN (SELECT id FROM ours) AND b IN (SELECT id FROM theirs));
SELECT t.id FROM links AS t WHERE t.id = ANY ($1) AND kind = 'equivalent' AND status = 'rejected' AND EXISTS (WITH RECURSIVE one
		(id) AS (
	SELECT t.claim_id
	UNION SELECT merged.merged_into FROM one JOIN claims AS merged ON merged.id = one.id AND merged.merged_into IS NOT NULL), other
		(id) AS (
	SELECT t.to_id
	UNION SELECT merged.merged_into FROM other JOIN claims AS merged ON merged.id = other.id AND merged.merged_into IS NOT NULL)
		SELECT FROM one JOIN other USING (id));

-- Undo
WITH stored AS (
	UPDATE documents SET (publisher, kind, language, title, url, archive_url, published, retrieved_at, text, text_sha256, authors,
		derived_from, method, url_canonical, terms, sketch) = ROW ($9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
		$23::text::tsvector, $24), status = $7, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'document', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 3, id FROM change
	) SELECT FROM stored;

-- Imports
SELECT i.group_id AS "group", i.at, i.actor, i.reason, i.counts,
	coalesce(e.feed, '') AS feed, coalesce(e.n, 0) AS edition, CASE WHEN last.n % 2 = 1 THEN last.group_id END AS undone_by
	FROM imports AS i LEFT JOIN feed_editions AS e ON e.group_id = i.group_id LEFT JOIN LATERAL (
	SELECT group_id, n FROM undos WHERE original = i.group_id ORDER BY n DESC LIMIT 1) AS last ON true
	ORDER BY i.at DESC, i.group_id DESC LIMIT 2;

-- Imports of a later page
SELECT i.group_id AS "group", i.at, i.actor, i.reason, i.counts,
	coalesce(e.feed, '') AS feed, coalesce(e.n, 0) AS edition, CASE WHEN last.n % 2 = 1 THEN last.group_id END AS undone_by
	FROM imports AS i LEFT JOIN feed_editions AS e ON e.group_id = i.group_id LEFT JOIN LATERAL (
	SELECT group_id, n FROM undos WHERE original = i.group_id ORDER BY n DESC LIMIT 1) AS last ON true
	WHERE (i.at, i.group_id) < ($1::text::timestamptz, $2::text::uuid) ORDER BY i.at DESC, i.group_id DESC LIMIT 2;

-- Import of an edition
INSERT INTO feeds (name) VALUES ($1) ON CONFLICT DO NOTHING;
SELECT edition, 1 + coalesce((SELECT max(n) FROM feed_editions WHERE feed = name), 0),
	coalesce((SELECT date::text FROM feed_editions WHERE feed = name AND n = edition), ''),
	coalesce(nullif($2, ''), (now() AT TIME ZONE 'UTC')::date::text), (now() AT TIME ZONE 'UTC' + interval '14 hours')::date::text
	FROM feeds WHERE name = $1;
INSERT INTO feed_editions (feed, n, group_id, at, date, file, format, actor, reason)
	VALUES ($1, $2, $3, clock_timestamp(), $4::text::date, $5, $6, $7, $8);
CREATE TEMP TABLE feed_said (resource text, thing uuid PRIMARY KEY) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS feed_dropped
	(resource text, thing uuid PRIMARY KEY, outcome text NOT NULL, date date) ON COMMIT DROP;
DELETE FROM feed_dropped;
INSERT INTO feed_said SELECT DISTINCT 'source', id FROM staged_sources ON CONFLICT DO NOTHING;
INSERT INTO feed_said SELECT DISTINCT 'relation', id FROM staged_relations ON CONFLICT DO NOTHING;
INSERT INTO feed_said SELECT DISTINCT 'document', id FROM staged_documents ON CONFLICT DO NOTHING;
INSERT INTO feed_said SELECT DISTINCT 'claim', id FROM staged_claims ON CONFLICT DO NOTHING;
INSERT INTO feed_said SELECT DISTINCT 'attribution', id FROM staged_attributions ON CONFLICT DO NOTHING;
INSERT INTO feed_said SELECT DISTINCT 'link', id FROM staged_links ON CONFLICT DO NOTHING;
INSERT INTO feed_said SELECT DISTINCT 'review', id FROM staged_reviews ON CONFLICT DO NOTHING;
ANALYZE feed_said;
UPDATE staged_relations AS staged
	SET share = coalesce(said.share, staged.share), until = coalesce(said.until, staged.until), citation = coalesce(said.citation,
		staged.citation), state = staged.state || said.added
	FROM (SELECT *, jsonb_strip_nulls(jsonb_build_object('share', said.share, 'until', said.until, 'citation', said.citation)) AS
		added FROM (
	SELECT id, (array_agg(ctid ORDER BY line DESC, ctid DESC))[1] AS last, (array_agg(share ORDER BY line DESC, ctid DESC) FILTER
		(WHERE nullif(state ->> 'share', '') IS NOT NULL))[1] AS share, (array_agg(until ORDER BY line DESC, ctid DESC) FILTER (WHERE
		nullif(state ->> 'until', '') IS NOT NULL))[1] AS until, (array_agg(citation ORDER BY line DESC, ctid DESC) FILTER (WHERE
		nullif(state ->> 'citation', '') IS NOT NULL))[1] AS citation FROM staged_relations WHERE assertion = 1
	AND id IN (SELECT id FROM staged_relations WHERE assertion = 1 GROUP BY id HAVING count(*) > 1) GROUP BY id) AS said
	OFFSET 0) AS said
	WHERE staged.ctid = said.last;
DELETE FROM staged_relations AS again
	USING (SELECT DISTINCT ON (id) id, ctid, line, at, status_named, state FROM staged_relations
	WHERE id IN (SELECT id FROM staged_relations GROUP BY id HAVING count(*) > 1) ORDER BY id, assertion = 2, NOT status_named, key
		= '', line DESC, ctid DESC) AS first
	WHERE first.id = again.id AND again.assertion <> 0 AND again.ctid <> first.ctid
	RETURNING again.line, again.at, first.line, first.at, first.state - (ARRAY ['url'] || CASE WHEN again.key = '' THEN
		'{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) -
		'{share,until,citation}'::text[] = again.state - (ARRAY ['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) -
		'{share,until,citation}'::text[], (again.assertion = 1 OR (again.key LIKE 'bods:%' OR again.key LIKE 'ftm:%'))
	AND NOT first.state - (ARRAY ['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) @> again.state - (ARRAY
		['url'] || CASE WHEN again.key = '' THEN '{key,namespace}'::text[] END
	|| CASE WHEN NOT (first.status_named AND again.status_named) THEN '{status,merged_into}'::text[] END) - coalesce(again.open,
		'{}');
DELETE FROM staged_sources AS staged USING sources AS now, changes AS last
	WHERE now.id = staged.id AND staged.assertion <> 2 AND last.resource_id = now.id AND last.resource = 'source'
	AND last.to_version = now.version AND ROW (now.kind, now.name, now.names, now.aliases, now.country, now.role, now.anonymous,
		now.reliability, now.external_ids, now.domains, now.url, now.control_reviewed_at, now.notes, now.method) IS DISTINCT FROM ROW
		(staged.kind, staged.name, staged.names, staged.aliases, staged.country, staged.role, staged.anonymous, staged.reliability,
		staged.external_ids, staged.domains, staged.url, staged.control_reviewed_at, staged.notes, staged.method) AND NOT (EXISTS
		(SELECT FROM imports WHERE imports.group_id = last.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = last.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = last.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = last.group_id)))
	RETURNING staged.line, staged.at, coalesce(nullif(staged.key, ''), staged.id::text);
DELETE FROM staged_relations AS staged USING relations AS now, changes AS last
	WHERE now.id = staged.id AND staged.assertion <> 2 AND last.resource_id = now.id AND last.resource = 'relation'
	AND last.to_version = now.version AND ROW (now.subject, now.kind, now.object, now.share, now.since, now.until, now.citation) IS
		DISTINCT FROM ROW (staged.subject, staged.kind, staged.object, staged.share, staged.since, staged.until, staged.citation) AND
		NOT (EXISTS (SELECT FROM imports WHERE imports.group_id = last.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = last.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = last.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = last.group_id)))
	RETURNING staged.line, staged.at, coalesce(nullif(staged.key, ''), staged.id::text);
SELECT DISTINCT ON (staged.id) staged.line, staged.at, coalesce(nullif(now.key, ''), now.id::text), now.status
	FROM staged_sources AS staged JOIN sources AS now ON now.id = staged.id
	WHERE now.status IN ('retracted', 'rejected') AND NOT staged.status_named ORDER BY staged.id, staged.line, staged.at;
SELECT DISTINCT ON (staged.id) staged.line, staged.at, coalesce(nullif(now.key, ''), now.id::text), now.status
	FROM staged_relations AS staged JOIN relations AS now ON now.id = staged.id
	WHERE now.status IN ('retracted', 'rejected') AND NOT staged.status_named ORDER BY staged.id, staged.line, staged.at;
WITH whole AS MATERIALIZED (
	SELECT coalesce((SELECT max(n) FROM feed_editions WHERE feed = $1 AND n <= $2 AND NOT undone AND withheld = ''),
	(SELECT min(n) FROM feed_editions WHERE feed = $1 AND NOT undone)) AS n
	), before AS MATERIALIZED (
	SELECT resource, thing, EXISTS (SELECT FROM feed_things AS first, whole WHERE first.feed = $1 AND first.thing = row.thing
	AND first.first <= whole.n AND (first.last IS NULL OR first.last >= whole.n)) AS whole
	FROM feed_things AS row WHERE feed = $1 AND row.first <= $2 AND (row.last IS NULL OR row.last >= $2)
	), dropped AS (
	INSERT INTO feed_dropped SELECT resource, thing, 'unchanged', $3::date FROM before
	WHERE NOT EXISTS (SELECT FROM feed_said AS said WHERE said.thing = before.thing) RETURNING thing
	) SELECT count(*), count(*) FILTER (WHERE whole), count(dropped.thing), count(dropped.thing) FILTER (WHERE whole)
	FROM before LEFT JOIN dropped USING (thing);
SELECT outcome, count(*) FROM feed_dropped GROUP BY outcome;
UPDATE feed_things AS row SET last = $2::int - 1 WHERE feed = $1 AND last IS NULL
	AND NOT EXISTS (SELECT FROM feed_said AS said WHERE said.thing = row.thing);
INSERT INTO feed_things (feed, resource, thing, first)
	SELECT $1, resource, thing, $2 FROM feed_said AS said
	WHERE NOT EXISTS (SELECT FROM feed_things AS row WHERE row.thing = said.thing AND feed = $1 AND last IS NULL);
UPDATE feeds SET edition = $2 WHERE name = $1;
UPDATE feed_editions SET counts = $3, outcomes = $4, withheld = $5, says = (SELECT count(*) FROM feed_said)
	WHERE feed = $1 AND n = $2 RETURNING says;

-- Import of an edition that takes back
ANALYZE feed_dropped;
SELECT count(*) FROM (SELECT FROM reviews WHERE id IN (SELECT thing FROM feed_dropped) ORDER BY id FOR NO KEY UPDATE) AS locked;
WITH silent AS MATERIALIZED (SELECT group_id FROM feed_editions
	UNION ALL SELECT undos.group_id FROM undos JOIN feed_editions ON feed_editions.group_id = original
	UNION ALL SELECT original FROM undos GROUP BY original HAVING max(n) % 2 = 1
	UNION ALL SELECT group_id FROM undos WHERE n % 2 = 1 OR (SELECT max(n) FROM undos AS of WHERE of.original = undos.original) % 2
		= 1)
	UPDATE feed_dropped AS dropped SET outcome = CASE
	WHEN status IN ('retracted', 'rejected') THEN 'unchanged'
	WHEN EXISTS (SELECT FROM feed_things AS row JOIN feeds ON feeds.name = row.feed
	WHERE row.thing = now.id AND row.feed <> $1 AND row.first <= feeds.edition AND (row.last IS NULL OR row.last >= feeds.edition))
		THEN 'others'
	WHEN coalesce(others.created, false) THEN 'others'
	WHEN coalesce(others.by_hand, false) THEN 'edited'
	WHEN others.changed OR false THEN 'others'
	ELSE 'retracted' END
	FROM reviews AS now, LATERAL (SELECT bool_or(operation = 'create') AS created, bool_or(NOT (EXISTS (SELECT FROM imports WHERE
		imports.group_id = change.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = change.group_id) OR
		(EXISTS (SELECT FROM feed_editions WHERE feed_editions.group_id = change.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = change.group_id)))) AS by_hand, count(*) >
		0 AS changed
	FROM changes AS change WHERE resource_id = now.id AND resource = 'review' AND to_version >= 1 + coalesce((SELECT max(to_version)
		FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'review' AND ended.resource_id = now.id), 0)
	AND group_id NOT IN (SELECT group_id FROM silent)) AS others
	WHERE dropped.thing = now.id AND dropped.resource = 'review';
WITH stored AS (
	UPDATE reviews AS now SET status = CASE WHEN change.outcome = 'retracted' THEN 'retracted' ELSE now.status END, version =
		now.version + 1, updated_at = now() FROM (SELECT *, (date - 1)::text AS until FROM feed_dropped OFFSET 0) AS change WHERE
		change.resource = 'review' AND change.outcome IN ('ended', 'retracted') AND change.thing = now.id RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'review',
		stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status', stored.status, 'version',
		stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'review' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 7, id FROM change
	) SELECT count(*) FROM stored;
SELECT count(*) FROM (SELECT FROM links WHERE id IN (SELECT thing FROM feed_dropped) ORDER BY id FOR NO KEY UPDATE) AS locked;
WITH silent AS MATERIALIZED (SELECT group_id FROM feed_editions
	UNION ALL SELECT undos.group_id FROM undos JOIN feed_editions ON feed_editions.group_id = original
	UNION ALL SELECT original FROM undos GROUP BY original HAVING max(n) % 2 = 1
	UNION ALL SELECT group_id FROM undos WHERE n % 2 = 1 OR (SELECT max(n) FROM undos AS of WHERE of.original = undos.original) % 2
		= 1)
	UPDATE feed_dropped AS dropped SET outcome = CASE
	WHEN status IN ('retracted', 'rejected') THEN 'unchanged'
	WHEN EXISTS (SELECT FROM feed_things AS row JOIN feeds ON feeds.name = row.feed
	WHERE row.thing = now.id AND row.feed <> $1 AND row.first <= feeds.edition AND (row.last IS NULL OR row.last >= feeds.edition))
		THEN 'others'
	WHEN coalesce(others.created, false) THEN 'others'
	WHEN coalesce(others.by_hand, false) THEN 'edited'
	WHEN others.changed OR false THEN 'others'
	ELSE 'retracted' END
	FROM links AS now, LATERAL (SELECT bool_or(operation = 'create') AS created, bool_or(NOT (EXISTS (SELECT FROM imports WHERE
		imports.group_id = change.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = change.group_id) OR
		(EXISTS (SELECT FROM feed_editions WHERE feed_editions.group_id = change.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = change.group_id)))) AS by_hand, count(*) >
		0 AS changed
	FROM changes AS change WHERE resource_id = now.id AND resource = 'link' AND to_version >= 1 + coalesce((SELECT max(to_version)
		FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'link' AND ended.resource_id = now.id), 0)
	AND group_id NOT IN (SELECT group_id FROM silent)) AS others
	WHERE dropped.thing = now.id AND dropped.resource = 'link';
WITH stored AS (
	UPDATE links AS now SET status = CASE WHEN change.outcome = 'retracted' THEN 'rejected' ELSE now.status END, version =
		now.version + 1, updated_at = now() FROM (SELECT *, (date - 1)::text AS until FROM feed_dropped OFFSET 0) AS change WHERE
		change.resource = 'link' AND change.outcome IN ('ended', 'retracted') AND change.thing = now.id RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'link',
		stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status', stored.status, 'version',
		stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'link' AND last.to_version = stored.version
		- 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 6, id FROM change
	) SELECT count(*) FROM stored;
SELECT count(*) FROM (SELECT FROM attributions WHERE id IN (SELECT thing FROM feed_dropped) ORDER BY id FOR NO KEY UPDATE) AS
		locked;
WITH silent AS MATERIALIZED (SELECT group_id FROM feed_editions
	UNION ALL SELECT undos.group_id FROM undos JOIN feed_editions ON feed_editions.group_id = original
	UNION ALL SELECT original FROM undos GROUP BY original HAVING max(n) % 2 = 1
	UNION ALL SELECT group_id FROM undos WHERE n % 2 = 1 OR (SELECT max(n) FROM undos AS of WHERE of.original = undos.original) % 2
		= 1)
	UPDATE feed_dropped AS dropped SET outcome = CASE
	WHEN status IN ('retracted', 'rejected') THEN 'unchanged'
	WHEN EXISTS (SELECT FROM feed_things AS row JOIN feeds ON feeds.name = row.feed
	WHERE row.thing = now.id AND row.feed <> $1 AND row.first <= feeds.edition AND (row.last IS NULL OR row.last >= feeds.edition))
		THEN 'others'
	WHEN coalesce(others.created, false) THEN 'others'
	WHEN coalesce(others.by_hand, false) THEN 'edited'
	WHEN others.changed OR false THEN 'others'
	ELSE 'retracted' END
	FROM attributions AS now, LATERAL (SELECT bool_or(operation = 'create') AS created, bool_or(NOT (EXISTS (SELECT FROM imports
		WHERE imports.group_id = change.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = change.group_id) OR
		(EXISTS (SELECT FROM feed_editions WHERE feed_editions.group_id = change.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = change.group_id)))) AS by_hand, count(*) >
		0 AS changed
	FROM changes AS change WHERE resource_id = now.id AND resource = 'attribution' AND to_version >= 1 + coalesce((SELECT
		max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'attribution' AND ended.resource_id
		= now.id), 0)
	AND group_id NOT IN (SELECT group_id FROM silent)) AS others
	WHERE dropped.thing = now.id AND dropped.resource = 'attribution';
WITH stored AS (
	UPDATE attributions AS now SET status = CASE WHEN change.outcome = 'retracted' THEN 'rejected' ELSE now.status END, version =
		now.version + 1, updated_at = now() FROM (SELECT *, (date - 1)::text AS until FROM feed_dropped OFFSET 0) AS change WHERE
		change.resource = 'attribution' AND change.outcome IN ('ended', 'retracted') AND change.thing = now.id RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END,
		'attribution', stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status',
		stored.status, 'version', stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'attribution' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 5, id FROM change
	) SELECT count(*) FROM stored;
SELECT count(*) FROM (SELECT FROM claims WHERE id IN (SELECT thing FROM feed_dropped) ORDER BY id FOR NO KEY UPDATE) AS locked;
WITH silent AS MATERIALIZED (SELECT group_id FROM feed_editions
	UNION ALL SELECT undos.group_id FROM undos JOIN feed_editions ON feed_editions.group_id = original
	UNION ALL SELECT original FROM undos GROUP BY original HAVING max(n) % 2 = 1
	UNION ALL SELECT group_id FROM undos WHERE n % 2 = 1 OR (SELECT max(n) FROM undos AS of WHERE of.original = undos.original) % 2
		= 1)
	UPDATE feed_dropped AS dropped SET outcome = CASE
	WHEN status IN ('retracted', 'rejected') THEN 'unchanged'
	WHEN EXISTS (SELECT FROM feed_things AS row JOIN feeds ON feeds.name = row.feed
	WHERE row.thing = now.id AND row.feed <> $1 AND row.first <= feeds.edition AND (row.last IS NULL OR row.last >= feeds.edition))
		THEN 'others'
	WHEN coalesce(others.created, false) THEN 'others'
	WHEN coalesce(others.by_hand, false) THEN 'edited'
	WHEN others.changed OR false OR EXISTS (SELECT FROM claims AS other WHERE merged_into = ANY (ARRAY [now.id]) AND status NOT IN
		('retracted', 'rejected')) OR EXISTS (SELECT FROM attributions AS other WHERE claim_id = ANY (ARRAY [now.id]) AND status NOT IN
		('retracted', 'rejected')) OR EXISTS (SELECT FROM links AS other WHERE claim_id = ANY (ARRAY [now.id]) AND status NOT IN
		('retracted', 'rejected')) OR EXISTS (SELECT FROM links AS other WHERE to_id = ANY (ARRAY [now.id]) AND status NOT IN
		('retracted', 'rejected')) OR EXISTS (SELECT FROM reviews AS other WHERE claim_id = ANY (ARRAY [now.id]) AND status NOT IN
		('retracted', 'rejected')) THEN 'others'
	ELSE 'retracted' END
	FROM claims AS now, LATERAL (SELECT bool_or(operation = 'create') AS created, bool_or(NOT (EXISTS (SELECT FROM imports WHERE
		imports.group_id = change.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = change.group_id) OR
		(EXISTS (SELECT FROM feed_editions WHERE feed_editions.group_id = change.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = change.group_id)))) AS by_hand, count(*) >
		0 AS changed
	FROM changes AS change WHERE resource_id = now.id AND resource = 'claim' AND to_version >= 1 + coalesce((SELECT max(to_version)
		FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'claim' AND ended.resource_id = now.id), 0)
	AND group_id NOT IN (SELECT group_id FROM silent)) AS others
	WHERE dropped.thing = now.id AND dropped.resource = 'claim';
WITH stored AS (
	UPDATE claims AS now SET status = CASE WHEN change.outcome = 'retracted' THEN 'retracted' ELSE now.status END, version =
		now.version + 1, updated_at = now() FROM (SELECT *, (date - 1)::text AS until FROM feed_dropped OFFSET 0) AS change WHERE
		change.resource = 'claim' AND change.outcome IN ('ended', 'retracted') AND change.thing = now.id RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'claim',
		stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status', stored.status, 'version',
		stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'claim' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 4, id FROM change
	) SELECT count(*) FROM stored;
SELECT count(*) FROM (SELECT FROM documents WHERE id IN (SELECT thing FROM feed_dropped) ORDER BY id FOR NO KEY UPDATE) AS
		locked;
WITH silent AS MATERIALIZED (SELECT group_id FROM feed_editions
	UNION ALL SELECT undos.group_id FROM undos JOIN feed_editions ON feed_editions.group_id = original
	UNION ALL SELECT original FROM undos GROUP BY original HAVING max(n) % 2 = 1
	UNION ALL SELECT group_id FROM undos WHERE n % 2 = 1 OR (SELECT max(n) FROM undos AS of WHERE of.original = undos.original) % 2
		= 1)
	UPDATE feed_dropped AS dropped SET outcome = CASE
	WHEN status IN ('retracted', 'rejected') THEN 'unchanged'
	WHEN EXISTS (SELECT FROM feed_things AS row JOIN feeds ON feeds.name = row.feed
	WHERE row.thing = now.id AND row.feed <> $1 AND row.first <= feeds.edition AND (row.last IS NULL OR row.last >= feeds.edition))
		THEN 'others'
	WHEN coalesce(others.created, false) THEN 'others'
	WHEN coalesce(others.by_hand, false) THEN 'edited'
	WHEN others.changed OR false OR EXISTS (SELECT FROM documents AS other WHERE derived_from = ANY (ARRAY [now.id]) AND status NOT
		IN ('retracted', 'rejected')) OR EXISTS (SELECT FROM attributions AS other WHERE document_id = ANY (ARRAY [now.id]) AND status
		NOT IN ('retracted', 'rejected')) OR EXISTS (SELECT FROM matches AS other WHERE resource = 'document' AND a = ANY (ARRAY
		[now.id]) AND status = 'accepted') OR EXISTS (SELECT FROM matches AS other WHERE resource = 'document' AND b = ANY (ARRAY
		[now.id]) AND status = 'accepted') THEN 'others'
	ELSE 'retracted' END
	FROM documents AS now, LATERAL (SELECT bool_or(operation = 'create') AS created, bool_or(NOT (EXISTS (SELECT FROM imports WHERE
		imports.group_id = change.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = change.group_id) OR
		(EXISTS (SELECT FROM feed_editions WHERE feed_editions.group_id = change.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = change.group_id)))) AS by_hand, count(*) >
		0 AS changed
	FROM changes AS change WHERE resource_id = now.id AND resource = 'document' AND to_version >= 1 + coalesce((SELECT
		max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'document' AND ended.resource_id =
		now.id), 0)
	AND group_id NOT IN (SELECT group_id FROM silent)) AS others
	WHERE dropped.thing = now.id AND dropped.resource = 'document';
WITH stored AS (
	UPDATE documents AS now SET status = CASE WHEN change.outcome = 'retracted' THEN 'retracted' ELSE now.status END, version =
		now.version + 1, updated_at = now() FROM (SELECT *, (date - 1)::text AS until FROM feed_dropped OFFSET 0) AS change WHERE
		change.resource = 'document' AND change.outcome IN ('ended', 'retracted') AND change.thing = now.id RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'document',
		stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status', stored.status, 'version',
		stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'document' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 3, id FROM change
	) SELECT count(*) FROM stored;
SELECT count(*) FROM (SELECT FROM relations WHERE id IN (SELECT thing FROM feed_dropped) ORDER BY id FOR NO KEY UPDATE) AS
		locked;
WITH silent AS MATERIALIZED (SELECT group_id FROM feed_editions
	UNION ALL SELECT undos.group_id FROM undos JOIN feed_editions ON feed_editions.group_id = original
	UNION ALL SELECT original FROM undos GROUP BY original HAVING max(n) % 2 = 1
	UNION ALL SELECT group_id FROM undos WHERE n % 2 = 1 OR (SELECT max(n) FROM undos AS of WHERE of.original = undos.original) % 2
		= 1)
	UPDATE feed_dropped AS dropped SET outcome = CASE
	WHEN status IN ('retracted', 'rejected') OR coalesce(upper(held) <= dropped.date, false) THEN 'unchanged'
	WHEN EXISTS (SELECT FROM feed_things AS row JOIN feeds ON feeds.name = row.feed
	WHERE row.thing = now.id AND row.feed <> $1 AND row.first <= feeds.edition AND (row.last IS NULL OR row.last >= feeds.edition))
		THEN 'others'
	WHEN coalesce(others.created, false) THEN 'others'
	WHEN coalesce(others.by_hand, false) THEN 'edited'
	WHEN others.changed OR false THEN 'others'
	WHEN coalesce(lower(held) < dropped.date, true) THEN 'ended' ELSE 'retracted' END
	FROM relations AS now, LATERAL (SELECT bool_or(operation = 'create') AS created, bool_or(NOT (EXISTS (SELECT FROM imports WHERE
		imports.group_id = change.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = change.group_id) OR
		(EXISTS (SELECT FROM feed_editions WHERE feed_editions.group_id = change.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = change.group_id)))) AS by_hand, count(*) >
		0 AS changed
	FROM changes AS change WHERE resource_id = now.id AND resource = 'relation' AND to_version >= 1 + coalesce((SELECT
		max(to_version) FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'relation' AND ended.resource_id =
		now.id), 0)
	AND group_id NOT IN (SELECT group_id FROM silent)) AS others
	WHERE dropped.thing = now.id AND dropped.resource = 'relation';
WITH stored AS (
	UPDATE relations AS now SET status = CASE WHEN change.outcome = 'retracted' THEN 'retracted' ELSE now.status END, until = CASE
		WHEN change.outcome = 'ended' THEN change.until ELSE now.until END, version = now.version + 1, updated_at = now() FROM (SELECT
		*, (date - 1)::text AS until FROM feed_dropped OFFSET 0) AS change WHERE change.resource = 'relation' AND change.outcome IN
		('ended', 'retracted') AND change.thing = now.id RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'relation',
		stored.id, stored.version - 1, stored.version, $4::text, CASE WHEN stored.until = '' THEN (last.state ||
		jsonb_build_object('status', stored.status, 'version', stored.version, 'updated_at', stored.updated_at, 'until', stored.until))
		- 'until' ELSE last.state || jsonb_build_object('status', stored.status, 'version', stored.version, 'updated_at',
		stored.updated_at, 'until', stored.until) END
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'relation' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 2, id FROM change
	) SELECT count(*) FROM stored;
SELECT count(*) FROM (SELECT FROM sources WHERE id IN (SELECT thing FROM feed_dropped) ORDER BY id FOR NO KEY UPDATE) AS locked;
WITH silent AS MATERIALIZED (SELECT group_id FROM feed_editions
	UNION ALL SELECT undos.group_id FROM undos JOIN feed_editions ON feed_editions.group_id = original
	UNION ALL SELECT original FROM undos GROUP BY original HAVING max(n) % 2 = 1
	UNION ALL SELECT group_id FROM undos WHERE n % 2 = 1 OR (SELECT max(n) FROM undos AS of WHERE of.original = undos.original) % 2
		= 1)
	UPDATE feed_dropped AS dropped SET outcome = CASE
	WHEN status IN ('retracted', 'rejected') THEN 'unchanged'
	WHEN EXISTS (SELECT FROM feed_things AS row JOIN feeds ON feeds.name = row.feed
	WHERE row.thing = now.id AND row.feed <> $1 AND row.first <= feeds.edition AND (row.last IS NULL OR row.last >= feeds.edition))
		THEN 'others'
	WHEN coalesce(others.created, false) THEN 'others'
	WHEN coalesce(others.by_hand, false) THEN 'edited'
	WHEN others.changed OR false OR EXISTS (SELECT FROM sources AS other WHERE merged_into = ANY (ARRAY [now.id]) AND status NOT IN
		('retracted', 'rejected')) OR EXISTS (SELECT FROM relations AS other WHERE subject = ANY (ARRAY [now.id]) AND status NOT IN
		('retracted', 'rejected')) OR EXISTS (SELECT FROM relations AS other WHERE object = ANY (ARRAY [now.id]) AND status NOT IN
		('retracted', 'rejected')) OR EXISTS (SELECT FROM documents AS other WHERE publisher = ANY (ARRAY [now.id]) AND status NOT IN
		('retracted', 'rejected')) OR EXISTS (SELECT FROM attributions AS other WHERE status <> 'accepted' AND source_ids && ARRAY
		[now.id] AND status NOT IN ('retracted', 'rejected')) OR EXISTS (SELECT FROM attributions AS other WHERE status = 'accepted'
		AND source_ids && ARRAY [now.id] AND claim_id IN (SELECT claim_id FROM appearances WHERE source_id = ANY (ARRAY [now.id])) AND
		status NOT IN ('retracted', 'rejected')) OR EXISTS (SELECT FROM reviews AS other WHERE author = ANY (ARRAY [now.id]) AND status
		NOT IN ('retracted', 'rejected')) OR EXISTS (SELECT FROM matches AS other WHERE resource = 'source' AND a = ANY (ARRAY
		[now.id]) AND status = 'accepted') OR EXISTS (SELECT FROM matches AS other WHERE resource = 'source' AND b = ANY (ARRAY
		[now.id]) AND status = 'accepted') THEN 'others'
	ELSE 'retracted' END
	FROM sources AS now, LATERAL (SELECT bool_or(operation = 'create') AS created, bool_or(NOT (EXISTS (SELECT FROM imports WHERE
		imports.group_id = change.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = change.group_id) OR
		(EXISTS (SELECT FROM feed_editions WHERE feed_editions.group_id = change.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = change.group_id)))) AS by_hand, count(*) >
		0 AS changed
	FROM changes AS change WHERE resource_id = now.id AND resource = 'source' AND to_version >= 1 + coalesce((SELECT max(to_version)
		FROM changes AS ended WHERE ended.operation = 'delete' AND ended.resource = 'source' AND ended.resource_id = now.id), 0)
	AND group_id NOT IN (SELECT group_id FROM silent)) AS others
	WHERE dropped.thing = now.id AND dropped.resource = 'source';
WITH stored AS (
	UPDATE sources AS now SET status = CASE WHEN change.outcome = 'retracted' THEN 'retracted' ELSE now.status END, version =
		now.version + 1, updated_at = now() FROM (SELECT *, (date - 1)::text AS until FROM feed_dropped OFFSET 0) AS change WHERE
		change.resource = 'source' AND change.outcome IN ('ended', 'retracted') AND change.thing = now.id RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'source',
		stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status', stored.status, 'version',
		stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'source' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change
	) SELECT count(*) FROM stored;
SELECT resource, thing AS id, outcome, coalesce((SELECT state ->> 'key'
	FROM changes WHERE resource_id = thing AND changes.resource = feed_dropped.resource
	ORDER BY to_version DESC LIMIT 1), '') AS key
	FROM feed_dropped ORDER BY array_position($1::text[], outcome), array_position($2::text[], resource), thing LIMIT $3;

-- Import of an edition that says again
CREATE TEMP TABLE IF NOT EXISTS feed_returning
	(resource text, thing uuid PRIMARY KEY, version int, status text, until text) ON COMMIT DROP;
INSERT INTO feed_returning SELECT 'source', now.id, now.version, before.state ->> 'status', ''
	FROM (SELECT staged.id, '' AS until FROM staged_sources AS staged WHERE id IN (SELECT id FROM sources AS now WHERE now.status IN
		('retracted', 'rejected')) GROUP BY staged.id HAVING NOT bool_or(status_named)) AS said JOIN sources AS now ON now.id = said.id
		AND (now.status IN ('retracted', 'rejected'))
	JOIN changes AS last ON last.resource_id = now.id AND last.resource = 'source' AND last.to_version = now.version
	JOIN changes AS before ON before.resource_id = now.id AND before.resource = 'source' AND before.to_version = now.version - 1
	WHERE ((last.state ->> 'status' IN ('retracted', 'rejected') OR last.state ->> 'until' <> '')
	AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = last.group_id
	UNION ALL SELECT feed, CASE WHEN undos.n % 2 = 0 THEN edition.n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS
		before WHERE before.feed = edition.feed AND before.n < edition.n AND NOT before.undone) END
	FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = last.group_id) AS took
	WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = last.resource_id AND said.feed = took.feed AND said.first
		<= took.n AND (said.last IS NULL OR said.last >= took.n)))
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
	WHERE undos.group_id = last.group_id AND undos.n % 2 = 1)
	AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = last.resource_id AND EXISTS (SELECT FROM feed_editions AS counted
		WHERE counted.feed = past.feed AND NOT counted.undone AND counted.n BETWEEN past.first AND coalesce(past.last, counted.n)))
	AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = last.resource_id AND hand.resource = last.resource
	AND hand.to_version < last.to_version AND hand.state -> 'status' = last.state -> 'status'
	AND hand.state -> 'until' IS NOT DISTINCT FROM last.state -> 'until' AND NOT (EXISTS (SELECT FROM imports WHERE imports.group_id
		= hand.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = hand.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = hand.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = hand.group_id))))));
INSERT INTO feed_returning SELECT 'relation', now.id, now.version, before.state ->> 'status', CASE WHEN said.until = '' THEN
		coalesce(before.state ->> 'until', '') ELSE now.until END
	FROM (SELECT staged.id, max(staged.until) AS until FROM staged_relations AS staged WHERE id IN (SELECT id FROM relations AS now
		WHERE now.status IN ('retracted', 'rejected') OR now.until <> '') GROUP BY staged.id HAVING NOT bool_or(status_named)) AS said
		JOIN relations AS now ON now.id = said.id AND (now.status IN ('retracted', 'rejected') OR now.until <> '')
	JOIN changes AS last ON last.resource_id = now.id AND last.resource = 'relation' AND last.to_version = now.version
	JOIN changes AS before ON before.resource_id = now.id AND before.resource = 'relation' AND before.to_version = now.version - 1
	WHERE ((last.state ->> 'status' IN ('retracted', 'rejected') OR last.state ->> 'until' <> '')
	AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = last.group_id
	UNION ALL SELECT feed, CASE WHEN undos.n % 2 = 0 THEN edition.n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS
		before WHERE before.feed = edition.feed AND before.n < edition.n AND NOT before.undone) END
	FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = last.group_id) AS took
	WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = last.resource_id AND said.feed = took.feed AND said.first
		<= took.n AND (said.last IS NULL OR said.last >= took.n)))
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
	WHERE undos.group_id = last.group_id AND undos.n % 2 = 1)
	AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = last.resource_id AND EXISTS (SELECT FROM feed_editions AS counted
		WHERE counted.feed = past.feed AND NOT counted.undone AND counted.n BETWEEN past.first AND coalesce(past.last, counted.n)))
	AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = last.resource_id AND hand.resource = last.resource
	AND hand.to_version < last.to_version AND hand.state -> 'status' = last.state -> 'status'
	AND hand.state -> 'until' IS NOT DISTINCT FROM last.state -> 'until' AND NOT (EXISTS (SELECT FROM imports WHERE imports.group_id
		= hand.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = hand.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = hand.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = hand.group_id))))));
SELECT count(*) FROM (SELECT FROM sources WHERE id IN (SELECT thing FROM feed_returning) ORDER BY id FOR NO KEY UPDATE) AS
		locked;
WITH stored AS (
	UPDATE sources AS now SET status = change.status, version = now.version + 1, updated_at = now() FROM feed_returning AS change
		WHERE change.resource = 'source' AND change.thing = now.id AND (now.status <> change.status) RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'source',
		stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status', stored.status, 'version',
		stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'source' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change
	) SELECT count(*), count(*) FILTER (WHERE stored.version = feed_returning.version + 1)
	FROM stored JOIN feed_returning ON thing = stored.id;
SELECT count(*) FROM (SELECT FROM relations WHERE id IN (SELECT thing FROM feed_returning) ORDER BY id FOR NO KEY UPDATE) AS
		locked;
WITH stored AS (
	UPDATE relations AS now SET status = change.status, until = CASE WHEN now.version = change.version THEN change.until ELSE
		now.until END, version = now.version + 1, updated_at = now() FROM feed_returning AS change WHERE change.resource = 'relation'
		AND change.thing = now.id AND (now.status <> change.status OR now.version = change.version AND now.until <> change.until)
		RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'relation',
		stored.id, stored.version - 1, stored.version, $4::text, CASE WHEN stored.until = '' THEN (last.state ||
		jsonb_build_object('status', stored.status, 'version', stored.version, 'updated_at', stored.updated_at, 'until', stored.until))
		- 'until' ELSE last.state || jsonb_build_object('status', stored.status, 'version', stored.version, 'updated_at',
		stored.updated_at, 'until', stored.until) END
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'relation' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 2, id FROM change
	) SELECT count(*), count(*) FILTER (WHERE stored.version = feed_returning.version + 1)
	FROM stored JOIN feed_returning ON thing = stored.id;
SELECT count(*) FROM (SELECT FROM documents WHERE id IN (SELECT thing FROM feed_returning) ORDER BY id FOR NO KEY UPDATE) AS
		locked;
WITH stored AS (
	UPDATE documents AS now SET status = change.status, version = now.version + 1, updated_at = now() FROM feed_returning AS change
		WHERE change.resource = 'document' AND change.thing = now.id AND (now.status <> change.status) RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'document',
		stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status', stored.status, 'version',
		stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'document' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 3, id FROM change
	) SELECT count(*), count(*) FILTER (WHERE stored.version = feed_returning.version + 1)
	FROM stored JOIN feed_returning ON thing = stored.id;
SELECT count(*) FROM (SELECT FROM claims WHERE id IN (SELECT thing FROM feed_returning) ORDER BY id FOR NO KEY UPDATE) AS locked;
WITH stored AS (
	UPDATE claims AS now SET status = change.status, version = now.version + 1, updated_at = now() FROM feed_returning AS change
		WHERE change.resource = 'claim' AND change.thing = now.id AND (now.status <> change.status) RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'claim',
		stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status', stored.status, 'version',
		stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'claim' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 4, id FROM change
	) SELECT count(*), count(*) FILTER (WHERE stored.version = feed_returning.version + 1)
	FROM stored JOIN feed_returning ON thing = stored.id;
SELECT count(*) FROM (SELECT FROM attributions WHERE id IN (SELECT thing FROM feed_returning) ORDER BY id FOR NO KEY UPDATE) AS
		locked;
WITH stored AS (
	UPDATE attributions AS now SET status = change.status, version = now.version + 1, updated_at = now() FROM feed_returning AS
		change WHERE change.resource = 'attribution' AND change.thing = now.id AND (now.status <> change.status) RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END,
		'attribution', stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status',
		stored.status, 'version', stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'attribution' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 5, id FROM change
	) SELECT count(*), count(*) FILTER (WHERE stored.version = feed_returning.version + 1)
	FROM stored JOIN feed_returning ON thing = stored.id;
SELECT count(*) FROM (SELECT FROM links WHERE id IN (SELECT thing FROM feed_returning) ORDER BY id FOR NO KEY UPDATE) AS locked;
WITH stored AS (
	UPDATE links AS now SET status = change.status, version = now.version + 1, updated_at = now() FROM feed_returning AS change
		WHERE change.resource = 'link' AND change.thing = now.id AND (now.status <> change.status) RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'link',
		stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status', stored.status, 'version',
		stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'link' AND last.to_version = stored.version
		- 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 6, id FROM change
	) SELECT count(*), count(*) FILTER (WHERE stored.version = feed_returning.version + 1)
	FROM stored JOIN feed_returning ON thing = stored.id;
SELECT count(*) FROM (SELECT FROM reviews WHERE id IN (SELECT thing FROM feed_returning) ORDER BY id FOR NO KEY UPDATE) AS
		locked;
WITH stored AS (
	UPDATE reviews AS now SET status = change.status, version = now.version + 1, updated_at = now() FROM feed_returning AS change
		WHERE change.resource = 'review' AND change.thing = now.id AND (now.status <> change.status) RETURNING now.*
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, CASE WHEN stored.status = (last.state ->> 'status') THEN 'update'
		WHEN stored.status = 'merged' THEN 'merge' WHEN stored.status = 'retracted' THEN 'retract' WHEN stored.status = 'accepted' THEN
		'accept' WHEN stored.status = 'rejected' THEN 'reject' WHEN stored.status = 'proposed' THEN 'reopen' WHEN (last.state ->>
		'status') = 'merged' THEN 'unmerge' WHEN (last.state ->> 'status') = 'retracted' THEN 'restore' ELSE 'update' END, 'review',
		stored.id, stored.version - 1, stored.version, $4::text, last.state || jsonb_build_object('status', stored.status, 'version',
		stored.version, 'updated_at', stored.updated_at)
	FROM stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = 'review' AND last.to_version =
		stored.version - 1 RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 7, id FROM change
	) SELECT count(*), count(*) FILTER (WHERE stored.version = feed_returning.version + 1)
	FROM stored JOIN feed_returning ON thing = stored.id;

-- Import of an edition that says less than half
UPDATE feed_dropped SET outcome = $1;
INSERT INTO feed_said SELECT resource, thing FROM feed_things AS row
	WHERE feed = $1 AND row.first <= $2 AND (row.last IS NULL OR row.last >= $2) ON CONFLICT DO NOTHING;

-- FeedEditions
SELECT feed, n AS edition, date::text, at, file, format, group_id AS "group", actor, reason, says, counts, outcomes,
	withheld, undone FROM feed_editions  WHERE feed = $1 ORDER BY n DESC LIMIT 2;

-- FeedEditions of a later page
SELECT feed, n AS edition, date::text, at, file, format, group_id AS "group", actor, reason, says, counts, outcomes,
	withheld, undone FROM feed_editions  WHERE feed = $1 AND n < $2::text::int ORDER BY n DESC LIMIT 2;

-- Undo of an edition
SELECT edition, CASE WHEN undone THEN n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS before WHERE before.feed =
		this.feed AND before.n < this.n AND NOT before.undone) END
	FROM feed_editions AS this JOIN feeds ON name = feed WHERE group_id = $1;
SELECT later.group_id AS "group", later.n FROM feed_editions AS later JOIN feed_editions AS this USING (feed)
	WHERE this.group_id = $1 AND later.n > this.n AND NOT later.undone ORDER BY later.n DESC LIMIT 1;
SELECT row.resource, row.thing AS id FROM feed_things AS row,
	LATERAL (SELECT state ->> 'status' AS status FROM changes WHERE resource_id = row.thing AND resource = row.resource
	ORDER BY to_version DESC LIMIT 1) AS last
	WHERE row.feed = $1 AND row.first <= $2::int AND (row.last IS NULL OR row.last >= $2::int) AND last.status = 'deleted' ORDER BY
		row.thing LIMIT 100;
SELECT row.resource, row.thing AS id FROM feed_things AS row,
	LATERAL (SELECT to_version, group_id FROM changes WHERE resource_id = row.thing AND resource = row.resource
	AND operation = 'create' ORDER BY to_version DESC LIMIT 1) AS made
	WHERE row.feed = $1 AND row.first <= $2::int AND (row.last IS NULL OR row.last >= $2::int)
	AND (SELECT max(n) FROM undos
	WHERE original = coalesce((SELECT original FROM undos WHERE group_id = made.group_id), made.group_id)) % 2 = 1
	AND NOT EXISTS (SELECT FROM feed_things AS other JOIN feed_editions AS said ON said.feed = other.feed
	AND said.n BETWEEN other.first AND coalesce(other.last, said.n)
	WHERE other.thing = row.thing AND said.undone = (said.group_id = $4))
	AND NOT EXISTS (SELECT FROM changes AS since WHERE resource_id = row.thing AND since.resource = row.resource
	AND to_version > made.to_version
	AND (operation = 'delete' OR group_id <> $3 AND group_id NOT IN (SELECT group_id FROM feed_editions
	UNION ALL SELECT undos.group_id FROM undos JOIN feed_editions ON feed_editions.group_id = original
	UNION ALL SELECT original FROM undos GROUP BY original HAVING max(n) % 2 = 1
	UNION ALL SELECT group_id FROM undos WHERE n % 2 = 1 OR (SELECT max(n) FROM undos AS of WHERE of.original = undos.original) % 2
		= 1)));
UPDATE feed_editions SET undone = NOT undone WHERE group_id = $1;
DELETE FROM feed_returning;
INSERT INTO feed_dropped SELECT resource, thing, 'unchanged', date FROM (
	SELECT DISTINCT row.resource, row.thing, (SELECT max(dropped.date) FROM feed_things AS gone JOIN feeds ON name = gone.feed,
	LATERAL (SELECT date FROM feed_editions WHERE feed = gone.feed AND n > gone.last AND n <= feeds.edition AND NOT undone
	ORDER BY n LIMIT 1) AS dropped
	WHERE gone.thing = row.thing AND EXISTS (SELECT FROM feed_editions AS counted WHERE counted.feed = gone.feed AND NOT
		counted.undone AND counted.n BETWEEN gone.first AND coalesce(gone.last, counted.n))) AS date FROM (SELECT resource, thing FROM
		feed_things AS said
	WHERE feed = $1 AND said.first <= $2::int AND (said.last IS NULL OR said.last >= $2::int) AND NOT EXISTS (
	SELECT FROM feed_things AS still WHERE still.thing = said.thing AND still.feed = $1
	AND still.first <= $3::int AND (still.last IS NULL OR still.last >= $3::int))) AS row
	) AS dropped WHERE date IS NOT NULL;
INSERT INTO feed_returning SELECT 'source', now.id, now.version, before.state ->> 'status', ''
	FROM (SELECT row.thing AS id, '' AS until FROM feed_things AS row WHERE row.feed = $1 AND
	row.resource = 'source' AND row.first <= $3::int AND (row.last IS NULL OR row.last >= $3::int) AND NOT EXISTS (SELECT FROM
		feed_things AS old WHERE old.thing = row.thing AND old.feed = $1 AND old.first <= $2::int AND (old.last IS NULL OR old.last >=
		$2::int))) AS said JOIN sources AS now ON now.id = said.id AND (now.status IN ('retracted', 'rejected'))
	JOIN changes AS last ON last.resource_id = now.id AND last.resource = 'source' AND last.to_version = now.version
	JOIN changes AS before ON before.resource_id = now.id AND before.resource = 'source' AND before.to_version = now.version - 1
	WHERE ((last.state ->> 'status' IN ('retracted', 'rejected') OR last.state ->> 'until' <> '')
	AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = last.group_id
	UNION ALL SELECT feed, CASE WHEN undos.n % 2 = 0 THEN edition.n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS
		before WHERE before.feed = edition.feed AND before.n < edition.n AND NOT before.undone) END
	FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = last.group_id) AS took
	WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = last.resource_id AND said.feed = took.feed AND said.first
		<= took.n AND (said.last IS NULL OR said.last >= took.n)))
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
	WHERE undos.group_id = last.group_id AND undos.n % 2 = 1)
	AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = last.resource_id AND EXISTS (SELECT FROM feed_editions AS counted
		WHERE counted.feed = past.feed AND NOT counted.undone AND counted.n BETWEEN past.first AND coalesce(past.last, counted.n)))
	AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = last.resource_id AND hand.resource = last.resource
	AND hand.to_version < last.to_version AND hand.state -> 'status' = last.state -> 'status'
	AND hand.state -> 'until' IS NOT DISTINCT FROM last.state -> 'until' AND NOT (EXISTS (SELECT FROM imports WHERE imports.group_id
		= hand.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = hand.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = hand.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = hand.group_id))))));
INSERT INTO feed_returning SELECT 'relation', now.id, now.version, before.state ->> 'status', CASE WHEN said.until = '' THEN
		coalesce(before.state ->> 'until', '') ELSE now.until END
	FROM (SELECT row.thing AS id, '' AS until FROM feed_things AS row WHERE row.feed = $1 AND
	row.resource = 'relation' AND row.first <= $3::int AND (row.last IS NULL OR row.last >= $3::int) AND NOT EXISTS (SELECT FROM
		feed_things AS old WHERE old.thing = row.thing AND old.feed = $1 AND old.first <= $2::int AND (old.last IS NULL OR old.last >=
		$2::int))) AS said JOIN relations AS now ON now.id = said.id AND (now.status IN ('retracted', 'rejected') OR now.until <> '')
	JOIN changes AS last ON last.resource_id = now.id AND last.resource = 'relation' AND last.to_version = now.version
	JOIN changes AS before ON before.resource_id = now.id AND before.resource = 'relation' AND before.to_version = now.version - 1
	WHERE ((last.state ->> 'status' IN ('retracted', 'rejected') OR last.state ->> 'until' <> '')
	AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = last.group_id
	UNION ALL SELECT feed, CASE WHEN undos.n % 2 = 0 THEN edition.n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS
		before WHERE before.feed = edition.feed AND before.n < edition.n AND NOT before.undone) END
	FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = last.group_id) AS took
	WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = last.resource_id AND said.feed = took.feed AND said.first
		<= took.n AND (said.last IS NULL OR said.last >= took.n)))
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
	WHERE undos.group_id = last.group_id AND undos.n % 2 = 1)
	AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = last.resource_id AND EXISTS (SELECT FROM feed_editions AS counted
		WHERE counted.feed = past.feed AND NOT counted.undone AND counted.n BETWEEN past.first AND coalesce(past.last, counted.n)))
	AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = last.resource_id AND hand.resource = last.resource
	AND hand.to_version < last.to_version AND hand.state -> 'status' = last.state -> 'status'
	AND hand.state -> 'until' IS NOT DISTINCT FROM last.state -> 'until' AND NOT (EXISTS (SELECT FROM imports WHERE imports.group_id
		= hand.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = hand.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = hand.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = hand.group_id))))));
INSERT INTO feed_returning SELECT 'document', now.id, now.version, before.state ->> 'status', ''
	FROM (SELECT row.thing AS id, '' AS until FROM feed_things AS row WHERE row.feed = $1 AND
	row.resource = 'document' AND row.first <= $3::int AND (row.last IS NULL OR row.last >= $3::int) AND NOT EXISTS (SELECT FROM
		feed_things AS old WHERE old.thing = row.thing AND old.feed = $1 AND old.first <= $2::int AND (old.last IS NULL OR old.last >=
		$2::int))) AS said JOIN documents AS now ON now.id = said.id AND (now.status IN ('retracted', 'rejected'))
	JOIN changes AS last ON last.resource_id = now.id AND last.resource = 'document' AND last.to_version = now.version
	JOIN changes AS before ON before.resource_id = now.id AND before.resource = 'document' AND before.to_version = now.version - 1
	WHERE ((last.state ->> 'status' IN ('retracted', 'rejected') OR last.state ->> 'until' <> '')
	AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = last.group_id
	UNION ALL SELECT feed, CASE WHEN undos.n % 2 = 0 THEN edition.n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS
		before WHERE before.feed = edition.feed AND before.n < edition.n AND NOT before.undone) END
	FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = last.group_id) AS took
	WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = last.resource_id AND said.feed = took.feed AND said.first
		<= took.n AND (said.last IS NULL OR said.last >= took.n)))
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
	WHERE undos.group_id = last.group_id AND undos.n % 2 = 1)
	AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = last.resource_id AND EXISTS (SELECT FROM feed_editions AS counted
		WHERE counted.feed = past.feed AND NOT counted.undone AND counted.n BETWEEN past.first AND coalesce(past.last, counted.n)))
	AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = last.resource_id AND hand.resource = last.resource
	AND hand.to_version < last.to_version AND hand.state -> 'status' = last.state -> 'status'
	AND hand.state -> 'until' IS NOT DISTINCT FROM last.state -> 'until' AND NOT (EXISTS (SELECT FROM imports WHERE imports.group_id
		= hand.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = hand.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = hand.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = hand.group_id))))));
INSERT INTO feed_returning SELECT 'claim', now.id, now.version, before.state ->> 'status', ''
	FROM (SELECT row.thing AS id, '' AS until FROM feed_things AS row WHERE row.feed = $1 AND
	row.resource = 'claim' AND row.first <= $3::int AND (row.last IS NULL OR row.last >= $3::int) AND NOT EXISTS (SELECT FROM
		feed_things AS old WHERE old.thing = row.thing AND old.feed = $1 AND old.first <= $2::int AND (old.last IS NULL OR old.last >=
		$2::int))) AS said JOIN claims AS now ON now.id = said.id AND (now.status IN ('retracted', 'rejected'))
	JOIN changes AS last ON last.resource_id = now.id AND last.resource = 'claim' AND last.to_version = now.version
	JOIN changes AS before ON before.resource_id = now.id AND before.resource = 'claim' AND before.to_version = now.version - 1
	WHERE ((last.state ->> 'status' IN ('retracted', 'rejected') OR last.state ->> 'until' <> '')
	AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = last.group_id
	UNION ALL SELECT feed, CASE WHEN undos.n % 2 = 0 THEN edition.n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS
		before WHERE before.feed = edition.feed AND before.n < edition.n AND NOT before.undone) END
	FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = last.group_id) AS took
	WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = last.resource_id AND said.feed = took.feed AND said.first
		<= took.n AND (said.last IS NULL OR said.last >= took.n)))
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
	WHERE undos.group_id = last.group_id AND undos.n % 2 = 1)
	AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = last.resource_id AND EXISTS (SELECT FROM feed_editions AS counted
		WHERE counted.feed = past.feed AND NOT counted.undone AND counted.n BETWEEN past.first AND coalesce(past.last, counted.n)))
	AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = last.resource_id AND hand.resource = last.resource
	AND hand.to_version < last.to_version AND hand.state -> 'status' = last.state -> 'status'
	AND hand.state -> 'until' IS NOT DISTINCT FROM last.state -> 'until' AND NOT (EXISTS (SELECT FROM imports WHERE imports.group_id
		= hand.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = hand.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = hand.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = hand.group_id))))));
INSERT INTO feed_returning SELECT 'attribution', now.id, now.version, before.state ->> 'status', ''
	FROM (SELECT row.thing AS id, '' AS until FROM feed_things AS row WHERE row.feed = $1 AND
	row.resource = 'attribution' AND row.first <= $3::int AND (row.last IS NULL OR row.last >= $3::int) AND NOT EXISTS (SELECT FROM
		feed_things AS old WHERE old.thing = row.thing AND old.feed = $1 AND old.first <= $2::int AND (old.last IS NULL OR old.last >=
		$2::int))) AS said JOIN attributions AS now ON now.id = said.id AND (now.status IN ('retracted', 'rejected'))
	JOIN changes AS last ON last.resource_id = now.id AND last.resource = 'attribution' AND last.to_version = now.version
	JOIN changes AS before ON before.resource_id = now.id AND before.resource = 'attribution' AND before.to_version = now.version -
		1
	WHERE ((last.state ->> 'status' IN ('retracted', 'rejected') OR last.state ->> 'until' <> '')
	AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = last.group_id
	UNION ALL SELECT feed, CASE WHEN undos.n % 2 = 0 THEN edition.n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS
		before WHERE before.feed = edition.feed AND before.n < edition.n AND NOT before.undone) END
	FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = last.group_id) AS took
	WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = last.resource_id AND said.feed = took.feed AND said.first
		<= took.n AND (said.last IS NULL OR said.last >= took.n)))
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
	WHERE undos.group_id = last.group_id AND undos.n % 2 = 1)
	AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = last.resource_id AND EXISTS (SELECT FROM feed_editions AS counted
		WHERE counted.feed = past.feed AND NOT counted.undone AND counted.n BETWEEN past.first AND coalesce(past.last, counted.n)))
	AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = last.resource_id AND hand.resource = last.resource
	AND hand.to_version < last.to_version AND hand.state -> 'status' = last.state -> 'status'
	AND hand.state -> 'until' IS NOT DISTINCT FROM last.state -> 'until' AND NOT (EXISTS (SELECT FROM imports WHERE imports.group_id
		= hand.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = hand.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = hand.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = hand.group_id))))));
INSERT INTO feed_returning SELECT 'link', now.id, now.version, before.state ->> 'status', ''
	FROM (SELECT row.thing AS id, '' AS until FROM feed_things AS row WHERE row.feed = $1 AND
	row.resource = 'link' AND row.first <= $3::int AND (row.last IS NULL OR row.last >= $3::int) AND NOT EXISTS (SELECT FROM
		feed_things AS old WHERE old.thing = row.thing AND old.feed = $1 AND old.first <= $2::int AND (old.last IS NULL OR old.last >=
		$2::int))) AS said JOIN links AS now ON now.id = said.id AND (now.status IN ('retracted', 'rejected'))
	JOIN changes AS last ON last.resource_id = now.id AND last.resource = 'link' AND last.to_version = now.version
	JOIN changes AS before ON before.resource_id = now.id AND before.resource = 'link' AND before.to_version = now.version - 1
	WHERE ((last.state ->> 'status' IN ('retracted', 'rejected') OR last.state ->> 'until' <> '')
	AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = last.group_id
	UNION ALL SELECT feed, CASE WHEN undos.n % 2 = 0 THEN edition.n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS
		before WHERE before.feed = edition.feed AND before.n < edition.n AND NOT before.undone) END
	FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = last.group_id) AS took
	WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = last.resource_id AND said.feed = took.feed AND said.first
		<= took.n AND (said.last IS NULL OR said.last >= took.n)))
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
	WHERE undos.group_id = last.group_id AND undos.n % 2 = 1)
	AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = last.resource_id AND EXISTS (SELECT FROM feed_editions AS counted
		WHERE counted.feed = past.feed AND NOT counted.undone AND counted.n BETWEEN past.first AND coalesce(past.last, counted.n)))
	AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = last.resource_id AND hand.resource = last.resource
	AND hand.to_version < last.to_version AND hand.state -> 'status' = last.state -> 'status'
	AND hand.state -> 'until' IS NOT DISTINCT FROM last.state -> 'until' AND NOT (EXISTS (SELECT FROM imports WHERE imports.group_id
		= hand.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = hand.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = hand.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = hand.group_id))))));
INSERT INTO feed_returning SELECT 'review', now.id, now.version, before.state ->> 'status', ''
	FROM (SELECT row.thing AS id, '' AS until FROM feed_things AS row WHERE row.feed = $1 AND
	row.resource = 'review' AND row.first <= $3::int AND (row.last IS NULL OR row.last >= $3::int) AND NOT EXISTS (SELECT FROM
		feed_things AS old WHERE old.thing = row.thing AND old.feed = $1 AND old.first <= $2::int AND (old.last IS NULL OR old.last >=
		$2::int))) AS said JOIN reviews AS now ON now.id = said.id AND (now.status IN ('retracted', 'rejected'))
	JOIN changes AS last ON last.resource_id = now.id AND last.resource = 'review' AND last.to_version = now.version
	JOIN changes AS before ON before.resource_id = now.id AND before.resource = 'review' AND before.to_version = now.version - 1
	WHERE ((last.state ->> 'status' IN ('retracted', 'rejected') OR last.state ->> 'until' <> '')
	AND (EXISTS (SELECT FROM (SELECT feed, n FROM feed_editions WHERE group_id = last.group_id
	UNION ALL SELECT feed, CASE WHEN undos.n % 2 = 0 THEN edition.n ELSE (SELECT coalesce(max(before.n), 0) FROM feed_editions AS
		before WHERE before.feed = edition.feed AND before.n < edition.n AND NOT before.undone) END
	FROM undos JOIN feed_editions AS edition ON edition.group_id = original WHERE undos.group_id = last.group_id) AS took
	WHERE NOT EXISTS (SELECT FROM feed_things AS said WHERE said.thing = last.resource_id AND said.feed = took.feed AND said.first
		<= took.n AND (said.last IS NULL OR said.last >= took.n)))
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original
	WHERE undos.group_id = last.group_id AND undos.n % 2 = 1)
	AND EXISTS (SELECT FROM feed_things AS past WHERE past.thing = last.resource_id AND EXISTS (SELECT FROM feed_editions AS counted
		WHERE counted.feed = past.feed AND NOT counted.undone AND counted.n BETWEEN past.first AND coalesce(past.last, counted.n)))
	AND NOT EXISTS (SELECT FROM changes AS hand WHERE hand.resource_id = last.resource_id AND hand.resource = last.resource
	AND hand.to_version < last.to_version AND hand.state -> 'status' = last.state -> 'status'
	AND hand.state -> 'until' IS NOT DISTINCT FROM last.state -> 'until' AND NOT (EXISTS (SELECT FROM imports WHERE imports.group_id
		= hand.group_id)
	OR EXISTS (SELECT FROM undos JOIN imports ON imports.group_id = undos.original WHERE undos.group_id = hand.group_id) OR (EXISTS
		(SELECT FROM feed_editions WHERE feed_editions.group_id = hand.group_id) OR EXISTS (SELECT FROM undos
	JOIN feed_editions ON feed_editions.group_id = undos.original WHERE undos.group_id = hand.group_id))))));
SELECT resource, thing FROM feed_returning;

-- Feed
SELECT name, created_at, (SELECT count(*) FROM feed_editions WHERE feed = name) AS
	editions FROM feeds WHERE name = $1 ORDER BY name LIMIT 1;
SELECT feed, n AS edition, date::text, at, file, format, group_id AS "group", actor, reason, says, counts, outcomes,
	withheld, undone FROM feed_editions
	WHERE (feed, n) IN (SELECT name, edition FROM feeds WHERE name = ANY ($1));

-- Feeds
SELECT name, created_at, (SELECT count(*) FROM feed_editions WHERE feed = name) AS
	editions FROM feeds WHERE EXISTS (SELECT FROM feed_things AS row WHERE row.thing = $1 AND row.feed = name AND row.first <=
		feeds.edition AND (row.last IS NULL OR row.last >= feeds.edition)) ORDER BY name LIMIT 2;

-- Sources of a feed
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.id IN (SELECT thing FROM feed_things AS row JOIN feeds ON name = feed WHERE feed = $1 AND
		row.first <= edition AND (row.last IS NULL OR row.last >= edition)) ORDER BY t.id LIMIT 2;

-- UndoFeed
SELECT edition, coalesce((SELECT group_id FROM feed_editions WHERE feed = name AND n = edition), $2)
	FROM feeds WHERE name = $1;
WITH stored AS (
	UPDATE sources SET (kind, name, names, aliases, country, role, anonymous, reliability, external_ids, domains, url,
		control_reviewed_at, notes, method, folded, terms, identities) = ROW ($10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
		$21, $22, $23, $24, $25::text::tsvector, $26), status = $7, merged_into = $9, version = version + 1, updated_at = now() WHERE
		id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'source', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE
		jsonb_build_object('merged_into', stored.merged_into) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change
	) SELECT FROM stored;
WITH stored AS (
	UPDATE relations SET (subject, kind, object, share, since, until, citation) = ROW ($9, $10, $11, $12, $13, $14, $15), status =
		$7, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $2::text, $3::uuid, $4::uuid, $8, 'relation', stored.id, stored.version - 1, stored.version,
		$5::text, $6::jsonb || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
	'updated_at', stored.updated_at, 'status', stored.status) || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key',
		stored.key, 'namespace', stored.namespace) END
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 2, id FROM change
	) SELECT FROM stored;

-- Sequence
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.resource = $1 AND t.operation = $2 ORDER BY
		s.seq LIMIT 2;
FETCH 569 FROM page;

-- AwaitSealed
SELECT coalesce(max(s.seq), 0), count(*) FILTER (WHERE s.seq IS NULL),
	coalesce((SELECT max(size) FROM log_checkpoints), 0), EXISTS (SELECT FROM log_keys)
	FROM changes AS t LEFT JOIN sequenced AS s ON s.change = t.id
	WHERE t.group_id = $1 AND t.group_id <> '00000000-0000-0000-0000-000000000000';

-- Position
SELECT coalesce(max(seq), 0) FROM sequenced;

-- Position of an instant
SELECT size FROM log_checkpoints WHERE at < $1
	AND EXISTS (SELECT FROM log_checkpoints WHERE at >= $1) ORDER BY at DESC, size DESC LIMIT 1;

-- FactsAt
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.resource = $1 ORDER BY s.seq LIMIT 2;
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL plan_cache_mode = force_generic_plan;
SELECT past.state FROM unnest($1::uuid[]) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'claim' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past
	WHERE past.state ->> 'status' <> 'deleted';
SELECT DISTINCT resource_id FROM changes WHERE resource = 'claim' AND state ->> 'merged_into' IS NOT NULL
	AND state ->> 'merged_into' = ANY ($1::uuid[]::text[]);
SELECT id FROM links WHERE claim_id = ANY ($1) UNION SELECT id FROM links WHERE to_id = ANY ($1)
	UNION SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'link' AND state ->> 'from' = ANY
		($1::uuid[]::text[])
	UNION SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'link' AND state ->> 'to' = ANY
		($1::uuid[]::text[]);
SELECT id FROM attributions WHERE claim_id = ANY ($1)
	UNION SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'attribution' AND state ->> 'claim' = ANY
		($1::uuid[]::text[]);
SELECT past.state FROM unnest($1::uuid[]) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'attribution' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past
	WHERE past.state ->> 'status' <> 'deleted';
SELECT past.state FROM unnest($1::uuid[]) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'document' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past
	WHERE past.state ->> 'status' <> 'deleted';
SELECT past.state FROM unnest($1::uuid[]) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'source' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past
	WHERE past.state ->> 'status' <> 'deleted';
SELECT DISTINCT resource_id FROM changes WHERE resource = 'source' AND state ->> 'merged_into' IS NOT NULL
	AND state ->> 'merged_into' = ANY ($1::uuid[]::text[]);
SELECT DISTINCT resource_id FROM changes WHERE resource = 'relation'
	AND state ->> 'subject' = ANY ($1::uuid[]::text[]);
SELECT past.state FROM unnest($1::uuid[]) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'relation' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past
	WHERE past.state ->> 'status' <> 'deleted';

-- RecordedBy: ClaimDetail
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM (SELECT wanted.id, was.key, was.namespace, was.version,
		was.created_at, was.updated_at, was.status, was.merged_into, was.statement, was.quantities, was.event_time, was.places,
		was.topics, was.scope, was.method FROM (SELECT $1::uuid) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'claim' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past,
		jsonb_populate_record(NULL::claims, jsonb_build_object('key', '', 'namespace', '', 'scope', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS
		"claim", t.document_id AS "document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence,
		t.note FROM (SELECT wanted.id, was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status, was.claim_id,
		was.document_id, was.stance, was.content, was.event_time_span, was.chain, was.credibility, was.method, was.confidence, was.note
		FROM (SELECT id FROM attributions WHERE claim_id = ANY ($4)
	UNION SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'attribution' AND state ->> 'claim' = ANY
		($4::uuid[]::text[])) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'attribution' AND s.seq <= $3 ORDER BY t.to_version DESC LIMIT 1) AS past,
		jsonb_populate_record(NULL::attributions, jsonb_build_object('key', '', 'namespace', '', 'stance', '', 'credibility', 0,
		'note', '') || past.state || jsonb_build_object('claim_id', past.state -> 'claim') || jsonb_build_object('document_id',
		past.state -> 'document')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t WHERE t.status = ANY ($1) AND t.claim_id = $2 ORDER BY t.id LIMIT 1001;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind,
		t.claim_id AS "from", t.to_id AS "to", t.degree, t.basis, t.rationale, t.method, t.confidence FROM (SELECT wanted.id, was.key,
		was.namespace, was.version, was.created_at, was.updated_at, was.status, was.kind, was.claim_id, was.to_id, was.degree,
		was.basis, was.rationale, was.method, was.confidence FROM (SELECT id FROM links WHERE claim_id = ANY ($5) UNION SELECT id FROM
		links WHERE to_id = ANY ($5)
	UNION SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'link' AND state ->> 'from' = ANY
		($5::uuid[]::text[])
	UNION SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'link' AND state ->> 'to' = ANY
		($5::uuid[]::text[])) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'link' AND s.seq <= $4 ORDER BY t.to_version DESC LIMIT 1) AS past,
		jsonb_populate_record(NULL::links, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'degree', '', 'basis', '',
		'rationale', '') || past.state || jsonb_build_object('claim_id', past.state -> 'from') || jsonb_build_object('to_id',
		past.state -> 'to')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t WHERE t.status = ANY ($1) AND (t.claim_id = $2 OR t.to_id = $3) ORDER BY t.id
		LIMIT 1001;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS
		"claim", t.author, t.rating, t.title, t.url, t.language, t.claim_reviewed, t.published FROM (SELECT wanted.id, was.key,
		was.namespace, was.version, was.created_at, was.updated_at, was.status, was.claim_id, was.author, was.rating, was.title,
		was.url, was.language, was.claim_reviewed, was.published FROM (SELECT id FROM reviews WHERE claim_id = ANY ($4)
	UNION SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'review' AND state ->> 'claim' = ANY
		($4::uuid[]::text[])) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'review' AND s.seq <= $3 ORDER BY t.to_version DESC LIMIT 1) AS past,
		jsonb_populate_record(NULL::reviews, jsonb_build_object('key', '', 'namespace', '', 'title', '', 'url', '', 'language', '',
		'claim_reviewed', '', 'published', '') || past.state || jsonb_build_object('claim_id', past.state -> 'claim')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t WHERE t.status = ANY ($1) AND t.claim_id = $2 ORDER BY t.id LIMIT 1001;
SELECT id, key, publisher, kind, language, title, url, archive_url, published, derived_from, status FROM (SELECT wanted.id,
		was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status, was.publisher, was.kind, was.language,
		was.title, was.url, was.archive_url, was.published, was.retrieved_at, coalesce((SELECT kept.text FROM document_texts AS kept
		WHERE kept.sha256 = past.state ->> 'stored_sha256'),
	(SELECT present.text FROM documents AS present WHERE present.id = wanted.id
	AND text_digest(present.text) = coalesce(past.state ->> 'stored_sha256', past.state ->> 'text_sha256')), '') AS text,
		was.text_sha256, was.authors, was.derived_from, was.method FROM (SELECT unnest($1::uuid[])) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'document' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past,
		jsonb_populate_record(NULL::documents, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'language', '', 'title', '',
		'url', '', 'archive_url', '', 'retrieved_at', '', 'text', '', 'text_sha256', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t WHERE id = ANY ($1);
SELECT id, key, name, names, kind, country, anonymous FROM (SELECT wanted.id, was.key, was.namespace, was.version,
		was.created_at, was.updated_at, was.status, was.merged_into, was.kind, was.name, was.names, was.aliases, was.country, was.role,
		was.anonymous, was.reliability, was.external_ids, was.domains, was.url, was.control_reviewed_at, was.notes, was.method FROM
		(SELECT unnest($1::uuid[])) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'source' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past,
		jsonb_populate_record(NULL::sources, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'name', '', 'country', '',
		'anonymous', false, 'reliability', '', 'url', '', 'control_reviewed_at', '', 'notes', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t WHERE id = ANY ($1);

-- RecordedBy: Attributions
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM (SELECT
		wanted.id, was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status, was.claim_id, was.document_id,
		was.stance, was.content, was.event_time_span, was.chain, was.credibility, was.method, was.confidence, was.note FROM (SELECT id
		FROM attributions WHERE claim_id = ANY ($3)
	UNION SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'attribution' AND state ->> 'claim' = ANY
		($3::uuid[]::text[])) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'attribution' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past,
		jsonb_populate_record(NULL::attributions, jsonb_build_object('key', '', 'namespace', '', 'stance', '', 'credibility', 0,
		'note', '') || past.state || jsonb_build_object('claim_id', past.state -> 'claim') || jsonb_build_object('document_id',
		past.state -> 'document')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS t WHERE t.claim_id = $1 ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- RecordedBy: Timeline
SELECT a.id, a.document_id AS document, a.stance, a.chain, d.published
	FROM (SELECT wanted.id, was.key, was.namespace, was.version, was.created_at, was.updated_at, was.status, was.claim_id,
		was.document_id, was.stance, was.content, was.event_time_span, was.chain, was.credibility, was.method, was.confidence, was.note
		FROM (SELECT id FROM attributions WHERE claim_id = ANY ($1)
	UNION SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = 'attribution' AND state ->> 'claim' = ANY
		($1::uuid[]::text[])) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'attribution' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past,
		jsonb_populate_record(NULL::attributions, jsonb_build_object('key', '', 'namespace', '', 'stance', '', 'credibility', 0,
		'note', '') || past.state || jsonb_build_object('claim_id', past.state -> 'claim') || jsonb_build_object('document_id',
		past.state -> 'document')) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS a, LATERAL (SELECT wanted.id, was.key, was.namespace, was.version,
		was.created_at, was.updated_at, was.status, was.publisher, was.kind, was.language, was.title, was.url, was.archive_url,
		was.published, was.retrieved_at, coalesce((SELECT kept.text FROM document_texts AS kept WHERE kept.sha256 = past.state ->>
		'stored_sha256'),
	(SELECT present.text FROM documents AS present WHERE present.id = wanted.id
	AND text_digest(present.text) = coalesce(past.state ->> 'stored_sha256', past.state ->> 'text_sha256')), '') AS text,
		was.text_sha256, was.authors, was.derived_from, was.method FROM (SELECT a.document_id) AS wanted (id), LATERAL (
	SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
	WHERE t.resource_id = wanted.id AND t.resource = 'document' AND s.seq <= $2 ORDER BY t.to_version DESC LIMIT 1) AS past,
		jsonb_populate_record(NULL::documents, jsonb_build_object('key', '', 'namespace', '', 'kind', '', 'language', '', 'title', '',
		'url', '', 'archive_url', '', 'retrieved_at', '', 'text', '', 'text_sha256', '') || past.state) AS was
	WHERE past.state ->> 'status' <> 'deleted') AS d WHERE a.status = 'accepted';

-- Versions
SELECT t.to_version AS version, t.id AS change, s.seq, t.at, t.actor,
	t.actor_id, nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.reason, was.state AS was,
		t.state AS made,
	NULL::jsonb AS differences
	FROM changes AS t LEFT JOIN sequenced AS s ON s.change = t.id LEFT JOIN LATERAL (
	SELECT state FROM changes AS before WHERE before.resource_id = t.resource_id AND before.to_version = t.from_version
	AND before.resource = t.resource LIMIT 1) AS was ON true
	WHERE t.resource_id = $1 AND t.resource = $2 ORDER BY t.to_version LIMIT 2;

-- Sources
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t ORDER BY t.id LIMIT 2;

-- Sources, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE (t.id) > ($1::text::uuid) ORDER BY t.id LIMIT 2;

-- Sources sorted by -created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Sources sorted by -created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE (t.created_at, t.id) < ($1::text::timestamptz, $2::text::uuid) ORDER BY t.created_at DESC,
		t.id DESC LIMIT 2;

-- Sources sorted by -name
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t ORDER BY t.name DESC, t.id DESC LIMIT 2;

-- Sources sorted by -name, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE (t.name, t.id) < ($1::text::text, $2::text::uuid) ORDER BY t.name DESC, t.id DESC LIMIT 2;

-- Sources sorted by created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t ORDER BY t.created_at, t.id LIMIT 2;

-- Sources sorted by created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE (t.created_at, t.id) > ($1::text::timestamptz, $2::text::uuid) ORDER BY t.created_at, t.id
		LIMIT 2;

-- Sources sorted by name
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t ORDER BY t.name, t.id LIMIT 2;

-- Sources sorted by name, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE (t.name, t.id) > ($1::text::text, $2::text::uuid) ORDER BY t.name, t.id LIMIT 2;

-- Sources by IDs
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.id = ANY ($1) ORDER BY t.id LIMIT 2;

-- Sources by Key
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.key = $1 ORDER BY t.id LIMIT 2;

-- Sources by Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.namespace = $1 ORDER BY t.id LIMIT 2;

-- Sources by Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.status = ANY ($1) ORDER BY t.id LIMIT 2;

-- Sources by Status, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.status = ANY ($1) AND (t.id) > ($2::text::uuid) ORDER BY t.id LIMIT 2;

-- Sources by Q
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $1::text::tsquery) + CASE WHEN position(E'\n' || $2::text IN
		E'\n' || t.folded) > 0 THEN 1 ELSE 0 END)::real AS score FROM sources AS t WHERE t.terms @@ $1::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN sources AS t USING (id) ORDER BY best.score DESC, t.id;

-- Sources by Q, next page
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $1::text::tsquery) + CASE WHEN position(E'\n' || $2::text IN
		E'\n' || t.folded) > 0 THEN 1 ELSE 0 END)::real AS score FROM sources AS t WHERE t.terms @@ $1::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked WHERE score < $3::text::real OR score =
		$3::text::real AND id > $4::text::uuid ORDER BY score DESC, id LIMIT 2) AS best
	JOIN sources AS t USING (id) ORDER BY best.score DESC, t.id;

-- Sources by Domain
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.domains @> $1 ORDER BY t.id LIMIT 2;

-- Sources by ExternalID
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.external_ids @> $1 ORDER BY t.id LIMIT 2;

-- Sources by Kind
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.kind = $1 ORDER BY t.id LIMIT 2;

-- Sources by Country
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.country = $1 ORDER BY t.id LIMIT 2;

-- Sources by Key and Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.key = $1 AND t.namespace = $2 ORDER BY t.id LIMIT 2;

-- Sources by Q and Status
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery) + CASE WHEN position(E'\n' || $3::text IN
		E'\n' || t.folded) > 0 THEN 1 ELSE 0 END)::real AS score FROM sources AS t WHERE t.status = ANY ($1) AND t.terms @@
		$2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN sources AS t USING (id) ORDER BY best.score DESC, t.id;

-- Sources by Q and Status, next page
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery) + CASE WHEN position(E'\n' || $3::text IN
		E'\n' || t.folded) > 0 THEN 1 ELSE 0 END)::real AS score FROM sources AS t WHERE t.status = ANY ($1) AND t.terms @@
		$2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked WHERE score < $4::text::real OR score =
		$4::text::real AND id > $5::text::uuid ORDER BY score DESC, id LIMIT 2) AS best
	JOIN sources AS t USING (id) ORDER BY best.score DESC, t.id;

-- Sources by Q and Kind
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery) + CASE WHEN position(E'\n' || $3::text IN
		E'\n' || t.folded) > 0 THEN 1 ELSE 0 END)::real AS score FROM sources AS t WHERE t.kind = $1 AND t.terms @@ $2::text::tsquery
		LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN sources AS t USING (id) ORDER BY best.score DESC, t.id;
SET LOCAL pg_trgm.word_similarity_threshold = 0.4;
WITH candidates AS MATERIALIZED (SELECT t.id, (word_similarity($2::text, t.folded))::real AS score FROM sources AS t WHERE t.kind
		= $1 AND $2::text <% t.folded AND NOT t.terms @@ $3::text::tsquery LIMIT ALL)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method, best.score, true AS approximate, false AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT ALL) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN sources AS t USING (id) ORDER BY best.score DESC, t.id;

-- Relations
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t ORDER BY t.id LIMIT 2;

-- Relations, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE (t.id) > ($1::text::uuid) ORDER BY t.id LIMIT 2;

-- Relations sorted by -created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Relations sorted by -created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE (t.created_at, t.id) < ($1::text::timestamptz, $2::text::uuid) ORDER BY
		t.created_at DESC, t.id DESC LIMIT 2;

-- Relations sorted by created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t ORDER BY t.created_at, t.id LIMIT 2;

-- Relations sorted by created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE (t.created_at, t.id) > ($1::text::timestamptz, $2::text::uuid) ORDER BY
		t.created_at, t.id LIMIT 2;

-- Relations by IDs
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE t.id = ANY ($1) ORDER BY t.id LIMIT 2;

-- Relations by Key
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE t.key = $1 ORDER BY t.id LIMIT 2;

-- Relations by Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE t.namespace = $1 ORDER BY t.id LIMIT 2;

-- Relations by Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE t.status = ANY ($1) ORDER BY t.id LIMIT 2;

-- Relations by Status, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE t.status = ANY ($1) AND (t.id) > ($2::text::uuid) ORDER BY t.id LIMIT 2;

-- Relations by Feed
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE t.id IN (SELECT thing FROM feed_things AS row JOIN feeds ON name = feed WHERE
		feed = $1 AND row.first <= edition AND (row.last IS NULL OR row.last >= edition)) ORDER BY t.id LIMIT 2;

-- Relations by Source
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE (t.subject = $1 OR t.object = $2) ORDER BY t.id LIMIT 2;

-- Relations by Kind
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE t.kind = $1 ORDER BY t.id LIMIT 2;

-- Relations by Key and Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE t.key = $1 AND t.namespace = $2 ORDER BY t.id LIMIT 2;

-- Relations by Source and Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE t.status = ANY ($1) AND (t.subject = $2 OR t.object = $3) ORDER BY t.id LIMIT 2;

-- Documents
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t ORDER BY t.id LIMIT 2;

-- Documents, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE (t.id) > ($1::text::uuid) ORDER BY t.id LIMIT 2;

-- Documents sorted by -created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Documents sorted by -created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE (t.created_at, t.id) < ($1::text::timestamptz, $2::text::uuid) ORDER BY t.created_at DESC, t.id DESC LIMIT
		2;

-- Documents sorted by -published
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t ORDER BY coalesce(t.published_from, '-infinity') DESC, t.id DESC LIMIT 2;

-- Documents sorted by -published, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE (coalesce(t.published_from, '-infinity'), t.id) < ($1::text::timestamptz, $2::text::uuid) ORDER BY
		coalesce(t.published_from, '-infinity') DESC, t.id DESC LIMIT 2;

-- Documents sorted by created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t ORDER BY t.created_at, t.id LIMIT 2;

-- Documents sorted by created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE (t.created_at, t.id) > ($1::text::timestamptz, $2::text::uuid) ORDER BY t.created_at, t.id LIMIT 2;

-- Documents sorted by published
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t ORDER BY coalesce(t.published_from, 'infinity'), t.id LIMIT 2;

-- Documents sorted by published, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE (coalesce(t.published_from, 'infinity'), t.id) > ($1::text::timestamptz, $2::text::uuid) ORDER BY
		coalesce(t.published_from, 'infinity'), t.id LIMIT 2;

-- Documents by IDs
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.id = ANY ($1) ORDER BY t.id LIMIT 2;

-- Documents by Key
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.key = $1 ORDER BY t.id LIMIT 2;

-- Documents by Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.namespace = $1 ORDER BY t.id LIMIT 2;

-- Documents by Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.status = ANY ($1) ORDER BY t.id LIMIT 2;

-- Documents by Status, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.status = ANY ($1) AND (t.id) > ($2::text::uuid) ORDER BY t.id LIMIT 2;

-- Documents by Feed
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.id IN (SELECT thing FROM feed_things AS row JOIN feeds ON name = feed WHERE feed = $1 AND row.first <=
		edition AND (row.last IS NULL OR row.last >= edition)) ORDER BY t.id LIMIT 2;

-- Documents by Q, next page
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $1::text::tsquery))::real AS score FROM documents AS t WHERE
		t.terms @@ $1::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method, best.score,
		false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked WHERE score < $2::text::real OR score =
		$2::text::real AND id > $3::text::uuid ORDER BY score DESC, id LIMIT 2) AS best
	JOIN documents AS t USING (id) ORDER BY best.score DESC, t.id;

-- Documents by URL
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.url_canonical = ANY ($1::text[]) ORDER BY t.id LIMIT 2;

-- Documents by SHA256
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.text_sha256 = $1 ORDER BY t.id LIMIT 2;

-- Documents by Kind
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.kind = $1 ORDER BY t.id LIMIT 2;

-- Documents by Language
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE split_part(lower(t.language), '-', 1) = ANY ($1::text[]) ORDER BY t.id LIMIT 2;

-- Documents by Language, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE split_part(lower(t.language), '-', 1) = ANY ($1::text[]) AND (t.id) > ($2::text::uuid) ORDER BY t.id LIMIT
		2;

-- Documents by Publisher
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.publisher = $1 ORDER BY t.id LIMIT 2;

-- Documents by DerivedFrom
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.derived_from = $1 ORDER BY t.id LIMIT 2;

-- Documents by From
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE coalesce(t.published_until, 'infinity') >= day_first($1) AND t.published IS NOT NULL ORDER BY t.id LIMIT
		2;

-- Documents by From, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE coalesce(t.published_until, 'infinity') >= day_first($1) AND t.published IS NOT NULL AND (t.id) >
		($2::text::uuid) ORDER BY t.id LIMIT 2;

-- Documents by To
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE coalesce(t.published_from, '-infinity') < day_last($1) + 1 AND t.published IS NOT NULL ORDER BY t.id LIMIT
		2;

-- Documents by To, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE coalesce(t.published_from, '-infinity') < day_last($1) + 1 AND t.published IS NOT NULL AND (t.id) >
		($2::text::uuid) ORDER BY t.id LIMIT 2;

-- Documents by Key and Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.key = $1 AND t.namespace = $2 ORDER BY t.id LIMIT 2;

-- Documents by From and To
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE coalesce(t.published_until, 'infinity') >= day_first($1) AND coalesce(t.published_from, '-infinity') <
		day_last($2) + 1 AND t.published IS NOT NULL ORDER BY t.id LIMIT 2;

-- Documents by From and To, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE coalesce(t.published_until, 'infinity') >= day_first($1) AND coalesce(t.published_from, '-infinity') <
		day_last($2) + 1 AND t.published IS NOT NULL AND (t.id) > ($3::text::uuid) ORDER BY t.id LIMIT 2;

-- Documents by Q and Status
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM documents AS t WHERE
		t.status = ANY ($1) AND t.terms @@ $2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method, best.score,
		false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN documents AS t USING (id) ORDER BY best.score DESC, t.id;

-- Documents by Q and Status, next page
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM documents AS t WHERE
		t.status = ANY ($1) AND t.terms @@ $2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method, best.score,
		false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked WHERE score < $3::text::real OR score =
		$3::text::real AND id > $4::text::uuid ORDER BY score DESC, id LIMIT 2) AS best
	JOIN documents AS t USING (id) ORDER BY best.score DESC, t.id;

-- Documents by Q and Kind
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM documents AS t WHERE
		t.kind = $1 AND t.terms @@ $2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method, best.score,
		false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN documents AS t USING (id) ORDER BY best.score DESC, t.id;

-- Documents by Q and Language
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM documents AS t WHERE
		split_part(lower(t.language), '-', 1) = ANY ($1::text[]) AND t.terms @@ $2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method, best.score,
		false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN documents AS t USING (id) ORDER BY best.score DESC, t.id;

-- Documents by Q and Language, next page
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM documents AS t WHERE
		split_part(lower(t.language), '-', 1) = ANY ($1::text[]) AND t.terms @@ $2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method, best.score,
		false AS approximate, true AND (SELECT count(*) > 10000 FROM candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked WHERE score < $3::text::real OR score =
		$3::text::real AND id > $4::text::uuid ORDER BY score DESC, id LIMIT 2) AS best
	JOIN documents AS t USING (id) ORDER BY best.score DESC, t.id;

-- Documents by Publisher and From
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, '' AS text, t.text_sha256, t.authors, t.derived_from, t.method FROM
		documents AS t WHERE t.publisher = $1 AND coalesce(t.published_until, 'infinity') >= day_first($2) AND t.published IS NOT NULL
		ORDER BY t.id LIMIT 2;

-- Claims
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t ORDER BY t.id LIMIT 2;

-- Claims, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE (t.id) > ($1::text::uuid) ORDER BY t.id LIMIT 2;

-- Claims sorted by -created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Claims sorted by -created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE (t.created_at, t.id) < ($1::text::timestamptz,
		$2::text::uuid) ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Claims sorted by created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t ORDER BY t.created_at, t.id LIMIT 2;

-- Claims sorted by created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE (t.created_at, t.id) > ($1::text::timestamptz,
		$2::text::uuid) ORDER BY t.created_at, t.id LIMIT 2;

-- Claims by IDs
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id = ANY ($1) ORDER BY t.id LIMIT 2;

-- Claims by Key
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.key = $1 ORDER BY t.id LIMIT 2;

-- Claims by Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.namespace = $1 ORDER BY t.id LIMIT 2;

-- Claims by Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.status = ANY ($1) ORDER BY t.id LIMIT 2;

-- Claims by Status, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.status = ANY ($1) AND (t.id) > ($2::text::uuid)
		ORDER BY t.id LIMIT 2;

-- Claims by Feed
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id IN (SELECT thing FROM feed_things AS row JOIN
		feeds ON name = feed WHERE feed = $1 AND row.first <= edition AND (row.last IS NULL OR row.last >= edition)) ORDER BY t.id
		LIMIT 2;

-- Claims by Q
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $1::text::tsquery))::real AS score FROM claims AS t WHERE t.terms
		@@ $1::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;

-- Claims by Q, next page
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $1::text::tsquery))::real AS score FROM claims AS t WHERE t.terms
		@@ $1::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked WHERE score < $2::text::real OR score =
		$2::text::real AND id > $3::text::uuid ORDER BY score DESC, id LIMIT 2) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;
WITH candidates AS MATERIALIZED (SELECT t.id, (word_similarity($1::text, t.folded))::real AS score FROM claims AS t WHERE
		$1::text <% t.folded AND NOT t.terms @@ $2::text::tsquery LIMIT ALL)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, true AS approximate, false AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT ALL) AS ranked  ORDER BY score DESC, id LIMIT 1) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;

-- Claims by Topic
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE entry_keys(t.topics) @> entry_keys($1::text[]) AND
		t.topics @> $1::text[] ORDER BY t.id LIMIT 2;

-- Claims by Language
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE EXISTS (SELECT FROM unnest(t.languages) AS tag WHERE
		split_part(lower(tag), '-', 1) = ANY ($1::text[])) ORDER BY t.id LIMIT 2;

-- Claims by Language, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE EXISTS (SELECT FROM unnest(t.languages) AS tag WHERE
		split_part(lower(tag), '-', 1) = ANY ($1::text[])) AND (t.id) > ($2::text::uuid) ORDER BY t.id LIMIT 2;

-- Claims by Source
WITH RECURSIVE voices (id) AS (
	SELECT $3::uuid
	UNION SELECT merged.id FROM voices JOIN sources AS merged ON merged.merged_into = voices.id), appeared AS (SELECT found.claim_id
		FROM voices, LATERAL (
	SELECT claim_id FROM appearances WHERE source_id = voices.id AND place = 0 AND claim_id > $1::uuid ORDER BY claim_id
	LIMIT $2) AS found UNION SELECT found.claim_id FROM voices, LATERAL (
	SELECT claim_id FROM appearances WHERE source_id = voices.id AND place = 1 AND claim_id > $1::uuid ORDER BY claim_id
	LIMIT $2) AS found UNION SELECT found.claim_id FROM voices, LATERAL (
	SELECT claim_id FROM appearances WHERE source_id = voices.id AND place = 2 AND claim_id > $1::uuid ORDER BY claim_id
	LIMIT $2) AS found)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id IN (SELECT claim_id FROM appeared ORDER BY
		claim_id LIMIT $2 * 3) ORDER BY t.id LIMIT $2;

-- Claims by Origin
WITH RECURSIVE voices (id) AS (
	SELECT $3::uuid
	UNION SELECT merged.id FROM voices JOIN sources AS merged ON merged.merged_into = voices.id), appeared AS (SELECT found.claim_id
		FROM voices, LATERAL (
	SELECT claim_id FROM appearances WHERE source_id = voices.id AND place = 2 AND claim_id > $1::uuid ORDER BY claim_id
	LIMIT $2) AS found)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id IN (SELECT claim_id FROM appeared ORDER BY
		claim_id LIMIT $2 * 1) ORDER BY t.id LIMIT $2;

-- Claims by Publisher
WITH RECURSIVE voices (id) AS (
	SELECT $3::uuid
	UNION SELECT merged.id FROM voices JOIN sources AS merged ON merged.merged_into = voices.id), appeared AS (SELECT found.claim_id
		FROM voices, LATERAL (
	SELECT claim_id FROM appearances WHERE source_id = voices.id AND place = 0 AND claim_id > $1::uuid ORDER BY claim_id
	LIMIT $2) AS found)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id IN (SELECT claim_id FROM appeared ORDER BY
		claim_id LIMIT $2 * 1) ORDER BY t.id LIMIT $2;

-- Claims by Stance
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE EXISTS (SELECT FROM attributions AS a WHERE
		a.claim_id = t.id AND a.status = 'accepted' AND a.stance = $1) ORDER BY t.id LIMIT 2;

-- Claims by From
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.event_days && daterange(day_first($1),
		day_last($2), '[]') ORDER BY t.id LIMIT 2;

-- Claims by From, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.event_days && daterange(day_first($1),
		day_last($2), '[]') AND (t.id) > ($3::text::uuid) ORDER BY t.id LIMIT 2;

-- Claims by Standings
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.status = 'active' AND EXISTS (SELECT FROM
		standings AS s WHERE s.claim_id = t.id AND s.standing = ANY ($1)) ORDER BY t.id LIMIT 2;

-- Claims by Place
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE entry_keys(t.places) @> entry_keys($1::text[]) AND
		t.places @> $1::text[] ORDER BY t.id LIMIT 2;

-- Claims by Proposals
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id IN (SELECT claim_id FROM attributions WHERE
		status = 'proposed' UNION ALL SELECT unnest(ARRAY[claim_id, to_id]) FROM links WHERE status = 'proposed') ORDER BY t.id LIMIT
		2;

-- Claims by Proposals, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id IN (SELECT claim_id FROM attributions WHERE
		status = 'proposed' UNION ALL SELECT unnest(ARRAY[claim_id, to_id]) FROM links WHERE status = 'proposed') AND (t.id) >
		($1::text::uuid) ORDER BY t.id LIMIT 2;

-- Claims by MinWidth
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.status = 'active' AND EXISTS (SELECT FROM
		standings AS s WHERE s.claim_id = t.id AND s.width >= $1) ORDER BY t.id LIMIT 2;

-- Claims by WidthBelow
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.status = 'active' AND EXISTS (SELECT FROM
		standings AS s WHERE s.claim_id = t.id AND s.width < $1) ORDER BY t.id LIMIT 2;

-- Claims by Key and Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.key = $1 AND t.namespace = $2 ORDER BY t.id LIMIT
		2;

-- Claims by Q and Status
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM claims AS t WHERE
		t.status = ANY ($1) AND t.terms @@ $2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;

-- Claims by Q and Status, next page
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM claims AS t WHERE
		t.status = ANY ($1) AND t.terms @@ $2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked WHERE score < $3::text::real OR score =
		$3::text::real AND id > $4::text::uuid ORDER BY score DESC, id LIMIT 2) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;
WITH candidates AS MATERIALIZED (SELECT t.id, (word_similarity($2::text, t.folded))::real AS score FROM claims AS t WHERE
		t.status = ANY ($1) AND $2::text <% t.folded AND NOT t.terms @@ $3::text::tsquery LIMIT ALL)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, true AS approximate, false AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT ALL) AS ranked  ORDER BY score DESC, id LIMIT 1) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;

-- Claims by Q and Topic
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM claims AS t WHERE
		entry_keys(t.topics) @> entry_keys($1::text[]) AND t.topics @> $1::text[] AND t.terms @@ $2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;
WITH candidates AS MATERIALIZED (SELECT t.id, (word_similarity($2::text, t.folded))::real AS score FROM claims AS t WHERE
		entry_keys(t.topics) @> entry_keys($1::text[]) AND t.topics @> $1::text[] AND $2::text <% t.folded AND NOT t.terms @@
		$3::text::tsquery LIMIT ALL)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, true AS approximate, false AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT ALL) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;

-- Claims by Q and Source
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM claims AS t WHERE t.id IN
		(SELECT claim_id FROM appearances WHERE source_id IN (WITH RECURSIVE voices (id) AS (
	SELECT $1::uuid
	UNION SELECT merged.id FROM voices JOIN sources AS merged ON merged.merged_into = voices.id) SELECT id FROM voices)) AND t.terms
		@@ $2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;
WITH candidates AS MATERIALIZED (SELECT t.id, (word_similarity($2::text, t.folded))::real AS score FROM claims AS t WHERE t.id IN
		(SELECT claim_id FROM appearances WHERE source_id IN (WITH RECURSIVE voices (id) AS (
	SELECT $1::uuid
	UNION SELECT merged.id FROM voices JOIN sources AS merged ON merged.merged_into = voices.id) SELECT id FROM voices)) AND
		$2::text <% t.folded AND NOT t.terms @@ $3::text::tsquery LIMIT ALL)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, true AS approximate, false AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT ALL) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;

-- Claims by Q and Language
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM claims AS t WHERE EXISTS
		(SELECT FROM unnest(t.languages) AS tag WHERE split_part(lower(tag), '-', 1) = ANY ($1::text[])) AND t.terms @@
		$2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked  ORDER BY score DESC, id LIMIT 2) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;

-- Claims by Q and Language, next page
WITH candidates AS MATERIALIZED (SELECT t.id, (ts_rank(t.terms, $2::text::tsquery))::real AS score FROM claims AS t WHERE EXISTS
		(SELECT FROM unnest(t.languages) AS tag WHERE split_part(lower(tag), '-', 1) = ANY ($1::text[])) AND t.terms @@
		$2::text::tsquery LIMIT 10001)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, false AS approximate, true AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT 10000) AS ranked WHERE score < $3::text::real OR score =
		$3::text::real AND id > $4::text::uuid ORDER BY score DESC, id LIMIT 2) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;
WITH candidates AS MATERIALIZED (SELECT t.id, (word_similarity($2::text, t.folded))::real AS score FROM claims AS t WHERE EXISTS
		(SELECT FROM unnest(t.languages) AS tag WHERE split_part(lower(tag), '-', 1) = ANY ($1::text[])) AND $2::text <% t.folded AND
		NOT t.terms @@ $3::text::tsquery LIMIT ALL)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, best.score, true AS approximate, false AND (SELECT count(*) > 10000 FROM
		candidates) AS truncated
	FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT ALL) AS ranked  ORDER BY score DESC, id LIMIT 1) AS best
	JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;

-- Claims by Source and Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.status = ANY ($1) AND t.id IN (SELECT claim_id
		FROM appearances WHERE source_id IN (WITH RECURSIVE voices (id) AS (
	SELECT $2::uuid
	UNION SELECT merged.id FROM voices JOIN sources AS merged ON merged.merged_into = voices.id) SELECT id FROM voices)) ORDER BY
		t.id LIMIT 2;

-- Claims by Source and Stance
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id IN (SELECT claim_id FROM appearances WHERE
		source_id IN (WITH RECURSIVE voices (id) AS (
	SELECT $1::uuid
	UNION SELECT merged.id FROM voices JOIN sources AS merged ON merged.merged_into = voices.id) SELECT id FROM voices)) AND EXISTS
		(SELECT FROM attributions AS a WHERE a.claim_id = t.id AND a.status = 'accepted' AND a.stance = $2) ORDER BY t.id LIMIT 2;

-- Claims by Topic and Language
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE entry_keys(t.topics) @> entry_keys($1::text[]) AND
		t.topics @> $1::text[] AND EXISTS (SELECT FROM unnest(t.languages) AS tag WHERE split_part(lower(tag), '-', 1) = ANY
		($2::text[])) ORDER BY t.id LIMIT 2;

-- Claims by Publisher and From
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id IN (SELECT claim_id FROM appearances WHERE
		source_id IN (WITH RECURSIVE voices (id) AS (
	SELECT $1::uuid
	UNION SELECT merged.id FROM voices JOIN sources AS merged ON merged.merged_into = voices.id) SELECT id FROM voices) AND place =
		$2) AND t.event_days && daterange(day_first($3), day_last($4), '[]') ORDER BY t.id LIMIT 2;

-- Attributions
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t ORDER BY t.id LIMIT 2;

-- Attributions, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE (t.id) > ($1::text::uuid) ORDER BY t.id LIMIT 2;

-- Attributions sorted by -created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Attributions sorted by -created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE (t.created_at, t.id) < ($1::text::timestamptz, $2::text::uuid) ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Attributions sorted by created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t ORDER BY t.created_at, t.id LIMIT 2;

-- Attributions sorted by created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE (t.created_at, t.id) > ($1::text::timestamptz, $2::text::uuid) ORDER BY t.created_at, t.id LIMIT 2;

-- Attributions sorted by reading
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t ORDER BY coalesce(t.content_start, 2147483647), t.id LIMIT 2;

-- Attributions sorted by reading, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE (coalesce(t.content_start, 2147483647), t.id) > ($1::text::int, $2::text::uuid) ORDER BY coalesce(t.content_start,
		2147483647), t.id LIMIT 2;

-- Attributions by IDs
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.id = ANY ($1) ORDER BY t.id LIMIT 2;

-- Attributions by Key
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.key = $1 ORDER BY t.id LIMIT 2;

-- Attributions by Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.namespace = $1 ORDER BY t.id LIMIT 2;

-- Attributions by Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.status = ANY ($1) ORDER BY t.id LIMIT 2;

-- Attributions by Feed
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.id IN (SELECT thing FROM feed_things AS row JOIN feeds ON name = feed WHERE feed = $1 AND row.first <= edition AND
		(row.last IS NULL OR row.last >= edition)) ORDER BY t.id LIMIT 2;

-- Attributions by Claim
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.claim_id = $1 ORDER BY t.id LIMIT 2;

-- Attributions by Document
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.document_id = $1 ORDER BY t.id LIMIT 2;

-- Attributions by Stance
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.stance = $1 ORDER BY t.id LIMIT 2;

-- Attributions by Key and Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.key = $1 AND t.namespace = $2 ORDER BY t.id LIMIT 2;

-- Attributions by Claim and Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.status = ANY ($1) AND t.claim_id = $2 ORDER BY t.id LIMIT 2;

-- Attributions by Claim and Stance
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.claim_id = $1 AND t.stance = $2 ORDER BY t.id LIMIT 2;

-- Links
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t ORDER BY t.id LIMIT 2;

-- Links, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE (t.id) > ($1::text::uuid) ORDER BY t.id LIMIT 2;

-- Links sorted by -created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Links sorted by -created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE (t.created_at, t.id) < ($1::text::timestamptz,
		$2::text::uuid) ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Links sorted by created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t ORDER BY t.created_at, t.id LIMIT 2;

-- Links sorted by created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE (t.created_at, t.id) > ($1::text::timestamptz,
		$2::text::uuid) ORDER BY t.created_at, t.id LIMIT 2;

-- Links by IDs
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.id = ANY ($1) ORDER BY t.id LIMIT 2;

-- Links by Key
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.key = $1 ORDER BY t.id LIMIT 2;

-- Links by Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.namespace = $1 ORDER BY t.id LIMIT 2;

-- Links by Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.status = ANY ($1) ORDER BY t.id LIMIT 2;

-- Links by Feed
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.id IN (SELECT thing FROM feed_things AS row JOIN
		feeds ON name = feed WHERE feed = $1 AND row.first <= edition AND (row.last IS NULL OR row.last >= edition)) ORDER BY t.id
		LIMIT 2;

-- Links by Claim
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE (t.claim_id = $1 OR t.to_id = $2) ORDER BY t.id
		LIMIT 2;

-- Links by Kind
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.kind = $1 ORDER BY t.id LIMIT 2;

-- Links by Degree
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.degree = $1 ORDER BY t.id LIMIT 2;

-- Links by Key and Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.key = $1 AND t.namespace = $2 ORDER BY t.id
		LIMIT 2;

-- Links by Claim and Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.status = ANY ($1) AND (t.claim_id = $2 OR
		t.to_id = $3) ORDER BY t.id LIMIT 2;

-- Links by Claim and Kind
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE (t.claim_id = $1 OR t.to_id = $2) AND t.kind = $3
		ORDER BY t.id LIMIT 2;

-- Reviews
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t ORDER BY t.id LIMIT 2;

-- Reviews, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE (t.id) > ($1::text::uuid) ORDER BY t.id LIMIT
		2;

-- Reviews sorted by -created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Reviews sorted by -created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE (t.created_at, t.id) <
		($1::text::timestamptz, $2::text::uuid) ORDER BY t.created_at DESC, t.id DESC LIMIT 2;

-- Reviews sorted by created_at
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t ORDER BY t.created_at, t.id LIMIT 2;

-- Reviews sorted by created_at, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE (t.created_at, t.id) >
		($1::text::timestamptz, $2::text::uuid) ORDER BY t.created_at, t.id LIMIT 2;

-- Reviews by IDs
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.id = ANY ($1) ORDER BY t.id LIMIT 2;

-- Reviews by Key
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.key = $1 ORDER BY t.id LIMIT 2;

-- Reviews by Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.namespace = $1 ORDER BY t.id LIMIT 2;

-- Reviews by Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.status = ANY ($1) ORDER BY t.id LIMIT 2;

-- Reviews by Status, next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.status = ANY ($1) AND (t.id) >
		($2::text::uuid) ORDER BY t.id LIMIT 2;

-- Reviews by Feed
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.id IN (SELECT thing FROM feed_things AS row
		JOIN feeds ON name = feed WHERE feed = $1 AND row.first <= edition AND (row.last IS NULL OR row.last >= edition)) ORDER BY t.id
		LIMIT 2;

-- Reviews by Claim
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.claim_id = $1 ORDER BY t.id LIMIT 2;

-- Reviews by Author
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.author = $1 ORDER BY t.id LIMIT 2;

-- Reviews by Key and Namespace
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.key = $1 AND t.namespace = $2 ORDER BY t.id
		LIMIT 2;

-- Reviews by Claim and Status
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.status = ANY ($1) AND t.claim_id = $2 ORDER
		BY t.id LIMIT 2;

-- SignWith
INSERT INTO log_keys (verifier) VALUES ($1) ON CONFLICT DO NOTHING;
SELECT note, (SELECT array_agg(verifier) FROM log_keys) FROM log_checkpoints
	WHERE size <= (SELECT max(seq) FROM log_entries) ORDER BY size DESC LIMIT 1 FOR UPDATE OF log_checkpoints;

-- Sequence
SELECT coalesce((SELECT max(seq) FROM log_entries), 0), coalesce(max(size), 0),
	coalesce(max(at) > now() - $1::interval AND max(at) <= now(), false), coalesce(max(at) > now(), false) FROM log_checkpoints;
WITH last AS MATERIALIZED (
	SELECT max(at) FILTER (WHERE isfinite(at)) AS at FROM log_checkpoints)
	INSERT INTO log_checkpoints (size, at, note) SELECT $1, greatest(now(), at), $2 FROM last;

-- LogKeys
SELECT verifier, least(greatest(since, 'epoch'), now()) AS since FROM log_keys ORDER BY log_keys.since DESC, verifier;

-- NameWitnesses
INSERT INTO log_witnesses (verifier) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING;

-- LeaseWitnesses
UPDATE log_witnesses AS w SET next_at = now() + make_interval(secs => $2)
	FROM (SELECT size, note FROM log_checkpoints ORDER BY size DESC LIMIT 1) AS last
	WHERE verifier = ANY ($1) AND next_at <= now() AND w.size < last.size
	RETURNING verifier, w.size AS cosigned, failures, last.size, last.note;

-- SettleWitness
UPDATE log_witnesses SET failures = failures + 1, last_failure = $2,
	next_at = now() + make_interval(secs => $3) WHERE verifier = $1;

-- SettleWitness
UPDATE log_checkpoints SET note = note || $2 WHERE size = $1 AND strpos(note, $2) = 0;
UPDATE log_witnesses SET size = greatest(size, $2), cosigned_at = now(), failures = 0, last_failure = '',
	next_at = now() + make_interval(secs => $3) WHERE verifier = $1;

-- LogWitnesses
SELECT verifier, since, size, cosigned_at, last_failure FROM log_witnesses ORDER BY since, verifier;

-- WitnessedCheckpoint
SELECT note FROM (SELECT size, note FROM log_checkpoints WHERE size <= (
	SELECT min(size) FROM log_witnesses WHERE split_part(verifier, '+', 1) = ANY ($1))
	ORDER BY size DESC LIMIT $2) AS candidates
	WHERE NOT EXISTS (SELECT FROM unnest($1::text[]) AS name WHERE strpos(note, E'\n— ' || name || ' ') = 0) ORDER BY size DESC
		LIMIT 1;

-- Checkpoint
SELECT note FROM log_checkpoints ORDER BY size DESC LIMIT 1;

-- Tile
SELECT hashes FROM log_tiles WHERE level = $1 AND n = $2;

-- Tile of entries
SELECT entry FROM log_entries WHERE seq BETWEEN $1 AND $2 ORDER BY seq;

-- Changes
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change ORDER BY s.seq LIMIT 2;

-- ChangesBetween
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE s.seq > $1 AND s.seq <= $2 ORDER BY s.seq LIMIT
		11;

-- NameClaims
WITH looked AS (
	SELECT s.seq, array_agg(DISTINCT touched.id) FILTER (WHERE kind = 'source') AS sources,
	array_agg(DISTINCT touched.id) FILTER (WHERE kind = 'document') AS documents,
	array_agg(DISTINCT touched.id) FILTER (WHERE kind = 'claim') AS claims
	FROM unnest($1::bigint[]) AS wanted (seq) JOIN sequenced AS s USING (seq) JOIN changes AS t ON t.xid = s.xid AND t.id =
		s.change,
	LATERAL (
	SELECT t.state
	UNION ALL
	SELECT state FROM changes AS before WHERE before.resource_id = t.resource_id AND before.to_version = t.from_version
	AND before.resource = t.resource
	) AS said (state), LATERAL (VALUES
	('source', 'source', t.resource_id), ('source', 'source', (said.state ->> 'merged_into')::uuid),
	('relation', 'source', (said.state ->> 'subject')::uuid),
	('document', 'document', t.resource_id),
	('claim', 'claim', t.resource_id), ('claim', 'claim', (said.state ->> 'merged_into')::uuid),
	('attribution', 'claim', (said.state ->> 'claim')::uuid),
	('link', 'claim', (said.state ->> 'from')::uuid), ('link', 'claim', (said.state ->> 'to')::uuid)
	) AS touched (resource, kind, id)
	WHERE touched.resource = t.resource AND touched.id IS NOT NULL
	GROUP BY s.seq)
	SELECT looked.seq, moved.claims, moved.count FROM looked, LATERAL (
	WITH RECURSIVE below (id) AS (
	SELECT unnest(looked.sources)
	UNION
	SELECT next.id FROM below AS at, LATERAL (
	SELECT subject FROM relations WHERE object = at.id AND controls AND status = 'active'
	UNION ALL SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)
	), speaking AS (SELECT id FROM below LIMIT 1000),
	texts (id) AS (
	SELECT unnest(looked.documents)
	UNION
	SELECT id FROM (
	SELECT original.id FROM speaking, LATERAL (
	SELECT id FROM documents WHERE publisher = speaking.id
	AND EXISTS (SELECT FROM documents AS reprint WHERE reprint.derived_from = documents.id)
	ORDER BY id LIMIT 1000) AS original
	LIMIT 1000) AS originals
	UNION
	SELECT reprint.id FROM texts JOIN documents AS reprint ON reprint.derived_from = texts.id
	), direct (claim) AS (
	SELECT unnest(looked.claims)
	UNION
	(SELECT claim_id FROM texts JOIN attributions ON document_id = texts.id WHERE status = 'accepted' LIMIT 1000)
	UNION
	(SELECT found.claim_id FROM speaking, generate_series(0, 2) AS place, LATERAL (
	SELECT claim_id FROM appearances WHERE source_id = speaking.id AND appearances.place = place.place ORDER BY claim_id
	LIMIT 1000) AS found LIMIT 1000)
	), reach (claim, bearing) AS (
	SELECT claim, bearing FROM (SELECT claim FROM direct) AS start (claim), generate_series(0, 3) AS bearing
	UNION
	SELECT next.* FROM reach, LATERAL (
	SELECT to_id, CASE kind WHEN 'equivalent' THEN CASE bearing WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 END WHEN
		'refines' THEN CASE bearing WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 3 THEN 3 END WHEN 'corroborates' THEN CASE bearing WHEN 1 THEN 0
		END WHEN 'contradicts' THEN CASE degree WHEN 'direct' THEN CASE bearing WHEN 3 THEN 2 END WHEN 'tension' THEN CASE bearing WHEN
		4 THEN 2 END END END FROM links WHERE claim_id = claim AND status = 'accepted'
	UNION ALL
	SELECT claim_id, CASE kind WHEN 'equivalent' THEN CASE bearing WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 END WHEN
		'refines' THEN CASE bearing WHEN 2 THEN 2 END WHEN 'contradicts' THEN CASE degree WHEN 'direct' THEN CASE bearing WHEN 3 THEN 2
		END WHEN 'tension' THEN CASE bearing WHEN 4 THEN 2 END END END FROM links WHERE to_id = claim AND status = 'accepted'
	UNION ALL SELECT id, bearing FROM claims WHERE merged_into = claim
	UNION ALL SELECT merged_into, bearing FROM claims WHERE id = claim AND merged_into IS NOT NULL
	) AS next (claim, bearing)
	WHERE next.bearing IS NOT NULL)
	SELECT coalesce((array_agg(id ORDER BY id))[:20], '{}') AS claims, count(*)::int FROM (
	SELECT DISTINCT claims.id FROM reach JOIN claims ON claims.id = reach.claim WHERE bearing IN (0, 2) AND status = 'active'
	ORDER BY claims.id LIMIT 1000) AS counted
	) AS moved ORDER BY looked.seq;

-- Inclusion
SELECT c.*, entry, salts.header AS header_salt, salts.state AS state_salt, salts.author AS author_salt FROM (SELECT s.seq, t.id
		IS NULL AS gone, coalesce(t.id, s.change) AS id, coalesce(t.at, s.at) AS at,
	coalesce(t.actor, '') AS actor, t.actor_id, nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group",
		coalesce(t.operation, '') AS operation,
	coalesce(t.resource, '') AS resource, coalesce(t.resource_id, s.change) AS resource_id, coalesce(t.from_version, 0) AS
		from_version,
	coalesce(t.to_version, 0) AS to_version, coalesce(t.reason, '') AS reason, NULL::jsonb AS state,
	coalesce(t.state::text, '') AS state_text
	FROM sequenced AS s LEFT JOIN LATERAL (SELECT * FROM changes WHERE xid = s.xid AND id = s.change LIMIT 1) AS t ON true WHERE
		s.change = $1) AS c LEFT JOIN log_entries USING (seq) LEFT JOIN log_salts AS salts USING (seq) ORDER BY seq;

-- Verify
SELECT verifier FROM log_keys ORDER BY since;
SELECT verifier, coalesce(size, -1) AS size FROM log_witnesses ORDER BY verifier;
DECLARE page NO SCROLL CURSOR FOR SELECT c.*, entry, salts.header AS header_salt, salts.state AS state_salt, salts.author AS
		author_salt FROM (SELECT s.seq, t.id IS NULL AS gone, coalesce(t.id, s.change) AS id, coalesce(t.at, s.at) AS at,
	coalesce(t.actor, '') AS actor, t.actor_id, nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group",
		coalesce(t.operation, '') AS operation,
	coalesce(t.resource, '') AS resource, coalesce(t.resource_id, s.change) AS resource_id, coalesce(t.from_version, 0) AS
		from_version,
	coalesce(t.to_version, 0) AS to_version, coalesce(t.reason, '') AS reason, NULL::jsonb AS state,
	coalesce(t.state::text, '') AS state_text
	FROM sequenced AS s LEFT JOIN LATERAL (SELECT * FROM changes WHERE xid = s.xid AND id = s.change LIMIT 1) AS t ON true WHERE
		s.seq > $1 ORDER BY s.seq LIMIT $2) AS c LEFT JOIN log_entries USING (seq) LEFT JOIN log_salts AS salts USING (seq) ORDER BY
		seq;
FETCH 864 FROM page;
SELECT size, coalesce(note, '') AS note FROM log_checkpoints WHERE size > $1 AND size <= $2 ORDER BY size;
SELECT count(*) FROM log_tiles;
SELECT count(*) FROM log_checkpoints WHERE size > $1;
SELECT id FROM changes AS c WHERE NOT EXISTS (SELECT FROM sequenced WHERE change = c.id)
	AND NOT EXISTS (SELECT FROM unsequenced WHERE change = c.id) LIMIT 100;
SELECT change FROM sequenced AS s WHERE EXISTS (SELECT FROM unsequenced WHERE change = s.change) LIMIT 100;
SELECT resource_id FROM (SELECT resource_id, from_version, to_version,
	row_number() OVER (PARTITION BY resource_id, resource ORDER BY to_version) AS n FROM changes) AS numbered
	WHERE to_version <> n OR from_version <> n - 1 LIMIT 100;
SELECT DISTINCT resource_id FROM changes AS c WHERE resource = 'document' AND state ? 'stored_sha256'
	AND NOT EXISTS (SELECT FROM document_texts WHERE sha256 = c.state ->> 'stored_sha256')
	AND NOT EXISTS (SELECT FROM documents WHERE id = c.resource_id
	AND pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(text, 'UTF8')), 'hex') = c.state ->> 'stored_sha256') LIMIT 100;
SELECT coalesce(listed.source_id, said.source_id), listed.source_id IS NULL
	FROM appearances AS listed FULL JOIN (SELECT DISTINCT said.source_id, said.place, claim_id
	FROM attributions, chain_appearances(source_ids) AS said WHERE status = 'accepted') AS said USING (source_id, place, claim_id)
	WHERE listed.source_id IS NULL OR said.source_id IS NULL LIMIT 100;
SELECT sha256 FROM document_texts
	WHERE sha256 <> pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(text, 'UTF8')), 'hex') LIMIT 100;
SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND atttypid = 'jsonb'::regtype AND NOT attisdropped;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status,
		t.merged_into, t.kind, t.name, t.names, t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains,
		t.url, t.control_reviewed_at, t.notes, t.method FROM sources AS t WHERE t.id > $1 ORDER BY t.id LIMIT $2;
SELECT i.id, present.state
	|| CASE WHEN t.names IS NULL THEN '{}' ELSE jsonb_build_object('names', t.names) END
	|| CASE WHEN t.role IS NULL THEN '{}' ELSE jsonb_build_object('role', t.role) END
	|| CASE WHEN t.external_ids IS NULL THEN '{}' ELSE jsonb_build_object('external_ids', t.external_ids) END
	|| CASE WHEN t.method IS NULL THEN '{}' ELSE jsonb_build_object('method', t.method) END, last.state
	FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS i (id, state, n) JOIN sources AS t ON t.id = i.id,
	LATERAL (SELECT i.state || jsonb_build_object('created_at', t.created_at, 'updated_at', t.updated_at) AS state) AS present
	LEFT JOIN LATERAL (SELECT state FROM changes WHERE resource_id = i.id AND resource = 'source' ORDER BY to_version DESC LIMIT 1)
	AS last ON true
	WHERE last.state IS DISTINCT FROM present.state OR t.names IS DISTINCT FROM last.state -> 'names' OR t.role IS DISTINCT FROM
		last.state -> 'role' OR t.external_ids IS DISTINCT FROM last.state -> 'external_ids' OR t.method IS DISTINCT FROM last.state ->
		'method' ORDER BY i.n;
SELECT resource_id FROM changes AS c WHERE resource = 'source' AND to_version = 1
	AND NOT EXISTS (SELECT FROM sources WHERE id = c.resource_id)
	AND (SELECT operation FROM changes WHERE resource_id = c.resource_id AND resource = 'source' ORDER BY to_version DESC LIMIT 1)
	<> 'delete' LIMIT 100;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject,
		t.kind, t.object, t.share, t.since, t.until, t.citation FROM relations AS t WHERE t.id > $1 ORDER BY t.id LIMIT $2;
SELECT i.id, present.state, last.state
	FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS i (id, state, n) JOIN relations AS t ON t.id = i.id,
	LATERAL (SELECT i.state || jsonb_build_object('created_at', t.created_at, 'updated_at', t.updated_at) AS state) AS present
	LEFT JOIN LATERAL (SELECT state FROM changes WHERE resource_id = i.id AND resource = 'relation' ORDER BY to_version DESC LIMIT
		1)
	AS last ON true
	WHERE last.state IS DISTINCT FROM present.state ORDER BY i.n;
SELECT resource_id FROM changes AS c WHERE resource = 'relation' AND to_version = 1
	AND NOT EXISTS (SELECT FROM relations WHERE id = c.resource_id)
	AND (SELECT operation FROM changes WHERE resource_id = c.resource_id AND resource = 'relation' ORDER BY to_version DESC LIMIT 1)
	<> 'delete' LIMIT 100;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher,
		t.kind, t.language, t.title, t.url, t.archive_url, t.published, t.retrieved_at, t.text, t.text_sha256, t.authors,
		t.derived_from, t.method FROM documents AS t WHERE t.id > $1 ORDER BY t.id LIMIT $2;
SELECT i.id, present.state
	|| CASE WHEN t.published IS NULL THEN '{}' ELSE jsonb_build_object('published', t.published) END
	|| CASE WHEN t.method IS NULL THEN '{}' ELSE jsonb_build_object('method', t.method) END, last.state
	FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS i (id, state, n) JOIN documents AS t ON t.id = i.id,
	LATERAL (SELECT i.state || jsonb_build_object('created_at', t.created_at, 'updated_at', t.updated_at) AS state) AS present
	LEFT JOIN LATERAL (SELECT state FROM changes WHERE resource_id = i.id AND resource = 'document' ORDER BY to_version DESC LIMIT
		1)
	AS last ON true
	WHERE last.state IS DISTINCT FROM present.state OR t.published IS DISTINCT FROM last.state -> 'published' OR t.method IS
		DISTINCT FROM last.state -> 'method' ORDER BY i.n;
SELECT resource_id FROM changes AS c WHERE resource = 'document' AND to_version = 1
	AND NOT EXISTS (SELECT FROM documents WHERE id = c.resource_id)
	AND (SELECT operation FROM changes WHERE resource_id = c.resource_id AND resource = 'document' ORDER BY to_version DESC LIMIT 1)
	<> 'delete' LIMIT 100;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status,
		t.merged_into, t.statement, t.quantities, t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id > $1
		ORDER BY t.id LIMIT $2;
SELECT i.id, present.state
	|| CASE WHEN t.statement IS NULL THEN '{}' ELSE jsonb_build_object('statement', t.statement) END
	|| CASE WHEN t.quantities IS NULL THEN '{}' ELSE jsonb_build_object('quantities', t.quantities) END
	|| CASE WHEN t.event_time IS NULL THEN '{}' ELSE jsonb_build_object('event_time', t.event_time) END
	|| CASE WHEN t.method IS NULL THEN '{}' ELSE jsonb_build_object('method', t.method) END, last.state
	FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS i (id, state, n) JOIN claims AS t ON t.id = i.id,
	LATERAL (SELECT i.state || jsonb_build_object('created_at', t.created_at, 'updated_at', t.updated_at) AS state) AS present
	LEFT JOIN LATERAL (SELECT state FROM changes WHERE resource_id = i.id AND resource = 'claim' ORDER BY to_version DESC LIMIT 1)
	AS last ON true
	WHERE last.state IS DISTINCT FROM present.state OR t.statement IS DISTINCT FROM last.state -> 'statement' OR t.quantities IS
		DISTINCT FROM last.state -> 'quantities' OR t.event_time IS DISTINCT FROM last.state -> 'event_time' OR t.method IS DISTINCT
		FROM last.state -> 'method' ORDER BY i.n;
SELECT resource_id FROM changes AS c WHERE resource = 'claim' AND to_version = 1
	AND NOT EXISTS (SELECT FROM claims WHERE id = c.resource_id)
	AND (SELECT operation FROM changes WHERE resource_id = c.resource_id AND resource = 'claim' ORDER BY to_version DESC LIMIT 1)
	<> 'delete' LIMIT 100;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS
		"claim", t.document_id AS "document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence,
		t.note FROM attributions AS t WHERE t.id > $1 ORDER BY t.id LIMIT $2;
SELECT i.id, present.state
	|| CASE WHEN t.content IS NULL THEN '{}' ELSE jsonb_build_object('content', t.content) END
	|| CASE WHEN t.event_time_span IS NULL THEN '{}' ELSE jsonb_build_object('event_time_span', t.event_time_span) END
	|| CASE WHEN t.chain IS NULL THEN '{}' ELSE jsonb_build_object('chain', t.chain) END
	|| CASE WHEN t.method IS NULL THEN '{}' ELSE jsonb_build_object('method', t.method) END, last.state
	FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS i (id, state, n) JOIN attributions AS t ON t.id = i.id,
	LATERAL (SELECT i.state || jsonb_build_object('created_at', t.created_at, 'updated_at', t.updated_at) AS state) AS present
	LEFT JOIN LATERAL (SELECT state FROM changes WHERE resource_id = i.id AND resource = 'attribution' ORDER BY to_version DESC
		LIMIT 1)
	AS last ON true
	WHERE last.state IS DISTINCT FROM present.state OR t.content IS DISTINCT FROM last.state -> 'content' OR t.event_time_span IS
		DISTINCT FROM last.state -> 'event_time_span' OR t.chain IS DISTINCT FROM last.state -> 'chain' OR t.method IS DISTINCT FROM
		last.state -> 'method' ORDER BY i.n;
SELECT resource_id FROM changes AS c WHERE resource = 'attribution' AND to_version = 1
	AND NOT EXISTS (SELECT FROM attributions WHERE id = c.resource_id)
	AND (SELECT operation FROM changes WHERE resource_id = c.resource_id AND resource = 'attribution' ORDER BY to_version DESC LIMIT
		1)
	<> 'delete' LIMIT 100;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind,
		t.claim_id AS "from", t.to_id AS "to", t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.id > $1
		ORDER BY t.id LIMIT $2;
SELECT i.id, present.state
	|| CASE WHEN t.method IS NULL THEN '{}' ELSE jsonb_build_object('method', t.method) END, last.state
	FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS i (id, state, n) JOIN links AS t ON t.id = i.id,
	LATERAL (SELECT i.state || jsonb_build_object('created_at', t.created_at, 'updated_at', t.updated_at) AS state) AS present
	LEFT JOIN LATERAL (SELECT state FROM changes WHERE resource_id = i.id AND resource = 'link' ORDER BY to_version DESC LIMIT 1)
	AS last ON true
	WHERE last.state IS DISTINCT FROM present.state OR t.method IS DISTINCT FROM last.state -> 'method' ORDER BY i.n;
SELECT resource_id FROM changes AS c WHERE resource = 'link' AND to_version = 1
	AND NOT EXISTS (SELECT FROM links WHERE id = c.resource_id)
	AND (SELECT operation FROM changes WHERE resource_id = c.resource_id AND resource = 'link' ORDER BY to_version DESC LIMIT 1)
	<> 'delete' LIMIT 100;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS
		"claim", t.author, t.rating, t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.id > $1 ORDER
		BY t.id LIMIT $2;
SELECT i.id, present.state
	|| CASE WHEN t.rating IS NULL THEN '{}' ELSE jsonb_build_object('rating', t.rating) END, last.state
	FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS i (id, state, n) JOIN reviews AS t ON t.id = i.id,
	LATERAL (SELECT i.state || jsonb_build_object('created_at', t.created_at, 'updated_at', t.updated_at) AS state) AS present
	LEFT JOIN LATERAL (SELECT state FROM changes WHERE resource_id = i.id AND resource = 'review' ORDER BY to_version DESC LIMIT 1)
	AS last ON true
	WHERE last.state IS DISTINCT FROM present.state OR t.rating IS DISTINCT FROM last.state -> 'rating' ORDER BY i.n;
SELECT resource_id FROM changes AS c WHERE resource = 'review' AND to_version = 1
	AND NOT EXISTS (SELECT FROM reviews WHERE id = c.resource_id)
	AND (SELECT operation FROM changes WHERE resource_id = c.resource_id AND resource = 'review' ORDER BY to_version DESC LIMIT 1)
	<> 'delete' LIMIT 100;
DECLARE page NO SCROLL CURSOR FOR SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.resource,
		t.a, t.b, t.kind, t.score, t.basis, t.rationale, t.method FROM matches AS t WHERE t.id > $1 ORDER BY t.id LIMIT $2;
SELECT i.id, present.state
	|| CASE WHEN t.method IS NULL THEN '{}' ELSE jsonb_build_object('method', t.method) END, last.state
	FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS i (id, state, n) JOIN matches AS t ON t.id = i.id,
	LATERAL (SELECT i.state || jsonb_build_object('created_at', t.created_at, 'updated_at', t.updated_at) AS state) AS present
	LEFT JOIN LATERAL (SELECT state FROM changes WHERE resource_id = i.id AND resource = 'match' ORDER BY to_version DESC LIMIT 1)
	AS last ON true
	WHERE last.state IS DISTINCT FROM present.state OR t.method IS DISTINCT FROM last.state -> 'method' ORDER BY i.n;
SELECT resource_id FROM changes AS c WHERE resource = 'match' AND to_version = 1
	AND NOT EXISTS (SELECT FROM matches WHERE id = c.resource_id)
	AND (SELECT operation FROM changes WHERE resource_id = c.resource_id AND resource = 'match' ORDER BY to_version DESC LIMIT 1)
	<> 'delete' LIMIT 100;
SELECT t.id, present.state, last.state FROM api_keys AS t,
	LATERAL (SELECT jsonb_strip_nulls(jsonb_build_object('id', t.id, 'version', t.version, 'name', t.name, 'scopes', t.scopes,
		'created_at', t.created_at, 'created_by', t.created_by, 'expires_at', t.expires_at, 'revoked_at', t.revoked_at)) AS state) AS
		present LEFT JOIN LATERAL (
	SELECT state FROM changes WHERE resource_id = t.id AND resource = 'key' ORDER BY to_version DESC LIMIT 1) AS last ON true
	WHERE last.state IS DISTINCT FROM present.state ORDER BY t.id;
SELECT count(*) FROM api_keys;
SELECT resource_id FROM changes AS c WHERE resource = 'key' AND to_version = 1
	AND NOT EXISTS (SELECT FROM api_keys WHERE id = c.resource_id)
	AND (SELECT operation FROM changes WHERE resource_id = c.resource_id AND resource = 'key' ORDER BY to_version DESC LIMIT 1)
	<> 'delete' LIMIT 100;

-- SettleStandings from nothing
SELECT coalesce(at.seq, 0), coalesce(at.algorithm = $1 AND at.seq <= last.seq, false), last.seq
	FROM (SELECT coalesce(max(seq), 0) AS seq FROM sequenced) AS last LEFT JOIN standings_position AS at ON true;
WITH position AS (
	INSERT INTO standings_position (seq, algorithm) VALUES ($1, $2)
	ON CONFLICT (one) DO UPDATE SET (seq, algorithm) = (excluded.seq, excluded.algorithm)
	), before AS (
	DELETE FROM standings_spread
	)
	INSERT INTO standings_spread (kind, things, since, seq) VALUES ('all', '{}', 1, 0);
SELECT id, kind, things, after, since, seq FROM standings_spread ORDER BY seq DESC, id DESC LIMIT 1;
WITH page (id) AS MATERIALIZED (
	SELECT id FROM claims WHERE status = 'active' AND id > $1 ORDER BY id LIMIT $2
	), done AS (
	INSERT INTO standings_due AS due (claim_id, since, seq)
	SELECT id, $3::bigint, $4::bigint FROM (SELECT id FROM page) AS claims
	ON CONFLICT (claim_id) DO UPDATE SET since = least(due.since, excluded.since), seq = greatest(due.seq, excluded.seq), failures =
		0
	)
	SELECT count(*), (SELECT id FROM page ORDER BY id DESC LIMIT 1) FROM page;
DELETE FROM standings_spread WHERE id = $1;
begin isolation level repeatable read;
SELECT now(), (SELECT coalesce(max(seq), 0) FROM sequenced), coalesce(
	nullif(ARRAY (SELECT claim_id FROM standings_due WHERE failures = 0 ORDER BY seq DESC LIMIT $1), '{}'),
	ARRAY (SELECT claim_id FROM standings_due WHERE failures > 0 AND retry_at <= now() ORDER BY retry_at, claim_id LIMIT 1));
SET LOCAL plan_cache_mode = force_generic_plan;
SELECT (CASE WHEN pg_is_in_recovery() THEN pg_snapshot_xmin(seen) ELSE pg_snapshot_xmax(seen) END)::text::bigint,
	ARRAY (SELECT xid::text::bigint FROM pg_snapshot_xip(seen) AS xid) FROM pg_current_snapshot() AS seen;
WITH RECURSIVE reach (claim, bearing, guessed) AS (
	SELECT claim, bearing, false FROM unnest($1::uuid[]) AS claim, (VALUES (0), (2)) AS start (bearing)
	UNION
	SELECT next.claim, next.bearing, next.guessed FROM reach, LATERAL (
	SELECT to_id, CASE kind WHEN 'equivalent' THEN CASE bearing WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 END WHEN
		'refines' THEN CASE bearing WHEN 2 THEN 2 END WHEN 'contradicts' THEN CASE degree WHEN 'direct' THEN CASE bearing WHEN 2 THEN 3
		END WHEN 'tension' THEN CASE bearing WHEN 2 THEN 4 END END END, guessed OR (status = 'proposed' AND NOT $2)
	FROM links WHERE claim_id = claim AND bearing <> 4 AND (status = 'accepted' OR status = 'proposed' AND NOT guessed)
	UNION ALL
	SELECT claim_id, CASE kind WHEN 'equivalent' THEN CASE bearing WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 END WHEN
		'refines' THEN CASE bearing WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 3 THEN 3 END WHEN 'corroborates' THEN CASE bearing WHEN 0 THEN 1
		END WHEN 'contradicts' THEN CASE degree WHEN 'direct' THEN CASE bearing WHEN 2 THEN 3 END WHEN 'tension' THEN CASE bearing WHEN
		2 THEN 4 END END END, guessed OR (status = 'proposed' AND NOT $2)
	FROM links WHERE to_id = claim AND bearing <> 4 AND (status = 'accepted' OR status = 'proposed' AND NOT guessed)
	UNION ALL SELECT id, bearing, guessed FROM claims WHERE merged_into = claim
	UNION ALL SELECT merged_into, bearing, guessed FROM claims WHERE id = claim AND merged_into IS NOT NULL
	) AS next (claim, bearing, guessed)
	WHERE next.bearing IS NOT NULL)
	SELECT coalesce(array_agg(DISTINCT claim) FILTER (WHERE bearing <> 4), '{}'), coalesce(array_agg(DISTINCT claim), '{}') FROM
		reach;
SELECT id, status, merged_into FROM claims WHERE id = ANY ($1);
SELECT id, kind, claim_id AS "from", to_id AS "to", degree, rationale, status FROM links
	WHERE status <> 'rejected' AND claim_id = ANY ($1) AND to_id = ANY ($1);
SELECT id, claim_id, document_id, stance, status, source_ids, chain #>> '{-1,certainty}', chain #>> '{-1,evidence}',
	chain #>> '{-1,endorsement}',
	CASE WHEN chain @? '$[*].said_at' THEN (SELECT json_agg(coalesce(hop -> 'said_at', '{}') ORDER BY place)
	FROM jsonb_array_elements(chain) WITH ORDINALITY AS hops (hop, place)) END,
	CASE WHEN chain @? '$[*].act' THEN ARRAY (SELECT coalesce(hop ->> 'act', '')
	FROM jsonb_array_elements(chain) WITH ORDINALITY AS hops (hop, place) ORDER BY place) END,
	credibility, confidence
	FROM attributions WHERE claim_id = ANY ($1) AND status <> 'rejected';
WITH RECURSIVE documented (id, publisher, derived_from, earliest, latest, altered, status) AS (
	SELECT id, publisher, derived_from, published ->> 'earliest', published ->> 'latest', text_altered, status FROM documents
	WHERE id = ANY ($1)
	UNION
	SELECT d.id, d.publisher, d.derived_from, d.published ->> 'earliest', d.published ->> 'latest', d.text_altered, d.status
	FROM documented JOIN documents AS d ON d.id = documented.derived_from)
	SELECT * FROM documented;
WITH RECURSIVE above (id) AS (
	SELECT unnest($1::uuid[])
	UNION
	SELECT next.id FROM above AS at, LATERAL (SELECT object FROM relations WHERE subject = at.id AND controls AND status = 'active'
		UNION ALL SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id))
	SELECT coalesce(array_agg(id), '{}') FROM above;
SELECT id, kind, anonymous, reliability, control_reviewed_at, status, merged_into FROM sources WHERE id = ANY ($1);
SELECT id, subject, kind, object, share, since, until, status FROM relations WHERE subject = ANY ($1) AND controls
	AND status = 'active';
SET LOCAL plan_cache_mode TO DEFAULT;
INSERT INTO standing_changes (seq, at, claim_id, as_of, algorithm, standing_before, min_before, max_before,
	exact_before, standing_after, min_after, max_after, exact_after)
	SELECT (SELECT coalesce(max(seq), 0) FROM standing_changes) + row_number() OVER (ORDER BY claim_id), $9::timestamptz,
	claim_id, $7::bigint, $8::text,
	before.standing, before.origins_min, before.origins_max, before.origins_exact,
	now.standing, now.origins_min, now.origins_max, now.origins_exact
	FROM (SELECT * FROM standings WHERE claim_id = ANY ($1::uuid[])) AS before
	FULL JOIN unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::boolean[])
	AS now (claim_id, standing, origins_min, origins_max, origins_exact) USING (claim_id)
	WHERE (before.standing, before.origins_min, before.origins_max, before.origins_exact)
	IS DISTINCT FROM (now.standing, now.origins_min, now.origins_max, now.origins_exact);
INSERT INTO standings (claim_id, standing, origins_min, origins_max, lines, probability, affirming, denying, appeared,
	origins_exact, as_of, algorithm)
	SELECT claim, standing, least_origins, most_origins, lines, probability, affirming, denying, appeared, exact,
	$11::bigint, $12::text
	FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::int[], $6::double precision[], $7::int[], $8::int[],
	$9::timestamptz[], $10::boolean[]) AS rows (claim, standing, least_origins, most_origins, lines, probability,
	affirming, denying, appeared, exact)
	ON CONFLICT (claim_id) DO UPDATE SET (standing, origins_min, origins_max, lines, probability, affirming, denying, appeared,
	origins_exact, as_of, algorithm) = (excluded.standing, excluded.origins_min, excluded.origins_max, excluded.lines,
	excluded.probability, excluded.affirming, excluded.denying, excluded.appeared, excluded.origins_exact, excluded.as_of,
	excluded.algorithm);
DELETE FROM standings WHERE claim_id = ANY ($1) AND NOT claim_id = ANY ($2);
DELETE FROM standings_due WHERE claim_id = ANY ($1);
DELETE FROM standing_changes WHERE seq < (SELECT max(seq) FROM standing_changes) AND seq IN (
	SELECT seq FROM (SELECT seq, at FROM standing_changes ORDER BY seq LIMIT 1000) AS oldest WHERE at < now() - interval '30 days');

-- SettleStandings
WITH taken AS MATERIALIZED (
	SELECT sequenced.seq, now.resource, now.resource_id, now.state AS now, before.state AS before, now.from_version > 0 AS is_old
	FROM sequenced JOIN LATERAL (
	SELECT * FROM changes WHERE changes.xid = sequenced.xid AND changes.id = sequenced.change LIMIT 1) AS now ON true
	LEFT JOIN LATERAL (
	SELECT state FROM changes WHERE changes.resource_id = now.resource_id AND changes.to_version = now.from_version
	AND changes.resource = now.resource LIMIT 1) AS before ON true
	WHERE sequenced.seq > $1 AND sequenced.seq <= $2
	), touched (kind, thing, since, seq) AS (
	SELECT CASE WHEN resource IN ('source', 'relation') THEN 'sources' WHEN resource = 'document' THEN 'documents'
	ELSE 'claims' END, thing, min(seq), max(seq)
	FROM taken, LATERAL unnest(CASE
	WHEN resource = 'attribution' THEN ARRAY[now ->> 'claim', before ->> 'claim']
	WHEN resource = 'link' THEN ARRAY[now ->> 'from', now ->> 'to', before ->> 'from', before ->> 'to']
	WHEN resource = 'claim' THEN ARRAY[resource_id::text, now ->> 'merged_into', before ->> 'merged_into']
	WHEN resource = 'source'
	THEN ARRAY[CASE WHEN is_old THEN resource_id::text END, now ->> 'merged_into', before ->> 'merged_into']
	WHEN resource = 'relation' THEN ARRAY[now ->> 'subject', before ->> 'subject']
	WHEN resource = 'document' THEN ARRAY[CASE WHEN is_old THEN resource_id::text END]
	END::uuid[]) AS thing
	WHERE thing IS NOT NULL GROUP BY 1, 2
	), spread AS (
	INSERT INTO standings_spread (kind, things, since, seq)
	SELECT kind, array_agg(thing), min(since), max(seq) FROM (
	SELECT *, row_number() OVER (PARTITION BY kind ORDER BY seq, thing) / 50 AS part FROM touched) AS parts
	GROUP BY kind, part ORDER BY max(seq)
	)
	UPDATE standings_position SET seq = $2;
WITH RECURSIVE below (id) AS (
	SELECT unnest($1::uuid[])
	UNION
	SELECT next.id FROM below AS at, LATERAL (
	SELECT subject FROM relations WHERE object = at.id AND controls AND status = 'active'
	UNION ALL SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id)
	)
	SELECT array_agg(id) FROM (SELECT id, row_number() OVER (ORDER BY id) / 50 AS part FROM below) AS numbered GROUP BY part;
INSERT INTO standings_spread (kind, things, since, seq) VALUES ('publishers', $1, $2, $3), ('tellers', $1, $2, $3);
WITH page (id) AS MATERIALIZED (
	SELECT DISTINCT found.claim_id AS id FROM unnest($1::uuid[]) AS source, generate_series(0, 2) AS place, LATERAL (
	SELECT claim_id FROM appearances WHERE source_id = source AND appearances.place = place.place AND claim_id > $2
	ORDER BY claim_id LIMIT $3) AS found
	ORDER BY id LIMIT $3
	), done AS (
	INSERT INTO standings_spread (kind, things, since, seq) SELECT 'claims', array_agg(id), $4::bigint, $5::bigint FROM (
	SELECT id, row_number() OVER (ORDER BY id) / 500 AS part FROM page) AS parts GROUP BY part
	)
	SELECT count(*), (SELECT id FROM page ORDER BY id DESC LIMIT 1) FROM page;
WITH page (id) AS MATERIALIZED (
	SELECT original.id FROM unnest($1::uuid[]) AS source, LATERAL (
	SELECT id FROM documents WHERE publisher = source AND id > $2
	AND EXISTS (SELECT FROM documents AS reprint WHERE reprint.derived_from = documents.id)
	ORDER BY id LIMIT $3) AS original
	ORDER BY id LIMIT $3
	), done AS (
	INSERT INTO standings_spread (kind, things, since, seq) SELECT 'documents', array_agg(id), $4::bigint, $5::bigint FROM (
	SELECT id, row_number() OVER (ORDER BY id) / 500 AS part FROM page) AS parts GROUP BY part
	)
	SELECT count(*), (SELECT id FROM page ORDER BY id DESC LIMIT 1) FROM page;
SELECT now(), (SELECT coalesce(max(seq), 0) FROM sequenced), coalesce(
	nullif(ARRAY (SELECT claim_id FROM standings_due WHERE failures = 0 ORDER BY seq ASC LIMIT $1), '{}'),
	ARRAY (SELECT claim_id FROM standings_due WHERE failures > 0 AND retry_at <= now() ORDER BY retry_at, claim_id LIMIT 1));

-- Standings
SELECT claim_id, standing, origins_min, origins_max, origins_exact, lines, probability, affirming, denying, appeared,
	right_at, right_at < newest OR algorithm <> $2, algorithm
	FROM (
	SELECT s.*, newest, CASE WHEN algorithm = $2 THEN greatest(as_of, least(settled, (
	SELECT since - 1 FROM standings_due AS due WHERE due.claim_id = s.claim_id))) ELSE as_of END AS right_at
	FROM standings AS s JOIN claims ON claims.id = s.claim_id AND claims.status = 'active',
	(SELECT greatest(0, least((SELECT seq FROM standings_position), (SELECT min(since) - 1 FROM standings_spread))) AS settled,
		(SELECT coalesce(max(seq), 0) FROM sequenced) AS newest) AS follower
	WHERE s.claim_id = ANY ($1)
	) AS found;

-- KeptStandingChanges
SELECT coalesce(min(seq) - 1, 0), coalesce(max(seq), 0) FROM standing_changes;

-- StandingChangesBetween
SELECT seq, at, claim_id, as_of, algorithm, standing_before, min_before, max_before,
	exact_before, standing_after, min_after, max_after, exact_after FROM standing_changes WHERE seq > $1 AND seq <= $2 ORDER BY seq
		LIMIT 11;

-- StandingChanges
SELECT seq, at, claim_id, as_of, algorithm, standing_before, min_before, max_before,
	exact_before, standing_after, min_after, max_after, exact_after FROM standing_changes WHERE seq > $1 AND seq <= $2 AND claim_id
		= $3 ORDER BY seq LIMIT 11;

-- Claims by standing
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, 0::real AS score, false AS approximate, false AS truncated, s.width,
		least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1)
	ORDER BY coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) ASC, s.claim_id ASC LIMIT 2;

-- Claims by standing, the next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, 0::real AS score, false AS approximate, false AS truncated, s.width,
		least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1) AND (coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0), s.claim_id) > ($2::text::int, $3::text::uuid)
	ORDER BY coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) ASC, s.claim_id ASC LIMIT 2;

-- Claims with words by standing
WITH candidates AS MATERIALIZED (SELECT t.id FROM claims AS t WHERE t.terms @@ $2::text::tsquery LIMIT 10001) SELECT t.id, t.key,
		t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities, t.event_time, t.places,
		t.topics, t.scope, t.method, 0::real AS score, false AS approximate, (SELECT count(*) > 10000 FROM candidates) AS truncated,
		s.width, least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1) AND t.id IN (SELECT id FROM candidates)
	ORDER BY coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) ASC, s.claim_id ASC LIMIT 2;

-- Claims by -standing
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, 0::real AS score, false AS approximate, false AS truncated, s.width,
		least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1)
	ORDER BY coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) DESC, s.claim_id DESC LIMIT 2;

-- Claims by -standing, the next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, 0::real AS score, false AS approximate, false AS truncated, s.width,
		least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1) AND (coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0), s.claim_id) < ($2::text::int, $3::text::uuid)
	ORDER BY coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) DESC, s.claim_id DESC LIMIT 2;

-- Claims with words by -standing
WITH candidates AS MATERIALIZED (SELECT t.id FROM claims AS t WHERE t.terms @@ $2::text::tsquery LIMIT 10001) SELECT t.id, t.key,
		t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities, t.event_time, t.places,
		t.topics, t.scope, t.method, 0::real AS score, false AS approximate, (SELECT count(*) > 10000 FROM candidates) AS truncated,
		s.width, least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1) AND t.id IN (SELECT id FROM candidates)
	ORDER BY coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) DESC, s.claim_id DESC LIMIT 2;

-- Claims by -width
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, 0::real AS score, false AS approximate, false AS truncated, s.width,
		least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1)
	ORDER BY s.width DESC, s.claim_id DESC LIMIT 2;

-- Claims by -width, the next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, 0::real AS score, false AS approximate, false AS truncated, s.width,
		least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1) AND (s.width, s.claim_id) < ($2::text::int, $3::text::uuid)
	ORDER BY s.width DESC, s.claim_id DESC LIMIT 2;

-- Claims with words by -width
WITH candidates AS MATERIALIZED (SELECT t.id FROM claims AS t WHERE t.terms @@ $2::text::tsquery LIMIT 10001) SELECT t.id, t.key,
		t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities, t.event_time, t.places,
		t.topics, t.scope, t.method, 0::real AS score, false AS approximate, (SELECT count(*) > 10000 FROM candidates) AS truncated,
		s.width, least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1) AND t.id IN (SELECT id FROM candidates)
	ORDER BY s.width DESC, s.claim_id DESC LIMIT 2;

-- Claims by -contested
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, 0::real AS score, false AS approximate, false AS truncated, s.width,
		least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1)
	ORDER BY least(s.affirming, s.denying) DESC, s.claim_id DESC LIMIT 2;

-- Claims by -contested, the next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, 0::real AS score, false AS approximate, false AS truncated, s.width,
		least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1) AND (least(s.affirming, s.denying), s.claim_id) < ($2::text::int, $3::text::uuid)
	ORDER BY least(s.affirming, s.denying) DESC, s.claim_id DESC LIMIT 2;

-- Claims with words by -contested
WITH candidates AS MATERIALIZED (SELECT t.id FROM claims AS t WHERE t.terms @@ $2::text::tsquery LIMIT 10001) SELECT t.id, t.key,
		t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities, t.event_time, t.places,
		t.topics, t.scope, t.method, 0::real AS score, false AS approximate, (SELECT count(*) > 10000 FROM candidates) AS truncated,
		s.width, least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1) AND t.id IN (SELECT id FROM candidates)
	ORDER BY least(s.affirming, s.denying) DESC, s.claim_id DESC LIMIT 2;

-- Claims by -appeared
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, 0::real AS score, false AS approximate, false AS truncated, s.width,
		least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1)
	ORDER BY coalesce(s.appeared, '-infinity') DESC, s.claim_id DESC LIMIT 2;

-- Claims by -appeared, the next page
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method, 0::real AS score, false AS approximate, false AS truncated, s.width,
		least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1) AND (coalesce(s.appeared, '-infinity'), s.claim_id) < ($2::text::timestamptz, $3::text::uuid)
	ORDER BY coalesce(s.appeared, '-infinity') DESC, s.claim_id DESC LIMIT 2;

-- Claims with words by -appeared
WITH candidates AS MATERIALIZED (SELECT t.id FROM claims AS t WHERE t.terms @@ $2::text::tsquery LIMIT 10001) SELECT t.id, t.key,
		t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities, t.event_time, t.places,
		t.topics, t.scope, t.method, 0::real AS score, false AS approximate, (SELECT count(*) > 10000 FROM candidates) AS truncated,
		s.width, least(s.affirming, s.denying) AS contested,
	coalesce(array_position(
	'{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
	s.standing), 0) AS rank, s.appeared FROM standings AS s JOIN claims AS t ON t.id = s.claim_id WHERE t.status = 'active' AND
		s.standing = ANY ($1) AND t.id IN (SELECT id FROM candidates)
	ORDER BY coalesce(s.appeared, '-infinity') DESC, s.claim_id DESC LIMIT 2;

-- CountClaims
SELECT count(*) FROM (SELECT t.id, t.status, t.topics, t.places, t.languages FROM claims AS t WHERE entry_keys(t.places) @>
		entry_keys($1::text[]) AND t.places @> $1::text[] AND t.terms @@ $2::text::tsquery LIMIT 10001) AS found;

-- ClaimFacets
WITH RECURSIVE found AS MATERIALIZED (SELECT t.id, t.status, t.topics, t.places, t.languages FROM claims AS t WHERE
		entry_keys(t.places) @> entry_keys($1::text[]) AND t.places @> $1::text[] AND t.terms @@ $2::text::tsquery LIMIT 10001),
	counted AS MATERIALIZED (SELECT * FROM found LIMIT 10000),
	publications AS MATERIALIZED (SELECT a.claim_id, a.publisher, a.source_ids[cardinality(a.source_ids)] AS origin
	FROM counted JOIN attributions AS a ON a.claim_id = counted.id WHERE a.status = 'accepted' LIMIT 100001),
	speaking_above (id) AS (
	SELECT publisher FROM publications UNION SELECT origin FROM publications
	UNION SELECT merged.merged_into FROM speaking_above JOIN sources AS merged ON merged.id = speaking_above.id AND
		merged.merged_into IS NOT NULL), speaking (id, speaks_as) AS (
	SELECT id, id FROM speaking_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speaking.speaks_as FROM speaking CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speaking.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speaking_above)) IS TRUE)
	SELECT 'total' AS facet, '' AS value, count(*) AS n FROM found
	UNION ALL SELECT 'publications', '', count(*) FROM publications
	UNION ALL (SELECT 'standing' AS facet, value, n FROM (SELECT s.standing AS value, count(*) AS n FROM counted JOIN standings AS s
		ON s.claim_id = counted.id WHERE counted.status = 'active' GROUP BY 1) AS values
	ORDER BY n DESC, value COLLATE "C" LIMIT 21)
	UNION ALL (SELECT 'topic' AS facet, value, n FROM (SELECT topic AS value, count(*) AS n FROM counted, unnest(topics) AS topic
		GROUP BY 1) AS values
	ORDER BY n DESC, value COLLATE "C" LIMIT 21)
	UNION ALL (SELECT 'place' AS facet, value, n FROM (SELECT place AS value, count(*) AS n FROM counted, unnest(places) AS place
		GROUP BY 1) AS values
	ORDER BY n DESC, value COLLATE "C" LIMIT 21)
	UNION ALL (SELECT 'publisher' AS facet, value, n FROM (SELECT speaking.speaks_as::text AS value, count(DISTINCT
		publications.claim_id) AS n FROM publications JOIN speaking ON speaking.id = publications.publisher GROUP BY 1) AS values
	ORDER BY n DESC, value COLLATE "C" LIMIT 21)
	UNION ALL (SELECT 'origin' AS facet, value, n FROM (SELECT speaking.speaks_as::text AS value, count(DISTINCT
		publications.claim_id) AS n FROM publications JOIN speaking ON speaking.id = publications.origin GROUP BY 1) AS values
	ORDER BY n DESC, value COLLATE "C" LIMIT 21)
	UNION ALL SELECT 'language', tags, count(*) FROM (SELECT (SELECT string_agg(DISTINCT split_part(lower(tag), '-', 1), ' ')
	FROM unnest(languages) AS tag) AS tags FROM counted) AS spoken GROUP BY tags;

-- Changes, next page
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE s.seq > $1::text::bigint ORDER BY s.seq LIMIT
		2;

-- Changes by Resource, next page
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.resource = $1 AND s.seq > $2::text::bigint
		ORDER BY s.seq LIMIT 2;

-- Changes by ResourceID
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.resource_id = $1 ORDER BY s.seq LIMIT 2;

-- Changes by ResourceID, next page
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.resource_id = $1 AND s.seq > $2::text::bigint
		ORDER BY s.seq LIMIT 2;

-- Changes by Actor
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.actor = $1 ORDER BY s.seq LIMIT 2;

-- Changes by Actor, next page
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.actor = $1 AND s.seq > $2::text::bigint ORDER
		BY s.seq LIMIT 2;

-- Changes by Operation
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.operation = $1 ORDER BY s.seq LIMIT 2;

-- Changes by Operation, next page
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.operation = $1 AND s.seq > $2::text::bigint
		ORDER BY s.seq LIMIT 2;

-- Changes by Group
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.group_id = $1 AND t.group_id <>
		'00000000-0000-0000-0000-000000000000' ORDER BY s.seq LIMIT 2;

-- Changes by Group, next page
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.group_id = $1 AND t.group_id <>
		'00000000-0000-0000-0000-000000000000' AND s.seq > $2::text::bigint ORDER BY s.seq LIMIT 2;

-- Changes by Descending
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change ORDER BY s.seq DESC LIMIT 2;

-- Changes by Descending, next page
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE s.seq < $1::text::bigint ORDER BY s.seq DESC
		LIMIT 2;

-- Changes by Resource and Operation, next page
SELECT s.seq, t.id, t.at, t.actor, t.actor_id,
	nullif(t.group_id, '00000000-0000-0000-0000-000000000000') AS "group", t.operation, t.resource, t.resource_id, t.from_version,
		t.to_version, t.reason, CASE t.resource WHEN 'key' THEN jsonb_build_object('id', t.state -> 'id', 'name', t.state -> 'name')
		ELSE t.state END AS state
	FROM sequenced AS s JOIN changes AS t ON t.xid = s.xid AND t.id = s.change WHERE t.resource = $1 AND t.operation = $2 AND s.seq
		> $3::text::bigint ORDER BY s.seq LIMIT 2;

-- FactChecks
SELECT r.root, r.claim_reviewed AS wording, 0::real AS score, nullif(r.at, '-infinity') AS at, r.id AS newest, false AS fuzzy
	FROM (SELECT r.*, coalesce(moment_first(r.published), '-infinity') AS at, CASE c.status WHEN 'active' THEN c.id WHEN 'merged'
		THEN claim_speaks_as(c.id) END AS root
	FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.status = 'active') AS r
	WHERE r.root IS NOT NULL AND NOT EXISTS (
	SELECT FROM reviews AS newer WHERE newer.claim_id IN (SELECT claim_voices(r.root)) AND newer.claim_reviewed = r.claim_reviewed
	AND (coalesce(moment_first(newer.published), '-infinity'), newer.id) > (r.at, r.id) AND newer.status = 'active' OFFSET 0)
	ORDER BY r.at DESC, r.id DESC LIMIT 2 OFFSET 0;
SELECT id, statement FROM claims WHERE id = ANY ($1);
WITH RECURSIVE family (id, place, wording) AS (
	SELECT root, place, wording FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS page (root, wording, place)
	UNION SELECT merged.id, family.place, family.wording FROM family JOIN claims AS merged ON merged.merged_into = family.id)
	SELECT place, author, label, title, url, language, published FROM (
	SELECT family.place, r.author, r.rating ->> 'label' AS label, r.title, r.url, r.language, r.published,
	row_number() OVER (PARTITION BY family.place ORDER BY coalesce(moment_first(r.published), '-infinity') DESC, r.id DESC) AS nth
	FROM family JOIN reviews AS r ON r.claim_id = family.id AND r.claim_reviewed = family.wording WHERE r.status = 'active') AS r
	WHERE nth <= 100 ORDER BY place, nth;
WITH RECURSIVE family (id, root) AS (
	SELECT DISTINCT root, root FROM unnest($1::uuid[]) AS root
	UNION SELECT merged.id, family.root FROM family JOIN claims AS merged ON merged.merged_into = family.id)
	SELECT DISTINCT ON (family.root) family.root, a.source_ids[cardinality(a.source_ids)] AS origin,
	coalesce(CASE
	WHEN a.chain #>> '{-1,said_at,earliest}' = a.chain #>> '{-1,said_at,latest}' THEN a.chain #>> '{-1,said_at,earliest}'
	WHEN a.chain #> '{-1,said_at}' IS NULL AND d.published ->> 'earliest' = d.published ->> 'latest'
	THEN d.published ->> 'earliest' END, '') AS said
	FROM family JOIN attributions AS a ON a.claim_id = family.id JOIN documents AS d ON d.id = a.document_id
	WHERE a.status = 'accepted' AND a.stance = 'affirms' AND d.status = 'active'
	ORDER BY family.root, coalesce(d.published_from, 'infinity'), a.id;
WITH RECURSIVE speakers_above (id) AS (
	SELECT unnest($1::uuid[])
	UNION SELECT merged.merged_into FROM speakers_above JOIN sources AS merged ON merged.id = speakers_above.id AND
		merged.merged_into IS NOT NULL), speakers (id, speaks_as) AS (
	SELECT id, id FROM speakers_above AS above WHERE (SELECT merged_into IS NULL FROM sources AS last WHERE last.id = above.id)
	UNION ALL SELECT merged.id, speakers.speaks_as FROM speakers CROSS JOIN LATERAL (
	SELECT id FROM sources WHERE merged_into = speakers.id OFFSET 0) AS merged
	WHERE (merged.id IN (SELECT id FROM speakers_above)) IS TRUE)
	SELECT speakers.id AS source, s.name, s.names, s.domains, s.url FROM speakers CROSS JOIN LATERAL (
	SELECT name, names, domains, url FROM sources WHERE sources.id = speaks_as OFFSET 0) AS s;

-- FactChecks, next page
SELECT r.root, r.claim_reviewed AS wording, 0::real AS score, nullif(r.at, '-infinity') AS at, r.id AS newest, false AS fuzzy
	FROM (SELECT r.*, coalesce(moment_first(r.published), '-infinity') AS at, CASE c.status WHEN 'active' THEN c.id WHEN 'merged'
		THEN claim_speaks_as(c.id) END AS root
	FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.status = 'active' AND (coalesce(moment_first(r.published),
		'-infinity'), r.id) < ($1::text::timestamptz, $2::text::uuid)) AS r
	WHERE r.root IS NOT NULL AND NOT EXISTS (
	SELECT FROM reviews AS newer WHERE newer.claim_id IN (SELECT claim_voices(r.root)) AND newer.claim_reviewed = r.claim_reviewed
	AND (coalesce(moment_first(newer.published), '-infinity'), newer.id) > (r.at, r.id) AND newer.status = 'active' OFFSET 0)
	ORDER BY r.at DESC, r.id DESC LIMIT 2 OFFSET 0;

-- FactChecks by Q
WITH found AS MATERIALIZED ((SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END AS root,
		NULL AS wording, 2 AS score FROM claims AS c WHERE text_sums(c.folded) && text_sums($1::text)
	AND (c.status = 'merged' OR c.status = 'active' AND (EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = c.id
	AND r.status = 'active' OFFSET 0) OR EXISTS (SELECT FROM claims AS m WHERE m.merged_into = c.id OFFSET 0))) LIMIT 10000)
	UNION ALL (SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END, r.claim_reviewed, 2 FROM
		reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.folded <> ''
	AND text_sums(r.folded) && text_sums($1::text) AND r.status = 'active' LIMIT 10000) UNION ALL (SELECT CASE c.status WHEN
		'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END AS root, NULL AS wording, ts_rank(c.terms, $2::text::tsquery)
		AS score FROM claims AS c WHERE c.terms @@ $2::text::tsquery
	AND (c.status = 'merged' OR c.status = 'active' AND (EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = c.id
	AND r.status = 'active' OFFSET 0) OR EXISTS (SELECT FROM claims AS m WHERE m.merged_into = c.id OFFSET 0))) LIMIT 10000)
	UNION ALL (SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END, r.claim_reviewed,
		ts_rank(r.terms, $2::text::tsquery) FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.folded <> ''
	AND r.terms @@ $2::text::tsquery AND r.status = 'active' LIMIT 10000)
	), statements AS (
	SELECT root, max(score) AS score FROM found WHERE root IS NOT NULL AND wording IS NULL GROUP BY root
	), results AS (
	SELECT root, wording, score + CASE WHEN score >= 2 AND wording = '' THEN 1 ELSE 0 END AS score FROM statements, LATERAL (
	SELECT r.claim_reviewed FROM reviews AS r WHERE r.claim_id = root AND r.status = 'active'
	UNION SELECT r.claim_reviewed FROM (SELECT claim_voices(CASE WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = root
		OFFSET 0) THEN root END)) AS voices (claim) JOIN reviews AS r ON r.claim_id = claim
	WHERE r.status = 'active') AS reviewed (wording)
	UNION ALL SELECT root, wording, score + CASE WHEN score >= 2 THEN 1 ELSE 0 END FROM found WHERE root IS NOT NULL
	AND wording IS NOT NULL
	), scored AS (
	SELECT root, wording, (score + CASE WHEN score >= 2 AND CASE wording WHEN '' THEN EXISTS (SELECT FROM claims AS c,
		jsonb_each_text(c.statement) AS statement
	WHERE c.id = root AND btrim(statement.value, E' \t\r\n') = $3::text)
	ELSE btrim(wording, E' \t\r\n') = $3::text END THEN 0.5 ELSE 0 END)::real AS score
	FROM (SELECT root, wording, max(score) AS score FROM results GROUP BY root, wording) AS best
	)
	SELECT root, wording, score, NULL::timestamptz AS at, root AS newest, false AS fuzzy FROM scored WHERE true
	ORDER BY score DESC, root, CASE wording WHEN '' THEN '00000000-0000-0000-0000-000000000000' ELSE md5(wording)::uuid END LIMIT 2;
WITH found AS MATERIALIZED (SELECT * FROM ((SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id)
		END AS root, NULL AS wording, word_similarity($1::text, c.folded) AS score FROM claims AS c WHERE $1::text <% c.folded AND NOT
		c.terms @@ $2::text::tsquery
	AND (c.status = 'merged' OR c.status = 'active' AND (EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = c.id
	AND r.status = 'active' OFFSET 0) OR EXISTS (SELECT FROM claims AS m WHERE m.merged_into = c.id OFFSET 0))))
	UNION ALL (SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END, r.claim_reviewed,
		word_similarity($1::text, r.folded) FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.folded <> ''
	AND $1::text <% r.folded AND NOT r.terms @@ $2::text::tsquery AND r.status = 'active')) AS found WHERE NOT EXISTS (SELECT FROM
		claims AS c WHERE c.id = root AND c.terms @@ $2::text::tsquery) AND NOT EXISTS (SELECT FROM claims AS c WHERE c.id IN (SELECT
		claim_voices(CASE WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = root OFFSET 0) THEN root END)) AND c.terms @@
		$2::text::tsquery)
	), statements AS (
	SELECT root, max(score) AS score FROM found WHERE root IS NOT NULL AND wording IS NULL GROUP BY root
	), results AS (
	SELECT root, wording, score + CASE WHEN score >= 2 AND wording = '' THEN 1 ELSE 0 END AS score FROM statements, LATERAL (
	SELECT r.claim_reviewed FROM reviews AS r WHERE r.claim_id = root AND r.status = 'active' AND NOT r.terms @@ $2::text::tsquery
	UNION SELECT r.claim_reviewed FROM (SELECT claim_voices(CASE WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = root
		OFFSET 0) THEN root END)) AS voices (claim) JOIN reviews AS r ON r.claim_id = claim
	WHERE r.status = 'active' AND NOT r.terms @@ $2::text::tsquery) AS reviewed (wording)
	UNION ALL SELECT root, wording, score + CASE WHEN score >= 2 THEN 1 ELSE 0 END FROM found WHERE root IS NOT NULL
	AND wording IS NOT NULL
	), scored AS (
	SELECT root, wording, (score + CASE WHEN score >= 2 AND CASE wording WHEN '' THEN EXISTS (SELECT FROM claims AS c,
		jsonb_each_text(c.statement) AS statement
	WHERE c.id = root AND btrim(statement.value, E' \t\r\n') = $3::text)
	ELSE btrim(wording, E' \t\r\n') = $3::text END THEN 0.5 ELSE 0 END)::real AS score
	FROM (SELECT root, wording, max(score) AS score FROM results GROUP BY root, wording) AS best
	)
	SELECT root, wording, score, NULL::timestamptz AS at, root AS newest, true AS fuzzy FROM scored WHERE true
	ORDER BY score DESC, root, CASE wording WHEN '' THEN '00000000-0000-0000-0000-000000000000' ELSE md5(wording)::uuid END LIMIT 2;

-- FactChecks by Language
SELECT r.root, r.claim_reviewed AS wording, 0::real AS score, nullif(r.at, '-infinity') AS at, r.id AS newest, false AS fuzzy
	FROM (SELECT r.*, coalesce(moment_first(r.published), '-infinity') AS at, CASE c.status WHEN 'active' THEN c.id WHEN 'merged'
		THEN claim_speaks_as(c.id) END AS root
	FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.status = 'active' AND (split_part(lower(r.language), '-', 1) =
		ANY ($1::text[]) OR r.language = '' AND EXISTS (SELECT FROM claims AS c, unnest(c.languages) AS tag WHERE c.id = r.claim_id AND
		split_part(lower(tag), '-', 1) = ANY ($2::text[]) OFFSET 0))) AS r
	WHERE r.root IS NOT NULL AND NOT EXISTS (
	SELECT FROM reviews AS newer WHERE newer.claim_id IN (SELECT claim_voices(r.root)) AND newer.claim_reviewed = r.claim_reviewed
	AND (coalesce(moment_first(newer.published), '-infinity'), newer.id) > (r.at, r.id) AND newer.status = 'active' AND
		(split_part(lower(newer.language), '-', 1) = ANY ($3::text[]) OR newer.language = '' AND EXISTS (SELECT FROM claims AS c,
		unnest(c.languages) AS tag WHERE c.id = newer.claim_id AND split_part(lower(tag), '-', 1) = ANY ($4::text[]) OFFSET 0)) OFFSET
		0)
	ORDER BY r.at DESC, r.id DESC LIMIT 2 OFFSET 0;
WITH RECURSIVE family (id, place, wording) AS (
	SELECT root, place, wording FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS page (root, wording, place)
	UNION SELECT merged.id, family.place, family.wording FROM family JOIN claims AS merged ON merged.merged_into = family.id)
	SELECT place, author, label, title, url, language, published FROM (
	SELECT family.place, r.author, r.rating ->> 'label' AS label, r.title, r.url, r.language, r.published,
	row_number() OVER (PARTITION BY family.place ORDER BY coalesce(moment_first(r.published), '-infinity') DESC, r.id DESC) AS nth
	FROM family JOIN reviews AS r ON r.claim_id = family.id AND r.claim_reviewed = family.wording WHERE r.status = 'active' AND
		(split_part(lower(r.language), '-', 1) = ANY ($3::text[]) OR r.language = '' AND EXISTS (SELECT FROM claims AS c,
		unnest(c.languages) AS tag WHERE c.id = r.claim_id AND split_part(lower(tag), '-', 1) = ANY ($4::text[]) OFFSET 0))) AS r
	WHERE nth <= 100 ORDER BY place, nth;

-- FactChecks by Language, next page
SELECT r.root, r.claim_reviewed AS wording, 0::real AS score, nullif(r.at, '-infinity') AS at, r.id AS newest, false AS fuzzy
	FROM (SELECT r.*, coalesce(moment_first(r.published), '-infinity') AS at, CASE c.status WHEN 'active' THEN c.id WHEN 'merged'
		THEN claim_speaks_as(c.id) END AS root
	FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.status = 'active' AND (split_part(lower(r.language), '-', 1) =
		ANY ($1::text[]) OR r.language = '' AND EXISTS (SELECT FROM claims AS c, unnest(c.languages) AS tag WHERE c.id = r.claim_id AND
		split_part(lower(tag), '-', 1) = ANY ($2::text[]) OFFSET 0)) AND (coalesce(moment_first(r.published), '-infinity'), r.id) <
		($5::text::timestamptz, $6::text::uuid)) AS r
	WHERE r.root IS NOT NULL AND NOT EXISTS (
	SELECT FROM reviews AS newer WHERE newer.claim_id IN (SELECT claim_voices(r.root)) AND newer.claim_reviewed = r.claim_reviewed
	AND (coalesce(moment_first(newer.published), '-infinity'), newer.id) > (r.at, r.id) AND newer.status = 'active' AND
		(split_part(lower(newer.language), '-', 1) = ANY ($3::text[]) OR newer.language = '' AND EXISTS (SELECT FROM claims AS c,
		unnest(c.languages) AS tag WHERE c.id = newer.claim_id AND split_part(lower(tag), '-', 1) = ANY ($4::text[]) OFFSET 0)) OFFSET
		0)
	ORDER BY r.at DESC, r.id DESC LIMIT 2 OFFSET 0;

-- FactChecks by Site
WITH RECURSIVE voices (id) AS (
	SELECT id FROM sources WHERE sites_of(domains, url) && $1 AND (domains IS NOT NULL OR url <> '')
	UNION SELECT merged.id FROM voices JOIN sources AS merged ON merged.merged_into = voices.id) SELECT id FROM voices;
SELECT r.root, r.claim_reviewed AS wording, 0::real AS score, nullif(r.at, '-infinity') AS at, r.id AS newest, false AS fuzzy
	FROM (SELECT r.*, coalesce(moment_first(r.published), '-infinity') AS at, CASE c.status WHEN 'active' THEN c.id WHEN 'merged'
		THEN claim_speaks_as(c.id) END AS root
	FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR
		sites_of(NULL, r.url) && $2::text[] AND r.url <> '')) AS r
	WHERE r.root IS NOT NULL AND NOT EXISTS (
	SELECT FROM reviews AS newer WHERE newer.claim_id IN (SELECT claim_voices(r.root)) AND newer.claim_reviewed = r.claim_reviewed
	AND (coalesce(moment_first(newer.published), '-infinity'), newer.id) > (r.at, r.id) AND newer.status = 'active' AND
		(newer.author = ANY ($3::uuid[]) OR sites_of(NULL, newer.url) && $4::text[] AND newer.url <> '') OFFSET 0)
	ORDER BY r.at DESC, r.id DESC LIMIT 2 OFFSET 0;
WITH RECURSIVE family (id, place, wording) AS (
	SELECT root, place, wording FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS page (root, wording, place)
	UNION SELECT merged.id, family.place, family.wording FROM family JOIN claims AS merged ON merged.merged_into = family.id)
	SELECT place, author, label, title, url, language, published FROM (
	SELECT family.place, r.author, r.rating ->> 'label' AS label, r.title, r.url, r.language, r.published,
	row_number() OVER (PARTITION BY family.place ORDER BY coalesce(moment_first(r.published), '-infinity') DESC, r.id DESC) AS nth
	FROM family JOIN reviews AS r ON r.claim_id = family.id AND r.claim_reviewed = family.wording WHERE r.status = 'active' AND
		(r.author = ANY ($3::uuid[]) OR sites_of(NULL, r.url) && $4::text[] AND r.url <> '')) AS r
	WHERE nth <= 100 ORDER BY place, nth;

-- FactChecks by MaxAgeDays
SELECT r.root, r.claim_reviewed AS wording, 0::real AS score, nullif(r.at, '-infinity') AS at, r.id AS newest, false AS fuzzy
	FROM (SELECT r.*, coalesce(moment_first(r.published), '-infinity') AS at, CASE c.status WHEN 'active' THEN c.id WHEN 'merged'
		THEN claim_speaks_as(c.id) END AS root
	FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.status = 'active' AND moment_last(r.published) >= (now() AT TIME
		ZONE 'UTC')::date - $1::int) AS r
	WHERE r.root IS NOT NULL AND NOT EXISTS (
	SELECT FROM reviews AS newer WHERE newer.claim_id IN (SELECT claim_voices(r.root)) AND newer.claim_reviewed = r.claim_reviewed
	AND (coalesce(moment_first(newer.published), '-infinity'), newer.id) > (r.at, r.id) AND newer.status = 'active' AND
		moment_last(newer.published) >= (now() AT TIME ZONE 'UTC')::date - $2::int OFFSET 0)
	ORDER BY r.at DESC, r.id DESC LIMIT 2 OFFSET 0;
WITH RECURSIVE family (id, place, wording) AS (
	SELECT root, place, wording FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS page (root, wording, place)
	UNION SELECT merged.id, family.place, family.wording FROM family JOIN claims AS merged ON merged.merged_into = family.id)
	SELECT place, author, label, title, url, language, published FROM (
	SELECT family.place, r.author, r.rating ->> 'label' AS label, r.title, r.url, r.language, r.published,
	row_number() OVER (PARTITION BY family.place ORDER BY coalesce(moment_first(r.published), '-infinity') DESC, r.id DESC) AS nth
	FROM family JOIN reviews AS r ON r.claim_id = family.id AND r.claim_reviewed = family.wording WHERE r.status = 'active' AND
		moment_last(r.published) >= (now() AT TIME ZONE 'UTC')::date - $3::int) AS r
	WHERE nth <= 100 ORDER BY place, nth;

-- FactChecks by Q and Language
WITH found AS MATERIALIZED ((SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END AS root,
		NULL AS wording, 2 AS score FROM claims AS c WHERE text_sums(c.folded) && text_sums($3::text)
	AND (c.status = 'merged' OR c.status = 'active' AND (EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = c.id
	AND r.status = 'active' AND (split_part(lower(r.language), '-', 1) = ANY ($1::text[]) OR r.language = '' AND EXISTS (SELECT FROM
		claims AS c, unnest(c.languages) AS tag WHERE c.id = r.claim_id AND split_part(lower(tag), '-', 1) = ANY ($2::text[]) OFFSET
		0)) OFFSET 0) OR EXISTS (SELECT FROM claims AS m WHERE m.merged_into = c.id OFFSET 0))) LIMIT 10000)
	UNION ALL (SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END, r.claim_reviewed, 2 FROM
		reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.folded <> ''
	AND text_sums(r.folded) && text_sums($3::text) AND r.status = 'active' AND (split_part(lower(r.language), '-', 1) = ANY
		($1::text[]) OR r.language = '' AND EXISTS (SELECT FROM claims AS c, unnest(c.languages) AS tag WHERE c.id = r.claim_id AND
		split_part(lower(tag), '-', 1) = ANY ($2::text[]) OFFSET 0)) LIMIT 10000) UNION ALL (SELECT CASE c.status WHEN 'active' THEN
		c.id WHEN 'merged' THEN claim_speaks_as(c.id) END AS root, NULL AS wording, ts_rank(c.terms, $4::text::tsquery) AS score FROM
		claims AS c WHERE c.terms @@ $4::text::tsquery
	AND (c.status = 'merged' OR c.status = 'active' AND (EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = c.id
	AND r.status = 'active' AND (split_part(lower(r.language), '-', 1) = ANY ($1::text[]) OR r.language = '' AND EXISTS (SELECT FROM
		claims AS c, unnest(c.languages) AS tag WHERE c.id = r.claim_id AND split_part(lower(tag), '-', 1) = ANY ($2::text[]) OFFSET
		0)) OFFSET 0) OR EXISTS (SELECT FROM claims AS m WHERE m.merged_into = c.id OFFSET 0))) LIMIT 10000)
	UNION ALL (SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END, r.claim_reviewed,
		ts_rank(r.terms, $4::text::tsquery) FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.folded <> ''
	AND r.terms @@ $4::text::tsquery AND r.status = 'active' AND (split_part(lower(r.language), '-', 1) = ANY ($1::text[]) OR
		r.language = '' AND EXISTS (SELECT FROM claims AS c, unnest(c.languages) AS tag WHERE c.id = r.claim_id AND
		split_part(lower(tag), '-', 1) = ANY ($2::text[]) OFFSET 0)) LIMIT 10000)
	), statements AS (
	SELECT root, max(score) AS score FROM found WHERE root IS NOT NULL AND wording IS NULL GROUP BY root
	), results AS (
	SELECT root, wording, score + CASE WHEN score >= 2 AND wording = '' THEN 1 ELSE 0 END AS score FROM statements, LATERAL (
	SELECT r.claim_reviewed FROM reviews AS r WHERE r.claim_id = root AND r.status = 'active' AND (split_part(lower(r.language),
		'-', 1) = ANY ($1::text[]) OR r.language = '' AND EXISTS (SELECT FROM claims AS c, unnest(c.languages) AS tag WHERE c.id =
		r.claim_id AND split_part(lower(tag), '-', 1) = ANY ($2::text[]) OFFSET 0))
	UNION SELECT r.claim_reviewed FROM (SELECT claim_voices(CASE WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = root
		OFFSET 0) THEN root END)) AS voices (claim) JOIN reviews AS r ON r.claim_id = claim
	WHERE r.status = 'active' AND (split_part(lower(r.language), '-', 1) = ANY ($1::text[]) OR r.language = '' AND EXISTS (SELECT
		FROM claims AS c, unnest(c.languages) AS tag WHERE c.id = r.claim_id AND split_part(lower(tag), '-', 1) = ANY ($2::text[])
		OFFSET 0))) AS reviewed (wording)
	UNION ALL SELECT root, wording, score + CASE WHEN score >= 2 THEN 1 ELSE 0 END FROM found WHERE root IS NOT NULL
	AND wording IS NOT NULL
	), scored AS (
	SELECT root, wording, (score + CASE WHEN score >= 2 AND CASE wording WHEN '' THEN EXISTS (SELECT FROM claims AS c,
		jsonb_each_text(c.statement) AS statement
	WHERE c.id = root AND btrim(statement.value, E' \t\r\n') = $5::text)
	ELSE btrim(wording, E' \t\r\n') = $5::text END THEN 0.5 ELSE 0 END)::real AS score
	FROM (SELECT root, wording, max(score) AS score FROM results GROUP BY root, wording) AS best
	)
	SELECT root, wording, score, NULL::timestamptz AS at, root AS newest, false AS fuzzy FROM scored WHERE true
	ORDER BY score DESC, root, CASE wording WHEN '' THEN '00000000-0000-0000-0000-000000000000' ELSE md5(wording)::uuid END LIMIT 2;
WITH found AS MATERIALIZED (SELECT * FROM ((SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id)
		END AS root, NULL AS wording, word_similarity($3::text, c.folded) AS score FROM claims AS c WHERE $3::text <% c.folded AND NOT
		c.terms @@ $4::text::tsquery
	AND (c.status = 'merged' OR c.status = 'active' AND (EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = c.id
	AND r.status = 'active' AND (split_part(lower(r.language), '-', 1) = ANY ($1::text[]) OR r.language = '' AND EXISTS (SELECT FROM
		claims AS c, unnest(c.languages) AS tag WHERE c.id = r.claim_id AND split_part(lower(tag), '-', 1) = ANY ($2::text[]) OFFSET
		0)) OFFSET 0) OR EXISTS (SELECT FROM claims AS m WHERE m.merged_into = c.id OFFSET 0))))
	UNION ALL (SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END, r.claim_reviewed,
		word_similarity($3::text, r.folded) FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.folded <> ''
	AND $3::text <% r.folded AND NOT r.terms @@ $4::text::tsquery AND r.status = 'active' AND (split_part(lower(r.language), '-', 1)
		= ANY ($1::text[]) OR r.language = '' AND EXISTS (SELECT FROM claims AS c, unnest(c.languages) AS tag WHERE c.id = r.claim_id
		AND split_part(lower(tag), '-', 1) = ANY ($2::text[]) OFFSET 0)))) AS found WHERE NOT EXISTS (SELECT FROM claims AS c WHERE
		c.id = root AND c.terms @@ $4::text::tsquery) AND NOT EXISTS (SELECT FROM claims AS c WHERE c.id IN (SELECT claim_voices(CASE
		WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = root OFFSET 0) THEN root END)) AND c.terms @@ $4::text::tsquery)
	), statements AS (
	SELECT root, max(score) AS score FROM found WHERE root IS NOT NULL AND wording IS NULL GROUP BY root
	), results AS (
	SELECT root, wording, score + CASE WHEN score >= 2 AND wording = '' THEN 1 ELSE 0 END AS score FROM statements, LATERAL (
	SELECT r.claim_reviewed FROM reviews AS r WHERE r.claim_id = root AND r.status = 'active' AND (split_part(lower(r.language),
		'-', 1) = ANY ($1::text[]) OR r.language = '' AND EXISTS (SELECT FROM claims AS c, unnest(c.languages) AS tag WHERE c.id =
		r.claim_id AND split_part(lower(tag), '-', 1) = ANY ($2::text[]) OFFSET 0)) AND NOT r.terms @@ $4::text::tsquery
	UNION SELECT r.claim_reviewed FROM (SELECT claim_voices(CASE WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = root
		OFFSET 0) THEN root END)) AS voices (claim) JOIN reviews AS r ON r.claim_id = claim
	WHERE r.status = 'active' AND (split_part(lower(r.language), '-', 1) = ANY ($1::text[]) OR r.language = '' AND EXISTS (SELECT
		FROM claims AS c, unnest(c.languages) AS tag WHERE c.id = r.claim_id AND split_part(lower(tag), '-', 1) = ANY ($2::text[])
		OFFSET 0)) AND NOT r.terms @@ $4::text::tsquery) AS reviewed (wording)
	UNION ALL SELECT root, wording, score + CASE WHEN score >= 2 THEN 1 ELSE 0 END FROM found WHERE root IS NOT NULL
	AND wording IS NOT NULL
	), scored AS (
	SELECT root, wording, (score + CASE WHEN score >= 2 AND CASE wording WHEN '' THEN EXISTS (SELECT FROM claims AS c,
		jsonb_each_text(c.statement) AS statement
	WHERE c.id = root AND btrim(statement.value, E' \t\r\n') = $5::text)
	ELSE btrim(wording, E' \t\r\n') = $5::text END THEN 0.5 ELSE 0 END)::real AS score
	FROM (SELECT root, wording, max(score) AS score FROM results GROUP BY root, wording) AS best
	)
	SELECT root, wording, score, NULL::timestamptz AS at, root AS newest, true AS fuzzy FROM scored WHERE true
	ORDER BY score DESC, root, CASE wording WHEN '' THEN '00000000-0000-0000-0000-000000000000' ELSE md5(wording)::uuid END LIMIT 2;

-- FactChecks by Q and Site
WITH found AS MATERIALIZED ((SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END AS root,
		NULL AS wording, 2 AS score FROM claims AS c WHERE text_sums(c.folded) && text_sums($3::text)
	AND (c.status = 'merged' OR c.status = 'active' AND (EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = c.id
	AND r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR sites_of(NULL, r.url) && $2::text[] AND r.url <> '') OFFSET 0) OR
		EXISTS (SELECT FROM claims AS m WHERE m.merged_into = c.id OFFSET 0))) LIMIT 10000)
	UNION ALL (SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END, r.claim_reviewed, 2 FROM
		reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.folded <> ''
	AND text_sums(r.folded) && text_sums($3::text) AND r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR sites_of(NULL, r.url)
		&& $2::text[] AND r.url <> '') LIMIT 10000) UNION ALL (SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN
		claim_speaks_as(c.id) END AS root, NULL AS wording, ts_rank(c.terms, $4::text::tsquery) AS score FROM claims AS c WHERE c.terms
		@@ $4::text::tsquery
	AND (c.status = 'merged' OR c.status = 'active' AND (EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = c.id
	AND r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR sites_of(NULL, r.url) && $2::text[] AND r.url <> '') OFFSET 0) OR
		EXISTS (SELECT FROM claims AS m WHERE m.merged_into = c.id OFFSET 0))) LIMIT 10000)
	UNION ALL (SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END, r.claim_reviewed,
		ts_rank(r.terms, $4::text::tsquery) FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.folded <> ''
	AND r.terms @@ $4::text::tsquery AND r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR sites_of(NULL, r.url) && $2::text[]
		AND r.url <> '') LIMIT 10000)
	), statements AS (
	SELECT root, max(score) AS score FROM found WHERE root IS NOT NULL AND wording IS NULL GROUP BY root
	), results AS (
	SELECT root, wording, score + CASE WHEN score >= 2 AND wording = '' THEN 1 ELSE 0 END AS score FROM statements, LATERAL (
	SELECT r.claim_reviewed FROM reviews AS r WHERE r.claim_id = root AND r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR
		sites_of(NULL, r.url) && $2::text[] AND r.url <> '')
	UNION SELECT r.claim_reviewed FROM (SELECT claim_voices(CASE WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = root
		OFFSET 0) THEN root END)) AS voices (claim) JOIN reviews AS r ON r.claim_id = claim
	WHERE r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR sites_of(NULL, r.url) && $2::text[] AND r.url <> '')) AS reviewed
		(wording)
	UNION ALL SELECT root, wording, score + CASE WHEN score >= 2 THEN 1 ELSE 0 END FROM found WHERE root IS NOT NULL
	AND wording IS NOT NULL
	), scored AS (
	SELECT root, wording, (score + CASE WHEN score >= 2 AND CASE wording WHEN '' THEN EXISTS (SELECT FROM claims AS c,
		jsonb_each_text(c.statement) AS statement
	WHERE c.id = root AND btrim(statement.value, E' \t\r\n') = $5::text)
	ELSE btrim(wording, E' \t\r\n') = $5::text END THEN 0.5 ELSE 0 END)::real AS score
	FROM (SELECT root, wording, max(score) AS score FROM results GROUP BY root, wording) AS best
	)
	SELECT root, wording, score, NULL::timestamptz AS at, root AS newest, false AS fuzzy FROM scored WHERE true
	ORDER BY score DESC, root, CASE wording WHEN '' THEN '00000000-0000-0000-0000-000000000000' ELSE md5(wording)::uuid END LIMIT 2;
WITH found AS MATERIALIZED (SELECT * FROM ((SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id)
		END AS root, NULL AS wording, word_similarity($3::text, c.folded) AS score FROM claims AS c WHERE $3::text <% c.folded AND NOT
		c.terms @@ $4::text::tsquery
	AND (c.status = 'merged' OR c.status = 'active' AND (EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = c.id
	AND r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR sites_of(NULL, r.url) && $2::text[] AND r.url <> '') OFFSET 0) OR
		EXISTS (SELECT FROM claims AS m WHERE m.merged_into = c.id OFFSET 0))))
	UNION ALL (SELECT CASE c.status WHEN 'active' THEN c.id WHEN 'merged' THEN claim_speaks_as(c.id) END, r.claim_reviewed,
		word_similarity($3::text, r.folded) FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.folded <> ''
	AND $3::text <% r.folded AND NOT r.terms @@ $4::text::tsquery AND r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR
		sites_of(NULL, r.url) && $2::text[] AND r.url <> ''))) AS found WHERE NOT EXISTS (SELECT FROM claims AS c WHERE c.id = root AND
		c.terms @@ $4::text::tsquery) AND NOT EXISTS (SELECT FROM claims AS c WHERE c.id IN (SELECT claim_voices(CASE WHEN EXISTS
		(SELECT FROM claims AS m WHERE m.merged_into = root OFFSET 0) THEN root END)) AND c.terms @@ $4::text::tsquery)
	), statements AS (
	SELECT root, max(score) AS score FROM found WHERE root IS NOT NULL AND wording IS NULL GROUP BY root
	), results AS (
	SELECT root, wording, score + CASE WHEN score >= 2 AND wording = '' THEN 1 ELSE 0 END AS score FROM statements, LATERAL (
	SELECT r.claim_reviewed FROM reviews AS r WHERE r.claim_id = root AND r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR
		sites_of(NULL, r.url) && $2::text[] AND r.url <> '') AND NOT r.terms @@ $4::text::tsquery
	UNION SELECT r.claim_reviewed FROM (SELECT claim_voices(CASE WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = root
		OFFSET 0) THEN root END)) AS voices (claim) JOIN reviews AS r ON r.claim_id = claim
	WHERE r.status = 'active' AND (r.author = ANY ($1::uuid[]) OR sites_of(NULL, r.url) && $2::text[] AND r.url <> '') AND NOT
		r.terms @@ $4::text::tsquery) AS reviewed (wording)
	UNION ALL SELECT root, wording, score + CASE WHEN score >= 2 THEN 1 ELSE 0 END FROM found WHERE root IS NOT NULL
	AND wording IS NOT NULL
	), scored AS (
	SELECT root, wording, (score + CASE WHEN score >= 2 AND CASE wording WHEN '' THEN EXISTS (SELECT FROM claims AS c,
		jsonb_each_text(c.statement) AS statement
	WHERE c.id = root AND btrim(statement.value, E' \t\r\n') = $5::text)
	ELSE btrim(wording, E' \t\r\n') = $5::text END THEN 0.5 ELSE 0 END)::real AS score
	FROM (SELECT root, wording, max(score) AS score FROM results GROUP BY root, wording) AS best
	)
	SELECT root, wording, score, NULL::timestamptz AS at, root AS newest, true AS fuzzy FROM scored WHERE true
	ORDER BY score DESC, root, CASE wording WHEN '' THEN '00000000-0000-0000-0000-000000000000' ELSE md5(wording)::uuid END LIMIT 2;

-- ResolveClaims
SELECT there.id, coalesce(there.count, 0) AS count FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS wanted (name, id,
		place)
	LEFT JOIN LATERAL (
	SELECT id, 1 AS count FROM claims WHERE id = wanted.id
	UNION ALL
	(SELECT id, CASE WHEN namespace = $3 THEN 1 ELSE count(*) OVER () END FROM claims WHERE wanted.id IS NULL
	AND key = wanted.name AND key <> ''
	ORDER BY namespace = $3 DESC LIMIT 1)
	) AS there ON true ORDER BY place;

-- ResolveSources
SELECT there.id, coalesce(there.count, 0) AS count FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS wanted (name, id,
		place)
	LEFT JOIN LATERAL (
	SELECT id, 1 AS count FROM sources WHERE id = wanted.id
	UNION ALL
	(SELECT id, CASE WHEN namespace = $3 THEN 1 ELSE count(*) OVER () END FROM sources WHERE wanted.id IS NULL
	AND key = wanted.name AND key <> ''
	ORDER BY namespace = $3 DESC LIMIT 1)
	) AS there ON true ORDER BY place;

-- ResolveNames
SELECT there.id, coalesce(there.count, 0) AS count FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS wanted (name, id,
		place)
	LEFT JOIN LATERAL (
	SELECT id, 1 AS count FROM documents WHERE id = wanted.id
	UNION ALL
	(SELECT id, CASE WHEN namespace = $3 THEN 1 ELSE count(*) OVER () END FROM documents WHERE wanted.id IS NULL
	AND key = wanted.name AND key <> ''
	ORDER BY namespace = $3 DESC LIMIT 1)
	) AS there ON true ORDER BY place;

-- CheckReferences
WITH there AS MATERIALIZED (SELECT id FROM sources WHERE id = ANY ($1) ORDER BY id )
	SELECT id FROM unnest($1::uuid[]) AS id WHERE id <> ALL (ARRAY (SELECT id FROM there))
	UNION SELECT id FROM unnest($2::uuid[]) AS id WHERE id <> ALL (ARRAY (SELECT id FROM documents WHERE id = ANY ($2)))
	UNION SELECT id FROM unnest($3::uuid[]) AS id WHERE id <> ALL (ARRAY (SELECT id FROM claims WHERE id = ANY ($3)));

-- CheckAttribution
SELECT publisher, text FROM documents WHERE id = $1;

-- Source
SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, kind, name, names, aliases, country, role,
		anonymous, reliability, external_ids, domains, url, control_reviewed_at, notes, method FROM sources WHERE id = $1;

-- Relation
SELECT id, key, namespace, version, created_at, updated_at, status, subject, kind, object, share, since, until, citation FROM
		relations WHERE id = $1;

-- Document
SELECT id, key, namespace, version, created_at, updated_at, status, publisher, kind, language, title, url, archive_url,
		published, retrieved_at, text, text_sha256, authors, derived_from, method FROM documents WHERE id = $1;

-- Claim
SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, statement, quantities, event_time, places,
		topics, scope, method FROM claims WHERE id = $1;

-- Attribution
SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", document_id AS "document", stance,
		content, event_time_span, chain, credibility, method, confidence, note FROM attributions WHERE id = $1;

-- Link
SELECT id, key, namespace, version, created_at, updated_at, status, kind, claim_id AS "from", to_id AS "to", degree, basis,
		rationale, method, confidence FROM links WHERE id = $1;

-- Review
SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS "claim", author, rating, title, url, language,
		claim_reviewed, published FROM reviews WHERE id = $1;

-- ClaimDetail with attributions
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.document_id AS
		"document", t.stance, t.content, t.event_time_span, t.chain, t.credibility, t.method, t.confidence, t.note FROM attributions AS
		t WHERE t.status = ANY ($1) AND t.claim_id = $2 ORDER BY t.id LIMIT 51;
SELECT id, key, name, names, kind, country, anonymous FROM sources AS t WHERE id = ANY (ARRAY (SELECT unnest(source_ids) FROM
		(SELECT source_ids FROM attributions WHERE claim_id = $1 AND status = 'accepted' ORDER BY id LIMIT 50) AS first));

-- ClaimDetail with links
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE t.status = ANY ($1) AND (t.claim_id = $2 OR
		t.to_id = $3) ORDER BY t.id LIMIT 51;
SELECT id, key, statement, status FROM claims AS t WHERE id = ANY (ARRAY (SELECT unnest(ARRAY[claim_id, to_id])
	FROM (SELECT claim_id, to_id FROM links WHERE (claim_id = $1 OR to_id = $1) AND status = 'accepted'
	ORDER BY id LIMIT 50) AS linked));

-- ClaimDetail with documents
SELECT id, key, publisher, kind, language, title, url, archive_url, published, derived_from, status FROM documents AS t WHERE id
		= ANY (ARRAY (
	SELECT document_id FROM attributions WHERE claim_id = $1 AND status = 'accepted' ORDER BY id LIMIT 50));

-- ClaimDetail with reviews
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.claim_id AS "claim", t.author, t.rating,
		t.title, t.url, t.language, t.claim_reviewed, t.published FROM reviews AS t WHERE t.status = ANY ($1) AND t.claim_id = $2 ORDER
		BY t.id LIMIT 51;
SELECT id, key, name, names, kind, country, anonymous FROM sources AS t WHERE id = ANY (ARRAY (SELECT author FROM (SELECT author
		FROM reviews WHERE claim_id = $1 AND status = 'active' ORDER BY id LIMIT 50) AS reviewed));

-- ClaimDetail with all parts
SELECT id, key, name, names, kind, country, anonymous FROM sources AS t WHERE id = ANY (ARRAY (SELECT unnest(source_ids) FROM
		(SELECT source_ids FROM attributions WHERE claim_id = $1 AND status = 'accepted' ORDER BY id LIMIT 50) AS first UNION SELECT
		author FROM (SELECT author FROM reviews WHERE claim_id = $1 AND status = 'active' ORDER BY id LIMIT 50) AS reviewed));

-- SourceCards
SELECT id, key, name, names, kind, country, anonymous FROM sources AS t WHERE id = ANY ($1);

-- DocumentCards
SELECT id, key, publisher, kind, language, title, url, archive_url, published, derived_from, status FROM documents AS t WHERE id
		= ANY ($1);

-- ClaimCards
SELECT id, key, statement, status FROM claims AS t WHERE id = ANY ($1);

-- ClaimSummaries
SELECT wanted.id, attributed.attributions, attributed.publishers, linked.equivalent, linked.refines, linked.corroborates,
	linked.contradicts
	FROM unnest($1::uuid[]) AS wanted (id),
	LATERAL (SELECT count(*) AS attributions, count(DISTINCT publisher) AS publishers FROM attributions WHERE claim_id = wanted.id
	AND status = 'accepted') AS attributed,
	LATERAL (SELECT count(*) FILTER (WHERE kind = 'equivalent') AS equivalent, count(*) FILTER (WHERE kind = 'refines') AS refines,
	count(*) FILTER (WHERE kind = 'corroborates') AS corroborates, count(*) FILTER (WHERE kind = 'contradicts') AS contradicts
	FROM links WHERE (claim_id = wanted.id OR to_id = wanted.id) AND status = 'accepted') AS linked;

-- Timeline by published
SELECT * FROM (
	SELECT a.id AS attribution, a.document_id AS document, a.publisher, a.source_ids[cardinality(a.source_ids)] AS origin, a.stance,
	coalesce(d.published ->> 'earliest', '') AS earliest, coalesce(d.published ->> 'latest', '') AS latest,
	moment_first(d.published ->> 'earliest') AS first_at
	FROM attributions AS a JOIN documents AS d ON d.id = a.document_id WHERE a.claim_id = $1 AND a.status = 'accepted') AS dated
	ORDER BY coalesce(first_at, 'infinity'), attribution LIMIT 2;

-- Timeline by published, next page
SELECT * FROM (
	SELECT a.id AS attribution, a.document_id AS document, a.publisher, a.source_ids[cardinality(a.source_ids)] AS origin, a.stance,
	coalesce(d.published ->> 'earliest', '') AS earliest, coalesce(d.published ->> 'latest', '') AS latest,
	moment_first(d.published ->> 'earliest') AS first_at
	FROM attributions AS a JOIN documents AS d ON d.id = a.document_id WHERE a.claim_id = $1 AND a.status = 'accepted') AS dated
		WHERE (coalesce(first_at, 'infinity'), attribution) > ($2::text::timestamptz, $3::text::uuid)
	ORDER BY coalesce(first_at, 'infinity'), attribution LIMIT 2;

-- Timeline by said_at
SELECT * FROM (
	SELECT a.id AS attribution, a.document_id AS document, a.publisher, a.source_ids[cardinality(a.source_ids)] AS origin, a.stance,
	coalesce(a.chain -> -1 -> 'said_at' ->> 'earliest', '') AS earliest, coalesce(a.chain -> -1 -> 'said_at' ->> 'latest', '') AS
		latest,
	moment_first(a.chain -> -1 -> 'said_at' ->> 'earliest') AS first_at
	FROM attributions AS a JOIN documents AS d ON d.id = a.document_id WHERE a.claim_id = $1 AND a.status = 'accepted') AS dated
	ORDER BY coalesce(first_at, 'infinity'), attribution LIMIT 2;

-- Timeline by said_at, next page
SELECT * FROM (
	SELECT a.id AS attribution, a.document_id AS document, a.publisher, a.source_ids[cardinality(a.source_ids)] AS origin, a.stance,
	coalesce(a.chain -> -1 -> 'said_at' ->> 'earliest', '') AS earliest, coalesce(a.chain -> -1 -> 'said_at' ->> 'latest', '') AS
		latest,
	moment_first(a.chain -> -1 -> 'said_at' ->> 'earliest') AS first_at
	FROM attributions AS a JOIN documents AS d ON d.id = a.document_id WHERE a.claim_id = $1 AND a.status = 'accepted') AS dated
		WHERE (coalesce(first_at, 'infinity'), attribution) > ($2::text::timestamptz, $3::text::uuid)
	ORDER BY coalesce(first_at, 'infinity'), attribution LIMIT 2;

-- SourceClaims in position relay
WITH RECURSIVE voices (id) AS (
	SELECT $3::uuid
	UNION SELECT merged.id FROM voices JOIN sources AS merged ON merged.merged_into = voices.id), appeared AS (SELECT found.claim_id
		FROM voices, LATERAL (
	SELECT claim_id FROM appearances WHERE source_id = voices.id AND place = 1 AND claim_id > $1::uuid ORDER BY claim_id
	LIMIT $2) AS found)
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE t.id IN (SELECT claim_id FROM appeared ORDER BY
		claim_id LIMIT $2 * 1) ORDER BY t.id LIMIT $2;

-- Facts
SELECT count(*) > 4096, array_remove(
	coalesce(array_agg(resource_id) FILTER (WHERE resource IN ('source', 'relation')), '{}')
	|| coalesce(array_agg((state ->> CASE resource WHEN 'source' THEN 'merged_into' ELSE 'subject' END)::uuid)
	FILTER (WHERE resource IN ('source', 'relation')), '{}'), NULL)
	FROM (
	(SELECT * FROM changes WHERE xid >= (SELECT ($1::bigint + ahead)::text::xid8 FROM numbering) ORDER BY xid LIMIT 4097)
	UNION ALL
	SELECT late.* FROM unnest($2::bigint[]) AS open, LATERAL (SELECT * FROM changes
	WHERE xid = (SELECT (open + ahead)::text::xid8 FROM numbering) ORDER BY xid, id LIMIT 4097) AS late
	LIMIT 4097) AS news;
SELECT id, status, merged_into, key, statement, event_time FROM claims WHERE id = ANY ($1);
SELECT id, kind, anonymous, reliability, control_reviewed_at, status, merged_into, key, name, names, country FROM sources WHERE
		id = ANY ($1);

-- ExportClaims
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE id = ANY ($1) ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.subject, t.kind, t.object, t.share, t.since,
		t.until, t.citation FROM relations AS t WHERE id = ANY ($1) ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.publisher, t.kind, t.language, t.title,
		t.url, t.archive_url, t.published, t.retrieved_at, t.text, t.text_sha256, t.authors, t.derived_from, t.method FROM documents AS
		t WHERE id = ANY ($1) ORDER BY id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t WHERE id = ANY ($1) ORDER BY id;
SELECT a.id, "start", "end", substring(d.text FROM greatest("start" - 32, 0) + 1 FOR least("start", 32)) AS before,
	substring(d.text FROM "end" + 1 FOR 32) AS after
	FROM attributions AS a JOIN documents AS d ON d.id = a.document_id, LATERAL (
	SELECT (span ->> 'start')::int AS "start", (span ->> 'end')::int AS "end" FROM (
	SELECT a.content UNION ALL SELECT a.event_time_span
	UNION ALL SELECT hop -> field FROM jsonb_array_elements(a.chain) AS hop,
	unnest(ARRAY ['cue', 'evidence_span', 'setting']) AS field) AS spans (span)
	WHERE span IS NOT NULL) AS places
	WHERE a.id = ANY ($1) AND d.text <> '';
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.kind, t.claim_id AS "from", t.to_id AS "to",
		t.degree, t.basis, t.rationale, t.method, t.confidence FROM links AS t WHERE id = ANY ($1) ORDER BY id;

-- StillValid
SELECT xid::text::bigint - ahead, array_remove(ARRAY [resource_id] || CASE resource
	WHEN 'attribution' THEN ARRAY [(state ->> 'claim')::uuid]
	WHEN 'link' THEN ARRAY [(state ->> 'from')::uuid, (state ->> 'to')::uuid]
	WHEN 'relation' THEN ARRAY [(state ->> 'subject')::uuid]
	ELSE ARRAY [(state ->> 'merged_into')::uuid]
	END, NULL)
	FROM numbering, (
	(SELECT * FROM changes WHERE xid >= (SELECT ($1::bigint + ahead)::text::xid8 FROM numbering) ORDER BY xid LIMIT $3)
	UNION ALL
	SELECT late.* FROM unnest($2::bigint[]) AS open, LATERAL (SELECT * FROM changes
	WHERE xid = (SELECT (open + ahead)::text::xid8 FROM numbering) ORDER BY xid, id LIMIT $3) AS late
	LIMIT $3) AS news;

-- DependentsOfSource
WITH RECURSIVE voice (id) AS (
	SELECT $1::uuid
	UNION
	SELECT next.id FROM voice AS at, LATERAL (SELECT id FROM sources WHERE merged_into = at.id
	UNION ALL SELECT merged_into FROM sources WHERE id = at.id AND merged_into IS NOT NULL) AS next (id))
	SELECT DISTINCT claim_id FROM voice, generate_series(0, 2) AS place, LATERAL (
	SELECT claim_id FROM appearances WHERE source_id = voice.id AND appearances.place = place.place AND claim_id > $2
	AND claim_id <= $3 ORDER BY claim_id LIMIT $4) AS found
	ORDER BY claim_id LIMIT $4;
WITH RECURSIVE reach (claim, bearing, guessed) AS (
	SELECT claim, bearing, false FROM (SELECT unnest($1::uuid[])) AS start (claim), generate_series(0, 3) AS bearing
	UNION
	SELECT next.* FROM reach, LATERAL (
	SELECT to_id, CASE kind WHEN 'equivalent' THEN CASE bearing WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 END WHEN
		'refines' THEN CASE bearing WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 3 THEN 3 END WHEN 'corroborates' THEN CASE bearing WHEN 1 THEN 0
		END WHEN 'contradicts' THEN CASE degree WHEN 'direct' THEN CASE bearing WHEN 3 THEN 2 END WHEN 'tension' THEN CASE bearing WHEN
		4 THEN 2 END END END, guessed OR status = 'proposed'
	FROM links WHERE claim_id = claim AND (status = 'accepted' OR status = 'proposed' AND NOT guessed)
	UNION ALL
	SELECT claim_id, CASE kind WHEN 'equivalent' THEN CASE bearing WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 END WHEN
		'refines' THEN CASE bearing WHEN 2 THEN 2 END WHEN 'contradicts' THEN CASE degree WHEN 'direct' THEN CASE bearing WHEN 3 THEN 2
		END WHEN 'tension' THEN CASE bearing WHEN 4 THEN 2 END END END, guessed OR status = 'proposed'
	FROM links WHERE to_id = claim AND (status = 'accepted' OR status = 'proposed' AND NOT guessed)
	UNION ALL SELECT id, bearing, guessed FROM claims WHERE merged_into = claim
	UNION ALL SELECT merged_into, bearing, guessed FROM claims WHERE id = claim AND merged_into IS NOT NULL
	) AS next (claim, bearing, guessed)
	WHERE next.bearing IS NOT NULL)
	SELECT DISTINCT claims.id FROM reach JOIN claims ON claims.id = reach.claim WHERE bearing IN (0, 2)
	AND status = 'active' AND claims.id > $2 ORDER BY claims.id LIMIT $3;

-- DependentsOfDocument
SELECT DISTINCT claim_id FROM attributions WHERE document_id = $1 AND status = 'accepted' AND claim_id > $2 AND claim_id <= $3
	ORDER BY claim_id LIMIT $4;

-- Neighbourhood
WITH RECURSIVE ours_above (id) AS (
	SELECT $1::uuid
	UNION SELECT merged.merged_into FROM ours_above JOIN claims AS merged ON merged.id = ours_above.id AND merged.merged_into IS NOT
		NULL), ours (id) AS (
	SELECT id FROM ours_above
	UNION SELECT merged.id FROM ours JOIN claims AS merged ON merged.merged_into = ours.id),
	proposed AS MATERIALIZED (SELECT claim_id, to_id FROM links WHERE status = 'proposed'
	AND (claim_id IN (SELECT id FROM ours) OR to_id IN (SELECT id FROM ours))
	ORDER BY coalesce(confidence, 0) DESC, id LIMIT $5),
	worded AS (SELECT id FROM (SELECT id, terms FROM claims WHERE terms @@ $2::text::tsquery AND status = 'active'
	LIMIT $4) AS candidates
	ORDER BY ts_rank(terms, $2::text::tsquery) DESC, id LIMIT $5),
	counting AS (SELECT id FROM (SELECT id, terms FROM claims WHERE quantities @> ANY ($3::text[]::jsonb[]) AND status = 'active'
	LIMIT $4) AS candidates
	ORDER BY ts_rank(terms, $2::text::tsquery) DESC, id LIMIT $5),
	linked AS (SELECT CASE claims.status WHEN 'active' THEN claims.id WHEN 'merged' THEN claim_speaks_as(claims.id) END AS id FROM
		claims
	WHERE id IN (SELECT claim_id FROM proposed UNION SELECT to_id FROM proposed))
	SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.statement, t.quantities,
		t.event_time, t.places, t.topics, t.scope, t.method FROM claims AS t
	WHERE t.id NOT IN (SELECT id FROM ours) AND t.status = 'active' AND t.id IN (SELECT id FROM worded UNION SELECT id FROM counting
	UNION SELECT id FROM linked WHERE id IS NOT NULL) ORDER BY t.id;
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into, t.kind, t.name, t.names,
		t.aliases, t.country, t.role, t.anonymous, t.reliability, t.external_ids, t.domains, t.url, t.control_reviewed_at, t.notes,
		t.method FROM sources AS t WHERE t.id IN (
	SELECT id FROM (SELECT id, terms FROM sources WHERE terms @@ $1::text::tsquery AND status = 'active' LIMIT $2) AS candidates
	ORDER BY ts_rank(terms, $1::text::tsquery) DESC, id LIMIT $3);
WITH RECURSIVE theirs_above (id) AS (
	SELECT unnest($1::uuid[])
	UNION SELECT merged.merged_into FROM theirs_above JOIN claims AS merged ON merged.id = theirs_above.id AND merged.merged_into IS
		NOT NULL), theirs (id) AS (
	SELECT id FROM theirs_above
	UNION SELECT merged.id FROM theirs JOIN claims AS merged ON merged.merged_into = theirs.id), ours_above (id) AS (
	SELECT $2::uuid
	UNION SELECT merged.merged_into FROM ours_above JOIN claims AS merged ON merged.id = ours_above.id AND merged.merged_into IS NOT
		NULL), ours (id) AS (
	SELECT id FROM ours_above
	UNION SELECT merged.id FROM ours JOIN claims AS merged ON merged.merged_into = ours.id)
	SELECT id, key, namespace, version, created_at, updated_at, status, kind, claim_id AS "from", to_id AS "to", degree, basis,
		rationale, method, confidence FROM links WHERE claim_id IN (SELECT id FROM ours) AND to_id IN (SELECT id FROM theirs)
	UNION ALL SELECT id, key, namespace, version, created_at, updated_at, status, kind, claim_id AS "from", to_id AS "to", degree,
		basis, rationale, method, confidence FROM links WHERE to_id IN (SELECT id FROM ours) AND claim_id IN (SELECT id FROM theirs);
WITH RECURSIVE theirs_above (id) AS (
	SELECT unnest($1::uuid[])
	UNION SELECT merged.merged_into FROM theirs_above JOIN claims AS merged ON merged.id = theirs_above.id AND merged.merged_into IS
		NOT NULL), theirs (id) AS (
	SELECT id FROM theirs_above
	UNION SELECT merged.id FROM theirs JOIN claims AS merged ON merged.merged_into = theirs.id)
	SELECT id, claim_speaks_as(id) AS target FROM theirs JOIN claims USING (id)
	WHERE status = 'merged' AND claim_speaks_as(id) IS NOT NULL;

-- KeysExist
SELECT EXISTS (SELECT FROM api_keys);

-- CreateFirstKey
WITH stored AS (
	INSERT INTO api_keys (id, version, created_by, name, scopes, expires_at, prefix, hash)
	VALUES ($5, 1, $1, $6, $7, $8, $9, $10) RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'create', 'key', stored.id, stored.version - 1, stored.version,
		$4::text, jsonb_strip_nulls(jsonb_build_object('id', stored.id, 'version', stored.version, 'name', stored.name, 'scopes',
		stored.scopes, 'created_at', stored.created_at, 'created_by', stored.created_by, 'expires_at', stored.expires_at, 'revoked_at',
		stored.revoked_at))
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 9, id FROM change
	) SELECT id, name, scopes, expires_at, prefix, created_at, created_by, last_used_at, revoked_at FROM stored;

-- CreateKey
SELECT id, name, scopes, expires_at, prefix, created_at, created_by, last_used_at, revoked_at FROM api_keys WHERE
		normalize(btrim(regexp_replace(name, '\s+', ' ', 'g')), NFC) = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at
		> now()) LIMIT 1;

-- RotateKey
DELETE FROM sessions WHERE key = $1;
WITH stored AS (
	UPDATE api_keys SET version = version + 1, prefix = $6, hash = $7
	WHERE id = $5 AND revoked_at IS NULL RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'rotate', 'key', stored.id, stored.version - 1, stored.version,
		$4::text, jsonb_strip_nulls(jsonb_build_object('id', stored.id, 'version', stored.version, 'name', stored.name, 'scopes',
		stored.scopes, 'created_at', stored.created_at, 'created_by', stored.created_by, 'expires_at', stored.expires_at, 'revoked_at',
		stored.revoked_at))
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 9, id FROM change
	) SELECT id, name, scopes, expires_at, prefix, created_at, created_by, last_used_at, revoked_at FROM stored;

-- CreateSession
WITH swept AS (DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions WHERE until < now()
	LIMIT 100 FOR UPDATE SKIP LOCKED))
	INSERT INTO sessions (hash, key, until) VALUES ($1, $2, now() + make_interval(secs => $3)) RETURNING until;

-- AuthenticateSession
SELECT id, name, scopes, expires_at, prefix, created_at, created_by, last_used_at, revoked_at, until FROM sessions JOIN api_keys
		ON key = id WHERE sessions.hash = $1 AND until > now();

-- EndSession
DELETE FROM sessions WHERE hash = $1;

-- Authenticate
SELECT id, name, scopes, expires_at, prefix, created_at, created_by, last_used_at, revoked_at, hash FROM api_keys WHERE prefix =
		$1;
UPDATE api_keys SET last_used_at = now() WHERE id = $1;

-- RevokeKey
WITH stored AS (
	UPDATE api_keys AS k
	SET version = version + 1, revoked_at = least(revoked_at, now()) WHERE id = $5 AND NOT EXISTS (SELECT FROM changes
	WHERE resource = 'key' AND resource_id = k.id AND to_version = k.version AND state ? 'revoked_at' AND k.revoked_at IS NOT NULL)
		RETURNING *
	), number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid), change AS (
	INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
	reason, state)
	SELECT (SELECT xid FROM number), $1::text, $2::uuid, $3::uuid, 'revoke', 'key', stored.id, stored.version - 1, stored.version,
		$4::text, jsonb_strip_nulls(jsonb_build_object('id', stored.id, 'version', stored.version, 'name', stored.name, 'scopes',
		stored.scopes, 'created_at', stored.created_at, 'created_by', stored.created_by, 'expires_at', stored.expires_at, 'revoked_at',
		stored.revoked_at))
	FROM stored RETURNING xid, id
	), unsequenced_change AS (
	INSERT INTO unsequenced (xid, place, change) SELECT xid, 9, id FROM change
	) SELECT id, name, scopes, expires_at, prefix, created_at, created_by, last_used_at, revoked_at FROM stored;

-- Keys
SELECT id, name, scopes, expires_at, prefix, created_at, created_by, last_used_at, revoked_at FROM api_keys WHERE id > $1 ORDER
		BY id LIMIT $2;

-- CreateWebhook
LOCK TABLE webhooks IN SHARE ROW EXCLUSIVE MODE;
SELECT count(*), (SELECT id FROM webhooks WHERE (url, kind) = ($1, $2)) FROM webhooks;
WITH changed AS (INSERT INTO webhooks (id, url, kind, note, created_by, secret_key, after)
	VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *) SELECT id, url, kind, note, created_at, created_by, after,
	CASE WHEN former_until > now() THEN former_until END AS former_until,
	failing_since, last_failure, CASE WHEN failures > 0 AND disabled_at IS NULL THEN next_at END AS next_at, disabled_at,
		disabled_because,
	secret, secret_key FROM changed;

-- Webhook
SELECT id, url, kind, note, created_at, created_by, after,
	CASE WHEN former_until > now() THEN former_until END AS former_until,
	failing_since, last_failure, CASE WHEN failures > 0 AND disabled_at IS NULL THEN next_at END AS next_at, disabled_at,
		disabled_because,
	secret, secret_key FROM webhooks WHERE id = $1;

-- Webhooks
SELECT id, url, kind, note, created_at, created_by, after,
	CASE WHEN former_until > now() THEN former_until END AS former_until,
	failing_since, last_failure, CASE WHEN failures > 0 AND disabled_at IS NULL THEN next_at END AS next_at, disabled_at,
		disabled_because,
	secret, secret_key FROM webhooks WHERE id > $1 ORDER BY id LIMIT $2;

-- RotateWebhook
WITH changed AS (UPDATE webhooks SET secret = secret + 1, secret_key = $2,
	former_until = CASE WHEN secret_key = $2 THEN (SELECT now() + make_interval(secs => $3)) END WHERE id = $1 RETURNING *) SELECT
		id, url, kind, note, created_at, created_by, after,
	CASE WHEN former_until > now() THEN former_until END AS former_until,
	failing_since, last_failure, CASE WHEN failures > 0 AND disabled_at IS NULL THEN next_at END AS next_at, disabled_at,
		disabled_because,
	secret, secret_key FROM changed;

-- LeaseWebhooks
WITH leased AS (UPDATE webhooks AS w SET next_at = now() + make_interval(secs => $3)
	FROM (SELECT id FROM webhooks WHERE disabled_at IS NULL AND secret_key = $1 AND next_at <= now() AND after < CASE
	WHEN kind = 'change' THEN (SELECT coalesce(max(seq), 0) FROM sequenced)
	ELSE (SELECT coalesce(max(seq), 0) FROM standing_changes) END
	ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED) AS due
	WHERE w.id = due.id RETURNING w.*)
	SELECT id, url, kind, after, ahead, failures, secret, coalesce(former_until > now(), false) AS former, next_at FROM leased;

-- SettleWebhook
UPDATE webhooks SET after = $3, ahead = $4, last_failure = $5,
	failures = CASE WHEN $5 = '' THEN 0 WHEN $6 THEN 1 ELSE failures + 1 END,
	failing_since = CASE WHEN $5 <> '' AND NOT $6 THEN least(failing_since, (SELECT now())) END,
	next_at = now() + make_interval(secs => $7),
	disabled_at = CASE WHEN $8 <> '' OR $5 <> '' AND NOT $6 AND failing_since < (SELECT now() - make_interval(days => $9::int))
	THEN (SELECT now()) END,
	disabled_because = CASE WHEN $8 <> '' THEN $8
	WHEN $5 <> '' AND NOT $6 AND failing_since < (SELECT now() - make_interval(days => $9::int))
	THEN 'no delivery was accepted for ' || $9::int::text || ' days' ELSE '' END
	WHERE id = $1 AND next_at = $2 AND disabled_at IS NULL RETURNING disabled_because;

-- DisableWebhook
WITH changed AS (UPDATE webhooks SET disabled_at = least(disabled_at, now()),
	disabled_because = CASE WHEN disabled_at IS NULL THEN 'it was disabled by ' || $2 ELSE disabled_because END
	WHERE id = $1 RETURNING *) SELECT id, url, kind, note, created_at, created_by, after,
	CASE WHEN former_until > now() THEN former_until END AS former_until,
	failing_since, last_failure, CASE WHEN failures > 0 AND disabled_at IS NULL THEN next_at END AS next_at, disabled_at,
		disabled_because,
	secret, secret_key FROM changed;

-- EnableWebhook
WITH changed AS (UPDATE webhooks SET after = CASE WHEN $3 THEN $2 ELSE after END,
	ahead = CASE WHEN $3 THEN '{}' ELSE ahead END, failures = 0, failing_since = NULL, last_failure = '',
	next_at = (SELECT CASE WHEN next_at > now() AND next_at <= now() + make_interval(secs => $4)
	THEN next_at + interval '1 microsecond' ELSE now() END),
	disabled_at = NULL, disabled_because = '' WHERE id = $1 RETURNING *) SELECT id, url, kind, note, created_at, created_by, after,
	CASE WHEN former_until > now() THEN former_until END AS former_until,
	failing_since, last_failure, CASE WHEN failures > 0 AND disabled_at IS NULL THEN next_at END AS next_at, disabled_at,
		disabled_because,
	secret, secret_key FROM changed;

-- DisableOtherWebhooks
UPDATE webhooks SET disabled_at = now(),
	disabled_because = 'the service has another key than the one that its secret was made with; rotate the secret and enable it'
	WHERE secret_key <> $1 AND disabled_at IS NULL;

-- DeleteWebhook
DELETE FROM webhooks WHERE id = $1;
