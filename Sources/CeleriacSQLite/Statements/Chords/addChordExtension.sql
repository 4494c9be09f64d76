-- Notes that a call has extended a chord, once.
-- Parameters  chord, the call that asks

INSERT OR IGNORE INTO celeriac_chord_extensions VALUES (?, ?)
