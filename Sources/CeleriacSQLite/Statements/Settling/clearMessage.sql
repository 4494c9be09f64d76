-- Deletes the message of a call and leaves its record.
-- Parameters  call

UPDATE celeriac_calls SET
    -- @include noMessage
WHERE number = ?
