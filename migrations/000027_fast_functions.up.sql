-- What writes call for each row, made cheap; each answers as before.
--
-- A function that is STRICT and holds a CASE cannot be put in the place of its call. day_last and the moments call day_first, which was
-- then read and planned anew for each row: most of what it took to write a relation. These give NULL for NULL by themselves.

CREATE OR REPLACE FUNCTION day_first(day text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN day <> '' THEN make_date(
    substr(day, 1, 4)::int, coalesce(nullif(substr(day, 6, 2), ''), '1')::int, coalesce(nullif(substr(day, 9, 2), ''), '1')::int) END;

CREATE OR REPLACE FUNCTION day_last(day text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE length(day)
    WHEN 4 THEN (day_first(day) + interval '1 year' - interval '1 day')::date
    WHEN 7 THEN (day_first(day) + interval '1 month' - interval '1 day')::date
    ELSE day_first(day) END;

-- A query for each row took three times as long as the indexes that it was for. A site may stand twice, of which an index knows nothing.
CREATE OR REPLACE FUNCTION sites_of(domains text[], url text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    host text;
    sites text[];
BEGIN
    FOREACH host IN ARRAY domains || lower(substring(url FROM '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)')) LOOP
        WHILE host <> '' LOOP
            sites := sites || host;
            host := substr(host, strpos(host, '.') + 1);
            EXIT WHEN strpos(host, '.') = 0;
        END LOOP;
    END LOOP;
    RETURN sites;
END
$$;
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION sites_of(text[], text) SET search_path = %I, pg_temp', current_schema());
END
$$;
