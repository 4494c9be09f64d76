-- Turns a message into its record, unless a record stands there that does not yield.
-- Parameters  1 to 12 the record: state, attempt, task, queue, worker, started_at, recorded_at, expires, parent,
--             failure, meta, result; 13 now; 14 the precedence of the state; 15 call; 16 id

UPDATE celeriac_calls SET
    -- @include recordColumns
    ,
    -- @include noMessage
WHERE number = ?15 AND id = ?16 AND
    -- @include recordYields
