-- Deletes a chord.
-- Parameters  number

DELETE FROM celeriac_chords WHERE number = ?
