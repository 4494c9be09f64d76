-- Ends deliveries whose messages are done.
-- Parameters  calls, tokens
-- Result      call of each delivery that was ended

WITH gone AS (
    DELETE FROM celeriac.lease l USING unnest($1::int8[], $2::int8[]) AS i(call, token)
    WHERE l.call = ANY (ARRAY[i.call]) AND l.token = i.token RETURNING l.call
),
-- @include removeMessages
SELECT call FROM gone
