DROP TABLE sessions;
DROP TABLE leases;
DROP INDEX matches_proposed;
DROP INDEX attributions_proposed;
DROP INDEX links_proposed;
