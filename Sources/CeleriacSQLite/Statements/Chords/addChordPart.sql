-- Adds a part of a chord, once.
-- Parameters  chord, place, id, state, result

INSERT OR IGNORE INTO celeriac_chord_parts VALUES (?, ?, ?, ?, ?)
