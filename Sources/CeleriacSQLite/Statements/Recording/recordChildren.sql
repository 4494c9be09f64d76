-- Records what a call has sent.
-- Parameters  children, id

UPDATE celeriac_calls SET children = ? WHERE id = ?
