-- Marks a claimed chord as launched: sets what `ChordBook.launch()` leaves. A chord that is launched already has no
-- claim.
-- Parameters  group, claim, now
-- Result      number, if the claim stands

UPDATE celeriac_chords SET launched = 1, size = arrived, extensions = 0, due = NULL, last_id = NULL,
    claim = NULL, claim_boot = NULL, claim_expires = NULL
WHERE group_id = ? AND claim = ? AND (expires IS NULL OR expires > ?) RETURNING number
