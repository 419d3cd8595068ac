DROP INDEX sources_sites;
DROP INDEX reviews_newest;
DROP INDEX reviews_sites;
DROP INDEX claims_sums;
ALTER TABLE reviews DROP COLUMN folded, DROP COLUMN terms;
DROP FUNCTION claim_voices;
DROP FUNCTION claim_speaks_as;
DROP FUNCTION sites_of;
DROP FUNCTION text_sums;
