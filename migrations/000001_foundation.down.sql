DROP TABLE changes, reviews, links, appearances, attributions, claims, documents, relations, sources;
DROP FUNCTION changes_are_kept(), attributions_appear(), chain_appearances(uuid[]), text_digest(text), text_languages(jsonb), chain_sources(jsonb),
    moment_last(text), moment_first(text), day_last(text), day_first(text);
DROP EXTENSION pg_trgm;
