import EmbeddedText

/// The files of `Statements`, assembled with the fragments that they share.
enum Statements {
    /// Returns the text of a file: one statement.
    static func text(of file: [UInt8]) -> String { fragments.text(of: file) }

    /// `Statements/Fragments`, by name.
    private static let fragments = EmbeddedFragments([
        "deadLetterColumns": PackageResources.deadLetterColumns_sql,
        "entryColumns": PackageResources.entryColumns_sql,
        "live": PackageResources.live_sql,
        "messageColumns": PackageResources.messageColumns_sql,
        "noMessage": PackageResources.noMessage_sql,
        "readyPlaces": PackageResources.readyPlaces_sql,
        "recordColumns": PackageResources.recordColumns_sql,
        "recordYields": PackageResources.recordYields_sql,
    ])
}
