DROP INDEX changes_deleted_reviewed;
