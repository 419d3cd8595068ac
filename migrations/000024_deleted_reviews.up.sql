-- The reviews that a claim had and that were deleted, for those who ask what was recorded by a moment.
CREATE INDEX changes_deleted_reviewed ON changes ((state ->> 'claim')) WHERE operation = 'delete' AND resource = 'review';
