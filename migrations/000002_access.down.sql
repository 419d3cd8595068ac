COMMENT ON COLUMN changes.actor IS 'cli:<user>, or anonymous for a request without a key.';
DROP TABLE kept_answers;
DROP TABLE api_keys;
