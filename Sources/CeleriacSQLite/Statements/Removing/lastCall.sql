-- The number of the latest call.
-- Result      number, or NULL

SELECT max(number) FROM celeriac_calls
