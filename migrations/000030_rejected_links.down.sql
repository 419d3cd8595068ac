DROP INDEX links_rejected;
