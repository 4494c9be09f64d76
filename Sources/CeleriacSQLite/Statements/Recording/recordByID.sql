-- Records a state of a call that is known, unless its record does not yield.
-- Parameters  1 to 16 as for completeCall; 17 id

UPDATE celeriac_calls SET
    -- @include recordColumns
WHERE id = ?17 AND
    -- @include recordYields
