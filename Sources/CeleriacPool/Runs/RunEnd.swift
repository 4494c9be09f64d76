package import CeleriacCore

/// How a run ended, and what it leaves behind.
package struct RunEnd: Sendable {
    package var outcome: Outcome
    /// The calls that a run in a child has sent. A run in this process records its own.
    package var children: [TaskID]
    /// The calls that a run in a child adds to its chord. A run in this process records them itself.
    package var additions: [[UInt8]]

    package init(_ outcome: Outcome, children: [TaskID] = [], additions: [[UInt8]] = []) {
        self.outcome = outcome
        self.children = children
        self.additions = additions
    }
}
