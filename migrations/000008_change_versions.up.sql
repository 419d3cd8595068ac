-- Each version of a thing is named by one change. An import beside other writers could give one number to two states: the number
-- then says nothing, and an If-Match with it may be answered for a state that nobody saw.
--
-- Nothing is renumbered. Of the changes with one number that one stays whose state the thing has now, else the last; the others
-- are kept aside, and the thing gets a new version, so that no number that two states have borne is its present one.

CREATE TABLE changes_doubled (LIKE changes);
COMMENT ON TABLE changes_doubled IS 'Changes that bore the version number of another change of the same thing, as they stood in changes.';
COMMENT ON COLUMN changes_doubled.xid IS 'As in changes.';
COMMENT ON COLUMN changes_doubled.state IS 'The thing after the change, without document texts.';

-- in the order in which a write takes them: the thing, then its change
LOCK TABLE sources, relations, documents, claims, attributions, links, reviews, changes IN SHARE ROW EXCLUSIVE MODE;

CREATE TEMP TABLE doubled_things ON COMMIT DROP AS
SELECT resource, resource_id, max(newest) AS newest, bool_or(again > 0 AND to_version = newest) AS present_is_doubled, sum(again) AS again
FROM (SELECT resource, resource_id, to_version, count(*) - 1 AS again, max(to_version) OVER (PARTITION BY resource, resource_id) AS newest
      FROM changes GROUP BY resource, resource_id, to_version) AS versions
GROUP BY resource, resource_id HAVING sum(again) > 0;

CREATE TEMP TABLE doubled_rows (resource text, resource_id uuid, updated_at timestamptz, version int) ON COMMIT DROP;
DO $$
DECLARE
    kind text;
BEGIN
    FOREACH kind IN ARRAY ARRAY['source', 'relation', 'document', 'claim', 'attribution', 'link', 'review'] LOOP
        EXECUTE format('INSERT INTO doubled_rows SELECT resource, id, updated_at, version
            FROM doubled_things JOIN %I ON id = resource_id WHERE resource = %L',
            kind || 's', kind);
    END LOOP;
END
$$;

-- A change and its row are written at one time, that of their transaction: this tells which change is the present state's.
CREATE TEMP TABLE doubled_present ON COMMIT DROP AS
SELECT DISTINCT ON (resource, resource_id) resource, resource_id, greatest(newest, version) AS newest, state,
    present_is_doubled OR version < newest OR reason <> 'version numbers mended' AS mend
FROM changes JOIN doubled_things USING (resource, resource_id) JOIN doubled_rows USING (resource, resource_id)
ORDER BY resource, resource_id, at = updated_at DESC, to_version DESC, xid DESC, id DESC;

ALTER TABLE changes DISABLE TRIGGER changes_are_kept;
WITH ranked AS (
    SELECT c.xid, c.id, row_number() OVER (PARTITION BY resource, resource_id, c.to_version
        ORDER BY c.state - '{version,updated_at}'::text[] IS NOT DISTINCT FROM p.state - '{version,updated_at}'::text[] DESC,
            c.at DESC, c.xid DESC, c.id DESC) AS place
    FROM changes AS c JOIN doubled_things USING (resource, resource_id) LEFT JOIN doubled_present AS p USING (resource, resource_id)
), gone AS (
    DELETE FROM changes USING ranked WHERE (changes.xid, changes.id) = (ranked.xid, ranked.id) AND place > 1 RETURNING changes.*
) INSERT INTO changes_doubled SELECT * FROM gone;
ALTER TABLE changes ENABLE TRIGGER changes_are_kept;
CREATE TRIGGER changes_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON changes_doubled
    FOR EACH STATEMENT EXECUTE FUNCTION changes_are_kept();

DO $$
DECLARE
    kind text;
    things bigint;
    entries bigint;
BEGIN
    FOREACH kind IN ARRAY ARRAY['source', 'relation', 'document', 'claim', 'attribution', 'link', 'review'] LOOP
        EXECUTE format('UPDATE %I AS t SET version = newest + 1, updated_at = now()
            FROM doubled_present AS p WHERE mend AND p.resource = %L AND t.id = p.resource_id',
            kind || 's', kind);
    END LOOP;
    INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, reason, state)
    SELECT 'cli:migrate', 'update', resource, resource_id, newest, newest + 1, 'version numbers mended',
        state || jsonb_build_object('version', newest + 1, 'updated_at', now())
    FROM doubled_present WHERE mend;
    SELECT count(*), coalesce(sum(again), 0) INTO things, entries FROM doubled_things;
    IF things > 0 THEN
        RAISE NOTICE 'version numbers mended: % things had versions that two changes bore; % changes are kept aside in changes_doubled, %',
            things, entries, format('and %s things got a new version', (SELECT count(*) FROM doubled_present WHERE mend));
    END IF;
END
$$;

CREATE UNIQUE INDEX changes_versions ON changes (resource_id, to_version, resource);
COMMENT ON INDEX changes_versions IS 'One change for each version of a thing. Things of two kinds may have one id.';
