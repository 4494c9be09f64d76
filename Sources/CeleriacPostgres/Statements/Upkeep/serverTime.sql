-- The server's clock.
-- Result      now

SELECT clock_timestamp()
