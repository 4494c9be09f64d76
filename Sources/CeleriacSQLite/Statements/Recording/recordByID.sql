-- Records a state of a call that is known, unless its record does not yield.
-- Parameters  1 to 14 as for completeCall; 15 id

UPDATE celeriac_calls SET
    -- @include recordColumns
WHERE id = ?15 AND
    -- @include recordYields
