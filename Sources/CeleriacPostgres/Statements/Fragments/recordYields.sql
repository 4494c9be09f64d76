-- Whether nothing is recorded for the call `c`, or its record has expired, or yields to `n.state` by
-- `TaskState.yields(to:)`.

(c.state IS NULL OR c.expires <= celeriac.now()
    OR CASE c.state WHEN 'SUCCESS' THEN 0 WHEN 'FAILURE' THEN 1 WHEN 'REVOKED' THEN 3 ELSE 4 END
    > CASE n.state WHEN 'SUCCESS' THEN 0 WHEN 'FAILURE' THEN 1 ELSE 3 END)
