-- Deletes or clears the records among the next 5,000 calls whose time is over. One process at a time walks through the
-- calls by their numbers, since an index over expires would make every end of a call write to it.
-- Parameters  whether this process walks on; else it begins only if nobody has walked for three seconds
-- Result      how many; whether the walk has come to the end of the calls

WITH mine AS MATERIALIZED (
    SELECT u.cursor FROM celeriac.upkeep u WHERE u.name = 'records'
        AND ($1::boolean OR u.at <= celeriac.now() - interval '3 seconds') FOR UPDATE SKIP LOCKED
),
walked AS MATERIALIZED (
    SELECT c.number, c.expires <= celeriac.now() AS is_over FROM mine CROSS JOIN LATERAL (
        SELECT c.number, c.expires FROM celeriac.call c WHERE c.number > mine.cursor ORDER BY c.number LIMIT 5000
    ) c
),
locked AS MATERIALIZED (
    SELECT c.number, c.headers IS NULL AS is_bare FROM walked w
    JOIN celeriac.call c ON c.number = ANY (ARRAY[w.number])
    WHERE w.is_over AND c.expires <= celeriac.now() FOR UPDATE OF c SKIP LOCKED
),
deleted AS (
    DELETE FROM celeriac.call c USING locked k WHERE c.number = ANY (ARRAY[k.number]) AND k.is_bare RETURNING c.number
),
cleared AS (
    UPDATE celeriac.call c SET state = NULL, attempt = NULL, task = NULL, record_queue = NULL, worker = NULL,
        started_at = NULL, recorded_at = NULL, expires = NULL, parent_id = NULL, failure = NULL, meta = NULL,
        result = NULL, children = NULL
    FROM locked k WHERE c.number = ANY (ARRAY[k.number]) AND NOT k.is_bare RETURNING c.number
),
moved AS (
    UPDATE celeriac.upkeep u SET at = celeriac.now(),
        cursor = CASE WHEN (SELECT count(*) FROM walked) < 5000 THEN 0 ELSE (SELECT max(number) FROM walked) END
    FROM mine WHERE u.name = 'records'
)
SELECT (SELECT count(*) FROM deleted) + (SELECT count(*) FROM cleared), (SELECT count(*) FROM walked) < 5000 FROM mine
