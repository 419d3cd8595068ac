DROP INDEX standings_rank;
