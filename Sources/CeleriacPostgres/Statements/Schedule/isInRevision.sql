-- Whether an entry is in a revision.
-- Parameters  name, revision
-- Result      1, if it is

SELECT 1 FROM celeriac.schedule WHERE name = $1::text AND revision = $2::int8
