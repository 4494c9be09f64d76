package import CeleriacCore

/// A launch whose parts are encoded.
package struct StoredChordLaunch: Sendable {
    package let groupID: String
    /// `nil` if it is not a claim of this store.
    package let claim: Int64?
    package let publications: [StoredPublication]
    package let changes: [StoredChange]
    package let steps: [StoredChordStep]

    package init(_ launch: ChordLaunch) {
        groupID = launch.groupID
        claim = Int64(launch.claim)
        publications = launch.publications.map(StoredPublication.init)
        changes = launch.changes.map(StoredChange.init)
        steps = launch.steps.map(StoredChordStep.init)
    }

    /// The approximate number of rows that it writes.
    package var rows: Int { 1 + publications.count + changes.count + steps.count }
}
