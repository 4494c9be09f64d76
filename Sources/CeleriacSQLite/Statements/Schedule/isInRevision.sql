-- Whether an entry is in a revision.
-- Parameters  name, revision
-- Result      1, if it is

SELECT 1 FROM celeriac_schedule WHERE name = ? AND revision = ?
