-- The language that a review is written in.

ALTER TABLE reviews ADD COLUMN language text NOT NULL DEFAULT '';
COMMENT ON COLUMN reviews.language IS 'BCP 47 tag of the title and the verdict; empty where nobody says.';
