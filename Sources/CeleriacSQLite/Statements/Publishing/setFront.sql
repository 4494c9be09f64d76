-- Gives a call the first place of its rank.
-- Parameters  call
-- Result      position

UPDATE celeriac_calls SET position = -number WHERE number = ? RETURNING position
