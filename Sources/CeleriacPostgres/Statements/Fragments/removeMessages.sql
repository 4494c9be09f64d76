-- Removes the messages of the calls in `gone (call)`, as further parts of WITH. The lock shows each row as it is now, so
-- that a record that is written at the same moment stays.

locked AS MATERIALIZED (
    SELECT c.number, c.state IS NULL AS is_bare FROM gone g
    JOIN celeriac.call c ON c.number = ANY (ARRAY[g.call]) FOR UPDATE OF c
),
deleted AS (
    DELETE FROM celeriac.call c USING locked k WHERE c.number = ANY (ARRAY[k.number]) AND k.is_bare
),
cleared AS (
    UPDATE celeriac.call c SET
    -- @include noMessage
    FROM locked k WHERE c.number = ANY (ARRAY[k.number]) AND NOT k.is_bare
)
