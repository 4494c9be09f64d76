-- Pauses a queue; replaces an earlier pause.
-- Parameters  queue, at, actor, note

INSERT INTO celeriac_pauses VALUES (?, ?, ?, ?)
ON CONFLICT (queue) DO UPDATE SET at = excluded.at, actor = excluded.actor, note = excluded.note
