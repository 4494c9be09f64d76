-- Whether nothing is recorded, or the record has expired, or yields by `TaskState.yields(to:)`. ?14 is the precedence of
-- the new state; for a state that is not terminal, the lowest of all terminal states.

(state IS NULL OR expires <= ?13
    OR CASE state WHEN 'SUCCESS' THEN 0 WHEN 'FAILURE' THEN 1 WHEN 'REVOKED' THEN 3 ELSE 4 END > ?14)
