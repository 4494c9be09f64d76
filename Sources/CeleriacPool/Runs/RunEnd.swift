package import CeleriacCore

/// How a run ended, and what it leaves.
package struct RunEnd: Sendable {
    package var outcome: Outcome
    /// The calls that a run in a child has sent. A run in this process notes its own.
    package var children: [TaskID]
    /// What a run in a child adds to its chord. A run in this process notes it itself.
    package var additions: [[UInt8]]

    package init(_ outcome: Outcome, children: [TaskID] = [], additions: [[UInt8]] = []) {
        self.outcome = outcome
        self.children = children
        self.additions = additions
    }
}
