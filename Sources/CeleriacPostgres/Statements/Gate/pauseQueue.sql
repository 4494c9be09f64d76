-- Pauses a queue; replaces an earlier pause.
-- Parameters  queue, at, actor, note

INSERT INTO celeriac.pause VALUES ($1::text, $2::timestamptz, $3::text, $4::text)
ON CONFLICT (queue) DO UPDATE SET at = EXCLUDED.at, actor = EXCLUDED.actor, note = EXCLUDED.note
