-- Changes where a call belongs.
-- Parameters  call, rank, position, not_before

UPDATE celeriac_calls SET rank = ?2, position = ?3, not_before = ?4 WHERE number = ?1
