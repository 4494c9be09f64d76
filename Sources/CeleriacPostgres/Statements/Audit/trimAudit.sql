-- Drops the entries of the audit log that are too many or too old, but not the newest; up to 1,000 of each.
-- Parameters  how many are kept, the oldest date

DELETE FROM celeriac.audit a USING (
    SELECT o.number FROM (SELECT number, at FROM celeriac.audit ORDER BY number LIMIT 1000) o
    WHERE o.at < $2::timestamptz
        OR o.number <= (SELECT number FROM celeriac.audit ORDER BY number DESC OFFSET $1::int8 LIMIT 1)
) old
WHERE a.number = old.number AND a.number < (SELECT max(number) FROM celeriac.audit)
