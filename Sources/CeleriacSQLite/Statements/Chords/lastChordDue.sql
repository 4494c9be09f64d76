-- The largest number of a chord that is due.
-- Result      due, or NULL

SELECT max(due) FROM celeriac_chords WHERE due IS NOT NULL
