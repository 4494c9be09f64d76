-- A number that grows with each revocation.
-- Result      generation; nothing before the first

SELECT seq FROM sqlite_sequence WHERE name = 'celeriac_revocations'
