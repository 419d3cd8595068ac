DROP TABLE feed_things;
DROP TABLE feed_editions;
DROP TABLE feeds;
