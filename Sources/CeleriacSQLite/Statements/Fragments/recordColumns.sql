-- The record of a call in twelve parameters, for SET.

state = ?1, attempt = ?2, task = ?3, record_queue = ?4, worker = ?5, started_at = ?6, recorded_at = ?7,
expires = ?8, parent_id = ?9, failure = ?10, meta = ?11, result = ?12, children = NULL
