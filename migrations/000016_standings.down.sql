DROP TABLE standings_position;
DROP TABLE standings_spread;
DROP TABLE standings_due;
DROP TABLE standings;
