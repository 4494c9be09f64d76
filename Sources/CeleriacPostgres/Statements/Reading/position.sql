-- How many ready messages of a queue stand before a call.
-- Parameters  queue, id
-- Result      count

SELECT count(*) FROM (
    -- @include readyPlaces
) p JOIN celeriac.call o ON o.id = $2::text WHERE (p.rank, p.place, p.call) < (o.rank, o.place, o.number)
