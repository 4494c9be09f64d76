-- Writes an entry of the schedule.
-- Parameters  name, revision, paused, first_seen, last_tick, last_call, last_published, runs, entry, dealt

INSERT INTO celeriac.schedule VALUES ($1::text, $2::int8, $3::boolean, $4::int8, $5::int8, $6::text, $7::int8, $8::int8,
    $9::bytea, $10::text)
ON CONFLICT (name) DO UPDATE SET revision = EXCLUDED.revision, paused = EXCLUDED.paused,
    first_seen = EXCLUDED.first_seen, last_tick = EXCLUDED.last_tick, last_call = EXCLUDED.last_call,
    last_published = EXCLUDED.last_published, runs = EXCLUDED.runs, entry = EXCLUDED.entry, dealt = EXCLUDED.dealt
