-- Marks a claimed chord as launched: sets what `ChordBook.launch()` leaves. A chord that is launched already has no
-- claim.
-- Parameters  group, claim
-- Result      number, if the claim stands

UPDATE celeriac.chord SET launched = true, size = arrived, extensions = 0, due = NULL, last_id = NULL, claim = NULL,
    claim_expires = NULL
WHERE group_id = $1::text AND claim = $2::int8 AND (expires IS NULL OR expires > celeriac.now()) RETURNING number
