DROP INDEX standings_contested;
