-- Turns a message into its record, unless a record stands there that does not yield.
-- Parameters  1 to 12 the record: state, attempt, task, queue, worker, started_at, recorded_at, expires, parent,
--             failure, meta, result; 13 now; 14 to 16 three states that do not yield; 17 call; 18 id

UPDATE celeriac_calls SET
    -- @include recordColumns
    ,
    -- @include noMessage
WHERE number = ?17 AND id = ?18 AND
    -- @include recordYields
