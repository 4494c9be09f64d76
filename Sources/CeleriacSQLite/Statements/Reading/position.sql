-- How many ready messages stand before a place.
-- Parameters  boot, uptime, queue, now, rank, position, call
-- Result      count

SELECT count(*) FROM (
    -- @include readyPlaces
) WHERE (rank, position, call) < (?5, ?6, ?7)
