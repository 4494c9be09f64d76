-- Chords that can be claimed, in the order in which they became due.
-- Parameters  boot, uptime, now, limit
-- Result      number

SELECT number FROM celeriac_chords
WHERE due IS NOT NULL AND (claim IS NULL OR claim_boot <> ?1 OR claim_expires <= ?2)
    AND (expires IS NULL OR expires > ?3)
ORDER BY due LIMIT ?4
