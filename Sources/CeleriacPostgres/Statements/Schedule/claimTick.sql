-- Reserves the next step of an entry for a beat that publishes through another broker.
-- Parameters  name, revision, the last tick as it was, the beat, when, microseconds for which a claim stands
-- Result      1, if it is reserved

INSERT INTO celeriac.schedule_claim AS c (name, revision, after_tick, beat, claimed_at)
SELECT s.name, s.revision, s.last_tick, $4::text, $5::int8 FROM celeriac.schedule s
WHERE s.name = $1::text AND s.revision = $2::int8 AND NOT s.paused AND s.last_tick IS NOT DISTINCT FROM $3::int8
ON CONFLICT (name) DO UPDATE SET revision = EXCLUDED.revision, after_tick = EXCLUDED.after_tick, beat = EXCLUDED.beat,
    claimed_at = EXCLUDED.claimed_at
WHERE c.beat = EXCLUDED.beat OR c.revision <> EXCLUDED.revision
    OR c.after_tick IS DISTINCT FROM EXCLUDED.after_tick OR abs(EXCLUDED.claimed_at - c.claimed_at) >= $6::int8
RETURNING 1
