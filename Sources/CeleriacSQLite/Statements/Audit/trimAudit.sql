-- Drops the entries of the audit log that are too many or too old, but not the newest.
-- Parameters  how many are kept, the oldest date

DELETE FROM celeriac_audit
WHERE number < (SELECT max(number) FROM celeriac_audit) AND number IN (
    SELECT number FROM celeriac_audit WHERE number <= (SELECT max(number) - ? FROM celeriac_audit)
    UNION ALL
    SELECT number FROM (SELECT number, at FROM celeriac_audit ORDER BY number LIMIT 100) WHERE at < ?
)
