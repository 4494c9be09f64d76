-- Whether a dead letter stands already.
-- Parameters  id, died_at
-- Result      1, if it does

SELECT 1 FROM celeriac_dead WHERE id = ? AND died_at = ?
