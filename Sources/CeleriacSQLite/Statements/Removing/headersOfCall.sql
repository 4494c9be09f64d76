-- The headers of a call's message.
-- Parameters  call
-- Result      headers

SELECT headers FROM celeriac_calls WHERE number = ?
