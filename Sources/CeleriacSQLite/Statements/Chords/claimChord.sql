-- Claims a chord.
-- Parameters  number, claim, boot, when it lapses

UPDATE celeriac_chords SET claim = ?2, claim_boot = ?3, claim_expires = ?4 WHERE number = ?1
