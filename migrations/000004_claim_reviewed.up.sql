-- The wording of a claim that a review answers.

ALTER TABLE reviews ADD COLUMN claim_reviewed text NOT NULL DEFAULT '';
COMMENT ON COLUMN reviews.claim_reviewed IS 'The claim as the reviewer words it; empty where that is a statement of the claim to the letter, or nobody says.';
