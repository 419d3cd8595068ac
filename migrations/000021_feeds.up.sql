-- Feeds: imports that have a name, whose next edition brings up to date what they said before.

CREATE TABLE feeds (
    name text PRIMARY KEY CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    edition int NOT NULL DEFAULT 0
);
COMMENT ON TABLE feeds IS 'Feeds, each known by its name.';
COMMENT ON COLUMN feeds.edition IS 'The newest edition that is not undone; 0 where all are.';

CREATE TABLE feed_editions (
    feed text NOT NULL REFERENCES feeds DEFERRABLE INITIALLY IMMEDIATE,
    n int NOT NULL CHECK (n > 0),
    group_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    date date NOT NULL,
    file text NOT NULL DEFAULT '',
    format text NOT NULL DEFAULT '',
    actor text NOT NULL,
    reason text NOT NULL DEFAULT '',
    says int NOT NULL DEFAULT 0,
    counts jsonb NOT NULL DEFAULT '{}',
    outcomes jsonb NOT NULL DEFAULT '{}',
    withheld text NOT NULL DEFAULT '',
    undone boolean NOT NULL DEFAULT false,
    PRIMARY KEY (feed, n),
    CONSTRAINT feed_editions_group UNIQUE (group_id)
);
COMMENT ON TABLE feed_editions IS 'The files that a feed came in.';
COMMENT ON COLUMN feed_editions.n IS 'Which edition of the feed it is, from 1.';
COMMENT ON COLUMN feed_editions.group_id IS 'The group of the changes that its import made.';
COMMENT ON COLUMN feed_editions.date IS 'The day as of which it says what it says.';
COMMENT ON COLUMN feed_editions.file IS 'The name of the file.';
COMMENT ON COLUMN feed_editions.says IS 'How many things the feed says with it.';
COMMENT ON COLUMN feed_editions.counts IS 'Object: resource to {added, changed, unchanged, taken_back}.';
COMMENT ON COLUMN feed_editions.outcomes IS 'Object: what became of things that it no longer says, to how many.';
COMMENT ON COLUMN feed_editions.withheld IS 'Why nothing was taken back; empty where it could be.';
COMMENT ON COLUMN feed_editions.undone IS 'Whether its import is undone.';

CREATE TABLE feed_things (
    feed text NOT NULL REFERENCES feeds DEFERRABLE INITIALLY IMMEDIATE,
    resource text NOT NULL,
    thing uuid NOT NULL,
    first int NOT NULL,
    last int CHECK (last >= first),
    PRIMARY KEY (thing, feed, first)
);
COMMENT ON TABLE feed_things IS 'What each feed says, and in which of its editions. Editions that are undone count for nothing.';
COMMENT ON COLUMN feed_things.resource IS 'What kind of thing it is.';
COMMENT ON COLUMN feed_things.thing IS 'Its id.';
COMMENT ON COLUMN feed_things.first IS 'The first of the editions in a row that say it.';
COMMENT ON COLUMN feed_things.last IS 'The last of them; null where the newest does.';
CREATE INDEX feed_things_feed ON feed_things (feed, thing);
