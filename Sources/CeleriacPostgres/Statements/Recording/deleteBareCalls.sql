-- Deletes calls that have no message.
-- Parameters  ids

DELETE FROM celeriac.call WHERE id = ANY ($1::text[]) AND headers IS NULL
