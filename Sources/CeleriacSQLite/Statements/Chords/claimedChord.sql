-- A chord under a claim.
-- Parameters  number, claim
-- Result      group, size with extensions, last id, root, body, header; nothing if the claim is lost

SELECT c.group_id, c.size + c.extensions, c.last_id, b.root_id, b.body, b.header
FROM celeriac_chords c JOIN celeriac_chord_bodies b ON b.chord = c.number WHERE c.number = ? AND c.claim = ?
