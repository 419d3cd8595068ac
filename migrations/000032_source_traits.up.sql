-- Sources are found by what they are known by in a table of hashes: an import of sources filled an index of their texts for a third of
-- its time. Several may have one hash; the column identities decides.

CREATE TABLE source_traits (
    hash bigint NOT NULL,
    source_id uuid NOT NULL,
    PRIMARY KEY (hash, source_id)
);
COMMENT ON TABLE source_traits IS
    'Which sources are known by something, by its hash. Whoever adds a source adds its rows; triggers follow later changes.';

INSERT INTO source_traits (hash, source_id)
SELECT DISTINCT hashtextextended(trait, 0), sources.id FROM sources, unnest(identities) AS trait ORDER BY 1, 2;
DROP INDEX sources_identities;

-- New sources have no trigger, which costs an import more than the rows. What is written anew by the same rules keeps its rows.
CREATE FUNCTION source_known_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM source_traits
    WHERE source_id = OLD.id AND hash = ANY (ARRAY (SELECT hashtextextended(trait, 0) FROM unnest(OLD.identities) AS trait));
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO source_traits (hash, source_id)
        SELECT DISTINCT hashtextextended(trait, 0), NEW.id FROM unnest(NEW.identities) AS trait ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION source_known_anew IS 'Keeps source_traits equal to what sources are known by that change or are deleted.';
CREATE TRIGGER source_known_on_update AFTER UPDATE OF identities ON sources
    FOR EACH ROW WHEN (OLD.identities IS DISTINCT FROM NEW.identities) EXECUTE FUNCTION source_known_anew();
CREATE TRIGGER source_unknown_on_delete AFTER DELETE ON sources
    FOR EACH ROW EXECUTE FUNCTION source_known_anew();

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION source_known_anew() SET search_path = %I, pg_temp', current_schema());
END
$$;

-- A dump of the data alone of an earlier release brings sources without these rows, and the version that it had, by which they are made.
-- What is stored here has them already.
UPDATE indexing SET version = 4 WHERE version = 3;
