-- Reserves the next step of an entry for a beat that publishes through another broker.
-- Parameters  name, revision, the last tick as it was, the beat, when, microseconds for which a claim stands

INSERT INTO celeriac_schedule_claims (name, revision, after_tick, beat, claimed_at)
SELECT name, revision, last_tick, ?4, ?5 FROM celeriac_schedule
WHERE name = ?1 AND revision = ?2 AND NOT paused AND last_tick IS ?3
ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, after_tick = excluded.after_tick,
    beat = excluded.beat, claimed_at = excluded.claimed_at
WHERE beat = excluded.beat OR revision <> excluded.revision OR after_tick IS NOT excluded.after_tick
    OR abs(excluded.claimed_at - claimed_at) >= ?6
