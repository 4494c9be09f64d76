/// The statements for chords, by name: files of `Statements/Chords`.
enum ChordSQL {
    // MARK: Counting

    static let find = Statements.text(of: PackageResources.findChord_sql)
    static let add = Statements.text(of: PackageResources.addChord_sql)
    static let save = Statements.text(of: PackageResources.saveChord_sql)
    static let addBody = Statements.text(of: PackageResources.addChordBody_sql)
    static let addExtension = Statements.text(of: PackageResources.addChordExtension_sql)
    static let addPart = Statements.text(of: PackageResources.addChordPart_sql)
    static let lastDue = Statements.text(of: PackageResources.lastChordDue_sql)

    // MARK: Claiming and launching

    static let claimable = Statements.text(of: PackageResources.claimableChords_sql)
    static let claim = Statements.text(of: PackageResources.claimChord_sql)
    static let claimed = Statements.text(of: PackageResources.claimedChord_sql)
    static let parts = Statements.text(of: PackageResources.chordParts_sql)
    static let launch = Statements.text(of: PackageResources.launchChord_sql)

    // MARK: Forgetting

    /// Deletes the data that a launched chord no longer needs.
    static let deleteContents = [
        Statements.text(of: PackageResources.deleteChordParts_sql),
        Statements.text(of: PackageResources.deleteChordExtensions_sql),
        Statements.text(of: PackageResources.deleteChordBody_sql),
    ]
    static let delete = Statements.text(of: PackageResources.deleteChord_sql)
    static let expired = Statements.text(of: PackageResources.expiredChords_sql)

    // MARK: Looking

    static let progress = Statements.text(of: PackageResources.chordProgress_sql)
}
