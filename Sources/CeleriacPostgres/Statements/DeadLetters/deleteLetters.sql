-- Deletes dead letters.
-- Parameters  ids
-- Result      id of each letter that was there

DELETE FROM celeriac.dead WHERE id = ANY ($1::text[]) RETURNING id
