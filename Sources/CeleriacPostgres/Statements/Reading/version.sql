-- The version of the schema.
-- Result      version

SELECT number FROM celeriac.version
