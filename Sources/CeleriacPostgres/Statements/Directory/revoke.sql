-- Revokes calls. What an earlier revocation asked for stays asked for.
-- Parameters  ids, whether to terminate, until

INSERT INTO celeriac.revocation AS r (id, terminate, until)
SELECT i.id, $2::boolean, $3::timestamptz FROM unnest($1::text[]) AS i(id) ORDER BY i.id
ON CONFLICT (id) DO UPDATE SET terminate = r.terminate OR EXCLUDED.terminate, until = greatest(r.until, EXCLUDED.until)
