-- A number that no call has exceeded yet.
-- Result      number

SELECT last_value FROM celeriac.call_number
