CREATE OR REPLACE FUNCTION sites_of(domains text[], url text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT array_agg(DISTINCT array_to_string(labels[first:], '.'))
    FROM unnest(domains || lower(substring(url FROM '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)'))) AS host,
        string_to_array(host, '.') AS labels, generate_series(1, greatest(cardinality(labels) - 1, 1)) AS first
    WHERE host <> '');

CREATE OR REPLACE FUNCTION day_last(day text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE length(day)
    WHEN 4 THEN (day_first(day) + interval '1 year' - interval '1 day')::date
    WHEN 7 THEN (day_first(day) + interval '1 month' - interval '1 day')::date
    ELSE day_first(day) END;

CREATE OR REPLACE FUNCTION day_first(day text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN day <> '' THEN make_date(
    substr(day, 1, 4)::int, coalesce(nullif(substr(day, 6, 2), ''), '1')::int, coalesce(nullif(substr(day, 9, 2), ''), '1')::int) END;
