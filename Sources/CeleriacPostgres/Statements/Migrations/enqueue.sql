-- Publishes a call within the transaction of whoever calls it, from any driver or a trigger: docs page "One database".
-- Parameters  queue, name of the task, positional arguments as a JSON array, named arguments as a JSON object, options:
--               id          any text up to 1,000 bytes; default a random UUID
--               priority    0 to 9, 9 is served first; default as for calls without one
--               eta         a timestamp; countdown: seconds from now
--               expires     a timestamp, or seconds from now
--               unique_key  at most one call of a key waits or runs at a time
--               at_front    true: before all others of its queue and priority
--               ignore_result, shadow, root_id, parent_id, time_limit, soft_time_limit (seconds), headers (an object)
-- Result      the id of the call; if a call with this id or unique key stands already, that call's id, and nothing was
--             published

CREATE FUNCTION celeriac.enqueue(
    queue text, task text, args jsonb DEFAULT '[]', kwargs jsonb DEFAULT '{}', options jsonb DEFAULT '{}'
) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    known CONSTANT text[] := ARRAY['id', 'priority', 'eta', 'countdown', 'expires', 'unique_key', 'at_front',
        'ignore_result', 'shadow', 'root_id', 'parent_id', 'time_limit', 'soft_time_limit', 'headers'];
    unknown text;
    call_id text := coalesce(options ->> 'id', gen_random_uuid()::text);
    stored_id text := replace(call_id, '\', '\\');
    unique_name text := replace(options ->> 'unique_key', '\', '\\');
    due timestamptz;
    ends timestamptz;
    headers jsonb;
    queue_number int4;
    holder text;
    added record;
BEGIN
    IF queue IS NULL OR octet_length(queue) NOT BETWEEN 1 AND 255 OR queue ~ '[\x01-\x1f\x7f-\x9f]' THEN
        RAISE EXCEPTION 'celeriac.enqueue: a queue name has 1 to 255 bytes and no control characters'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF queue LIKE 'celeriac' || '.%' OR queue LIKE '\_kombu.%' OR queue LIKE 'celery-task-meta-%'
        OR queue LIKE 'celery-taskset-meta-%' OR queue LIKE 'chord-unlock-%' OR queue LIKE 'celeryev.%'
        OR queue IN ('unacked', 'unacked_index', 'unacked_mutex', 'celeryev') OR queue LIKE '%.pidbox' THEN
        RAISE EXCEPTION 'celeriac.enqueue: the queue name % is reserved', quote_literal(left(queue, 60))
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF coalesce(task, '') = '' THEN
        RAISE EXCEPTION 'celeriac.enqueue: name the task' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF jsonb_typeof(args) IS DISTINCT FROM 'array' OR jsonb_typeof(kwargs) IS DISTINCT FROM 'object'
        OR jsonb_typeof(options) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'celeriac.enqueue: args must be a JSON array, kwargs and options JSON objects'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT k INTO unknown FROM jsonb_object_keys(options) k WHERE NOT k = ANY (known) LIMIT 1;
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'celeriac.enqueue: there is no option %; it knows %', quote_literal(left(unknown, 40)),
            array_to_string(known, ', ') USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF octet_length(stored_id) NOT BETWEEN 1 AND 1000 OR octet_length(unique_name) > 1000 THEN
        RAISE EXCEPTION 'celeriac.enqueue: id and unique_key have 1 to 1,000 bytes'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF jsonb_typeof(coalesce(options -> 'headers', '{}')) <> 'object' THEN
        RAISE EXCEPTION 'celeriac.enqueue: headers must be a JSON object' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    due := coalesce((options ->> 'eta')::timestamptz, now() + (options ->> 'countdown')::float8 * interval '1 second');
    ends := CASE jsonb_typeof(options -> 'expires') WHEN 'number'
        THEN now() + (options ->> 'expires')::float8 * interval '1 second' ELSE (options ->> 'expires')::timestamptz END;
    headers := coalesce(options -> 'headers', '{}') || jsonb_strip_nulls(jsonb_build_object(
        'lang', 'sql', 'task', task, 'id', call_id, 'retries', 0, 'shadow', options -> 'shadow',
        'root_id', coalesce(options ->> 'root_id', call_id), 'parent_id', options -> 'parent_id',
        'eta', to_char(due AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00'),
        'expires', to_char(ends AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00'),
        'ignore_result', (options ->> 'ignore_result')::boolean));
    IF options ? 'time_limit' OR options ? 'soft_time_limit' THEN
        headers := headers || jsonb_build_object('timelimit', jsonb_build_array(
            (options ->> 'time_limit')::float8, (options ->> 'soft_time_limit')::float8));
    END IF;

    SELECT q.number INTO queue_number FROM celeriac.queue q WHERE q.name = enqueue.queue;
    IF queue_number IS NULL THEN
        INSERT INTO celeriac.queue AS q (name) VALUES (enqueue.queue)
        ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name RETURNING q.number INTO queue_number;
    END IF;
    LOOP
        SELECT c.id INTO holder FROM celeriac.call c WHERE c.unique_key = unique_name;
        IF holder IS NOT NULL THEN
            RETURN replace(holder, '\\', '\');
        END IF;
        BEGIN
            INSERT INTO celeriac.call AS c (id, queue, rank, place, not_before, enqueued_at, unique_key, until_start,
                headers, body)
            SELECT stored_id, queue_number, r.rank,
                CASE WHEN r.rank % 2 = 0 THEN timestamptz '2000-01-01 00:00Z' - r.number * interval '1 microsecond'
                    ELSE coalesce(due, now()) END,
                due, now(), unique_name, CASE WHEN unique_name IS NOT NULL THEN false END,
                convert_to(headers::text, 'UTF8'), convert_to(jsonb_build_array(args, kwargs,
                    '{"callbacks": null, "errbacks": null, "chain": null, "chord": null}'::jsonb)::text, 'UTF8')
            FROM (
                SELECT (2 * (9 - coalesce((options ->> 'priority')::int4, 4))
                    + CASE WHEN (options ->> 'at_front')::boolean THEN 0 ELSE 1 END)::int2 AS rank,
                    nextval('celeriac.call_number') AS number
            ) r
            ON CONFLICT (id) DO UPDATE SET queue = EXCLUDED.queue, rank = EXCLUDED.rank, place = EXCLUDED.place,
                not_before = EXCLUDED.not_before, enqueued_at = EXCLUDED.enqueued_at,
                unique_key = EXCLUDED.unique_key, until_start = EXCLUDED.until_start, content_type = NULL,
                content_encoding = NULL, correlation_id = NULL, reply_to = NULL, headers = EXCLUDED.headers,
                body = EXCLUDED.body
            WHERE c.headers IS NULL
            RETURNING c.number, c.rank, c.place INTO added;
            EXIT;
        EXCEPTION WHEN unique_violation THEN
            -- Another transaction has taken the key since.
        END;
    END LOOP;
    IF added.number IS NULL THEN
        RETURN call_id;
    END IF;
    IF due > now() THEN
        INSERT INTO celeriac.delayed (queue, due, call, deliveries) VALUES (queue_number, due, added.number, 0);
        PERFORM pg_notify('celeriac:message', 'd ' || enqueue.queue);
    ELSE
        INSERT INTO celeriac.ready (queue, rank, place, call, deliveries, until_start)
        VALUES (queue_number, added.rank, added.place, added.number, 0, false);
        PERFORM pg_notify('celeriac:message', added.rank || ' ' || enqueue.queue);
    END IF;
    RETURN call_id;
END
$$
