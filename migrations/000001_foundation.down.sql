DROP TABLE changes, reviews, links, appearances, attributions, claims, documents, relations, sources;
DROP FUNCTION changes_are_kept(), attributions_appear(), chain_appearances(uuid[]), text_digest(text), text_languages(jsonb), chain_sources(jsonb),
    moment_last(text), moment_first(text), day_last(text), day_first(text);
DO $$
BEGIN
    -- in another schema, or of another owner, it was not made for this one
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm' AND extnamespace = current_schema()::regnamespace AND pg_has_role(extowner, 'USAGE')) THEN
        DROP EXTENSION pg_trgm;
    END IF;
EXCEPTION WHEN dependent_objects_still_exist THEN
    RAISE NOTICE 'the extension pg_trgm stays, since other tables of the database use it';
END
$$;
