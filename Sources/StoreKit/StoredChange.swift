package import CeleriacCore

/// A state change whose failure and children are encoded.
package struct StoredChange: Sendable {
    package let change: StateChange
    package let failure: [UInt8]?
    /// `nil` if there are no children, which is almost always.
    package let children: [UInt8]?

    package var id: TaskID { change.record.id }

    package init(_ change: StateChange) {
        self.change = change
        let record = change.record
        failure = record.failure?.json
        children = record.children.isEmpty ? nil : record.children.json
    }

    /// The states that do not yield to this one, as three parameters of a statement.
    package var blockers: [String] {
        Self.blockersOfOver[change.record.state] ?? Self.over.map(\.rawValue)
    }

    private static let over: [TaskState] = [.success, .failure, .revoked]

    /// For the states that may overwrite a terminal state. Padded with a state that no call has, because `NULL` in a
    /// list makes `NOT IN` unknown.
    private static let blockersOfOver = Dictionary(
        uniqueKeysWithValues: over.map { state in
            let blockers = over.filter { !$0.yields(to: state) }.map(\.rawValue)
            return (state, blockers + Array(repeating: "", count: over.count - blockers.count))
        })
}
