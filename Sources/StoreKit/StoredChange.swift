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

    /// The position of its state among the terminal states: a terminal state yields to one that comes before it. A state
    /// that is not terminal stands with the last of them, so that none yields to it.
    package var precedence: Int64 {
        let state = change.record.state
        return Int64(state.isTerminal ? state.precedence : TaskState.revoked.precedence)
    }
}
