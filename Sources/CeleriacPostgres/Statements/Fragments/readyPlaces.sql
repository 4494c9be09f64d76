-- Where the ready messages of the queue $1 lie: those that are listed, those that are due, those whose lease has lapsed.

SELECT r.rank, r.place, r.call, r.deliveries FROM celeriac.ready r
WHERE r.queue = (SELECT number FROM celeriac.queue WHERE name = $1)
UNION ALL
SELECT c.rank, c.place, c.number, d.deliveries
FROM celeriac.delayed d JOIN celeriac.call c ON c.number = ANY (ARRAY[d.call])
WHERE d.queue = (SELECT number FROM celeriac.queue WHERE name = $1) AND d.due <= celeriac.now()
UNION ALL
SELECT c.rank, c.place, c.number, l.deliveries
FROM celeriac.lease l JOIN celeriac.call c ON c.number = ANY (ARRAY[l.call])
WHERE l.call > 0 AND c.queue = (SELECT number FROM celeriac.queue WHERE name = $1) AND l.expires <= celeriac.uptime()
