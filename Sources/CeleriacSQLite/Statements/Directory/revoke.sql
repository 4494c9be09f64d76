-- Revokes a call under a new number. What an earlier revocation asked for stays asked for.
-- Parameters  id, terminate, until

INSERT OR REPLACE INTO celeriac_revocations (id, terminate, until)
SELECT ?1, max(?2, ifnull(max(terminate), 0)), max(?3, ifnull(max(until), ?3))
FROM celeriac_revocations WHERE id = ?1
