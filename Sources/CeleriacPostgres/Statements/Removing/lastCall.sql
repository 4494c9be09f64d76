-- A number that no call has exceeded yet. Unlike `last_value`, the function asks for no right but USAGE.
-- Result      number

SELECT coalesce(pg_sequence_last_value('celeriac.call_number'::regclass), 0)
