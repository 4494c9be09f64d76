-- Claims chords in the order in which they became due.
-- Parameters  limit, a number below all claims, microseconds of the lease
-- Result      number, claim

WITH due AS MATERIALIZED (
    SELECT c.number FROM celeriac.chord c
    WHERE c.due IS NOT NULL AND (c.claim IS NULL OR c.claim_expires <= celeriac.uptime())
        AND (c.expires IS NULL OR c.expires > celeriac.now())
    ORDER BY c.due LIMIT $1::int8 FOR UPDATE SKIP LOCKED
),
numbered AS MATERIALIZED (
    SELECT number, $2::int8 + row_number() OVER () AS claim FROM due
)
UPDATE celeriac.chord c SET claim = n.claim, claim_expires = celeriac.uptime() + $3::int8 * interval '1 microsecond'
FROM numbered n WHERE c.number = ANY (ARRAY[n.number]) RETURNING c.number, n.claim
