import StoreKit

/// The statements about chords, each with bound parameters only, numbered from the left.
enum ChordSQL {
    // MARK: Counting

    static let find = """
        SELECT number, size, extensions, arrived, launched, due, last_id, expires FROM celeriac_chords WHERE group_id = ?
        """
    static let add = "INSERT INTO celeriac_chords (group_id) VALUES (?)"
    /// Number, size, extensions, arrived, due, last id, expires.
    static let save = """
        UPDATE celeriac_chords SET size = ?2, extensions = ?3, arrived = ?4, due = ?5, last_id = ?6, expires = ?7
        WHERE number = ?1
        """
    /// Chord, root, body, header.
    static let addBody = "INSERT INTO celeriac_chord_bodies VALUES (?, ?, ?, ?)"
    /// Chord, who asks.
    static let addExtension = "INSERT OR IGNORE INTO celeriac_chord_extensions VALUES (?, ?)"
    /// Chord, place, id, state, result.
    static let addPart = "INSERT OR IGNORE INTO celeriac_chord_parts VALUES (?, ?, ?, ?, ?)"
    static let lastDue = "SELECT max(due) FROM celeriac_chords WHERE due IS NOT NULL"

    // MARK: Claiming and launching

    /// Boot, uptime, now.
    private static let isClaimable = """
        due IS NOT NULL AND (claim IS NULL OR claim_boot <> ?1 OR claim_expires <= ?2) AND (expires IS NULL OR expires > ?3)
        """
    /// Boot, uptime, now, limit.
    static let claimable = "SELECT number FROM celeriac_chords WHERE \(isClaimable) ORDER BY due LIMIT ?4"
    /// Number, claim, boot, when it lapses.
    static let claim = """
        UPDATE celeriac_chords SET claim = ?2, claim_boot = ?3, claim_expires = ?4 WHERE number = ?1
        """
    /// Number, claim.
    static let claimed = """
        SELECT c.group_id, c.size + c.extensions, c.last_id, b.root_id, b.body, b.header
        FROM celeriac_chords c JOIN celeriac_chord_bodies b ON b.chord = c.number WHERE c.number = ? AND c.claim = ?
        """
    static let parts = "SELECT place, id, state, result FROM celeriac_chord_parts WHERE chord = ?"
    /// Group, claim, now: one that is launched already has no claim. What is set is what `ChordBook.launch()` leaves.
    static let launch = """
        UPDATE celeriac_chords SET launched = 1, size = arrived, extensions = 0, due = NULL, last_id = NULL,
            claim = NULL, claim_boot = NULL, claim_expires = NULL
        WHERE group_id = ? AND claim = ? AND (expires IS NULL OR expires > ?) RETURNING number
        """

    // MARK: Forgetting

    /// What a launched chord no longer needs.
    static let deleteContents = [
        "DELETE FROM celeriac_chord_parts WHERE chord = ?", "DELETE FROM celeriac_chord_extensions WHERE chord = ?",
        "DELETE FROM celeriac_chord_bodies WHERE chord = ?",
    ]
    static let delete = "DELETE FROM celeriac_chords WHERE number = ?"
    /// Now, limit.
    static let expired = "SELECT number FROM celeriac_chords WHERE expires <= ? ORDER BY expires LIMIT ?"

    // MARK: Looking

    /// Group, now.
    static let progress = """
        SELECT size + extensions, arrived, launched FROM celeriac_chords
        WHERE group_id = ? AND (expires IS NULL OR expires > ?)
        """
}
